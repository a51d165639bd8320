"""The rule of Euclidean distances between many points: by one product of matrices, without all the differences."""
from __future__ import annotations

import numpy as np

from ..autograd.tape import TensorBase, op
from .elementwise import plain


def H(a):
    return np.swapaxes(a, -1, -2)


@op(name="EuclideanDistBackward0")
def euclidean(a, b):
    """y[i, j] = |a[i] - b[j]|, by |a|^2 + |b|^2 - 2 a.b.   a (..., P, M), b (..., R, M) -> (..., P, R)

    dL/da[i] = sum over j of g / y (a[i] - b[j]), 0 where two points are one.
    """
    if isinstance(a, TensorBase) or isinstance(b, TensorBase):
        y = euclidean(a, b)
    else:
        squares = (a * a).sum(axis=-1, keepdims=True) + H((b * b).sum(axis=-1, keepdims=True)) - 2.0 * (a @ H(b))
        y = np.sqrt(np.maximum(squares, 0.0))
    same = plain(y) == 0

    def pullback(g):
        s = np.where(same, 0.0, g / np.where(same, 1.0, y))
        return (lambda: a * s.sum(axis=-1, keepdims=True) - s @ b,
                lambda: b * H(s.sum(axis=-2, keepdims=True)) - H(s) @ a)
    return y, pullback
