"""torch.utils.data._utils: a private place of PyTorch's from which programs take `collate.default_collate`."""
from __future__ import annotations

from . import collate, fetch, pin_memory, worker

__all__ = ["collate", "fetch", "pin_memory", "worker"]
