"""torch.backends.cudnn: its switches may be set, as programs do at their beginning, and change nothing."""
from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

enabled, benchmark, deterministic, allow_tf32, benchmark_limit = True, False, False, True, 10


def is_available() -> bool:
    """False: cuDNN is a library for GPUs.

    >>> import mtorch
    >>> mtorch.backends.cudnn.benchmark = True
    >>> mtorch.backends.cudnn.is_available(), mtorch.backends.cudnn.version()
    (False, None)
    """
    return False


def version() -> None:
    """None: there is no cuDNN here."""


def is_acceptable(tensor: Any) -> bool:
    """False: there is no cuDNN here."""
    return False


@contextlib.contextmanager
def flags(**switches: Any) -> Iterator[None]:
    """Set switches of this module inside a `with` block.

    Raises: TypeError for a switch that there is not.
    """
    names = vars(sys.modules[__name__])
    before = {}
    for name in switches:
        if name not in ("enabled", "benchmark", "deterministic", "allow_tf32", "benchmark_limit"):
            raise TypeError(f"flags() got an unexpected keyword argument {name!r}")
        before[name] = names[name]
    names.update(switches)
    try:
        yield
    finally:
        names.update(before)
