"""The lazy forms of the layers: each is its ordinary class, whose number of inputs the first call finds out.

Sources: those of the ordinary classes, and PyTorch 1.8.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..functions.arguments import require_tensor
from ..functions.creation import tensor
from ..tensor import Tensor
from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from .conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .functional.images import Ints
from .lazy import LazyModuleMixin
from .linear import Linear
from .parameter import UninitializedBuffer, UninitializedParameter

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike


class LazyLinear(LazyModuleMixin, Linear):
    """A Linear that learns in_features from its first input; the other arguments as for Linear.

    Shape: (..., in_features) -> (..., out_features).
    Raises: RuntimeError for a first input without dimensions; TypeError for one that is no Tensor.

    >>> import mtorch
    >>> layer = mtorch.nn.LazyLinear(3)
    >>> layer(mtorch.ones(2, 5)).shape, layer
    (torch.Size([2, 3]), Linear(in_features=5, out_features=3, bias=True))
    """

    cls_to_become = Linear

    def __init__(self, out_features: int, bias: bool = True, device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__(0, 0, False)
        self.out_features = out_features
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def initialize_parameters(self, input: Tensor) -> None:
        """The last axis of the input tells in_features."""
        if not require_tensor(input, "LazyLinear").dim():
            raise RuntimeError("LazyLinear: the first input has no dimensions, and so no features")
        self.in_features = input.shape[-1]
        if self.has_uninitialized_params():
            self.weight.materialize((self.out_features, self.in_features))
            if self.bias is not None:
                self.bias.materialize((self.out_features,))
            self.reset_parameters()


class _LazyConv(LazyModuleMixin):
    """What lazy convolutions share; mixed in before the class of the convolution."""

    weight: Any
    bias: Any

    def _make_lazy(self, out_channels: int, bias: bool, device: DeviceLike | None, dtype: dtypes.dtype | None) -> None:
        self.out_channels = out_channels
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """The channels of the input tell in_channels."""
        name, n = type(self).__name__, self._axes
        if require_tensor(input, name).dim() not in (n + 1, n + 2):
            raise RuntimeError(f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {name}, but got input "
                               f"of size: {list(input.shape)}")
        channels = input.shape[-n - 1]
        self.in_channels = channels
        if not self.has_uninitialized_params():
            return
        if channels % self.groups:
            raise ValueError(f"{name}: in_channels must be divisible by groups, got {channels} and {self.groups}")
        first, second = (channels, self.out_channels) if self.transposed else (self.out_channels, channels)
        self.weight.materialize((first, second // self.groups, *self.kernel_size))
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()


class _LazyForward(_LazyConv):
    """A lazy convolution."""

    def __init__(self, out_channels: int, kernel_size: Ints, stride: Ints = 1, padding: Ints | str = 0,
                 dilation: Ints = 1, groups: int = 1, bias: bool = True, padding_mode: str = "zeros",
                 device: DeviceLike | None = None, dtype: dtypes.dtype | None = None) -> None:
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode)
        self._make_lazy(out_channels, bias, device, dtype)


class _LazyTranspose(_LazyConv):
    """A lazy transposed convolution."""

    def __init__(self, out_channels: int, kernel_size: Ints, stride: Ints = 1, padding: Ints | str = 0,
                 output_padding: Ints = 0, groups: int = 1, bias: bool = True, dilation: Ints = 1,
                 padding_mode: str = "zeros", device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__(0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode)
        self._make_lazy(out_channels, bias, device, dtype)


class LazyConv1d(_LazyForward, Conv1d):
    """A Conv1d that learns in_channels from its first input; the other arguments as for Conv1d.

    Shape: (N, C, L) or (C, L) -> (N, O, L').
    Raises: as for Conv1d, most of it at the first call; RuntimeError for a first input of other dimensions.

    >>> import mtorch
    >>> mtorch.nn.LazyConv1d(8, 3)(mtorch.ones(1, 2, 5)).shape
    torch.Size([1, 8, 3])
    """

    cls_to_become = Conv1d


class LazyConv2d(_LazyForward, Conv2d):
    """A Conv2d that learns in_channels from its first input; the other arguments as for Conv2d.

    Shape: (N, C, H, W) or (C, H, W) -> (N, O, H', W').
    Raises: as for Conv2d, most of it at the first call; RuntimeError for a first input of other dimensions.

    >>> import mtorch
    >>> layer = mtorch.nn.LazyConv2d(8, 3)
    >>> layer
    LazyConv2d(0, 8, kernel_size=(3, 3), stride=(1, 1))
    >>> layer(mtorch.ones(1, 2, 5, 5)).shape, layer
    (torch.Size([1, 8, 3, 3]), Conv2d(2, 8, kernel_size=(3, 3), stride=(1, 1)))
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyForward, Conv3d):
    """A Conv3d that learns in_channels from its first input; the other arguments as for Conv3d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, O, D', H', W').
    Raises: as for Conv3d, most of it at the first call; RuntimeError for a first input of other dimensions.

    >>> import mtorch
    >>> mtorch.nn.LazyConv3d(8, 3)(mtorch.ones(1, 2, 5, 5, 5)).shape
    torch.Size([1, 8, 3, 3, 3])
    """

    cls_to_become = Conv3d


class LazyConvTranspose1d(_LazyTranspose, ConvTranspose1d):
    """A ConvTranspose1d that learns in_channels from its first input; the other arguments as for ConvTranspose1d.

    Shape: (N, C, L) or (C, L) -> (N, O, L').
    Raises: as for ConvTranspose1d, most of it at the first call; RuntimeError for a first input of other dimensions.

    >>> import mtorch
    >>> mtorch.nn.LazyConvTranspose1d(8, 2, stride=2)(mtorch.ones(1, 2, 5)).shape
    torch.Size([1, 8, 10])
    """

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyTranspose, ConvTranspose2d):
    """A ConvTranspose2d that learns in_channels from its first input; the other arguments as for ConvTranspose2d.

    Shape: (N, C, H, W) or (C, H, W) -> (N, O, H', W').
    Raises: as for ConvTranspose2d, most of it at the first call; RuntimeError for a first input of other dimensions.

    >>> import mtorch
    >>> mtorch.nn.LazyConvTranspose2d(8, 2, stride=2)(mtorch.ones(1, 2, 5, 5)).shape
    torch.Size([1, 8, 10, 10])
    """

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyTranspose, ConvTranspose3d):
    """A ConvTranspose3d that learns in_channels from its first input; the other arguments as for ConvTranspose3d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, O, D', H', W').
    Raises: as for ConvTranspose3d, most of it at the first call; RuntimeError for a first input of other dimensions.

    >>> import mtorch
    >>> mtorch.nn.LazyConvTranspose3d(8, 2, stride=2)(mtorch.ones(1, 2, 3, 3, 3)).shape
    torch.Size([1, 8, 6, 6, 6])
    """

    cls_to_become = ConvTranspose3d


class _LazyNorm(LazyModuleMixin):
    """What lazy normalisations share; mixed in before the class of the normalisation."""

    def __init__(self, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True,
                 track_running_stats: bool = True, device: DeviceLike | None = None, dtype: dtypes.dtype | None = None,
                 *, bias: bool = True) -> None:
        super().__init__(0, eps, momentum, False, False)
        self.affine, self.track_running_stats = affine, track_running_stats
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            if wanted:
                setattr(self, name, UninitializedParameter(device=device, dtype=dtype))
        if track_running_stats:
            self.running_mean = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var = UninitializedBuffer(device=device, dtype=dtype)
            self.num_batches_tracked = tensor(0)

    def initialize_parameters(self, input: Tensor) -> None:
        """The channels of the input tell num_features."""
        self._check_input_dim(require_tensor(input, type(self).__name__))
        axes = getattr(self, "_axes", input.dim() - 2)   # instance normalisation also takes single samples
        self.num_features = input.shape[-axes - 1]
        if self.has_uninitialized_params():
            for _, value in self._unsized():
                value.materialize((self.num_features,))
            self.reset_parameters()


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """A BatchNorm1d that learns num_features from its first input; the other arguments as for BatchNorm1d.

    Shape: (N, C) or (N, C, L) -> the same.

    >>> import mtorch
    >>> mtorch.nn.LazyBatchNorm1d()(mtorch.randn(4, 3)).shape
    torch.Size([4, 3])
    """

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """A BatchNorm2d that learns num_features from its first input; the other arguments as for BatchNorm2d.

    Shape: (N, C, H, W) -> the same.

    >>> import mtorch
    >>> layer = mtorch.nn.LazyBatchNorm2d()
    >>> _ = layer(mtorch.randn(4, 3, 2, 2)); layer.running_mean.shape
    torch.Size([3])
    """

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """A BatchNorm3d that learns num_features from its first input; the other arguments as for BatchNorm3d.

    Shape: (N, C, D, H, W) -> the same.

    >>> import mtorch
    >>> mtorch.nn.LazyBatchNorm3d()(mtorch.randn(4, 3, 2, 2, 2)).shape
    torch.Size([4, 3, 2, 2, 2])
    """

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """An InstanceNorm1d that learns num_features from its first input; the other arguments as for InstanceNorm1d.

    Shape: (N, C, L) or (C, L) -> the same.

    >>> import mtorch
    >>> mtorch.nn.LazyInstanceNorm1d()(mtorch.randn(4, 3, 5)).shape
    torch.Size([4, 3, 5])
    """

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """An InstanceNorm2d that learns num_features from its first input; the other arguments as for InstanceNorm2d.

    Shape: (N, C, H, W) or (C, H, W) -> the same.

    >>> import mtorch
    >>> mtorch.nn.LazyInstanceNorm2d()(mtorch.randn(4, 3, 5, 5)).shape
    torch.Size([4, 3, 5, 5])
    """

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """An InstanceNorm3d that learns num_features from its first input; the other arguments as for InstanceNorm3d.

    Shape: (N, C, D, H, W) or (C, D, H, W) -> the same.

    >>> import mtorch
    >>> mtorch.nn.LazyInstanceNorm3d()(mtorch.randn(4, 3, 2, 5, 5)).shape
    torch.Size([4, 3, 2, 5, 5])
    """

    cls_to_become = InstanceNorm3d
