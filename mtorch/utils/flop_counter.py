"""torch.utils.flop_counter: operations are not counted here."""
from __future__ import annotations

from typing import Any


class FlopCounterMode:
    """Not here: which operations run is not watched.

    Raises: NotImplementedError where the block is entered.
    """

    def __init__(self, mods: Any = None, depth: int = 2, display: bool = True, custom_mapping: Any = None) -> None:
        self.depth, self.display = depth, display

    def __enter__(self) -> Any:
        raise NotImplementedError("FlopCounterMode: mtorch does not count operations; torch.profiler.profile measures time")

    def __exit__(self, *error: Any) -> None:
        pass
