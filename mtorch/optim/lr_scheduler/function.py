"""Schedules given by a function of the epoch."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, an_optimizer, state_of_function, without


class _ByFunction(LRScheduler):
    """What the two have in common: one function for all groups or one for each, and how they are saved."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
                 last_epoch: int = -1) -> None:
        groups = len(an_optimizer(optimizer).param_groups)
        functions = list(lr_lambda) if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * groups
        if len(functions) != groups:
            raise ValueError(f"Expected {groups} lr_lambdas, but got {len(functions)}")
        for function in functions:
            if not callable(function):
                raise TypeError(f"lr_lambda should be a function, but got {type(function).__name__}")
        self.lr_lambdas = functions
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """Everything the scheduler knows but the optimizer; of functions only callable objects, by their attributes."""
        return {**without(super().state_dict(), "lr_lambdas"),
                "lr_lambdas": [state_of_function(f) for f in self.lr_lambdas]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what state_dict() gave; the functions stay, callable objects get their attributes back."""
        super().load_state_dict(without(state_dict, "lr_lambdas"))
        for function, state in zip(self.lr_lambdas, state_dict["lr_lambdas"], strict=True):
            if state is not None:
                function.__dict__.update(state)


class LambdaLR(_ByFunction):
    """The initial rate times lr_lambda(epoch).

    optimizer, last_epoch   as for LRScheduler
    lr_lambda               a function of the epoch, or a list of them, one for each group

    Raises: ValueError if the list has another length; TypeError for what cannot be called.

    >>> import mtorch
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = mtorch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
    >>> optimizer.step(); scheduler.step(); scheduler.get_last_lr()
    [0.5]
    """

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        return [rate * function(self.last_epoch) for function, rate in zip(self.lr_lambdas, self.base_lrs, strict=True)]


class MultiplicativeLR(_ByFunction):
    """The present rate times lr_lambda(epoch), at each epoch.

    optimizer, last_epoch   as for LRScheduler
    lr_lambda               a function of the epoch, or a list of them, one for each group

    Raises: ValueError if the list has another length; TypeError for what cannot be called.

    >>> import mtorch
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = mtorch.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda epoch: 0.5)
    >>> for _ in range(2): optimizer.step(); scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        if self._is_initial:
            return self._same()
        return [group["lr"] * function(self.last_epoch)
                for function, group in zip(self.lr_lambdas, self.optimizer.param_groups, strict=True)]
