"""torch's `_foreach_*`, which optimizers outside torch are written with: an operation on each tensor of a list.

`_foreach_mul_(params, 0.9)` is `for p in params: p.mul_(0.9)`; a second list gives each tensor its own operand.

>>> import mtorch
>>> xs = [mtorch.ones(2), mtorch.zeros(1)]
>>> mtorch._foreach_add(xs, [1.0, 2.0])
(tensor([2., 2.]), tensor([2.]))
>>> _ = mtorch._foreach_mul_(xs, 3)
>>> xs
[tensor([3., 3.]), tensor([0.])]
"""
from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from .functions.creation import tensor
from .later import FOREACH
from .linalg import vector_norm
from .missing import no_attribute
from .tensor import Tensor


def __getattr__(name: str) -> Any:
    if name not in FOREACH:
        raise no_attribute(__name__, name, FOREACH)
    return _foreach(name)


@cache
def _foreach(name: str) -> Callable[..., Any]:
    """The function of this name."""
    operation = name.removeprefix("_foreach_")
    apply = _APART.get(operation) or getattr(Tensor, operation)

    def run(self: Any, *operands: Any, **options: Any) -> Any:
        if isinstance(self, Tensor) or not isinstance(self, (tuple, list)) and operation != "pow":
            raise TypeError(f"{name}: expected a list of tensors, but got {type(self).__name__}")
        lists = [x for x in (self, *operands, *options.values()) if isinstance(x, (tuple, list))]
        count = len(lists[0]) if lists else 0
        if not count:
            raise RuntimeError(f"{name}: Tensor list must have at least one tensor.")
        for other in lists:
            if len(other) != count:
                raise RuntimeError(f"{name}: Tensor lists must have the same number of tensors, got {count} and {len(other)}")
        found = [apply(_part(self, i), *[_part(x, i) for x in operands], **{key: _part(x, i) for key, x in options.items()})
                 for i in range(count)]
        return self if operation.endswith("_") else tuple(found)
    run.__name__ = run.__qualname__ = name
    run.__doc__ = f"`{operation}` on each tensor of a list; see foreach.py."
    return run


def _part(x: Any, i: int) -> Any:
    return x[i] if isinstance(x, (tuple, list)) else x


def _as_tensor(x: Tensor, other: Any) -> Tensor:
    return other if isinstance(other, Tensor) else tensor(other, dtype=x.dtype)


# those that Tensor has no method for, or one with other arguments
_APART: dict[str, Callable[..., Any]] = {
    "maximum": lambda x, other: x.maximum(_as_tensor(x, other)),
    "minimum": lambda x, other: x.minimum(_as_tensor(x, other)),
    "maximum_": lambda x, other: x.copy_(x.maximum(_as_tensor(x, other))),
    "minimum_": lambda x, other: x.copy_(x.minimum(_as_tensor(x, other))),
    "norm": lambda x, ord=2, dtype=None: vector_norm(x, ord, dtype=dtype),
    "powsum": lambda x, ord=2, dtype=None: x.abs().pow(ord).sum(dtype=dtype),
    "addcmul": lambda x, a, b, value=1: x.addcmul(a, b, value=value),
    "addcmul_": lambda x, a, b, value=1: x.addcmul_(a, b, value=value),
    "addcdiv": lambda x, a, b, value=1: x.addcdiv(a, b, value=value),
    "addcdiv_": lambda x, a, b, value=1: x.addcdiv_(a, b, value=value),
    "pow": lambda x, exponent: x.pow(exponent) if isinstance(x, Tensor) else _as_tensor(exponent, x).pow(exponent),
    "copy_": lambda x, source, non_blocking=False: x.copy_(source, non_blocking),
}
