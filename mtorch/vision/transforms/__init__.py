"""What is done to pictures before a network sees them, under torchvision's names.

A picture is a tensor (..., C, H, W), an array (H, W) or (H, W, C), or a Pillow image, and keeps its form. Arrays go the way
of tensors. What resizes, turns, shears or bends a picture, or changes its colours or sharpness, leaves a Pillow image to
Pillow, as in torchvision: so NEAREST takes the pixels of NEAREST_EXACT, a smaller picture is always antialiased, and the
last digits are Pillow's.
"""

from __future__ import annotations

from importlib import import_module as _import_module
from typing import Any

from ...missing import no_attribute as _no_attribute
from . import functional
from .autoaugment import AutoAugment, AutoAugmentPolicy, RandAugment, TrivialAugmentWide
from .colouring import (
    ColorJitter,
    GaussianBlur,
    Grayscale,
    RandomAdjustSharpness,
    RandomAutocontrast,
    RandomEqualize,
    RandomGrayscale,
    RandomInvert,
    RandomPosterize,
    RandomSolarize,
)
from .interpolation import InterpolationMode
from .plain import (
    Compose,
    ConvertImageDtype,
    Lambda,
    Normalize,
    PILToTensor,
    RandomApply,
    RandomChoice,
    RandomOrder,
    ToPILImage,
    ToTensor,
)
from .random import (
    ElasticTransform,
    RandomAffine,
    RandomCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomRotation,
    RandomVerticalFlip,
)
from .size import CenterCrop, FiveCrop, Pad, Resize, TenCrop
from .views import RandomPerspective, RandomResizedCrop


def __getattr__(name: str) -> Any:
    if name == "v2":                                    # imported when it is first asked for
        return _import_module(f"{__name__}.v2")
    raise _no_attribute(__name__, name, [*globals(), "v2"])
