"""Covariances, histograms in several dimensions, derivatives along a grid, and reduction at an index."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.naming import shown_as
from .. import return_types
from ..autograd.tape import TensorBase, wrap
from ..autograd.views import inplace
from ..ops import scatter as rules
from .arguments import NUMBERS, axes_of, axis_of, floating, numpy_names, of_real_numbers, require_tensor
from .output import into
from .indexing import narrow
from .joining import cat
from .matrix import matmul

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Dims


def cov(input: Tensor, *, correction: int = 1, fweights: Tensor | None = None,
        aweights: Tensor | None = None) -> Tensor:
    """The covariances of variables in rows, with observations in columns.

    correction: the sum of products is divided by the (weighted) number of observations less this; 1 is Bessel's
    fweights: how many times each observation counts, integers >= 0
    aweights: how much each observation is worth, floats >= 0

    Shape: (D, N) -> (D, D), the weights (N); (N) -> (), the variance
    Raises: TypeError where one is not a Tensor; RuntimeError where input has more than two dimensions or is of bools,
        and where weights are of another kind or number, negative, or all 0.

    >>> import mtorch
    >>> mtorch.cov(mtorch.tensor([[0.0, 2.0], [2.0, 0.0]]))
    tensor([[ 2., -2.],
            [-2.,  2.]])
    """
    x = require_tensor(input, "cov")
    if x.array.ndim > 2:
        raise RuntimeError("cov(): expected input to have two or fewer dimensions but got an input with "
                           f"{x.array.ndim} dimensions")
    if x.array.dtype.kind == "b":
        raise RuntimeError("cov(): bool dtype is not supported for input")
    x = floating(x)
    x = x if x.array.ndim == 2 else x.reshape(1, -1)
    n, kind = x.array.shape[1], x.real.dtype
    weights = None
    for name, w, kinds in (("fweights", fweights, "iu"), ("aweights", aweights, "f")):
        if w is None:
            continue
        if require_tensor(w, "cov", name).array.ndim > 1:
            raise RuntimeError(f"cov(): expected {name} to have one or fewer dimensions but got {name} with "
                               f"{w.array.ndim} dimensions")
        if w.array.dtype.kind not in kinds:
            raise RuntimeError(f"cov(): expected {name} to have {'integral' if kinds == 'iu' else 'floating point'} "
                               f"dtype but got {name} with {w.dtype} dtype")
        if w.array.size != n:
            raise RuntimeError(f"cov(): expected {name} to have the same numel as there are observations in the input "
                               f"but got {w.array.size} != {n}")
        if w.array.size and w.array.min() < 0:
            raise RuntimeError(f"cov(): {name} cannot be negative")
        weights = w.to(kind) if weights is None else weights * w.to(kind)
    if weights is None:
        total, centred = float(n), x - x.mean(1, keepdim=True)
        weighted = centred
    else:
        total = weights.sum()
        if n and float(total.array) == 0:
            raise RuntimeError("cov(): weights sum to zero, can't be normalized")
        centred = x - (x * weights).sum(1, keepdim=True) / total
        weighted = centred * weights
    if aweights is None or not correction:
        divisor = total - correction
    else:
        more = aweights if fweights is None else aweights * aweights * fweights.to(aweights.dtype)
        divisor = total - correction * ((weights * aweights.to(kind)).sum() if fweights is None else
                                        more.to(kind).sum()) / total
    if isinstance(divisor, TensorBase):
        divisor = divisor.clamp(min=0.0)
        result = matmul(weighted, centred.mH) / divisor
    else:
        result = matmul(weighted, centred.mH) / wrap(np.asarray(max(divisor, 0.0), kind.numpy))
    return result.squeeze()


def corrcoef(input: Tensor) -> Tensor:
    """The correlations of variables in rows: covariances divided by standard deviations, in [-1, 1].

    Shape: (D, N) -> (D, D); (N) -> (), which is 1
    Raises: TypeError where input is not a Tensor; RuntimeError where it has more than two dimensions or is of bools.

    >>> import mtorch
    >>> mtorch.corrcoef(mtorch.tensor([[0.0, 2.0], [2.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    x = require_tensor(input, "corrcoef")
    if x.array.ndim > 2:
        raise RuntimeError("corrcoef(): expected input to have two or fewer dimensions but got an input with "
                           f"{x.array.ndim} dimensions")
    c = cov(x)
    if not c.array.ndim:
        return c / c
    deviation = c.diagonal().sqrt()
    return (c / deviation.unsqueeze(1) / deviation.unsqueeze(0)).clamp(-1.0, 1.0)


@of_real_numbers
def histogramdd(input: Tensor, bins: Any, *, range: Sequence[float] | None = None, weight: Tensor | None = None,
                density: bool = False, out: Any = None) -> return_types.histogramdd:
    """How many rows of input (points of D coordinates) lie in each cell of a grid, and the grid's edges along each
    dimension.

    bins: the number of cells along each dimension, or along all, > 0; or the edges, a vector in ascending order for
        each
    range: lowest and highest edge along each dimension, 2 D numbers; where None, those of the points
    weight: how much each point counts, instead of 1
    density: divided by the sum and the cells' volumes, so that the integral is 1

    Shape: (..., D), weight (...) -> hist (bins[0], ..., bins[D - 1]), and D vectors of edges, one longer each
    Raises: TypeError where input or weight is not a Tensor, or bins something else; RuntimeError where input has fewer
        than two dimensions, bins, range or weight do not fit it, are not in order or > 0, or points are not finite.

    >>> import mtorch
    >>> mtorch.histogramdd(mtorch.tensor([[0.0, 1.0], [1.0, 0.0]]), bins=[2, 2]).hist
    tensor([[0., 1.],
            [1., 0.]])
    """
    x = require_tensor(input, "histogramdd")
    if x.array.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    points = x.array.reshape(-1, x.array.shape[-1])
    d = points.shape[1]
    edges = _edges(bins, d)
    if weight is not None and require_tensor(weight, "histogramdd", "weight").array.shape != x.array.shape[:-1]:
        raise RuntimeError("torch.histogramdd: if weight tensor is provided it should have the same shape as the input "
                           f"tensor excluding its innermost dimension, but got input with shape {list(x.shape)} and "
                           f"weight with shape {list(weight.shape)}")
    limits = None
    if range is not None:
        if len(range) != 2 * d:
            raise RuntimeError(f"torch.histogramdd: for a {d}-dimensional histogram range should have {2 * d} "
                               f"elements, but got {len(range)}")
        limits = list(zip(range[::2], range[1::2], strict=True))
        for i, (a, b) in enumerate(limits):
            if a > b:
                raise RuntimeError(f"torch.histogramdd: min should not exceed max, but got min {a:g} max {b:g} for "
                                   f"dimension {i}")
        limits = [(a, b) if a != b else (a - 0.5, b + 0.5) for a, b in limits]
    elif isinstance(edges[0], int):
        low, high = (points.min(0), points.max(0)) if points.size else (np.zeros(d), np.ones(d))
        limits = [(a, b) if a != b else (a - 0.5, b + 0.5) for a, b in zip(low, high, strict=True)]
    if limits is not None and isinstance(edges[0], int):
        for i, pair in enumerate(limits):
            if not np.isfinite(pair).all():
                raise RuntimeError(f"torch.histogramdd: dimension {i}'s range [{pair[0]:g}, {pair[1]:g}] is not finite")
        edges = [np.linspace(a, b, n + 1, dtype=x.array.dtype) for n, (a, b) in zip(edges, limits, strict=True)]
    counts, found = np.histogramdd(points, edges, weights=None if weight is None else weight.array.reshape(-1),
                                   density=density)
    return return_types.histogramdd(wrap(counts.astype(x.array.dtype)),
                                    tuple(wrap(e.astype(x.array.dtype)) for e in found))


def _edges(bins, d: int) -> list:
    """Along each of d dimensions the number of cells, or the array of their edges."""
    edges = [bins] * d if isinstance(bins, int) else bins
    if not isinstance(edges, (tuple, list)) or not all(isinstance(e, (int, TensorBase)) for e in edges):
        raise TypeError(f"histogramdd(): argument 'bins' must be int, tuple of ints or tuple of Tensors, got {bins!r}")
    if len(edges) != d:
        raise RuntimeError(f"histogramdd: bins must be as many as the innermost dimension of the input, {d}, got "
                           f"{len(edges)}")
    edges = [e.array if isinstance(e, TensorBase) else e for e in edges]
    for i, e in enumerate(edges):
        if isinstance(e, int) and e <= 0:
            raise RuntimeError(f"torch.histogramdd: bins must be > 0, but got {e} for dimension {i}")
        if not isinstance(e, int) and (e.ndim != 1 or e.size < 2 or (np.diff(e) < 0).any()):
            raise RuntimeError(f"torch.histogramdd: the edges of dimension {i} must be a vector in ascending order")
    return edges


@numpy_names
def gradient(input: Tensor, *, spacing: Any = None, dim: Dims | None = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """The derivative along each dimension of a function known on a grid, by central differences.

    spacing: the distance of points, or one for each dimension, or their coordinates, a vector for each dimension; 1
        where None
    dim: a dimension, several, or None for all
    edge_order: of the one-sided differences at the ends, 1 or 2

    Shape: any -> the same, for each dimension
    Raises: TypeError where input is not a Tensor, or a spacing no number nor Tensor; RuntimeError where edge_order is
        neither 1 nor 2, a dimension is smaller than edge_order + 1, or spacings are not as many as the dimensions or
        the points; IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> mtorch.gradient(mtorch.tensor([0.0, 1.0, 4.0, 9.0]))
    (tensor([1., 2., 4., 5.]),)
    """
    x = require_tensor(input, "gradient")
    if edge_order not in (1, 2):
        raise RuntimeError("torch.gradient only supports edge_order=1 and edge_order=2.")
    if x.array.dtype.kind not in "fc":
        x = floating(x) if x.array.dtype.kind == "b" else x.to(wrap(np.zeros(0, np.float32)).dtype)
    axes = axes_of(dim, x.array.ndim)
    axes = tuple(np.arange(x.array.ndim)) if axes is None else axes
    spacing = 1.0 if spacing is None else spacing
    steps = [spacing] * len(axes) if isinstance(spacing, (int, float, np.number)) else list(spacing)
    if isinstance(spacing, TensorBase):
        steps = [spacing] * len(axes)
    if len(steps) != len(axes):
        raise RuntimeError("torch.gradient expected spacing to be unspecified, a scalar or a list of length equal to "
                           f"{len(axes)}, but got a list of length {len(steps)}")
    results = []
    for d, h in zip(axes, steps, strict=True):
        d, n = int(d), x.array.shape[d]
        if n < edge_order + 1:
            raise RuntimeError("torch.gradient expected each dimension size to be at least edge_order+1")
        if isinstance(h, TensorBase) and h.array.ndim:
            if h.array.ndim != 1 or h.array.size != n:
                raise RuntimeError("torch.gradient expected each element of spacing to have one dimension, and the "
                                   f"size of the dimension {d}, {n}, but got {list(h.array.shape)}")
            results.append(_by_differences(x, d, np.diff(h.array.astype(x.array.real.dtype)), edge_order))
        elif not isinstance(h, (TensorBase, *NUMBERS)):
            raise TypeError(f"gradient(): argument 'spacing' must be numbers or Tensors, got {type(h).__name__}")
        else:
            step = np.asarray(h.array if isinstance(h, TensorBase) else h).astype(x.array.real.dtype)
            results.append(_by_differences(x, d, step, edge_order))
    return tuple(results)


def _by_differences(x, d: int, h: np.ndarray, order: int):
    """h: the distances between the points, or the one that all have."""
    n = x.array.shape[d]
    even, h = not h.ndim, np.broadcast_to(h, n - 1)

    def at(start, length=1):
        return narrow(x, d, start % n, length)

    def along(values):
        return wrap(values.reshape((-1,) + (1,) * (x.array.ndim - 1 - d)))
    first, last = (at(1) - at(0)) / float(h[0]), (at(-1) - at(-2)) / float(h[-1])
    parts = []
    if n > 2:
        a, b = h[:-1], h[1:]                           # the distances to the neighbours
        if even:                                       # the point between counts nothing, not even a nan
            inner = (at(2, n - 2) - at(0, n - 2)) / float(h[0] * 2)
        else:
            inner = along(-b / (a * (a + b))) * at(0, n - 2) + along((b - a) / (a * b)) * at(1, n - 2) \
                + along(a / (b * (a + b))) * at(2, n - 2)
        parts = [inner]
        if order == 2:
            p, q = float(h[0]), float(h[1])
            first = at(0) * (-(2 * p + q) / (p * (p + q))) + at(1) * ((p + q) / (p * q)) - at(2) * (p / (q * (p + q)))
            p, q = float(h[-1]), float(h[-2])
            last = at(-1) * ((2 * p + q) / (p * (p + q))) - at(-2) * ((p + q) / (p * q)) + at(-3) * (p / (q * (p + q)))
    return cat([first, *parts, last], d)


@numpy_names
@of_real_numbers
@shown_as("IndexReduceBackward0")
def index_reduce(input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True,
                 out: Tensor | None = None) -> Tensor:
    """input with the slices of source reduced into it at `index` along dim.

    dim: the dimension along which index counts
    index: where each slice of source goes, a vector of int64 or int32
    source: of input's type
    reduce: 'prod', 'mean', 'amax' or 'amin'
    include_self: whether what was there takes part

    Shape: input (..., N, ...), index (K), source (..., K, ...) -> (..., N, ...)
    Raises: TypeError where one is not a Tensor; RuntimeError where reduce is another word, a type is wrong, or source
        does not fit; IndexError for a dim outside [-input.dim(), input.dim()), an index outside [0, N), or one that is
        no vector.

    >>> import mtorch
    >>> mtorch.index_reduce(mtorch.ones(2), 0, mtorch.tensor([0, 0]), mtorch.tensor([2.0, 3.0]), "prod")
    tensor([6., 1.])
    """
    x, s = require_tensor(input, "index_reduce"), require_tensor(source, "index_reduce", "source")
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    i = require_tensor(index, "index_reduce", "index").array
    if i.dtype not in (np.int64, np.int32):
        raise RuntimeError("index_reduce(): Expected dtype int32/int64 for index but got " + str(index.dtype))
    if i.ndim > 1:
        raise IndexError(f"index_reduce(): Index is supposed to be a vector, but got dim: {i.ndim}")
    if s.dtype is not x.dtype:
        raise RuntimeError("index_reduce(): self and source expected to have the same dtype, but got (self) "
                           f"{x.dtype} and (source) {s.dtype}")
    d = axis_of(dim, x.array.ndim)
    flat, given = (t if t.array.ndim else t.reshape(1) for t in (x, s))
    i = i.reshape(-1)
    if given.array.shape[d] != i.size:
        raise RuntimeError(f"index_reduce(): Number of indices ({i.size}) should be equal to source.size(dim): "
                           f"({given.array.shape[d]}), for dim: {d}")
    if i.size and not (0 <= i.min() and i.max() < flat.array.shape[d]):
        raise IndexError(f"index_reduce(): index out of range in self: dimension {d} has size {flat.array.shape[d]}")
    expected = flat.array.shape[:d] + (i.size,) + flat.array.shape[d + 1:]
    if given.array.shape != expected:
        raise RuntimeError("index_reduce(): source tensor shape must match self tensor shape, excluding the specified "
                           f"dimension. Got self.shape = {list(x.shape)} source.shape = {list(s.shape)}")
    if not given.array.size:
        return x.clone()
    result = rules.reduce_at(flat, given, key=(slice(None),) * d + (i,), reduce=reduce, include_self=include_self)
    result = result if x.array.ndim else result.reshape(())
    return result if out is None else into(out, result)


index_reduce_ = inplace(index_reduce)
