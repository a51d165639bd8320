"""Layers of softmax, which make of numbers along a dimension shares of one."""
from __future__ import annotations

from ..tensor import Tensor
from . import functional as F
from .module import Module


class _OverDim(Module):
    """An activation over one dimension."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim


class Softmax(_OverDim):
    """e^x / sum e^x over dim.

    >>> import mtorch
    >>> mtorch.nn.Softmax(dim=0)(mtorch.tensor([0.0, 0.0]))
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(_OverDim):
    """log(e^x / sum e^x) over dim.

    >>> import mtorch
    >>> mtorch.nn.LogSoftmax(dim=0)(mtorch.tensor([0.0, 0.0]))
    tensor([-0.6931, -0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmin(_OverDim):
    """softmax of -x.

    >>> import mtorch
    >>> mtorch.nn.Softmin(dim=0)(mtorch.tensor([0.0, 0.0]))
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax2d(Module):
    """softmax over the channels of (N, C, H, W) or (C, H, W).

    >>> import mtorch
    >>> mtorch.nn.Softmax2d()(mtorch.zeros(1, 2, 1, 1)).flatten()
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3, _stacklevel=5)
