"""Spectral normalisation, the older form with a hook: the weight is divided by its largest singular value.

That value is sigma = u^T W v, where u and v, kept as buffers, are moved towards the singular vectors by one step of the
power method in each call while training.
Source: Miyato et al., "Spectral normalization for generative adversarial networks" (2018),
https://arxiv.org/abs/1802.05957.
"""
from __future__ import annotations

from typing import Any

from ...autograd.mode import no_grad
from ...functions.matrix import dot, mv
from ...tensor import Parameter, Tensor
from ..conv import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from ..module import Module


def unit(x: Tensor, eps: float) -> Tensor:
    """x / max(||x||, eps)."""
    return x / x.norm().clamp(min=eps)


def as_matrix(weight: Tensor, dim: int) -> Tensor:
    """Dimension dim as rows, all others as columns."""
    if dim != 0:
        weight = weight.permute(dim, *(d for d in range(weight.ndim) if d != dim))
    return weight.reshape(weight.shape[0], -1)


def power_method(matrix: Tensor, u: Tensor, v: Tensor, steps: int, eps: float) -> None:
    """Move u and v, in place, towards the singular vectors of the largest singular value."""
    with no_grad():
        for _ in range(steps):
            v.copy_(unit(mv(matrix.t(), u), eps))
            u.copy_(unit(mv(matrix, v), eps))


def largest_singular_value(matrix: Tensor, u: Tensor, v: Tensor) -> Tensor:
    """u^T W v, with u and v as they are now."""
    return dot(u.clone(), mv(matrix, v.clone()))


def default_dim(module: Module, dim: int | None) -> int:
    """The dimension of the weight that counts the outputs."""
    if dim is not None:
        return dim
    return 1 if isinstance(module, (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)) else 0


class SpectralNorm:
    """The hook that `spectral_norm` registers."""

    _version = 1

    def __init__(self, name: str = "weight", n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        if n_power_iterations <= 0:
            raise ValueError("Expected n_power_iterations to be positive, but got "
                             f"n_power_iterations={n_power_iterations}")
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def compute_weight(self, module: Any, do_power_iteration: bool) -> Tensor:
        """The weight divided by its largest singular value."""
        weight, u, v = (getattr(module, self.name + suffix) for suffix in ("_orig", "_u", "_v"))
        matrix = as_matrix(weight, self.dim)
        if do_power_iteration:
            power_method(matrix, u, v, self.n_power_iterations, self.eps)
        return weight / largest_singular_value(matrix, u, v)

    def remove(self, module: Any) -> None:
        """Put an ordinary parameter with the present value in the place of the parts."""
        with no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for suffix in ("", "_u", "_v", "_orig"):
            delattr(module, self.name + suffix)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, do_power_iteration=module.training))


class SpectralNormStateDictHook:
    """Notes in the metadata of a state_dict which form of the buffers it holds."""

    def __init__(self, fn: SpectralNorm) -> None:
        self.fn = fn

    def __call__(self, module: Any, state_dict: Any, prefix: str, local_metadata: dict) -> None:
        local_metadata.setdefault("spectral_norm", {})[self.fn.name + ".version"] = self.fn._version


def spectral_norm(module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12,
                  dim: int | None = None) -> Module:
    """Divide a weight by its largest singular value before each call; returns the module.

    name                which parameter
    n_power_iterations  steps of the power method in each call, > 0
    eps                 the smallest length that a vector is divided by
    dim                 the dimension that counts the outputs: 0, but 1 for transposed convolutions

    `parametrizations.spectral_norm` is the newer form.

    Raises: RuntimeError when it is done twice; ValueError for a parameter that is None.

    >>> import mtorch
    >>> layer = mtorch.nn.utils.spectral_norm(mtorch.nn.Linear(3, 2))
    >>> list(layer.state_dict())
    ['bias', 'weight_orig', 'weight_u', 'weight_v']
    """
    if _hook_of(module._forward_pre_hooks, SpectralNorm, name) is not None:
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    hook = SpectralNorm(name, n_power_iterations, default_dim(module, dim), eps)
    weight = module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    with no_grad():
        rows, columns = as_matrix(weight, hook.dim).shape
        u = unit(weight.new_empty(rows).normal_(0, 1), eps)
        v = unit(weight.new_empty(columns).normal_(0, 1), eps)
    delattr(module, name)
    module.register_parameter(name + "_orig", weight)
    setattr(module, name, weight.data)
    module.register_buffer(name + "_u", u)
    module.register_buffer(name + "_v", v)
    module.register_forward_pre_hook(hook)
    module._register_state_dict_hook(SpectralNormStateDictHook(hook))
    return module


def _hook_of(table: Any, kind: Any, name: str) -> int | None:
    return next((number for number, hook in table.items()
                 if isinstance(hook, kind) and getattr(hook, "fn", hook).name == name), None)


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Undo `spectral_norm`, keeping the present weight; returns the module.

    Raises: ValueError when there is nothing to undo.

    >>> import mtorch
    >>> layer = mtorch.nn.utils.spectral_norm(mtorch.nn.Linear(2, 3))
    >>> sorted(name for name, _ in mtorch.nn.utils.remove_spectral_norm(layer).named_parameters())
    ['bias', 'weight']
    """
    number = _hook_of(module._forward_pre_hooks, SpectralNorm, name)
    if number is None:
        raise ValueError(f"spectral_norm of '{name}' not found in {module}")
    module._forward_pre_hooks.pop(number).remove(module)
    module._state_dict_hooks.pop(_hook_of(module._state_dict_hooks, SpectralNormStateDictHook, name))
    return module
