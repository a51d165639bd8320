"""The transforms as functions: everything random is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...autograd.tape import wrap
from ...dtypes import get_default_dtype
from ...functions.creation import as_tensor, from_numpy
from ...functions.joining import cat
from ...nn.functional import interpolate
from ...nn.functional import pad as pad_planes
from ...tensor import Tensor
from .. import pillow
from .colours import (
    adjust_brightness,
    adjust_contrast,
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    autocontrast,
    convert_image_dtype,
    equalize,
    invert,
    posterize,
    rgb_to_grayscale,
    solarize,
    to_grayscale,
)
from .filters import adjust_sharpness, gaussian_blur
from .images import as_planes, channels_of, in_float, mode_for, size_of
from .interpolation import InterpolationMode, pillows_number
from .warps import affine, elastic_transform, perspective, rotate

__all__ = [
    "InterpolationMode", "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation",
    "adjust_sharpness", "affine", "autocontrast", "center_crop", "convert_image_dtype", "crop", "elastic_transform",
    "equalize", "erase", "five_crop", "gaussian_blur", "get_dimensions", "get_image_num_channels", "get_image_size",
    "hflip", "invert", "normalize",
    "pad", "perspective", "pil_to_tensor", "posterize", "resize", "resized_crop", "rgb_to_grayscale", "rotate", "solarize",
    "ten_crop", "to_grayscale", "to_pil_image", "to_tensor", "vflip",
]


def get_dimensions(img: Any) -> list[int]:
    """Channels, height and width of a picture.

    Raises: TypeError for what is no picture.

    >>> get_dimensions(np.zeros((4, 6, 3)))
    [3, 4, 6]
    """
    return [channels_of(img), *size_of(img)]


def get_image_size(img: Any) -> list[int]:
    """Width and height of a picture.

    Raises: TypeError for what is no picture.

    >>> get_image_size(np.zeros((4, 6, 3)))
    [6, 4]
    """
    return [*size_of(img)][::-1]


get_image_num_channels = channels_of


def to_tensor(pic: Any) -> Tensor:
    """A tensor (C, H, W) of an array (H, W) or (H, W, C) or a Pillow image; bytes become floats in [0, 1].

    Raises: TypeError for what is neither; ValueError for another number of dimensions.

    >>> to_tensor(np.array([[0, 51, 255]], np.uint8))
    tensor([[[0.0000, 0.2000, 1.0000]]])
    """
    if isinstance(pic, np.ndarray):
        if pic.ndim not in (2, 3):
            raise ValueError(f"pic should be 2/3 dimensional. Got {pic.ndim} dimensions.")
        pixels = pic
    elif pillow.is_image(pic):
        pixels = np.asarray(pic)
        if pixels.dtype == bool:
            pixels = pixels.astype(np.uint8) * np.uint8(255)
        elif pixels.dtype == np.uint16:
            pixels = pixels.view(np.int16)    # as torchvision reads the mode I;16
    else:
        raise TypeError(f"pic should be PIL Image or ndarray. Got {type(pic)}")
    planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    if planes.dtype != np.uint8:
        return from_numpy(np.array(planes, order="C"))
    return wrap(np.divide(planes, 255, dtype=get_default_dtype().numpy, order="C"))


def pil_to_tensor(pic: Any) -> Tensor:
    """A tensor (C, H, W) of a Pillow image, with its numbers as they are.

    Raises: TypeError for what is no Pillow image.
    """
    if not pillow.is_image(pic):
        raise TypeError(f"pic should be PIL Image. Got {type(pic)}")
    pixels = np.array(pic)
    return from_numpy(pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1))


def to_pil_image(pic: Tensor | np.ndarray, mode: str | None = None) -> Any:
    """A Pillow image of a tensor (C, H, W) or (H, W) or an array (H, W, C) or (H, W); floats are in [0, 1].

    Raises:
        ImportError: Pillow is not installed.
        ValueError: for more than 4 channels, or dimensions that a picture does not have.
        TypeError: Pillow has no mode for the numbers.
    """
    module = pillow.required("to_pil_image")
    if isinstance(pic, Tensor):
        pixels = pic.detach().array
        pixels = pixels.transpose(1, 2, 0) if pixels.ndim == 3 else pixels
    elif isinstance(pic, np.ndarray):
        pixels = pic
    else:
        raise TypeError(f"pic should be Tensor or ndarray. Got {type(pic)}.")
    if pixels.ndim not in (2, 3):
        raise ValueError(f"pic should be 2/3 dimensional. Got {pixels.ndim} dimensions.")
    if pixels.ndim == 3 and pixels.shape[2] > 4:
        raise ValueError(f"pic should not have > 4 channels. Got {pixels.shape[2]} channels.")
    if pixels.dtype.kind == "f" and mode != "F":
        pixels = (pixels * 255).astype(np.uint8)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    modes = {("u1", 1): ["L"], ("i2", 1): ["I;16"], ("i4", 1): ["I"], ("f4", 1): ["F"], ("u1", 2): ["LA"],
             ("u1", 3): ["RGB", "YCbCr", "HSV"], ("u1", 4): ["RGBA", "CMYK", "RGBX"]}
    possible = modes.get((pixels.dtype.str[1:], channels))
    if possible is None:
        raise TypeError(f"Input type {pixels.dtype} is not supported")
    if mode is not None and mode not in possible:
        raise ValueError(f"mode is {mode!r}, expected one of {', '.join(possible)} for {channels} channels of "
                         f"{pixels.dtype}")
    wanted = mode or possible[0]
    image = module.fromarray(np.ascontiguousarray(pixels if wanted != "I;16" else pixels.view(np.uint16)))
    if image.mode == wanted:
        return image
    return module.frombytes(wanted, image.size, image.tobytes())    # the same bytes in another space of colours


def normalize(tensor: Tensor, mean: Sequence[float], std: Sequence[float], inplace: bool = False) -> Tensor:
    """(tensor - mean) / std, each channel by its own.

    Args:
        mean, std: one number for each channel, or one for all; std not 0.
        inplace: write into `tensor`.

    Shape: (..., C, H, W), floating-point -> the same.
    Raises: TypeError for what is no tensor of floats; ValueError for fewer than three dimensions, and a std of 0;
    RuntimeError for another number of channels.
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(f"img should be Tensor Image. Got {type(tensor)}")
    if not tensor.is_floating_point():
        raise TypeError(f"Input tensor should be a float tensor. Got {tensor.dtype}.")
    if tensor.ndim < 3:
        raise ValueError("Expected tensor to be a tensor image of size (..., C, H, W). "
                         f"Got tensor.size() = {tensor.shape}")
    middle = as_tensor(mean, dtype=tensor.dtype)
    spread = as_tensor(std, dtype=tensor.dtype)
    if (spread.array == 0).any():
        raise ValueError(f"std evaluated to zero after conversion to {tensor.dtype}, leading to division by zero.")
    middle, spread = (part.reshape(-1, 1, 1) if part.ndim == 1 else part for part in (middle, spread))
    return tensor.sub_(middle).div_(spread) if inplace else (tensor - middle) / spread


def resize(img: Any, size: int | Sequence[int],
           interpolation: InterpolationMode | int = InterpolationMode.BILINEAR, max_size: int | None = None,
           antialias: bool | None = True) -> Any:
    """The picture in another size.

    Args:
        size: (height, width) in pixels, or one number for the shorter edge.
        interpolation: NEAREST, NEAREST_EXACT, BILINEAR or BICUBIC; for Pillow images also BOX, HAMMING or LANCZOS.
        max_size: the longer edge becomes at most this; only where `size` is one number.
        antialias: average over the pixels that a smaller one covers (BILINEAR and BICUBIC).  Pillow images are resized by
            Pillow, which always does.

    Raises: TypeError for an interpolation that is none, and for what is no picture; ValueError for a size below 1, a
    max_size that contradicts it, and Pillow's own interpolation of another form.
    """
    mode = mode_for(img, interpolation)
    wanted = resized_size(size_of(img), [size] if isinstance(size, int) else list(size), max_size)
    if wanted == size_of(img):
        return img
    if pillow.is_image(img):
        return img.resize(wanted[::-1], pillows_number(mode))
    if mode in (InterpolationMode.BOX, InterpolationMode.HAMMING, InterpolationMode.LANCZOS):
        raise ValueError(f"resize: interpolation {mode.value!r} is Pillow's alone, and the picture is a "
                         f"{type(img).__name__}; expected nearest, nearest-exact, bilinear or bicubic")
    smooth = mode in (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC)

    def change(planes: Tensor) -> Tensor:
        def resized(images: Tensor) -> Tensor:
            images = interpolate(images, size=wanted, mode=mode.value, align_corners=False if smooth else None,
                                 antialias=smooth and bool(antialias))
            if mode is not InterpolationMode.BICUBIC or planes.array.dtype.kind not in "iu":
                return images
            limits = np.iinfo(planes.array.dtype)               # the cubic curve overshoots, and must not wrap around
            return images.clamp(float(limits.min), float(limits.max))

        return in_float(planes, resized)

    return as_planes(img, change)


def resized_size(came: tuple[int, int], size: list[int], max_size: int | None) -> tuple[int, int]:
    """Height and width that are meant by the arguments of `resize`, for a picture that came with these."""
    if size and min(size) < 1:
        raise ValueError(f"resize: size is {size if len(size) > 1 else size[0]}, expected pixels, at least 1")
    if len(size) not in (1, 2):
        raise ValueError(f"Size must be an int or a 1 or 2 element tuple/list, not a {len(size)} element tuple/list")
    if len(size) == 2:
        if max_size is not None:
            raise ValueError("max_size should only be passed if size specifies the length of the smaller edge, "
                             "i.e. size should be an int or a sequence of length 1")
        return size[0], size[1]
    short, long = min(came), max(came)
    new_short, new_long = size[0], int(size[0] * long / short)
    if max_size is not None:
        if max_size <= new_short:
            raise ValueError(f"max_size = {max_size} must be strictly greater than the requested size for the smaller "
                             f"edge size = {size[0]}")
        if new_long > max_size:
            new_short, new_long = int(max_size * new_short / new_long), max_size
    return (new_long, new_short) if came[0] > came[1] else (new_short, new_long)


_PAD_MODES = {"constant": "constant", "edge": "replicate", "reflect": "reflect", "symmetric": "symmetric"}


def pad(img: Any, padding: int | Sequence[int], fill: float | Sequence[float] = 0,
        padding_mode: str = "constant") -> Any:
    """The picture with a border.

    Args:
        padding: pixels, one number, (left and right, top and bottom), or (left, top, right, bottom); below 0 it cuts.
        fill: the value of a constant border, one number or one for each channel.
        padding_mode: `constant`, `edge`, `reflect` (without the edge's pixels) or `symmetric` (with them).

    Raises: TypeError for a padding or fill that is none, and for what is no picture; ValueError for another
    padding_mode, sequences of another length, and a fill of another number of channels; RuntimeError where less than
    nothing is left, and for a reflected border that is not smaller than the picture.
    """
    left, top, right, bottom = check_padding(padding, fill, padding_mode)
    fills = [fill] if isinstance(fill, (int, float)) else [*fill]
    if len(fills) != 1 and len(fills) != channels_of(img):
        raise ValueError(f"pad: fill has {len(fills)} numbers, and the picture {channels_of(img)} channels")

    def change(planes: Tensor) -> Tensor:
        if padding_mode == "symmetric":
            height, width = planes.shape[-2:]
            inside = planes[..., max(0, -top):height - max(0, -bottom), max(0, -left):width - max(0, -right)]
            border = [(max(0, top), max(0, bottom)), (max(0, left), max(0, right))]
            return from_numpy(np.pad(inside.array, [(0, 0)] * (planes.ndim - 2) + border, mode="symmetric"))
        borders = [left, right, top, bottom]
        if padding_mode == "constant" and len(fills) == 1:
            return pad_planes(planes, borders, value=fills[0])
        if padding_mode == "constant":
            channels = zip(planes.split(1, -3), fills, strict=True)
            return cat([pad_planes(channel, borders, value=value) for channel, value in channels], -3)
        return in_float(planes, lambda images: pad_planes(images, borders, mode=_PAD_MODES[padding_mode]))

    return as_planes(img, change)


def check_padding(padding: int | Sequence[int], fill: float | Sequence[float],
                  padding_mode: str) -> tuple[int, int, int, int]:
    """The borders that are meant: left, top, right, bottom."""
    if not isinstance(padding, (int, tuple, list)):
        raise TypeError("Got inappropriate padding arg")
    if not isinstance(fill, (int, float, tuple, list)):
        raise TypeError(f"Got inappropriate fill arg: {fill!r}, expected a number, or one for each channel")
    if padding_mode not in _PAD_MODES:
        raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")
    borders = [padding] if isinstance(padding, int) else list(padding)
    if len(borders) not in (1, 2, 4):
        raise ValueError(f"Padding must be an int or a 1, 2, or 4 element tuple, not a {len(borders)} element tuple")
    left, top, right, bottom = borders * (4 // len(borders))
    return left, top, right, bottom


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """A part of the picture; what lies outside of it is 0.

    top, left: the first row and column, in pixels; below 0 they lie outside
    height, width: of the part, in pixels, >= 0

    Raises: TypeError for what is no picture; ValueError for a height or width below 0.
    """
    if height < 0 or width < 0:
        raise ValueError(f"crop: height is {height} and width {width}, expected pixels, at least 0")
    rows, columns = size_of(img)
    bottom, right = top + height, left + width
    inside = as_planes(img, lambda planes: planes[..., max(top, 0):max(bottom, 0), max(left, 0):max(right, 0)])
    missing = (max(min(right, 0) - left, 0), max(min(bottom, 0) - top, 0),
               max(right - max(columns, left), 0), max(bottom - max(rows, top), 0))
    return pad(inside, missing) if any(missing) else inside


def center_crop(img: Any, output_size: int | Sequence[int]) -> Any:
    """The middle of the picture, with a border of 0 where it is smaller.

    output_size: (height, width) in pixels, or one number for both

    Raises: TypeError for what is no picture.

    >>> center_crop(np.arange(16).reshape(4, 4), 2)
    array([[ 5,  6],
           [ 9, 10]])
    """
    sizes = [output_size] if isinstance(output_size, (int, float)) else list(output_size)
    height, width = int(sizes[0]), int(sizes[-1])
    rows, columns = size_of(img)
    if width > columns or height > rows:
        wide, high = max(width - columns, 0), max(height - rows, 0)
        img = pad(img, (wide // 2, high // 2, (wide + 1) // 2, (high + 1) // 2))
        rows, columns = size_of(img)
    return crop(img, round((rows - height) / 2), round((columns - width) / 2), height, width)


def resized_crop(img: Any, top: int, left: int, height: int, width: int, size: int | Sequence[int],
                 interpolation: InterpolationMode | int = InterpolationMode.BILINEAR, antialias: bool | None = True) -> Any:
    """A part of the picture, in another size.

    Args:
        top, left, height, width: as in `crop`.
        size, interpolation, antialias: as in `resize`.

    Raises: as `crop` and `resize`.
    """
    return resize(crop(img, top, left, height, width), size, interpolation, antialias=antialias)


def five_crop(img: Any, size: int | Sequence[int]) -> tuple[Any, Any, Any, Any, Any]:
    """The four corners of the picture and its middle: upper left, upper right, lower left, lower right, middle.

    size: (height, width) in pixels, or one number for both

    Raises: ValueError for a size of another length, or larger than the picture; TypeError for what is no picture.
    """
    sizes = [size] * 2 if isinstance(size, (int, float)) else list(size) * (2 if len(size) == 1 else 1)
    if len(sizes) != 2:
        raise ValueError("Please provide only two dimensions (h, w) for size.")
    (height, width), (rows, columns) = (int(edge) for edge in sizes), size_of(img)
    if width > columns or height > rows:
        raise ValueError(f"Requested crop size {(height, width)} is bigger than input size {(rows, columns)}")
    low, right = rows - height, columns - width
    first, second, third, fourth = (crop(img, *place, height, width) for place in ((0, 0), (0, right), (low, 0), (low, right)))
    return first, second, third, fourth, center_crop(img, [height, width])


def ten_crop(img: Any, size: int | Sequence[int], vertical_flip: bool = False) -> tuple[Any, ...]:
    """`five_crop` of the picture, and then of the picture in a mirror.

    size: (height, width) in pixels, or one number for both
    vertical_flip: upside down instead of left to right

    Raises: as `five_crop`.
    """
    return five_crop(img, size) + five_crop(vflip(img) if vertical_flip else hflip(img), size)


def hflip(img: Any) -> Any:
    """The picture in a mirror.

    Raises: TypeError for what is no picture.

    >>> hflip(np.array([[1, 2, 3]]))
    array([[3, 2, 1]])
    """
    return as_planes(img, lambda planes: planes.flip(-1))


def vflip(img: Any) -> Any:
    """The picture upside down, in a mirror.

    Raises: TypeError for what is no picture.

    >>> vflip(np.array([[1], [2]]))
    array([[2],
           [1]])
    """
    return as_planes(img, lambda planes: planes.flip(-2))


def erase(img: Tensor, i: int, j: int, h: int, w: int, v: Tensor | float, inplace: bool = False) -> Tensor:
    """The picture with `v` in the rectangle of h rows from i and w columns from j.

    i, j: the rectangle's first row and column
    h, w: its height and width, in pixels
    v: a number, or a tensor that broadcasts with (C, h, w)
    inplace: write into img

    Raises: TypeError for what is no tensor; RuntimeError for a v of another shape.
    """
    if not isinstance(img, Tensor):
        raise TypeError(f"img should be Tensor Image. Got {type(img)}")
    changed = img if inplace else img.clone()
    changed[..., i:i + h, j:j + w] = v
    return changed
