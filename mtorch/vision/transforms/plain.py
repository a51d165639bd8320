"""Transforms that join others, change the form of a picture, or its values."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...dtypes import dtype as Dtype
from ...functions.random import rand
from ...tensor import Tensor
from . import functional
from .base import Transform, probability, several

__all__ = ["Compose", "ConvertImageDtype", "Lambda", "Normalize", "PILToTensor", "RandomApply", "RandomChoice",
           "RandomOrder", "ToPILImage", "ToTensor"]


class Compose:
    """One transform after another.

    transforms: a list of things to call, each with what the one before gave

    Raises: TypeError for what is no list, and for parts that cannot be called.

    >>> from mtorch.vision.transforms import Compose, Normalize, ToTensor
    >>> transform = Compose([ToTensor(), Normalize((0.5,), (0.5,))])
    >>> transform
    Compose(
        ToTensor()
        Normalize(mean=(0.5,), std=(0.5,))
    )
    >>> import numpy as np
    >>> transform(np.array([[0, 255]], np.uint8))
    tensor([[[-1.,  1.]]])
    """

    def __init__(self, transforms: Iterable[Callable]) -> None:
        self.transforms = several("Compose", transforms)

    def __call__(self, img: Any) -> Any:
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return "".join([f"{type(self).__name__}(", *(f"\n    {transform}" for transform in self.transforms), "\n)"])


class Lambda:
    """A function of the user's as a transform.

    lambd: what is called with the picture, and gives another

    Raises: TypeError for what cannot be called.

    >>> from mtorch.vision.transforms import Lambda
    >>> Lambda(lambda image: 255 - image)(100)
    155
    """

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        if not callable(lambd):
            raise TypeError(f"Argument lambd should be callable, got {type(lambd).__name__!r}")
        self.lambd = lambd

    def __call__(self, img: Any) -> Any:
        return self.lambd(img)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ToTensor:
    """Make a tensor (C, H, W) of an array (H, W) or (H, W, C) or a Pillow image; bytes become floats in [0, 1].

    Raises: TypeError for what is neither; ValueError for another number of dimensions.

    >>> from mtorch.vision.transforms import ToTensor
    >>> import numpy as np
    >>> ToTensor()(np.array([[0, 51, 255]], np.uint8))
    tensor([[[0.0000, 0.2000, 1.0000]]])
    """

    def __call__(self, pic: Any) -> Tensor:
        return functional.to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class PILToTensor:
    """Make a tensor (C, H, W) of a Pillow image, with its numbers as they are.

    Raises: TypeError for what is no Pillow image.

    >>> from mtorch.vision import transforms
    >>> transforms.PILToTensor()
    PILToTensor()
    """

    def __call__(self, pic: Any) -> Tensor:
        return functional.pil_to_tensor(pic)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class ToPILImage:
    """Make a Pillow image of a tensor (C, H, W) or (H, W), or an array (H, W, C) or (H, W); floats are in [0, 1].

    Args:
        mode: Pillow's name for the colours; default: by the number of channels and their type.

    Raises:
        ImportError: Pillow is not installed.
        TypeError: for what is neither, and for numbers that Pillow has no mode for.
        ValueError: for more than 4 channels, another number of dimensions, a mode that does not fit.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.ToPILImage()(mtorch.zeros(1, 8, 8)).size       # doctest: +SKIP
    (8, 8)
    """

    def __init__(self, mode: str | None = None) -> None:
        self.mode = mode

    def __call__(self, pic: Any) -> Any:
        return functional.to_pil_image(pic, self.mode)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({f'mode={self.mode}' if self.mode is not None else ''})"


class ConvertImageDtype(Transform):
    """The picture in another dtype, black and white kept: floats are in [0, 1], whole numbers up to their largest.

    Args:
        dtype: of the result.

    Shape: a tensor of any shape -> the same.
    Raises: TypeError for what is no tensor; RuntimeError for floats that cannot hold the numbers of the dtype.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.ConvertImageDtype(mtorch.uint8)(mtorch.tensor([[[0.0, 0.5, 1.0]]]))
    tensor([[[  0, 127, 255]]], dtype=torch.uint8)
    """

    def __init__(self, dtype: Dtype) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, image: Tensor) -> Tensor:
        return functional.convert_image_dtype(image, self.dtype)


class Normalize(Transform):
    """(tensor - mean) / std, each channel by its own.

    Args:
        mean, std: one number for each channel, or one for all; std not 0.
        inplace: write into the tensor.

    Shape: (..., C, H, W), floating-point -> the same.
    Raises: TypeError for what is no tensor of floats; ValueError for fewer than three dimensions, and a std of 0;
    RuntimeError for another number of channels.

    >>> import mtorch
    >>> from mtorch.vision.transforms import Normalize
    >>> Normalize(mean=[1.0], std=[2.0])(mtorch.tensor([[[1.0, 3.0]]]))
    tensor([[[0., 1.]]])
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> None:
        super().__init__()
        self.mean = mean
        self.std = std
        self.inplace = inplace

    def forward(self, tensor: Tensor) -> Tensor:
        return functional.normalize(tensor, self.mean, self.std, self.inplace)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(mean={self.mean}, std={self.std})"


class RandomApply(Transform):
    """All the transforms with probability p, otherwise none.

    Args:
        transforms: a list, or a ModuleList.
        p: in [0, 1].

    Shape: any picture -> what the transforms make of it, or the same.
    Raises: TypeError for what is no list, and for parts that cannot be called; ValueError for a p out of range.

    >>> from mtorch.vision.transforms import Lambda, RandomApply
    >>> RandomApply([Lambda(abs)], p=1.0)(-3)
    3
    """

    def __init__(self, transforms: Sequence[Callable], p: float = 0.5) -> None:
        super().__init__()
        # underlined: there is nothing to learn in them, so they need no registration
        self._transforms = several("RandomApply", transforms)
        self.p = probability("RandomApply", p)

    @property
    def transforms(self) -> Sequence[Callable]:
        """What is applied."""
        return self._transforms

    def forward(self, img: Any) -> Any:
        if self.p < rand(1).item():
            return img
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        parts = [f"{type(self).__name__}(", f"\n    p={self.p}", *(f"\n    {part}" for part in self.transforms), "\n)"]
        return "".join(parts)


class RandomOrder:
    """All the transforms, in random order, which Python's `random` draws.

    transforms: a list of things to call

    Raises: TypeError for what is no list, and for parts that cannot be called.

    >>> from mtorch.vision.transforms import Lambda, RandomOrder
    >>> RandomOrder([Lambda(abs), Lambda(abs)])(-3)
    3
    """

    def __init__(self, transforms: Sequence[Callable]) -> None:
        if not isinstance(transforms, Sequence):
            raise TypeError("Argument transforms should be a sequence")
        self.transforms = several(type(self).__name__, transforms)

    def __call__(self, img: Any) -> Any:
        order = list(range(len(self.transforms)))
        random.shuffle(order)
        for place in order:
            img = self.transforms[place](img)
        return img

    def __repr__(self) -> str:
        return "".join([f"{type(self).__name__}(", *(f"\n    {transform}" for transform in self.transforms), "\n)"])


class RandomChoice(RandomOrder):
    """One of the transforms, which Python's `random` draws.

    transforms: a list of things to call
    p: how often each, one number for each of them; None: all as often

    Raises: TypeError for what is no list, and for parts that cannot be called; ValueError for a p of another length.

    >>> from mtorch.vision.transforms import Lambda, RandomChoice
    >>> RandomChoice([Lambda(abs), Lambda(str)], p=[1.0, 0.0])(-3)
    3
    """

    def __init__(self, transforms: Sequence[Callable], p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        if p is not None and not isinstance(p, Sequence):
            raise TypeError("Argument p should be a sequence")
        self.p = p

    def __call__(self, *args: Any) -> Any:
        return random.choices(self.transforms, weights=self.p)[0](*args)

    def __repr__(self) -> str:
        return f"{super().__repr__()}(p={self.p})"
