"""Pooling: one number for each window of a sequence, an image or a volume.

Sources: LeCun, Bottou, Bengio & Haffner, "Gradient-Based Learning Applied to Document Recognition", 1998, for averages;
    Riesenhuber & Poggio, "Hierarchical Models of Object Recognition in Cortex", Nature Neuroscience 1999, for maxima.
"""
from __future__ import annotations

from collections.abc import Sequence
from math import inf, prod

import numpy as np

from ...autograd.naming import shown_as
from ...tensor import Tensor
from ...autograd.tape import wrap
from ...functions.arguments import of_real_numbers, require_tensor
from ...ops import pooling as rules
from ...ops.arithmetic import masked_fill, mul
from ...ops.shape import reshape
from .images import Ints, Pooled, as_batch, as_given, per_axis, positive, require_floating, require_image, require_real

__all__ = ["avg_pool1d", "avg_pool2d", "avg_pool3d", "lp_pool1d", "lp_pool2d", "lp_pool3d", "max_pool1d",
           "max_pool2d", "max_pool3d", "max_unpool1d", "max_unpool2d", "max_unpool3d"]


@shown_as("SqueezeBackward1")
def max_pool1d(input: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0, dilation: Ints = 1,
               ceil_mode: bool = False, return_indices: bool = False) -> Pooled:
    """The largest element of each window of the sequences.

    Shape: (N, C, L) or (C, L) -> (N, C, (L + 2 padding - dilation (K - 1) - 1) / stride + 1)

    Args:
        kernel_size: length K of a window, > 0
        stride: step of the window, > 0; default kernel_size
        padding: how far windows may begin before the first element, 0 to K / 2
        dilation: distance between the elements of a window, > 0
        ceil_mode: let windows reach over the far end too
        return_indices: also return where each of the largest stands, (values, indices)

    Raises:
        RuntimeError: a window that does not fit, an input of other dimensions
        NotImplementedError: bools and complex numbers

    >>> import mtorch
    >>> mtorch.nn.functional.max_pool1d(mtorch.tensor([[1., 3., 2., 0.]]), 2)
    tensor([[3., 2.]])
    """
    return _max_pool("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(input: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0, dilation: Ints = 1,
               ceil_mode: bool = False, return_indices: bool = False) -> Pooled:
    """The largest element of each window of the images; arguments as for max_pool1d.

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, H', W')

    >>> import mtorch
    >>> mtorch.nn.functional.max_pool2d(mtorch.arange(16.).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 5.,  7.],
              [13., 15.]]]])
    """
    return _max_pool("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@shown_as("MaxPool3DWithIndicesBackward0")
def max_pool3d(input: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0, dilation: Ints = 1,
               ceil_mode: bool = False, return_indices: bool = False) -> Pooled:
    """The largest element of each window of the volumes; arguments as for max_pool1d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, D', H', W')

    >>> import mtorch
    >>> mtorch.nn.functional.max_pool3d(mtorch.arange(8.).reshape(1, 2, 2, 2), 2).item()
    7.0
    """
    return _max_pool("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@shown_as("SqueezeBackward1")
def avg_pool1d(input: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0, ceil_mode: bool = False,
               count_include_pad: bool = True) -> Tensor:
    """The average of each window of the sequences.

    Shape: (N, C, L) or (C, L) -> (N, C, (L + 2 padding - K) / stride + 1)

    Args:
        kernel_size: length K of a window, > 0
        stride: step of the window, > 0; default kernel_size
        padding: zeros added at both ends, 0 to K / 2
        ceil_mode: let windows reach over the far end too
        count_include_pad: count those zeros among what is averaged

    Raises:
        RuntimeError: a window that does not fit, an input of other dimensions, a divisor_override of 0
        NotImplementedError: bools and complex numbers

    >>> import mtorch
    >>> mtorch.nn.functional.avg_pool1d(mtorch.tensor([[1., 3., 2., 0.]]), 2)
    tensor([[2., 1.]])
    """
    return _avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


@shown_as("AvgPool2DBackward0")
def avg_pool2d(input: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0, ceil_mode: bool = False,
               count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:
    """The average of each window of the images; arguments as for avg_pool1d.

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, H', W')

    Args:
        divisor_override: divide the sum of a window by this, not by how many elements it has

    >>> import mtorch
    >>> mtorch.nn.functional.avg_pool2d(mtorch.arange(16.).reshape(1, 1, 4, 4), 2)
    tensor([[[[ 2.5000,  4.5000],
              [10.5000, 12.5000]]]])
    """
    return _avg_pool("avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad,
                     divisor_override)


@shown_as("AvgPool3DBackward0")
def avg_pool3d(input: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0, ceil_mode: bool = False,
               count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:
    """The average of each window of the volumes; arguments as for avg_pool2d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, D', H', W')

    >>> import mtorch
    >>> mtorch.nn.functional.avg_pool3d(mtorch.arange(8.).reshape(1, 2, 2, 2), 2).item()
    3.5
    """
    return _avg_pool("avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad,
                     divisor_override)


def lp_pool1d(input: Tensor, norm_type: float, kernel_size: Ints, stride: Ints | None = None,
              ceil_mode: bool = False) -> Tensor:
    """(sum of x^p)^(1/p) over each window of the sequences, p = norm_type; the other arguments as for avg_pool1d.

    norm_type: 1 gives sums, 2 lengths; the larger, the nearer to the largest size, which infinity gives; not 0

    Shape: (N, C, L) or (C, L) -> (N, C, (L - K) / stride + 1)
    Raises: ZeroDivisionError for a norm_type of 0; NotImplementedError for integers and bools; RuntimeError for a window
        that does not fit.
    Source: Sermanet, Chintala & LeCun, "Convolutional Neural Networks Applied to House Numbers Digit Classification", 2012,
        arXiv:1204.3968.

    >>> import mtorch
    >>> mtorch.nn.functional.lp_pool1d(mtorch.tensor([[3., 4.]]), 2, 2)
    tensor([[5.]])
    """
    return _lp_pool("lp_pool1d", 1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(input: Tensor, norm_type: float, kernel_size: Ints, stride: Ints | None = None,
              ceil_mode: bool = False) -> Tensor:
    """(sum of x^p)^(1/p) over each window of the images, p = norm_type; arguments as for lp_pool1d.

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, H', W')

    >>> import mtorch
    >>> mtorch.nn.functional.lp_pool2d(mtorch.ones(1, 2, 2), 2, 2).item()
    2.0
    """
    return _lp_pool("lp_pool2d", 2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(input: Tensor, norm_type: float, kernel_size: Ints, stride: Ints | None = None,
              ceil_mode: bool = False) -> Tensor:
    """(sum of x^p)^(1/p) over each window of the volumes, p = norm_type; arguments as for lp_pool1d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, D', H', W')

    >>> import mtorch
    >>> mtorch.nn.functional.lp_pool3d(mtorch.ones(1, 2, 2, 2), 1, 2).item()
    8.0
    """
    return _lp_pool("lp_pool3d", 3, input, norm_type, kernel_size, stride, ceil_mode)


@of_real_numbers
@shown_as("SqueezeBackward1")
def max_unpool1d(input: Tensor, indices: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0,
                 output_size: Sequence[int] | None = None) -> Tensor:
    """Put each maximum back where max_pool1d found it, among zeros.

    Shape: (N, C, L) or (C, L) -> (N, C, (L - 1) stride - 2 padding + K), or output_size

    Args:
        indices: what max_pool1d returned with return_indices=True
        kernel_size, stride, padding: those of the pooling
        output_size: the size to restore, where the pooling left it open; with or without N and C

    Raises:
        ValueError: an output_size that the pooling could not have come from
        RuntimeError: indices that are not of int64, not in the shape of input, or beyond the output

    Source: Zeiler, Taylor & Fergus, "Adaptive Deconvolutional Networks for Mid and High Level Feature Learning", 2011.

    >>> import mtorch
    >>> y, where = mtorch.nn.functional.max_pool1d(mtorch.tensor([[1., 3., 2., 0.]]), 2, return_indices=True)
    >>> mtorch.nn.functional.max_unpool1d(y, where, 2)
    tensor([[0., 3., 2., 0.]])
    """
    return _max_unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


@of_real_numbers
@shown_as("MaxUnpool2DBackward0")
def max_unpool2d(input: Tensor, indices: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0,
                 output_size: Sequence[int] | None = None) -> Tensor:
    """Put each maximum back where max_pool2d found it, among zeros; arguments as for max_unpool1d.

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, H', W')

    >>> import mtorch
    >>> y, where = mtorch.nn.functional.max_pool2d(mtorch.arange(4.).reshape(1, 2, 2), 2, return_indices=True)
    >>> mtorch.nn.functional.max_unpool2d(y, where, 2)
    tensor([[[0., 0.],
             [0., 3.]]])
    """
    return _max_unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


@of_real_numbers
@shown_as("MaxUnpool3DBackward0")
def max_unpool3d(input: Tensor, indices: Tensor, kernel_size: Ints, stride: Ints | None = None, padding: Ints = 0,
                 output_size: Sequence[int] | None = None) -> Tensor:
    """Put each maximum back where max_pool3d found it, among zeros; arguments as for max_unpool1d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, D', H', W')

    >>> import mtorch
    >>> y, where = mtorch.nn.functional.max_pool3d(mtorch.arange(8.).reshape(1, 2, 2, 2), 2, return_indices=True)
    >>> mtorch.nn.functional.max_unpool3d(y, where, 2).sum().item()
    7.0
    """
    return _max_unpool("max_unpool3d", 3, input, indices, kernel_size, stride, padding, output_size)


# ---- what they share -----------------------------------------------------------------------------

def window_of(function, n, size, kernel_size, stride, padding, dilation, ceil_mode):
    """(kernel, stride, padding, dilation, output size) for each axis, checked."""
    kernel = positive(per_axis(kernel_size, n, function, "kernel_size"), function, "kernel size")
    given = stride is not None and not (isinstance(stride, (tuple, list)) and not stride)
    stride = positive(per_axis(stride, n, function, "stride"), function, "stride") if given else kernel
    dilation = positive(per_axis(dilation, n, function, "dilation"), function, "dilation")
    padding = per_axis(padding, n, function, "padding")
    if min(padding) < 0 or any(2 * p > d * (k - 1) + 1 for p, k, d in zip(padding, kernel, dilation)):
        raise RuntimeError(f"{function}: pad should be at least zero and at most half of effective kernel size, but "
                           f"got padding={padding} and kernel_size={kernel}")
    out = []
    for length, k, s, p, d in zip(size, kernel, stride, padding, dilation):
        places = (length + 2 * p - d * (k - 1) - 1 + (s - 1 if ceil_mode else 0)) // s + 1
        if ceil_mode and (places - 1) * s >= length + p:       # a window must begin on the image or before it
            places -= 1
        out.append(places)
    if min(out) < 1:
        raise RuntimeError(f"{function}: given input size {tuple(size)} and kernel_size {kernel}, the output size "
                           f"would be {tuple(out)}: too small")
    return kernel, stride, padding, dilation, tuple(out)


def require_filled(x, function: str) -> None:
    """No axis but the batch may be empty."""
    if prod(x.array.shape[1:]) == 0:
        raise RuntimeError(f"{function}: expected input with non-zero channels and lengths, got size "
                           f"{list(x.array.shape)}")


def _max_pool(function, n, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices):
    x, batched = as_batch(require_image(input, n, function), n)
    require_filled(x, function)
    require_real(x, function)
    kernel, stride, padding, dilation, out = window_of(function, n, x.array.shape[2:], kernel_size, stride, padding,
                                                       dilation, ceil_mode)
    options = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation, "out": out}
    y = as_given(rules.max_pool(x, **options), batched)
    if not return_indices:
        return y
    return y, as_given(wrap(rules.positions_of_largest(x.array, **options)), batched)


def _avg_pool(function, n, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
    x, batched = as_batch(require_image(input, n, function), n)
    require_filled(x, function)
    require_real(x, function)
    if x.array.dtype == np.float16:                    # its sums would soon be inf
        return _avg_pool(function, n, input.float(), kernel_size, stride, padding, ceil_mode, count_include_pad,
                         divisor_override).half()
    size = x.array.shape[2:]
    kernel, stride, padding, _, out = window_of(function, n, size, kernel_size, stride, padding, 1, ceil_mode)
    if divisor_override == 0:
        raise RuntimeError(f"{function}: divisor must be not zero")
    y = x
    for axis in range(n):
        y = rules.window_sum(y, axis=axis + 2, kernel=kernel[axis], stride=stride[axis], padding=padding[axis],
                             out=out[axis])
    if divisor_override or not (ceil_mode or any(padding)):
        divisor = int(divisor_override or prod(kernel))
    else:
        divisor = _counts(size, kernel, stride, padding, out, count_include_pad)
    if y.array.dtype.kind != "f":
        return as_given(wrap(np.trunc(y.array / divisor).astype(y.array.dtype)), batched)
    scale = 1.0 / divisor
    return as_given(mul(y, scale.astype(y.array.dtype) if isinstance(scale, np.ndarray) else scale), batched)


def _counts(size, kernel, stride, padding, out, count_include_pad: bool) -> np.ndarray:
    """How many elements each window has: those of the padding too, or those of the image alone."""
    counts = []
    for length, k, s, p, places in zip(size, kernel, stride, padding, out):
        first = np.arange(places) * s - p
        counts.append(np.minimum(first + k, length + p) - first if count_include_pad else
                      np.minimum(first + k, length) - np.maximum(first, 0))
    return np.prod(np.broadcast_arrays(*np.ix_(*counts)), axis=0)


def _lp_pool(function, n, input, norm_type, kernel_size, stride, ceil_mode):
    require_floating(require_image(input, n, function), function)
    if norm_type in (inf, -inf):                       # what the windows come to as norm_type grows, or falls
        largest = (max_pool1d, max_pool2d, max_pool3d)[n - 1]
        if norm_type == inf:
            return largest(abs(input), kernel_size, stride, 0, 1, ceil_mode)
        return -largest(-abs(input), kernel_size, stride, 0, 1, ceil_mode)
    average = _avg_pool(function, n, input ** norm_type, kernel_size, stride, 0, ceil_mode, True, None)
    total = average * float(prod(per_axis(kernel_size, n, function, "kernel_size")))
    total = masked_fill(total, 0.0, mask=average.array == 0)                  # no gradient passes a sum of 0, as in torch
    return total ** (1.0 / norm_type)


def _max_unpool(function, n, input, indices, kernel_size, stride, padding, output_size):
    x, batched = as_batch(require_image(input, n, function), n)
    where, _ = as_batch(require_tensor(indices, function, "indices"), n)
    if where.array.dtype != np.int64:
        raise RuntimeError(f"{function}: elements in indices should be type int64 but got: {indices.dtype}")
    if where.array.shape != x.array.shape:
        raise RuntimeError(f"{function}: expected shape of indices to be same as that of the input tensor "
                           f"({list(input.array.shape)}), but got indices tensor with shape: "
                           f"{list(indices.array.shape)}")
    kernel = per_axis(kernel_size, n, function, "kernel_size")
    if stride is None or stride == []:
        stride = kernel
    else:
        stride = positive(per_axis(stride, n, function, "stride"), function, "stride")
    padding = per_axis(padding, n, function, "padding")
    size = _restored_size(function, n, x.array.shape[2:], kernel, stride, padding, output_size)
    found = where.array
    if found.size and (found.min() < 0 or found.max() >= prod(size)):
        raise RuntimeError(f"{function}: found an invalid index: {found.min()} to {found.max()}, for the output size "
                           f"{' x '.join(map(str, size))}")
    return as_given(rules.max_unpool(x, where=found, size=size), batched)


def _restored_size(function, n, size, kernel, stride, padding, output_size) -> tuple[int, ...]:
    default = tuple((m - 1) * s + k - 2 * p for m, s, k, p in zip(size, stride, kernel, padding))
    if output_size is None:
        return default
    asked = tuple(output_size)[-n:]
    if len(output_size) not in (n, n + 1, n + 2):
        raise ValueError(f"{function}: output_size should be a sequence containing {n} or {n + 2} elements, "
                         f"but it has a length of '{len(output_size)}'")
    if any(not d - s < a < d + s for a, d, s in zip(asked, default, stride)):
        raise ValueError(f"{function}: invalid output_size {asked}: each must lie less than {stride} from {default}")
    return asked


def flattened(x):
    """(N, C, ...) -> (N, C, everything)"""
    return reshape(x, shape=(*x.array.shape[:2], prod(x.array.shape[2:])))
