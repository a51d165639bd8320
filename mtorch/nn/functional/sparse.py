"""Embeddings: rows of a matrix picked by number, and bags of them."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...autograd.naming import shown_as
from ...autograd.tape import wrap
from ...functions import reduction as reductions
from ...functions.arguments import require_tensor
from ...functions.joining import cat, stack
from ...ops import indexing as rules
from .looked_up import remember

if TYPE_CHECKING:
    from ...tensor import Tensor


def _indices(x: Tensor, name: str, rows: int) -> np.ndarray:
    index = require_tensor(x, name).array
    if index.dtype not in (np.int64, np.int32):
        raise RuntimeError("Expected tensor for argument #1 'indices' to have one of the following scalar types: "
                           f"Long, Int; but got {x.dtype} instead (while checking arguments for {name})")
    if index.size and (int(index.min()) < 0 or int(index.max()) >= rows):
        bad = index[(index < 0) | (index >= rows)].reshape(-1)[0]
        raise IndexError(f"index out of range in self: {name} got {int(bad)}, the weight has {rows} rows")
    return index


def _padding_row(padding_idx: int | None, rows: int) -> int | None:
    if padding_idx is None:
        return None
    if not -rows <= padding_idx < rows:
        raise AssertionError(f"Padding_idx must be within num_embeddings: got {padding_idx}, there are {rows}")
    return padding_idx % rows


def _shorten(weight: Tensor, index: np.ndarray, max_norm: float, norm_type: float) -> None:
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


def embedding(input: Tensor, weight: Tensor, padding_idx: int | None = None, max_norm: float | None = None,
              norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False) -> Tensor:
    """The rows of weight named by input: a vector for each word, looked up by its number.

    input: integers in [0, V)
    weight: one row for each word
    padding_idx: this row gets no gradient; -1 is the last
    max_norm: rows that are used and longer than this are first shortened to it, in place
    norm_type: p of the p-norm that measures them
    scale_grad_by_freq: divide the gradient of each row by how often input names it
    sparse: have the gradient of a weight that is a leaf know its rows, for SparseAdam; it is dense in any case

    Shape: input any, weight (V, D) -> (*input, D).
    Raises: IndexError for a number that names no row; RuntimeError for an input not of int64 or int32, or a weight not of
        two dimensions; AssertionError for a padding_idx that names no row.
    Source: Bengio, Ducharme, Vincent & Jauvin, "A Neural Probabilistic Language Model", 2003.

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
    if sparse and y._requires_grad and w.is_leaf:
        remember(y, w, index, row)
    return y


@shown_as("EmbeddingBagBackward0")
def embedding_bag(input: Tensor, weight: Tensor, offsets: Tensor | None = None, max_norm: float | None = None,
                  norm_type: float = 2, scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False,
                  per_sample_weights: Tensor | None = None, include_last_offset: bool = False,
                  padding_idx: int | None = None) -> Tensor:
    """The mean, sum or maximum of the rows of weight that each bag of numbers names; an empty bag gives zeros.

    input: a bag in each row; or, in one dimension, all bags one after the other
    offsets: of bags one after the other, where each begins; the first is 0
    mode: "mean", "sum" or "max"
    per_sample_weights: with "sum", what each row is multiplied by, in the shape of input
    include_last_offset: the last of offsets is where the last bag ends
    padding_idx: this row does not count and gets no gradient
    weight, max_norm, norm_type, scale_grad_by_freq, sparse: as for embedding

    Shape: input (B, n) or (N), offsets (B) or (B + 1), weight (V, D) -> (B, D).
    Raises: ValueError for an input of other dimensions, offsets that are missing, too many or not in one dimension, or
        another mode, or "max" with scale_grad_by_freq or sparse; RuntimeError for offsets that do not begin with 0, go
        beyond the input or fall;
        NotImplementedError for per_sample_weights without "sum"; and those of embedding.
    Source: Joulin, Grave, Bojanowski & Mikolov, "Bag of Tricks for Efficient Text Classification", 2016, arXiv:1607.01759.

    >>> import mtorch
    >>> mtorch.nn.functional.embedding_bag(mtorch.tensor([[0, 1]]), mtorch.tensor([[1.0], [2.0]]), mode="sum")
    tensor([[3.]])
    """
    w = require_tensor(weight, "embedding_bag", "weight")
    ids = require_tensor(input, "embedding_bag")
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if mode == "max" and (scale_grad_by_freq or sparse):
        raise ValueError("embedding_bag: max mode does not support "
                         + ("scaling the gradient by the frequency" if scale_grad_by_freq else "sparse weights"))
    if per_sample_weights is not None:
        if mode != "sum":
            raise NotImplementedError("embedding_bag: per_sample_weights was not None. per_sample_weights is only "
                                      f"supported for mode='sum' (got mode='{mode}').")
        if require_tensor(per_sample_weights, "embedding_bag", "per_sample_weights").array.shape != ids.array.shape:
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
        if require_tensor(offsets, "embedding_bag", "offsets").array.ndim != 1:
            raise ValueError(f"offsets has to be a 1D Tensor, got {offsets.array.ndim} dimensions")
        if offsets.array.dtype not in (np.int64, np.int32):
            raise RuntimeError(f"embedding_bag: expected offsets of int64 or int32, got {offsets.dtype}")
        starts, flat = offsets.array, ids
        if len(starts) and int(starts[0]) != 0:
            raise RuntimeError("offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from "
                             f"position 0. However, got {int(starts[0])}")
        if len(starts) and int(starts[-1]) > len(flat.array):
            raise RuntimeError("offsets[-1] can not be greater than input's length, but got "
                             f"offsets[-1] of {int(starts[-1])} and input's length {len(flat.array)}")
        if (np.diff(starts) < 0).any():
            raise RuntimeError("embedding_bag: expected offsets that do not fall, got "
                               f"{int(starts[1:][np.diff(starts) < 0][0])} after "
                               f"{int(starts[:-1][np.diff(starts) < 0][0])}")
        if include_last_offset:
            starts = starts[:-1]
    else:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {ids.array.ndim}")
    row = _padding_row(padding_idx, len(w.array))
    rows = embedding(flat, w, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
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


def _bag_maxima(rows: Tensor, starts: np.ndarray, ends: np.ndarray, used: np.ndarray, w: Tensor) -> Tensor:
    results = []
    for start, end in zip(starts, ends):
        inside = np.flatnonzero(used[start:end]) + start
        results.append(reductions.max(rows[wrap(inside)], 0).values if len(inside) else reductions.sum(rows[:0], 0))
    return stack(results) if results else cat([w[:0]])


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """A 1 at the place each number names, 0 elsewhere.

    tensor: classes, >= 0
    num_classes: C, how many there are; -1 for the largest of tensor plus one

    Shape: (...) of int64 -> (..., C) of int64.
    Raises: RuntimeError for a class below 0 or not below num_classes, a tensor not of int64, and one without elements
        whose num_classes is not given.

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
    return wrap((t[..., None] == np.arange(num_classes)).astype(np.int64, order="C"))
