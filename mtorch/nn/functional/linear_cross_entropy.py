"""The head of a classifier and its loss in one call: `linear`, then `cross_entropy`.

Source: PyTorch 2.13.
"""
from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from ... import dtypes
from ...functions.arguments import require_tensor
from .linear import linear
from .loss import cross_entropy

if TYPE_CHECKING:
    from ...tensor import Tensor
    from .cross_entropy_options import LinearCrossEntropyOptions


def linear_cross_entropy(input: Tensor, linear_weight: Tensor, target: Tensor, *, linear_bias: Tensor | None = None,
                         weight: Tensor | None = None, reduction: str = "mean", ignore_index: int | None = None,
                         label_smoothing: float = 0.0, options: LinearCrossEntropyOptions | None = None) -> Tensor:
    """cross_entropy(linear(input, linear_weight, linear_bias), target), for C classes and, if there are any, d axes.

    linear_weight: what makes logits of features
    target: the class of each sample, 0 to C - 1; or probabilities of the classes, of the input's dtype
    linear_bias: added to the logits
    weight: how much each class counts, (C)
    reduction: "mean", "sum", or "none" for the loss of each sample
    ignore_index: the class whose samples do not count; None for -100, or where target has probabilities
    label_smoothing: the share of the target that is spread evenly over the classes, in [0, 1]
    options: chunks, which change no value; PyTorch saves memory by them, here they do nothing

    Shape: input (N, I) or (I), linear_weight (C, *d, I), linear_bias (C, *d), target (N, *d) or (), or probabilities
    (N, C, *d) or (C) -> (), or with "none" (N, *d) or ().
    Raises: RuntimeError for shapes that do not fit, d without N, an ignore_index beside probabilities, label_smoothing
    out of range, an acc_dtype that is not the input's; IndexError for a class out of range; ValueError for options with
    both batch_chunk_size and chunking_method; NotImplementedError for options with a float16 input, whose sums PyTorch
    keeps in float32.
    Source: of label_smoothing, Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016,
    section 7.

    >>> import mtorch
    >>> F = mtorch.nn.functional
    >>> F.linear_cross_entropy(mtorch.ones(1, 3), mtorch.zeros(2, 3), mtorch.tensor([1]))
    tensor(0.6931)
    """
    x, w = require_tensor(input, "linear_cross_entropy"), require_tensor(linear_weight, "linear_cross_entropy",
                                                                         "linear_weight")
    t = require_tensor(target, "linear_cross_entropy", "target")
    sizes, head = tuple(x.array.shape), tuple(w.array.shape)
    if len(sizes) not in (1, 2):
        raise RuntimeError(f"linear_cross_entropy: expected input with dimensionality 1 or 2, got shape {sizes}")
    if len(head) < 2:
        raise RuntimeError("linear_cross_entropy: expected linear_weight with dimensionality at least 2, got shape "
                           f"{head}")
    (*batch, features), (*rows, expected) = sizes, head
    if features != expected:
        raise RuntimeError(f"linear_cross_entropy: expected equal input and linear_weight last dimensions "
                           f"(in_features), got input of shape {sizes} and linear_weight of shape {head}")
    if linear_bias is not None and list(linear_bias.shape) != rows:
        raise RuntimeError(f"linear_cross_entropy: expected linear_bias shape {tuple(rows)}, got "
                           f"{tuple(linear_bias.shape)}")
    if len(rows) > 1 and not batch:
        raise RuntimeError(f"linear_cross_entropy: linear_weight of shape {head} requires batched input (N, "
                           f"{features}), got {sizes}")
    if ignore_index is not None and list(t.array.shape) == batch + rows:
        raise RuntimeError(f"linear_cross_entropy: ignore_index ({ignore_index}) cannot be specified when target "
                           "contains probabilities")
    if options is not None:
        _check_options(options, x.dtype)
    logits = linear(x, w.reshape(prod(rows), features), linear_bias if linear_bias is None else linear_bias.flatten())
    return cross_entropy(logits.reshape(*batch, *rows), t, weight=weight, reduction=reduction,
                         ignore_index=-100 if ignore_index is None else ignore_index, label_smoothing=label_smoothing)


def _check_options(options: LinearCrossEntropyOptions, dtype: dtypes.dtype) -> None:
    from .cross_entropy_options import LinearCrossEntropyOptions
    if not isinstance(options, LinearCrossEntropyOptions):
        raise TypeError(f"linear_cross_entropy: options must be LinearCrossEntropyOptions or None, got "
                        f"{type(options).__name__}")
    if dtype is dtypes.float16:
        raise NotImplementedError("linear_cross_entropy: options with an input of float16 keep sums in float32 in "
                                  "PyTorch, which is not done here; leave options out, or give input.float()")
    if options.batch_chunk_size is not None and options.chunking_method not in (None, "auto"):
        raise ValueError(f"linear_cross_entropy: options have both batch_chunk_size ({options.batch_chunk_size}) and "
                         f"chunking_method ({options.chunking_method!r}); give one")
    if options.acc_dtype not in (None, dtype):
        raise RuntimeError(f"linear_cross_entropy: acc_dtype must be that of the input, {dtype}, got "
                           f"{options.acc_dtype}")
