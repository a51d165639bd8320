"""How drawn numbers are put into an array: in the order of its memory, see strides.py."""
from __future__ import annotations

import numpy as np

from ..strides import in_memory_order


def store(array: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Write the flat `values` into `array` in the order of its memory, and return `array`."""
    if array.dtype == np.float16 and values.dtype == np.float64:
        values = values.astype(np.float32)            # PyTorch rounds in these two steps
    view = in_memory_order(array)
    np.copyto(view, values.reshape(view.shape), casting="unsafe")
    return array
