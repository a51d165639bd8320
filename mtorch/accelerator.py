"""torch.accelerator on a machine that has none."""
from __future__ import annotations

from typing import Any

from .missing import no_attribute


def is_available() -> bool:
    """False: there is no accelerator here.

    >>> import mtorch
    >>> mtorch.accelerator.current_accelerator().type if mtorch.accelerator.is_available() else "cpu"
    'cpu'
    """
    return False


def current_accelerator(check_available: bool = False) -> None:
    """None: there is no accelerator here."""


def device_count() -> int:
    """0: there is no accelerator here."""
    return 0


def _needs_one(*args: Any, **kwargs: Any):
    """Needs an accelerator: a RuntimeError."""
    raise RuntimeError("Cannot access accelerator device when none is available: mtorch computes on the CPU.")


current_device_index = current_stream = set_device_index = set_stream = synchronize = empty_cache = _needs_one
memory_allocated = max_memory_allocated = memory_reserved = max_memory_reserved = reset_peak_memory_stats = _needs_one


def __getattr__(name: str):
    raise no_attribute(__name__, name, globals())
