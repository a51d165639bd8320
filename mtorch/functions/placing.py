"""Where elements lie: on diagonals, in triangles, in windows; rotated; at an index counted through all dimensions."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.naming import shown_as
from .. import dtypes
from ..autograd.tape import TensorBase, wrap
from ..autograd.views import is_view
from ..ops import shape as rules, windows
from ..strides import memory_order
from .arguments import axis_of, require_tensor, sizes_of, whole_number
from .memory_order import put_in_order
from .output import into
from .creation import _placed
from .rearranging import diag, flip

if TYPE_CHECKING:
    from ..device import device as Device
    from ..tensor import Tensor


@shown_as("Rot90Backward0")
def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Turned k times by 90 degrees, in the plane of two dimensions, from the first towards the second.

    k: how often; below 0 the other way
    dims: the two dimensions

    Shape: any of two dimensions or more -> the same, the two sizes exchanged where k is odd.
    Raises: TypeError for a k or dims that are no ints; IndexError for a dim out of range; RuntimeError for dims that
        are not two different ones, and an input of fewer dimensions.

    >>> import mtorch
    >>> mtorch.rot90(mtorch.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    x = require_tensor(input, "rot90")
    k = whole_number(k, "rot90", "k")
    if not isinstance(dims, (tuple, list)):
        raise TypeError(f"rot90(): argument 'dims' must be tuple of ints, not {type(dims).__name__}")
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if x.array.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {x.array.ndim}")
    a, b = (axis_of(d, x.array.ndim) for d in dims)
    if a == b:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    k %= 4
    if k == 0:
        return x.clone()
    if k == 2:
        return flip(x, (a, b))
    return flip(x, b).transpose(a, b) if k == 1 else flip(x, a).transpose(a, b)


@shown_as("DiagEmbedBackward0")
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Zeros with the last dimension of input on a diagonal of two new dimensions.

    offset: which one: 0 the main one, k that which starts k further in dim2, -k k further in dim1
    dim1, dim2: where the new dimensions stand in the result

    Shape: (..., N) -> (..., N + |offset|, N + |offset|).
    Raises: TypeError for what is no tensor, and an offset that is no int; IndexError for a 0-dim tensor and a dim out
        of range; RuntimeError where dim1 and dim2 are one.

    >>> import mtorch
    >>> mtorch.diag_embed(mtorch.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    x, offset = require_tensor(input, "diag_embed"), whole_number(offset, "diag_embed", "offset")
    if not x.array.ndim:
        raise IndexError("Dimension out of range (expected to be in range of [-1, 0], but got -1)")
    ndim = x.array.ndim + 1
    a, b = axis_of(dim1, ndim), axis_of(dim2, ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    n = x.array.shape[-1] + abs(offset)
    rest = iter(x.array.shape[:-1])
    shape = tuple(n if d in (a, b) else next(rest) for d in range(ndim))
    return rules.diagonal_scatter(x, shape=shape, offset=offset, dim0=a, dim1=b)


@shown_as("DiagEmbedBackward0")
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """The matrix with all elements of input on a diagonal and zeros elsewhere.

    offset: which one: 0 the main one, k that which starts k columns to the right, -k k rows down

    Shape: any of N elements -> (N + |offset|, N + |offset|).
    Raises: TypeError for what is no tensor, and an offset that is no int.

    >>> import mtorch
    >>> mtorch.diagflat(mtorch.tensor([[1, 2]]))
    tensor([[1, 0],
            [0, 2]])
    """
    x = require_tensor(input, "diagflat")
    return diag(x.reshape(x.array.size), whole_number(offset, "diagflat", "offset"))


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: dtypes.dtype = dtypes.int64,
                 device: str | Device | None = None, layout: Any = None, pin_memory: bool = False) -> Tensor:
    """The rows and columns of the elements on and below a diagonal of a matrix, row by row.

    row, col: the size of the matrix, both >= 0
    offset: which diagonal: 0 the main one, k that which starts k columns to the right, -k k rows down
    dtype: int64 or int32
    layout, pin_memory: taken, and of no effect

    Shape: (2, K).
    Raises: TypeError for what is no int; RuntimeError for a size below 0 and another device than the CPU;
        NotImplementedError for other types.

    >>> import mtorch
    >>> mtorch.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    return _triangle_indices(np.tril_indices, row, col, offset, dtype, device)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: dtypes.dtype = dtypes.int64,
                 device: str | Device | None = None, layout: Any = None, pin_memory: bool = False) -> Tensor:
    """The rows and columns of the elements on and above a diagonal of a matrix, row by row.

    Arguments, shape and errors as for `tril_indices`.

    >>> import mtorch
    >>> mtorch.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    return _triangle_indices(np.triu_indices, row, col, offset, dtype, device)


def _triangle_indices(of, row, col, offset, dtype, device):
    if device is not None:
        _placed(device)
    kind, name = dtypes.numpy_dtype(dtype), of.__name__
    if kind not in (np.int32, np.int64):
        raise NotImplementedError(f'"{name}" not implemented for {dtype}: expected int32 or int64')
    for argument, n in (("row", row), ("col", col)):
        if whole_number(n, name, argument) < 0:
            raise RuntimeError(f"{name}: {argument} must be non-negative, got {n}")
    return wrap(np.stack(of(row, whole_number(offset, name, "offset"), col)).astype(kind))


def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """Summed over the dimensions that broadcasting from size would add or repeat.

    >>> import mtorch
    >>> mtorch.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    x, wanted = require_tensor(input, "sum_to_size"), sizes_of(size)
    lead = x.array.ndim - len(wanted)
    if lead < 0 or any(w not in (1, n) for w, n in zip(wanted, x.array.shape[lead:], strict=True)):
        raise RuntimeError(f"size {{{list(wanted)}}} is not expandable to size {{{list(x.array.shape)}}}.")
    dims = tuple(range(lead)) + tuple(lead + i for i, w in enumerate(wanted) if w == 1 and x.array.shape[lead + i] != 1)
    return x.sum(dims, keepdim=True).reshape(wanted) if dims else x


def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Windows of the given size, `step` apart along a dimension, each along a new last dimension: a view.

    >>> import mtorch
    >>> mtorch.arange(4).unfold(0, 2, 1)
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    x = require_tensor(input, "unfold")
    d = axis_of(dimension, x.array.ndim)
    n = x.array.shape[d] if x.array.ndim else 1
    size, step = whole_number(size, "unfold", "size"), whole_number(step, "unfold", "step")
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    if size > n:
        raise RuntimeError(f"maximum size for tensor at dimension {dimension} is {n} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    x = x if x.array.ndim else x.reshape(1)
    result = windows.sliding(x, dim=d, size=size, step=step)
    return result if input.array.ndim else result.squeeze(0)


def as_strided(input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
    """The memory of input read with any strides from any offset: a view.

    Where input is a view of a part of its memory, or was computed and does not lie in order, there is no telling what
        its memory holds: an error.

    size: the shape of the result
    stride: for each of its dimensions, how many elements apart neighbours are, >= 0
    storage_offset: the element to begin with, >= 0; None for the first

    Shape: any -> size.
    Raises: TypeError for what is no int; RuntimeError for size and stride of two lengths, numbers below 0, and elements
        beyond the end of the memory; NotImplementedError for an input that is a view of a part of a larger one,
        or does not lie in order.

    >>> import mtorch
    >>> mtorch.as_strided(mtorch.arange(4), (2, 2), (1, 1))
    tensor([[0, 1],
            [1, 2]])
    """
    x, sizes, steps = require_tensor(input, "as_strided"), sizes_of([size]), sizes_of([stride])
    offset = 0 if storage_offset is None else whole_number(storage_offset, "as_strided", "storage_offset")
    if len(sizes) != len(steps):
        raise RuntimeError(f"mismatch in length of strides and shape: {len(steps)} and {len(sizes)}")
    if any(n < 0 for n in sizes):
        raise RuntimeError(f"as_strided: sizes must not be negative, got {list(sizes)}")
    if any(s < 0 for s in steps) or offset < 0:
        raise RuntimeError("as_strided: Negative strides are not supported at the moment, got strides: "
                           f"{list(steps)}, storage_offset {offset}")
    in_order = x.array.flags.c_contiguous or put_in_order(x)
    if not in_order and is_view(x) and x._alias[0].array.flags.c_contiguous:
        x = x.permute(memory_order(x.array))            # a transposed view is read as what it was transposed from
        in_order = x.array.flags.c_contiguous
    if not in_order or is_view(x) and x.array.size != _owned(x):
        raise NotImplementedError("as_strided: only of a contiguous tensor that is not a view of a larger one; call "
                                  ".clone() first, or use unfold(), expand() or indexing")
    last = offset + sum((n - 1) * s for n, s in zip(sizes, steps, strict=True)) if all(sizes) else -1
    if last >= x.array.size:
        raise RuntimeError(f"setStorage: sizes {list(sizes)}, strides {list(steps)}, storage offset {offset}, "
                           f"requiring a storage of {last + 1} elements are out of bounds for storage of "
                           f"{x.array.size} elements")
    return windows.as_strided(x, size=sizes, stride=steps, offset=offset)


def _owned(x) -> int:
    """How many elements the memory of a tensor holds."""
    from ..autograd.stamps import owner
    return owner(x.array).nbytes // x.array.itemsize


def unravel_index(indices: Tensor, shape: int | Sequence[int] | Tensor) -> tuple[Tensor, ...]:
    """From an index counted through all dimensions, the index in each.

    indices: integers, counted row by row
    shape: the sizes of the dimensions, >= 0; what lies beyond their product begins anew

    Shape: any -> a tuple of one for each dimension of `shape`, each of the same, of int64.
    Raises: TypeError for indices or a shape that are no integers; ValueError for a size below 0.

    >>> import mtorch
    >>> mtorch.unravel_index(mtorch.tensor(5), (2, 3))
    (tensor(1), tensor(2))
    """
    i = require_tensor(indices, "unravel_index", "indices").array
    if i.dtype.kind not in "iu":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = tuple(shape.array.reshape(-1).tolist()) if isinstance(shape, TensorBase) else sizes_of([shape]) \
        if isinstance(shape, (tuple, list)) else (whole_number(shape, "unravel_index", "shape"),)
    if any(n < 0 for n in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(sizes)}")
    i, found, below = i.astype(np.int64), [], math.prod(sizes)
    for n in sizes:
        below = below // n if n else 0
        found.append(wrap(np.asarray(i // below % n if below else np.zeros_like(i))))
    return tuple(found)


def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1, out: Tensor | None = None) -> Tensor:
    """The indices of the first `size` elements that are not zero: a result whose size is known beforehand.

    size: how many rows, >= 0
    fill_value: what stands in the rows for which there are no elements

    Shape: any -> (size, input.dim()), of int64.
    Raises: TypeError for what is no tensor, and a size or fill_value that is no int; RuntimeError for a size below 0.

    >>> import mtorch
    >>> mtorch.nonzero_static(mtorch.tensor([0, 5]), size=2)
    tensor([[ 1],
            [-1]])
    """
    if whole_number(size, "nonzero_static", "size") < 0:
        raise RuntimeError(f"nonzero_static: 'size' must be an non-negative integer, got {size}")
    fill_value = whole_number(fill_value, "nonzero_static", "fill_value")
    found = np.argwhere(require_tensor(input, "nonzero_static").array)[:size]
    result = np.full((size, input.array.ndim), fill_value, np.int64)
    result[:len(found)] = found
    return wrap(result) if out is None else into(out, wrap(result))
