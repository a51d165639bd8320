"""DropBlock: dropout of whole blocks of a picture, as neighbours in a picture know each other's values.

Source: Ghiasi, Lin & Le, "DropBlock: A regularization method for convolutional networks", NeurIPS 2018, arXiv:1810.12890.
"""
from __future__ import annotations

import math

from ... import nn
from ...functions.creation import empty
from ...nn import functional as F
from ...tensor import Tensor


def _drop_block(input: Tensor, p: float, block_size: int, inplace: bool, eps: float, training: bool, axes: int) -> Tensor:
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"drop probability has to be between 0 and 1, but got {p}.")
    if input.ndim != axes + 2:
        raise ValueError(f"input should be {axes + 2} dimensional. Got {input.ndim} dimensions.")
    if not training or p == 0.0:
        return input
    sizes = input.shape[2:]
    size = min(block_size, *sizes)
    if size % 2 == 0:
        raise ValueError(f"block size should be odd. Got {size} which is even.")
    inner = [n - size + 1 for n in sizes]                    # where a whole block has its middle
    middles = empty([*input.shape[:2], *inner], dtype=input.dtype, device=input.device)
    middles.bernoulli_(p * math.prod(sizes) / (size ** axes * math.prod(inner)))
    pool = F.max_pool2d if axes == 2 else F.max_pool3d
    kept = 1 - pool(F.pad(middles, [size // 2] * (2 * axes), value=0), size, stride=1, padding=size // 2)
    scale = kept.numel() / (eps + kept.sum())
    return input.mul_(kept).mul_(scale) if inplace else input * kept * scale


def drop_block2d(input: Tensor, p: float, block_size: int, inplace: bool = False, eps: float = 1e-06,
                 training: bool = True) -> Tensor:
    """Zeros in squares at random places of each channel; what is left is scaled so that the mean stays.

    p: how much is dropped, about, in [0, 1]
    block_size: the side of a square, odd; the picture's where that is less
    inplace: write into input
    eps: added where the scale is divided by what is left
    training: else the input is given back as it is

    Shape: (N, C, H, W) -> the same.
    Raises: ValueError for another p, an even block_size and other dimensions.
    Source: see this file.

    >>> import mtorch
    >>> mtorch.manual_seed(2)
    <...>
    >>> drop_block2d(mtorch.ones(1, 1, 4, 5), 0.4, 3)[0, 0]
    tensor([[1.8182, 0.0000, 0.0000, 0.0000, 1.8182],
            [1.8182, 0.0000, 0.0000, 0.0000, 1.8182],
            [1.8182, 0.0000, 0.0000, 0.0000, 1.8182],
            [1.8182, 1.8182, 1.8182, 1.8182, 1.8182]])
    """
    return _drop_block(input, p, block_size, inplace, eps, training, 2)


def drop_block3d(input: Tensor, p: float, block_size: int, inplace: bool = False, eps: float = 1e-06,
                 training: bool = True) -> Tensor:
    """`drop_block2d` of volumes: zeros in cubes.

    Arguments and errors as for `drop_block2d`.

    Shape: (N, C, D, H, W) -> the same.

    >>> import mtorch
    >>> drop_block3d(mtorch.ones(1, 2, 3, 4, 5), 0.5, 3).shape
    torch.Size([1, 2, 3, 4, 5])
    """
    return _drop_block(input, p, block_size, inplace, eps, training, 3)


class DropBlock2d(nn.Module):
    """`drop_block2d` as a layer: active while training.

    p, block_size, inplace, eps: as for `drop_block2d`

    Shape: (N, C, H, W) -> the same.
    Raises: ValueError as `drop_block2d`, when it is called.

    >>> DropBlock2d(0.1, 3)
    DropBlock2d(p=0.1, block_size=3, inplace=False)
    """

    def __init__(self, p: float, block_size: int, inplace: bool = False, eps: float = 1e-06) -> None:
        super().__init__()
        self.p, self.block_size, self.inplace, self.eps = p, block_size, inplace, eps

    def forward(self, input: Tensor) -> Tensor:
        """The input without some blocks."""
        return drop_block2d(input, self.p, self.block_size, self.inplace, self.eps, self.training)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p}, block_size={self.block_size}, inplace={self.inplace})"


class DropBlock3d(DropBlock2d):
    """`drop_block3d` as a layer: active while training.

    p, block_size, inplace, eps: as for `drop_block2d`

    Shape: (N, C, D, H, W) -> the same.
    Raises: ValueError as `drop_block3d`, when it is called.

    >>> DropBlock3d(0.1, 3)
    DropBlock3d(p=0.1, block_size=3, inplace=False)
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input without some blocks."""
        return drop_block3d(input, self.p, self.block_size, self.inplace, self.eps, self.training)
