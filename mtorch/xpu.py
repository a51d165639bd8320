"""torch.xpu, which is not here: there is one device, the CPU."""
from __future__ import annotations

from .cuda import device_count, empty_cache, is_available, manual_seed, manual_seed_all, seed

__all__ = ["device_count", "empty_cache", "is_available", "manual_seed", "manual_seed_all", "seed"]
