"""The second version of the transforms, for one picture and its labels in tuples, lists and dicts.

torchvision's marks tensors as pictures, boxes or masks, and changes all that belong together. Here there are no marks: a
sample with more than one part that has height and width is refused.
"""

from __future__ import annotations

from typing import Any

from ....missing import no_attribute as _no_attribute
from . import functional
from ..autoaugment import AutoAugmentPolicy
from ..interpolation import InterpolationMode
from .augment import AutoAugment, CutMix, MixUp, RandAugment, TrivialAugmentWide
from .base import Transform
from .containers import Compose, RandomApply, RandomChoice, RandomOrder
from .transforms import (
    CenterCrop,
    ColorJitter,
    ConvertImageDtype,
    ElasticTransform,
    FiveCrop,
    GaussianBlur,
    Grayscale,
    Identity,
    Lambda,
    Normalize,
    PILToTensor,
    Pad,
    RGB,
    RandomAdjustSharpness,
    RandomAffine,
    RandomAutocontrast,
    RandomCrop,
    RandomEqualize,
    RandomErasing,
    RandomGrayscale,
    RandomHorizontalFlip,
    RandomInvert,
    RandomPerspective,
    RandomPosterize,
    RandomResizedCrop,
    RandomRotation,
    RandomSolarize,
    RandomVerticalFlip,
    Resize,
    TenCrop,
    ToDtype,
    ToImage,
    ToPILImage,
    ToPureTensor,
    ToTensor,
)


def __getattr__(name: str) -> Any:
    raise _no_attribute(__name__, name, globals())
