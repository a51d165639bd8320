"""What functions of several results return: tuples whose parts also have names, and print as torch's do."""
# ruff: noqa: UP014 (a line for each; as classes they would fill pages)
from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .tensor import Tensor

max = NamedTuple("max", [("values", "Tensor"), ("indices", "Tensor")])
min = NamedTuple("min", [("values", "Tensor"), ("indices", "Tensor")])
aminmax = NamedTuple("aminmax", [("min", "Tensor"), ("max", "Tensor")])
cummax = NamedTuple("cummax", [("values", "Tensor"), ("indices", "Tensor")])
cummin = NamedTuple("cummin", [("values", "Tensor"), ("indices", "Tensor")])
median = NamedTuple("median", [("values", "Tensor"), ("indices", "Tensor")])
nanmedian = NamedTuple("nanmedian", [("values", "Tensor"), ("indices", "Tensor")])
mode = NamedTuple("mode", [("values", "Tensor"), ("indices", "Tensor")])
kthvalue = NamedTuple("kthvalue", [("values", "Tensor"), ("indices", "Tensor")])
sort = NamedTuple("sort", [("values", "Tensor"), ("indices", "Tensor")])
topk = NamedTuple("topk", [("values", "Tensor"), ("indices", "Tensor")])
histogram = NamedTuple("histogram", [("hist", "Tensor"), ("bin_edges", "Tensor")])
histogramdd = NamedTuple("histogramdd", [("hist", "Tensor"), ("bin_edges", "tuple[Tensor, ...]")])
frexp = NamedTuple("frexp", [("mantissa", "Tensor"), ("exponent", "Tensor")])

linalg_inv_ex = NamedTuple("linalg_inv_ex", [("inverse", "Tensor"), ("info", "Tensor")])
linalg_solve_ex = NamedTuple("linalg_solve_ex", [("result", "Tensor"), ("info", "Tensor")])
linalg_cholesky_ex = NamedTuple("linalg_cholesky_ex", [("L", "Tensor"), ("info", "Tensor")])
linalg_slogdet = NamedTuple("linalg_slogdet", [("sign", "Tensor"), ("logabsdet", "Tensor")])
slogdet = NamedTuple("slogdet", [("sign", "Tensor"), ("logabsdet", "Tensor")])
linalg_qr = NamedTuple("linalg_qr", [("Q", "Tensor"), ("R", "Tensor")])
qr = NamedTuple("qr", [("Q", "Tensor"), ("R", "Tensor")])
linalg_svd = NamedTuple("linalg_svd", [("U", "Tensor"), ("S", "Tensor"), ("Vh", "Tensor")])
svd = NamedTuple("svd", [("U", "Tensor"), ("S", "Tensor"), ("V", "Tensor")])
linalg_eig = NamedTuple("linalg_eig", [("eigenvalues", "Tensor"), ("eigenvectors", "Tensor")])
linalg_eigh = NamedTuple("linalg_eigh", [("eigenvalues", "Tensor"), ("eigenvectors", "Tensor")])
linalg_lu = NamedTuple("linalg_lu", [("P", "Tensor"), ("L", "Tensor"), ("U", "Tensor")])
lu_unpack = NamedTuple("lu_unpack", [("P", "Tensor"), ("L", "Tensor"), ("U", "Tensor")])
linalg_lu_factor = NamedTuple("linalg_lu_factor", [("LU", "Tensor"), ("pivots", "Tensor")])
linalg_lu_factor_ex = NamedTuple("linalg_lu_factor_ex", [("LU", "Tensor"), ("pivots", "Tensor"), ("info", "Tensor")])
linalg_ldl_factor = NamedTuple("linalg_ldl_factor", [("LD", "Tensor"), ("pivots", "Tensor")])
linalg_ldl_factor_ex = NamedTuple("linalg_ldl_factor_ex", [("LD", "Tensor"), ("pivots", "Tensor"), ("info", "Tensor")])
lu = NamedTuple("lu", [("LU", "Tensor"), ("pivots", "Tensor"), ("info", "Tensor")])
linalg_lstsq = NamedTuple("linalg_lstsq", [("solution", "Tensor"), ("residuals", "Tensor"),
                                           ("rank", "Tensor"), ("singular_values", "Tensor")])
triangular_solve = NamedTuple("triangular_solve", [("solution", "Tensor"), ("cloned_coefficient", "Tensor")])


def _shown(self: Any) -> str:
    """The tuple under `torch.return_types`, a line for each part."""
    parts = ",\n".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
    return f"torch.return_types.{type(self).__name__}(\n{parts})"


_kind: Any
for _kind in list(vars().values()):
    if getattr(_kind, "__module__", None) == __name__ and hasattr(_kind, "_fields"):
        _kind.__repr__ = _shown
