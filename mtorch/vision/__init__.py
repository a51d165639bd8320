"""Pictures: what PyTorch's users know as torchvision, and digits that need no network and no data on disk."""

from __future__ import annotations

from . import datasets, transforms, utils
from .drawn_digits import draw_digits
from .files import cache_dir
from .idx import read_idx, read_split, write_idx
