"""Pruning: setting values of a parameter to zero and keeping them there.  (The methods themselves: prune_methods.py.)"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...functions.creation import ones_like
from ...tensor import Tensor
from ..hooks import hooks_in
from ..module import Module
from .convert_parameters import parameters_to_vector
from .prune_methods import (BasePruningMethod, CustomFromMask, Identity, L1Unstructured, LnStructured, PruningContainer,
                            RandomStructured, RandomUnstructured)

__all__ = ["BasePruningMethod", "CustomFromMask", "Identity", "L1Unstructured", "LnStructured", "PruningContainer",
           "RandomStructured", "RandomUnstructured", "custom_from_mask", "global_unstructured", "identity", "is_pruned",
           "l1_unstructured", "ln_structured", "random_structured", "random_unstructured", "remove"]


def identity(module: Module, name: str) -> Module:
    """Make mask and original of a parameter without pruning anything; returns the module.

    module, name: a module and the name of one of its parameters

    Raises: AttributeError for a name that the module has not.

    >>> import mtorch
    >>> layer = mtorch.nn.utils.prune.identity(mtorch.nn.Linear(2, 1), "weight")
    >>> layer.weight_mask
    tensor([[1., 1.]])
    """
    Identity.apply(module, name)
    return module


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Prune values of a parameter drawn at random; returns the module.

    module, name: as for identity
    amount: a part in [0, 1], or how many, an int

    Raises: ValueError for an amount outside that, or of more values than there are; TypeError for one that is no number;
        AttributeError as for identity.

    >>> import mtorch
    >>> layer = mtorch.nn.utils.prune.random_unstructured(mtorch.nn.Linear(4, 1), "weight", amount=0.5)
    >>> int(layer.weight_mask.sum())
    2
    """
    RandomUnstructured.apply(module, name, amount)
    return module


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Tensor | None = None) -> Module:
    """Prune the values of a parameter that are smallest in size; returns the module.

    module, name, amount: as for random_unstructured, with its errors
    importance_scores: decide by the sizes of these instead, in the parameter's shape

    Raises: AssertionError for importance_scores of another shape.
    Source: Han, Pool, Tran & Dally, "Learning both Weights and Connections for Efficient Neural Networks", 2015,
        arXiv:1506.02626.

    >>> import mtorch
    >>> layer = mtorch.nn.Linear(4, 1)
    >>> _ = mtorch.nn.utils.prune.l1_unstructured(layer, "weight", amount=3)
    >>> int((layer.weight != 0).sum()), sorted(layer.state_dict())
    (1, ['bias', 'weight_mask', 'weight_orig'])
    """
    L1Unstructured.apply(module, name, amount=amount, importance_scores=importance_scores)
    return module


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Prune slices of a parameter along dim drawn at random; returns the module.

    module, name: as for identity
    amount: a part of the slices in [0, 1], or how many, an int
    dim: along which the slices lie

    Raises: ValueError for a parameter of fewer than 2 dimensions; IndexError for a dim that it has not; and those of
        random_unstructured.

    >>> import mtorch
    >>> layer = mtorch.nn.utils.prune.random_structured(mtorch.nn.Linear(2, 3), "weight", amount=1, dim=0)
    >>> sorted(layer.weight_mask.sum(1).tolist())
    [0.0, 2.0, 2.0]
    """
    RandomStructured.apply(module, name, amount, dim)
    return module


def ln_structured(module: Module, name: str, amount: float, n: Any, dim: int,
                  importance_scores: Tensor | None = None) -> Module:
    """Prune the slices of a parameter along dim whose n-norm is smallest; returns the module.

    module, name, amount, dim: as for random_structured, with its errors
    n: the order of the norm, as of `norm`
    importance_scores: decide by the norms of these instead, in the parameter's shape

    Raises: AssertionError for importance_scores of another shape.
    Source: Li, Kadav, Durdanovic, Samet & Graf, "Pruning Filters for Efficient ConvNets", 2016, arXiv:1608.08710.

    >>> import mtorch
    >>> layer = mtorch.nn.Linear(2, 2)
    >>> layer.weight.data = mtorch.tensor([[1.0, 1.0], [3.0, 3.0]])
    >>> mtorch.nn.utils.prune.ln_structured(layer, "weight", amount=1, n=2, dim=0).weight_mask
    tensor([[0., 0.],
            [1., 1.]])
    """
    LnStructured.apply(module, name, amount, n, dim, importance_scores=importance_scores)
    return module


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Prune a parameter by a mask of ones and zeros; returns the module.

    module, name: as for identity
    mask: 1 for what stays, in the parameter's shape

    Raises: AssertionError for a mask of another shape; AttributeError as for identity.

    >>> import mtorch
    >>> layer = mtorch.nn.Linear(2, 1)
    >>> mtorch.nn.utils.prune.custom_from_mask(layer, "weight", mtorch.tensor([[0, 1]])).weight_mask
    tensor([[0., 1.]])
    """
    CustomFromMask.apply(module, name, mask)
    return module


def global_unstructured(parameters: Iterable[tuple[Module, str]], pruning_method: Any,
                        importance_scores: dict | None = None, **kwargs: Any) -> None:
    """Prune several parameters as if they were one.

    parameters: pairs of a module and the name of its parameter
    pruning_method: the class of an unstructured method; kwargs go to its constructor
    importance_scores: for some of those pairs, tensors to decide by instead

    Raises: TypeError for a method that is not unstructured, or parameters that cannot be iterated over; ValueError for no
        parameters.

    >>> import mtorch
    >>> layer = mtorch.nn.Linear(4, 4)
    >>> prune = mtorch.nn.utils.prune
    >>> prune.global_unstructured([(layer, "weight"), (layer, "bias")], prune.L1Unstructured, amount=0.5)
    >>> int(layer.weight_mask.sum() + layer.bias_mask.sum())
    10
    """
    if not isinstance(parameters, Iterable):
        raise TypeError("global_unstructured(): parameters is not an Iterable")
    if importance_scores is not None and not isinstance(importance_scores, dict):
        raise TypeError("global_unstructured(): importance_scores must be of type dict")
    pairs, scores = list(parameters), importance_scores or {}
    method = pruning_method(**kwargs)
    if method.PRUNING_TYPE != "unstructured":
        raise TypeError('Only "unstructured" PRUNING_TYPE supported for the `pruning_method`. Found method '
                        f"{pruning_method} of type {method.PRUNING_TYPE}")
    values = [getattr(module, name) for module, name in pairs]
    masks = [getattr(module, name + "_mask", ones_like(value)) for (module, name), value in zip(pairs, values)]
    importance = parameters_to_vector([scores.get(pair, value) for pair, value in zip(pairs, values)])
    mask = PruningContainer().combined(method, importance, parameters_to_vector(masks))
    start = 0
    for (module, name), value in zip(pairs, values):
        custom_from_mask(module, name, mask[start:start + value.numel()].view_as(value))
        start += value.numel()


def remove(module: Module, name: str) -> Module:
    """Make the pruning of a parameter permanent; returns the module.

    module, name: as for identity

    Raises: ValueError when the parameter is not pruned.

    >>> import mtorch
    >>> layer = mtorch.nn.utils.prune.l1_unstructured(mtorch.nn.Linear(4, 1), "weight", amount=3)
    >>> layer = mtorch.nn.utils.prune.remove(layer, "weight")
    >>> int((layer.weight != 0).sum()), sorted(layer.state_dict())
    (1, ['bias', 'weight'])
    """
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, BasePruningMethod) and hook._tensor_name == name:
            hook.remove(module)
            del module._forward_pre_hooks[number]
            return module
    raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")


def is_pruned(module: Module) -> bool:
    """Whether a module, or one below it, has a pruned parameter.

    >>> import mtorch
    >>> mtorch.nn.utils.prune.is_pruned(mtorch.nn.Linear(1, 1))
    False
    """
    return any(isinstance(hook, BasePruningMethod)
               for m in module.modules() for hook in hooks_in(m, "_forward_pre_hooks").values())
