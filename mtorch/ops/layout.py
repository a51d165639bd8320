"""How images lie in memory inside the rules for them: (C, H, W, N), the batch innermost.

A user's tensor is (N, C, H, W). The rules of convolution, pooling and batch normalisation compute on arrays whose
batch axis varies fastest, and return them with the axes named in the user's order. So that

- a row of pixels is one long run of memory, for a step along the image is a step of whole batches: products, copies and
  elementwise operations see thousands of neighbouring numbers even where an image is 8 pixels wide;
- all that belongs to a channel lies together, which is what normalisation sums over;
- the weights of a convolution, (O, C, kh, kw), are already the matrix that multiplies its patches.

NumPy's elementwise functions keep the layout of what they are given, and `(N, C, H, W) -> (N, C * H * W)` is a view of
such an array, so a network changes layout once, at its first convolution.
"""
from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from ..strides import memory_order, undone
from . import memory  # noqa: F401  (arrays of images are those whose memory is worth keeping)


def batch_last(x: np.ndarray) -> np.ndarray:
    """(N, C, ...) -> (C, ..., N), contiguous; no copy of what lies so already."""
    return np.ascontiguousarray(x.transpose(*range(1, x.ndim), 0))


def batch_first(x: np.ndarray) -> np.ndarray:
    """(C, ..., N) -> (N, C, ...), a view."""
    return x.transpose(-1, *range(x.ndim - 1))


def is_batch_last(x: np.ndarray) -> bool:
    """Does x (N, C, ...) lie as `batch_first` gives it?"""
    return x.transpose(*range(1, x.ndim), 0).flags.c_contiguous


def in_axis_order(y):
    """y in the order of its axes, as most functions of torch lay what they compute; images keep the batch innermost."""
    if type(y) is not np.ndarray or y.flags.c_contiguous or y.ndim > 2 and is_batch_last(y):
        return y
    return np.ascontiguousarray(y)


def kept_order(x: np.ndarray) -> tuple[int, ...]:
    """The axes of what is made of x, from the slowest in memory to the fastest.

    They are those of x where it is an image, the batch or the channels innermost, and else in order, as in torch.
    """
    axes = tuple(range(x.ndim))
    if x.flags.c_contiguous or x.ndim < 3:
        return axes
    order = memory_order(x)
    return order if order == (*axes[1:], 0) or x.ndim > 3 and order == (0, *axes[2:], 1) else axes


def lying(y: np.ndarray, order: tuple[int, ...]) -> np.ndarray:
    """y, its axes following each other in memory in this order; a copy where they do not."""
    return np.ascontiguousarray(y.transpose(order)).transpose(undone(order))


def zeros_lying_as(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Zeros that lie as the image x does, or else in the order of their axes."""
    order = kept_order(x)
    return np.zeros([shape[i] for i in order], x.dtype).transpose(undone(order))


def pieces(sizes: tuple[int, ...], limit: int) -> Iterator[tuple[slice, ...]]:
    """Cut a block of these sizes into pieces of at most `limit` elements (or one), each contiguous."""
    steps = []
    for size in reversed(sizes):
        steps.append(max(1, min(size, limit)))
        limit //= max(size, 1)
    steps.reverse()
    return product(*([slice(i, min(i + step, size)) for i in range(0, size, step)] for size, step in zip(sizes, steps)))


class Taps(NamedTuple):
    """Where a window looks: output pixel p sees the input at p * stride + tap * dilation."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int = 1

    def outputs(self, size: tuple[int, ...]) -> tuple[int, ...]:
        """How many places the window fits into along each axis."""
        return tuple(max((n - d * (k - 1) - 1) // s + 1, 0) for n, k, s, d in zip(size, *self[:3]))

    def reach(self, out: tuple[int, ...]) -> tuple[int, ...]:
        """How much input this many outputs need."""
        return tuple((n - 1) * s + d * (k - 1) + 1 for n, k, s, d in zip(out, *self[:3]))

    def seen_by(self, tap: tuple[int, ...], start: tuple[int, ...], count: tuple[int, ...]) -> tuple[slice, ...]:
        """The input pixels that this tap shows to `count` output pixels from `start`."""
        firsts = [p * s + t * d for t, p, s, d in zip(tap, start, self.stride, self.dilation)]
        return tuple(slice(i, i + max((n - 1) * s + 1, 0), s) for i, n, s in zip(firsts, count, self.stride))


def padded(x: np.ndarray, before: tuple[int, ...], after: tuple[int, ...], value: float = 0.0) -> np.ndarray:
    """x (C, ..., N) with its middle axes made longer at both ends; where a number is negative, shorter."""
    if not any(before) and not any(after):
        return x
    if min(*before, *after) < 0:
        cut = tuple(slice(max(-b, 0), n - max(-a, 0)) for b, a, n in zip(before, after, x.shape[1:-1]))
        return padded(x[(slice(None), *cut)], tuple(max(b, 0) for b in before), tuple(max(a, 0) for a in after), value)
    y = np.full((len(x), *(n + b + a for n, b, a in zip(x.shape[1:-1], before, after)), x.shape[-1]), value, x.dtype)
    y[(slice(None), *(slice(b, b + n) for b, n in zip(before, x.shape[1:-1])))] = x
    return y
