"""The criteria of rankings, margins and alignments; what each computes: functional/margin_loss.py and functional/ctc.py."""
from __future__ import annotations

from collections.abc import Callable

from ..tensor import Tensor
from . import functional as F
from .distance import PairwiseDistance
from .loss_base import _Loss, _WeightedLoss


class HingeEmbeddingLoss(_Loss):
    """input, a distance, where target is 1, and max(0, margin - input) where it is -1, averaged.

    margin: the distance from which on unlike pairs cost nothing
    size_average, reduce: the old form of reduction: reduce=False is "none", else size_average=False is "sum"
    reduction: "mean", "sum", or "none" for each element's

    Shape: input (...), target the same, of 1 and -1 -> (), or with "none" (...).
    Raises: ValueError for another reduction; RuntimeError for shapes that do not broadcast, or integers.
    Source: Hadsell, Chopra & LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", CVPR 2006 (it squares
    both).

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
    """max(0, -target (input1 - input2) + margin), averaged: target 1 says that input1 is to rank higher, -1 lower.

    margin: by how much higher
    size_average, reduce, reduction: as for HingeEmbeddingLoss

    Shape: input1 (...), input2 and target the same -> (), or with "none" (...).
    Raises: ValueError for another reduction; RuntimeError for shapes that do not broadcast.
    Source: Herbrich, Graepel & Obermayer, "Large Margin Rank Boundaries for Ordinal Regression", 2000.

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
    """log(1 + e^(-target input)), averaged, target 1 or -1.

    size_average, reduce, reduction: as for HingeEmbeddingLoss

    Shape: input (...), target the same -> (), or with "none" (...).
    Raises: ValueError for another reduction; RuntimeError for shapes that do not broadcast, or integers.
    Source: Cox, "The Regression Analysis of Binary Sequences", Journal of the Royal Statistical Society B 1958.

    >>> import mtorch
    >>> mtorch.nn.SoftMarginLoss()(mtorch.tensor([0.0]), mtorch.tensor([1.0]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class CosineEmbeddingLoss(_Loss):
    """1 - cos(input1, input2) where target is 1, and max(0, cos(input1, input2) - margin) where it is -1, averaged.

    margin: the cosine up to which unlike pairs cost nothing, in [-1, 1], better in [0, 0.5]
    size_average, reduce, reduction: as for HingeEmbeddingLoss

    Shape: input1 and input2 (N, D) and target (N), or (D) and () -> (), or with "none" (N).
    Raises: ValueError for another reduction; RuntimeError for shapes that do not fit.
    Source: Bromley, Guyon, LeCun, Saeckinger & Shah, "Signature Verification using a 'Siamese' Time Delay Neural
    Network", NIPS 1993.

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
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), averaged, d the p-norm of the difference.

    margin: by how much the negative is to be farther away, > 0
    p: the norm, >= 0
    eps: added to each difference, which keeps gradients finite at distance 0
    swap: take the distance of positive and negative where it is smaller than that of anchor and negative
    size_average, reduce, reduction: as for HingeEmbeddingLoss

    Shape: anchor, positive and negative (N, D) or (D) -> (), or with "none" (N) or ().
    Raises: ValueError for a margin <= 0, or another reduction; RuntimeError for shapes that do not fit.
    Source: Balntas, Riba, Ponsa & Mikolajczyk, "Learning Local Feature Descriptors with Triplets and Shallow
    Convolutional Neural Networks", BMVC 2016.

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

    distance_function: takes two tensors (N, D) and gives (N); default PairwiseDistance()
    margin: by how much the negative is to be farther away, > 0
    swap: take the distance of positive and negative where it is smaller than that of anchor and negative
    reduction: as for HingeEmbeddingLoss

    Shape: anchor, positive and negative (N, D), or what distance_function takes -> (), or with "none" (N).
    Raises: ValueError for a margin <= 0, or another reduction; RuntimeError for three different numbers of dimensions.
    Source: Balntas, Riba, Ponsa & Mikolajczyk, "Learning Local Feature Descriptors with Triplets and Shallow
    Convolutional Neural Networks", BMVC 2016.

    >>> import mtorch
    >>> a, n = mtorch.zeros(1, 2), mtorch.tensor([[3.0, 4.0]])
    >>> mtorch.nn.TripletMarginWithDistanceLoss(margin=6.0)(a, a, n)
    tensor(1.0000)
    """

    def __init__(self, *, distance_function: Callable[[Tensor, Tensor], Tensor] | None = None, margin: float = 1.0,
                 swap: bool = False, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginWithDistanceLoss: expected margin to be greater than 0, got {margin} "
                             "instead")
        self.distance_function = distance_function if distance_function is not None else PairwiseDistance()
        self.margin, self.swap = margin, swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_with_distance_loss(anchor, positive, negative, distance_function=self.distance_function,
                                                   margin=self.margin, swap=self.swap, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """The sum over the classes i other than t = target of max(0, margin - input[t] + input[i])^p, divided by C,
    averaged.

    p: 1 or 2
    margin: by how much the right class is to be above every other
    weight: how much each class counts, (C)
    size_average, reduce, reduction: as for HingeEmbeddingLoss

    Shape: input (N, C) or (C); target, integers in [0, C), (N) or () -> (), or with "none" (N) or ().
    Raises: ValueError for another p or reduction; RuntimeError for a class out of range, a target that is not int64,
    shapes that do not fit.
    Source: Weston & Watkins, "Support Vector Machines for Multi-Class Pattern Recognition", ESANN 1999.

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
    """The sum over a sample's labels t and the classes i that are none of them of max(0, 1 - input[t] + input[i]),
    divided by C, averaged.

    size_average, reduce, reduction: as for HingeEmbeddingLoss

    Shape: input (N, C) or (C); target the same, integers: a sample's labels, and after the last of them -1 -> (), or
    with "none" (N) or ().
    Raises: ValueError for another reduction; RuntimeError for a label out of range, a target that is not int64, shapes
    that do not fit.
    Source: Crammer & Singer, "A Family of Additive Online Algorithms for Category Ranking", JMLR 2003.

    >>> import mtorch
    >>> mtorch.nn.MultiLabelMarginLoss()(mtorch.tensor([[0.0, 0.5]]), mtorch.tensor([[0, -1]])).value
    0.75
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """The mean over the classes of the binary cross-entropy of sigmoid(input) and the target, averaged.

    weight: how much each class counts, (C)
    size_average, reduce, reduction: as for HingeEmbeddingLoss

    Shape: input (N, C) or (C); target the same, of 0 and 1 -> (), or with "none" (N) or ().
    Raises: ValueError for another reduction; RuntimeError for shapes that do not broadcast.
    Source: Zhang & Zhou, "Multilabel Neural Networks with Applications to Functional Genomics and Text Categorization",
    2006, which weighs the losses of many labels against each other.

    >>> import mtorch
    >>> mtorch.nn.MultiLabelSoftMarginLoss()(mtorch.zeros(1, 2), mtorch.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_soft_margin_loss(input, target, weight=self.weight, reduction=self.reduction)


class CTCLoss(_Loss):
    """The negative log-probability of a sequence of labels, summed over all its alignments with a longer sequence of
    inputs.

    blank: the class that stands for no label, in [0, C)
    reduction: "mean" (each sample's loss divided by its number of labels, then averaged), "sum" or "none"
    zero_infinity: take an infinite loss, of inputs too short for the labels, and its gradient as 0

    The call takes the log-probabilities, the labels, and how long the sequences of both are.

    Shape: log_probs (T, N, C) or (T, C); targets, integers in [0, C) other than blank, (N, S), or those of all samples
    in one row; input_lengths and target_lengths (N) or () -> (), or with "none" (N) or ().
    Raises: RuntimeError for a blank or label out of range, lengths that do not fit, other dimensions; ValueError for
    another reduction.
    Source: Graves, Fernandez, Gomez & Schmidhuber, "Connectionist Temporal Classification: Labelling Unsegmented
    Sequence Data with Recurrent Neural Networks", ICML 2006.

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
