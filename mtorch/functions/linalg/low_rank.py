"""The largest singular values of large matrices, by random projection.

Source: Halko, Martinsson and Tropp 2009, "Finding structure with randomness", algorithms 4.4 and 5.1 (arXiv:0909.4061).
"""
from __future__ import annotations

from ..arguments import require_tensor
from ..matrix import matmul
from ..random import randn
from .decomposition import qr, svd
from .checks import matrices


def svd_lowrank(A, q=6, niter=2, M=None):
    """U, S and V of which U diag(S) V^T is near A (A - M, where M is given), with q singular values.

    niter: how often the random projection is sharpened by multiplying with A and A^T.

    Shape: A (..., M, N) -> (..., M, q), (..., q), (..., N, q)

    >>> import mtorch
    >>> mtorch.svd_lowrank(mtorch.eye(10)[:, :2] * 3, q=2)[1].allclose(mtorch.tensor([3.0, 3.0]))
    True
    """
    A = matrices(A, "svd_lowrank")
    m, n = A.array.shape[-2:]
    A = A if M is None else A - require_tensor(M, "svd_lowrank", "M")
    if not 0 <= q <= min(m, n):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    tall = m >= n
    a = A if tall else A.mT
    basis = qr(matmul(a, randn(a.array.shape[-1], q, dtype=a.dtype)))[0]
    for _ in range(niter):
        basis = qr(matmul(a, qr(matmul(a.mT, basis))[0]))[0]
    u, s, vh = svd(matmul(basis.mT, a), full_matrices=False)
    u, v = matmul(basis, u), vh.mT
    return (u, s, v) if tall else (v, s, u)


def pca_lowrank(A, q=None, center=True, niter=2):
    """`svd_lowrank` of A, its columns' means subtracted where center: the principal components are the columns of V.

    >>> import mtorch
    >>> mtorch.pca_lowrank(mtorch.tensor([[1.0, 0.0], [3.0, 0.0]]), q=1)[1]
    tensor([1.4142])
    """
    A = matrices(A, "pca_lowrank")
    m, n = A.array.shape[-2:]
    q = min(6, m, n) if q is None else q
    if not 0 <= q <= min(m, n):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    return svd_lowrank(A - A.mean(-2, keepdim=True) if center else A, q, niter)
