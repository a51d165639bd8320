"""Inverses, determinants and systems of linear equations.

Source: Golub and Van Loan 2013, "Matrix Computations", 4th edition: sections 3.1 (triangular systems), 3.2 and 3.4
(elimination, determinants, inverses), 4.2 (Cholesky), 5.3 and 5.5 (least squares, rank, the pseudo-inverse).
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...autograd.naming import shown_as
from ... import return_types
from ...autograd.tape import TensorBase, wrap
from ...ops import linalg as rules, triangular
from ..arguments import NUMBERS, axis_of
from ..output import into
from ..arithmetic import where
from ..matrix import matmul
from .checks import (SINGULAR, LinAlgError, as_info, as_ours, first_failure, first_true, floats, lu_infos, matrices,
                     same_type, singular_values_of, squares)

if TYPE_CHECKING:
    from ...tensor import Tensor


def _inverted(x, name: str, check: bool):
    """The inverse and the infos; where check is False a singular matrix has an inverse of infinities."""
    try:
        return rules.inv(x), np.zeros(x.array.shape[:-2], np.int32)
    except np.linalg.LinAlgError:
        infos = lu_infos(x.array)
        if check:
            first_failure(name, infos, SINGULAR)
        regular = (infos == 0)[..., None, None]
        y = rules.inv(where(wrap(regular), x, wrap(np.eye(x.array.shape[-1], dtype=x.array.dtype))))
        return where(wrap(regular), y, wrap(np.full_like(y.array, math.inf))), infos


def inv(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of square matrices.

    Shape: (..., N, N) -> (..., N, N)
    Raises: LinAlgError where a matrix is singular; TypeError where A is not a Tensor; RuntimeError where it is not
        square or not of float32, float64 or complex.

    >>> import mtorch
    >>> mtorch.linalg.inv(mtorch.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    result = _inverted(squares(A, "linalg.inv"), "linalg.inv", True)[0]
    return result if out is None else into(out, result)


def inv_ex(A: Tensor, *, check_errors: bool = False, out: Sequence[Tensor] | None = None) -> return_types.linalg_inv_ex:
    """The inverse, and for each matrix an info (int32): 0, or which of its pivots is zero (from 1).

    check_errors: raise LinAlgError for the latter; else that inverse is full of inf

    Shape: (..., N, N) -> (..., N, N), (...)
    Raises: TypeError and RuntimeError as for `inv`.

    >>> import mtorch
    >>> mtorch.linalg.inv_ex(mtorch.zeros(2, 2)).info
    tensor(1, dtype=torch.int32)
    """
    y, infos = _inverted(squares(A, "linalg.inv_ex"), "linalg.inv_ex", check_errors)
    result = return_types.linalg_inv_ex(y, as_info(infos))
    return result if out is None else into(out, result)


def inverse(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of square matrices: `linalg.inv`.

    Shape and errors as for `inv`.

    >>> import mtorch
    >>> mtorch.inverse(mtorch.tensor([[2.0]]))
    tensor([[0.5000]])
    """
    return inv(input, out=out)


def det(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The determinant of square matrices.

    Shape: (..., N, N) -> (...)
    Raises: TypeError where A is not a Tensor; RuntimeError where it is not square or not of float32, float64 or complex.

    >>> import mtorch
    >>> mtorch.linalg.det(mtorch.tensor([[2.0, 1.0], [0.0, 3.0]]))
    tensor(6.)
    """
    result = rules.det(squares(A, "linalg.det"))
    return result if out is None else into(out, result)


def slogdet(A: Tensor, *, out: Sequence[Tensor] | None = None) -> return_types.linalg_slogdet:
    """The sign of the determinant, and the logarithm of its magnitude: 0 and -inf of a singular matrix.

    The sign of a complex one is det / |det|.

    Shape: (..., N, N) -> (...), (...)
    Raises: TypeError where A is not a Tensor; RuntimeError where it is not square or not of float32, float64 or complex.

    >>> import mtorch
    >>> mtorch.linalg.slogdet(mtorch.eye(2)).logabsdet
    tensor(0.)
    """
    result = return_types.linalg_slogdet(*rules.slogdet(squares(A, "linalg.slogdet")))
    return result if out is None else into(out, result)


def old_slogdet(input: Tensor) -> return_types.slogdet:
    """`linalg.slogdet` under its older name, and with a result of that name.

    Shape: (..., N, N) -> (...), (...)
    Raises: as `linalg.slogdet`.

    >>> import mtorch
    >>> mtorch.slogdet(mtorch.eye(2)).logabsdet
    tensor(0.)
    """
    return return_types.slogdet(*slogdet(input))


@shown_as("WhereBackward0")
def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant: nan where that is negative, -inf where it is 0; complex of complex matrices.

    Shape: (..., N, N) -> (...)
    Raises: TypeError where input is not a Tensor; RuntimeError where it is not square or not of float32, float64 or complex.

    >>> import mtorch
    >>> mtorch.logdet(mtorch.eye(2))
    tensor(0.)
    """
    sign, log = rules.slogdet(squares(input, "logdet"))
    if sign.is_complex():
        return sign.log() + log
    if (sign.array >= 0).all():
        return log
    return where(wrap(sign.array < 0), wrap(np.full_like(log.array, math.nan)), log)


def is_vector(A, B) -> bool:
    """Is B of a @ x = b a vector (or a batch of those), not a matrix?"""
    a, b = A.array, B.array
    return b.ndim == 1 or a.ndim - 1 == b.ndim and b.shape == a.shape[:-1]


def _solved(A, B, left: bool, name: str, check: bool):
    A, B = squares(A, name), floats(B, name, "B")
    same_type(name, A, B)
    vector = is_vector(A, B)
    if vector and not left:
        raise RuntimeError(f"{name}: Vector broadcasting of the left hand side is not supported for left=False. In this "
                           "case linalg.solve is equivalent to B / A.squeeze(-1)")
    b = B.unsqueeze(-1) if vector else B
    if b.array.ndim < 2:
        raise RuntimeError(f"{name}: B must have at least 1 dimension")
    n, rows = A.array.shape[-1], b.array.shape[-2 if left else -1]
    if rows != n:
        raise RuntimeError(f"{name}: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
                           f"({n}x{n} and {b.array.shape[-2]}x{b.array.shape[-1]})")
    a, b = (A, b) if left else (A.mT, b.mT)
    infos = np.zeros(a.array.shape[:-2], np.int32)
    try:
        x = rules.solve(a, b)
    except np.linalg.LinAlgError:
        infos = lu_infos(a.array)
        if check:
            batch = f"(Batch element {np.flatnonzero(infos)[0]}): " if infos.ndim else ""
            raise LinAlgError(f"torch.{name}: {batch}The solver failed because the input matrix is "
                              "singular.") from None
        regular = wrap((infos == 0)[..., None, None])
        x = rules.solve(where(regular, a, wrap(np.eye(n, dtype=a.array.dtype))), b)
        x = where(regular, x, wrap(np.full_like(x.array, math.inf)))
    x = x if left else x.mT
    return (x.squeeze(-1) if vector else x), infos


@shown_as("LinalgSolveExBackward0")
def solve(A: Tensor, B: Tensor, *, left: bool = True, out: Tensor | None = None) -> Tensor:
    """X of A X = B, for square A.

    B: matrices, or vectors where it has one dimension or one fewer than A, with A's other sizes
    left: False for X A = B; B then is matrices

    Shape: A (..., N, N), B (..., N, K) or (..., N) -> that of B
    Raises: LinAlgError where a matrix is singular; TypeError where one is not a Tensor; RuntimeError where A is not
        square, the sizes do not fit, or they are not of one type, float32, float64 or complex.

    >>> import mtorch
    >>> mtorch.linalg.solve(mtorch.tensor([[2.0, 0.0], [0.0, 4.0]]), mtorch.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    result = _solved(A, B, left, "linalg.solve", True)[0]
    return result if out is None else into(out, result)


@shown_as("LinalgSolveExBackward0")
def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False,
             out: Sequence[Tensor] | None = None) -> return_types.linalg_solve_ex:
    """`solve`, and for each matrix an info (int32): 0, or which of its pivots is zero (from 1).

    check_errors: raise LinAlgError for the latter; else that solution is full of inf

    Shape: A (..., N, N), B (..., N, K) or (..., N) -> that of B, (...)
    left and other errors as for `solve`.

    >>> import mtorch
    >>> mtorch.linalg.solve_ex(mtorch.eye(2), mtorch.ones(2)).result
    tensor([1., 1.])
    """
    x, infos = _solved(A, B, left, "linalg.solve_ex", check_errors)
    result = return_types.linalg_solve_ex(x, as_info(infos))
    return result if out is None else into(out, result)


def solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False,
                     out: Tensor | None = None) -> Tensor:
    """X of A X = B for a triangular A, of which the other triangle is not read.

    upper: whether A is the upper triangle
    left: False for X A = B
    unitriangular: the diagonal is taken for ones

    Shape: A (..., N, N), B (..., N, K) (not left: (..., K, N)) -> that of B; infinite where the diagonal has a zero
    Raises: TypeError where one is not a Tensor; RuntimeError where A is not square, the sizes do not fit, or they are not
        of one type, float32, float64 or complex.

    >>> import mtorch
    >>> mtorch.linalg.solve_triangular(mtorch.tensor([[2.0, 0.0], [1.0, 1.0]]), mtorch.ones(2, 1), upper=False)
    tensor([[0.5000],
            [0.5000]])
    """
    A, B = squares(A, "linalg.solve_triangular"), matrices(B, "linalg.solve_triangular", "B")
    same_type("linalg.solve_triangular", A, B)
    n = A.array.shape[-1]
    if B.array.shape[-2 if left else -1] != n:
        raise RuntimeError(f"linalg.solve_triangular: Incompatible shapes of A and B for the equation "
                           f"{'AX = B' if left else 'XA = B'} ({n}x{n} and {B.array.shape[-2]}x{B.array.shape[-1]})")
    if unitriangular:
        A = where(wrap(np.eye(n, dtype=bool)), wrap(np.ones((), A.array.dtype)), A)
    if left:
        result = triangular.solve_triangular(A, B, upper=upper)
    else:
        result = triangular.solve_triangular(A, B.mT, upper=upper, transposed=True).mT
    return result if out is None else into(out, result)


@shown_as("TriangularSolveBackward0")
def triangular_solve(b: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False, *,
                     out: Sequence[Tensor] | None = None) -> return_types.triangular_solve:
    """The older form of `linalg.solve_triangular`: the solution X of A X = b, and a copy of A.

    transpose: of A^T X = b instead

    Shape: b (..., N, K), A (..., N, N) -> (..., N, K), (..., N, N)
    upper, unitriangular and errors as for `solve_triangular`.

    >>> import mtorch
    >>> mtorch.triangular_solve(mtorch.ones(1, 1), mtorch.tensor([[2.0]])).solution
    tensor([[0.5000]])
    """
    A = squares(A, "triangular_solve")
    x = solve_triangular(A.mT if transpose else A, b, upper=upper != transpose, unitriangular=unitriangular)
    result = return_types.triangular_solve(x, A.clone())
    return result if out is None else into(out, result)


@shown_as("CholeskySolveBackward0")
def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """X of A X = B, given the Cholesky factor L of A.

    L: of A = L L^H, of which the other triangle is not read
    upper: L is the U of A = U^H U instead

    Shape: B (..., N, K), L (..., N, N) -> (..., N, K); infinite where the diagonal of L has a zero
    Raises: TypeError where one is not a Tensor; RuntimeError where L is not square, the sizes do not fit, or they are not
        of one type, float32, float64 or complex.

    >>> import mtorch
    >>> mtorch.cholesky_solve(mtorch.ones(1, 1), mtorch.tensor([[2.0]]))
    tensor([[0.2500]])
    """
    B, L = matrices(B, "cholesky_solve", "B"), squares(L, "cholesky_solve", "L")
    result = _from_factor(B, L, upper, "cholesky_solve")
    return result if out is None else into(out, result)


def _from_factor(B, L, upper: bool, name: str):
    """X of L L^H X = B."""
    same_type(name, B, L)
    n = L.array.shape[-1]
    if B.array.shape[-2] != n:
        raise RuntimeError(f"Incompatible matrix sizes for {name}: each A matrix is {n} by {n} but each b matrix is "
                           f"{B.array.shape[-2]} by {B.array.shape[-1]}")
    outer, inner = (L.conj(), L) if upper else (L, L.conj())             # what is transposed is conjugated, too
    first = triangular.solve_triangular(outer, B, upper=upper, transposed=upper)
    return triangular.solve_triangular(inner, first, upper=upper, transposed=not upper)


@shown_as("CholeskyInverseBackward0")
def cholesky_inverse(L: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The inverse of A, given the Cholesky factor L of A.

    Shape: (..., N, N) -> (..., N, N)
    Raises: LinAlgError where the diagonal of L has a zero; others, and upper, as for `cholesky_solve`.

    >>> import mtorch
    >>> mtorch.cholesky_inverse(mtorch.tensor([[2.0]]))
    tensor([[0.2500]])
    """
    L = squares(L, "cholesky_inverse", "L")
    first_failure("cholesky_inverse", first_true(np.diagonal(L.array, axis1=-2, axis2=-1) == 0), SINGULAR)
    eye = wrap(np.broadcast_to(np.eye(L.array.shape[-1], dtype=L.array.dtype), L.array.shape))
    result = _from_factor(eye, L, upper, "cholesky_inverse")
    return result if out is None else into(out, result)


def pinv(A: Tensor, rtol: float | Tensor | None = None, *, atol: float | Tensor | None = None, hermitian: bool = False,
         rcond: float | Tensor | None = None, out: Tensor | None = None) -> Tensor:
    """The Moore-Penrose inverse; singular values of at most max(atol, rtol * the largest) are taken for 0.

    rtol: >= 0; max(M, N) times the precision of the type where neither it nor atol is given, 0 where atol is
    atol: >= 0
    hermitian: A is symmetric, and its lower triangle alone is read
    rcond: the older name of rtol

    Shape: (..., M, N) -> (..., N, M)
    Raises: TypeError where A is not a Tensor, or a tolerance neither that nor a number; RuntimeError where A is no
        matrix of float32, float64 or complex, or not square though hermitian; LinAlgError where it has nan.
    Source: Penrose 1955, "A generalized inverse for matrices".

    >>> import mtorch
    >>> mtorch.linalg.pinv(mtorch.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    A = squares(A, "linalg.pinv") if hermitian else matrices(A, "linalg.pinv")
    rtol = rcond if rcond is not None else rtol
    with as_ours("linalg.pinv") if hermitian else singular_values_of(A.array):
        share = threshold(A, rtol, atol, hermitian)
        result = rules.pinv(A, rcond=share, hermitian=hermitian)
    return result if out is None else into(out, result)


def threshold(A, rtol, atol, hermitian) -> np.ndarray:
    """The share of its largest singular value that those of a matrix must exceed to count, for each of a batch."""
    a = A.array
    absolute = _tolerance(atol, "linalg.pinv", "atol")
    relative = _tolerance(rtol, "linalg.pinv", "rtol")
    relative = _relative(a, relative, absolute)
    relative = np.broadcast_to(relative, np.broadcast_shapes(np.shape(relative), a.shape[:-2]))
    if absolute is None or not np.any(absolute) or not a.size:
        return relative
    if hermitian:
        largest = np.abs(np.linalg.eigvalsh(a)).max(-1)
    else:
        largest = np.linalg.svd(a, compute_uv=False).max(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.maximum(relative, np.where(largest > 0, absolute / largest, 0.0))


def _relative(a: np.ndarray, rtol, atol):
    """The tolerance relative to the largest singular value: where neither is given, what rounding may leave of a
    zero."""
    if rtol is not None:
        return rtol
    return 0.0 if atol is not None and np.any(atol > 0) else max(a.shape[-2:]) * float(np.finfo(a.dtype).eps)


def _tolerance(x, name: str, argument: str):
    if x is not None and not isinstance(x, (TensorBase, *NUMBERS)):
        raise TypeError(f"{name}(): argument '{argument}' must be Tensor or float, not {type(x).__name__}")
    return x.array if isinstance(x, TensorBase) else x


def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """The Moore-Penrose inverse, as `linalg.pinv`.

    rcond: singular values of at most this times the largest are taken for 0

    Shape and errors as for `pinv`.

    >>> import mtorch
    >>> mtorch.pinverse(mtorch.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    return pinv(input, rcond)


def matrix_rank(A: Tensor, tol: float | Tensor | None = None, *, atol: float | Tensor | None = None,
                rtol: float | Tensor | None = None, hermitian: bool = False, out: Tensor | None = None) -> Tensor:
    """How many singular values exceed max(atol, rtol * the largest), as int64.

    tol: the older name of atol, with an rtol of 0

    Shape: (..., M, N) -> (...)
    rtol, atol, hermitian and errors as for `pinv`.

    >>> import mtorch
    >>> mtorch.linalg.matrix_rank(mtorch.ones(3, 3))
    tensor(1)
    """
    A = squares(A, "linalg.matrix_rank") if hermitian else matrices(A, "linalg.matrix_rank")
    a = A.array
    atol, rtol = (tol, 0.0) if tol is not None else (atol, rtol)
    with as_ours("linalg.matrix_rank") if hermitian else singular_values_of(a):
        s = np.abs(np.linalg.eigvalsh(a)) if hermitian else np.linalg.svd(a, compute_uv=False)
    if not s.shape[-1]:
        result = wrap(np.zeros(a.shape[:-2], np.int64))
        return result if out is None else into(out, result)
    absolute = _tolerance(atol, "linalg.matrix_rank", "atol")
    relative = _tolerance(rtol, "linalg.matrix_rank", "rtol")
    relative = _relative(a, relative, absolute)
    limit = np.maximum(0.0 if absolute is None else absolute, relative * s.max(-1))
    result = wrap(np.asarray((s > np.asarray(limit)[..., None]).sum(-1)))
    return result if out is None else into(out, result)


@shown_as("LinalgLstsqBackward0")
def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> return_types.linalg_lstsq:
    """The X that makes ||A X - B|| smallest; also its residuals (where A is tall and of full rank, but not by the
    default driver, gelsy), the rank of A, and A's singular values (drivers gelsd and gelss).

    B: matrices, or vectors where it has one dimension or one fewer than A, with A's other sizes
    rcond: singular values of at most this times the largest are taken for 0; None for max(M, N) times the precision of
        the type
    driver: 'gelsy' (None), 'gels', which takes A for one of full rank, 'gelsd' or 'gelss'; one algorithm serves all of
        them

    Shape: A (..., M, N), B (..., M, K) or (..., M) -> (..., N, K) or (..., N)
    Raises: TypeError where one is not a Tensor; RuntimeError where the sizes do not fit, they are not of one type,
        float32, float64 or complex, or driver is another word; LinAlgError where A has nan.

    >>> import mtorch
    >>> mtorch.linalg.lstsq(mtorch.tensor([[1.0], [1.0]]), mtorch.tensor([[1.0], [3.0]])).solution.round(decimals=3)
    tensor([[2.]])
    """
    name = "torch.linalg.lstsq"
    A, B = matrices(A, name), floats(B, name, "B")
    if B.array.ndim < 1:
        raise RuntimeError(f"{name}: input.dim() must be greater or equal to 2, other must have at least 1 dimension")
    same_type(name, A, B)
    driver = "gelsy" if driver is None else driver
    if driver not in ("gels", "gelsy", "gelsd", "gelss"):
        raise RuntimeError(f"{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), got {driver!r}")
    vector = is_vector(A, B)
    b = B.unsqueeze(-1) if vector else B
    m, n = A.array.shape[-2:]
    if b.array.shape[-2] != m:
        raise RuntimeError(f"{name}: input.size(-2) should match other.size({'-1' if vector else '-2'}), got {m} and "
                           f"{b.array.shape[-2]}")
    share = max(m, n) * float(np.finfo(A.array.dtype).eps) if rcond is None else float(rcond)
    with singular_values_of(A.array):
        x = matmul(rules.pinv(A, rcond=None if driver == "gels" else share), b)
        s = np.linalg.svd(A.array, compute_uv=False)
    ranks = np.asarray((s > share * s.max(-1, keepdims=True, initial=0)).sum(-1))
    empty = wrap(np.zeros(0, A.array.dtype))
    residuals = (x.abs() if x.is_complex() else x).reshape(-1)[:0]
    if m > n and driver != "gelsy" and (driver == "gels" or (ranks == n).all()):
        apart = matmul(A, x) - b
        residuals = (apart.abs() if apart.is_complex() else apart).square().sum(-2)
    return return_types.linalg_lstsq(x.squeeze(-1) if vector else x, residuals,
                                     wrap(np.zeros(0, np.int64)) if driver == "gels" else wrap(ranks),
                                     wrap(s) if driver in ("gelsd", "gelss") else empty)


def tensorinv(A: Tensor, ind: int = 2, *, out: Tensor | None = None) -> Tensor:
    """The inverse of A as a linear map from its dimensions behind `ind` to those before.

    ind: how many dimensions stand for the rows, > 0

    Shape: (*rows, *columns), their products equal -> (*columns, *rows)
    Raises: TypeError where A is not a Tensor; RuntimeError where ind is not > 0, the products differ, or A is not of
        float32, float64 or complex; LinAlgError where that map is singular.

    >>> import mtorch
    >>> mtorch.linalg.tensorinv(mtorch.eye(6).reshape(6, 2, 3), ind=1).shape
    torch.Size([2, 3, 6])
    """
    A = floats(A, "linalg.tensorinv")
    if ind <= 0:
        raise RuntimeError("Expected a strictly positive integer for 'ind'")
    shape = A.array.shape
    rows, columns = math.prod(shape[:ind]), math.prod(shape[ind:])
    if rows != columns:
        raise RuntimeError("Expected self to satisfy the requirement prod(self.shape[ind:]) == "
                           f"prod(self.shape[:ind]), but got {columns} != {rows}")
    result = _inverted(A.reshape(rows, columns), "linalg.tensorinv", True)[0].reshape(shape[ind:] + shape[:ind])
    return result if out is None else into(out, result)


def tensorsolve(A: Tensor, B: Tensor, dims: Sequence[int] | None = None, *, out: Tensor | None = None) -> Tensor:
    """X of tensordot(A, X) = B.

    dims: dimensions of A that are moved to its end first

    Shape: A (*B's, *X's), the products equal; B any -> X's
    Raises: TypeError where one is not a Tensor; RuntimeError where the sizes do not fit, or they are not of one type,
        float32, float64 or complex; IndexError for dims outside [-A.dim(), A.dim()); LinAlgError where that system is singular.

    >>> import mtorch
    >>> mtorch.linalg.tensorsolve(mtorch.eye(6).reshape(2, 3, 6), mtorch.ones(2, 3)).shape
    torch.Size([6])
    """
    A, B = floats(A, "linalg.tensorsolve"), floats(B, "linalg.tensorsolve", "B")
    if dims is not None:
        A = A.movedim(tuple(axis_of(d, A.array.ndim) for d in dims),
                      tuple(range(A.array.ndim - len(dims), A.array.ndim)))
    shape = A.array.shape[B.array.ndim:]
    if math.prod(shape) != B.array.size:
        raise RuntimeError("Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
                           f"prod(self.shape[:other.ndim]), but got {math.prod(shape)} != {B.array.size}")
    result = solve(A.reshape(B.array.size, -1), B.reshape(-1)).reshape(shape)
    return result if out is None else into(out, result)
