"""The largest singular values of large matrices, by random projection.

Source: Halko, Martinsson and Tropp 2009, "Finding structure with randomness", algorithms 4.4 and 5.1 (arXiv:0909.4061).
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..arguments import require_tensor
from ..matrix import matmul
from ..random import randn
from .decomposition import qr, svd
from .checks import matrices

if TYPE_CHECKING:
    from ...tensor import Tensor


def svd_lowrank(A: Tensor, q: int | None = 6, niter: int = 2, M: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """U, S and V of which U diag(S) V^T is near A (A - M, where M is given), with q singular values, or all there are.

    q: how many, >= 0: somewhat more than are wanted; None for 6
    niter: how often, >= 0, the random projection is sharpened by multiplying with A and A^T
    M: what is subtracted from A; None for nothing

    Shape: A (..., M, N) -> (..., M, q), (..., q), (..., N, q)
    Raises: TypeError where A or M is not a Tensor; ValueError for a niter below 0; RuntimeError for a q below 0, and where
        A is no matrix of float32, float64 or complex, or M does not broadcast to it.

    >>> import mtorch
    >>> mtorch.svd_lowrank(mtorch.eye(10)[:, :2] * 3, q=2)[1].allclose(mtorch.tensor([3.0, 3.0]))
    True
    """
    A = matrices(A, "svd_lowrank")
    m, n = A.array.shape[-2:]
    A = A if M is None else A - require_tensor(M, "svd_lowrank", "M")
    q = 6 if q is None else q
    if q < 0:
        raise RuntimeError(f"svd_lowrank: q must be at least 0, got {q}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    tall = m >= n
    a = A if tall else A.mH
    basis = qr(matmul(a, randn(a.array.shape[-1], q, dtype=a.dtype)))[0]
    for _ in range(niter):
        basis = qr(matmul(a, qr(matmul(a.mH, basis))[0]))[0]
    u, s, vh = svd(matmul(basis.mH, a), full_matrices=False)
    u, v = matmul(basis, u), vh.mH
    return (u, s, v) if tall else (v, s, u)


def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    """`svd_lowrank` of A, its columns' means subtracted: the principal components are the columns of V.

    q: how many; None for 6, or as many as there are where those are fewer
    center: False where the columns' means are 0 already

    niter, shape and errors as for `svd_lowrank`.

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
