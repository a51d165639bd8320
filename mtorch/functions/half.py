"""float16 reduced in float32: in its own eleven bits 2048 + 1 is 2048, and nothing is beyond 65504."""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from ..autograd.tape import TensorBase
from .arguments import to_type

Function = TypeVar("Function", bound=Callable[..., Any])


def float16_in_float32(function: Function) -> Function:
    """A function that computes float16 in float32 and gives it back as float16, as torch does."""
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        x = args[0] if args else kwargs.get("input")
        if not isinstance(x, TensorBase) or x.array.dtype != np.float16 or kwargs.get("dtype") is not None:
            return function(*args, **kwargs)
        result = function(to_type(x, np.dtype(np.float32)), *args[1:], **{k: v for k, v in kwargs.items() if k != "input"})
        return tuple(to_type(r, x.array.dtype) for r in result) if type(result) is tuple else to_type(result, x.array.dtype)
    return call    # type: ignore[return-value]
