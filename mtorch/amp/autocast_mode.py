"""Blocks in which products are computed in a narrower type.

PyTorch does so to save time.  NumPy saves none, so a block is worth entering for its results alone: they are of the types,
and rounded to the digits, that the program has in PyTorch.
"""
from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from .. import dtypes
from ..device import device as Device
from ..dtypes import bfloat16, float16
from .casting import begin, in_type, state

_DTYPES = {"cpu": bfloat16}              # that torch casts to; on all other devices to float16


class autocast:
    """A `with` block, or a decorator, inside which products on this device are computed in a narrower type.

    device_type: "cpu"; blocks of another device are not enabled, with a warning
    dtype: bfloat16, the default, or float16
    enabled: False for a block in which everything keeps its type, inside of another, too
    cache_enabled: taken, and of no effect: nothing is kept

    In it `matmul`, `linear`, convolutions, attention and their like bring arguments of floating point numbers, but for float64,
    to dtype, losses and what solves or sums up bring theirs to float32 (the lists are in `casting.py`); all other functions
    take them as they come.  Call `backward` outside of it.

    Raises: ValueError for a device_type that is no str; RuntimeError for one that there is not.
    Source: Micikevicius et al., Mixed Precision Training, ICLR 2018.

    >>> import mtorch
    >>> with mtorch.autocast("cpu"):
    ...     y = mtorch.ones(1, 2) @ mtorch.ones(2, 1)
    ...     y.dtype, (y + mtorch.ones(1)).dtype, mtorch.is_autocast_enabled("cpu")
    (torch.bfloat16, torch.float32, True)
    """

    def __init__(self, device_type: str, dtype: dtypes.dtype | None = None, enabled: bool = True,
                 cache_enabled: bool | None = None) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"autocast: expected `device_type` of type `str`, got {type(device_type).__name__}")
        self.device = Device(device_type).type
        self.fast_dtype = get_autocast_dtype(self.device) if dtype is None else dtype
        self._enabled = bool(enabled)
        if self._enabled and self.device != "cpu":
            warnings.warn(f"{self.device.upper()} is not available or torch_xla is imported. Disabling autocast.",
                          stacklevel=2)
            self._enabled = False
        elif self._enabled and self.fast_dtype not in (bfloat16, float16):
            warnings.warn("In CPU autocast, but the target dtype is not supported. Disabling autocast.\nCPU Autocast only "
                          "supports dtypes of torch.bfloat16, torch.float16 currently.", stacklevel=2)
            self._enabled = False
        self._before: list[dtypes.dtype | None] = []        # what was computed in around each time that it was entered

    def __enter__(self) -> autocast:
        if self._enabled:
            begin()
        state.blocks.append((self.device, self))
        self._before.append(state.narrow)
        if self.device == "cpu":
            state.narrow = self.fast_dtype if self._enabled else None
        return self

    def __exit__(self, *exception: Any) -> None:
        state.narrow = self._before.pop()
        state.blocks.pop()

    def __call__(self, func: Callable) -> Callable:
        @functools.wraps(func)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self:
                return func(*args, **kwargs)
        return call


def _innermost(device_type: str) -> Any:
    device = Device(device_type).type
    return next((block for kind, block in reversed(state.blocks) if kind == device), None)


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """Whether this is inside an enabled autocast block of the device; None stands for a GPU.

    >>> import mtorch
    >>> mtorch.is_autocast_enabled("cpu")
    False
    """
    block = _innermost(device_type or "cuda")
    return block is not None and block._enabled


def is_autocast_cpu_enabled() -> bool:
    """`is_autocast_enabled("cpu")`, the older name."""
    return is_autocast_enabled("cpu")


def is_autocast_available(device_type: str) -> bool:
    """Whether torch has blocks of that device."""
    return Device(device_type).type in ("cpu", "cuda", "mps", "xpu")


def is_autocast_cache_enabled() -> bool:
    """True, as in torch; here no weight is kept in the narrower type, which changes no number."""
    return True


def get_autocast_dtype(device_type: str) -> dtypes.dtype:
    """What products are computed in inside the autocast block around; what they would be in outside: bfloat16 on the CPU."""
    block = _innermost(device_type)
    return _DTYPES.get(Device(device_type).type, float16) if block is None else block.fast_dtype


def get_autocast_cpu_dtype() -> dtypes.dtype:
    """`get_autocast_dtype("cpu")`, the older name."""
    return get_autocast_dtype("cpu")


def get_autocast_gpu_dtype() -> dtypes.dtype:
    """`get_autocast_dtype("cuda")`, the older name."""
    return get_autocast_dtype("cuda")


# ---- Functions of a program's own -----------------------------------------------------------------

def custom_fwd(fwd: Callable | None = None, *, device_type: str, cast_inputs: dtypes.dtype | None = None) -> Callable:
    """Decorate the forward of an autograd.Function: what it does inside an autocast block.

    device_type: of the block
    cast_inputs: the type that tensors of floating point numbers are brought to there, and autocast is off inside; None for
        autocast as it is

    Raises: ValueError for a device_type that is no str.
    """
    _check(device_type)
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def forward(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        inside = is_autocast_enabled(device_type)
        ctx._dtype, ctx._fwd_used_autocast = get_autocast_dtype(device_type), inside and cast_inputs is None
        if not inside or cast_inputs is None:
            return fwd(ctx, *args, **kwargs)
        with autocast(device_type, enabled=False):
            return fwd(ctx, *(in_type(a, cast_inputs) for a in args),
                       **{name: in_type(a, cast_inputs) for name, a in kwargs.items()})
    return forward


def custom_bwd(bwd: Callable | None = None, *, device_type: str) -> Callable:
    """Decorate the backward of an autograd.Function whose forward `custom_fwd` decorates: autocast is as it was there.

    Raises: ValueError for a device_type that is no str.
    """
    _check(device_type)
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def backward(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with autocast(device_type, enabled=ctx._fwd_used_autocast, dtype=ctx._dtype):
            return bwd(ctx, *args, **kwargs)
    return backward


def _check(device_type: Any) -> None:
    if not isinstance(device_type, str):
        raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
