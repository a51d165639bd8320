"""How pictures are prepared for a network with trained weights: what `weights.transforms()` gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...dtypes import float32
from ...nn.module import Module
from ...tensor import Tensor
from . import functional
from .interpolation import InterpolationMode

__all__ = ["ImageClassification"]


class ImageClassification(Module):
    """Resize, cut out the middle, bring to [0, 1], take off the mean and divide by the deviation.

    crop_size: pixels of each edge of what is cut out
    resize_size: pixels of the shorter edge before
    mean, std: of each channel
    interpolation: for resizing
    antialias: average over the pixels that a smaller one covers; Pillow images always

    Shape: a Pillow image, or (..., C, H, W) -> (..., C, crop_size, crop_size), float32.
    Raises: TypeError for what is no picture.

    >>> import mtorch
    >>> prepare = ImageClassification(crop_size=224, resize_size=232)
    >>> prepare(mtorch.zeros(3, 300, 400, dtype=mtorch.uint8)).shape
    torch.Size([3, 224, 224])
    """

    def __init__(self, *, crop_size: int, resize_size: int = 256, mean: Sequence[float] = (0.485, 0.456, 0.406),
                 std: Sequence[float] = (0.229, 0.224, 0.225),
                 interpolation: InterpolationMode = InterpolationMode.BILINEAR, antialias: bool | None = True) -> None:
        super().__init__()
        self.crop_size, self.resize_size = [crop_size], [resize_size]
        self.mean, self.std = list(mean), list(std)
        self.interpolation, self.antialias = interpolation, antialias

    def forward(self, img: Any) -> Tensor:
        img = functional.resize(img, self.resize_size, interpolation=self.interpolation, antialias=self.antialias)
        img = functional.center_crop(img, self.crop_size)
        if not isinstance(img, Tensor):
            img = functional.pil_to_tensor(img)
        return functional.normalize(functional.convert_image_dtype(img, float32), mean=self.mean, std=self.std)

    def __repr__(self) -> str:
        shown = ("crop_size", "resize_size", "mean", "std", "interpolation")
        return "\n    ".join(["ImageClassification(", *(f"{name}={getattr(self, name)}" for name in shown)]) + "\n)"

    def describe(self) -> str:
        """What it does, in words."""
        return (f"The shorter edge becomes {self.resize_size[0]} pixels ({self.interpolation.value}), the middle of "
                f"{self.crop_size[0]} x {self.crop_size[0]} is cut out, values are brought to [0, 1], and "
                f"{self.mean} taken off and divided by {self.std}.")
