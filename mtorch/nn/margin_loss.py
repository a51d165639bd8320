"""The criteria of distances, rankings, margins and alignments; what each computes stands in functional/margin_loss.py."""
from __future__ import annotations

from ..tensor import Tensor
from . import functional as F
from .loss_base import _Loss, _WeightedLoss


class HingeEmbeddingLoss(_Loss):
    """input where target is 1, max(0, margin - input) where it is -1.

    >>> import mtorch
    >>> mtorch.nn.HingeEmbeddingLoss()(mtorch.tensor([0.25]), mtorch.tensor([-1.0])).value
    0.75
    """

    def __init__(self, margin: float = 1.0, size_average: bool | None = None, reduce: bool | None = None,
                 reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class MarginRankingLoss(_Loss):
    """max(0, -target (input1 - input2) + margin).

    >>> import mtorch
    >>> mtorch.nn.MarginRankingLoss()(mtorch.tensor([1.0]), mtorch.tensor([3.0]), mtorch.tensor([1.0])).value
    2.0
    """

    def __init__(self, margin: float = 0.0, size_average: bool | None = None, reduce: bool | None = None,
                 reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.margin_ranking_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class SoftMarginLoss(_Loss):
    """log(1 + e^(-target input)), target 1 or -1.

    >>> import mtorch
    >>> mtorch.nn.SoftMarginLoss()(mtorch.tensor([0.0]), mtorch.tensor([1.0]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class CosineEmbeddingLoss(_Loss):
    """1 - cos(input1, input2) where target is 1, max(0, cos - margin) where it is -1.

    >>> import mtorch
    >>> x, y = mtorch.tensor([[1.0, 0.0]]), mtorch.tensor([[0.0, 1.0]])
    >>> mtorch.nn.CosineEmbeddingLoss()(x, y, mtorch.tensor([1.0])).value
    1.0
    """

    def __init__(self, margin: float = 0.0, size_average: bool | None = None, reduce: bool | None = None,
                 reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.cosine_embedding_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class TripletMarginLoss(_Loss):
    """max(0, d(anchor, positive) - d(anchor, negative) + margin).

    >>> import mtorch
    >>> a, n = mtorch.zeros(1, 2), mtorch.tensor([[3.0, 4.0]])
    >>> mtorch.nn.TripletMarginLoss(margin=6.0)(a, a, n)
    tensor(1.0000)
    """

    def __init__(self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False,
                 size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__(size_average, reduce, reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginLoss: expected margin to be greater than 0, got {margin} instead")
        self.margin, self.p, self.eps, self.swap = margin, p, eps, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_loss(anchor, positive, negative, margin=self.margin, p=self.p, eps=self.eps,
                                     swap=self.swap, reduction=self.reduction)


class TripletMarginWithDistanceLoss(_Loss):
    """TripletMarginLoss with a distance of one's own.

    >>> import mtorch
    >>> a, n = mtorch.zeros(1, 2), mtorch.tensor([[3.0, 4.0]])
    >>> mtorch.nn.TripletMarginWithDistanceLoss(margin=6.0)(a, a, n)
    tensor(1.0000)
    """

    def __init__(self, *, distance_function=None, margin: float = 1.0, swap: bool = False,
                 reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginWithDistanceLoss: expected margin to be greater than 0, got {margin} "
                             "instead")
        self.distance_function = distance_function if distance_function is not None else F.pairwise_distance
        self.margin, self.swap = margin, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_with_distance_loss(anchor, positive, negative, distance_function=self.distance_function,
                                                   margin=self.margin, swap=self.swap, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """sum over i != t of max(0, margin - input[t] + input[i])^p, divided by the number of classes.

    >>> import mtorch
    >>> mtorch.nn.MultiMarginLoss()(mtorch.tensor([[0.0, 0.5]]), mtorch.tensor([0])).value
    0.75
    """

    def __init__(self, p: int = 1, margin: float = 1.0, weight: Tensor | None = None, size_average: bool | None = None,
                 reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError("only p == 1 and p == 2 supported")
        self.p, self.margin = p, margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multi_margin_loss(input, target, p=self.p, margin=self.margin, weight=self.weight,
                                   reduction=self.reduction)


class MultiLabelMarginLoss(_Loss):
    """Each label's margin over each class that is none of them; labels end with -1.

    >>> import mtorch
    >>> mtorch.nn.MultiLabelMarginLoss()(mtorch.tensor([[0.0, 0.5]]), mtorch.tensor([[0, -1]])).value
    0.75
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """The mean over classes of the binary cross-entropy of each label.

    >>> import mtorch
    >>> mtorch.nn.MultiLabelSoftMarginLoss()(mtorch.zeros(1, 2), mtorch.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_soft_margin_loss(input, target, weight=self.weight, reduction=self.reduction)


class CTCLoss(_Loss):
    """The negative log-probability of a sequence of labels over all its alignments.  Graves et al. 2006

    >>> import mtorch
    >>> lp = mtorch.full((2, 1, 2), 0.5).log()
    >>> mtorch.nn.CTCLoss()(lp, mtorch.tensor([[1]]), mtorch.tensor([2]), mtorch.tensor([1]))
    tensor(0.2877)
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(reduction=reduction)
        self.blank, self.zero_infinity = blank, zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Tensor, target_lengths: Tensor) -> Tensor:
        return F.ctc_loss(log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction,
                          self.zero_infinity)
