"""The criteria: losses as layers.  Called, each returns a `Loss`, whose `backward()` drives the gradient back.

What each computes stands at its function in functional/loss.py.
"""
from __future__ import annotations

import warnings
from math import prod
from typing import TYPE_CHECKING

from ..caller import program_line
from ..tensor import Tensor
from . import functional as F
from .linear import Linear
from .loss_base import _Loss, _WeightedLoss

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike
    from .functional.cross_entropy_options import LinearCrossEntropyOptions


class MSELoss(_Loss):
    """The mean of (input - target)^2.

    reduction: "mean", "sum", or "none" for each element's
    size_average, reduce: the old form of reduction: reduce=False is "none", else size_average=False is "sum"

    Shape: input (...), target the same -> (), or with "none" (...).
    Raises: ValueError for another reduction; RuntimeError for shapes that do not broadcast; NotImplementedError for
    integers.
    Source: Legendre, "Nouvelles methodes pour la determination des orbites des cometes", 1805.

    >>> import mtorch
    >>> mtorch.nn.MSELoss()(mtorch.tensor([1.0, 3.0]), mtorch.tensor([1.0, 1.0])).value
    2.0
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(_Loss):
    """The mean of |input - target|, which one element far off sways less than the squares of MSELoss.

    reduction, size_average, reduce: as for MSELoss

    Shape: input (...), target the same -> (), or with "none" (...).
    Raises: ValueError for another reduction; RuntimeError for shapes that do not broadcast; NotImplementedError for
    integers.
    Source: Boscovich, "De litteraria expeditione per pontificiam ditionem", 1757.

    >>> import mtorch
    >>> mtorch.nn.L1Loss()(mtorch.tensor([1.0, 3.0]), mtorch.tensor([1.0, 1.0])).value
    1.0
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """With d = |input - target|: d^2 / (2 beta) where d < beta, else d - beta / 2.

    size_average, reduce, reduction: as for MSELoss
    beta: where the parabola ends, >= 0; 0 makes it an L1Loss

    Shape: input (...), target the same -> (), or with "none" (...).
    Raises: RuntimeError for a negative beta, or shapes that do not broadcast; ValueError for another reduction;
    NotImplementedError for integers.
    Source: Girshick, "Fast R-CNN", ICCV 2015, arXiv:1504.08083, equation 3.

    >>> import mtorch
    >>> mtorch.nn.SmoothL1Loss()(mtorch.tensor([3.0]), mtorch.tensor([0.0])).value
    2.5
    """

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
                 beta: float = 1.0) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """With d = |input - target|: d^2 / 2 where d < delta, else delta (d - delta / 2).

    reduction: as for MSELoss
    delta: where the parabola ends, > 0

    Shape: input (...), target the same -> (), or with "none" (...).
    Raises: RuntimeError for a delta <= 0, or shapes that do not broadcast; ValueError for another reduction;
    NotImplementedError for integers.
    Source: Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 1964.

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
    """-log softmax(input)[target], averaged: the loss of a classifier's logits.  Do not apply softmax before it.

    weight: how much each class counts, (C); "mean" divides by the sum of the weights of the targets
    size_average, reduce, reduction: as for MSELoss
    ignore_index: a class whose samples do not count; not for probabilities
    label_smoothing: the share of the target that is spread evenly over the classes, in [0, 1]

    Shape: input (N, C, ...) or (C); target, integers in [0, C), (N, ...) or (); or probabilities in the shape of input
    -> (), or with "none" (N, ...) or ().
    Raises: IndexError for a class out of range; ValueError for shapes that do not fit, or another reduction;
    RuntimeError for a target that is neither int64 nor probabilities, a weight of another shape, label_smoothing out of
    range.
    Source: Bridle, "Training Stochastic Model Recognition Algorithms as Networks can Lead to Maximum Mutual Information
    Estimation of Parameters", NIPS 1989; of label_smoothing, Szegedy et al., "Rethinking the Inception Architecture for
    Computer Vision", CVPR 2016, section 7.

    >>> import mtorch
    >>> mtorch.nn.CrossEntropyLoss()(mtorch.tensor([[0.0, 0.0]]), mtorch.tensor([1]))
    tensor(0.6931)
    """

    def __init__(self, weight: Tensor | None = None, size_average: bool | None = None, ignore_index: int = -100,
                 reduce: bool | None = None, reduction: str = "mean", label_smoothing: float = 0.0) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(input, target, weight=self.weight, ignore_index=self.ignore_index,
                               reduction=self.reduction, label_smoothing=self.label_smoothing)


class LinearCrossEntropyLoss(_WeightedLoss):
    """A Linear, and the cross-entropy of its logits: the head of a classifier and its loss in one module.

    in_features: I, numbers in a sample, > 0
    num_classes: C, > 0
    out_features: sizes d of further axes, each place of which is classified on its own
    bias: learn a bias, too
    device, dtype: of the Linear's parameters
    reduction: "mean", "sum", or "none" for the loss of each sample
    weight: how much each class counts, (C)
    ignore_index: the class whose samples do not count; None for -100, or where the target has probabilities
    label_smoothing: the share of the target that is spread evenly over the classes, in [0, 1]
    options: chunks, which save memory in PyTorch, change no value, and do nothing here

    Shape: input (N, I) or (I); target, classes (N, *d) or (), or probabilities (N, C, *d) or (C) -> (), or with "none"
    (N, *d) or ().
    Raises: RuntimeError for a weight of another shape, label_smoothing out of range, an input or target of another
    shape, an ignore_index beside probabilities; IndexError for a class out of range.
    Source: PyTorch 2.13. Smoothing: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016,
    section 7.

    >>> import mtorch
    >>> criterion = mtorch.nn.LinearCrossEntropyLoss(5, 10)
    >>> criterion(mtorch.zeros(1, 5), mtorch.tensor([3]))
    tensor(2.3026, grad_fn=<NllLossBackward0>)
    """

    def __init__(self, in_features: int, num_classes: int, *, out_features: tuple[int, ...] = (), bias: bool = False,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None, reduction: str = "mean",
                 weight: Tensor | None = None, ignore_index: int | None = None, label_smoothing: float = 0.0,
                 options: LinearCrossEntropyOptions | None = None) -> None:
        if weight is not None and tuple(weight.shape) != (num_classes,):
            raise RuntimeError(f"LinearCrossEntropyLoss: expected weight shape to be {(num_classes,)}, got "
                               f"{tuple(weight.shape)}")
        if not 0.0 <= label_smoothing <= 1.0:
            raise RuntimeError("LinearCrossEntropyLoss: expected label_smoothing to be in range [0, 1], got "
                               f"{label_smoothing}")
        super().__init__(weight, reduction=reduction)
        self.num_classes, self.out_features = num_classes, out_features
        self.ignore_index, self.label_smoothing, self.options = ignore_index, label_smoothing, options
        self.linear = Linear(in_features, num_classes * prod(out_features), bias, device, dtype)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        rows, bias = (self.num_classes, *self.out_features), self.linear.bias
        return F.linear_cross_entropy(input, self.linear.weight.reshape(*rows, self.linear.in_features), target,
                                      linear_bias=None if bias is None else bias.reshape(rows), weight=self.weight,
                                      reduction=self.reduction, ignore_index=self.ignore_index,
                                      label_smoothing=self.label_smoothing, options=self.options)

    def extra_repr(self) -> str:
        """The options."""
        return (f"in_features={self.linear.in_features}, num_classes={self.num_classes}, "
                f"out_features={self.out_features}, bias={self.linear.bias is not None}, reduction={self.reduction}, "
                f"ignore_index={self.ignore_index}, label_smoothing={self.label_smoothing}, options={self.options}")


class NLLLoss(_WeightedLoss):
    """-input[target], averaged: the loss of log-probabilities, such as LogSoftmax gives.

    weight: how much each class counts, (C); "mean" divides by the sum of the weights of the targets
    size_average, reduce, reduction: as for MSELoss
    ignore_index: a class whose samples do not count

    Shape: input (N, C, ...) or (C); target, integers in [0, C), (N, ...) or () -> (), or with "none" (N, ...) or ().
    Raises: IndexError for a class out of range; ValueError for shapes that do not fit, or another reduction;
    RuntimeError for a target that is not int64, or a weight of another shape.
    Source: Fisher, "On an Absolute Criterion for Fitting Frequency Curves", 1912.

    >>> import mtorch
    >>> mtorch.nn.NLLLoss()(mtorch.tensor([[-0.5, -1.0]]), mtorch.tensor([1]))
    tensor(1.)
    """

    def __init__(self, weight: Tensor | None = None, size_average: bool | None = None, ignore_index: int = -100,
                 reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(input, target, weight=self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class NLLLoss2d(NLLLoss):
    """NLLLoss, by the name that it had for images; deprecated in torch, too.

    weight, size_average, ignore_index, reduce, reduction: as for NLLLoss

    Shape: input (N, C, H, W); target, integers in [0, C), (N, H, W) -> (), or with "none" (N, H, W).
    Raises: what NLLLoss raises.
    Source: that of NLLLoss.

    >>> import mtorch, warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     mtorch.nn.NLLLoss2d()(mtorch.tensor([[[[-0.5]], [[-1.0]]]]), mtorch.tensor([[[1]]]))
    tensor(1.)
    """

    def __init__(self, weight: Tensor | None = None, size_average: bool | None = None, ignore_index: int = -100,
                 reduce: bool | None = None, reduction: str = "mean") -> None:
        warnings.warn("`NLLLoss2d` has been deprecated. Please use `NLLLoss` instead as a drop-in replacement.",
                      FutureWarning, stacklevel=program_line())
        super().__init__(weight, size_average, ignore_index, reduce, reduction)


class BCELoss(_WeightedLoss):
    """-(target log input + (1 - target) log(1 - input)), averaged: the cross-entropy of probabilities of two classes.

    weight: factors of the losses, that broadcast to the input
    size_average, reduce, reduction: as for MSELoss

    Shape: input (...) in [0, 1], target the same -> (), or with "none" (...).
    Raises: ValueError for another shape of the target, or another reduction; RuntimeError for values outside [0, 1], or
    a weight that does not broadcast; NotImplementedError for integers.
    Source: Good, "Rational Decisions", Journal of the Royal Statistical Society B 1952.

    >>> import mtorch
    >>> mtorch.nn.BCELoss()(mtorch.tensor([0.5]), mtorch.tensor([1.0]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """BCELoss of sigmoid(input), without overflow where the sigmoid is 0 or 1.

    weight: factors of the losses, that broadcast to the input
    size_average, reduce, reduction: as for MSELoss
    pos_weight: factors of the losses of target 1, which balance rare classes; broadcasts to the input

    Shape: input (...), target the same, in [0, 1] -> (), or with "none" (...).
    Raises: ValueError for another shape of the target, or another reduction; RuntimeError for a weight or pos_weight
    that does not broadcast; NotImplementedError for integers.
    Source: Good, "Rational Decisions", Journal of the Royal Statistical Society B 1952.

    >>> import mtorch
    >>> mtorch.nn.BCEWithLogitsLoss()(mtorch.tensor([0.0]), mtorch.tensor([1.0]))
    tensor(0.6931)
    """

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(self, weight: Tensor | None = None, size_average: bool | None = None, reduce: bool | None = None,
                 reduction: str = "mean", pos_weight: Tensor | None = None) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(input, target, self.weight, pos_weight=self.pos_weight,
                                                  reduction=self.reduction)


class KLDivLoss(_Loss):
    """target (log target - input), of log-probabilities input: how far the target's distribution is from the input's.

    size_average, reduce: as for MSELoss
    reduction: "batchmean" for the sum divided by N, which is the divergence; "mean", over all elements; "sum" or "none"
    log_target: whether the target, too, is given as log-probabilities

    Shape: input (...), target the same -> (), or with "none" (...).
    Raises: ValueError for another reduction; RuntimeError for shapes that do not broadcast, or integers.
    Source: Kullback & Leibler, "On Information and Sufficiency", Annals of Mathematical Statistics 1951.

    >>> import mtorch
    >>> mtorch.nn.KLDivLoss(reduction="sum")(mtorch.tensor([[0.5]]).log(), mtorch.tensor([[1.0]]))
    tensor(0.6931)
    """

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean",
                 log_target: bool = False) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class PoissonNLLLoss(_Loss):
    """e^input - target input, averaged: the negative log-likelihood of counts whose expected number is e^input.

    log_input: False where the input is the expected number itself: input - target log(input + eps)
    full: add Stirling's approximation of log(target!) where target > 1, which changes no gradient
    size_average, reduce, reduction: as for MSELoss
    eps: keeps the logarithm finite, > 0

    Shape: input (...), target the same -> (), or with "none" (...).
    Raises: ValueError for another reduction; RuntimeError for shapes that do not broadcast.
    Source: Poisson, "Recherches sur la probabilite des jugements", 1837; McCullagh & Nelder, "Generalized Linear
    Models", 1989, chapter 6.

    >>> import mtorch
    >>> mtorch.nn.PoissonNLLLoss()(mtorch.tensor([0.0]), mtorch.tensor([2.0])).value
    1.0
    """

    def __init__(self, log_input: bool = True, full: bool = False, size_average: bool | None = None, eps: float = 1e-8,
                 reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return F.poisson_nll_loss(log_input, target, log_input=self.log_input, full=self.full, eps=self.eps,
                                  reduction=self.reduction)


class GaussianNLLLoss(_Loss):
    """(log var + (input - target)^2 / var) / 2, averaged: the loss of a net that gives a mean and a variance.

    full: add log(2 pi) / 2, which changes no gradient
    eps: the least variance, > 0
    reduction: as for MSELoss

    Shape: input (...), target the same, var the same, or with 1 last or without the last axis, or a number -> (), or
    with "none" (...).
    Raises: ValueError for a negative variance, a var of another shape, another reduction; RuntimeError for a target
    that does not broadcast.
    Source: Nix & Weigend, "Estimating the Mean and Variance of the Target Probability Distribution", ICNN 1994.

    >>> import mtorch
    >>> mtorch.nn.GaussianNLLLoss()(mtorch.tensor([1.0]), mtorch.tensor([3.0]), mtorch.tensor([1.0])).value
    2.0
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        return F.gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)
