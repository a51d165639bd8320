"""Freed memory is kept for the next training step, instead of being handed back to the system.

A step allocates the same arrays of some megabytes that the step before it freed. The C library's allocator gives
arrays of that size back to the system at once, and the system, when they are asked for again, hands out pages one
fault at a time and fills them with zeros: a third of the time of a small convolutional network. PyTorch's users put
another allocator in place for this; with the GNU C library it is enough to say that up to `KEPT` bytes may stay. Other
systems are left as they are, and so is a process whose environment already says what it wants of the allocator.
"""
from __future__ import annotations

import os

KEPT = 1 << 30
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3        # their numbers in malloc.h


def keep_freed_memory(kept: int = KEPT) -> bool:
    """Let the allocator keep this many bytes; returns whether it could be told."""
    if any(name.startswith("MALLOC_") for name in os.environ) or "malloc" in os.environ.get("GLIBC_TUNABLES", ""):
        return False
    try:
        import ctypes
        set_option = ctypes.CDLL(None).mallopt
    except (ImportError, OSError, TypeError, AttributeError):      # no ctypes, or another C library
        return False
    return bool(set_option(MMAP_THRESHOLD, kept) and set_option(TRIM_THRESHOLD, kept))


keep_freed_memory()
