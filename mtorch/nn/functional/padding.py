"""Padding: elements added at the ends of axes."""
from __future__ import annotations

import operator
from collections.abc import Sequence

import numpy as np

from ...autograd.naming import shown_as
from ...tensor import Tensor
from ...functions.arguments import number_of, require_tensor
from ...ops.resampling import pad_constant, pick

__all__ = ["pad"]


def _padding(y: Tensor, input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> str:
    """What torch calls it."""
    if mode == "constant":
        return "ConstantPadNdBackward0"
    kinds = {"reflect": "ReflectionPad", "replicate": "ReplicationPad"}
    return f"{kinds[mode]}{len(pad) // 2}DBackward0" if mode in kinds else "CopySlices"


@shown_as(_padding)
def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Add elements at the ends of the last axes; a negative number takes some away.

    Shape: any -> the same with before + after more along each axis that pad names

    Args:
        pad: (before, after) of the last axis, then of the one before it, and so on
        mode: 'constant' (all are `value`), 'reflect' (mirrored at the edge, which is not repeated), 'replicate' (the edge)
            or 'circular' (the other end)
        value: of a constant padding, default 0

    Raises:
        NotImplementedError: an unknown mode, or axes that the mode does not pad
        RuntimeError: more padding than there is to mirror or to take from the other end, an odd number of widths or more
            than two for each axis, a value in a mode that takes none
        TypeError: a pad that is no sequence of ints

    >>> import mtorch
    >>> x = mtorch.tensor([[1., 2., 3.]])
    >>> mtorch.nn.functional.pad(x, (1, 2))
    tensor([[0., 1., 2., 3., 0., 0.]])
    >>> mtorch.nn.functional.pad(x, (2, 1), mode="reflect")
    tensor([[3., 2., 1., 2., 3., 2.]])
    """
    require_tensor(input, "pad")
    try:
        widths = [operator.index(w) for w in pad]
    except TypeError:
        raise TypeError(f"pad(): argument 'pad' must be a sequence of ints, got {pad!r}") from None
    ndim = input.array.ndim
    if len(widths) % 2 or len(widths) > 2 * ndim:
        raise RuntimeError(f"pad: expected an even number of widths, at most two for each of the {ndim} axes, got "
                           f"{widths}")
    before = [0] * ndim
    after = [0] * ndim
    for i in range(len(widths) // 2):
        before[ndim - 1 - i], after[ndim - 1 - i] = widths[2 * i], widths[2 * i + 1]
    sizes = [n + b + a for n, b, a in zip(input.array.shape, before, after)]
    if min(sizes, default=0) < 0:
        raise RuntimeError(f"pad: an input of size {list(input.array.shape)} with widths {widths} would get the size "
                           f"{sizes}")
    if mode == "constant":
        number = 0.0 if value is None else number_of(value, "pad", "value")
        return pad_constant(input, before=tuple(before), after=tuple(after), value=number)
    if mode not in _SOURCES:
        raise NotImplementedError(f"pad: unknown mode {mode!r}; there are 'constant', 'reflect', 'replicate' and "
                                  "'circular'")
    if value is not None and value != 0.0:
        raise RuntimeError(f"pad: mode {mode!r} takes no value, got {value}")
    if not (len(widths) in (2, 4, 6) and ndim in (len(widths) // 2 + 1, len(widths) // 2 + 2)):
        raise NotImplementedError(f"pad: mode {mode!r} pads the last 1, 2 or 3 axes of a tensor with one or two more, "
                                  f"got {len(widths)} widths for {ndim} axes")
    y = input
    for axis in range(ndim - len(widths) // 2, ndim):
        if before[axis] or after[axis]:
            source = _SOURCES[mode](np.arange(-before[axis], sizes[axis] - before[axis]), input.array.shape[axis], axis)
            y = pick(y, index=source, axis=axis)
    return y if y is not input else pad_constant(input, before=tuple(before), after=tuple(after), value=0.0)


def _reflected(position: np.ndarray, n: int, axis: int) -> np.ndarray:
    if len(position) and (-position[0] >= max(n, 1) or position[-1] - n + 1 >= max(n, 1)):
        raise RuntimeError("pad: padding size should be less than the corresponding input dimension when mirroring, "
                           f"but got {max(-position[0], position[-1] - n + 1)} at axis {axis}, which has {n}")
    return (n - 1) - np.abs((n - 1) - np.abs(position))


def _replicated(position: np.ndarray, n: int, axis: int) -> np.ndarray:
    if n == 0:
        raise RuntimeError(f"pad: axis {axis} is empty and has no edge to repeat")
    return np.clip(position, 0, n - 1)


def _wrapped(position: np.ndarray, n: int, axis: int) -> np.ndarray:
    if not len(position):
        return position
    first, end = max(int(position[0]), 0), min(int(position[-1]) + 1, n)     # what negative widths leave of the axis
    if max(first - position[0], position[-1] + 1 - end) > max(end - first, 0):
        raise RuntimeError(f"pad: padding value causes wrapping around more than once: "
                           f"{max(first - position[0], position[-1] + 1 - end)} at axis {axis}, which has "
                           f"{end - first}")
    return first + (position - first) % max(end - first, 1)


_SOURCES = {"reflect": _reflected, "replicate": _replicated, "circular": _wrapped}    # where each element is taken from
