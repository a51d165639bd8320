"""Weight normalisation, the older form with a hook: `weight` is computed from `weight_g` and `weight_v` before each call.

w = g v / ||v||, so that the length of each row is trained apart from its direction.
Source: Salimans and Kingma, "Weight normalization" (2016), https://arxiv.org/abs/1602.07868.
"""
from __future__ import annotations

import warnings
from typing import Any

from ...tensor import Parameter, Tensor
from ..module import Module


def norm_except_dim(v: Tensor, dim: int) -> Tensor:
    """The 2-norm of v over all dimensions but one; over all of them when dim is -1, which stands for None.

    Raises: IndexError for a dim that v has not.
    """
    if dim == -1:
        return v.norm()
    if not -v.ndim <= dim < v.ndim:
        raise IndexError(f"weight_norm: dim {dim} is out of range for a weight of shape {tuple(v.shape)}, expected "
                         f"{-v.ndim} to {v.ndim - 1}")
    others = [d for d in range(v.ndim) if d != dim % v.ndim]
    return v.norm(2, others, keepdim=True) if others else v.abs()


def normalised_weight(v: Tensor, g: Tensor, dim: int) -> Tensor:
    """g v / ||v||."""
    return v * (g / norm_except_dim(v, dim))


class WeightNorm:
    """The hook that `weight_norm` registers."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name = name
        self.dim = -1 if dim is None else dim

    def compute_weight(self, module: Any) -> Tensor:
        """The weight from its two parts."""
        return normalised_weight(getattr(module, self.name + "_v"), getattr(module, self.name + "_g"), self.dim)

    def remove(self, module: Any) -> None:
        """Put an ordinary parameter with the present value in the place of the two parts."""
        weight = self.compute_weight(module)
        for name in (self.name, self.name + "_g", self.name + "_v"):
            delattr(module, name)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Train the length and the direction of a weight apart; returns the module.

    name: which parameter
    dim: along which its rows lie; None, or -1, takes all of it as one

    Deprecated, in torch too: `parametrizations.weight_norm` does the same.

    Raises: RuntimeError when it is done twice; IndexError for a dim that the parameter has not; AttributeError for a
        name that the module has not.

    >>> import mtorch, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")          # deprecated in favour of nn.utils.parametrizations.weight_norm
    ...     layer = mtorch.nn.utils.weight_norm(mtorch.nn.Linear(2, 3))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'weight_g', 'weight_v']
    """
    warnings.warn("`torch.nn.utils.weight_norm` is deprecated in favor of "
                  "`torch.nn.utils.parametrizations.weight_norm`.", FutureWarning, stacklevel=2)
    if _hook_of(module, name) is not None:
        raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    hook = WeightNorm(name, dim)
    weight = getattr(module, name)
    lengths = norm_except_dim(weight, hook.dim).detach()
    delattr(module, name)
    module.register_parameter(name + "_g", Parameter(lengths))
    module.register_parameter(name + "_v", Parameter(weight.detach()))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def _hook_of(module: Module, name: str) -> int | None:
    return next((number for number, hook in module._forward_pre_hooks.items()
                 if isinstance(hook, WeightNorm) and hook.name == name), None)


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Undo `weight_norm`, keeping the present weight; returns the module.

    Raises: ValueError when there is nothing to undo.

    >>> import mtorch, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     layer = mtorch.nn.utils.weight_norm(mtorch.nn.Linear(2, 3))
    >>> sorted(name for name, _ in mtorch.nn.utils.remove_weight_norm(layer).named_parameters())
    ['bias', 'weight']
    """
    number = _hook_of(module, name)
    if number is None:
        raise ValueError(f"weight_norm of '{name}' not found in {module}")
    module._forward_pre_hooks.pop(number).remove(module)
    return module
