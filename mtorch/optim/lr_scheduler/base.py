"""LRScheduler: counts the epochs and writes what `get_lr` computes into the optimizer's groups."""
from __future__ import annotations

import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ...tensor import Tensor
from ..checks import as_number, plain
from ..optimizer import Optimizer

EPOCH_DEPRECATION_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use "
    "`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed "
    "form is used instead of the new chainable form, where available."
)


class LRScheduler:
    """The base of the schedulers: a subclass defines `get_lr`, the learning rate of each group at `self.last_epoch`.

    optimizer   its groups get the rates; what they hold now becomes their "initial_lr"
    last_epoch  -1 to begin; otherwise the epoch to go on from, with "initial_lr" in each group

    Make it before the optimizer loads a state dict: its first act is to write the rates of epoch 0.

    Raises: TypeError if optimizer is none; KeyError for last_epoch >= 0 without "initial_lr".

    >>> import mtorch
    >>> class Halving(mtorch.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [rate * 0.5 ** self.last_epoch for rate in self.base_lrs]
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = Halving(optimizer)
    >>> for _ in range(3):
    ...     optimizer.step()
    ...     scheduler.step()
    >>> scheduler.get_last_lr()
    [0.125]
    """

    _get_lr_called_within_step: bool = False
    _is_initial: bool = False
    _last_lr: list

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = an_optimizer(optimizer)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming scheduler with last_epoch "
                    f"= {last_epoch}: load the optimizer's state dict first, or begin with last_epoch=-1")
        self.base_lrs = values_of(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def state_dict(self) -> dict[str, Any]:
        """Everything the scheduler knows but the optimizer."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what state_dict() gave."""
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list[Any]:
        """The rates written last, one for each group; a tensor is a copy of the group's."""
        return self._last_lr

    def get_lr(self) -> list[Any]:
        """The rates for `self.last_epoch`; called by step().  To look at the current ones use get_last_lr()."""
        raise NotImplementedError(f"{type(self).__name__} does not define get_lr()")

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch (or batch) and set its rates; after the optimizer's step().

        epoch   deprecated: go to this epoch
        """
        if self._step_count == 1:
            self._warn_of_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _warn_of_order(self) -> None:
        if not hasattr(self.optimizer.step, "hooked"):
            warnings.warn(
                "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. "
                "Please, make sure to call `optimizer.step()` before `lr_scheduler.step()`.", UserWarning, stacklevel=3)
        elif not self.optimizer._opt_called:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. You should call them in the "
                "opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in "
                "skipping the first value of the learning rate schedule.", UserWarning, stacklevel=3)

    def _update_lr(self, epoch: int | None = None) -> None:
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        closed_form = getattr(self, "_get_closed_form_lr", None)
        with self._getting_lr():
            rates = self.get_lr() if epoch is None or closed_form is None else closed_form()
        self._write(rates)

    def _write(self, rates: list[Any]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            write(group, "lr", rate)
        self._last_lr = values_of(self.optimizer, "lr")

    @contextmanager
    def _getting_lr(self) -> Iterator[None]:
        self._get_lr_called_within_step = True
        try:
            yield
        finally:
            self._get_lr_called_within_step = False

    def _warn_outside_step(self) -> None:
        if not self._get_lr_called_within_step:
            warnings.warn("To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
                          UserWarning, stacklevel=3)

    def _scaled(self, factor: float) -> list[Any]:
        """The present rates times a factor."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def _same(self) -> list[Any]:
        """The present rates."""
        return values_of(self.optimizer, "lr")


class _LRScheduler(LRScheduler):
    """The older name of LRScheduler, which public code still subclasses."""


def not_zero(scheduler: str, name: str, value: Any) -> None:
    """Refuse 0 where a later step would divide by it."""
    if as_number(name, value) == 0:
        raise ValueError(f"{scheduler}: {name} must be > 0, got {value}")


# ---- the values in the groups: numbers, or tensors that are written in place -----------------------

def an_optimizer(optimizer: Any) -> Optimizer:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    return optimizer


def copied(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value


def values_of(optimizer: Optimizer, name: str) -> list[Any]:
    """An option of each group; copies where they are tensors."""
    return [copied(group[name]) for group in optimizer.param_groups]


def write(group: dict[str, Any], name: str, value: Any) -> None:
    """Set an option, in place where it is a tensor."""
    if isinstance(group[name], Tensor):
        group[name].fill_(plain(value))
    else:
        group[name] = value


def for_each_group(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """One value for each group, from a list of them or a single one."""
    groups = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [copied(value) for _ in range(groups)]
    if len(value) != groups:
        raise ValueError(f"{name} must have the same length as optimizer.param_groups. "
                         f"{name} has {len(value)} values, param_groups has {groups}.")
    return [copied(v) for v in value]


# ---- functions of the user's in a state dict --------------------------------------------------------

def without(state: dict[str, Any], name: str) -> dict[str, Any]:
    """A state without the entry that has a form of its own when it is saved; then it is the last, as in torch."""
    return {key: value for key, value in state.items() if key != name}


def state_of_function(function: Callable) -> dict[str, Any] | None:
    """What is saved of a function: the attributes of a callable object, nothing of a plain function or lambda."""
    return None if isinstance(function, types.FunctionType) else function.__dict__.copy()
