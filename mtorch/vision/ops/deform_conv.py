"""Deformable convolutions: each tap of the filter looks where an offset says, between the pixels.

The four pixels around each place are gathered from the picture, which has a border of zeros for places outside, and what lies
between them is weighted by how near they are; the rest is the product of an ordinary convolution.

Source: Dai, Qi, Xiong, Li, Zhang, Hu & Wei, "Deformable Convolutional Networks", ICCV 2017, arXiv:1703.06211; the masks: Zhu,
    Hu, Lin & Dai, "Deformable ConvNets v2", CVPR 2019, arXiv:1811.11168.
"""
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...autograd.tape import wrap
from ...functions.creation import empty
from ...nn import init
from ...nn.functional.padding import pad
from ...nn.module import Module
from ...nn.modules.utils import _pair
from ...tensor import Parameter, Tensor

__all__ = ["DeformConv2d", "deform_conv2d"]

Ints = int | Sequence[int]


def deform_conv2d(input: Tensor, offset: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Ints = (1, 1),
                  padding: Ints = (0, 0), dilation: Ints = (1, 1), mask: Tensor | None = None) -> Tensor:
    """A convolution whose taps are moved, each by an offset of its own at each place, and weighted by a mask.

    input: the pictures; C is cut into G parts, each with offsets and masks of its own
    offset: down and to the right, in pixels, for each tap in turn
    weight, bias, stride, padding, dilation: as of conv2d; the groups follow from the shapes
    mask: what each tap counts for; None for 1

    Shape: input (N, C, H, W), offset (N, 2 G kH kW, H', W'), weight (O, C/groups, kH, kW), bias (O), mask (N, G kH kW, H', W')
        -> (N, O, H', W'), H' and W' as of conv2d.
    Raises: RuntimeError for shapes that do not fit.

    >>> import mtorch
    >>> x, w = mtorch.arange(4.0).view(1, 1, 1, 4), mtorch.ones(1, 1, 1, 1)
    >>> offset = mtorch.zeros(1, 2, 1, 4)
    >>> offset[0, 1] = 0.25                                  # to the right
    >>> deform_conv2d(x, offset, w)
    tensor([[[[0.2500, 1.2500, 2.2500, 2.2500]]]])
    """
    (n, channels, height, width), (filters, of_group, *kernel) = input.shape, weight.shape
    taps = math.prod(kernel)
    first, second = (_places(size, *axis) for size, axis in zip(
        (height, width), zip(kernel, _pair(stride), _pair(padding), _pair(dilation)), strict=True))
    rows, columns = first.shape[1], second.shape[1]
    parts = offset.shape[1] // (2 * taps)
    _check("offset", offset, (n, 2 * taps * max(parts, 1), rows, columns))
    if channels % max(parts, 1) or channels % of_group or filters % (channels // of_group):
        raise RuntimeError(f"deform_conv2d: {channels} channels do not go into {parts} parts of offsets and groups of "
                           f"{of_group} channels of {filters} filters")
    by = offset.reshape(n, parts, *kernel, 2, rows, columns)
    y, x = by[:, :, :, :, 0] + wrap(first[:, None, :, None]), by[:, :, :, :, 1] + wrap(second[:, None, :])
    columns_of_taps = _between(pad(input, (1, 1, 1, 1)).reshape(n, parts, channels // parts, -1), height, width,
                               y.reshape(n, parts, 1, -1), x.reshape(n, parts, 1, -1))
    if mask is not None:
        _check("mask", mask, (n, parts * taps, rows, columns))
        columns_of_taps = columns_of_taps * mask.reshape(n, parts, 1, -1)
    groups = channels // of_group
    result = weight.reshape(groups, filters // groups, -1) @ columns_of_taps.reshape(n, groups, of_group * taps, -1)
    result = result.reshape(n, filters, rows, columns)
    return result if bias is None else result + bias.reshape(-1, 1, 1)


class DeformConv2d(Module):
    """`deform_conv2d` as a layer with a weight and a bias; the offsets, and the masks, are given with the input.

    in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias: as of Conv2d

    Shape: input, offset and mask as there -> (N, out_channels, H', W').
    Raises: ValueError for channels that groups does not divide; RuntimeError for shapes that do not fit.

    >>> DeformConv2d(4, 8, 3, padding=1)
    DeformConv2d(4, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Ints, stride: Ints = 1, padding: Ints = 0,
                 dilation: Ints = 1, groups: int = 1, bias: bool = True) -> None:
        super().__init__()
        for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                raise ValueError(f"{name} must be divisible by groups, got {channels} and {groups}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = _pair(kernel_size), _pair(stride)
        self.padding, self.dilation = _pair(padding), _pair(dilation)
        self.weight = Parameter(empty(out_channels, in_channels // groups, *self.kernel_size))
        self.bias = Parameter(empty(out_channels)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew, as Conv2d does."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.weight[0].numel())
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor, offset: Tensor, mask: Tensor | None = None) -> Tensor:
        return deform_conv2d(input, offset, self.weight, self.bias, self.stride, self.padding, self.dilation, mask)

    def __repr__(self) -> str:
        text = f"DeformConv2d({self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        text += f", padding={self.padding}" if self.padding != (0, 0) else ""
        text += f", dilation={self.dilation}" if self.dilation != (1, 1) else ""
        text += f", groups={self.groups}" if self.groups != 1 else ""
        return text + (", bias=False)" if self.bias is None else ")")


def _places(size: int, kernel: int, stride: int, padding: int, dilation: int) -> np.ndarray:
    """Where each tap (kernel) looks along an axis, for each place of the output."""
    outputs = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    if outputs < 1:
        raise RuntimeError(f"deform_conv2d: {size} pixels with padding {padding} are too few for a filter of {kernel}")
    return np.arange(kernel)[:, None] * dilation + np.arange(outputs) * stride - padding


def _check(name: str, given: Tensor, expected: tuple[int, ...]) -> None:
    if tuple(given.shape) != expected:
        raise RuntimeError(f"deform_conv2d: {name} has shape {tuple(given.shape)}, expected {expected}")


def _between(pictures: Tensor, height: int, width: int, y: Tensor, x: Tensor) -> Tensor:
    """What lies at the places (y, x), (N, G, 1, L), of pictures (N, G, C/G, (height + 2) (width + 2)) with a border."""
    top, left = y.detach().floor(), x.detach().floor()
    down, right = y - top, x - left
    parts = []
    for row, near_row in ((top, 1 - down), (top + 1, down)):
        for column, near_column in ((left, 1 - right), (left + 1, right)):
            at = (row.clamp(-1, height) + 1) * (width + 2) + column.clamp(-1, width) + 1
            at = at.long().expand(-1, -1, pictures.shape[2], -1)
            parts.append(pictures.gather(3, at) * (near_row * near_column))
    return parts[0] + parts[1] + parts[2] + parts[3]
