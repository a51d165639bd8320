"""Embeddings: rows of a matrix picked by number, and bags of them."""
from __future__ import annotations

import numpy as np

from ...autograd.tape import wrap
from ...functions import reduction as reductions
from ...functions.arguments import require_tensor
from ...functions.joining import cat, stack
from ...ops import indexing as rules


def _indices(x, name: str, rows: int) -> np.ndarray:
    index = require_tensor(x, name).array
    if index.dtype not in (np.int64, np.int32):
        raise RuntimeError("Expected tensor for argument #1 'indices' to have one of the following scalar types: "
                           f"Long, Int; but got {x.dtype} instead (while checking arguments for {name})")
    if index.size and (int(index.min()) < 0 or int(index.max()) >= rows):
        bad = index[(index < 0) | (index >= rows)].reshape(-1)[0]
        raise IndexError(f"index out of range in self: {name} got {int(bad)}, the weight has {rows} rows")
    return index


def _padding_row(padding_idx, rows: int):
    if padding_idx is None:
        return None
    if not -rows <= padding_idx < rows:
        raise AssertionError(f"Padding_idx must be within num_embeddings: got {padding_idx}, there are {rows}")
    return padding_idx % rows


def _shorten(weight, index, max_norm, norm_type) -> None:
    """Rows that are used and longer than max_norm are scaled down, in place, as torch does before it looks them up."""
    from ...autograd.mode import no_grad
    used = np.unique(index)
    lengths = np.linalg.norm(weight.array[used].astype(np.float64), norm_type, axis=1)
    long = lengths > max_norm
    if long.any():
        scale = np.ones(len(weight.array))
        scale[used[long]] = max_norm / (lengths[long] + 1e-7)
        with no_grad():
            weight.mul_(wrap(scale[:, None].astype(weight.array.dtype)))


def embedding(input, weight, padding_idx=None, max_norm=None, norm_type: float = 2.0, scale_grad_by_freq: bool = False,
              sparse: bool = False):
    """The rows of weight named by input.

    Shape: input any, integers in [0, V); weight (V, D) -> (*input, D).
    padding_idx: this row gets no gradient.  max_norm: longer rows are first shortened, in place.  sparse changes nothing
    here: the gradient is always dense.

    >>> import mtorch
    >>> mtorch.nn.functional.embedding(mtorch.tensor([1, 0]), mtorch.tensor([[1.0], [2.0]]))
    tensor([[2.],
            [1.]])
    """
    w = require_tensor(weight, "embedding", "weight")
    if w.array.ndim != 2:
        raise RuntimeError(f"'weight' must be 2-D, got shape {tuple(w.array.shape)}")
    index = _indices(input, "embedding", len(w.array))
    row = _padding_row(padding_idx, len(w.array))
    if max_norm is not None:
        _shorten(w, index, max_norm, norm_type)
    y = rules.embedding(w, index=index, padding_idx=row)
    if scale_grad_by_freq and y._requires_grad:
        counts = np.bincount(index.reshape(-1), minlength=len(w.array))
        share = (1.0 / counts[index])[..., None].astype(w.array.dtype)
        y = y.detach() + (y - y.detach()) * wrap(share)
    return y


def embedding_bag(input, weight, offsets=None, max_norm=None, norm_type: float = 2, scale_grad_by_freq: bool = False,
                  mode: str = "mean", sparse: bool = False, per_sample_weights=None, include_last_offset: bool = False,
                  padding_idx=None):
    """The sum, mean or max of the rows of each bag.

    Shape: input (B, N): a bag a row; or (N) with offsets (B), where each bag begins -> (B, D).

    >>> import mtorch
    >>> mtorch.nn.functional.embedding_bag(mtorch.tensor([[0, 1]]), mtorch.tensor([[1.0], [2.0]]), mode="sum")
    tensor([[3.]])
    """
    w = require_tensor(weight, "embedding_bag", "weight")
    ids = require_tensor(input, "embedding_bag")
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if per_sample_weights is not None:
        if mode != "sum":
            raise NotImplementedError("embedding_bag: per_sample_weights was not None. per_sample_weights is only "
                                      f"supported for mode='sum' (got mode='{mode}').")
        if per_sample_weights.array.shape != ids.array.shape:
            raise ValueError(f"embedding_bag: If per_sample_weights ({tuple(per_sample_weights.array.shape)}) is not "
                             f"None, then it must have the same shape as the input ({tuple(ids.array.shape)})")
    if ids.array.ndim == 2:
        if offsets is not None:
            raise ValueError("if input is 2D, then offsets has to be None, as input is treated is a mini-batch of "
                             "fixed length sequences. However, found offsets of type Tensor")
        starts = np.arange(ids.array.shape[0]) * ids.array.shape[1]
        flat = ids.reshape(-1)
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights.reshape(-1)
    elif ids.array.ndim == 1:
        if offsets is None:
            raise ValueError("offsets has to be a 1D Tensor but got None")
        if offsets.array.ndim != 1:
            raise ValueError("offsets has to be a 1D Tensor")
        starts, flat = offsets.array, ids
        if len(starts) and int(starts[0]) != 0:
            raise ValueError("offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from "
                             f"position 0. However, got {int(starts[0])}")
        if len(starts) and int(starts[-1]) > len(flat.array):
            raise ValueError("offsets[-1] can not be greater than input's length, but got "
                             f"offsets[-1] of {int(starts[-1])} and input's length {len(flat.array)}")
        if include_last_offset:
            starts = starts[:-1]
    else:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {ids.array.ndim}")
    row = _padding_row(padding_idx, len(w.array))
    rows = embedding(flat, w, padding_idx, max_norm, norm_type, scale_grad_by_freq)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.unsqueeze(1)
    ends = np.append(starts[1:], len(flat.array))
    used = np.ones(len(flat.array), bool) if row is None else flat.array != row
    if mode == "max":
        return _bag_maxima(rows, starts, ends, used, w)
    bag = np.repeat(np.arange(len(starts)), ends - starts)
    kept = rows if used.all() else rows[wrap(np.flatnonzero(used))]
    sums = rules.embedding_gradient(kept, shape=(len(starts), w.array.shape[1]), index=bag[used], padding_idx=None)
    if mode == "sum":
        return sums
    counts = np.maximum(np.bincount(bag[used], minlength=len(starts)), 1).astype(w.array.dtype)
    return sums / wrap(counts[:, None])


def _bag_maxima(rows, starts, ends, used, w):
    results = []
    for start, end in zip(starts, ends):
        inside = np.flatnonzero(used[start:end]) + start
        results.append(reductions.max(rows[wrap(inside)], 0).values if len(inside) else w.new_zeros(w.array.shape[1]))
    return stack(results) if results else cat([w[:0]])


def one_hot(tensor, num_classes: int = -1):
    """A 1 at the place each number names, 0 elsewhere.

    Shape: (...) of int64 -> (..., num_classes); num_classes -1 is the largest number plus one.

    >>> import mtorch
    >>> mtorch.nn.functional.one_hot(mtorch.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    t = require_tensor(tensor, "one_hot", "tensor").array
    if t.dtype != np.int64:
        raise RuntimeError(f"one_hot is only applicable to index tensor of type LongTensor, got {tensor.dtype}")
    if t.size == 0:
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        return wrap(np.zeros(t.shape + (num_classes,), np.int64))
    if int(t.min()) < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes == -1:
        num_classes = int(t.max()) + 1
    elif num_classes < 1:
        raise RuntimeError(f"num_classes should be positive, got {num_classes}")
    elif int(t.max()) >= num_classes:
        raise RuntimeError(f"Class values must be smaller than num_classes: got {int(t.max())} of {num_classes}")
    return wrap((t[..., None] == np.arange(num_classes)).astype(np.int64))
