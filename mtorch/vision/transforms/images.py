"""The forms that a picture can have, and how a function on tensors is applied to each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...autograd.tape import wrap
from ...dtypes import float32
from ...tensor import Tensor
from .. import pillow
from .interpolation import InterpolationMode, interpolation_mode

__all__ = ["as_planes", "channels_of", "in_float", "mode_for", "size_of"]


def as_planes(image: Any, function: Callable[[Tensor], Tensor]) -> Any:
    """Apply to a picture of any form a function of a tensor (..., C, H, W), and give the result that form.

    Raises:
        TypeError: `image` is no picture.
        ValueError: it has another number of dimensions than a picture.
    """
    if isinstance(image, Tensor):
        if image.ndim < 2:
            raise TypeError("Tensor is not a torch image.")
        return function(image) if image.ndim > 2 else function(image.unsqueeze(0)).squeeze(0)
    if isinstance(image, np.ndarray):
        return _array_of(function(wrap(_planes_of_array(image))), image.ndim)
    if pillow.is_image(image):
        pixels = np.asarray(image)
        changed = _array_of(function(wrap(_planes_of_array(pixels))), pixels.ndim)
        return pillow.image_like(image, changed)
    raise _no_picture(image)


def _planes_of_array(array: np.ndarray) -> np.ndarray:
    if array.ndim not in (2, 3):
        raise ValueError(f"pic should be 2/3 dimensional. Got {array.ndim} dimensions.")
    return array[None] if array.ndim == 2 else array.transpose(2, 0, 1)


def _array_of(planes: Tensor, ndim: int) -> np.ndarray:
    return planes.array[0] if ndim == 2 else planes.array.transpose(1, 2, 0)


def _no_picture(image: object) -> TypeError:
    return TypeError(f"expected a picture: a Tensor, an array or a Pillow image; a {type(image).__name__} came")


def size_of(image: Any) -> tuple[int, int]:
    """Height and width of a picture of any form."""
    if isinstance(image, Tensor):
        if image.ndim < 2:
            raise TypeError("Tensor is not a torch image.")
        return image.shape[-2], image.shape[-1]
    if isinstance(image, np.ndarray):
        return image.shape[0], image.shape[1]
    if pillow.is_image(image):
        return image.height, image.width
    raise _no_picture(image)


def channels_of(image: Any) -> int:
    """How many channels a picture of any form has."""
    if isinstance(image, Tensor):
        return image.shape[-3] if image.ndim > 2 else 1
    if isinstance(image, np.ndarray):
        return image.shape[2] if image.ndim > 2 else 1
    if pillow.is_image(image):
        return len(image.getbands())
    raise _no_picture(image)


def mode_for(image: Any, interpolation: InterpolationMode | int) -> InterpolationMode:
    """The interpolation that is meant; NEAREST, as in Pillow, where numbers between two pixels mean nothing.

    Those of mode "P" are places in a palette, those of "1" are black or white.
    """
    mode = interpolation_mode(interpolation)
    return InterpolationMode.NEAREST if pillow.is_image(image) and image.mode in ("1", "P") else mode


def in_float(planes: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
    """Apply a function of floating-point images (N, C, H, W) to a tensor (..., C, H, W), whose dtype the result has."""
    dtype = planes.dtype
    images = planes if dtype.is_floating_point else planes.to(float32)
    changed = function(images.reshape(-1, *images.shape[-3:]))
    changed = changed.reshape(*planes.shape[:-3], *changed.shape[-3:])
    return changed if dtype.is_floating_point else changed.round().to(dtype)
