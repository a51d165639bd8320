"""Pictures of noise, for trying out a program before there is any data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...autograd.tape import wrap
from ...functions.random import randint, randn
from ...random import Generator
from ...tensor import Tensor
from .. import pillow
from ..transforms.functional import to_pil_image
from .vision import VisionDataset

__all__ = ["FakeData"]


class FakeData(VisionDataset):
    """Pictures of noise, each with a class drawn at random: torchvision's, for the same index and offset.

    A sample is `(image, class)`: a Pillow image, or a uint8 array of shape (H, W, C) where Pillow is not installed, and
    an int. The default generator is neither asked nor changed.

    Args:
        size: how many samples there are.
        image_size: channels (at most 4), height and width.
        num_classes: classes are from 0 to num_classes - 1.
        transform, target_transform: what to do to the image, and to the class, which comes as a tensor without dimensions.
        random_offset: sample i is drawn with the seed i + random_offset.

    Raises: IndexError for a sample past the end; ValueError for pictures that have more than 4 channels.

    >>> from mtorch.vision.datasets import FakeData
    >>> noise = FakeData(size=5, image_size=(3, 8, 8))
    >>> image, target = noise[2]
    >>> np.asarray(image).shape, target
    ((8, 8, 3), 2)
    """

    def __init__(self, size: int = 1000, image_size: tuple[int, ...] = (3, 224, 224), num_classes: int = 10,
                 transform: Callable | None = None, target_transform: Callable | None = None,
                 random_offset: int = 0) -> None:
        super().__init__(transform=transform, target_transform=target_transform)
        self.size = size
        self.num_classes = num_classes
        self.image_size = image_size
        self.random_offset = random_offset

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if index >= len(self):
            raise IndexError(f"{type(self).__name__} index out of range")
        generator = Generator().manual_seed(int(index) + self.random_offset)
        noise = randn(*self.image_size, generator=generator)
        target = randint(0, self.num_classes, (1,), generator=generator)[0]
        # by way of int32: what a float beyond 255 becomes in 8 bits is not the same on every processor
        image = _picture((noise.array * 255).astype(np.int32).astype(np.uint8))
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return image, target.item() if isinstance(target, Tensor) else target


def _picture(planes: np.ndarray) -> Any:
    if pillow.is_installed():
        return to_pil_image(wrap(planes))
    return np.ascontiguousarray(planes.transpose(1, 2, 0))
