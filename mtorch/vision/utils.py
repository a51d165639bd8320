"""Many pictures as one, and pictures as files."""

from __future__ import annotations

import math
import os
from typing import Any, BinaryIO

from ..autograd.mode import no_grad
from ..functions.joining import stack
from ..tensor import Tensor
from .drawing import draw_bounding_boxes, draw_segmentation_masks
from .pillow import required

__all__ = ["draw_bounding_boxes", "draw_segmentation_masks", "make_grid", "save_image"]


@no_grad()
def make_grid(tensor: Tensor | list[Tensor], nrow: int = 8, padding: int = 2, normalize: bool = False,
              value_range: tuple[float, float] | None = None, scale_each: bool = False,
              pad_value: float = 0.0) -> Tensor:
    """Pictures side by side in rows.

    Args:
        tensor: the pictures, of one size.
        nrow: pictures in a row, > 0.
        padding: pixels between pictures and around them, >= 0.
        normalize: stretch the values to [0, 1].
        value_range: (least, most), which become 0 and 1, others are cut; default: what the pictures have.
        scale_each: stretch each picture by itself.
        pad_value: of the pixels between.

    Shape: (N, C, H, W), or a list of N tensors (C, H, W) -> (C', rows, columns), where one channel becomes three. One
    picture comes without a border.
    Raises: TypeError for what is no tensor nor a list of them; ValueError for no picture at all, another number of
    dimensions, and values out of range; RuntimeError for pictures of different sizes, and to normalize integers.

    >>> import mtorch
    >>> make_grid(mtorch.zeros(5, 1, 4, 6), nrow=3, padding=1).shape
    torch.Size([3, 11, 22])
    """
    if isinstance(tensor, list):
        for part in tensor:
            if not isinstance(part, Tensor):
                raise TypeError(f"tensor or list of tensors expected, got a list containing {type(part)}")
        if not tensor:
            raise ValueError("make_grid: the list is empty, expected at least one picture")
        tensor = stack(tensor, dim=0)
    if not isinstance(tensor, Tensor):
        raise TypeError(f"tensor or list of tensors expected, got {type(tensor)}")
    if not 2 <= tensor.ndim <= 4:
        raise ValueError(f"make_grid: tensor has shape {tuple(tensor.shape)}, "
                         "expected (N, C, H, W), (C, H, W) or (H, W)")
    if not tensor.numel():
        raise ValueError(f"make_grid: tensor has shape {tuple(tensor.shape)}, expected at least one picture and pixel")
    if nrow < 1 or padding < 0:
        raise ValueError(f"make_grid: nrow is {nrow} and padding {padding}, expected nrow > 0 and padding >= 0")
    if normalize and not tensor.is_floating_point():
        raise RuntimeError(f"make_grid: normalize stretches floating point pictures, and these are {tensor.dtype}")
    if value_range is not None and not isinstance(value_range, tuple):
        raise TypeError("value_range has to be a tuple (min, max) if specified. min and max are numbers")
    if value_range is not None and not value_range[0] <= value_range[1]:
        raise ValueError(f"make_grid: value_range is {value_range}, expected (least, most)")

    images = tensor.reshape((1,) * (4 - tensor.ndim) + tuple(tensor.shape))
    if images.shape[1] == 1:
        images = images.expand(-1, 3, -1, -1)
    if normalize:
        images = images.clone()
        for part in images if scale_each else [images]:
            low, high = value_range or (part.min().item(), part.max().item())
            part.clamp_(low, high).sub_(low).div_(max(high - low, 1e-5))
    count, channels, height, width = images.shape
    if count == 1:
        return images.squeeze(0)

    columns = min(nrow, count)
    rows = math.ceil(count / columns)
    grid = images.new_full((channels, rows * (height + padding) + padding, columns * (width + padding) + padding),
                           pad_value)
    for place in range(count):
        top = place // columns * (height + padding) + padding
        left = place % columns * (width + padding) + padding
        grid[:, top:top + height, left:left + width] = images[place]
    return grid


@no_grad()
def save_image(tensor: Tensor | list[Tensor], fp: str | os.PathLike[str] | BinaryIO, format: str | None = None,
               **kwargs: Any) -> None:
    """Write one picture, or many as `make_grid` arranges them, to a file. Needs Pillow.

    Args:
        tensor: values in [0, 1].
        fp: a path, or a file to write to.
        format: Pillow's name of it; default: by the file's name.
        kwargs: for `make_grid`.

    Raises: ImportError where Pillow is missing; ValueError for a format that it does not know; OSError where the file
    cannot be written; and what `make_grid` raises.
    """
    module = required("save_image")
    pixels = make_grid(tensor, **kwargs).mul(255).add(0.5).clamp(0, 255).permute(1, 2, 0)
    module.fromarray(pixels.array.astype("uint8", order="C")).save(fp, format=format)
