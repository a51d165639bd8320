"""torch.overrides: what a program needs beside `__torch_function__` itself, see torch_function.py."""
from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from .tensor import Tensor
from .torch_function import ask, asking, begin, nowrap, to_ask

__all__ = ["TorchFunctionMode", "get_default_nowrap_functions", "handle_torch_function", "has_torch_function",
           "is_tensor_like", "wrap_torch_function"]

begin()


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Whether one of these is of a class that is asked first.

    relevant_args: the arguments of a function that may be tensors

    >>> import mtorch
    >>> class Metres(mtorch.Tensor):
    ...     pass
    >>> from mtorch.overrides import has_torch_function
    >>> has_torch_function((mtorch.ones(1), Metres([1.0]))), has_torch_function((mtorch.ones(1), 2))
    (True, False)
    """
    return asking.on and bool(to_ask(relevant_args))


def handle_torch_function(public_api: Callable, relevant_args: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
    """Ask the classes of relevant_args, one after the other, to do public_api(*args, **kwargs).

    public_api: the function as its callers know it
    relevant_args: those of its arguments that may be tensors
    args, kwargs: all of its arguments

    Raises: TypeError if every class answers NotImplemented.

    >>> import mtorch
    >>> from mtorch.overrides import handle_torch_function
    >>> class Wordy:
    ...     @classmethod
    ...     def __torch_function__(cls, func, types, args=(), kwargs=None):
    ...         return f"{func.__name__} of {len(args)}"
    >>> handle_torch_function(mtorch.add, (Wordy(),), Wordy(), 2)
    'add of 2'
    """
    return ask(public_api, to_ask(relevant_args), args, kwargs)


def wrap_torch_function(dispatcher: Callable) -> Callable:
    """Decorate a function of a program's own, so that it asks the classes of its arguments.

    dispatcher: takes the function's arguments and returns those that may be tensors

    >>> import mtorch
    >>> from mtorch.overrides import wrap_torch_function
    >>> @wrap_torch_function(lambda a, b: (a, b))
    ... def twice(a, b):
    ...     return 2 * (a + b)
    >>> twice(mtorch.ones(1), 3)
    tensor([8.])
    """
    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def asks(*args: Any, **kwargs: Any) -> Any:
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(asks, relevant, *args, **kwargs)
            return function(*args, **kwargs)
        return asks
    return decorate


def is_tensor_like(inp: Any) -> bool:
    """Is this a Tensor, or of a class that has `__torch_function__`?

    >>> import mtorch
    >>> from mtorch.overrides import is_tensor_like
    >>> is_tensor_like(mtorch.ones(1)), is_tensor_like([1.0])
    (True, False)
    """
    return type(inp) is Tensor or hasattr(inp, "__torch_function__")


def get_default_nowrap_functions() -> set[Callable]:
    """The functions whose result stays as it is: those that show a tensor's gradient.

    >>> import mtorch
    >>> mtorch.Tensor.grad.__get__ in mtorch.overrides.get_default_nowrap_functions()
    True
    """
    return nowrap()


class TorchFunctionMode:
    """A `with` block in which a program's own function stands in the place of torch's.

    Raises: NotImplementedError where the block is entered.
    """

    def __enter__(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__}: mtorch's functions cannot be taken over by a TorchFunctionMode")

    def __exit__(self, *error: Any) -> None:
        pass
