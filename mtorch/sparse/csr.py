"""Sparse matrices by rows (compressed sparse rows, CSR), as graph programs hand them to products.

The values and all that is computed of them are those of `SparseTensor`; here are the other indices.  Refused are batches of
matrices and values of several elements.
"""
from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from ..autograd.tape import wrap
from ..strides import layout as Layout
from ..tensor import Tensor
from .tensor import SparseTensor


def _of_coordinates(name: str) -> Any:
    """A method that coordinates alone have, in torch too."""
    def method(self: CsrTensor) -> NoReturn:
        raise RuntimeError(f"{name} expected sparse coordinate tensor layout but got SparseCsr")
    return method


class CsrTensor(SparseTensor):
    """A matrix (N, M) of which only some elements of each row are kept; the others are 0.

    crow_indices (N + 1): where the values of each row begin, and how many there are in all; col_indices (E): their columns;
    values (E).  `sparse_csr_tensor` makes them.

    >>> import mtorch
    >>> a = mtorch.sparse_csr_tensor([0, 1, 2], [1, 0], [2.0, 3.0], (2, 2))
    >>> a @ mtorch.ones(2, 1)
    tensor([[2.],
            [3.]])
    """

    __slots__ = ()
    _shown = "torch.Tensor"
    is_sparse, is_sparse_csr = False, True             # torch's `is_sparse` asks for coordinates
    layout = Layout("torch.sparse_csr")

    def __init__(self, crow: np.ndarray, columns: np.ndarray, values: Tensor, size: tuple[int, ...]) -> None:
        rows = np.repeat(np.arange(size[0]), np.diff(crow))
        places = np.stack([rows, columns]).astype(np.int64)
        in_order = bool((np.diff(places[0] * size[1] + places[1]) > 0).all())
        super().__init__(places, values, size, in_order)
        self._crow, self._columns = crow, columns

    def crow_indices(self) -> Tensor:
        """Where the values of each row begin, and how many there are in all (N + 1)."""
        return wrap(self._crow)

    def col_indices(self) -> Tensor:
        """The column of each value (E)."""
        return wrap(self._columns)

    def values(self) -> Tensor:
        """The values (E), row by row."""
        return self._elements

    def _index_arrays(self) -> dict[str, np.ndarray]:
        return {"crow_indices": self._crow, "col_indices": self._columns}

    def _with(self, values: Tensor) -> CsrTensor:
        twin = CsrTensor(self._crow, self._columns, values, self._size)
        twin._pattern = self._pattern
        return twin

    def clone(self, *, memory_format: Any = None) -> CsrTensor:
        """A copy."""
        return CsrTensor(self._crow.copy(), self._columns.copy(), self._elements.clone(), self._size)

    def __reduce_ex__(self, protocol):
        return CsrTensor, (self._crow, self._columns, self._elements, tuple(self._size))

    def __deepcopy__(self, memo):
        import copy
        values = copy.deepcopy(self._elements, memo)
        return memo.setdefault(id(self), CsrTensor(self._crow.copy(), self._columns.copy(), values, self._size))

    def to_sparse_coo(self) -> SparseTensor:
        """The same with coordinates."""
        return SparseTensor(self._places, self._elements, self._size, self._coalesced)

    def transpose(self, dim0: int, dim1: int) -> SparseTensor:
        """The matrix with rows and columns exchanged, with coordinates: in torch it is compressed by columns."""
        return self.to_sparse_coo().transpose(dim0, dim1)

    def _formed(self, result: SparseTensor) -> CsrTensor:
        return by_rows(result)

    coalesce, indices, is_coalesced = map(_of_coordinates, ("coalesce", "indices", "is_coalesced"))


def by_rows(x: SparseTensor) -> CsrTensor:
    """A sparse matrix in this form."""
    if x.dim() != 2 or x.dense_dim():
        raise NotImplementedError(f"to_sparse_csr: only matrices are implemented, got {x.dim()} dimensions, "
                                  f"{x.dense_dim()} of them dense")
    if isinstance(x, CsrTensor):
        return x
    x = x.coalesce()
    counts = np.bincount(x._places[0], minlength=x._size[0])
    return CsrTensor(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), x._places[1], x._elements, x._size)
