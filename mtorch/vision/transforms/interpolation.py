"""Where the value between pixels comes from: torchvision's names for it, and Pillow's numbers."""

from __future__ import annotations

import enum

__all__ = ["InterpolationMode", "interpolation_mode", "pillows_number"]


class InterpolationMode(enum.Enum):
    """Where the value between pixels comes from.

    NEAREST         the nearest pixel, the one before where two are as near
    NEAREST_EXACT   the pixel in whose area the place lies
    BILINEAR        the line between the nearest pixels
    BICUBIC         the cubic curve through four pixels, in each direction
    BOX, HAMMING, LANCZOS   Pillow's, and for Resize of Pillow images alone

    value: the name of one, in small letters

    Raises: ValueError for another name.

    >>> InterpolationMode("bilinear")
    <InterpolationMode.BILINEAR: 'bilinear'>
    """

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    BOX = "box"
    HAMMING = "hamming"
    LANCZOS = "lanczos"


# By Pillow's numbers, from 0.
_PILLOWS = [InterpolationMode.NEAREST, InterpolationMode.LANCZOS, InterpolationMode.BILINEAR, InterpolationMode.BICUBIC,
            InterpolationMode.BOX, InterpolationMode.HAMMING]


def interpolation_mode(value: InterpolationMode | int) -> InterpolationMode:
    """The mode that is meant by it or by Pillow's number for it."""
    if isinstance(value, InterpolationMode):
        return value
    if not isinstance(value, int) or not 0 <= value < len(_PILLOWS):
        raise TypeError(f"interpolation is {value!r}, expected an InterpolationMode or Pillow's number, 0 to 5")
    return _PILLOWS[value]


def pillows_number(mode: InterpolationMode) -> int:
    """Pillow's number for it; both kinds of nearest are one there."""
    return _PILLOWS.index(InterpolationMode.NEAREST if mode is InterpolationMode.NEAREST_EXACT else mode)
