"""Transforms that differ each time: what varies in pictures of the same thing.

They draw from mtorch's default generator, as many numbers as torchvision draws and in the same order, so the same seed
gives the same choices there and here.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...autograd.tape import wrap
from ...functions.creation import tensor
from ...functions.random import rand, randint, randn
from ...tensor import Tensor
from . import functional
from .base import Transform, probability, uniform
from .images import size_of
from .interpolation import InterpolationMode, interpolation_mode
from .size import height_and_width

__all__ = ["ElasticTransform", "RandomAffine", "RandomCrop", "RandomErasing", "RandomHorizontalFlip", "RandomRotation",
           "RandomVerticalFlip"]


def _interval(value: float | Sequence[float], name: str, sizes: tuple[int, ...] = (2,)) -> list[float]:
    """The interval that a number or a sequence means: one number x is [-x, x]."""
    if isinstance(value, (int, float)):
        if value < 0:
            raise ValueError(f"If {name} is a single number, it must be positive.")
        return [float(-value), float(value)]
    _check_length(value, name, sizes)
    return [float(end) for end in value]


def _check_length(value: Any, name: str, sizes: tuple[int, ...] = (2,)) -> None:
    message = f"{name} should be a sequence of length {' or '.join(map(str, sizes))}."
    if not isinstance(value, Sequence):
        raise TypeError(message)
    if len(value) not in sizes:
        raise ValueError(message)


def check_fill(fill: Any) -> Any:
    if fill is None:
        return 0
    if not isinstance(fill, (Sequence, int, float)) or isinstance(fill, str):
        raise TypeError("Fill should be either a sequence or a number.")
    return fill


class RandomHorizontalFlip(Transform):
    """With probability p the picture in a mirror.

    p: in [0, 1]

    Shape: any picture -> the same.
    Raises: ValueError for a p out of range; TypeError for what is no picture.

    >>> from mtorch.vision.transforms import RandomHorizontalFlip
    >>> RandomHorizontalFlip(p=1.0)(np.array([[1, 2, 3]]))
    array([[3, 2, 1]])
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = probability(type(self).__name__, p)

    def forward(self, img: Any) -> Any:
        return functional.hflip(img) if rand(1).item() < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class RandomVerticalFlip(Transform):
    """With probability p the picture upside down, in a mirror.

    p: in [0, 1]

    Shape: any picture -> the same.
    Raises: ValueError for a p out of range; TypeError for what is no picture.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomVerticalFlip()(mtorch.ones(1, 8, 8)).shape
    torch.Size([1, 8, 8])
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = probability(type(self).__name__, p)

    def forward(self, img: Any) -> Any:
        return functional.vflip(img) if rand(1).item() < self.p else img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p})"


class RandomCrop(Transform):
    """A part of the picture, from anywhere.

    Args:
        size: (height, width) in pixels, or one number for both.
        padding: a border that is put around first, as in `Pad`.
        pad_if_needed: put a border around a picture that is too small.
        fill, padding_mode: of these borders, as in `Pad`.

    Shape: (..., H, W), or the other forms of a picture -> the same form, of this size.
    Raises: ValueError where the picture is smaller than size; TypeError and ValueError for sizes and borders that are
    none.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomCrop(4)(mtorch.ones(1, 8, 8)).shape
    torch.Size([1, 4, 4])
    """

    def __init__(self, size: int | Sequence[int], padding: int | Sequence[int] | None = None,
                 pad_if_needed: bool = False, fill: float | Sequence[float] = 0,
                 padding_mode: str = "constant") -> None:
        super().__init__()
        self.size = tuple(height_and_width(size))
        functional.check_padding(0 if padding is None else padding, fill, padding_mode)
        self.padding = padding
        self.pad_if_needed = pad_if_needed
        self.fill = fill
        self.padding_mode = padding_mode

    @staticmethod
    def get_params(img: Any, output_size: Sequence[int]) -> tuple[int, int, int, int]:
        """Draw the top row and the left column; they come with height and width."""
        (rows, columns), (height, width) = size_of(img), output_size
        if rows < height or columns < width:
            raise ValueError(f"Required crop size {(height, width)} is larger than input image size {(rows, columns)}")
        if (rows, columns) == (height, width):
            return 0, 0, height, width
        top = randint(0, rows - height + 1, size=(1,)).item()
        return top, randint(0, columns - width + 1, size=(1,)).item(), height, width

    def forward(self, img: Any) -> Any:
        if self.padding is not None:
            img = functional.pad(img, self.padding, self.fill, self.padding_mode)
        if self.pad_if_needed:
            (rows, columns), (height, width) = size_of(img), self.size
            if columns < width:
                img = functional.pad(img, [width - columns, 0], self.fill, self.padding_mode)
            if rows < height:
                img = functional.pad(img, [0, height - rows], self.fill, self.padding_mode)
        return functional.crop(img, *self.get_params(img, self.size))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(size={self.size}, padding={self.padding})"


class RandomRotation(Transform):
    """The picture turned by a random angle.

    Args:
        degrees: (least, most), counter-clockwise, or one number x >= 0 for (-x, x).
        interpolation: NEAREST or BILINEAR.
        expand: make the result large enough for all of the turned picture.
        center: what stays in place, (x, y) in pixels from the upper left corner; None: the middle.
        fill: of what comes from outside, one number or one for each channel.

    Shape: any picture -> the same, or a larger one with expand.
    Raises: ValueError for degrees below 0, sequences of another length, another interpolation, and a fill of another
    number of channels; TypeError for what is no number and no sequence, and no picture.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomRotation(10)(mtorch.ones(1, 8, 8)).shape
    torch.Size([1, 8, 8])
    """

    def __init__(self, degrees: float | Sequence[float],
                 interpolation: InterpolationMode | int = InterpolationMode.NEAREST, expand: bool = False,
                 center: Sequence[float] | None = None, fill: float | Sequence[float] = 0) -> None:
        super().__init__()
        self.degrees = _interval(degrees, "degrees")
        self.interpolation = interpolation_mode(interpolation)
        self.expand = expand
        if center is not None:
            _check_length(center, "center")
        self.center = center
        self.fill = check_fill(fill)

    @staticmethod
    def get_params(degrees: Sequence[float]) -> float:
        """Draw the angle."""
        return uniform(degrees[0], degrees[1])

    def forward(self, img: Any) -> Any:
        return functional.rotate(img, self.get_params(self.degrees), self.interpolation, self.expand, self.center,
                                 self.fill)

    def __repr__(self) -> str:
        center = f", center={self.center}" if self.center is not None else ""
        return (f"{type(self).__name__}(degrees={self.degrees}, interpolation={self.interpolation.value}, "
                f"expand={self.expand}{center}, fill={self.fill})")


class RandomAffine(Transform):
    """The picture sheared, scaled, turned and shifted at random.

    Args:
        degrees: (least, most), clockwise, or one number x >= 0 for (-x, x).
        translate: the most to shift, as shares of (width, height), each in [0, 1].
        scale: (least, most), > 0.
        shear: degrees along x, (least, most), or one number x for (-x, x); or four, for x and for y.
        interpolation: NEAREST or BILINEAR.
        fill: of what comes from outside, one number or one for each channel.
        center: what stays in place when turned, (x, y) in pixels from the upper left corner; None: the middle.

    Shape: any picture -> the same.
    Raises: ValueError for values out of range, sequences of another length, another interpolation, and a fill of
    another number of channels; TypeError for what is no number and no sequence, and no picture.

    >>> import mtorch
    >>> from mtorch.vision.transforms import RandomAffine
    >>> RandomAffine(degrees=(90, 90))(mtorch.tensor([[[1, 2], [3, 4]]]))
    tensor([[[3, 1],
             [4, 2]]])
    """

    def __init__(self, degrees: float | Sequence[float], translate: Sequence[float] | None = None,
                 scale: Sequence[float] | None = None, shear: float | Sequence[float] | None = None,
                 interpolation: InterpolationMode | int = InterpolationMode.NEAREST,
                 fill: float | Sequence[float] = 0, center: Sequence[float] | None = None) -> None:
        super().__init__()
        self.degrees = _interval(degrees, "degrees")
        if translate is not None:
            _check_length(translate, "translate")
            if not all(0.0 <= share <= 1.0 for share in translate):
                raise ValueError("translation values should be between 0 and 1")
        self.translate = translate
        if scale is not None:
            _check_length(scale, "scale")
            if not all(factor > 0 for factor in scale):
                raise ValueError("scale values should be positive")
        self.scale = scale
        self.shear = None if shear is None else _interval(shear, "shear", (2, 4))
        self.interpolation = interpolation_mode(interpolation)
        self.fill = check_fill(fill)
        if center is not None:
            _check_length(center, "center")
        self.center = center

    @staticmethod
    def get_params(degrees: Sequence[float], translate: Sequence[float] | None, scale_ranges: Sequence[float] | None,
                   shears: Sequence[float] | None, img_size: Sequence[int],
                   ) -> tuple[float, tuple[int, int], float, tuple[float, float]]:
        """Draw angle, shift in pixels (x, y), scale, and shear (x, y)."""
        angle = uniform(degrees[0], degrees[1])
        shift = (0, 0)
        if translate is not None:
            most = [float(share * size) for share, size in zip(translate, img_size, strict=True)]
            shift = (round(uniform(-most[0], most[0])), round(uniform(-most[1], most[1])))
        scale = 1.0 if scale_ranges is None else uniform(scale_ranges[0], scale_ranges[1])
        shear = (0.0, 0.0)
        if shears is not None:
            along_x = uniform(shears[0], shears[1])
            shear = (along_x, uniform(shears[2], shears[3]) if len(shears) == 4 else 0.0)
        return angle, shift, scale, shear

    def forward(self, img: Any) -> Any:
        height, width = size_of(img)
        drawn = self.get_params(self.degrees, self.translate, self.scale, self.shear, [width, height])
        return functional.affine(img, *drawn, interpolation=self.interpolation, fill=self.fill, center=self.center)

    def __repr__(self) -> str:
        parts = [f"degrees={self.degrees}"]
        parts += [f"{name}={getattr(self, name)}" for name in ("translate", "scale", "shear")
                  if getattr(self, name) is not None]
        if self.interpolation is not InterpolationMode.NEAREST:
            parts.append(f"interpolation={self.interpolation.value}")
        if self.fill != 0:
            parts.append(f"fill={self.fill}")
        if self.center is not None:
            parts.append(f"center={self.center}")
        return f"{type(self).__name__}({', '.join(parts)})"


class ElasticTransform(Transform):
    """The picture bent, neighbouring pixels alike.

    Args:
        alpha: how far, in pixels before smoothing; a float, or one for x and one for y.
        sigma: how smooth, in pixels, >= 0; a float, or one for x and one for y.
        interpolation: NEAREST or BILINEAR.
        fill: of what comes from outside, one number or one for each channel.

    Shape: any picture -> the same.
    Raises: TypeError for an alpha or sigma that is no float, a fill that is no number, and what is no picture;
    ValueError for a sigma below 0, sequences of another length, another interpolation, and a fill of another number of
    channels.
    Source: P. Simard, D. Steinkraus and J. Platt, Best Practices for Convolutional Neural Networks Applied to Visual
    Document Analysis, ICDAR 2003.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.ElasticTransform(alpha=5.0)(mtorch.ones(1, 8, 8)).shape
    torch.Size([1, 8, 8])
    """

    def __init__(self, alpha: float | Sequence[float] = 50.0, sigma: float | Sequence[float] = 5.0,
                 interpolation: InterpolationMode | int = InterpolationMode.BILINEAR,
                 fill: float | Sequence[float] = 0) -> None:
        super().__init__()
        self.alpha = self._pair(alpha, "alpha")
        self.sigma = self._pair(sigma, "sigma")
        if min(self.sigma) < 0:
            raise ValueError(f"sigma is {sigma}, expected pixels, at least 0")
        self.interpolation = interpolation_mode(interpolation)
        if not isinstance(fill, (int, float, list, tuple)):
            raise TypeError(f"fill should be int or float or a list or tuple of them. Got {type(fill)}")
        self.fill = [float(fill)] if isinstance(fill, (int, float)) else [float(part) for part in fill]

    @staticmethod
    def _pair(value: float | Sequence[float], name: str) -> Sequence[float]:
        if not isinstance(value, (float, Sequence)):
            raise TypeError(f"{name} should be float or a sequence of floats. Got {type(value)}")
        if isinstance(value, float):
            return [value, value]
        if len(value) != 2:
            raise ValueError(f"If {name} is a sequence its length should be 2. Got {len(value)}")
        for part in value:
            if not isinstance(part, float):
                raise TypeError(f"{name} should be a sequence of floats. Got {type(part)}")
        return value

    @staticmethod
    def get_params(alpha: Sequence[float], sigma: Sequence[float], size: Sequence[int]) -> Tensor:
        """Draw the displacement of each pixel, (1, H, W, 2), in halves of the picture's width and height."""
        from scipy.ndimage import correlate1d

        fields = []
        for axis in (0, 1):    # x, then y
            field = (rand(1, 1, *size) * 2 - 1).array[0, 0]
            if sigma[axis] > 0.0:
                radius = (int(8 * sigma[axis] + 1) | 1) // 2
                for along in (0, 1):
                    bell = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma[1 - along]) ** 2)
                    field = correlate1d(field, bell / bell.sum(), along, mode="mirror")
            fields.append(field * np.float32(alpha[axis] / size[1 - axis]))
        return wrap(np.stack(fields, axis=-1)[None].astype(np.float32))

    def forward(self, tensor: Any) -> Any:
        height, width = size_of(tensor)
        displacement = self.get_params(self.alpha, self.sigma, [height, width])
        return functional.elastic_transform(tensor, displacement, self.interpolation, self.fill)

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(alpha={self.alpha}, sigma={self.sigma}, interpolation={self.interpolation}, "
                f"fill={self.fill})")


class RandomErasing(Transform):
    """With probability p a rectangle of the picture is lost. For tensors.

    Args:
        p: in [0, 1].
        scale: (least, most) of the rectangle's share of the picture, in [0, 1].
        ratio: (least, most) of its height over its width, > 0.
        value: what stands there: a number, one for each channel, or "random" for normal numbers.
        inplace: write into the tensor.

    Shape: (..., C, H, W) -> the same.
    Raises: ValueError for values out of range, fewer than three dimensions, and a value of another number of channels;
    TypeError for what is no tensor, and for arguments of another kind.
    Source: Z. Zhong, L. Zheng, G. Kang, S. Li and Y. Yang, Random Erasing Data Augmentation, AAAI 2020.

    >>> import mtorch
    >>> from mtorch.vision import transforms
    >>> transforms.RandomErasing(p=1.0)(mtorch.ones(1, 8, 8)).shape
    torch.Size([1, 8, 8])
    """

    def __init__(self, p: float = 0.5, scale: Sequence[float] = (0.02, 0.33), ratio: Sequence[float] = (0.3, 3.3),
                 value: float | str | Sequence[float] = 0, inplace: bool = False) -> None:
        super().__init__()
        if not isinstance(value, (int, float, str, tuple, list)):
            raise TypeError("Argument value should be either a number or str or a sequence")
        if isinstance(value, str) and value != "random":
            raise ValueError("If value is str, it should be 'random'")
        for name, interval in (("Scale", scale), ("Ratio", ratio)):
            if not isinstance(interval, Sequence):
                raise TypeError(f"{name} should be a sequence")
        if scale[0] > scale[1] or ratio[0] > ratio[1]:
            warnings.warn("Scale and ratio should be of kind (min, max)", stacklevel=2)
        if min(ratio) <= 0:
            raise ValueError(f"Ratio is {tuple(ratio)}, expected height over width, above 0")
        if scale[0] < 0 or scale[1] > 1:
            raise ValueError("Scale should be between 0 and 1")
        if not 0 <= p <= 1:
            raise ValueError("Random erasing probability should be between 0 and 1")
        self.p = p
        self.scale = scale
        self.ratio = ratio
        self.value = value
        self.inplace = inplace

    @staticmethod
    def get_params(img: Tensor, scale: Sequence[float], ratio: Sequence[float],
                   value: Sequence[float] | None = None) -> tuple[int, int, int, int, Tensor]:
        """Draw top row, left column, height, width and content; all of the picture if no rectangle fits in 10 tries."""
        channels, rows, columns = img.shape[-3:]
        for _ in range(10):
            area = rows * columns * uniform(scale[0], scale[1])
            aspect = math.exp(uniform(math.log(ratio[0]), math.log(ratio[1])))
            height, width = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if height < rows and width < columns:
                content = randn(channels, height, width) if value is None else tensor(value)[:, None, None]
                top = randint(0, rows - height + 1, size=(1,)).item()
                return top, randint(0, columns - width + 1, size=(1,)).item(), height, width, content
        return 0, 0, rows, columns, img

    def forward(self, img: Tensor) -> Tensor:
        if not isinstance(img, Tensor):
            raise TypeError(f"RandomErasing: expected a Tensor, a {type(img).__name__} came; put ToTensor before it")
        if img.ndim < 3:
            raise ValueError(f"RandomErasing: the tensor has shape {tuple(img.shape)}, expected (..., C, H, W)")
        if rand(1).item() >= self.p:
            return img
        if isinstance(self.value, str):
            value = None
        else:
            value = [float(self.value)] if isinstance(self.value, (int, float)) else [float(v) for v in self.value]
            if len(value) not in (1, img.shape[-3]):
                raise ValueError("If value is a sequence, it should have either a single value or "
                                 f"{img.shape[-3]} (number of input channels)")
        return functional.erase(img, *self.get_params(img, self.scale, self.ratio, value), self.inplace)

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(p={self.p}, scale={self.scale}, ratio={self.ratio}, value={self.value}, "
                f"inplace={self.inplace})")
