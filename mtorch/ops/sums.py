"""The sums of the rows or columns of a matrix, as its product with a vector of ones.

The BLAS takes a quarter of the time that NumPy's `sum` takes, which starts anew for every row.
"""
from __future__ import annotations

import functools

import numpy as np

_BLAS = "fd"        # a product of half-precision numbers would add up in half precision; a Tensor comes when a rule is replayed


def column_sums(a):
    """y (..., O) = sum over n of a (..., N, O)"""
    if type(a) is np.ndarray and a.dtype.char in _BLAS:
        ones = _ones(a.shape[-2], a.dtype)
        return ones.dot(a) if a.ndim == 2 else ones @ a
    return a.sum(axis=-2)


def row_sums(a):
    """y (N) = sum over o of a (N,O)"""
    if type(a) is np.ndarray and a.dtype.char in _BLAS:
        return a.dot(_ones(a.shape[1], a.dtype))
    return a.sum(axis=1)


@functools.lru_cache(maxsize=64)
def _ones(n: int, dtype: np.dtype) -> np.ndarray:
    ones = np.ones(n, dtype)
    ones.flags.writeable = False
    return ones
