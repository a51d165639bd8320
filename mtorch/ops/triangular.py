"""Triangular matrices: factors of a matrix, and systems of equations solved with such a factor.

All take batches: (..., N, N).
"""
from __future__ import annotations

import math

import numpy as np

from ..autograd.complex_numbers import AS_WRITTEN, holomorphic, is_complex
from ..autograd.tape import TensorBase, op
from .complex_parts import H
from .elementwise import plain


def _part(a, upper, diagonal=1.0):
    """One triangle of a, its diagonal multiplied by a number."""
    n = a.shape[-1]
    mask = np.tri(n, k=-1, dtype=plain(a).dtype)
    return a * ((mask.T if upper else mask) + diagonal * np.eye(n, dtype=mask.dtype))


@op(name="LinalgCholeskyExBackward0", complex=AS_WRITTEN)
def cholesky(a):
    """y lower triangular with y y^H = a, for a Hermitian (symmetric, if real) and positive definite.

    ga = y^-H P(y^H g) y^-1, made Hermitian, where P keeps the lower triangle and half the diagonal.
    Source: Murray, "Differentiation of the Cholesky decomposition" (2016), arXiv:1602.07527.
    """
    y = cholesky(a) if isinstance(a, TensorBase) else np.linalg.cholesky(a)

    def pullback(g):
        inner = _part(H(y) @ g, False, 0.5)
        conjugate = y.conj() if is_complex(y) else y
        left = solve_triangular(conjugate, inner, transposed=True)               # y^-H P
        ga = H(solve_triangular(conjugate, H(left), transposed=True))            # y^-H P y^-1
        return 0.5 * (ga + H(ga))
    return y, (pullback,)


@op(name="LinalgSolveTriangularBackward0")
def solve_triangular(a, b, *, upper=False, transposed=False):
    """x with a x = b, or a^T x = b if transposed; of a (..., N, N) one triangle is read.  b (..., N, K)

    gb = a^-T g;  ga = -gb x^T, that triangle of it
    """
    if isinstance(a, TensorBase) or isinstance(b, TensorBase):
        x = solve_triangular(a, b, upper=upper, transposed=transposed)
    else:
        x = _solved(np.swapaxes(a, -1, -2) if transposed else a, b, upper != transposed)

    def pullback(g):
        gb = solve_triangular(a, g, upper=upper, transposed=not transposed)
        return (lambda: -_part(x @ gb.mT if transposed else gb @ x.mT, upper)), gb
    return x, pullback


def _solved(a, b, upper):
    """x with a x = b: a few matrices by LAPACK, many small ones all at once."""
    n, batch = a.shape[-1], np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if n < 4 or math.prod(batch) > n or a.dtype.char not in "fdFD" or not b.shape[-1]:
        return _substituted(a, b, upper)
    import scipy.linalg.lapack as lapack               # here: it takes a while to import
    trtrs = lapack.get_lapack_funcs("trtrs", dtype=a.dtype)
    a, b = np.broadcast_to(a, (*batch, n, n)), np.broadcast_to(b, (*batch, *b.shape[-2:]))
    x = np.empty(b.shape, b.dtype)
    for i in np.ndindex(*batch):
        matrix = a[i]                                  # LAPACK's lie column by column, and are read without a copy
        in_rows = matrix.flags.c_contiguous
        x[i], info = trtrs(matrix.T if in_rows else matrix, b[i], lower=upper == in_rows, trans=in_rows)
        if info:                                       # a zero on the diagonal: the quotients are inf and nan
            x[i] = _substituted(matrix, b[i], upper)
    return x


def _substituted(a, b, upper):
    """x with a x = b: one half of the rows is solved, what it adds to the others is taken from b, and these are solved."""
    n = a.shape[-1]
    if n == 0:
        return np.empty(np.broadcast_shapes(a.shape[:-2], b.shape[:-2]) + b.shape[-2:], b.dtype)
    if n == 1:
        return b / a
    half = n // 2
    first, then = (slice(half, n), slice(half)) if upper else (slice(half), slice(half, n))
    x = _substituted(a[..., first, first], b[..., first, :], upper)
    y = _substituted(a[..., then, then], b[..., then, :] - a[..., then, first] @ x, upper)
    return np.concatenate([y, x] if upper else [x, y], axis=-2)


@op(name="LinalgLuFactorExBackward0")
def lu(a):
    """y holds l below its diagonal and u on and above it: a = l u, l with ones on the diagonal; rows are not exchanged.

    ga = l^-T (lower(l^T gl) + upper(gu u^T)) u^-T, where gl and gu are the two parts of g.
    """
    y = lu(a) if isinstance(a, TensorBase) else _eliminated(a)

    def pullback(g):
        n = a.shape[-1]
        eye = np.eye(n, dtype=plain(a).dtype)
        l, u = _part(y, False, 0.0) + eye, _part(y, True)
        inner = _part(l.mT @ _part(g, False, 0.0), False, 0.0) + _part(_part(g, True) @ u.mT, True)
        left = solve_triangular(l, inner, transposed=True)                       # l^-T inner
        return solve_triangular(u, left.mT, upper=True).mT                       # (l^-T inner) u^-T
    return y, (pullback,)


def _eliminated(a):
    """Gaussian elimination, all matrices of the batch at once."""
    y = np.array(a)
    with np.errstate(divide="ignore", invalid="ignore"):
        for k in range(y.shape[-1] - 1):
            y[..., k + 1:, k] /= y[..., k, k, None]
            y[..., k + 1:, k + 1:] -= y[..., k + 1:, k, None] * y[..., None, k, k + 1:]
    return y


holomorphic(solve_triangular, lu)
