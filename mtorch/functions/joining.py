"""Functions that join tensors and take them apart."""
from __future__ import annotations

from ..autograd.tape import TensorBase
from ..ops import shape as rules
from .arguments import axis_of, require_tensor, result_type_of, sizes_of, to_type


def _tensors(tensors, name):
    if isinstance(tensors, TensorBase) or not isinstance(tensors, (tuple, list)):
        raise TypeError(f"{name}(): argument 'tensors' (position 1) must be tuple of Tensors, not "
                        f"{type(tensors).__name__}")
    for i, x in enumerate(tensors):
        if not isinstance(x, TensorBase):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type(x).__name__}")
    if not tensors:
        raise ValueError(f"{name}: expected a non-empty list of Tensors")
    kind = result_type_of(*[x if x.array.ndim else x.reshape(1) for x in tensors])
    return [to_type(x, kind) for x in tensors]


def cat(tensors, dim=0, *, out=None):
    """Tensors one after the other along dim; the other dimensions must agree.

    >>> import mtorch
    >>> mtorch.cat([mtorch.zeros(1, 2), mtorch.ones(1, 2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    from .arguments import into
    xs = _tensors(tensors, "cat")
    if any(x.array.ndim == 0 for x in xs):
        raise RuntimeError(f"zero-dimensional tensor (at position {[x.array.ndim for x in xs].index(0)}) cannot be "
                           "concatenated")
    full = [x for x in xs if x.array.shape != (0,)] or xs[:1]      # torch lets an empty vector join anything
    d = axis_of(dim, full[0].array.ndim)
    first = full[0].array.shape
    for i, x in enumerate(full[1:], 1):
        shape = x.array.shape
        if len(shape) != len(first):
            raise RuntimeError(f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}")
        if shape[:d] + shape[d + 1:] != first[:d] + first[d + 1:]:
            wrong = next(k for k in range(len(first)) if k != d and shape[k] != first[k])
            raise RuntimeError(f"Sizes of tensors must match except in dimension {d}. Expected size {first[wrong]} "
                               f"but got size {shape[wrong]} for tensor number {i} in the list.")
    result = rules.cat(*full, dim=d)
    return result if out is None else into(out, result)


concat = concatenate = cat


def stack(tensors, dim=0, *, out=None):
    """Tensors of one shape beside each other along a new dimension.

    >>> import mtorch
    >>> mtorch.stack([mtorch.zeros(2), mtorch.ones(2)])
    tensor([[0., 0.],
            [1., 1.]])
    """
    from .arguments import into
    xs = _tensors(tensors, "stack")
    first = xs[0].array.shape
    for i, x in enumerate(xs):
        if x.array.shape != first:
            raise RuntimeError(f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and "
                               f"{list(x.array.shape)} at entry {i}")
    result = rules.stack(*xs, dim=axis_of(dim, len(first) + 1))
    return result if out is None else into(out, result)


def split(tensor, split_size_or_sections, dim=0):
    """Pieces of the given size (the last may be smaller) or sizes, along dim: views.

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
        size = int(split_size_or_sections)
        if size < 0 or size == 0 and n != 0:
            raise RuntimeError(f"split expects split_size be non-negative, but got split_size={size}")
        sizes = (n,) if n == 0 or size == 0 else tuple(min(size, n - i) for i in range(0, n, size))
    return rules.split(x, sizes=sizes, dim=d)


def split_with_sizes(input, split_sizes, dim=0):
    """Pieces of the given sizes along dim: views.

    >>> import mtorch
    >>> mtorch.split_with_sizes(mtorch.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    return split(input, list(split_sizes), dim)


def chunk(input, chunks, dim=0):
    """At most so many pieces of equal size (the last may be smaller), along dim: views.

    >>> import mtorch
    >>> mtorch.chunk(mtorch.arange(5), 2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    x = require_tensor(input, "chunk")
    if x.array.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    n = x.array.shape[axis_of(dim, x.array.ndim)]
    if n == 0:
        return split(x, [0] * chunks, dim)
    return split(x, -(-n // chunks), dim)


def unbind(input, dim=0):
    """The slices along dim: views.

    >>> import mtorch
    >>> mtorch.unbind(mtorch.tensor([[1, 2], [3, 4]]))
    (tensor([1, 2]), tensor([3, 4]))
    """
    x = require_tensor(input, "unbind")
    if x.array.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    return rules.unbind(x, dim=axis_of(dim, x.array.ndim))
