"""Tensors over memory that something else made, and numbers as older programs count them."""
from __future__ import annotations

import math
import warnings

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..autograd.tape import TensorBase, wrap
from ..brain_float import is_bfloat16, of_halves
from .arguments import whole_number
from .creation import _new, _placed, _range, arange
from .memory_order import of_numpy

if TYPE_CHECKING:
    from ..device import device as Device
    from ..tensor import Tensor


def frombuffer(buffer: Any, *, dtype: dtypes.dtype, count: int = -1, offset: int = 0,
               requires_grad: bool = False) -> Tensor:
    """A vector that shares the memory of a buffer of Python (bytearray, memoryview, ...).

    buffer: the buffer; of one that cannot be written, the tensor cannot be either, with a warning
    dtype: the type of the elements; of bfloat16, which is kept as float32, they are copied
    count: how many elements; below 0 for all that there are
    offset: where to begin, in bytes

    Raises: ValueError for what is no buffer or an empty one, a count of 0, an offset outside of it, more elements than
        it holds, and a rest that is no whole element; TypeError for a dtype that is none.

    >>> import mtorch
    >>> mtorch.frombuffer(bytearray([1, 2]), dtype=mtorch.uint8)
    tensor([1, 2], dtype=torch.uint8)
    """
    if dtype is None:
        raise TypeError("frombuffer(): argument 'dtype' must be torch.dtype, not NoneType")
    try:
        kind, view = dtypes.numpy_dtype(dtype), memoryview(buffer)
    except TypeError as error:
        raise (error if "dtype" in str(error) else ValueError(
            f"frombuffer: {type(buffer).__name__} does not implement Python's buffer protocol")) from None
    count, offset = whole_number(count, "frombuffer", "count"), whole_number(offset, "frombuffer", "offset")
    if not view.nbytes or count == 0:
        raise ValueError(f"both buffer length ({view.nbytes}) and count ({count}) must not be 0")
    if not 0 <= offset < view.nbytes:
        raise ValueError(f"offset ({offset} bytes) must be non-negative and no greater than buffer length "
                         f"({view.nbytes} bytes) minus 1")
    if count > 0 and offset + count * dtype.itemsize > view.nbytes:
        raise ValueError(f"requested buffer length ({count} * {dtype.itemsize} bytes) after offset ({offset} bytes) "
                         f"must not be greater than actual buffer length ({view.nbytes} bytes)")
    if count < 0 and (view.nbytes - offset) % dtype.itemsize:
        raise ValueError(f"buffer length ({view.nbytes - offset} bytes) after offset ({offset} bytes) must be a "
                         f"multiple of element size ({dtype.itemsize})")
    array = np.frombuffer(buffer, np.uint16 if is_bfloat16(kind) else kind, count, offset)
    if is_bfloat16(kind):
        array = of_halves(array)
    if not array.flags.writeable:
        warnings.warn("The given buffer is not writable, and mtorch does not support non-writable tensors: writing to "
                      "this tensor is an error. Copy the buffer first, as in frombuffer(bytearray(buffer), ...).",
                      stacklevel=2)
    return _new(array, None, None, requires_grad)


NUMPY_IS_2_0 = np.__version__.startswith("2.0.")       # it knows neither DLPack's copy nor its max_version


class _Capsule:
    """A capsule as something that speaks DLPack: NumPy asks for the capsule, and for the device, which is the CPU."""

    def __init__(self, capsule: Any) -> None:
        self.capsule = capsule

    def __dlpack__(self, **kwargs: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return (1, 0)


def from_dlpack(ext_tensor: Any, *, device: str | Device | None = None, copy: bool | None = None) -> Tensor:
    """A tensor that shares the memory of another library's array.

    ext_tensor: the array, anything with `__dlpack__`, or a capsule that such gave
    device: "cpu", the only one; None for that too
    copy: True for memory of its own, False for shared memory or an error, None for whichever is possible

    Raises: RuntimeError for what has no `__dlpack__` and for another device; BufferError where the array cannot be
        shared.
    Source: the DLPack protocol, https://dmlc.github.io/dlpack/latest

    >>> import mtorch, numpy
    >>> mtorch.from_dlpack(numpy.array([1.0]))
    tensor([1.], dtype=torch.float64)
    """
    _placed(device)
    if isinstance(ext_tensor, TensorBase):
        return wrap(ext_tensor.array.copy()) if copy else ext_tensor.detach()
    if type(ext_tensor).__name__ == "PyCapsule":
        ext_tensor = _Capsule(ext_tensor)
    if not hasattr(ext_tensor, "__dlpack__"):
        raise RuntimeError("from_dlpack: expected an array that speaks DLPack, got "
                           f"{type(ext_tensor).__name__} without __dlpack__")
    if NUMPY_IS_2_0:
        array = np.from_dlpack(ext_tensor)
        return of_numpy(array.copy() if copy else array)
    return of_numpy(np.from_dlpack(ext_tensor, copy=copy))


def range(start: float | Tensor = 0, end: float | Tensor | None = None, step: float | Tensor = 1, *,
          out: Tensor | None = None, dtype: dtypes.dtype | None = None, layout: Any = None,
          device: str | Device | None = None, requires_grad: bool = False) -> Tensor:
    """The numbers from start to end, the end included: out of date, `arange` counts as Python does.

    start: the first
    end: the last, where the steps meet it
    step: from one to the next, not 0

    Raises: TypeError for what is no number; RuntimeError for a step of 0, ends that are not finite, and a step that
        leads away from end. Each call gives a UserWarning.

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
    first, last = (0, start) if end is None else (start, end)
    first, last, by = _range("range", first, last, step)
    n = math.floor((last - first) / by) + 1
    values = first + arange(n, dtype=dtypes.float64) * by
    return _new(values.array.astype(dtypes.numpy_dtype(dtype)), None, device, requires_grad, out)
