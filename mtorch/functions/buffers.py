"""Tensors over memory that something else made, and numbers as older programs count them."""
from __future__ import annotations

import math
import warnings

import numpy as np

from .. import dtypes
from ..autograd.tape import TensorBase, wrap
from .creation import _new, arange


def frombuffer(buffer, *, dtype, count=-1, offset=0, requires_grad=False):
    """A vector that shares the memory of a buffer of Python (bytearray, memoryview, ...), from `offset` bytes on.

    >>> import mtorch
    >>> mtorch.frombuffer(bytearray([1, 2]), dtype=mtorch.uint8)
    tensor([1, 2], dtype=torch.uint8)
    """
    kind, view = dtypes.numpy_dtype(dtype), memoryview(buffer)
    if not view.nbytes or count == 0:
        raise ValueError(f"both buffer length ({view.nbytes}) and count ({count}) must not be 0")
    if not 0 <= offset < view.nbytes:
        raise ValueError(f"offset ({offset} bytes) must be non-negative and no greater than buffer length "
                         f"({view.nbytes} bytes) minus 1")
    if count > 0 and offset + count * kind.itemsize > view.nbytes:
        raise ValueError(f"requested buffer length ({count} * {kind.itemsize} bytes) after offset ({offset} bytes) "
                         f"must not be greater than actual buffer length ({view.nbytes} bytes)")
    if count < 0 and (view.nbytes - offset) % kind.itemsize:
        raise ValueError(f"buffer length ({view.nbytes - offset} bytes) after offset ({offset} bytes) must be a "
                         f"multiple of element size ({kind.itemsize})")
    array = np.frombuffer(buffer, kind, count, offset)
    if not array.flags.writeable:
        warnings.warn("The given buffer is not writable, and mtorch does not support non-writable tensors: writing to "
                      "this tensor is an error. Copy the buffer first, as in frombuffer(bytearray(buffer), ...).",
                      stacklevel=2)
    return _new(array, None, None, requires_grad)


def from_dlpack(ext_tensor, *, device=None, copy=None):
    """A tensor that shares the memory of another library's array, by the DLPack protocol.

    >>> import mtorch, numpy
    >>> mtorch.from_dlpack(numpy.array([1.0]))
    tensor([1.], dtype=torch.float64)
    """
    if isinstance(ext_tensor, TensorBase):
        return wrap(ext_tensor.array.copy() if copy else ext_tensor.array)
    return wrap(np.from_dlpack(ext_tensor, **({} if copy is None else {"copy": copy})))


def range(start=0, end=None, step=1, *, out=None, dtype=None, layout=None, device=None, requires_grad=False):
    """The numbers from start to end, the end included: out of date, `arange` counts as Python does.

    >>> import mtorch, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     mtorch.range(1, 3)
    tensor([1., 2., 3.])
    """
    warnings.warn("torch.range is deprecated and will be removed in a future release because its behavior is "
                  "inconsistent with Python's range builtin. Instead, use torch.arange, which produces values in "
                  "[start, end).",
                  UserWarning, stacklevel=2)
    start, end = (0, start) if end is None else (start, end)
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    n = math.floor((end - start) / step) + 1
    values = start + arange(n, dtype=dtypes.float64) * step
    return _new(values.array.astype(dtypes.numpy_dtype(dtype)), None, device, requires_grad, out)
