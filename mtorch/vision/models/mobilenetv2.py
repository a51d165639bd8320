"""MobileNet V2: a network for telephones.

A convolution mixes places and channels at once, and costs k^2 * C * C' at each place.  Done one after the other, a depthwise
convolution (a kernel for each channel by itself) and a 1x1 convolution over the channels, it costs k^2 * C + C * C': eight
to nine times less for a 3x3 kernel.

The block turns ResNet's bottleneck inside out: 1x1 to six times the channels, 3x3 depthwise on those, 1x1 back to few, and
the few are what is added to the input.  There is no ReLU after the last: in few channels it would cut away what is not
redundant.  ReLU6, which is min(max(x, 0), 6), leaves values that fit into a few bits.

Source: Sandler, Howard, Zhu, Zhmoginov & Chen, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR 2018,
arXiv:1801.04381, table 2.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import nn
from ...nn import functional as F
from ...tensor import Tensor
from ..ops.misc import Conv2dNormActivation
from ._api import Weights, WeightsEnum, register_model
from ._utils import _make_divisible, he_init

__all__ = ["MobileNetV2", "MobileNet_V2_Weights", "mobilenet_v2"]

# Table 2 of the paper: how many times the channels grow within a block, the channels that come out, how many blocks, and
# the stride of the first of them.
SETTING = [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1]]


class InvertedResidual(nn.Module):
    """x + f(x), where f is 1x1 to more channels, 3x3 in each channel, 1x1 back; f(x) alone where it has another shape.

    inp, oup: channels that come in and go out
    stride: of the 3x3 convolution, 1 or 2
    expand_ratio: how many times the channels grow in between; with 1 the first convolution is left out
    norm_layer: makes a normalisation of so many channels; default: nn.BatchNorm2d

    Shape: (N, inp, H, W) -> (N, oup, H / stride, W / stride), rounded up.
    Raises: ValueError for another stride; RuntimeError for other channels.

    >>> import mtorch
    >>> InvertedResidual(8, 8, stride=1, expand_ratio=6)(mtorch.zeros(1, 8, 5, 5)).shape
    torch.Size([1, 8, 5, 5])
    """

    def __init__(self, inp: int, oup: int, stride: int, expand_ratio: int,
                 norm_layer: Callable[..., nn.Module] | None = None) -> None:
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"stride should be 1 or 2 instead of {stride}")
        if norm_layer is None:
            norm_layer = nn.BatchNorm2d
        hidden = int(round(inp * expand_ratio))
        layers: list[nn.Module] = []
        if expand_ratio != 1:
            layers.append(Conv2dNormActivation(inp, hidden, kernel_size=1, norm_layer=norm_layer, activation_layer=nn.ReLU6))
        layers += [
            Conv2dNormActivation(hidden, hidden, stride=stride, groups=hidden, norm_layer=norm_layer,
                                 activation_layer=nn.ReLU6),
            nn.Conv2d(hidden, oup, 1, 1, 0, bias=False),
            norm_layer(oup),
        ]
        self.stride = stride
        self.use_res_connect = stride == 1 and inp == oup
        self.conv = nn.Sequential(*layers)
        self.out_channels = oup
        self._is_cn = stride > 1

    def forward(self, x: Tensor) -> Tensor:
        """x + f(x), or f(x)."""
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class MobileNetV2(nn.Module):
    """A convolution, 17 inverted residuals, a 1x1 convolution, an average, a linear layer.

    num_classes: how many scores come out
    width_mult: times all numbers of channels
    inverted_residual_setting: rows like those of the paper's table 2; default: that table
    round_nearest: numbers of channels are multiples of this
    block: makes a block; default: InvertedResidual
    norm_layer: makes a normalisation of so many channels; default: nn.BatchNorm2d
    dropout: the probability with which a value is left out before the linear layer

    Shape: (N, 3, H, W) -> (N, num_classes).  Meant for 224x224.
    Raises: ValueError for a setting that is no such rows, and a dropout outside [0, 1]; RuntimeError for other channels.

    >>> import mtorch
    >>> MobileNetV2(num_classes=10, width_mult=0.25)(mtorch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 10])
    """

    def __init__(self, num_classes: int = 1000, width_mult: float = 1.0,
                 inverted_residual_setting: list[list[int]] | None = None, round_nearest: int = 8,
                 block: Callable[..., nn.Module] | None = None, norm_layer: Callable[..., nn.Module] | None = None,
                 dropout: float = 0.2) -> None:
        super().__init__()
        if block is None:
            block = InvertedResidual
        if norm_layer is None:
            norm_layer = nn.BatchNorm2d
        setting = SETTING if inverted_residual_setting is None else inverted_residual_setting
        if not setting or len(setting[0]) != 4:
            raise ValueError(f"inverted_residual_setting should be non-empty or a 4-element list, got {setting}")

        channels = _make_divisible(32 * width_mult, round_nearest)
        self.last_channel = _make_divisible(1280 * max(1.0, width_mult), round_nearest)
        features: list[nn.Module] = [Conv2dNormActivation(3, channels, stride=2, norm_layer=norm_layer,
                                                          activation_layer=nn.ReLU6)]
        for grow, out, count, stride in setting:
            out = _make_divisible(out * width_mult, round_nearest)
            for i in range(count):
                features.append(block(channels, out, 1 if i else stride, expand_ratio=grow, norm_layer=norm_layer))
                channels = out
        features.append(Conv2dNormActivation(channels, self.last_channel, kernel_size=1, norm_layer=norm_layer,
                                             activation_layer=nn.ReLU6))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout), nn.Linear(self.last_channel, num_classes))
        he_init(self, linear_std=0.01)

    def _forward_impl(self, x: Tensor) -> Tensor:
        x = F.adaptive_avg_pool2d(self.features(x), (1, 1))
        return self.classifier(x.flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        return self._forward_impl(x)


class MobileNet_V2_Weights(WeightsEnum):
    """Trained weights of MobileNet V2."""

    IMAGENET1K_V1 = Weights("mobilenet_v2-b0353104.pth", 71.878, 90.286, 3_504_872)
    IMAGENET1K_V2 = Weights("mobilenet_v2-7ebf99e0.pth", 72.154, 90.822, 3_504_872, resize_size=232)
    DEFAULT = IMAGENET1K_V2


@register_model()
def mobilenet_v2(weights: MobileNet_V2_Weights | None = None, progress: bool = True, **kwargs: Any) -> MobileNetV2:
    """MobileNet V2: 3.5 million weights.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class MobileNetV2, from num_classes on

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> sum(parameter.numel() for parameter in mobilenet_v2().parameters())
    3504872
    """
    return MobileNetV2(**kwargs)
