"""Functions over the kept values along a dimension of a sparse tensor: softmax, as attention on graphs uses it."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..autograd.tape import wrap
from ..functions.arguments import axis_of
from ..functions.creation import zeros
from .tensor import SparseTensor

if TYPE_CHECKING:
    from .. import dtypes


def softmax(input: SparseTensor, dim: int, *, dtype: dtypes.dtype | None = None) -> SparseTensor:
    """Softmax along a dimension over the kept values alone: the others count as minus infinity.

    dim: the dimension, a sparse one or one of each value
    dtype: the type to compute in; None for input's

    Shape: any -> the same
    Raises: TypeError where input is not sparse; IndexError for a dim outside [-input.dim(), input.dim()).

    >>> import mtorch
    >>> a = mtorch.sparse_coo_tensor([[0, 0, 1], [0, 2, 1]], [1.0, 1.0, 5.0], (2, 3))
    >>> mtorch.sparse.softmax(a, 1).values()
    tensor([0.5000, 0.5000, 1.0000])
    """
    if not isinstance(input, SparseTensor):
        raise TypeError(f"sparse.softmax: input must be a sparse tensor, got {type(input).__name__}")
    x = input.coalesce() if dtype is None else input.to(dtype).coalesce()
    d = axis_of(dim, x.dim())
    if d >= x.sparse_dim():
        return x._with(x._elements.softmax(d - x.sparse_dim() + 1))
    others = [i for i in range(x.sparse_dim()) if i != d]
    group = np.ravel_multi_index(tuple(x._places[others]), [x._size[i] for i in others]) if others else \
        np.zeros(x._nnz(), np.int64)
    names, group = np.unique(group, return_inverse=True)
    group = group.reshape(-1)
    highest = np.full((len(names), *x._elements.shape[1:]), -np.inf, x._elements.array.dtype)
    np.maximum.at(highest, group, x._elements.array)
    e = (x._elements - wrap(highest[group])).exp()
    total = zeros(highest.shape, dtype=e.dtype).index_add(0, wrap(group), e)
    return x._with(e / total[wrap(group)])


def log_softmax(input: SparseTensor, dim: int, *, dtype: dtypes.dtype | None = None) -> SparseTensor:
    """The logarithm of `sparse.softmax`.

    Shape, arguments and errors as for `softmax`.

    >>> import mtorch
    >>> a = mtorch.sparse_coo_tensor([[0, 0], [0, 2]], [1.0, 1.0], (1, 3))
    >>> mtorch.sparse.log_softmax(a, 1).values()
    tensor([-0.6931, -0.6931])
    """
    y = softmax(input, dim, dtype=dtype)
    return y._with(y._elements.log())
