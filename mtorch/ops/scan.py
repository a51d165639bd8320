"""Rules that run along an axis: each result depends on all that came before."""
from __future__ import annotations

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import TensorBase, op
from .elementwise import plain
from .layout import in_axis_order
from .shape import flip
from .sums import in_single


def _reversed_cumsum(g, dim):
    return flip(cumsum(flip(g, dims=(dim,)), dim=dim), dims=(dim,))


@op(keeps=False)
def cumsum(a, *, dim):
    """y[i] = a[0] + ... + a[i];  dL/da[i] = g[i] + ... + g[n]"""
    y = cumsum(a, dim=dim) if isinstance(a, TensorBase) else in_axis_order(
        np.cumsum(a, axis=dim, dtype=np.float32 if a.dtype == np.float16 else a.dtype).astype(a.dtype, copy=False))
    return y, (lambda g: _reversed_cumsum(g, dim),)


@op
@in_single
def cumprod(a, *, dim):
    """y[i] = a[0] ... a[i];  dL/da[i] = sum over j >= i of g[j] y[j] / a[i], written out where a has zeros"""
    y = cumprod(a, dim=dim) if isinstance(a, TensorBase) else in_axis_order(np.cumprod(a, axis=dim, dtype=a.dtype))

    def pullback(g):
        if plain(a).all():
            return _reversed_cumsum(g * y, dim) / a
        return _cumprod_gradient_with_zeros(a, g, dim)
    return y, (pullback,)


def _cumprod_gradient_with_zeros(a, g, dim):
    """dL/da[i] = y[i-1] (g[i] + g[i+1] a[i+1] + g[i+2] a[i+1] a[i+2] + ...), from the end: r[i] = g[i] + a[i+1] r[i+1]."""
    n = a.shape[dim]
    at = lambda x, i: x[(slice(None),) * dim + (slice(i, i + 1),)]
    before, products = None, []
    for i in range(n):
        products.append(at(a, i) * 0.0 + 1.0 if before is None else before)
        before = at(a, i) if before is None else before * at(a, i)
    rest, grads = None, [None] * n
    for i in reversed(range(n)):
        rest = at(g, i) if rest is None else at(g, i) + at(a, i + 1) * rest
        grads[i] = products[i] * rest
    return np.concatenate(grads, dim)


@op
@in_single
def logcumsumexp(a, *, dim):
    """y[i] = log(e^a[0] + ... + e^a[i]);  dL/da[i] = e^a[i] sum over j >= i of g[j] e^-y[j]"""
    if isinstance(a, TensorBase):
        y = logcumsumexp(a, dim=dim)
    else:
        y = in_axis_order(np.logaddexp.accumulate(a, axis=dim))

    def pullback(g):
        positive = np.where(plain(g) > 0, g, 0.0)
        negative = np.where(plain(g) < 0, -g, 0.0)
        return _log_weighted(positive, a, y, dim) - _log_weighted(negative, a, y, dim)
    return y, (pullback,)


def _log_weighted(g, a, y, dim):
    """e^a[i] sum over j >= i of g[j] e^-y[j] for g >= 0, computed in logarithms."""
    zero = plain(g) == 0
    logs = np.where(zero, float(np.finfo(plain(a).dtype).min) / 4, np.log(np.where(zero, 1.0, g)) - y)
    total = flip(logcumsumexp(flip(logs, dims=(dim,)), dim=dim), dims=(dim,))
    return np.exp(total + a)


holomorphic(cumsum, cumprod)
