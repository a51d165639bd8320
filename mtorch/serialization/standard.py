"""The types of Python's own library that a file may hold, when it is read with weights_only=False.

They are values and containers, and nothing that they do reaches outside: dates, paths, ranges, `argparse.Namespace`.
Where a file calls one, to make it, a function of this module does, and checks what it is given.
"""
from __future__ import annotations

import argparse
import datetime
import decimal
import enum
import fractions
import functools
import pathlib
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from .allowed import TABLE, expect, plain
from .errors import FileFormatError
from .pickle_reader import Function


# what a type may be called with, here and in its own state
_VALUES = (str, int, float, bool, bytes, type(None))


def _of_values(kind: Callable) -> Callable:
    """Make one of plain values: the type itself checks which."""
    def make(*args: Any) -> Any:
        expect(all(type(value) in (*_VALUES, datetime.timedelta, datetime.timezone) for value in args),
               f"a {getattr(kind, '__name__', kind)} is made of something else than plain values")
        return kind(*args)
    return make


def _path(*parts: Any) -> pathlib.Path:
    expect(all(type(part) is str for part in parts), "a path is not made of text")
    return pathlib.Path(*parts)


def _slice(start: Any, stop: Any, step: Any) -> slice:
    return slice(*map(plain, (start, stop, step)))


def _deque(items: Any = (), maxlen: Any = None) -> deque:
    expect(type(items) in (tuple, list) and (maxlen is None or type(maxlen) is int), "a deque is not made of a list")
    return deque(map(plain, items), maxlen)


def _defaultdict(factory: Any = None) -> defaultdict:
    expect(factory is None or any(factory is kind for kind in _FACTORIES),
           "a defaultdict makes something else than numbers and containers")
    return defaultdict(factory)


def _partial(function: Any) -> functools.partial:
    expect(isinstance(function, (type, types.FunctionType)), "a partial of what is no function")
    return functools.partial(function)


def _member(kind: Any, name: Any) -> Any:
    """What Python 3.11 writes for the member of an Enum: `getattr(kind, name)`."""
    expect(isinstance(kind, type) and issubclass(kind, enum.Enum) and type(name) is str and name in kind.__members__,
           "no member of an Enum")
    return kind.__members__[name]


_FACTORIES = (int, float, complex, bool, str, list, tuple, dict, set, frozenset, OrderedDict, Counter, deque)

# Of these types a file may make values, by a call of the type; the last ones it may only name.
CALLS: dict[Any, Callable] = {
    **{kind: TABLE["builtins", kind.__name__].call for kind in (bytes, bytearray, complex, set, frozenset)},
    OrderedDict: TABLE["collections", "OrderedDict"].call, Counter: TABLE["collections", "Counter"].call,
    defaultdict: _defaultdict, deque: _deque, slice: _slice, range: _of_values(range), pathlib.PurePath: _path,
    functools.partial: _partial, types.SimpleNamespace: types.SimpleNamespace,
    **{kind: _of_values(kind) for kind in (datetime.date, datetime.datetime, datetime.time, datetime.timedelta,
                                           datetime.timezone, decimal.Decimal, fractions.Fraction)},
}
NAMES: dict[tuple[str, str], Any] = {
    **{(kind.__module__, kind.__name__): kind for kind in (*CALLS, *_FACTORIES)},
    **{(module, name): pathlib.PurePath for module in ("pathlib", "pathlib._local")
       for name in ("Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath", "PureWindowsPath")},
    ("argparse", "Namespace"): argparse.Namespace, ("builtins", "getattr"): Function("getattr", _member),
}


def call(kind: Any, args: tuple) -> Any:
    """What a call of this type by a file makes."""
    make = next((make for one, make in CALLS.items() if one is kind), None)      # no look-up: it would hash what came
    if make is None:
        raise FileFormatError(f"calls a {type(kind).__name__}, or a class that reading a file does not call")
    return make(*args)


def build(instance: Any, state: Any) -> bool:
    """Give a value its state; False where it is of a class that has none here."""
    if type(instance) in (argparse.Namespace, types.SimpleNamespace):
        expect(type(state) is dict and all(type(name) is str for name in state), "a Namespace has other names than text")
        vars(instance).update({name: plain(value) for name, value in state.items()})
    elif type(instance) is functools.partial:
        expect(type(state) is tuple and len(state) == 4 and state[0] is instance.func and type(state[1]) is tuple
               and type(state[2]) in (dict, type(None)) and type(state[3]) in (dict, type(None)) and not state[3],
               "a partial is damaged")
        instance.__setstate__((state[0], tuple(map(plain, state[1])), state[2], state[3]))    # type: ignore[attr-defined]
    else:
        return False
    return True


