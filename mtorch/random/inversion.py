"""Draws that transform one uniform number each: `bernoulli_`, `exponential_`, `geometric_`, `cauchy_`.

(On Intel processors PyTorch draws `bernoulli_` with a scalar p from Intel's MKL, which has other numbers.)
"""
from __future__ import annotations

import math

import numpy as np

from .engine import LOW_53, Generator
from .fused import fma64
from ..strides import in_memory_order
from .layout import store
from .libm import each


def bernoulli_(array: np.ndarray, generator: Generator, p: float = 0.5) -> np.ndarray:
    """Fill `array` (any type) with ones, each with probability p in [0, 1], and zeros."""
    # a number of 53 bits over 2**53 is less than p; the bits themselves are compared, which saves the division
    return store(array, (generator.long_words(array.size) & LOW_53) < np.uint64(math.ceil(p * 2.0**53)))


def bernoulli_each_(array: np.ndarray, generator: Generator, p: np.ndarray) -> np.ndarray:
    """Fill `array` with ones and zeros, where `p`, of the same shape and floating, has the probability of each one."""
    dims = sorted(range(array.ndim), key=lambda dim: -abs(array.strides[dim]))
    p = p.transpose(dims)
    unit = generator.unit64 if p.dtype == np.float64 else generator.unit32
    in_memory_order(array)[...] = unit(array.size).reshape(p.shape) < p
    return array


def exponential_(array: np.ndarray, generator: Generator, rate: float = 1.0) -> np.ndarray:
    """Fill `array` with numbers of density rate * exp(-rate * x); rate > 0."""
    u = -generator.unit64(array.size)
    scale = -1.0 / rate
    if array.dtype != np.float32:
        return store(array, scale * each(math.log1p, u))
    # NumPy's log1p is thirty times as fast and right but for the last bits; where these would decide how the result
    # rounds to float32, which is for one number in four million, the C library is asked.
    values = scale * np.log1p(u)
    past_halfway = (values.view(np.int64) - 0x10000000 + 64) & 0x1FFFFFFF
    doubtful = np.flatnonzero(past_halfway < 128)
    values[doubtful] = scale * each(math.log1p, u[doubtful])
    return store(array, values)


def geometric_(array: np.ndarray, generator: Generator, p: float) -> np.ndarray:
    """Fill `array` (any type) with the numbers of trials up to the first success, of probability p in (0, 1)."""
    u = generator.unit64(array.size)
    u[u == 0.0] = 2.0**-1074                          # the C library's log(0) is -inf, Python's an error
    return store(array, np.ceil(each(math.log, u) / math.log1p(-p)))


def cauchy_(array: np.ndarray, generator: Generator, median: float = 0.0, sigma: float = 1.0) -> np.ndarray:
    """Fill `array` with Cauchy numbers; sigma > 0 is half the width at half the height."""
    return store(array, fma64(each(math.tan, math.pi * (generator.unit64(array.size) - 0.5)), sigma, median))
