"""Deformable convolutions: beside their sum written out, and beside the ordinary convolution."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import mtorch
from mtorch.nn import functional as F
from mtorch.vision import ops


def pixel(picture: np.ndarray, y: int, x: int) -> float:
    inside = 0 <= y < picture.shape[0] and 0 <= x < picture.shape[1]
    return picture[y, x] if inside else 0.0


def between(picture: np.ndarray, y: float, x: float) -> float:
    top, left = math.floor(y), math.floor(x)
    return sum(pixel(picture, top + i, left + j) * (y - top if i else 1 - y + top) * (x - left if j else 1 - x + left)
               for i, j in itertools.product((0, 1), repeat=2))


def written_out(x, offset, w, mask, stride, padding, dilation) -> np.ndarray:
    """y[n, o, r, c] = sum over a filter's channels and taps of w * mask * x at the place of the tap, moved."""
    n, channels, *_ = x.shape
    filters, of_group, kh, kw = w.shape
    rows, columns = offset.shape[2:]
    parts = offset.shape[1] // (2 * kh * kw)
    y = np.zeros((n, filters, rows, columns))
    for b, o, r, c, k, i, j in np.ndindex(n, filters, rows, columns, of_group, kh, kw):
        channel = o // (filters // (channels // of_group)) * of_group + k
        part = channel // (channels // parts)
        tap = (part * kh + i) * kw + j
        at = (r * stride[0] - padding[0] + i * dilation[0] + offset[b, 2 * tap, r, c],
              c * stride[1] - padding[1] + j * dilation[1] + offset[b, 2 * tap + 1, r, c])
        y[b, o, r, c] += w[o, k, i, j] * mask[b, tap, r, c] * between(x[b, channel], *at)
    return y


@pytest.mark.parametrize(("groups", "parts", "stride", "padding", "dilation"), [
    (1, 1, (1, 1), (1, 1), (1, 1)), (2, 1, (2, 1), (0, 1), (1, 1)), (1, 2, (1, 2), (1, 0), (2, 1)),
    (2, 4, (2, 2), (2, 2), (1, 2)),
])
def test_values_are_those_of_the_sum(groups, parts, stride, padding, dilation) -> None:
    mtorch.manual_seed(0)
    x, w = mtorch.randn(2, 4, 6, 5, dtype=mtorch.float64), mtorch.randn(2, 4 // groups, 3, 2, dtype=mtorch.float64)
    size = F.conv2d(x, w, None, stride, padding, dilation, groups).shape[2:]
    offset = mtorch.randn(2, parts * 12, *size, dtype=mtorch.float64) * 2
    mask, bias = mtorch.rand(2, parts * 6, *size, dtype=mtorch.float64), mtorch.randn(2, dtype=mtorch.float64)
    expected = written_out(x.numpy(), offset.numpy(), w.numpy(), mask.numpy(), stride, padding, dilation)
    found = ops.deform_conv2d(x, offset, w, bias, stride, padding, dilation, mask)
    np.testing.assert_allclose(found.numpy(), expected + bias.numpy()[:, None, None], rtol=1e-10)
    inputs = [t.requires_grad_() for t in (x, offset, w, bias, mask)]
    assert mtorch.autograd.gradcheck(
        lambda x, offset, w, bias, mask: ops.deform_conv2d(x, offset, w, bias, stride, padding, dilation, mask), inputs)


def test_without_offsets_it_is_the_convolution() -> None:
    mtorch.manual_seed(0)
    layer, plain = ops.DeformConv2d(4, 6, (3, 2), stride=2, padding=1, groups=2), mtorch.nn.Conv2d(4, 6, (3, 2), 2, 1, groups=2)
    layer.load_state_dict(plain.state_dict())
    x = mtorch.randn(2, 4, 7, 8)
    np.testing.assert_allclose(layer(x, mtorch.zeros(2, 12, 4, 5)).detach().numpy(), plain(x).detach().numpy(), atol=1e-6)
    assert repr(layer) == "DeformConv2d(4, 6, kernel_size=(3, 2), stride=(2, 2), padding=(1, 1), groups=2)"


def test_weights_begin_as_those_of_the_convolution() -> None:
    layers = []
    for kind in (ops.DeformConv2d, mtorch.nn.Conv2d):
        mtorch.manual_seed(0)
        layers.append(kind(3, 5, 3))
    assert layers[0].weight.equal(layers[1].weight) and layers[0].bias.equal(layers[1].bias)
    assert repr(ops.DeformConv2d(2, 2, 3, dilation=2, bias=False)).endswith("dilation=(2, 2), bias=False)")


def test_on_a_pixel_the_slope_of_an_offset_is_that_to_the_right_and_below() -> None:
    """Networks begin with offsets of zero, where all taps are on pixels."""
    x, offset = mtorch.tensor([[[[1.0, 3.0], [7.0, 0.0]]]]), mtorch.zeros(1, 2, 2, 2, requires_grad=True)
    ops.deform_conv2d(x, offset, mtorch.ones(1, 1, 1, 1)).sum().backward()
    assert offset.grad.tolist() == [[[[6.0, -3.0], [-7.0, 0.0]], [[2.0, -3.0], [-7.0, 0.0]]]]


@pytest.mark.parametrize(("offset", "mask", "says"), [
    ((1, 18, 3, 4), None, r"offset has shape \(1, 18, 3, 4\), expected \(1, 18, 4, 4\)"),
    ((1, 20, 4, 4), None, r"expected \(1, 18, 4, 4\)"), ((1, 4, 4, 4), None, r"expected \(1, 18, 4, 4\)"),
    ((1, 18, 4, 4), (1, 8, 4, 4), r"mask has shape \(1, 8, 4, 4\), expected \(1, 9, 4, 4\)"),
    ((1, 54, 4, 4), None, "4 channels do not go into 3 parts"),
])
def test_shapes_that_do_not_fit(offset, mask, says) -> None:
    with pytest.raises(RuntimeError, match=says):
        ops.deform_conv2d(mtorch.ones(1, 4, 4, 4), mtorch.zeros(*offset), mtorch.ones(2, 4, 3, 3), padding=1,
                          mask=None if mask is None else mtorch.ones(*mask))
    with pytest.raises(RuntimeError, match="too few"):
        ops.deform_conv2d(mtorch.ones(1, 1, 2, 2), mtorch.zeros(1, 18, 1, 1), mtorch.ones(1, 1, 3, 3))
    with pytest.raises(ValueError, match="in_channels must be divisible by groups"):
        ops.DeformConv2d(3, 4, 1, groups=2)
