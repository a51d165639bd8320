"""torch._dynamo: what libraries ask of the compiler behind `torch.compile`.  There is none here."""
from __future__ import annotations

from typing import Any

from ..compiler import allow_in_graph, assume_constant_result, disable, is_compiling, reset
from . import config, eval_frame
from .eval_frame import OptimizedModule

__all__ = ["OptimizedModule", "allow_in_graph", "assume_constant_result", "config", "disable", "eval_frame",
           "is_compiling", "mark_dynamic", "mark_static", "mark_static_address", "maybe_mark_dynamic", "reset"]


def mark_static(t: Any, *args: Any, **kwargs: Any) -> None:
    """Nothing to do for a tensor: what the compiler is to take as fixed, or as changing, is a hint."""


mark_dynamic = maybe_mark_dynamic = mark_static_address = mark_static
