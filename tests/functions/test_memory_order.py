"""Views of images, which lie in memory in an order of their own: a program must not notice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import mtorch
from mtorch.nn import functional as F


def image(**options) -> mtorch.Tensor:
    x = np.random.default_rng(0).standard_normal((2, 3, 5, 4)).astype(np.float32)
    return F.conv2d(mtorch.tensor(x, **options), mtorch.ones(4, 3, 2, 2))


@pytest.mark.parametrize("shape", [(-1,), (8, 12), (2, -1), (4, 2, 12)], ids=str)
def test_every_view_of_a_convolution_shares_its_memory(shape: tuple[int, ...]) -> None:
    y = image()
    expected = y.numpy().copy()
    view = y.view(*shape)
    np.testing.assert_array_equal(view.numpy().reshape(expected.shape), expected)
    view.zero_()
    assert y.abs().sum().item() == 0


def test_all_views_of_a_convolution_share_its_memory() -> None:
    y = image()
    channel, first, turned = y[:, 0], y[0], y.permute(1, 2, 3, 0)
    flat = y.view(-1)
    flat.fill_(3)
    assert all((part.numpy() == 3).all() for part in (y, channel, first, turned))
    channel.zero_()
    assert flat.sum().item() == y.sum().item() == turned.sum().item() == 3 * 72


def test_a_contiguous_convolution_is_itself() -> None:
    y = image()
    assert y.contiguous() is y
    assert y[:1].contiguous().data_ptr() == y.data_ptr()
    turned = image().permute(0, 2, 3, 1)
    assert turned.contiguous() is not turned


def test_the_gradient_goes_through_such_a_view() -> None:
    y = image(requires_grad=True)
    target = mtorch.linspace(0, 1, y.numel())
    (gradient,) = mtorch.autograd.grad((y.view(-1) * target).sum(), y)
    np.testing.assert_array_equal(gradient.numpy().reshape(-1), target.numpy())


@pytest.mark.parametrize("twin", [
    lambda y: y.detach().view(-1), lambda y: y.data.flatten(),
    lambda y: y.detach()[0].view(-1), lambda y: y[:1].detach().view(-1),
    lambda y: mtorch.nn.Parameter(y.detach()).data.view(-1), lambda y: mtorch.autograd.Variable(y).view(-1),
    lambda y: y.detach().numpy().ravel(), lambda y: np.asarray(memoryview(y.detach().numpy()).cast("B").cast("f")),
    lambda y: mtorch.from_dlpack(y.detach()).view(-1), lambda y: y.detach().view(mtorch.int32).view(-1),
    lambda y: y.detach().storage().untyped()], ids=range(11))
@pytest.mark.filterwarnings("ignore:TypedStorage is deprecated")
def test_what_is_written_into_a_twin_of_a_convolution_is_seen(twin: Callable) -> None:
    y = image(requires_grad=True) * 1
    part = twin(y)
    for i in range(len(part)):
        part[i] = 0
    assert y[0].abs().sum().item() == 0


class Same(mtorch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, g):
        return g


@pytest.mark.parametrize("through", ["a hook", "a Function"])
def test_what_a_hook_or_a_function_gave_on_is_a_view_as_well(through: str) -> None:
    net = mtorch.nn.Conv2d(3, 4, 2)
    if through == "a hook":
        net.register_full_backward_hook(lambda module, before, after: None)
    given = net(mtorch.ones(2, 3, 5, 4, requires_grad=True))
    y = given if through == "a hook" else Same.apply(given)
    y.detach().view(-1)[0] = 7
    assert y[0, 0, 0, 0].item() == given[0, 0, 0, 0].item() == y.view(-1)[0].item() == 7
    y.sum().backward()
    assert net.bias.grad.tolist() == [24] * 4


def test_what_a_twin_holds_stays_where_it_is() -> None:
    weight = mtorch.arange(24.0).view(2, 3, 4).permute(2, 0, 1)        # lies as an image does here, and is the program's own
    parameter = mtorch.nn.Parameter(weight)
    for twin in (weight.detach(), weight.data, parameter, parameter.data):
        with pytest.raises(RuntimeError, match="view size is not compatible"):
            twin.view(-1)
        twin.data[0] += 1
    assert weight[0, 0, 0].item() == 4


def test_what_was_kept_for_the_backward_is_not_written() -> None:
    y = image(requires_grad=True)
    loss = (y * y).sum()
    before = y.detach().clone()
    y.detach().view(-1)
    with mtorch.no_grad():
        y.view(-1)
    (gradient,) = mtorch.autograd.grad(loss, y)
    np.testing.assert_allclose(gradient.numpy(), 2 * before.numpy(), rtol=1e-6)


@pytest.mark.parametrize("path", [lambda y: y.flatten(1), lambda y: y.flatten(2), lambda y: y[0], lambda y: y.chunk(2)[1]])
def test_a_view_of_such_a_view(path: Callable) -> None:
    y = image()
    part = path(y)
    expected = part.numpy().reshape(-1).copy()
    flat = part.view(-1)
    np.testing.assert_array_equal(flat.numpy(), expected)
    flat.zero_()
    assert part.abs().sum().item() == path(y).abs().sum().item() == 0


def test_a_view_of_what_was_computed_of_a_flattened_image() -> None:
    y = image().flatten(1).relu()
    expected = y.numpy().reshape(-1).copy()
    np.testing.assert_array_equal(y.view(-1).numpy(), expected)


def test_a_transposed_view_of_a_convolution_is_refused() -> None:
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        image().flatten(2).transpose(1, 2).view(-1)


def test_a_view_that_torch_refuses_is_refused() -> None:
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        mtorch.arange(24).view(2, 3, 4).permute(2, 0, 1).view(-1)
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        image()[:, 0].view(-1)


@pytest.mark.parametrize("shape", [(-1,), (8, 12), (-1, 3, 4), (1, 2, 4, 12)], ids=str)
def test_a_reshaped_convolution_shares_its_memory(shape: tuple[int, ...]) -> None:
    y = image()
    expected = y.numpy().copy()
    part = y.reshape(shape)
    np.testing.assert_array_equal(part.numpy().reshape(expected.shape), expected)
    part.zero_()
    assert y.abs().sum().item() == 0


@pytest.mark.parametrize("flat", [mtorch.flatten, mtorch.ravel, lambda y: y.flatten(1).reshape(-1),
                                   lambda y: y.flatten(0, 2), lambda y: y[:1].reshape(-1)])
def test_what_is_written_into_a_flattened_convolution_is_seen(flat: Callable) -> None:
    y = image()
    part = flat(y)
    part.zero_()
    assert y.numpy().reshape(-1)[:part.numel()].any() == np.False_


def test_a_transposed_convolution_is_copied_to_be_reshaped() -> None:
    y = image()
    y.permute(0, 2, 3, 1).reshape(-1, 4).zero_()
    assert y.abs().sum().item() > 0


@pytest.mark.parametrize("part", [
    lambda y: y.view(2, 2, 4, 4, 3), lambda y: y.reshape(2, 2, -1), lambda y: y.unflatten(0, (2, 2)),
    lambda y: y.flatten(1).relu().view(2, 2, -1), lambda y: y.mean((2, 3), keepdim=True).view(2, 2, -1)])
def test_a_mask_for_a_cut_batch_is_drawn_in_torchs_order(part: Callable) -> None:
    x = mtorch.arange(4 * 3 * 5 * 4.0).view(4, 3, 5, 4)
    y = part(F.conv2d(x, mtorch.ones(4, 3, 2, 2))) * 2 + 1
    mtorch.manual_seed(0)
    mask = F.dropout(y) != 0
    mtorch.manual_seed(0)
    np.testing.assert_array_equal(mask.numpy(), (F.dropout(mtorch.ones(y.shape)) != 0).numpy())


def test_a_convolution_is_read_with_any_strides() -> None:
    y = image()
    expected = y.numpy().reshape(-1).copy()
    part = y.as_strided((3, 4), (10, 2), 5)
    np.testing.assert_array_equal(part.numpy(), expected[5 + 10 * np.arange(3)[:, None] + 2 * np.arange(4)])
    part.zero_()
    assert y[0, 0, 1, 2].item() == y.numpy().reshape(-1)[5] == 0


@pytest.mark.parametrize("given", [lambda lib, a: lib.from_numpy(a), lambda lib, a: lib.as_tensor(a)])
def test_memory_that_is_numpys_too_stays_where_it_is(given: Callable) -> None:
    """A picture (H, W, C) turned to (C, H, W), and a batch that lies innermost, look like what the rules give."""
    torch = pytest.importorskip("torch")

    def run(lib):
        found = []
        for turn in ((2, 0, 1), (3, 0, 1, 2)):
            a = np.arange(48.0, dtype=np.float32).reshape((2, 3, 8) if len(turn) == 3 else (2, 3, 4, 2))
            t = given(lib, a.transpose(turn))
            for make in (lambda t: t.reshape(-1), lambda t: t.reshape(1, *t.shape), lambda t: t.contiguous(),
                         lambda t: t.ravel()):
                copy = make(t)
                a.flat[0] += 100
                copy.fill_(-1)
                found.append((t.tolist(), float(a.sum())))
            with pytest.raises(RuntimeError):
                t.view(-1)
        return found
    assert run(mtorch) == run(torch)
