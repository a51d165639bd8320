"""What the functions on images do with their arguments: a number for each axis, a batch even where there is none."""
from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from ...functions.arguments import require_tensor
from ...ops.shape import squeeze, unsqueeze
from . import advice

if TYPE_CHECKING:
    from ...tensor import Tensor

Ints = int | Sequence[int]
Pooled: TypeAlias = Any             # a Tensor; with return_indices a pair, of it and of where each element was found


def per_axis(value: Any, n: int, function: str, name: str) -> tuple[int, ...]:
    """`value` for each of n axes: given as one int, as one in a list, or as n."""
    if type(value) is int:
        return (value,) * n
    given = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    try:
        numbers = tuple(operator.index(v) for v in given)
    except TypeError:
        raise TypeError(f"{function}(): argument '{name}' must be an int or a tuple of {n} ints, got {value!r}") from None
    if len(numbers) == 1:
        return numbers * n
    if len(numbers) != n:
        raise RuntimeError(f"{function}: expected {name} to be a single integer value or a list of {n} values, "
                           f"but got {name}={list(numbers)}")
    return numbers


def positive(numbers: tuple[int, ...], function: str, name: str) -> tuple[int, ...]:
    """These numbers, all of which must be above zero."""
    if any(v <= 0 for v in numbers):
        raise RuntimeError(f"{function}: {name} must be greater than zero, but got {list(numbers)}")
    return numbers


def require_image(x: Tensor, n: int, function: str) -> Tensor:
    """x, which must be (N, C, n axes) or (C, n axes)."""
    require_tensor(x, function)
    if x.array.ndim not in (n + 1, n + 2):
        raise RuntimeError(f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {function}, "
                           f"but got input of size: {list(x.array.shape)}")
    return x


def require_floating(x: Tensor, function: str) -> Tensor:
    """x, which must hold floating-point numbers."""
    if x.array.dtype.kind != "f":
        raise NotImplementedError(f'"{function}" not implemented for {x.dtype}: convert the input with .float()'
                           + advice.of_scale(x.array.dtype))
    return x


def require_real(x: Tensor, function: str) -> None:
    """x must hold numbers that have an order."""
    if x.array.dtype.kind not in "fiu":
        raise NotImplementedError(f'"{function}" not implemented for {x.dtype}: expected real numbers')


def as_batch(x: Tensor, n: int) -> tuple[Tensor, bool]:
    """(x as a batch, was it one?): an image (C, n axes) becomes a batch of one."""
    return (x, True) if x.array.ndim == n + 2 else (unsqueeze(x, dim=0), False)


def as_given(y: Tensor, batched: bool) -> Tensor:
    """The result for what as_batch made a batch of."""
    return y if batched else squeeze(y, dims=(0,))
