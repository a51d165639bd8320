"""torch._dynamo: what libraries ask of the compiler behind `torch.compile`.  There is none here."""
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from .compiler import allow_in_graph, disable, is_compiling, reset
from .nn.module import Module

__all__ = ["OptimizedModule", "allow_in_graph", "config", "disable", "is_compiling", "reset"]

# settings of the compiler's, which may be set and change nothing
config = SimpleNamespace(verbose=False, suppress_errors=False, cache_size_limit=8, recompile_limit=8)


class OptimizedModule(Module):
    """What torch makes of a Module that it compiles; here Modules stay what they are, and none is made."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("OptimizedModule: nothing is compiled, torch.compile gives the Module back")
