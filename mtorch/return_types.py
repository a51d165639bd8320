"""What functions of several results return: tuples whose parts also have names, and print as torch's do."""
from __future__ import annotations

from collections import namedtuple


def _kind(name: str, *fields: str) -> type:
    """A named tuple that shows itself under `torch.return_types`, a line for each part."""
    def shown(self) -> str:
        parts = ",\n".join(f"{field}={value!r}" for field, value in zip(fields, self, strict=True))
        return f"torch.return_types.{name}(\n{parts})"
    return type(name, (namedtuple(name, fields),), {"__slots__": (), "__repr__": shown, "__module__": __name__})


max, min = _kind("max", "values", "indices"), _kind("min", "values", "indices")
aminmax = _kind("aminmax", "min", "max")
cummax, cummin = _kind("cummax", "values", "indices"), _kind("cummin", "values", "indices")
median, nanmedian = _kind("median", "values", "indices"), _kind("nanmedian", "values", "indices")
mode, kthvalue = _kind("mode", "values", "indices"), _kind("kthvalue", "values", "indices")
sort, topk = _kind("sort", "values", "indices"), _kind("topk", "values", "indices")
histogram = _kind("histogram", "hist", "bin_edges")
linalg_inv_ex, linalg_solve_ex = _kind("linalg_inv_ex", "inverse", "info"), _kind("linalg_solve_ex", "result", "info")
linalg_cholesky_ex = _kind("linalg_cholesky_ex", "L", "info")
linalg_slogdet = _kind("linalg_slogdet", "sign", "logabsdet")
linalg_qr, qr = _kind("linalg_qr", "Q", "R"), _kind("qr", "Q", "R")
linalg_svd, svd = _kind("linalg_svd", "U", "S", "Vh"), _kind("svd", "U", "S", "V")
linalg_eigh, linalg_lu = _kind("linalg_eigh", "eigenvalues", "eigenvectors"), _kind("linalg_lu", "P", "L", "U")
linalg_lu_factor = _kind("linalg_lu_factor", "LU", "pivots")
linalg_lu_factor_ex = _kind("linalg_lu_factor_ex", "LU", "pivots", "info")
lu_unpack = _kind("lu_unpack", "P", "L", "U")
linalg_lstsq = _kind("linalg_lstsq", "solution", "residuals", "rank", "singular_values")
triangular_solve = _kind("triangular_solve", "solution", "cloned_coefficient")
frexp = _kind("frexp", "mantissa", "exponent")
histogramdd = _kind("histogramdd", "hist", "bin_edges")
lu = _kind("lu", "LU", "pivots", "info")
