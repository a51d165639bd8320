"""MobileNet V3: V2, searched by a program and finished by hand.

The blocks are those of V2, with two additions.  Many have squeeze and excitation, which weighs the channels by what the
whole picture holds; and the deeper ones have another activation, x * relu6(x + 3) / 6, "hard swish", which is nearly x *
sigmoid(x) and needs no exponential.  Kernels, channels and strides of each block were found by a search for what is best at
a given time on a telephone: the large network and the small one.

Source: Howard, Sandler, Chu, Chen, Chen, Tan, Wang, Zhu, Pang, Vasudevan, Le & Adam, "Searching for MobileNetV3", ICCV 2019,
arXiv:1905.02244, tables 1 and 2.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ... import nn
from ...tensor import Tensor
from ..ops.misc import Conv2dNormActivation, SqueezeExcitation
from ._api import Weights, WeightsEnum, register_model
from ._utils import _make_divisible, he_init

__all__ = ["MobileNetV3", "MobileNet_V3_Large_Weights", "MobileNet_V3_Small_Weights", "mobilenet_v3_large",
           "mobilenet_v3_small"]

EXCITATION = partial(SqueezeExcitation, scale_activation=nn.Hardsigmoid)


class InvertedResidualConfig:
    """A row of the paper's tables: one block.

    input_channels, expanded_channels, out_channels: before, within and after the block, times width_mult
    kernel: size of the depthwise convolution
    use_se: with squeeze and excitation
    activation: "HS" for hard swish, "RE" for ReLU
    stride, dilation: of the depthwise convolution; dilation above 1 keeps the resolution
    width_mult: times all numbers of channels, which are made multiples of 8

    >>> InvertedResidualConfig(16, 3, 72, 24, False, "RE", 2, 1, width_mult=0.5).expanded_channels
    40
    """

    def __init__(self, input_channels: int, kernel: int, expanded_channels: int, out_channels: int, use_se: bool,
                 activation: str, stride: int, dilation: int, width_mult: float) -> None:
        self.input_channels = self.adjust_channels(input_channels, width_mult)
        self.kernel = kernel
        self.expanded_channels = self.adjust_channels(expanded_channels, width_mult)
        self.out_channels = self.adjust_channels(out_channels, width_mult)
        self.use_se = use_se
        self.use_hs = activation == "HS"
        self.stride = stride
        self.dilation = dilation

    @staticmethod
    def adjust_channels(channels: int, width_mult: float) -> int:
        """The multiple of 8 nearest to the product."""
        return _make_divisible(channels * width_mult, 8)


class InvertedResidual(nn.Module):
    """x + f(x), where f is 1x1 to more channels, depthwise, perhaps squeeze and excitation, 1x1 back; else f(x) alone.

    cnf: the row of the table
    norm_layer: makes a normalisation of so many channels
    se_layer: makes squeeze and excitation of so many channels, and so many fewer

    Shape: (N, input_channels, H, W) -> (N, out_channels, H / stride, W / stride), rounded up.
    Raises: ValueError for another stride than 1 and 2; RuntimeError for other channels.

    >>> import mtorch
    >>> row = InvertedResidualConfig(16, 3, 64, 24, True, "HS", 2, 1, width_mult=1.0)
    >>> InvertedResidual(row, mtorch.nn.BatchNorm2d)(mtorch.zeros(1, 16, 8, 8)).shape
    torch.Size([1, 24, 4, 4])
    """

    def __init__(self, cnf: InvertedResidualConfig, norm_layer: Callable[..., nn.Module],
                 se_layer: Callable[..., nn.Module] = EXCITATION) -> None:
        super().__init__()
        if cnf.stride not in (1, 2):
            raise ValueError("illegal stride value")
        activation = nn.Hardswish if cnf.use_hs else nn.ReLU
        wide = cnf.expanded_channels
        layers: list[nn.Module] = []
        if wide != cnf.input_channels:
            layers.append(Conv2dNormActivation(cnf.input_channels, wide, kernel_size=1, norm_layer=norm_layer,
                                               activation_layer=activation))
        layers.append(Conv2dNormActivation(wide, wide, kernel_size=cnf.kernel, stride=1 if cnf.dilation > 1 else cnf.stride,
                                           dilation=cnf.dilation, groups=wide, norm_layer=norm_layer,
                                           activation_layer=activation))
        if cnf.use_se:
            layers.append(se_layer(wide, _make_divisible(wide // 4, 8)))
        layers.append(Conv2dNormActivation(wide, cnf.out_channels, kernel_size=1, norm_layer=norm_layer,
                                           activation_layer=None))
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        self.block = nn.Sequential(*layers)
        self.out_channels = cnf.out_channels
        self._is_cn = cnf.stride > 1

    def forward(self, input: Tensor) -> Tensor:
        """x + f(x), or f(x)."""
        result = self.block(input)
        if self.use_res_connect:
            result += input
        return result


class MobileNetV3(nn.Module):
    """A convolution, inverted residuals, a 1x1 convolution, an average, two linear layers.

    inverted_residual_setting: a row for each block
    last_channel: how many values the first linear layer gives
    num_classes: how many scores come out
    block: makes a block; default: InvertedResidual
    norm_layer: makes a normalisation of so many channels; default: nn.BatchNorm2d with eps 0.001 and momentum 0.01
    dropout: the probability with which a value is left out before the last linear layer
    kwargs: others are taken and have no effect

    Shape: (N, 3, H, W) -> (N, num_classes).  Meant for 224x224.
    Raises: ValueError for no rows and a dropout outside [0, 1]; TypeError for rows that are none; RuntimeError for other
    channels.

    >>> import mtorch
    >>> rows = [InvertedResidualConfig(16, 3, 64, 24, True, "HS", 2, 1, width_mult=1.0)]
    >>> MobileNetV3(rows, last_channel=32, num_classes=10)(mtorch.zeros(2, 3, 16, 16)).shape
    torch.Size([2, 10])
    """

    def __init__(self, inverted_residual_setting: Sequence[InvertedResidualConfig], last_channel: int,
                 num_classes: int = 1000, block: Callable[..., nn.Module] | None = None,
                 norm_layer: Callable[..., nn.Module] | None = None, dropout: float = 0.2, **kwargs: Any) -> None:
        super().__init__()
        if not inverted_residual_setting:
            raise ValueError("The inverted_residual_setting should not be empty")
        if not (isinstance(inverted_residual_setting, Sequence)
                and all(isinstance(row, InvertedResidualConfig) for row in inverted_residual_setting)):
            raise TypeError("The inverted_residual_setting should be List[InvertedResidualConfig]")
        if block is None:
            block = InvertedResidual
        if norm_layer is None:
            norm_layer = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)

        channels = inverted_residual_setting[-1].out_channels
        self.features = nn.Sequential(
            Conv2dNormActivation(3, inverted_residual_setting[0].input_channels, kernel_size=3, stride=2,
                                 norm_layer=norm_layer, activation_layer=nn.Hardswish),
            *[block(row, norm_layer) for row in inverted_residual_setting],
            Conv2dNormActivation(channels, 6 * channels, kernel_size=1, norm_layer=norm_layer,
                                 activation_layer=nn.Hardswish),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(
            nn.Linear(6 * channels, last_channel), nn.Hardswish(inplace=True), nn.Dropout(p=dropout, inplace=True),
            nn.Linear(last_channel, num_classes),
        )
        he_init(self, linear_std=0.01)

    def _forward_impl(self, x: Tensor) -> Tensor:
        x = self.avgpool(self.features(x))
        return self.classifier(x.flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        return self._forward_impl(x)


def _mobilenet_v3_conf(arch: str, width_mult: float = 1.0, reduced_tail: bool = False, dilated: bool = False,
                       **kwargs: Any) -> tuple[list[InvertedResidualConfig], int]:
    """The rows of a network, and how many values its first linear layer gives.

    arch: "mobilenet_v3_large" or "mobilenet_v3_small"
    width_mult: times all numbers of channels
    reduced_tail: half the channels in the last blocks
    dilated: keep the resolution in the last blocks, for segmentation
    kwargs: others are taken and have no effect

    Raises: ValueError for another network.

    >>> rows, last_channel = _mobilenet_v3_conf("mobilenet_v3_small")
    >>> len(rows), last_channel
    (11, 1024)
    """
    divider = 2 if reduced_tail else 1
    dilation = 2 if dilated else 1
    row = partial(InvertedResidualConfig, width_mult=width_mult)
    if arch == "mobilenet_v3_large":
        end, wide, last = 160 // divider, 960 // divider, 1280
        rows = [
            row(16, 3, 16, 16, False, "RE", 1, 1),
            row(16, 3, 64, 24, False, "RE", 2, 1),
            row(24, 3, 72, 24, False, "RE", 1, 1),
            row(24, 5, 72, 40, True, "RE", 2, 1),
            row(40, 5, 120, 40, True, "RE", 1, 1),
            row(40, 5, 120, 40, True, "RE", 1, 1),
            row(40, 3, 240, 80, False, "HS", 2, 1),
            row(80, 3, 200, 80, False, "HS", 1, 1),
            row(80, 3, 184, 80, False, "HS", 1, 1),
            row(80, 3, 184, 80, False, "HS", 1, 1),
            row(80, 3, 480, 112, True, "HS", 1, 1),
            row(112, 3, 672, 112, True, "HS", 1, 1),
            row(112, 5, 672, end, True, "HS", 2, dilation),
            row(end, 5, wide, end, True, "HS", 1, dilation),
            row(end, 5, wide, end, True, "HS", 1, dilation),
        ]
    elif arch == "mobilenet_v3_small":
        end, wide, last = 96 // divider, 576 // divider, 1024
        rows = [
            row(16, 3, 16, 16, True, "RE", 2, 1),
            row(16, 3, 72, 24, False, "RE", 2, 1),
            row(24, 3, 88, 24, False, "RE", 1, 1),
            row(24, 5, 96, 40, True, "HS", 2, 1),
            row(40, 5, 240, 40, True, "HS", 1, 1),
            row(40, 5, 240, 40, True, "HS", 1, 1),
            row(40, 5, 120, 48, True, "HS", 1, 1),
            row(48, 5, 144, 48, True, "HS", 1, 1),
            row(48, 5, 288, end, True, "HS", 2, dilation),
            row(end, 5, wide, end, True, "HS", 1, dilation),
            row(end, 5, wide, end, True, "HS", 1, dilation),
        ]
    else:
        raise ValueError(f"Unsupported model type {arch}")
    return rows, InvertedResidualConfig.adjust_channels(last // divider, width_mult)


class MobileNet_V3_Large_Weights(WeightsEnum):
    """Trained weights of the large MobileNet V3."""

    IMAGENET1K_V1 = Weights("mobilenet_v3_large-8738ca79.pth", 74.042, 91.34, 5_483_032)
    IMAGENET1K_V2 = Weights("mobilenet_v3_large-5c1a4163.pth", 75.274, 92.566, 5_483_032, resize_size=232)
    DEFAULT = IMAGENET1K_V2


class MobileNet_V3_Small_Weights(WeightsEnum):
    """Trained weights of the small MobileNet V3."""

    IMAGENET1K_V1 = Weights("mobilenet_v3_small-047dcff4.pth", 67.668, 87.402, 2_542_856)
    DEFAULT = IMAGENET1K_V1


@register_model()
def mobilenet_v3_large(weights: MobileNet_V3_Large_Weights | None = None, progress: bool = True,
                       **kwargs: Any) -> MobileNetV3:
    """MobileNet V3, large: 15 blocks, 5.5 million weights.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class MobileNetV3, from num_classes on; and width_mult, reduced_tail and dilated of the rows

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> sum(parameter.numel() for parameter in mobilenet_v3_large().parameters())
    5483032
    """
    rows, last_channel = _mobilenet_v3_conf("mobilenet_v3_large", **kwargs)
    return MobileNetV3(rows, last_channel, **kwargs)


@register_model()
def mobilenet_v3_small(weights: MobileNet_V3_Small_Weights | None = None, progress: bool = True,
                       **kwargs: Any) -> MobileNetV3:
    """MobileNet V3, small: 11 blocks, 2.5 million weights.

    Arguments as for mobilenet_v3_large.

    >>> sum(parameter.numel() for parameter in mobilenet_v3_small().parameters())
    2542856
    """
    rows, last_channel = _mobilenet_v3_conf("mobilenet_v3_small", **kwargs)
    return MobileNetV3(rows, last_channel, **kwargs)
