"""torch.cpu: the one device there is."""
from __future__ import annotations

from typing import Any


def is_available() -> bool:
    """True.

    >>> import mtorch
    >>> mtorch.cpu.is_available(), mtorch.cpu.device_count()
    (True, 1)
    """
    return True


def device_count() -> int:
    """1."""
    return 1


def current_device() -> str:
    """'cpu'."""
    return "cpu"


def synchronize(device: Any = None) -> None:
    """Nothing to wait for: every operation is done when it returns."""
