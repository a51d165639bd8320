"""The losses of rankings and margins: of two things, one is to be ahead of the other by a margin.

What is no Tensor is a TypeError in all of them.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ...autograd.naming import shown_as
from ...autograd.tape import TensorBase, wrap
from ...functions.arguments import number_of, require_tensor, to_type
from .activation import logsigmoid
from .distance import pairwise_distance, require_tensors
from .loss import check_reduction, chosen, reduced

if TYPE_CHECKING:
    from ...tensor import Tensor


def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0,
                        size_average: bool | None = None, reduce: bool | None = None,
                        reduction: str = "mean") -> Tensor:
    """max(0, margin - target (input1 - input2)): what should rank higher is to score higher, by margin at least.

    input1, input2: the scores of two things
    target: 1 where the first should score higher, -1 where the second should
    margin: by how much; a lead of that is no loss
    reduction: "mean" over all elements, "sum" of them, or "none" to keep them apart

    Shape: three alike, or of as many dimensions and broadcast -> (), or theirs with reduction "none".
    Raises: RuntimeError for different numbers of dimensions, or shapes that do not broadcast; ValueError for another
        reduction.
    Source: Herbrich, Graepel & Obermayer, "Large Margin Rank Boundaries for Ordinal Regression", 2000.

    >>> import mtorch
    >>> mtorch.nn.functional.margin_ranking_loss(mtorch.tensor([1.0]), mtorch.tensor([3.0]), mtorch.tensor([1.0]))
    tensor(2.)
    """
    reduction = chosen(reduction, size_average, reduce)
    require_tensors("margin_ranking_loss", input1=input1, input2=input2, target=target)
    if len({x.dim() for x in (input1, input2, target)}) > 1:
        raise RuntimeError("margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
                           f"{input1.size()}, input2: {input2.size()}, target: {target.size()} ")
    margin = number_of(margin, "margin_ranking_loss", "margin")
    return reduced((-target * (input1 - input2) + margin).clamp_min(0), reduction)


def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, size_average: bool | None = None,
                         reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """input where target is 1, max(0, margin - input) where it is -1: input is a distance, small for what belongs together.

    target: 1 or -1
    margin: how far apart things that do not belong together should be
    reduction: "mean" over all elements, "sum" of them, or "none" to keep them apart

    Shape: input and target alike, or broadcast -> (), or theirs with reduction "none".
    Raises: RuntimeError for shapes that do not broadcast, or integers; ValueError for another reduction.
    Source: Hadsell, Chopra & LeCun, "Dimensionality Reduction by Learning an Invariant Mapping", 2006 (it squares both).

    >>> import mtorch
    >>> mtorch.nn.functional.hinge_embedding_loss(mtorch.tensor([0.2, 0.2]), mtorch.tensor([1.0, -1.0]), reduction="none")
    tensor([0.2000, 0.8000])
    """
    reduction = chosen(reduction, size_average, reduce)
    require_tensors("hinge_embedding_loss", input=input, target=target)
    if input.array.dtype.kind not in "fc":
        raise RuntimeError(f"hinge_embedding_loss: expected a floating point input, got {input.dtype}")
    zeros = input.new_zeros(input.shape)
    apart = (number_of(margin, "hinge_embedding_loss", "margin") - input).clamp_min(0).where(target != 1, zeros)
    together = input.where(target != -1, zeros)
    return reduced(apart + together, reduction)


@shown_as("SoftMarginLossBackward0")
def soft_margin_loss(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
                     reduction: str = "mean") -> Tensor:
    """log(1 + e^(-target input)): the logistic loss of two classes, 1 and -1.

    input: the score, above 0 for class 1
    target: 1 or -1
    reduction: "mean" over all elements, "sum" of them, or "none" to keep them apart

    It overflows to inf where target * input is very negative; binary_cross_entropy_with_logits, with targets 1 and 0, does
    not.

    Shape: input and target alike, or broadcast -> (), or theirs with reduction "none".
    Raises: RuntimeError for shapes that do not broadcast, or integers; ValueError for another reduction.
    Source: Cox, "The Regression Analysis of Binary Sequences", Journal of the Royal Statistical Society B 1958.

    >>> import mtorch
    >>> mtorch.nn.functional.soft_margin_loss(mtorch.tensor([0.0]), mtorch.tensor([1.0]))
    tensor(0.6931)
    """
    reduction = chosen(reduction, size_average, reduce)
    require_tensors("soft_margin_loss", input=input, target=target)
    if input.array.dtype.kind not in "fc":
        raise RuntimeError(f"soft_margin_loss: expected a floating point input, got {input.dtype}")
    return reduced((-to_type(target, input.array.dtype) * input).exp().log1p(), reduction)


def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0,
                          size_average: bool | None = None, reduce: bool | None = None,
                          reduction: str = "mean") -> Tensor:
    """1 - cos(input1, input2) where target is 1, max(0, cos - margin) where it is -1.

    input1, input2: vectors
    target: 1 for a pair that should point the same way, -1 for one that should not
    margin: in [-1, 1], usually [0, 0.5]; a cosine below it is no loss for a pair that should not
    reduction: "mean" over the pairs, "sum" of them, or "none" to keep them apart

    Shape: inputs (N, D) and target (N), or (D) and () -> (), or target's with reduction "none".
    Raises: RuntimeError for other numbers of dimensions, or shapes that do not broadcast; ValueError for another reduction.
    Source: Bromley, Guyon, LeCun, Saeckinger & Shah, "Signature Verification using a 'Siamese' Time Delay Neural
        Network", NIPS 1993.

    >>> import mtorch
    >>> x = mtorch.tensor([[1.0, 0.0]])
    >>> mtorch.nn.functional.cosine_embedding_loss(x, x, mtorch.tensor([1.0]))
    tensor(0.)
    """
    reduction = chosen(reduction, size_average, reduce)
    require_tensors("cosine_embedding_loss", input1=input1, input2=input2, target=target)
    if target.dim() == 1 and (input1.dim() != 2 or input2.dim() != 2):
        raise RuntimeError("1D target tensor expects 2D input tensors, but found inputs with sizes "
                           f"{list(input1.shape)} and {list(input2.shape)}.")
    if target.dim() == 0 and (input1.dim() != 1 or input2.dim() != 1):
        raise RuntimeError("0D target tensor expects 1D input tensors, but found inputs with sizes "
                           f"{list(input1.shape)} and {list(input2.shape)}.")
    if target.dim() > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    product = (input1 * input2).sum(-1)
    eps = 1e-12                                        # torch's own, inside the root
    cos = product / (((input1 * input1).sum(-1) + eps) * ((input2 * input2).sum(-1) + eps)).sqrt()
    zeros = cos.new_zeros(cos.shape)
    apart = (cos - number_of(margin, "cosine_embedding_loss", "margin")).clamp_min(0)
    return reduced((1 - cos).where(target == 1, zeros) + apart.where(target == -1, zeros), reduction)


def triplet_margin_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: float = 2,
                        eps: float = 1e-6, swap: bool = False, size_average: bool | None = None,
                        reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin): what is alike is to be nearer than what is not.

    anchor, positive, negative: vectors of something, of one like it and of one unlike it
    margin: by how much nearer, > 0
    p, eps: of the distance d, pairwise_distance
    swap: take d(positive, negative) for the second distance where it is smaller
    reduction: "mean" over the triplets, "sum" of them, or "none" to keep them apart

    Shape: three of (..., D) -> (), or (...) with reduction "none".
    Raises: ValueError for a margin that is not positive or another reduction; RuntimeError for different numbers of
        dimensions, or shapes that do not broadcast.
    Source: Balntas, Riba, Ponsa & Mikolajczyk, "Learning Local Feature Descriptors with Triplets and Shallow Convolutional
        Neural Networks", BMVC 2016.

    >>> import mtorch
    >>> a, n = mtorch.zeros(1, 2), mtorch.tensor([[3.0, 4.0]])
    >>> mtorch.nn.functional.triplet_margin_loss(a, a, n, margin=6.0)
    tensor(1.0000)
    """
    reduction = chosen(reduction, size_average, reduce)
    require_tensors("triplet_margin_loss", anchor=anchor, positive=positive, negative=negative)
    margin = number_of(margin, "triplet_margin_loss", "margin")
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if len({x.dim() for x in (anchor, positive, negative)}) > 1:
        raise RuntimeError("triplet_margin_loss: The anchor, positive, and negative tensors are expected to have the "
                           f"same number of dimensions, but got: anchor {anchor.dim()}D, positive {positive.dim()}D, "
                           f"and negative {negative.dim()}D inputs")
    return _triplet(lambda a, b: pairwise_distance(a, b, p, eps), anchor, positive, negative, margin, swap, reduction)


def _triplet(distance: Callable[[Tensor, Tensor], Tensor], anchor: Tensor, positive: Tensor, negative: Tensor,
             margin: float, swap: bool, reduction: str) -> Tensor:
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = far.minimum(distance(positive, negative))
    return reduced((near - far + (margin if isinstance(margin, TensorBase) else float(margin))).clamp_min(0), reduction)


def triplet_margin_with_distance_loss(anchor: Tensor, positive: Tensor, negative: Tensor, *,
                                      distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
                                      margin: float = 1.0, swap: bool = False, reduction: str = "mean") -> Tensor:
    """`triplet_margin_loss` with a distance of one's own.

    distance_function: of two tensors of vectors, gives their distances; pairwise_distance if None

    Shape: three alike -> (), or with reduction "none" what distance_function gives.
    The other arguments and errors as for triplet_margin_loss; distance_function's shapes are its own affair.

    >>> import mtorch
    >>> a, n = mtorch.zeros(1, 2), mtorch.tensor([[3.0, 4.0]])
    >>> mtorch.nn.functional.triplet_margin_with_distance_loss(a, a, n, margin=6.0)
    tensor(1.0000)
    """
    check_reduction(reduction)
    require_tensors("triplet_margin_with_distance_loss", anchor=anchor, positive=positive, negative=negative)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if len({x.dim() for x in (anchor, positive, negative)}) > 1:
        raise RuntimeError("triplet_margin_with_distance_loss: the three tensors need the same number of dimensions, "
                           f"got {anchor.dim()}, {positive.dim()} and {negative.dim()}")
    return _triplet(distance_function or pairwise_distance, anchor, positive, negative, margin, swap, reduction)


def _above_zero(losses: Tensor) -> Tensor:
    """A margin that is met, or just met, is no loss and has no gradient; nor is nan, as in torch."""
    return losses.masked_fill(wrap(~(losses.array > 0)), 0.0)


@shown_as("MultiMarginLossBackward0")
def multi_margin_loss(input: Tensor, target: Tensor, p: int = 1, margin: float = 1.0, weight: Tensor | None = None,
                      size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """sum over classes i != target of max(0, margin - input[target] + input[i])^p, divided by the number of classes.

    input: the score of each class
    target: the right class of each sample, from 0 to C - 1
    p: 1 or 2
    margin: by how much the right class should score higher than each other
    weight: of each class, for the samples whose target it is; 1 for all if not given
    reduction: "mean" over the samples, "sum" of them, or "none" to keep them apart

    Shape: input (N, C) or (C), target (N) or (), weight (C) -> (), or target's with reduction "none".
    Raises: ValueError for another p, a weight not of one dimension, or another reduction; RuntimeError for shapes that do
        not fit, a target that is no class or not of int64; NotImplementedError for integers as input.
    Source: Crammer & Singer, "On the Algorithmic Implementation of Multiclass Kernel-based Vector Machines", 2001; the sum
        over the classes: Weston & Watkins, "Support Vector Machines for Multi-Class Pattern Recognition", 1999.

    >>> import mtorch
    >>> mtorch.nn.functional.multi_margin_loss(mtorch.tensor([[0.0, 0.5]]), mtorch.tensor([0]))
    tensor(0.7500)
    """
    reduction = chosen(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    require_tensors("multi_margin_loss", input=input, target=target)
    if weight is not None and require_tensor(weight, "multi_margin_loss", "weight").dim() != 1:
        raise ValueError("weight must be one-dimensional")
    x = _with_labels("multi_margin_loss", input, target)
    rows = x if x.dim() == 2 else x.reshape(1, -1)
    t = target.array.reshape(-1)
    if x.dim() > 2 or rows.array.shape[1] == 0:
        raise RuntimeError("Expected non-empty vector or matrix with optional 0-dim batch size, but got: "
                           f"{list(x.shape)}")
    if len(t) != len(rows.array) or target.dim() > 1:
        raise RuntimeError(f"inconsistent target size, expected {len(rows.array)} but got {list(target.shape)}")
    classes = rows.array.shape[1]
    if weight is not None and weight.array.size != classes:
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight.shape)}")
    if t.size and (int(t.min()) < 0 or int(t.max()) >= classes):
        raise RuntimeError(f"multi_margin_loss: target out of range: {int(t.min())} to {int(t.max())} of {classes} classes")
    picked = rows.gather(1, wrap(t[:, None]))
    margin = number_of(margin, "multi_margin_loss", "margin")
    losses = _above_zero(margin - picked + rows)
    losses = losses if p == 1 else losses ** 2
    if weight is not None:
        losses = losses * weight[wrap(t)].unsqueeze(1)
    others = wrap((np.arange(classes) != t[:, None]).astype(rows.array.dtype))
    result = (losses * others).sum(1) / classes
    return reduced(result if x.dim() == 2 else result.reshape(()), reduction)


def _with_labels(name: str, input: Tensor, target: Tensor) -> Tensor:
    """input, of floating point, whose target holds classes."""
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"{name}: expected a floating point input, got {input.dtype}")
    if target.array.dtype != np.int64:
        raise RuntimeError(f"{name}: expected scalar type Long for the target, but found {target.dtype} (use "
                           "target.long())")
    return input


def _label_lists(target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The labels of each row up to the first -1, as a mask of the classes."""
    before_end = np.cumprod(target >= 0, axis=1).astype(bool)
    is_target = np.zeros(target.shape, bool)
    rows, columns = np.nonzero(before_end)
    is_target[rows, target[rows, columns]] = True
    return before_end, is_target


@shown_as("MultilabelMarginLossBackward0")
def multilabel_margin_loss(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
                           reduction: str = "mean") -> Tensor:
    """sum over labels t and other classes i of max(0, 1 - input[t] + input[i]), divided by the number of classes.

    input: the score of each class
    target: each sample's labels, from 0 to C - 1, ended by -1; what comes after does not count
    reduction: "mean" over the samples, "sum" of them, or "none" to keep them apart

    Shape: input (N, C) or (C), target the same -> (), or (N) or () with reduction "none".
    Raises: RuntimeError for shapes that differ, or a label that is no class or not of int64; NotImplementedError for
        integers as input; ValueError for another reduction.
    Source: Crammer & Singer, "A Family of Additive Online Algorithms for Category Ranking", 2003.

    >>> import mtorch
    >>> mtorch.nn.functional.multilabel_margin_loss(mtorch.tensor([[0.0, 0.5]]), mtorch.tensor([[0, -1]]))
    tensor(0.7500)
    """
    reduction = chosen(reduction, size_average, reduce)
    require_tensors("multilabel_margin_loss", input=input, target=target)
    x = _with_labels("multilabel_margin_loss", input, target)
    if x.dim() > 2 or x.array.shape != target.array.shape or x.dim() and x.array.shape[-1] == 0:
        raise RuntimeError("multilabel_margin_loss: Expected non-empty vector or matrix and a target of the same "
                           f"shape, but got {list(x.shape)} and {list(target.shape)}")
    rows = x.reshape(1, -1) if x.dim() < 2 else x
    labels = target.array.reshape(rows.array.shape)
    classes = rows.array.shape[1]
    if labels.size and (int(labels.max()) >= classes or int(labels.min()) < -1):
        raise RuntimeError(f"multilabel_margin_loss: labels must lie between -1 and {classes - 1}")
    before_end, is_target = _label_lists(labels)
    picked = rows.gather(1, wrap(np.where(before_end, labels, 0)))
    losses = _above_zero(1 - picked.unsqueeze(2) + rows.unsqueeze(1))
    counted = (before_end[:, :, None] & ~is_target[:, None, :]).astype(rows.array.dtype)
    result = (losses * wrap(counted)).sum((1, 2)) / classes
    return reduced(result if x.dim() == 2 else result.reshape(()), reduction)


def multilabel_soft_margin_loss(input: Tensor, target: Tensor, weight: Tensor | None = None,
                                size_average: bool | None = None, reduce: bool | None = None,
                                reduction: str = "mean") -> Tensor:
    """The mean over the classes of each label's -(target log s + (1 - target) log(1 - s)), with s = sigmoid(input).

    input: the score of each class
    target: 1 for the classes that a sample has, 0 for the others
    weight: of each class, broadcast; 1 for all if not given
    reduction: "mean" over the samples, "sum" of them, or "none" to keep them apart

    Shape: input and target (..., C) alike, or broadcast -> (), or (...) with reduction "none".
    Raises: NotImplementedError for integers; RuntimeError for shapes that do not broadcast; IndexError for 0 dimensions;
        ValueError for another reduction.
    Source: Cox, "The Regression Analysis of Binary Sequences", Journal of the Royal Statistical Society B 1958, for each
        label.

    >>> import mtorch
    >>> mtorch.nn.functional.multilabel_soft_margin_loss(mtorch.zeros(1, 2), mtorch.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """
    reduction = chosen(reduction, size_average, reduce)
    require_tensors("multilabel_soft_margin_loss", input=input, target=target)
    if weight is not None:
        require_tensor(weight, "multilabel_soft_margin_loss", "weight")
    if input.array.ndim == 0:
        raise IndexError("multilabel_soft_margin_loss: input needs a dimension of classes, got a 0-dim tensor")
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    losses = losses if weight is None else losses * weight
    return reduced(losses.sum(input.array.ndim - 1) / input.array.shape[-1], reduction)
