"""Functions that rearrange: views where torch gives views, copies where it copies."""
from __future__ import annotations

import numpy as np

from ..autograd.tape import TensorBase, wrap
from ..ops import shape as rules
from .arguments import axis_of, require_tensor, result_type_of, sizes_of, to_type
from .memory_order import put_in_order


def _resolved(sizes: tuple[int, ...], total: int) -> tuple[int, ...]:
    """The sizes with -1 replaced by what is left."""
    if sizes.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if any(n < -1 for n in sizes):
        raise RuntimeError(f"invalid shape dimension {min(sizes)}")
    known = 1
    for n in sizes:
        if n != -1:
            known *= n
    if -1 in sizes:
        if known == 0 or total % known:
            if known == 0 and total == 0:
                raise RuntimeError(f"cannot reshape tensor of 0 elements into shape {list(sizes)} because the "
                                   "unspecified dimension size -1 can be any value and is ambiguous")
            raise RuntimeError(f"shape '{list(sizes)}' is invalid for input of size {total}")
        return tuple(total // known if n == -1 else n for n in sizes)
    if known != total:
        raise RuntimeError(f"shape '{list(sizes)}' is invalid for input of size {total}")
    return sizes


def reshape(input, *args, shape=None):
    """The same elements in the same order in another shape; -1 is whatever is left.  A view where that is possible.

    >>> import mtorch
    >>> mtorch.reshape(mtorch.arange(6), (2, -1))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    x = require_tensor(input, "reshape")
    sizes = sizes_of(args if shape is None else [shape])
    return rules.reshape(x, shape=_resolved(sizes, x.array.size))


def view(input, *shape):
    """As `reshape`, but always a view: an error where the memory does not allow it.  view(dtype) reads the bytes anew.

    >>> import mtorch
    >>> mtorch.arange(4).view(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    from .. import dtypes
    if len(shape) == 1 and isinstance(shape[0], dtypes.dtype):
        return wrap(input.array.view(shape[0].numpy))
    sizes = _resolved(sizes_of(shape), input.array.size)
    if not input.array.flags.c_contiguous and input.array.size and not _viewable(input.array, sizes) \
            and not put_in_order(input):
        raise RuntimeError("view size is not compatible with input tensor's size and stride (at least one dimension "
                           "spans across two contiguous subspaces). Use .reshape(...) instead.")
    return rules.reshape(input, shape=sizes)


def _viewable(array: np.ndarray, sizes) -> bool:
    return np.shares_memory(array.reshape(sizes), array)


def view_as(input, other):
    """input in the shape of other, as a view.

    >>> import mtorch
    >>> mtorch.arange(4).view_as(mtorch.zeros(2, 2)).shape
    torch.Size([2, 2])
    """
    return view(input, other.array.shape)


def reshape_as(input, other):
    """input in the shape of other.

    >>> import mtorch
    >>> mtorch.arange(4).reshape_as(mtorch.zeros(2, 2)).shape
    torch.Size([2, 2])
    """
    return reshape(input, other.array.shape)


def flatten(input, start_dim=0, end_dim=-1):
    """The dimensions from start_dim to end_dim made one.

    >>> import mtorch
    >>> mtorch.flatten(mtorch.zeros(2, 3, 4), 1).shape
    torch.Size([2, 12])
    """
    x = require_tensor(input, "flatten")
    shape = x.array.shape
    start, end = axis_of(start_dim, len(shape)), axis_of(end_dim, len(shape))
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if not shape:
        return rules.reshape(x, shape=(1,))
    if start == end:
        return x
    n = 1
    for size in shape[start:end + 1]:
        n *= size
    return rules.reshape(x, shape=shape[:start] + (n,) + shape[end + 1:])


def ravel(input):
    """All elements in one dimension.

    >>> import mtorch
    >>> mtorch.ravel(mtorch.zeros(2, 3)).shape
    torch.Size([6])
    """
    return reshape(require_tensor(input, "ravel"), -1) if input.array.size else flatten(input)


def unflatten(input, dim, sizes):
    """One dimension made several; -1 is whatever is left.

    >>> import mtorch
    >>> mtorch.unflatten(mtorch.zeros(2, 12), 1, (3, -1)).shape
    torch.Size([2, 3, 4])
    """
    x = require_tensor(input, "unflatten")
    d = axis_of(dim, x.array.ndim)
    if len(sizes) == 0:
        raise RuntimeError("unflatten: sizes must be non-empty")
    n = x.array.shape[d]
    known = 1
    for s in sizes:
        known *= s if s != -1 else 1
    if (-1 in sizes and (known == 0 or n % known)) or (-1 not in sizes and known != n):
        raise RuntimeError(f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {d} ({n}) "
                           "in the input tensor")
    new = tuple(n // known if s == -1 else int(s) for s in sizes)
    return rules.reshape(x, shape=x.array.shape[:d] + new + x.array.shape[d + 1:])


def transpose(input, dim0, dim1):
    """Two dimensions exchanged.

    >>> import mtorch
    >>> mtorch.transpose(mtorch.zeros(2, 3), 0, 1).shape
    torch.Size([3, 2])
    """
    x = require_tensor(input, "transpose")
    a, b = axis_of(dim0, x.array.ndim), axis_of(dim1, x.array.ndim)
    return rules.transpose(x, dim0=a, dim1=b) if x.array.ndim else rules.reshape(x, shape=())


def t(input):
    """A matrix with rows and columns exchanged; a vector or scalar as it is.

    >>> import mtorch
    >>> mtorch.t(mtorch.zeros(2, 3)).shape
    torch.Size([3, 2])
    """
    x = require_tensor(input, "t")
    if x.array.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {x.array.ndim}D")
    return rules.t(x)


def permute(input, *args, dims=None):
    """The dimensions in another order.

    >>> import mtorch
    >>> mtorch.permute(mtorch.zeros(2, 3, 4), (2, 0, 1)).shape
    torch.Size([4, 2, 3])
    """
    x = require_tensor(input, "permute")
    order = sizes_of(args if dims is None else [dims])
    if len(order) != x.array.ndim:
        raise RuntimeError("permute(sparse_coo): number of dimensions in the tensor input does not match the length "
                           f"of the desired ordering of dimensions i.e. input.dim() = {x.array.ndim} is not equal to "
                           f"len(dims) = {len(order)}")
    order = tuple(axis_of(d, x.array.ndim) for d in order)
    if len(set(order)) != len(order):
        raise RuntimeError("permute(): duplicate dims are not allowed.")
    return rules.permute(x, dims=order)


def squeeze(input, dim=None):
    """Without the dimensions of size 1: all of them, or those named.

    >>> import mtorch
    >>> mtorch.squeeze(mtorch.zeros(1, 3, 1)).shape, mtorch.squeeze(mtorch.zeros(1, 3, 1), 0).shape
    (torch.Size([3]), torch.Size([3, 1]))
    """
    x = require_tensor(input, "squeeze")
    shape = x.array.shape
    if dim is None:
        dims = None
    else:
        dims = tuple(axis_of(d, len(shape)) for d in (dim if isinstance(dim, (tuple, list)) else (dim,)))
        if len(set(dims)) != len(dims):
            raise RuntimeError(f"dim {dims[0]} appears multiple times in the list of dims")
    return rules.squeeze(x, dims=dims)


def unsqueeze(input, dim):
    """With one more dimension of size 1, at dim.

    >>> import mtorch
    >>> mtorch.unsqueeze(mtorch.zeros(3), 0).shape
    torch.Size([1, 3])
    """
    x = require_tensor(input, "unsqueeze")
    return rules.unsqueeze(x, dim=axis_of(dim, x.array.ndim + 1))


def expand(input, *sizes):
    """Dimensions of size 1 repeated to the given sizes without copying; -1 leaves one as it is.

    >>> import mtorch
    >>> mtorch.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    x = require_tensor(input, "expand")
    wanted = sizes_of(sizes)
    shape = x.array.shape
    if len(wanted) < len(shape):
        raise RuntimeError(f"expand(torch.FloatTensor{{{list(shape)}}}, size={list(wanted)}): the number of sizes "
                           f"provided ({len(wanted)}) must be greater or equal to the number of dimensions in the "
                           f"tensor ({len(shape)})")
    lead = len(wanted) - len(shape)
    full = []
    for i, n in enumerate(wanted):
        old = shape[i - lead] if i >= lead else None
        if n == -1:
            if old is None:
                raise RuntimeError("The expanded size of the tensor (-1) isn't allowed in a leading, non-existing "
                                   f"dimension {i}")
            n = old
        elif old is not None and old != 1 and old != n:
            raise RuntimeError(f"The expanded size of the tensor ({n}) must match the existing size ({old}) at "
                               f"non-singleton dimension {i}.  Target sizes: {list(wanted)}.  Tensor sizes: "
                               f"{list(shape)}")
        elif n < 0:
            raise RuntimeError(f"expand: sizes must not be negative, got {list(wanted)}")
        full.append(n)
    return rules.expand(x, shape=tuple(full))


def broadcast_to(input, size):
    """input repeated to the given shape without copying.

    >>> import mtorch
    >>> mtorch.broadcast_to(mtorch.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return expand(input, size)


def expand_as(input, other):
    """input repeated to the shape of other without copying.

    >>> import mtorch
    >>> mtorch.tensor([1]).expand_as(mtorch.zeros(3))
    tensor([1, 1, 1])
    """
    return expand(input, other.array.shape)


def repeat(input, *repeats):
    """The whole tensor so many times along each dimension, copied.

    >>> import mtorch
    >>> mtorch.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    x = require_tensor(input, "repeat")
    times = sizes_of(repeats)
    if len(times) < x.array.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    if any(n < 0 for n in times):
        raise RuntimeError(f"repeat: repeats must not be negative, got {list(times)}")
    return rules.repeat(x, repeats=times)


def tile(input, *args, dims=None):
    """As `repeat`, with missing leading repeats taken as 1.

    >>> import mtorch
    >>> mtorch.tile(mtorch.tensor([1, 2]), (2,))
    tensor([1, 2, 1, 2])
    """
    times = sizes_of(args if dims is None else [dims])
    return repeat(input, (1,) * (input.array.ndim - len(times)) + times)


def movedim(input, source, destination):
    """Dimensions moved to other places.

    >>> import mtorch
    >>> mtorch.movedim(mtorch.zeros(2, 3, 4), 0, 2).shape
    torch.Size([3, 4, 2])
    """
    x = require_tensor(input, "movedim")
    source = (source,) if isinstance(source, int) else tuple(source)
    destination = (destination,) if isinstance(destination, int) else tuple(destination)
    n = x.array.ndim
    if len(source) != len(destination):
        raise RuntimeError(f"movedim: Invalid source or destination dims: source ({list(source)} dims) should contain "
                           f"the same number of dims as destination ({list(destination)} dims)")
    source, destination = [axis_of(d, n) for d in source], [axis_of(d, n) for d in destination]
    if len(set(source)) != len(source) or len(set(destination)) != len(destination):
        raise RuntimeError("movedim: repeated dim in source or destination")
    if n == 0:
        return rules.reshape(x, shape=())
    order = [d for d in range(n) if d not in source]
    for to, from_ in sorted(zip(destination, source)):
        order.insert(to, from_)
    return rules.permute(x, dims=tuple(order))


def flip(input, *args, dims=None):
    """The order along dims reversed, copied.

    >>> import mtorch
    >>> mtorch.flip(mtorch.tensor([1, 2, 3]), (0,))
    tensor([3, 2, 1])
    """
    x = require_tensor(input, "flip")
    axes = tuple(axis_of(d, x.array.ndim) for d in sizes_of(args if dims is None else [dims]))
    if len(set(axes)) != len(axes):
        raise RuntimeError(f"dim {axes[0]} appears multiple times in the list of dims")
    return rules.flip(x, dims=axes if x.array.ndim else ())


def fliplr(input):
    """The columns in reverse order.

    >>> import mtorch
    >>> mtorch.fliplr(mtorch.tensor([[1, 2]]))
    tensor([[2, 1]])
    """
    if require_tensor(input, "fliplr").array.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, 1)


def flipud(input):
    """The rows in reverse order.

    >>> import mtorch
    >>> mtorch.flipud(mtorch.tensor([1, 2]))
    tensor([2, 1])
    """
    if require_tensor(input, "flipud").array.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, 0)


def roll(input, shifts, dims=None):
    """The elements moved along dims, those that leave at one end entering at the other.

    >>> import mtorch
    >>> mtorch.roll(mtorch.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    x = require_tensor(input, "roll")
    moves = (shifts,) if isinstance(shifts, int) else tuple(shifts)
    if dims is None or dims == () or dims == []:
        if len(moves) != 1:
            raise RuntimeError("shifts and dimensions must align. shifts: "
                               f"{len(moves)}, dims:0" if moves else "`shifts` required")
        return rules.roll(x, shifts=int(moves[0]), dims=None)
    axes = (dims,) if isinstance(dims, int) else tuple(dims)
    if len(axes) != len(moves):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(moves)}, dims:{len(axes)}")
    if not x.array.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    axes = tuple(axis_of(d, x.array.ndim) for d in axes)
    return rules.roll(x, shifts=tuple(int(m) for m in moves), dims=axes)


def _triangle(rule, name, input, diagonal):
    x = require_tensor(input, name)
    if x.array.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions")
    return rule(x, diagonal=int(diagonal))


def tril(input, diagonal=0, *, out=None):
    """What lies on and below a diagonal (0: the main one), zeros elsewhere.

    >>> import mtorch
    >>> mtorch.tril(mtorch.ones(2, 2))
    tensor([[1., 0.],
            [1., 1.]])
    """
    from .arguments import into
    result = _triangle(rules.tril, "tril", input, diagonal)
    return result if out is None else into(out, result)


def triu(input, diagonal=0, *, out=None):
    """What lies on and above a diagonal (0: the main one), zeros elsewhere.

    >>> import mtorch
    >>> mtorch.triu(mtorch.ones(2, 2))
    tensor([[1., 1.],
            [0., 1.]])
    """
    from .arguments import into
    result = _triangle(rules.triu, "triu", input, diagonal)
    return result if out is None else into(out, result)


def diagonal(input, offset=0, dim1=0, dim2=1):
    """The diagonal over two dimensions, as a last dimension: a view.

    >>> import mtorch
    >>> mtorch.diagonal(mtorch.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    x = require_tensor(input, "diagonal")
    a, b = axis_of(dim1, x.array.ndim), axis_of(dim2, x.array.ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return rules.diagonal(x, offset=int(offset), dim0=a, dim1=b)


def diag(input, diagonal=0, *, out=None):
    """Of a vector, the matrix with it on a diagonal; of a matrix, its diagonal.

    >>> import mtorch
    >>> mtorch.diag(mtorch.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    from .arguments import into
    x = require_tensor(input, "diag")
    if x.array.ndim == 1:
        n = x.array.shape[0] + abs(diagonal)
        result = rules.diagonal_scatter(x, shape=(n, n), offset=diagonal, dim0=0, dim1=1)
    elif x.array.ndim == 2:
        n, m = x.array.shape
        if not -n <= diagonal <= m:
            raise RuntimeError(f"diagonal(): invalid diagonal offset {diagonal} for a matrix of shape {[n, m]}")
        result = rules.diagonal(x, offset=diagonal, dim0=0, dim1=1).clone()
    else:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {x.array.ndim}D")
    return result if out is None else into(out, result)


# ---- joining and splitting ---------------------------------------------------------------------

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


def contiguous(input, memory_format=None):
    """input itself when its elements lie in memory in order, else a copy in which they do.

    >>> import mtorch
    >>> mtorch.zeros(2, 3).T.contiguous().is_contiguous()
    True
    """
    return input if input.array.flags.c_contiguous else input.clone(memory_format=memory_format)


swapaxes = swapdims = transpose
moveaxis = movedim
