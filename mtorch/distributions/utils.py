"""What several distributions need: parameters brought to one shape, and probabilities to logits and back."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any, TypeAlias, TypeGuard

import numpy as np

from .. import dtypes
from ..autograd import enable_grad
from ..functions.creation import arange, empty, tensor
from ..functions.random_inplace import normal_
from ..functions.softmax import softmax
from ..tensor import Tensor

__all__ = ["broadcast_all", "logits_to_probs", "clamp_probs", "probs_to_logits", "lazy_property", "tril_matrix_to_vec",
           "vec_to_tril_matrix"]

Numbers: TypeAlias = Tensor | float        # a parameter: one number, or one for each of the batch
Shape: TypeAlias = Sequence[int]

euler_constant = 0.57721566490153286060


def is_number(x: Any) -> TypeGuard[float]:
    """Is x a Python or NumPy number, not a tensor?"""
    return isinstance(x, (int, float, np.number, bool))


def broadcast_shapes(*shapes: Shape) -> tuple[int, ...]:
    """The shape that these broadcast to."""
    try:
        return tuple(np.broadcast_shapes(*(tuple(shape) for shape in shapes)))
    except ValueError:
        raise RuntimeError("distribution: shapes that do not broadcast: "
                           f"{', '.join(str(tuple(shape)) for shape in shapes)}") from None


def a_tensor(owner: str, name: str, value: Any) -> Tensor:
    """value, which has to be a tensor already: where its last dimension counts, a number says too little."""
    if not isinstance(value, Tensor):
        raise TypeError(f"{owner}: {name} must be a tensor, got {type(value).__name__}")
    return value


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """Tensors and numbers as tensors of one shape; numbers take the type of the first tensor.

    >>> from mtorch.distributions.utils import broadcast_all
    >>> import mtorch
    >>> broadcast_all(1.0, mtorch.zeros(2))
    (tensor([1., 1.]), tensor([0., 0.]))
    """
    if not all(isinstance(v, Tensor) or is_number(v) for v in values):
        kinds = ", ".join(type(v).__name__ for v in values)
        raise ValueError(f"distribution parameters must be numbers or tensors, got ({kinds})")
    kind = next((v.dtype for v in values if isinstance(v, Tensor)), None)
    tensors = [v if isinstance(v, Tensor) else tensor(float(v) if kind is None else v, dtype=kind) for v in values]
    shape = broadcast_shapes(*(t.shape for t in tensors))
    return tuple(t if t.shape == shape else t.expand(shape) for t in tensors)


def _standard_normal(shape: Shape, dtype: dtypes.dtype | None, device: Any = None) -> Tensor:
    """Normal numbers of mean 0 and standard deviation 1."""
    return normal_(empty(shape, dtype=dtype, device=device))


def _sum_rightmost(value: Tensor, dim: int) -> Tensor:
    """The sum over the last `dim` dimensions, as of one: torch adds them up so."""
    return value if dim == 0 else value.reshape(tuple(value.shape[:-dim]) + (-1,)).sum(-1)


def one_hot(index: Tensor, count: int, dtype: dtypes.dtype) -> Tensor:
    """index (...) as vectors (..., count) that are one at the index and zero elsewhere."""
    return (index.unsqueeze(-1) == arange(count)).to(dtype)


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities kept away from 0 and 1 by the least that their type can tell."""
    eps = dtypes.finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Log probabilities, or log odds where there are two outcomes."""
    p = clamp_probs(probs)
    return p.log() - (-p).log1p() if is_binary else p.log()


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """Probabilities that sum to one along the last axis, or of one of two outcomes each."""
    return logits.sigmoid() if is_binary else softmax(logits, dim=-1)


class lazy_property:
    """A property worked out when first asked for, and then kept; it is recorded even under `no_grad`."""

    def __init__(self, wrapped: Callable) -> None:
        self.wrapped = wrapped
        update_wrapper(self, wrapped)                    # type: ignore[arg-type]

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return _lazy_property_and_property(self.wrapped)
        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


class _lazy_property_and_property(lazy_property, property):
    """What a lazy property looks like from the class: documentation tools look for a property, checks for a lazy one."""

    def __init__(self, wrapped: Callable) -> None:
        property.__init__(self, wrapped)


def _triangle(n: int, diag: int) -> Tensor:
    """Which elements of an n x n matrix lie on or below this diagonal."""
    row = arange(n)
    return row < row.view(-1, 1) + (diag + 1)


def tril_matrix_to_vec(mat: Tensor, diag: int = 0) -> Tensor:
    """The elements on and below a diagonal, row by row: (*, N, N) -> (*, M).

    mat: square matrices
    diag: which diagonal, from -N to N - 1; 0 is the main one, -1 that below it

    Raises: ValueError for a diagonal that the matrix does not have.

    >>> from mtorch.distributions.utils import tril_matrix_to_vec
    >>> import mtorch
    >>> tril_matrix_to_vec(mtorch.tensor([[1.0, 0.0], [2.0, 3.0]]))
    tensor([1., 2., 3.])
    """
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ValueError(f"diag ({diag}) provided is outside [{-n}, {n - 1}].")
    return mat[..., _triangle(n, diag)]


def vec_to_tril_matrix(vec: Tensor, diag: int = 0) -> Tensor:
    """Lower triangular matrices of vectors that hold their elements row by row: the inverse of `tril_matrix_to_vec`.

    vec: the elements, (*, M)
    diag: as for `tril_matrix_to_vec`

    Raises: ValueError where no square matrix has so many elements there.

    >>> from mtorch.distributions.utils import vec_to_tril_matrix
    >>> import mtorch
    >>> vec_to_tril_matrix(mtorch.tensor([5.0]), diag=-1)
    tensor([[0., 0.],
            [5., 0.]])
    """
    # N rows hold N (N + 1) / 2 + diag N elements, and diag (diag + 1) / 2 fewer above, or more below, the corners
    linear = 1 + 2 * diag
    root = (-linear + (linear ** 2 + 8 * vec.shape[-1] + 4 * abs(diag) * (diag + 1)) ** 0.5) / 2
    n = round(root)
    if n - root > dtypes.finfo(vec.dtype).eps:
        raise ValueError(f"The size of last dimension is {vec.shape[-1]} which cannot be expressed as the lower "
                         "triangular part of a square D x D matrix.")
    mat = vec.new_zeros(tuple(vec.shape[:-1]) + (n, n))
    mat[..., _triangle(n, diag)] = vec
    return mat
