"""Eigenvalues and eigenvectors.

Source: Golub and Van Loan 2013, "Matrix Computations", 4th edition, chapters 7 (any matrices) and 8 (symmetric ones).
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...autograd.mode import mode as autograd_mode
from ... import return_types
from ...autograd.tape import TensorBase, wrap
from ...ops import linalg as rules
from ..output import into
from .checks import as_ours, squares

if TYPE_CHECKING:
    from ...tensor import Tensor


def _finite(A, name: str):
    A = squares(A, name)
    if not np.isfinite(A.array).all():
        raise RuntimeError(f"torch.{name}: input tensor should not contain infs or NaNs.")
    return A


def eig(A: Tensor, *, out: Sequence[Tensor] | None = None) -> return_types.linalg_eig:
    """The eigenvalues of square matrices, in no order, and their eigenvectors in columns, of length 1; both complex.

    An eigenvector may be turned by any e^(i phi): a loss that changes with it has no gradient.  That of the eigenvectors is
    not finite where two eigenvalues are equal; that of the eigenvalues is.

    Shape: (..., N, N) -> (..., N), (..., N, N)
    Raises: TypeError where A is not a Tensor; RuntimeError where it is not square, not of float32, float64 or complex, or
        has inf or nan, and in backward where the loss changes with phi.

    >>> import mtorch
    >>> mtorch.linalg.eig(mtorch.tensor([[0.0, -1.0], [1.0, 0.0]])).eigenvalues
    tensor([0.+1.j, 0.-1.j])
    """
    A = _finite(A, "linalg.eig")
    with as_ours("linalg.eig"):
        w, v = rules.eig(A)
    if v._requires_grad:
        _watch_phases(v, "linalg_eig_backward")
    result = return_types.linalg_eig(w, v)
    return result if out is None else into(out, result)


def _watch_phases(v, name: str) -> None:
    """Raise in backward where the loss changes when an eigenvector is turned by e^(i phi).

    A gradient that is recorded is looked at for the last time: when it is differentiated itself, it comes to v in pieces, of
    which each may change though their sum does not.
    """
    vectors, recorded = v.array, []    # type: ignore[var-annotated]

    def look(g) -> None:
        if not recorded and not (np.abs((vectors.conj() * g.array).sum(-2).imag) <= 1e-2).all():
            raise RuntimeError(f"{name}: The eigenvectors in the complex case are specified up to "
                               "multiplication by e^{i phi}. The specified loss function depends on this quantity, so it is "
                               "ill-defined.")
        if autograd_mode.recording:
            recorded.append(True)
    v.register_hook(look)


def watch_of_pairs() -> Callable[[Any], None]:
    """What raises, in backward, where the loss changes as a pair of singular vectors is turned by e^(i phi).

    A gradient that is recorded is the last one it looks at: its own comes in pieces, as above.
    """
    recorded = []

    def look(turned: Any) -> None:
        if isinstance(turned, TensorBase):
            recorded.append(True)
        elif not recorded and not (np.abs(np.diagonal(turned, axis1=-2, axis2=-1).imag) <= 1e-2).all():
            raise RuntimeError("svd_backward: The singular vectors in the complex case are specified up to multiplication "
                               "by e^{i phi}. The specified loss function depends on this quantity, so it is ill-defined.")
    return look


def eigvals(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The eigenvalues of square matrices, in no order; complex.

    Shape: (..., N, N) -> (..., N)
    Raises: TypeError and RuntimeError as for `eig`.

    >>> import mtorch
    >>> mtorch.linalg.eigvals(mtorch.tensor([[2.0, 1.0], [0.0, 1.0]]))
    tensor([2.+0.j, 1.+0.j])
    """
    A = _finite(A, "linalg.eigvals")
    with as_ours("linalg.eigvals"):
        if A._requires_grad and autograd_mode.recording:          # its gradient is made of the eigenvectors
            result = rules.eig(A)[0]
        else:
            result = wrap(rules.as_complex(np.linalg.eigvals(A.array)))
    return result if out is None else into(out, result)


def _triangle_read(A, name: str, UPLO: str):
    A = squares(A, name)
    if str(UPLO).upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    return A if UPLO.upper() == "L" else A.mH


def eigh(A: Tensor, UPLO: str = "L", *, out: Sequence[Tensor] | None = None) -> return_types.linalg_eigh:
    """The eigenvalues of symmetric (complex: Hermitian) matrices in ascending order, and their eigenvectors in columns.

    The gradient of the eigenvectors is not finite where two eigenvalues are equal; that of the eigenvalues is.

    UPLO: which triangle of A is read, 'L' for the lower, 'U' for the upper

    Shape: (..., N, N) -> (..., N), (..., N, N)
    Raises: TypeError where A is not a Tensor; RuntimeError where it is not square or not of float32, float64 or complex, or UPLO
        is another word.

    >>> import mtorch
    >>> mtorch.linalg.eigh(mtorch.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    tensor([1., 2.])
    """
    A = _triangle_read(A, "linalg.eigh", UPLO)
    with as_ours("linalg.eigh"):
        w, v = rules.eigh(A)
    if v._requires_grad and v.is_complex():
        _watch_phases(v, "linalg_eigh_backward")
    result = return_types.linalg_eigh(w, v)
    return result if out is None else into(out, result)


def eigvalsh(A: Tensor, UPLO: str = "L", *, out: Tensor | None = None) -> Tensor:
    """The eigenvalues of symmetric (complex: Hermitian) matrices, in ascending order.

    Shape: (..., N, N) -> (..., N)
    Errors and UPLO as for `eigh`.

    >>> import mtorch
    >>> mtorch.linalg.eigvalsh(mtorch.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([1., 2.])
    """
    A = _triangle_read(A, "linalg.eigvalsh", UPLO)
    with as_ours("linalg.eigvalsh"):
        result = rules.eigvalsh(A)
    return result if out is None else into(out, result)
