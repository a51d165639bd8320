"""The transforms of `transforms.v2`.

Each does what the one of the same name in `transforms` does, says what its arguments are there, and rounds as the second
version of torchvision does.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ....dtypes import dtype as Dtype
from ....dtypes import float32
from ....functions.random import randint
from ....tensor import Tensor
from ....utils._pytree import tree_map
from ... import pillow
from .. import colouring, plain, random, size, views
from ..images import size_of
from . import functional
from .base import Transform

__all__ = ["CenterCrop", "ColorJitter", "ConvertImageDtype", "ElasticTransform", "FiveCrop", "GaussianBlur",
           "Grayscale", "Identity", "Lambda", "Normalize", "PILToTensor", "Pad", "RGB", "RandomAdjustSharpness",
           "RandomAffine", "RandomAutocontrast", "RandomCrop", "RandomEqualize", "RandomErasing",
           "RandomGrayscale", "RandomHorizontalFlip", "RandomInvert", "RandomPerspective", "RandomPosterize",
           "RandomResizedCrop", "RandomRotation", "RandomSolarize", "RandomVerticalFlip", "Resize", "TenCrop",
           "ToDtype", "ToImage", "ToPILImage", "ToPureTensor", "ToTensor"]


class CenterCrop(Transform, size.CenterCrop):
    """As `transforms.CenterCrop`."""


class FiveCrop(Transform, size.FiveCrop):
    """As `transforms.FiveCrop`."""


class GaussianBlur(Transform, colouring.GaussianBlur):
    """As `transforms.GaussianBlur`."""


class Grayscale(Transform, colouring.Grayscale):
    """As `transforms.Grayscale`."""


class Normalize(Transform, plain.Normalize):
    """As `transforms.Normalize`."""


class Pad(Transform, size.Pad):
    """As `transforms.Pad`."""


class RandomAdjustSharpness(Transform, colouring.RandomAdjustSharpness):
    """As `transforms.RandomAdjustSharpness`."""


class RandomAffine(Transform, random.RandomAffine):
    """As `transforms.RandomAffine`."""


class RandomAutocontrast(Transform, colouring.RandomAutocontrast):
    """As `transforms.RandomAutocontrast`."""


class RandomEqualize(Transform, colouring.RandomEqualize):
    """As `transforms.RandomEqualize`."""


class RandomErasing(Transform, random.RandomErasing):
    """As `transforms.RandomErasing`."""


class RandomGrayscale(Transform, colouring.RandomGrayscale):
    """As `transforms.RandomGrayscale`."""


class RandomHorizontalFlip(Transform, random.RandomHorizontalFlip):
    """As `transforms.RandomHorizontalFlip`."""


class RandomInvert(Transform, colouring.RandomInvert):
    """As `transforms.RandomInvert`."""


class RandomPerspective(Transform, views.RandomPerspective):
    """As `transforms.RandomPerspective`."""


class RandomPosterize(Transform, colouring.RandomPosterize):
    """As `transforms.RandomPosterize`."""


class RandomResizedCrop(Transform, views.RandomResizedCrop):
    """As `transforms.RandomResizedCrop`."""


class RandomRotation(Transform, random.RandomRotation):
    """As `transforms.RandomRotation`."""


class RandomSolarize(Transform, colouring.RandomSolarize):
    """As `transforms.RandomSolarize`."""


class RandomVerticalFlip(Transform, random.RandomVerticalFlip):
    """As `transforms.RandomVerticalFlip`."""


class TenCrop(Transform, size.TenCrop):
    """As `transforms.TenCrop`."""


class ColorJitter(Transform, colouring.ColorJitter):
    """As `transforms.ColorJitter`."""


class ElasticTransform(Transform, random.ElasticTransform):
    """As `transforms.ElasticTransform`; alpha and sigma may be whole numbers."""

    def __init__(self, alpha: float | Sequence[float] = 50.0, sigma: float | Sequence[float] = 5.0, *args: Any,
                 **kwargs: Any) -> None:
        pairs = ([float(part) for part in ([value] * 2 if isinstance(value, (int, float)) else value)]
                 for value in (alpha, sigma))
        super().__init__(*(pair * (2 // len(pair)) if len(pair) in (1, 2) else pair for pair in pairs), *args, **kwargs)


class RandomCrop(Transform, random.RandomCrop):
    """As `transforms.RandomCrop`; with `pad_if_needed` the border that is missing comes on both sides."""

    def forward(self, img: Any) -> Any:
        (height, width) = self.size
        border = [0] * 4 if self.padding is None else self.functions.borders(self.padding)
        rows, columns = self._with_border(img, border)
        if self.pad_if_needed:
            high, wide = max(height - rows, 0), max(width - columns, 0)
            border = [border[0] + wide, border[1] + high, border[2] + wide, border[3] + high]
            rows, columns = self._with_border(img, border)
        if rows < height or columns < width:
            padded = "padded " if self.padding is not None else ""
            raise ValueError(f"Required crop size {(height, width)} is larger than {padded}input image size "
                             f"{(rows, columns)}.")
        if any(border):
            img = self.functions.pad(img, border, self.fill, self.padding_mode)
        top = randint(0, rows - height + 1, size=()).item() if rows > height else 0
        left = randint(0, columns - width + 1, size=()).item() if columns > width else 0
        return self.functions.crop(img, top, left, height, width)

    @staticmethod
    def _with_border(img: Any, border: Sequence[int]) -> tuple[int, int]:
        rows, columns = size_of(img)
        return rows + border[1] + border[3], columns + border[0] + border[2]


class Resize(Transform, size.Resize):
    """As `transforms.Resize`; a size of None makes the longer edge max_size."""

    def __init__(self, size: int | Sequence[int] | None, interpolation: Any = "bilinear", max_size: int | None = None,
                 antialias: bool | None = True) -> None:
        if size is None and not isinstance(max_size, int):
            raise ValueError(f"max_size must be an integer when size is None, but got {max_size} instead.")
        super().__init__(1 if size is None else size, interpolation, max_size, antialias)
        self.size: Any = [size] if isinstance(size, int) else size if size is None else list(size)

    def forward(self, img: Any) -> Any:
        return functional.resize(img, self.size, self.interpolation, self.max_size, self.antialias)


class RGB(Transform):
    """The picture with three channels: those of a grey one are the same."""

    def forward(self, img: Any) -> Any:
        return functional.grayscale_to_rgb(img)


class Identity(Transform):
    """The sample as it is."""

    def __call__(self, *inputs: Any) -> Any:
        return inputs if len(inputs) > 1 else inputs[0]


class ToPureTensor(Identity):
    """The sample as it is: its tensors are plain ones here."""


class Lambda(Transform):
    """A function of the user's, of each part of a sample.

    lambd: what is called with a part, and gives another
    types: of the parts that it is called with; none: all
    """

    def __init__(self, lambd: Callable[[Any], Any], *types: type) -> None:
        super().__init__()
        self.lambd = lambd
        self.types = types or (object,)

    def __call__(self, *inputs: Any) -> Any:
        return tree_map(lambda part: self.lambd(part) if isinstance(part, self.types) else part,
                        inputs if len(inputs) > 1 else inputs[0])

    def extra_repr(self) -> str:
        name = getattr(self.lambd, "__name__", None)
        return ", ".join([*([name] if name else []), f"types={[part.__name__ for part in self.types]}"])


class ToDtype(Transform):
    """The picture in another dtype; a Pillow image as it is.

    dtype: of the result, or a dict with it at `torch.Tensor` or "others", where None leaves it
    scale: keep black and white: floats are in [0, 1], whole numbers up to their largest
    """

    def __init__(self, dtype: Dtype | dict[Any, Dtype | None], scale: bool = False) -> None:
        super().__init__()
        if not isinstance(dtype, (dict, Dtype)):
            raise ValueError(f"dtype must be a dict or a torch.dtype, got {type(dtype)} instead")
        self.dtype = dtype
        self.scale = scale

    def forward(self, img: Any) -> Any:
        if not isinstance(img, Tensor):
            return img
        if isinstance(self.dtype, Dtype):
            return functional.to_dtype(img, self.dtype, self.scale)
        if Tensor not in self.dtype and "others" not in self.dtype:
            raise ValueError(f"No dtype was specified for type {type(img)}.")
        dtype = self.dtype[Tensor] if Tensor in self.dtype else self.dtype["others"]
        return img if dtype is None else functional.to_dtype(img, dtype, self.scale)


class ConvertImageDtype(ToDtype):
    """`ToDtype` with scale=True.

    dtype: of the result
    """

    def __init__(self, dtype: Dtype = float32) -> None:
        super().__init__(dtype, scale=True)


class ToImage(Transform):
    """A tensor (C, H, W) of an array (H, W) or (H, W, C) or a Pillow image, with its numbers as they are."""

    def forward(self, img: Any) -> Any:
        return functional.to_image(img)


class PILToTensor(Transform):
    """A tensor (C, H, W) of a Pillow image; another picture as it is."""

    def forward(self, img: Any) -> Any:
        return functional.pil_to_tensor(img) if pillow.is_image(img) else img


class ToPILImage(Transform):
    """As `transforms.ToPILImage`; a Pillow image as it is.

    mode: Pillow's name for the colours; None: by the number of channels and their type
    """

    def __init__(self, mode: str | None = None) -> None:
        super().__init__()
        self.mode = mode

    def forward(self, img: Any) -> Any:
        return img if pillow.is_image(img) else functional.to_pil_image(img, self.mode)


class ToTensor(Transform):
    """As `transforms.ToTensor`. Deprecated; `ToImage` and then `ToDtype` is what to use."""

    def __init__(self) -> None:
        warnings.warn("The transform `ToTensor()` is deprecated and will be removed in a future release. Instead, please "
                      "use `v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])`.", stacklevel=2)
        super().__init__()

    def forward(self, img: Any) -> Any:
        return functional.first.to_tensor(img) if pillow.is_image(img) or isinstance(img, np.ndarray) else img
