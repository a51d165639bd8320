"""Mixed precision, which on the CPU with NumPy has no use: everything is computed in the precision of its tensors.

PyTorch's `autocast("cpu")` computes in bfloat16, which NumPy does not have; the numbers here are the better ones.
"""
from __future__ import annotations

import functools
from typing import Any

from .device import device as Device

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "get_autocast_dtype", "is_autocast_available",
           "is_autocast_enabled"]


class autocast:
    """A `with` block, or a decorator, inside which nothing is done differently: there is no lower precision here.

    >>> import mtorch
    >>> with mtorch.autocast("cpu"):
    ...     (mtorch.ones(1, 2) @ mtorch.ones(2, 1)).dtype
    torch.float32
    """

    def __init__(self, device_type: str, dtype: Any = None, enabled: bool = True,
                 cache_enabled: bool | None = None) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"autocast: expected `device_type` of type `str`, got {type(device_type).__name__}")
        self.device, self.fast_dtype = Device(device_type).type, dtype

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *exception: Any) -> None:
        pass

    def __call__(self, func):
        @functools.wraps(func)
        def call(*args, **kwargs):
            return func(*args, **kwargs)
        return call


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
    """False: nothing is cast."""
    return False


def is_autocast_available(device_type: str) -> bool:
    """False: nothing is cast."""
    return False


def get_autocast_dtype(device_type: str):
    """float32: inside an autocast block nothing is cast."""
    from .dtypes import float32
    return float32


def custom_fwd(fwd=None, *, device_type: str, cast_inputs: Any = None):
    """A decorator of a Function's forward; nothing is cast here, so the function is given back."""
    return (lambda fwd: fwd) if fwd is None else fwd


def custom_bwd(bwd=None, *, device_type: str):
    """A decorator of a Function's backward; nothing is cast here, so the function is given back."""
    return (lambda bwd: bwd) if bwd is None else bwd
