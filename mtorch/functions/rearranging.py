"""Functions that move elements to other places: reversed, rolled, or about a diagonal."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..autograd.naming import shown_as
from ..ops import shape as rules
from .arguments import axis_of, require_tensor, sizes_of, whole_number
from .output import into

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Dims


def flip(input: Tensor, *args: Any, dims: Dims | None = None) -> Tensor:
    """The order along dims reversed, copied.

    dims: the dimensions, each once, as flip(x, 0, 1), flip(x, (0, 1)) or flip(x, dims=(0, 1))

    Shape: any -> the same.
    Raises: TypeError for dims that are no ints, or none given; IndexError for a dim out of range; RuntimeError for a
        dim named twice.

    >>> import mtorch
    >>> mtorch.flip(mtorch.tensor([1, 2, 3]), (0,))
    tensor([3, 2, 1])
    """
    x = require_tensor(input, "flip")
    if not args and dims is None:
        raise TypeError("flip() takes the dimensions to reverse: flip(x, 0) or flip(x, (0, 1))")
    axes = tuple(axis_of(d, x.array.ndim) for d in sizes_of(args if dims is None else [dims]))
    if len(set(axes)) != len(axes):
        raise RuntimeError(f"dim {max(axes, key=axes.count)} appears multiple times in the list of dims")
    return rules.flip(x, dims=axes if x.array.ndim else ())


def fliplr(input: Tensor) -> Tensor:
    """The columns in reverse order: dimension 1.

    Shape: any of two dimensions or more -> the same.
    Raises: TypeError for what is no tensor; RuntimeError for fewer dimensions.

    >>> import mtorch
    >>> mtorch.fliplr(mtorch.tensor([[1, 2]]))
    tensor([[2, 1]])
    """
    if require_tensor(input, "fliplr").array.ndim < 2:
        raise RuntimeError(f"fliplr: Input must be >= 2-d., got shape {list(input.shape)}")
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """The rows in reverse order: dimension 0.

    Shape: any of one dimension or more -> the same.
    Raises: TypeError for what is no tensor; RuntimeError for a 0-dim tensor.

    >>> import mtorch
    >>> mtorch.flipud(mtorch.tensor([1, 2]))
    tensor([2, 1])
    """
    if require_tensor(input, "flipud").array.ndim < 1:
        raise RuntimeError("flipud: Input must be >= 1-d., got a 0-dim tensor")
    return flip(input, 0)


def roll(input: Tensor, shifts: Dims, dims: Dims | None = None) -> Tensor:
    """The elements moved along dims, those that leave at one end entering at the other.

    shifts: by how many places, one number for each of dims; below 0 towards the start
    dims: the dimensions; None for all, as if they were one

    Shape: any -> the same.
    Raises: TypeError for shifts or dims that are no ints; IndexError for a dim out of range; RuntimeError for shifts
        and dims of two lengths.

    >>> import mtorch
    >>> mtorch.roll(mtorch.tensor([1, 2, 3]), 1)
    tensor([3, 1, 2])
    """
    x = require_tensor(input, "roll")
    given = shifts if isinstance(shifts, (tuple, list)) else (shifts,)
    moves = tuple(whole_number(m, "roll", "shifts") for m in given)
    if dims is None or isinstance(dims, (tuple, list)) and not dims:
        if len(moves) != 1:
            raise RuntimeError("shifts and dimensions must align. shifts: "
                               f"{len(moves)}, dims:0" if moves else "`shifts` required")
        return rules.roll(x, shifts=moves[0], dims=None)
    axes = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    if len(axes) != len(moves):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(moves)}, dims:{len(axes)}")
    if not x.array.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    axes = tuple(axis_of(d, x.array.ndim) for d in axes)
    return rules.roll(x, shifts=moves, dims=axes)


def _triangle(rule, name, input, diagonal):
    x = require_tensor(input, name)
    if x.array.ndim < 2:
        raise RuntimeError(f"{name}: input tensor must have at least 2 dimensions, got shape {list(x.array.shape)}")
    return rule(x, diagonal=whole_number(diagonal, name, "diagonal"))


def tril(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """What lies on and below a diagonal, zeros elsewhere.

    diagonal: which one: 0 the main one, k that which starts k columns to the right, -k k rows down

    Shape: (..., N, M) -> the same.
    Raises: TypeError for what is no tensor, and a diagonal that is no int; RuntimeError for fewer than two dimensions.

    >>> import mtorch
    >>> mtorch.tril(mtorch.ones(2, 2))
    tensor([[1., 0.],
            [1., 1.]])
    """
    result = _triangle(rules.tril, "tril", input, diagonal)
    return result if out is None else into(out, result)


def triu(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """What lies on and above a diagonal, zeros elsewhere.

    Arguments, shape and errors as for `tril`.

    >>> import mtorch
    >>> mtorch.triu(mtorch.ones(2, 2))
    tensor([[1., 1.],
            [0., 1.]])
    """
    result = _triangle(rules.triu, "triu", input, diagonal)
    return result if out is None else into(out, result)


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal over two dimensions, as a last dimension: a view.

    offset: which one: 0 the main one, k that which starts k further in dim2, -k k further in dim1
    dim1, dim2: the rows and the columns

    Shape: input's without dim1 and dim2, and the length of the diagonal, 0 where it lies outside.
    Raises: TypeError for what is no tensor, and an offset that is no int; IndexError for a dim out of range;
        RuntimeError where dim1 and dim2 are one.

    >>> import mtorch
    >>> mtorch.diagonal(mtorch.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    x = require_tensor(input, "diagonal")
    a, b = axis_of(dim1, x.array.ndim), axis_of(dim2, x.array.ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return rules.diagonal(x, offset=whole_number(offset, "diagonal", "offset"), dim0=a, dim1=b)


@shown_as(lambda y, *_, **__: "DiagEmbedBackward0" if y.ndim == 2 else "DiagonalBackward0_copy")
def diag(input: Tensor, diagonal: int = 0, *, out: Tensor | None = None) -> Tensor:
    """Of a vector, the matrix with it on a diagonal and zeros elsewhere; of a matrix, its diagonal.

    diagonal: which one, as for `tril`

    Shape: (N,) -> (N + |diagonal|, N + |diagonal|); (N, M) -> (length of the diagonal,).
    Raises: TypeError for what is no tensor, and a diagonal that is no int; RuntimeError for another number of
        dimensions.

    >>> import mtorch
    >>> mtorch.diag(mtorch.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    x, diagonal = require_tensor(input, "diag"), whole_number(diagonal, "diag", "diagonal")
    if x.array.ndim == 1:
        n = x.array.shape[0] + abs(diagonal)
        result = rules.diagonal_scatter(x, shape=(n, n), offset=diagonal, dim0=0, dim1=1)
    elif x.array.ndim == 2:
        result = rules.diagonal(x, offset=diagonal, dim0=0, dim1=1).clone()
    else:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {x.array.ndim}D")
    return result if out is None else into(out, result)
