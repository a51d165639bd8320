"""Convolutional layers in one, two and three dimensions, and their transposes.

Sources: LeCun et al., "Backpropagation Applied to Handwritten Zip Code Recognition", Neural Computation 1989;
transposes: Zeiler, Krishnan, Taylor & Fergus, "Deconvolutional Networks", CVPR 2010; dilation: Yu & Koltun,
"Multi-Scale Context Aggregation by Dilated Convolutions", ICLR 2016; groups: Krizhevsky, Sutskever & Hinton, "ImageNet
Classification with Deep Convolutional Neural Networks", NIPS 2012; sizes: Dumoulin & Visin, "A Guide to Convolution
Arithmetic for Deep Learning", 2016, arXiv:1603.07285.
"""
from __future__ import annotations

from collections.abc import Sequence
from math import prod, sqrt
from typing import TYPE_CHECKING, Any

from ..functions.creation import empty
from ..tensor import Parameter, Tensor
from . import functional as F
from . import init
from .functional.images import Ints, per_axis
from .module import Module

if TYPE_CHECKING:
    from .. import dtypes
    from ..functions.hints import DeviceLike

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What all of them share: the weights, their first values, and how they are printed."""

    _axes = 0                  # of the image
    _transposed = False

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Ints, stride: Ints = 1,
                 padding: Ints | str = 0, output_padding: Ints = 0, dilation: Ints = 1, groups: int = 1,
                 bias: bool = True, padding_mode: str = "zeros", device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__()
        name, n = type(self).__name__, self._axes
        if groups <= 0:
            raise ValueError(f"{name}: groups must be a positive integer, got {groups}")
        for what, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                raise ValueError(f"{name}: {what} must be divisible by groups, got {channels} and {groups}")
        if padding_mode not in PADDING_MODES:
            raise ValueError(f"{name}: padding_mode must be one of {PADDING_MODES}, but got "
                             f"padding_mode='{padding_mode}'")
        if self._transposed and padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {name}')
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size = per_axis(kernel_size, n, name, "kernel_size")
        self.stride = per_axis(stride, n, name, "stride")
        self.dilation = per_axis(dilation, n, name, "dilation")
        self.output_padding = per_axis(output_padding, n, name, "output_padding")
        self.transposed, self.padding_mode = self._transposed, padding_mode
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"{name}: invalid padding string '{padding}', should be one of ('valid', 'same')")
            if padding == "same" and max(self.stride) > 1:
                raise ValueError(f"{name}: padding='same' is not supported for strided convolutions, got stride "
                                 f"{self.stride}")
            self.padding: Any = padding
            total = [d * (k - 1) if padding == "same" else 0 for d, k in zip(self.dilation, self.kernel_size)]
            both = [(t // 2, t - t // 2) for t in total]
        else:
            self.padding = per_axis(padding, n, name, "padding")
            both = [(p, p) for p in self.padding]
        self._reversed_padding_repeated_twice = [p for pair in reversed(both) for p in pair]     # as F.pad wants it
        first, second = (in_channels, out_channels) if self._transposed else (out_channels, in_channels)
        self.weight = Parameter(empty(first, second // groups, *self.kernel_size, device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(empty(out_channels, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew, uniformly within 1 / sqrt(the number of inputs to an output)."""
        init.kaiming_uniform_(self.weight, a=sqrt(5))
        fan_in = self.weight.shape[1] * prod(self.kernel_size)
        if self.bias is not None and fan_in:
            init.uniform_(self.bias, -1 / sqrt(fan_in), 1 / sqrt(fan_in))

    def extra_repr(self) -> str:
        """The options that are not at their defaults."""
        n = self._axes
        said = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,) * n:
            said += f", padding={self.padding}"
        if self.dilation != (1,) * n:
            said += f", dilation={self.dilation}"
        if self.output_padding != (0,) * n:
            said += f", output_padding={self.output_padding}"
        if self.groups != 1:
            said += f", groups={self.groups}"
        if self.bias is None:
            said += ", bias=False"
        if self.padding_mode != "zeros":
            said += f", padding_mode={self.padding_mode}"
        return said


class _Conv(_ConvNd):
    """A convolution."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Ints, stride: Ints = 1,
                 padding: Ints | str = 0, dilation: Ints = 1, groups: int = 1, bias: bool = True,
                 padding_mode: str = "zeros", device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, 0, dilation, groups, bias,
                         padding_mode, device, dtype)

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """The convolution with these weights, which a subclass may have changed."""
        padding = self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._reversed_padding_repeated_twice, self.padding_mode), 0
        convolve = (F.conv1d, F.conv2d, F.conv3d)[self._axes - 1]
        return convolve(input, weight, bias, self.stride, padding, self.dilation, self.groups)

    def forward(self, input: Tensor) -> Tensor:
        return self._conv_forward(input, self.weight, self.bias)


class Conv1d(_Conv):
    """Filters slid along sequences: each output channel is the product of its filter with what it covers, plus a bias.

    in_channels, out_channels: C and O, divisible by groups
    kernel_size: length K of a filter, > 0
    stride: step of the filters, > 0
    padding: elements added at both ends, >= 0; or 'valid' (none) or 'same' (as long an output as the input)
    dilation: distance between the elements of a filter, > 0
    groups: parts that input and output channels are cut into, each seeing only its own
    bias: add a number to each output channel
    padding_mode: what is added: 'zeros', 'reflect', 'replicate' or 'circular', as the padding layers do
    device, dtype: of weight and bias; a floating point dtype

    weight (O, C / groups, K) and bias (O) start uniform in +-1/sqrt(C K / groups), torch's numbers for the same seed.

    Shape: (N, C, L) or (C, L) -> (N, O, (L + 2 padding - dilation (K - 1) - 1) / stride + 1), rounded down.
    Raises: ValueError for channels that groups does not divide, an unknown padding or padding_mode, 'same' with a
    stride; RuntimeError for numbers out of range, an input of other dimensions, channels or dtype, or one shorter than
    a filter.

    >>> import mtorch
    >>> layer = mtorch.nn.Conv1d(3, 8, kernel_size=5, padding=2)
    >>> layer(mtorch.randn(1, 3, 20)).shape
    torch.Size([1, 8, 20])
    """

    _axes = 1


class Conv2d(_Conv):
    """Filters slid over images; arguments as for Conv1d, sizes as one number or (height, width).

    Shape: (N, C, H, W) or (C, H, W) -> (N, O, H', W'), each as Conv1d's L.

    >>> import mtorch
    >>> layer = mtorch.nn.Conv2d(3, 16, kernel_size=3, stride=2, padding=1)
    >>> layer
    Conv2d(3, 16, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
    >>> layer(mtorch.randn(1, 3, 32, 32)).shape
    torch.Size([1, 16, 16, 16])
    """

    _axes = 2


class Conv3d(_Conv):
    """Filters slid through volumes; arguments as for Conv1d, sizes as one number or (depth, height, width).

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, O, D', H', W'), each as Conv1d's L.

    >>> import mtorch
    >>> mtorch.nn.Conv3d(1, 4, kernel_size=3, padding=1)(mtorch.randn(1, 1, 4, 8, 8)).shape
    torch.Size([1, 4, 4, 8, 8])
    """

    _axes = 3


class _ConvTransposeNd(_ConvNd):
    """A transposed convolution."""

    _transposed = True

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Ints, stride: Ints = 1,
                 padding: Ints | str = 0, output_padding: Ints = 0, groups: int = 1, bias: bool = True,
                 dilation: Ints = 1, padding_mode: str = "zeros", device: DeviceLike | None = None,
                 dtype: dtypes.dtype | None = None) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, groups,
                         bias, padding_mode, device, dtype)

    def _output_padding(self, input: Tensor, output_size: Sequence[int]) -> tuple[int, ...]:
        """What output_padding gives the output this size."""
        n = self._axes
        asked = tuple(output_size)[-n:]
        if len(output_size) not in (n, input.array.ndim):
            raise ValueError(f"{type(self).__name__}: for a {input.array.ndim}D input, output_size must have {n} or "
                             f"{input.array.ndim} elements, got {len(output_size)}")
        sizes = input.array.shape[-n:]
        least = [(m - 1) * s - 2 * p + d * (k - 1) + 1
                 for m, s, p, d, k in zip(sizes, self.stride, self.padding, self.dilation, self.kernel_size)]
        if any(not low <= size < low + s for size, low, s in zip(asked, least, self.stride)):
            most = [low + s - 1 for low, s in zip(least, self.stride)]
            raise ValueError(f"{type(self).__name__}: requested an output size of {asked}, but valid sizes for an "
                             f"input of {sizes} range from {least} to {most}")
        return tuple(size - low for size, low in zip(asked, least))

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        extra = self.output_padding if output_size is None else self._output_padding(input, output_size)
        transpose = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[self._axes - 1]
        return transpose(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)


class ConvTranspose1d(_ConvTransposeNd):
    """Filters written along sequences, each times an input element: what Conv1d does to gradients, as a layer.

    in_channels, out_channels: C and O, divisible by groups
    kernel_size: length K of a filter, > 0
    stride: distance of what neighbouring inputs write, > 0
    padding: elements cut from both ends of the output, >= 0
    output_padding: elements added to one end of it, less than stride or dilation
    groups, bias, dilation, device, dtype: as for Conv1d
    padding_mode: only 'zeros'

    The call takes an output_size, which chooses output_padding.  weight is (C, O / groups, K).

    Shape: (N, C, L) or (C, L) -> (N, O, (L - 1) stride - 2 padding + dilation (K - 1) + output_padding + 1).
    Raises: ValueError for channels that groups does not divide, a padding_mode that is not 'zeros', an output_size that
    no output_padding gives; RuntimeError for numbers out of range, or an input of other dimensions, channels or dtype.

    >>> import mtorch
    >>> mtorch.nn.ConvTranspose1d(8, 3, kernel_size=4, stride=2, padding=1)(mtorch.randn(1, 8, 10)).shape
    torch.Size([1, 3, 20])
    """

    _axes = 1


class ConvTranspose2d(_ConvTransposeNd):
    """Filters written over images; arguments as for ConvTranspose1d, sizes as one number or (height, width).

    Shape: (N, C, H, W) or (C, H, W) -> (N, O, H', W'), each as ConvTranspose1d's L.

    >>> import mtorch
    >>> layer = mtorch.nn.ConvTranspose2d(16, 3, kernel_size=3, stride=2, padding=1)
    >>> layer(mtorch.randn(1, 16, 8, 8), output_size=(16, 16)).shape
    torch.Size([1, 3, 16, 16])
    """

    _axes = 2


class ConvTranspose3d(_ConvTransposeNd):
    """Filters written through volumes; arguments as for ConvTranspose1d, sizes as one number or (depth, height, width).

    Shape: (N, C, D, H, W) or (C, D, H, W) -> (N, O, D', H', W'), each as ConvTranspose1d's L.

    >>> import mtorch
    >>> mtorch.nn.ConvTranspose3d(2, 1, kernel_size=2, stride=2)(mtorch.randn(1, 2, 2, 4, 4)).shape
    torch.Size([1, 1, 4, 8, 8])
    """

    _axes = 3
