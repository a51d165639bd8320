"""Order: sorting, ranks, the most frequent, where something belongs.

What comes out in order is picked out of the input by index, so that gradients go back to where each came from.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..autograd.naming import named, shown_as
from .. import return_types
from ..autograd.tape import TensorBase, wrap
from ..ops import indexing as rules
from ..ops.arithmetic import lerp
from ..ops.layout import lying
from ..ops.ordering import first, nth, order
from ..ops.reduction import amax, mean
from ..strides import memory_order
from .arguments import (NUMBERS, as_tensor_operand, axis_of, numpy_names, of_real_numbers, require_tensor,
                        result_type_of, whole_number)
from .output import into
from .reduction import along_dim

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Operand


def _picked(name, x, indices, dim):
    indices = np.ascontiguousarray(indices).astype(np.int64, copy=False)
    if name == "sort" and not x.array.flags.c_contiguous:        # what is sorted lies as it did
        indices = lying(indices, memory_order(x.array))
    values = rules.gather(x, index=indices, dim=dim, name=f"{name.capitalize()}Backward0")
    return getattr(return_types, name)(values, wrap(indices))


@of_real_numbers
@numpy_names
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False, *,
         out: Sequence[Tensor] | None = None) -> return_types.sort:
    """The elements in order along dim, and where each was (int64).  nan counts as the largest.

    dim: the dimension to sort along
    descending: the largest first
    stable: equals keep their order, which they do here in any case

    Shape: any -> the same, twice
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> mtorch.sort(mtorch.tensor([3, 1, 2]), descending=True).values
    tensor([3, 2, 1])
    """
    x = require_tensor(input, "sort")
    d = axis_of(dim, x.array.ndim)
    if not x.array.ndim:
        result = return_types.sort(x.clone(), wrap(np.zeros((), np.int64)))
    else:
        result = _picked("sort", x, order(x.array, d, descending), d)
    return result if out is None else into(out, result)


@of_real_numbers
@numpy_names
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """Where the elements in order along dim come from (int64).

    Arguments, shape and errors as for `sort`.

    >>> import mtorch
    >>> mtorch.argsort(mtorch.tensor([3, 1, 2]))
    tensor([1, 2, 0])
    """
    return sort(require_tensor(input, "argsort").detach(), dim, descending).indices


@of_real_numbers
def msort(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements in order along the first dimension, the smallest first.

    Shape: any -> the same
    Raises: TypeError where input is not a Tensor.

    >>> import mtorch
    >>> mtorch.msort(mtorch.tensor([3, 1, 2]))
    tensor([1, 2, 3])
    """
    result = sort(require_tensor(input, "msort"), 0).values
    return result if out is None else into(out, result)


@of_real_numbers
@numpy_names
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True, *,
         out: Sequence[Tensor] | None = None) -> return_types.topk:
    """The k largest (or smallest) along dim, in order, and where each was (int64).

    k: how many, from 0 to the size of dim
    dim: the dimension to look along
    largest: False for the smallest
    sorted: whether they must be in order, which they are here in any case

    Shape: (..., N, ...) -> (..., k, ...), twice
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim());
        RuntimeError where k is negative or larger than that dimension.

    >>> import mtorch
    >>> mtorch.topk(mtorch.tensor([3, 1, 2]), 2).values
    tensor([3, 2])
    """
    x = require_tensor(input, "topk")
    d = axis_of(dim, x.array.ndim)
    n = x.array.shape[d] if x.array.ndim else 1
    k = whole_number(k, "topk", "k")
    if not 0 <= k <= n:
        raise RuntimeError(f"selected index k out of range: topk got k={k} for a dimension of size {n}")
    if not x.array.ndim:
        result = return_types.topk(x.clone(), wrap(np.zeros((), np.int64)))
    else:
        result = _picked("topk", x, first(x.array, k, d, largest), d)
    return result if out is None else into(out, result)


@of_real_numbers
@shown_as("KthvalueBackward0")
@numpy_names
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False, *,
             out: Sequence[Tensor] | None = None) -> return_types.kthvalue:
    """The k-th smallest along dim, and where it was (int64).

    k: counted from 1
    dim: the dimension to look along
    keepdim: keep it with size 1

    Shape: any -> input's without dim, or with size 1 there where keepdim, twice
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim()) or of
        size 0; RuntimeError where k is not from 1 to the size of that dimension.

    >>> import mtorch
    >>> mtorch.kthvalue(mtorch.tensor([3, 1, 2]), 2).values
    tensor(2)
    """
    x = require_tensor(input, "kthvalue")
    d = axis_of(dim, x.array.ndim)
    n = x.array.shape[d] if x.array.ndim else 1
    if n == 0:
        raise IndexError(f"kthvalue(): Expected reduction dim {d} to have non-zero size.")
    k = whole_number(k, "kthvalue", "k")
    if not 1 <= k <= n:
        raise RuntimeError(f"selected index k out of range: kthvalue got k={k} for a dimension of size {n}")
    indices = nth(x.array, k - 1, d) if x.array.ndim else np.zeros((), np.int64)
    result = return_types.kthvalue(*along_dim(x, indices, d, keepdim, "KthvalueBackward0"))
    return result if out is None else into(out, result)


def _median(name, input, dim, keepdim, out):
    x = require_tensor(input, name)
    if dim is None:
        flat = x.reshape(-1)
        if not flat.array.size:
            return flat.sum() / 0 if x.array.dtype.kind == "f" else wrap(np.asarray(np.iinfo(x.array.dtype).min, x.array.dtype))
        return _shared(flat, _median(name, flat.detach(), 0, False, None).values, f"{name.capitalize()}Backward0")
    d = axis_of(dim, x.array.ndim)
    if not x.array.ndim:
        return getattr(return_types, name)(x.clone(), wrap(np.zeros((), np.int64)))
    if x.array.shape[d] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {d} to have non-zero size.")
    nans = np.isnan(x.array) if x.array.dtype.kind == "f" else np.zeros((), bool)
    if not nans.any():
        indices = nth(x.array, (x.array.shape[d] - 1) // 2, d)
    else:
        numbers, place = (~nans).sum(axis=d), (x.array.shape[d] - 1) // 2
        place = np.maximum((numbers - 1) // 2, 0) if name == "nanmedian" else \
            np.where(nans.any(axis=d), numbers, place)                          # the first nan
        indices = np.take_along_axis(order(x.array, d), np.expand_dims(place, d), d).squeeze(d)
    result = getattr(return_types, name)(*along_dim(x, indices, d, keepdim, f"{name.capitalize()}Backward1"))
    return result if out is None else into(out, result)


def _shared(flat: Tensor, middle: Tensor, name: str) -> Tensor:
    """The middle of all elements: those that equal it share its gradient."""
    if not flat._requires_grad:
        return middle
    is_nan = bool(np.isnan(middle.array))
    equal = np.flatnonzero(np.isnan(flat.array) if is_nan else flat.array == middle.array)
    picked = rules.gather(flat, index=equal, dim=0)
    return named(mean(picked, axis=None, keepdims=False) if is_nan else amax(picked, axis=None, keepdims=False), name)


@of_real_numbers
@numpy_names
def median(input: Tensor, dim: int | None = None, keepdim: bool = False, *, out: Any = None) -> Any:
    """The middle element, the lower of two; with dim, along it and with its index (int64).  nan if there is a nan.

    dim: a dimension, or None: of all elements, and the value alone
    keepdim: with dim, keep it with size 1

    Shape: any -> (); with dim input's without it (or with size 1 there where keepdim), twice
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim()) or of size
        0.

    >>> import mtorch
    >>> mtorch.median(mtorch.tensor([4.0, 1.0, 3.0, 2.0]))
    tensor(2.)
    """
    return _median("median", input, dim, keepdim, out)


@of_real_numbers
@numpy_names
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False, *, out: Any = None) -> Any:
    """The middle of the elements that are not nan, the lower of two; with dim, along it and with its index (int64).

    Arguments, shape and errors as for `median`.

    >>> import mtorch
    >>> mtorch.nanmedian(mtorch.tensor([4.0, float("nan"), 3.0]))
    tensor(3.)
    """
    return _median("nanmedian", input, dim, keepdim, out)


@of_real_numbers
@numpy_names
def mode(input: Tensor, dim: int = -1, keepdim: bool = False, *,
         out: Sequence[Tensor] | None = None) -> return_types.mode:
    """The most frequent element along dim, the smallest of equally frequent ones, and where it was last (int64).

    dim: the dimension to look along
    keepdim: keep it with size 1

    Shape: any -> input's without dim, or with size 1 there where keepdim, twice
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim()) or of size
        0.

    >>> import mtorch
    >>> mtorch.mode(mtorch.tensor([2, 1, 2, 3])).values
    tensor(2)
    """
    x = require_tensor(input, "mode")
    d = axis_of(dim, x.array.ndim)
    if not x.array.ndim:
        return return_types.mode(x.clone(), wrap(np.zeros((), np.int64)))
    if x.array.shape[d] == 0:
        raise IndexError(f"mode(): Expected reduction dim {d} to have non-zero size.")
    rows = np.moveaxis(x.array, d, -1)
    flat = rows.reshape(-1, rows.shape[-1])
    indices = np.array([_most_frequent(row) for row in flat], np.int64).reshape(rows.shape[:-1])
    result = return_types.mode(*along_dim(x, indices, d, keepdim, "ModeBackward0"))
    return result if out is None else into(out, result)


def _most_frequent(row: np.ndarray) -> int:
    values, counts = np.unique(row, return_counts=True)
    return int(np.flatnonzero(row == values[np.argmax(counts)])[-1])


def searchsorted(sorted_sequence: Tensor, input: Operand, *, out_int32: bool = False, right: bool = False,
                 side: str | None = None, out: Tensor | None = None, sorter: Tensor | None = None) -> Tensor:
    """Where each element of input belongs in a sequence in order: how many elements of it come before.

    sorted_sequence: in ascending order along its last dimension
    input: the values, a number or a Tensor
    out_int32: indices of int32 instead of int64
    right: behind elements that equal the value, not before them; side: 'left' or 'right', the same in a word
    sorter: the indices (int64) that put sorted_sequence in order, where it is not

    Shape: sorted_sequence (N), input any -> input's; sorted_sequence (..., N), input (..., K) -> (..., K)
    Raises: TypeError where one is not a Tensor (or number); RuntimeError where the leading dimensions differ, a number
        is looked for in more than a vector, side is another word or contradicts right, or sorter does not fit.

    >>> import mtorch
    >>> mtorch.searchsorted(mtorch.tensor([1, 3, 5]), mtorch.tensor([3, 6]))
    tensor([1, 3])
    """
    s = require_tensor(sorted_sequence, "searchsorted", "sorted_sequence")
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError("torch.searchsorted(): side and right can't be set to opposites, got side of left while "
                           "right was True")
    scalar = not isinstance(input, TensorBase)
    values = as_tensor_operand(input, "searchsorted", "input").array
    if scalar:
        values = values.astype(s.array.dtype) if s.array.dtype.kind == "f" or values.dtype.kind != "f" else values
        if s.array.ndim != 1:
            raise RuntimeError("torch.searchsorted(): input value can be a scalar only when boundaries tensor "
                               "dimension is 1")
    where: Literal["left", "right"] = "right" if right or side == "right" else "left"
    sequence = s.array
    if not scalar and values.dtype != sequence.dtype:
        kind = result_type_of(s, input)
        values, sequence = values.astype(kind), sequence.astype(kind)
    if sorter is not None:
        if require_tensor(sorter, "searchsorted", "sorter").array.shape != sequence.shape:
            raise RuntimeError("torch.searchsorted(): boundary and sorter must have the same size, but got boundary "
                               f"tensor {list(sequence.shape)} and got sorter tensor {list(sorter.array.shape)}")
        if sorter.array.dtype != np.int64:
            raise RuntimeError("torch.searchsorted(): sorter must be a tensor of long dtype but got dtype "
                               f"{sorter.dtype}")
        if sorter.array.size and not (0 <= int(sorter.array.min()) and int(sorter.array.max()) < sequence.shape[-1]):
            raise RuntimeError("torch.searchsorted(): sorter index out of range")
        sequence = np.take_along_axis(sequence, sorter.array, -1)
    if sequence.ndim == 1:
        found = np.searchsorted(sequence, values, where)
    else:
        if values.shape[:-1] != sequence.shape[:-1]:
            raise RuntimeError("torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 "
                               "dimensions of boundaries tensor and input value tensor must match, but we got "
                               f"boundaries tensor {list(sequence.shape)} and input value tensor {list(values.shape)}")
        found = np.empty(values.shape, np.int64)
        for i in np.ndindex(values.shape[:-1]):
            found[i] = np.searchsorted(sequence[i], values[i], where)
    result = wrap(np.asarray(found).astype(np.int32 if out_int32 else np.int64))
    return result if out is None else into(out, result)


@of_real_numbers
def bucketize(input: Operand, boundaries: Tensor, *, out_int32: bool = False, right: bool = False,
              out: Tensor | None = None) -> Tensor:
    """Between which of the boundaries each element lies: how many of them come before it.

    boundaries: a vector in ascending order
    out_int32: indices of int32 instead of int64
    right: whether a boundary that equals the element comes before it

    Shape: any -> the same
    Raises: TypeError where boundaries is not a Tensor, or input neither Tensor nor number; RuntimeError where
        boundaries is no vector.

    >>> import mtorch
    >>> mtorch.bucketize(mtorch.tensor([0.5, 3.0]), mtorch.tensor([1.0, 2.0]))
    tensor([0, 2])
    """
    b = require_tensor(boundaries, "bucketize", "boundaries")
    if b.array.ndim != 1:
        raise RuntimeError(f"bucketize: boundaries tensor must be 1 dimension, but got dim({b.array.ndim})")
    return searchsorted(b, input, out_int32=out_int32, right=right, out=out)


@of_real_numbers
def isin(elements: Operand, test_elements: Operand, *, assume_unique: bool = False, invert: bool = False,
         out: Tensor | None = None) -> Tensor:
    """Which elements occur among the test_elements: a bool for each.

    elements, test_elements: Tensors, one of them may be a number
    assume_unique: that no element occurs twice in either; nothing depends on it here
    invert: which do not occur

    Shape: elements, any -> the same
    Raises: TypeError where one is neither Tensor nor number, or both are numbers.

    >>> import mtorch
    >>> mtorch.isin(mtorch.tensor([1, 2, 3]), mtorch.tensor([2, 5]))
    tensor([False,  True, False])
    """
    if not isinstance(elements, TensorBase) and not isinstance(test_elements, TensorBase):
        raise TypeError("isin(): at least one of elements and test_elements must be a Tensor, got "
                        f"{type(elements).__name__} and {type(test_elements).__name__}")
    a, b = as_tensor_operand(elements, "isin", "elements"), as_tensor_operand(test_elements, "isin", "test_elements")
    result = wrap(np.asarray(np.isin(a.array, b.array, invert=invert)))
    return result if out is None else into(out, result)


@numpy_names
def quantile(input: Tensor, q: float | Tensor, dim: int | None = None, keepdim: bool = False, *,
             interpolation: str = "linear", out: Tensor | None = None) -> Tensor:
    """The value below which a share q of the elements along dim lies; nan if there is a nan.

    q: in [0, 1], a number or a vector of input's type
    dim: a dimension, or None for all
    keepdim: keep the reduced dimensions, with size 1
    interpolation: between two elements: 'linear', 'lower', 'higher', 'midpoint' or 'nearest'

    Shape: any -> input's without dim, or with size 1 there where keepdim; a vector q adds a first dimension
    Raises: TypeError where input is not a Tensor, or q neither Tensor nor number; RuntimeError where input is not of
        float32 or float64 or is empty, q is outside [0, 1] or of another type, or interpolation is another word;
        IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> mtorch.quantile(mtorch.tensor([1.0, 2.0, 3.0]), 0.25)
    tensor(1.5000)
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation, out)


@numpy_names
def nanquantile(input: Tensor, q: float | Tensor, dim: int | None = None, keepdim: bool = False, *,
                interpolation: str = "linear", out: Tensor | None = None) -> Tensor:
    """`quantile` of the elements that are not nan; nan where there are no others.

    Arguments, shape and errors as for `quantile`.

    >>> import mtorch
    >>> mtorch.nanquantile(mtorch.tensor([1.0, float("nan"), 3.0]), 0.5)
    tensor(2.)
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation, out)


@shown_as("SqueezeBackward4")
def _quantile(name, input, q, dim, keepdim, interpolation, out):
    x = require_tensor(input, name)
    if x.array.dtype not in (np.float32, np.float64):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype")
    if not x.array.size:
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but "
                           f"got {interpolation}")
    if isinstance(q, TensorBase):
        if q.dtype is not x.dtype:
            raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor")
        if q.array.ndim > 1:
            raise RuntimeError(f"{name}() q must be a scalar or 1D tensor")
        shares = q.array
    elif isinstance(q, NUMBERS):
        shares = np.asarray(q, x.array.dtype)
    else:
        raise TypeError(f"{name}(): argument 'q' must be Tensor or float, not {type(q).__name__}")
    if shares.size and not (0 <= float(shares.min()) and float(shares.max()) <= 1):
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    flat = x.reshape(-1) if dim is None else x.reshape(1) if not x.array.ndim else x
    d = 0 if dim is None else axis_of(dim, x.array.ndim)
    last = flat.movedim(d, -1) if flat.array.ndim > 1 else flat
    in_order = sort(last, -1).values
    nans = np.isnan(in_order.array).sum(axis=-1, keepdims=True)
    n = in_order.array.shape[-1]
    if name == "nanquantile":
        rank = shares.reshape(-1) * np.maximum(n - nans - 1, 0)
    else:
        rank = np.where(nans > 0, n - 1, shares.reshape(-1) * (n - 1))        # the largest, a nan
    rank = rank.astype(x.array.dtype)
    if interpolation in ("lower", "higher", "nearest"):
        rank = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}[interpolation](rank)
    below = np.floor(rank)
    low = rules.gather(in_order, index=below.astype(np.int64), dim=in_order.array.ndim - 1)
    high = rules.gather(in_order, index=np.ceil(rank).astype(np.int64), dim=in_order.array.ndim - 1)
    share = np.full_like(rank, 0.5) if interpolation == "midpoint" else rank - below
    share = wrap(share.astype(x.array.dtype))
    if interpolation == "linear" and isinstance(q, TensorBase) and q._requires_grad:      # the same, of the Tensor q
        intervals = np.maximum(n - nans - 1, 0) if name == "nanquantile" else np.where(nans > 0, 0, n - 1)
        kind = x.array.dtype
        share = q.reshape(-1) * wrap(intervals.astype(kind)) - wrap(np.where(intervals > 0, below, 0.0).astype(kind))
    result = lerp(low, high, share) if interpolation in ("linear", "midpoint") else low
    if keepdim and dim is None:
        result = result.reshape((1,) * x.array.ndim + (-1,))
    elif keepdim and x.array.ndim:
        result = result.unsqueeze(d if d < x.array.ndim else -2)
        if result.array.ndim > x.array.ndim + 1:
            result = result.squeeze(-2)
    elif dim is not None and not x.array.ndim:
        result = result.reshape(-1)
    result = result.movedim(-1, 0) if shares.ndim else result.squeeze(-1)
    return result if out is None else into(out, result)
