"""Layers that rearrange channels: into pixels and back, and among groups."""
from __future__ import annotations

from ..tensor import Tensor
from . import functional as F
from .module import Module


class PixelShuffle(Module):
    """Groups of r^2 channels turned into images r times as wide and high.

    upscale_factor: r, an int > 0

    Shape: (..., C r^2, H, W) -> (..., C, H r, W r).
    Raises: RuntimeError for fewer than 3 dimensions, or channels that r^2 does not divide.
    Source: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
    Neural Network", CVPR 2016, equation 4.

    >>> import mtorch
    >>> mtorch.nn.PixelShuffle(3)(mtorch.randn(1, 9, 4, 4)).shape
    torch.Size([1, 1, 12, 12])
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        """The factor."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Blocks of r x r pixels turned into channels: the inverse of PixelShuffle.

    downscale_factor: r, an int > 0

    Shape: (..., C, H r, W r) -> (..., C r^2, H, W).
    Raises: RuntimeError for fewer than 3 dimensions, or a height or width that r does not divide.
    Source: Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
    Neural Network", CVPR 2016, equation 4, backwards.

    >>> import mtorch
    >>> mtorch.nn.PixelUnshuffle(3)(mtorch.randn(1, 1, 12, 12)).shape
    torch.Size([1, 9, 4, 4])
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        """The factor."""
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Channels dealt out anew among groups, so that grouped convolutions see each other's results.

    groups: how many, an int > 0 that divides C

    Shape: (N, C, ...) -> the same.
    Raises: RuntimeError for fewer than 3 dimensions, or channels that groups does not divide.
    Source: Zhang, Zhou, Lin & Sun, "ShuffleNet: An Extremely Efficient Convolutional Neural Network for Mobile
    Devices", CVPR 2018, section 3.1.

    >>> import mtorch
    >>> mtorch.nn.ChannelShuffle(2)(mtorch.arange(4.).reshape(1, 4, 1)).flatten()
    tensor([0., 2., 1., 3.])
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        """How many groups."""
        return f"groups={self.groups}"
