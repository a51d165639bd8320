"""Sums: of the rows or columns of a matrix, as its product with a vector of ones, and of float16, in float32.

The BLAS takes a quarter of the time that NumPy's `sum` takes, which starts anew for every row.  Of float16 NumPy would add up
in float16, where 2048 + 1 is 2048 and nothing is beyond 65504; torch adds up in float32.
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

_BLAS = "fd"        # a product of half-precision numbers would add up in half precision; a Tensor comes when a rule is replayed


def column_sums(a):
    """y (..., O) = sum over n of a (..., N, O)"""
    if type(a) is np.ndarray and a.dtype.char in _BLAS:
        ones = _ones(a.shape[-2], a.dtype)
        return ones.dot(a) if a.ndim == 2 else ones @ a
    return total(a, axis=-2)


def row_sums(a):
    """y (N) = sum over o of a (N,O)"""
    if type(a) is np.ndarray and a.dtype.char in _BLAS:
        return a.dot(_ones(a.shape[1], a.dtype))
    return total(a, axis=1)


def total(a, axis, keepdims: bool = False):
    """y = sum of a over axis"""
    if a.dtype == np.float16:                          # a Tensor has no type of NumPy's
        return a.sum(axis=axis, keepdims=keepdims, dtype=np.float32).astype(np.float16)
    return a.sum(axis=axis, keepdims=keepdims)


def scaled_sum(a, scale: float):
    """y = scale times the sum of a"""
    if type(a) is np.ndarray and a.dtype.char == "e":
        return (a.sum(dtype=np.float32) * scale).astype(np.float16)
    return a.sum() * scale


def in_single(rule: Callable) -> Callable:
    """A rule that adds up, and does so in float32 where its input is of float16; what it gives is of float16."""
    @functools.wraps(rule)
    def wide(x, *others, **kwargs):
        if x.dtype != np.float16:
            return rule(x, *others, **kwargs)
        value, pullback = rule(*map(_wide, (x, *others)), **kwargs)
        narrow = [lambda *gs, pull=pull: _narrow(pull(*map(_wide, gs))) if pull else None
                  for pull in ([pullback] if callable(pullback) else pullback)]
        return _narrow(value), narrow[0] if callable(pullback) else tuple(narrow)
    return wide


def _wide(a: Any) -> Any:
    return a.astype(np.float32) if isinstance(a, np.ndarray) and a.dtype == np.float16 else a


def _narrow(a: Any) -> Any:
    if isinstance(a, tuple):
        return tuple(map(_narrow, a))
    return (lambda: _narrow(a())) if callable(a) else a.astype(np.float16) if isinstance(a, (np.ndarray, np.generic)) else a


@functools.lru_cache(maxsize=64)
def _ones(n: int, dtype: np.dtype) -> np.ndarray:
    ones = np.ones(n, dtype)
    ones.flags.writeable = False
    return ones
