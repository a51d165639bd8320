"""Convolutional layers: against torch, against the plain reference, and against differences."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.nn import functional as F
from mtorch.ops import convolution as rules
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


def test_rule_equals_its_plain_reference() -> None:
    x, w, b = mtorch.tensor(normal(2, 4, 6, 5)), mtorch.tensor(normal(6, 2, 3, 2)), mtorch.tensor(normal(6))
    options = {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2), "groups": 2}
    np.testing.assert_allclose(rules.convolution(x, w, b, **options).numpy(),
                               rules.convolution_by_taps(x, w, b, **options).numpy(), atol=1e-12)
    w = mtorch.tensor(normal(4, 3, 3, 2))
    options["output_padding"] = (1, 0)
    np.testing.assert_allclose(rules.convolution_transpose(x, w, b, **options).numpy(),
                               rules.convolution_transpose_by_taps(x, w, b, **options).numpy(), atol=1e-12)


@pytest.mark.parametrize("convolve", [
    lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1),
    lambda x, w, b: F.conv2d(x, w, b, padding="same"),
    lambda x, w, b: F.conv_transpose2d(x, w.transpose(0, 1), b, stride=2, padding=1),
], ids=["strided", "same", "transposed"])
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
