"""What a detector sees of a picture in one of its boxes: features of a fixed size from boxes of any size and place.

A box is cut into bins, and a bin's value is the mean of samples that lie evenly in it, each taken between four pixels.  What a
sample takes from a row does not depend on its column, so that all bins together are one product with a matrix from the
left, for the rows, and one from the right, for the columns.

Source: He, Gkioxari, Dollár & Girshick, "Mask R-CNN", ICCV 2017, arXiv:1703.06870, section 3.
"""
from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...autograd.tape import wrap
from ...functions.joining import stack
from ...nn.module import Module
from ...tensor import Tensor

__all__ = ["RoIAlign", "roi_align"]


def roi_align(input: Tensor, boxes: Tensor | Sequence[Tensor], output_size: int | Sequence[int],
              spatial_scale: float = 1.0, sampling_ratio: int = -1, aligned: bool = False) -> Tensor:
    """The features in each box, as if the box were resized to `output_size`.  The boxes get no gradient.

    input: features of N pictures
    boxes: (K, 5), the number of the picture and (x1, y1, x2, y2); or for each picture the (L, 4) of its boxes
    output_size: (height, width) in bins, or one number for both
    spatial_scale: a pixel of the features over one of the picture that the boxes count in
    sampling_ratio: samples in a bin along each axis; below 1 as many as it is pixels long, rounded up
    aligned: take the middle of a pixel for its place, as Detectron2 does, and not its corner

    Shape: (N, C, H, W) -> (K, C, *output_size), K of all boxes together.
    Raises: AssertionError for boxes of another form.

    >>> import mtorch
    >>> picture = mtorch.arange(16.0).view(1, 1, 4, 4)
    >>> roi_align(picture, [mtorch.tensor([[0.0, 0.0, 4.0, 4.0]])], 2, aligned=True)
    tensor([[[[ 2.5000,  4.5000],
              [10.5000, 12.5000]]]])
    """
    rows, columns = (output_size, output_size) if isinstance(output_size, int) else output_size
    numbers, corners = _boxes_of(boxes)
    kind = input.array.dtype
    corners = corners.astype(kind) * kind.type(spatial_scale) - kind.type(0.5 if aligned else 0)
    taken = []
    for number, (x1, y1, x2, y2) in zip(numbers, corners):
        width, height = (x2 - x1, y2 - y1) if aligned else (max(x2 - x1, kind.type(1)), max(y2 - y1, kind.type(1)))
        from_rows = _shares(y1, height, rows, input.shape[-2], sampling_ratio)
        from_columns = _shares(x1, width, columns, input.shape[-1], sampling_ratio)
        taken.append(wrap(from_rows) @ input[int(number)] @ wrap(from_columns.T))
    return stack(taken) if taken else input.new_zeros(0, input.shape[1], rows, columns)


class RoIAlign(Module):
    """`roi_align` as a layer.

    output_size, spatial_scale, sampling_ratio, aligned: as there

    Shape: (N, C, H, W) and boxes -> (K, C, *output_size).
    Raises: AssertionError for boxes of another form.

    >>> RoIAlign(7, spatial_scale=0.25, sampling_ratio=2)
    RoIAlign(output_size=7, spatial_scale=0.25, sampling_ratio=2, aligned=False)
    """

    def __init__(self, output_size: int | Sequence[int], spatial_scale: float, sampling_ratio: int,
                 aligned: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.spatial_scale = spatial_scale
        self.sampling_ratio = sampling_ratio
        self.aligned = aligned

    def forward(self, input: Tensor, rois: Tensor | Sequence[Tensor]) -> Tensor:
        return roi_align(input, rois, self.output_size, self.spatial_scale, self.sampling_ratio, self.aligned)

    def __repr__(self) -> str:
        return (f"RoIAlign(output_size={self.output_size}, spatial_scale={self.spatial_scale}, "
                f"sampling_ratio={self.sampling_ratio}, aligned={self.aligned})")


def _boxes_of(boxes: Tensor | Sequence[Tensor]) -> tuple[np.ndarray, np.ndarray]:
    """The number of the picture and the corners of each box."""
    if isinstance(boxes, Tensor):
        if boxes.ndim != 2 or boxes.shape[1] != 5:
            raise AssertionError(f"The boxes tensor shape is not correct as Tensor[K, 5], got {list(boxes.shape)}")
        return boxes.array[:, 0], boxes.array[:, 1:]
    if not isinstance(boxes, (list, tuple)):
        raise AssertionError(f"boxes is expected to be a Tensor[L, 5] or a List[Tensor[K, 4]], got {type(boxes).__name__}")
    for part in boxes:
        if part.ndim != 2 or part.shape[1] != 4:
            raise AssertionError("The shape of the tensor in the boxes list is not correct as List[Tensor[L, 4]], got "
                                 f"{list(part.shape)}")
    numbers = [np.full(len(part), number) for number, part in enumerate(boxes)]
    return np.concatenate([[], *numbers]), np.concatenate([np.empty((0, 4), np.float32), *(part.array for part in boxes)])


def _shares(start: np.floating, length: np.floating, bins: int, size: int, sampling_ratio: int) -> np.ndarray:
    """The matrix (bins, size) of what each pixel along an axis gives to each bin of a box that starts at `start`."""
    count = sampling_ratio if sampling_ratio > 0 else math.ceil(length / bins)
    shares = np.zeros((bins, size), start.dtype)
    if count < 1:
        return shares
    bin_length = length / start.dtype.type(bins)
    places = start + np.arange(bins, dtype=start.dtype)[:, None] * bin_length \
        + (np.arange(count, dtype=start.dtype) + start.dtype.type(0.5)) * (bin_length / start.dtype.type(count))
    weights = ((places >= -1) & (places <= size)) / start.dtype.type(count)        # farther outside there is nothing
    places = places.clip(0, size - 1)
    before = places.astype(int)
    part = places - before
    which = np.arange(bins)[:, None]
    np.add.at(shares, (which, before), (1 - part) * weights)
    np.add.at(shares, (which, np.minimum(before + 1, size - 1)), part * weights)
    return shares
