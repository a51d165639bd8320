"""Products and powers of matrices and vectors that linear algebra names.

Source: Golub and Van Loan 2013, "Matrix Computations", 4th edition, sections 1.1 (products), 9.2 (powers) and 4.6
(Vandermonde); what other ideas there are have theirs beside them.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...autograd.naming import shown_as
from ...autograd.tape import wrap
from ...ops import linalg as rules
from ..arguments import axis_of, numpy_names, require_tensor, whole_number
from ..output import into
from ..arithmetic import where
from ..einsum import einsum
from ..matrix import matmul
from ..joining import cat, stack
from ..rearranging import diagonal as diagonal_over, flip
from ..scan import cumprod
from .checks import capital, same_type, squares
from .solving import inv

if TYPE_CHECKING:
    from ...tensor import Tensor


def matrix_power(A: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """A multiplied n times by itself; of the inverse where n is negative, 1 where it is 0.

    n: any int

    Shape: (..., N, N) -> (..., N, N)
    Raises: TypeError where A is not a Tensor or n not an int; RuntimeError where A is not square; LinAlgError where n
        is negative and A singular.

    >>> import mtorch
    >>> mtorch.linalg.matrix_power(mtorch.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
    tensor([[1., 3.],
            [0., 1.]])
    """
    x = require_tensor(A, "linalg.matrix_power", "A")
    if x.array.ndim < 2:
        raise RuntimeError("linalg.matrix_power: The input tensor A must have at least 2 dimensions.")
    size = x.array.shape[-1]
    if x.array.shape[-2] != size:
        raise RuntimeError("linalg.matrix_power: A must be batches of square matrices, but they are "
                           f"{x.array.shape[-2]} by {size} matrices")
    n = whole_number(n, "linalg.matrix_power", "n")
    if n < 0:
        x, n = inv(x), -n
    result = None
    while n:                                           # by the binary digits of n
        if n & 1:
            result = x if result is None else matmul(result, x)
        n >>= 1
        x = matmul(x, x) if n else x
    if result is None:
        eye = wrap(np.broadcast_to(np.eye(size, dtype=x.array.dtype), x.array.shape))
        result = where(wrap(np.ones(x.array.shape, bool)), eye, x)             # a result of x, whatever x is
    elif result is A:
        result = A.clone()
    return result if out is None else into(out, result)


def matrix_exp(A: Tensor) -> Tensor:
    """e^A = 1 + A + A^2 / 2 + ... of square matrices, by scaling and squaring.

    Shape: (..., N, N) -> (..., N, N)
    Raises: TypeError where A is not a Tensor; RuntimeError where it is not square or not of float32, float64 or complex.
    Source: Al-Mohy and Higham 2009, "A new scaling and squaring algorithm for the matrix exponential".

    >>> import mtorch
    >>> mtorch.linalg.matrix_exp(mtorch.tensor([[0.0, 1.0], [0.0, 0.0]]))
    tensor([[1., 1.],
            [0., 1.]])
    """
    return rules.matrix_exp(squares(A, "linalg.matrix_exp"))


def multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """The product of several matrices in the order that takes the fewest multiplications.

    tensors: two or more; the first and the last may be vectors, a row and a column

    Shape: (A, B), (B, C), (C, D) -> (A, D); without A or D where the first or last is a vector
    Raises: TypeError where one is not a Tensor; RuntimeError where there are fewer than two, or their dimensions, sizes
        or types do not fit.
    Source: Cormen, Leiserson, Rivest and Stein 2009, "Introduction to Algorithms", section 15.2.

    >>> import mtorch
    >>> mtorch.linalg.multi_dot([mtorch.ones(2, 3), mtorch.ones(3, 4), mtorch.ones(4)])
    tensor([12., 12.])
    """
    if not isinstance(tensors, (tuple, list)):
        raise TypeError(f"multi_dot(): argument 'tensors' must be tuple of Tensors, not {type(tensors).__name__}")
    xs = [require_tensor(x, "multi_dot", f"tensors[{i}]") for i, x in enumerate(tensors)]
    if len(xs) < 2:
        raise RuntimeError(f"multi_dot(): expected at least 2 tensors but got {len(xs)}")
    for i, x in enumerate(xs):
        end = i in (0, len(xs) - 1)
        if x.array.ndim not in ((1, 2) if end else (2,)):
            raise RuntimeError(f"multi_dot(): {f'tensor {i}' if not end else 'the first and last tensors'} must be "
                               f"{'1D or 2D' if end else '2D'} but got {x.array.ndim}D")
        if x.dtype is not xs[0].dtype:
            raise RuntimeError("multi_dot(): all tensors must have be the same dtype but got "
                               f"{capital(xs[0].dtype)} and {capital(x.dtype)}")
    first, last = xs[0].array.ndim == 1, xs[-1].array.ndim == 1
    xs[0] = xs[0].unsqueeze(0) if first else xs[0]
    xs[-1] = xs[-1].unsqueeze(1) if last else xs[-1]
    sizes = [x.array.shape[0] for x in xs] + [xs[-1].array.shape[1]]
    for i in range(len(xs) - 1):
        if xs[i].array.shape[1] != sizes[i + 1]:
            raise RuntimeError(f"multi_dot(): tensors {i} and {i + 1} with shapes {list(xs[i].array.shape)} and "
                               f"{list(xs[i + 1].array.shape)} cannot be multiplied")
    result = _in_order(xs, _best_splits(sizes), 0, len(xs) - 1)
    result = result.squeeze(0) if first else result
    result = result.squeeze(-1) if last else result
    return result if out is None else into(out, result)


def _best_splits(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to split each run of matrices: dynamic programming over its length.

    Cormen et al., Introduction to Algorithms, 15.2.
    """
    n = len(sizes) - 1
    cost, split = {(i, i): 0 for i in range(n)}, {}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j], split[i, j] = min((cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1], k)
                                          for k in range(i, j))
    return split


def _in_order(xs, split, i, j):
    if i == j:
        return xs[i]
    k = split[i, j]
    return matmul(_in_order(xs, split, i, k), _in_order(xs, split, k + 1, j))


def chain_matmul(*matrices: Tensor, out: Tensor | None = None) -> Tensor:
    """The product of several matrices: `linalg.multi_dot`.

    matrices: one or more

    Shape: (A, B), (B, C), (C, D) -> (A, D)
    Raises: RuntimeError where there is none; others as for `multi_dot`.

    >>> import mtorch
    >>> mtorch.chain_matmul(mtorch.ones(1, 2), mtorch.ones(2, 1))
    tensor([[2.]])
    """
    if not matrices:
        raise RuntimeError("chain_matmul(): Expected one or more matrices")
    return multi_dot(matrices, out=out) if len(matrices) > 1 else matrices[0].clone()


@numpy_names
@shown_as("LinalgCrossBackward0")
def cross(input: Tensor, other: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """The cross product of vectors of three elements along dim.

    dim: the dimension of size 3

    Shape: (..., 3, ...), the others broadcast -> what they broadcast to
    Raises: TypeError where one is not a Tensor; RuntimeError where one is not of size 3 there, they have different types
        or numbers of dimensions, or do not broadcast; IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> mtorch.linalg.cross(mtorch.tensor([1.0, 0.0, 0.0]), mtorch.tensor([0.0, 1.0, 0.0]))
    tensor([0., 0., 1.])
    """
    a, b = require_tensor(input, "linalg.cross"), require_tensor(other, "linalg.cross", "other")
    same_type("linalg.cross", a, b)
    if a.array.ndim != b.array.ndim:
        raise RuntimeError("linalg.cross: inputs must have the same number of dimensions.")
    d = axis_of(dim, a.array.ndim)
    if a.array.shape[d] != 3 or b.array.shape[d] != 3:
        raise RuntimeError(f"linalg.cross: inputs dimension {dim} must have length 3. Got {a.array.shape[d]} and "
                           f"{b.array.shape[d]}")
    (a0, a1, a2), (b0, b1, b2) = a.unbind(d), b.unbind(d)
    result = stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], d)
    return result if out is None else into(out, result)


@numpy_names
def old_cross(input: Tensor, other: Tensor, dim: int | None = None, *, out: Tensor | None = None) -> Tensor:
    """`linalg.cross`, along the first dimension of size 3 where dim is None.

    Shape and dim as for `cross`.
    Raises: RuntimeError where dim is None and no dimension has size 3; others as for `cross`.

    >>> import mtorch
    >>> mtorch.cross(mtorch.tensor([1, 0, 0]), mtorch.tensor([0, 1, 0]), dim=0)
    tensor([0, 0, 1])
    """
    if dim is None:
        sizes = require_tensor(input, "cross").array.shape
        if 3 not in sizes:
            raise RuntimeError("no dimension of size 3 in input")
        dim = sizes.index(3)
    return cross(input, other, dim=dim, out=out)


@numpy_names
@shown_as(lambda y, a, b, **_: "VdotBackward0" if max(a.ndim, b.ndim) == 1 else "SumBackward1")
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """The dot product of vectors along dim, of operands that broadcast; of complex ones, x is conjugated.

    y: the other operand
    dim: the dimension of the vectors

    Shape: (..., N), (..., N) -> (...)
    Raises: TypeError where one is not a Tensor; RuntimeError where their types differ or they do not broadcast;
        IndexError for a dim outside what they broadcast to.

    >>> import mtorch
    >>> mtorch.linalg.vecdot(mtorch.ones(2, 3), mtorch.ones(3))
    tensor([3., 3.])
    """
    x, y = require_tensor(x, "linalg.vecdot", "x"), require_tensor(y, "linalg.vecdot", "y")
    if x.dtype is not y.dtype:
        raise RuntimeError(f"linalg.vecdot: Expected x and y to have the same dtype, got {x.dtype} and {y.dtype}")
    x = x.conj()
    ndim = max(x.array.ndim, y.array.ndim)
    d = axis_of(dim, ndim) - ndim
    x, y = (t if -t.array.ndim <= d else t[(None,) * (-d - t.array.ndim)] for t in (x, y))
    if x.array.shape[d] == y.array.shape[d]:
        result = einsum("...i,...i->...", x.movedim(d, -1), y.movedim(d, -1))
    else:
        result = (x * y).sum(d)
    return result if out is None else into(out, result)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """The diagonal over two dimensions, the last in the result; a view.

    offset: which diagonal: > 0 above the main one, < 0 below
    dim1, dim2: the dimensions that make the matrices

    Shape: (..., M, N) -> (..., the length of the diagonal)
    Raises: TypeError where A is not a Tensor; IndexError for a dimension outside [-A.dim(), A.dim()); RuntimeError
        where dim1 and dim2 are the same.

    >>> import mtorch
    >>> mtorch.linalg.diagonal(mtorch.eye(2))
    tensor([1., 1.])
    """
    return diagonal_over(A, offset, dim1, dim2)


def vander(x: Tensor, N: int | None = None, *, out: Tensor | None = None) -> Tensor:
    """The powers 0 to N - 1 of each element: Vandermonde's matrix.

    N: how many powers, > 1; None for as many as elements

    Shape: (..., M) -> (..., M, N)
    Raises: TypeError where x is not a Tensor or N not an int; RuntimeError for bools, and where N is not > 1.

    >>> import mtorch
    >>> mtorch.linalg.vander(mtorch.tensor([2, 3]), N=3)
    tensor([[1, 2, 4],
            [1, 3, 9]])
    """
    x = require_tensor(x, "linalg.vander", "x")
    if x.array.dtype.kind == "b":
        raise RuntimeError("linalg.vander: bool is not supported")
    x = x if x.array.ndim else x.reshape(1)
    n = x.array.shape[-1] if N is None else whole_number(N, "linalg.vander", "N")
    if n <= 1:
        raise RuntimeError("N must be greater than 1.")
    kind = x.array.dtype if x.array.dtype.kind in "fc" else np.dtype(np.int64)
    ones = wrap(np.ones(x.array.shape + (1,), kind))
    result = x.unsqueeze(-1).expand(x.array.shape + (n - 1,)).to(ones.dtype)
    result = cat([ones, cumprod(result, -1)], -1)
    return result if out is None else into(out, result)


def old_vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """The powers of each element of a vector.

    N: how many powers, >= 0; None for as many as elements
    increasing: from 0 up; False: the highest first

    Shape: (M) -> (M, N)
    Raises: TypeError where x is not a Tensor or N not an int; RuntimeError where x is no vector, or N is negative.

    >>> import mtorch
    >>> mtorch.vander(mtorch.tensor([2, 3]), 3)
    tensor([[4, 2, 1],
            [9, 3, 1]])
    """
    if require_tensor(x, "vander", "x").array.ndim != 1:
        raise RuntimeError(f"vander: x must be a one-dimensional tensor, got {x.array.ndim} dimensions")
    n = x.array.shape[-1] if N is None else whole_number(N, "vander", "N")
    if n < 0:
        raise RuntimeError(f"vander: N must be non-negative, got {N}")
    powers = vander(x, n) if n > 1 else wrap(np.ones(x.array.shape + (n,), x.array.dtype))
    return powers if increasing else flip(powers, -1)
