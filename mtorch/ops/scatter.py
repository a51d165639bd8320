"""Rules that write by index: a copy of one tensor with another put, added or reduced into places of it."""
from __future__ import annotations

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import TensorBase, op
from .accumulation import accumulate, reduce_at_places
from .elementwise import plain
from .indexing import is_basic, take


@op(name="IndexPutBackward0")
def index_put(a, values, *, key, accumulating, order="C"):
    """A copy of a with values written, or added, at [key]; an index that repeats keeps the last written

    order   how the copy lies: C, in the order of its axes, or K, as a does
    """
    if isinstance(a, TensorBase) or isinstance(values, TensorBase):
        z = index_put(a, values, key=key, accumulating=accumulating, order=order)
    else:
        z = a.copy(order)
        if accumulating:
            accumulate(z, key, values)
        else:
            z[key] = values
    if accumulating:
        return z, (lambda g: g, lambda g: g[key] if is_basic(key) else take(g, key=key))
    return z, (lambda g: index_put(g, 0.0, key=key, accumulating=False),
               lambda g: g[key] if is_basic(key) else take(g, key=key))


_REDUCTIONS = {"prod": np.multiply, "amax": np.maximum, "amin": np.minimum, "sum": np.add, "mean": np.add}


@op(name="ScatterReduceBackward0")
def reduce_at(a, src, *, key, reduce, include_self):
    """y = a, with the src that go to each place reduced into it;  key names the place of each element of src

    reduce: sum, mean, prod, amax, amin.  include_self: whether a's own value at the place counts.
    """
    x, s = plain(a), plain(src)
    shape, kind = x.shape, x.dtype                     # a pullback that needs no more of x does not hold it
    hit = np.zeros(shape, bool)
    hit[key] = True
    start = x.copy()
    if not include_self:
        start[hit] = {"prod": 1, "amax": _lowest(x), "amin": _highest(x)}.get(reduce, 0)
    y = start.copy()
    reduce_at_places(_REDUCTIONS[reduce], y, key, s)
    number = np.zeros(shape, kind if kind.kind == "f" else np.int64)
    accumulate(number, key, np.ones((), number.dtype))
    number += 1 if include_self else ~hit
    if reduce == "mean":
        total = y
        y = total / number if kind.kind == "f" else np.floor_divide(total, number).astype(kind)
    z = reduce_at(a, src, key=key, reduce=reduce, include_self=include_self) \
        if isinstance(a, TensorBase) or isinstance(src, TensorBase) else y
    kept = np.ones(shape, bool) if include_self else ~hit

    if reduce in ("sum", "mean"):
        share = (1.0 / number).astype(kind) if reduce == "mean" else np.ones((), kind)
        return z, (lambda g: g * (share * kept), lambda g: take(g * share, key=key))
    if reduce in ("amax", "amin"):
        own = (start == y) & kept
        given = s == y[key]
        winners = own.astype(kind)
        accumulate(winners, key, given.astype(kind))
        return z, (lambda g: g * (own / winners).astype(kind), lambda g: take(g / winners, key=key) * given)

    def to_self(g):
        if (x != 0).all():
            return g * kept * (z / np.where(kept, a, 1.0))
        return g * kept * reduce_at(np.ones(shape, kind), src, key=key, reduce="prod", include_self=True)

    def to_source(g):
        if (s != 0).all():
            return take(g * z, key=key) / src
        if isinstance(src, TensorBase):
            raise NotImplementedError("scatter_reduce, index_reduce: the gradient of the gradient of products is not "
                                      "implemented where zeros are multiplied")
        zeros = np.zeros(shape)
        accumulate(zeros, key, (s == 0).astype(zeros.dtype))
        others = start.copy()
        np.multiply.at(others, key, np.where(s == 0, 1, s))
        at = zeros[key]
        slope = np.where(at == 0, others[key] / np.where(s == 0, 1, s), np.where((at == 1) & (s == 0), others[key], 0))
        return take(g, key=key) * slope.astype(kind)
    return z, (to_self, to_source)


def _lowest(x):
    return -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min if x.dtype.kind in "iu" else False


def _highest(x):
    return np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).max if x.dtype.kind in "iu" else True


holomorphic(index_put)
