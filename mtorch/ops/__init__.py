"""The rules of the tape, by what they are about; and, as `torch.ops`, the names of torch's compiled core."""
from __future__ import annotations

from typing import Any

from ..later import find as _find


def __getattr__(name: str) -> Any:
    if name == "aten":
        return _find(__name__, name)
    raise AttributeError(f"{__name__} has no {name!r}")    # an import of a file in here asks first: no time for more words
