"""Convolutions in one, two and three dimensions, and their transposes.

Sources: LeCun et al., "Backpropagation Applied to Handwritten Zip Code Recognition", Neural Computation 1989; transposes:
    Zeiler, Krishnan, Taylor & Fergus, "Deconvolutional Networks", 2010; dilation: Yu & Koltun, "Multi-Scale Context
    Aggregation by Dilated Convolutions", 2015, arXiv:1511.07122; groups: Krizhevsky, Sutskever & Hinton, "ImageNet
    Classification with Deep Convolutional Neural Networks", 2012.
"""
from __future__ import annotations

from ...tensor import Tensor
from ...functions.arguments import require_tensor
from ...ops import convolution as rules
from . import advice
from .images import Ints, as_batch, as_given, per_axis, positive, require_image
from .padding import pad

__all__ = ["conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def conv1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Ints = 1, padding: Ints | str = 0,
           dilation: Ints = 1, groups: int = 1) -> Tensor:
    """Slide each filter along the sequences and take its product with what it covers.

    Shape: input (N, C, L) or (C, L), weight (O, C/groups, K), bias (O)
        -> (N, O, (L + 2 padding - dilation (K - 1) - 1) / stride + 1)

    Args:
        stride: step of the filter, > 0
        padding: zeros added at both ends, >= 0; or 'valid' (none) or 'same' (the output is as long as the input)
        dilation: distance between the elements of the filter, > 0
        groups: parts that input and output channels are cut into, each seeing only its own

    Raises:
        RuntimeError: shapes or types that do not fit, a stride, dilation or groups that is not positive, a negative
            padding, 'same' with a stride other than 1

    >>> import mtorch
    >>> x, w = mtorch.tensor([[[1., 2., 4., 8.]]]), mtorch.tensor([[[-1., 1.]]])
    >>> mtorch.nn.functional.conv1d(x, w)
    tensor([[[1., 2., 4.]]])
    """
    return _convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Ints = 1, padding: Ints | str = 0,
           dilation: Ints = 1, groups: int = 1) -> Tensor:
    """Slide each filter over the images and take its product with what it covers; arguments as for conv1d.

    Shape: input (N, C, H, W) or (C, H, W), weight (O, C/groups, kH, kW), bias (O) -> (N, O, H', W')

    >>> import mtorch
    >>> mtorch.nn.functional.conv2d(mtorch.ones(1, 1, 3, 3), mtorch.ones(1, 1, 2, 2))
    tensor([[[[4., 4.],
              [4., 4.]]]])
    """
    return _convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Ints = 1, padding: Ints | str = 0,
           dilation: Ints = 1, groups: int = 1) -> Tensor:
    """Slide each filter through the volumes and take its product with what it covers; arguments as for conv1d.

    Shape: input (N, C, D, H, W) or (C, D, H, W), weight (O, C/groups, kD, kH, kW), bias (O) -> (N, O, D', H', W')

    >>> import mtorch
    >>> mtorch.nn.functional.conv3d(mtorch.ones(1, 1, 2, 2, 2), mtorch.ones(1, 1, 2, 2, 2)).item()
    8.0
    """
    return _convolve("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Ints = 1, padding: Ints = 0,
                     output_padding: Ints = 0, groups: int = 1, dilation: Ints = 1) -> Tensor:
    """Write each filter, times each input element, into the output: the gradient of conv1d with respect to its input.

    Shape: input (N, C, L) or (C, L), weight (C, O/groups, K), bias (O)
        -> (N, O, (L - 1) stride - 2 padding + dilation (K - 1) + output_padding + 1)

    Args:
        stride: distance of what neighbouring inputs write, > 0
        padding: elements cut from both ends of the output, >= 0
        output_padding: elements added to one end of it, >= 0, less than stride or dilation
        groups: parts that input and output channels are cut into, each seeing only its own
        dilation: distance between the elements of the filter, > 0

    Raises:
        RuntimeError: shapes or types that do not fit, a stride, dilation or groups that is not positive, a negative
            padding, an output_padding too large

    >>> import mtorch
    >>> mtorch.nn.functional.conv_transpose1d(mtorch.tensor([[[1., 2.]]]), mtorch.ones(1, 1, 2), stride=2)
    tensor([[[1., 1., 2., 2.]]])
    """
    return _transpose("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Ints = 1, padding: Ints = 0,
                     output_padding: Ints = 0, groups: int = 1, dilation: Ints = 1) -> Tensor:
    """The gradient of conv2d with respect to its input, as a layer; arguments as for conv_transpose1d.

    Shape: input (N, C, H, W) or (C, H, W), weight (C, O/groups, kH, kW), bias (O) -> (N, O, H', W')

    >>> import mtorch
    >>> mtorch.nn.functional.conv_transpose2d(mtorch.ones(1, 1, 4, 4), mtorch.ones(1, 3, 2, 2), stride=2).shape
    torch.Size([1, 3, 8, 8])
    """
    return _transpose("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Ints = 1, padding: Ints = 0,
                     output_padding: Ints = 0, groups: int = 1, dilation: Ints = 1) -> Tensor:
    """The gradient of conv3d with respect to its input, as a layer; arguments as for conv_transpose1d.

    Shape: input (N, C, D, H, W) or (C, D, H, W), weight (C, O/groups, kD, kH, kW), bias (O) -> (N, O, D', H', W')

    >>> import mtorch
    >>> mtorch.nn.functional.conv_transpose3d(mtorch.ones(1, 2, 2, 2, 2), mtorch.ones(2, 1, 2, 2, 2), stride=2).shape
    torch.Size([1, 1, 4, 4, 4])
    """
    return _transpose("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


def _convolve(function, n, input, weight, bias, stride, padding, dilation, groups):
    stride, dilation = _checked(function, n, input, weight, bias, stride, dilation, groups)
    if isinstance(padding, str):
        input, padding = _padded_by_name(function, n, input, weight, stride, padding, dilation)
    padding = per_axis(padding, n, function, "padding")
    if min(padding) < 0:
        raise RuntimeError(f"{function}: negative padding is not supported, got {list(padding)}")
    out_channels, per_group, *kernel = weight.array.shape
    x, batched = as_batch(input, n)
    channels, *size = x.array.shape[1:]
    if channels != per_group * groups:
        raise RuntimeError(f"Given groups={groups}, weight of size {list(weight.array.shape)}, expected input"
                           f"{list(input.array.shape)} to have {per_group * groups} channels, but got {channels} "
                           "channels instead")
    if out_channels % groups:
        raise RuntimeError(f"{function}: the {out_channels} output channels cannot be cut into {groups} groups")
    _check_bias(function, bias, out_channels)
    wide = [s + 2 * p for s, p in zip(size, padding)]
    if any(d * (k - 1) + 1 > s for s, k, d in zip(wide, kernel, dilation)):
        raise RuntimeError(f"{function}: calculated padded input size per channel: ({' x '.join(map(str, wide))}). "
                           f"Kernel size: ({' x '.join(map(str, kernel))}) with dilation {dilation}. "
                           "Kernel size can't be greater than actual input size")
    y = rules.convolution(x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)
    return as_given(y, batched)


def _padded_by_name(function, n, input, weight, stride, padding, dilation):
    """(input, padding) for 'valid' and 'same': where both ends cannot get as much, the far end is given one more first."""
    if padding == "valid":
        return input, 0
    if padding != "same":
        raise RuntimeError(f"{function}: padding must be 'valid', 'same' or numbers, got {padding!r}")
    if max(stride) > 1:
        raise RuntimeError(f"{function}: padding='same' is not supported for strided convolutions, got stride {stride}")
    total = [d * (k - 1) for k, d in zip(weight.array.shape[2:], dilation)]
    if any(t % 2 for t in total):
        input = pad(input, [v for t in reversed(total) for v in (0, t % 2)])
    return input, tuple(t // 2 for t in total)


def _transpose(function, n, input, weight, bias, stride, padding, output_padding, groups, dilation):
    stride, dilation = _checked(function, n, input, weight, bias, stride, dilation, groups)
    padding = per_axis(padding, n, function, "padding")
    extra = per_axis(output_padding, n, function, "output_padding")
    if min(padding) < 0 or min(extra) < 0:
        raise RuntimeError(f"{function}: negative padding is not supported, got padding {padding}, output_padding "
                           f"{extra}")
    if any(e >= s and e >= d for e, s, d in zip(extra, stride, dilation)):
        raise RuntimeError(f"{function}: output padding must be smaller than either stride or dilation, got {extra} "
                           f"with stride {stride} and dilation {dilation}")
    channels, per_group, *kernel = weight.array.shape
    x, batched = as_batch(input, n)
    if x.array.shape[1] != channels:
        raise RuntimeError(f"Given transposed=1, weight of size {list(weight.array.shape)}, expected input"
                           f"{list(input.array.shape)} to have {channels} channels, but got {x.array.shape[1]} "
                           "channels instead")
    if channels % groups:
        raise RuntimeError(f"{function}: the {channels} input channels cannot be cut into {groups} groups")
    _check_bias(function, bias, per_group * groups)
    size = x.array.shape[2:]
    out = [(s - 1) * t - 2 * p + d * (k - 1) + e + 1
           for s, t, p, d, k, e in zip(size, stride, padding, dilation, kernel, extra)]
    if min(out) < 1:
        raise RuntimeError(f"{function}: given input size per channel: ({' x '.join(map(str, size))}), the output "
                           f"size per channel would be ({' x '.join(map(str, out))}): too small")
    y = rules.convolution_transpose(x, weight, bias, stride=stride, padding=padding, output_padding=extra,
                                    dilation=dilation, groups=groups)
    return as_given(y, batched)


def _checked(function, n, input, weight, bias, stride, dilation, groups):
    """What convolutions and their transposes check alike; returns stride and dilation for each axis."""
    require_image(input, n, function)
    require_tensor(weight, function, "weight")
    if weight.array.ndim != n + 2:
        raise RuntimeError(f"{function}: expected a weight of {n + 2} dimensions, got one of size "
                           f"{list(weight.array.shape)}")
    if 0 in weight.array.shape[2:]:
        raise RuntimeError(f"{function}: kernel size must be greater than zero, but got a weight of size "
                           f"{list(weight.array.shape)}")
    if groups <= 0:
        raise RuntimeError(f"{function}: non-positive groups is not supported, got {groups}")
    for name, t in (("weight", weight), ("bias", bias)):
        if t is not None and require_tensor(t, function, name).dtype is not input.dtype:
            raise RuntimeError(f"{function}: input type ({input.dtype}) and {name} type ({t.dtype}) should be the same"
                               + advice.of_scale(input.array.dtype))
    return (positive(per_axis(stride, n, function, "stride"), function, "stride"),
            positive(per_axis(dilation, n, function, "dilation"), function, "dilation"))


def _check_bias(function, bias, channels: int) -> None:
    if bias is not None and bias.array.shape != (channels,):
        raise RuntimeError(f"{function}: expected bias to have shape ({channels},), one number for each output "
                           f"channel, got {tuple(bias.array.shape)}")
