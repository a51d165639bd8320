"""Tensors from nothing, from numbers and from arrays."""
from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import dtypes
from ..random.fused import fma32, fma64
from ..autograd.tape import TensorBase, wrap
from .arguments import into, require_tensor, sizes_of


def _placed(device) -> None:
    """The only device is the CPU."""
    if device is not None and str(device).split(":")[0] not in ("cpu", "device(type='cpu')"):
        raise RuntimeError(f"mtorch computes on the CPU: device {str(device)!r} is not available")


def _new(array, dtype, device, requires_grad, out=None):
    if device is not None:
        _placed(device)
    result = wrap(array)
    if out is not None:
        return into(out, result)
    return result.requires_grad_() if requires_grad else result


def tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False):
    """A tensor with a copy of data: a number, nested lists, an array or a tensor.

    Python floats make the default dtype, ints int64, bools bool; arrays keep their type.

    >>> import mtorch
    >>> mtorch.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    """
    return _new(array_of(data, dtype, copy=True), None, device, requires_grad)


def array_of(data, dtype=None, copy=False) -> np.ndarray:
    """data as an array of the type torch would give it."""
    kind = None if dtype is None else dtypes.numpy_dtype(dtype)
    if isinstance(data, TensorBase):
        data = data.array
    if isinstance(data, (np.ndarray, np.generic)):
        array = np.array(data, dtype=kind, copy=True, order="K") if copy else np.asarray(data, dtype=kind)
        dtypes.of(array.dtype)
        return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))
    if kind is None:
        kind = _kind_of(data)
    try:
        return np.array(_without_tensors(data), dtype=kind)
    except (ValueError, TypeError) as error:
        raise _as_torch_says(data, error) from None
    except OverflowError as error:
        raise RuntimeError(f"value cannot be converted to type {dtypes.of(kind).name} without overflow: {error}") from None


def _without_tensors(data):
    if isinstance(data, TensorBase):
        return data.array.tolist() if data.array.ndim else data.array.item()
    if isinstance(data, (list, tuple)) and any(isinstance(x, (TensorBase, list, tuple)) for x in data):
        return [_without_tensors(x) for x in data]
    return data


def _kind_of(data) -> np.dtype:
    """The type of nested lists: that of the highest kind of number in them."""
    highest = -1
    stack = [data]
    while stack:
        x = stack.pop()
        if isinstance(x, (list, tuple, range)):
            stack.extend(x)
        elif isinstance(x, (np.ndarray, np.generic)):
            if x.dtype.kind not in "biufc":
                raise TypeError(f"can't convert np.ndarray of type {x.dtype}")
            highest = _higher(highest, x.dtype)
        elif isinstance(x, TensorBase):
            highest = _higher(highest, x.array.dtype)
        elif isinstance(x, bool):
            highest = _higher(highest, np.dtype(bool))
        elif isinstance(x, int):
            highest = _higher(highest, np.dtype(np.int64))
        elif isinstance(x, float):
            highest = _higher(highest, dtypes.get_default_dtype().numpy)
        elif isinstance(x, complex):
            highest = _higher(highest, np.dtype(np.complex64))
        elif isinstance(x, str):
            raise TypeError("new(): invalid data type 'str'")
        elif x is None:
            raise RuntimeError("Could not infer dtype of NoneType")
        elif hasattr(x, "__array__") or hasattr(x, "__len__") and hasattr(x, "__getitem__"):
            highest = _higher(highest, np.asarray(x).dtype)
        else:
            raise RuntimeError(f"Could not infer dtype of {type(x).__name__}")
    return dtypes.get_default_dtype().numpy if isinstance(highest, int) else highest


def _higher(known, kind: np.dtype):
    return kind if known == -1 else dtypes.promote(known, kind)


def _as_torch_says(data, error) -> Exception:
    if isinstance(data, (list, tuple)) and "inhomogeneous" in str(error):
        lengths = [len(x) if isinstance(x, (list, tuple)) else None for x in data]
        wrong = next((i for i, n in enumerate(lengths) if n != lengths[0]), None)
        if wrong is not None and lengths[0] is not None and lengths[wrong] is not None:
            return ValueError(f"expected sequence of length {lengths[0]} at dim 1 (got {lengths[wrong]})")
        return ValueError(f"expected sequences of equal lengths: {error}")
    return TypeError(str(error))


def as_tensor(data, dtype=None, device=None):
    """data as a tensor, sharing its memory where that is possible.

    >>> import mtorch, numpy
    >>> a = numpy.zeros(2); mtorch.as_tensor(a)[0] = 1; a
    array([1., 0.])
    """
    _placed(device)
    if isinstance(data, TensorBase):
        return data if dtype is None or dtypes.numpy_dtype(dtype) == data.array.dtype else data.to(dtype)
    return wrap(array_of(data, dtype))


def asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=False):
    """obj as a tensor, copied when copy is True, and never when it is False.

    >>> import mtorch
    >>> mtorch.asarray([1, 2])
    tensor([1, 2])
    """
    if copy:
        return tensor(obj.detach() if isinstance(obj, TensorBase) else obj, dtype=dtype, device=device,
                      requires_grad=requires_grad)
    result = as_tensor(obj, dtype, device)
    if copy is False and isinstance(obj, np.ndarray) and not np.shares_memory(result.array, obj):
        raise ValueError("can't alias arbitrary sequence as a tensor: copy=False")
    return result.requires_grad_() if requires_grad else result


def from_numpy(ndarray):
    """A tensor that shares the memory of a NumPy array.

    >>> import mtorch, numpy
    >>> mtorch.from_numpy(numpy.array([1.0, 2.0]))
    tensor([1., 2.], dtype=torch.float64)
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    dtypes.of(ndarray.dtype)
    if not ndarray.dtype.isnative:
        raise ValueError("given numpy array has byte order different from the native byte order. Conversion between "
                         "byte orders is currently not supported.")
    if any(s < 0 for s in ndarray.strides):
        raise ValueError("At least one stride in the given numpy array is negative, and tensors with negative strides "
                         "are not currently supported. (You can probably work around this by making a copy of your "
                         "array with array.copy().)")
    return wrap(ndarray)


def scalar_tensor(s, *, dtype=None, device=None, requires_grad=False):
    """A 0-dim tensor of the default floating point type, or of dtype.

    >>> import mtorch
    >>> mtorch.scalar_tensor(2)
    tensor(2.)
    """
    return _new(np.array(s, dtypes.numpy_dtype(dtype)), None, device, requires_grad)


def _shape(size, name) -> tuple[int, ...]:
    shape = sizes_of(size)
    if any(n < 0 for n in shape):
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    return shape


def zeros(*size, out=None, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False):
    """Zeros of the given size.

    >>> import mtorch
    >>> mtorch.zeros(2)
    tensor([0., 0.])
    """
    return _new(np.zeros(_shape(size, "zeros"), dtypes.numpy_dtype(dtype)), None, device, requires_grad, out)


def ones(*size, out=None, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False):
    """Ones of the given size.

    >>> import mtorch
    >>> mtorch.ones(2)
    tensor([1., 1.])
    """
    return _new(np.ones(_shape(size, "ones"), dtypes.numpy_dtype(dtype)), None, device, requires_grad, out)


def empty(*size, out=None, dtype=None, layout=None, device=None, requires_grad=False, pin_memory=False,
          memory_format=None):
    """Memory of the given size, its contents whatever they are.

    >>> import mtorch
    >>> mtorch.empty(2, 3).shape
    torch.Size([2, 3])
    """
    return _new(np.empty(_shape(size, "empty"), dtypes.numpy_dtype(dtype)), None, device, requires_grad, out)


def full(size, fill_value, *, out=None, dtype=None, layout=None, device=None, requires_grad=False):
    """A number repeated over the given size, in the number's own type.

    >>> import mtorch
    >>> mtorch.full((2,), 7)
    tensor([7, 7])
    """
    if isinstance(fill_value, TensorBase):
        fill_value = fill_value.item()
    kind = dtypes.common_type([fill_value]) if dtype is None else dtypes.numpy_dtype(dtype)
    return _new(np.full(_shape((size,), "full"), fill_value, kind), None, device, requires_grad, out)


def _like(input, dtype) -> tuple[tuple[int, ...], np.dtype]:
    x = require_tensor(input, "like")
    return x.array, (x.array.dtype if dtype is None else dtypes.numpy_dtype(dtype))


def zeros_like(input, *, dtype=None, layout=None, device=None, requires_grad=False, memory_format=None):
    """Zeros in the shape and type of input.

    >>> import mtorch
    >>> mtorch.zeros_like(mtorch.tensor([1, 2]))
    tensor([0, 0])
    """
    array, kind = _like(input, dtype)
    return _new(np.zeros_like(array, dtype=kind), None, device, requires_grad)


def ones_like(input, *, dtype=None, layout=None, device=None, requires_grad=False, memory_format=None):
    """Ones in the shape and type of input.

    >>> import mtorch
    >>> mtorch.ones_like(mtorch.tensor([1, 2]))
    tensor([1, 1])
    """
    array, kind = _like(input, dtype)
    return _new(np.ones_like(array, dtype=kind), None, device, requires_grad)


def empty_like(input, *, dtype=None, layout=None, device=None, requires_grad=False, memory_format=None):
    """Memory in the shape and type of input, its contents whatever they are.

    >>> import mtorch
    >>> mtorch.empty_like(mtorch.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    array, kind = _like(input, dtype)
    return _new(np.empty_like(array, dtype=kind), None, device, requires_grad)


def full_like(input, fill_value, *, dtype=None, layout=None, device=None, requires_grad=False, memory_format=None):
    """A number repeated in the shape and type of input.

    >>> import mtorch
    >>> mtorch.full_like(mtorch.zeros(2), 7)
    tensor([7., 7.])
    """
    array, kind = _like(input, dtype)
    if isinstance(fill_value, TensorBase):
        fill_value = fill_value.item()
    return _new(np.full_like(array, fill_value, dtype=kind), None, device, requires_grad)


def new_zeros(input, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
    """Zeros of the given size in the type of this tensor.

    >>> import mtorch
    >>> mtorch.tensor([1]).new_zeros(2)
    tensor([0, 0])
    """
    return zeros(*size, dtype=input.dtype if dtype is None else dtype, device=device, requires_grad=requires_grad)


def new_ones(input, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
    """Ones of the given size in the type of this tensor.

    >>> import mtorch
    >>> mtorch.tensor([1]).new_ones(2)
    tensor([1, 1])
    """
    return ones(*size, dtype=input.dtype if dtype is None else dtype, device=device, requires_grad=requires_grad)


def new_empty(input, *size, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
    """Memory of the given size in the type of this tensor.

    >>> import mtorch
    >>> mtorch.tensor([1]).new_empty(2).dtype
    torch.int64
    """
    return empty(*size, dtype=input.dtype if dtype is None else dtype, device=device, requires_grad=requires_grad)


def new_full(input, size, fill_value, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
    """A number repeated over the given size in the type of this tensor.

    >>> import mtorch
    >>> mtorch.tensor([1]).new_full((2,), 3)
    tensor([3, 3])
    """
    return full(size, fill_value, dtype=input.dtype if dtype is None else dtype, device=device,
                requires_grad=requires_grad)


def new_tensor(input, data, *, dtype=None, device=None, requires_grad=False, layout=None, pin_memory=False):
    """A tensor with a copy of data in the type of this tensor.

    >>> import mtorch
    >>> mtorch.tensor([1.0]).new_tensor([2, 3])
    tensor([2., 3.])
    """
    return tensor(data, dtype=input.dtype if dtype is None else dtype, device=device, requires_grad=requires_grad)


def _number(x):
    return x.item() if isinstance(x, (TensorBase, np.generic)) else x


def arange(start: Any = 0, end: Any = None, step: Any = 1, *, out=None, dtype=None, layout=None, device=None,
           requires_grad=False):
    """The numbers from start up to, but without, end.

    >>> import mtorch
    >>> mtorch.arange(1, 4), mtorch.arange(0, 1, 0.5)
    (tensor([1, 2, 3]), tensor([0.0000, 0.5000]))
    """
    start, end, step = _number(start), _number(end), _number(step)
    if end is None:
        start, end = 0, start
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not all(math.isfinite(x) for x in (start, end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError("upper bound and lower bound inconsistent with step sign")
    whole = all(isinstance(x, int) for x in (start, end, step))
    kind = dtypes.numpy_dtype(dtype) if dtype is not None else out.array.dtype if out is not None else \
        np.dtype(np.int64) if whole else dtypes.get_default_dtype().numpy
    n = max(-(-(end - start) // step) if whole else math.ceil((end - start) / step), 0)
    if whole:
        array = (start + step * np.arange(n, dtype=np.int64)).astype(kind)
    else:
        array = (start + step * np.arange(n, dtype=np.float64)).astype(kind)
    return _new(array, None, device, requires_grad, out)


def linspace(start, end, steps, *, out=None, dtype=None, layout=None, device=None, requires_grad=False):
    """`steps` numbers from start to end, both included, evenly spaced.

    >>> import mtorch
    >>> mtorch.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    start, end, steps = _number(start), _number(end), _number(steps)
    if not isinstance(steps, int):
        raise TypeError(f"linspace(): argument 'steps' must be int, not {type(steps).__name__}")
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    kind = dtypes.numpy_dtype(dtype)
    if steps == 1:
        array = np.array([start]).astype(kind)
    elif kind.kind in "iu":
        array = _from_both_ends(np.float64(start), np.float64(end), steps).astype(kind)
    else:
        array = _from_both_ends(kind.type(start), kind.type(end), steps).astype(kind)
    return _new(array, None, device, requires_grad, out)


def _from_both_ends(start, end, steps: int) -> np.ndarray:
    """As torch counts: the first half up from start, the second down from end."""
    kind = type(start)
    i = np.arange(steps).astype(kind)
    step = (end - start) / kind(max(steps - 1, 1))
    left = kind(steps - 1) - i
    if kind is np.float64:                                 # torch multiplies and adds with one rounding
        up, down = fma64(step, i, start), fma64(-step, left, end)
    else:
        i, left = i.astype(np.float64), left.astype(np.float64)
        up, down = (fma32(float(a), b, float(c)) for a, b, c in ((step, i, start), (-step, left, end)))
    return np.where(np.arange(steps) < steps // 2, up, down)


def logspace(start, end, steps, base=10.0, *, out=None, dtype=None, layout=None, device=None, requires_grad=False):
    """`steps` numbers from base^start to base^end, evenly spaced in the exponent.

    >>> import mtorch
    >>> mtorch.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    kind = dtypes.numpy_dtype(dtype)
    exponents = linspace(start, end, steps, dtype=dtypes.float64).array
    array = np.power(float(base), exponents)
    return _new((np.trunc(array) if kind.kind in "iu" else array).astype(kind), None, device, requires_grad, out)


def eye(n, m=None, *, out=None, dtype=None, layout=None, device=None, requires_grad=False):
    """Ones on the diagonal of a matrix of zeros.

    >>> import mtorch
    >>> mtorch.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    if n < 0 or m is not None and m < 0:
        raise RuntimeError(f"n must be greater or equal to 0, got {n if n < 0 else m}")
    return _new(np.eye(n, m, dtype=dtypes.numpy_dtype(dtype)), None, device, requires_grad, out)
