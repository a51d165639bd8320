"""Pictures: what PyTorch's users know as torchvision, and digits that need no network and no data on disk."""

from __future__ import annotations

from importlib import import_module as _import_module
from typing import Any

from ..missing import no_attribute as _no_attribute
from ..version import torchvision as __version__
from . import datasets, transforms, utils
from .drawn_digits import draw_digits
from .files import cache_dir
from .idx import read_idx, read_split, write_idx


def __getattr__(name: str) -> Any:
    if name in ("io", "models", "ops"):                 # imported when they are first asked for: so start-up stays fast
        return _import_module(f"{__name__}.{name}")
    raise _no_attribute(__name__, name, [*globals(), "io", "models", "ops"])
