"""Pictures: what PyTorch's users know as torchvision, and digits that need no network and no data on disk."""

from __future__ import annotations

from typing import Any

from ..later import find as _find
from ..version import torchvision as __version__
from . import datasets, transforms, utils
from .drawn_digits import draw_digits
from .files import cache_dir
from .idx import read_idx, read_split, write_idx


def __getattr__(name: str) -> Any:
    return _find(__name__, name)
