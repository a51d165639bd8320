"""Rules that make an axis longer or shorter: numbers picked by position, or mixed by a matrix.

Padding by reflection, nearest-neighbour resizing, bilinear and bicubic resizing and adaptive averages are all of this
kind, one axis after the other.
"""
from __future__ import annotations

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import TensorBase, op
from ..strides import undone
from .indexing import index as slice_of
from .indexing import place
from .layout import kept_order, zeros_lying_as


@op(keeps=False, flat=True)
def pick(x, *, index, axis):
    """y[p] = x[index[p]] along an axis"""
    size = x.shape[axis]
    if isinstance(x, TensorBase):
        y = pick(x, index=index, axis=axis)
    else:
        order = kept_order(x)                          # np.take would return C order whatever x lies like
        y = np.take(x.transpose(order), index, axis=order.index(axis)).transpose(undone(order))
    return y, (lambda g: unpick(g, index=index, axis=axis, size=size),)


@op(keeps=False)
def unpick(g, *, index, axis, size):
    """The transpose of pick: x[index[p]] += g[p]"""
    if isinstance(g, TensorBase):
        x = unpick(g, index=index, axis=axis, size=size)
    else:
        x = zeros_lying_as(g, (*g.shape[:axis], size, *g.shape[axis + 1:]))
        lead = (slice(None),) * axis
        for taken in _each_source_once(index):
            x[(*lead, _as_slice(index[taken]))] += g[(*lead, _as_slice(taken))]
    return x, (lambda h: pick(h, index=index, axis=axis),)


def _each_source_once(index: np.ndarray) -> list[np.ndarray]:
    """The positions of an index in groups: the first of each source, the second of those that have one, and so on."""
    by_source = np.argsort(index, kind="stable")
    starts = np.flatnonzero(np.diff(index[by_source], prepend=-1))
    runs = np.diff(starts, append=len(index))
    number = np.arange(len(index)) - np.repeat(starts, runs)
    return [by_source[number == k] for k in range(runs.max(initial=0))]


def _as_slice(positions: np.ndarray) -> slice | np.ndarray:
    """Positions that rise by equal steps as a slice, which takes a fifth of the time."""
    steps = np.diff(positions)
    if not len(steps) or steps[0] <= 0 or (steps != steps[0]).any():
        return positions
    return slice(int(positions[0]), int(positions[-1]) + 1, int(steps[0]))


@op(keeps=False)
def mix(x, *, matrix, axis, seen):
    """y[p] = sum over q of matrix[p, q] x[q] along an axis; seen[p, q] says which of them take part, some perhaps with 0"""
    if isinstance(x, TensorBase):
        y = mix(x, matrix=matrix, axis=axis, seen=seen)
    else:
        y = _product(x, matrix, axis)
        if not np.isfinite((x if x.size < y.size else y).sum()):
            y = _product_of_seen(x, matrix, axis, seen)
    return y, (lambda g: mix(g, matrix=matrix.T, axis=axis, seen=seen.T),)


def _product(x: np.ndarray, matrix: np.ndarray, axis: int) -> np.ndarray:
    order = kept_order(x)
    lying = x.transpose(order)
    at = order.index(axis)
    if at == x.ndim - 1:
        y = lying @ matrix.T
    else:
        shape = lying.shape
        y = matrix @ lying.reshape(*shape[:at + 1], int(np.prod(shape[at + 1:])))
        y = y.reshape(*shape[:at], len(matrix), *shape[at + 1:])
    return y.transpose(undone(order))


def _product_of_seen(x: np.ndarray, matrix: np.ndarray, axis: int, seen: np.ndarray) -> np.ndarray:
    """_product where x holds inf and nan: they come only where they are seen, though 0 times nan is nan."""
    finite = np.isfinite(x)
    y = _product(np.where(finite, x, 0.0).astype(x.dtype), matrix, axis)
    rows, rest = np.moveaxis(y, axis, 0), np.moveaxis(np.where(finite, 0.0, x).astype(x.dtype), axis, 0)
    for q in np.flatnonzero(rest.reshape(len(rest), -1).any(axis=1)):
        into = seen[:, q]
        rows[into] += matrix[into, q].reshape(-1, *(1,) * (x.ndim - 1)) * rest[q]
    return y


@op(keeps=False, name="ConstantPadNdBackward0")
def pad_constant(x, *, before, after, value):
    """x with `before` and `after` more elements at the ends of each axis, all of them `value`; negative numbers cut"""
    if isinstance(x, TensorBase):
        y = pad_constant(x, before=before, after=after, value=value)
    else:
        y = zeros_lying_as(x, tuple(n + b + a for n, b, a in zip(x.shape, before, after)))
        if value:
            y.fill(value)
        y[_inner(before, after, y.shape)] = x[_inner([-b for b in before], [-a for a in after], x.shape)]
    shape, kept, written = x.shape, _inner([-b for b in before], [-a for a in after],
                                           x.shape), _inner(before, after, y.shape)
    return y, (lambda g: place(slice_of(g, key=written), shape=shape, key=kept),)


def _inner(before, after, shape) -> tuple[slice, ...]:
    """What is left of an axis without its ends, where those are positive."""
    return tuple(slice(max(b, 0), n - max(a, 0)) for b, a, n in zip(before, after, shape))


holomorphic(pick, unpick, pad_constant)
