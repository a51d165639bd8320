"""Covariances, histograms in several dimensions, derivatives along a grid, and reduction at an index."""
from __future__ import annotations

import numpy as np

from .. import return_types
from ..autograd.tape import TensorBase, wrap
from ..autograd.views import inplace
from ..ops import scatter as rules
from .arguments import axes_of, axis_of, floating, into, require_tensor
from .indexing import narrow
from .joining import cat
from .matrix import matmul


def cov(input, *, correction=1, fweights=None, aweights=None):
    """The covariances of variables in rows, with observations in columns.

    fweights: how many times each observation counts (integers); aweights: how much each is worth.  The sum is divided
    by the (weighted) number of observations less the correction.

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
    n = x.array.shape[1]
    weights = None
    for name, w, kinds in (("fweights", fweights, "iu"), ("aweights", aweights, "f")):
        if w is None:
            continue
        if w.array.ndim > 1:
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
        weights = w.to(x.dtype) if weights is None else weights * w.to(x.dtype)
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
        divisor = total - correction * ((weights * aweights.to(x.dtype)).sum() if fweights is None else
                                        more.to(x.dtype).sum()) / total
    if isinstance(divisor, TensorBase):
        divisor = divisor.clamp(min=0.0)
        result = matmul(weighted, centred.mT) / divisor
    else:
        result = matmul(weighted, centred.mT) / wrap(np.asarray(max(divisor, 0.0), x.array.dtype))
    return result.squeeze()


def corrcoef(input):
    """The correlations of variables in rows: covariances divided by standard deviations, in [-1, 1].

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


def histogramdd(input, bins, *, range=None, weight=None, density=False, out=None):
    """How many rows of input (points of D coordinates) lie in each cell of a grid, and the grid's edges along each
    dimension.

    bins: the number of cells along each dimension, or along all, or the edges.  range: lowest and highest edge along
    each, flat.

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
    edges = [bins] * d if isinstance(bins, int) else [b.array if isinstance(b, TensorBase) else b for b in bins]
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
    if isinstance(edges[0], int):
        edges = [np.linspace(a, b, n + 1, dtype=x.array.dtype) for n, (a, b) in zip(edges, limits, strict=True)]
    counts, found = np.histogramdd(points, edges, weights=None if weight is None else weight.array.reshape(-1),
                                   density=density)
    return return_types.histogramdd(wrap(counts.astype(x.array.dtype)),
                                    tuple(wrap(e.astype(x.array.dtype)) for e in found))


def gradient(input, *, spacing=None, dim=None, edge_order=1):
    """The derivative along each dimension (of those in dim) of a function known on a grid, by central differences.

    spacing: the distance of points, or one for each dimension, or their coordinates, a vector for each dimension.
    edge_order: of the one-sided differences at the ends, 1 or 2.

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
    steps = [spacing] * len(axes) if isinstance(spacing, (int, float)) else list(spacing)
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
            results.append(_by_differences(x, d, np.diff(h.array.astype(x.array.dtype)), edge_order))
        else:
            results.append(_by_differences(x, d, np.full(n - 1, float(h), x.array.dtype), edge_order))
    return tuple(results)


def _by_differences(x, d: int, h: np.ndarray, order: int):
    n = x.array.shape[d]

    def at(start, length=1):
        return narrow(x, d, start % n, length)

    def along(values):
        return wrap(values.reshape((-1,) + (1,) * (x.array.ndim - 1 - d)))
    first, last = (at(1) - at(0)) / float(h[0]), (at(-1) - at(-2)) / float(h[-1])
    parts = []
    if n > 2:
        a, b = h[:-1], h[1:]                           # the distances to the neighbours
        inner = along(-b / (a * (a + b))) * at(0, n - 2) + along((b - a) / (a * b)) * at(1, n - 2) \
            + along(a / (b * (a + b))) * at(2, n - 2)
        parts = [inner]
        if order == 2:
            p, q = float(h[0]), float(h[1])
            first = at(0) * (-(2 * p + q) / (p * (p + q))) + at(1) * ((p + q) / (p * q)) - at(2) * (p / (q * (p + q)))
            p, q = float(h[-1]), float(h[-2])
            last = at(-1) * ((2 * p + q) / (p * (p + q))) - at(-2) * ((p + q) / (p * q)) + at(-3) * (p / (q * (p + q)))
    return cat([first, *parts, last], d)


def index_reduce(input, dim, index, source, reduce, *, include_self=True, out=None):
    """input with the slices of source reduced into it at `index` along dim: 'prod', 'mean', 'amax' or 'amin'.

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
        raise RuntimeError(f"index_reduce(): Index is supposed to be a vector, but got dim: {i.ndim}")
    if s.array.dtype != x.array.dtype:
        raise RuntimeError("index_reduce(): self and source expected to have the same dtype, but got (self) "
                           f"{x.dtype} and (source) {s.dtype}")
    d = axis_of(dim, x.array.ndim)
    flat, given = (t if t.array.ndim else t.reshape(1) for t in (x, s))
    i = i.reshape(-1)
    if given.array.shape[d] != i.size:
        raise RuntimeError(f"index_reduce(): Number of indices ({i.size}) should be equal to source.size(dim): "
                           f"({given.array.shape[d]}), for dim: {d}")
    if i.size and not (0 <= i.min() and i.max() < flat.array.shape[d]):
        raise IndexError("index out of range in self")
    if not given.array.size:
        return x.clone()
    result = rules.reduce_at(flat, given, key=(slice(None),) * d + (i,), reduce=reduce, include_self=include_self)
    result = result if x.array.ndim else result.reshape(())
    return result if out is None else into(out, result)


index_reduce_ = inplace(index_reduce)
