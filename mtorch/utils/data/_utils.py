"""torch.utils.data._utils: a private place of PyTorch's from which programs take `collate.default_collate`."""
from __future__ import annotations

from . import collate, fetch, worker

__all__ = ["collate", "fetch", "worker"]
