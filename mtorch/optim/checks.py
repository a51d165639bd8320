"""What a hyperparameter may be: checked once, in the constructors, with torch's words and the expected range."""
from __future__ import annotations

from typing import Any

import numpy as np

from ..tensor import Tensor


def plain(value: Any) -> Any:
    """A hyperparameter as the arithmetic wants it: Python's number, also for a tensor of one element or NumPy's number.

    (NumPy's float64 would make float64 of every float32 array it meets.)
    """
    if isinstance(value, (Tensor, np.generic, np.ndarray)):
        return value.item()
    if type(value) is tuple or type(value) is list:
        return tuple(plain(v) for v in value)
    return value


def as_number(name: str, value: Any) -> float:
    """The number to check; lr, betas and weight_decay may also be tensors of one element."""
    if isinstance(value, Tensor):
        if value.numel() != 1:
            raise ValueError(f"Tensor {name} must be 1-element, got shape {tuple(value.shape)}")
        return value.item()
    try:
        if not isinstance(value, str):                     # float("1e-3") would hide what YAML read as text
            return float(value)
    except (TypeError, ValueError):
        pass
    raise TypeError(f"{name} must be a number, got {type(value).__name__} {value!r}")


def real(optimizer: str, p: Tensor, error: type[Exception] = RuntimeError) -> None:
    """Refuse a complex parameter."""
    if p.is_complex():
        raise error(f"{optimizer} does not support complex parameters, one of the params is {p.dtype} {tuple(p.shape)}")


def not_negative(words: str, name: str, value: Any) -> None:
    """Refuse a value below 0, and nan."""
    if not as_number(name, value) >= 0.0:
        raise ValueError(f"Invalid {words}: {value} (expected {name} >= 0)")


def learning_rate(lr: Any) -> None:
    not_negative("learning rate", "lr", lr)


def epsilon(eps: Any) -> None:
    not_negative("epsilon value", "eps", eps)


def value_of(name: str, value: Any) -> None:
    not_negative(f"{name} value", name, value)


def pair(name: str, values: Any) -> tuple[Any, Any]:
    """Two values, of which torch's users often forget one."""
    if isinstance(values, (str, Tensor)) or not hasattr(values, "__len__") or len(values) != 2:
        raise ValueError(f"{name} must be a pair of numbers, got {values!r}")
    first, second = values
    return first, second


def betas(values: Any) -> None:
    """Two decay rates in [0, 1), both numbers or both tensors of one element."""
    both = pair("betas", values)
    for index, beta in enumerate(both):
        if not 0.0 <= as_number(f"betas[{index}]", beta) < 1.0:
            raise ValueError(f"Invalid beta parameter at index {index}: {beta} (expected 0 <= beta < 1)")
    if isinstance(both[0], Tensor) != isinstance(both[1], Tensor):
        raise ValueError("betas must be either both floats or both Tensors")
