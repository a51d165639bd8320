"""Triangular matrices: the Cholesky factor of a symmetric matrix, and systems of equations solved with such a factor.

All take batches: (..., N, N).
"""
from __future__ import annotations

import numpy as np

from ..autograd.tape import TensorBase, op


def _lower(a, diagonal=1.0):
    """The lower triangle of a, its diagonal multiplied by a number."""
    n = a.shape[-1]
    mask = np.tri(n, k=-1, dtype=a.dtype if isinstance(a, np.ndarray) else a.array.dtype)
    return a * (mask + diagonal * np.eye(n, dtype=mask.dtype))


@op(name="LinalgCholeskyExBackward0")
def cholesky(a):
    """y lower triangular with y y^T = a, for a symmetric and positive definite.

    ga = y^-T P(y^T g) y^-1, symmetric, where P keeps the lower triangle and half the diagonal.
    Source: Murray, "Differentiation of the Cholesky decomposition" (2016).
    """
    y = cholesky(a) if isinstance(a, TensorBase) else np.linalg.cholesky(a)

    def pullback(g):
        inner = _lower(y.mT @ g, 0.5)
        left = solve_triangular(y, inner, transposed=True)                       # y^-T P
        ga = solve_triangular(y, left.mT, transposed=True).mT                    # y^-T P y^-1
        return 0.5 * (ga + ga.mT)
    return y, (pullback,)


@op(name="LinalgSolveTriangularBackward0")
def solve_triangular(a, b, *, transposed=False):
    """x with a x = b, or a^T x = b if transposed, where a (..., N, N) is lower triangular and b (..., N, K)."""
    if isinstance(a, TensorBase) or isinstance(b, TensorBase):
        x = solve_triangular(a, b, transposed=transposed)
    else:
        triangle = np.tril(a)
        x = np.linalg.solve(triangle.mT if transposed else triangle, b)
    gb = lambda g: solve_triangular(a, g, transposed=not transposed)
    ga = lambda g: -_lower(x @ gb(g).mT) if transposed else -_lower(gb(g) @ x.mT)
    return x, (ga, gb)
