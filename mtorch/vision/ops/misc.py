"""Blocks that many networks are built from.

Sources: squeeze and excitation: Hu, Shen, Albanie, Sun & Wu, "Squeeze-and-Excitation Networks", CVPR 2018, arXiv:1709.01507,
figure 1 and equation 3.
"""
from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from ... import nn
from ...functions.creation import ones, zeros
from ...tensor import Tensor

Ints = int | tuple[int, ...]
Layers = Callable[..., nn.Module]


def _tuple(value: Ints, length: int) -> tuple[int, ...]:
    return (value,) * length if isinstance(value, int) else tuple(value)


class ConvNormActivation(nn.Sequential):
    """What Conv2dNormActivation and Conv3dNormActivation share; see there."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Ints = 3, stride: Ints = 1,
                 padding: Ints | str | None = None, groups: int = 1, norm_layer: Layers | None = nn.BatchNorm2d,
                 activation_layer: Layers | None = nn.ReLU, dilation: Ints = 1, inplace: bool | None = True,
                 bias: bool | None = None, conv_layer: Layers = nn.Conv2d) -> None:
        if padding is None and isinstance(kernel_size, int) and isinstance(dilation, int):
            padding = (kernel_size - 1) // 2 * dilation
        elif padding is None:
            axes = len(kernel_size) if isinstance(kernel_size, Sequence) else len(dilation)    # type: ignore[arg-type]
            kernel_size, dilation = _tuple(kernel_size, axes), _tuple(dilation, axes)
            padding = tuple((size - 1) // 2 * apart for size, apart in zip(kernel_size, dilation))
        if bias is None:
            bias = norm_layer is None
        layers = [conv_layer(in_channels, out_channels, kernel_size, stride, padding, dilation=dilation, groups=groups,
                             bias=bias)]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            layers.append(activation_layer(**({} if inplace is None else {"inplace": inplace})))
        super().__init__(*layers)
        self.out_channels = out_channels
        if type(self) is ConvNormActivation:
            warnings.warn("Don't use ConvNormActivation directly, please use Conv2dNormActivation and Conv3dNormActivation "
                          "instead.", stacklevel=2)


class Conv2dNormActivation(ConvNormActivation):
    """A convolution, a normalisation of what it gives, and an activation.

    in_channels, out_channels: of the convolution
    kernel_size, stride, groups, dilation: like those of nn.Conv2d
    padding: default: what keeps the size of the picture where the stride is 1 and the kernel odd
    norm_layer: makes a normalisation of so many channels; None for none
    activation_layer: makes an activation; None for none
    inplace: handed to activation_layer; None where it takes no such argument
    bias: of the convolution; default: only where there is no normalisation, which would take it away again

    Shape: (N, in_channels, H, W) -> (N, out_channels, H / stride, W / stride), rounded up.
    Raises: ValueError where groups do not divide the channels; RuntimeError for other channels.

    >>> Conv2dNormActivation(3, 8, stride=2)
    Conv2dNormActivation(
      (0): Conv2d(3, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)
      (1): BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
      (2): ReLU(inplace=True)
    )
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Ints = 3, stride: Ints = 1,
                 padding: Ints | str | None = None, groups: int = 1, norm_layer: Layers | None = nn.BatchNorm2d,
                 activation_layer: Layers | None = nn.ReLU, dilation: Ints = 1, inplace: bool | None = True,
                 bias: bool | None = None) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, groups, norm_layer, activation_layer,
                         dilation, inplace, bias, nn.Conv2d)


class Conv3dNormActivation(ConvNormActivation):
    """The same for volumes and films; arguments as for Conv2dNormActivation.

    Shape: (N, in_channels, D, H, W) -> (N, out_channels, D / stride, H / stride, W / stride), rounded up.

    >>> Conv3dNormActivation(3, 8, norm_layer=None)
    Conv3dNormActivation(
      (0): Conv3d(3, 8, kernel_size=(3, 3, 3), stride=(1, 1, 1), padding=(1, 1, 1))
      (1): ReLU(inplace=True)
    )
    """

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Ints = 3, stride: Ints = 1,
                 padding: Ints | str | None = None, groups: int = 1, norm_layer: Layers | None = nn.BatchNorm3d,
                 activation_layer: Layers | None = nn.ReLU, dilation: Ints = 1, inplace: bool | None = True,
                 bias: bool | None = None) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride, padding, groups, norm_layer, activation_layer,
                         dilation, inplace, bias, nn.Conv3d)


class SqueezeExcitation(nn.Module):
    """A weight for each channel, computed from what all channels hold on the average.

    x * sigma(W2 delta(W1 z)), where z is the mean of x over all places: squeeze to z, excite by the weights.  So a channel
    can be turned up where the whole picture says that it matters.

    input_channels: of x
    squeeze_channels: how many values W1 gives, fewer
    activation: makes delta
    scale_activation: makes sigma, which should give what lies in [0, 1]

    Shape: (N, input_channels, H, W) -> the same.
    Raises: RuntimeError for other channels.

    >>> import mtorch
    >>> SqueezeExcitation(8, 2)(mtorch.zeros(1, 8, 5, 5)).shape
    torch.Size([1, 8, 5, 5])
    """

    def __init__(self, input_channels: int, squeeze_channels: int, activation: Layers = nn.ReLU,
                 scale_activation: Layers = nn.Sigmoid) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation = activation()
        self.scale_activation = scale_activation()

    def _scale(self, input: Tensor) -> Tensor:
        return self.scale_activation(self.fc2(self.activation(self.fc1(self.avgpool(input)))))

    def forward(self, input: Tensor) -> Tensor:
        """Each channel times its weight."""
        return self._scale(input) * input


class MLP(nn.Sequential):
    """Linear layers, with a normalisation, an activation and dropout after each but the last, which has dropout alone.

    in_channels: size of the last axis of the input
    hidden_channels: what each linear layer makes of it
    norm_layer: makes a normalisation of so many values; None for none
    activation_layer: makes an activation
    inplace: handed to activations and dropouts; None leaves it to them
    bias: of the linear layers
    dropout: probability

    Shape: (..., in_channels) -> (..., hidden_channels[-1]).
    Raises: ValueError for a dropout outside [0, 1]; RuntimeError for an input of another size.

    >>> MLP(2, [8, 1])
    MLP(
      (0): Linear(in_features=2, out_features=8, bias=True)
      (1): ReLU()
      (2): Dropout(p=0.0, inplace=False)
      (3): Linear(in_features=8, out_features=1, bias=True)
      (4): Dropout(p=0.0, inplace=False)
    )
    """

    def __init__(self, in_channels: int, hidden_channels: list[int], norm_layer: Layers | None = None,
                 activation_layer: Layers = nn.ReLU, inplace: bool | None = None, bias: bool = True,
                 dropout: float = 0.0) -> None:
        where: dict[str, Any] = {} if inplace is None else {"inplace": inplace}
        layers: list[nn.Module] = []
        for wide in hidden_channels[:-1]:
            layers.append(nn.Linear(in_channels, wide, bias=bias))
            if norm_layer is not None:
                layers.append(norm_layer(wide))
            layers += [activation_layer(**where), nn.Dropout(dropout, **where)]
            in_channels = wide
        layers += [nn.Linear(in_channels, hidden_channels[-1], bias=bias), nn.Dropout(dropout, **where)]
        super().__init__(*layers)


class Permute(nn.Module):
    """The axes in another order.

    dims: the axis that comes first, second, ...

    Shape: any -> the same sizes in the order of dims.
    Raises: RuntimeError for dims that are no order of the axes.

    >>> import mtorch
    >>> Permute([0, 2, 3, 1])(mtorch.zeros(1, 2, 3, 4)).shape
    torch.Size([1, 3, 4, 2])
    """

    def __init__(self, dims: list[int]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        """The view with the axes in that order."""
        return x.permute(self.dims)


class FrozenBatchNorm2d(nn.Module):
    """Batch normalisation whose statistics, scale and shift are fixed: none is learned, and none moves.

    (x - running_mean) / sqrt(running_var + eps) * weight + bias for each channel, in training too.  Detectors, whose batches
    are small, keep in it what a network learned on ImageNet.

    num_features: channels
    eps: added to the variance

    Shape: (N, num_features, H, W) -> the same.
    Raises: RuntimeError for other channels.

    >>> FrozenBatchNorm2d(8), len(list(FrozenBatchNorm2d(8).parameters()))
    (FrozenBatchNorm2d(8, eps=1e-05), 0)
    """

    def __init__(self, num_features: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.register_buffer("weight", ones(num_features))
        self.register_buffer("bias", zeros(num_features))
        self.register_buffer("running_mean", zeros(num_features))
        self.register_buffer("running_var", ones(num_features))

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *rest: Any) -> None:
        """The state of a BatchNorm2d fits; how many batches it saw is left out."""
        state_dict.pop(prefix + "num_batches_tracked", None)
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def forward(self, x: Tensor) -> Tensor:
        """One scale and one shift for each channel."""
        scale = self.weight * (self.running_var + self.eps).rsqrt()
        shift = self.bias - self.running_mean * scale
        return x * scale.reshape(1, -1, 1, 1) + shift.reshape(1, -1, 1, 1)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.weight.shape[0]}, eps={self.eps})"
