"""What a program gives as data, nested lists, arrays or Tensors, as one array of the type that torch would give it."""
from __future__ import annotations

import numpy as np

from .. import dtypes
from ..autograd.tape import TensorBase
from .arguments import element_of


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
    data = _without_tensors(data)
    try:
        return np.array(data, dtype=kind)
    except (ValueError, TypeError) as error:
        raise _as_torch_says(data, kind, error) from None
    except OverflowError:
        return _each_as_an_element(np.array(data, dtype=object), kind)


def _each_as_an_element(numbers: np.ndarray, kind: np.dtype) -> np.ndarray:
    """Numbers of which NumPy finds some too small or too large; a negative one may yet stand for one of the same bits."""
    widest = np.iinfo(kind if kind == np.uint64 else np.int64)
    if any(isinstance(x, int) and not widest.min <= x <= widest.max for x in numbers.flat):
        raise ValueError("Overflow when unpacking long long")
    return np.array([element_of(x, kind, "tensor", "data") for x in numbers.flat], kind).reshape(numbers.shape)


def _without_tensors(data):
    if isinstance(data, TensorBase):                       # as in torch one of any shape, but of one element, is a number
        if data.array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars; torch.stack makes a tensor of "
                             "several")
        return data.array.item()
    if isinstance(data, (list, tuple)) and any(issubclass(kind, (TensorBase, list, tuple)) for kind in set(map(type, data))):
        return [_without_tensors(x) for x in data]
    return data


def _kind_of(data) -> np.dtype:
    """The type of nested lists: that of the highest kind of number in them."""
    highest, stack = -1, [data]
    numbers: set[type] = set()
    while stack:
        x = stack.pop()
        if isinstance(x, (list, tuple, range)):
            kinds = set(map(type, x))                      # mostly one: a look at each number would take longer than NumPy
            numbers |= kinds & _NUMBERS
            if not kinds <= _NUMBERS:
                stack.extend([y for y in x if type(y) not in _NUMBERS])
        elif isinstance(x, (np.ndarray, np.generic)):
            if x.dtype.kind not in "biufc":
                raise TypeError(f"can't convert np.ndarray of type {x.dtype}")
            highest = _higher(highest, x.dtype)
        elif isinstance(x, TensorBase):
            highest = _higher(highest, x.array.dtype)
        elif isinstance(x, (int, float, complex)):
            numbers.add(type(x))
        elif isinstance(x, str):
            raise TypeError("new(): invalid data type 'str'") if x is data else ValueError("too many dimensions 'str'")
        elif x is None:
            raise RuntimeError("Could not infer dtype of NoneType")
        elif hasattr(x, "__array__") or hasattr(x, "__len__") and hasattr(x, "__getitem__") and not isinstance(x, dict):
            highest = _higher(highest, np.asarray(x).dtype)
        else:
            raise RuntimeError(f"Could not infer dtype of {type(x).__name__}")
    for kind in numbers:
        highest = _higher(highest, dtypes.type_of_number(kind))
    return dtypes.get_default_dtype().numpy if isinstance(highest, int) else highest


_NUMBERS = {bool, int, float, complex}


def _higher(known, kind: np.dtype):
    return kind if known == -1 else dtypes.promote(known, kind)


def _as_torch_says(data, kind: np.dtype, error) -> Exception:
    if "cannot convert float" in str(error):               # nan, to an integer
        return RuntimeError(f"value cannot be converted to type {dtypes.of(kind).name} without overflow: {error}")
    if isinstance(data, (list, tuple)) and "inhomogeneous" in str(error):
        lengths = [len(x) if isinstance(x, (list, tuple)) else None for x in data]
        wrong = next((i for i, n in enumerate(lengths) if n != lengths[0]), None)
        if wrong is not None and lengths[0] is not None and lengths[wrong] is not None:
            return ValueError(f"expected sequence of length {lengths[0]} at dim 1 (got {lengths[wrong]})")
        return ValueError(f"expected sequences of equal lengths: {error}")
    return TypeError(str(error))
