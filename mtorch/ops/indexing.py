"""Rules that pick elements by position.  A basic index (numbers and slices) gives a view, an array of indices a copy."""
from __future__ import annotations

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import TensorBase, op
from .accumulation import accumulate, add_rows, along


def is_basic(key: tuple) -> bool:
    """Does this index give a view?"""
    for k in key:
        if isinstance(k, np.ndarray) or k is True or k is False:
            return False
    return True


def _name_of_index(node) -> str:
    """torch takes an index apart; the last part that does something names the node."""
    if node.kwargs["key"] == (slice(None),):
        return "SliceBackward0"
    for part in reversed(node.kwargs["key"]):
        if part is None:
            return "UnsqueezeBackward0"
        if isinstance(part, slice):
            if part != slice(None):
                return "SliceBackward0"
        elif part is not Ellipsis:
            return "SelectBackward0"
    return "AliasBackward0"


@op(view=True, name=_name_of_index)
def index(a, *, key):
    """a[key], for numbers, slices, None and Ellipsis: a view"""
    shape = a.shape
    y = index(a, key=key) if isinstance(a, TensorBase) else a[key if Ellipsis in key else key + (Ellipsis,)]
    return y, (lambda g: place(g, shape=shape, key=key),)


@op(name="IndexBackward0")
def take(a, *, key):
    """a[key], where arrays are among the indices: a copy, in the order of its axes"""
    shape = a.shape
    if isinstance(a, TensorBase):
        y = take(a, key=key)
    elif _is_along_one_axis(key) and a.flags.c_contiguous:
        y = a.take(key[-1], axis=len(key) - 1)         # NumPy would put the picked axis first in memory
    else:
        y = np.ascontiguousarray(a[key])
    return y, (lambda g: place(g, shape=shape, key=key),)


def _is_along_one_axis(key: tuple) -> bool:
    """Whole axes, if any, and last an array of positions?"""
    *whole, last = key
    return isinstance(last, np.ndarray) and last.dtype != np.bool_ and all(
        isinstance(k, slice) and k == slice(None) for k in whole)


@op(keeps=False)
def place(a, *, shape, key):
    """Zeros of the given shape with a added at [key]"""
    if isinstance(a, TensorBase):
        z = place(a, shape=shape, key=key)
    else:
        z = np.zeros(shape, a.dtype)
        if is_basic(key):
            z[key] = a
        else:
            accumulate(z, key, a)
    if is_basic(key):
        return z, (lambda g: index(g, key=key),)
    return z, (lambda g: take(g, key=key),)


@op(name=lambda node: node.kwargs.get("name", "GatherBackward0"))
def gather(a, *, index, dim, keepdim=True, name="GatherBackward0"):
    """y[i][j] = a[index[i][j]][j] along dim = 0, and so on.

    max and its like are a gather too, of what they found along dim; keepdim=False drops that axis, of length 1.
    """
    shape, kept = a.shape, index.shape
    if isinstance(a, TensorBase):
        y = gather(a, index=index, dim=dim, keepdim=keepdim)
    else:
        y = np.take_along_axis(_cut(a, index, dim), index, dim)
        y = y if keepdim else y.squeeze(dim)
    return y, (lambda g: scatter_add(g.reshape(kept), shape=shape, index=index, dim=dim),)


def _cut(a, index, dim):
    """a without what lies beyond the index in the other axes."""
    return a[tuple(slice(None) if i == dim else slice(n) for i, n in enumerate(index.shape))]


@op
def scatter_add(g, *, shape, index, dim):
    """Zeros of the given shape with g[i][j] added at [index[i][j]][j]"""
    if isinstance(g, TensorBase):
        z = scatter_add(g, shape=shape, index=index, dim=dim)
    else:
        z = np.zeros(shape, g.dtype)
        accumulate(z, along(index, dim, shape), g)
    return z, (lambda h: gather(h, index=index, dim=dim),)


@op(keeps=False, name="FillBackward0")
def filled(a, value):
    """y = value everywhere, in the shape of a, which gets no gradient but is part of the graph"""
    if isinstance(a, TensorBase) or isinstance(value, TensorBase):
        y = filled(a, value)
    else:
        y = np.full_like(a, value)
    return y, (lambda g: g * 0.0, lambda g: g.sum())


@op
def embedding(w, *, index, padding_idx=None):
    """y = w[index]: rows of w (V, D) for an index of any shape; the row padding_idx gets no gradient"""
    shape = w.shape
    y = embedding(w, index=index, padding_idx=padding_idx) if isinstance(w, TensorBase) else \
        w.take(index, axis=0) if w.flags.c_contiguous else w[index]
    return y, (lambda g: embedding_gradient(g, shape=shape, index=index, padding_idx=padding_idx),)


@op(name="EmbeddingDenseBackwardBackward0")
def embedding_gradient(g, *, shape, index, padding_idx):
    """Zeros (V, D) with each g (..., D) added to the row it came from"""
    if isinstance(g, TensorBase):
        z = embedding_gradient(g, shape=shape, index=index, padding_idx=padding_idx)
    else:
        z = np.zeros(shape, g.dtype)
        add_rows(z, index, g)
        if padding_idx is not None:
            z[padding_idx] = 0

    def pullback(h):
        back = embedding(h, index=index)
        return back if padding_idx is None else back * (index != padding_idx)[..., None]
    return z, (pullback,)


holomorphic(index, take, place, gather, scatter_add, filled, embedding, embedding_gradient)
