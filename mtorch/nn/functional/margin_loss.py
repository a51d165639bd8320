"""The losses of distances, rankings, margins and alignments."""
from __future__ import annotations

import numpy as np

from ...autograd.tape import TensorBase, wrap
from ...functions import elementwise, reduction as reductions
from ...functions.arguments import axis_of, require_tensor
from ...ops import ctc
from .activation import logsigmoid
from .loss import chosen, reduced


def cosine_similarity(x1, x2, dim: int = 1, eps: float = 1e-8):
    """x1 . x2 / (|x1| |x2|) along dim, each length at least eps.

    >>> import mtorch
    >>> mtorch.nn.functional.cosine_similarity(mtorch.tensor([[1.0, 0.0]]), mtorch.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    a, b = require_tensor(x1, "cosine_similarity", "x1"), require_tensor(x2, "cosine_similarity", "x2")
    if a.array.dtype.kind != "f" or b.array.dtype.kind != "f":
        raise RuntimeError(f"cosine_similarity: expected floating point tensors, got {a.dtype} and {b.dtype}")
    shape = np.broadcast_shapes(a.array.shape, b.array.shape)
    a, b = a.expand(shape), b.expand(shape)
    d = axis_of(dim, len(shape))
    lengths = [_at_least(reductions.norm(x, 2, d, True), eps) for x in (a, b)]
    return ((a / lengths[0]) * (b / lengths[1])).sum(d) if shape else (a / lengths[0]) * (b / lengths[1])


def _at_least(x, eps):
    """x where it exceeds eps, else eps without a gradient."""
    return elementwise.clamp(x, min=eps)


def pairwise_distance(x1, x2, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False):
    """The p-norm of x1 - x2 + eps along the last dimension.

    >>> import mtorch
    >>> mtorch.nn.functional.pairwise_distance(mtorch.tensor([[3.0, 4.0]]), mtorch.zeros(1, 2))
    tensor([5.0000])
    """
    return reductions.norm(x1 - x2 + eps, p, -1, keepdim)


def normalize(input, p: float = 2.0, dim=1, eps: float = 1e-12, out=None):
    """input divided by its p-norm along dim, which counts as at least eps.

    >>> import mtorch
    >>> mtorch.nn.functional.normalize(mtorch.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    from ...functions.arguments import into
    length = reductions.norm(require_tensor(input, "normalize"), p, dim, True).clamp_min(eps)
    result = input / length
    return result if out is None else into(out, result)


def margin_ranking_loss(input1, input2, target, margin: float = 0, size_average=None, reduce=None,
                        reduction: str = "mean"):
    """max(0, -target (input1 - input2) + margin): target 1 wants the first larger, -1 the second.

    >>> import mtorch
    >>> mtorch.nn.functional.margin_ranking_loss(mtorch.tensor([1.0]), mtorch.tensor([3.0]), mtorch.tensor([1.0]))
    tensor(2.)
    """
    reduction = chosen(reduction, size_average, reduce)
    if len({x.dim() for x in (input1, input2, target)}) > 1:
        raise RuntimeError("margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
                           f"{input1.size()}, input2: {input2.size()}, target: {target.size()} ")
    return reduced((-target * (input1 - input2) + margin).clamp_min(0), reduction)


def hinge_embedding_loss(input, target, margin: float = 1.0, size_average=None, reduce=None, reduction: str = "mean"):
    """input where target is 1, max(0, margin - input) where it is -1.

    >>> import mtorch
    >>> mtorch.nn.functional.hinge_embedding_loss(mtorch.tensor([0.2, 0.2]), mtorch.tensor([1.0, -1.0]), reduction="none")
    tensor([0.2000, 0.8000])
    """
    reduction = chosen(reduction, size_average, reduce)
    zeros = input.new_zeros(input.shape)
    apart = (margin - input).clamp_min(0).where(target != 1, zeros)
    together = input.where(target != -1, zeros)
    return reduced(apart + together, reduction)


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction: str = "mean"):
    """log(1 + e^(-target input)), target 1 or -1.

    >>> import mtorch
    >>> mtorch.nn.functional.soft_margin_loss(mtorch.tensor([0.0]), mtorch.tensor([1.0]))
    tensor(0.6931)
    """
    reduction = chosen(reduction, size_average, reduce)
    return reduced((-target * input).exp().log1p(), reduction)


def cosine_embedding_loss(input1, input2, target, margin: float = 0, size_average=None, reduce=None,
                          reduction: str = "mean"):
    """1 - cos(input1, input2) where target is 1, max(0, cos - margin) where it is -1.

    >>> import mtorch
    >>> x = mtorch.tensor([[1.0, 0.0]])
    >>> mtorch.nn.functional.cosine_embedding_loss(x, x, mtorch.tensor([1.0]))
    tensor(0.)
    """
    reduction = chosen(reduction, size_average, reduce)
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
    return reduced((1 - cos).where(target == 1, zeros) + (cos - margin).clamp_min(0).where(target == -1, zeros),
                   reduction)


def triplet_margin_loss(anchor, positive, negative, margin: float = 1.0, p: float = 2, eps: float = 1e-6,
                        swap: bool = False, size_average=None, reduce=None, reduction: str = "mean"):
    """max(0, d(anchor, positive) - d(anchor, negative) + margin).  Balntas et al. 2016

    >>> import mtorch
    >>> a, n = mtorch.zeros(1, 2), mtorch.tensor([[3.0, 4.0]])
    >>> mtorch.nn.functional.triplet_margin_loss(a, a, n, margin=6.0)
    tensor(1.0000)
    """
    reduction = chosen(reduction, size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if len({x.dim() for x in (anchor, positive, negative)}) > 1:
        raise RuntimeError("triplet_margin_loss: The anchor, positive, and negative tensors are expected to have the "
                           f"same number of dimensions, but got: anchor {anchor.dim()}D, positive {positive.dim()}D, "
                           f"and negative {negative.dim()}D inputs")
    return _triplet(lambda a, b: pairwise_distance(a, b, p, eps), anchor, positive, negative, margin, swap, reduction)


def _triplet(distance, anchor, positive, negative, margin, swap, reduction):
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = far.minimum(distance(positive, negative))
    return reduced((near - far + margin).clamp_min(0), reduction)


def triplet_margin_with_distance_loss(anchor, positive, negative, *, distance_function=None, margin: float = 1.0,
                                      swap: bool = False, reduction: str = "mean"):
    """`triplet_margin_loss` with a distance of one's own.

    >>> import mtorch
    >>> a, n = mtorch.zeros(1, 2), mtorch.tensor([[3.0, 4.0]])
    >>> mtorch.nn.functional.triplet_margin_with_distance_loss(a, a, n, margin=6.0)
    tensor(1.0000)
    """
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if len({x.dim() for x in (anchor, positive, negative)}) > 1:
        raise RuntimeError("triplet_margin_with_distance_loss: the three tensors need the same number of dimensions, "
                           f"got {anchor.dim()}, {positive.dim()} and {negative.dim()}")
    return _triplet(distance_function or pairwise_distance, anchor, positive, negative, margin, swap, reduction)


def multi_margin_loss(input, target, p: int = 1, margin: float = 1.0, weight=None, size_average=None, reduce=None,
                      reduction: str = "mean"):
    """sum over i != t of max(0, margin - input[t] + input[i])^p, divided by the number of classes.

    >>> import mtorch
    >>> mtorch.nn.functional.multi_margin_loss(mtorch.tensor([[0.0, 0.5]]), mtorch.tensor([0]))
    tensor(0.7500)
    """
    reduction = chosen(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    x = require_tensor(input, "multi_margin_loss")
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
        raise IndexError(f"target out of range: {int(t.min())} to {int(t.max())} of {classes} classes")
    picked = rows.gather(1, wrap(t[:, None]))
    losses = (margin - picked + rows).clamp_min(0)
    losses = losses if p == 1 else losses ** 2
    if weight is not None:
        losses = losses * weight[wrap(t)].unsqueeze(1)
    others = wrap((np.arange(classes) != t[:, None]).astype(rows.array.dtype))
    result = (losses * others).sum(1) / classes
    return reduced(result if x.dim() == 2 else result.reshape(()), reduction)


def _label_lists(target: np.ndarray):
    """The labels of each row up to the first -1, as a mask of the classes."""
    before_end = np.cumprod(target >= 0, axis=1).astype(bool)
    is_target = np.zeros(target.shape, bool)
    rows, columns = np.nonzero(before_end)
    is_target[rows, target[rows, columns]] = True
    return before_end, is_target


def multilabel_margin_loss(input, target, size_average=None, reduce=None, reduction: str = "mean"):
    """sum over labels t and other classes i of max(0, 1 - input[t] + input[i]), divided by the number of classes.

    target holds each sample's labels, ended by -1.

    >>> import mtorch
    >>> mtorch.nn.functional.multilabel_margin_loss(mtorch.tensor([[0.0, 0.5]]), mtorch.tensor([[0, -1]]))
    tensor(0.7500)
    """
    reduction = chosen(reduction, size_average, reduce)
    x = require_tensor(input, "multilabel_margin_loss")
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
    losses = (1 - picked.unsqueeze(2) + rows.unsqueeze(1)).clamp_min(0)
    counted = (before_end[:, :, None] & ~is_target[:, None, :]).astype(rows.array.dtype)
    result = (losses * wrap(counted)).sum((1, 2)) / classes
    return reduced(result if x.dim() == 2 else result.reshape(()), reduction)


def multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction: str = "mean"):
    """The mean over classes of the binary cross-entropy of each label.

    >>> import mtorch
    >>> mtorch.nn.functional.multilabel_soft_margin_loss(mtorch.zeros(1, 2), mtorch.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """
    reduction = chosen(reduction, size_average, reduce)
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    losses = losses if weight is None else losses * weight
    return reduced(losses.mean(-1), reduction)


def ctc_loss(log_probs, targets, input_lengths, target_lengths, blank: int = 0, reduction: str = "mean",
             zero_infinity: bool = False):
    """The negative log-probability of a sequence of labels over all its alignments.  Graves et al. 2006

    Shape: log_probs (T, N, C) or (T, C), log-probabilities; targets (N, S), or all of them one after the other; lengths (N).
    "mean" divides each loss by its target's length first; zero_infinity: impossible targets count 0.

    >>> import mtorch
    >>> lp = mtorch.full((2, 1, 2), 0.5).log()
    >>> mtorch.nn.functional.ctc_loss(lp, mtorch.tensor([[1]]), mtorch.tensor([2]), mtorch.tensor([1]))
    tensor(0.2877)
    """
    x = require_tensor(log_probs, "ctc_loss", "log_probs")
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    single = x.dim() == 2
    if x.dim() not in (2, 3):
        raise RuntimeError(f"ctc_loss: log_probs must have shape (T, N, C) or (T, C), got {tuple(x.shape)}")
    rows = x.unsqueeze(1) if single else x
    steps, batch, classes = rows.shape
    inputs, lengths = _lengths(input_lengths), _lengths(target_lengths)
    if not 0 <= blank < classes:
        raise RuntimeError(f"blank must be in label range: got {blank} of {classes} classes")
    if len(inputs) != batch or len(lengths) != batch:
        raise RuntimeError(f"input_lengths must be of size batch_size: got {len(inputs)} and {len(lengths)} for "
                           f"{batch} samples")
    if len(inputs) and (inputs.max() > steps or inputs.min() < 0):
        raise RuntimeError(f"Expected input_lengths to have value at most {steps}, but got value {int(inputs.max())}")
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
    losses = ctc.ctc_loss(rows, targets=pieces, input_lengths=inputs, target_lengths=lengths, blank=blank)
    if zero_infinity:
        infinite = np.isinf(losses.array)
        losses = _without(losses, infinite)
    if reduction == "mean":
        return (losses / wrap(np.maximum(lengths, 1).astype(x.array.dtype))).mean()
    result = reduced(losses, reduction)
    return result.reshape(()) if single and reduction == "none" else result


def _without(losses, infinite):
    """Infinite losses as 0, with no gradient."""
    if not infinite.any():
        return losses
    return _keep(losses, keep=~infinite)


@ctc.op(name="WhereBackward0")
def _keep(a, *, keep):
    """a where `keep` is set, else 0; the gradient of what is dropped is 0 even where a's own would be nan"""
    return np.where(keep, a, 0.0), (lambda g: np.where(keep, g, 0.0),)


def _lengths(x) -> np.ndarray:
    return np.asarray(x.array if isinstance(x, TensorBase) else x, np.int64).reshape(-1)
