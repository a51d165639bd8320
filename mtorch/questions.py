"""What a thing is: the questions programs ask of anything that may or may not be a tensor."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .autograd.tape import TensorBase
from .legacy import type_name
from .storage import TypedStorage, UntypedStorage


def is_tensor(obj) -> bool:
    """Whether this is a tensor.

    >>> import mtorch
    >>> mtorch.is_tensor(mtorch.ones(1)), mtorch.is_tensor([1.0])
    (True, False)
    """
    return isinstance(obj, TensorBase)


def _tensor(function: str, input):
    if not isinstance(input, TensorBase):
        raise TypeError(f"{function}(): argument 'input' must be Tensor, not {type(input).__name__}")
    return input


def is_floating_point(input) -> bool:
    """Whether the elements are floating point numbers."""
    return _tensor("is_floating_point", input).is_floating_point()


def is_complex(input) -> bool:
    """Whether the elements are complex numbers."""
    return _tensor("is_complex", input).is_complex()


def is_storage(obj) -> bool:
    """Is this a storage: the memory of tensors?"""
    return isinstance(obj, (TypedStorage, UntypedStorage))


def typename(obj) -> str:
    """The name of a tensor's type, or of a class or function with its module.

    >>> import mtorch
    >>> mtorch.typename(mtorch.ones(1))
    'torch.FloatTensor'
    """
    if isinstance(obj, TensorBase):
        return type_name(obj.dtype)
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(named, "__module__", None) or ""
    return named.__qualname__ if module in ("", "builtins") else f"{module}.{named.__qualname__}"


# ---- what has to be so ---------------------------------------------------------------------------

def _assert(condition: Any, message: str) -> None:
    """An assert statement, which a class may take over as it takes over functions."""
    if not isinstance(condition, (bool, TensorBase)) and hasattr(type(condition), "__torch_function__"):
        from .torch_function import ask
        ask(_assert, [condition], (condition, message), None)
        return
    assert condition, message


def _assert_async(input: Any, assert_msg: str | None = None) -> None:
    """An assert of a tensor of one element.

    Raises: RuntimeError where it is 0 or False.
    """
    if not input:
        raise RuntimeError(assert_msg or "Expected Tensor with single nonzero value, but got zero")


def _raising(error: type[Exception]) -> Callable[..., None]:
    """A check that raises this error, with the message that a function gives."""
    def check(cond: Any, message: Callable[[], str] | None = None) -> None:
        _check_with(error, cond, message)
    return check


def _check_with(error_type: type[Exception], cond: Any, message: Callable[[], str] | None) -> None:
    if not isinstance(cond, bool):
        raise TypeError(f"cond must be a bool, but got {type(cond)}")
    if not cond:
        raise error_type("Expected cond to be True, but got False." if message is None else str(message()))


def _check_tensor_all_with(error_type: type[Exception], cond: Any, message: Callable[[], str] | None = None) -> None:
    if not is_tensor(cond):
        raise TypeError(f"cond must be a tensor, but got {type(cond)}")
    if cond.array.dtype != bool:
        raise TypeError(f"cond tensor must have dtype torch.bool, but got {cond.dtype}")
    _check_with(error_type, cond.all().item(), message)


def _check_tensor_all(cond: Any, message: Callable[[], str] | None = None) -> None:
    """A check that all elements of a tensor of bools are True."""
    _check_tensor_all_with(RuntimeError, cond, message)


_check, _check_index, _check_value = _raising(RuntimeError), _raising(IndexError), _raising(ValueError)
_check_type, _check_not_implemented = _raising(TypeError), _raising(NotImplementedError)
