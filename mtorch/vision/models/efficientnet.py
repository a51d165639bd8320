"""EfficientNet: depth, width and resolution belong together.

A network can be made larger in three ways, and each alone soon brings little.  EfficientNet scales all at once: from B0,
which a search found, B1 to B7 follow by more layers, more channels and larger pictures, in a fixed ratio.  Here
`depth_mult` multiplies the layers of each stage and `width_mult` the channels; the size of the pictures is up to the
program: 224, 240, 260, 300, 380, 456, 528 and 600 pixels are meant.

The block, MBConv, is MobileNet's: 1x1 to more channels, depthwise, squeeze and excitation, 1x1 back, with x * sigmoid(x) for
an activation, and stochastic depth, which leaves out more and more blocks towards the end.

V2 puts one ordinary 3x3 convolution in the place of the first two in the early stages, FusedMBConv: there channels are few
and places many, and it is faster, although it computes more.

Sources: Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019, arXiv:1905.11946,
table 1; Tan & Le, "EfficientNetV2: Smaller Models and Faster Training", ICML 2021, arXiv:2104.00298, table 4.
"""
from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ... import nn
from ...tensor import Tensor
from ..ops.misc import Conv2dNormActivation, SqueezeExcitation
from ..ops.stochastic_depth import StochasticDepth
from ._api import Weights, WeightsEnum, register_model
from ._utils import _make_divisible, he_init

__all__ = ["EfficientNet", "EfficientNet_B0_Weights", "EfficientNet_B1_Weights", "EfficientNet_B2_Weights",
           "EfficientNet_B3_Weights", "EfficientNet_B4_Weights", "EfficientNet_B5_Weights", "EfficientNet_B6_Weights",
           "EfficientNet_B7_Weights", "EfficientNet_V2_L_Weights", "EfficientNet_V2_M_Weights", "EfficientNet_V2_S_Weights",
           "efficientnet_b0", "efficientnet_b1", "efficientnet_b2", "efficientnet_b3", "efficientnet_b4", "efficientnet_b5",
           "efficientnet_b6", "efficientnet_b7", "efficientnet_v2_l", "efficientnet_v2_m", "efficientnet_v2_s"]


@dataclass
class _MBConvConfig:
    """A row of the papers' tables: one stage."""

    expand_ratio: float
    kernel: int
    stride: int
    input_channels: int
    out_channels: int
    num_layers: int
    block: Callable[..., nn.Module]

    @staticmethod
    def adjust_channels(channels: int, width_mult: float, min_value: int | None = None) -> int:
        """The multiple of 8 nearest to the product."""
        return _make_divisible(channels * width_mult, 8, min_value)


class MBConvConfig(_MBConvConfig):
    """A stage of MBConv.

    expand_ratio: how many times the channels grow within a block
    kernel: size of the depthwise convolution
    stride: of the stage's first block
    input_channels, out_channels: before the stage and after each block, times width_mult
    num_layers: how many blocks, times depth_mult
    width_mult, depth_mult: the scaling
    block: makes a block; default: MBConv

    >>> stage = MBConvConfig(6, 3, 2, 16, 24, 2, width_mult=1.4, depth_mult=1.8)
    >>> stage.input_channels, stage.out_channels, stage.num_layers
    (24, 32, 4)
    """

    def __init__(self, expand_ratio: float, kernel: int, stride: int, input_channels: int, out_channels: int,
                 num_layers: int, width_mult: float = 1.0, depth_mult: float = 1.0,
                 block: Callable[..., nn.Module] | None = None) -> None:
        super().__init__(expand_ratio, kernel, stride, self.adjust_channels(input_channels, width_mult),
                         self.adjust_channels(out_channels, width_mult), self.adjust_depth(num_layers, depth_mult),
                         MBConv if block is None else block)

    @staticmethod
    def adjust_depth(num_layers: int, depth_mult: float) -> int:
        """The product, rounded up."""
        return math.ceil(num_layers * depth_mult)


class FusedMBConvConfig(_MBConvConfig):
    """A stage of FusedMBConv; arguments as for MBConvConfig, without the scaling.

    >>> FusedMBConvConfig(4, 3, 2, 24, 48, 4).num_layers
    4
    """

    def __init__(self, expand_ratio: float, kernel: int, stride: int, input_channels: int, out_channels: int,
                 num_layers: int, block: Callable[..., nn.Module] | None = None) -> None:
        super().__init__(expand_ratio, kernel, stride, input_channels, out_channels, num_layers,
                         FusedMBConv if block is None else block)


class _Residual(nn.Module):
    """x + f(x), where f is the layers in `block` and left out at random; f(x) alone where it has another shape."""

    def __init__(self, cnf: _MBConvConfig, layers: list[nn.Module], stochastic_depth_prob: float) -> None:
        super().__init__()
        if cnf.stride not in (1, 2):
            raise ValueError("illegal stride value")
        self.use_res_connect = cnf.stride == 1 and cnf.input_channels == cnf.out_channels
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.out_channels = cnf.out_channels

    def forward(self, input: Tensor) -> Tensor:
        """x + f(x), or f(x)."""
        result = self.block(input)
        if self.use_res_connect:
            result = self.stochastic_depth(result)
            result += input
        return result


class MBConv(_Residual):
    """1x1 to more channels, depthwise, squeeze and excitation, 1x1 back; added to the input where it has its shape.

    cnf: the row of the table
    stochastic_depth_prob: the probability with which the block is left out in training
    norm_layer: makes a normalisation of so many channels
    se_layer: makes squeeze and excitation

    Shape: (N, input_channels, H, W) -> (N, out_channels, H / stride, W / stride), rounded up.
    Raises: ValueError for another stride than 1 and 2; RuntimeError for other channels.

    >>> import mtorch
    >>> MBConv(MBConvConfig(6, 3, 2, 16, 24, 1), 0.0, mtorch.nn.BatchNorm2d)(mtorch.zeros(1, 16, 8, 8)).shape
    torch.Size([1, 24, 4, 4])
    """

    def __init__(self, cnf: MBConvConfig, stochastic_depth_prob: float, norm_layer: Callable[..., nn.Module],
                 se_layer: Callable[..., nn.Module] = SqueezeExcitation) -> None:
        part = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        wide = cnf.adjust_channels(cnf.input_channels, cnf.expand_ratio)
        layers: list[nn.Module] = []
        if wide != cnf.input_channels:
            layers.append(part(cnf.input_channels, wide, kernel_size=1))
        layers.append(part(wide, wide, kernel_size=cnf.kernel, stride=cnf.stride, groups=wide))
        layers.append(se_layer(wide, max(1, cnf.input_channels // 4), activation=partial(nn.SiLU, inplace=True)))
        layers.append(part(wide, cnf.out_channels, kernel_size=1, activation_layer=None))
        super().__init__(cnf, layers, stochastic_depth_prob)


class FusedMBConv(_Residual):
    """A convolution to more channels, 1x1 back; or, where they do not grow, the convolution alone.

    cnf, stochastic_depth_prob, norm_layer: as for MBConv

    Shape: (N, input_channels, H, W) -> (N, out_channels, H / stride, W / stride), rounded up.
    Raises: ValueError for another stride than 1 and 2; RuntimeError for other channels.

    >>> import mtorch
    >>> FusedMBConv(FusedMBConvConfig(4, 3, 2, 16, 24, 1), 0.0, mtorch.nn.BatchNorm2d)(mtorch.zeros(1, 16, 8, 8)).shape
    torch.Size([1, 24, 4, 4])
    """

    def __init__(self, cnf: FusedMBConvConfig, stochastic_depth_prob: float, norm_layer: Callable[..., nn.Module]) -> None:
        part = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        wide = cnf.adjust_channels(cnf.input_channels, cnf.expand_ratio)
        if wide == cnf.input_channels:
            layers: list[nn.Module] = [part(wide, cnf.out_channels, kernel_size=cnf.kernel, stride=cnf.stride)]
        else:
            layers = [part(cnf.input_channels, wide, kernel_size=cnf.kernel, stride=cnf.stride),
                      part(wide, cnf.out_channels, kernel_size=1, activation_layer=None)]
        super().__init__(cnf, layers, stochastic_depth_prob)


class EfficientNet(nn.Module):
    """A convolution, stages of blocks, a 1x1 convolution, an average, a linear layer.

    inverted_residual_setting: a row for each stage
    dropout: the probability with which a value is left out before the linear layer
    stochastic_depth_prob: that of the first block is 0, and grows evenly towards this
    num_classes: how many scores come out
    norm_layer: makes a normalisation of so many channels; default: nn.BatchNorm2d
    last_channel: channels of the last convolution; default: four times those before it

    Shape: (N, 3, H, W) -> (N, num_classes).
    Raises: ValueError for no rows and probabilities outside [0, 1]; TypeError for rows that are none; RuntimeError for other
    channels.

    >>> import mtorch
    >>> rows = [MBConvConfig(1, 3, 1, 8, 8, 1), MBConvConfig(6, 3, 2, 8, 16, 2)]
    >>> EfficientNet(rows, dropout=0.2, num_classes=10)(mtorch.zeros(2, 3, 16, 16)).shape
    torch.Size([2, 10])
    """

    def __init__(self, inverted_residual_setting: Sequence[_MBConvConfig], dropout: float,
                 stochastic_depth_prob: float = 0.2, num_classes: int = 1000,
                 norm_layer: Callable[..., nn.Module] | None = None, last_channel: int | None = None) -> None:
        super().__init__()
        rows = inverted_residual_setting
        if not rows:
            raise ValueError("The inverted_residual_setting should not be empty")
        if not (isinstance(rows, Sequence) and all(isinstance(row, _MBConvConfig) for row in rows)):
            raise TypeError("The inverted_residual_setting should be List[MBConvConfig]")
        if norm_layer is None:
            norm_layer = nn.BatchNorm2d

        part = partial(Conv2dNormActivation, norm_layer=norm_layer, activation_layer=nn.SiLU)
        layers: list[nn.Module] = [part(3, rows[0].input_channels, kernel_size=3, stride=2)]
        total, done = sum(row.num_layers for row in rows), 0
        for row in rows:
            stage: list[nn.Module] = []
            for _ in range(row.num_layers):
                one = copy.copy(row)
                if stage:                          # only the first block has a stride, and other channels before than after
                    one.input_channels, one.stride = one.out_channels, 1
                stage.append(one.block(one, stochastic_depth_prob * done / total, norm_layer))
                done += 1
            layers.append(nn.Sequential(*stage))
        channels = rows[-1].out_channels
        last = 4 * channels if last_channel is None else last_channel
        layers.append(part(channels, last, kernel_size=1))

        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout, inplace=True), nn.Linear(last, num_classes))
        he_init(self)
        bound = 1.0 / math.sqrt(num_classes)
        nn.init.uniform_(self.classifier[1].weight, -bound, bound)
        nn.init.zeros_(self.classifier[1].bias)

    def _forward_impl(self, x: Tensor) -> Tensor:
        x = self.avgpool(self.features(x))
        return self.classifier(x.flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        return self._forward_impl(x)


def _b(width_mult: float, depth_mult: float) -> list[MBConvConfig]:
    """Table 1 of the first paper, scaled."""
    row = partial(MBConvConfig, width_mult=width_mult, depth_mult=depth_mult)
    return [row(1, 3, 1, 32, 16, 1), row(6, 3, 2, 16, 24, 2), row(6, 5, 2, 24, 40, 2), row(6, 3, 2, 40, 80, 3),
            row(6, 5, 1, 80, 112, 3), row(6, 5, 2, 112, 192, 4), row(6, 3, 1, 192, 320, 1)]


def _model(rows: Sequence[_MBConvConfig], dropout: float, config: dict[str, Any],
           last_channel: int | None = None, **norm: Any) -> EfficientNet:
    """The network of these rows, with another eps and momentum of the normalisation where `norm` has them."""
    fixed: dict[str, Any] = {"norm_layer": partial(nn.BatchNorm2d, **norm)} if norm else {}
    return EfficientNet(rows, last_channel=last_channel, **fixed, **{"dropout": dropout, **config})


class EfficientNet_B0_Weights(WeightsEnum):
    """Trained weights of EfficientNet-B0."""

    IMAGENET1K_V1 = Weights("efficientnet_b0_rwightman-7f5810bc.pth", 77.692, 93.532, 5_288_548,
                            interpolation="bicubic")
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B1_Weights(WeightsEnum):
    """Trained weights of EfficientNet-B1."""

    IMAGENET1K_V1 = Weights("efficientnet_b1_rwightman-bac287d4.pth", 78.642, 94.186, 7_794_184,
                            crop_size=240, interpolation="bicubic")
    IMAGENET1K_V2 = Weights("efficientnet_b1-c27df63c.pth", 79.838, 94.934, 7_794_184, crop_size=240, resize_size=255)
    DEFAULT = IMAGENET1K_V2


class EfficientNet_B2_Weights(WeightsEnum):
    """Trained weights of EfficientNet-B2."""

    IMAGENET1K_V1 = Weights("efficientnet_b2_rwightman-c35c1473.pth", 80.608, 95.31, 9_109_994,
                            crop_size=288, resize_size=288, interpolation="bicubic")
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B3_Weights(WeightsEnum):
    """Trained weights of EfficientNet-B3."""

    IMAGENET1K_V1 = Weights("efficientnet_b3_rwightman-b3899882.pth", 82.008, 96.054, 12_233_232,
                            crop_size=300, resize_size=320, interpolation="bicubic")
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B4_Weights(WeightsEnum):
    """Trained weights of EfficientNet-B4."""

    IMAGENET1K_V1 = Weights("efficientnet_b4_rwightman-23ab8bcd.pth", 83.384, 96.594, 19_341_616,
                            crop_size=380, resize_size=384, interpolation="bicubic")
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B5_Weights(WeightsEnum):
    """Trained weights of EfficientNet-B5."""

    IMAGENET1K_V1 = Weights("efficientnet_b5_lukemelas-1a07897c.pth", 83.444, 96.628, 30_389_784,
                            crop_size=456, resize_size=456, interpolation="bicubic")
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B6_Weights(WeightsEnum):
    """Trained weights of EfficientNet-B6."""

    IMAGENET1K_V1 = Weights("efficientnet_b6_lukemelas-24a108a5.pth", 84.008, 96.916, 43_040_704,
                            crop_size=528, resize_size=528, interpolation="bicubic")
    DEFAULT = IMAGENET1K_V1


class EfficientNet_B7_Weights(WeightsEnum):
    """Trained weights of EfficientNet-B7."""

    IMAGENET1K_V1 = Weights("efficientnet_b7_lukemelas-c5b4e57e.pth", 84.122, 96.908, 66_347_960,
                            crop_size=600, resize_size=600, interpolation="bicubic")
    DEFAULT = IMAGENET1K_V1


class EfficientNet_V2_S_Weights(WeightsEnum):
    """Trained weights of EfficientNetV2-S."""

    IMAGENET1K_V1 = Weights("efficientnet_v2_s-dd5fe13b.pth", 84.228, 96.878, 21_458_488,
                            crop_size=384, resize_size=384)
    DEFAULT = IMAGENET1K_V1


class EfficientNet_V2_M_Weights(WeightsEnum):
    """Trained weights of EfficientNetV2-M."""

    IMAGENET1K_V1 = Weights("efficientnet_v2_m-dc08266a.pth", 85.112, 97.156, 54_139_356,
                            crop_size=480, resize_size=480)
    DEFAULT = IMAGENET1K_V1


class EfficientNet_V2_L_Weights(WeightsEnum):
    """Trained weights of EfficientNetV2-L."""

    IMAGENET1K_V1 = Weights("efficientnet_v2_l-59c71312.pth", 85.808, 97.788, 118_515_272,
                            crop_size=480, resize_size=480, interpolation="bicubic", mean=(0.5,) * 3, std=(0.5,) * 3)
    DEFAULT = IMAGENET1K_V1


@register_model()
def efficientnet_b0(weights: EfficientNet_B0_Weights | None = None, progress: bool = True,
                    **kwargs: Any) -> EfficientNet:
    """EfficientNet-B0: channels times 1.0, layers times 1.0, 5.3 million weights.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class EfficientNet, dropout, stochastic_depth_prob, num_classes and norm_layer

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> sum(parameter.numel() for parameter in efficientnet_b0().parameters())
    5288548
    """
    return _model(_b(1.0, 1.0), 0.2, kwargs)


@register_model()
def efficientnet_b1(weights: EfficientNet_B1_Weights | None = None, progress: bool = True,
                    **kwargs: Any) -> EfficientNet:
    """EfficientNet-B1: channels times 1.0, layers times 1.1, 7.8 million weights.

    Arguments as for efficientnet_b0.

    >>> EfficientNet_B1_Weights.DEFAULT.url
    'https://download.pytorch.org/models/efficientnet_b1-c27df63c.pth'
    """
    return _model(_b(1.0, 1.1), 0.2, kwargs)


@register_model()
def efficientnet_b2(weights: EfficientNet_B2_Weights | None = None, progress: bool = True,
                    **kwargs: Any) -> EfficientNet:
    """EfficientNet-B2: channels times 1.1, layers times 1.2, 9.1 million weights.

    Arguments as for efficientnet_b0.

    >>> EfficientNet_B2_Weights.DEFAULT.url
    'https://download.pytorch.org/models/efficientnet_b2_rwightman-c35c1473.pth'
    """
    return _model(_b(1.1, 1.2), 0.3, kwargs)


@register_model()
def efficientnet_b3(weights: EfficientNet_B3_Weights | None = None, progress: bool = True,
                    **kwargs: Any) -> EfficientNet:
    """EfficientNet-B3: channels times 1.2, layers times 1.4, 12.2 million weights.

    Arguments as for efficientnet_b0.

    >>> EfficientNet_B3_Weights.DEFAULT.url
    'https://download.pytorch.org/models/efficientnet_b3_rwightman-b3899882.pth'
    """
    return _model(_b(1.2, 1.4), 0.3, kwargs)


@register_model()
def efficientnet_b4(weights: EfficientNet_B4_Weights | None = None, progress: bool = True,
                    **kwargs: Any) -> EfficientNet:
    """EfficientNet-B4: channels times 1.4, layers times 1.8, 19.3 million weights.

    Arguments as for efficientnet_b0.

    >>> EfficientNet_B4_Weights.DEFAULT.url
    'https://download.pytorch.org/models/efficientnet_b4_rwightman-23ab8bcd.pth'
    """
    return _model(_b(1.4, 1.8), 0.4, kwargs)


@register_model()
def efficientnet_b5(weights: EfficientNet_B5_Weights | None = None, progress: bool = True,
                    **kwargs: Any) -> EfficientNet:
    """EfficientNet-B5: channels times 1.6, layers times 2.2, 30.4 million weights.

    Arguments as for efficientnet_b0, without norm_layer.

    >>> EfficientNet_B5_Weights.DEFAULT.url
    'https://download.pytorch.org/models/efficientnet_b5_lukemelas-1a07897c.pth'
    """
    return _model(_b(1.6, 2.2), 0.4, kwargs, eps=0.001, momentum=0.01)


@register_model()
def efficientnet_b6(weights: EfficientNet_B6_Weights | None = None, progress: bool = True,
                    **kwargs: Any) -> EfficientNet:
    """EfficientNet-B6: channels times 1.8, layers times 2.6, 43.0 million weights.

    Arguments as for efficientnet_b0, without norm_layer.

    >>> EfficientNet_B6_Weights.DEFAULT.url
    'https://download.pytorch.org/models/efficientnet_b6_lukemelas-24a108a5.pth'
    """
    return _model(_b(1.8, 2.6), 0.5, kwargs, eps=0.001, momentum=0.01)


@register_model()
def efficientnet_b7(weights: EfficientNet_B7_Weights | None = None, progress: bool = True,
                    **kwargs: Any) -> EfficientNet:
    """EfficientNet-B7: channels times 2.0, layers times 3.1, 66.3 million weights.

    Arguments as for efficientnet_b0, without norm_layer.

    >>> EfficientNet_B7_Weights.DEFAULT.url
    'https://download.pytorch.org/models/efficientnet_b7_lukemelas-c5b4e57e.pth'
    """
    return _model(_b(2.0, 3.1), 0.5, kwargs, eps=0.001, momentum=0.01)


@register_model()
def efficientnet_v2_s(weights: EfficientNet_V2_S_Weights | None = None, progress: bool = True,
                      **kwargs: Any) -> EfficientNet:
    """EfficientNetV2-S: 21.5 million weights; meant for 384 pixels.

    Arguments as for efficientnet_b0, without norm_layer.

    >>> EfficientNet_V2_S_Weights.DEFAULT.url
    'https://download.pytorch.org/models/efficientnet_v2_s-dd5fe13b.pth'
    """
    rows = [
        FusedMBConvConfig(1, 3, 1, 24, 24, 2),
        FusedMBConvConfig(4, 3, 2, 24, 48, 4),
        FusedMBConvConfig(4, 3, 2, 48, 64, 4),
        MBConvConfig(4, 3, 2, 64, 128, 6),
        MBConvConfig(6, 3, 1, 128, 160, 9),
        MBConvConfig(6, 3, 2, 160, 256, 15),
    ]
    return _model(rows, 0.2, kwargs, last_channel=1280, eps=0.001)


@register_model()
def efficientnet_v2_m(weights: EfficientNet_V2_M_Weights | None = None, progress: bool = True,
                      **kwargs: Any) -> EfficientNet:
    """EfficientNetV2-M: 54.1 million weights; meant for 480 pixels.

    Arguments as for efficientnet_b0, without norm_layer.

    >>> EfficientNet_V2_M_Weights.DEFAULT.url
    'https://download.pytorch.org/models/efficientnet_v2_m-dc08266a.pth'
    """
    rows = [
        FusedMBConvConfig(1, 3, 1, 24, 24, 3),
        FusedMBConvConfig(4, 3, 2, 24, 48, 5),
        FusedMBConvConfig(4, 3, 2, 48, 80, 5),
        MBConvConfig(4, 3, 2, 80, 160, 7),
        MBConvConfig(6, 3, 1, 160, 176, 14),
        MBConvConfig(6, 3, 2, 176, 304, 18),
        MBConvConfig(6, 3, 1, 304, 512, 5),
    ]
    return _model(rows, 0.3, kwargs, last_channel=1280, eps=0.001)


@register_model()
def efficientnet_v2_l(weights: EfficientNet_V2_L_Weights | None = None, progress: bool = True,
                      **kwargs: Any) -> EfficientNet:
    """EfficientNetV2-L: 118.5 million weights; meant for 480 pixels.

    Arguments as for efficientnet_b0, without norm_layer.

    >>> EfficientNet_V2_L_Weights.DEFAULT.url
    'https://download.pytorch.org/models/efficientnet_v2_l-59c71312.pth'
    """
    rows = [
        FusedMBConvConfig(1, 3, 1, 32, 32, 4),
        FusedMBConvConfig(4, 3, 2, 32, 64, 7),
        FusedMBConvConfig(4, 3, 2, 64, 96, 7),
        MBConvConfig(4, 3, 2, 96, 192, 10),
        MBConvConfig(6, 3, 1, 192, 224, 19),
        MBConvConfig(6, 3, 2, 224, 384, 25),
        MBConvConfig(6, 3, 1, 384, 640, 7),
    ]
    return _model(rows, 0.4, kwargs, last_channel=1280, eps=0.001)
