"""A formula of many passes over large arrays, evaluated piece by piece.

NumPy computes `g * (p + a * e)` one operation at a time, each of them a pass over whole arrays.  Over pieces that stay
in the processor's cache, every pass but the first finds there what the one before it left.
"""
from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..strides import memory_order, undone

PIECE = 1 << 15       # elements; a call costs as much as passing over 4,000 of them, and the cache holds four such pieces


def in_pieces(formula: Callable[..., np.ndarray], *arrays: np.ndarray) -> np.ndarray:
    """formula(*arrays), an elementwise function of arrays of one shape and type; the result lies in memory as the first."""
    first = arrays[0]
    if first.size <= PIECE:
        return formula(*arrays)
    order = memory_order(first)
    rows = [np.ascontiguousarray(a.transpose(order)).reshape(-1) for a in arrays]
    y = np.empty_like(rows[0])
    for start in range(0, first.size, PIECE):
        cut = slice(start, start + PIECE)
        y[cut] = formula(*[row[cut] for row in rows])
    return y.reshape([first.shape[axis] for axis in order]).transpose(undone(order))
