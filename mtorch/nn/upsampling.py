"""Resizing layers."""
from __future__ import annotations

from typing import Any

from ..tensor import Tensor
from . import functional as F
from .module import Module


class Upsample(Module):
    """Sequences, images or volumes made larger or smaller.

    Shape: (N, C, L), (N, C, H, W) or (N, C, D, H, W) -> the same with the last axes resized

    Args:
        size, scale_factor: the new size, or how many times the old one (> 0); one of them, for all axes or for each
        mode: 'nearest', 'nearest-exact', 'linear' (3D input), 'bilinear' (4D), 'bicubic' (4D), 'trilinear' (5D) or 'area'
        align_corners: the corner elements keep their places, instead of the outer edges of them
        recompute_scale_factor: use the ratio of the sizes, not scale_factor, to place the elements

    >>> import mtorch
    >>> mtorch.nn.Upsample(scale_factor=2, mode="bilinear")(mtorch.ones(1, 3, 4, 4)).shape
    torch.Size([1, 3, 8, 8])
    """

    def __init__(self, size: Any = None, scale_factor: Any = None, mode: str = "nearest",
                 align_corners: bool | None = None, recompute_scale_factor: bool | None = None) -> None:
        super().__init__()
        self.name, self.size, self.mode = type(self).__name__, size, mode
        self.scale_factor = tuple(float(f) for f in scale_factor) if isinstance(scale_factor, tuple) else \
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

    Shape: (N, C, H, W) -> (N, C, H', W')

    >>> import mtorch
    >>> mtorch.nn.UpsamplingNearest2d(scale_factor=2)
    UpsamplingNearest2d(scale_factor=2.0, mode='nearest')
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Upsample(mode='bilinear', align_corners=True) of images.

    Shape: (N, C, H, W) -> (N, C, H', W')

    >>> import mtorch
    >>> mtorch.nn.UpsamplingBilinear2d(size=3)
    UpsamplingBilinear2d(size=3, mode='bilinear')
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
