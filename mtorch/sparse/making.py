"""Sparse tensors from indices and values, and from dense tensors."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..autograd.naming import named
from ..autograd.tape import wrap
from ..functions.arguments import require_tensor, sizes_of
from ..functions.creation import _placed, array_of
from ..functions.linalg.checks import capital
from ..tensor import Tensor
from .csr import CsrTensor, by_rows
from .tensor import SparseTensor, sparse_mask

if TYPE_CHECKING:
    from ..functions.hints import DeviceLike


def sparse_coo_tensor(indices: Any = None, values: Any = None, size: Sequence[int] | None = None, *,
                      dtype: dtypes.dtype | None = None, device: DeviceLike | None = None, pin_memory: bool = False,
                      requires_grad: bool = False, check_invariants: bool | None = None,
                      is_coalesced: bool | None = None) -> SparseTensor:
    """A sparse tensor from the coordinates of its values.

    indices: whole numbers >= 0, a column for each value: a Tensor, an array or nested lists; or, alone, the size of an empty
        tensor, which `size` may be as well
    values: numbers, or rows of them; gradients go to a Tensor that is given
    size: of each dimension; None for the smallest that holds the indices
    dtype: of the values; None for their own
    check_invariants: nothing depends on it, the indices are always looked at
    is_coalesced: a promise that no place occurs twice, and that they are in order

    Shape: indices (D, E), values (E, ...) -> D sparse dimensions, and those of a value
    Raises: RuntimeError where indices are no matrix, not as many as values, negative, or outside size, where size does
        not fit them, or device is not the CPU; TypeError for what no tensor can be made of.

    >>> import mtorch
    >>> mtorch.sparse_coo_tensor([[0, 1], [1, 0]], [2.0, 3.0], (2, 2)).to_dense()
    tensor([[0., 2.],
            [3., 0.]])
    """
    _placed(device)
    if values is None and (indices is None) != (size is None):         # there is nothing but a size
        size = indices if size is None else size
        indices = np.empty((len(size), 0))
    if indices is None:
        raise TypeError("sparse_coo_tensor(): expected indices and values, or a size")
    places = np.asarray(array_of(indices)).astype(np.int64)
    if places.ndim != 2:
        raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(places.shape)}")
    elements = _elements([] if values is None else values, dtype, requires_grad)
    if places.shape[1] != (len(elements) if elements.dim() else 0):
        raise RuntimeError(f"indices and values must have same nnz, but got nnz from indices: {places.shape[1]}, nnz "
                           f"from values: {len(elements) if elements.dim() else 0}")
    if places.size and places.min() < 0:
        raise RuntimeError(f"found negative index {places.min()} for dim {int(np.argwhere(places < 0)[0][0])}")
    needed = tuple(int(n) + 1 for n in places.max(1, initial=-1)) + tuple(elements.shape[1:])
    sizes = needed if size is None else sizes_of([size])
    if len(sizes) != len(needed):
        raise RuntimeError(f"number of dimensions must be sparse_dim ({len(places)}) + dense_dim ({elements.dim() - 1}), "
                           f"but got {len(sizes)}")
    for d, (n, least) in enumerate(zip(sizes, needed, strict=True)):
        if d < len(places) and least > n:
            raise RuntimeError(f"size is inconsistent with indices: for dim {d}, size is {n} but found index "
                               f"{least - 1}")
        if d >= len(places) and least != n:
            raise RuntimeError(f"values has incorrect size, expected {list(sizes[len(places):])}, got "
                               f"{list(elements.shape[1:])}")
    return SparseTensor(places, elements, sizes, bool(is_coalesced))


def _elements(values: Any, dtype: dtypes.dtype | None, requires_grad: bool) -> Tensor:
    if not isinstance(values, Tensor):
        values = wrap(array_of(values, dtype))
    elif dtype is not None:
        values = values.to(dtype)
    return values.detach().requires_grad_() if requires_grad else values


def sparse_csr_tensor(crow_indices: Any, col_indices: Any, values: Any, size: Sequence[int] | None = None, *,
                      dtype: dtypes.dtype | None = None, layout: Any = None, device: DeviceLike | None = None,
                      pin_memory: bool = False, requires_grad: bool = False,
                      check_invariants: bool | None = None) -> CsrTensor:
    """A sparse matrix whose values stand row by row.

    crow_indices: where the values of each row begin, and how many there are in all: int32 or int64
    col_indices: the column of each value, of the same type
    values: numbers; gradients go to a Tensor that is given
    size: of the matrix; None for the smallest that holds the indices
    dtype: of the values; None for their own
    layout: taken, and of no effect
    check_invariants: also that the columns of each row are in order, each once; where it is not True, what stands in one
        place is added up.  All else is always looked at

    Shape: crow_indices (N + 1), col_indices (E), values (E) -> (N, M)
    Raises: RuntimeError where the indices do not fit each other, the values or size, or device is not the CPU;
        NotImplementedError for batches of matrices and values of several elements; TypeError for what no tensor can be made
        of.

    >>> import mtorch
    >>> mtorch.sparse_csr_tensor([0, 1, 2], [1, 0], [2.0, 3.0]).to_dense()
    tensor([[0., 2.],
            [3., 0.]])
    """
    _placed(device)
    crow, columns = (np.asarray(array_of(i)) for i in (crow_indices, col_indices))
    elements = _elements(values, dtype, requires_grad)
    count = len(elements) if elements.dim() else 0
    if crow.ndim != 1 or columns.ndim != 1 or elements.dim() != 1 or size is not None and len(size) != 2:
        raise NotImplementedError("sparse_csr_tensor: only matrices are implemented, of vectors crow_indices, col_indices "
                                  f"and values; got {crow.ndim}, {columns.ndim} and {elements.dim()} dimensions, size={size}")
    if not columns.size:
        columns = columns.astype(crow.dtype)           # an empty list has no type of its own
    for found in (crow, columns):
        if found.dtype not in (np.int32, np.int64):
            raise RuntimeError("crow_indices and col_indices dtype must be Int or Long, but got "
                               f"{capital(dtypes.of(found.dtype))}")
    if crow.dtype != columns.dtype:
        raise RuntimeError("crow_indices and col_indices must have the same dtype, bot got "
                           f"{capital(dtypes.of(crow.dtype))} and {capital(dtypes.of(columns.dtype))}, respectively")
    rows, width = sizes_of([size]) if size is not None else (len(crow) - 1, int(columns.max(initial=-1)) + 1)
    if len(crow) != rows + 1:
        raise RuntimeError(f"crow_indices.shape[-1] must be equal to the number of rows + 1 (={rows + 1}), but got "
                           f"{len(crow)}")
    if len(columns) != count:
        raise RuntimeError(f"col_indices.shape[-1] must be equal to nnz (={count}) as defined by values.shape[0], but got "
                           f"{len(columns)}")
    for right, says in ((crow[0] == 0, "crow_indices[..., 0] == 0"), (crow[-1] == count, "crow_indices[..., -1] == nnz"),
                        ((np.diff(crow) >= 0).all(), "0 <= crow_indices[..., 1:] - crow_indices[..., :-1]"),
                        (((columns >= 0) & (columns < width)).all(), "0 <= col_indices < ncols")):
        if not right:
            raise RuntimeError(f"`{says}` is not satisfied.")
    result = CsrTensor(crow, columns, elements, (rows, width))
    if check_invariants and not result._coalesced:
        raise RuntimeError("`col_indices[..., crow_indices[..., i - 1]:crow_indices[..., i]] for all i = 1, ..., nrows are "
                           "sorted and distinct along the last dimension values` is not satisfied.")
    return result


def to_sparse_csr(input: Tensor, dense_dim: int | None = None) -> CsrTensor:
    """The sparse form of a matrix, its values row by row.

    dense_dim: only None or 0: each value is a number

    Shape: (N, M) -> the same
    Raises: TypeError where input is not a Tensor; NotImplementedError where it is no matrix, and for another dense_dim.

    >>> import mtorch
    >>> mtorch.tensor([[0.0, 2.0], [0.0, 0.0]]).to_sparse_csr().crow_indices()
    tensor([0, 1, 1])
    """
    if dense_dim:
        raise NotImplementedError(f"to_sparse_csr: only values of one element are implemented, got dense_dim={dense_dim}")
    x = require_tensor(input, "to_sparse_csr")
    if isinstance(x, SparseTensor):
        return by_rows(x)
    result = by_rows(to_sparse(x))
    named(result._elements, "ToSparseCsrBackward0")
    return result


def to_sparse(input: Tensor, sparse_dim: int | None = None, *, layout: Any = None, blocksize: Any = None,
              dense_dim: int | None = None) -> SparseTensor:
    """The sparse form of a tensor: its elements that are not zero (its slices, where sparse_dim is smaller).

    sparse_dim: how many dimensions become sparse, from 1 to input.dim(); None for all
    layout: `torch.sparse_coo` (None) for coordinates, `torch.sparse_csr` for `to_sparse_csr`

    Shape: any -> the same
    Raises: RuntimeError where sparse_dim is outside its range; NotImplementedError for other layouts, blocks and
        dense_dim.

    >>> import mtorch
    >>> mtorch.tensor([[0.0, 2.0], [0.0, 0.0]]).to_sparse().values()
    tensor([2.])
    """
    x = require_tensor(input, "to_sparse")
    if layout == "torch.sparse_csr" and blocksize is None:
        return to_sparse_csr(x, dense_dim)
    if layout not in (None, "torch.sparse_coo") or blocksize is not None or dense_dim is not None:
        raise NotImplementedError("to_sparse: only the layouts sparse_coo and sparse_csr are implemented, without blocks, "
                                  f"got layout={layout}")
    if isinstance(x, SparseTensor):
        return x.to_sparse_coo()
    n = x.dim() if sparse_dim is None else int(sparse_dim)
    if not 0 < n <= x.dim():
        raise RuntimeError(f"to_sparse: sparse_dim must be from 1 to {x.dim()}, got {n}")
    occupied = x.array != 0 if n == x.dim() else (x.array != 0).any(tuple(range(n, x.dim())))
    places = np.stack(np.nonzero(occupied)).astype(np.int64)
    return SparseTensor(places, named(x[tuple(wrap(i) for i in places)], "ToSparseBackward0"), tuple(x.shape), True)


def to_sparse_coo(input: Tensor) -> SparseTensor:
    """`to_sparse` with coordinates.

    Shape and errors as there.

    >>> import mtorch
    >>> mtorch.tensor([[0.0, 2.0], [0.0, 0.0]]).to_sparse_coo().values()
    tensor([2.])
    """
    return to_sparse(input)


def _old_type(name: str) -> Callable:
    def make(*args: Any) -> SparseTensor:
        kind = getattr(dtypes, name)
        if len(args) >= 2:
            return sparse_coo_tensor(args[0], args[1].to(kind), args[2] if len(args) > 2 else None)
        size = sizes_of(args)
        return sparse_coo_tensor(np.zeros((len(size), 0), np.int64), wrap(np.zeros(0, kind.numpy)), size)
    make.__doc__ = f"A sparse tensor of {name} from indices, values and a size: the older form of `sparse_coo_tensor`."
    return make


FloatTensor, DoubleTensor = _old_type("float32"), _old_type("float64")
LongTensor, IntTensor = _old_type("int64"), _old_type("int32")

# they make what this file defines, so the methods come to Tensor here
Tensor.to_sparse, Tensor.sparse_mask = to_sparse, sparse_mask                # type: ignore[attr-defined]
Tensor.to_sparse_coo, Tensor.to_sparse_csr = to_sparse_coo, to_sparse_csr    # type: ignore[attr-defined]
