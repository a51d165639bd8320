"""Adding into places of an array, some of which are named more than once: what gradients of picked elements are made of.

`z[key] += a` would count a repeated place once, and `np.add.at` counts it as often as it comes, but is slow for all
keys but one: positions in a flat array. So the places are counted out in the flat array, as far as they can be.
"""
from __future__ import annotations

import sys

import numpy as np

_REPEATS = 8            # a row that comes more often than this is better summed on its own
_MANY = 1 << 13         # numbers from which on a product is worth its preparation,
_MORE = 1 << 16         # and from which on it is worth the import of SciPy's sparse matrices


def accumulate(z: np.ndarray, key: tuple, a) -> None:
    """z[key] += a, every repeated index counted."""
    arrays = [k for k in key if isinstance(k, np.ndarray)]
    if all(k.dtype == np.bool_ for k in arrays):
        z[key] += a                                    # a mask picks no element twice
    elif len(key) == 1:
        add_rows(z, key[0], a)
    else:
        reduce_at_places(np.add, z, key, a)


def reduce_at_places(ufunc: np.ufunc, z: np.ndarray, key: tuple, a) -> None:
    """ufunc.at(z, key, a), in the flat array where it can be."""
    positions = all(isinstance(k, np.ndarray) and k.dtype.kind in "iu" for k in key)
    if positions and len(key) in (1, z.ndim) and z.flags.c_contiguous and z.size:
        places = _places(z, list(key)) if len(key) == z.ndim else _places_of_rows(z, key[0])
        values = np.broadcast_to(a, places.shape) if np.size(a) != places.size else a
        ufunc.at(z.reshape(-1), places.reshape(-1), values.reshape(-1))
    else:
        ufunc.at(z, key, a)


def add_rows(z: np.ndarray, rows: np.ndarray, a) -> None:
    """z[rows] += a, every repeated row counted."""
    width = int(np.prod(z.shape[1:]))
    if rows.size == 0 or width == 0:
        return
    flat = np.broadcast_to(a, rows.shape + z.shape[1:]).reshape(rows.size, width) if z.flags.c_contiguous else a
    if flat is not a and rows.size > _REPEATS * len(z):
        _add_runs(z.reshape(len(z), width), _from_0(rows, len(z)).reshape(-1), flat)
    elif flat is not a and width > 1 and flat.size >= (_MANY if "scipy.sparse" in sys.modules else _MORE) \
            and flat.dtype == z.dtype and z.dtype.char in "fd":
        _add_by_product(z.reshape(len(z), width), _from_0(rows, len(z)).reshape(-1), flat)
    else:
        reduce_at_places(np.add, z, (rows,), a)


def _add_by_product(z: np.ndarray, rows: np.ndarray, a: np.ndarray) -> None:
    """z[rows] += a, a product with a sparse matrix of ones: the same sums in a quarter of the time."""
    from scipy.sparse import csc_array
    ones, ends = np.ones(len(rows), z.dtype), np.arange(len(rows) + 1)
    z += csc_array((ones, rows, ends), shape=(len(z), len(rows))) @ a


def _add_runs(z: np.ndarray, rows: np.ndarray, a: np.ndarray) -> None:
    """z[rows] += a for few and often repeated rows: brought together by sorting, those of one row are summed at once."""
    short = rows.astype(np.uint16) if len(z) <= 1 << 16 else rows        # NumPy sorts 16 bits by counting
    order = np.argsort(short, kind="stable")
    ordered = rows[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    z[ordered[starts]] += np.add.reduceat(a.take(order, axis=0), starts, axis=0, dtype=z.dtype)


def _from_0(positions: np.ndarray, n: int) -> np.ndarray:
    """Positions of an axis of length n, those that are counted from its end, too, from its start."""
    return positions % n if positions.size and positions.min() < 0 else positions


def _places_of_rows(z: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Where the elements z[rows] stand in the flattened z."""
    width = int(np.prod(z.shape[1:]))
    return (_from_0(rows, len(z))[..., None] * width + np.arange(width)).reshape(rows.shape + z.shape[1:])


def _places(z: np.ndarray, key: list[np.ndarray]) -> np.ndarray:
    """Where the elements z[key] stand in the flattened z, for an array of positions in each of its axes."""
    places, step = np.zeros((), np.int64), 1
    for positions, n in zip(reversed(key), reversed(z.shape)):
        places = places + _from_0(positions, n) * step
        step *= n
    return places


def along(index: np.ndarray, dim: int, shape: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """The index into an array of this shape that goes through `index` along dim and its own positions in the other axes.

    An index that names the same rows in each column, as `rows[:, None].expand(-1, n)` does, is that of the rows.
    """
    if dim == 0 and index.shape[1:] == shape[1:] and all(n == 1 or step == 0
                                                         for n, step in zip(index.shape[1:], index.strides[1:])):
        return (index[(slice(None),) + (0,) * (index.ndim - 1)],)
    return tuple(index if axis == dim else np.arange(n).reshape((n,) + (1,) * (index.ndim - 1 - axis))
                 for axis, n in enumerate(index.shape))
