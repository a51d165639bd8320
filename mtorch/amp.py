"""Mixed precision, which on the CPU with NumPy has no use: everything is computed in the precision of its tensors.

PyTorch's `autocast("cpu")` computes in bfloat16, to save time; here it would cost time, and the numbers are the better ones.
"""
from __future__ import annotations

import functools
import warnings
from enum import Enum
from typing import Any

from .device import device as Device
from .dtypes import bfloat16, float16

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "get_autocast_cpu_dtype", "get_autocast_dtype",
           "get_autocast_gpu_dtype", "is_autocast_available", "is_autocast_cache_enabled", "is_autocast_cpu_enabled",
           "is_autocast_enabled"]

_DTYPES = {"cpu": bfloat16}              # that torch casts to; on all other devices to float16
_inside: list[tuple[str, Any]] = []      # the blocks around, each with its device


class autocast:
    """A `with` block, or a decorator, inside which nothing is done differently: there is no lower precision here.

    What programs ask, `torch.is_autocast_enabled("cpu")` and `torch.get_autocast_dtype("cpu")`, is answered as in torch.

    >>> import mtorch
    >>> with mtorch.autocast("cpu"):
    ...     (mtorch.ones(1, 2) @ mtorch.ones(2, 1)).dtype, mtorch.is_autocast_enabled("cpu")
    (torch.float32, True)
    """

    def __init__(self, device_type: str, dtype: Any = None, enabled: bool = True,
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

    def __enter__(self) -> autocast:
        _inside.append((self.device, self))
        return self

    def __exit__(self, *exception: Any) -> None:
        _inside.pop()

    def __call__(self, func):
        @functools.wraps(func)
        def call(*args, **kwargs):
            with self:
                return func(*args, **kwargs)
        return call


def _innermost(device_type: str) -> Any:
    device = Device(device_type).type
    return next((block for kind, block in reversed(_inside) if kind == device), None)


class OptState(Enum):
    """What torch's scaler has done for an optimizer in this step; the one here keeps no such states."""

    READY, UNSCALED, STEPPED = 0, 1, 2


class GradScaler:
    """Scaling of the loss for float16 on a GPU.  Here the scale is 1, and `step` is the optimizer's own.

    >>> import mtorch
    >>> scaler = mtorch.amp.GradScaler()
    >>> scaler.is_enabled(), scaler.get_scale()
    (False, 1.0)
    """

    def __init__(self, device: str = "cuda", init_scale: float = 65536.0, growth_factor: float = 2.0,
                 backoff_factor: float = 0.5, growth_interval: int = 2000, enabled: bool = True) -> None:
        if growth_factor <= 1:
            raise ValueError(f"GradScaler: growth_factor is {growth_factor}, expected more than 1")
        if not 0 < backoff_factor < 1:
            raise ValueError(f"GradScaler: backoff_factor is {backoff_factor}, expected between 0 and 1")

    def scale(self, outputs):
        """The loss itself."""
        return outputs

    def unscale_(self, optimizer) -> None:
        """Nothing to do: the gradients are not scaled."""

    def step(self, optimizer, *args: Any, **kwargs: Any):
        """`optimizer.step()`."""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: Any = None) -> None:
        """Nothing to do: the scale stays 1."""

    def get_scale(self) -> float:
        """1.0."""
        return 1.0

    def is_enabled(self) -> bool:
        """False."""
        return False

    def state_dict(self) -> dict[str, Any]:
        """Empty, as torch's is when the scaler is not enabled."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Nothing to do, whatever the scale was where the state was written."""


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """Whether this is inside an enabled autocast block of the device, as torch says it; nothing is cast in any case."""
    block = _innermost(device_type or "cuda")
    return block is not None and block._enabled


def is_autocast_cpu_enabled() -> bool:
    """`is_autocast_enabled("cpu")`, the older name."""
    return is_autocast_enabled("cpu")


def is_autocast_available(device_type: str) -> bool:
    """Whether there is a block of that device, as torch says it; nothing is cast in any case."""
    return Device(device_type).type in ("cpu", "cuda", "mps", "xpu")


def is_autocast_cache_enabled() -> bool:
    """True, as in torch; nothing is cast, so nothing is kept."""
    return True


def get_autocast_dtype(device_type: str):
    """What torch would compute in inside an autocast block: the dtype of the block around, else bfloat16 on the CPU.

    Here nothing is cast to it, and there are no tensors of bfloat16.
    """
    block = _innermost(device_type)
    return _DTYPES.get(Device(device_type).type, float16) if block is None else block.fast_dtype


def get_autocast_cpu_dtype():
    """`get_autocast_dtype("cpu")`, the older name."""
    return get_autocast_dtype("cpu")


def get_autocast_gpu_dtype():
    """`get_autocast_dtype("cuda")`, the older name."""
    return get_autocast_dtype("cuda")


def custom_fwd(fwd=None, *, device_type: str, cast_inputs: Any = None):
    """A decorator of a Function's forward; nothing is cast here, so the function is given back."""
    return (lambda fwd: fwd) if fwd is None else fwd


def custom_bwd(bwd=None, *, device_type: str):
    """A decorator of a Function's backward; nothing is cast here, so the function is given back."""
    return (lambda bwd: bwd) if bwd is None else bwd
