"""What stands around training: loading data, drawing the graph."""
from __future__ import annotations

from . import data, graph

__all__ = ["data", "graph"]
