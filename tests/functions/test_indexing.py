"""Reading and writing by index, beside torch: numbers, slices, None, Ellipsis, lists, tensors and masks in any mixture."""
from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import mtorch

Key = list[tuple[str, Any]]


def a_key(choose: random.Random, shape: tuple[int, ...]) -> Key:
    """An index for a tensor of this shape, its parts by kind."""
    key: Key = []
    d, together = 0, choose.choice([(2,), (3,), (2, 1), (1, 3)])
    while d < len(shape):
        n, kind = shape[d], choose.choice(["number", "slice", "slice", "none", "rest", "indices", "indices", "mask", "list"])
        if kind == "rest" and any(k == "rest" for k, _ in key):
            continue
        if kind == "number":
            key.append((kind, choose.randrange(-n, n)))
        elif kind == "slice":
            start = choose.randrange(n)
            key.append((kind, slice(choose.choice([None, start]), choose.choice([None, n, -1]), choose.choice([None, 1, 2]))))
        elif kind == "indices":
            size = choose.choice([together, (1,)])
            key.append((kind, np.array([choose.randrange(-n, n) for _ in range(int(np.prod(size)))]).reshape(size)))
        elif kind == "mask":
            key.append((kind, np.array([choose.random() < 0.6 for _ in range(n)])))
        elif kind == "list":
            key.append((kind, [choose.randrange(n) for _ in range(2)]))
        else:
            key.append((kind, None if kind == "none" else Ellipsis))
        d += kind != "none" if kind != "rest" else choose.randrange(len(shape) - d + 1)
        if choose.random() < 0.2:
            break
    return key


def of(t: Any, key: Key) -> tuple:
    return tuple(t.tensor(part) if kind in ("indices", "mask") else part for kind, part in key)


@pytest.mark.parametrize("seed", range(8))
def test_random_indices(seed: int) -> None:
    torch = pytest.importorskip("torch")
    choose, rng = random.Random(seed), np.random.default_rng(seed)
    tried = 0
    while tried < 60:
        shape = tuple(choose.choice([2, 3, 4]) for _ in range(choose.choice([1, 2, 3, 4])))
        key, a = a_key(choose, shape), rng.standard_normal(shape)
        x, y = (t.tensor(a, requires_grad=True) for t in (mtorch, torch))
        try:
            expected = y[of(torch, key)]
        except (IndexError, RuntimeError) as error:
            with pytest.raises(type(error)):
                x[of(mtorch, key)]
            continue
        tried += 1
        if expected.numel() == 0:                      # torch does not look at the indices then
            continue
        found = x[of(mtorch, key)]
        assert found.shape == tuple(expected.shape), (shape, key)
        assert found.is_contiguous() == expected.is_contiguous(), (shape, key)
        np.testing.assert_array_equal(found.detach().numpy(), expected.detach().numpy())
        weights = rng.standard_normal(tuple(expected.shape))
        (g,), (h,) = (t.autograd.grad((z * t.tensor(weights)).sum(), w)
                      for t, z, w in ((mtorch, found, x), (torch, expected, y)))
        np.testing.assert_allclose(g.numpy(), h.numpy(), rtol=1e-12, atol=1e-12)
        values = rng.standard_normal((1,) * choose.choice([0, 0, 2]) + tuple(expected.shape)[choose.choice([0, 0, 1]):])
        written = []
        for t, w in ((mtorch, x), (torch, y)):
            z, v = w * 1, t.tensor(values, requires_grad=True)
            z[of(t, key)] = v
            written.append([z.detach().numpy(), t.autograd.grad((z * z.detach().cos()).sum(), w)[0].numpy()])
        for mine, theirs in zip(*written, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-12, err_msg=str((shape, key)))


def test_a_number_beside_an_array_is_taken_first() -> None:
    x = mtorch.arange(24).reshape(2, 3, 4)
    assert x[0, :, [0, 1]].shape == (3, 2)
    assert x[1, None, [0, 2]].shape == (1, 2, 4)
    x[0, :, mtorch.tensor([0, 1])] = mtorch.arange(6).reshape(3, 2)
    assert x[0].tolist() == [[0, 1, 2, 3], [2, 3, 6, 7], [4, 5, 10, 11]]


def test_values_may_have_dimensions_of_one_in_front() -> None:
    x = mtorch.zeros(2, requires_grad=True) * 1
    w = mtorch.ones(1, requires_grad=True)
    x[0] = w * 3
    x.sum().backward()
    assert x.tolist() == [3.0, 0.0] and w.grad.tolist() == [3.0]
    y = mtorch.zeros(2, 3)
    y[0, 1] = mtorch.ones(1, 1)
    y[y < 1] = mtorch.full((1, 1), 2.0)
    assert y.tolist() == [[2, 1, 2], [2, 2, 2]]
    for key, value in [(0, mtorch.ones(2)), (y[0] < 3, mtorch.ones(3, 1))]:
        with pytest.raises(RuntimeError, match="shape mismatch"):
            y[0][key] = value


def test_numbers_that_an_integer_type_cannot_hold() -> None:
    x = mtorch.zeros(2, dtype=mtorch.uint8)
    x[0], x[1] = -1, 2.9
    assert x.tolist() == [255, 2]
    for value in (300, float("inf"), float("nan"), 1e30):
        with pytest.raises(RuntimeError, match="without overflow"):
            x[0] = value


@pytest.mark.filterwarnings("ignore:index_reduce")
def test_a_mean_written_into_a_number() -> None:
    for lib in (mtorch, pytest.importorskip("torch")):
        x = lib.tensor(1.0, requires_grad=True)
        y = x * 1
        y.index_reduce_(0, lib.tensor([0]), lib.tensor(3.0), "mean")
        y.backward()
        assert (y.item(), x.grad.item()) == (2.0, 0.5)


@pytest.mark.parametrize("reduce", ["max", "min"])
def test_scatter_reduce_takes_the_short_names(reduce: str) -> None:
    torch = pytest.importorskip("torch")

    def reduced(t: Any) -> list[float]:
        return t.full((3,), 2.0).scatter_reduce(0, t.tensor([0, 1]), t.tensor([5.0, 1.0]), reduce).tolist()
    assert reduced(mtorch) == reduced(torch)


LISTS = ["[[0, 1], [1, 2]]", "[[0, 1]]", "[[0]]", "[[]]", "[0, [1, 0]]", "[T.tensor([0, 1]), T.tensor([1, 0])]",
         "[T.tensor(0), T.tensor(1)]", "[np.array([0, 1]), 1]", "[slice(0, 1)]", "[slice(None), [1]]", "[None, 0]", "[..., 0]",
         "[(0, 1), (1, 2)]", "[range(2), range(2)]", "[[True, False, True], [1]]", "[[0], [1], [2]]",
         "[[0, 1]] * 33", "[0, 2]", "[True, False, True]", "[np.int64(0), 2]", "[]"]


@pytest.mark.filterwarnings("ignore:Using a non-tuple sequence")
@pytest.mark.parametrize("key", LISTS)
def test_a_list_that_holds_more_than_numbers_is_a_tuple(key: str) -> None:
    torch = pytest.importorskip("torch")
    results: list = []
    for t in (torch, mtorch):
        x = t.arange(12.0).view(3, 4)
        where = eval(key, {"T": t, "np": np})
        try:
            picked = x[where].tolist()
            x[where] = -1
            results.append((picked, x.tolist()))
        except IndexError as error:
            results.append(type(error))
    assert results[0] == results[1]


def test_such_a_list_is_told_of() -> None:
    with pytest.warns(UserWarning, match="non-tuple sequence") as told:
        mtorch.ones(2, 2)[[[0, 1], [1, 0]]]
    assert told[0].filename == __file__


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_adding_into_a_tensor_that_lies_in_another_order(order: tuple[int, ...]) -> None:
    torch = pytest.importorskip("torch")
    results = []
    for t in (mtorch, torch):
        x = t.zeros(4, 4, 4).permute(order)
        rows, places = t.tensor([0, 3, 3]), t.arange(12.0).reshape(3, 4) % 5
        x.index_put_((rows,), t.ones(3, 4, 4), accumulate=True)
        y = x.index_put((rows, rows), places, accumulate=True)
        y.index_add_(1, rows, t.ones(4, 3, 4)).scatter_add_(0, (places[None] % 4).long(), 2 * t.ones(1, 3, 4))
        results.append((x.tolist(), y.tolist()))
    assert results[0] == results[1]


@pytest.mark.parametrize("name", ["diagonal_scatter", "select_scatter"])
def test_gradients_are_of_the_type_of_what_was_scattered(name: str) -> None:
    x, src = mtorch.zeros(2, 2, dtype=mtorch.float64, requires_grad=True), mtorch.ones(2, requires_grad=True)
    getattr(mtorch, name)(x, src, *((0, 1) if name == "select_scatter" else ())).sum().backward()
    assert (x.grad.dtype, src.grad.dtype) == (mtorch.float64, mtorch.float32)
