"""Functions that change the shape: views where torch gives views, copies where it copies."""
from __future__ import annotations

import numpy as np

from ..dtypes import dtype
from ..autograd.tape import wrap
from ..ops import shape as rules
from .arguments import axis_of, require_tensor, sizes_of
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
    if len(shape) == 1 and isinstance(shape[0], dtype):
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


def contiguous(input, memory_format=None):
    """input itself when its elements lie in memory in order, else a copy in which they do.

    >>> import mtorch
    >>> mtorch.zeros(2, 3).T.contiguous().is_contiguous()
    True
    """
    return input if input.array.flags.c_contiguous else input.clone(memory_format=memory_format)


swapaxes = swapdims = transpose
moveaxis = movedim
