"""torch.backends.mps: Apple's GPUs, which are not used here."""
from __future__ import annotations


def is_available() -> bool:
    """False: mtorch computes on the CPU.

    >>> import mtorch
    >>> mtorch.backends.mps.is_available(), mtorch.backends.mps.is_built()
    (False, False)
    """
    return False


def is_built() -> bool:
    """False: mtorch computes on the CPU."""
    return False


def is_macos_or_newer(major: int, minor: int) -> bool:
    """False: mtorch computes on the CPU."""
    return False
