"""Where mtorch meets Pillow, which is used when it is there and named when it is missing."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import Any

import numpy as np

__all__ = ["image_like", "image_of", "is_image", "is_installed", "required"]


@functools.cache
def _image_module() -> Any:
    try:
        return importlib.import_module("PIL.Image")
    except ImportError:
        return None


def is_installed() -> bool:
    """Whether there is Pillow."""
    return _image_module() is not None


def required(purpose: str) -> Any:
    """The module `PIL.Image`.

    Raises:
        ImportError: Pillow is not installed; the message says what needs it.
    """
    module = _image_module()
    if module is None:
        raise ImportError(f"{purpose} needs Pillow, which is not installed: pip install pillow")
    return module


def is_image(value: object) -> bool:
    """Whether this is a Pillow image; it cannot be one while nobody has imported Pillow."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(value, module.Image)


def image_like(image: Any, pixels: np.ndarray) -> Any:
    """A Pillow image of these pixels in the mode of another one: its space of colours, its palette."""
    module = required("a Pillow image")
    if image.mode == "1":
        return module.fromarray(np.ascontiguousarray(pixels, bool))
    new = module.frombytes(image.mode, pixels.shape[1::-1], np.ascontiguousarray(pixels).tobytes())
    if image.palette is not None:
        new.putpalette(image.getpalette(image.palette.mode), image.palette.mode)
    if "transparency" in image.info:
        new.info["transparency"] = image.info["transparency"]
    return new


def image_of(array: np.ndarray) -> Any:
    """A uint8 array as a Pillow image, or the array itself where Pillow is not installed."""
    module = _image_module()
    return array if module is None else module.fromarray(array)
