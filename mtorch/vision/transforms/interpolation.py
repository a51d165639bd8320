"""Where the value between pixels comes from: torchvision's names for it, and Pillow's numbers."""

from __future__ import annotations

import enum

__all__ = ["InterpolationMode", "interpolation_mode"]


class InterpolationMode(enum.Enum):
    """Where the value between pixels comes from.

    >>> InterpolationMode("bilinear")
    <InterpolationMode.BILINEAR: 'bilinear'>
    """

    NEAREST = "nearest"
    NEAREST_EXACT = "nearest-exact"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"


_PILLOWS_NUMBERS = {0: InterpolationMode.NEAREST, 2: InterpolationMode.BILINEAR, 3: InterpolationMode.BICUBIC}


def interpolation_mode(value: InterpolationMode | int) -> InterpolationMode:
    """The mode that is meant by it or by Pillow's number for it."""
    mode = _PILLOWS_NUMBERS.get(value) if isinstance(value, int) else value
    if not isinstance(mode, InterpolationMode):
        raise TypeError(f"interpolation is {value!r}, expected an InterpolationMode or Pillow's number 0, 2 or 3")
    return mode
