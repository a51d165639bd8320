"""`torch.utils.hooks`: the handle that registering a hook returns, for programs that name its type."""
from __future__ import annotations

from ..autograd.handle import RemovableHandle

__all__ = ["RemovableHandle"]
