"""The losses: one number for how wrong the outputs are.

`reduction` is "mean", "sum" or "none".  `size_average` and `reduce` are how torch said that before; they still work, with
a warning.  What is no Tensor is a TypeError in all of them.
"""
from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

import numpy as np

from ...autograd.naming import named
from ...autograd.tape import wrap
from ...brain_float import same
from ...caller import program_line
from ...functions import reduction as reductions, softmax as softmaxes
from ...functions.arguments import number_of, of_real_numbers, require_tensor, result_type_of, to_type
from ...ops import arithmetic, loss as rules
from . import advice
from .class_targets import all_ignored, classes_of
from .distance import broadcast

if TYPE_CHECKING:
    from ...tensor import Tensor


def check_reduction(reduction: str) -> str:
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def reduction_of(size_average: bool | None, reduce: bool | None, warned: bool = True) -> str:
    """The `reduction` that torch's two older arguments stand for."""
    whole, averaged = (flag is None or bool(flag) for flag in (reduce, size_average))      # 0 stands for False
    reduction = "none" if not whole else "mean" if averaged else "sum"
    if warned:
        warnings.warn(f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
                      stacklevel=program_line())
    return reduction


def chosen(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """The reduction, where torch's two older arguments may name it, or an older word."""
    if size_average is not None or reduce is not None:
        return reduction_of(size_average, reduce)
    if reduction == "elementwise_mean":
        warnings.warn("reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.",
                      stacklevel=program_line())
        return "mean"
    return check_reduction(reduction)


def reduced(losses: Tensor, reduction: str, name: str | None = None) -> Tensor:
    """The losses, or their mean or sum; name is the node's where torch computes the losses and reduces them in one."""
    if reduction == "none":
        return losses if name is None else named(losses, name)
    if name is not None:
        n = losses.array.size
        return rules.total(losses, scale=1.0 if reduction == "sum" else 1.0 / n if n else math.nan, name=name)
    return reductions.mean(losses) if reduction == "mean" else reductions.sum(losses)


def pair(name: str, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Input and target, broadcast and of one type; where torch warns that their shapes differ, so does this."""
    y, t = require_tensor(input, name), require_tensor(target, name, "target")
    if y.array.shape != t.array.shape:
        warnings.warn(f"Using a target size ({t.shape}) that is different to the input size ({y.shape}). This will "
                      "likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
                      stacklevel=program_line())
        y, t = broadcast(name, input=y, target=t)
    if y.dtype is not t.dtype:
        kind = result_type_of(y, t)
        y, t = to_type(y, kind), to_type(t, kind)
    if y.array.dtype.kind != "f" and (y.array.dtype.kind != "c" or name != "l1_loss"):
        raise NotImplementedError(f"{name}: expected floating point tensors, got {y.dtype}")
    return y, t


def mse_loss(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
             reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """The squared error (input - target)^2.

    target: what input should be; brought to input's type, or input to its
    reduction: "mean" over all elements, "sum" of them, or "none" to keep them apart
    weight: of each element, in the shape of input; "mean" then divides by the sum of the weights

    Shape: input and target alike -> (), or theirs with reduction "none".  Shapes that differ are broadcast, with a
        warning, for that is mostly a mistake.
    Raises: NotImplementedError for integers, bools and complex numbers; RuntimeError for shapes that do not broadcast;
        ValueError for another reduction, or a weight of another shape.
    Source: Legendre, "Nouvelles methodes pour la determination des orbites des cometes", 1805.

    >>> import mtorch
    >>> mtorch.nn.functional.mse_loss(mtorch.tensor([1.0, 3.0]), mtorch.tensor([1.0, 1.0]))
    tensor(2.)
    """
    reduction = chosen(reduction, size_average, reduce)
    y, t = pair("mse_loss", input, target)
    if weight is not None:
        return _weighted("mse_loss", (y - t) ** 2, weight, reduction)
    if reduction == "none":
        return named((y - t) ** 2, "MseLossBackward0")
    n = y.array.size
    return rules.mse(y, t, scale=1.0 if reduction == "sum" else 1.0 / n if n else float("nan"))


def _weighted(name: str, losses: Tensor, weight: Tensor, reduction: str) -> Tensor:
    w = require_tensor(weight, name, "weight")
    if w.array.shape != losses.array.shape:
        raise ValueError(f"{name}: Weights and input must have the same size, got {tuple(w.shape)} and "
                         f"{tuple(losses.shape)}")
    losses = losses * w
    if reduction == "mean":
        return reductions.sum(losses) / reductions.sum(w)
    return reduced(losses, reduction)


def l1_loss(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
            reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """The absolute error |input - target|, which a few wild targets pull at less than at the squared one.

    Arguments, shapes and errors as for mse_loss, but complex numbers are taken: their loss is real.
    Source: Boscovich, "De litteraria expeditione per pontificiam ditionem", 1757.

    >>> import mtorch
    >>> mtorch.nn.functional.l1_loss(mtorch.tensor([1.0, 3.0]), mtorch.tensor([1.0, 1.0]))
    tensor(1.)
    """
    reduction = chosen(reduction, size_average, reduce)
    y, t = pair("l1_loss", input, target)
    losses = (y - t).abs() if y.is_complex() else rules.l1(y, t)
    return reduced(losses, reduction) if weight is None else _weighted("l1_loss", losses, weight, reduction)


def smooth_l1_loss(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
                   reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, with d = input - target: a parabola that goes on as a line.

    beta: where the parabola ends, >= 0; 0 gives l1_loss

    The other arguments, shapes and errors as for mse_loss, and RuntimeError for a negative beta.
    Source: Girshick, "Fast R-CNN", 2015, arXiv:1504.08083, equation 3.

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
    beta = number_of(beta, "smooth_l1_loss", "beta")       # a NumPy number would make float32 float64
    return reduced(rules.huber(y, t, delta=beta, scale=1.0 / beta), reduction, "SmoothL1LossBackward0")


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0,
               weight: Tensor | None = None) -> Tensor:
    """d^2 / 2 where |d| < delta, else delta (|d| - delta / 2), with d = input - target: delta times smooth_l1_loss.

    delta: where the parabola goes over into a line of the same slope, > 0

    weight: of each element, in the shape of input; "mean" divides by how many there are, unlike mse_loss's

    The other arguments, shapes and errors as for mse_loss, and RuntimeError for a delta that is not positive.
    Source: Huber, "Robust Estimation of a Location Parameter", Annals of Mathematical Statistics 1964.

    >>> import mtorch
    >>> mtorch.nn.functional.huber_loss(mtorch.tensor([0.5, 3.0]), mtorch.zeros(2))
    tensor(1.3125)
    """
    reduction = chosen(reduction)
    if delta <= 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta, got {delta}")
    losses = rules.huber(*pair("huber_loss", input, target), delta=number_of(delta, "huber_loss", "delta"), scale=1.0)
    if weight is not None:
        return reduced(_weighted("huber_loss", losses, weight, "none"), reduction)
    return reduced(losses, reduction, "HuberLossBackward0")


# ---- classification ----------------------------------------------------------------------------

def nll_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
             ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """-weight[target] * input[target]: the negative log-likelihood of the right class, of log-probabilities.

    input: the log-probability of each class, as log_softmax gives it
    target: the right class of each sample, from 0 to C - 1
    weight: of each class; 1 for all if not given
    ignore_index: samples with this target count nothing
    reduction: "mean" divides by the sum of the weights of the samples that count, "sum" does not, "none" keeps the samples
        apart.  The mean of no samples is nan, and its gradient 0.

    Shape: input (N, C), (N, C, ...) or (C); target (N), (N, ...) or (); weight (C) -> (), or target's with "none".
    Raises: IndexError for a target that is no class; ValueError for another number of samples than input's, another
        reduction, or an input of 0 dimensions; RuntimeError for a target of another shape or not of int64 or uint8, and a
        weight that does not fit; NotImplementedError for integers, bools and complex numbers as input.
    Source: Fisher, "On an Absolute Criterion for Fitting Frequency Curves", 1912.

    >>> import mtorch
    >>> mtorch.nn.functional.nll_loss(mtorch.tensor([[-0.5, -1.0]]), mtorch.tensor([1]))
    tensor(1.)
    """
    reduction = chosen(reduction, size_average, reduce)
    advice.expects_log_probabilities("nll_loss", input)
    rows, t, each, shape = classes_of("nll_loss", input, target, weight, ignore_index)
    ones = np.ones(len(t), rows.array.dtype) if each is None else each
    losses = rules.nll(rows, target=t, weight=ones)
    if reduction == "none":
        return named(losses if losses.array.shape == shape else losses.reshape(shape), _nll_name(input, reduction))
    total = float(ones.sum()) if reduction == "mean" else 1.0
    if total == 0.0 and all_ignored(target, ignore_index):
        return named(_mean_of_nothing(rows), _nll_name(input, reduction))
    return rules.total(losses, scale=1.0 / total if total else math.nan, name=_nll_name(input, reduction))


def _mean_of_nothing(rows: Tensor) -> Tensor:
    """The mean of no losses: nan, but with the gradient 0, so that such a batch leaves the weights alone."""
    return reductions.sum(rows * 0.0) + math.nan


def _nll_name(x: Tensor, reduction: str) -> str:
    """What torch calls the loss: it computes that of sequences and volumes as the loss of an image, and reshapes it."""
    if x.array.ndim <= 2:
        return "NllLossBackward0"
    return "ViewBackward0" if reduction == "none" and x.array.ndim != 4 else "NllLoss2DBackward0"


def cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
                  ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean",
                  label_smoothing: float = 0.0) -> Tensor:
    """-log softmax(input)[target]: the loss of a classifier's scores.  It applies softmax itself; do not apply it before.

    With p = softmax(input) its gradient is p - onehot(target), divided by the number of samples for the mean.

    input: the score (logit) of each class, any real number
    target: the right class of each sample, from 0 to C - 1; or, floating point and in the shape of input, the
        probability of each class: the loss is then -sum_c target[c] log p[c]
    weight: of each class; 1 for all if not given
    ignore_index: samples with this target count nothing; of classes only
    reduction: "mean" divides by the sum of the weights of the samples that count (by the number of samples where target
        holds probabilities), "sum" does not, "none" keeps the samples apart.  The mean of no samples is nan.
    label_smoothing: in [0, 1]; this share of the target is spread evenly over the classes

    Shape: input (N, C), (N, C, ...) or (C); target (N), (N, ...) or (), or input's; weight (C)
        -> (), or with "none" input's without the classes.
    Raises: IndexError for a target that is no class; ValueError for another number of samples than input's, another
        reduction, or an input of 0 dimensions; RuntimeError for a target of another shape, or neither probabilities nor
        int64 or uint8, a weight that does not fit, and a label_smoothing outside [0, 1]; NotImplementedError for
        integers, bools and complex numbers as input.
    Source: Bridle, "Training Stochastic Model Recognition Algorithms as Networks can Lead to Maximum Mutual Information
        Estimation of Parameters", NIPS 1989; label_smoothing: Szegedy et al., "Rethinking the Inception Architecture for
        Computer Vision", 2015, arXiv:1512.00567, section 7.

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
    rows, t, each, shape = classes_of("cross_entropy", input, target, weight, ignore_index)
    if label_smoothing == 0.0 and reduction != "none":
        total = 1.0 if reduction == "sum" else float(len(t)) if each is None else float(each.sum())
        if total == 0.0 and all_ignored(target, ignore_index):
            loss = named(_mean_of_nothing(rows), "NllLossBackward0")
        else:
            loss = rules.cross_entropy(rows, target=t, weight=each, total=total)
        return loss if x.array.ndim <= 2 else named(loss, _nll_name(x, reduction))
    log_p = softmaxes.log_softmax(rows, 1)
    ones = np.ones(len(t), rows.array.dtype) if each is None else each
    losses = rules.nll(log_p, target=t, weight=ones)
    if label_smoothing > 0.0:
        losses = losses * (1.0 - label_smoothing) + _smoothed(log_p, weight, ignore_index, target, label_smoothing)
    total = float(ones.sum()) if reduction == "mean" else 1.0
    if reduction == "none":
        losses = losses if losses.array.shape == shape else losses.reshape(shape)
    elif total == 0.0 and all_ignored(target, ignore_index):
        losses = _mean_of_nothing(rows)
    else:
        losses = reductions.sum(losses) / (total or math.nan)
    return named(losses, "AddBackward0" if label_smoothing else _nll_name(x, reduction))


def _smoothed(log_p: Tensor, weight: Tensor | None, ignore_index: int, target: Tensor, label_smoothing: float) -> Tensor:
    """The share of the loss that does not depend on the target: every class has label_smoothing / C."""
    spread = -log_p if weight is None else -log_p * wrap(weight.array)
    ignored = target.array.reshape(-1) == ignore_index
    return arithmetic.masked_fill(reductions.sum(spread, 1), 0.0, mask=ignored) * (label_smoothing / log_p.array.shape[1])


def _cross_entropy_of_probabilities(x: Tensor, t: Tensor, weight: Tensor | None, ignore_index: int, reduction: str,
                                    label_smoothing: float) -> Tensor:
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    if x.array.dtype.kind != "f":
        raise NotImplementedError(f"cross_entropy: expected a floating point input, got {x.dtype}")
    dim = 1 if x.array.ndim > 1 else 0
    classes = x.array.shape[dim]
    if label_smoothing > 0.0:
        t = t * (1.0 - label_smoothing) + label_smoothing / classes
    products = softmaxes.log_softmax(x, dim) * t
    if weight is not None:
        if require_tensor(weight, "cross_entropy", "weight").array.shape != (classes,):
            raise RuntimeError(f"cross_entropy: weight tensor should be defined either for all {classes} classes or "
                               f"no classes but got weight tensor of shape: {list(weight.array.shape)}")
        products = products * weight.reshape((1, classes) + (1,) * (x.array.ndim - 2) if x.array.ndim > 1
                                             else (classes,))
    if reduction == "none":
        return -reductions.sum(products, dim)
    total = -reductions.sum(products)
    return named(total / (x.array.size // classes), "DivBackward1") if reduction == "mean" else total


def binary_cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
                         reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """-(target log input + (1 - target) log(1 - input)), of probabilities; a logarithm below -100 counts as -100.

    input: probabilities, in [0, 1]
    target: 0 or 1, or a probability between them
    weight: of each element, broadcast to input's shape
    reduction: "mean" over all elements, "sum" of them, or "none" to keep them apart

    Shape: input and target alike -> (), or theirs with reduction "none".
    Raises: ValueError for shapes that differ or another reduction; RuntimeError for types that differ, an input or a
        target outside [0, 1], and a weight that does not broadcast; NotImplementedError for integers.
    Source: Good, "Rational Decisions", Journal of the Royal Statistical Society B 1952.

    >>> import mtorch
    >>> mtorch.nn.functional.binary_cross_entropy(mtorch.tensor([0.5]), mtorch.tensor([1.0]))
    tensor(0.6931)
    """
    reduction = chosen(reduction, size_average, reduce)
    y, t = require_tensor(input, "binary_cross_entropy"), require_tensor(target, "binary_cross_entropy", "target")
    if y.array.shape != t.array.shape:
        raise ValueError(f"Using a target size ({t.shape}) that is different to the input size ({y.shape}) is "
                         "deprecated. Please ensure they have the same size.")
    if y.dtype is not t.dtype:
        raise RuntimeError(f"binary_cross_entropy: input is {y.dtype}, target is {t.dtype}; expected the same "
                           "floating point type")
    if y.array.size and not (0 <= float(y.array.min()) and float(y.array.max()) <= 1):
        raise RuntimeError("all elements of input should be between 0 and 1 (apply sigmoid, or use "
                           "binary_cross_entropy_with_logits)")
    if t.array.size and not (0 <= float(t.array.min()) and float(t.array.max()) <= 1):
        raise RuntimeError("all elements of target should be between 0 and 1")
    if y.array.dtype.kind != "f":
        raise NotImplementedError(f"binary_cross_entropy: expected floating point tensors, got {y.dtype}")
    losses = rules.binary_cross_entropy(y, t)
    if weight is not None:
        losses = losses * to_type(_fitting(weight, losses, "binary_cross_entropy"), losses.array.dtype)
    return reduced(losses, reduction, "BinaryCrossEntropyBackward0")


def _fitting(weight: Tensor, losses: Tensor, name: str, argument: str = "weight") -> Tensor:
    w = require_tensor(weight, name, argument)
    try:
        return w.expand(losses.shape)
    except RuntimeError:
        raise RuntimeError(f"{name}: {argument} of shape {tuple(w.shape)} does not broadcast to input's "
                           f"{tuple(losses.shape)}") from None


def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, weight: Tensor | None = None,
                                     size_average: bool | None = None, reduce: bool | None = None,
                                     reduction: str = "mean", pos_weight: Tensor | None = None) -> Tensor:
    """binary_cross_entropy of sigmoid(input), computed in one so that nothing overflows.  Do not apply sigmoid before it.

    Its gradient is sigmoid(input) - target, divided by the number of elements for the mean.

    input: the score (logit), any real number; above 0 it says "yes"
    target: 0 or 1, or a probability between them
    weight: of each element, broadcast to input's shape
    reduction: "mean" over all elements, "sum" of them, or "none" to keep them apart
    pos_weight: what a target of 1 counts beside a target of 0, broadcast to input's shape; above 1 finds more of the
        rare positives

    Shape: input and target alike -> (), or theirs with reduction "none".
    Raises: ValueError for shapes that differ or another reduction; RuntimeError for a weight or pos_weight that does not
        broadcast, and a target of integers or bools; NotImplementedError for such an input, and for complex numbers.
    Source: Good, "Rational Decisions", Journal of the Royal Statistical Society B 1952.

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
    if z.array.dtype.kind != "f":
        raise NotImplementedError(f"{name}: expected floating point tensors, got {z.dtype}")
    if t.array.dtype.kind != "f":
        raise RuntimeError(f"{name}: result type {z.dtype} can't be cast to the desired output type {t.dtype} "
                           "(use target.to(input.dtype))")
    asked = t.array.dtype                              # torch writes the losses over 1 - target, in its type
    if not same(z.array.dtype, asked):
        kind = result_type_of(z, t)
        z, t = to_type(z, kind), to_type(t, kind)
    w = wrap(np.ones((), z.array.dtype)) if pos_weight is None else _fitting(pos_weight, z, name, "pos_weight")
    losses = to_type(rules.binary_cross_entropy_with_logits(z, t, to_type(w, z.array.dtype)), asked)
    losses = losses if weight is None else losses * to_type(_fitting(weight, losses, name), asked)
    return reduced(losses, reduction, "BinaryCrossEntropyWithLogitsBackward0")


@of_real_numbers
def kl_div(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
           reduction: str = "mean", log_target: bool = False) -> Tensor:
    """target (log target - input): how far the distribution target is from the one whose logarithm is input.

    Summed over the classes it is the Kullback-Leibler divergence, >= 0, and 0 where both are the same.

    input: log-probabilities
    target: probabilities; a 0 counts 0.  With log_target, log-probabilities
    reduction: "batchmean" divides the sum by the size of dimension 0, which is the mean divergence; "mean" divides by
        the number of elements, classes too; "sum"; or "none" to keep the elements apart
    log_target: whether target holds logarithms, as log_softmax gives

    Shape: input and target alike, or broadcast -> (), or theirs with reduction "none".
    Raises: RuntimeError for integers and bools, and shapes that do not broadcast; ValueError for another reduction.
    Source: Kullback & Leibler, "On Information and Sufficiency", Annals of Mathematical Statistics 1951.

    >>> import mtorch
    >>> mtorch.nn.functional.kl_div(mtorch.tensor([[0.5]]).log(), mtorch.tensor([[1.0]]), reduction="batchmean")
    tensor(0.6931)
    """
    batchmean = reduction == "batchmean" and size_average is None and reduce is None
    chosen_reduction = "sum" if batchmean else chosen(reduction, size_average, reduce)
    if chosen_reduction == "mean":
        warnings.warn("reduction: 'mean' divides the total loss by both the batch size and the support size. "
                      "'batchmean' divides only by the batch size, and aligns with the KL div math definition. 'mean' "
                      "will be changed to behave the same as 'batchmean' in the next major release.",
                      stacklevel=program_line())
    x, t = require_tensor(input, "kl_div"), require_tensor(target, "kl_div", "target")
    if x.array.dtype.kind not in "fc" or t.array.dtype.kind not in "fc":
        raise RuntimeError(f"kl_div: Integral inputs not supported. Expected floating point tensors, got {x.dtype} and "
                           f"{t.dtype}")
    if x.dtype is not t.dtype:                     # a gradient has the type of what it is the gradient of
        kind = result_type_of(x, t)
        x, t = to_type(x, kind), to_type(t, kind)
    losses = rules.kl_div_log_target(x, t) if log_target else rules.kl_div(x, t)
    total = reduced(losses, chosen_reduction)
    return total / x.array.shape[0] if batchmean and x.array.ndim else total


def poisson_nll_loss(input: Tensor, target: Tensor, log_input: bool = True, full: bool = False,
                     size_average: bool | None = None, eps: float = 1e-8, reduce: bool | None = None,
                     reduction: str = "mean") -> Tensor:
    """The negative log-likelihood of counts whose rates a network predicts, from the Poisson distribution.

    e^input - target input if input is log(rate); input - target log(input + eps) if it is the rate itself.

    input: the rate, or its logarithm
    target: counts, >= 0
    log_input: whether input is the logarithm of the rate
    full: add log(target!), which does not depend on input, by Stirling's formula, where target > 1
    eps: keeps log(0) away, > 0; used without log_input
    reduction: "mean" over all elements, "sum" of them, or "none" to keep them apart

    Shape: input and target alike, or broadcast -> (), or theirs with reduction "none".
    Raises: RuntimeError for shapes that do not broadcast; ValueError for another reduction.
    Source: Poisson, "Recherches sur la probabilite des jugements", 1837; McCullagh & Nelder, "Generalized Linear Models",
        1989, chapter 6.

    >>> import mtorch
    >>> mtorch.nn.functional.poisson_nll_loss(mtorch.tensor([0.0]), mtorch.tensor([2.0]))
    tensor(1.)
    """
    reduction = chosen(reduction, size_average, reduce)
    x, t = require_tensor(input, "poisson_nll_loss"), require_tensor(target, "poisson_nll_loss", "target")
    losses = x.exp() - t * x if log_input else x - t * (x + eps).log()
    if full:
        stirling = t * t.log() - t + 0.5 * (2 * math.pi * t).log()
        losses = losses + stirling.masked_fill(t <= 1, 0)
    return reduced(losses, reduction)


def gaussian_nll_loss(input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-6,
                      reduction: str = "mean") -> Tensor:
    """(log var + (input - target)^2 / var) / 2: a network that predicts a mean and how sure it is of it.

    input: the mean
    target: what was observed
    var: the variance, >= 0, one for each element or one for each row; or one float for all
    full: add log(2 pi) / 2, which depends on nothing
    eps: a var below it counts as eps, but keeps its gradient, > 0
    reduction: "mean" over all elements, "sum" of them, or "none" to keep them apart

    Shape: input and target alike, or broadcast; var input's, or input's without its last dimension, or with size 1 for
        any -> (), or theirs with reduction "none".
    Raises: ValueError for a negative var, a var of another shape, or another reduction; RuntimeError for a var that is
        not floating point, and an input and a target that do not broadcast; TypeError for a var that is an int.
    Source: Nix & Weigend, "Estimating the Mean and Variance of the Target Probability Distribution", 1994.

    >>> import mtorch
    >>> mtorch.nn.functional.gaussian_nll_loss(mtorch.tensor([1.0]), mtorch.tensor([3.0]), mtorch.tensor([1.0]))
    tensor(2.)
    """
    check_reduction(reduction)
    x, t = require_tensor(input, "gaussian_nll_loss"), require_tensor(target, "gaussian_nll_loss", "target")
    v = var * x.new_ones(x.shape) if isinstance(var, float) else require_tensor(var, "gaussian_nll_loss", "var")
    if v.array.dtype.kind != "f":
        raise RuntimeError(f"gaussian_nll_loss: expected a floating point var, got {v.dtype}")
    if (v.array < 0).any():
        raise ValueError("var has negative entry/entries")
    if v.shape != x.shape:
        if tuple(x.shape[:-1]) == tuple(v.shape):
            v = v.unsqueeze(-1)
        elif not (tuple(x.shape[:-1]) == tuple(v.shape[:-1]) and v.shape[-1] == 1) and not _broadcastable(v, x):
            raise ValueError(f"var is of incorrect size: {tuple(v.shape)} for an input of {tuple(x.shape)}")
    eps = number_of(eps, "gaussian_nll_loss", "eps")
    floor = wrap(np.maximum(v.array, eps) - v.array)       # clamped without losing the gradient
    v = v + floor
    losses = 0.5 * (v.log() + (x - t) ** 2 / v)
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


def _broadcastable(var: Tensor, input: Tensor) -> bool:
    return len(var.shape) == len(input.shape) and all(v in (1, n) for v, n in zip(var.shape, input.shape))
