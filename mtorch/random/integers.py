"""Whole numbers: `randint` and `random_`.

A word modulo the width of the range, as PyTorch does: slightly uneven, and the same on every machine.
"""
from __future__ import annotations

import numpy as np

from ..brain_float import is_bfloat16
from .engine import Generator
from .layout import store

_LONG_RANGE = 1 << 28             # from this width on PyTorch takes words of 64 bits


def integers_(array: np.ndarray, generator: Generator, low: int, high: int) -> np.ndarray:
    """Fill `array` (any type) with whole numbers of [low, high), low < high, high - low <= 2**64."""
    width = high - low
    if width >= _LONG_RANGE:
        values = generator.long_words(array.size)
        if width == 1 << 64:                          # every word is one of the range: taken as it is, `low` not added
            return store(array, values if array.dtype == np.uint64 else values.view(np.int64))
        values %= np.uint64(width)
    else:
        values = (generator.words(array.size) % np.uint32(width)).astype(np.uint64)
    values += np.uint64(low % (1 << 64))              # a negative low wraps around, and back as int64
    return store(array, values if array.dtype == np.uint64 else values.view(np.int64))


def random_(array: np.ndarray, generator: Generator) -> np.ndarray:
    """Fill `array` with whole numbers from 0 to the greatest its type holds, or holds exactly if it is floating."""
    dtype = array.dtype
    width = largest_exact_integer(dtype) + 1
    if dtype.itemsize == 8:
        return store(array, generator.long_words(array.size) % np.uint64(width))
    return store(array, generator.words(array.size) % np.uint32(width))


def largest_exact_integer(dtype: np.dtype) -> int:
    """The greatest n such that 0, 1, ..., n are all numbers of the type."""
    if dtype.kind == "b":
        return 1
    if is_bfloat16(dtype):
        return 256
    return 1 << np.finfo(dtype).nmant + 1 if dtype.kind == "f" else int(np.iinfo(dtype).max)
