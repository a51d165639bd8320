"""Which Module classes `load` may make of a file of plain data: those that the program has named, as in torch."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..nn.module import Module

_named: list[type] = []


def add_safe_globals(safe_globals: Iterable[Any]) -> None:
    """Let `load(weights_only=True)` make Modules of these classes, from now on.

    Raises: NotImplementedError for what is not a Module class: nothing else of a file's is ever made or called.
    """
    classes = list(safe_globals)
    for one in classes:
        if not (isinstance(one, type) and issubclass(one, Module)):
            raise NotImplementedError(f"safe_globals: {one!r} is no Module class; besides tensors and plain data, load "
                                      "makes Modules only")
    _named.extend(classes)


def get_safe_globals() -> list[type]:
    """The classes that were named."""
    return list(_named)


def clear_safe_globals() -> None:
    """Forget the classes that were named."""
    _named.clear()


class safe_globals:
    """A `with` block in which `load(weights_only=True)` may make Modules of these classes.

    safe_globals: Module classes

    Raises: NotImplementedError, when the block is entered, for what is not a Module class; TypeError for what is no
    list.

    >>> import io, mtorch
    >>> file = io.BytesIO()
    >>> mtorch.save(mtorch.nn.ReLU(), file)
    >>> with mtorch.serialization.safe_globals([mtorch.nn.ReLU]):
    ...     mtorch.load(file)
    ReLU()
    """

    def __init__(self, safe_globals: Iterable[Any]) -> None:
        self._classes = list(safe_globals)

    def __enter__(self) -> None:
        self._before = get_safe_globals()
        add_safe_globals(self._classes)

    def __exit__(self, *exception: Any) -> None:
        _named[:] = self._before
