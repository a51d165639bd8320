"""Functions that join tensors and take them apart."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..autograd.naming import shown_as
from ..autograd.tape import TensorBase
from ..ops import shape as rules
from .arguments import axis_of, numpy_names, require_tensor, result_type_of, sizes_of, to_type, whole_number
from .output import into

if TYPE_CHECKING:
    from ..tensor import Tensor


def _tensors(tensors, name):
    if isinstance(tensors, TensorBase) or not isinstance(tensors, (tuple, list)):
        raise TypeError(f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not "
                        f"{type(tensors).__name__}")
    for i, x in enumerate(tensors):
        if not isinstance(x, TensorBase):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(x).__name__}")
    if not tensors:
        raise (ValueError if name == "cat" else RuntimeError)(f"{name}: expected a non-empty list of Tensors")
    kind = tensors[0].array.dtype
    for x in tensors:
        if x.array.dtype is not kind:
            break
    else:
        return tensors
    kind = result_type_of(*[x if x.array.ndim else x.reshape(1) for x in tensors])
    return [to_type(x, kind) for x in tensors]


@numpy_names
def cat(tensors: Sequence[Tensor], dim: int = 0, *, out: Tensor | None = None) -> Tensor:
    """Tensors one after the other along dim, in the type that they make together.

    tensors: one or more, which agree in the other dimensions; empty vectors are left out
    dim: the dimension in which they are joined

    Shape: (..., N1, ...), (..., N2, ...), ... -> (..., N1 + N2 + ..., ...).
    Raises: TypeError for what is no list of tensors; ValueError for an empty list; IndexError for a dim out of range;
        RuntimeError for 0-dim tensors and sizes that differ in another dimension.

    >>> import mtorch
    >>> mtorch.cat([mtorch.zeros(1, 2), mtorch.ones(1, 2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    xs = _tensors(tensors, "cat")
    shapes = [x.array.shape for x in xs]
    if () in shapes:
        raise RuntimeError(f"zero-dimensional tensor (at position {shapes.index(())}) cannot be concatenated")
    if (0,) in shapes:                                             # torch lets an empty vector join anything
        xs = [x for x in xs if x.array.shape != (0,)] or xs[:1]
        shapes = [x.array.shape for x in xs]
    first = shapes[0]
    d = axis_of(dim, len(first))
    for i, shape in enumerate(shapes):
        if shape == first:
            continue
        if len(shape) != len(first):
            raise RuntimeError(f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}")
        if shape[:d] + shape[d + 1:] != first[:d] + first[d + 1:]:
            wrong = next(k for k in range(len(first)) if k != d and shape[k] != first[k])
            raise RuntimeError(f"Sizes of tensors must match except in dimension {d}. Expected size {first[wrong]} "
                               f"but got size {shape[wrong]} for tensor number {i} in the list.")
    result = rules.cat(*xs, dim=d)
    return result if out is None else into(out, result)


concat = concatenate = cat


@numpy_names
def stack(tensors: Sequence[Tensor], dim: int = 0, *, out: Tensor | None = None) -> Tensor:
    """Tensors of one shape beside each other along a new dimension.

    tensors: one or more, of one shape
    dim: where the new dimension stands in the result, in [-n, n) for n = dimensions of one + 1

    Shape: K times (..., N, ...) -> (..., K, N, ...).
    Raises: TypeError for what is no list of tensors; IndexError for a dim out of range; RuntimeError for an empty list
        and shapes that differ.

    >>> import mtorch
    >>> mtorch.stack([mtorch.zeros(2), mtorch.ones(2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    xs = _tensors(tensors, "stack")
    first = xs[0].array.shape
    for i, x in enumerate(xs):
        if x.array.shape != first:
            raise RuntimeError(f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and "
                               f"{list(x.array.shape)} at entry {i}")
    result = rules.stack(*xs, dim=axis_of(dim, len(first) + 1))
    return result if out is None else into(out, result)


@shown_as(lambda y, tensor, split_size_or_sections, *_, **__:
          "SplitBackward0" if isinstance(split_size_or_sections, int) else "SplitWithSizesBackward0")
def split(tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces along dim: views.

    tensor: what is taken apart, of one dimension or more
    split_size_or_sections: the size of each piece, > 0, the last one the rest; or a list of sizes, which make the whole
    dim: the dimension

    Shape: (..., N, ...) -> pieces (..., n, ...).
    Raises: TypeError for what is no tensor and sizes that are no ints; IndexError for a dim out of range; RuntimeError
        for a 0-dim tensor, sizes below 0, and a list of sizes that do not make the whole.

    >>> import mtorch
    >>> mtorch.split(mtorch.arange(5), 2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    x = require_tensor(tensor, "split", "tensor")
    if x.array.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    d = axis_of(dim, x.array.ndim)
    n = x.array.shape[d]
    if isinstance(split_size_or_sections, (tuple, list)):
        sizes = sizes_of([split_size_or_sections])
        if sum(sizes) != n or any(s < 0 for s in sizes):
            raise RuntimeError(f"split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at "
                               f"dimension {d}), but got split_sizes={list(sizes)}")
    else:
        size = whole_number(split_size_or_sections, "split", "split_size_or_sections")
        if size < 0 or size == 0 and n != 0:
            raise RuntimeError("split expects split_size be non-negative, and 0 only of a dimension of size 0, but got "
                               f"split_size={size} of size {n}")
        sizes = (n,) if n == 0 or size == 0 else tuple(min(size, n - i) for i in range(0, n, size))
    return rules.split(x, sizes=sizes, dim=d)


@numpy_names
@shown_as("SplitWithSizesBackward0")
def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces of the given sizes along dim: views.

    split_sizes: the size of each piece; together input.size(dim)
    dim: the dimension

    Shape and errors as for `split`.

    >>> import mtorch
    >>> mtorch.split_with_sizes(mtorch.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    if not isinstance(split_sizes, (tuple, list)):
        raise TypeError("split_with_sizes(): argument 'split_sizes' must be tuple of ints, not "
                        f"{type(split_sizes).__name__}")
    return split(require_tensor(input, "split_with_sizes"), list(split_sizes), dim)


@numpy_names
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """At most so many pieces of equal size along dim, the last one the rest: views.

    chunks: how many, > 0; there are fewer where input.size(dim) is used up sooner
    dim: the dimension

    Shape: (..., N, ...) -> pieces (..., ceil(N / chunks), ...).
    Raises: TypeError for what is no tensor, and chunks that are no int; IndexError for a dim out of range; RuntimeError
        for a 0-dim tensor and chunks that are not > 0.

    >>> import mtorch
    >>> mtorch.chunk(mtorch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    x = require_tensor(input, "chunk")
    if x.array.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if whole_number(chunks, "chunk", "chunks") <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    n = x.array.shape[axis_of(dim, x.array.ndim)]
    if n == 0:
        return split(x, [0] * chunks, dim)
    return split(x, -(-n // chunks), dim)


@numpy_names
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices along dim: views.

    dim: the dimension that they lose

    Shape: (..., N, ...) -> N times (..., ...).
    Raises: TypeError for what is no tensor; IndexError for a 0-dim tensor and a dim out of range.

    >>> import mtorch
    >>> mtorch.unbind(mtorch.tensor([[1, 2], [3, 4]]))
    (tensor([1, 2]), tensor([3, 4]))
    """
    x = require_tensor(input, "unbind")
    if x.array.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    return rules.unbind(x, dim=axis_of(dim, x.array.ndim))
