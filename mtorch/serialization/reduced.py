"""Objects of any class in a pickle, as Python's own pickler writes them: a class by its name, and the values to set.

Whether such an object is read again is for the reader to say, torch's or ours (classes.py).
"""
from __future__ import annotations

import copyreg
import pickle
import types
from typing import TYPE_CHECKING, Any

from . import names

if TYPE_CHECKING:
    from .pickle_writer import PickleWriter

_UNBOUND = (types.ModuleType, type(None))       # what `__self__` is of a built-in function that is no method


def write(writer: PickleWriter, obj: Any) -> None:
    """Write an object for which the writer has no form of its own."""
    if isinstance(obj, (type, types.FunctionType)) or (isinstance(obj, types.BuiltinFunctionType)
                                                       and isinstance(obj.__self__, _UNBOUND)):
        write_name(writer, obj)
        return
    try:
        reduce = copyreg.dispatch_table.get(type(obj))
        parts = reduce(obj) if reduce else obj.__reduce_ex__(2)
    except Exception as error:                           # a class of the program's may raise anything
        writer.refuse(obj, str(error))
    if not isinstance(parts, tuple) or not 2 <= len(parts) <= 5:
        writer.refuse(obj)
    function, args, state, items, pairs = (*parts, None, None, None)[:5]
    if function.__name__ == "__newobj__":
        kind, *args = args
        write_name(writer, kind)
        writer.write_args(tuple(args))
        writer.data += pickle.NEWOBJ
    elif function.__name__ == "__newobj_ex__":
        writer.refuse(obj, "its class is made with named arguments")
    else:
        write_name(writer, function)
        writer.write_args(tuple(args))
        writer.data += pickle.REDUCE
    writer.remember(obj)
    if items is not None:
        writer.write_values(items)
    if pairs is not None:
        writer.write_pairs(pairs)
    if state is not None:
        writer.write(state)
        writer.data += pickle.BUILD


def write_name(writer: PickleWriter, thing: Any) -> None:
    """A class or a function by the name under which loading will find it."""
    found = names.written(thing)
    if found is None:
        name = getattr(thing, "__qualname__", "")
        where = "is defined inside a function" if "<locals>" in name else "is not in its module under that name"
        writer.refuse(thing, f"{name} {where}, so loading would not find it; define it at the top level, or save its values")
    writer.write_global(*found)
