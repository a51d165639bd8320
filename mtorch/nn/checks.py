"""Two mistakes that torch lets pass in silence, looked for when a module has been constructed.

A forgotten `super().__init__()`, and Parameters or Modules that stand in a plain list or dict: nobody but the program's
author knows of them, so `parameters()` does not give them to the optimizer and `state_dict()` does not save them.

The second is looked for at the end of the constructor, not at the assignment.  A list may be filled after it was
assigned, and it is quite ordinary to keep modules in a list and register each of them as well, a line later.  Nothing
is said of modules that are registered anywhere below the module, nor of attributes whose names begin with an
underscore: that is how to say that one means it.
"""
from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from ..tensor import Parameter
from .registry import Registered

LOOKED_AT = 1000               # of a long list, its beginning: it might be a vocabulary


def checked_init(init: Callable[..., None]) -> Callable[..., None]:
    """The `__init__` of a program's class with the checks after it, unless it runs as part of a subclass's."""

    @functools.wraps(init)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        if type(self).__init__ is __init__:
            if "_parameter_names" not in self.__dict__:
                raise AttributeError(f"{type(self).__name__}.__init__ did not call super().__init__()")
            warn_of_unregistered(self)

    __init__.__signature__ = inspect.signature(init)    # type: ignore[attr-defined]    # getfullargspec follows no wrapper
    return __init__


def warn_of_unregistered(module: Any) -> None:
    """Warn of each attribute that holds Modules or Parameters in a plain list, tuple, dict or set."""
    registered: set[int] | None = None
    for name, value in module.__dict__.items():
        if name.startswith("_") or not isinstance(value, (list, tuple, dict, set)):
            continue
        held = list(_held(value))
        if held and registered is None:
            registered = {id(m) for m in module.modules()} | {id(p) for p in module.parameters()}
        lost = [x for x in held if id(x) not in (registered or ())]
        if lost:
            modules = isinstance(lost[0], Registered)
            lists = "ModuleList or ModuleDict" if modules else "ParameterList or ParameterDict"
            warnings.warn(f"{type(module).__name__}.{name} is a plain {type(value).__name__} that holds "
                          f"{'modules' if modules else 'parameters'} which are not registered: parameters(), "
                          f"state_dict() and to() do not know of them. Use {lists}; if it is meant, let the "
                          "attribute's name begin with an underscore", UserWarning, stacklevel=3)


def _held(value: Any, depth: int = 3) -> Iterator[Any]:
    if isinstance(value, (Registered, Parameter)):
        yield value
    elif depth and isinstance(value, (list, tuple, set)):
        for item in islice(value, LOOKED_AT):
            yield from _held(item, depth - 1)
    elif depth and isinstance(value, dict):
        for item in islice(value.values(), LOOKED_AT):
            yield from _held(item, depth - 1)
