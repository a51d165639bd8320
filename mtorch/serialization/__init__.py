"""Files: torch's own form (`save`, `load`), safetensors, and checkpoints from which a broken-off training goes on."""
from __future__ import annotations

from . import safetensors
from .checkpoint import Checkpoint
from .errors import FileFormatError
from .pt import load, save

__all__ = ["Checkpoint", "FileFormatError", "load", "safetensors", "save"]
