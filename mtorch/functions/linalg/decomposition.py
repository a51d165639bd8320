"""A matrix as a product of simpler ones: Cholesky, QR, LU, singular values and eigenvalues."""
from __future__ import annotations

import math

import numpy as np

from ... import return_types
from ...autograd.mode import mode as autograd_mode
from ...autograd.tape import TensorBase, wrap
from ...ops import linalg as rules, triangular
from ..arguments import into
from ..arithmetic import where
from ..matrix import matmul
from ..joining import cat
from .checks import (INDEFINITE, as_info, cholesky_infos, first_failure, lu_factors, matrices, same_type, squares)


def _factored(x, upper: bool, name: str, check: bool):
    x = squares(x, name)
    read = x.mT if upper else x                        # the lower triangle of this one is read
    try:
        y, infos = triangular.cholesky(read), np.zeros(x.array.shape[:-2], np.int32)
    except np.linalg.LinAlgError:
        infos = cholesky_infos(read.array)
        if check:
            first_failure(name, infos, INDEFINITE)
        definite = wrap((infos == 0)[..., None, None])
        y = triangular.cholesky(where(definite, read, wrap(np.eye(x.array.shape[-1], dtype=x.array.dtype))))
        y = where(definite, y, wrap(np.full_like(y.array, math.nan)))
    return (y.mT if upper else y), infos


def cholesky(A, *, upper=False, out=None):
    """The lower triangular L with L L^T = A (or, where upper, the U with U^T U = A), for positive definite matrices.

    Shape: (..., N, N) -> (..., N, N)
    Raises: LinAlgError where a matrix is not positive definite.

    >>> import mtorch
    >>> mtorch.linalg.cholesky(mtorch.tensor([[4.0, 2.0], [2.0, 2.0]]))
    tensor([[2., 0.],
            [1., 1.]])
    """
    result = _factored(A, upper, "linalg.cholesky", True)[0]
    return result if out is None else into(out, result)


def cholesky_ex(A, *, upper=False, check_errors=False, out=None):
    """`cholesky`, and for each matrix an info that is 0 where it is positive definite.

    >>> import mtorch
    >>> mtorch.linalg.cholesky_ex(-mtorch.eye(2)).info
    tensor(1, dtype=torch.int32)
    """
    y, infos = _factored(A, upper, "linalg.cholesky_ex", check_errors)
    result = return_types.linalg_cholesky_ex(y, as_info(infos))
    return result if out is None else into(out, result)


def old_cholesky(input, upper=False, *, out=None):
    """The older form of `linalg.cholesky`.

    >>> import mtorch
    >>> mtorch.cholesky(mtorch.tensor([[4.0]]))
    tensor([[2.]])
    """
    result = _factored(input, upper, "cholesky", True)[0]
    return result if out is None else into(out, result)


def qr(A, mode="reduced", *, out=None):
    """Q with orthonormal columns and R upper triangular, Q R = A.

    mode: 'reduced', Q (..., M, K) with K = min(M, N); 'complete', Q (..., M, M); 'r', without Q.

    >>> import mtorch
    >>> mtorch.linalg.qr(mtorch.tensor([[-3.0], [-4.0]])).R
    tensor([[5.]])
    """
    A = matrices(A, "linalg.qr")
    if mode not in ("reduced", "complete", "r"):
        raise RuntimeError(f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or "
                           "'complete'")
    m, n = A.array.shape[-2:]
    if mode == "complete" and m > n or mode == "r":
        if A._requires_grad and autograd_mode.recording:
            raise RuntimeError("linalg_qr_backward: " + (
                "The derivative of linalg.qr depends on Q, which is not computed when mode='r'." if mode == "r" else
                "The QR decomposition is not differentiable when mode='complete' and nrows > ncols."))
        if mode == "r":
            q, r = wrap(np.zeros(0, A.array.dtype)), wrap(np.linalg.qr(A.array, "r"))
        else:
            q, r = map(wrap, np.linalg.qr(A.array, "complete"))
    elif m < n:
        q, r = rules.qr(A[..., :m])
        r = cat([r, matmul(q.mT, A[..., m:])], -1)
    else:
        q, r = rules.qr(A)
    result = return_types.linalg_qr(q, r)
    return result if out is None else into(out, result)


def old_qr(input, some=True, *, out=None):
    """The older form of `linalg.qr`; some=False is its mode 'complete'.

    >>> import mtorch
    >>> mtorch.qr(mtorch.tensor([[-3.0], [-4.0]])).R
    tensor([[5.]])
    """
    result = return_types.qr(*qr(input, "reduced" if some else "complete"))
    return result if out is None else into(out, result)


def svd(A, full_matrices=True, *, driver=None, out=None):
    """U, S, Vh with U diag(S) Vh = A, the singular values S in descending order.

    Shape: (..., M, N) -> (..., M, M), (..., K), (..., N, N); where not full_matrices (..., M, K), (..., K), (..., K,
    N).

    >>> import mtorch
    >>> mtorch.linalg.svd(mtorch.tensor([[0.0, 2.0], [1.0, 0.0]])).S
    tensor([2., 1.])
    """
    A = matrices(A, "linalg.svd")
    if driver is not None:
        raise RuntimeError("torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with "
                           "cuSOLVER backend.")
    result = return_types.linalg_svd(*rules.svd(A, full=bool(full_matrices)))
    return result if out is None else into(out, result)


def svdvals(A, *, driver=None, out=None):
    """The singular values, in descending order.

    >>> import mtorch
    >>> mtorch.linalg.svdvals(mtorch.tensor([[0.0, 2.0], [1.0, 0.0]]))
    tensor([2., 1.])
    """
    if driver is not None:
        raise RuntimeError("torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with "
                           "cuSOLVER backend.")
    result = rules.svdvals(matrices(A, "linalg.svdvals"))
    return result if out is None else into(out, result)


def old_svd(input, some=True, compute_uv=True, *, out=None):
    """The older form of `linalg.svd`, which returns V, not its transpose.

    >>> import mtorch
    >>> mtorch.svd(mtorch.tensor([[0.0, 2.0], [1.0, 0.0]])).S
    tensor([2., 1.])
    """
    x = matrices(input, "svd")
    if compute_uv:
        u, s, vh = rules.svd(x, full=not some)
        result = return_types.svd(u, s, vh.mT)
    else:
        batch, (m, n), kind = x.array.shape[:-2], x.array.shape[-2:], x.array.dtype
        result = return_types.svd(wrap(np.zeros(batch + (m, m), kind)), rules.svdvals(x),
                                  wrap(np.zeros(batch + (n, n), kind)))
    return result if out is None else into(out, result)


def _triangle_read(A, name: str, UPLO: str):
    A = squares(A, name)
    if str(UPLO).upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return A if UPLO.upper() == "L" else A.mT


def eigh(A, UPLO="L", *, out=None):
    """The eigenvalues of symmetric matrices in ascending order, and their eigenvectors in columns.

    UPLO: which triangle of A is read, 'L' or 'U'.

    >>> import mtorch
    >>> mtorch.linalg.eigh(mtorch.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    tensor([1., 2.])
    """
    result = return_types.linalg_eigh(*rules.eigh(_triangle_read(A, "linalg.eigh", UPLO)))
    return result if out is None else into(out, result)


def eigvalsh(A, UPLO="L", *, out=None):
    """The eigenvalues of symmetric matrices, in ascending order.

    >>> import mtorch
    >>> mtorch.linalg.eigvalsh(mtorch.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([1., 2.])
    """
    result = rules.eigvalsh(_triangle_read(A, "linalg.eigvalsh", UPLO))
    return result if out is None else into(out, result)


# ---- LU ----------------------------------------------------------------------------------------

def _order_of(pivots: np.ndarray, n: int) -> np.ndarray:
    """Which row of a matrix stands where after the rows were exchanged, in turn, with those of the pivots (from 0)."""
    order = np.broadcast_to(np.arange(n), pivots.shape[:-1] + (n,)).copy()
    for i in range(pivots.shape[-1]):
        j = pivots[..., i, None].astype(np.int64)
        here, there = order[..., i, None].copy(), np.take_along_axis(order, j, -1)
        np.put_along_axis(order, j, here, -1)
        order[..., i, None] = there
    return order


def _rows(x, order: np.ndarray):
    """The rows of matrices in another order."""
    batch = np.broadcast_shapes(x.array.shape[:-2], order.shape[:-1])
    index = np.broadcast_to(order, batch + order.shape[-1:])[..., None]
    index = np.broadcast_to(index, index.shape[:-1] + x.array.shape[-1:])
    x = x.expand(batch + x.array.shape[-2:])
    return x.gather(x.array.ndim - 2, wrap(np.ascontiguousarray(index, np.int64)))


def _lu(A, pivot: bool):
    """l and u in one, the pivots (from 0), the infos."""
    m, n = A.array.shape[-2:]
    k = min(m, n)
    if pivot:
        packed, pivots, infos = lu_factors(A.array)
        if not (A._requires_grad and autograd_mode.recording):
            return wrap(packed), pivots, infos
        A = _rows(A, _order_of(pivots, m))
    else:
        pivots = np.broadcast_to(np.arange(k, dtype=np.int32), A.array.shape[:-2] + (k,)).copy()
        infos = np.zeros(A.array.shape[:-2], np.int32)
    packed = triangular.lu(A[..., :k, :k])
    if m > k:                                          # l below: l2 u = a2
        below = triangular.solve_triangular(packed, A[..., k:, :].mT, upper=True, transposed=True).mT
        packed = cat([packed, below], -2)
    elif n > k:                                        # u beside: l u2 = a2
        packed = cat([packed, triangular.solve_triangular(_with_ones(packed), A[..., k:])], -1)
    if not pivot:
        zero = np.diagonal(packed.array, axis1=-2, axis2=-1) == 0
        infos = np.where(zero.any(-1), zero.argmax(-1) + 1, 0).astype(np.int32) if k else infos
    return packed, pivots, infos


def _with_ones(packed):
    k = packed.array.shape[-1]
    return where(wrap(np.eye(k, dtype=bool)), wrap(np.ones((), packed.array.dtype)), packed.tril())


def lu_factor_ex(A, *, pivot=True, check_errors=False, out=None):
    """`lu_factor`, and for each matrix an info: 0, or the number of the first pivot that is zero.

    >>> import mtorch
    >>> mtorch.linalg.lu_factor_ex(mtorch.zeros(2, 2)).info
    tensor(1, dtype=torch.int32)
    """
    packed, pivots, infos = _lu(matrices(A, "linalg.lu_factor_ex"), pivot)
    if check_errors:
        first_failure("torch.linalg.lu_factor_ex", infos,
                      "U[{info},{info}] is zero and using it on lu_solve would result in a division by zero. If you "
                      "still want to perform the factorization, consider calling linalg.lu(A, pivot) or "
                      "linalg.lu_factor_ex(A, pivot)")
    result = return_types.linalg_lu_factor_ex(packed, wrap((pivots + 1).astype(np.int32)), as_info(infos))
    return result if out is None else into(out, result)


def lu_factor(A, *, pivot=True, out=None):
    """L and U in one matrix, L's ones left out, and the row (from 1) that each row was exchanged with in turn.

    >>> import mtorch
    >>> mtorch.linalg.lu_factor(mtorch.tensor([[1.0, 2.0], [2.0, 2.0]])).LU
    tensor([[2.0000, 2.0000],
            [0.5000, 1.0000]])
    """
    packed, pivots, _ = lu_factor_ex(A, pivot=pivot, check_errors=True)
    result = return_types.linalg_lu_factor(packed, pivots)
    return result if out is None else into(out, result)


def lu_unpack(LU_data, LU_pivots, unpack_data=True, unpack_pivots=True, *, out=None):
    """P, L and U of A = P L U, from what `linalg.lu_factor` returns.

    >>> import mtorch
    >>> mtorch.lu_unpack(*mtorch.linalg.lu_factor(mtorch.tensor([[1.0, 2.0], [2.0, 2.0]]))).P
    tensor([[0., 1.],
            [1., 0.]])
    """
    packed = matrices(LU_data, "lu_unpack", "LU_data")
    if unpack_pivots and LU_pivots.array.dtype != np.int32:
        raise RuntimeError("torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 "
                           "dtype.\nNote: this function is intended to be used with the output produced by "
                           "torch.linalg.lu_factor")
    m, n = packed.array.shape[-2:]
    k, kind = min(m, n), packed.array.dtype
    P = L = U = wrap(np.zeros(0, kind))
    if unpack_pivots:
        order = _order_of(LU_pivots.array - 1, m)
        P = wrap(np.swapaxes(np.eye(m, dtype=kind)[order], -1, -2))
    if unpack_data:
        L, U = packed[..., :k].tril(-1) + wrap(np.eye(m, k, dtype=kind)), packed[..., :k, :].triu()
    result = return_types.lu_unpack(P, L, U)
    return result if out is None else into(out, result)


def lu(A, *, pivot=True, out=None):
    """P, L and U with P L U = A: rows exchanged, a lower triangle with ones on the diagonal, an upper triangle.

    >>> import mtorch
    >>> mtorch.linalg.lu(mtorch.tensor([[1.0, 2.0], [2.0, 2.0]])).U
    tensor([[2., 2.],
            [0., 1.]])
    """
    packed, pivots, _ = _lu(matrices(A, "linalg.lu"), pivot)
    P, L, U = lu_unpack(packed, wrap((pivots + 1).astype(np.int32)), unpack_pivots=pivot)
    result = return_types.linalg_lu(P, L, U)
    return result if out is None else into(out, result)


def old_lu(A, pivot=True, get_infos=False, out=None):
    """The older form of `linalg.lu_factor`; get_infos adds the infos.

    >>> import mtorch
    >>> mtorch.lu(mtorch.tensor([[2.0]]))[0]
    tensor([[2.]])
    """
    packed, pivots, infos = lu_factor_ex(A, pivot=pivot)
    if not get_infos:
        first_failure("torch.linalg.lu_factor_ex", infos.array,
                      "U[{info},{info}] is zero and using it on lu_solve would result in "
                      "a division by zero.")
    result = return_types.lu(packed, pivots, infos) if get_infos else (packed, pivots)
    return result if out is None else into(out, result)


def lu_solve(LU, pivots, B, *, left=True, adjoint=False, out=None):
    """X of A X = B (X A = B where not left), given `lu_factor` of A; adjoint: of A^T instead.

    >>> import mtorch
    >>> mtorch.linalg.lu_solve(*mtorch.linalg.lu_factor(mtorch.tensor([[2.0]])), mtorch.ones(1, 1))
    tensor([[0.5000]])
    """
    LU, B = squares(LU, "linalg.lu_solve", "LU"), matrices(B, "linalg.lu_solve", "B")
    same_type("linalg.lu_solve", LU, B)
    if not left:                                       # X A = B is A^T X^T = B^T
        result = lu_solve(LU, pivots, B.mT, adjoint=not adjoint).mT
        return result if out is None else into(out, result)
    n = LU.array.shape[-1]
    if B.array.shape[-2] != n:
        raise RuntimeError(f"linalg.lu_solve: Incompatible shapes of A and B for the equation AX = B ({n}x{n} and "
                           f"{B.array.shape[-2]}x{B.array.shape[-1]})")
    order, lower = _order_of(pivots.array - 1, n), _with_ones(LU)
    if adjoint:
        x = triangular.solve_triangular(LU, B, upper=True, transposed=True)
        result = _rows(triangular.solve_triangular(lower, x, transposed=True), np.argsort(order, -1))
    else:
        result = triangular.solve_triangular(LU, triangular.solve_triangular(lower, _rows(B, order)), upper=True)
    return result if out is None else into(out, result)


def old_lu_solve(b, LU_data, LU_pivots, *, out=None):
    """The older form of `linalg.lu_solve`.

    >>> import mtorch
    >>> mtorch.lu_solve(mtorch.ones(1, 1), *mtorch.linalg.lu_factor(mtorch.tensor([[2.0]])))
    tensor([[0.5000]])
    """
    return lu_solve(LU_data, LU_pivots, b, out=out)


def householder_product(A, tau, *, out=None):
    """The first columns of the product of Householder's reflections 1 - tau v v^T, v in the columns of A below the
    diagonal.

    >>> import mtorch
    >>> mtorch.linalg.householder_product(mtorch.tensor([[1.0], [0.0]]), mtorch.tensor([2.0]))
    tensor([[-1.],
            [ 0.]])
    """
    name = "torch.linalg.householder_product"
    A = matrices(A, name, "input")
    if not isinstance(tau, TensorBase):
        raise TypeError(f"linalg_householder_product(): argument 'tau' must be Tensor, not {type(tau).__name__}")
    m, n = A.array.shape[-2:]
    if n > m:
        raise RuntimeError(f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if tau.array.shape[-1] > n:
        raise RuntimeError(f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    if tau.array.shape[:-1] != A.array.shape[:-2]:
        raise RuntimeError(f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got "
                           f"{list(tau.shape)}")
    same_type(name, A, tau)
    v = A.tril(-1) + wrap(np.eye(m, n, dtype=A.array.dtype))
    q = wrap(np.broadcast_to(np.eye(m, n, dtype=A.array.dtype), A.array.shape))
    for i in range(tau.array.shape[-1] - 1, -1, -1):
        w = v[..., i:i + 1]
        q = q - tau[..., i, None, None] * matmul(w, matmul(w.mT, q))
    return q if out is None else into(out, q)
