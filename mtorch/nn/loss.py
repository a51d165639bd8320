"""The criteria: losses as layers.  Called, each returns a `Loss`, whose `backward()` drives the gradient back.

What each computes stands at its function in functional/loss.py.
"""
from __future__ import annotations

from ..tensor import Tensor
from . import functional as F
from .loss_base import _Loss, _WeightedLoss


class MSELoss(_Loss):
    """The mean of (input - target)^2.

    >>> import mtorch
    >>> mtorch.nn.MSELoss()(mtorch.tensor([1.0, 3.0]), mtorch.tensor([1.0, 1.0])).value
    2.0
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(_Loss):
    """The mean of |input - target|.

    >>> import mtorch
    >>> mtorch.nn.L1Loss()(mtorch.tensor([1.0, 3.0]), mtorch.tensor([1.0, 1.0])).value
    1.0
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """Squared below beta, absolute above.

    >>> import mtorch
    >>> mtorch.nn.SmoothL1Loss()(mtorch.tensor([3.0]), mtorch.tensor([0.0])).value
    2.5
    """

    def __init__(self, size_average=None, reduce=None, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """Squared below delta, delta times absolute above.

    >>> import mtorch
    >>> mtorch.nn.HuberLoss(delta=2.0)(mtorch.tensor([3.0]), mtorch.tensor([0.0])).value
    4.0
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class CrossEntropyLoss(_WeightedLoss):
    """-log softmax(input)[target], of logits.  Do not apply softmax before it.

    >>> import mtorch
    >>> mtorch.nn.CrossEntropyLoss()(mtorch.tensor([[0.0, 0.0]]), mtorch.tensor([1]))
    tensor(0.6931)
    """

    def __init__(self, weight: Tensor | None = None, size_average=None, ignore_index: int = -100, reduce=None,
                 reduction: str = "mean", label_smoothing: float = 0.0) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(input, target, weight=self.weight, ignore_index=self.ignore_index,
                               reduction=self.reduction, label_smoothing=self.label_smoothing)


class NLLLoss(_WeightedLoss):
    """-input[target], of log-probabilities.

    >>> import mtorch
    >>> mtorch.nn.NLLLoss()(mtorch.tensor([[-0.5, -1.0]]), mtorch.tensor([1]))
    tensor(1.)
    """

    def __init__(self, weight: Tensor | None = None, size_average=None, ignore_index: int = -100, reduce=None,
                 reduction: str = "mean") -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(input, target, weight=self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class BCELoss(_WeightedLoss):
    """The cross-entropy of probabilities of two classes.

    >>> import mtorch
    >>> mtorch.nn.BCELoss()(mtorch.tensor([0.5]), mtorch.tensor([1.0]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """BCELoss of sigmoid(input), without overflow.

    >>> import mtorch
    >>> mtorch.nn.BCEWithLogitsLoss()(mtorch.tensor([0.0]), mtorch.tensor([1.0]))
    tensor(0.6931)
    """

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(self, weight: Tensor | None = None, size_average=None, reduce=None, reduction: str = "mean",
                 pos_weight: Tensor | None = None) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(input, target, self.weight, pos_weight=self.pos_weight,
                                                  reduction=self.reduction)


class KLDivLoss(_Loss):
    """target (log target - input), of log-probabilities input.

    >>> import mtorch
    >>> mtorch.nn.KLDivLoss(reduction="sum")(mtorch.tensor([[0.5]]).log(), mtorch.tensor([[1.0]]))
    tensor(0.6931)
    """

    def __init__(self, size_average=None, reduce=None, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class PoissonNLLLoss(_Loss):
    """The negative log-likelihood of counts under Poisson distributions.

    >>> import mtorch
    >>> mtorch.nn.PoissonNLLLoss()(mtorch.tensor([0.0]), mtorch.tensor([2.0])).value
    1.0
    """

    def __init__(self, log_input: bool = True, full: bool = False, size_average=None, eps: float = 1e-8, reduce=None,
                 reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.poisson_nll_loss(input, target, log_input=self.log_input, full=self.full, eps=self.eps,
                                  reduction=self.reduction)


class GaussianNLLLoss(_Loss):
    """The negative log-likelihood under normal distributions of given variance.

    >>> import mtorch
    >>> mtorch.nn.GaussianNLLLoss()(mtorch.tensor([1.0]), mtorch.tensor([3.0]), mtorch.tensor([1.0])).value
    2.0
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        return F.gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)
