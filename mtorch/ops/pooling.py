"""Rules of pooling: one number for each window of an image, its largest or the sum of it.

The loops go over the taps of the window, not over its places: tap (i, j) of all windows at once is a strided slice.
"""
from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..autograd.tape import TensorBase, op
from .elementwise import plain
from .indexing import gather
from .layout import Taps, batch_first, batch_last, padded, zeros_lying_as

ALL = (slice(None),)


def lowest(dtype: np.dtype):
    """What no number is smaller than."""
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def wide(x: np.ndarray, taps: Taps, padding: tuple[int, ...], out: tuple[int, ...]) -> np.ndarray:
    """x (C, ..., N) in a border that never wins, as large as the windows reach."""
    after = tuple(need - n - p for need, n, p in zip(taps.reach(out), x.shape[1:-1], padding))
    return padded(x, padding, tuple(max(a, 0) for a in after), lowest(x.dtype))


def max_pool_by_position(x, *, kernel, stride, padding, dilation, out):
    """y[n,c,p] = x[n,c, where the largest in the window of p stands]"""
    where = positions_of_largest(plain(x), kernel=kernel, stride=stride, padding=padding, dilation=dilation, out=out)
    N, C, *size = x.shape
    return gather(x.reshape(N, C, prod(size)), index=where.reshape(N, C, prod(out)), dim=2).reshape(where.shape)


@op(reference=max_pool_by_position, flat=True, name="MaxPool2DWithIndicesBackward0")
def max_pool(x, *, kernel, stride, padding, dilation, out):
    """y (N,C,*out) = the largest of each window of x (N,C,...); the first of equals gets the gradient"""
    taps = Taps(kernel, stride, dilation)
    size = x.shape[2:]
    x = wide(batch_last(x), taps, padding, out)
    origin = (0,) * len(out)
    seen = [(*ALL, *taps.seen_by(tap, origin, out)) for tap in np.ndindex(*kernel)]
    y = x[seen[0]].copy()
    for s in seen[1:]:
        np.maximum(y, x[s], out=y)
    largest = y.copy()                                 # the user may write into y, as ReLU(inplace=True) does

    def pullback(g):
        g = batch_last(g)
        apart = all(d * (k - 1) < s for k, s, d in zip(kernel, stride, dilation))
        covered = apart and len(seen) * largest.size == x.size                 # then all of gx is written below
        gx = (np.empty if covered else np.zeros)(x.shape, g.dtype)
        free = np.ones(largest.shape, bool)            # windows whose gradient no tap has taken yet
        for s in seen:
            hit = x[s] == largest
            hit &= free
            free ^= hit
            if apart:
                np.multiply(g, hit, out=gx[s])
            else:
                gx[s] += g * hit
        if free.any():                                 # nothing equals nan: the last in the window has the gradient
            for s in reversed(seen):
                hit = np.isnan(x[s]) & free
                free ^= hit
                gx[s] += g * hit
        return (batch_first(gx[(*ALL, *(slice(p, p + n) for p, n in zip(padding, size)))]),)
    return batch_first(y), pullback


def positions_of_largest(x: np.ndarray, *, kernel, stride, padding, dilation, out) -> np.ndarray:
    """(N, C, *out): where in its flattened image the largest of each window stands; a nan is larger than anything."""
    taps = Taps(kernel, stride, dilation)
    size = x.shape[2:]
    x = wide(batch_last(x), taps, padding, out)
    origin = (0,) * len(out)
    y = where = np.empty(0)
    for turn, tap in enumerate(np.ndindex(*kernel)):
        seen = x[(*ALL, *taps.seen_by(tap, origin, out))]
        at: Any = np.ix_(*(np.arange(n) * s + t * d - p for n, s, t, d, p in zip(out, stride, tap, dilation, padding)))
        inside = np.logical_and.reduce(np.broadcast_arrays(*((0 <= a) & (a < n) for a, n in zip(at, size))))[..., None]
        flat = np.ravel_multi_index(at, size, mode="clip")[..., None]
        if turn == 0:
            y, where = seen.copy(), np.where(inside, flat, np.full(seen.shape, -1))
            continue
        better = ((seen > y) | (seen != seen) | (where < 0)) & inside
        np.copyto(y, seen, where=better)
        np.copyto(where, flat, where=better)
    return batch_first(where)


@op
def max_unpool(x, *, where, size):
    """Zeros (N,C,*size) with x (N,C,...) put where it was taken from"""
    shape = x.shape
    if isinstance(x, TensorBase):
        y = max_unpool(x, where=where, size=size)
    else:
        rows, places = shape[0] * shape[1], prod(shape[2:])
        y = np.zeros((rows, prod(size)), x.dtype)
        np.put_along_axis(y, where.reshape(rows, places), x.reshape(rows, places), axis=1)
        y = y.reshape(*shape[:2], *size)

    def pullback(g):
        g = g.reshape(*shape[:2], prod(size))
        return gather(g, index=where.reshape(*shape[:2], prod(shape[2:])), dim=2).reshape(shape)
    return y, (pullback,)


@op(keeps=False, flat=True)
def window_sum(x, *, axis, kernel, stride, padding, out):
    """y[p] = sum over t of x[p stride + t - padding] along one axis, zeros outside; axes are summed one after the other"""
    size = x.shape[axis]
    if isinstance(x, TensorBase):
        y = window_sum(x, axis=axis, kernel=kernel, stride=stride, padding=padding, out=out)
    else:
        y = zeros_lying_as(x, (*x.shape[:axis], out, *x.shape[axis + 1:]))
        for written, read in _pairs(axis, kernel, stride, padding, size, out):
            y[written] += x[read]
    return y, (lambda g: window_spread(g, axis=axis, kernel=kernel, stride=stride, padding=padding, size=size),)


@op(keeps=False)
def window_spread(g, *, axis, kernel, stride, padding, size):
    """The transpose of window_sum: each number added to every place of its window"""
    out = g.shape[axis]
    if isinstance(g, TensorBase):
        x = window_spread(g, axis=axis, kernel=kernel, stride=stride, padding=padding, size=size)
    else:
        x = zeros_lying_as(g, (*g.shape[:axis], size, *g.shape[axis + 1:]))
        for written, read in _pairs(axis, kernel, stride, padding, size, out):
            x[read] += g[written]
    return x, (lambda h: window_sum(h, axis=axis, kernel=kernel, stride=stride, padding=padding, out=out),)


def _pairs(axis: int, kernel: int, stride: int, padding: int, size: int, out: int):
    """For each tap the outputs that it has an input for, and those inputs, as indices."""
    lead = ALL * axis
    for tap in range(kernel):
        first = max(0, -((tap - padding) // stride))                       # the first p with p stride + tap >= padding
        last = min(out - 1, (size - 1 + padding - tap) // stride)
        if first <= last:
            start = first * stride + tap - padding
            yield ((*lead, slice(first, last + 1)), (*lead, slice(start, start + (last - first) * stride + 1, stride)))
