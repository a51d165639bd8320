"""Normalisation layers of single samples: over the last axes, groups of channels, or neighbouring channels."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..functions.creation import empty
from ..tensor import Parameter, Tensor
from . import functional as F
from . import init
from .module import Module

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike


class LayerNorm(Module):
    """(x - mean) / sqrt(var + eps) * weight + bias over the last axes (J. L. Ba, J. R. Kiros, G. Hinton, 2016).

    Shape: (..., *normalized_shape) -> the same

    Args:
        normalized_shape: sizes of the axes that are normalised together; one int for the last
        eps: added to the variance, > 0
        elementwise_affine: learn a weight and a bias of normalized_shape
        bias: learn the bias, where elementwise_affine

    >>> import mtorch
    >>> mtorch.nn.LayerNorm(2)(mtorch.tensor([[1., 3.]])).detach()
    tensor([[-1.0000,  1.0000]])
    """

    def __init__(self, normalized_shape: Any, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        for name, wanted in (("weight", elementwise_affine), ("bias", elementwise_affine and bias)):
            made = Parameter(empty(self.normalized_shape, device=device, dtype=dtype)) if wanted else None
            self.register_parameter(name, made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1, shift 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The options."""
        return (f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
                f"bias={self.bias is not None}")


class GroupNorm(Module):
    """(x - mean) / sqrt(var + eps) * weight + bias for groups of channels of each sample (Y. Wu, K. He, 2018).

    Shape: (N, C, ...) -> the same

    Args:
        num_groups: how many groups the channels are cut into; divides num_channels
        num_channels: C
        eps: added to the variance, > 0
        affine: learn a weight and a bias for each channel
        bias: learn the bias, where affine

    Raises:
        ValueError: channels that cannot be cut so

    >>> import mtorch
    >>> mtorch.nn.GroupNorm(2, 4)(mtorch.tensor([[1., 3., 5., 5.]])).detach()
    tensor([[-1.0000,  1.0000,  0.0000,  0.0000]])
    """

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None, *, bias: bool = True) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            self.register_parameter(name, Parameter(empty(num_channels, device=device, dtype=dtype)) if wanted
                                    else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1, shift 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The options."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"


class RMSNorm(Module):
    """x / sqrt(mean of x^2 + eps) * weight over the last axes (B. Zhang, R. Sennrich, 2019).

    Shape: (..., *normalized_shape) -> the same

    Args:
        normalized_shape: sizes of the axes that are normalised together; one int for the last
        eps: added to the mean of squares, > 0; default the smallest step above 1 of the input's type
        elementwise_affine: learn a weight of normalized_shape

    >>> import mtorch
    >>> mtorch.nn.RMSNorm(2)(mtorch.tensor([3., 4.])).detach()
    tensor([0.8485, 1.1314])
    """

    def __init__(self, normalized_shape: Any, eps: float | None = None, elementwise_affine: bool = True,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        made = Parameter(empty(self.normalized_shape, device=device, dtype=dtype)) if elementwise_affine else None
        self.register_parameter("weight", made)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Scale 1."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The options."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class LocalResponseNorm(Module):
    """x / (k + alpha * mean of x^2 over `size` neighbouring channels)^beta (A. Krizhevsky et al., 2012).

    Shape: (N, C, ...) -> the same

    >>> import mtorch
    >>> mtorch.nn.LocalResponseNorm(2)
    LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """The options."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class CrossMapLRN2d(LocalResponseNorm):
    """LocalResponseNorm under its older name.

    >>> import mtorch
    >>> mtorch.nn.CrossMapLRN2d(2)
    CrossMapLRN2d(2, alpha=0.0001, beta=0.75, k=1)
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__(size, alpha, beta, k)
