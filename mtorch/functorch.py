"""`functorch`: what torch.func was called before, for programs that import it; each function warns, as torch's own does.

`make_functional` makes of a module a function and its parameters; `torch.func.functional_call` does it without a copy.
"""
from __future__ import annotations

import copy
import functools
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from . import func
from .caller import program_line
from .functions.joining import stack
from .nn.module import Module
from .tensor import Tensor

__all__ = ["FunctionalModule", "FunctionalModuleWithBuffers", "combine_state_for_ensemble", "grad", "grad_and_value", "hessian",
           "jacfwd", "jacrev", "jvp", "make_functional", "make_functional_with_buffers", "vjp", "vmap"]


def _deprecated(instead: str) -> Callable[[Callable], Callable]:
    """Have a function say under which name it is to be called."""
    def of(function: Callable) -> Callable:
        @functools.wraps(function)
        def warning(*args: Any, **kwargs: Any) -> Any:
            warnings.warn(f"We've integrated functorch into PyTorch. `functorch.{function.__name__}` is deprecated as of PyTorch "
                          f"2.0. Please use `{instead}` instead.", FutureWarning, stacklevel=program_line())
            return function(*args, **kwargs)
        return warning
    return of


grad, grad_and_value, vjp, jvp, jacrev, jacfwd, hessian = (
    _deprecated(f"torch.func.{function.__name__}")(function)
    for function in (func.grad, func.grad_and_value, func.vjp, func.jvp, func.jacrev, func.jacfwd, func.hessian))
vmap = _deprecated("torch.vmap")(func.vmap)


class FunctionalModuleWithBuffers(Module):
    """A module to be called with its parameters and buffers, which it does not keep: `f(params, buffers, *args, **kwargs)`."""

    def __init__(self, model: Module) -> None:
        super().__init__()
        self.stateless_model = copy.deepcopy(model)
        self.param_names = tuple(name for name, _ in model.named_parameters())
        self.buffer_names = tuple(name for name, _ in model.named_buffers())

    def forward(self, params: Iterable[Tensor], buffers: Iterable[Tensor], *args: Any, **kwargs: Any) -> Any:
        """What the module gives for args when these are its parameters and buffers, each in the order of its names."""
        names, tensors = self.param_names + self.buffer_names, (*params, *buffers)
        if len(names) != len(tensors):
            raise RuntimeError(f"{type(self).__name__} takes {len(self.param_names)} parameters and {len(self.buffer_names)} "
                               f"buffers, but got {len(tensors)} tensors")
        state = dict(zip(names, tensors))
        return func.functional_call(self.stateless_model, state, args, kwargs)


class FunctionalModule(FunctionalModuleWithBuffers):
    """A module without buffers to be called with its parameters: `f(params, *args, **kwargs)`."""

    def forward(self, params: Iterable[Tensor], *args: Any, **kwargs: Any) -> Any:
        """What the module gives for args when these are its parameters, in the order of their names."""
        return super().forward(params, (), *args, **kwargs)


def _taken_apart(kind: Callable, model: Module, disable_autograd_tracking: bool) -> tuple:
    owner = copy.deepcopy(model)
    if disable_autograd_tracking:
        owner.requires_grad_(False)
    return kind(model), tuple(owner.parameters()), tuple(owner.buffers())


@_deprecated("torch.func.functional_call")
def make_functional(model: Module, disable_autograd_tracking: bool = False) -> tuple[FunctionalModule, tuple[Tensor, ...]]:
    """A module as a function of its parameters, and copies of these: `f(params, *args)`.

    model: any without buffers
    disable_autograd_tracking: the copies do not require grad

    Raises: RuntimeError for a module with buffers.

    >>> import mtorch, warnings
    >>> from mtorch import functorch
    >>> warnings.simplefilter("ignore")
    >>> f, params = functorch.make_functional(mtorch.nn.Linear(2, 1))
    >>> f(tuple(mtorch.ones_like(p) for p in params), mtorch.ones(1, 2))
    tensor([[3.]])
    """
    function, params, buffers = _taken_apart(FunctionalModule, model, disable_autograd_tracking)
    if buffers:
        raise RuntimeError("make_functional(model): `model` has buffers. Please use make_functional_with_buffers(model) instead.")
    return function, params


@_deprecated("torch.func.functional_call")
def make_functional_with_buffers(model: Module, disable_autograd_tracking: bool = False) -> tuple[
        FunctionalModuleWithBuffers, tuple[Tensor, ...], tuple[Tensor, ...]]:
    """A module as a function of its parameters and buffers, and copies of both: `f(params, buffers, *args)`.

    Arguments as for make_functional. A call writes to the buffers that it is given what the module would write to its own.

    >>> import mtorch, warnings
    >>> from mtorch import functorch
    >>> warnings.simplefilter("ignore")
    >>> f, params, buffers = functorch.make_functional_with_buffers(mtorch.nn.BatchNorm1d(2))
    >>> f.buffer_names
    ('running_mean', 'running_var', 'num_batches_tracked')
    """
    return _taken_apart(FunctionalModuleWithBuffers, model, disable_autograd_tracking)


@_deprecated("torch.func.stack_module_state")
def combine_state_for_ensemble(models: Sequence[Module]) -> tuple[
        FunctionalModuleWithBuffers, tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Some models as one function for `vmap`, and their parameters and buffers, each stacked along a new first dimension.

    models: of one class, all of them training or none

    Raises: RuntimeError for no model, different classes or different modes.

    >>> import mtorch, warnings
    >>> from mtorch import functorch
    >>> warnings.simplefilter("ignore")
    >>> f, params, buffers = functorch.combine_state_for_ensemble([mtorch.nn.Linear(2, 1) for _ in range(3)])
    >>> mtorch.vmap(f, in_dims=(0, 0, None))(params, buffers, mtorch.ones(5, 2)).shape
    torch.Size([3, 5, 1])
    """
    models = list(models)
    if not models:
        raise RuntimeError("combine_state_for_ensemble: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise RuntimeError("combine_state_for_ensemble: Expected all models to have the same training/eval mode.")
    if len({type(model) for model in models}) > 1:
        raise RuntimeError("combine_state_for_ensemble: Expected all models to be of the same class.")
    parameters, buffers = zip(*[(tuple(model.parameters()), tuple(model.buffers())) for model in models])
    return FunctionalModuleWithBuffers(models[0]), _stacked(parameters), _stacked(buffers)


def _stacked(states: Iterable[tuple[Tensor, ...]]) -> tuple[Tensor, ...]:
    return tuple(stack(same).detach() for same in zip(*states, strict=True))
