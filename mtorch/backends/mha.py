"""torch.backends.mha: whether encoders treat padding as torch's fast path does."""
from ..nn.fast_path import get_fastpath_enabled, set_fastpath_enabled

__all__ = ["get_fastpath_enabled", "set_fastpath_enabled"]
