"""Files: torch's own form (`save`, `load`), safetensors, and checkpoints from which a broken-off training goes on."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from . import safetensors
from .checkpoint import Checkpoint
from .errors import FileFormatError
from .pt import load, save
from .safe import add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals

DEFAULT_PROTOCOL = 2                     # of pickle, in what torch.save writes
MAP_LOCATION: TypeAlias = Callable[[Any, str], Any] | str | dict[str, str] | Any | None     # what load takes for map_location

__all__ = ["Checkpoint", "FileFormatError", "add_safe_globals", "clear_safe_globals", "get_safe_globals", "load",
           "safe_globals", "safetensors", "save"]
