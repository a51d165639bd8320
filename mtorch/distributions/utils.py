"""What several distributions need: parameters brought to one shape, and probabilities to logits and back."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeGuard

import numpy as np

from .. import dtypes
from ..autograd import enable_grad
from ..functions.creation import arange, empty, tensor
from ..functions.random_inplace import normal_
from ..functions.softmax import softmax
from ..tensor import Tensor

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


def standard_normal(shape: Shape, dtype: dtypes.dtype) -> Tensor:
    """Normal numbers of mean 0 and standard deviation 1."""
    return normal_(empty(shape, dtype=dtype))


def sum_rightmost(value: Tensor, dims: int) -> Tensor:
    """The sum over the last `dims` dimensions."""
    return value if dims == 0 else value.sum(tuple(range(-dims, 0)))


def one_hot(index: Tensor, count: int, dtype: dtypes.dtype) -> Tensor:
    """index (...) as vectors (..., count) that are one at the index and zero elsewhere."""
    return (index.unsqueeze(-1) == arange(count)).to(dtype)


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities kept away from 0 and 1 by the least that their type can tell."""
    eps = float(np.finfo(probs.array.dtype).eps)
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

    def __init__(self, method: Callable) -> None:
        self.method = method
        self.__doc__ = method.__doc__

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with enable_grad():
            value = self.method(instance)
        instance.__dict__[self.method.__name__] = value
        return value
