"""Transforms that give a picture another size, and nothing random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import functional
from .base import Transform
from .interpolation import InterpolationMode, interpolation_mode

__all__ = ["CenterCrop", "FiveCrop", "Pad", "Resize", "TenCrop", "height_and_width"]


def height_and_width(size: int | Sequence[int]) -> Sequence[int]:
    """What a size means for a crop: one number is both edges; a list of two stays one, and is shown as such."""
    sizes = [size] if isinstance(size, (int, float)) else size
    if not isinstance(sizes, Sequence) or not all(isinstance(edge, (int, float)) for edge in sizes):
        raise TypeError(f"size is {size!r}, expected pixels: one number, or (height, width)")
    if len(sizes) not in (1, 2):
        raise ValueError("Please provide only two dimensions (h, w) for size.")
    if min(sizes) < 1:
        raise ValueError(f"size is {size!r}, expected pixels, at least 1")
    both = int(sizes[0]), int(sizes[-1])
    return list(both) if len(sizes) == 2 and isinstance(size, list) else both


class Resize(Transform):
    """The picture in another size.

    Args:
        size: (height, width) in pixels, or one number for the shorter edge.
        interpolation: NEAREST, NEAREST_EXACT, BILINEAR or BICUBIC; for Pillow images also BOX, HAMMING or LANCZOS.
        max_size: the longer edge becomes at most this; only where `size` is one number.
        antialias: average over the pixels that a smaller one covers (BILINEAR and BICUBIC); of Pillow images always.

    Shape: (..., C, H, W), or the other forms of a picture -> the same form, of this size.
    Raises: TypeError for a size or interpolation that is none, and for what is no picture; ValueError for a size below
    1, a max_size that contradicts it, and Pillow's own interpolation of another form.

    >>> import mtorch
    >>> from mtorch.vision.transforms import Resize
    >>> Resize((1, 2), antialias=False)(mtorch.tensor([[[0.0, 2, 4, 6], [2, 4, 6, 8]]]))
    tensor([[[2., 6.]]])
    """

    def __init__(self, size: int | Sequence[int],
                 interpolation: InterpolationMode | int = InterpolationMode.BILINEAR, max_size: int | None = None,
                 antialias: bool | None = True) -> None:
        super().__init__()
        if not isinstance(size, (int, Sequence)) or isinstance(size, str):
            raise TypeError(f"Size should be int or sequence. Got {type(size)}")
        if isinstance(size, Sequence) and len(size) not in (1, 2):
            raise ValueError("If size is a sequence, it should have 1 or 2 values")
        self.size = size
        self.max_size = max_size
        self.interpolation = interpolation_mode(interpolation)
        self.antialias = antialias

    def forward(self, img: Any) -> Any:
        return functional.resize(img, self.size, self.interpolation, self.max_size, self.antialias)

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(size={self.size}, interpolation={self.interpolation.value}, "
                f"max_size={self.max_size}, antialias={self.antialias})")


class CenterCrop(Transform):
    """The middle of the picture, with a border of 0 where it is smaller.

    Args:
        size: (height, width) in pixels, or one number for both.

    Shape: (..., H, W), or the other forms of a picture -> the same form, of this size.
    Raises: TypeError for a size that is none, and for what is no picture; ValueError for a size below 1.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.CenterCrop(4)(mtorch.ones(1, 8, 8)).shape
    torch.Size([1, 4, 4])
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        super().__init__()
        self.size = height_and_width(size)

    def forward(self, img: Any) -> Any:
        return functional.center_crop(img, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class Pad(Transform):
    """The picture with a border.

    Args:
        padding: pixels, one number, (left and right, top and bottom), or (left, top, right, bottom); below 0 it cuts.
        fill: the value of a constant border, one number or one for each channel.
        padding_mode: `constant`, `edge`, `reflect` (without the edge's pixels) or `symmetric` (with them).

    Shape: (..., H, W), or the other forms of a picture -> the same form, H + top + bottom high, W + left + right wide.
    Raises: TypeError for a padding or fill that is none, and for what is no picture; ValueError for another
    padding_mode, sequences of another length, and a fill of another number of channels; RuntimeError where less than
    nothing is left, and for a reflected border that is not smaller than the picture.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.Pad(2)(mtorch.ones(1, 8, 8)).shape
    torch.Size([1, 12, 12])
    """

    def __init__(self, padding: int | Sequence[int], fill: float | Sequence[float] = 0,
                 padding_mode: str = "constant") -> None:
        super().__init__()
        functional.check_padding(padding, fill, padding_mode)
        self.padding = padding
        self.fill = fill
        self.padding_mode = padding_mode

    def forward(self, img: Any) -> Any:
        return functional.pad(img, self.padding, self.fill, self.padding_mode)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(padding={self.padding}, fill={self.fill}, padding_mode={self.padding_mode})"


class FiveCrop(Transform):
    """The four corners of the picture and its middle: upper left, upper right, lower left, lower right, middle.

    Args:
        size: (height, width) in pixels, or one number for both.

    Shape: (..., H, W), or the other forms of a picture -> five of the same form, of this size.
    Raises: TypeError for a size that is none, and for what is no picture; ValueError for a size below 1, or larger than
    the picture.

    >>> import numpy as np
    >>> from mtorch.vision import transforms
    >>> transforms.FiveCrop(1)(np.array([[1, 2], [3, 4]]))[1]
    array([[2]])
    """

    def __init__(self, size: int | Sequence[int]) -> None:
        super().__init__()
        self.size = height_and_width(size)

    def forward(self, img: Any) -> tuple[Any, ...]:
        return functional.five_crop(img, self.size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size})"


class TenCrop(Transform):
    """What `FiveCrop` makes of the picture, and then what it makes of the picture in a mirror.

    Args:
        size: (height, width) in pixels, or one number for both.
        vertical_flip: upside down instead of left to right.

    Shape: (..., H, W), or the other forms of a picture -> ten of the same form, of this size.
    Raises: TypeError for a size that is none, and for what is no picture; ValueError for a size below 1, or larger than
    the picture.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> len(transforms.TenCrop(4)(mtorch.ones(1, 8, 8)))
    10
    """

    def __init__(self, size: int | Sequence[int], vertical_flip: bool = False) -> None:
        super().__init__()
        self.size = height_and_width(size)
        self.vertical_flip = vertical_flip

    def forward(self, img: Any) -> tuple[Any, ...]:
        return functional.ten_crop(img, self.size, self.vertical_flip)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size}, vertical_flip={self.vertical_flip})"
