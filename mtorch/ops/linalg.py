"""Rules of linear algebra.  Where a derivative has a name in the literature it is that of Giles 2008, "Collected matrix
derivative results for forward and reverse mode algorithmic differentiation".

Matrices are the last two axes; H is the transpose of those.
"""
from __future__ import annotations

import numpy as np

from ..autograd.tape import TensorBase, op
from .elementwise import plain


def H(a):
    return np.swapaxes(a, -1, -2)


@op(name="LinalgInvExBackward0")
def inv(a):
    """y = a^-1;  dL/da = -y^T g y^T   (Giles 2.2.3)"""
    y = inv(a) if isinstance(a, TensorBase) else np.linalg.inv(a)
    return y, (lambda g: -(H(y) @ g @ H(y)),)


@op(name="LinalgSolveExBackward0")
def solve(a, b):
    """a y = b, b (..., N, K);  dL/db = a^-T g, dL/da = -(dL/db) y^T   (Giles 2.3.1)"""
    y = solve(a, b) if isinstance(a, TensorBase) or isinstance(b, TensorBase) else np.linalg.solve(a, b)

    def pullback(g):
        gb = solve(H(a), g)
        return (lambda: -(gb @ H(y)), gb)
    return y, pullback


def _triangular_solve(a, b, upper):
    import scipy.linalg
    if a.ndim == 2 and b.ndim == 2 and a.size and b.size:
        return np.asarray(scipy.linalg.solve_triangular(a, b, lower=not upper, check_finite=False), dtype=b.dtype)
    shape = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    y = np.empty(shape + b.shape[-2:], b.dtype)
    a, b = np.broadcast_to(a, shape + a.shape[-2:]), np.broadcast_to(b, shape + b.shape[-2:])
    for i in np.ndindex(shape):
        if y[i].size:
            y[i] = scipy.linalg.solve_triangular(a[i], b[i], lower=not upper, check_finite=False)
    return y


@op(name="LinalgSolveTriangularBackward0")
def solve_triangular(a, b, *, upper):
    """a y = b for a triangular a, of which only that triangle is read"""
    y = solve_triangular(a, b, upper=upper) if isinstance(a, TensorBase) or isinstance(b, TensorBase) else \
        _triangular_solve(a, b, upper)

    def pullback(g):
        gb = solve_triangular(H(a), g, upper=not upper)
        return (lambda: triangle(-(gb @ H(y)), upper=upper), gb)
    return y, pullback


@op(keeps=False)
def triangle(a, *, upper):
    """The upper or the lower triangle, the rest 0"""
    y = triangle(a, upper=upper) if isinstance(a, TensorBase) else (np.triu if upper else np.tril)(a)
    return y, (lambda g: triangle(g, upper=upper),)


@op(name="LinalgDetBackward0")
def det(a):
    """y = det a;  dL/da = g (cofactors of a)^T, which is g y a^-T where a is not singular   (Giles 2.2.4)"""
    y = det(a) if isinstance(a, TensorBase) else np.linalg.det(a)

    def pullback(g):
        g = g[..., None, None]
        if isinstance(a, np.ndarray) and a.size and (np.abs(y) < np.finfo(a.dtype).tiny ** 0.5).any():
            return g * _cofactors(a)
        return g * y[..., None, None] * H(inv(a))
    return y, (pullback,)


def _cofactors(a):
    """The matrix of cofactors, by the singular values: it exists for singular matrices too."""
    u, s, vh = np.linalg.svd(a)
    n = s.shape[-1]
    others = np.stack([np.prod(np.delete(s, i, -1), axis=-1) for i in range(n)], -1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return (sign[..., None, None] * (u * others[..., None, :]) @ vh).astype(a.dtype)


@op(name="LinalgSlogdetBackward0")
def slogdet(a):
    """sign and log of the absolute value of det a;  d log|det a| / da = a^-T   (Giles 2.2.4)"""
    if isinstance(a, TensorBase):
        sign, log = slogdet(a)
    else:
        sign, log = np.linalg.slogdet(a)
        sign = np.asarray(sign)
    return (sign, log), lambda _, g: (lambda: g[..., None, None] * H(inv(a)),)


@op(name="LinalgCholeskyExBackward0")
def cholesky(a):
    """a = y y^T, y lower triangular   (Murray 2016, arXiv:1602.07527, equation 9: dL/da = sym(y^-T phi(y^T g) y^-1))"""
    y = cholesky(a) if isinstance(a, TensorBase) else np.linalg.cholesky(a)

    def pullback(g):
        p = _half_triangle(H(y) @ g)
        s = solve_triangular(H(y), p, upper=True)                 # y^-T phi
        s = H(solve_triangular(H(y), H(s), upper=True))           # (y^-T phi) y^-1
        return 0.5 * (s + H(s))
    return y, (pullback,)


def _half_triangle(m):
    """phi: the lower triangle, its diagonal halved."""
    n = m.shape[-1]
    weight = np.tril(np.ones((n, n), plain(m).dtype))
    weight[np.arange(n), np.arange(n)] = 0.5
    return m * weight


@op(name="LinalgQrBackward0")
def qr(a):
    """a = q r, q (..., M, K) with orthonormal columns, r (..., K, N), M >= N.

    Walter & Lehmann 2018, arXiv:1009.6112: dL/da = (gq + q copyltu(r gr^T - gq^T q)) r^-T
    """
    q, r = qr(a) if isinstance(a, TensorBase) else np.linalg.qr(a)

    def pullback(gq, gr):
        m = r @ H(gr) - H(gq) @ q
        lower = m * np.tril(np.ones(m.shape[-2:], plain(m).dtype), -1)
        both = triangle(m, upper=False) + H(lower)
        return (H(solve_triangular(r, H(gq + q @ both), upper=True)),)
    return (q, r), pullback


@op(name="LinalgEighBackward0")
def eigh(a):
    """a v = v diag(w), w ascending;  dL/da = v (diag(gw) + F o (v^T gv)) v^T, F[i, j] = 1 / (w[j] - w[i])   (Giles 3.1)

    Only the lower triangle of a is read, so its gradient is given to both halves of a symmetric matrix.
    """
    w, v = eigh(a) if isinstance(a, TensorBase) else np.linalg.eigh(a)

    def pullback(gw, gv):
        n = w.shape[-1]
        eye = np.eye(n, dtype=plain(w).dtype)
        gaps = w[..., None, :] - w[..., :, None] + eye
        inner = (H(v) @ gv) / gaps * (1.0 - eye) + eye * gw[..., None, :]
        return (v @ inner @ H(v),)
    return (w, v), pullback


@op(name="LinalgSvdBackward0")
def svd(a):
    """a = u diag(s) vh, s descending, u (..., M, K), vh (..., K, N), K = min(M, N)   (Giles 3.2; Townsend 2016)"""
    u, s, vh = svd(a) if isinstance(a, TensorBase) else np.linalg.svd(a, full_matrices=False)
    m, n = a.shape[-2:]

    def pullback(gu, gs, gvh):
        k = s.shape[-1]
        eye = np.eye(k, dtype=plain(s).dtype)
        squares = s * s
        gaps = squares[..., None, :] - squares[..., :, None] + eye
        f = (1.0 - eye) / gaps
        uu, vv = H(u) @ gu, vh @ H(gvh)
        left = f * (uu - H(uu)) * s[..., None, :]
        right = s[..., :, None] * (f * (vv - H(vv)))
        inner = u @ (left + right + eye * gs[..., None, :]) @ vh
        if m > k:
            inner = inner + (gu - u @ uu) / s[..., None, :] @ vh
        if n > k:
            inner = inner + u @ ((gvh - H(vv) @ vh) / s[..., :, None])
        return (inner,)
    return (u, s, vh), pullback


@op(name="LinalgMatrixExpBackward0")
def matrix_exp(a):
    """y = e^a; the gradient is a block of the exponential of [[a^T, g], [0, a^T]]   (Mathias 1996)"""
    if isinstance(a, TensorBase):
        y = matrix_exp(a)
    else:
        import scipy.linalg
        y = np.asarray(scipy.linalg.expm(a), dtype=a.dtype) if a.size else a.copy()

    def pullback(g):
        n = a.shape[-1]
        top = np.concatenate([H(a), g], -1)
        zero = H(a) * 0.0
        return matrix_exp(np.concatenate([top, np.concatenate([zero, H(a)], -1)], -2))[..., :n, n:]
    return y, (pullback,)


@op(name="LinalgLstsqBackward0")
def pinv(a):
    """y = the Moore-Penrose inverse of a of full rank   (Golub & Pereyra 1973, equation 4.12)"""
    y = pinv(a) if isinstance(a, TensorBase) else np.linalg.pinv(a, rcond=max(a.shape[-2:]) * float(np.finfo(a.dtype).eps))

    def pullback(g):
        gt, yt = H(g), H(y)
        first = -(yt @ g @ yt)
        rows = gt - a @ (y @ gt)                      # (1 - a y) g^T
        columns = gt - (gt @ y) @ a                   # g^T (1 - y a)
        return first + rows @ (y @ yt) + (yt @ y) @ columns
    return y, (pullback,)
