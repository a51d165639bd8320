"""Norms of vectors and matrices, condition numbers and distances."""
from __future__ import annotations

import math

import numpy as np

from ... import dtypes
from ...autograd.tape import wrap
from ...ops import distance, linalg as rules
from ..arguments import axis_of, into, require_tensor, to_type
from ..reduction import amax, amin, norm as norm_over
from .checks import capital, matrices
from .solving import inv


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


def vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None, out=None):
    """(sum |x|^ord)^(1/ord) over dim (all of x where None); inf the largest magnitude, -inf the smallest, 0 counts
    the elements that are not zero.

    >>> import mtorch
    >>> mtorch.linalg.vector_norm(mtorch.tensor([3.0, -4.0]), ord=1)
    tensor(7.)
    """
    x = _typed(x, dtype, "linalg.vector_norm")
    if isinstance(ord, str):
        raise TypeError(f"linalg_vector_norm(): argument 'ord' must be Number, not {type(ord).__name__}")
    dim = None if isinstance(dim, (tuple, list)) and not dim else dim
    axes = range(x.array.ndim) if dim is None else dim if isinstance(dim, (tuple, list)) else (dim,)
    if (ord < 0 or ord == math.inf) and any(x.array.ndim and not x.array.shape[axis_of(d, x.array.ndim)] for d in axes):
        raise RuntimeError(f"linalg.vector_norm cannot compute the {ord:g} norm on an empty tensor because the "
                           "operation does not have an identity")
    result = norm_over(x, float(ord), dim, keepdim)
    return result if out is None else into(out, result)


def matrix_norm(A, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None, out=None):
    """The norm of matrices: 'fro' the root of the sum of squares, 'nuc' the sum of the singular values, 2 and -2 the
    largest and smallest of them, 1 and -1 those of the columns' sums of magnitudes, inf and -inf of the rows'.

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
        s = rules.svdvals(A.movedim((rows, columns), (-2, -1)))
        result = s.sum(-1) if ord == "nuc" else amax(s, -1) if ord == 2 else amin(s, -1)
        if keepdim:
            for d in sorted((rows, columns)):
                result = result.unsqueeze(d)
    elif ord in (1, -1, math.inf, -math.inf):
        along, over = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = A.abs().sum(along, keepdim=True)
        result = (amax if ord > 0 else amin)(sums, over, keepdim=True)
        result = result if keepdim else result.squeeze((rows, columns))
    elif isinstance(ord, str):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    else:
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    return result if out is None else into(out, result)


def norm(A, ord=None, dim=None, keepdim=False, *, out=None, dtype=None):
    """`vector_norm` where dim is one dimension, or where neither dim nor ord is given; `matrix_norm` where dim is
    two, or where A is a matrix and ord is given.

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


def old_norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    """The p-norm over dim, all of it where None; p='nuc' is that of matrices, the sum of their singular values.

    >>> import mtorch
    >>> mtorch.norm(mtorch.tensor([3.0, 4.0])), mtorch.norm(mtorch.eye(2), "nuc")
    (tensor(5.), tensor(2.))
    """
    if p == "nuc":
        x = require_tensor(input, "norm")
        return matrix_norm(x, "nuc", (0, 1) if dim is None else dim, keepdim, dtype=dtype, out=out)
    return norm_over(input, p, dim, keepdim, out, dtype)


def cond(A, p=None, *, out=None):
    """The condition number ||A|| ||A^-1|| in the norm p (of `matrix_norm`).

    Where p is None, 2 or -2 it is a ratio of singular values.

    >>> import mtorch
    >>> mtorch.linalg.cond(mtorch.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor(2.)
    """
    A = matrices(A, "linalg.cond")
    if p is None or p in (2, -2):
        s = rules.svdvals(A)
        result = s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    else:
        if A.array.shape[-1] != A.array.shape[-2]:
            raise RuntimeError(f"linalg.cond with ord {p} requires square matrices: A must be batches of square "
                               f"matrices, but they are {A.array.shape[-2]} by {A.array.shape[-1]} matrices")
        try:
            result = matrix_norm(A, p) * matrix_norm(inv(A), p)
        except RuntimeError as error:
            if "singular" not in str(error):
                raise
            result = wrap(np.full(A.array.shape[:-2], math.inf, A.array.dtype))
    return result if out is None else into(out, result)


def dist(input, other, p=2):
    """The p-norm of input - other, all of it.

    >>> import mtorch
    >>> mtorch.dist(mtorch.tensor([3.0, 0.0]), mtorch.tensor([0.0, 4.0]))
    tensor(5.)
    """
    return norm_over(require_tensor(input, "dist") - require_tensor(other, "dist", "other"), float(p))


def renorm(input, p, dim, maxnorm, *, out=None):
    """input with each slice along dim whose p-norm is above maxnorm brought down to it.

    >>> import mtorch
    >>> mtorch.renorm(mtorch.tensor([[3.0, 4.0], [0.0, 1.0]]), 2, 0, 1)
    tensor([[0.6000, 0.8000],
            [0.0000, 1.0000]])
    """
    x = require_tensor(input, "renorm")
    if p <= 0:
        raise RuntimeError("renorm: non-positive-norm not supported")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    if x.array.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {x.array.ndim} dimensions")
    d = axis_of(dim, x.array.ndim)
    norms = norm_over(x, float(p), tuple(i for i in range(x.array.ndim) if i != d), True)
    over = wrap(norms.array > maxnorm)
    factor = over.to(x.dtype) * (maxnorm / (norms + 1e-7)) + (~over).to(x.dtype)
    return x * factor if out is None else into(out, x * factor)


def _distances(a, b, p: float):
    """||a - b||_p over the last dimension, of operands that broadcast."""
    return norm_over(a - b, p, -1)


def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    """The p-norm distances between each row of x1 and each row of x2.

    Shape: (..., P, M), (..., R, M) -> (..., P, R)

    >>> import mtorch
    >>> mtorch.cdist(mtorch.tensor([[0.0, 0.0]]), mtorch.tensor([[3.0, 4.0], [1.0, 0.0]]))
    tensor([[5., 1.]])
    """
    a, b = require_tensor(x1, "cdist", "x1"), require_tensor(x2, "cdist", "x2")
    for name, x in (("X1", a), ("X2", b)):
        if x.array.dtype.kind != "f":
            raise RuntimeError(f"cdist only supports floating-point dtypes, {name} got: {capital(x.dtype)}")
        if x.array.ndim < 2:
            raise RuntimeError(f"cdist only supports at least 2D tensors, {name} got: {x.array.ndim}D")
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
    return _distances(a.unsqueeze(-2), b.unsqueeze(-3), float(p))


def pdist(input, p=2.0):
    """The p-norm distances between every two rows of a matrix.

    Shape: (N, M) -> (N (N - 1) / 2)

    >>> import mtorch
    >>> mtorch.pdist(mtorch.tensor([[0.0, 0.0], [3.0, 4.0]]))
    tensor([5.])
    """
    x = require_tensor(input, "pdist")
    if x.array.ndim != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {x.array.ndim}D")
    if x.array.dtype.kind != "f":
        raise RuntimeError("pdist only supports floating-point dtypes")
    if p < 0:
        raise RuntimeError("pdist only supports non-negative p values")
    first, second = (wrap(i) for i in np.triu_indices(x.array.shape[0], 1))
    return _distances(x[first], x[second], float(p))
