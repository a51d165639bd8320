"""In which order a draw fills an array.

PyTorch fills in the order of memory, not of the indices: a transposed matrix gets the numbers its base would get.
"""
from __future__ import annotations

import numpy as np


def in_memory_order(array: np.ndarray) -> np.ndarray:
    """The view of `array` whose row-major order is the order of its memory.

    >>> import numpy as np
    >>> from mtorch.random.layout import in_memory_order
    >>> in_memory_order(np.empty((2, 3)).T).shape
    (2, 3)
    """
    if array.flags.c_contiguous:
        return array
    return array.transpose(sorted(range(array.ndim), key=lambda dim: -abs(array.strides[dim])))


def store(array: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Write the flat `values` into `array` in the order of its memory, and return `array`."""
    if array.dtype == np.float16 and values.dtype == np.float64:
        values = values.astype(np.float32)            # PyTorch rounds in these two steps
    view = in_memory_order(array)
    np.copyto(view, values.reshape(view.shape), casting="unsafe")
    return array
