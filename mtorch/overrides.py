"""torch.overrides: classes that take over torch's functions by `__torch_function__`.  Here no class can."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .tensor import Tensor

__all__ = ["TorchFunctionMode", "has_torch_function", "is_tensor_like"]


def is_tensor_like(inp: Any) -> bool:
    """Is this a Tensor, or of a class that has `__torch_function__`?

    >>> import mtorch
    >>> from mtorch.overrides import is_tensor_like
    >>> is_tensor_like(mtorch.ones(1)), is_tensor_like([1.0])
    (True, False)
    """
    return isinstance(inp, Tensor) or hasattr(type(inp), "__torch_function__")


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """False: no argument takes a function over."""
    return False


class TorchFunctionMode:
    """A `with` block in which a program's own function stands in the place of torch's.

    Raises: NotImplementedError where the block is entered.
    """

    def __enter__(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__}: mtorch's functions cannot be taken over by a TorchFunctionMode")

    def __exit__(self, *error: Any) -> None:
        pass
