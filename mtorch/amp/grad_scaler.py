"""Losses made larger before they are differentiated, so that small gradients do not become 0 in float16."""
from __future__ import annotations

import math
import warnings
from enum import Enum
from typing import Any

import numpy as np

from ..autograd.tape import wrap
from ..autograd.stamps import mark_written
from ..tensor import Tensor


class OptState(Enum):
    """What has been done for an optimizer in this step."""

    READY, UNSCALED, STEPPED = 0, 1, 2


class GradScaler:
    """Multiplies losses by a scale, divides gradients by it, and leaves out the steps whose gradients are not finite.

    device: "cpu"; a scaler of a GPU is not enabled, with a warning
    init_scale: the scale to begin with
    growth_factor: > 1, by which the scale grows
    backoff_factor: < 1, by which it shrinks after gradients that are not finite
    growth_interval: after how many finite steps, one after the other, it grows
    enabled: False for a scaler that changes nothing

    Raises: AssertionError for factors out of range.
    Source: Micikevicius et al., Mixed Precision Training, ICLR 2018, section 3.2.

    >>> import mtorch
    >>> w = mtorch.tensor([1.0], requires_grad=True)
    >>> optimizer, scaler = mtorch.optim.SGD([w], lr=0.5), mtorch.amp.GradScaler("cpu")
    >>> loss = scaler.scale((w * w).sum())
    >>> loss
    tensor(65536., grad_fn=<MulBackward0>)
    >>> loss.backward(); scaler.step(optimizer); scaler.update(); w
    tensor([0.], requires_grad=True)
    """

    def __init__(self, device: str = "cuda", init_scale: float = 65536.0, growth_factor: float = 2.0,
                 backoff_factor: float = 0.5, growth_interval: int = 2000, enabled: bool = True) -> None:
        self._enabled = bool(enabled) and device != "cuda"
        if enabled and not self._enabled:
            warnings.warn("torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling.", stacklevel=2)
        if self._enabled and growth_factor <= 1.0:
            raise AssertionError(f"The growth factor must be > 1.0, got {growth_factor}.")
        if self._enabled and backoff_factor >= 1.0:
            raise AssertionError(f"The backoff factor must be < 1.0, got {backoff_factor}.")
        self._init_scale = init_scale
        self._growth_factor, self._backoff_factor, self._growth_interval = growth_factor, backoff_factor, growth_interval
        self._growth_tracker = 0                     # how many finite steps there were since the scale last changed
        self._scale: np.float32 | None = None        # from the first loss on
        self._stages: dict[int, OptState] = {}       # id of an optimizer -> what was done for it since the last update
        self._found: dict[int, bool] = {}            # id of an optimizer -> whether a gradient of it was not finite

    def scale(self, outputs: Any) -> Any:
        """outputs times the scale.

        outputs: a tensor, or a list or tuple of them, nested too

        Raises: ValueError for anything else.
        """
        if not self._enabled:
            return outputs
        if self._scale is None:
            self._scale = np.float32(self._init_scale)
        if isinstance(outputs, Tensor):
            return outputs * wrap(np.array(self._scale))
        if isinstance(outputs, (list, tuple)):
            return type(outputs)(map(self.scale, outputs))
        if hasattr(outputs, "__iter__"):
            return map(self.scale, outputs)
        raise ValueError("outputs must be a Tensor or an iterable of Tensors")

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of the optimizer's parameters by the scale, in place: before they are clipped, say.

        Raises: RuntimeError where that was done in this step; AssertionError before the first `scale`; ValueError for
            gradients of float16, in which they may be lost.
        """
        if not self._enabled:
            return
        scale, stage = self._known("unscale_"), self._stages.get(id(optimizer))
        if stage is OptState.UNSCALED:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        if stage is OptState.STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        share = np.float32(1.0 / float(scale))
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                g = p.grad.array
                if g.dtype == np.float16:
                    raise ValueError("Attempting to unscale FP16 gradients.")
                self._found[id(optimizer)] = self._found.get(id(optimizer), False) or not np.isfinite(g).all()
                g *= share
                mark_written(g)
        self._stages[id(optimizer)] = OptState.UNSCALED

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """`optimizer.step(*args, **kwargs)` where every gradient is finite, divided by the scale before; else nothing.

        Raises: RuntimeError for a second step before `update`, and a closure; AssertionError before the first `scale`, and
            where there are no gradients.
        """
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._known("step")
        stage = self._stages.get(id(optimizer))
        if stage is OptState.STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if stage is None:
            self.unscale_(optimizer)
        if id(optimizer) not in self._found:
            raise AssertionError("No inf checks were recorded for this optimizer.")
        result = None if self._found[id(optimizer)] else optimizer.step(*args, **kwargs)
        self._stages[id(optimizer)] = OptState.STEPPED
        return result

    def update(self, new_scale: float | Tensor | None = None) -> None:
        """Shrink the scale if a gradient was not finite since the last update, or let it grow if it is time to.

        new_scale: the scale from now on, in place of that

        Raises: AssertionError before the first `scale`, and where no gradients were looked at.
        """
        if not self._enabled:
            return
        scale = self._known("update")
        if new_scale is not None:
            self._scale = np.float32(float(new_scale))
        elif not self._found:
            raise AssertionError("No inf checks were recorded prior to update.")
        elif any(self._found.values()):
            self._scale, self._growth_tracker = np.float32(scale * self._backoff_factor), 0
        else:
            self._growth_tracker += 1
            if self._growth_tracker == self._growth_interval:
                grown = np.float32(scale * self._growth_factor)
                self._scale, self._growth_tracker = grown if math.isfinite(grown) else scale, 0
        self._stages, self._found = {}, {}

    def _known(self, function: str) -> np.float32:
        if self._scale is None:
            raise AssertionError(f"Attempted {function} but _scale is None.  This may indicate your script did not use "
                                 "scaler.scale(loss or outputs) earlier in the iteration.")
        return self._scale

    def get_scale(self) -> float:
        """The scale; 1.0 of a scaler that is not enabled."""
        if not self._enabled:
            return 1.0
        return float(self._init_scale if self._scale is None else self._scale)

    def get_growth_factor(self) -> float:
        """By what the scale grows."""
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        """Let the scale grow by new_factor."""
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        """By what the scale shrinks."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        """Let the scale shrink by new_factor."""
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        """After how many finite steps the scale grows."""
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Let the scale grow after new_interval finite steps."""
        self._growth_interval = new_interval

    def is_enabled(self) -> bool:
        """Whether it scales."""
        return self._enabled

    def state_dict(self) -> dict[str, Any]:
        """The scale and how it changes, for `load_state_dict`; empty of a scaler that is not enabled."""
        if not self._enabled:
            return {}
        return {"scale": self.get_scale(), "growth_factor": self._growth_factor, "backoff_factor": self._backoff_factor,
                "growth_interval": self._growth_interval, "_growth_tracker": self._growth_tracker}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where the scaler was that gave state_dict.

        Raises: RuntimeError for an empty one, of a scaler that was not enabled.
        """
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError("The source state dict is empty, possibly because it was saved from a disabled instance of "
                               "GradScaler.")
        self._init_scale, self._scale = state_dict["scale"], None if self._scale is None else np.float32(state_dict["scale"])
        self._growth_factor, self._backoff_factor = state_dict["growth_factor"], state_dict["backoff_factor"]
        self._growth_interval, self._growth_tracker = state_dict["growth_interval"], state_dict["_growth_tracker"]
