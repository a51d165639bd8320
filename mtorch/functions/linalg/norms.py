"""Norms of vectors and matrices, condition numbers and distances.

Source: Golub and Van Loan 2013, "Matrix Computations", 4th edition, sections 2.2 (vectors), 2.3 (matrices) and 2.6
(condition).
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...autograd.naming import shown_as
from ... import dtypes
from ...autograd.tape import wrap
from ...ops import distance, linalg as rules
from ..arguments import axis_of, number_of, numpy_names, require_tensor, to_type
from ..output import into
from ..arithmetic import where
from ..reduction import amax, amin, norm as norm_over
from .checks import capital, matrices, same_type, singular_values_of, squares
from .solving import inv_ex

if TYPE_CHECKING:
    from ...tensor import Tensor
    from ..hints import Dims


def _typed(x, dtype, name: str):
    x = require_tensor(x, name, "x")
    if dtype is not None:
        kind = dtypes.numpy_dtype(dtype)
        if kind.kind not in "fc":
            raise RuntimeError(f"{name}: dtype should be floating point or complex. Got {dtype}")
        if kind.itemsize < x.array.dtype.itemsize and x.array.dtype.kind == "f":
            raise RuntimeError(f"{name}: the dtype of the input ({x.dtype}) should be convertible without narrowing "
                               f"to the specified dtype ({dtype})")
        x = to_type(x, kind)
    if x.array.dtype.kind not in "fc":
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {capital(x.dtype)}")
    return x


@numpy_names
@shown_as("LinalgVectorNormBackward0")
def vector_norm(x: Tensor, ord: float = 2, dim: Dims | None = None, keepdim: bool = False, *,
                dtype: dtypes.dtype | None = None, out: Tensor | None = None) -> Tensor:
    """(sum |x|^ord)^(1/ord) over dim.

    ord: any number; inf the largest magnitude, -inf the smallest, 0 counts the elements that are not zero
    dim: a dimension, several, or None (or ()) for all
    keepdim: keep the reduced dimensions, with size 1
    dtype: the type to compute in, not narrower than x's

    Shape: any -> x's without dim, or with size 1 there where keepdim
    Raises: TypeError where x is not a Tensor or ord no number; RuntimeError for integers, a narrower dtype, and a
        negative or infinite ord over no elements; IndexError for a dim outside [-x.dim(), x.dim()).

    >>> import mtorch
    >>> mtorch.linalg.vector_norm(mtorch.tensor([3.0, -4.0]), ord=1)
    tensor(7.)
    """
    x = _typed(x, dtype, "linalg.vector_norm")
    ord = float(number_of(ord, "linalg_vector_norm", "ord"))
    dim = None if isinstance(dim, (tuple, list)) and not dim else dim
    result = norm_over(x, ord, dim, keepdim)
    return result if out is None else into(out, result)


@numpy_names
def matrix_norm(A: Tensor, ord: float | str = "fro", dim: Sequence[int] = (-2, -1), keepdim: bool = False, *,
                dtype: dtypes.dtype | None = None, out: Tensor | None = None) -> Tensor:
    """The norm of matrices.

    ord: 'fro' the root of the sum of squares, 'nuc' the sum of the singular values, 2 and -2 the largest and smallest
        of them, 1 and -1 those of the columns' sums of magnitudes, inf and -inf of the rows'
    dim: the two dimensions that make the matrices
    keepdim: keep them, with size 1
    dtype: the type to compute in, not narrower than A's

    Shape: (..., M, N) -> (...), or (..., 1, 1) where keepdim
    Raises: TypeError where A is not a Tensor; RuntimeError for integers, fewer than two dimensions, another ord, and a
        dim that is not two dimensions; IndexError for one outside [-A.dim(), A.dim()), and for -1, -2 and -inf over no
        elements.

    >>> import mtorch
    >>> mtorch.linalg.matrix_norm(mtorch.tensor([[3.0, 0.0], [0.0, 4.0]]), "nuc")
    tensor(7.)
    """
    A = _typed(A, dtype, "linalg.matrix_norm")
    if A.array.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    if not isinstance(dim, (tuple, list)) or len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {dim}")
    rows, columns = (axis_of(d, A.array.ndim) for d in dim)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    if ord == "fro":
        result = norm_over(A, 2.0, (rows, columns), keepdim)
    elif ord in ("nuc", 2, -2):
        with singular_values_of(A.array):
            s = rules.svdvals(A.movedim((rows, columns), (-2, -1)))
        result = s.sum(-1) if ord == "nuc" else _largest(s, -1) if ord == 2 else amin(s, -1)
        if keepdim:
            for d in sorted((rows, columns)):
                result = result.unsqueeze(d)
    elif ord in (1, -1, math.inf, -math.inf):
        along, over = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = A.abs().sum(along, keepdim=True)
        result = (_largest if ord > 0 else amin)(sums, over, keepdim=True)
        result = result if keepdim else result.squeeze((rows, columns))
    else:
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    return result if out is None else into(out, result)


def _largest(x, dim: int, keepdim: bool = False):
    """The largest magnitude along dim, 0 where there is none."""
    return amax(x, dim, keepdim) if x.array.shape[dim] else x.sum(dim, keepdim)


@numpy_names
def norm(A: Tensor, ord: float | str | None = None, dim: Dims | None = None, keepdim: bool = False, *,
         out: Tensor | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
    """`vector_norm` where dim is one dimension, or where neither dim nor ord is given; `matrix_norm` where dim is
    two and ord is given, or where A is a matrix and ord is given.

    ord: of the one or the other; None for 2 (of matrices 'fro', which is the same)
    dim: a dimension, two, or None
    keepdim: keep the reduced dimensions, with size 1
    dtype: the type to compute in, not narrower than A's

    Shape: any -> A's without dim, or with size 1 there where keepdim
    Raises: RuntimeError where ord is given but no dim, and A has more than two dimensions, or dim has more than two;
        others as for `vector_norm` and `matrix_norm`.

    >>> import mtorch
    >>> mtorch.linalg.norm(mtorch.tensor([[3.0, 0.0], [0.0, 4.0]])), mtorch.linalg.norm(mtorch.tensor([3.0, 4.0]), 1)
    (tensor(5.), tensor(7.))
    """
    x = require_tensor(A, "linalg.norm", "A")
    if dim is not None:
        dims = tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
        if len(dims) not in (1, 2):
            raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dims)}")
    else:
        dims = None
        if ord is not None and x.array.ndim not in (1, 2):
            raise RuntimeError("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
                               f"{x.array.ndim}D.")
    if ord is not None and (dims is not None and len(dims) == 2 or dims is None and x.array.ndim == 2):
        return matrix_norm(x, ord, (0, 1) if dims is None else dims, keepdim, dtype=dtype, out=out)
    if isinstance(ord, str):
        raise RuntimeError(f"linalg.norm: order {ord!r} is that of a matrix, but dim is {dim} and the input has "
                           f"{x.array.ndim} dimensions")
    return vector_norm(x, 2 if ord is None else ord, dims, keepdim, dtype=dtype, out=out)


def old_norm(input: Tensor, p: float | str | None = "fro", dim: Dims | None = None, keepdim: bool = False,
             out: Tensor | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
    """The p-norm over dim: (sum |x|^p)^(1/p).

    p: a number; 'fro' or None is 2, inf the largest magnitude, 0 counts the elements that are not zero; 'nuc' is that
        of matrices, the sum of their singular values
    dim: a dimension, several (for 'nuc' two), or None for all
    keepdim: keep the reduced dimensions, with size 1
    dtype: the type to compute in

    Shape: any -> input's without dim, or with size 1 there where keepdim
    Raises: TypeError where input is not a Tensor; RuntimeError for integers without dtype, another word for p, and
        where for 'nuc' there are not two dimensions; IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> mtorch.norm(mtorch.tensor([3.0, 4.0])), mtorch.norm(mtorch.eye(2), "nuc")
    (tensor(5.), tensor(2.))
    """
    if p == "nuc":
        x = require_tensor(input, "norm")
        dims = (0, 1) if dim is None else (dim,) if isinstance(dim, int) else dim
        return matrix_norm(x, "nuc", dims, keepdim, dtype=dtype, out=out)
    p = p.item() if isinstance(p, np.generic) else p       # float64 would make the result float64
    return norm_over(input, p, dim, keepdim, out, dtype)


def cond(A: Tensor, p: float | str | None = None, *, out: Tensor | None = None) -> Tensor:
    """The condition number ||A|| ||A^-1||; inf for singular matrices.

    p: in which norm, the ord of `matrix_norm`; where it is None (2), 2 or -2 it is a ratio of singular values, of
        matrices that need not be square

    Shape: (..., N, N) -> (...)
    Raises: TypeError where A is not a Tensor; RuntimeError where A is no matrix of float32, float64 or complex, is not square
        for a p that needs it, or p is another; LinAlgError where A has nan.

    >>> import mtorch
    >>> mtorch.linalg.cond(mtorch.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor(2.)
    """
    A = matrices(A, "linalg.cond")
    if p not in (None, 2, -2, 1, -1, math.inf, -math.inf, "fro", "nuc"):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if p not in (None, 2, -2):
        A = squares(A, f"linalg.cond(ord={p})")
    if not A.array.size:
        result = A.sum((-2, -1))
    elif p in (None, 2, -2, "nuc"):
        with singular_values_of(A.array):
            s = rules.svdvals(A)
        if p == "nuc":
            result = s.sum(-1) * (1 / s).sum(-1)
        else:
            result = s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    else:
        inverse, infos = inv_ex(A)
        result = matrix_norm(A, p) * matrix_norm(inverse, p)
        if infos.array.any():
            result = where(infos != 0, wrap(np.asarray(math.inf, result.array.dtype)), result)
    return result if out is None else into(out, result)


@shown_as("DistBackward0")
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of input - other, all of it.

    p: any number, inf for the largest magnitude

    Shape: two that broadcast -> ()
    Raises: TypeError where one is not a Tensor, or p no number; RuntimeError where they do not broadcast, or are of
        integers.

    >>> import mtorch
    >>> mtorch.dist(mtorch.tensor([3.0, 0.0]), mtorch.tensor([0.0, 4.0]))
    tensor(5.)
    """
    return norm_over(require_tensor(input, "dist") - require_tensor(other, "dist", "other"), float(number_of(p, "dist", "p")))


@numpy_names
@shown_as("RenormBackward0")
def renorm(input: Tensor, p: float, dim: int, maxnorm: float, *, out: Tensor | None = None) -> Tensor:
    """input with each slice along dim whose p-norm is above maxnorm brought down to it.

    p: > 0
    dim: the dimension whose slices are meant
    maxnorm: >= 0

    Shape: any of two dimensions or more -> the same
    Raises: TypeError where input is not a Tensor, or p no number; RuntimeError where p or maxnorm is out of its range,
        or input has fewer than two dimensions or is of integers; IndexError for a dim outside [-input.dim(),
        input.dim()).

    >>> import mtorch
    >>> mtorch.renorm(mtorch.tensor([[3.0, 4.0], [0.0, 1.0]]), 2, 0, 1)
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """
    x, p = require_tensor(input, "renorm"), float(number_of(p, "renorm", "p"))
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    if x.array.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {x.array.ndim} dimensions")
    d = axis_of(dim, x.array.ndim)
    norms = norm_over(x, p, tuple(i for i in range(x.array.ndim) if i != d), True)
    over = wrap(norms.array > maxnorm)
    factor = over.to(x.dtype) * (maxnorm / (norms + 1e-7)) + (~over).to(x.dtype)
    return x * factor if out is None else into(out, x * factor)


def _distances(a, b, p: float):
    """||a - b||_p over the last dimension, of operands that broadcast."""
    return norm_over(a - b, p, -1)


@shown_as("CdistBackward0")
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Tensor:
    """The p-norm distances between each row of x1 and each row of x2.

    p: >= 0; inf for the largest difference, 0 counts the elements that differ
    compute_mode: whether p = 2 goes by a matrix product, faster and less exact: 'use_mm_for_euclid_dist_if_necessary'
        (for more than 25 rows), 'use_mm_for_euclid_dist', 'donot_use_mm_for_euclid_dist'

    Shape: (..., P, M), (..., R, M) -> (..., P, R)
    Raises: TypeError where one is not a Tensor, or p no number; RuntimeError where they are of integers or of two types,
        have fewer than two dimensions, their columns differ or the others do not broadcast, or p is negative;
        ValueError for another compute_mode.

    >>> import mtorch
    >>> mtorch.cdist(mtorch.tensor([[0.0, 0.0]]), mtorch.tensor([[3.0, 4.0], [1.0, 0.0]]))
    tensor([[5., 1.]])
    """
    a, b = require_tensor(x1, "cdist", "x1"), require_tensor(x2, "cdist", "x2")
    p = float(number_of(p, "cdist", "p"))
    for name, x in (("X1", a), ("X2", b)):
        if x.array.dtype.kind != "f":
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {capital(x.dtype)}")
        if x.array.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {x.array.ndim}D")
    same_type("cdist", a, b)
    if a.array.shape[-1] != b.array.shape[-1]:
        raise RuntimeError("X1 and X2 must have the same number of columns. "
                           f"X1: {a.array.shape[-1]} X2: {b.array.shape[-1]}")
    if p < 0:
        raise RuntimeError("cdist only supports non-negative p values")
    modes = ("use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist")
    if compute_mode not in modes:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    large = max(a.array.shape[-2], b.array.shape[-2]) > 25 and compute_mode == modes[0]
    if p == 2 and a.array.dtype == b.array.dtype and (large or compute_mode == modes[1]):
        return distance.euclidean(a, b)
    return _distances(a.unsqueeze(-2), b.unsqueeze(-3), p)


@shown_as("PdistBackward0")
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norm distances between every two rows of a matrix.

    p: >= 0; inf for the largest difference, 0 counts the elements that differ

    Shape: (N, M) -> (N (N - 1) / 2), the rows 0 and 1, 0 and 2, ... first
    Raises: TypeError where input is not a Tensor, or p no number; RuntimeError where it is no matrix or of integers, or
        p is negative.

    >>> import mtorch
    >>> mtorch.pdist(mtorch.tensor([[0.0, 0.0], [3.0, 4.0]]))
    tensor([5.])
    """
    x, p = require_tensor(input, "pdist"), float(number_of(p, "pdist", "p"))
    if x.array.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {x.array.ndim}D")
    if x.array.dtype.kind != "f":
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    first, second = (wrap(i) for i in np.triu_indices(x.array.shape[0], 1))
    return _distances(x[first], x[second], p)
