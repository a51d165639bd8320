"""Schedules batch by batch that raise the rate before they lower it, and move the momentum the other way."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, an_optimizer, for_each_group, not_zero, state_of_function, without, write


def begin_momentum(scheduler: Any, base_momentum: Any, max_momentum: Any, last_epoch: int) -> tuple[list, list]:
    """Note where the momentum of each group will move, and set it to its maximum; beta1 of an optimizer with betas."""
    optimizer = scheduler.optimizer
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled, "
                         f"{type(optimizer).__name__} has neither")
    scheduler.use_beta1 = "betas" in optimizer.defaults
    base = for_each_group("base_momentum", optimizer, base_momentum)
    high = for_each_group("max_momentum", optimizer, max_momentum)
    if last_epoch == -1:
        for group, low, most in zip(optimizer.param_groups, base, high, strict=True):
            set_momentum(scheduler, group, most)
            group["max_momentum"] = most
            group["base_momentum"] = low
    return base, high


def set_momentum(scheduler: Any, group: dict[str, Any], momentum: float) -> None:
    if scheduler.use_beta1:
        group["betas"] = (momentum, *group["betas"][1:])
    else:
        group["momentum"] = momentum


class CyclicLR(LRScheduler):
    """Between base_lr and max_lr, up in step_size_up batches and down in step_size_down, over and over.

    optimizer, last_epoch       as for LRScheduler
    base_lr, max_lr             one rate, or a list with one for each group
    step_size_up                batches of the rise, > 0
    step_size_down              batches of the fall; None for as many
    mode                        "triangular"; "triangular2", half as high each cycle; "exp_range", times gamma^batch
    gamma                       for "exp_range"
    scale_fn                    in the place of mode: a function that gives the height in [0, 1]
    scale_mode                  what scale_fn is given: the "cycle", from 1, or the "iterations"
    cycle_momentum              move the momentum (or beta1) the other way, between the two:
    base_momentum, max_momentum

    Source: L. Smith, Cyclical Learning Rates for Training Neural Networks, WACV 2017.

    Raises: ValueError for an unknown mode, lists of another length, an optimizer without momentum.

    >>> import mtorch
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> scheduler = mtorch.optim.lr_scheduler.CyclicLR(optimizer, base_lr=0.0, max_lr=1.0, step_size_up=2)
    >>> for _ in range(4): print(scheduler.get_last_lr()); optimizer.step(); scheduler.step()
    [0.0]
    [0.5]
    [1.0]
    [0.5]
    """

    def __init__(self, optimizer: Optimizer, base_lr: float | list[float], max_lr: float | list[float],
                 step_size_up: int = 2000, step_size_down: int | None = None, mode: str = "triangular",
                 gamma: float = 1.0, scale_fn: Callable[[float], float] | None = None, scale_mode: str = "cycle",
                 cycle_momentum: bool = True, base_momentum: float | list[float] = 0.8,
                 max_momentum: float | list[float] = 0.9, last_epoch: int = -1) -> None:
        self.optimizer = an_optimizer(optimizer)
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError(f"mode is invalid and scale_fn is None: got mode {mode!r}, expected 'triangular', "
                             "'triangular2' or 'exp_range'")
        base_lrs = for_each_group("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, base_lrs, strict=True):
                write(group, "lr", rate)
        self.max_lrs = for_each_group("max_lr", optimizer, max_lr)
        not_zero("CyclicLR", "step_size_up", step_size_up)
        up = float(step_size_up)
        down = up if step_size_down is None else float(step_size_down)
        self.total_size = up + down
        self.step_ratio = up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.base_momentums, self.max_momentums = begin_momentum(self, base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """The height of cycle x, or of batch x."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular2":
            return 1 / 2.0 ** (x - 1)
        return self.gamma ** x if self.mode == "exp_range" else 1.0

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        part = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            bounds = zip(self.base_momentums, self.max_momentums, strict=True)
            for group, (low, high) in zip(self.optimizer.param_groups, bounds, strict=True):
                set_momentum(self, group, high - (high - low) * part * scale)
        return [low + (high - low) * part * scale for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """Everything the scheduler knows but the optimizer; of scale_fn only a callable object, by its attributes."""
        scale_fn = self._scale_fn_custom
        return {**without(super().state_dict(), "_scale_fn_custom"),
                "_scale_fn_custom": None if scale_fn is None else state_of_function(scale_fn)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what state_dict() gave; scale_fn stays, a callable object gets its attributes back."""
        super().load_state_dict(without(state_dict, "_scale_fn_custom"))
        attributes = state_dict["_scale_fn_custom"]
        if attributes is not None and self._scale_fn_custom is not None:
            self._scale_fn_custom.__dict__.update(attributes)


class OneCycleLR(LRScheduler):
    """One rise from max_lr / div_factor to max_lr, and one long fall, to that divided by final_div_factor.

    optimizer, last_epoch           as for LRScheduler
    max_lr                          one rate, or a list with one for each group
    total_steps                     batches of the whole training; or
    epochs, steps_per_epoch         whose product it is
    pct_start                       the part of the batches in which the rate rises, in [0, 1]
    anneal_strategy                 "cos" or "linear"
    cycle_momentum                  move the momentum (or beta1) the other way, between base_momentum and max_momentum
    div_factor, final_div_factor    see above, > 0
    three_phase                     fall back to the first rate as long as it rose, and then below

    Source: L. Smith, N. Topin, Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates,
    2018.

    Raises: ValueError for values out of range, an optimizer without momentum, and a step after the last.

    >>> import mtorch
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> scheduler = mtorch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=10, div_factor=5)
    >>> for _ in range(3): print(round(scheduler.get_last_lr()[0], 9)); optimizer.step(); scheduler.step()
    0.2
    0.6
    1.0
    """

    def __init__(self, optimizer: Optimizer, max_lr: float | list[float], total_steps: int | None = None,
                 epochs: int | None = None, steps_per_epoch: int | None = None, pct_start: float = 0.3,
                 anneal_strategy: str = "cos", cycle_momentum: bool = True, base_momentum: float | list[float] = 0.85,
                 max_momentum: float | list[float] = 0.95, div_factor: float = 25.0, final_div_factor: float = 1e4,
                 three_phase: bool = False, last_epoch: int = -1) -> None:
        self.optimizer = an_optimizer(optimizer)
        if total_steps is not None:
            self.total_steps = _positive("total_steps", total_steps)
        elif epochs is not None and steps_per_epoch is not None:
            self.total_steps = _positive("epochs", epochs) * _positive("steps_per_epoch", steps_per_epoch)
        else:
            raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
        if not isinstance(pct_start, float) or pct_start < 0 or pct_start > 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        not_zero("OneCycleLR", "div_factor", div_factor)
        not_zero("OneCycleLR", "final_div_factor", final_div_factor)
        self._schedule_phases = self._phases(pct_start, three_phase)
        self._anneal_func_type = anneal_strategy
        max_lrs = for_each_group("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, max_lrs, strict=True):
                group["initial_lr"] = rate / div_factor
                group["max_lr"] = rate
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            begin_momentum(self, base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)

    def _phases(self, pct_start: float, three_phase: bool) -> list[dict[str, Any]]:
        """When each phase ends, and between which options of the group it moves."""
        def phase(end_step: float, start_lr: str, end_lr: str, start_momentum: str, end_momentum: str) -> dict:
            return {"end_step": end_step, "start_lr": start_lr, "end_lr": end_lr, "start_momentum": start_momentum,
                        "end_momentum": end_momentum}

        rise = float(pct_start * self.total_steps)
        first = phase(rise - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum")
        if not three_phase:
            return [first, phase(self.total_steps - 1, "max_lr", "min_lr", "base_momentum", "max_momentum")]
        return [first, phase(2 * rise - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"),
                phase(self.total_steps - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum")]

    def _anneal(self, start: Any, end: Any, part: float) -> Any:
        if self._anneal_func_type == "linear":
            return (end - start) * part + start
        return end + (start - end) / 2.0 * (math.cos(math.pi * part) + 1)

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        step = self.last_epoch
        if step > self.total_steps:
            raise ValueError(f"Tried to step {step} times. The specified number of total steps is {self.total_steps}")
        start = 0.0
        for phase in self._schedule_phases:
            if step <= phase["end_step"] or phase is self._schedule_phases[-1]:
                break
            start = phase["end_step"]
        part = (step - start) / (phase["end_step"] - start)
        rates = []
        for group in self.optimizer.param_groups:
            rates.append(self._anneal(group[phase["start_lr"]], group[phase["end_lr"]], part))
            if self.cycle_momentum:
                momentum = self._anneal(group[phase["start_momentum"]], group[phase["end_momentum"]], part)
                set_momentum(self, group, momentum)
        return rates


def _positive(name: str, value: Any) -> int:
    if not isinstance(value, int) or value <= 0:
        raise ValueError(f"Expected positive integer {name}, but got {value}")
    return value
