"""What stands around training: loading data, drawing the graph."""
from __future__ import annotations

from typing import Any

from ..later import find as _find
from . import data

__all__ = ["data", "graph"]


def __getattr__(name: str) -> Any:
    return _find(__name__, name)
