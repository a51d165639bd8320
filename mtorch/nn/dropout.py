"""The dropout family as layers: active while training, the identity after `eval()`."""
from __future__ import annotations

from ..tensor import Tensor
from . import functional as F
from .module import Module


class _Dropout(Module):
    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """Each element zero with probability p, the others divided by 1 - p.  Srivastava et al. 2014

    >>> import mtorch
    >>> mtorch.nn.Dropout(0.5).eval()(mtorch.ones(2))
    tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Whole channels of (N, C, L) dropped.

    >>> import mtorch
    >>> mtorch.nn.Dropout1d().eval()(mtorch.ones(1, 2, 1)).shape
    torch.Size([1, 2, 1])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Whole channels of (N, C, H, W) dropped.

    >>> import mtorch
    >>> mtorch.nn.Dropout2d().eval()(mtorch.ones(1, 2, 1, 1)).shape
    torch.Size([1, 2, 1, 1])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Whole channels of (N, C, D, H, W) dropped.

    >>> import mtorch
    >>> mtorch.nn.Dropout3d().eval()(mtorch.ones(1, 2, 1, 1, 1)).shape
    torch.Size([1, 2, 1, 1, 1])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout for selu networks: mean and variance stay.

    >>> import mtorch
    >>> mtorch.nn.AlphaDropout().eval()(mtorch.ones(2))
    tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels.

    >>> import mtorch
    >>> mtorch.nn.FeatureAlphaDropout().eval()(mtorch.ones(1, 2, 1)).shape
    torch.Size([1, 2, 1])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training)
