"""Averages of a model's weights over its training: of the last points of SGD (SWA), or exponentially weighted (EMA).

Source: P. Izmailov et al., Averaging Weights Leads to Wider Optima and Better Generalization, UAI 2018.
"""
from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from ..autograd.mode import no_grad
from ..autograd.tape import wrap
from ..autograd.stamps import mark_written
from ..nn.batchnorm import _BatchNorm
from ..nn.module import Module
from ..tensor import Tensor
from .arithmetic import lerp
from .lr_scheduler import LRScheduler
from .lr_scheduler.base import for_each_group
from .optimizer import Optimizer

__all__ = ["SWALR", "AveragedModel", "get_ema_avg_fn", "get_ema_multi_avg_fn", "get_swa_avg_fn", "get_swa_multi_avg_fn",
           "update_bn"]


def _check_decay(decay: float) -> None:
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def _move_means(means: Sequence[Tensor], news: Sequence[Tensor], weight: float) -> None:
    """mean <- (1 - weight) mean + weight new, in place, for each pair."""
    for mean, new in zip(means, news, strict=True):
        if mean.array.dtype.kind == "f":
            flat = np.ascontiguousarray(mean.array)
            lerp(flat, new.array, weight)
            mean.array[...] = flat
        else:
            mean.array[...] = ((1 - weight) * mean.array + weight * new.array).astype(mean.array.dtype)
        mark_written(mean.array)


def get_ema_multi_avg_fn(decay: float = 0.999) -> Callable:
    """A function for AveragedModel(multi_avg_fn=...): decay mean + (1 - decay) new, in place, for all parameters.

    decay: how much of the mean is kept, in [0, 1]

    Raises: ValueError for a decay out of range.

    >>> import mtorch
    >>> means, news = [mtorch.tensor([0.0])], [mtorch.tensor([1.0])]
    >>> mtorch.optim.swa_utils.get_ema_multi_avg_fn(0.75)(means, news, 1)
    >>> means
    [tensor([0.2500])]
    """
    _check_decay(decay)

    def ema_update(ema_param_list: Sequence[Tensor], current_param_list: Sequence[Tensor], _: Any) -> None:
        _move_means(ema_param_list, current_param_list, 1 - decay)

    return ema_update


def get_swa_multi_avg_fn() -> Callable:
    """A function for AveragedModel(multi_avg_fn=...): the plain mean of all points, for all parameters in place.

    >>> import mtorch
    >>> means, news = [mtorch.tensor([0.0])], [mtorch.tensor([1.0])]
    >>> mtorch.optim.swa_utils.get_swa_multi_avg_fn()(means, news, 1)
    >>> means
    [tensor([0.5000])]
    """
    def swa_update(averaged_param_list: Sequence[Tensor], current_param_list: Sequence[Tensor],
                   num_averaged: Tensor | int) -> None:
        _move_means(averaged_param_list, current_param_list, 1 / (int(num_averaged) + 1))

    return swa_update


def get_ema_avg_fn(decay: float = 0.999) -> Callable:
    """A function for AveragedModel(avg_fn=...): decay mean + (1 - decay) new.

    decay: how much of the mean is kept, in [0, 1]

    Raises: ValueError for a decay out of range.

    >>> import mtorch
    >>> mtorch.optim.swa_utils.get_ema_avg_fn(0.75)(mtorch.tensor(0.0), mtorch.tensor(1.0), 1)
    tensor(0.2500)
    """
    _check_decay(decay)

    @no_grad()
    def ema_update(ema_param: Tensor, current_param: Tensor, num_averaged: Any) -> Tensor:
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn() -> Callable:
    """A function for AveragedModel(avg_fn=...): the plain mean of all points.

    >>> import mtorch
    >>> mtorch.optim.swa_utils.get_swa_avg_fn()(mtorch.tensor(0.0), mtorch.tensor(1.0), 1)
    tensor(0.5000)
    """
    @no_grad()
    def swa_update(averaged_param: Tensor, current_param: Tensor, num_averaged: Tensor | int) -> Tensor:
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


class AveragedModel(Module):
    """A copy of a model whose parameters are running averages of the model's.

    model           the model that is trained
    device          None, or "cpu": where the copy is kept
    avg_fn          (mean, new, points so far) -> mean, for one parameter; default the plain mean
    multi_avg_fn    the same for lists of them, in place
    use_buffers     average the buffers too; False copies them

    Shape: calls the averaged model, with its shapes.
    Raises: AssertionError if both functions are given.

    >>> import mtorch
    >>> model = mtorch.nn.Linear(1, 1, bias=False)
    >>> averaged = mtorch.optim.swa_utils.AveragedModel(model)
    >>> for value in (1.0, 2.0, 6.0):
    ...     _ = mtorch.nn.init.constant_(model.weight, value)
    ...     averaged.update_parameters(model)
    >>> averaged.module.weight.item()
    3.0
    """

    n_averaged: Tensor

    def __init__(self, model: Module, device: Any = None, avg_fn: Callable | None = None,
                 multi_avg_fn: Callable | None = None, use_buffers: bool = False) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", wrap(np.array(0, np.int64)))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the averaged model says."""
        return self.module(*args, **kwargs)

    def _averaged_of(self, module: Module) -> list[Tensor]:
        """The tensors that are averaged, apart from the graph."""
        buffers = module.buffers() if self.use_buffers else ()
        return [t.detach() for t in itertools.chain(module.parameters(), buffers)]

    def update_parameters(self, model: Module) -> None:
        """Take the present parameters of the model into the average; the first time, copy them."""
        means, news = self._averaged_of(self.module), self._averaged_of(model)
        count = self.n_averaged
        if count.item() == 0:
            for mean, new in zip(means, news, strict=True):
                mean.copy_(new)
        elif self.avg_fn is not None:
            for mean, new in zip(means, news, strict=True):
                mean.copy_(self.avg_fn(mean, new, count))
        else:
            (self.multi_avg_fn or get_swa_multi_avg_fn())(means, news, count)
        if not self.use_buffers:
            for kept, new in zip(self.module.buffers(), model.buffers(), strict=True):
                kept.detach().copy_(new.detach())
        count += 1


@no_grad()
def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Recompute the running statistics of the BatchNorm layers, by one pass of the data through the model.

    loader: batches, each a tensor, or a list or tuple whose first element is the input
    model: it is in training mode for the pass, and then in the mode that it was in
    device: None, or "cpu": where the input is sent

    Raises: what the model raises for its input.

    >>> import mtorch
    >>> model = mtorch.nn.BatchNorm1d(1)
    >>> mtorch.optim.swa_utils.update_bn([mtorch.tensor([[1.0], [3.0]])], model)
    >>> model.running_mean
    tensor([2.])
    """
    momenta = {module: module.momentum for module in model.modules() if isinstance(module, _BatchNorm)}
    for module in momenta:
        module.reset_running_stats()
    if not momenta:
        return
    was_training = model.training
    model.train()
    for module in momenta:
        module.momentum = None                           # the mean of all batches
    for batch in loader:
        x = batch[0] if isinstance(batch, (list, tuple)) else batch
        model(x if device is None else x.to(device))
    for module, momentum in momenta.items():
        module.momentum = momentum
    model.train(was_training)


class SWALR(LRScheduler):
    """From the present rate to swa_lr in anneal_epochs epochs, and on with it.

    optimizer           its groups get the rates
    swa_lr              one rate, or a list with one for each group
    anneal_epochs       an integer >= 0
    anneal_strategy     "cos" or "linear"
    last_epoch          as for LRScheduler

    Raises: ValueError for other values.

    >>> import mtorch
    >>> optimizer = mtorch.optim.SGD([mtorch.zeros(2, requires_grad=True)], lr=1.0)
    >>> scheduler = mtorch.optim.swa_utils.SWALR(optimizer, swa_lr=0.5, anneal_epochs=2, anneal_strategy="linear")
    >>> for _ in range(3): optimizer.step(); scheduler.step(); print(scheduler.get_last_lr())
    [0.75]
    [0.5]
    [0.5]
    """

    def __init__(self, optimizer: Optimizer, swa_lr: float | list[float], anneal_epochs: int = 10,
                 anneal_strategy: str = "cos", last_epoch: int = -1) -> None:
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        for group, rate in zip(optimizer.param_groups, for_each_group("swa_lr", optimizer, swa_lr), strict=True):
            group["swa_lr"] = rate
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, step: int) -> float:
        """How much of the rate is swa_lr after so many steps."""
        t = max(0, min(1, step / max(1, self.anneal_epochs)))
        return t if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * t)) / 2

    def get_lr(self) -> list[Any]:
        self._warn_outside_step()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        rates = []
        for group in self.optimizer.param_groups:
            swa_lr = group["swa_lr"]
            start = swa_lr if before == 1 else (group["lr"] - before * swa_lr) / (1 - before)
            rates.append(swa_lr * now + start * (1 - now))
        return rates
