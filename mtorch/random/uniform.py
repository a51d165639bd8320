"""Uniform numbers: `rand` and `uniform_`."""
from __future__ import annotations

import numpy as np

from ..brain_float import is_bfloat16, rounded
from .engine import Generator
from .fused import fma32, fma64
from .layout import store


PIECE = 1 << 14            # how many numbers are made at once: what is computed on the way stays in the cache


def uniform_(array: np.ndarray, generator: Generator, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """Fill `array` (float16, bfloat16, float32 or float64) with numbers of [low, high)."""
    values = np.empty(array.size, array.dtype)
    for start in range(0, array.size, PIECE):
        piece = values[start:start + PIECE]
        piece[...] = _numbers(piece.size, array.dtype, generator, low, high)
    return store(array, values)


def _numbers(n: int, dtype: np.dtype, generator: Generator, low: float, high: float) -> np.ndarray:
    if dtype == np.float64:
        x = generator.unit64(n)
        if (low, high) != (0, 1):
            x = fma64(x, np.float64(high) - np.float64(low), low)
    else:
        x = generator.unit32(n)
        if (low, high) != (0, 1):
            low32, high32 = np.float32(low), np.float32(high)
            x = fma32(x.astype(np.float64), float(high32 - low32), float(low32))
        x = rounded(x.astype(np.float32)) if is_bfloat16(dtype) else x.astype(dtype, copy=False)
    x[x == dtype.type(high)] = dtype.type(low)         # rounding may reach `high`, which does not belong
    return x
