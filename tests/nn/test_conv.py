"""Convolutional layers: against torch, against loops over the taps, and against differences."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest

import mtorch
from mtorch.nn import functional as F
from mtorch.ops import convolution as rules
from mtorch.ops.layout import Taps
from tests.nn.layer_twins import functions_agree, layers_agree, normal, raises_as_torch

both_types = pytest.mark.parametrize("dtype", ["float32", "float64"])

LAYERS = {
    "1d": (lambda t: t.nn.Conv1d(4, 6, 3), (2, 4, 9)),
    "1d strided": (lambda t: t.nn.Conv1d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2), (2, 4, 9)),
    "2d": (lambda t: t.nn.Conv2d(3, 5, 3), (2, 3, 7, 6)),
    "2d without bias": (lambda t: t.nn.Conv2d(3, 5, (1, 3), padding=(0, 1), bias=False), (2, 3, 7, 6)),
    "2d of one image": (lambda t: t.nn.Conv2d(3, 5, 3, padding=1), (3, 7, 6)),
    "2d same": (lambda t: t.nn.Conv2d(3, 5, (4, 3), padding="same", dilation=(1, 2)), (2, 3, 9, 8)),
    "2d valid": (lambda t: t.nn.Conv2d(3, 5, 3, padding="valid"), (2, 3, 7, 6)),
    "2d 1x1": (lambda t: t.nn.Conv2d(16, 8, 1), (3, 16, 5, 5)),
    "2d 1x1 strided": (lambda t: t.nn.Conv2d(4, 8, 1, stride=2), (3, 4, 5, 5)),
    "2d depthwise": (lambda t: t.nn.Conv2d(6, 12, 3, padding=1, groups=6), (2, 6, 5, 5)),
    "2d reflected": (lambda t: t.nn.Conv2d(3, 4, 3, padding=2, padding_mode="reflect"), (2, 3, 6, 5)),
    "2d circular same": (lambda t: t.nn.Conv2d(3, 4, (2, 3), padding="same", padding_mode="circular"), (2, 3, 6, 5)),
    "2d wide": (lambda t: t.nn.Conv2d(16, 32, 3, padding=1), (8, 16, 17, 17)),
    "3d": (lambda t: t.nn.Conv3d(2, 4, (2, 3, 2), stride=(1, 2, 1), padding=1), (2, 2, 4, 5, 4)),
    "transposed 1d": (lambda t: t.nn.ConvTranspose1d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2),
                      (2, 4, 5)),
    "transposed 2d": (lambda t: t.nn.ConvTranspose2d(4, 3, 4, stride=2, padding=1), (2, 4, 5, 4)),
    "transposed 2d stride 1": (lambda t: t.nn.ConvTranspose2d(4, 3, 3, padding=1, bias=False), (2, 4, 5, 4)),
    "transposed 2d dilated": (lambda t: t.nn.ConvTranspose2d(4, 6, 3, dilation=2, groups=2), (4, 5, 4)),
    "transposed 3d": (lambda t: t.nn.ConvTranspose3d(2, 3, 2, stride=2, padding=(0, 1, 0)), (1, 2, 3, 3, 2)),
}


@both_types
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("name", LAYERS)
def test_layer_agrees_with_torch(name: str, dtype: str) -> None:
    make, shape = LAYERS[name]
    layers_agree(make, shape, dtype=dtype)


def test_transposed_convolution_to_a_given_size() -> None:
    layers_agree(lambda t: t.nn.ConvTranspose2d(3, 2, 3, stride=3), (2, 3, 4, 4), output_size=(14, 13))
    layer = mtorch.nn.ConvTranspose2d(3, 2, 3, stride=3)
    with pytest.raises(ValueError, match="valid sizes for an input of"):
        layer(mtorch.zeros(2, 3, 4, 4), output_size=(20, 12))


@pytest.mark.parametrize("columns", [1, 7, 40])
def test_the_size_of_the_pieces_changes_nothing(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x, w, b = normal(3, 4, 7, 6), normal(6, 2, 3, 2), normal(6)
    options = {"stride": (2, 1), "padding": (1, 1), "dilation": (1, 2), "groups": 2}
    whole, pull = rules.convolution(x, w, b, **options), rules.convolution.rule(x, w, b, **options)[1]
    monkeypatch.setattr(rules, "FEWEST_COLUMNS", 1)
    monkeypatch.setattr(rules, "MOST_COLUMNS", columns)
    pieced, pull_pieced = rules.convolution.rule(x, w, b, **options)
    np.testing.assert_allclose(pieced, whole, atol=1e-12)
    for one, other in zip(pull(np.ones_like(whole)), pull_pieced(np.ones_like(whole)), strict=True):
        np.testing.assert_allclose(one(), other(), atol=1e-12)


def by_taps(x, w, b, *, stride, padding, dilation, groups):
    """A convolution, one tap of the kernel at a time."""
    size, (outputs, _, *kernel) = x.shape[2:], w.shape
    taps = Taps(tuple(kernel), stride, dilation, groups)
    x = np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    out = taps.outputs(x.shape[2:])
    y = 0.0
    for tap in np.ndindex(*kernel):
        seen = x[:, :, *taps.seen_by(tap, (0,) * len(out), out)].reshape(len(x), groups, -1, prod(out))
        y = y + w[:, :, *tap].reshape(groups, outputs // groups, -1) @ seen
    return y.reshape(len(x), outputs, *out) + b.reshape(-1, *(1 for _ in size))


def transposed_by_taps(x, w, b, *, stride, padding, output_padding, dilation, groups):
    """A transposed convolution, in which each input pixel writes a patch, one tap at a time."""
    (n, c, *size), (_, o, *kernel) = x.shape, w.shape
    taps = Taps(tuple(kernel), stride, dilation, groups)
    y = np.zeros((n, groups * o, *(a + b for a, b in zip(taps.reach(tuple(size)), output_padding))))
    for tap in np.ndindex(*kernel):
        wt = w[:, :, *tap].reshape(groups, c // groups, o).mT
        y[:, :, *taps.seen_by(tap, (0,) * len(size), tuple(size))] += (
            wt @ x.reshape(n, groups, c // groups, prod(size))).reshape(n, groups * o, *size)
    return y[:, :, *(slice(p, n - p) for n, p in zip(y.shape[2:], padding))] + b.reshape(-1, *(1 for _ in size))


def test_rules_equal_what_is_computed_tap_by_tap() -> None:
    x, w, b = normal(2, 4, 6, 5), normal(6, 2, 3, 2), normal(6)
    options = {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2), "groups": 2}
    y = rules.convolution(x, w, b, **options)
    np.testing.assert_allclose(y, by_taps(x, w, b, **options), atol=1e-12)
    g = normal(*y.shape)
    gw = rules.convolution_weight(x, g, kernel=(3, 2), **options)
    np.testing.assert_allclose((gw * w).sum(), (g * by_taps(x, w, 0 * b, **options)).sum(), atol=1e-12)
    w = normal(4, 3, 3, 2)
    options["output_padding"] = (1, 0)
    np.testing.assert_allclose(rules.convolution_transpose(x, w, b, **options),
                               transposed_by_taps(x, w, b, **options), atol=1e-12)


@pytest.mark.parametrize("convolve", [
    lambda F, x, w, b: F.conv2d(x, w, b, stride=(2, 3), padding=(2, 1), dilation=(1, 2), groups=2),
    lambda F, x, w, b: F.conv_transpose2d(x, w, b, stride=(2, 3), padding=1, dilation=(1, 2), groups=2),
], ids=["strided", "transposed"])
def test_gradients_of_gradients_are_those_of_torch(convolve) -> None:
    torch = pytest.importorskip("torch")
    arrays = normal(3, 4, 6, 7), normal(4, 2, 3, 2), normal(4)

    def penalty(t):
        x, w, b = (t.tensor(a, requires_grad=True) for a in arrays)
        y = convolve(t.nn.functional, x, w, b)
        first = t.autograd.grad((y ** 3).sum(), (x, w, b), create_graph=True)
        second = t.autograd.grad(sum((g ** 2).sum() for g in first), (x, w, b), create_graph=True)
        third = t.autograd.grad(sum((g ** 2).sum() for g in second), (x, w, b))
        return [g.detach().numpy() for g in (*first, *second, *third)]
    for here, there in zip(penalty(mtorch), penalty(torch), strict=True):
        np.testing.assert_allclose(here, there, rtol=1e-9)


@pytest.mark.parametrize("convolve", [
    lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1),
    lambda x, w, b: F.conv2d(x, w, b, padding="same"),
    lambda x, w, b: F.conv_transpose2d(x, w.transpose(0, 1), b, stride=2, padding=1),
    lambda x, w, b: F.conv_transpose2d(x, w.transpose(0, 1), b, stride=2, dilation=3, output_padding=2),
], ids=["strided", "same", "transposed", "with a pixel more than the stride leaves"])
def test_gradients_of_both_orders(convolve) -> None:
    x, w, b = (mtorch.tensor(a, requires_grad=True) for a in (normal(2, 2, 4, 3), normal(3, 2, 2, 2), normal(3)))
    assert mtorch.autograd.gradcheck(convolve, (x, w, b))
    assert mtorch.autograd.gradgradcheck(convolve, (x, w, b), fast_mode=True)


def test_input_of_a_first_layer_gets_no_gradient() -> None:
    x, w = mtorch.tensor(normal(2, 3, 4, 4)), mtorch.tensor(normal(5, 3, 3, 3), requires_grad=True)
    F.conv2d(x, w).sum().backward()
    assert x.grad is None and w.grad.shape == (5, 3, 3, 3)


@pytest.mark.parametrize("lying", [lambda a: a, lambda a: np.asfortranarray(a), lambda a: np.repeat(a, 2, axis=3)[..., ::2],
                                   lambda a: np.ascontiguousarray(a.transpose(1, 2, 3, 0)).transpose(3, 0, 1, 2)],
                         ids=["C", "Fortran", "strided", "batch last"])
def test_how_the_input_lies_in_memory_changes_nothing(lying) -> None:
    a, w = normal(3, 4, 6, 5), mtorch.tensor(normal(2, 4, 3, 3))
    expected = F.conv2d(mtorch.tensor(a), w, padding=1).numpy()
    given = lying(a)
    before = given.copy()
    np.testing.assert_allclose(F.conv2d(mtorch.from_numpy(given), w, padding=1).numpy(), expected, atol=1e-12)
    np.testing.assert_array_equal(given, before)


def test_what_a_convolution_returns_can_be_flattened_without_a_copy() -> None:
    y = F.conv2d(mtorch.ones(4, 3, 8, 8), mtorch.ones(5, 3, 3, 3))
    assert np.shares_memory(y.reshape(4, -1).numpy(), y.numpy())
    assert y.view(4, -1).shape == (4, 180)


@pytest.mark.parametrize("kernel", [1, 3])
def test_an_empty_batch_is_no_special_case(kernel: int) -> None:
    functions_agree(lambda t, x, w: t.nn.functional.conv2d(x, w, padding=1), normal(0, 3, 5, 5),
                    normal(4, 3, kernel, kernel))


@pytest.mark.parametrize(("call", "message"), [
    (lambda t: t.nn.functional.conv2d(t.zeros(1, 3, 4, 4), t.zeros(2, 4, 3, 3)), "to have 4 channels, but got 3"),
    (lambda t: t.nn.functional.conv2d(t.zeros(1, 3, 4, 4), t.zeros(2, 3, 5, 5)), "Kernel size can't be greater"),
    (lambda t: t.nn.functional.conv2d(t.zeros(3, 4), t.zeros(2, 3, 3, 3)), r"Expected 3D \(unbatched\) or 4D"),
    (lambda t: t.nn.functional.conv2d(t.zeros(1, 3, 4, 4), t.zeros(2, 3, 3, 3), t.zeros(3)),
     "expected bias to have shape"),
    (lambda t: t.nn.functional.conv2d(t.zeros(1, 3, 4, 4), t.zeros(2, 3, 3, 3), stride=0),
     "stride must be greater than zero"),
    (lambda t: t.nn.functional.conv2d(t.zeros(1, 3, 4, 4), t.zeros(2, 3, 3, 3), stride=(1, 2, 3)),
     "a list of 2 values"),
    (lambda t: t.nn.functional.conv2d(t.zeros(1, 3, 4, 4), t.zeros(2, 3, 3, 3), padding=-1), "negative padding"),
    (lambda t: t.nn.functional.conv2d(t.zeros(1, 3, 4, 4), t.zeros(2, 3, 3, 3, dtype=t.float64)), "should be the same"),
    (lambda t: t.nn.functional.conv2d(t.zeros(1, 3, 4, 4), t.zeros(2, 3, 3, 3), stride=2, padding="same"),
     "for strided"),
    (lambda t: t.nn.functional.conv_transpose2d(t.zeros(1, 3, 4, 4), t.zeros(2, 3, 3, 3)),
     "to have 2 channels, but got 3"),
    (lambda t: t.nn.functional.conv_transpose1d(t.zeros(1, 3, 4), t.zeros(3, 3, 3), output_padding=1),
     "smaller than either"),
    (lambda t: t.nn.Conv2d(3, 4, 3, groups=2), "in_channels must be divisible by groups"),
    (lambda t: t.nn.Conv2d(4, 3, 3, groups=2), "out_channels must be divisible by groups"),
    (lambda t: t.nn.Conv2d(4, 3, 3, padding_mode="mirror"), "padding_mode must be one of"),
    (lambda t: t.nn.Conv2d(4, 3, 3, stride=2, padding="same"), "not supported for strided"),
    (lambda t: t.nn.ConvTranspose2d(4, 3, 3, padding_mode="reflect"), 'Only "zeros" padding mode'),
], ids=lambda value: value if isinstance(value, str) else "")
def test_errors_say_what_is_wrong(call, message: str) -> None:
    raises_as_torch(call, message)
