"""A matrix as a product of simpler ones: Cholesky, QR, LU, LDL and singular values.

Source: Golub and Van Loan 2013, "Matrix Computations", 4th edition: sections 3.2 and 3.4 (LU, pivoting), 4.2
(Cholesky), 4.4 (LDL), 5.1 and 5.2 (Householder, QR), 2.4 and 8.6 (singular values).
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...autograd.naming import shown_as
from ... import return_types
from ...autograd.mode import mode as autograd_mode
from ...autograd.tape import TensorBase, record, wrap
from ...ops import linalg as rules, triangular
from ..arguments import require_tensor
from ..output import into
from ..arithmetic import where
from ..matrix import matmul
from ..joining import cat
from ..number_parts import without_derivative
from .checks import (INDEFINITE, LinAlgError, as_info, cholesky_infos, each_matrix, first_failure, first_true,
                     lu_factors, matrices, same_type, singular_values_of, squares)
from .eigenvalues import watch_of_pairs

if TYPE_CHECKING:
    from ...tensor import Tensor


def _factored(x, upper: bool, name: str, check: bool):
    x = squares(x, name)
    read = x.mH if upper else x                        # the lower triangle of this one is read
    try:
        y = triangular.cholesky(read)
        infos = first_true(np.isnan(np.diagonal(y.array, axis1=-2, axis2=-1)))       # LAPACK takes a nan for positive
    except np.linalg.LinAlgError:
        infos = cholesky_infos(read.array)
    if infos.any():
        if check:
            first_failure(name, infos, INDEFINITE)
        definite = wrap((infos == 0)[..., None, None])
        y = triangular.cholesky(where(definite, read, wrap(np.eye(x.array.shape[-1], dtype=x.array.dtype))))
        y = where(definite, y, wrap(np.full_like(y.array, np.nan)))
    return (y.mH if upper else y), infos


@shown_as("LinalgCholeskyExBackward0")
def cholesky(A: Tensor, *, upper: bool = False, out: Tensor | None = None) -> Tensor:
    """The lower triangular L with L L^H = A (or, where upper, the U with U^H U = A), for positive definite matrices.

    A: symmetric (complex: Hermitian); only its lower triangle is read (where upper, its upper one)

    Shape: (..., N, N) -> (..., N, N)
    Raises: LinAlgError where a matrix is not positive definite; TypeError where A is not a Tensor; RuntimeError where
        it is not square or not of float32, float64 or complex.

    >>> import mtorch
    >>> mtorch.linalg.cholesky(mtorch.tensor([[4.0, 2.0], [2.0, 2.0]]))
    tensor([[2., 0.],
            [1., 1.]])
    """
    result = _factored(A, upper, "linalg.cholesky", True)[0]
    return result if out is None else into(out, result)


@shown_as("LinalgCholeskyExBackward0")
def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False,
                out: Sequence[Tensor] | None = None) -> return_types.linalg_cholesky_ex:
    """`cholesky`, and for each matrix an info (int32): 0, or the order of the first leading minor that is not positive.

    check_errors: raise LinAlgError for the latter; else that L is full of nan

    Shape: (..., N, N) -> (..., N, N), (...)
    A, upper and other errors as for `cholesky`.

    >>> import mtorch
    >>> mtorch.linalg.cholesky_ex(-mtorch.eye(2)).info
    tensor(1, dtype=torch.int32)
    """
    y, infos = _factored(A, upper, "linalg.cholesky_ex", check_errors)
    result = return_types.linalg_cholesky_ex(y, as_info(infos))
    return result if out is None else into(out, result)


@shown_as("CholeskyBackward0")
def old_cholesky(input: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The older form of `linalg.cholesky`.

    Shape, errors and upper as for `cholesky`.

    >>> import mtorch
    >>> mtorch.cholesky(mtorch.tensor([[4.0]]))
    tensor([[2.]])
    """
    result = _factored(input, upper, "cholesky", True)[0]
    return result if out is None else into(out, result)


@shown_as("LinalgQrBackward0")
def qr(A: Tensor, mode: str = "reduced", *, out: Sequence[Tensor] | None = None) -> return_types.linalg_qr:
    """Q with orthonormal columns and R upper triangular, Q R = A.

    mode: 'reduced', K = min(M, N) columns; 'complete', M columns; 'r', an empty Q

    Shape: (..., M, N) -> (..., M, K), (..., K, N)
    Raises: TypeError where A is not a Tensor; RuntimeError where it has fewer than two dimensions or is not of float32,
        float64 or complex, mode is another word, or a gradient is to be recorded that needs a Q that is not computed ('r', and
        'complete' where M > N).

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
        r = cat([r, matmul(q.mH, A[..., m:])], -1)
    else:
        q, r = rules.qr(A)
    result = return_types.linalg_qr(q, r)
    return result if out is None else into(out, result)


def old_qr(input: Tensor, some: bool = True, *, out: Sequence[Tensor] | None = None) -> return_types.qr:
    """The older form of `linalg.qr`.

    some: True for the mode 'reduced', False for 'complete'

    Shape and errors as for `qr`.

    >>> import mtorch
    >>> mtorch.qr(mtorch.tensor([[-3.0], [-4.0]])).R
    tensor([[5.]])
    """
    result = return_types.qr(*qr(input, "reduced" if some else "complete"))
    return result if out is None else into(out, result)


def svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None,
        out: Sequence[Tensor] | None = None) -> return_types.linalg_svd:
    """U, S, Vh with U diag(S) Vh = A, the singular values S in descending order.

    The gradient of U and Vh is not finite where two singular values are equal; that of S is.

    full_matrices: U and Vh square; no gradient goes through the columns and rows beyond K, which are arbitrary
    driver: only None, there is one algorithm

    Shape: (..., M, N) -> (..., M, M), (..., K), (..., N, N), K = min(M, N); where not full_matrices (..., M, K), (...,
        K), (..., K, N).
    Raises: LinAlgError where A has nan; TypeError where A is not a Tensor; RuntimeError where it has fewer than
        two dimensions or is not of float32, float64 or complex, or driver is not None.

    >>> import mtorch
    >>> mtorch.linalg.svd(mtorch.tensor([[0.0, 2.0], [1.0, 0.0]])).S
    tensor([2., 1.])
    """
    A = matrices(A, "linalg.svd")
    if driver is not None:
        raise RuntimeError("torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with "
                           "cuSOLVER backend.")
    with singular_values_of(A.array):
        result = return_types.linalg_svd(*rules.svd(A, full=bool(full_matrices), look=watch_of_pairs()))
    return result if out is None else into(out, result)


def svdvals(A: Tensor, *, driver: str | None = None, out: Tensor | None = None) -> Tensor:
    """The singular values, in descending order.

    Shape: (..., M, N) -> (..., min(M, N))
    Errors and driver as for `svd`.

    >>> import mtorch
    >>> mtorch.linalg.svdvals(mtorch.tensor([[0.0, 2.0], [1.0, 0.0]]))
    tensor([2., 1.])
    """
    if driver is not None:
        raise RuntimeError("torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with "
                           "cuSOLVER backend.")
    A = matrices(A, "linalg.svdvals")
    with singular_values_of(A.array):
        result = rules.svdvals(A)
    return result if out is None else into(out, result)


def old_svd(input: Tensor, some: bool = True, compute_uv: bool = True, *,
            out: Sequence[Tensor] | None = None) -> return_types.svd:
    """The older form of `linalg.svd`, which returns V, not its adjoint.

    some: K columns of U and V; False: all, as full_matrices
    compute_uv: False for zeros instead of U and V

    Shape: (..., M, N) -> (..., M, K), (..., K), (..., N, K)
    Errors as for `svd`.

    >>> import mtorch
    >>> mtorch.svd(mtorch.tensor([[0.0, 2.0], [1.0, 0.0]])).S
    tensor([2., 1.])
    """
    x = matrices(input, "svd")
    if compute_uv:
        with singular_values_of(x.array):
            u, s, vh = rules.svd(x, full=not some, look=watch_of_pairs())
        result = return_types.svd(u, s, vh.mH)
    else:
        batch, (m, n), kind = x.array.shape[:-2], x.array.shape[-2:], x.array.dtype
        result = return_types.svd(wrap(np.zeros(batch + (m, m), kind)), svdvals(x),
                                  wrap(np.zeros(batch + (n, n), kind)))
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
        if infos.any():
            return record("LinalgLuFactorExBackward0", packed, (A,), _no_gradient), pivots, infos
        A = _rows(A, _order_of(pivots, m))
    else:
        pivots = np.broadcast_to(np.arange(k, dtype=np.int32), A.array.shape[:-2] + (k,)).copy()
    packed = triangular.lu(A[..., :k, :k])
    if m > k:                                          # l below: l2 u = a2
        below = triangular.solve_triangular(packed, A[..., k:, :].mT, upper=True, transposed=True).mT
        packed = cat([packed, below], -2)
    elif n > k:                                        # u beside: l u2 = a2
        packed = cat([packed, triangular.solve_triangular(_with_ones(packed), A[..., k:])], -1)
    if not pivot:
        infos = first_true(np.diagonal(packed.array, axis1=-2, axis2=-1) == 0)
    return packed, pivots, infos


def _no_gradient(g):
    raise LinAlgError("linalg.lu: the matrix is singular, and there its factors have no derivative")


def _with_ones(packed):
    k = packed.array.shape[-1]
    return where(wrap(np.eye(k, dtype=bool)), wrap(np.ones((), packed.array.dtype)), packed.tril())


def _pivots(pivots, name: str, size: int) -> np.ndarray:
    """The pivots (from 0) that lu_factor returned for matrices of so many rows."""
    p = require_tensor(pivots, name, "pivots").array
    if p.dtype != np.int32:
        raise RuntimeError(f"{name}: pivots must be a tensor of torch.int32, as lu_factor returns them, got {pivots.dtype}")
    if p.size and not (1 <= p.min() and p.max() <= size):
        raise RuntimeError(f"{name}: pivots must be between 1 and {size}, as lu_factor returns them, got "
                           f"{p.min()} to {p.max()}")
    return p - 1


@shown_as("LinalgLuFactorExBackward0")
def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False,
                 out: Sequence[Tensor] | None = None) -> return_types.linalg_lu_factor_ex:
    """`lu_factor`, and for each matrix an info (int32): 0, or the number of the first pivot that is zero.

    check_errors: raise RuntimeError for the latter

    Shape: (..., M, N) -> (..., M, N), (..., min(M, N)), (...)
    A, pivot and other errors as for `lu_factor`.

    >>> import mtorch
    >>> mtorch.linalg.lu_factor_ex(mtorch.zeros(2, 2)).info
    tensor(1, dtype=torch.int32)
    """
    result = _lu_factor(A, "linalg.lu_factor_ex", pivot, check_errors)
    return result if out is None else into(out, result)


def _lu_factor(A, name: str, pivot: bool, check: bool) -> return_types.linalg_lu_factor_ex:
    packed, pivots, infos = _lu(matrices(A, name), pivot)
    if check:
        first_failure(f"torch.{name}", infos,
                      "U[{info},{info}] is zero and using it on lu_solve would result in a division by zero. If you "
                      "still want to perform the factorization, consider calling linalg.lu(A, pivot) or "
                      "linalg.lu_factor_ex(A, pivot)", RuntimeError)
    return return_types.linalg_lu_factor_ex(packed, wrap((pivots + 1).astype(np.int32)), as_info(infos))


@shown_as("LinalgLuFactorExBackward0")
def lu_factor(A: Tensor, *, pivot: bool = True, out: Sequence[Tensor] | None = None) -> return_types.linalg_lu_factor:
    """L and U in one matrix, L's ones left out, and the row (int32, from 1) that each row was exchanged with in turn.

    pivot: exchange rows so that each pivot is the largest that is left; False: leave the rows where they are

    Shape: (..., M, N) -> (..., M, N), (..., min(M, N))
    Raises: TypeError where A is not a Tensor; RuntimeError where a pivot is zero, or A has fewer than two dimensions or is
        not of float32, float64 or complex.

    >>> import mtorch
    >>> mtorch.linalg.lu_factor(mtorch.tensor([[1.0, 2.0], [2.0, 2.0]])).LU
    tensor([[2.0000, 2.0000],
            [0.5000, 1.0000]])
    """
    packed, pivots, _ = _lu_factor(A, "linalg.lu_factor", pivot, True)
    result = return_types.linalg_lu_factor(packed, pivots)
    return result if out is None else into(out, result)


@shown_as("LuUnpackBackward0")
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True, *,
              out: Sequence[Tensor] | None = None) -> return_types.lu_unpack:
    """P, L and U of A = P L U, from what `linalg.lu_factor` returns: LU_data and LU_pivots.

    unpack_data: False for an empty L and U
    unpack_pivots: False for an empty P

    Shape: (..., M, N), (..., K) -> (..., M, M), (..., M, K), (..., K, N), K = min(M, N)
    Raises: TypeError where one is not a Tensor; RuntimeError where LU_data is no matrix of float32, float64 or complex, or
        LU_pivots are not K of int32 from 1 to M.

    >>> import mtorch
    >>> mtorch.lu_unpack(*mtorch.linalg.lu_factor(mtorch.tensor([[1.0, 2.0], [2.0, 2.0]]))).P
    tensor([[0., 1.],
            [1., 0.]])
    """
    packed = matrices(LU_data, "lu_unpack", "LU_data")
    m, n = packed.array.shape[-2:]
    k, kind = min(m, n), packed.array.dtype
    P = L = U = wrap(np.zeros(0, kind))
    if unpack_pivots:
        places = _pivots(LU_pivots, "lu_unpack", m)
        if places.shape[-1:] != (k,):
            raise RuntimeError(f"lu_unpack: {k} pivots are expected for each matrix, got shape {list(LU_pivots.shape)}")
        order = _order_of(places, m)
        P = wrap(np.swapaxes(np.eye(m, dtype=kind)[order], -1, -2))
    if unpack_data:
        L, U = packed[..., :k].tril(-1) + wrap(np.eye(m, k, dtype=kind)), packed[..., :k, :].triu()
    result = return_types.lu_unpack(P, L, U)
    return result if out is None else into(out, result)


@shown_as("LinalgLuBackward0")
def lu(A: Tensor, *, pivot: bool = True, out: Sequence[Tensor] | None = None) -> return_types.linalg_lu:
    """P, L and U with P L U = A: rows exchanged, a lower triangle with ones on the diagonal, an upper triangle.

    pivot: exchange rows so that each pivot is the largest that is left; False: leave them, and P is empty

    Shape: (..., M, N) -> (..., M, M), (..., M, K), (..., K, N), K = min(M, N)
    Raises: TypeError where A is not a Tensor; RuntimeError where it has fewer than two dimensions or is not of float32,
        float64 or complex.

    >>> import mtorch
    >>> mtorch.linalg.lu(mtorch.tensor([[1.0, 2.0], [2.0, 2.0]])).U
    tensor([[2., 2.],
            [0., 1.]])
    """
    packed, pivots, _ = _lu(matrices(A, "linalg.lu"), pivot)
    P, L, U = lu_unpack(packed, wrap((pivots + 1).astype(np.int32)), unpack_pivots=pivot)
    result = return_types.linalg_lu(P, L, U)
    return result if out is None else into(out, result)


def old_lu(A: Tensor, pivot: bool = True, get_infos: bool = False, out: Any = None) -> Any:
    """The older form of `linalg.lu_factor`, which also takes a singular matrix.

    A, pivot, shape as for `lu_factor`.
    get_infos: also the infos of `lu_factor_ex`

    Raises: TypeError and RuntimeError as for `lu_factor`.

    >>> import mtorch
    >>> mtorch.lu(mtorch.tensor([[2.0]]))[0]
    tensor([[2.]])
    """
    packed, pivots, infos = _lu_factor(A, "lu", pivot, False)
    result = return_types.lu(packed, pivots, infos) if get_infos else (packed, pivots)
    return result if out is None else into(out, result)


@shown_as("LinalgLuSolveBackward0")
def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False,
             out: Tensor | None = None) -> Tensor:
    """X of A X = B (X A = B where not left), given `lu_factor` of A: LU and pivots.

    left: False where A stands on the right
    adjoint: of A^H instead of A

    Shape: LU (..., N, N), pivots (..., N), B (..., N, K) (not left: (..., K, N)) -> B's; infinite where A is singular
    Raises: TypeError where one is not a Tensor; RuntimeError where LU is not square, types or sizes differ, or pivots
        are not N of int32 from 1 to N.

    >>> import mtorch
    >>> mtorch.linalg.lu_solve(*mtorch.linalg.lu_factor(mtorch.tensor([[2.0]])), mtorch.ones(1, 1))
    tensor([[0.5000]])
    """
    LU, B = squares(LU, "linalg.lu_solve", "LU"), matrices(B, "linalg.lu_solve", "B")
    same_type("linalg.lu_solve", LU, B)
    if not left:                                       # X A = B is A^H X^H = B^H
        result = lu_solve(LU, pivots, B.mH, adjoint=not adjoint).mH
        return result if out is None else into(out, result)
    n = LU.array.shape[-1]
    if B.array.shape[-2] != n:
        raise RuntimeError(f"linalg.lu_solve: Incompatible shapes of A and B for the equation AX = B ({n}x{n} and "
                           f"{B.array.shape[-2]}x{B.array.shape[-1]})")
    places = _pivots(pivots, "linalg.lu_solve", n)
    if places.shape[-1:] != (n,):
        raise RuntimeError(f"linalg.lu_solve: Number of pivots per batch should be same as the dimension of the matrix, "
                           f"{n}, got shape {list(pivots.shape)}")
    order, lower = _order_of(places, n), _with_ones(LU)
    if adjoint:
        x = triangular.solve_triangular(LU.conj(), B, upper=True, transposed=True)
        result = _rows(triangular.solve_triangular(lower.conj(), x, transposed=True), np.argsort(order, -1))
    else:
        result = triangular.solve_triangular(LU, triangular.solve_triangular(lower, _rows(B, order)), upper=True)
    return result if out is None else into(out, result)


def old_lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The older form of `linalg.lu_solve`.

    b, LU_data, LU_pivots: B, LU and pivots there

    Shape and errors as for `lu_solve`.

    >>> import mtorch
    >>> mtorch.lu_solve(mtorch.ones(1, 1), *mtorch.linalg.lu_factor(mtorch.tensor([[2.0]])))
    tensor([[0.5000]])
    """
    return lu_solve(LU_data, LU_pivots, b, out=out)


# ---- LDL ---------------------------------------------------------------------------------------

def ldl_factor_ex(A: Tensor, *, hermitian: bool = False, check_errors: bool = False,
                  out: Sequence[Tensor] | None = None) -> return_types.linalg_ldl_factor_ex:
    """`ldl_factor`, and for each matrix an info (int32): 0, or the number of the first block of D that is zero.

    check_errors: raise RuntimeError for the latter

    Shape: (..., N, N) -> (..., N, N), (..., N), (...)
    A, hermitian and other errors as for `ldl_factor`.

    >>> import mtorch
    >>> mtorch.linalg.ldl_factor_ex(mtorch.zeros(2, 2)).info
    tensor(1, dtype=torch.int32)
    """
    result = _ldl_factor(A, "torch.linalg.ldl_factor_ex", hermitian, check_errors)
    return result if out is None else into(out, result)


def ldl_factor(A: Tensor, *, hermitian: bool = False,
               out: Sequence[Tensor] | None = None) -> return_types.linalg_ldl_factor:
    """L and D of A = L D L^T in one matrix, as LAPACK's sytrf packs them, for symmetric matrices; and its pivots (int32).

    D has blocks of 1 and 2 on its diagonal: `ldl_solve` reads them.

    A: only its lower triangle is read
    hermitian: of complex matrices A = L D L^H

    Shape: (..., N, N) -> (..., N, N), (..., N)
    Raises: TypeError where A is not a Tensor; RuntimeError where a block of D is zero, or A is not square or not of
        float32, float64 or complex, and where a gradient is asked for.

    >>> import mtorch
    >>> mtorch.linalg.ldl_factor(mtorch.tensor([[2.0, 0.0], [1.0, 1.0]])).LD
    tensor([[2.0000, 0.0000],
            [0.5000, 0.5000]])
    """
    packed, pivots, _ = _ldl_factor(A, "torch.linalg.ldl_factor", hermitian, True)
    result = return_types.linalg_ldl_factor(packed, pivots)
    return result if out is None else into(out, result)


def _ldl_factor(A, name: str, hermitian: bool, check: bool) -> return_types.linalg_ldl_factor_ex:
    a = squares(A, name).array
    n = a.shape[-1]
    if n:
        import scipy.linalg.lapack as lapack
        factor, = lapack.get_lapack_funcs(("hetrf" if hermitian and a.dtype.kind == "c" else "sytrf",), (a,))
        packed, pivots, infos = each_matrix(a, lambda m: factor(m, lower=1), ((n, n), a.dtype), ((n,), np.int32),
                                            ((), np.int32))
    else:
        packed, pivots, infos = a.copy(), np.zeros(a.shape[:-1], np.int32), np.zeros(a.shape[:-2], np.int32)
    if check:
        first_failure(name, infos, "D[{info},{info}] is zero: the matrix is singular", RuntimeError)
    return return_types.linalg_ldl_factor_ex(without_derivative("linalg_ldl_factor_ex", np.tril(packed), A), wrap(pivots),
                                             as_info(infos))


def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: bool = False, out: Tensor | None = None) -> Tensor:
    """X of A X = B, given `ldl_factor` of A: LD and pivots.

    hermitian: as it was given there

    Shape: LD (..., N, N), pivots (..., N), B (..., N, K) -> B's
    Raises: TypeError where one is not a Tensor; RuntimeError where LD is not square, or types or sizes do not fit, and
        where a gradient is asked for.

    >>> import mtorch
    >>> mtorch.linalg.ldl_solve(*mtorch.linalg.ldl_factor(mtorch.tensor([[2.0]])), mtorch.ones(1, 1))
    tensor([[0.5000]])
    """
    name = "torch.linalg.ldl_solve"
    LD, B = squares(LD, name, "LD"), matrices(B, name, "B")
    ld, p, b = LD.array, require_tensor(pivots, name, "pivots").array, B.array
    if b.shape[-2] != ld.shape[-1]:
        raise RuntimeError(f"Incompatible matrix sizes for {name}: each A matrix is {ld.shape[-1]} by {ld.shape[-1]} but "
                           f"each b matrix is {b.shape[-2]} by {b.shape[-1]}")
    same_type(name, LD, B)
    if p.dtype.kind != "i" or p.shape != ld.shape[:-1]:
        raise RuntimeError(f"{name}: Expected LD.shape[:-1] and pivots.shape to be the same, and pivots to be integers, but "
                           f"got pivots of {pivots.dtype} with shape {list(p.shape)} instead")
    batch = np.broadcast_shapes(ld.shape[:-2], b.shape[:-2])
    x = np.array(np.broadcast_to(b, batch + b.shape[-2:]))
    if x.size:
        import scipy.linalg.lapack as lapack
        solve, = lapack.get_lapack_funcs(("hetrs" if hermitian and ld.dtype.kind == "c" else "sytrs",), (ld,))
        ld, p = np.broadcast_to(ld, batch + ld.shape[-2:]), np.broadcast_to(p, batch + p.shape[-1:])
        for i in np.ndindex(batch):
            x[i] = solve(ld[i], p[i], x[i], lower=1)[0]
    result = without_derivative("linalg_ldl_solve", x, LD, B)
    return result if out is None else into(out, result)


@shown_as("LinalgHouseholderProductBackward0")
def householder_product(A: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The first columns of the product of Householder's reflections 1 - tau v v^H.

    A: has the v in its columns, below the diagonal; each has a 1 on it, and 0 above
    tau: a factor for each

    Shape: A (..., M, N), M >= N; tau (..., K), K <= N -> (..., M, N)
    Raises: TypeError where one is not a Tensor; IndexError where tau has no dimension; RuntimeError where the shapes do
        not fit, or they are not of one type, float32, float64 or complex.

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
    if not tau.array.ndim:
        raise IndexError(f"{name}: tau must have at least 1 dimension")
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
        q = q - tau[..., i, None, None] * matmul(w, matmul(w.mH, q))
    return q if out is None else into(out, q)
