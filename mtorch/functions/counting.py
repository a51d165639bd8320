"""Functions that count: which values there are, and how many of each."""
from __future__ import annotations

import math

import numpy as np

from .. import return_types
from ..autograd.tape import TensorBase, wrap
from .arguments import axis_of, into, require_tensor


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    """The different elements in order; and, when asked, where each element went and how often each occurs.

    >>> import mtorch
    >>> mtorch.unique(mtorch.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    x = require_tensor(input, "unique")
    if dim is not None and not x.array.ndim:
        raise IndexError("unique: dim was given for a 0-dim tensor")
    axis = None if dim is None else axis_of(dim, x.array.ndim)
    if axis is not None and x.array.shape[axis] == 0 and x.array.size == 0:
        values, inverse, counts = x.array, np.zeros(0, np.int64), np.zeros(0, np.int64)
    else:
        values, inverse, counts = np.unique(x.array, return_inverse=True, return_counts=True, axis=axis,
                                            equal_nan=False)
    results = [wrap(values)]
    if return_inverse:
        results.append(wrap(inverse.reshape(x.array.shape if axis is None else -1).astype(np.int64)))
    if return_counts:
        results.append(wrap(counts.astype(np.int64)))
    return tuple(results) if len(results) > 1 else results[0]


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    """The elements with each run of equals made one.

    >>> import mtorch
    >>> mtorch.unique_consecutive(mtorch.tensor([1, 1, 2, 1]))
    tensor([1, 2, 1])
    """
    x = require_tensor(input, "unique_consecutive")
    a = x.array.reshape(-1) if dim is None else np.moveaxis(x.array, axis_of(dim, x.array.ndim), 0)
    n = len(a)
    rows = a.reshape(n, -1) if n else a.reshape(0, 1)
    new = np.concatenate(([True], (rows[1:] != rows[:-1]).any(axis=1))) if n else np.zeros(0, bool)
    values = a[new]
    results = [wrap(np.ascontiguousarray(values if dim is None else np.moveaxis(values, 0, axis_of(dim, x.array.ndim))))]
    if return_inverse:
        inverse = np.cumsum(new) - 1
        results.append(wrap((inverse.reshape(x.array.shape) if dim is None else inverse).astype(np.int64)))
    if return_counts:
        results.append(wrap(np.diff(np.append(np.flatnonzero(new), n)).astype(np.int64)))
    return tuple(results) if len(results) > 1 else results[0]


def bincount(input, weights=None, minlength=0):
    """How often each of 0, 1, 2, ... occurs; with weights, the sum of theirs.

    >>> import mtorch
    >>> mtorch.bincount(mtorch.tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    x = require_tensor(input, "bincount")
    if x.array.ndim != 1 or x.array.dtype.kind not in "iu" or x.array.size and int(x.array.min()) < 0:
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if minlength < 0:
        raise RuntimeError("minlength should be >= 0")
    if weights is None:
        return wrap(np.bincount(x.array, minlength=minlength).astype(np.int64))
    if weights.array.shape != x.array.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    counts = np.bincount(x.array, weights.array, minlength)
    return wrap(counts.astype(np.float32 if weights.array.dtype == np.float32 else np.float64))


def histc(input, bins=100, min=0, max=0, *, out=None):
    """How many elements lie in each of `bins` equal parts of [min, max] (of the data's range when both are 0).

    >>> import mtorch
    >>> mtorch.histc(mtorch.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    x = require_tensor(input, "histc")
    if bins <= 0:
        raise RuntimeError(f"bins must be > 0, got {bins}")
    low, high = float(min), float(max)
    if low == high and x.array.size:
        low, high = float(x.array.min()), float(x.array.max())
    if low == high:
        low, high = low - 1, high + 1
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(f"range of [{low}, {high}] is not finite")
    if low > high:
        raise RuntimeError("max must be larger than min")
    inside = x.array[(x.array >= low) & (x.array <= high)].astype(np.float64)
    places = np.minimum(((inside - low) / (high - low) * bins).astype(np.int64), bins - 1)
    result = wrap(np.bincount(places, minlength=bins).astype(x.array.dtype))
    return result if out is None else into(out, result)


def histogram(input, bins, *, range=None, weight=None, density=False, out=None):
    """How many elements lie between each two of the bin edges, and the edges.

    >>> import mtorch
    >>> mtorch.histogram(mtorch.tensor([1.0, 2.0, 1.0]), bins=4, range=(0.0, 3.0)).hist
    tensor([0., 2., 1., 0.])
    """
    x = require_tensor(input, "histogram")
    edges = bins.array if isinstance(bins, TensorBase) else int(bins)
    limits = range
    if limits is None and not isinstance(bins, TensorBase) and x.array.size:
        low, high = float(x.array.min()), float(x.array.max())
        limits = (low, high) if low != high else (low - 0.5, high + 0.5)
    counts, found = np.histogram(x.array.reshape(-1), edges, limits,
                                 weights=None if weight is None else weight.array.reshape(-1), density=density)
    return return_types.histogram(wrap(counts.astype(x.array.dtype)), wrap(found.astype(x.array.dtype)))
