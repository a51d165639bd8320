"""Pooling to a size that is given: adaptive pooling, and fractional max pooling with windows drawn at random.

Source: He, Zhang, Ren & Sun, "Spatial Pyramid Pooling in Deep Convolutional Networks for Visual Recognition", 2014,
    arXiv:1406.4729.
"""
from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from ...autograd.naming import shown_as
from ...tensor import Tensor
from ...autograd.tape import wrap
from ...functions.arguments import require_tensor
from ...ops import pooling as rules
from ...ops.arithmetic import mul
from ...ops.indexing import gather
from ...ops.reduction import mean
from ...ops.resampling import mix, pick
from ...ops.shape import reshape
from .images import Ints, Pooled, as_batch, as_given, per_axis, positive, require_floating, require_image, require_real
from .pooling import flattened, require_filled

Sizes = int | Sequence[int | None] | None

__all__ = ["adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d",
           "adaptive_max_pool2d", "adaptive_max_pool3d", "fractional_max_pool2d", "fractional_max_pool3d"]


@shown_as("SqueezeBackward1")
def adaptive_avg_pool1d(input: Tensor, output_size: Ints) -> Tensor:
    """Average over output_size windows as equal as they can be: number i goes from floor(i L / n) to ceil((i + 1) L / n).

    output_size: n, how many windows, >= 0; however long the input is, the output has this length

    Shape: (N, C, L) or (C, L) -> (N, C, output_size)
    Raises: RuntimeError for a negative output_size, or an input of other dimensions or without elements;
        NotImplementedError for integers and bools.

    >>> import mtorch
    >>> mtorch.nn.functional.adaptive_avg_pool1d(mtorch.tensor([[1., 3., 2., 0.]]), 2)
    tensor([[2., 1.]])
    """
    return _adaptive_avg("adaptive_avg_pool1d", 1, input, output_size)


@shown_as(lambda y, *_, **__: averaging_name(y, 2))
def adaptive_avg_pool2d(input: Tensor, output_size: Sizes) -> Tensor:
    """Average over a grid of windows as equal as they can be; arguments as for adaptive_avg_pool1d.

    output_size: how many windows along each axis, or one number for both; None leaves an axis as it is

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, *output_size)

    >>> import mtorch
    >>> mtorch.nn.functional.adaptive_avg_pool2d(mtorch.arange(16.).reshape(1, 4, 4), 1)
    tensor([[[7.5000]]])
    """
    return _adaptive_avg("adaptive_avg_pool2d", 2, input, output_size)


@shown_as(lambda y, *_, **__: averaging_name(y, 3))
def adaptive_avg_pool3d(input: Tensor, output_size: Sizes) -> Tensor:
    """Average over a grid of windows as equal as they can be; arguments as for adaptive_avg_pool2d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, *output_size)

    >>> import mtorch
    >>> mtorch.nn.functional.adaptive_avg_pool3d(mtorch.arange(8.).reshape(1, 2, 2, 2), 1).item()
    3.5
    """
    return _adaptive_avg("adaptive_avg_pool3d", 3, input, output_size)


@shown_as("SqueezeBackward1")
def adaptive_max_pool1d(input: Tensor, output_size: Ints, return_indices: bool = False) -> Pooled:
    """The largest in output_size windows as equal as they can be; they lie as for adaptive_avg_pool1d.

    output_size: how many windows, >= 0
    return_indices: also return where each of the largest stands, (values, indices)

    Shape: (N, C, L) or (C, L) -> (N, C, output_size)
    Raises: RuntimeError for a negative output_size, or an input of other dimensions or without elements;
        NotImplementedError for bools and complex numbers.

    >>> import mtorch
    >>> mtorch.nn.functional.adaptive_max_pool1d(mtorch.tensor([[1., 3., 2., 0.]]), 2)
    tensor([[3., 2.]])
    """
    return _adaptive_max("adaptive_max_pool1d", 1, input, output_size, return_indices)


@shown_as("AdaptiveMaxPool2DBackward0")
def adaptive_max_pool2d(input: Tensor, output_size: Sizes, return_indices: bool = False) -> Pooled:
    """The largest in a grid of windows as equal as they can be; arguments as for adaptive_max_pool1d.

    output_size: how many windows along each axis, or one number for both; None leaves an axis as it is

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, *output_size)

    >>> import mtorch
    >>> mtorch.nn.functional.adaptive_max_pool2d(mtorch.arange(16.).reshape(1, 4, 4), 1)
    tensor([[[15.]]])
    """
    return _adaptive_max("adaptive_max_pool2d", 2, input, output_size, return_indices)


@shown_as("AdaptiveMaxPool3DBackward0")
def adaptive_max_pool3d(input: Tensor, output_size: Sizes, return_indices: bool = False) -> Pooled:
    """The largest in a grid of windows as equal as they can be; arguments as for adaptive_max_pool2d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, *output_size)

    >>> import mtorch
    >>> mtorch.nn.functional.adaptive_max_pool3d(mtorch.arange(8.).reshape(1, 2, 2, 2), 1).item()
    7.0
    """
    return _adaptive_max("adaptive_max_pool3d", 3, input, output_size, return_indices)


@shown_as("FractionalMaxPool2DBackward0")
def fractional_max_pool2d(input: Tensor, kernel_size: Ints, output_size: Ints | None = None,
                          output_ratio: float | Sequence[float] | None = None, return_indices: bool = False,
                          _random_samples: Tensor | None = None) -> Pooled:
    """Max pooling to output_size with windows at random distances, drawn anew for each channel.

    Shape: (N, C, H, W) or (C, H, W) -> (N, C, *output_size)

    Args:
        kernel_size: size of a window, > 0
        output_size, output_ratio: one of them; the ratio is to the size of the input, in (0, 1); of two, the size counts
        return_indices: also return where each of the largest stands, (values, indices)

    Raises:
        ValueError: neither output_size nor output_ratio
        RuntimeError: windows that do not fit

    Source: Graham, "Fractional Max-Pooling", 2014, arXiv:1412.6071.

    >>> import mtorch
    >>> mtorch.nn.functional.fractional_max_pool2d(mtorch.randn(1, 3, 8, 8), 2, output_ratio=0.5).shape
    torch.Size([1, 3, 4, 4])
    """
    return _fractional("fractional_max_pool2d", 2, input, kernel_size, output_size, output_ratio, return_indices,
                       _random_samples)


@shown_as("FractionalMaxPool3DBackward0")
def fractional_max_pool3d(input: Tensor, kernel_size: Ints, output_size: Ints | None = None,
                          output_ratio: float | Sequence[float] | None = None, return_indices: bool = False,
                          _random_samples: Tensor | None = None) -> Pooled:
    """Max pooling of volumes with windows at random distances; arguments as for fractional_max_pool2d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, C, *output_size)

    >>> import mtorch
    >>> mtorch.nn.functional.fractional_max_pool3d(mtorch.randn(1, 3, 8, 8, 8), 2, output_size=3).shape
    torch.Size([1, 3, 3, 3, 3])
    """
    return _fractional("fractional_max_pool3d", 3, input, kernel_size, output_size, output_ratio, return_indices,
                       _random_samples)


# ---- what they share -----------------------------------------------------------------------------

def _sizes(function, n, x, output_size) -> tuple[int, ...]:
    """The output size, None meaning what the input has."""
    given = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * n
    if len(given) == n:
        given = tuple(size if asked is None else asked for asked, size in zip(given, x.array.shape[2:]))
    out = per_axis(given, n, function, "output_size")
    if min(out) < 0:
        raise RuntimeError(f"{function}: elements of output_size must be greater than or equal to 0, got {list(out)}")
    return out


def window_ends(size: int, out: int) -> tuple[np.ndarray, np.ndarray]:
    """Where each of `out` windows over `size` elements begins, and where it ends."""
    i = np.arange(out)
    return i * size // max(out, 1), -(-(i + 1) * size // max(out, 1))


def averaging(size: int, out: int, kind: np.dtype) -> np.ndarray:
    """The matrix (out, size) that averages over those windows."""
    starts, ends = window_ends(size, out)
    j = np.arange(size)
    inside = (starts[:, None] <= j) & (j < ends[:, None])
    return (inside / (ends - starts)[:, None]).astype(kind)


def _adaptive_avg(function, n, input, output_size):
    x, batched = as_batch(require_floating(require_image(input, n, function), function), n)
    require_filled(x, function)
    out = _sizes(function, n, x, output_size)
    return as_given(averaged_to(x, out), batched)


def averaging_name(y: Tensor, n: int) -> str:
    """What torch calls it: averages over everything are a mean to it."""
    return "MeanBackward1" if set(y.array.shape[-n:]) == {1} else f"AdaptiveAvgPool{n}DBackward0"


def averaged_to(x, out: tuple[int, ...]):
    """(N, C, ...) -> (N, C, *out) by averages over windows as equal as they can be."""
    size = x.array.shape[2:]
    if set(out) == {1}:
        return mean(x, axis=tuple(range(2, x.array.ndim)), keepdims=True)
    scale = 1.0
    for axis, (have, want) in enumerate(zip(size, out), start=2):
        if want and have % want == 0:
            k = have // want
            x = rules.window_sum(x, axis=axis, kernel=k, stride=k, padding=0, out=want) if k > 1 else x
            scale /= k
        else:
            matrix = averaging(have, want, x.array.dtype)
            x = mix(x, matrix=matrix, axis=axis, seen=matrix != 0)
    return mul(x, scale)


def _adaptive_max(function, n, input, output_size, return_indices):
    x, batched = as_batch(require_image(input, n, function), n)
    require_filled(x, function)
    require_real(x, function)
    size, out = x.array.shape[2:], _sizes(function, n, x, output_size)
    kernel, sources = [], []
    for axis, (have, want) in enumerate(zip(size, out), start=2):
        starts, ends = window_ends(have, want)
        k = int((ends - starts).max(initial=1))
        # short windows repeat their last
        source = np.minimum(starts[:, None] + np.arange(k), ends[:, None] - 1).reshape(-1)
        if not (len(source) == have and (source == np.arange(have)).all()):
            x = pick(x, index=source, axis=axis)
        kernel.append(k)
        sources.append(source)
    options = {"kernel": tuple(kernel), "stride": tuple(kernel), "padding": (0,) * n, "dilation": (1,) * n, "out": out}
    y = as_given(rules.max_pool(x, **options), batched)
    if not return_indices:
        return y
    where = rules.positions_of_largest(x.array, **options)
    if where.size:
        at = np.unravel_index(where, x.array.shape[2:])
        where = np.ravel_multi_index([source[a] for source, a in zip(sources, at)], size)
    return y, as_given(wrap(where.astype(np.int64)), batched)


def _fractional(function, n, input, kernel_size, output_size, output_ratio, return_indices, _random_samples):
    x, batched = as_batch(require_image(input, n, function), n)
    require_filled(x, function)
    require_real(x, function)
    N, C, *size = x.array.shape
    kernel = positive(per_axis(kernel_size, n, function, "kernel_size"), function, "kernel_size")
    if output_size is None and output_ratio is None:
        raise ValueError(f"{function} requires specifying either an output_size or an output_ratio")
    if output_size is not None:
        out = per_axis(output_size, n, function, "output_size")
    else:
        ratios = tuple(output_ratio) if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * n
        out = tuple(int(s * r) for s, r in zip(size, ratios))
    if min(out) < 1 or any(o + k - 1 > s for o, k, s in zip(out, kernel, size)):
        raise RuntimeError(f"{function}: pool size {kernel} with {out} windows does not fit into an input of "
                           f"{tuple(size)}")
    if _random_samples is None:
        from ...functions.random import rand
        _random_samples = rand(N, C, n, dtype=input.dtype)
    samples = require_tensor(_random_samples, function, "_random_samples").array
    if samples.shape[1:] != (C, n) or len(samples) < N:
        raise RuntimeError(f"{function}: expected _random_samples of shape {(N, C, n)}, got {samples.shape}")
    samples = samples[:N]
    order = (1, 0) if n == 2 else (0, 1, 2)            # torch draws the column before the row, but depth first
    flat = np.zeros((N, C), np.int64)
    # flat[n, c, places and taps of the axes before] grows by two axes
    for i in range(n):
        starts = _random_starts(samples[:, :, order[i]], size[i], out[i], kernel[i])
        seen = (starts[:, :, :, None] + np.arange(kernel[i])).reshape(N, C, *(1,) * (2 * i), out[i], kernel[i])
        flat = flat[..., None, None] * size[i] + seen
    places, taps = range(2, 2 + 2 * n, 2), range(3, 3 + 2 * n, 2)
    flat = flat.transpose(0, 1, *places, *taps).reshape(N, C, prod(out), prod(kernel))
    values = np.take_along_axis(x.array.reshape(N, C, prod(size)), flat.reshape(N, C, prod(flat.shape[2:])), axis=2)
    values = values.reshape(flat.shape)
    where = np.take_along_axis(flat, values.argmax(axis=3)[..., None], axis=3)[..., 0]
    y = as_given(reshape(gather(flattened(x), index=where, dim=2), shape=(N, C, *out)), batched)
    return (y, as_given(wrap(where.reshape(N, C, *out)), batched)) if return_indices else y


def _random_starts(sample: np.ndarray, size: int, out: int, kernel: int) -> np.ndarray:
    """(N, C, out): where the windows begin; the last one ends with the input."""
    starts = np.full((*sample.shape, out), size - kernel, np.int64)
    if out > 1:
        alpha = sample.dtype.type((size - kernel) / (out - 1))
        i = np.arange(out - 1, dtype=sample.dtype)
        sample = sample[..., None]
        starts[..., :-1] = ((i + sample) * alpha).astype(np.int64) - (sample * alpha).astype(np.int64)
    return starts
