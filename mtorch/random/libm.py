"""The C library's functions over an array.

NumPy has its own vector versions of log, log1p, exp and tan, which differ from the C library in the last bit on some
processors.  PyTorch calls the C library for these draws, and so does Python's `math`.
"""
from __future__ import annotations

from collections.abc import Callable

import numpy as np


def each(function: Callable[[float], float], x: np.ndarray) -> np.ndarray:
    """function(x) for every element of a flat float64 array (60 ns an element: the loop runs in C)."""
    return np.fromiter(map(function, x.tolist()), np.float64, x.size)
