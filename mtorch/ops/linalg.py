"""Rules of linear algebra.  Where a derivative has a name in the literature it is that of Giles 2008, "Collected matrix
derivative results for forward and reverse mode algorithmic differentiation".

Matrices are the last two axes; T is the transpose of those, and H the adjoint, which is that of real matrices too.  The
formulas of Giles hold for complex matrices with H for T; of those here that are so written, none is holomorphic.
"""
from __future__ import annotations

import numpy as np

from ..autograd.complex_numbers import AS_WRITTEN, holomorphic, is_complex
from ..autograd.tape import TensorBase, op
from .complex_parts import H, T
from .elementwise import plain
from .triangular import solve_triangular


def absent(g):
    """Is this the gradient of an output that none came to?  A recorded one may be 0 and still be differentiated."""
    return not (getattr(g, "_requires_grad", False) or plain(g).any())


@op(name="LinalgInvExBackward0")
def inv(a):
    """y = a^-1;  dL/da = -y^T g y^T   (Giles 2.2.3)"""
    y = inv(a) if isinstance(a, TensorBase) else np.linalg.inv(a)
    return y, (lambda g: -(T(y) @ g @ T(y)),)


@op(name="LinalgSolveExBackward0")
def solve(a, b):
    """a y = b, b (..., N, K);  dL/db = a^-T g, dL/da = -(dL/db) y^T   (Giles 2.3.1)"""
    y = solve(a, b) if isinstance(a, TensorBase) or isinstance(b, TensorBase) else np.linalg.solve(a, b)

    def pullback(g):
        gb = solve(T(a), g)
        return (lambda: -(gb @ T(y)), gb)
    return y, pullback


@op(name="LinalgDetBackward0")
def det(a):
    """y = det a;  dL/da = g (cofactors of a)^T, which is g y a^-T where a is not singular   (Giles 2.2.4)"""
    y = det(a) if isinstance(a, TensorBase) else np.linalg.det(a)

    def pullback(g):
        g = g[..., None, None]
        if isinstance(a, np.ndarray) and a.size and (np.abs(y) < np.finfo(a.dtype).tiny ** 0.5).any():
            return g * _cofactors(a)
        return g * y[..., None, None] * T(inv(a))
    return y, (pullback,)


def _cofactors(a):
    """The matrix of cofactors, by the singular values: it exists for singular matrices too."""
    u, s, vh = np.linalg.svd(a)
    n = s.shape[-1]
    others = np.stack([np.prod(np.delete(s, i, -1), axis=-1) for i in range(n)], -1)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return (sign[..., None, None] * (u.conj() * others[..., None, :]) @ vh.conj()).astype(a.dtype)


@op(name="LinalgSlogdetBackward0", complex=AS_WRITTEN)
def slogdet(a):
    """sign and log of the absolute value of det a;  d log|det a| / da = a^-T   (Giles 2.2.4)

    Of complex numbers the sign, e^(i phi), moves too: d phi = Im tr(a^-1 da).
    """
    if isinstance(a, TensorBase):
        sign, log = slogdet(a)
    else:
        sign, log = np.linalg.slogdet(a)
        sign = np.asarray(sign)

    def pullback(gsign, g):
        if is_complex(a):
            g = g - 1j * (gsign.conj() * sign).imag
        return (lambda: g[..., None, None] * H(inv(a)),)
    return (sign, log), pullback


@op(name="LinalgQrBackward0", complex=AS_WRITTEN)
def qr(a):
    """a = q r, q (..., M, K) with orthonormal columns, r (..., K, N), M >= N.

    Walter & Lehmann 2018, arXiv:1009.6112: dL/da = (gq + q copyltu(r gr^T - gq^T q)) r^-T
    """
    q, r = qr(a) if isinstance(a, TensorBase) else np.linalg.qr(a)

    def pullback(gq, gr):
        m = r @ H(gr) - H(gq) @ q
        below = np.tri(m.shape[-1], k=-1, dtype=plain(m).dtype)
        both = m * below + H(m * below) + m.real * np.eye(m.shape[-1], dtype=below.real.dtype)
        return (H(solve_triangular(r, H(gq + q @ both), upper=True)),)
    return (q, r), pullback


@op(name="LinalgEighBackward0", complex=AS_WRITTEN)
def eigh(a):
    """a v = v diag(w), w ascending;  dL/da = v (diag(gw) + F o (v^T gv - gv^T v) / 2) v^T, F[i, j] = 1 / (w[j] - w[i])

    Giles 2008, 3.1.

    Only the lower triangle of a is read, so its gradient is given to both halves of a symmetric matrix.
    """
    w, v = eigh(a) if isinstance(a, TensorBase) else np.linalg.eigh(a)

    def pullback(gw, gv):
        if absent(gv):                                 # there is a gradient where eigenvalues are equal, too
            return ((v * gw[..., None, :]) @ H(v),)
        n = w.shape[-1]
        eye = np.eye(n, dtype=plain(w).dtype)
        gaps = w[..., None, :] - w[..., :, None] + eye
        turned = H(v) @ gv
        inner = 0.5 * (turned - H(turned)) / gaps * (1.0 - eye) + eye * gw[..., None, :]
        return (v @ inner @ H(v),)
    return (w, v), pullback


@op(name="LinalgEighBackward0", complex=AS_WRITTEN)
def eigvalsh(a):
    """The eigenvalues of eigh alone: their gradient v diag(g) v^T exists where some of them are equal, too"""
    w, v = eigh(a) if isinstance(a, TensorBase) else np.linalg.eigh(a)
    return w, (lambda g: (v * g[..., None, :]) @ H(v),)


def as_complex(a):
    return a.astype(np.result_type(a, np.complex64), copy=False)


@op(name="LinalgEigBackward0", complex=AS_WRITTEN)
def eig(a):
    """a v = v diag(w), w and v complex, the columns of v of length 1

    dL/da = v^-H (diag(gw) + (v^H gv - v^H v diag(Re(v^H gv))) / conj(E)) v^H, E[i, j] = w[j] - w[i], 0 on its diagonal;
    the second term is what keeps the columns' length.  Boeddeker et al. 2017, "On the computation of complex-valued
    gradients with application to statistically optimum beamforming", arXiv:1701.00392, 4.20.
    """
    w, v = eig(a) if isinstance(a, TensorBase) else map(as_complex, np.linalg.eig(a))

    def pullback(gw, gv):
        vh = H(v)
        if absent(gv):
            return (solve(vh, gw[..., :, None] * vh),)
        eye = np.eye(w.shape[-1], dtype=plain(w).real.dtype)
        turned = vh @ gv
        along = (turned * eye).sum(axis=-2).real
        gaps = (w[..., None, :] - w[..., :, None]).conj() + eye
        inner = (turned - vh @ (v * along[..., None, :])) / gaps * (1.0 - eye) + eye * gw[..., None, :]
        return (solve(vh, inner @ vh),)
    return (w, v), pullback


@op(name="LinalgSvdBackward0", complex=AS_WRITTEN)
def svd(a, *, full=False, look=None):
    """a = u diag(s) vh, s descending, u (..., M, K), vh (..., K, N), K = min(M, N)   (Giles 3.2; Townsend 2016)

    full: u (..., M, M) and vh (..., N, N); no gradient comes from the vectors beyond K, which are arbitrary.
    look: is shown, of complex numbers, u^H gu + v^H gv: how the loss changes as a pair of vectors is turned by e^(i phi)
        stands in the imaginary parts of its diagonal
    """
    u, s, vh = svd(a, full=full, look=look) if isinstance(a, TensorBase) else np.linalg.svd(a, full_matrices=full)
    m, n = a.shape[-2:]

    def pullback(gu, gs, gvh):
        k = s.shape[-1]
        u1, v1, gu1, gv1 = u[..., :k], vh[..., :k, :], gu[..., :k], gvh[..., :k, :]
        if absent(gu1) and absent(gv1):                # there is a gradient where singular values are equal, too
            return ((u1 * gs[..., None, :]) @ v1,)
        eye = np.eye(k, dtype=plain(s).dtype)
        squares = s * s
        gaps = squares[..., None, :] - squares[..., :, None] + eye
        f = (1.0 - eye) / gaps
        uu, vv = H(u1) @ gu1, v1 @ H(gv1)
        left = f * (uu - H(uu)) * s[..., None, :]
        right = s[..., :, None] * (f * (vv - H(vv)))
        inner = left + right + eye * gs[..., None, :]
        if is_complex(a):
            if look:
                look(uu + vv)
            inner = inner + eye * (uu - H(uu)) / (2.0 * s[..., None, :])
        inner = u1 @ inner @ v1
        if m > k:
            inner = inner + (gu1 - u1 @ uu) / s[..., None, :] @ v1
        if n > k:
            inner = inner + u1 @ ((gv1 - H(vv) @ v1) / s[..., :, None])
        return (inner,)
    return (u, s, vh), pullback


@op(name="LinalgSvdBackward0", complex=AS_WRITTEN)
def svdvals(a):
    """The singular values alone: their gradient u diag(g) vh exists where some of them are equal, too"""
    u, s, vh = svd(a) if isinstance(a, TensorBase) else np.linalg.svd(a, full_matrices=False)
    return s, (lambda g: (u * g[..., None, :]) @ vh,)


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
        top = np.concatenate([T(a), g], -1)
        zero = T(a) * 0.0
        return matrix_exp(np.concatenate([top, np.concatenate([zero, T(a)], -1)], -2))[..., :n, n:]
    return y, (pullback,)


@op(name="LinalgPinvBackward0", complex=AS_WRITTEN)
def pinv(a, *, rcond=None, hermitian=False):
    """y = the Moore-Penrose inverse of a, singular values below rcond times the largest taken for 0

    The derivative is that of matrices of the same rank   (Golub & Pereyra 1973, equation 4.12)
    """
    if isinstance(a, TensorBase):
        y = pinv(a, rcond=rcond, hermitian=hermitian)
    else:
        rcond = max(a.shape[-2:]) * float(np.finfo(a.dtype).eps) if rcond is None else rcond
        y = np.linalg.pinv(a, rcond=rcond, hermitian=hermitian) if a.size else np.zeros(a.mT.shape, a.dtype)
        y = y.astype(a.dtype, copy=False)

    def pullback(g):
        gt, yt = H(g), H(y)
        first = -(yt @ g @ yt)
        rows = gt - a @ (y @ gt)                      # (1 - a y) g^T
        columns = gt - (gt @ y) @ a                   # g^T (1 - y a)
        return first + rows @ (y @ yt) + (yt @ y) @ columns
    return y, (pullback,)


holomorphic(inv, solve, det, matrix_exp)
