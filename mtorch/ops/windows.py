"""Rules of overlapping views: windows that slide along a dimension, and memory read with any strides."""
from __future__ import annotations

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import TensorBase, op


@op(view=True, name="UnfoldBackward0")
def sliding(a, *, dim, size, step):
    """y[..., i, ..., j] = a[..., i step + j, ...], j < size along a new last dimension: a view"""
    shape = a.shape
    if isinstance(a, TensorBase):
        y = sliding(a, dim=dim, size=size, step=step)
    else:
        windows = np.lib.stride_tricks.sliding_window_view(a, size, axis=dim, writeable=True)
        y = windows[(slice(None),) * dim + (slice(None, None, step),)]
    return y, (lambda g: overlapped(g, shape=shape, dim=dim, size=size, step=step),)


@op(keeps=False, name="UnfoldBackwardBackward0")
def overlapped(g, *, shape, dim, size, step):
    """The windows added up where they overlap: the other way round of `sliding`"""
    if isinstance(g, TensorBase):
        z = overlapped(g, shape=shape, dim=dim, size=size, step=step)
    else:
        z = np.zeros(shape, g.dtype)
        windows, before = g.shape[dim], (slice(None),) * dim
        for j in range(size):                          # one offset into the window at a time: those do not overlap
            z[before + (slice(j, j + (windows - 1) * step + 1, step),)] += g[..., j]
    return z, (lambda h: sliding(h, dim=dim, size=size, step=step),)


@op(view=True)
def as_strided(a, *, size, stride, offset):
    """y[i, j, ...] = memory of a [offset + i stride[0] + j stride[1] + ...], of a contiguous a: a view"""
    shape = a.shape
    if isinstance(a, TensorBase):
        y = as_strided(a, size=size, stride=stride, offset=offset)
    else:
        flat = np.ascontiguousarray(a).reshape(-1)
        y = np.lib.stride_tricks.as_strided(flat[offset:], size, tuple(s * a.itemsize for s in stride))
    return y, (lambda g: strided_back(g, shape=shape, size=size, stride=stride, offset=offset),)


@op(keeps=False)
def strided_back(g, *, shape, size, stride, offset):
    """Zeros of the given shape with g added to their memory as `as_strided` reads it"""
    if isinstance(g, TensorBase):
        z = strided_back(g, shape=shape, size=size, stride=stride, offset=offset)
    else:
        flat = np.zeros(int(np.prod(shape)), g.dtype)
        places = np.full(size, offset)
        for d, (n, s) in enumerate(zip(size, stride, strict=True)):
            places += (np.arange(n) * s).reshape((n,) + (1,) * (len(size) - 1 - d))
        np.add.at(flat, places.reshape(-1), g.reshape(-1))
        z = flat.reshape(shape)
    return z, (lambda h: as_strided(h, size=size, stride=stride, offset=offset),)


holomorphic(sliding, overlapped, as_strided, strided_back)
