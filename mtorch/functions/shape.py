"""Functions that change the shape: views where torch gives views, copies where it copies."""
from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..autograd.tape import wrap
from ..brain_float import is_bfloat16, of_halves, same, upper_half
from ..ops import shape as rules
from ..ops.elementwise import in_order
from .arguments import axis_of, numpy_names, require_tensor, sizes_of
from .memory_order import memory_to_share, put_in_order, rank_of_memory

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Dims


def _resolved(sizes: tuple[int, ...], total: int) -> tuple[int, ...]:
    """The sizes with -1 replaced by what is left."""
    if prod(sizes) == total and min(sizes, default=0) >= 0:
        return sizes
    if sizes.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if any(n < -1 for n in sizes):
        raise RuntimeError(f"invalid shape dimension {min(sizes)}")
    known = abs(prod(sizes))                               # without the -1
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


def reshape(input: Tensor, *args: Any, shape: Sequence[int] | None = None) -> Tensor:
    """The same elements in the same order in another shape; a view where that is possible.

    args or shape: the sizes, one by one or as one sequence; one of them may be -1, which is whatever is left

    Shape: any -> the sizes
    Raises: TypeError where input is not a Tensor or a size not an int; RuntimeError where the sizes do not make as many
        elements, more than one is -1, or one is less.

    >>> import mtorch
    >>> mtorch.reshape(mtorch.arange(6), (2, -1))
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    x = require_tensor(input, "reshape")
    sizes = sizes_of(args if shape is None else [shape])
    return _reshaped(x, _resolved(sizes, x.array.size))


def _reshaped(x: Tensor, sizes: tuple[int, ...]) -> Tensor:
    array = x.array
    if not array.flags.c_contiguous and sizes[:1] != array.shape[:1] and (len(sizes) > 2 or rank_of_memory(x) > 2):
        put_in_order(x)            # an image whose batch is cut or merged: torch's shares its memory, and goes on in its order
    return rules.reshape(x, shape=sizes)


def view(input: Tensor, *args: Any, size: Sequence[int] | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
    """As `reshape`, but always a view: an error where the memory does not allow it.  view(dtype) reads the bytes anew.

    args or size: the sizes as for `reshape`; or, alone, a dtype; from or to bfloat16, which is kept as float32, the bytes are
        copied

    Shape: any -> the sizes; with a dtype of other bytes, the last dimension is longer or shorter
    Raises: RuntimeError where the memory does not allow a view; others as for `reshape`.

    >>> import mtorch
    >>> mtorch.arange(4).view(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    if len(args) == 1 and isinstance(args[0], dtypes.dtype):
        dtype = args[0]
    if dtype is not None:
        return _read_anew(memory_to_share(input), dtypes.numpy_dtype(dtype))
    if not args and size is None:
        raise TypeError("view() takes a shape or a dtype")
    sizes = _resolved(sizes_of(args if size is None else [size]), input.array.size)
    if not input.array.flags.c_contiguous and input.array.size and not _viewable(input.array, sizes) \
            and not put_in_order(input):
        raise RuntimeError("view size is not compatible with input tensor's size and stride (at least one dimension "
                           "spans across two contiguous subspaces). Use .reshape(...) instead.")
    return _reshaped(input, sizes)


def _read_anew(array: np.ndarray, kind: np.dtype):
    if same(array.dtype, kind):
        return wrap(array[...])
    if is_bfloat16(array.dtype):                           # float32 in memory: its bits are a copy
        array = upper_half(array)
    elif is_bfloat16(kind):
        return wrap(of_halves(_read_anew(array, np.dtype(np.uint16)).array))
    try:
        return wrap(array.view(kind))
    except ValueError as error:
        raise RuntimeError(f"view: a tensor of {dtypes.of(array.dtype)} and shape {list(array.shape)} cannot be read as "
                           f"{dtypes.of(kind)}: {error}") from None


def _viewable(array: np.ndarray, sizes) -> bool:
    return np.shares_memory(array.reshape(sizes), array)


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """input in the shape of other, as a view.

    Shape: any -> other's
    Raises: RuntimeError as for `view`.

    >>> import mtorch
    >>> mtorch.arange(4).view_as(mtorch.zeros(2, 2)).shape
    torch.Size([2, 2])
    """
    return view(input, require_tensor(other, "view_as", "other").array.shape)


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """input in the shape of other.

    Shape: any -> other's
    Raises: RuntimeError as for `reshape`.

    >>> import mtorch
    >>> mtorch.arange(4).reshape_as(mtorch.zeros(2, 2)).shape
    torch.Size([2, 2])
    """
    return reshape(input, require_tensor(other, "reshape_as", "other").array.shape)


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from start_dim to end_dim, both included, made one; a view where that is possible.

    Shape: (A, B, C, D) with 1, 2 -> (A, B * C, D); () -> (1)
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim());
        RuntimeError where start_dim comes after end_dim.

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
    return _reshaped(x, shape[:start] + (n,) + shape[end + 1:])


def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension; a view where that is possible.

    Shape: any -> (the number of elements)
    Raises: TypeError where input is not a Tensor.

    >>> import mtorch
    >>> mtorch.ravel(mtorch.zeros(2, 3)).shape
    torch.Size([6])
    """
    x = require_tensor(input, "ravel")
    return reshape(x, -1) if x.array.size else flatten(x)


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """One dimension made several.

    dim: the dimension
    sizes: what it becomes; their product must be its size, one may be -1, which is whatever is left

    Shape: (..., N, ...) -> (..., *sizes, ...)
    Raises: TypeError where input is not a Tensor or sizes are not ints; IndexError for a dim outside [-input.dim(),
        input.dim()); RuntimeError where sizes are empty, their product is not the size, or more than one is -1.

    >>> import mtorch
    >>> mtorch.unflatten(mtorch.zeros(2, 12), 1, (3, -1)).shape
    torch.Size([2, 3, 4])
    """
    x = require_tensor(input, "unflatten")
    d = axis_of(dim, x.array.ndim)
    if not isinstance(sizes, (tuple, list)):
        raise TypeError(f"unflatten(): argument 'sizes' must be tuple of ints, not {type(sizes).__name__}")
    sizes = sizes_of([sizes])
    if len(sizes) == 0:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if sizes.count(-1) > 1:
        raise RuntimeError(f"unflatten: only one of the sizes can be -1, got {list(sizes)}")
    if any(s < -1 for s in sizes):
        raise RuntimeError(f"unflatten: sizes must not be negative, but for one -1, got {list(sizes)}")
    n = x.array.shape[d]
    known = 1
    for s in sizes:
        known *= s if s != -1 else 1
    if (-1 in sizes and (known == 0 or n % known)) or (-1 not in sizes and known != n):
        raise RuntimeError(f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {d} ({n}) "
                           "in the input tensor")
    new = tuple(n // known if s == -1 else s for s in sizes)
    return _reshaped(x, x.array.shape[:d] + new + x.array.shape[d + 1:])


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions, dim0 and dim1, exchanged; a view.

    Shape: (..., N, ..., M, ...) -> (..., M, ..., N, ...)
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> mtorch.transpose(mtorch.zeros(2, 3), 0, 1).shape
    torch.Size([3, 2])
    """
    x = require_tensor(input, "transpose")
    a, b = axis_of(dim0, x.array.ndim), axis_of(dim1, x.array.ndim)
    return rules.transpose(x, dim0=a, dim1=b) if x.array.ndim else rules.reshape(x, shape=())


def t(input: Tensor) -> Tensor:
    """A matrix with rows and columns exchanged, a view; a vector or scalar as it is.

    Shape: (N, M) -> (M, N)
    Raises: TypeError where input is not a Tensor; RuntimeError for more than two dimensions.

    >>> import mtorch
    >>> mtorch.t(mtorch.zeros(2, 3)).shape
    torch.Size([3, 2])
    """
    x = require_tensor(input, "t")
    if x.array.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {x.array.ndim}D")
    return rules.t(x)


def permute(input: Tensor, *args: Any, dims: Sequence[int] | None = None) -> Tensor:
    """The dimensions in another order; a view.

    args or dims: which dimension of input comes first, second, ...: all, each once; one by one or as one sequence

    Shape: (A, B, C) with 2, 0, 1 -> (C, A, B)
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim());
        RuntimeError where one is missing or occurs twice.

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


@numpy_names
def squeeze(input: Tensor, *args: Any, dim: Dims | None = None) -> Tensor:
    """Without the dimensions of size 1: all of them, or those named; a view.

    args or dim: a dimension or several, of which those of another size are left as they are; None for all

    Shape: (A, 1, B, 1) -> (A, B)
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim());
        RuntimeError where one occurs twice.

    >>> import mtorch
    >>> mtorch.squeeze(mtorch.zeros(1, 3, 1)).shape, mtorch.squeeze(mtorch.zeros(1, 3, 1), 0).shape
    (torch.Size([3]), torch.Size([3, 1]))
    """
    x = require_tensor(input, "squeeze")
    shape = x.array.shape
    if args:
        dim = args[0] if len(args) == 1 else args
    if dim is None:
        dims = None
    else:
        dims = tuple(axis_of(d, len(shape)) for d in (dim if isinstance(dim, (tuple, list)) else (dim,)))
        if len(set(dims)) != len(dims):
            raise RuntimeError(f"dim {dims[0]} appears multiple times in the list of dims")
    return rules.squeeze(x, dims=dims)


@numpy_names
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With one more dimension of size 1; a view.

    dim: where it is in the result

    Shape: (A, B) with 1 -> (A, 1, B)
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim() - 1, input.dim() + 1).

    >>> import mtorch
    >>> mtorch.unsqueeze(mtorch.zeros(3), 0).shape
    torch.Size([1, 3])
    """
    x = require_tensor(input, "unsqueeze")
    return rules.unsqueeze(x, dim=axis_of(dim, x.array.ndim + 1))


def expand(input: Tensor, *args: Any, size: Sequence[int] | None = None) -> Tensor:
    """Dimensions of size 1 repeated to the given sizes without copying; -1 leaves one as it is.

    args or size: the sizes, one by one or as one sequence; there may be more than input has dimensions, which come first

    Shape: any -> the sizes
    Raises: TypeError where input is not a Tensor; RuntimeError where a dimension that is not of size 1 should change,
        or sizes are too few or negative.

    >>> import mtorch
    >>> mtorch.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    x = require_tensor(input, "expand")
    wanted = sizes_of(args if size is None else [size])
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


def broadcast_to(input: Tensor, *args: Any, size: Sequence[int] | None = None) -> Tensor:
    """input repeated to the given shape without copying: dimensions of size 1, and new ones in front.

    args or size: the shape, one by one or as one sequence; -1 leaves a dimension as it is

    Shape: any -> the sizes
    Raises: TypeError where input is not a Tensor; RuntimeError where a dimension that is not of size 1 should change,
        or sizes are too few or negative.

    >>> import mtorch
    >>> mtorch.broadcast_to(mtorch.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return expand(input, *args, size=size)


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """input repeated to the shape of other without copying.

    Shape: any -> other's
    Raises: RuntimeError as for `expand`.

    >>> import mtorch
    >>> mtorch.tensor([1]).expand_as(mtorch.zeros(3))
    tensor([1, 1, 1])
    """
    return expand(input, require_tensor(other, "expand_as", "other").array.shape)


def repeat(input: Tensor, *args: Any, repeats: Sequence[int] | None = None) -> Tensor:
    """The whole tensor so many times along each dimension, copied.

    args or repeats: how many times, >= 0, for each dimension; one by one or as one sequence; for more dimensions than
        input has, those come first

    Shape: (A, B) with a, b -> (a * A, b * B)
    Raises: TypeError where input is not a Tensor; RuntimeError where repeats are too few or negative.

    >>> import mtorch
    >>> mtorch.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    x = require_tensor(input, "repeat")
    times = sizes_of(args if repeats is None else [repeats])
    if len(times) < x.array.ndim:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    if any(n < 0 for n in times):
        raise RuntimeError(f"repeat: repeats must not be negative, got {list(times)}")
    return rules.repeat(x, repeats=times)


def tile(input: Tensor, *args: Any, dims: Sequence[int] | None = None) -> Tensor:
    """The whole tensor so many times along each dimension, copied.

    args or dims: how many times, >= 0, one by one or as one sequence; missing leading ones are 1, as are missing
    leading dimensions of input

    Shape: (A, B) with a, b -> (a * A, b * B)
    Raises: TypeError where input is not a Tensor or one is not an int; RuntimeError where one is negative.

    >>> import mtorch
    >>> mtorch.tile(mtorch.tensor([1, 2]), (2,))
    tensor([1, 2, 1, 2])
    """
    x, times = require_tensor(input, "tile"), sizes_of(args if dims is None else [dims])
    return repeat(x, (1,) * (x.array.ndim - len(times)) + times)


def movedim(input: Tensor, source: Dims, destination: Dims) -> Tensor:
    """Dimensions moved to other places, the others kept in their order; a view.

    source: a dimension, or several
    destination: where each of them is in the result

    Shape: (A, B, C) with 0, 2 -> (B, C, A)
    Raises: TypeError where input is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim());
        RuntimeError where source and destination are not as many, or one occurs twice.

    >>> import mtorch
    >>> mtorch.movedim(mtorch.zeros(2, 3, 4), 0, 2).shape
    torch.Size([3, 4, 2])
    """
    x = require_tensor(input, "movedim")
    source, destination = (tuple(d) if isinstance(d, (tuple, list)) else (d,) for d in (source, destination))
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


def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """input itself when its elements lie in memory in order, else a copy in which they do.

    memory_format: taken; the copy is always in the order of its axes

    Shape: any -> the same

    >>> import mtorch
    >>> mtorch.zeros(2, 3).T.contiguous().is_contiguous()
    True
    """
    # With three axes it may as well be a picture (H, W, C) that its user turned to (C, H, W): torch copies that.
    if input.array.flags.c_contiguous or rank_of_memory(input) > 3 and put_in_order(input):
        return input
    return in_order(input)


def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """A view with the dimensions axis0 and axis1 exchanged: `transpose` under NumPy's name.

    Shape: any -> the same sizes in another order
    Raises: as `transpose`.

    >>> import mtorch
    >>> mtorch.swapaxes(mtorch.zeros(2, 3), axis0=0, axis1=1).shape
    torch.Size([3, 2])
    """
    return transpose(input, axis0, axis1)


swapdims = transpose
moveaxis = movedim
