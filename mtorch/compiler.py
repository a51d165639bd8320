"""torch.compiler: what programs say to a compiler.  There is none here, so each function runs as it is written."""
from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from .jit import compile

__all__ = ["allow_in_graph", "assume_constant_result", "compile", "cudagraph_mark_step_begin", "disable", "is_compiling",
           "is_dynamo_compiling", "is_exporting", "list_backends", "reset", "set_stance"]


def is_compiling() -> bool:
    """False: nothing is compiled.

    >>> import mtorch
    >>> mtorch.compiler.is_compiling(), mtorch.compiler.is_exporting()
    (False, False)
    """
    return False


is_dynamo_compiling = is_exporting = is_compiling


def disable(fn: Callable | None = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """The function itself; without one, a decorator that gives back what it decorates."""
    return allow_in_graph if fn is None else fn


def allow_in_graph(fn: Any) -> Any:
    """The function itself."""
    return fn


assume_constant_result = allow_in_graph


def reset() -> None:
    """Forget what was compiled: nothing."""


cudagraph_mark_step_begin = reset


def set_stance(stance: str = "default", *, skip_guard_eval_unsafe: bool = False, force_backend: Any = None) -> Any:
    """How eagerly to compile: nothing depends on it.  Also a `with` block."""
    return nullcontext()


def list_backends(exclude_tags: Any = ("debug", "experimental")) -> list[str]:
    """The compilers there are: none."""
    return []
