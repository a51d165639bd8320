"""What changes the colours of a picture's pixels, each by itself or by what all of them are.

Of Pillow images Pillow does it, as in torchvision: so they are rounded otherwise than tensors and arrays are.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from ...autograd.tape import wrap
from ...dtypes import dtype as Dtype
from ...dtypes import float32, uint8
from ...functions.arithmetic import fmod, where
from ...functions.joining import stack
from ...tensor import Tensor
from .. import pillow
from .images import as_planes, channels_of

__all__ = ["adjust_brightness", "adjust_contrast", "adjust_gamma", "adjust_hue", "adjust_saturation", "autocontrast",
           "check_channels", "convert_image_dtype", "equalize", "equalized", "factor_of", "in_hsv", "in_sixths",
           "invert", "is_grey", "largest", "pillows", "posterize", "recoloured", "rgb_to_grayscale", "solarize",
           "to_grayscale"]


def largest(dtype: Dtype) -> int:
    """What is white: the largest whole number, or 1 of floats."""
    return int(np.iinfo(dtype.numpy).max) if np.dtype(dtype.numpy).kind in "iu" else 1


def recoloured(img: Any, function: Callable[[Tensor], Tensor], of_pillows: Callable[[Any], Any]) -> Any:
    """The first function of tensors and arrays with 1 or 3 channels, the other one of Pillow images."""
    if pillow.is_image(img):
        return of_pillows(img)
    if channels_of(img) not in (1, 3):
        raise TypeError(f"Input image tensor permitted channel values are [1, 3], but found {channels_of(img)}")
    return as_planes(img, function)


def pillows(module: str) -> Any:
    """One of the modules of Pillow, which is there where an image of its is."""
    return importlib.import_module(f"PIL.{module}")


def is_grey(planes: Tensor) -> bool:
    """Whether there is one channel, and so nothing to do about hue and saturation."""
    return planes.shape[-3] == 1


def factor_of(name: str, factor: float) -> float:
    """The factor, which has to be at least 0."""
    if factor < 0:
        raise ValueError(f"{name} ({factor}) is not non-negative.")
    return float(factor)


def convert_image_dtype(image: Tensor, dtype: Dtype = float32) -> Tensor:
    """The picture in another dtype, black and white kept: floats are in [0, 1], whole numbers up to their largest.

    Raises: TypeError for what is no tensor; RuntimeError for floats that cannot hold the numbers of the dtype.
    """
    if not isinstance(image, Tensor):
        raise TypeError("Input img should be Tensor Image")
    if image.dtype == dtype or (image.is_floating_point() and dtype.is_floating_point):
        return image.to(dtype)
    if image.is_floating_point():
        if np.dtype(dtype.numpy).itemsize >= image.array.dtype.itemsize:
            raise RuntimeError(f"The cast from {image.dtype} to {dtype} cannot be performed safely.")
        return (image * (largest(dtype) + 1.0 - 1e-3)).to(dtype)    # so that each number has a share of [0, 1] as large
    if dtype.is_floating_point:
        return image.to(dtype) / float(largest(image.dtype))
    came, wanted = largest(image.dtype) + 1, largest(dtype) + 1
    return image.floor_divide(came // wanted).to(dtype) if came > wanted else image.to(dtype) * (wanted // came)


def rgb_to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """The picture in grey, with the weights of red, green and blue that television had.

    num_output_channels: 1, or 3 that are the same; a tensor with one channel keeps it, as in torchvision

    Raises: TypeError for what is no picture in grey or in colour; ValueError for another number of channels.
    """
    if pillow.is_image(img):
        return to_grayscale(img, num_output_channels)
    check_channels(num_output_channels)
    if isinstance(img, np.ndarray) and img.ndim == 2 and num_output_channels == 3:
        img = img[..., None]

    def change(planes: Tensor) -> Tensor:
        if is_grey(planes) and (num_output_channels == 1 or isinstance(img, Tensor)):
            return planes.clone()
        grey = planes if is_grey(planes) else _grey(planes)
        return grey.expand(*planes.shape[:-3], num_output_channels, *planes.shape[-2:])

    return recoloured(img, change, lambda image: image)


def check_channels(number: int) -> None:
    """1 and 3 are possible."""
    if number not in (1, 3):
        raise ValueError("num_output_channels should be either 1 or 3")


def _grey(planes: Tensor) -> Tensor:
    red, green, blue = planes.unbind(-3)
    return (0.2989 * red + 0.587 * green + 0.114 * blue).to(planes.dtype).unsqueeze(-3)


def to_grayscale(img: Any, num_output_channels: int = 1) -> Any:
    """A Pillow image in grey.

    num_output_channels: 1, or 3 that are the same

    Raises: TypeError for what is no Pillow image; ValueError for another number of channels.
    """
    if not pillow.is_image(img):
        raise TypeError("Input should be PIL Image")
    check_channels(num_output_channels)
    grey = img.convert("L")
    return grey.convert("RGB") if num_output_channels == 3 else grey


def _blended(first: Tensor, second: Tensor | float, ratio: float) -> Tensor:
    return (ratio * first + (1.0 - ratio) * second).clamp(0, largest(first.dtype)).to(first.dtype)


def adjust_brightness(img: Any, brightness_factor: float) -> Any:
    """The picture brighter or darker.

    brightness_factor: >= 0; at 0 all is black, at 1 as it was

    Raises: ValueError for a factor below 0; TypeError for what is no picture in grey or in colour.
    """
    return recoloured(
        img, lambda planes: _blended(planes, 0.0, factor_of("brightness_factor", brightness_factor)),
        lambda image: pillows("ImageEnhance").Brightness(image).enhance(brightness_factor))


def adjust_contrast(img: Any, contrast_factor: float) -> Any:
    """The picture with more or less contrast.

    contrast_factor: >= 0; at 0 all is the mean grey, at 1 as it was

    Raises: ValueError for a factor below 0; TypeError for what is no picture in grey or in colour.
    """
    def change(planes: Tensor) -> Tensor:
        grey = planes if is_grey(planes) else _grey(planes)
        mean = grey.to(planes.dtype if planes.is_floating_point() else float32).mean(dim=(-3, -2, -1), keepdim=True)
        return _blended(planes, mean, factor_of("contrast_factor", contrast_factor))

    return recoloured(img, change, lambda image: pillows("ImageEnhance").Contrast(image).enhance(contrast_factor))


def adjust_saturation(img: Any, saturation_factor: float) -> Any:
    """The picture with stronger or weaker colours.

    saturation_factor: >= 0; at 0 all is grey, at 1 as it was

    Raises: ValueError for a factor below 0; TypeError for what is no picture in grey or in colour.
    """
    def change(planes: Tensor) -> Tensor:
        factor = factor_of("saturation_factor", saturation_factor)
        return planes if is_grey(planes) else _blended(planes, _grey(planes), factor)

    return recoloured(img, change, lambda image: pillows("ImageEnhance").Color(image).enhance(saturation_factor))


def adjust_hue(img: Any, hue_factor: float) -> Any:
    """The picture with its colours turned around the circle of hues.

    hue_factor: turns, in [-0.5, 0.5]

    Raises: ValueError for a factor out of range; TypeError for what is no picture in grey or in colour.
    """
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) is not in [-0.5, 0.5].")

    def change(planes: Tensor) -> Tensor:
        if is_grey(planes):
            return planes
        sixths, saturation, value = in_hsv(convert_image_dtype(planes, float32))
        hue = fmod(sixths / 6.0 + 1.0, 1.0)
        return convert_image_dtype(_rgb((hue + hue_factor) % 1.0, saturation, value), planes.dtype)

    return recoloured(img, change, lambda image: _turned(image, hue_factor))


def _turned(image: Any, hue_factor: float) -> Any:
    if image.mode in ("L", "1", "I", "F"):
        return image
    hue, saturation, value = image.convert("HSV").split()
    turned = np.array(hue) + np.array(int(hue_factor * 255)).astype(np.uint8)    # past 255 it begins again at 0
    module = pillow.required("adjust_hue")
    return module.merge("HSV", (module.fromarray(turned), saturation, value)).convert(image.mode)


def in_hsv(planes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Hue in sixths of the circle, from -1; saturation and value in [0, 1]; each without the dimension of channels."""
    red, green, blue = planes.unbind(-3)
    high, low = planes.amax(-3), planes.amin(-3)
    spread, grey = high - low, high == low
    saturation = spread / where(grey, 1.0, high)
    divisor = where(grey, 1.0, spread)
    from_red, from_green, from_blue = ((high - part) / divisor for part in (red, green, blue))
    is_red, is_green = high == red, high == green
    sixths = (is_red * (from_blue - from_green) + (is_green & ~is_red) * (2.0 + from_red - from_blue)
              + (~is_green & ~is_red) * (4.0 + from_green - from_red))
    return sixths, saturation, high


def _rgb(hue: Tensor, saturation: Tensor, value: Tensor) -> Tensor:
    sixth = (hue * 6.0).floor()
    along = hue * 6.0 - sixth
    low = (value * (1.0 - saturation)).clamp(0.0, 1.0)
    falling = (value * (1.0 - saturation * along)).clamp(0.0, 1.0)
    rising = (value * (1.0 - saturation * (1.0 - along))).clamp(0.0, 1.0)
    return in_sixths(sixth, value, low, falling, rising)


def in_sixths(sixth: Tensor, value: Tensor, low: Tensor, falling: Tensor, rising: Tensor) -> Tensor:
    """Red, green and blue by the sixth of the circle that the hue lies in."""
    which = sixth.array.astype(np.int64) % 6
    parts = stack([value, low, falling, rising], -3)
    order = np.array([[0, 2, 1, 1, 3, 0], [3, 0, 0, 2, 1, 1], [1, 1, 3, 0, 0, 2]])
    return parts.gather(-3, wrap(np.moveaxis(order[:, which], 0, -3)))


def adjust_gamma(img: Any, gamma: float, gain: float = 1) -> Any:
    """gain * picture^gamma, of a picture in [0, 1].

    gamma: >= 0; above 1 the shadows are darker, below 1 lighter
    gain: a factor

    Raises: ValueError for a gamma below 0; TypeError for what is no picture in grey or in colour.
    """
    if gamma < 0:
        raise ValueError("Gamma should be a non-negative real number")

    def change(planes: Tensor) -> Tensor:
        floats = planes if planes.is_floating_point() else convert_image_dtype(planes, float32)
        return convert_image_dtype((gain * floats ** gamma).clamp(0, 1), planes.dtype)

    def of_pillows(image: Any) -> Any:
        curve = [int((255 + 1 - 1e-3) * gain * pow(level / 255.0, gamma)) for level in range(256)]
        return image.convert("RGB").point(curve * 3).convert(image.mode)

    return recoloured(img, change, of_pillows)


def invert(img: Any) -> Any:
    """The negative of the picture.

    Raises: TypeError for what is no picture in grey or in colour.
    """
    return recoloured(img, lambda planes: largest(planes.dtype) - planes, lambda image: pillows("ImageOps").invert(image))


def posterize(img: Any, bits: int) -> Any:
    """The picture with fewer bits for each channel. Of bytes.

    bits: how many are kept, 0 to 8

    Raises: TypeError for what is no picture of bytes, in grey or in colour.
    """
    def change(planes: Tensor) -> Tensor:
        _bytes(planes)
        return planes & (256 - int(2 ** (8 - bits)))

    return recoloured(img, change, lambda image: pillows("ImageOps").posterize(image, bits))


def _bytes(planes: Tensor) -> None:
    if planes.dtype != uint8:
        raise TypeError(f"Only torch.uint8 image tensors are supported, but found {planes.dtype}")


def solarize(img: Any, threshold: float) -> Any:
    """The picture with the negative of what is at least as bright as threshold.

    threshold: at most what is white, 255 of bytes and 1 of floats

    Raises: TypeError for a threshold above, and for what is no picture in grey or in colour.
    """
    def change(planes: Tensor) -> Tensor:
        if threshold > largest(planes.dtype):
            raise TypeError("Threshold should be less than bound of img.")
        return where(planes >= threshold, largest(planes.dtype) - planes, planes)

    return recoloured(img, change, lambda image: pillows("ImageOps").solarize(image, threshold))


def autocontrast(img: Any) -> Any:
    """The picture with each channel stretched so that it is 0 at its darkest and white at its brightest.

    Raises: TypeError for what is no picture in grey or in colour.
    """
    def change(planes: Tensor) -> Tensor:
        floats = planes if planes.is_floating_point() else planes.to(float32)
        low, high = floats.amin((-2, -1), keepdim=True), floats.amax((-2, -1), keepdim=True)
        scale = (high - low).reciprocal() * largest(planes.dtype)
        plain = ~scale.isfinite()
        low, scale = where(plain, 0.0, low), where(plain, 1.0, scale)
        return ((floats - low) * scale).clamp(0, largest(planes.dtype)).to(planes.dtype)

    return recoloured(img, change, lambda image: pillows("ImageOps").autocontrast(image))


def equalize(img: Any) -> Any:
    """The picture with each level of brightness as frequent as the next, as far as that is possible. Of bytes.

    Raises: TypeError for what is no picture of bytes, in grey or in colour.
    """
    def change(planes: Tensor) -> Tensor:
        _bytes(planes)
        flat = planes.array.reshape(-1, planes.shape[-2] * planes.shape[-1])
        return wrap(np.stack([equalized(channel) for channel in flat]).reshape(planes.shape))

    return recoloured(img, change, lambda image: pillows("ImageOps").equalize(image))


def equalized(channel: np.ndarray) -> np.ndarray:
    """One channel, flat, with each level of brightness as frequent as the next."""
    counts = np.bincount(channel, minlength=256)
    step = counts[counts != 0][:-1].sum() // 255
    if step == 0:
        return channel
    levels = np.clip((np.cumsum(counts) + step // 2) // step, 0, 255).astype(np.uint8)
    return np.r_[np.uint8(0), levels[:-1]][channel]
