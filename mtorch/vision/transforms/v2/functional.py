"""The transforms of `transforms.v2` as functions: everything random is an argument."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ....functions.creation import from_numpy
from ....nn.functional import interpolate
from ....tensor import Tensor
from ... import pillow
from .. import functional as first
from ..functional import center_crop, crop, erase, five_crop, gaussian_blur, get_dimensions, normalize, pil_to_tensor
from ..functional import hflip as horizontal_flip
from ..functional import ten_crop, to_pil_image
from ..functional import vflip as vertical_flip
from ..images import as_planes, channels_of, size_of
from ..interpolation import InterpolationMode, interpolation_mode
from .colours import (
    adjust_brightness,
    adjust_contrast,
    adjust_gamma,
    adjust_hue,
    adjust_saturation,
    adjust_sharpness,
    autocontrast,
    convert_image_dtype,
    equalize,
    grayscale_to_rgb,
    invert,
    posterize,
    rgb_to_grayscale,
    solarize,
    to_dtype,
)

__all__ = [
    "InterpolationMode", "adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation",
    "adjust_sharpness", "affine", "autocontrast", "center_crop", "convert_image_dtype", "crop", "elastic",
    "elastic_transform", "equalize", "erase", "five_crop", "gaussian_blur", "get_dimensions", "get_image_size",
    "get_num_channels", "get_size", "grayscale_to_rgb", "hflip", "horizontal_flip", "invert", "normalize", "pad",
    "permute_channels", "perspective", "pil_to_tensor", "posterize", "resize", "resized_crop", "rgb_to_grayscale",
    "rotate", "solarize", "ten_crop", "to_dtype", "to_grayscale", "to_image", "to_pil_image", "to_tensor",
    "vertical_flip", "vflip",
]

_NAMES = {mode.value for mode in InterpolationMode}


def mode_of(value: Any) -> Any:
    """The interpolation with this name, and anything else as it is."""
    return InterpolationMode(value) if isinstance(value, str) and value in _NAMES else value


def _named(function: Callable) -> Callable:
    """The function, which takes the name of an interpolation too."""
    @functools.wraps(function)
    def named(*args: Any, **kwargs: Any) -> Any:
        return function(*map(mode_of, args), **{name: mode_of(value) for name, value in kwargs.items()})

    return named


affine, rotate, perspective = _named(first.affine), _named(first.rotate), _named(first.perspective)
elastic = _named(first.elastic_transform)
elastic_transform, hflip, vflip, to_grayscale = elastic, horizontal_flip, vertical_flip, rgb_to_grayscale
get_num_channels = channels_of


def get_size(inpt: Any) -> list[int]:
    """Height and width of a picture.

    Raises: TypeError for what is no picture.
    """
    return [*size_of(inpt)]


def get_image_size(inpt: Any) -> list[int]:
    """Width and height of a picture. Deprecated; `get_size` is what to use, with height and width.

    Raises: TypeError for what is no picture.
    """
    warnings.warn("The function `get_image_size(...)` is deprecated and will be removed in a future release. Instead, "
                  "please use `get_size(...)` which returns `[h, w]` instead of `[w, h]`.", stacklevel=2)
    return first.get_image_size(inpt)


def to_tensor(inpt: Any) -> Tensor:
    """As `transforms.functional.to_tensor`. Deprecated; `to_image` and then `to_dtype` is what to use."""
    warnings.warn("The function `to_tensor(...)` is deprecated and will be removed in a future release. Instead, please "
                  "use `to_image(...)` followed by `to_dtype(..., dtype=torch.float32, scale=True)`.", stacklevel=2)
    return first.to_tensor(inpt)


def to_image(inpt: Any) -> Tensor:
    """A tensor (C, H, W) of an array (H, W) or (H, W, C) or a Pillow image, with its numbers as they are.

    torchvision marks the tensor as a picture; here it is a plain one.

    Raises: TypeError for what is no picture.
    """
    if isinstance(inpt, np.ndarray):
        return from_numpy(np.ascontiguousarray(np.atleast_3d(inpt).transpose(2, 0, 1)))
    if pillow.is_image(inpt):
        return pil_to_tensor(inpt)
    if isinstance(inpt, Tensor):
        return inpt
    raise TypeError("Input can either be a pure Tensor, a numpy array, or a PIL image, "
                    f"but got {type(inpt)} instead.")


def resize(inpt: Any, size: int | Sequence[int] | None,
           interpolation: InterpolationMode | str | int = InterpolationMode.BILINEAR, max_size: int | None = None,
           antialias: bool | None = True) -> Any:
    """The picture in another size.

    Args:
        size: (height, width) in pixels, one number for the shorter edge, or None: the longer edge becomes max_size.
        interpolation: as for `transforms.functional.resize`, or its name.
        max_size: the longer edge becomes at most this; not where `size` is (height, width).
        antialias: as for `transforms.functional.resize`.

    Raises: as `transforms.functional.resize`; ValueError for no size and no max_size.
    """
    mode, (rows, columns) = interpolation_mode(mode_of(interpolation)), size_of(inpt)
    if size is None:
        if not isinstance(max_size, int):
            raise ValueError(f"max_size must be an integer when size is None, but got {max_size} instead.")
        size = [int(max_size * edge / max(rows, columns)) for edge in (rows, columns)]
        max_size = None
    wanted = first.resized_size((rows, columns), [size] if isinstance(size, int) else [*size], max_size)
    bytes_came = not pillow.is_image(inpt) and str(getattr(inpt, "dtype", "")).endswith("uint8")
    if wanted == (rows, columns) or not bytes_came or mode not in (InterpolationMode.BILINEAR, InterpolationMode.BICUBIC):
        return first.resize(inpt, wanted, mode, antialias=antialias)

    def change(planes: Tensor) -> Tensor:      # bytes are not made floats first, and so are rounded otherwise
        images = interpolate(planes.reshape(-1, *planes.shape[-3:]), size=wanted, mode=mode.value, align_corners=False,
                             antialias=bool(antialias))
        return images.reshape(*planes.shape[:-2], *wanted)

    return as_planes(inpt, change)


def resized_crop(inpt: Any, top: int, left: int, height: int, width: int, size: int | Sequence[int],
                 interpolation: InterpolationMode | str | int = InterpolationMode.BILINEAR,
                 antialias: bool | None = True) -> Any:
    """A part of the picture, in another size.

    Args:
        top, left, height, width: as in `crop`.
        size, interpolation, antialias: as in `resize`.

    Raises: as `crop` and `resize`.
    """
    return resize(crop(inpt, top, left, height, width), size, interpolation, antialias=antialias)


def pad(inpt: Any, padding: int | Sequence[int], fill: float | Sequence[float] | None = None,
        padding_mode: str = "constant") -> Any:
    """As `transforms.functional.pad`; a fill of None is 0."""
    return first.pad(inpt, padding, 0 if fill is None else fill, padding_mode)


def borders(padding: int | Sequence[int]) -> list[int]:
    """Left, top, right and bottom of a padding."""
    return [*first.check_padding(padding, 0, "constant")]


def permute_channels(inpt: Any, permutation: Sequence[int]) -> Any:
    """The picture with its channels in another order.

    permutation: which channel comes first, which second, and so on

    Raises: TypeError for what is no picture; ValueError for another number of channels.
    """
    if len(permutation) != channels_of(inpt):
        raise ValueError("Length of permutation does not match number of channels: "
                         f"{len(permutation)} != {channels_of(inpt)}")
    return as_planes(inpt, lambda planes: planes[..., [int(place) for place in permutation], :, :])
