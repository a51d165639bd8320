"""Normalisation layers of single samples: over the last axes, groups of channels, or neighbouring channels."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..functions.arguments import require_tensor, sizes_of
from ..functions.creation import empty
from ..tensor import Parameter, Tensor
from . import functional as F
from . import init
from .module import Module

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike, Dims


class _Affine(Module):
    """What normalises, multiplies by a weight and adds a bias, each learnt or left out."""

    def _make_affine(self, size: Dims, weight: bool, bias: bool, device: DeviceLike | None,
                     dtype: dtypes.dtype | None) -> None:
        for name, wanted in (("weight", weight), ("bias", bias)):
            self.register_parameter(name, Parameter(empty(size, device=device, dtype=dtype)) if wanted else None)

    def reset_parameters(self) -> None:
        """Scale 1, shift 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)


class LayerNorm(_Affine):
    """(x - mean) / sqrt(var + eps) * weight + bias over the last axes of each sample.

    normalized_shape: sizes of the axes that are normalised together; one int for the last
    eps: added to the variance, > 0
    elementwise_affine: learn a weight and a bias of normalized_shape, which start as 1 and 0
    bias: learn the bias, where elementwise_affine
    device, dtype: of weight and bias

    Shape: (..., *normalized_shape) -> the same.
    Raises: RuntimeError for an input that does not end so, or an empty normalized_shape; TypeError for sizes that are
    no ints; NotImplementedError for an input of integers.
    Source: Ba, Kiros & Hinton, "Layer Normalization", 2016, arXiv:1607.06450.

    >>> import mtorch
    >>> mtorch.nn.LayerNorm(2)(mtorch.tensor([[1., 3.]])).detach()
    tensor([[-1.0000,  1.0000]])
    """

    def __init__(self, normalized_shape: Dims, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        self.normalized_shape = sizes_of([normalized_shape])
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self._make_affine(self.normalized_shape, elementwise_affine, elementwise_affine and bias, device, dtype)
        self.reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The options."""
        return (f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
                f"bias={self.bias is not None}")


class GroupNorm(_Affine):
    """(x - mean) / sqrt(var + eps) * weight + bias for groups of channels of each sample.

    num_groups: how many groups the channels are cut into, > 0; divides num_channels
    num_channels: C
    eps: added to the variance, > 0
    affine: learn a weight and a bias for each channel, which start as 1 and 0
    device, dtype: of weight and bias
    bias: learn the bias, where affine

    Shape: (N, C, ...) -> the same.
    Raises: ValueError for channels that cannot be cut so, or one value for each group of a single sample; RuntimeError
    for an input of other channels; NotImplementedError for integers.
    Source: Wu & He, "Group Normalization", ECCV 2018, arXiv:1803.08494.

    >>> import mtorch
    >>> mtorch.nn.GroupNorm(2, 4)(mtorch.tensor([[1., 3., 5., 5.]])).detach()
    tensor([[-1.0000,  1.0000,  0.0000,  0.0000]])
    """

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None, *, bias: bool = True) -> None:
        super().__init__()
        if num_groups <= 0:
            raise ValueError(f"GroupNorm: num_groups must be greater than 0, got {num_groups}")
        if num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self._make_affine(num_channels, affine, affine and bias, device, dtype)
        self.reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The options."""
        return (f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
                f"bias={self.bias is not None}")


class RMSNorm(Module):
    """x / sqrt(mean of x^2 + eps) * weight over the last axes: a LayerNorm that does not subtract the mean.

    normalized_shape: sizes of the axes that are normalised together; one int for the last
    eps: added to the mean of squares, > 0; default the smallest step above 1 of the input's type
    elementwise_affine: learn a weight of normalized_shape, which starts as 1
    device, dtype: of the weight

    Shape: (..., *normalized_shape) -> the same.
    Raises: RuntimeError for an input that does not end so, or an empty normalized_shape; TypeError for sizes that are
    no ints; NotImplementedError for an input of integers.
    Source: Zhang & Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019, arXiv:1910.07467.

    >>> import mtorch
    >>> mtorch.nn.RMSNorm(2)(mtorch.tensor([3., 4.])).detach()
    tensor([0.8485, 1.1314])
    """

    def __init__(self, normalized_shape: Dims, eps: float | None = None, elementwise_affine: bool = True,
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        self.normalized_shape = sizes_of([normalized_shape])
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
    """x / (k + alpha * mean of x^2 over `size` neighbouring channels)^beta.

    size: how many channels, > 0, half of them on either side
    alpha, beta, k: as in the formula; the paper's k is 2, and its sum of squares is a mean here, as in PyTorch

    Shape: (N, C, ...) -> the same.
    Raises: RuntimeError for a size <= 0; ValueError for fewer than 3 dimensions.
    Source: Krizhevsky, Sutskever & Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", NIPS
    2012, section 3.3.

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
    """LocalResponseNorm of images, under its older name; arguments as for LocalResponseNorm.

    Shape: (N, C, H, W) -> the same.
    Raises: ValueError for an input of other dimensions.

    >>> import mtorch
    >>> mtorch.nn.CrossMapLRN2d(2)
    CrossMapLRN2d(2, alpha=0.0001, beta=0.75, k=1)
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1) -> None:
        super().__init__(size, alpha, beta, k)

    def forward(self, input: Tensor) -> Tensor:
        if require_tensor(input, "CrossMapLRN2d").dim() != 4:
            raise ValueError(f"CrossMapLRN2d: Expected input to be 4D, got {input.dim()}D instead")
        return super().forward(input)
