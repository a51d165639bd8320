"""torch's former order of arguments, in which numbers came before what they multiply: `addmm(beta, x, alpha, mat1, mat2)`."""
from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from ..autograd.tape import TensorBase
from .arguments import Function


def factors_first(*factors: str) -> Callable[[Function], Function]:
    """Take also that order in a function of three Tensors, with torch's warning."""
    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if len(args) > 3:                              # the tensors are three
                warn_of_order(function.__name__, *factors)
                numbers = [x for x in args if not isinstance(x, TensorBase)]
                args = tuple(x for x in args if isinstance(x, TensorBase))
                kwargs.update(zip(factors, numbers))
            return function(*args, **kwargs)
        return call    # type: ignore[return-value]
    return decorate


def warn_of_order(name: str, *factors: str, stacklevel: int = 3) -> None:
    """torch's warning of arguments in their former order."""
    warnings.warn(f"This overload of {name} is deprecated: numbers before the tensors. Give {' and '.join(factors)} by "
                  "name, after them", stacklevel=stacklevel)
