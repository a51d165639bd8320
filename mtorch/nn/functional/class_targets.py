"""Targets that name the right class of each sample: what the losses of classifiers check, and make of them."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...autograd.mode import is_grad_enabled
from ...functions.arguments import require_tensor

if TYPE_CHECKING:
    from ...tensor import Tensor


def classes_of(name: str, input: Tensor, target: Tensor, weight: Tensor | None,
               ignore_index: int) -> tuple[Tensor, np.ndarray, np.ndarray | None, tuple[int, ...]]:
    """Logits or log-probabilities as (n, C), the classes as (n), and the weight of each sample (None for all ones)."""
    x = require_tensor(input, name)
    target = require_tensor(target, name, "target")
    if x.array.dtype.kind != "f":
        raise NotImplementedError(f"{name}: expected a floating point input, got {x.dtype}")
    shape, t = x.array.shape, target.array
    if t.dtype != np.int64:
        if t.dtype != np.uint8:
            raise RuntimeError(f"{name}: expected scalar type Long for the target of class indices, but found "
                               f"{target.dtype} (use target.long())")
        t = t.astype(np.int64)                             # as an index of a Tensor, bytes would be a mask
    if len(shape) == 0:
        raise ValueError(f"{name}: Expected 1 or more dimensions (got 0): input needs a dimension of classes")
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
        if require_tensor(weight, name, "weight").array.shape != (classes,):
            raise RuntimeError(f"{name}: weight tensor should be defined either for all {classes} classes or no "
                               f"classes but got weight tensor of shape: {list(weight.array.shape)}")
        if weight.dtype is not x.dtype:
            raise RuntimeError(f"{name}: expected weight of {x.dtype}, got {weight.dtype}")
        if weight.requires_grad and is_grad_enabled():
            raise RuntimeError(f"The function '{name}' is not differentiable with respect to argument 'weight'. This input "
                               "cannot have requires_grad True.")
        each = weight.array[t]
    if some:
        each = np.where(ignored, 0, 1 if each is None else each)
    if each is not None:
        each = each.astype(x.array.dtype)
    return rows, t, each, expected


def _all_below(t: np.ndarray, classes: int) -> bool:
    """Whether all are from 0 to classes - 1; read as unsigned, a negative number is a very large one."""
    return not t.size or int(np.maximum.reduce(t.view(np.uint64))) < classes


def all_ignored(target: Tensor, ignore_index: int) -> bool:
    """Whether no sample counts, not whether all of those that do weigh 0."""
    return bool((target.array == ignore_index).all())
