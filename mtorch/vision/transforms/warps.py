"""Transforms that take each pixel from a place between pixels: turning, shearing, scaling, bending.

Places are counted from the middle of the picture, in pixels, x to the right and y down; `grid_sample` takes them as
shares of half the picture.  Pillow images are left to Pillow, as in torchvision, which counts from the upper left corner.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...autograd.tape import wrap
from ...functions.creation import as_tensor
from ...functions.joining import cat
from ...nn.functional import grid_sample
from ...tensor import Tensor
from .. import pillow
from .images import as_planes, channels_of, in_float, mode_for, size_of
from .interpolation import InterpolationMode, pillows_number

__all__ = ["affine", "elastic_transform", "perspective", "rotate"]


def affine(img: Any, angle: float, translate: Sequence[float], scale: float, shear: float | Sequence[float],
           interpolation: InterpolationMode | int = InterpolationMode.NEAREST,
           fill: float | Sequence[float] | None = None, center: Sequence[float] | None = None) -> Any:
    """The picture sheared, scaled, turned and then shifted.

    Args:
        angle: degrees, clockwise.
        translate: pixels to the right and down.
        scale: > 0.
        shear: degrees, along x or along (x, y).
        interpolation: NEAREST or BILINEAR; of Pillow images BICUBIC, too.
        fill: of what comes from outside, one number or one for each channel; None: 0.
        center: what stays in place when turned, (x, y) in pixels from the upper left corner; None: the middle.

    Raises: ValueError for a scale <= 0, sequences of another length, another interpolation, and a fill of another
    number of channels; TypeError for what is no picture.
    """
    if len(translate) != 2:
        raise ValueError("Argument translate should be a sequence of length 2")
    if scale <= 0:
        raise ValueError("Argument scale should be positive")
    shears = [shear, 0.0] if isinstance(shear, (int, float)) else list(shear)
    if len(shears) not in (1, 2):
        raise ValueError(f"Shear should be a sequence containing two values. Got {shear}")
    height, width = size_of(img)
    both = shears[0], shears[-1]
    if pillow.is_image(img):
        matrix = _source_of((width / 2, height / 2) if center is None else center, angle, translate, scale, both)
        return _by_pillow(img, "AFFINE", matrix, interpolation, fill)
    matrix = _source_of(_from_middle(center, height, width), angle, translate, scale, both)
    return _warped(img, _places(matrix, height, width), (height, width), interpolation, fill)


def rotate(img: Any, angle: float, interpolation: InterpolationMode | int = InterpolationMode.NEAREST,
           expand: bool = False, center: Sequence[float] | None = None,
           fill: float | Sequence[float] | None = None) -> Any:
    """The picture turned by an angle in degrees, counter-clockwise.

    Args:
        interpolation, fill, center: as in `affine`.
        expand: make the result large enough for all of the picture, turned about its middle.

    Raises: ValueError for another interpolation, and a fill of another number of channels; TypeError for what is no
    picture.
    """
    if pillow.is_image(img):
        return img.rotate(angle, pillows_number(mode_for(img, interpolation)), expand, center,
                          fillcolor=_pillows_fill(img, fill))
    height, width = size_of(img)
    matrix = _source_of(_from_middle(center, height, width), -angle, (0.0, 0.0), 1.0, (0.0, 0.0))
    rows, columns = _turned_size(matrix, height, width) if expand else (height, width)
    return _warped(img, _places(matrix, rows, columns), (height, width), interpolation, fill)


def elastic_transform(img: Any, displacement: Tensor,
                      interpolation: InterpolationMode | int = InterpolationMode.BILINEAR,
                      fill: float | Sequence[float] | None = None) -> Any:
    """The picture with each pixel taken from beside its place.

    Args:
        displacement: (1, H, W, 2), how far in x and in y, in halves of the picture's width and height.
        interpolation, fill: as in `affine`.

    Raises: TypeError for what is no tensor, and no picture; ValueError for a displacement of another shape, another
    interpolation, and a fill of another number of channels.
    """
    height, width = size_of(img)
    if not isinstance(displacement, Tensor):
        raise TypeError("Argument displacement should be a Tensor")
    if displacement.shape != (1, height, width, 2):
        raise ValueError(f"Argument displacement shape should be {(1, height, width, 2)}, "
                         f"but given {displacement.shape}")
    pixels = displacement.array[0] * np.array([width / 2, height / 2], np.float32)
    return _warped(img, _places(np.eye(2, 3), height, width) + pixels, (height, width), interpolation, fill)


def perspective(img: Any, startpoints: Sequence[Sequence[int]] | None, endpoints: Sequence[Sequence[int]] | None,
                interpolation: InterpolationMode | int = InterpolationMode.BILINEAR,
                fill: float | Sequence[float] | None = None) -> Any:
    """The picture as seen from elsewhere.

    Args:
        startpoints: four corners, (x, y) in pixels: the upper left one first, then clockwise.
        endpoints: where they come to lie.
        interpolation, fill: as in `affine`.

    Raises: ValueError for another number of corners, another interpolation, and a fill of another number of channels;
    TypeError for what is no picture.
    """
    if startpoints is None or endpoints is None or len(startpoints) != 4 or len(endpoints) != 4:
        raise ValueError(f"Please provide exactly four corners, got {len(startpoints or ())} startpoints and "
                         f"{len(endpoints or ())} endpoints.")
    height, width = size_of(img)
    half = np.array([width / 2, height / 2], np.float32)
    above, below = _perspective_of(startpoints, endpoints)
    if pillow.is_image(img):
        return _by_pillow(img, "PERSPECTIVE", np.append(above, below[:2]), interpolation, fill)
    base = np.ones((height, width, 3), np.float32)
    base[..., 0] = np.arange(width) + 0.5
    base[..., 1] = np.arange(height)[:, None] + 0.5
    places = (base @ (above.T / half) / (base @ below)[..., None] - 1) * half
    return _warped(img, places, (height, width), interpolation, fill)


def _perspective_of(startpoints: Sequence[Sequence[int]], endpoints: Sequence[Sequence[int]],
                    ) -> tuple[np.ndarray, np.ndarray]:
    """Of a place (x, y, 1) of the result `above` gives the place in the picture, divided by what `below` gives."""
    rows: list[list[float]] = []
    for (x, y), (came_x, came_y) in zip(endpoints, startpoints, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -came_x * x, -came_x * y], [0, 0, 0, x, y, 1, -came_y * x, -came_y * y]]
    numbers = np.linalg.lstsq(np.array(rows, float), np.ravel(startpoints).astype(float), rcond=None)[0]
    numbers = np.append(numbers, 1).astype(np.float32)
    return numbers[:6].reshape(2, 3), numbers[6:]


def _from_middle(center: Sequence[float] | None, height: int, width: int) -> tuple[float, float]:
    return (0.0, 0.0) if center is None else (center[0] - width / 2, center[1] - height / 2)


def _source_of(center: Sequence[float], angle: float, translate: Sequence[float], scale: float,
               shear: tuple[float, float]) -> np.ndarray:
    """The matrix (2, 3) that takes a place of the result to the place of the picture that it comes from.

    It is the inverse of shift @ turn @ [[1, 0], [-tan(y), 1]] @ [[1, -tan(x)], [0, 1]] * scale, written out: a number that
    comes out otherwise in its last digit takes another pixel where two are as near.
    """
    turn, shear_x, shear_y = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    along, across = math.cos(turn - shear_y) / math.cos(shear_y), math.sin(turn - shear_y) / math.cos(shear_y)
    slope = math.tan(shear_x)
    back = np.array([[math.cos(turn) - across * slope, along * slope + math.sin(turn)], [-across, along]]) / scale
    x, y = center
    shifted = back[:, 0] * (-x - translate[0]) + back[:, 1] * (-y - translate[1])
    return np.c_[back, shifted + np.array([x, y])]


def _places(matrix: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Where each pixel of a result of this size comes from: (rows, columns, 2), x and y."""
    x = (np.arange(columns) - (columns - 1) / 2).astype(np.float32)
    y = (np.arange(rows) - (rows - 1) / 2).astype(np.float32)[:, None]
    m = matrix.astype(np.float32)
    return np.stack([m[0, 0] * x + m[0, 1] * y + m[0, 2], m[1, 0] * x + m[1, 1] * y + m[1, 2]], axis=-1)


def _turned_size(matrix: np.ndarray, height: int, width: int) -> tuple[int, int]:
    """Rows and columns of the smallest picture that holds a turned one, as Pillow counts them."""
    corners = np.array([[x, y, 1] for x in (-width / 2, width / 2) for y in (-height / 2, height / 2)], np.float32)
    turned = (corners @ matrix.astype(np.float32).T + np.array([width / 2, height / 2], np.float32)) / np.float32(1e-4)
    # Cut to four decimals, so that an edge at 8.000000001 needs no ninth pixel.
    high, low = (np.trunc(end) * np.float32(1e-4) for end in (turned.max(0), turned.min(0)))
    columns, rows = (np.ceil(high) - np.floor(low)).astype(int)
    return int(rows), int(columns)


def _by_pillow(img: Any, method: str, numbers: np.ndarray, interpolation: InterpolationMode | int,
               fill: float | Sequence[float] | None) -> Any:
    return img.transform(img.size, getattr(pillow.required(method).Transform, method), numbers.ravel().tolist(),
                         pillows_number(mode_for(img, interpolation)), fillcolor=_pillows_fill(img, fill))


def _pillows_fill(img: Any, fill: float | Sequence[float] | None) -> float | tuple[float, ...]:
    """What Pillow fills with: a number for each channel, a whole one unless the image holds floats."""
    fills = [fill or 0] if fill is None or isinstance(fill, (int, float)) else list(fill)
    if len(fills) not in (1, channels_of(img)):
        raise ValueError("The number of elements in 'fill' does not match the number of channels of the image "
                         f"({len(fills)} != {channels_of(img)})")
    numbers = [number if img.mode == "F" else int(number) for number in fills * (channels_of(img) // len(fills))]
    return numbers[0] if len(numbers) == 1 else tuple(numbers)


def _warped(img: Any, places: np.ndarray, came: tuple[int, int], interpolation: InterpolationMode | int,
            fill: float | Sequence[float] | None) -> Any:
    mode = mode_for(img, interpolation)
    if mode not in (InterpolationMode.NEAREST, InterpolationMode.BILINEAR):
        raise ValueError(f"Interpolation mode '{mode.value}' is unsupported here, expected nearest or bilinear")
    fills = [fill] if isinstance(fill, (int, float)) else fill
    if fills is not None and len(fills) not in (1, channels_of(img)):
        raise ValueError("The number of elements in 'fill' cannot broadcast to match the number of "
                         f"channels of the image ({len(fills)} != {channels_of(img)})")
    grid = places / np.array([came[1] / 2, came[0] / 2], np.float32)

    def change(images: Tensor) -> Tensor:
        where = wrap(np.broadcast_to(grid.astype(images.array.dtype), (len(images), *grid.shape)))
        if fills is not None:
            images = cat([images, images.new_ones(len(images), 1, *came)], dim=1)    # a channel that is 1 inside
        taken = grid_sample(images, where, mode=mode.value, padding_mode="zeros", align_corners=False)
        if fills is None:
            return taken
        taken, covered = taken[:, :-1], taken[:, -1:]
        colour = as_tensor(fills, dtype=images.dtype).reshape(1, -1, 1, 1)
        # A pixel at the edge, half outside, counts half twice over: torchvision's way, kept so that results agree.
        return taken * covered + (1 - covered) * colour

    return as_planes(img, lambda planes: in_float(planes, change))
