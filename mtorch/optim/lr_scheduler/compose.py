"""Schedulers made of schedulers: one after the other, or all at once."""
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from ..optimizer import Optimizer
from .base import LRScheduler, values_of, without, write
from .plateau import ReduceLROnPlateau


class _Composed(LRScheduler):
    """What the two have in common: the checks of the parts, and how they are saved."""

    _schedulers: Sequence[LRScheduler]

    def _check(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None) -> Optimizer:
        name = type(self).__name__
        if len(schedulers) < 1:
            raise ValueError(f"{name} expects at least one scheduler, but got no scheduler.")
        for i, scheduler in enumerate(schedulers):
            if not hasattr(scheduler, "optimizer"):
                raise TypeError(f"{name} at index {i} should have `optimizer` as its attribute, got "
                                f"{type(scheduler).__name__}.")
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(f"{name} does not support `ReduceLROnPlateau` scheduler as it requires additional "
                                 "kwargs to be specified when calling `step`, "
                                 f"but got one at index {i} in the given schedulers sequence.")
            optimizer = optimizer or scheduler.optimizer
            if optimizer is not scheduler.optimizer:
                raise ValueError(f"{name} expects all schedulers to belong to the same optimizer, but got scheduler "
                                 f"{type(scheduler).__name__} at index {i} has {scheduler.optimizer}, which is "
                                 f"different from {type(optimizer).__name__}.")
        assert optimizer is not None
        return optimizer

    def state_dict(self) -> dict[str, Any]:
        """Everything the scheduler knows but the optimizer, with the states of its parts."""
        return {**without(super().state_dict(), "_schedulers"),
                "_schedulers": [scheduler.state_dict() for scheduler in self._schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what state_dict() gave."""
        super().load_state_dict(without(state_dict, "_schedulers"))
        for scheduler, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            scheduler.load_state_dict(state)


class SequentialLR(_Composed):
    """One scheduler after the other: the first until the first milestone, then the second from its own beginning, ...

    optimizer   that of all the schedulers
    schedulers  at least one, all of this optimizer
    milestones  the epochs of the changes, one fewer than the schedulers
    last_epoch  -1 to begin; otherwise the epoch to go on from

    Raises: ValueError for other numbers, parts of another optimizer, ReduceLROnPlateau; TypeError for no scheduler.

    >>> import mtorch
    >>> S = mtorch.optim.lr_scheduler
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> warmup, decay = S.LinearLR(optimizer, 0.5, total_iters=2), S.ExponentialLR(optimizer, 0.5)
    >>> scheduler = S.SequentialLR(optimizer, [warmup, decay], milestones=[2])
    >>> for _ in range(3): print(scheduler.get_last_lr()); optimizer.step(); scheduler.step()
    [0.5]
    [0.75]
    [1.0]
    """

    def __init__(self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int],
                 last_epoch: int = -1) -> None:
        self._check(schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError("Sequential Schedulers expects number of schedulers provided to be one more than the "
                             f"number of milestone points, but got number of schedulers {len(schedulers)} and the "
                             f"number of milestones to be equal to {len(milestones)}")
        self._schedulers = schedulers
        self._milestones = milestones
        self.last_epoch = last_epoch + 1
        self.optimizer = optimizer
        for group in optimizer.param_groups:             # each part made a first step when it was made: take it back
            write(group, "lr", group["initial_lr"])
        self.recursive_undo()
        first = schedulers[bisect_right(milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def recursive_undo(self, sched: Any = None) -> None:
        """Set the epochs of the parts, and of parts of them, back by one."""
        scheduler = self if sched is None else sched
        if hasattr(scheduler, "_schedulers"):
            for part in scheduler._schedulers:
                self.recursive_undo(part)
        elif hasattr(scheduler, "last_epoch"):
            scheduler.last_epoch -= 1

    def step(self) -> None:     # type: ignore[override]
        """Go on by one epoch."""
        self.last_epoch += 1
        i = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[i]
        if i > 0 and self._milestones[i - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(_Composed):
    """All schedulers at every step, each on what the one before left.

    schedulers  at least one, all of one optimizer
    optimizer   that one; None to take it from the first scheduler

    Raises: ValueError for no scheduler, parts of different optimizers, ReduceLROnPlateau; TypeError for what is no
    scheduler.

    >>> import mtorch
    >>> S = mtorch.optim.lr_scheduler
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = S.ChainedScheduler([S.ConstantLR(optimizer, 0.5, total_iters=2), S.ExponentialLR(optimizer, 0.5)])
    >>> for _ in range(3): print(scheduler.get_last_lr()); optimizer.step(); scheduler.step()
    [0.5]
    [0.25]
    [0.25]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        self.optimizer = self._check(schedulers, optimizer)
        self._schedulers = schedulers
        self._last_lr = values_of(self.optimizer, "lr")

    def step(self) -> None:     # type: ignore[override]
        """Go on by one epoch."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = values_of(self.optimizer, "lr")
