"""Functions that run along a dimension: cumulative sums, products and extremes, differences and integrals."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..autograd.naming import shown_as
from .. import dtypes, return_types
from ..autograd.tape import wrap
from ..ops import indexing, scan as rules
from .arguments import axis_of, floating, numpy_names, of_real_numbers, require_tensor, to_type
from .output import into
from .indexing import narrow
from .reduction import sum as total
from .joining import cat

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Operand


def _prepared(input, dim, dtype, name):
    x = require_tensor(input, name)
    if dtype is not None:
        x = to_type(x, dtypes.numpy_dtype(dtype))
    elif x.array.dtype.kind not in "fc":
        x = to_type(x, np.dtype(np.int64))
    return x, axis_of(dim, x.array.ndim)


@numpy_names
def cumsum(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None, out: Tensor | None = None) -> Tensor:
    """The sum of all elements up to each one, along dim.  Bools and integers are summed as int64.

    dim: the dimension to run along
    dtype: the type to compute in, and of the result

    Shape: any -> the same
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim());
        RuntimeError where out cannot hold the result.

    >>> import mtorch
    >>> mtorch.cumsum(mtorch.tensor([1, 2, 3]), 0)
    tensor([1, 3, 6])
    """
    x, d = _prepared(input, dim, dtype, "cumsum")
    result = rules.cumsum(x, dim=d) if x.array.ndim else x.clone()
    return result if out is None else into(out, result)


@numpy_names
def cumprod(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None, out: Tensor | None = None) -> Tensor:
    """The product of all elements up to each one, along dim.  Bools and integers are multiplied as int64.

    Arguments, shape and errors as for `cumsum`.

    >>> import mtorch
    >>> mtorch.cumprod(mtorch.tensor([1, 2, 3]), 0)
    tensor([1, 2, 6])
    """
    x, d = _prepared(input, dim, dtype, "cumprod")
    result = rules.cumprod(x, dim=d) if x.array.ndim else x.clone()
    return result if out is None else into(out, result)


@of_real_numbers
@shown_as("LogcumsumexpBackward0")
@numpy_names
def logcumsumexp(input: Tensor, dim: int, *, out: Tensor | None = None) -> Tensor:
    """log of the sum of e^x up to each element, along dim, without overflow.

    Arguments, shape and errors as for `cumsum`.

    >>> import mtorch
    >>> mtorch.logcumsumexp(mtorch.tensor([0.0, 0.0]), 0)
    tensor([0.0000, 0.6931])
    """
    x = floating(input, "logcumsumexp")
    d = axis_of(dim, x.array.ndim)
    result = rules.logcumsumexp(x, dim=d) if x.array.ndim else x.clone()
    return result if out is None else into(out, result)


def _running_extreme(name, input, dim, out):
    x = require_tensor(input, name)
    d = axis_of(dim, x.array.ndim)
    if not x.array.ndim:
        values, indices = x.clone(), wrap(np.zeros((), np.int64))
    else:
        a = np.moveaxis(x.array, d, -1)
        better = np.greater_equal if name == "cummax" else np.less_equal
        best = (np.maximum if name == "cummax" else np.minimum).accumulate(a, axis=-1)
        new = better(a, best) | np.isnan(a) if a.dtype.kind == "f" else better(a, best)      # the last of equals
        indices_array = np.maximum.accumulate(np.where(new, np.arange(a.shape[-1]), 0), axis=-1)
        indices_array = np.ascontiguousarray(np.moveaxis(indices_array, -1, d)).astype(np.int64)
        values = indexing.gather(x, index=indices_array, dim=d, name=f"{name.capitalize()}Backward0")
        indices = wrap(indices_array)
    result = getattr(return_types, name)(values, indices)
    return result if out is None else into(out, result)


@of_real_numbers
@numpy_names
def cummax(input: Tensor, dim: int, *, out: Sequence[Tensor] | None = None) -> return_types.cummax:
    """The largest element so far along dim, and its index (int64), of equals the last; after a nan, nan.

    Arguments, errors and, for each, the shape as for `cumsum`.

    >>> import mtorch
    >>> mtorch.cummax(mtorch.tensor([1, 3, 2]), 0).values
    tensor([1, 3, 3])
    """
    return _running_extreme("cummax", input, dim, out)


@of_real_numbers
@numpy_names
def cummin(input: Tensor, dim: int, *, out: Sequence[Tensor] | None = None) -> return_types.cummin:
    """The smallest element so far along dim, and its index (int64), of equals the last; after a nan, nan.

    Arguments, errors and, for each, the shape as for `cumsum`.

    >>> import mtorch
    >>> mtorch.cummin(mtorch.tensor([2, 3, 1]), 0).values
    tensor([2, 2, 1])
    """
    return _running_extreme("cummin", input, dim, out)


@numpy_names
def diff(input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None, *,
         out: Tensor | None = None) -> Tensor:
    """The differences of neighbours along dim, n times over; of bools, whether they differ.

    n: how many times, >= 0
    dim: the dimension to run along
    prepend, append: what is put before and after input along dim first, unless n is 0

    Shape: (..., L, ...) -> (..., max(L - n, 0), ...), L with prepend and append counted
    Raises: TypeError where one of the three is not a Tensor; RuntimeError where input has no dimension, n is negative,
        or prepend or append does not fit; IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> mtorch.diff(mtorch.tensor([1, 4, 9]))
    tensor([3, 5])
    """
    x = require_tensor(input, "diff")
    if not x.array.ndim:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    d = axis_of(dim, x.array.ndim)
    for argument, t in (("prepend", prepend), ("append", append)):
        if t is not None and require_tensor(t, "diff", argument).array.ndim != x.array.ndim:
            raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    parts = [t for t in (prepend, x, append) if t is not None]
    x = cat(parts, d) if n and len(parts) > 1 else x
    for _ in range(min(n, x.array.shape[d])):
        size = x.array.shape[d]
        after, before = narrow(x, d, 1, size - 1), narrow(x, d, 0, size - 1)
        x = after != before if x.array.dtype.kind == "b" else after - before
    x = x if n else x.clone()
    return x if out is None else into(out, x)


@numpy_names
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Operand | None = None, dim: int = -1) -> Tensor:
    """The integral of y along dim by the trapezoid rule: the sum of (x[i + 1] - x[i]) (y[i] + y[i + 1]) / 2.

    y: the values
    x: the points, one for each value along dim: a vector, or a tensor that broadcasts with y
    dx: the distance of the points where x is not given; None is 1
    dim: the dimension to run along

    Shape: y (..., L, ...) -> (...)
    Raises: TypeError where y or x is not a Tensor, or both x and dx are given; RuntimeError where there are not as many
        points as values, or one is of bools; IndexError for a dim outside [-y.dim(), y.dim()).

    >>> import mtorch
    >>> mtorch.trapezoid(mtorch.tensor([1.0, 2.0, 3.0]))
    tensor(4.)
    """
    return total(_trapezoids(y, x, dx, dim, "trapezoid"), dim)


@numpy_names
def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Operand | None = None, dim: int = -1) -> Tensor:
    """The integral of y up to each point along dim but the first, by the trapezoid rule.

    Shape: y (..., L, ...) -> (..., L - 1, ...)

    Arguments and errors as for `trapezoid`.

    >>> import mtorch
    >>> mtorch.cumulative_trapezoid(mtorch.tensor([1.0, 2.0, 3.0]))
    tensor([1.5000, 4.0000])
    """
    return cumsum(_trapezoids(y, x, dx, dim, "cumulative_trapezoid"), dim)


def _trapezoids(y, x, dx, dim, name):
    y = require_tensor(y, name, "y")
    if x is not None:
        require_tensor(x, name, "x")
        if dx is not None:
            raise TypeError(f"{name}(): the points are given by x or by their distance dx, not by both")
    d = axis_of(dim, y.array.ndim)
    n = y.array.shape[d] if y.array.ndim else 0
    if n == 0:
        return y.new_zeros(y.array.shape)
    if y.array.dtype.kind == "b" or x is not None and x.array.dtype.kind == "b":
        raise RuntimeError(f"{name}: received a bool input for `x` or `y`, but bool is not supported")
    means = (narrow(y, d, 1, n - 1) + narrow(y, d, 0, n - 1)) / 2
    if x is None:
        return means if dx is None else means * dx
    if x.array.ndim == 1 and y.array.ndim != 1:
        if x.array.shape[0] != n:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        x = x.reshape((1,) * d + (n,) + (1,) * (y.array.ndim - d - 1))
        steps = narrow(x, d, 1, n - 1) - narrow(x, d, 0, n - 1)
    else:
        dx_dim = axis_of(dim, x.array.ndim)
        m = x.array.shape[dx_dim] if x.array.ndim else 1
        if m != n:
            raise RuntimeError(f"{name}: There must be one `x` value for each sample point")
        steps = narrow(x, dx_dim, 1, m - 1) - narrow(x, dx_dim, 0, m - 1)
    return means * steps


trapz = trapezoid
