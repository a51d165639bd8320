"""The colours of `transforms.v2`: what `transforms` does, rounded as torchvision's second version rounds it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....autograd.tape import wrap
from ....dtypes import dtype as Dtype
from ....dtypes import float32, float64, uint8
from ....functions.arithmetic import fmod, where
from ....tensor import Tensor
from ... import pillow
from .. import colours, filters
from ..colours import factor_of, is_grey, largest, recoloured
from ..images import as_planes

__all__ = ["adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation",
           "adjust_sharpness", "autocontrast", "convert_image_dtype", "equalize", "grayscale_to_rgb", "invert",
           "posterize", "rgb_to_grayscale", "solarize", "to_dtype"]


def _plus(first: Tensor, second: Tensor, factor: float) -> Tensor:
    """first + factor * second, rounded once: one machine instruction in PyTorch."""
    if first.dtype != float32:
        return first + factor * second
    return (first.to(float64) + float(np.float32(factor)) * second.to(float64)).to(float32)


def to_dtype(inpt: Tensor, dtype: Dtype = float32, scale: bool = False) -> Tensor:
    """The tensor in another dtype.

    scale: keep black and white: floats are in [0, 1], whole numbers up to their largest

    Raises: TypeError for what is no tensor; RuntimeError for floats that cannot hold the numbers of the dtype.
    """
    if not isinstance(inpt, Tensor):
        raise TypeError(f"to_dtype: a {type(inpt).__name__} came, expected a Tensor")
    if not scale or inpt.dtype == dtype:
        return inpt.to(dtype)
    if not inpt.is_floating_point() and dtype.is_floating_point:
        return inpt.to(dtype) * (1.0 / largest(inpt.dtype))
    return colours.convert_image_dtype(inpt, dtype)


def convert_image_dtype(image: Tensor, dtype: Dtype = float32) -> Tensor:
    """`to_dtype` with scale=True.

    Raises: as `to_dtype`.
    """
    return to_dtype(image, dtype, scale=True)


def rgb_to_grayscale(inpt: Any, num_output_channels: int = 1) -> Any:
    """The picture in grey.

    num_output_channels: 1, or 3 that are the same

    Raises: TypeError for what is no picture in grey or in colour; ValueError for another number of channels.
    """
    colours.check_channels(num_output_channels)
    if isinstance(inpt, np.ndarray) and inpt.ndim == 2 and num_output_channels == 3:
        inpt = inpt[..., None]

    def change(planes: Tensor) -> Tensor:
        grey = planes.clone() if is_grey(planes) else _grey(planes).to(planes.dtype)
        return grey.expand(*planes.shape[:-3], num_output_channels, *planes.shape[-2:])

    return recoloured(inpt, change, lambda image: colours.to_grayscale(image, num_output_channels))


def _grey(planes: Tensor) -> Tensor:
    """Grey as floats."""
    red, green, blue = planes.unbind(-3)
    return _plus(_plus(red * 0.2989, green, 0.587), blue, 0.114).unsqueeze(-3)


def _whole(planes: Tensor, floats: Tensor) -> Tensor:
    return floats if planes.is_floating_point() else floats.floor()


def grayscale_to_rgb(inpt: Any) -> Any:
    """The picture with three channels: those of a grey one are the same.

    Raises: TypeError for what is no picture.
    """
    if pillow.is_image(inpt):
        return inpt.convert(mode="RGB")
    if isinstance(inpt, np.ndarray) and inpt.ndim == 2:
        inpt = inpt[..., None]
    return as_planes(inpt, lambda planes: planes if planes.shape[-3] >= 3 else
                     planes.expand(*planes.shape[:-3], 3, *planes.shape[-2:]))


def _blended(first: Tensor, second: Tensor, ratio: float) -> Tensor:
    return _plus(first * ratio, second, 1.0 - ratio).clamp(0, largest(first.dtype)).to(first.dtype)


def adjust_brightness(inpt: Any, brightness_factor: float) -> Any:
    """As `transforms.functional.adjust_brightness`."""
    return colours.adjust_brightness(inpt, brightness_factor)


def adjust_contrast(inpt: Any, contrast_factor: float) -> Any:
    """As `transforms.functional.adjust_contrast`."""
    def change(planes: Tensor) -> Tensor:
        factor = factor_of("contrast_factor", contrast_factor)
        grey = planes if planes.is_floating_point() else planes.to(float32)
        grey = grey if is_grey(planes) else _whole(planes, _grey(planes))
        return _blended(planes, grey.mean(dim=(-3, -2, -1), keepdim=True), factor)

    return recoloured(inpt, change, lambda image: colours.adjust_contrast(image, contrast_factor))


def adjust_saturation(inpt: Any, saturation_factor: float) -> Any:
    """As `transforms.functional.adjust_saturation`."""
    def change(planes: Tensor) -> Tensor:
        factor = factor_of("saturation_factor", saturation_factor)
        return planes if is_grey(planes) else _blended(planes, _whole(planes, _grey(planes)), factor)

    return recoloured(inpt, change, lambda image: colours.adjust_saturation(image, saturation_factor))


def adjust_hue(inpt: Any, hue_factor: float) -> Any:
    """As `transforms.functional.adjust_hue`."""
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")

    def change(planes: Tensor) -> Tensor:
        if is_grey(planes):
            return planes
        sixths, saturation, value = colours.in_hsv(to_dtype(planes, float32, scale=True))
        sixths = (fmod(sixths * (1.0 / 6.0) + 1.0, 1.0) + hue_factor) % 1.0 * 6
        sixth = sixths.floor()
        along = saturation * (sixths - sixth)
        low, falling, rising = ((share * value).clamp(0.0, 1.0)
                                for share in (1.0 - saturation, 1.0 - along, along + (1.0 - saturation)))
        return to_dtype(colours.in_sixths(sixth, value, low, falling, rising), planes.dtype, scale=True)

    return recoloured(inpt, change, lambda image: colours.adjust_hue(image, hue_factor))


def adjust_gamma(inpt: Any, gamma: float, gain: float = 1) -> Any:
    """As `transforms.functional.adjust_gamma`; without a gain what lies outside of [0, 1] stays there."""
    if gamma < 0:
        raise ValueError("Gamma should be a non-negative real number")

    def change(planes: Tensor) -> Tensor:
        changed = (planes if planes.is_floating_point() else to_dtype(planes, float32, scale=True)) ** gamma
        return to_dtype((changed * gain).clamp(0.0, 1.0) if gain != 1.0 else changed, planes.dtype, scale=True)

    return recoloured(inpt, change, lambda image: colours.adjust_gamma(image, gamma, gain))


def adjust_sharpness(inpt: Any, sharpness_factor: float) -> Any:
    """As `transforms.functional.adjust_sharpness`."""
    def change(planes: Tensor) -> Tensor:
        factor = factor_of("sharpness_factor", sharpness_factor)
        if min(planes.shape[-2:]) <= 2:
            return planes
        floats = planes.clone() if planes.is_floating_point() else planes.to(float32)
        inside = floats[..., 1:-1, 1:-1]
        soft = filters.softened(planes).to(floats.dtype)
        floats[..., 1:-1, 1:-1] = _plus(inside, soft - inside, 1.0 - factor)
        return floats.clamp(0, largest(planes.dtype)).to(planes.dtype)

    return recoloured(inpt, change, lambda image: filters.adjust_sharpness(image, sharpness_factor))


def invert(inpt: Any) -> Any:
    """The negative of the picture.

    Raises: TypeError for what is no picture.
    """
    return colours.invert(inpt) if pillow.is_image(inpt) else as_planes(inpt, _negative)


def _negative(planes: Tensor) -> Tensor:
    return 1.0 - planes if planes.is_floating_point() else planes ^ largest(planes.dtype)


def posterize(inpt: Any, bits: int) -> Any:
    """The picture with fewer bits for each channel.

    bits: how many are kept, 0 to 8

    Raises: TypeError for other bits, and for what is no picture.
    """
    if pillow.is_image(inpt):
        return colours.posterize(inpt, bits)
    if not isinstance(bits, int) or not 0 <= bits <= 8:
        raise TypeError(f"bits must be a positive integer in the range [0, 8], got {bits} instead.")

    def change(planes: Tensor) -> Tensor:
        if planes.is_floating_point():
            return (planes * 2 ** bits).floor().clamp(0, 2 ** bits - 1) * (1.0 / 2 ** bits)
        all_bits = largest(planes.dtype).bit_length()
        return planes if bits >= all_bits else planes & (((1 << bits) - 1) << (all_bits - bits))

    return as_planes(inpt, change)


def solarize(inpt: Any, threshold: float) -> Any:
    """The picture with the negative of what is at least as bright as threshold.

    threshold: at most what is white, 255 of bytes and 1 of floats

    Raises: TypeError for a threshold above, and for what is no picture.
    """
    if pillow.is_image(inpt):
        return colours.solarize(inpt, threshold)

    def change(planes: Tensor) -> Tensor:
        if threshold > largest(planes.dtype):
            raise TypeError("Threshold should be less or equal the maximum value of the dtype, "
                            f"but got {threshold}")
        return where(planes >= threshold, _negative(planes), planes)

    return as_planes(inpt, change)


def autocontrast(inpt: Any) -> Any:
    """As `transforms.functional.autocontrast`."""
    def change(planes: Tensor) -> Tensor:
        floats, bound = planes if planes.is_floating_point() else planes.to(float32), largest(planes.dtype)
        low, high = floats.amin((-2, -1), keepdim=True), floats.amax((-2, -1), keepdim=True)
        plain, spread = high == low, (high - low) * (1.0 / bound)
        low, spread = where(plain, 0.0, low), where(plain, 1.0, spread)
        return ((floats - low) / spread).clamp(0, bound).to(planes.dtype)

    return recoloured(inpt, change, colours.autocontrast)


def equalize(inpt: Any) -> Any:
    """As `transforms.functional.equalize`; of other numbers than bytes as if they were bytes.

    Raises: TypeError for what is no picture.
    """
    def change(planes: Tensor) -> Tensor:
        levels = to_dtype(planes, uint8, scale=True).array
        flat = levels.reshape(-1, levels.shape[-2] * levels.shape[-1])
        changed = wrap(np.stack([colours.equalized(channel) for channel in flat]).reshape(levels.shape))
        return to_dtype(changed, planes.dtype, scale=True)

    return colours.equalize(inpt) if pillow.is_image(inpt) else as_planes(inpt, change)
