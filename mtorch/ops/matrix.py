"""Rules of matrix products."""
from __future__ import annotations

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import op
from .sums import column_sums

UNPACKED = 1_000_000        # multiply-adds up to which OpenBLAS multiplies without first repacking both matrices
FEW = 64                    # rows


def product(a, b):
    """a b for two matrices.  For small ones `dot` takes a third of the time that @ takes."""
    return a.dot(b) if type(a) is np.ndarray and type(b) is np.ndarray else a @ b


def product_of_rows(x, w):
    """x (N,I) w^T, w (O,I).  A few rows cost less than repacking w does, which goes faster where w comes first."""
    if type(x) is not np.ndarray or type(w) is not np.ndarray:
        return x @ w.T
    if x.size * len(w) > UNPACKED and 1 < len(x) <= FEW:
        return np.ascontiguousarray(w.dot(x.T).T)
    return x.dot(w.T)


@op(name="MmBackward0")
def mm(a, b):
    """y (N,O) = a (N,I) b (I,O)"""
    return product(a, b), (lambda g: product(g, b.T), lambda g: product(a.T, g))


@op(name="UnsafeViewBackward0")
def matmul(a, b):
    """y (..., N, O) = a (..., N, I) b (..., I, O); leading axes are broadcast"""
    return a @ b, (lambda g: g @ np.swapaxes(b, -1, -2), lambda g: np.swapaxes(a, -1, -2) @ g)


@op(name=lambda node: "MvBackward0" if len(node.shape) == 1 else "UnsafeViewBackward0")
def mv(a, b):
    """y (..., N) = a (..., N, I) b (I)"""
    return a @ b, (lambda g: np.expand_dims(g, -1) * b,
                   lambda g: (np.expand_dims(g, -1) * a).sum(axis=tuple(range(a.ndim - 1))))


@op(name="DotBackward0")
def dot(a, b):
    """y = sum a b, of two vectors"""
    return a @ b, (lambda g: g * b, lambda g: g * a)


@op(name="AddmmBackward0")
def linear(x, w, b):
    """y (N,O) = x (N,I) w^T + b (O),  w (O,I)"""
    y = product_of_rows(x, w)
    y = np.add(y, b, out=y) if type(y) is np.ndarray else y + b        # into the product's own memory
    turned = type(x) is np.ndarray and x.flags.fnc
    return y, (lambda g: _gradient_of_rows(g, w, turned), lambda g: product(g.T, x), column_sums)


@op(name="MmBackward0")
def linear_without_bias(x, w):
    """y (N,O) = x (N,I) w^T,  w (O,I)"""
    turned = type(x) is np.ndarray and x.flags.fnc
    return product_of_rows(x, w), (lambda g: _gradient_of_rows(g, w, turned), lambda g: product(g.T, x))


def _gradient_of_rows(g, w, turned: bool):
    """g w; where x's columns lie together (turned), as after a convolution, so do those of its gradient.

    It does not see x: x may be written in place where w needs no gradient.
    """
    return product(w.T, g.T).T if turned else product(g, w)


holomorphic(mm, matmul, mv, dot, linear, linear_without_bias)
