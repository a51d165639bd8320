"""Which classes and functions `load` may use of a file of plain data: those that the program has named, as in torch."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .names import found

_named: list[Any] = []


def add_safe_globals(safe_globals: Iterable[Any]) -> None:
    """Let `load(weights_only=True)` use these classes and functions, from now on: it makes instances and calls as the file
    says, so name only what may be called with anything.

    Raises: TypeError for what is no class and no function, nor a tuple of one and the name that files have for it.
    """
    things = list(safe_globals)
    for one in things:
        thing, name = one if isinstance(one, tuple) and len(one) == 2 else (one, "")
        if not callable(thing) or not isinstance(name, str):
            raise TypeError(f"safe_globals: {one!r} is no class or function, nor a tuple of one and its name")
    _named.extend(things)


def get_safe_globals() -> list[Any]:
    """What was named."""
    return list(_named)


def clear_safe_globals() -> None:
    """Forget what was named."""
    _named.clear()


def is_named(thing: Any) -> bool:
    """Whether the program has named this very thing."""
    return any(one is thing or isinstance(one, tuple) and one[0] is thing for one in _named)


def named_so(module: str, name: str) -> Any:
    """What the program has named that a file names so; None where there is nothing."""
    if not _named:
        return None
    for one in _named:
        if isinstance(one, tuple) and one[1] == f"{module}.{name}":
            return one[0]
    thing = found(module, name)
    return thing if thing is not None and is_named(thing) else None


class safe_globals:
    """A `with` block in which `load(weights_only=True)` may use these classes and functions.

    safe_globals: classes and functions, or tuples of one and the name that files have for it

    Raises: TypeError, when the block is entered, for what is none of these, and for what is no list.

    >>> import argparse, io, mtorch
    >>> file = io.BytesIO()
    >>> mtorch.save({"args": argparse.Namespace(lr=0.1)}, file)
    >>> with mtorch.serialization.safe_globals([argparse.Namespace]):
    ...     mtorch.load(file)
    {'args': Namespace(lr=0.1)}
    """

    def __init__(self, safe_globals: Iterable[Any]) -> None:
        self._things = list(safe_globals)

    def __enter__(self) -> None:
        self._before = get_safe_globals()
        add_safe_globals(self._things)

    def __exit__(self, *exception: Any) -> None:
        _named[:] = self._before
