"""Resizing.  Each mode is a linear map along one axis, applied to one axis after the other.

Source: Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981, which has the linear case too.
"""
from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from ...autograd.naming import shown_as
from ...tensor import Tensor
from ...functions.arguments import of_real_numbers, require_tensor
from ...ops.elementwise import clone
from ...ops.resampling import mix, pick
from .adaptive_pooling import averaged_to, averaging_name
from .images import Ints, per_axis

__all__ = ["interpolate", "upsample", "upsample_bilinear", "upsample_nearest"]

_AXES = {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2}       # how many axes each mode is for


def _resizing(y: Tensor, input: Tensor, size: Ints | None = None, scale_factor: float | Sequence[float] | None = None,
              mode: str = "nearest", align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
              antialias: bool = False) -> str:
    """What torch calls it."""
    n = y.array.ndim - 2
    if mode == "area":
        return "SqueezeBackward1" if n == 1 else averaging_name(y, n)
    way = "".join(part.capitalize() for part in mode.split("-"))
    return f"Upsample{way}{n}D{'Aa' if antialias else ''}Backward0"


@of_real_numbers
@shown_as(_resizing)
def interpolate(input: Tensor, size: Ints | None = None, scale_factor: float | Sequence[float] | None = None,
                mode: str = "nearest", align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
                antialias: bool = False) -> Tensor:
    """Make sequences, images or volumes larger or smaller.

    Shape: (N, C, L), (N, C, H, W) or (N, C, D, H, W) -> the same with the last axes resized

    Args:
        size, scale_factor: the new size, or how many times the old one (> 0); one of them, for all axes or for each
        mode: 'nearest', 'nearest-exact', 'linear' (3D input), 'bilinear' (4D), 'bicubic' (4D), 'trilinear' (5D) or 'area'
        align_corners: the corner elements keep their places, instead of the outer edges of them
        recompute_scale_factor: use the ratio of the sizes, not scale_factor, to place the elements
        antialias: when shrinking, average over all that falls on an element ('bilinear' and 'bicubic')

    Raises:
        ValueError: options that the mode does not have, neither size nor scale_factor, or both
        NotImplementedError: an unknown mode, or one that is not for inputs of this many dimensions
        RuntimeError: a size that is not above 0

    >>> import mtorch
    >>> mtorch.nn.functional.interpolate(mtorch.tensor([[[1., 2.]]]), scale_factor=2, mode="linear")
    tensor([[[1.0000, 1.2500, 1.7500, 2.0000]]])
    """
    require_tensor(input, "interpolate")
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError("align_corners option can only be set with the interpolating modes: linear | bilinear | "
                             "bicubic | trilinear")
    elif mode not in _AXES:
        raise NotImplementedError(f"interpolate: unknown mode {mode!r}")
    n = input.array.ndim - 2
    if not 1 <= n <= 3 or _AXES.get(mode, n) != n:
        raise NotImplementedError(f"interpolate: mode {mode!r} is not for an input of {n + 2} dimensions")
    if antialias and mode not in ("bilinear", "bicubic"):
        raise ValueError("Anti-alias option is only supported for bilinear and bicubic modes")
    sizes, scales = _sizes_and_scales(input, n, size, scale_factor, recompute_scale_factor)
    if input.array.size == 0 and input.array.shape[0] or min(sizes) <= 0:
        raise RuntimeError(f"interpolate: input and output sizes should be greater than 0, but got input "
                           f"{list(input.array.shape)} and output {list(sizes)}")
    if mode == "area":
        return averaged_to(input, sizes)
    y = input
    bytes_ = input.array.dtype == np.uint8
    for i in reversed(range(n)) if bytes_ else range(n):   # torch rounds bytes after each axis, the last axis first
        have = input.array.shape[2 + i]
        if have == sizes[i] and (antialias or mode in ("linear", "bilinear", "trilinear")):
            continue                                   # torch copies, even where scale_factor is not quite 1
        step = scales[i]
        if step is None or mode == "nearest" and n == 2 and sizes[i] in (have, 2 * have):      # and its own way to double
            step = have / sizes[i]
        if mode in ("nearest", "nearest-exact"):
            y = pick(y, index=_nearest(have, sizes[i], step, mode == "nearest-exact"), axis=2 + i)
        else:
            matrix, seen = _matrix(have, sizes[i], step, mode == "bicubic", bool(align_corners), antialias)
            kind = input.array.dtype if input.array.dtype.kind == "f" else np.dtype(np.float64)
            y = mix(y, matrix=(_in_16_bits(matrix) if bytes_ else matrix).astype(kind), axis=2 + i, seen=seen)
            if bytes_:                                     # bicubic interpolation overshoots
                y = (y + 0.5).floor().clamp(0, 255)
    if y is input:
        return clone(y)
    return y if y.array.dtype == input.array.dtype else y.round().to(input.dtype)


def _in_16_bits(weights):
    """The weights as torch has them for bytes: integers of 16 bits over the largest power of two that leaves them such."""
    bits = next(b for b in range(23) if b == 22 or int(0.5 + weights.max() * 2 ** (b + 1)) >= 2 ** 15)
    return np.copysign(np.floor(np.abs(weights) * 2 ** bits + 0.5), weights) / 2 ** bits


def upsample(input: Tensor, size: Ints | None = None, scale_factor: float | Sequence[float] | None = None,
             mode: str = "nearest", align_corners: bool | None = None) -> Tensor:
    """interpolate, under its former name: shapes, errors and arguments as for interpolate.  Warns that it is deprecated.

    >>> import mtorch, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     mtorch.nn.functional.upsample(mtorch.ones(1, 1, 2), scale_factor=2).shape
    torch.Size([1, 1, 4])
    """
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Ints | None = None,
                     scale_factor: float | Sequence[float] | None = None) -> Tensor:
    """interpolate(mode='nearest'), under its former name: shapes, errors and arguments as for interpolate.

    >>> import mtorch, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     mtorch.nn.functional.upsample_nearest(mtorch.tensor([[[1., 2.]]]), scale_factor=2)
    tensor([[[1., 1., 2., 2.]]])
    """
    warnings.warn("`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.",
                  stacklevel=2)
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: Tensor, size: Ints | None = None,
                      scale_factor: float | Sequence[float] | None = None) -> Tensor:
    """interpolate(mode='bilinear', align_corners=True), under its former name: all else as for interpolate.

    >>> import mtorch, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     mtorch.nn.functional.upsample_bilinear(mtorch.tensor([[[[1., 2.]]]]), size=(1, 3))
    tensor([[[[1.0000, 1.5000, 2.0000]]]])
    """
    warnings.warn("`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.",
                  stacklevel=2)
    return interpolate(input, size, scale_factor, "bilinear", True)


def _sizes_and_scales(input, n, size, scale_factor, recompute) -> tuple[tuple[int, ...], tuple]:
    """The new sizes, and for each axis the step in the input between neighbours in the output, where it was given."""
    if (size is None) == (scale_factor is None):
        raise ValueError("only one of size or scale_factor should be defined" if size is not None else
                         "either size or scale_factor should be defined")
    if size is not None:
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        if isinstance(size, (tuple, list)) and len(size) != n:
            raise ValueError(f"interpolate: input of {n} spatial dimensions, size {tuple(size)}; provide an int or "
                             f"{n} of them")
        return per_axis(size, n, "interpolate", "size"), (None,) * n
    factors = tuple(scale_factor) if isinstance(scale_factor, (tuple, list)) else (scale_factor,) * n
    if len(factors) != n:
        raise ValueError(f"interpolate: input of {n} spatial dimensions, scale_factor {factors}; provide a number or "
                         f"{n} of them")
    try:
        factors = tuple(float(f) for f in factors)
    except (TypeError, ValueError):
        raise TypeError(f"interpolate(): argument 'scale_factor' must be a number or {n} of them, got "
                        f"{scale_factor!r}") from None
    sizes = tuple(int(np.floor(s * f)) for s, f in zip(input.array.shape[2:], factors))
    return sizes, (None,) * n if recompute else tuple(1.0 / f if f else 0.0 for f in factors)


def _nearest(have: int, want: int, step: float, exact: bool) -> np.ndarray:
    """Which element each new one is a copy of; in float32, as torch rounds."""
    position = np.arange(want, dtype=np.float32)
    if exact:
        position += np.float32(0.5)
    return np.minimum(np.floor(position * np.float32(step)).astype(np.int64), have - 1)


def _matrix(have: int, want: int, step: float, cubic: bool, align_corners: bool,
            antialias: bool) -> tuple[np.ndarray, np.ndarray]:
    """(want, have): how much of each element goes into each new one, and whether it does, if only with the weight 0."""
    i = np.arange(want)
    if align_corners:
        step = (have - 1) / (want - 1) if want > 1 else 0.0
    at = i * step if align_corners and not antialias else (i + 0.5) * step - 0.5
    if antialias:                                      # the window lies where it does without align_corners
        return _averaged(have, at, max(step, 1.0), cubic)
    if not cubic:
        at = np.clip(at, 0, have - 1)
    first = np.floor(at).astype(np.int64)
    t = at - first
    taps = {0: 1 - t, 1: t} if not cubic else {j: _cubic(np.abs(t - j), -0.75) for j in (-1, 0, 1, 2)}
    matrix, seen = np.zeros((want, have)), np.zeros((want, have), bool)
    for offset, weight in taps.items():
        column = np.clip(first + offset, 0, have - 1)
        np.add.at(matrix, (i, column), weight)
        seen[i, column] = True
    return matrix, seen


def _averaged(have: int, at: np.ndarray, stretch: float, cubic: bool) -> tuple[np.ndarray, np.ndarray]:
    """Weights by the filter stretched over all the elements that fall on a new one."""
    support = (2.0 if cubic else 1.0) * stretch
    j = np.arange(have)
    center = (at + 0.5)[:, None]
    inside = (j >= np.trunc(np.maximum(center - support + 0.5, 0))) & (j < np.trunc(np.minimum(center + support + 0.5, have)))
    distance = np.abs((j + 0.5 - center) / stretch)
    weight = np.where(inside, _cubic(distance, -0.5) if cubic else np.maximum(1 - distance, 0.0), 0.0)
    return weight / weight.sum(axis=1, keepdims=True), inside


def _cubic(d: np.ndarray, a: float) -> np.ndarray:
    """The cubic convolution kernel at a distance d >= 0 (Keys 1981)."""
    near = ((a + 2) * d - (a + 3)) * d * d + 1
    far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
    return np.where(d <= 1, near, np.where(d < 2, far, 0.0))
