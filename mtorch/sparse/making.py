"""Sparse tensors from coordinates and values, and from dense tensors."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..autograd.tape import wrap
from ..functions.arguments import require_tensor, sizes_of
from ..functions.creation import _placed, array_of
from ..tensor import Tensor
from .tensor import SparseTensor, sparse_mask

if TYPE_CHECKING:
    from ..functions.hints import DeviceLike


def sparse_coo_tensor(indices: Any, values: Any = None, size: Sequence[int] | None = None, *,
                      dtype: dtypes.dtype | None = None, device: DeviceLike | None = None, pin_memory: bool = False,
                      requires_grad: bool = False, check_invariants: bool | None = None,
                      is_coalesced: bool | None = None) -> SparseTensor:
    """A sparse tensor from the coordinates of its values.

    indices: whole numbers >= 0, a column for each value: a Tensor, an array or nested lists; or, alone, the size of an empty
        tensor
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
    if values is None and size is None:                    # there is nothing but a size
        size, indices = indices, np.empty((len(indices), 0))
    places = np.asarray(array_of(indices)).astype(np.int64)
    if places.ndim != 2:
        raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(places.shape)}")
    if isinstance(values, Tensor):
        elements = values if dtype is None else values.to(dtype)
    else:
        elements = wrap(array_of([] if values is None else values, dtype))
    if requires_grad:
        elements = elements.detach().requires_grad_()
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


def to_sparse(input: Tensor, sparse_dim: int | None = None, *, layout: Any = None, blocksize: Any = None,
              dense_dim: int | None = None) -> SparseTensor:
    """The sparse form of a tensor: its elements that are not zero (its slices, where sparse_dim is smaller).

    sparse_dim: how many dimensions become sparse, from 1 to input.dim(); None for all

    Shape: any -> the same
    Raises: RuntimeError where sparse_dim is outside its range; NotImplementedError for other layouts, blocks and
        dense_dim.

    >>> import mtorch
    >>> mtorch.tensor([[0.0, 2.0], [0.0, 0.0]]).to_sparse().values()
    tensor([2.])
    """
    x = require_tensor(input, "to_sparse")
    if layout not in (None, "torch.sparse_coo") or blocksize is not None or dense_dim is not None:
        raise NotImplementedError("to_sparse: only the layout of coordinates (sparse_coo) is implemented, got "
                                  f"layout={layout}")
    n = x.dim() if sparse_dim is None else int(sparse_dim)
    if not 0 < n <= x.dim():
        raise RuntimeError(f"to_sparse: sparse_dim must be from 1 to {x.dim()}, got {n}")
    occupied = x.array != 0 if n == x.dim() else (x.array != 0).any(tuple(range(n, x.dim())))
    places = np.stack(np.nonzero(occupied)).astype(np.int64)
    return SparseTensor(places, x[tuple(wrap(i) for i in places)], tuple(x.shape), True)


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
