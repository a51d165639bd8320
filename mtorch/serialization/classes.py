"""Which classes a file may name, and what is made of them: an instance, with the values of the file in it.

Read as plain data, a file may name the classes that the program has (safe.py).  With weights_only=False it may also name
Python's harmless types (standard.py), and classes that are there already: Modules, and those that an instance is made of
and given its values without anything of theirs being run.  Nothing is imported.
"""
from __future__ import annotations

import sys
import types
from collections.abc import Callable
from enum import Enum
from typing import Any

from ..nn.module import Module
from . import allowed, standard
from .allowed import expect, plain
from .errors import FileFormatError
from .names import found, modern
from .pickle_reader import PickleReader
from .safe import is_named, named_so

_FUNCTIONS = ("mtorch.nn.functional.", "mtorch.functions.")          # compute, and nothing else
_OURS = ("mtorch.nn.", "mtorch.optim.", "mtorch.utils.data.", "mtorch.distributions.")
# what would be run where an instance is made, filled, looked at by its type, and dropped
_RUN = ("__new__", "__setstate__", "__del__", "__getattribute__", "__class__")
_BASES = (object, dict, tuple, Enum)


def find(module: str, name: str) -> Any:
    """What stands for a name in a file of plain data."""
    module, name = modern(module, name)
    if (module, name) in allowed.TABLE:
        return allowed.TABLE[module, name]
    thing = named_so(module, name)
    if thing is not None:
        return thing
    shown = _shown(module, name)
    raise FileFormatError(
        f"weights_only=True reads tensors and plain data, and the file names {shown}. Of a file that holds a whole "
        "module, save net.state_dict() instead; or read it with weights_only=False, which also allows harmless types of "
        "Python and classes that this program has defined or imported; or, if you trust it, allow the name by "
        f"torch.serialization.add_safe_globals([{shown}])")


def find_with_classes(module: str, name: str) -> Any:
    """What stands for a name in a file that may hold more than plain data."""
    module, name = modern(module, name)
    for table in (standard.NAMES, allowed.TABLE):
        if (module, name) in table:
            return table[module, name]
    thing = named_so(module, name)
    if thing is not None:
        return thing
    thing = found(module, name)
    if isinstance(thing, type) and (issubclass(thing, Module) or is_plain(thing)):
        return thing
    if isinstance(thing, types.FunctionType) and f"{thing.__module__}.".startswith(_FUNCTIONS):
        return thing
    raise FileFormatError(
        f"the file names {_shown(module, name)}, which is no Module class that this program has defined or imported, nor "
        "another class whose instances can be made without running anything of its own. Define or import it first; "
        "anything else is refused, unless the program allows it by torch.serialization.add_safe_globals")


def is_plain(kind: type) -> bool:
    """Whether an instance can be made, given its values and dropped without anything of the class's own being run.

    Of Python's own library and NumPy no class is: what their instances do later is not known.  Of mtorch, the parts that
    have such values.
    """
    ours = kind.__module__.startswith(_OURS)
    first = kind.__module__.partition(".")[0]
    if first in sys.stdlib_module_names or first == "numpy" or first == "mtorch" and not ours:
        return False
    bases = [base for base in kind.__mro__ if base not in _BASES and not base.__module__.startswith(_OURS)]
    return all(isinstance(base, type) and not any(name in vars(base) for name in _RUN)
               or issubclass(kind, Enum) or _is_named_tuple(base) for base in bases)


def _is_named_tuple(kind: type) -> bool:
    return kind.__bases__ == (tuple,) and type(getattr(kind, "_fields", None)) is tuple


def _shown(module: str, name: str) -> str:
    text = f"{module}.{name}"[:100]
    return text if text.isprintable() else repr(text)


def read(data: bytes, storage: Callable[[tuple], Any], classes: bool, encoding: str) -> Any:
    """The object of a pickle; `storage` gives what its persistent ids stand for, `classes` is for more than plain data."""
    return PickleReader(data, find_with_classes if classes else find, storage, call, new, build, encoding).load()


# ---- making instances -----------------------------------------------------------------------------------------------

def call(kind: Any, args: tuple) -> Any:
    """What the instruction REDUCE makes by calling a class."""
    if is_named(kind):
        return _by_the_program(kind, kind, *map(plain, args))
    if isinstance(kind, type) and issubclass(kind, Enum) and len(args) == 1:
        value = plain(args[0])
        member = next((m for m in kind.__members__.values() if type(m._value_) is type(value) and m._value_ == value), None)
        expect(member is not None, f"a {kind.__name__} has no such value")
        return member
    return standard.call(kind, args)


def new(kind: Any, args: Any) -> Any:
    """An instance of a class (the instruction NEWOBJ), made without calling the class."""
    expect(isinstance(kind, type) and type(args) is tuple, "makes an instance of what is no class")
    if is_named(kind):
        return _by_the_program(kind, kind.__new__, kind, *map(plain, args))
    if kind is standard.argparse.Namespace or issubclass(kind, Module) or is_plain(kind) and not issubclass(kind, Enum):
        if issubclass(kind, tuple):
            expect(len(args) == len(kind._fields), f"a {kind.__name__} has another number of values")
            return tuple.__new__(kind, map(plain, args))
        if args == ():
            return dict.__new__(kind) if issubclass(kind, dict) else object.__new__(kind)
    raise FileFormatError(f"makes an instance of {kind.__name__} that is something else than values of its own")


def build(instance: Any, state: Any) -> None:
    """Give an instance its state (the instruction BUILD)."""
    kind = type(instance)
    if not is_named(kind) and (allowed.build(instance, state) or standard.build(instance, state)):
        return
    if not (is_named(kind) or issubclass(kind, Module) or is_plain(kind)):
        raise FileFormatError(f"gives a {kind.__name__} a state")
    if any("__setstate__" in vars(base) for base in kind.__mro__) and (is_named(kind) or type(state) is dict):
        return _by_the_program(kind, instance.__setstate__, state)
    expect(type(state) is dict and all(type(name) is str for name in state), f"the state of a {kind.__name__} is no dict")
    values = object.__getattribute__(instance, "__dict__")       # not what the class may give for it
    values.update({name: plain(value) for name, value in state.items()})


def _by_the_program(kind: Any, function: Any, *args: Any) -> Any:
    """What a function of the program's gives, which may raise anything."""
    try:
        return function(*args)
    except Exception as error:
        name = getattr(kind, "__name__", "value")
        raise FileFormatError(f"the state does not fit a {name}: {error}") from error
