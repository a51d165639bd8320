"""Schedules by a formula of the epoch: steps, a constant, a line, an exponential, a polynomial.

Each knows two forms: `get_lr` makes the rate from the one before, so that schedulers can be chained, and
`_get_closed_form_lr` makes it from the initial rate, for `step(epoch)`.
"""
from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..checks import as_number
from ..optimizer import Optimizer
from .base import LRScheduler, not_zero


class StepLR(LRScheduler):
    """The rate times gamma, every step_size epochs.

    optimizer, last_epoch   as for LRScheduler
    step_size               epochs, > 0
    gamma                   the factor

    Raises: ValueError for a step_size of 0; TypeError for what is no number.

    >>> import mtorch
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = mtorch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    >>> for _ in range(5): optimizer.step(); scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        not_zero("StepLR", "step_size", step_size)
        as_number("gamma", gamma)
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return self._same()
        return self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[Any]:
        return [rate * self.gamma ** (self.last_epoch // self.step_size) for rate in self.base_lrs]


class MultiStepLR(LRScheduler):
    """The rate times gamma at each of the milestones; one that is listed twice counts twice.

    optimizer, last_epoch   as for LRScheduler
    milestones              epochs, in any order
    gamma                   the factor

    Raises: TypeError for milestones that cannot be walked, and for what is no number.
    Source: K. He et al., Deep Residual Learning for Image Recognition, CVPR 2016, section 4.2.

    >>> import mtorch
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = mtorch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[1, 4], gamma=0.5)
    >>> for _ in range(5): optimizer.step(); scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1,
                 last_epoch: int = -1) -> None:
        if not isinstance(milestones, Iterable):
            raise TypeError(f"MultiStepLR: milestones must be several epochs, got {milestones!r}")
        as_number("gamma", gamma)
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        if self.last_epoch not in self.milestones:
            return self._same()
        return self._scaled(self.gamma ** self.milestones[self.last_epoch])

    def _get_closed_form_lr(self) -> list[Any]:
        passed = bisect_right(sorted(self.milestones.elements()), self.last_epoch)
        return [rate * self.gamma ** passed for rate in self.base_lrs]


class ConstantLR(LRScheduler):
    """The rate times factor until epoch total_iters, and the full rate from there: the plainest warm-up.

    optimizer, last_epoch   as for LRScheduler
    factor                  in [0, 1]
    total_iters             epochs at the lower rate

    Raises: ValueError for another factor.
    Source: P. Goyal et al., Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour, 2017, section 2.2.

    >>> import mtorch
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = mtorch.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=4)
    >>> scheduler.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5,
                 last_epoch: int = -1) -> None:
        if factor > 1.0 or factor < 0:
            raise ValueError(f"Constant multiplicative factor expected to be between 0 and 1. Got {factor}")
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        if self.last_epoch == 0:
            return self._scaled(self.factor)
        if self.last_epoch != self.total_iters:
            return self._same()
        return self._scaled(1.0 / self.factor)

    def _get_closed_form_lr(self) -> list[Any]:
        factor = 1.0 if self.last_epoch >= self.total_iters else self.factor
        return [rate * factor for rate in self.base_lrs]


class LinearLR(LRScheduler):
    """The rate times a factor that goes in a line from start_factor to end_factor, in total_iters epochs.

    optimizer, last_epoch   as for LRScheduler
    start_factor            in (0, 1]
    end_factor              in [0, 1]
    total_iters             epochs, > 0

    Raises: ValueError for other factors.
    Source: P. Goyal et al., Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour, 2017, section 2.2.

    >>> import mtorch
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = mtorch.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.5, total_iters=4)
    >>> for _ in range(2): optimizer.step(); scheduler.step()
    >>> scheduler.get_last_lr()
    [0.75]
    """

    def __init__(self, optimizer: Optimizer, start_factor: float = 1.0 / 3, end_factor: float = 1.0,
                 total_iters: int = 5, last_epoch: int = -1) -> None:
        if start_factor > 1.0 or start_factor <= 0:
            raise ValueError("Starting multiplicative factor expected to be greater than 0 and less or equal to 1. "
                             f"Got {start_factor}")
        if end_factor > 1.0 or end_factor < 0:
            raise ValueError(f"Ending multiplicative factor expected to be between 0 and 1. Got {end_factor}")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        if self.last_epoch == 0:
            return self._scaled(self.start_factor)
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._same()
        rise = self.end_factor - self.start_factor
        return self._scaled(1.0 + rise / (self.total_iters * self.start_factor + (self.last_epoch - 1) * rise))

    def _get_closed_form_lr(self) -> list[Any]:
        rise = self.end_factor - self.start_factor
        factor = self.start_factor + rise * min(self.total_iters, self.last_epoch) / self.total_iters
        return [rate * factor for rate in self.base_lrs]


class ExponentialLR(LRScheduler):
    """The rate times gamma, every epoch.

    optimizer, last_epoch   as for LRScheduler
    gamma                   the factor

    Raises: TypeError for a gamma that is no number.

    >>> import mtorch
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = mtorch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    >>> for _ in range(3): optimizer.step(); scheduler.step()
    >>> scheduler.get_last_lr()
    [0.125]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        as_number("gamma", gamma)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        return self._same() if self._is_initial else self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[Any]:
        return [rate * self.gamma ** self.last_epoch for rate in self.base_lrs]


class PolynomialLR(LRScheduler):
    """The initial rate times (1 - epoch / total_iters)^power, down to zero at total_iters.

    optimizer, last_epoch   as for LRScheduler
    total_iters             epochs; the rate stays as it is where they are 0
    power                   of the polynomial; 1 is a line

    Raises: TypeError, by a step, for what is no number.
    Source: W. Liu, A. Rabinovich and A. Berg, ParseNet: Looking Wider to See Better, 2015 (the "poly" policy of Caffe).

    >>> import mtorch
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = mtorch.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4, power=2.0)
    >>> for _ in range(2): optimizer.step(); scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._same()
        left, before = (1.0 - epoch / self.total_iters for epoch in (self.last_epoch, self.last_epoch - 1))
        return self._scaled((left / before) ** self.power)

    def _get_closed_form_lr(self) -> list[Any]:
        left = 1.0 - min(self.total_iters, self.last_epoch) / self.total_iters
        return [rate * left ** self.power for rate in self.base_lrs]
