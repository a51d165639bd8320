"""Indices that put numbers in order: equals in the order they came in, nan the largest.

NumPy's stable sort keeps equals in their order at six times the cost of its vector sort, which does not. But most numbers
have no equal: they are sorted, or only parted at the k-th, the quick way, and what was equal is seen to afterwards.
"""
from __future__ import annotations

import numpy as np

_LONG, _MANY = 64, 4096  # from so many numbers in a row and in all, the quick ways are the quicker


def _pays(a: np.ndarray, axis: int) -> bool:
    return a.dtype.char in "fd" and a.shape[axis] >= _LONG and a.size >= _MANY


def order(a: np.ndarray, axis: int, descending: bool = False) -> np.ndarray:
    """The indices that sort a along an axis."""
    if not descending:
        return _ascending(a, axis)
    return np.flip(a.shape[axis] - 1 - _ascending(np.flip(a, axis), axis), axis)


def _ascending(a: np.ndarray, axis: int) -> np.ndarray:
    if not _pays(a, axis):
        return np.argsort(a, axis=axis, kind="stable")
    rows = np.ascontiguousarray(np.moveaxis(a, axis, -1))
    by_size = np.argsort(rows, axis=-1)
    values = np.take_along_axis(rows, by_size, -1)
    again = values[..., 1:] == values[..., :-1]
    if np.isnan(values[..., -1]).any() or np.count_nonzero(again) > again.size // 16:
        return np.argsort(a, axis=axis, kind="stable")
    if again.any():
        _order_equals(by_size.reshape(-1), again)
    return np.moveaxis(by_size, -1, axis)


def _order_equals(by_size: np.ndarray, again: np.ndarray) -> None:
    """Put the indices of equal numbers in order; again[..., i] tells whether number i + 1 of a row equals number i."""
    edge = np.zeros((*again.shape[:-1], 1), bool)
    begun = np.concatenate((edge, again), -1).reshape(-1)                        # equals the one before it
    among = np.flatnonzero(begun | np.concatenate((again, edge), -1).reshape(-1))
    run = np.cumsum(~begun[among])
    by_size[among] = by_size[among][np.lexsort((by_size[among], run))]


def first(a: np.ndarray, k: int, axis: int, largest: bool) -> np.ndarray:
    """The first k of `order(a, axis, descending=largest)`."""
    n = a.shape[axis]
    if _pays(a, axis) and 0 < k <= n // 4:
        rows = np.moveaxis(a, axis, -1)
        last = np.partition(rows, n - k if largest else k - 1, axis=-1)[..., n - k if largest else k - 1, None]
        among = rows >= last if largest else rows <= last
        if (np.count_nonzero(among, axis=-1) == k).all():                        # no equals at the end, and no nan
            found = np.nonzero(among)[-1].reshape(*rows.shape[:-1], k)
            by_size = order(np.take_along_axis(rows, found, -1), -1, largest)
            return np.moveaxis(np.take_along_axis(found, by_size, -1), -1, axis)
    return order(a, axis, largest).take(np.arange(k), axis)


def nth(a: np.ndarray, n: int, axis: int) -> np.ndarray:
    """Number n of `order(a, axis)`, counted from 0; the result lacks the axis."""
    if _pays(a, axis):
        value = np.partition(a, n, axis=axis).take([n], axis)
        equal = a == value
        if (np.count_nonzero(equal, axis=axis) == 1).all():
            return equal.argmax(axis)
    return order(a, axis).take(n, axis)
