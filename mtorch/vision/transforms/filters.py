"""What makes a pixel of those around it: blurred, or sharper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...autograd.tape import wrap
from ...nn.functional import conv2d
from ...nn.functional import pad as pad_planes
from ...tensor import Tensor
from .colours import factor_of, largest, pillows, recoloured
from .images import as_planes, in_float

__all__ = ["adjust_sharpness", "gaussian_blur"]


def gaussian_blur(img: Any, kernel_size: int | Sequence[int], sigma: float | Sequence[float] | None = None) -> Any:
    """The picture blurred; outside it lies its mirror image.

    Args:
        kernel_size: pixels that are averaged, odd: one number, or along x and along y.
        sigma: pixels, > 0: one number, or along x and along y; None: what fits kernel_size.

    Raises: TypeError for sizes that are none, and for what is no picture; ValueError for even sizes, a sigma that is
    not above 0, and sequences of another length; RuntimeError for a kernel as large as twice the picture.
    """
    if not isinstance(kernel_size, (int, list, tuple)):
        raise TypeError(f"kernel_size should be int or a sequence of integers. Got {type(kernel_size)}")
    sizes = [kernel_size] * 2 if isinstance(kernel_size, int) else list(kernel_size)
    if len(sizes) != 2:
        raise ValueError(f"If kernel_size is a sequence its length should be 2. Got {len(sizes)}")
    if any(size % 2 == 0 or size < 0 for size in sizes):
        raise ValueError(f"kernel_size should have odd and positive integers. Got {sizes}")
    if sigma is not None and not isinstance(sigma, (int, float, list, tuple)):
        raise TypeError(f"sigma should be either float or sequence of floats. Got {type(sigma)}")
    if sigma is None:
        sigmas = [size * 0.15 + 0.35 for size in sizes]
    else:
        sigmas = [sigma] * 2 if isinstance(sigma, (int, float)) else list(sigma) * (2 if len(sigma) == 1 else 1)
    if len(sigmas) != 2:
        raise ValueError(f"If sigma is a sequence, its length should be 2. Got {len(sigmas)}")
    if min(sigmas) <= 0.0:
        raise ValueError(f"sigma should have positive values. Got {sigmas}")

    def change(images: Tensor) -> Tensor:
        channels = images.shape[-3]
        (wide, high), (along_x, along_y) = sizes, (_bell(*pair) for pair in zip(sizes, sigmas, strict=True))
        images = pad_planes(images, [wide // 2, wide // 2, high // 2, high // 2], mode="reflect")
        for bell in (along_x[None], along_y[:, None]):      # one direction after the other: far fewer products
            kernel = np.broadcast_to(bell.astype(images.array.dtype), (channels, 1, *bell.shape))
            images = conv2d(images, wrap(kernel), groups=channels)
        return images

    return as_planes(img, lambda planes: in_float(planes, change))


def _bell(size: int, sigma: float) -> np.ndarray:
    weights = np.exp(-0.5 * ((np.arange(size) - (size - 1) / 2) / sigma) ** 2)
    return weights / weights.sum()


def softened(planes: Tensor) -> Tensor:
    """The pixels inside the picture, each averaged with its eight neighbours, with a weight of 5 of 13."""
    channels, weights = planes.shape[-3], np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]]) / 13

    def blurred(images: Tensor) -> Tensor:
        kernel = np.broadcast_to(weights.astype(images.array.dtype), (channels, 1, 3, 3))
        return conv2d(images, wrap(kernel), groups=channels)

    return in_float(planes, blurred)


def adjust_sharpness(img: Any, sharpness_factor: float) -> Any:
    """The picture sharper or less sharp.

    sharpness_factor: >= 0; at 0 it is blurred, at 1 as it was

    Raises: ValueError for a factor below 0; TypeError for what is no picture in grey or in colour.
    """
    def change(planes: Tensor) -> Tensor:
        factor = factor_of("sharpness_factor", sharpness_factor)
        if min(planes.shape[-2:]) <= 2:
            return planes
        soft = planes.clone()
        soft[..., 1:-1, 1:-1] = softened(planes)       # the pixels at the edge stay
        return (factor * planes + (1.0 - factor) * soft).clamp(0, largest(planes.dtype)).to(planes.dtype)

    return recoloured(img, change, lambda image: pillows("ImageEnhance").Sharpness(image).enhance(sharpness_factor))
