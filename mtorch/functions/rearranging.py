"""Functions that move elements to other places: reversed, rolled, or about a diagonal."""
from __future__ import annotations

from ..ops import shape as rules
from .arguments import axis_of, require_tensor, sizes_of


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
