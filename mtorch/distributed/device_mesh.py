"""torch.distributed.device_mesh: processes in rows and columns, of which there are none here."""
from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["DeviceMesh", "init_device_mesh"]


class DeviceMesh:
    """Processes in rows and columns: making one is an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("DeviceMesh: mtorch trains in one process")


def init_device_mesh(*args: Any, **kwargs: Any) -> NoReturn:
    """Not here: an error."""
    raise NotImplementedError("init_device_mesh: mtorch trains in one process")
