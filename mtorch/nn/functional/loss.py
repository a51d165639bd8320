"""The losses.  `reduction` is "mean", "sum" or "none"."""
from __future__ import annotations

import math
import warnings

import numpy as np

from ...autograd.tape import wrap
from ...functions import reduction as reductions, softmax as softmaxes
from ...functions.arguments import require_tensor, result_type_of, to_type
from ...ops import loss as rules
from . import advice


def check_reduction(reduction: str) -> str:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def reduction_of(size_average: bool | None, reduce: bool | None) -> str:
    """The `reduction` that torch's two older arguments stand for."""
    reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
    warnings.warn(f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
                  stacklevel=4)
    return reduction


def chosen(reduction, size_average, reduce) -> str:
    """The reduction, where torch's two older arguments may name it."""
    if size_average is not None or reduce is not None:
        return reduction_of(size_average, reduce)
    return check_reduction(reduction)


def reduced(losses, reduction: str, name: str | None = None):
    """The losses, or their mean or sum; name is the node's where torch computes the losses and reduces them in one."""
    if reduction == "none":
        return losses
    if name is not None:
        n = losses.array.size
        return rules.total(losses, scale=1.0 if reduction == "sum" else 1.0 / n if n else math.nan, name=name)
    return reductions.mean(losses) if reduction == "mean" else reductions.sum(losses)


def pair(name: str, input, target):
    """Input and target, broadcast and of one type; where torch warns that their shapes differ, so does this."""
    y, t = require_tensor(input, name), require_tensor(target, name, "target")
    if y.array.shape != t.array.shape:
        warnings.warn(f"Using a target size ({t.shape}) that is different to the input size ({y.shape}). This will "
                      "likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
                      stacklevel=4)
        try:
            shape = np.broadcast_shapes(y.array.shape, t.array.shape)
        except ValueError:
            raise RuntimeError(f"{name}: The size of input {tuple(y.array.shape)} must match the size of target "
                               f"{tuple(t.array.shape)}") from None
        y, t = y.expand(shape), t.expand(shape)
    if y.array.dtype != t.array.dtype:
        kind = result_type_of(y, t)
        y, t = to_type(y, kind), to_type(t, kind)
    if y.array.dtype.kind not in "fc":
        raise RuntimeError(f"{name}: expected floating point tensors, got {y.dtype}")
    return y, t


def mse_loss(input, target, size_average=None, reduce=None, reduction: str = "mean", weight=None):
    """(input - target)^2.

    >>> import mtorch
    >>> mtorch.nn.functional.mse_loss(mtorch.tensor([1.0, 3.0]), mtorch.tensor([1.0, 1.0]))
    tensor(2.)
    """
    reduction = chosen(reduction, size_average, reduce)
    y, t = pair("mse_loss", input, target)
    if weight is not None:
        return _weighted((y - t) ** 2, weight, reduction)
    if reduction == "none":
        return (y - t) ** 2
    n = y.array.size
    return rules.mse(y, t, scale=1.0 if reduction == "sum" else 1.0 / n if n else float("nan"))


def _weighted(losses, weight, reduction):
    losses = losses * weight
    if reduction == "mean":
        return reductions.sum(losses) / reductions.sum(weight.expand(losses.shape))
    return reduced(losses, reduction)


def l1_loss(input, target, size_average=None, reduce=None, reduction: str = "mean", weight=None):
    """|input - target|.

    >>> import mtorch
    >>> mtorch.nn.functional.l1_loss(mtorch.tensor([1.0, 3.0]), mtorch.tensor([1.0, 1.0]))
    tensor(1.)
    """
    reduction = chosen(reduction, size_average, reduce)
    losses = rules.l1(*pair("l1_loss", input, target))
    return reduced(losses, reduction) if weight is None else _weighted(losses, weight, reduction)


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction: str = "mean", beta: float = 1.0):
    """d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, with d = input - target.  Girshick 2015, arXiv:1504.08083

    >>> import mtorch
    >>> mtorch.nn.functional.smooth_l1_loss(mtorch.tensor([0.5, 3.0]), mtorch.zeros(2))
    tensor(1.3125)
    """
    reduction = chosen(reduction, size_average, reduce)
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta, got {beta}")
    y, t = pair("smooth_l1_loss", input, target)
    if beta == 0:
        return reduced(rules.l1(y, t), reduction)
    return reduced(rules.huber(y, t, delta=beta, scale=1.0 / beta), reduction, "SmoothL1LossBackward0")


def huber_loss(input, target, reduction: str = "mean", delta: float = 1.0, weight=None):
    """d^2 / 2 where |d| < delta, else delta (|d| - delta / 2), with d = input - target.  Huber 1964

    >>> import mtorch
    >>> mtorch.nn.functional.huber_loss(mtorch.tensor([0.5, 3.0]), mtorch.zeros(2))
    tensor(1.3125)
    """
    check_reduction(reduction)
    if delta <= 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta, got {delta}")
    losses = rules.huber(*pair("huber_loss", input, target), delta=delta, scale=1.0)
    return reduced(losses, reduction, "HuberLossBackward0") if weight is None else _weighted(losses, weight, reduction)


# ---- classification ----------------------------------------------------------------------------

def _classes(name: str, input, target, weight, ignore_index):
    """Logits or log-probabilities as (n, C), the classes as (n), and the weight of each sample (None for all ones)."""
    x = require_tensor(input, name)
    target = require_tensor(target, name, "target")
    if x.array.dtype.kind not in "fc":
        raise RuntimeError(f"{name}: expected a floating point input, got {x.dtype}")
    if target.array.dtype != np.int64 and target.array.dtype != np.uint8:
        raise RuntimeError(f"{name}: expected scalar type Long for the target of class indices, but found "
                           f"{target.dtype} (use target.long())")
    shape, t = x.array.shape, target.array
    if len(shape) == 0:
        raise RuntimeError(f"{name}: input needs a dimension of classes, got a 0-dim tensor")
    expected = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if t.shape != expected:
        if t.shape[:1] != expected[:1]:
            raise ValueError(f"Expected input batch_size ({shape[0] if len(shape) > 1 else 1}) to match target "
                             f"batch_size ({t.shape[0] if t.ndim else 1}): input has shape {tuple(shape)}, target "
                             f"{tuple(t.shape)}.")
        raise RuntimeError(f"{name}: input has shape {tuple(shape)}, so the target of class indices must have shape "
                           f"{tuple(expected)}, got {tuple(t.shape)}")
    classes = shape[1] if len(shape) > 1 else shape[0]
    if len(shape) == 1:
        rows = x.reshape(1, classes)
    elif len(shape) == 2:
        rows = x
    else:
        rows = x.movedim(1, -1).reshape((t.size, classes))
    t = t.reshape(-1)
    some = 0 <= ignore_index < classes
    if some or not _all_below(t, classes):             # mostly every target is an ordinary class: one look tells
        ignored = t == ignore_index
        some = bool(ignored.any())
        if some:
            t = np.where(ignored, 0, t)
        if not _all_below(t, classes):
            raise IndexError(f"Target {int(t[(t < 0) | (t >= classes)][0])} is out of bounds: there are {classes} classes.")
    each = None
    if weight is not None:
        if weight.array.shape != (classes,):
            raise RuntimeError(f"{name}: weight tensor should be defined either for all {classes} classes or no "
                               f"classes but got weight tensor of shape: {list(weight.array.shape)}")
        if weight.array.dtype != x.array.dtype:
            raise RuntimeError(f"{name}: expected weight of {x.dtype}, got {weight.dtype}")
        each = weight.array[t]
    if some:
        each = np.where(ignored, 0, 1 if each is None else each)
    if each is not None:
        each = each.astype(x.array.dtype)
    return rows, t, each, expected


def _all_below(t: np.ndarray, classes: int) -> bool:
    """Whether all are from 0 to classes - 1; read as unsigned, a negative number is a very large one."""
    return not t.size or int(np.maximum.reduce(t.view(np.uint64) if t.dtype == np.int64 else t)) < classes


def nll_loss(input, target, weight=None, size_average=None, ignore_index: int = -100, reduce=None,
             reduction: str = "mean"):
    """-weight[target] * input[target], of log-probabilities.

    Shape: input (N, C, ...) or (C), target (N, ...) or (), holding classes 0 to C - 1 or ignore_index.

    >>> import mtorch
    >>> mtorch.nn.functional.nll_loss(mtorch.tensor([[-0.5, -1.0]]), mtorch.tensor([1]))
    tensor(1.)
    """
    reduction = chosen(reduction, size_average, reduce)
    advice.expects_log_probabilities("nll_loss", input)
    rows, t, each, shape = _classes("nll_loss", input, target, weight, ignore_index)
    ones = np.ones(len(t), rows.array.dtype) if each is None else each
    losses = rules.nll(rows, target=t, weight=ones)
    if reduction == "none":
        return losses.reshape(shape)
    total = float(ones.sum()) if reduction == "mean" else 1.0
    return rules.total(losses, scale=1.0 / total if total else math.nan, name="NllLossBackward0")


def cross_entropy(input, target, weight=None, size_average=None, ignore_index: int = -100, reduce=None,
                  reduction: str = "mean", label_smoothing: float = 0.0):
    """-log softmax(input)[target]: the loss of logits.  Do not apply softmax before it.

    Shape: input (N, C, ...) or (C); target either classes (N, ...), or probabilities in the shape of input.
    label_smoothing in [0, 1]: this share of the target is spread evenly over the classes.  Szegedy et al., arXiv:1512.00567

    >>> import mtorch
    >>> mtorch.nn.functional.cross_entropy(mtorch.tensor([[0.0, 0.0]]), mtorch.tensor([1]))
    tensor(0.6931)
    """
    reduction = chosen(reduction, size_average, reduce)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    x, t = require_tensor(input, "cross_entropy"), require_tensor(target, "cross_entropy", "target")
    advice.expects_logits("cross_entropy", x)
    if x.array.shape == t.array.shape and x.array.ndim and t.array.dtype.kind == "f":
        return _cross_entropy_of_probabilities(x, t, weight, ignore_index, reduction, label_smoothing)
    rows, t, each, shape = _classes("cross_entropy", input, target, weight, ignore_index)
    if label_smoothing == 0.0 and reduction != "none":
        total = 1.0 if reduction == "sum" else float(len(t)) if each is None else float(each.sum())
        return rules.cross_entropy(rows, target=t, weight=each, total=total)
    log_p = softmaxes.log_softmax(rows, 1)
    ones = np.ones(len(t), rows.array.dtype) if each is None else each
    losses = rules.nll(log_p, target=t, weight=ones)
    if label_smoothing > 0.0:
        losses = losses * (1.0 - label_smoothing) + _smoothed(log_p, t, each, weight, ignore_index, target,
                                                              label_smoothing)
    if reduction == "none":
        return losses.reshape(shape)
    return reductions.sum(losses) / (float(ones.sum()) if reduction == "mean" else 1.0)


def _smoothed(log_p, t, each, weight, ignore_index, target, label_smoothing):
    """The share of the loss that does not depend on the target: every class has label_smoothing / C."""
    spread = -log_p if weight is None else -log_p * wrap(weight.array)
    kept = (target.array.reshape(-1) != ignore_index).astype(log_p.array.dtype)
    return reductions.sum(spread, 1) * wrap(kept) * (label_smoothing / log_p.array.shape[1])


def _cross_entropy_of_probabilities(x, t, weight, ignore_index, reduction, label_smoothing):
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    if t.array.dtype != x.array.dtype:
        raise RuntimeError(f"cross_entropy: expected probabilities of {x.dtype}, got {t.dtype}")
    dim = 1 if x.array.ndim > 1 else 0
    classes = x.array.shape[dim]
    if label_smoothing > 0.0:
        t = t * (1.0 - label_smoothing) + label_smoothing / classes
    products = softmaxes.log_softmax(x, dim) * t
    if weight is not None:
        if weight.array.shape != (classes,):
            raise RuntimeError(f"cross_entropy: weight tensor should be defined either for all {classes} classes or "
                               f"no classes but got weight tensor of shape: {list(weight.array.shape)}")
        products = products * weight.reshape((1, classes) + (1,) * (x.array.ndim - 2) if x.array.ndim > 1
                                             else (classes,))
    if reduction == "none":
        return -reductions.sum(products, dim)
    total = -reductions.sum(products)
    return total / (x.array.size // classes) if reduction == "mean" else total


def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction: str = "mean"):
    """-(target log input + (1 - target) log(1 - input)), of probabilities.

    >>> import mtorch
    >>> mtorch.nn.functional.binary_cross_entropy(mtorch.tensor([0.5]), mtorch.tensor([1.0]))
    tensor(0.6931)
    """
    reduction = chosen(reduction, size_average, reduce)
    y, t = require_tensor(input, "binary_cross_entropy"), require_tensor(target, "binary_cross_entropy", "target")
    if y.array.shape != t.array.shape:
        raise ValueError(f"Using a target size ({t.shape}) that is different to the input size ({y.shape}) is "
                         "deprecated. Please ensure they have the same size.")
    if y.array.dtype != t.array.dtype:
        raise RuntimeError(f"binary_cross_entropy: input is {y.dtype}, target is {t.dtype}; expected the same "
                           "floating point type")
    if y.array.size and not (0 <= float(y.array.min()) and float(y.array.max()) <= 1):
        raise RuntimeError("all elements of input should be between 0 and 1 (apply sigmoid, or use "
                           "binary_cross_entropy_with_logits)")
    if t.array.size and not (0 <= float(t.array.min()) and float(t.array.max()) <= 1):
        raise RuntimeError("all elements of target should be between 0 and 1")
    losses = rules.binary_cross_entropy(y, t)
    losses = losses if weight is None else losses * _fitting(weight, losses, "binary_cross_entropy")
    return reduced(losses, reduction, "BinaryCrossEntropyBackward0")


def _fitting(weight, losses, name):
    try:
        return weight.expand(losses.shape)
    except RuntimeError:
        raise ValueError(f"{name}: weight of shape {tuple(weight.shape)} does not broadcast to the losses' "
                         f"{tuple(losses.shape)}") from None


def binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None,
                                     reduction: str = "mean", pos_weight=None):
    """binary_cross_entropy of sigmoid(input), without overflow; pos_weight weighs the positive class.

    >>> import mtorch
    >>> mtorch.nn.functional.binary_cross_entropy_with_logits(mtorch.tensor([0.0]), mtorch.tensor([1.0]))
    tensor(0.6931)
    """
    name = "binary_cross_entropy_with_logits"
    reduction = chosen(reduction, size_average, reduce)
    z, t = require_tensor(input, name), require_tensor(target, name, "target")
    advice.expects_logits(name, z)
    if z.array.shape != t.array.shape:
        raise ValueError(f"Target size ({t.shape}) must be the same as input size ({z.shape})")
    if z.array.dtype != t.array.dtype:
        kind = result_type_of(z, t)
        z, t = to_type(z, kind), to_type(t, kind)
    if z.array.dtype.kind != "f":
        raise RuntimeError(f"{name}: expected floating point tensors, got {z.dtype}")
    w = wrap(np.ones((), z.array.dtype)) if pos_weight is None else _fitting(pos_weight, z, name)
    losses = rules.binary_cross_entropy_with_logits(z, t, w)
    losses = losses if weight is None else losses * _fitting(weight, losses, name)
    return reduced(losses, reduction, "BinaryCrossEntropyWithLogitsBackward0")


def kl_div(input, target, size_average=None, reduce=None, reduction: str = "mean", log_target: bool = False):
    """target (log target - input), of log-probabilities input; "batchmean" divides the sum by the batch size.

    >>> import mtorch
    >>> mtorch.nn.functional.kl_div(mtorch.tensor([[0.5]]).log(), mtorch.tensor([[1.0]]), reduction="batchmean")
    tensor(0.6931)
    """
    batchmean = reduction == "batchmean" and size_average is None and reduce is None
    chosen_reduction = "sum" if batchmean else chosen(reduction, size_average, reduce)
    if chosen_reduction == "mean":
        warnings.warn("reduction: 'mean' divides the total loss by both the batch size and the support size. "
                      "'batchmean' divides only by the batch size, and aligns with the KL div math definition. 'mean' "
                      "will be changed to behave the same as 'batchmean' in the next major release.", stacklevel=3)
    x, t = require_tensor(input, "kl_div"), require_tensor(target, "kl_div", "target")
    losses = rules.kl_div_log_target(x, t) if log_target else rules.kl_div(x, t)
    total = reduced(losses, chosen_reduction)
    return total / x.array.shape[0] if batchmean and x.array.ndim else total


def poisson_nll_loss(input, target, log_input: bool = True, full: bool = False, size_average=None, eps: float = 1e-8,
                     reduce=None, reduction: str = "mean"):
    """e^x - t x (log_input) or x - t log(x + eps); full adds Stirling's term for t > 1.

    >>> import mtorch
    >>> mtorch.nn.functional.poisson_nll_loss(mtorch.tensor([0.0]), mtorch.tensor([2.0]))
    tensor(1.)
    """
    reduction = chosen(reduction, size_average, reduce)
    losses = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        losses = losses + stirling.masked_fill(target <= 1, 0)
    return reduced(losses, reduction)


def gaussian_nll_loss(input, target, var, full: bool = False, eps: float = 1e-6, reduction: str = "mean"):
    """(log var + (input - target)^2 / var) / 2, var at least eps.

    >>> import mtorch
    >>> mtorch.nn.functional.gaussian_nll_loss(mtorch.tensor([1.0]), mtorch.tensor([3.0]), mtorch.tensor([1.0]))
    tensor(2.)
    """
    check_reduction(reduction)
    if isinstance(var, float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = var * input.new_ones(input.shape)
    if (var.array < 0).any():
        raise ValueError("var has negative entry/entries")
    if var.shape != input.shape:
        if tuple(input.shape[:-1]) == tuple(var.shape):
            var = var.unsqueeze(-1)
        elif not (tuple(input.shape[:-1]) == tuple(var.shape[:-1])
                  and var.shape[-1] == 1) and not _broadcastable(var, input):
            raise ValueError(f"var is of incorrect size: {tuple(var.shape)} for an input of {tuple(input.shape)}")
    floor = wrap(np.maximum(var.array, eps) - var.array)      # clamped without losing the gradient
    var = var + floor
    losses = 0.5 * (var.log() + (input - target) ** 2 / var)
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


def _broadcastable(var, input) -> bool:
    return len(var.shape) == len(input.shape) and all(v in (1, n) for v, n in zip(var.shape, input.shape))
