"""Modules as functions of their parameters; and what `vmap` needs to run several at once, their parameters stacked."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..functions.joining import stack
from ..nn.batchnorm import _BatchNorm
from ..nn.container import ModuleList
from ..nn.module import Module
from ..nn.utils import stateless
from ..tensor import Tensor


def functional_call(module: Module, parameter_and_buffer_dicts: dict[str, Tensor] | Sequence[dict[str, Tensor]],
                    args: Any = None, kwargs: dict[str, Any] | None = None, *, tie_weights: bool = True,
                    strict: bool = False) -> Any:
    """What module gives for args when its parameters and buffers are the given tensors; gradients flow into these.

    module: any; it is as before afterwards
    parameter_and_buffer_dicts: tensors by the names of `named_parameters` and `named_buffers`, in a dict or several; the
        others stay the module's own. A buffer that the call replaces is replaced in the dict.
    args: a tuple of arguments, or one argument
    kwargs: arguments by name
    tie_weights: what is given for a parameter stands in all places where the module has the same parameter
    strict: the names must be those of the module, no more and no fewer

    Raises: ValueError for what is no dict, a name in several dicts, and different tensors for tied parameters; RuntimeError
        for names that strict refuses; AttributeError for a name that leads nowhere; TypeError for what is no Tensor.

    >>> import mtorch
    >>> net = mtorch.nn.Linear(2, 1)
    >>> weights = {"weight": mtorch.tensor([[1.0, 2.0]]), "bias": mtorch.zeros(1)}
    >>> mtorch.func.functional_call(net, weights, mtorch.ones(1, 2))
    tensor([[3.]])
    """
    return stateless.functional_call(module, _as_one(parameter_and_buffer_dicts), args, kwargs, tie_weights=tie_weights,
                                     strict=strict)


def _as_one(dicts: Any) -> dict[str, Any]:
    if isinstance(dicts, dict):
        return dicts
    if not isinstance(dicts, Sequence):
        raise ValueError("Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
                         f"{type(dicts)}")
    if not all(isinstance(one, dict) for one in dicts):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    names = [name for one in dicts for name in one]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {name: value for one in dicts for name, value in one.items()}


def stack_module_state(models: Sequence[Module] | ModuleList) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters and the buffers of some models by their names, each stacked along a new first dimension.

    models: of one class, all of them training or none

    The parameters are new leaves, to be trained.
    Raises: RuntimeError for no model, different classes, different modes, or parameters of which only some require grad.

    >>> import mtorch
    >>> models = [mtorch.nn.Linear(2, 1) for _ in range(3)]
    >>> params, buffers = mtorch.func.stack_module_state(models)
    >>> params["weight"].shape
    torch.Size([3, 1, 2])
    >>> def run(params, x):
    ...     return mtorch.func.functional_call(models[0], params, (x,))
    >>> mtorch.vmap(run, in_dims=(0, None))(params, mtorch.ones(5, 2)).shape
    torch.Size([3, 5, 1])
    """
    models = list(models)
    if not models:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(model) for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    return (_stacked([dict(model.named_parameters()) for model in models]),
            _stacked([dict(model.named_buffers()) for model in models]))


def _stacked(tensors: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    stacked = {}
    for name in tensors[0]:
        parts = [one[name] for one in tensors]
        if len({part.requires_grad for part in parts}) > 1:
            raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
        stacked[name] = stack(parts).detach().requires_grad_(parts[0].requires_grad)
    return stacked


def replace_all_batch_norm_modules_(root: Module) -> Module:
    """Have every BatchNorm in the tree forget its running statistics, in place: it normalizes by those of its batch.

    root: any module; it is returned

    Raises: AttributeError for what is no Module.

    >>> import mtorch
    >>> net = mtorch.func.replace_all_batch_norm_modules_(mtorch.nn.Sequential(mtorch.nn.BatchNorm1d(2)))
    >>> list(net.state_dict())
    ['0.weight', '0.bias']
    """
    for module in root.modules():
        if isinstance(module, _BatchNorm) and module.track_running_stats:
            module.running_mean = module.running_var = module.num_batches_tracked = None
            module.track_running_stats = False
    return root
