"""Sparse tensors as graph networks use them: coordinates and values (COO), and products with dense matrices.

A sparse tensor keeps its values as an ordinary Tensor, so that gradients reach them by ordinary operations.  It has no
array: a function that is not written for sparse tensors says so with NotImplementedError, and gives nothing wrong.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.naming import named, shown_as
from ..autograd.tape import TensorBase, wrap
from ..functions.arguments import Size, axis_of, require_tensor
from ..functions.creation import zeros
from ..functions.joining import cat
from ..ops import sparse as rules
from ..printing import format_sparse
from ..strides import layout as Layout
from ..tensor import Tensor, _disabled_torch_function_impl
from .methods import Methods, be_asked, multiplied

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import Dims, Number


class SparseTensor(Methods, Tensor):          # type: ignore[misc]    # of which less is asked
    """A tensor of which only some elements, at given coordinates, are kept; the others are 0.

    indices (D, E): the coordinates of E values in the first D dimensions; values (E, ...).  One place may occur more
    than once: its values are added up, which `coalesce()` does.  `sparse_coo_tensor` makes them.

    >>> import mtorch
    >>> a = mtorch.sparse_coo_tensor([[0, 1], [1, 0]], [2.0, 3.0], (2, 2))
    >>> a @ mtorch.ones(2, 1)
    tensor([[2.],
            [3.]])
    """

    __slots__ = ()
    _shown = "torch.Tensor"
    __torch_function__ = _disabled_torch_function_impl     # type: ignore[assignment]
    is_sparse = True
    layout = Layout("torch.sparse_coo")

    def __init__(self, indices: np.ndarray, values: Tensor, size: tuple[int, ...], coalesced: bool = False) -> None:
        self._grad = self._node = self._alias = None
        self._places, self._elements, self._size = indices, values, Size(size)
        self._coalesced = coalesced or indices.shape[1] < 2
        self._pattern: rules.Pattern | None = None
        be_asked(SparseTensor)

    @property
    def array(self) -> np.ndarray:                     # type: ignore[override]
        """Sparse tensors have none."""
        raise NotImplementedError("this operation is not implemented for sparse tensors: call .to_dense() first, or "
                                  "use @, mm, spmm, sparse.mm, +, * and what mtorch.sparse has")

    # ---- what it is ----------------------------------------------------------------------------

    shape = property(lambda self: self._size, doc="The size of each dimension.")
    dtype = property(lambda self: self._elements.dtype, doc="The type of the values.")
    ndim = property(lambda self: len(self._size), doc="The number of dimensions.")

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of one dimension."""
        return self._size if dim is None else self._size[axis_of(dim, len(self._size))]

    def dim(self) -> int:
        """The number of dimensions."""
        return len(self._size)

    ndimension = dim

    def numel(self) -> int:
        """The number of elements, zeros included."""
        return self._size.numel()

    def sparse_dim(self) -> int:
        """The number of dimensions that indices stand for."""
        return len(self._places)

    def dense_dim(self) -> int:
        """The number of dimensions of each value."""
        return self._elements.dim() - 1

    def is_coalesced(self) -> bool:
        """Whether every place occurs once, in order."""
        return self._coalesced

    def is_floating_point(self) -> bool:
        """Whether the values are floating point numbers."""
        return self._elements.is_floating_point()

    def is_complex(self) -> bool:
        """Whether the values are complex numbers."""
        return self._elements.is_complex()

    def element_size(self) -> int:
        """The bytes of one value."""
        return self._elements.element_size()

    def _nnz(self) -> int:
        return self._places.shape[1]

    def _indices(self) -> Tensor:
        return wrap(self._places)

    def _values(self) -> Tensor:
        return self._elements

    def indices(self) -> Tensor:
        """The coordinates (D, E) of a coalesced tensor."""
        self._require_coalesced("indices")
        return wrap(self._places)

    def values(self) -> Tensor:
        """The values (E, ...) of a coalesced tensor."""
        self._require_coalesced("values")
        return self._elements

    def _require_coalesced(self, what: str) -> None:
        if not self._coalesced:
            raise RuntimeError(f"Cannot get {what} on an uncoalesced tensor, please call .coalesce() first")

    def __repr__(self, *, tensor_contents=None) -> str:        # type: ignore[override]
        node = self._elements.grad_fn
        return format_sparse(self._index_arrays(), self._elements.array, self._size, self.layout,
                             requires_grad=self.requires_grad, grad_fn_name=None if node is None else node.name())

    def _index_arrays(self) -> dict[str, np.ndarray]:
        return {"indices": self._places}

    # ---- gradients: those of the values --------------------------------------------------------

    @property
    def _requires_grad(self) -> bool:                  # type: ignore[override]
        return self._elements._requires_grad

    def requires_grad_(self, requires_grad: bool = True) -> SparseTensor:
        """Say whether gradients are to be computed for the values; returns the tensor."""
        self._elements.requires_grad_(requires_grad)
        return self

    @property                                          # type: ignore[misc]
    def grad(self) -> SparseTensor | None:
        """The gradient of the values, in the same places; None where there is none."""
        return None if self._elements.grad is None else self._with(self._elements.grad)

    @property
    def is_leaf(self) -> bool:
        """Whether the values were made by the user."""
        return self._elements.is_leaf

    def detach(self) -> SparseTensor:
        """The same places and values, without history."""
        return self._with(self._elements.detach())

    data = property(detach, doc="The same places and values, without history.")

    # ---- other forms ---------------------------------------------------------------------------

    def _with(self, values: Tensor) -> SparseTensor:
        """Other values in the same places."""
        twin = SparseTensor(self._places, values, self._size, self._coalesced)
        twin._pattern = self._pattern
        return twin

    def _made(self, places: np.ndarray, values: Tensor, size: Any) -> SparseTensor:
        """Values in other places."""
        return self._formed(SparseTensor(places, values, tuple(size)))

    def _formed(self, result: SparseTensor) -> SparseTensor:
        """What was computed of two such tensors, in their form."""
        return result

    def coalesce(self) -> SparseTensor:
        """Each place once, its values added up, in the order of rows."""
        if self._coalesced:
            return self
        flat = np.ravel_multi_index(tuple(self._places), self._size[:len(self._places)]) if self._nnz() else \
            np.zeros(0, np.int64)
        found, where = np.unique(flat, return_inverse=True)
        places = np.stack(np.unravel_index(found, self._size[:len(self._places)])).astype(np.int64)
        values = zeros((len(found), *self._elements.shape[1:]), dtype=self.dtype)
        sums = named(values.index_add(0, wrap(where.reshape(-1)), self._elements), "CoalesceBackward0")
        return SparseTensor(places, sums, self._size, True)

    @shown_as("ToDenseBackward0")
    def to_dense(self, dtype: dtypes.dtype | None = None, *, masked_grad: bool | None = None) -> Tensor:
        """The ordinary tensor, zeros and all."""
        key = tuple(wrap(i) for i in self._places)
        result = zeros(self._size, dtype=self.dtype).index_put(key, self._elements, accumulate=True)
        return result if dtype is None else result.to(dtype)

    def to_sparse_coo(self) -> SparseTensor:
        """The tensor itself."""
        return self

    def to(self, *args: Any, **kwargs: Any) -> SparseTensor:
        """In another type, on the CPU."""
        values = self._elements.to(*args, **kwargs)
        return self if values is self._elements else self._with(values)

    def clone(self, *, memory_format: Any = None) -> SparseTensor:
        """A copy."""
        return SparseTensor(self._places.copy(), self._elements.clone(), self._size, self._coalesced)

    def transpose(self, dim0: int, dim1: int) -> SparseTensor:
        """Two of the dimensions that indices stand for, exchanged."""
        a, b = (axis_of(d, len(self._size)) for d in (dim0, dim1))
        if max(a, b) >= len(self._places):
            raise RuntimeError("transpose: only the sparse dimensions of a sparse tensor can be exchanged")
        order = list(range(len(self._size)))
        order[a], order[b] = order[b], order[a]
        places = self._places[order[:len(self._places)]]
        return SparseTensor(places, self._elements, tuple(self._size[d] for d in order), a == b and self._coalesced)

    def t(self) -> SparseTensor:
        """A matrix with rows and columns exchanged."""
        if len(self._size) > 2:
            raise RuntimeError("t() expects a tensor with <= 2 sparse and 0 dense dimensions, but got "
                               f"{len(self._size)}D")
        return self.transpose(0, 1)

    T = property(lambda self: self.t(), doc="A matrix with rows and columns exchanged.")

    def __reduce_ex__(self, protocol):
        return _rebuilt, (self._places, self._elements, tuple(self._size), self._coalesced)

    def __deepcopy__(self, memo):
        import copy
        values = copy.deepcopy(self._elements, memo)
        return memo.setdefault(id(self), SparseTensor(self._places.copy(), values, self._size, self._coalesced))

    # ---- arithmetic ----------------------------------------------------------------------------

    @shown_as(lambda y, *_: "MmBackward0" if y.dim() > 1 else "MvBackward0")
    def __matmul__(self, other):
        return mm(self, other)

    @shown_as(lambda y, *_: "MmBackward0" if y.dim() > 1 else "MvBackward0")
    def __rmatmul__(self, other):
        return mm(other, self)

    matmul = mm = __matmul__       # type: ignore[assignment]
    mv = __matmul__                # type: ignore[assignment]

    def __add__(self, other):
        if isinstance(other, SparseTensor):
            if other._size != self._size:
                raise RuntimeError(f"add: Expected sizes of 'self' and 'other' to match, but {list(self._size)} != "
                                   f"{list(other._size)}")
            places = np.concatenate([self._places, other._places], 1)
            total = SparseTensor(places, cat([self._elements, other._elements]), self._size).coalesce()
            return self._formed(total) if type(other) is type(self) else total
        if isinstance(other, TensorBase):
            return self.to_dense() + other
        return NotImplemented

    __radd__ = __add__

    def __neg__(self):
        return self._with(-self._elements)

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if isinstance(other, SparseTensor):
            return self._formed(multiplied(self, other))
        if isinstance(other, TensorBase) and other.dim():
            return self._with(sparse_mask(other.expand(self._size), self)._elements * self._elements)
        return self._with(self._elements * other)

    __rmul__ = mul = __mul__       # type: ignore[assignment]

    def add(self, other: Any, *, alpha: Number = 1) -> Any:    # type: ignore[override]
        """The sum with alpha times another tensor: sparse, where that is sparse."""
        return self + (other if alpha == 1 else alpha * other)

    def sub(self, other: Any, *, alpha: Number = 1) -> Any:    # type: ignore[override]
        """What is left without alpha times another tensor: sparse, where that is sparse."""
        return self.add(other, alpha=-alpha)

    subtract = sub                 # type: ignore[assignment]

    def __truediv__(self, other):
        if isinstance(other, TensorBase) and (isinstance(other, SparseTensor) or other.dim()):
            raise NotImplementedError("a sparse tensor can be divided by numbers only")
        return self._with(self._elements / other)

    div = __truediv__              # type: ignore[assignment]

    def sum(self, dim: Dims | None = None, dtype: dtypes.dtype | None = None) -> Tensor:    # type: ignore[override]
        """The sum of all values, or a sparse sum over some dimensions: see `sparse.sum`."""
        return sum(self, dim, dtype)

    # in-place forms would write memory that these do not have
    def __iadd__(self, other):
        return self + other

    __isub__, __imul__, __itruediv__ = __sub__, __mul__, __truediv__


def _rebuilt(places, values, size, coalesced):
    """A sparse tensor out of a pickle."""
    return SparseTensor(places, values, size, coalesced)


def _pattern(x: SparseTensor) -> rules.Pattern:
    if len(x._places) != 2 or x.dense_dim():
        raise RuntimeError(f"mm: the sparse operand must be a matrix of 2 sparse dimensions, got {x.sparse_dim()} "
                           f"sparse and {x.dense_dim()} dense")
    if x._pattern is None:
        x._pattern = rules.Pattern(x._places[0], x._places[1], (x._size[0], x._size[1]))
    return x._pattern


def sparse_mask(input: Tensor, mask: SparseTensor) -> SparseTensor:
    """The elements of input in the places of a sparse mask, sparse.

    Shape: any, mask the same -> the same
    Raises: TypeError where mask is not sparse; RuntimeError where the shapes differ.

    >>> import mtorch
    >>> mask = mtorch.sparse_coo_tensor([[0], [1]], [1.0], (2, 2))
    >>> mtorch.tensor([[1.0, 2.0], [3.0, 4.0]]).sparse_mask(mask).to_dense()
    tensor([[0., 2.],
            [0., 0.]])
    """
    if not isinstance(mask, SparseTensor):
        raise TypeError(f"sparse_mask: mask must be a sparse tensor, got {type(mask).__name__}")
    x = require_tensor(input, "sparse_mask")
    if tuple(x.shape) != tuple(mask._size):
        raise RuntimeError(f"sparse_mask(): operands have incompatible sizes; self has size {list(x.shape)} but mask "
                           f"has size {list(mask._size)}")
    return mask._with(x[tuple(wrap(i) for i in mask._places)])


@shown_as("SparseAddmmBackward0")
def mm(mat1: Tensor, mat2: Tensor, reduce: str | None = None) -> Tensor:
    """The product of two matrices of which at least one is sparse; gradients go to the values and the dense matrix.

    A sparse and a dense matrix (or vector) make a dense one, two sparse matrices a sparse one (without gradients).

    mat1, mat2: the operands
    reduce: None or 'sum' for the product, 'mean' for each row of it divided by how many values that row of mat1 has

    Shape: (N, I) @ (I, O) -> (N, O)
    Raises: TypeError where one is not a Tensor; RuntimeError where sizes or types differ, or one has other dimensions;
        NotImplementedError for another reduce, or one where mat1 is not the sparse one alone, and for a gradient of the
        product of two sparse ones.

    >>> import mtorch
    >>> a = mtorch.sparse_coo_tensor([[0, 1], [1, 0]], [2.0, 3.0], (2, 2))
    >>> mtorch.sparse.mm(a, mtorch.eye(2))
    tensor([[0., 2.],
            [3., 0.]])
    """
    a, b = require_tensor(mat1, "mm", "mat1"), require_tensor(mat2, "mm", "mat2")
    if reduce is not None:
        if reduce not in ("sum", "mean") or not isinstance(a, SparseTensor) or isinstance(b, SparseTensor):
            raise NotImplementedError("sparse.mm: only the sum and mean of a sparse matrix times a dense one are "
                                      f"implemented, got reduce={reduce!r}")
        counts = np.maximum(np.bincount(a._places[0], minlength=a._size[0]), 1)[:, None]
        return mm(a, b) / wrap(counts) if reduce == "mean" else mm(a, b)
    if not isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        return a @ b
    inner = b.shape[-2] if b.dim() > 1 else b.shape[0]
    if a.shape[-1] != inner:
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied: {list(a.shape)} @ {list(b.shape)}, the inner "
                           f"sizes {a.shape[-1]} and {inner} differ")
    if a.dtype != b.dtype:
        raise RuntimeError(f"mm: expected both operands to have the same dtype, got {a.dtype} and {b.dtype}")
    if isinstance(a, SparseTensor) and isinstance(b, SparseTensor):
        return _sparse_product(a, b)
    if not isinstance(a, SparseTensor):                # (b^T a^T)^T
        columns = a.t() if a.dim() > 1 else a.unsqueeze(1)
        y = rules.product(b._elements, columns, pattern=_pattern(b), transposed=True)
        return y.t() if a.dim() > 1 else y.squeeze(1)
    if b.dim() > 2:
        raise RuntimeError(f"mm: the dense operand must be a matrix or a vector, got {b.dim()} dimensions")
    y = rules.product(a._elements, b if b.dim() > 1 else b.unsqueeze(1), pattern=_pattern(a))
    return y if b.dim() > 1 else y.squeeze(1)


def _sparse_product(a: SparseTensor, b: SparseTensor) -> SparseTensor:
    if a.requires_grad or b.requires_grad:
        raise NotImplementedError("the gradient of the product of two sparse matrices is not implemented: make one of "
                                  "them dense")
    y = (_pattern(a).matrix(a._elements.array) @ _pattern(b).matrix(b._elements.array)).tocoo()
    places = np.stack([y.row, y.col]).astype(np.int64)
    result = SparseTensor(places, wrap(y.data), y.shape).coalesce()
    return a._formed(result) if type(a) is type(b) else result


@shown_as("SparseAddmmBackward0")
def addmm(mat: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1.0, alpha: Number = 1.0) -> Tensor:
    """beta * mat + alpha * mat1 @ mat2, mat1 sparse.

    Shape: mat broadcasts to (N, O), mat1 (N, I), mat2 (I, O) -> (N, O)
    Raises: TypeError, RuntimeError and NotImplementedError as for `mm`.

    >>> import mtorch
    >>> a = mtorch.sparse_coo_tensor([[0], [0]], [2.0], (1, 1))
    >>> mtorch.sparse.addmm(mtorch.ones(1, 1), a, mtorch.ones(1, 1))
    tensor([[3.]])
    """
    return beta * mat + alpha * mm(mat1, mat2)


def sum(input: SparseTensor, dim: Dims | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
    """The sum of all values; over some dimensions, a sparse tensor of the others (dense where no sparse ones are left).

    dim: a dimension, several, or None for all
    dtype: the type to sum in; None for input's

    Shape: any -> input's without dim
    Raises: TypeError where input is not sparse; IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> a = mtorch.sparse_coo_tensor([[0, 1], [1, 0]], [2.0, 3.0], (2, 2))
    >>> mtorch.sparse.sum(a), mtorch.sparse.sum(a, 1).to_dense()
    (tensor(5.), tensor([2., 3.]))
    """
    if not isinstance(input, SparseTensor):
        raise TypeError(f"sparse.sum: input must be a sparse tensor, got {type(input).__name__}")
    values = input._elements if dtype is None else input._elements.to(dtype)
    if dim is None:
        return values.sum()
    dims = {axis_of(d, input.dim()) for d in (dim if isinstance(dim, (tuple, list)) else (dim,))}
    sparse = input.sparse_dim()
    inside = tuple(d - sparse + 1 for d in dims if d >= sparse)
    values = values.sum(inside) if inside else values
    left = [d for d in range(sparse) if d not in dims]
    if not left:
        return values.sum(0)
    size = tuple(n for d, n in enumerate(input._size) if d not in dims)
    return SparseTensor(input._places[left], values, size, input._coalesced and len(left) == sparse).coalesce()
