"""torch.distributed.tensor: tensors spread over processes, of which there are none here."""
from __future__ import annotations

from typing import Any

__all__ = ["DTensor"]


class DTensor:
    """A tensor of which each process has a part: making one is an error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("DTensor: mtorch trains in one process")
