"""The parametrizations that come with the package: orthogonal, weight_norm, spectral_norm."""
from __future__ import annotations

from typing import Any

from ...tensor import Tensor
from ..module import Module
from .orthogonal import MAPS, _Orthogonal
from .parametrize import register_parametrization
from .spectral_norm import as_matrix, default_dim, largest_singular_value, power_method, unit
from .weight_norm import norm_except_dim, normalised_weight

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


def _tensor_of(module: Module, name: str) -> Tensor:
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return weight


def orthogonal(module: Module, name: str = "weight", orthogonal_map: str | None = None, *,
               use_trivialization: bool = True) -> Module:
    """Keep a matrix orthogonal: its columns (or, if they are fewer, its rows) stay orthonormal.  Returns the module.

    name                which parameter; matrices in its last two dimensions
    orthogonal_map      "matrix_exp", "cayley" or "householder"; by default the first for square matrices, else the last
    use_trivialization  start from the present value, which is kept beside the parameter

    Raises: ValueError for a tensor that is not there or no matrix, or another map.
    Source: Lezcano-Casado & Martinez-Rubio, "Cheap Orthogonal Constraints in Neural Networks", 2019, arXiv:1901.08428.

    >>> import mtorch
    >>> layer = mtorch.nn.utils.parametrizations.orthogonal(mtorch.nn.Linear(2, 4))
    >>> mtorch.allclose(layer.weight.T @ layer.weight, mtorch.eye(2), atol=1e-6)
    True
    """
    weight = _tensor_of(module, name)
    if weight.ndim < 2:
        raise ValueError(f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions.")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.shape[-2] == weight.shape[-1] else "householder"
    if orthogonal_map not in MAPS:
        raise ValueError('orthogonal_map has to be one of "matrix_exp", "cayley", "householder". '
                         f"Got: {orthogonal_map}")
    parametrization = _Orthogonal(weight, orthogonal_map, use_trivialization=use_trivialization)
    return register_parametrization(module, name, parametrization, unsafe=True)


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return normalised_weight(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except_dim(weight, self.dim), weight


class _OlderKeys:
    """Loads what the older `nn.utils.weight_norm` saved."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, state_dict: Any, prefix: str, *rest: Any) -> None:
        older = [f"{prefix}{self.name}_{part}" for part in "gv"]
        if all(key in state_dict for key in older):
            for i, key in enumerate(older):
                state_dict[f"{prefix}parametrizations.{self.name}.original{i}"] = state_dict.pop(key)


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Train the length and the direction of a weight apart: w = g v / ||v||.  Returns the module.

    name: which parameter
    dim: along which its rows lie, each with a length of its own; None, or -1, takes all of it as one

    Raises: ValueError for a tensor that is not there; IndexError for a dim that it has not.
    Source: Salimans and Kingma, "Weight normalization" (2016), https://arxiv.org/abs/1602.07868.

    >>> import mtorch
    >>> layer = mtorch.nn.utils.parametrizations.weight_norm(mtorch.nn.Linear(3, 2))
    >>> [tuple(p.shape) for p in layer.parametrizations.weight.parameters()]
    [(2, 1), (2, 3)]
    """
    _tensor_of(module, name)
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)
    module._register_load_state_dict_pre_hook(_OlderKeys(name))
    return module


class _SpectralNorm(Module):
    _u: Tensor
    _v: Tensor

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        if not -weight.ndim <= dim < weight.ndim:
            raise IndexError(f"Dimension out of range (expected to be in range of [-{weight.ndim}, {weight.ndim - 1}] "
                             f"but got {dim})")
        if n_power_iterations <= 0:
            raise ValueError("Expected n_power_iterations to be positive, but got "
                             f"n_power_iterations={n_power_iterations}")
        self.dim, self.eps = dim % weight.ndim, eps
        if weight.ndim > 1:
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight.detach(), self.dim)
            self.register_buffer("_u", unit(matrix.new_empty(matrix.shape[0]).normal_(0, 1), eps))
            self.register_buffer("_v", unit(matrix.new_empty(matrix.shape[1]).normal_(0, 1), eps))
            self._power_method(matrix, 15)

    def _power_method(self, matrix: Tensor, steps: int) -> None:
        """One step here moves u first, then v."""
        power_method(matrix.t(), self._v, self._u, steps, self.eps)

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return unit(weight, self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        return weight / largest_singular_value(matrix, self._u, self._v)

    def right_inverse(self, value: Tensor) -> Tensor:
        return value                                     # it is assumed to be normalised


def spectral_norm(module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12,
                  dim: int | None = None) -> Module:
    """Divide a weight by its largest singular value, estimated by the power method.  Returns the module.

    name                which parameter
    n_power_iterations  steps of the power method at each use while training, > 0
    eps                 the smallest length that a vector is divided by
    dim                 the dimension that counts the outputs: 0, but 1 for transposed convolutions

    Raises: ValueError for a tensor that is not there; IndexError for a dimension it has not.
    Source: Miyato et al., "Spectral normalization" (2018), https://arxiv.org/abs/1802.05957.

    >>> import mtorch, numpy
    >>> layer = mtorch.nn.utils.parametrizations.spectral_norm(mtorch.nn.Linear(3, 2)).eval()
    >>> bool(abs(numpy.linalg.norm(layer.weight.detach().numpy(), 2) - 1) < 0.1)
    True
    """
    weight = _tensor_of(module, name)
    return register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, default_dim(module, dim),
                                                                eps))
