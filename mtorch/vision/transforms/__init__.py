"""What is done to pictures before a network sees them, under torchvision's names.

A picture is a tensor (..., C, H, W), an array (H, W) or (H, W, C), or a Pillow image, and keeps its form. Arrays and
Pillow images go the way of tensors, so a picture comes out the same whichever form it has. Only Resize does of a Pillow
image what Pillow does: NEAREST takes the pixels of NEAREST_EXACT, and a smaller picture is always antialiased.
"""

from __future__ import annotations

from typing import Any

from ...missing import no_attribute as _no_attribute
from . import functional
from .interpolation import InterpolationMode
from .plain import Compose, Lambda, Normalize, PILToTensor, RandomApply, ToPILImage, ToTensor
from .random import (
    ElasticTransform,
    RandomAffine,
    RandomCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomRotation,
    RandomVerticalFlip,
)
from .size import CenterCrop, Pad, Resize


def __getattr__(name: str) -> Any:
    raise _no_attribute(__name__, name, globals())
