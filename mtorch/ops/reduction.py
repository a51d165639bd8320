"""Rules that reduce: many numbers to one, over all of an array or along some axes.

`axis` is None or a tuple of non-negative ints; `keepdims` keeps reduced axes with length 1.
"""
from __future__ import annotations

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import TensorBase, op
from .elementwise import plain
from .layout import in_axis_order
from .scan import cumprod
from .shape import expand
from .sums import in_single, total


def kept(shape, axis):
    """The shape with the reduced axes kept at length 1."""
    if axis is None:
        return (1,) * len(shape)
    return tuple(1 if i in axis else n for i, n in enumerate(shape))


def count(shape, axis) -> int:
    """How many numbers go into each result."""
    n = 1
    for i, size in enumerate(shape):
        if axis is None or i in axis:
            n *= size
    return n


def _lying(y, keepdims):
    """The result in the order of its axes; with all axes kept it lies as a does, and so will what is made of both."""
    return y if keepdims else in_axis_order(y)


def _in_two_forms(name: str):
    """The name of a node where torch has one function for reducing all of a tensor, and another for some axes of it."""
    return lambda node: f"{name}Backward{0 if node.kwargs['axis'] is None else 1}"


@op(keeps=False, name=_in_two_forms("Sum"))
def sum(a, *, axis, keepdims):
    """y = sum of a over axis"""
    shape = a.shape

    def pullback(g):
        return expand(g.reshape(kept(shape, axis)), shape=shape)
    y = total(a, axis, keepdims)
    return y if axis is None else _lying(y, keepdims), (pullback,)


@op(keeps=False, name=_in_two_forms("Mean"))
@in_single
def mean(a, *, axis, keepdims):
    """y = sum of a over axis / n"""
    shape, n = a.shape, count(a.shape, axis)

    def pullback(g):
        return expand(g.reshape(kept(shape, axis)) / max(n, 1), shape=shape)
    y = a.sum(axis=axis, keepdims=keepdims) / (n if n else np.nan)
    return y if axis is None else _lying(y, keepdims), (pullback,)


def prod_plainly(a, *, axis, keepdims):
    """prod as the last of the products from the first on, whose gradients are exact where a has zeros, the second too"""
    if axis is None:
        row, dim = a.reshape(-1), 0
    else:
        (dim,), row = axis, a
    last = cumprod(row, dim=dim)[(slice(None),) * dim + (slice(-1, None),)]
    shape = kept(a.shape, axis)
    return last.reshape(shape if keepdims else tuple(n for i, n in enumerate(shape) if axis is not None and i != dim))


@op(reference=prod_plainly, name=_in_two_forms("Prod"))
def prod(a, *, axis, keepdims):
    """y = product of a over axis, None or one;  dy/da[i] = the product of the others, exact where a has zeros"""
    y = _lying(a.prod(axis=axis, keepdims=keepdims), keepdims)
    shape = a.shape

    def pullback(g):
        g = g.reshape(kept(shape, axis))
        if plain(a).all():
            return g * y.reshape(kept(shape, axis)) / a
        zero = plain(a) == 0
        others = np.where(zero, 1.0, a).prod(axis=axis, keepdims=True)       # without the zeros
        zeros = zero.sum(axis=axis, keepdims=True)
        return g * np.where(zeros == 0, others / np.where(zero, 1.0, a), np.where(zero & (zeros == 1), others, 0.0))
    return y, (pullback,)


@op(name=lambda node: "MaxBackward1" if node.kwargs["axis"] is None else "AmaxBackward0")
def amax(a, *, axis, keepdims):
    """y = the largest of a over axis; ties share the gradient"""
    y = amax(a, axis=axis, keepdims=keepdims) if isinstance(a, TensorBase) else \
        _lying(a.max(axis=axis, keepdims=keepdims), keepdims)
    return _extreme(a, y, axis)


@op(name=lambda node: "MinBackward1" if node.kwargs["axis"] is None else "AminBackward0")
def amin(a, *, axis, keepdims):
    """y = the smallest of a over axis; ties share the gradient"""
    y = amin(a, axis=axis, keepdims=keepdims) if isinstance(a, TensorBase) else \
        _lying(a.min(axis=axis, keepdims=keepdims), keepdims)
    return _extreme(a, y, axis)


def _extreme(a, y, axis):
    shape = a.shape
    found = plain(y).reshape(kept(shape, axis))
    hit = plain(a) == found
    if axis is None and np.isnan(found).any():         # a nan wins, and equals nothing
        hit |= np.isnan(plain(a)) & np.isnan(found)
    share = hit / hit.sum(axis=axis, keepdims=True).astype(plain(a).dtype)
    return y, (lambda g: g.reshape(kept(shape, axis)) * share,)


@op
@in_single
def var(a, *, axis, correction, keepdims):
    """y = sum((a - mean)^2) / (n - correction);  dy/da = 2 (a - mean) / (n - correction)"""
    shape = a.shape
    n = count(shape, axis)
    free = n - correction
    d = a - a.sum(axis=axis, keepdims=True) / (n if n else np.nan)
    y = (d * d).sum(axis=axis, keepdims=keepdims) / (free if free > 0 else 0.0 if free == 0 else np.nan)
    y = _lying(y, keepdims)

    def pullback(g):
        return g.reshape(kept(shape, axis)) * (d * (2.0 / free if free > 0 else np.nan))
    return y, (pullback,)


@op
def logsumexp(a, *, axis, keepdims):
    """y = log sum e^a, the largest taken out first;  dy/da = softmax(a)"""
    parts = plain(a).real                              # of complex numbers those that say how large e^a is
    top = parts.max(axis=axis, keepdims=True) if parts.size else np.zeros(kept(a.shape, axis), parts.dtype)
    top = np.where(np.isfinite(top), top, 0).astype(top.dtype)
    e = np.exp(a - top)
    s = e.sum(axis=axis, keepdims=True)
    y = np.log(s) + top
    shape = a.shape
    out = y if keepdims else y.reshape(tuple(n for i, n in enumerate(shape) if axis is not None and i not in axis))
    return _lying(out, keepdims), (lambda g: g.reshape(kept(shape, axis)) * (e / s),)


@op(name="LinalgVectorNormBackward0")
@in_single
def norm(a, *, p, axis, keepdims):
    """y = (sum |a|^p)^(1/p); a zero norm has the gradient 0"""
    x = np.abs(a)
    if p == 2:
        y = np.sqrt((a * a).sum(axis=axis, keepdims=True))
    elif p == 1:
        y = x.sum(axis=axis, keepdims=True)
    else:
        total = np.power(x, p).sum(axis=axis, keepdims=True)
        none = plain(total) == 0                       # there the root has no slope, and second gradients would be nan
        y = np.where(none, 0.0, np.power(np.where(none, 1.0, total), 1.0 / p))
    shape = a.shape
    zero = plain(y) == 0
    sign = np.sign(plain(a))
    out = y if keepdims else y.reshape(tuple(n for i, n in enumerate(shape) if axis is not None and i not in axis))

    def pullback(g):
        g = g.reshape(kept(shape, axis))
        if p == 1:
            return g * sign
        safe = np.where(zero, 1.0, y)
        if p == 2:
            return g * np.where(zero, 0.0, a / safe)
        if p < 1:
            return g * sign * np.where(sign == 0, 0.0, np.power(np.where(sign == 0, 1.0, x), p - 1)
                                       * np.power(safe, 1 - p))
        return g * np.where(zero, 0.0, sign * np.power(x, p - 1) * np.power(safe, 1 - p))
    return _lying(out, keepdims), (pullback,)


@op
def softmax(a, *, axis):
    """y[i] = e^a[i] / sum e^a[j];  dL/da = y (g - sum g y)"""
    e = np.exp(a - plain(a).max(axis=axis, keepdims=True)) if plain(a).size else np.exp(a)
    y = in_axis_order(e / e.sum(axis=axis, keepdims=True))
    return y, (lambda g: y * (g - (g * y).sum(axis=axis, keepdims=True)),)


@op
def log_softmax(a, *, axis):
    """y = a - log sum e^a;  dL/da = g - softmax(a) sum g"""
    shifted = a - plain(a).max(axis=axis, keepdims=True) if plain(a).size else a
    y = in_axis_order(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))
    return y, (lambda g: g - np.exp(y) * g.sum(axis=axis, keepdims=True),)


holomorphic(sum, mean, prod, logsumexp)
