"""Tensors put together and taken apart by rows, columns and depth; grids and products of them."""
from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.naming import shown_as
from .. import dtypes
from ..autograd.tape import TensorBase, wrap
from ..caller import program_line
from .arguments import Size, axis_of, numpy_names, require_tensor, result_type_of, sizes_of, to_type, whole_number
from .indexing import index_select
from .joining import cat, stack

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Dims


def _each(function, tensors):
    """A function of one tensor, of several, or of a sequence of them."""
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        return tuple(function(x) for x in tensors[0])
    return function(tensors[0]) if len(tensors) == 1 else tuple(function(x) for x in tensors)


def _with_dimensions(n: int) -> Callable:
    def of(x):
        x, missing = require_tensor(x, f"atleast_{n}d"), n - x.array.ndim
        if missing <= 0:
            return x
        shape = x.array.shape
        if n == 3 and len(shape) in (1, 2):            # (N) is (1, N, 1), (N, M) is (N, M, 1)
            return x.reshape((1,) * (missing - 1) + shape + (1,))
        return x.reshape((1,) * missing + shape)
    return of


def atleast_1d(*tensors: Tensor | Sequence[Tensor]) -> Any:
    """The tensors with at least one dimension, of size 1 where it is new; those that have them are as they were.

    tensors: one, several, or a sequence of them; one gives a Tensor, else they give a tuple

    Shape: () -> (1)
    Raises: TypeError where one is not a Tensor.

    >>> import mtorch
    >>> mtorch.atleast_1d(mtorch.tensor(2))
    tensor([2])
    """
    return _each(_with_dimensions(1), tensors)


def atleast_2d(*tensors: Tensor | Sequence[Tensor]) -> Any:
    """The tensors with at least two dimensions, of size 1 where it is new; those that have them are as they were.

    tensors: one, several, or a sequence of them; one gives a Tensor, else they give a tuple

    Shape: () -> (1, 1); (N) -> (1, N)
    Raises: TypeError where one is not a Tensor.

    >>> import mtorch
    >>> mtorch.atleast_2d(mtorch.tensor([1, 2]))
    tensor([[1, 2]])
    """
    return _each(_with_dimensions(2), tensors)


def atleast_3d(*tensors: Tensor | Sequence[Tensor]) -> Any:
    """The tensors with at least three dimensions, of size 1 where it is new; those that have them are as they were.

    tensors: one, several, or a sequence of them; one gives a Tensor, else they give a tuple

    Shape: () -> (1, 1, 1); (N) -> (1, N, 1); (N, M) -> (N, M, 1)
    Raises: TypeError where one is not a Tensor.

    >>> import mtorch
    >>> mtorch.atleast_3d(mtorch.tensor([1, 2])).shape
    torch.Size([1, 2, 1])
    """
    return _each(_with_dimensions(3), tensors)


def _several(tensors, name: str):
    if isinstance(tensors, TensorBase) or not isinstance(tensors, Sequence):
        raise TypeError(f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not "
                        f"{type(tensors).__name__}")
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty TensorList")
    return [_element(x, i) for i, x in enumerate(tensors)]


def _element(x, i: int):
    if not isinstance(x, TensorBase):
        raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(x).__name__}")
    return x


def hstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors beside each other: along the second dimension, vectors (and scalars) along their only one.

    Shape: (N, A), (N, B) -> (N, A + B); (A), (B) -> (A + B)
    Raises: TypeError where tensors is no sequence of Tensors; RuntimeError where it is empty, or sizes differ in
        another dimension.

    >>> import mtorch
    >>> mtorch.hstack([mtorch.tensor([1]), mtorch.tensor([2, 3])])
    tensor([1, 2, 3])
    """
    xs = [atleast_1d(x) for x in _several(tensors, "hstack")]
    return cat(xs, 0 if xs[0].array.ndim == 1 else 1, out=out)


def vstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors below each other: along the first dimension, vectors as rows.

    Shape: (A, M), (B, M) -> (A + B, M); (M), (M) -> (2, M)
    Raises: TypeError where tensors is no sequence of Tensors; RuntimeError where it is empty, or sizes differ in
        another dimension.

    >>> import mtorch
    >>> mtorch.vstack([mtorch.tensor([1, 2]), mtorch.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    return cat([atleast_2d(x) for x in _several(tensors, "vstack")], 0, out=out)


row_stack = vstack


def dstack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors behind each other: along the third dimension.

    Shape: (N, M, A), (N, M, B) -> (N, M, A + B); (N, M), (N, M) -> (N, M, 2); (M), (M) -> (1, M, 2)
    Raises: TypeError where tensors is no sequence of Tensors; RuntimeError where it is empty, or sizes differ in
        another dimension.

    >>> import mtorch
    >>> mtorch.dstack([mtorch.tensor([1, 2]), mtorch.tensor([3, 4])])
    tensor([[[1, 3],
             [2, 4]]])
    """
    return cat([atleast_3d(x) for x in _several(tensors, "dstack")], 2, out=out)


def column_stack(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The tensors beside each other, vectors (and scalars) as columns.

    Shape: (N, A), (N) -> (N, A + 1)
    Raises: TypeError where tensors is no sequence of Tensors; RuntimeError where it is empty, or sizes differ in
        another dimension.

    >>> import mtorch
    >>> mtorch.column_stack([mtorch.tensor([1, 2]), mtorch.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    xs = [x.reshape(x.numel(), 1) if x.array.ndim <= 1 else x for x in _several(tensors, "column_stack")]
    return cat(xs, 1, out=out)


@numpy_names
def tensor_split(input: Tensor, indices_or_sections: Dims | Tensor | None = None, dim: int = 0, *,
                 sections: int | None = None, indices: Dims | None = None) -> tuple[Tensor, ...]:
    """Pieces of a tensor along dim: views.

    indices_or_sections: how many pieces, > 0, of nearly equal size (the first larger by one where it does not go into
        the size), or the places where one piece ends and the next begins
    dim: the dimension to cut
    sections, indices: instead of indices_or_sections, the one or the other by name

    Shape: (..., N, ...) -> (..., n, ...) for each piece, the n adding up to N
    Raises: TypeError where input is not a Tensor, or the places are not ints; RuntimeError where input has no
        dimension, or there should be no pieces; IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> mtorch.tensor_split(mtorch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    >>> mtorch.tensor_split(mtorch.arange(5), (1, 3))
    (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    x = require_tensor(input, "tensor_split")
    if not x.array.ndim:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    d = axis_of(dim, x.array.ndim)
    n = x.array.shape[d]
    if indices_or_sections is None:
        indices_or_sections = indices if sections is None else sections
    if isinstance(indices_or_sections, TensorBase):
        given = indices_or_sections.array
        if given.dtype != np.int64:
            raise RuntimeError("tensor_split expected tensor_indices_or_sections to have dtype of long, but got "
                               f"{indices_or_sections.dtype}")
        if given.ndim > 1:
            raise RuntimeError("tensor_split expected tensor_indices_or_sections to be a zero-dimensional or "
                               f"one-dimensional tensor, but got a tensor with {given.ndim} dims")
        indices_or_sections = given.tolist()
    if isinstance(indices_or_sections, (int, np.integer)):
        if indices_or_sections <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {indices_or_sections}")
        small, larger = divmod(n, indices_or_sections)
        indices_or_sections = [i * small + min(i, larger) for i in range(1, indices_or_sections)]
    if not isinstance(indices_or_sections, (tuple, list)):
        raise TypeError("tensor_split(): argument 'indices_or_sections' must be int, tuple of ints or Tensor, not "
                        f"{type(indices_or_sections).__name__}")
    edges = [0] + list(sizes_of([list(indices_or_sections)])) + [n]
    cut = [slice(a, b).indices(n) for a, b in zip(edges, edges[1:], strict=False)]
    before = (slice(None),) * d
    return tuple(x[before + (slice(a, max(a, b)),)] for a, b, _ in cut)


def _split_along(name: str, dim_of: Callable[[int], int], needs: int) -> Callable:
    def cut(input: Tensor, *args: Any, sections: int | None = None, indices: Dims | None = None) -> tuple[Tensor, ...]:
        x = require_tensor(input, name)
        if x.array.ndim < needs:
            raise RuntimeError(f"torch.{name} requires a tensor with at least {needs} "
                               f"dimension{'s' if needs > 1 else ''}, but got a tensor with {x.array.ndim} dimensions!")
        d = dim_of(x.array.ndim)
        if args:
            indices, sections = (args, None) if len(args) > 1 else (None, args[0])
        if isinstance(sections, (int, np.integer)):
            n = x.array.shape[d]
            if sections <= 0 or n % sections:
                raise RuntimeError(f"torch.{name} attempted to split along dimension {d}, but the size of the "
                                   f"dimension {n} is not divisible by the split_size {sections}!")
        return tensor_split(x, sections if indices is None else indices, d)
    cut.__name__ = cut.__qualname__ = name
    return cut


hsplit = _split_along("hsplit", lambda ndim: 0 if ndim == 1 else 1, 1)
hsplit.__doc__ = """`tensor_split` along the second dimension (a vector's only one), into equal parts.

    args: how many pieces, or the places where one ends and the next begins, one by one or as one sequence
    sections, indices: the same by name, the number and the places

    Shape: (N, M) -> (N, M / sections) for each piece
    Raises: TypeError where input is not a Tensor, or the places are not ints; RuntimeError where input has too few
        dimensions, or the number of pieces does not go into the size.

    >>> import mtorch
    >>> mtorch.hsplit(mtorch.arange(4), 2)
    (tensor([0, 1]), tensor([2, 3]))
    """
vsplit = _split_along("vsplit", lambda ndim: 0, 2)
vsplit.__doc__ = """`tensor_split` along the first dimension, into equal parts.

    Shape: (N, M) -> (N / sections, M) for each piece
    Arguments and errors as for `hsplit`.

    >>> import mtorch
    >>> mtorch.vsplit(mtorch.tensor([[1], [2]]), 2)
    (tensor([[1]]), tensor([[2]]))
    """
dsplit = _split_along("dsplit", lambda ndim: 2, 3)
dsplit.__doc__ = """`tensor_split` along the third dimension, into equal parts.

    Shape: (N, M, K) -> (N, M, K / sections) for each piece
    Arguments and errors as for `hsplit`.

    >>> import mtorch
    >>> mtorch.dsplit(mtorch.zeros(1, 1, 2), 2)[0].shape
    torch.Size([1, 1, 1])
    """


@shown_as("BlockDiagBackward0")
def block_diag(*tensors: Tensor) -> Tensor:
    """The matrices along the diagonal of a larger one, which is 0 elsewhere; vectors are rows, numbers 1 by 1.

    tensors: of at most two dimensions; of their types the one that holds all

    Shape: (A, B), (C, D) -> (A + C, B + D)
    Raises: TypeError where one is not a Tensor; RuntimeError where one has more than two dimensions.

    >>> import mtorch
    >>> mtorch.block_diag(mtorch.tensor([[1, 2]]), mtorch.tensor(3))
    tensor([[1, 2, 0],
            [0, 0, 3]])
    """
    for i, x in enumerate(tensors):
        if require_tensor(x, "block_diag", "tensors").array.ndim > 2:
            raise RuntimeError("torch.block_diag: Input tensors must have 2 or fewer dimensions. Input "
                               f"{i} has {x.array.ndim} dimensions")
    xs = [atleast_2d(x) for x in tensors]
    if not xs:
        return wrap(np.zeros((1, 0), dtypes.numpy_dtype(None)))
    kind = result_type_of(*xs)
    width, left, rows = sum(x.array.shape[1] for x in xs), 0, []
    for x in xs:
        n, m = x.array.shape
        before, behind = wrap(np.zeros((n, left), kind)), wrap(np.zeros((n, width - left - m), kind))
        rows.append(cat([before, to_type(x, kind), behind], 1))
        left += m
    return cat(rows, 0)


def broadcast_shapes(*shapes: Dims) -> Size:
    """The shape that tensors of these shapes are broadcast to.

    shapes: tuples of sizes; an int is a tuple of one

    Raises: RuntimeError where they do not broadcast; ValueError for a negative size; TypeError for sizes that are not
        ints.

    >>> import mtorch
    >>> mtorch.broadcast_shapes((2, 1), (3,))
    torch.Size([2, 3])
    """
    full = [(s,) if isinstance(s, int) else sizes_of([s]) for s in shapes]
    for s in full:
        if any(n < 0 for n in s):
            raise ValueError(f"broadcast_shapes: sizes must not be negative, got {s}")
    try:
        return Size(np.broadcast_shapes(*full))
    except ValueError:
        raise RuntimeError("Shape mismatch: objects cannot be broadcast to a single shape: "
                           f"{', '.join(map(str, full))}") from None


def broadcast_tensors(*tensors: Tensor | Sequence[Tensor]) -> tuple[Tensor, ...]:
    """The tensors expanded to one shape, without copying.

    tensors: several, or a sequence of them

    Shape: several that broadcast -> what they broadcast to, for each
    Raises: TypeError where one is not a Tensor; RuntimeError where they do not broadcast.

    >>> import mtorch
    >>> mtorch.broadcast_tensors(mtorch.zeros(2, 1), mtorch.zeros(3))[1].shape
    torch.Size([2, 3])
    """
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    xs = [require_tensor(x, "broadcast_tensors", "tensors") for x in given]
    shape = broadcast_shapes(*(x.array.shape for x in xs))
    return tuple(x.expand(shape) for x in xs)


@functools.cache
def _warn_of_indexing() -> None:
    """Once in a process, as torch."""
    warnings.warn("torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.",
                  stacklevel=program_line())


def meshgrid(*tensors: Tensor | Sequence[Tensor], indexing: str | None = None) -> tuple[Tensor, ...]:
    """From vectors of coordinates, the coordinates of every point of the grid: one tensor for each vector, a view of
    it.

    tensors: vectors (a scalar is a vector of one) of one type, several or a sequence of them
    indexing: 'ij', the first vector along the first dimension (and the default, with a warning), or 'xy', along the second

    Shape: (A), (B), (C) -> (A, B, C) for each, with 'xy' (B, A, C)
    Raises: TypeError where one is not a Tensor; RuntimeError where one has more dimensions or another type, there is
        none, or indexing is something else.

    >>> import mtorch
    >>> mtorch.meshgrid(mtorch.tensor([1, 2]), mtorch.tensor([3, 4, 5]), indexing="ij")[0]
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    xs = [_element(x, i) for i, x in enumerate(given)]
    if not xs:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    for x in xs:
        if x.array.ndim > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {x.array.ndim}D")
        if x.dtype is not xs[0].dtype:
            raise RuntimeError("torch.meshgrid expects all tensors to have the same dtype")
    if indexing is None:
        _warn_of_indexing()
    elif indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    swapped = indexing == "xy" and len(xs) > 1
    if swapped:
        xs[0], xs[1] = xs[1], xs[0]
    shape = tuple(x.array.size for x in xs)
    grids = [x.reshape((1,) * i + (x.array.size,) + (1,) * (len(xs) - 1 - i)).expand(shape) for i, x in enumerate(xs)]
    if swapped:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """Every way of taking one element of each vector, a row for each, in the order of the first.

    tensors: K vectors of one type

    Shape: (A), (B), ... -> (A * B * ..., K); one vector alone is as it was
    Raises: TypeError where one is not a Tensor; RuntimeError where one is no vector or of another type, or there is
        none.

    >>> import mtorch
    >>> mtorch.cartesian_prod(mtorch.tensor([1, 2]), mtorch.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    for x in tensors:
        if require_tensor(x, "cartesian_prod", "tensors").array.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(x.array.shape)}")
    if len(tensors) == 1:
        return tensors[0]
    return stack([g.flatten() for g in meshgrid(*tensors, indexing="ij")], 1)


@shown_as("StackBackward0")
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Every way of choosing r elements of a vector, a row for each.

    r: how many, >= 0
    with_replacement: whether an element may be chosen more than once

    Shape: (N) -> (N over r, r); with_replacement (N + r - 1 over r, r)
    Raises: TypeError where input is not a Tensor or r not an int; RuntimeError where input is no vector, or r is
        negative.

    >>> import mtorch
    >>> mtorch.combinations(mtorch.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    x = require_tensor(input, "combinations")
    if x.array.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(x.array.shape)}")
    if whole_number(r, "combinations", "r") < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    if r == 0:
        return wrap(np.zeros(0, x.array.dtype))
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(x.array.shape[0]), r)), np.int64).reshape(-1, r)
    return x[wrap(rows)]


@numpy_names
def repeat_interleave(input: Tensor, repeats: Tensor | int | None = None, dim: int | None = None, *,
                      output_size: int | None = None) -> Tensor:
    """Each element (of the flattened input where dim is None, else each slice along dim) repeated, copies next to
    each other.

    repeats: how many times, >= 0: a number, or one for each.  repeat_interleave(repeats) alone gives the index of each
        copy
    output_size: of the result along dim; torch saves time by it, here it is only checked

    Shape: (..., N, ...) -> (..., the sum of repeats, ...)
    Raises: TypeError where input is not a Tensor or repeats no int nor Tensor; RuntimeError where repeats are negative,
        not integers, not as many as the slices, or do not add up to output_size; IndexError for a dim outside
        [-input.dim(), input.dim()).

    >>> import mtorch
    >>> mtorch.repeat_interleave(mtorch.tensor([1, 2]), 2)
    tensor([1, 1, 2, 2])
    >>> mtorch.repeat_interleave(mtorch.tensor([1, 2]), mtorch.tensor([1, 3]))
    tensor([1, 2, 2, 2])
    """
    x = require_tensor(input, "repeat_interleave")
    if repeats is None:
        if x.array.ndim != 1:
            raise RuntimeError("repeat_interleave only accept 1D vector as repeat")
        if x.array.dtype not in (np.int64, np.int32):
            raise RuntimeError("repeats has to be Long or Int tensor")
        if x.array.size and x.array.min() < 0:
            raise RuntimeError("repeats can not be negative")
        return wrap(np.repeat(np.arange(x.array.size), x.array))
    flat, d = (x.reshape(-1) if x.array.size else x.flatten(), 0) if dim is None else (x, axis_of(dim, x.array.ndim))
    flat = flat if flat.array.ndim else flat.reshape(1)
    n = flat.array.shape[d]
    if not isinstance(repeats, (TensorBase, int, np.integer)):
        raise TypeError(f"repeat_interleave(): argument 'repeats' must be int or Tensor, not {type(repeats).__name__}")
    counts = repeats.array if isinstance(repeats, TensorBase) else np.asarray(repeats)
    if counts.dtype.kind not in "iu":
        raise RuntimeError("repeats has to be Long or Int tensor")
    if counts.ndim > 1:
        raise RuntimeError("repeats must be 0-dim or 1-dim tensor")
    counts = np.broadcast_to(counts.reshape(-1), (n,)) if counts.size == 1 else counts
    if counts.size != n:
        raise RuntimeError("repeats must have the same size as input along dim, but got repeats.size(0) = "
                           f"{counts.size} and input.size({d}) = {n}")
    if counts.size and counts.min() < 0:
        raise RuntimeError("repeats can not be negative")
    if output_size is not None and output_size != counts.sum():
        raise RuntimeError(f"repeat_interleave: output_size is {output_size}, but repeats sum to {counts.sum()}")
    return index_select(flat, d, wrap(np.repeat(np.arange(n), counts)))
