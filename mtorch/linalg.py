"""mtorch.linalg: linear algebra, with batches of matrices in the last two dimensions."""
from __future__ import annotations

from typing import Any

from .functions.linalg.checks import LinAlgError
from .functions.linalg.decomposition import (cholesky, cholesky_ex, householder_product, ldl_factor, ldl_factor_ex,
                                             ldl_solve, lu, lu_factor, lu_factor_ex, lu_solve, qr, svd, svdvals)
from .functions.linalg.eigenvalues import eig, eigh, eigvals, eigvalsh
from .functions.linalg.norms import cond, matrix_norm, norm, vector_norm
from .functions.linalg.products import cross, diagonal, matrix_exp, matrix_power, multi_dot, vander, vecdot
from .functions.linalg.solving import (det, inv, inv_ex, lstsq, matrix_rank, pinv, slogdet, solve, solve_ex,
                                       solve_triangular, tensorinv, tensorsolve)
from .functions.matrix import matmul
from .missing import no_attribute

__all__ = ["LinAlgError", "cholesky", "cholesky_ex", "cond", "cross", "det", "diagonal", "eig", "eigh", "eigvals",
           "eigvalsh", "householder_product", "inv", "inv_ex", "ldl_factor", "ldl_factor_ex", "ldl_solve", "lstsq",
           "lu", "lu_factor", "lu_factor_ex", "lu_solve", "matmul", "matrix_exp", "matrix_norm", "matrix_power",
           "matrix_rank", "multi_dot", "norm", "pinv", "qr", "slogdet", "solve", "solve_ex", "solve_triangular", "svd",
           "svdvals", "tensorinv", "tensorsolve", "vander", "vecdot", "vector_norm"]


def __getattr__(name: str) -> Any:
    """What is not there is said to be missing."""
    raise no_attribute(__name__, name, __all__)
