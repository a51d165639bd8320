"""torch.fx: programs as graphs of their calls, which are not made here; the names are, for libraries that import them."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from ..nn.module import Module

__all__ = ["Graph", "GraphModule", "Interpreter", "Node", "Proxy", "Tracer", "symbolic_trace", "wrap"]


def symbolic_trace(root: Any, concrete_args: Any = None) -> NoReturn:
    """Not here: an error."""
    raise NotImplementedError(f"fx: mtorch makes no graph of a program; {type(root).__name__} runs as it is written")


class _NotMade:
    """A class of torch.fx's: making one is an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(f"fx.{type(self).__name__}: mtorch makes no graph of a program")


class Graph(_NotMade):
    """The calls that a program makes."""


class Node(_NotMade):
    """One of these calls."""


class Proxy(_NotMade):
    """What a program is run on while its calls are noted down."""


class Tracer(_NotMade):
    """What notes them down."""


class Interpreter(_NotMade):
    """What makes them again, one by one."""


class GraphModule(Module):
    """A Module that is a graph: making one is an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("fx.GraphModule: mtorch makes no graph of a program")


def wrap(fn_or_name: str | Callable) -> str | Callable:
    """The function or its name itself: a tracer would leave it whole."""
    return fn_or_name
