"""mtorch.linalg: linear algebra, with batches of matrices in the last two dimensions."""
from .functions.linalg.checks import LinAlgError
from .functions.linalg.decomposition import (cholesky, cholesky_ex, eigh, eigvalsh, householder_product, lu, lu_factor,
                                             lu_factor_ex, lu_solve, qr, svd, svdvals)
from .functions.linalg.norms import cond, matrix_norm, norm, vector_norm
from .functions.linalg.products import cross, diagonal, matrix_exp, matrix_power, multi_dot, vander, vecdot
from .functions.linalg.solving import (det, inv, inv_ex, lstsq, matrix_rank, pinv, slogdet, solve, solve_ex,
                                       solve_triangular, tensorinv, tensorsolve)
from .functions.matrix import matmul

__all__ = ["LinAlgError", "cholesky", "cholesky_ex", "cond", "cross", "det", "diagonal", "eigh", "eigvalsh",
           "householder_product", "inv", "inv_ex", "lstsq", "lu", "lu_factor", "lu_factor_ex", "lu_solve", "matmul",
           "matrix_exp", "matrix_norm", "matrix_power", "matrix_rank", "multi_dot", "norm", "pinv", "qr", "slogdet",
           "solve", "solve_ex", "solve_triangular", "svd", "svdvals", "tensorinv", "tensorsolve", "vander", "vecdot",
           "vector_norm"]


def __getattr__(name: str):
    """What needs complex numbers is said to be missing."""
    if name in ("eig", "eigvals", "ldl_factor", "ldl_factor_ex", "ldl_solve"):
        raise NotImplementedError(f"linalg.{name} is not implemented: its results are complex, or it is of no use to "
                                  "networks")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
