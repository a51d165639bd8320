"""Functions that count: which values there are, and how many of each."""
from __future__ import annotations

import math

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import return_types
from ..autograd.tape import TensorBase, wrap
from .arguments import axis_of, number_of, of_real_numbers, require_floats, require_tensor, whole_number
from .output import into
from .number_parts import without_derivative

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Number


@of_real_numbers
def unique(input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False,
           dim: int | None = None) -> Any:
    """The different elements in order; and, when asked, where each element went and how often each occurs. nan differs
    from nan.

    sorted: taken, and always so
    return_inverse: also the index, among the different ones, of every element
    return_counts: also how often each of the different ones occurs
    dim: tell slices along this dimension apart, not elements

    Shape: any -> (K,); with dim, input's with K at dim. The inverse has input's shape, or (input.size(dim),); the
        counts (K,). A tensor, or a tuple of these in that order.
    Raises: TypeError for what is no tensor; IndexError for a dim outside [-input.dim(), input.dim()); RuntimeError for
        slices without elements.

    >>> import mtorch
    >>> mtorch.unique(mtorch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    x = require_tensor(input, "unique")
    if dim is not None and not x.array.ndim:
        raise IndexError("unique: dim was given for a 0-dim tensor")
    axis = None if dim is None else axis_of(dim, x.array.ndim)
    _refuse_no_elements(x, axis, "unique")
    if axis is not None and not x.array.size:
        values, inverse, counts = x.array, np.zeros(0, np.int64), np.zeros(0, np.int64)
    else:
        values, inverse, counts = np.unique(x.array, return_inverse=True, return_counts=True, axis=axis,
                                            equal_nan=False)
    results = [without_derivative("_unique2" if axis is None else "unique_dim", values, x,
                                  node="Unique2Backward0" if axis is None else "UniqueDimBackward0")]
    if return_inverse:
        results.append(wrap(inverse.reshape(x.array.shape if axis is None else -1).astype(np.int64)))
    if return_counts:
        results.append(wrap(counts.astype(np.int64)))
    return tuple(results) if len(results) > 1 else results[0]


def _refuse_no_elements(x, axis: int | None, name: str) -> None:
    """Slices without elements cannot be told apart."""
    if axis is not None and 0 in x.array.shape[:axis] + x.array.shape[axis + 1:]:
        raise RuntimeError(f"{name}: There are 0 sized dimensions, and they aren't selected: got shape "
                           f"{list(x.array.shape)} and dim {axis}")


@of_real_numbers
def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False,
                       dim: int | None = None) -> Any:
    """The elements with each run of equals made one.

    Arguments, shape and errors as for `unique`, of runs: the counts are their lengths.

    >>> import mtorch
    >>> mtorch.unique_consecutive(mtorch.tensor([1, 1, 2, 1]))
    tensor([1, 2, 1])
    """
    x = require_tensor(input, "unique_consecutive")
    if dim is not None and not x.array.ndim:
        raise IndexError("unique_consecutive: dim was given for a 0-dim tensor")
    axis = None if dim is None else axis_of(dim, x.array.ndim)
    _refuse_no_elements(x, axis, "unique_consecutive")
    a = x.array.reshape(-1) if axis is None else np.moveaxis(x.array, axis, 0)
    n = len(a)
    rows = a.reshape(n, -1) if n else a.reshape(0, 1)
    new = np.concatenate(([True], (rows[1:] != rows[:-1]).any(axis=1))) if n else np.zeros(0, bool)
    values = a[new]
    values = np.ascontiguousarray(values if axis is None else np.moveaxis(values, 0, axis))
    results = [without_derivative("unique_consecutive", values, x, node="UniqueConsecutiveBackward0")]
    if return_inverse:
        inverse = np.cumsum(new) - 1
        results.append(wrap((inverse.reshape(x.array.shape) if dim is None else inverse).astype(np.int64)))
    if return_counts:
        results.append(wrap(np.diff(np.append(np.flatnonzero(new), n)).astype(np.int64)))
    return tuple(results) if len(results) > 1 else results[0]


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each of 0, 1, 2, ... occurs; with weights, the sum of theirs.

    weights: what each element counts for, in place of 1
    minlength: the least length of the result

    Shape: (N,), and weights (N,) -> (max(minlength, input.max() + 1),); int64, with weights float32 or float64.
    Raises: TypeError for what is no tensor and a minlength that is no int; NotImplementedError for floating point
        numbers; RuntimeError for negative numbers, an input that is no vector, weights of another shape and a minlength
        below 0.

    >>> import mtorch
    >>> mtorch.bincount(mtorch.tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    x = require_tensor(input, "bincount")
    if x.array.dtype.kind in "fc":
        raise NotImplementedError(f'"bincount_cpu" not implemented for {x.dtype}: it counts integers')
    if x.array.ndim != 1 or x.array.dtype.kind not in "iu" or x.array.size and int(x.array.min()) < 0:
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if whole_number(minlength, "bincount", "minlength") < 0:
        raise RuntimeError(f"minlength should be >= 0, got {minlength}")
    if weights is None:
        return wrap(np.bincount(x.array, minlength=minlength).astype(np.int64))
    if require_tensor(weights, "bincount", "weights").array.shape != x.array.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    counts = np.bincount(x.array, weights.array, minlength)
    counts = counts.astype(np.float32 if weights.array.dtype == np.float32 else np.float64)
    return without_derivative("bincount", counts, weights)


def histc(input: Tensor, bins: int = 100, min: Number = 0, max: Number = 0, *, out: Tensor | None = None) -> Tensor:
    """How many elements lie in each of `bins` equal parts of [min, max]; those outside are not counted.

    bins: how many parts, > 0
    min, max: the ends; where they are the same, those of the data

    Shape: any of floating point numbers -> (bins,).
    Raises: TypeError for what is no tensor or number; NotImplementedError for integers; RuntimeError for bins that are
        not > 0, a range that is not finite, and a min above max.

    >>> import mtorch
    >>> mtorch.histc(mtorch.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    x = require_floats(input, "histc")
    bins = whole_number(bins, "histc", "bins")
    if bins <= 0:
        raise RuntimeError(f"histc: bins must be > 0, got {bins}")
    low, high = float(number_of(min, "histc", "min")), float(number_of(max, "histc", "max"))
    if low == high and x.array.size:
        low, high = float(x.array.min()), float(x.array.max())
    if low == high:
        low, high = low - 1, high + 1
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(f"histc: range of [{low}, {high}] is not finite")
    if low > high:
        raise RuntimeError(f"histc: max must be larger than min, got {max} and {min}")
    inside = x.array[(x.array >= low) & (x.array <= high)].astype(np.float64)
    places = np.minimum(((inside - low) / (high - low) * bins).astype(np.int64), bins - 1)
    result = wrap(np.bincount(places, minlength=bins).astype(x.array.dtype))
    return result if out is None else into(out, result)


def histogram(input: Tensor, bins: int | Tensor = 100, *, range: Sequence[float] | None = None, weight: Tensor | None = None,
              density: bool = False, out: Any = None) -> Any:
    """How many elements lie between each two of the bin edges, and the edges: a named tuple (hist, bin_edges).

    A part holds its lower edge; the last one the upper edge too.

    bins: how many equal parts, > 0; or a vector of the edges in rising order
    range: (lowest edge, highest edge) of equal parts; None for those of the data
    weight: what each element counts for, in place of 1
    density: divide the counts so that the integral over all parts is 1

    Shape: any of floating point numbers, and weight the same -> (bins,) and (bins + 1,).
    Raises: TypeError for what is no tensor, and bins that are no int; NotImplementedError for integers; RuntimeError
        for bins that are not > 0 or no rising vector, a range that is not finite or not rising, and a weight of another
        shape or type.

    >>> import mtorch
    >>> mtorch.histogram(mtorch.tensor([1.0, 2.0, 1.0]), bins=4, range=(0.0, 3.0)).hist
    tensor([0., 2., 1., 0.])
    """
    x = require_floats(input, "histogram")
    edges, limits = _edges(x, bins, range)
    if weight is not None:
        w = require_tensor(weight, "histogram", "weight")
        if w.dtype is not x.dtype or w.array.shape != x.array.shape:
            raise RuntimeError(f"histogram: weight ({w.dtype}, shape {list(w.array.shape)}) must have the type and "
                               f"shape of input ({x.dtype}, shape {list(x.array.shape)})")
    counts, found = np.histogram(x.array.reshape(-1), edges, limits,
                                 weights=None if weight is None else weight.array.reshape(-1), density=density)
    counts, found = counts.astype(x.array.dtype), found.astype(x.array.dtype)
    result = return_types.histogram(without_derivative("histogram", counts, x), without_derivative("histogram", found, x))
    return result if out is None else into(out, result)


def _edges(x, bins, range) -> tuple:
    """What np.histogram takes as its bins and range."""
    if isinstance(bins, TensorBase):
        if bins.array.ndim != 1 or bins.dtype is not x.dtype:
            raise RuntimeError(f"histogram: a tensor of bins must be a vector of {x.dtype}, got {bins.dtype} of shape "
                               f"{list(bins.array.shape)}")
        if bins.array.size < 2 or (np.diff(bins.array) < 0).any():
            raise RuntimeError(f"histogram: bins must be 2 or more edges in rising order, got {bins.array.tolist()}")
        return bins.array, None
    bins = whole_number(bins, "histogram", "bins")
    if bins <= 0:
        raise RuntimeError(f"histogram: bins must be > 0, but got {bins}")
    if range is None:
        low, high = (float(x.array.min()), float(x.array.max())) if x.array.size else (0.0, 1.0)
        low, high = (low, high) if low != high else (low - 0.5, high + 0.5)
    elif len(range) != 2:
        raise RuntimeError(f"histogram: range should have 2 elements, but got {len(range)}")
    else:
        low, high = range
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(f"histogram: range [{low}, {high}] is not finite")
    if low > high:
        raise RuntimeError(f"histogram: min should not exceed max, but got min {low} max {high}")
    return bins, (low, high)
