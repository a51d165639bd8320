"""In which order the axes of an array follow each other in memory.

PyTorch lays new memory out as the tensor lies that it is made like, and fills it with random numbers in the order of memory,
not of the indices: a transposed matrix gets the numbers its base would get.
"""
from __future__ import annotations

import numpy as np


class _Name(str):
    """A str that shows itself without quotes, and is saved as a plain one."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def __reduce__(self):
        return str, (str(self),)


class layout(_Name):
    """How a tensor keeps its elements: `torch.strided`, `torch.sparse_coo` or `torch.sparse_csr`.

    >>> import mtorch
    >>> isinstance(mtorch.ones(2).layout, mtorch.layout)
    True
    """

    __slots__ = ()


class memory_format(_Name):
    """In which order memory is asked to lie, as `torch.channels_last`: a hint.

    >>> import mtorch
    >>> isinstance(mtorch.contiguous_format, mtorch.memory_format)
    True
    """

    __slots__ = ()


def memory_order(array: np.ndarray) -> tuple[int, ...]:
    """The axes from the slowest in memory to the fastest, as torch finds them.

    They go by stride, then by size; one that is expanded (stride 0) stays where it is.  `array.transpose(memory_order(array))`
    is contiguous where it can be.

    >>> import numpy as np
    >>> from mtorch.strides import memory_order
    >>> memory_order(np.empty((2, 3, 4)).swapaxes(0, 1))
    (1, 0, 2)
    """
    steps = [(abs(stride), size) for stride, size in zip(array.strides, array.shape)]
    order = list(range(array.ndim))[::-1]
    for last in range(1, array.ndim):
        here = last
        for other in range(last - 1, -1, -1):
            a, b = steps[order[other]], steps[order[here]]
            if a[0] and b[0] and a > b:
                order[other], order[here] = order[here], order[other]
                here = other
            elif 0 < a[0] < b[0]:
                break
    return tuple(order[::-1])


def undone(order: tuple[int, ...]) -> tuple[int, ...]:
    """The order of axes that takes a transposition back."""
    return tuple(sorted(range(len(order)), key=order.__getitem__))


def in_memory_order(array: np.ndarray) -> np.ndarray:
    """The view of `array` whose row-major order is the order of its memory.

    >>> import numpy as np
    >>> from mtorch.strides import in_memory_order
    >>> in_memory_order(np.empty((2, 3)).T).shape
    (2, 3)
    """
    return array if array.flags.c_contiguous else array.transpose(memory_order(array))


def memory_like(array: np.ndarray, kind: np.dtype | None = None, as_it_lies: bool = False) -> np.ndarray:
    """New memory in which the axes of `array` follow each other as torch's `empty_like` lets them.

    Those of a transposed tensor do as in itself.  Images are the exception: here they lie with the batch innermost
    (ops/layout.py), in torch with the batch outermost.  A first axis that is innermost (but for axes of one, whose strides
    mean nothing) is taken for a batch, unless `as_it_lies` says that it is not.

    >>> import numpy as np
    >>> from mtorch.strides import memory_like
    >>> memory_like(np.empty((2, 3, 4), np.int8).swapaxes(0, 1)).strides
    (4, 12, 1)
    """
    kind = array.dtype if kind is None else kind
    if array.flags.c_contiguous:
        return np.empty(array.shape, kind)
    return empty_in_order(array.shape, order_like(array, as_it_lies), kind)


def order_like(array: np.ndarray, as_it_lies: bool = False) -> tuple[int, ...]:
    """The order of the axes in `memory_like(array)`, from the slowest to the fastest."""
    order = memory_order(array)
    innermost = next((axis for axis in reversed(order) if array.shape[axis] > 1), None)
    if innermost == 0 and not as_it_lies and not _is_transposed(array):
        order = (0, *(axis for axis in order if axis))
    return order


def empty_in_order(shape: tuple[int, ...], order: tuple[int, ...], kind: np.dtype) -> np.ndarray:
    """New memory of this shape, whose axes follow each other in this order."""
    return np.empty([shape[axis] for axis in order], kind).transpose(undone(order))


def _is_transposed(array: np.ndarray) -> bool:
    """Is this, whose first axis is innermost, a matrix of the user's, and no image, nor flattened from one?"""
    base = array.base
    return array.ndim == 2 and isinstance(base, np.ndarray) and base.ndim == 2 and base.flags.c_contiguous


def overlaps(array: np.ndarray) -> bool:
    """Do elements of this array share memory?  (Of two axes whose steps interlock, it says so without looking.)"""
    reach = 0
    for step, n in sorted(zip(map(abs, array.strides), array.shape)):
        if n > 1:
            if step <= reach:
                return array.size > 0
            reach += step * (n - 1)
    return False
