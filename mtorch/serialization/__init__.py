"""Files: torch's own form (`save`, `load`), safetensors, and checkpoints from which a broken-off training goes on."""
from __future__ import annotations

from . import safetensors
from .checkpoint import Checkpoint
from .errors import FileFormatError
from .pt import load, save
from .safe import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals

__all__ = ["Checkpoint", "FileFormatError", "add_safe_globals", "clear_safe_globals", "get_safe_globals", "load",
           "safe_globals", "safetensors", "save"]
