"""What a .pt file may name, letter for letter, and what is made of it here.

The table holds torch's rebuilding functions, its types, and a few harmless types of Python and NumPy.  Each entry is a
function of this module that checks its arguments; torch's own functions are not needed.
"""
from __future__ import annotations

import math
import re
from collections import Counter, OrderedDict
from typing import Any

import numpy as np

from .. import dtypes
from ..autograd.tape import wrap
from ..device import device
from ..functions.arguments import Size
from ..sparse.making import sparse_coo_tensor, sparse_csr_tensor
from ..tensor import Parameter, Tensor
from .errors import FileFormatError
from .kinds import DECODED, FILE_TYPE, NATIVE, STORAGES, itemsize
from .pickle_reader import Function, Internal, is_key

# elements; a tensor with more of them than its storage has (strides of 0) may have so many
_MOST_EXPANDED = 1 << 24
_MOST_DIMS = 64                  # NumPy's limit


class Kind(Internal):
    """A type of storage: "FloatStorage" is Kind("float32"); the untyped one is Kind("")."""

    def __init__(self, name: str) -> None:
        self.name = name


class Storage(Internal):
    """The elements of a member: `of(kind)` is the one-dimensional array."""

    def __init__(self, raw: np.ndarray, kind: str, archive) -> None:
        self.raw = raw
        self.kind = kind
        self.archive = archive

    def of(self, kind: str) -> np.ndarray:
        return self.archive.elements(self.raw, kind)


def storage_id(key: tuple) -> tuple[Kind, str, int]:
    """The kind, the key and the count of a persistent id ("storage", kind, key, location, count)."""
    expect([type(part) for part in key if type(part) is not Kind] == [str, str, str, int] and key[0] == "storage"
           and type(key[1]) is Kind, "the id of a storage is not understood")
    _, kind, number, _, count = key
    return kind, number, count


class Type(Internal):
    """A class that is named and not called: `torch.Tensor`, `numpy.ndarray`."""

    def __init__(self, name: str) -> None:
        self.name = name


def expect(condition: Any, what: str) -> None:
    """Raise a FileFormatError that says what, unless the condition holds."""
    if not condition:
        raise FileFormatError(what)


def _is_one(value: Any, *texts: str) -> bool:
    """Whether the value is one of these texts; what is no text is not compared, for that might run something."""
    return type(value) is str and value in texts


def _naturals(values: Any) -> bool:
    return type(values) is tuple and all(type(v) is int and v >= 0 for v in values)


# ---- tensors --------------------------------------------------------------------------------------------------------

def _view(storage: Any, kind: str, offset: Any, size: Any, stride: Any) -> np.ndarray:
    """The array of this size and these strides (in elements) that begins `offset` elements into the storage."""
    expect(type(storage) is Storage, "a tensor has no storage")
    size = tuple(size) if type(size) is Size else size
    expect(_naturals(size) and _naturals(stride) and len(size) == len(stride) <= _MOST_DIMS and _naturals((offset,)),
            f"a tensor of size {_brief(size)} has strides {_brief(stride)} and offset {_brief(offset)}")
    elements = storage.of(kind)
    count = math.prod(size)
    reach = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) + 1 if count else offset
    expect(reach <= elements.size, f"a tensor of size {_brief(size)}, strides {_brief(stride)} and offset {offset} "
                                    f"reaches outside its storage of {elements.size} elements")
    expect(count <= max(elements.size, _MOST_EXPANDED),
            f"a tensor of size {_brief(size)} has many more elements than its storage, which has {elements.size}")
    expect(max(size, default=0) < 1 << 62, f"a tensor has size {_brief(size)}")
    if count == 0:
        return np.empty(size, elements.dtype)
    width = elements.itemsize
    return np.ndarray(size, elements.dtype, elements, offset * width, tuple(s * width for s in stride))


def _brief(value: Any) -> str:
    """What to call a value that may be anything, of any size, in a message."""
    if not (type(value) in (int, str) or (_naturals(value) and len(value) <= _MOST_DIMS)):
        return f"a {type(value).__name__}"
    text = repr(value[:80] if type(value) is str else value)
    return text if len(text) < 80 else text[:77] + "..."


def _tensor(array: np.ndarray, kind: str, requires_grad: Any) -> Tensor:
    expect(type(requires_grad) is bool, "requires_grad is no bool")
    tensor = wrap(array)
    if kind in DECODED:
        setattr(tensor, FILE_TYPE, kind)
    if requires_grad:
        expect(array.dtype.kind in "fc", f"a tensor of {array.dtype} requires grad")
        tensor.requires_grad_()
    return tensor


def _rebuild_tensor(storage, offset, size, stride) -> Tensor:
    return _tensor(_view(storage, _typed(storage), offset, size, stride), storage.kind, False)


def _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks, metadata=None) -> Tensor:
    return _tensor(_view(storage, _typed(storage), offset, size, stride), storage.kind, requires_grad)


def _rebuild_tensor_v3(storage, offset, size, stride, requires_grad, hooks, dtype, metadata=None) -> Tensor:
    if isinstance(dtype, dtypes.dtype):
        dtype = Kind(dtype.name)
    expect(type(dtype) is Kind and dtype.name, "a tensor has no dtype")
    return _tensor(_view(storage, dtype.name, offset, size, stride), dtype.name, requires_grad)


def _typed(storage: Any) -> str:
    expect(type(storage) is Storage and storage.kind, "a tensor has no typed storage")
    return storage.kind


def _rebuild_parameter(data, requires_grad, hooks) -> Parameter:
    expect(type(data) is Tensor and type(requires_grad) is bool, "a Parameter is not made of a tensor")
    expect(not requires_grad or data.array.dtype.kind in "fc", f"a Parameter of {data.array.dtype} requires grad")
    parameter = Parameter(data, requires_grad)
    vars(parameter).update(vars(data))
    return parameter


def _rebuild_parameter_with_state(data, requires_grad, hooks, state) -> Parameter:
    return _rebuild_parameter(data, requires_grad, hooks)


def _rebuild_from_type(function, kind, args, state) -> Tensor:
    """A tensor on which the program has put attributes: the tensor, without them."""
    expect(isinstance(function, Function) and function.name.startswith("_rebuild_") and type(args) is tuple
            and type(kind) is Type, "a tensor of a class of its own")
    return function.call(*args)


def _rebuild_sparse_tensor(layout, data) -> Tensor:
    """A sparse tensor, its indices looked at as those of a program's own are."""
    by_rows = _is_one(layout, "torch.sparse_csr")
    expect((by_rows or _is_one(layout, "torch.sparse_coo")) and type(data) is tuple and len(data) in (3, 4),
           "a sparse tensor is damaged")
    *tensors, size = data if by_rows else data[:3]
    size = tuple(size) if type(size) is Size else size
    coalesced = data[3] if len(data) == 4 and not by_rows else False
    expect(len(tensors) == 2 + by_rows and all(type(t) is Tensor for t in tensors) and _naturals(size) and type(coalesced) is bool
           and all(t.array.dtype.kind == "i" for t in tensors[:-1]), "a sparse tensor is damaged")
    try:
        if by_rows:
            return sparse_csr_tensor(tensors[0], tensors[1], tensors[2], size)
        return sparse_coo_tensor(tensors[0], tensors[1], size, is_coalesced=coalesced)
    except (RuntimeError, NotImplementedError, IndexError) as error:
        raise FileFormatError(f"a sparse tensor is damaged: {error}") from None


# ---- Python's and NumPy's values ------------------------------------------------------------------------------------

def _encode(text, encoding) -> bytes:
    expect(type(text) is str and _is_one(encoding, "latin1", "latin-1"), "bytes are not written as latin-1")
    return text.encode("latin1")


def _bytes(content=b"") -> bytes:
    expect(type(content) is bytes, "bytes are not made of bytes")
    return content


def _bytearray(content=b"", encoding="latin-1") -> bytearray:
    return bytearray(content if type(content) is bytes else _encode(content, encoding))


def _complex(real, imag) -> complex:
    expect(type(real) is type(imag) is float, "a complex number is not made of floats")
    return complex(real, imag)


def _ordered_dict(items=()) -> OrderedDict:
    expect(type(items) is list or type(items) is tuple and not items, "an OrderedDict is not made of a list")
    made = OrderedDict()
    for pair in items:
        expect(type(pair) in (tuple, list) and len(pair) == 2 and type(pair[0]) is str, "an OrderedDict has no pairs")
        made[pair[0]] = plain(pair[1])
    return made


def plain(value: Any) -> Any:
    """The value, if it may stand in a container or be an attribute."""
    expect(not isinstance(value, (Internal, Function)), "a name stands where a value should")
    return value


def _counter(counts=None) -> Counter:
    expect(counts is None or type(counts) is dict, "a Counter is not made of a dict")
    return Counter(counts)


def _set_of(kind: type):
    def make(items=()):
        expect(type(items) in (list, tuple) and all(map(is_key, items)),
                f"a {kind.__name__} of something else than text and numbers")
        return kind(items)
    return make


def _size(dims=()) -> Size:
    expect(_naturals(dims), "a Size is not made of sizes")
    return tuple.__new__(Size, dims)


def _device(kind="cpu", index=None) -> device:
    expect(type(kind) is str and (index is None or type(index) is int), "a device has no name")
    try:
        return device(kind, index)
    except RuntimeError as error:
        raise FileFormatError(str(error)) from None


def _get_layout(name) -> str:
    expect(_is_one(name, "torch.strided", "torch.sparse_coo", "torch.sparse_csr"), f"the layout {_brief(name)} is not supported")
    return name


def _numpy_dtype(name, align=False, copy=True) -> np.dtype:
    expect(type(name) is str and (re.fullmatch(r"[US]\d{1,9}", name)
                                   or any(name in (kind.str[1:], kind.name) for kind in NATIVE.values())),
            f"NumPy's type {_brief(name)} is not one of numbers or text")
    return np.dtype(name)


def _numpy_scalar(kind, data) -> np.generic:
    expect(isinstance(kind, np.dtype) and type(data) is bytes and len(data) == kind.itemsize,
            "a NumPy number is damaged")
    return np.frombuffer(data, kind)[0]


def _numpy_reconstruct(kind, shape, code) -> np.ndarray:
    expect(type(kind) is Type and kind.name == "ndarray", "a NumPy array of a class of its own")
    return np.empty(0, np.uint8)


def _numpy_frombuffer(data, kind, shape, order, axis_order=None) -> np.ndarray:
    expect(type(data) in (bytes, bytearray) and isinstance(kind, np.dtype) and _naturals(shape) and len(shape) <= _MOST_DIMS
           and len(data) == math.prod(shape) * kind.itemsize and max(shape, default=0) < 1 << 62 and _is_one(order, "C", "F")
           and axis_order is None, "a NumPy array is damaged")
    return np.frombuffer(bytearray(data), kind).reshape(shape, order=order)


def build(instance: Any, state: Any) -> bool:
    """Give an instance of the table's its state; False where it is of another class."""
    if type(instance) is OrderedDict:
        expect(type(state) is dict and all(type(k) is str and not hasattr(OrderedDict, k) for k in state),
                "the attributes of an OrderedDict have the names of its methods")
        vars(instance).update({k: plain(v) for k, v in state.items()})
    elif isinstance(instance, np.dtype):
        expect(type(state) is tuple and len(state) >= 3 and _is_one(state[1], "<", "|") and state[2] is None,
                "a NumPy type that is not little-endian, or not simple")
    elif type(instance) is np.ndarray:
        expect(type(state) is tuple and len(state) == 5 and _naturals(state[1]) and isinstance(state[2], np.dtype)
                and type(state[3]) is bool and type(state[4]) is bytes
                and len(state[4]) == math.prod(state[1]) * state[2].itemsize and len(state[1]) <= _MOST_DIMS
                and max(state[1], default=0) < 1 << 62, "a NumPy array is damaged")
        instance.__setstate__(state)
    else:
        return False
    return True


# ---- the table ------------------------------------------------------------------------------------------------------

def _functions(module: str, **calls) -> dict[tuple[str, str], Any]:
    return {(module, name): Function(name, call) for name, call in calls.items()}


_BUILTINS = {"bytes": _bytes, "bytearray": _bytearray, "complex": _complex, "set": _set_of(set),
             "frozenset": _set_of(frozenset)}

TABLE: dict[tuple[str, str], Any] = {
    **_functions("torch._utils", _rebuild_tensor=_rebuild_tensor, _rebuild_tensor_v2=_rebuild_tensor_v2,
                 _rebuild_tensor_v3=_rebuild_tensor_v3, _rebuild_parameter=_rebuild_parameter,
                 _rebuild_parameter_with_state=_rebuild_parameter_with_state,
                 _rebuild_sparse_tensor=_rebuild_sparse_tensor),
    **_functions("torch._tensor", _rebuild_from_type_v2=_rebuild_from_type),
    **_functions("torch", Size=_size, device=_device),
    **_functions("torch.serialization", _get_layout=_get_layout),
    **_functions("collections", OrderedDict=_ordered_dict, Counter=_counter),
    **_functions("_codecs", encode=_encode),
    **_functions("__builtin__", **_BUILTINS),
    **_functions("builtins", **_BUILTINS),
    **_functions("numpy", dtype=_numpy_dtype),
    **_functions("numpy._core.multiarray", scalar=_numpy_scalar, _reconstruct=_numpy_reconstruct),
    **_functions("numpy.core.multiarray", scalar=_numpy_scalar, _reconstruct=_numpy_reconstruct),
    **_functions("numpy._core.numeric", _frombuffer=_numpy_frombuffer),
    **_functions("numpy.core.numeric", _frombuffer=_numpy_frombuffer),
    ("numpy", "ndarray"): Type("ndarray"),
    ("torch", "Tensor"): Type("Tensor"),
    ("torch.storage", "UntypedStorage"): Kind(""),
    **{("torch", storage): Kind(name) for name, storage in STORAGES.items()},
    **{("torch", name): Kind(name) for name in DECODED},
    **{("torch", name): getattr(dtypes, name) for name in (*NATIVE, "bfloat16")},
}


def size_in_file(kind: str, count: int) -> int:
    """The bytes of so many elements; of the untyped kind, of so many bytes."""
    return count * (itemsize(kind) if kind else 1)
