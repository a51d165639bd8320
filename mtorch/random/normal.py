"""Normal numbers: `randn`, `normal_` and `log_normal_`.

PyTorch has two ways.  A contiguous array of sixteen elements or more is filled in blocks (see box_muller.py).  Anything
else is filled one number at a time in float64, where the second number of each pair is kept for the next such call,
whatever is drawn in between.
"""
from __future__ import annotations

import math

import numpy as np

from ..brain_float import is_bfloat16
from .box_muller import normals_from_blocks
from .engine import Generator
from .fused import fma64
from .layout import store
from .libm import each


def normal_(array: np.ndarray, generator: Generator, mean: float = 0.0, std: float = 1.0) -> np.ndarray:
    """Fill `array` (float16, bfloat16, float32 or float64) with normal numbers; std >= 0."""
    if array.size >= 16 and array.flags.c_contiguous:
        return _fill_by_blocks(array, generator, mean, std)
    return store(array, serial_normals(generator, array.size, mean, std))


def _fill_by_blocks(array, generator, mean, std):
    """n uniforms fill the blocks; if 16 does not divide n, sixteen new ones make the last sixteen elements anew."""
    n, tail = array.size, array.size % 16
    unit = generator.unit64 if array.dtype == np.float64 else generator.unit32
    if not tail:
        blocks = unit(n)
    elif array.dtype == np.float16 or is_bfloat16(array.dtype):        # here PyTorch draws nothing for the incomplete block
        blocks = unit(n - tail + 16)
    else:
        drawn = unit(n + 16)
        blocks = np.concatenate((drawn[:n - tail], drawn[n:]))
    normals_from_blocks(blocks.reshape(-1, 16), mean, std)
    flat = array.reshape(-1)
    flat[:n - tail] = blocks[:n - tail]
    flat[n - 16:] = blocks[-16:]
    return array


def serial_normals(generator: Generator, n: int, mean: float = 0.0, std: float = 1.0) -> np.ndarray:
    """n float64 normal numbers, one after another: the one kept from the last pair first."""
    values = np.empty(n)
    kept = 0
    if n and generator.cached_normal is not None:
        values[0], kept, generator.cached_normal = generator.cached_normal, 1, None
    pairs = (n - kept + 1) // 2
    if pairs:
        u = generator.unit64(2 * pairs)
        angle = 2.0 * math.pi * u[0::2]
        radius = np.sqrt(-2.0 * each(math.log1p, -u[1::2]))
        cosine, sine = radius * np.cos(angle), radius * np.sin(angle)
        values[kept::2] = cosine
        if (n - kept) % 2:
            generator.cached_normal = float(sine[-1])
            sine = sine[:-1]
        values[kept + 1::2] = sine
    return fma64(values, std, mean)


def log_normal_(array: np.ndarray, generator: Generator, mean: float = 1.0, std: float = 2.0) -> np.ndarray:
    """Fill `array` with the exponentials of normal numbers; std > 0."""
    return store(array, each(_exp, serial_normals(generator, array.size, mean, std)))


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:                             # where the C library gives infinity, Python raises
        return math.inf
