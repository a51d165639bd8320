"""Transforms that show a picture from another place, at random: nearer, or from the side.

They draw the numbers that torchvision draws, in the same order.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from ...functions.creation import empty, tensor
from ...functions.random import randint
from .base import Sometimes, Transform, uniform
from .images import size_of
from .interpolation import InterpolationMode, interpolation_mode
from .random import check_fill
from .size import height_and_width

__all__ = ["RandomPerspective", "RandomResizedCrop"]


class RandomResizedCrop(Transform):
    """A random part of the picture, in another size.

    Args:
        size: of the result: (height, width) in pixels, or one number for both.
        scale: (least, most) of the part's share of the picture.
        ratio: (least, most) of its width over its height, > 0.
        interpolation: as for Resize.
        antialias: as for Resize.

    Shape: (..., C, H, W), or the other forms of a picture -> the same form, of this size.
    Raises: TypeError for sizes and intervals that are none, and for what is no picture; ValueError for a size below 1.
    Source: C. Szegedy et al., Going Deeper with Convolutions, CVPR 2015.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomResizedCrop(4)(mtorch.ones(3, 8, 8)).shape
    torch.Size([3, 4, 4])
    """

    def __init__(self, size: int | Sequence[int], scale: Sequence[float] = (0.08, 1.0),
                 ratio: Sequence[float] = (3.0 / 4.0, 4.0 / 3.0),
                 interpolation: InterpolationMode | int = InterpolationMode.BILINEAR,
                 antialias: bool | None = True) -> None:
        super().__init__()
        self.size = height_and_width(size)
        for name, interval in (("Scale", scale), ("Ratio", ratio)):
            if not isinstance(interval, Sequence):
                raise TypeError(f"{name} should be a sequence")
        if scale[0] > scale[1] or ratio[0] > ratio[1]:
            warnings.warn("Scale and ratio should be of kind (min, max)", stacklevel=2)
        self.scale = scale
        self.ratio = ratio
        self.interpolation = interpolation_mode(interpolation)
        self.antialias = antialias

    @staticmethod
    def get_params(img: Any, scale: Sequence[float], ratio: Sequence[float]) -> tuple[int, int, int, int]:
        """Draw top row, left column, height and width; the middle if nothing fits in 10 tries."""
        rows, columns = size_of(img)
        least, most = tensor(ratio).log().tolist()
        for _ in range(10):
            area = rows * columns * uniform(scale[0], scale[1])
            aspect = empty(1).uniform_(least, most).exp().item()
            width, height = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < width <= columns and 0 < height <= rows:
                top = randint(0, rows - height + 1, size=(1,)).item()
                return top, randint(0, columns - width + 1, size=(1,)).item(), height, width
        height, width = rows, columns
        if columns / rows < min(ratio):
            height = round(columns / min(ratio))
        elif columns / rows > max(ratio):
            width = round(rows * max(ratio))
        return (rows - height) // 2, (columns - width) // 2, height, width

    def forward(self, img: Any) -> Any:
        part = self.get_params(img, self.scale, self.ratio)
        return self.functions.resized_crop(img, *part, self.size, self.interpolation, antialias=self.antialias)

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(size={self.size}, scale={tuple(round(end, 4) for end in self.scale)}, "
                f"ratio={tuple(round(end, 4) for end in self.ratio)}, interpolation={self.interpolation.value}, "
                f"antialias={self.antialias})")


class RandomPerspective(Sometimes):
    """With probability p the picture as seen from elsewhere.

    Args:
        distortion_scale: how far the corners move at most, as a share of half the picture, in [0, 1].
        p: in [0, 1].
        interpolation: NEAREST or BILINEAR.
        fill: of what comes from outside, one number or one for each channel.

    Shape: any picture -> the same.
    Raises: ValueError for a p out of range, another interpolation, and a fill of another number of channels; TypeError
    for what is no picture.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomPerspective(p=1.0)(mtorch.ones(1, 8, 8)).shape
    torch.Size([1, 8, 8])
    """

    def __init__(self, distortion_scale: float = 0.5, p: float = 0.5,
                 interpolation: InterpolationMode | int = InterpolationMode.BILINEAR,
                 fill: float | Sequence[float] = 0) -> None:
        super().__init__(p)
        self.distortion_scale = distortion_scale
        self.interpolation = interpolation_mode(interpolation)
        self.fill = check_fill(fill)

    @staticmethod
    def get_params(width: int, height: int, distortion_scale: float) -> tuple[list[list[int]], list[list[int]]]:
        """Draw where the corners come to lie, after where they are: upper left, then clockwise."""
        wide, high = int(distortion_scale * (width // 2)) + 1, int(distortion_scale * (height // 2)) + 1
        left, right, upper, lower = (0, wide), (width - wide, width), (0, high), (height - high, height)
        corners = [[left, upper], [right, upper], [right, lower], [left, lower]]
        ends = [[randint(*limits, size=(1,)).item() for limits in corner] for corner in corners]
        return [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], ends

    def change(self, img: Any) -> Any:
        height, width = size_of(img)
        corners = self.get_params(width, height, self.distortion_scale)
        return self.functions.perspective(img, *corners, self.interpolation, self.fill)
