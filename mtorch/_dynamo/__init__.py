"""torch._dynamo: what libraries ask of the compiler behind `torch.compile`.  There is none here."""
from __future__ import annotations

from ..compiler import allow_in_graph, assume_constant_result, disable, is_compiling, reset
from . import config, eval_frame
from .eval_frame import OptimizedModule

__all__ = ["OptimizedModule", "allow_in_graph", "assume_constant_result", "config", "disable", "eval_frame",
           "is_compiling", "reset"]
