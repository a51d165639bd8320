"""The losses of distances, rankings, margins and alignments.  What is no Tensor is a TypeError in all of them."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...autograd.naming import shown_as
from ...autograd.tape import TensorBase, wrap
from ...functions import elementwise, reduction as reductions
from ...functions.arguments import axis_of, number_of, numpy_names, require_tensor, result_type_of, to_type
from ...functions.output import into
from ...ops import ctc
from .activation import logsigmoid
from .loss import check_reduction, chosen, reduced

if TYPE_CHECKING:
    from ...functions.hints import Dims
    from ...tensor import Tensor


def _require(function: str, **tensors: Tensor) -> None:
    for argument, x in tensors.items():
        require_tensor(x, function, argument)


@numpy_names
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 . x2 / (|x1| |x2|) along dim: the cosine of the angle between them, from -1 to 1.

    x1, x2: of one shape, or broadcast to it
    dim: the dimension that holds the vectors
    eps: a length below it counts as eps, > 0

    Shape: (..., D, ...) with D at dim -> the same without dim.
    Raises: RuntimeError for two tensors of integers, or shapes that do not broadcast; IndexError for a dim outside
        [-n, n), n the number of dimensions.
    Source: Salton, Wong & Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM 1975.

    >>> import mtorch
    >>> mtorch.nn.functional.cosine_similarity(mtorch.tensor([[1.0, 0.0]]), mtorch.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    a, b = require_tensor(x1, "cosine_similarity", "x1"), require_tensor(x2, "cosine_similarity", "x2")
    if result_type_of(a, b).kind != "f":
        raise RuntimeError(f"cosine_similarity: expected floating point tensors, got {a.dtype} and {b.dtype}")
    if a.array.dtype != b.array.dtype:
        kind = result_type_of(a, b)
        a, b = to_type(a, kind), to_type(b, kind)
    try:
        shape = np.broadcast_shapes(a.array.shape, b.array.shape)
    except ValueError:
        raise RuntimeError(f"cosine_similarity: The size of x1 {tuple(a.shape)} must match the size of x2 "
                           f"{tuple(b.shape)}") from None
    a, b = a.expand(shape), b.expand(shape)
    d = axis_of(dim, len(shape))
    lengths = [_at_least(reductions.norm(x, 2, d, True), eps) for x in (a, b)]
    return ((a / lengths[0]) * (b / lengths[1])).sum(d) if shape else (a / lengths[0]) * (b / lengths[1])


def _at_least(x: Tensor, eps: float) -> Tensor:
    """x where it exceeds eps, else eps without a gradient."""
    return elementwise.clamp(x, min=eps)


@shown_as("NormBackward1")
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm (sum |x1 - x2 + eps|^p)^(1/p) along the last dimension: how far each x1 is from its x2.

    x1, x2: of one shape, or broadcast to it
    p: 1 for steps along the axes, 2 for the straight line, inf for the largest difference
    eps: added to the differences, so that a distance of 0 has a gradient too
    keepdim: keep the last dimension, with size 1

    Shape: (..., D) -> (...), or (..., 1) if keepdim.
    Raises: RuntimeError for shapes that do not broadcast, or bools.
    Source: Minkowski, "Geometrie der Zahlen", 1896, for the p-norms.

    >>> import mtorch
    >>> mtorch.nn.functional.pairwise_distance(mtorch.tensor([[3.0, 4.0]]), mtorch.zeros(1, 2))
    tensor([5.0000])
    """
    _require("pairwise_distance", x1=x1, x2=x2)
    return reductions.norm(x1 - x2 + float(eps), p, -1, keepdim)


def normalize(input: Tensor, p: float = 2.0, dim: Dims = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """input divided by its p-norm along dim, so that it has length 1.

    p: which norm; 2 is the ordinary length
    dim: the dimension, or several, that hold the vectors
    eps: a norm below it counts as eps, > 0: a vector of zeros stays one
    out: where to write the result, not recorded for gradients

    Shape: any -> the same.
    Raises: RuntimeError for integers and bools; IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> mtorch.nn.functional.normalize(mtorch.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    length = reductions.norm(require_tensor(input, "normalize"), p, dim, True).clamp_min(eps)
    result = input / length
    return result if out is None else into(out, result)


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
    _require("margin_ranking_loss", input1=input1, input2=input2, target=target)
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
    _require("hinge_embedding_loss", input=input, target=target)
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
    _require("soft_margin_loss", input=input, target=target)
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
    _require("cosine_embedding_loss", input1=input1, input2=input2, target=target)
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
    _require("triplet_margin_loss", anchor=anchor, positive=positive, negative=negative)
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
    _require("triplet_margin_with_distance_loss", anchor=anchor, positive=positive, negative=negative)
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
    _require("multi_margin_loss", input=input, target=target)
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
    _require("multilabel_margin_loss", input=input, target=target)
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
    _require("multilabel_soft_margin_loss", input=input, target=target)
    if weight is not None:
        require_tensor(weight, "multilabel_soft_margin_loss", "weight")
    if input.array.ndim == 0:
        raise IndexError("multilabel_soft_margin_loss: input needs a dimension of classes, got a 0-dim tensor")
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    losses = losses if weight is None else losses * weight
    return reduced(losses.sum(input.array.ndim - 1) / input.array.shape[-1], reduction)


def ctc_loss(log_probs: Tensor, targets: Tensor, input_lengths: Tensor | Sequence[int],
             target_lengths: Tensor | Sequence[int], blank: int = 0, reduction: str = "mean",
             zero_infinity: bool = False) -> Tensor:
    """The negative log-probability of a sequence of labels, over all the ways to align it with a longer input.

    The network says at each step a label or a blank; repetitions are merged, then blanks dropped: "hh_e_ll_lo" says "hello".

    log_probs: log-probabilities of the classes at each step, as log_softmax gives them
    targets: the labels, 0 to C - 1 without blank
    input_lengths: how many steps of each sample count, 0 to T
    target_lengths: how many labels each target has, 0 to S
    blank: the class that stands for no label
    reduction: "mean" divides each loss by its target's length, then by the samples; "sum"; "none" keeps the samples apart
    zero_infinity: a target that no alignment yields counts 0, not inf

    Shape: log_probs (T, N, C) or (T, C); targets (N, S), or the labels of all targets one after the other, in one
        dimension; lengths (N) or () -> (), or (N) or () with reduction "none".
    Raises: RuntimeError for lengths that do not fit or are no integers, a label or blank that is no class, and log_probs
        of other dimensions; NotImplementedError for integers as log_probs; ValueError for another reduction.
    Source: Graves, Fernandez, Gomez & Schmidhuber, "Connectionist Temporal Classification: Labelling Unsegmented Sequence
        Data with Recurrent Neural Networks", ICML 2006.

    >>> import mtorch
    >>> lp = mtorch.full((2, 1, 2), 0.5).log()
    >>> mtorch.nn.functional.ctc_loss(lp, mtorch.tensor([[1]]), mtorch.tensor([2]), mtorch.tensor([1]))
    tensor(0.2877)
    """
    x = require_tensor(log_probs, "ctc_loss", "log_probs")
    check_reduction(reduction)
    require_tensor(targets, "ctc_loss", "targets")
    if x.array.dtype.kind != "f":
        raise NotImplementedError(f"ctc_loss: expected floating point log_probs, got {x.dtype}")
    single = x.dim() == 2
    if x.dim() not in (2, 3):
        raise RuntimeError(f"ctc_loss: log_probs must have shape (T, N, C) or (T, C), got {tuple(x.shape)}")
    rows = x.unsqueeze(1) if single else x
    steps, batch, classes = rows.shape
    inputs, lengths = _lengths("input_lengths", input_lengths), _lengths("target_lengths", target_lengths)
    if not 0 <= blank < classes:
        raise RuntimeError(f"blank must be in label range: got {blank} of {classes} classes")
    if len(inputs) != batch or len(lengths) != batch:
        raise RuntimeError(f"input_lengths must be of size batch_size: got {len(inputs)} and {len(lengths)} for "
                           f"{batch} samples")
    if len(inputs) and (inputs.max() > steps or inputs.min() < 0):
        raise RuntimeError(f"Expected input_lengths to have value at most {steps}, but got value "
                           f"{int(inputs.max() if inputs.max() > steps else inputs.min())}")
    if len(lengths) and lengths.min() < 0:
        raise RuntimeError(f"Expected target_lengths to have value at least 0, but got value {int(lengths.min())}")
    labels = targets.array
    if single and labels.ndim == 1:
        labels = labels[None]
    if labels.ndim == 1:
        if len(labels) != lengths.sum():
            raise RuntimeError(f"Expected tensor to have size {int(lengths.sum())} at dimension 0, but got size "
                               f"{len(labels)} for the targets (while checking arguments for ctc_loss)")
        pieces = np.split(labels, np.cumsum(lengths)[:-1])
    else:
        if len(lengths) and lengths.max() > labels.shape[1]:
            raise RuntimeError(f"Expected targets to have at least {int(lengths.max())} columns, got {labels.shape[1]}")
        pieces = list(labels)
    for piece, length in zip(pieces, lengths):            # what comes after a target's length is padding
        said = piece[:length]
        if said.size and not 0 <= int(said.min()) <= int(said.max()) < classes:
            raise RuntimeError(f"ctc_loss: targets hold labels from {int(said.min())} to {int(said.max())}, there are "
                               f"{classes} classes")
    losses = ctc.ctc_loss(rows, targets=pieces, input_lengths=inputs, target_lengths=lengths, blank=blank,
                          zero_infinity=zero_infinity)
    if reduction == "mean":
        return (losses / wrap(np.maximum(lengths, 1).astype(x.array.dtype))).mean()
    result = reduced(losses, reduction)
    return result.reshape(()) if single and reduction == "none" else result


def _lengths(argument: str, x: Tensor | Sequence[int]) -> np.ndarray:
    lengths = np.asarray(x.array if isinstance(x, TensorBase) else x)
    if lengths.size and lengths.dtype.kind not in "iu":
        raise RuntimeError(f"{argument} must be integral, got {lengths.dtype}")
    return lengths.astype(np.int64).reshape(-1)
