"""Rules of sparse matrices: products with dense ones, of which only the places in a pattern count."""
from __future__ import annotations

import numpy as np

from ..autograd.tape import TensorBase, op


class Pattern:
    """Where the values of a sparse matrix lie; sorted by rows once, used by every product."""

    def __init__(self, rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> None:
        self.rows, self.columns, self.shape = rows, columns, shape
        self._sorted: tuple | None = None

    def matrix(self, values: np.ndarray):
        """SciPy's matrix of these values."""
        import scipy.sparse
        if self._sorted is None:
            order = np.lexsort((self.columns, self.rows))
            starts = np.concatenate([[0], np.cumsum(np.bincount(self.rows, minlength=self.shape[0]))])
            self._sorted = order, self.columns[order].astype(np.int32), starts.astype(np.int32)
        order, columns, starts = self._sorted
        return scipy.sparse.csr_array((values[order], columns, starts), shape=self.shape)


@op(name="SparseAddmmBackward0")
def product(values, dense, *, pattern, transposed=False):
    """y = s dense, or s^T dense, where s has these values in a pattern.  values (E), dense (N, K) -> (M, K)

    dL/dvalues[e] = g[row e] . dense[column e];  dL/ddense = s^T g
    """
    if isinstance(values, TensorBase) or isinstance(dense, TensorBase):
        y = product(values, dense, pattern=pattern, transposed=transposed)
    else:
        s = pattern.matrix(values)
        y = np.asarray((s.T if transposed else s) @ dense, dtype=values.dtype)
    return y, (lambda g: sampled(*((dense, g) if transposed else (g, dense)), pattern=pattern),
               lambda g: product(values, g, pattern=pattern, transposed=not transposed))


@op
def sampled(a, b, *, pattern):
    """y[e] = a[row e] . b[column e]: a b^T at the places of a pattern alone.  a (M, K), b (N, K) -> (E)"""
    if isinstance(a, TensorBase) or isinstance(b, TensorBase):
        y = sampled(a, b, pattern=pattern)
    else:
        y = np.einsum("ek,ek->e", a[pattern.rows], b[pattern.columns])
    return y, (lambda g: product(g, b, pattern=pattern), lambda g: product(g, a, pattern=pattern, transposed=True))
