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
    """Each element zero with probability p, the others divided by 1 - p, so that the mean stays.

    p: the probability, in [0, 1]
    inplace: overwrite the input, which must not be a leaf that requires grad, instead of making a new tensor

    Shape: any -> the same.
    Raises: ValueError for a p outside [0, 1]; RuntimeError for integers and bools while training.
    Source: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, "Dropout: A Simple Way to Prevent Neural Networks
    from Overfitting", JMLR 2014.

    >>> import mtorch
    >>> mtorch.nn.Dropout(0.5).eval()(mtorch.ones(2))
    tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Whole channels of sequences zero with probability p, the others divided by 1 - p.

    p, inplace: as for Dropout

    Shape: (N, C, L) or (C, L) -> the same.
    Raises: ValueError for a p outside [0, 1]; RuntimeError for an input of other dimensions, or, while training,
    integers and bools.
    Source: Tompson, Goroshin, Jain, LeCun & Bregler, "Efficient Object Localization Using Convolutional Networks", CVPR
    2015, section 3.2.

    >>> import mtorch
    >>> mtorch.nn.Dropout1d().eval()(mtorch.ones(1, 2, 1)).shape
    torch.Size([1, 2, 1])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Whole channels of images zero with probability p: neighbouring pixels tell of each other what Dropout takes away.

    p, inplace: as for Dropout

    Shape: (N, C, H, W) -> the same.  Of (N, C, L) each channel is dropped, too, as PyTorch does.
    Raises: ValueError for a p outside [0, 1]; RuntimeError for fewer than 2 dimensions, or, while training,
    integers and bools.
    Source: Tompson, Goroshin, Jain, LeCun & Bregler, "Efficient Object Localization Using Convolutional Networks", CVPR
    2015, section 3.2.

    >>> import mtorch
    >>> mtorch.nn.Dropout2d().eval()(mtorch.ones(1, 2, 1, 1)).shape
    torch.Size([1, 2, 1, 1])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Whole channels of volumes zero with probability p, the others divided by 1 - p.

    p, inplace: as for Dropout

    Shape: (N, C, D, H, W) or (C, D, H, W) -> the same.
    Raises: ValueError for a p outside [0, 1]; RuntimeError for fewer than 2 dimensions, or, while training,
    integers and bools.
    Source: Tompson, Goroshin, Jain, LeCun & Bregler, "Efficient Object Localization Using Convolutional Networks", CVPR
    2015, section 3.2.

    >>> import mtorch
    >>> mtorch.nn.Dropout3d().eval()(mtorch.ones(1, 2, 1, 1, 1)).shape
    torch.Size([1, 2, 1, 1, 1])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout for networks of SELU: dropped elements take its lower limit, and mean and variance stay.

    p: the probability, in [0, 1]
    inplace: taken and not used, as in PyTorch: there is always a new tensor

    Shape: any -> the same.
    Raises: ValueError for a p outside [0, 1]; RuntimeError for integers and bools while training.
    Source: Klambauer, Unterthiner, Mayr & Hochreiter, "Self-Normalizing Neural Networks", NIPS 2017.

    >>> import mtorch
    >>> mtorch.nn.AlphaDropout().eval()(mtorch.ones(2))
    tensor([1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.alpha_dropout(input, self.p, self.training)


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels.

    p, inplace: as for AlphaDropout

    Shape: (N, C, ...) -> the same.
    Raises: ValueError for a p outside [0, 1]; RuntimeError for fewer than 2 dimensions, or, while training,
    integers and bools.
    Source: Klambauer, Unterthiner, Mayr & Hochreiter, "Self-Normalizing Neural Networks", NIPS 2017; of whole channels,
    Tompson et al., CVPR 2015.

    >>> import mtorch
    >>> mtorch.nn.FeatureAlphaDropout().eval()(mtorch.ones(1, 2, 1)).shape
    torch.Size([1, 2, 1])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.feature_alpha_dropout(input, self.p, self.training)
