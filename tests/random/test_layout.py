"""Draws for a tensor that lies otherwise than its axes are ordered: the numbers go where torch puts them."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import mtorch
from mtorch.strides import memory_like

torch = pytest.importorskip("torch")


def random_view(rng: np.random.Generator):
    """A tensor of torch's, permuted, narrowed and expanded at random."""
    t = torch.empty([int(n) for n in rng.integers(1, 4, rng.integers(1, 5))])
    for _ in range(rng.integers(1, 4)):
        way = rng.integers(3)
        if way == 0:
            t = t.permute(*rng.permutation(t.ndim).tolist())
        elif way == 1:
            d = int(rng.integers(t.ndim))
            t = t.narrow(d, 0, max(1, t.shape[d] - 1))
        else:
            d = int(rng.integers(t.ndim + 1))
            t = t.unsqueeze(d).expand(*t.shape[:d], int(rng.integers(1, 4)), *t.shape[d:])
    return t


def test_memory_like_lies_as_empty_like() -> None:
    rng = np.random.default_rng(0)
    compared = 0
    for _ in range(500):
        t = random_view(rng)
        wide = [i for i in range(t.ndim) if t.shape[i] > 1]
        if not wide or min(wide, key=lambda i: t.stride(i) or 10 ** 9) == 0:
            continue                                   # an image, which torch has in another order
        theirs, ours = torch.empty_like(t), memory_like(t.numpy())
        assert [ours.strides[i] // 4 for i in wide] == [theirs.stride(i) for i in wide], (t.shape, t.stride())
        compared += 1
    assert compared > 200


def test_memory_like_lies_as_empty_like_where_there_are_no_images() -> None:
    rng = np.random.default_rng(1)
    for _ in range(500):
        t = random_view(rng)
        wide = [i for i in range(t.ndim) if t.shape[i] > 1]
        theirs, ours = torch.empty_like(t), memory_like(t.numpy(), None, True)
        assert [ours.strides[i] // 4 for i in wide] == [theirs.stride(i) for i in wide], (t.shape, t.stride())


DRAWS = {
    "dropout": lambda torch, x: torch.nn.functional.dropout(x, 0.3),
    "dropout after relu": lambda torch, x: torch.nn.functional.dropout(torch.relu(x), 0.3),
    "alpha_dropout": lambda torch, x: torch.nn.functional.alpha_dropout(x, 0.3, True),
    "randn_like": lambda torch, x: torch.randn_like(x),
    "rand_like": lambda torch, x: torch.rand_like(x),
    "zeros_like": lambda torch, x: torch.zeros_like(x).uniform_(),
    "clone": lambda torch, x: x.clone().exponential_(),
    "gumbel_softmax": lambda torch, x: torch.nn.functional.gumbel_softmax(x),
    "cat": lambda torch, x: torch.nn.functional.dropout(torch.cat([x, x], 1), 0.3),
}
VIEWS = {
    "transposed": lambda x: x.transpose(0, 1),
    "sliced": lambda x: x.transpose(0, 1)[:, :2],
    "expanded": lambda x: x[:, :1].expand(3, 4, 5),
    "reversed": lambda x: x.permute(2, 1, 0),
    "last axis first": lambda x: x.permute(2, 0, 1),
    "last axis first, sliced": lambda x: x.permute(2, 0, 1)[1:, :2],
    "first two of 4": lambda x: x.view(3, 2, 2, 5).permute(1, 0, 2, 3),
    "second and last of 4": lambda x: x.view(3, 2, 2, 5).transpose(1, 3),
    "4 reversed": lambda x: x.view(3, 2, 2, 5).permute(3, 2, 1, 0),
    "matrix": lambda x: x.view(12, 5).t(),
}
# What is computed of a view does not remember it: a first axis that is innermost is taken for that of a batch of images.
FORGOTTEN = {("dropout after relu", "reversed"), ("dropout after relu", "last axis first"),
             ("dropout after relu", "last axis first, sliced"), ("dropout after relu", "4 reversed"),
             ("dropout after relu", "matrix")}


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("view", VIEWS)
def test_draws_for_a_view(draw: str, view: str) -> None:
    numbers = np.linspace(-1, 1, 60, dtype=np.float32).reshape(3, 4, 5)
    torch.manual_seed(7)
    mtorch.manual_seed(7)
    theirs = DRAWS[draw](torch, VIEWS[view](torch.from_numpy(numbers)))
    ours = DRAWS[draw](mtorch, VIEWS[view](mtorch.from_numpy(numbers)))
    if (draw, view) in FORGOTTEN:
        assert not np.allclose(ours.numpy(), theirs.numpy())
    else:
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("path", [
    lambda y: y, lambda y: y.flatten(2), lambda y: y.flatten(1), lambda y: y.flatten(2).transpose(1, 2), lambda y: y.relu()])
def test_dropout_of_what_a_convolution_gave(path: Callable) -> None:
    """It lies otherwise in memory here, and must not show it."""
    x = np.linspace(-1, 1, 2 * 3 * 6 * 6, dtype=np.float32).reshape(2, 3, 6, 6)
    masks = []
    for framework in (torch, mtorch):
        framework.manual_seed(1)
        layer = framework.nn.Conv2d(3, 4, 3)
        y = path(layer(framework.from_numpy(x)))
        framework.manual_seed(2)
        masks.append(framework.nn.functional.dropout(y, 0.5).detach().numpy() != 0)
    both = np.logical_or(*masks)
    np.testing.assert_array_equal(masks[0] & both, masks[1] & both)
