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


def memory_like(array: np.ndarray, kind: np.dtype | None = None) -> np.ndarray:
    """New memory in which the axes of `array` follow each other as torch's `empty_like` lets them.

    Those of a transposed tensor do as in itself.  Images are the exception: here they lie with the batch innermost
    (ops/layout.py), in torch with the batch outermost.

    >>> import numpy as np
    >>> from mtorch.random.layout import memory_like
    >>> memory_like(np.empty((2, 3, 4), np.int8).swapaxes(0, 1)).strides
    (4, 12, 1)
    """
    kind = array.dtype if kind is None else kind
    if array.flags.c_contiguous:
        return np.empty(array.shape, kind)
    order = _slowest_first(array)
    if order[-1] == 0 and not _is_transposed(array):
        order = [0, *order[:-1]]
    empty = np.empty([array.shape[axis] for axis in order], kind)
    return empty.transpose(sorted(range(array.ndim), key=order.__getitem__))


def _is_transposed(array: np.ndarray) -> bool:
    """Is this, whose first axis is innermost, a matrix of the user's, and no image, nor flattened from one?"""
    base = array.base
    return array.ndim == 2 and isinstance(base, np.ndarray) and base.ndim == 2 and base.flags.c_contiguous


def _slowest_first(array: np.ndarray) -> list[int]:
    """The axes as torch orders them: by stride, then by size; one that is expanded (stride 0) stays where it is."""
    order = list(range(array.ndim))[::-1]
    for last in range(1, array.ndim):
        here = last
        for other in range(last - 1, -1, -1):
            (a, n), (b, m) = ((abs(array.strides[axis]), array.shape[axis]) for axis in (order[other], order[here]))
            if a and b and (a, n) > (b, m):
                order[other], order[here] = order[here], order[other]
                here = other
            elif a and a < b:
                break
    return order[::-1]
