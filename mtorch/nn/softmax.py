"""Layers of softmax, which make of numbers along a dimension shares of one.

Source: Bridle, "Training Stochastic Model Recognition Algorithms as Networks can Lead to Maximum Mutual Information
Estimation of Parameters", NIPS 1989.
"""
from __future__ import annotations

from ..functions.arguments import require_tensor
from ..tensor import Tensor
from . import functional as F
from .module import Module


class _OverDim(Module):
    """An activation over one dimension."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim


class Softmax(_OverDim):
    """e^x / sum of e^x over dim: numbers in [0, 1] that add up to 1.

    dim: the dimension along which they add up to 1; None guesses one, with a warning

    Shape: any -> the same.
    Raises: IndexError for a dim outside [-input.dim(), input.dim()); NotImplementedError for integers and bools.

    >>> import mtorch
    >>> mtorch.nn.Softmax(dim=0)(mtorch.tensor([0.0, 0.0]))
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(_OverDim):
    """log(e^x / sum of e^x) over dim, finite where the softmax itself is too small for its type.

    dim, Raises: as for Softmax

    Shape: any -> the same.

    >>> import mtorch
    >>> mtorch.nn.LogSoftmax(dim=0)(mtorch.tensor([0.0, 0.0]))
    tensor([-0.6931, -0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmin(_OverDim):
    """The softmax of -x.

    dim: as for Softmax

    Shape: any -> the same.
    Raises: IndexError for a dim outside [-input.dim(), input.dim()); NotImplementedError for integers; RuntimeError for
    bools.

    >>> import mtorch
    >>> mtorch.nn.Softmin(dim=0)(mtorch.tensor([0.0, 0.0]))
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim, _stacklevel=5)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax2d(Module):
    """The softmax over the channels, at each place of an image.

    Shape: (N, C, H, W) or (C, H, W) -> the same.
    Raises: ValueError for an input of other dimensions; NotImplementedError for integers and bools.

    >>> import mtorch
    >>> mtorch.nn.Softmax2d()(mtorch.zeros(1, 2, 1, 1)).flatten()
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        if require_tensor(input, "Softmax2d").dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3, _stacklevel=5)
