"""Resizing layers."""
from __future__ import annotations

from collections.abc import Sequence

from ..tensor import Tensor
from . import functional as F
from .functional.images import Ints
from .module import Module


class Upsample(Module):
    """Sequences, images or volumes made larger or smaller, by mode:

    'nearest': each element is the one whose place it falls on, rounded down; 'nearest-exact' rounds to the nearest
    'linear', 'bilinear', 'trilinear': a weighted mean of the two elements around it along each of 1, 2, 3 axes
    'bicubic': four elements along each of two axes, weighted by a cubic curve
    'area': the mean of the elements that it covers

    size: the new size, one number or one for each axis
    scale_factor: how many times the old size, > 0, one number or one for each axis; either this or size
    mode: as above
    align_corners: the centres of the corner elements keep their places, not their outer edges; of the linear and cubic
    modes
    recompute_scale_factor: place the elements by the ratio of the sizes, not by scale_factor

    Shape: (N, C, L), (N, C, H, W) or (N, C, D, H, W) -> the same with the last axes resized.
    Raises: ValueError for both or none of size and scale_factor, a wrong number of them, or align_corners in another
    mode; NotImplementedError for a mode that is unknown or not for so many axes; RuntimeError for a size of 0 or less.
    Source: of 'bicubic', Keys, "Cubic Convolution Interpolation for Digital Image Processing", IEEE Transactions on
    Acoustics, Speech, and Signal Processing 1981.

    >>> import mtorch
    >>> mtorch.nn.Upsample(scale_factor=2, mode="bilinear")(mtorch.ones(1, 3, 4, 4)).shape
    torch.Size([1, 3, 8, 8])
    """

    def __init__(self, size: Ints | None = None, scale_factor: float | Sequence[float] | None = None,
                 mode: str = "nearest", align_corners: bool | None = None,
                 recompute_scale_factor: bool | None = None) -> None:
        super().__init__()
        self.name, self.size, self.mode = type(self).__name__, size, mode
        self.scale_factor = tuple(float(f) for f in scale_factor) if isinstance(scale_factor, Sequence) else \
            float(scale_factor) if scale_factor else None
        self.align_corners, self.recompute_scale_factor = align_corners, recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.interpolate(input, self.size, self.scale_factor, self.mode, self.align_corners,
                             recompute_scale_factor=self.recompute_scale_factor)

    def extra_repr(self) -> str:
        """The new size and the mode."""
        how_much = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor}"
        return f"{how_much}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Upsample(mode='nearest') of images.

    size, scale_factor, Raises: as for Upsample

    Shape: (N, C, H, W) -> (N, C, H', W').

    >>> import mtorch
    >>> mtorch.nn.UpsamplingNearest2d(scale_factor=2)
    UpsamplingNearest2d(scale_factor=2.0, mode='nearest')
    """

    def __init__(self, size: Ints | None = None, scale_factor: float | Sequence[float] | None = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Upsample(mode='bilinear', align_corners=True) of images.

    size, scale_factor, Raises: as for Upsample

    Shape: (N, C, H, W) -> (N, C, H', W').

    >>> import mtorch
    >>> mtorch.nn.UpsamplingBilinear2d(size=3)
    UpsamplingBilinear2d(size=3, mode='bilinear')
    """

    def __init__(self, size: Ints | None = None, scale_factor: float | Sequence[float] | None = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
