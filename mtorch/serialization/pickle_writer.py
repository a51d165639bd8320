"""The pickle inside a .pt file, as torch writes it: protocol 2, tensors as calls of torch's rebuilding functions.

Python's own pickler would write what this program's classes are called; here torch's names are written, so that torch
finds its own.  What has no form of its own below is written as Python's pickler does (reduced.py).
"""
from __future__ import annotations

import math
import pickle
import struct
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import numpy as np

from ..autograd.stamps import owner
from ..device import device
from ..dtypes import dtype
from ..functions.arguments import Size
from ..nn.module import Module
from ..sparse.csr import CsrTensor
from ..sparse.tensor import SparseTensor
from ..tensor import Parameter, Tensor
from . import reduced
from .kinds import FILE_TYPE, NATIVE, STORAGES, written

_MODULE_STATE = {"_parameter_names": "_parameters", "_buffer_names": "_buffers", "_module_names": "_modules"}
_FORGOTTEN = ("_last",)          # of a module: what it remembers of its last call
_TORCHS_TABLES = ("_backward_hooks", "_forward_hooks", "_forward_pre_hooks")     # torch's modules have them, also empty


class PickleWriter:
    """Makes the pickle of an object (`data`), and the list of the storages its tensors need (`storages`).

    old_form: for the form of before torch 1.6, whose references to storages have a part more
    """

    def __init__(self, old_form: bool = False) -> None:
        self.old_form = old_form
        self.data = bytearray(b"\x80\x02")
        self.storages: list[np.ndarray] = []             # one-dimensional arrays; number i is the member data/i
        self._keys: dict[Any, int] = {}
        self._written: dict[Any, tuple[str, np.ndarray]] = {}    # of memory, its type and its code in the file
        self._memo: dict[Any, int] = {}
        self._kept: list[Any] = []                       # lest an object die and its id come again
        self._path: list[Any] = []                       # where in the object we are, for error messages

    def dump(self, obj: Any) -> None:
        """Write the whole.

        Raises:
            TypeError: for an object that Python's own pickler refuses too, or that has a tensor class of its own.
            ValueError: for nesting too deep to follow.
        """
        try:
            self.write(obj)
        except RecursionError:
            raise ValueError("save: the object is nested too deeply") from None
        self.data += pickle.STOP

    # ---- any object -------------------------------------------------------------------------------------------------

    def write(self, obj: Any) -> None:
        """An object, or a reference to where it stands already."""
        for kind in type(obj).__mro__:
            if kind in _WRITERS and (kind is type(obj) or kind in (Tensor, Module, np.generic, np.dtype)):
                break
        else:
            kind = object
        key: Any = ("text", obj) if type(obj) is str else id(obj)
        if key in self._memo:
            self._get(self._memo[key])
            return
        _WRITERS[kind](self, obj)

    def refuse(self, obj: Any, why: str = "") -> NoReturn:
        """Raise the TypeError that says where in the whole obj stands, and why it is not written."""
        where = "".join(f"[{key!r}]" for key in self._path)
        name = getattr(obj, "__qualname__", None) or type(obj).__qualname__
        raise TypeError(
            f"save: cannot write {f'{where}, ' if where else ''}{type(obj).__name__} {name}: "
            + (why or "it could not be loaded again; save its values instead"))

    def remember(self, obj: Any) -> None:
        """Give obj, which has just been written, the next place in the reader's memo."""
        number = len(self._memo)
        self._memo[("text", obj) if type(obj) is str else id(obj)] = number
        self._kept.append(obj)
        self.data += pickle.BINPUT + bytes([number]) if number < 256 else pickle.LONG_BINPUT + struct.pack("<I", number)

    def _get(self, number: int) -> None:
        self.data += pickle.BINGET + bytes([number]) if number < 256 else pickle.LONG_BINGET + struct.pack("<I", number)

    def write_global(self, module: str, name: str) -> None:
        """A name of a module's."""
        key = ("global", module, name)
        if key in self._memo:
            self._get(self._memo[key])
            return
        self.data += pickle.GLOBAL + f"{module}\n{name}\n".encode()
        number = self._memo[key] = len(self._memo)
        self.data += pickle.BINPUT + bytes([number]) if number < 256 else pickle.LONG_BINPUT + struct.pack("<I", number)

    def _call(self, module: str, name: str, *args: Any) -> None:
        self.write_global(module, name)
        self.write_args(args)
        self.data += pickle.REDUCE

    # ---- simple values ----------------------------------------------------------------------------------------------

    def _none(self, obj: None) -> None:
        self.data += pickle.NONE

    def _bool(self, obj: bool) -> None:
        self.data += pickle.NEWTRUE if obj else pickle.NEWFALSE

    def _int(self, obj: int) -> None:
        if 0 <= obj < 1 << 8:
            self.data += pickle.BININT1 + bytes([obj])
        elif 0 <= obj < 1 << 16:
            self.data += pickle.BININT2 + struct.pack("<H", obj)
        elif -(1 << 31) <= obj < 1 << 31:
            self.data += pickle.BININT + struct.pack("<i", obj)
        else:
            encoded = pickle.encode_long(obj)
            if len(encoded) > 255:
                self.refuse(obj, "an integer of more than 255 bytes")
            self.data += pickle.LONG1 + bytes([len(encoded)]) + encoded

    def _float(self, obj: float) -> None:
        self.data += pickle.BINFLOAT + struct.pack(">d", obj)

    def _text(self, obj: str) -> None:
        encoded = obj.encode("utf-8", "surrogatepass")
        self.data += pickle.BINUNICODE + struct.pack("<I", len(encoded)) + encoded
        self.remember(obj)

    def _bytes(self, obj: bytes) -> None:
        self._call("_codecs", "encode", obj.decode("latin1"), "latin1")
        self.remember(obj)

    def _bytearray(self, obj: bytearray) -> None:
        self._call("__builtin__", "bytearray", obj.decode("latin1"), "latin-1")
        self.remember(obj)

    def _complex(self, obj: complex) -> None:
        self._call("__builtin__", "complex", obj.real, obj.imag)
        self.remember(obj)

    # ---- containers -------------------------------------------------------------------------------------------------

    def _item(self, key: Any, value: Any) -> None:
        self._path.append(key)
        self.write(value)
        self._path.pop()

    def _list(self, obj: list) -> None:
        self.data += pickle.EMPTY_LIST
        self.remember(obj)
        self.write_values(obj)

    def write_values(self, values: Iterable[Any]) -> None:
        """Append to the list that was written last."""
        self.data += pickle.MARK
        for i, value in enumerate(values):
            self._item(i, value)
        self.data += pickle.APPENDS

    def _tuple(self, obj: tuple) -> None:
        self.write_args(obj)
        if id(obj) in self._memo:
            self.refuse(obj, "a tuple that contains itself")
        if obj:
            self.remember(obj)

    def write_args(self, obj: tuple) -> None:
        """A tuple that nothing else refers to."""
        if len(obj) > 3:
            self.data += pickle.MARK
        for i, value in enumerate(obj):
            self._item(i, value)
        self.data += (pickle.EMPTY_TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3, pickle.TUPLE)[min(len(obj), 4)]

    def _dict(self, obj: dict) -> None:
        self.data += pickle.EMPTY_DICT
        self.remember(obj)
        self.write_pairs(obj.items())

    def write_pairs(self, pairs: Iterable[tuple[Any, Any]]) -> None:
        """Set items of the dict that was written last."""
        self.data += pickle.MARK
        for key, value in pairs:
            self.write(key)
            self._item(key, value)
        self.data += pickle.SETITEMS

    def _ordered_dict(self, obj: OrderedDict) -> None:
        self._call("collections", "OrderedDict")
        self.remember(obj)
        self.write_pairs(obj.items())
        if vars(obj):                                    # the _metadata of a state_dict
            self.write(dict(vars(obj)))
            self.data += pickle.BUILD

    def _counter(self, obj: Counter) -> None:
        self._call("collections", "Counter", dict(obj))
        self.remember(obj)

    def _set(self, obj: set | frozenset) -> None:
        self._call("__builtin__", type(obj).__name__, list(obj))
        self.remember(obj)

    # ---- tensors ----------------------------------------------------------------------------------------------------

    def _tensor(self, obj: Tensor) -> None:
        if isinstance(obj, SparseTensor):
            self._sparse_tensor(obj)
        elif isinstance(obj, Parameter):
            self.write_global("torch._utils", "_rebuild_parameter")
            self.data += pickle.MARK
            self._plain_tensor(obj, False)
            self._bool(obj.requires_grad)
            self._call("collections", "OrderedDict")
            self.data += pickle.TUPLE + pickle.REDUCE
        else:
            self._plain_tensor(obj, obj.requires_grad)
        self.remember(obj)

    def _plain_tensor(self, tensor: Tensor, requires_grad: bool) -> None:
        array = tensor.array
        memory, offset, strides = _storage_of(array)
        place = memory.ctypes.data, memory.nbytes, array.dtype, vars(tensor).get(FILE_TYPE)
        if place not in self._written:                   # views share their memory: it is coded once
            self._written[place] = written(tensor, memory)
        kind, storage = self._written[place]
        key = self._keys.setdefault((memory.ctypes.data, memory.nbytes, kind), len(self.storages))
        if key == len(self.storages):
            self.storages.append(storage if kind in STORAGES else little_endian(storage))
            self._kept.append(memory)
        typed = kind in STORAGES
        if self.old_form and not typed:
            self.refuse(tensor, f"torch's form of before 1.6 has no {kind}")
        self.write_global("torch._utils", "_rebuild_tensor_v2" if typed else "_rebuild_tensor_v3")
        self.data += pickle.MARK + pickle.MARK
        self.write("storage")
        self.write_global(*(("torch", STORAGES[kind]) if typed else ("torch.storage", "UntypedStorage")))
        self.write(str(key))
        self.write("cpu")
        self._int(self.storages[key].size)
        if self.old_form:
            self._none(None)                             # the whole of the storage
        self.data += pickle.TUPLE + pickle.BINPERSID
        self._int(offset)
        self.write_args(array.shape)
        self.write_args(strides)
        self._bool(requires_grad)
        self._call("collections", "OrderedDict")         # of hooks, which are not saved
        if not typed:
            self.write_global("torch", kind)
        self.data += pickle.TUPLE + pickle.REDUCE

    def _sparse_tensor(self, obj: SparseTensor) -> None:
        self.write_global("torch._utils", "_rebuild_sparse_tensor")
        self.data += pickle.MARK
        self._call("torch.serialization", "_get_layout", str(obj.layout))
        indices = (obj.crow_indices(), obj.col_indices()) if isinstance(obj, CsrTensor) else (obj._indices(),)
        coalesced = () if isinstance(obj, CsrTensor) else (obj.is_coalesced(),)
        self.write_args((*indices, obj._values().detach(), obj.shape, *coalesced))
        self.data += pickle.TUPLE + pickle.REDUCE

    def _size(self, obj: Size) -> None:
        self._call("torch", "Size", tuple(obj))
        self.remember(obj)

    def _dtype(self, obj: dtype) -> None:
        self.write_global("torch", obj.name)

    def _device(self, obj: device) -> None:
        self._call("torch", "device", *([obj.type] if obj.index is None else [obj.type, obj.index]))
        self.remember(obj)

    # ---- NumPy's values ---------------------------------------------------------------------------------------------

    def _numpy_dtype(self, obj: np.dtype) -> None:
        if obj.kind not in "US" and obj.newbyteorder("<") not in NATIVE.values():
            self.refuse(obj, f"NumPy's type {obj} is not one of numbers or text")
        self._call("numpy", "dtype", obj.newbyteorder("<").str[1:], False, True)
        self.data += pickle.MARK + pickle.BININT1 + b"\x03"
        self.write("|" if obj.itemsize == 1 else "<")
        self.data += 3 * pickle.NONE
        for value in (obj.itemsize, obj.alignment, 8) if obj.kind in "US" else (-1, -1, 0):
            self._int(value)
        self.data += pickle.TUPLE + pickle.BUILD
        self.remember(obj)

    def _numpy_scalar(self, obj: np.generic) -> None:
        value = np.asarray(obj)
        self._call("numpy._core.multiarray", "scalar", value.dtype,
                   value.astype(value.dtype.newbyteorder("<")).tobytes())
        self.remember(obj)

    def _numpy_array(self, obj: np.ndarray) -> None:
        self.write_global("numpy._core.multiarray", "_reconstruct")
        self.data += pickle.MARK
        self.write_global("numpy", "ndarray")
        self.write_args((0,))
        self.write(b"b")
        self.data += pickle.TUPLE + pickle.REDUCE
        self.remember(obj)
        self.write_args((1, obj.shape, obj.dtype, False, obj.astype(obj.dtype.newbyteorder("<")).tobytes()))
        self.data += pickle.BUILD

    # ---- modules ----------------------------------------------------------------------------------------------------

    def _module(self, obj: Module) -> None:
        reduced.write_name(self, type(obj))
        self.data += pickle.EMPTY_TUPLE + pickle.NEWOBJ
        self.remember(obj)
        state = {name: value for name, value in obj.__getstate__().items() if name not in _FORGOTTEN}
        for names, values in _MODULE_STATE.items():      # the three dicts in which torch keeps what is registered
            registered = state.pop(names, ())
            state[values] = {name: state.pop(name) for name in registered}
        self._dict({**{table: OrderedDict() for table in _TORCHS_TABLES}, **state})
        self.data += pickle.BUILD


def little_endian(elements: np.ndarray) -> np.ndarray:
    """The bytes of elements as files have them."""
    return elements.astype(elements.dtype.newbyteorder("<"), copy=False).view(np.uint8)


def _storage_of(array: np.ndarray) -> tuple[np.ndarray, int, tuple[int, ...]]:
    """The memory to save for an array, one-dimensional, and where in it the array begins, and its strides, in elements.

    As in torch it is the memory of the whole tensor that a view was taken of, so that views of one tensor still share it
    when they are loaded.
    """
    root, size = owner(array), array.itemsize
    if array.size == 0:                              # NumPy gives it strides of 0, torch those of a full one
        whole = [max(n, 1) for n in array.shape[1:]] + [1]
        return array.reshape(-1), 0, tuple(math.prod(whole[i:]) for i in range(array.ndim))
    start = array.__array_interface__["data"][0] - root.__array_interface__["data"][0]
    plain = (type(root) is np.ndarray and not isinstance(root.base, np.ndarray)
             and (root.flags.c_contiguous or root.flags.f_contiguous) and array.dtype.isnative and root.dtype.kind in "biufc"
             and not any(n % size for n in (start, root.nbytes, *array.strides)) and all(s >= 0 for s in array.strides))
    if not plain:
        array = array.astype(array.dtype.newbyteorder("="), order="C", copy=True)
        root, start = array, 0
    flat = root.reshape(-1, order="A").view(np.uint8).view(array.dtype)
    return flat, start // size, tuple(s // size for s in array.strides)


_WRITERS: dict[type, Callable[[PickleWriter, Any], None]] = {
    type(None): PickleWriter._none, bool: PickleWriter._bool, int: PickleWriter._int, float: PickleWriter._float,
    str: PickleWriter._text, bytes: PickleWriter._bytes, bytearray: PickleWriter._bytearray,
    complex: PickleWriter._complex, list: PickleWriter._list, tuple: PickleWriter._tuple, dict: PickleWriter._dict,
    OrderedDict: PickleWriter._ordered_dict, Counter: PickleWriter._counter, set: PickleWriter._set,
    frozenset: PickleWriter._set, Tensor: PickleWriter._tensor, Size: PickleWriter._size, dtype: PickleWriter._dtype,
    device: PickleWriter._device, np.dtype: PickleWriter._numpy_dtype, np.generic: PickleWriter._numpy_scalar,
    np.ndarray: PickleWriter._numpy_array, Module: PickleWriter._module, object: reduced.write,
}
