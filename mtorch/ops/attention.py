"""Scaled dot-product attention in one rule: softmax(q k^T scale + bias) v.  Vaswani et al. 2017, arXiv:1706.03762, eq. 1."""
from __future__ import annotations

import numpy as np

from ..autograd.tape import op
from ..strides import memory_like
from .elementwise import plain
from .sums import column_sums


def attention_by_parts(q, k, v, *, scale, bias, dropped, as_query=False):
    """The same, an operation at a time."""
    scores = q @ k.swapaxes(-1, -2) * scale
    if bias is not None:
        scores = scores + bias
    p = scores.softmax(-1)
    if dropped is not None:
        p = p * dropped
    return p @ v


@op(reference=attention_by_parts, name="ScaledDotProductFlashAttentionForCpuBackward0")
def attention(q, k, v, *, scale, bias, dropped, as_query=False):
    """y (..., L, E) = softmax(q k^T scale + bias) v,  q (..., L, D)  k (..., S, D)  v (..., S, E)

    bias      (..., L, S) or None: -inf where a query may not look
    dropped   (..., L, S) or None: the dropout mask of the weights, scaled
    as_query  whether y, which has the shape of q, lies in memory as q does; else it lies in the order of its axes
    """
    T = _transposed
    p = k @ T(q)                                           # p^T, (..., S, L): NumPy reduces columns faster than rows
    p *= scale
    if bias is not None:
        p += np.ascontiguousarray(T(bias))                 # added to many heads
    p -= p.max(axis=-2, keepdims=True, initial=-np.inf)    # also where there are no keys
    np.exp(p, out=p)
    p /= column_sums(p)[..., None, :]
    used = p if dropped is None else p * T(dropped)
    y = np.matmul(T(used), v, out=memory_like(q, None, True) if as_query else None, order="C")

    def pullback(g):
        gs = v @ T(g)
        if dropped is not None:
            gs *= T(dropped)
        # Back through the softmax: p (gp - sum gp p), where the sum is that of g y.  Dao et al. 2022, arXiv:2205.14135, B.2
        gs -= np.vecdot(g, y)[..., None, :]
        gs *= p
        gs *= scale
        return (lambda: T(gs) @ k, lambda: gs @ q, lambda: used @ g)
    return y, pullback


def _transposed(a):
    return np.swapaxes(a, -1, -2)


def minus_infinity_where(mask, dtype) -> np.ndarray:
    """A bias that keeps queries from looking where the mask is set."""
    return np.where(plain(mask), -np.inf, 0.0).astype(dtype)
