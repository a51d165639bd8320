"""Reads the pickle inside a .pt file without doing what a pickle may ask for.

A pickle is a program for a small stack machine, and Python's own machine calls whatever function the program names.  This
one knows the instructions that torch's files use and no others, and looks every name up in a table it is given
(allowed.py): what is not there, letter for letter, is an error.  Nothing is imported and no attribute is followed; a call,
a new object or a state is made only by what the table says, on values of exactly the types listed here.
"""
from __future__ import annotations

import datetime
import pickle
import struct
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from enum import Enum
from pathlib import PurePath
from typing import Any

import numpy as np

from ..autograd.tape import TensorBase
from ..device import device
from ..dtypes import dtype
from .errors import FileFormatError

_DICTS = (dict, OrderedDict, Counter, defaultdict)
_SIZED = (str, bytes, bytearray, list, tuple, set, frozenset, deque, *_DICTS)
_KEYS = (str, int, float, bool, type(None), bytes, complex, dtype, device, datetime.date, datetime.datetime,
         datetime.timedelta)
_KEYS_OF_ANY_CLASS = (np.generic, TensorBase, PurePath, Enum)
_LONGEST_KEY = 64                 # values in a tuple that is a key, those in tuples in it too


class Function:
    """A name that stands for a call: what the table gives for `torch._utils._rebuild_tensor_v2` and its kin."""

    __slots__ = ("name", "call")

    def __init__(self, name: str, call: Callable) -> None:
        self.name = name
        self.call = call


class Internal:
    """What is only an argument of such a call, and no value a file may put anywhere else."""


def is_key(value: Any) -> bool:
    """Whether value may be the key of a dict, which hashes it: tuples of tuples only as far as they are small, for a file
    can nest them so that their hash takes for ever; and no object with a hash of its own."""
    return _room_after(value, _LONGEST_KEY + 1) >= 0


def _room_after(value: Any, room: int) -> int:
    """What is left of the room for values in a key, below 0 where it does not do or is no key."""
    if isinstance(value, (tuple, frozenset)) and type(value).__hash__ in (tuple.__hash__, frozenset.__hash__):
        for part in value:
            room = _room_after(part, room)
            if room < 0:
                break
        return room - 1
    return room - 1 if type(value) in _KEYS or isinstance(value, _KEYS_OF_ANY_CLASS) else -1


class PickleReader:
    """The stack machine.

    data        the pickle
    find        gives what stands for (module, name), or raises FileFormatError
    storage     gives what stands for a persistent id
    call, new, build  call something that `find` gave and is no Function, make an instance of a class that it gave, and
                give an instance its state
    encoding    of the text that Python 2 wrote; "bytes" leaves it as bytes
    """

    def __init__(self, data: bytes, find: Callable[[str, str], Any], storage: Callable[[tuple], Internal],
                 call: Callable[[Any, tuple], Any], new: Callable[[Any, tuple], Any],
                 build: Callable[[Any, Any], None], encoding: str) -> None:
        self.data = data
        self.encoding = encoding
        self.position = 0
        self.find, self.storage, self.call, self.new, self.build = find, storage, call, new, build
        self.stack: list[Any] = []
        self.marks: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.work = 2 * len(data) + (1 << 16)      # what calls may copy, in elements

    def load(self) -> Any:
        """Run the pickle and return what it leaves.

        Raises:
            FileFormatError: for whatever is wrong with it.
        """
        try:
            while (code := self._take(1)) != pickle.STOP:
                instruction = _INSTRUCTIONS.get(code)
                if instruction is None:
                    raise FileFormatError(f"the instruction {_name_of(code)} is none that is read here")
                instruction(self)
            if len(self.stack) != 1 or self.marks:
                raise FileFormatError("the pickle ends with more or less than one object")
            return self._value(self.stack[0])
        except FileFormatError as error:
            raise FileFormatError(f"{error} (byte {self.position - 1} of the pickle)") from None
        except (IndexError, KeyError, TypeError, ValueError, AttributeError, ArithmeticError, struct.error, MemoryError,
                RecursionError) as error:
            raise FileFormatError(f"the pickle is damaged: {type(error).__name__} {error} "
                                  f"(byte {self.position - 1} of it)") from error

    # ---- the instructions' arguments --------------------------------------------------------------------------------

    def _take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self.data):
            raise FileFormatError("the pickle is cut off")
        taken = self.data[self.position:end]
        self.position = end
        return taken

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _line(self) -> str:
        end = self.data.find(b"\n", self.position)
        if end < 0:
            raise FileFormatError("the pickle is cut off")
        line = self._take(end + 1 - self.position)[:-1]
        return line.decode("utf-8")

    def _since_mark(self) -> list[Any]:
        items = self.stack
        self.stack = self.marks.pop()
        return items

    def _charge(self, values: Any) -> None:
        """Count what a call has to copy: a small file may ask for the same large copy again and again."""
        self.work -= sum(len(v) for v in values if type(v) in _SIZED)
        if self.work < 0:
            raise FileFormatError("the pickle makes far more of its data than there is")

    @staticmethod
    def _value(obj: Any) -> Any:
        """obj, if it may stand in a container or be the whole."""
        if isinstance(obj, (Internal, Function)):
            raise FileFormatError(f"a {type(obj).__name__.lower()} stands where a value should")
        return obj

    # ---- instructions -----------------------------------------------------------------------------------------------

    def _mark(self) -> None:
        self.marks.append(self.stack)
        self.stack = []

    def _text(self, length: str) -> None:
        self.stack.append(self._take(self._number(length)).decode("utf-8", "surrogatepass"))

    def _bytes(self, length: str) -> None:
        self.stack.append(self._take(self._number(length)))

    def _old_text(self, length: str) -> None:
        taken = self._take(self._number(length))
        self.stack.append(taken if self.encoding == "bytes" else taken.decode(self.encoding))

    def _long(self) -> None:
        self.stack.append(pickle.decode_long(self._take(self._number("B"))))

    def _tuple(self, count: int | None = None) -> None:
        if count is None:
            items = self._since_mark()
        else:
            if len(self.stack) < count:
                raise FileFormatError("an instruction wants more values than there are")
            items = self.stack[len(self.stack) - count:]
            del self.stack[len(self.stack) - count:]
        self.stack.append(tuple(items))

    def _append(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) not in (list, deque):
            raise FileFormatError(f"appends to a {type(target).__name__}, which is no list")
        target.extend(map(self._value, items))

    def _frozenset(self) -> None:
        items = self._since_mark()
        self.stack.append(frozenset(map(self._key, items)))

    def _add(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if type(target) is not set:
            raise FileFormatError(f"adds to a {type(target).__name__}, which is no set")
        target.update(map(self._key, items))

    def _set(self, items: list[Any]) -> None:
        target = self.stack[-1]
        if not isinstance(target, dict):
            raise FileFormatError(f"sets items of a {type(target).__name__}, which is no dict")
        if len(items) % 2:
            raise FileFormatError("a key has no value")
        put = type(target).__setitem__ if type(target) in _DICTS else dict.__setitem__     # not one of the class's own
        for key, value in zip(items[::2], items[1::2], strict=True):
            put(target, self._key(key), self._value(value))

    def _key(self, key: Any) -> Any:
        if not is_key(key):
            raise FileFormatError(f"a {type(key).__name__} is the key of a dict, or in a set")
        return key

    def _put(self, number: int) -> None:
        self.memo[number] = self.stack[-1]

    def _global(self) -> None:
        module, name = self._line(), self._line()
        self.stack.append(self.find(module, name))

    def _stack_global(self) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        if type(name) is not str or type(module) is not str:
            raise FileFormatError("a name is no text")
        self.stack.append(self.find(module, name))

    def _reduce(self) -> None:
        args = self.stack.pop()
        function = self.stack.pop()
        if type(args) is not tuple:
            raise FileFormatError("calls something without a tuple of arguments")
        self._charge(args)
        self.stack.append(function.call(*args) if isinstance(function, Function) else self.call(function, args))

    def _new(self) -> None:
        args = self.stack.pop()
        self.stack.append(self.new(self.stack.pop(), args))

    def _build(self) -> None:
        state = self.stack.pop()
        self._charge((state, *(state.values() if type(state) is dict else state if type(state) is tuple else ())))
        self.build(self.stack[-1], state)

    def _persistent(self) -> None:
        key = self.stack.pop()
        if type(key) is not tuple:
            raise FileFormatError("the id of a storage is no tuple")
        self.stack.append(self.storage(key))


def _pushing(make: Callable[[], Any]) -> Callable[[PickleReader], None]:
    return lambda machine: machine.stack.append(make())


def _pushing_number(form: str) -> Callable[[PickleReader], None]:
    return lambda machine: machine.stack.append(machine._number(form))


def _name_of(code: bytes) -> str:
    return next((name for name, value in vars(pickle).items() if value == code and name.isupper()), repr(code))


_Machine = PickleReader
_INSTRUCTIONS: dict[bytes, Callable[[PickleReader], None]] = {
    pickle.PROTO: lambda m: m._number("B"),
    pickle.NONE: _pushing(lambda: None), pickle.NEWTRUE: _pushing(lambda: True),
    pickle.NEWFALSE: _pushing(lambda: False), pickle.EMPTY_TUPLE: _pushing(tuple), pickle.EMPTY_LIST: _pushing(list),
    pickle.EMPTY_DICT: _pushing(dict), pickle.BININT: _pushing_number("<i"), pickle.BININT1: _pushing_number("B"),
    pickle.BININT2: _pushing_number("<H"), pickle.BINFLOAT: _pushing_number(">d"), pickle.LONG1: _Machine._long,
    pickle.BINUNICODE: lambda m: m._text("<I"), pickle.SHORT_BINSTRING: lambda m: m._old_text("B"),
    pickle.BINSTRING: lambda m: m._old_text("<I"),      # never negative, so nothing is read twice
    pickle.MARK: _Machine._mark, pickle.TUPLE: _Machine._tuple,
    pickle.TUPLE1: lambda m: m._tuple(1), pickle.TUPLE2: lambda m: m._tuple(2), pickle.TUPLE3: lambda m: m._tuple(3),
    pickle.APPEND: lambda m: m._append([m.stack.pop()]), pickle.APPENDS: lambda m: m._append(m._since_mark()),
    pickle.SETITEM: lambda m: m._set([m.stack.pop(-2), m.stack.pop()]),
    pickle.SETITEMS: lambda m: m._set(m._since_mark()),
    pickle.BINPUT: lambda m: m._put(m._number("B")), pickle.LONG_BINPUT: lambda m: m._put(m._number("<I")),
    pickle.BINGET: lambda m: m.stack.append(m.memo[m._number("B")]),
    pickle.LONG_BINGET: lambda m: m.stack.append(m.memo[m._number("<I")]),
    pickle.GLOBAL: _Machine._global, pickle.REDUCE: _Machine._reduce, pickle.NEWOBJ: _Machine._new,
    pickle.BUILD: _Machine._build, pickle.BINPERSID: _Machine._persistent,
    # what protocols 3 to 5 have besides
    pickle.FRAME: lambda m: m._number("<Q"), pickle.MEMOIZE: lambda m: m._put(len(m.memo)),
    pickle.SHORT_BINUNICODE: lambda m: m._text("B"), pickle.BINUNICODE8: lambda m: m._text("<Q"),
    pickle.SHORT_BINBYTES: lambda m: m._bytes("B"), pickle.BINBYTES: lambda m: m._bytes("<I"),
    pickle.BINBYTES8: lambda m: m._bytes("<Q"),
    pickle.BYTEARRAY8: lambda m: m.stack.append(bytearray(m._take(m._number("<Q")))),
    pickle.EMPTY_SET: _pushing(set), pickle.ADDITEMS: lambda m: m._add(m._since_mark()),
    pickle.FROZENSET: _Machine._frozenset,
    pickle.STACK_GLOBAL: _Machine._stack_global,
}
