"""Uniform numbers: `rand` and `uniform_`."""
from __future__ import annotations

import numpy as np

from ..brain_float import is_bfloat16, rounded
from .engine import Generator
from .fused import fma32, fma64
from .layout import store


def uniform_(array: np.ndarray, generator: Generator, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """Fill `array` (float16, bfloat16, float32 or float64) with numbers of [low, high)."""
    dtype = array.dtype
    if dtype == np.float64:
        x = generator.unit64(array.size)
        if (low, high) != (0, 1):
            x = fma64(x, np.float64(high) - np.float64(low), low)
    else:
        x = generator.unit32(array.size)
        if (low, high) != (0, 1):
            low32, high32 = np.float32(low), np.float32(high)
            x = fma32(x.astype(np.float64), float(high32 - low32), float(low32))
        x = rounded(x.astype(np.float32)) if is_bfloat16(dtype) else x.astype(dtype, copy=False)
    x[x == dtype.type(high)] = dtype.type(low)         # rounding may reach `high`, which does not belong
    return store(array, x)
