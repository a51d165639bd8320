"""Adding into places of an array, some of which are named more than once: what gradients of picked elements are made of.

`z[key] += a` would count a repeated place once, and `np.add.at` counts it as often as it comes, but is slow for all
keys but one: positions in a flat array. So the places are counted out in the flat array, as far as they can be.
"""
from __future__ import annotations

import numpy as np

_REPEATS = 8            # a row that comes more often than this is better summed on its own


def accumulate(z: np.ndarray, key: tuple, a) -> None:
    """z[key] += a, every repeated index counted."""
    arrays = [k for k in key if isinstance(k, np.ndarray)]
    if all(k.dtype == np.bool_ for k in arrays):
        z[key] += a                                    # a mask picks no element twice
    elif len(key) == 1:
        add_rows(z, key[0], a)
    elif len(arrays) == z.ndim and all(k.dtype.kind in "iu" for k in arrays) and z.flags.c_contiguous:
        _add_flat(z, _places(z, arrays), a)
    else:
        np.add.at(z, key, a)


def add_rows(z: np.ndarray, rows: np.ndarray, a) -> None:
    """z[rows] += a, every repeated row counted."""
    width = int(np.prod(z.shape[1:]))
    flat_rows = rows.reshape(-1) % max(len(z), 1)
    if flat_rows.size == 0 or width == 0:
        return
    if not z.flags.c_contiguous:
        np.add.at(z, rows, a)
    elif len(flat_rows) <= _REPEATS * len(z):
        _add_flat(z, flat_rows[:, None] * width + np.arange(width), np.broadcast_to(a, rows.shape + z.shape[1:]))
    else:
        _add_runs(z.reshape(len(z), width), flat_rows,
                  np.broadcast_to(a, rows.shape + z.shape[1:]).reshape(len(flat_rows), width))


def _add_runs(z: np.ndarray, rows: np.ndarray, a: np.ndarray) -> None:
    """z[rows] += a for few and often repeated rows: brought together by sorting, those of one row are summed at once."""
    short = rows.astype(np.uint16) if len(z) <= 1 << 16 else rows        # NumPy sorts 16 bits by counting
    order = np.argsort(short, kind="stable")
    ordered = rows[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    z[ordered[starts]] += np.add.reduceat(a.take(order, axis=0), starts, axis=0, dtype=z.dtype)


def _add_flat(z: np.ndarray, places: np.ndarray, a) -> None:
    """Add a, broadcast to the places, to the places of a contiguous z that is flattened."""
    values = np.broadcast_to(a, places.shape) if np.size(a) != places.size else a
    np.add.at(z.reshape(-1), places.reshape(-1), values.reshape(-1))


def _places(z: np.ndarray, key: list[np.ndarray]) -> np.ndarray:
    """Where the elements z[key] stand in the flattened z, for an array of positions in each of its axes."""
    places, step = np.zeros((), np.int64), 1
    for positions, n in zip(reversed(key), reversed(z.shape)):
        if positions.size and positions.min() < 0:
            positions = positions % n
        places = places + positions * step
        step *= n
    return places


def along(index: np.ndarray, dim: int) -> tuple[np.ndarray, ...]:
    """The full index that goes through `index` along dim and through its own positions in the other axes."""
    return tuple(index if axis == dim else np.arange(n).reshape((n,) + (1,) * (index.ndim - 1 - axis))
                 for axis, n in enumerate(index.shape))
