"""DenseNet: every layer sees what all layers before it found.

Within a block, each layer adds `growth_rate` channels to those that there are, and the next layer reads all of them:

    x_l = f_l([x_0, x_1, ..., x_(l-1)])

Nothing has to be found twice, so few new channels a layer are enough; and the loss reaches each layer by short ways.  A
layer is normalisation, ReLU and a 1x1 convolution to 4 * growth_rate channels, which keeps the work in bounds, then
normalisation, ReLU and a 3x3 convolution to growth_rate channels.  Between two of the four blocks a transition halves the
channels and the resolution.

The number in a name counts the layers with weights: 121 = 1 + 2 (6 + 12 + 24 + 16) + 3 + 1.

Source: Huang, Liu, van der Maaten & Weinberger, "Densely Connected Convolutional Networks", CVPR 2017, arXiv:1608.06993.
"""
from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any

from ... import nn
from ...functions.joining import cat
from ...nn import functional as F
from ...tensor import Tensor
from ._api import Weights, WeightsEnum, register_model

__all__ = ["DenseNet", "DenseNet121_Weights", "DenseNet161_Weights", "DenseNet169_Weights", "DenseNet201_Weights",
           "densenet121", "densenet161", "densenet169", "densenet201"]


class _DenseLayer(nn.Module):
    """From all channels so far to growth_rate new ones.

    num_input_features: channels so far
    growth_rate: how many are new
    bn_size: how many times growth_rate the channels between the two convolutions are
    drop_rate: the probability with which a new value is left out
    memory_efficient: torchvision's, which computes part of it again in the backward pass; without effect here

    Shape: (N, num_input_features, H, W), or a list of tensors with so many channels together -> (N, growth_rate, H, W).

    >>> import mtorch
    >>> _DenseLayer(8, growth_rate=2, bn_size=4, drop_rate=0)([mtorch.zeros(1, 6, 5, 5), mtorch.zeros(1, 2, 5, 5)]).shape
    torch.Size([1, 2, 5, 5])
    """

    def __init__(self, num_input_features: int, growth_rate: int, bn_size: int, drop_rate: float,
                 memory_efficient: bool = False) -> None:
        super().__init__()
        between = bn_size * growth_rate
        self.norm1 = nn.BatchNorm2d(num_input_features)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv1 = nn.Conv2d(num_input_features, between, kernel_size=1, stride=1, bias=False)
        self.norm2 = nn.BatchNorm2d(between)
        self.relu2 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(between, growth_rate, kernel_size=3, stride=1, padding=1, bias=False)
        self.drop_rate = float(drop_rate)
        self.memory_efficient = memory_efficient

    def bn_function(self, inputs: list[Tensor]) -> Tensor:
        """The bottleneck: of all channels so far."""
        return self.conv1(self.relu1(self.norm1(cat(inputs, 1))))

    def forward(self, input: Tensor | list[Tensor]) -> Tensor:
        """The new channels."""
        between = self.bn_function([input] if isinstance(input, Tensor) else input)
        found = self.conv2(self.relu2(self.norm2(between)))
        return F.dropout(found, p=self.drop_rate, training=self.training) if self.drop_rate > 0 else found


class _DenseBlock(nn.ModuleDict):
    """Layers, each of which reads the input and what all before it gave; arguments as for _DenseLayer, and num_layers.

    Shape: (N, num_input_features, H, W) -> (N, num_input_features + num_layers * growth_rate, H, W).

    >>> import mtorch
    >>> block = _DenseBlock(num_layers=3, num_input_features=8, bn_size=4, growth_rate=2, drop_rate=0)
    >>> block(mtorch.zeros(1, 8, 5, 5)).shape
    torch.Size([1, 14, 5, 5])
    """

    _version = 2

    def __init__(self, num_layers: int, num_input_features: int, bn_size: int, growth_rate: int, drop_rate: float,
                 memory_efficient: bool = False) -> None:
        super().__init__()
        for i in range(num_layers):
            self.add_module(f"denselayer{i + 1}", _DenseLayer(num_input_features + i * growth_rate, growth_rate, bn_size,
                                                              drop_rate, memory_efficient))

    def forward(self, init_features: Tensor) -> Tensor:
        """The input's channels, and the new ones of every layer."""
        features = [init_features]
        for layer in self.values():
            features.append(layer(features))
        return cat(features, 1)


class _Transition(nn.Sequential):
    """Normalisation, ReLU, a 1x1 convolution to num_output_features channels, and the mean of 2x2 places.

    Shape: (N, num_input_features, H, W) -> (N, num_output_features, H / 2, W / 2), rounded down.
    """

    def __init__(self, num_input_features: int, num_output_features: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(num_input_features)
        self.relu = nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(num_input_features, num_output_features, kernel_size=1, stride=1, bias=False)
        self.pool = nn.AvgPool2d(kernel_size=2, stride=2)


class DenseNet(nn.Module):
    """A convolution, dense blocks with transitions between them, an average, a linear layer.

    growth_rate: how many channels each layer adds
    block_config: how many layers each block has
    num_init_features: channels of the first convolution
    bn_size: how many times growth_rate the channels between a layer's two convolutions are
    drop_rate: the probability with which a new value is left out
    num_classes: how many scores come out
    memory_efficient: torchvision's, which computes part of it again in the backward pass; without effect here

    Shape: (N, 3, H, W), H and W >= 29 with four blocks -> (N, num_classes).  Meant for 224x224.
    Raises: RuntimeError for other channels, and a picture that is too small.

    >>> import mtorch
    >>> tiny = DenseNet(growth_rate=4, block_config=(2, 2), num_init_features=8, num_classes=10)
    >>> tiny(mtorch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """

    def __init__(self, growth_rate: int = 32, block_config: tuple[int, ...] = (6, 12, 24, 16), num_init_features: int = 64,
                 bn_size: int = 4, drop_rate: float = 0, num_classes: int = 1000, memory_efficient: bool = False) -> None:
        super().__init__()
        self.features = nn.Sequential(OrderedDict([
            ("conv0", nn.Conv2d(3, num_init_features, kernel_size=7, stride=2, padding=3, bias=False)),
            ("norm0", nn.BatchNorm2d(num_init_features)),
            ("relu0", nn.ReLU(inplace=True)),
            ("pool0", nn.MaxPool2d(kernel_size=3, stride=2, padding=1)),
        ]))
        channels = num_init_features
        for i, num_layers in enumerate(block_config, 1):
            self.features.add_module(f"denseblock{i}", _DenseBlock(num_layers, channels, bn_size, growth_rate, drop_rate,
                                                                   memory_efficient))
            channels += num_layers * growth_rate
            if i != len(block_config):
                self.features.add_module(f"transition{i}", _Transition(channels, channels // 2))
                channels //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.classifier = nn.Linear(channels, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
            elif isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *rest: Any) -> None:
        """The published files say `norm.1` where a layer has norm1 now."""
        for key in list(state_dict):
            new = re.sub(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)", r"\1\2", key)
            if new != key:
                state_dict[new] = state_dict.pop(key)
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        x = F.adaptive_avg_pool2d(F.relu(self.features(x), inplace=True), (1, 1))
        return self.classifier(x.flatten(1))


class DenseNet121_Weights(WeightsEnum):
    """Trained weights of DenseNet-121."""

    IMAGENET1K_V1 = Weights("densenet121-a639ec97.pth", 74.434, 91.972, 7_978_856)
    DEFAULT = IMAGENET1K_V1


class DenseNet161_Weights(WeightsEnum):
    """Trained weights of DenseNet-161."""

    IMAGENET1K_V1 = Weights("densenet161-8d451a50.pth", 77.138, 93.56, 28_681_000)
    DEFAULT = IMAGENET1K_V1


class DenseNet169_Weights(WeightsEnum):
    """Trained weights of DenseNet-169."""

    IMAGENET1K_V1 = Weights("densenet169-b2777c0a.pth", 75.6, 92.806, 14_149_480)
    DEFAULT = IMAGENET1K_V1


class DenseNet201_Weights(WeightsEnum):
    """Trained weights of DenseNet-201."""

    IMAGENET1K_V1 = Weights("densenet201-c1103571.pth", 76.896, 93.37, 20_013_928)
    DEFAULT = IMAGENET1K_V1


@register_model()
def densenet121(weights: DenseNet121_Weights | None = None, progress: bool = True, **kwargs: Any) -> DenseNet:
    """DenseNet-121: blocks of 6, 12, 24 and 16 layers, each adding 32 channels; 8.0 million weights.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class DenseNet, from bn_size on

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> sum(parameter.numel() for parameter in densenet121().parameters())
    7978856
    """
    return DenseNet(32, (6, 12, 24, 16), 64, **kwargs)


@register_model()
def densenet161(weights: DenseNet161_Weights | None = None, progress: bool = True, **kwargs: Any) -> DenseNet:
    """DenseNet-161: blocks of 6, 12, 36 and 24 layers, each adding 48 channels; 28.7 million weights.

    Arguments as for densenet121.

    >>> DenseNet161_Weights.DEFAULT.url
    'https://download.pytorch.org/models/densenet161-8d451a50.pth'
    """
    return DenseNet(48, (6, 12, 36, 24), 96, **kwargs)


@register_model()
def densenet169(weights: DenseNet169_Weights | None = None, progress: bool = True, **kwargs: Any) -> DenseNet:
    """DenseNet-169: blocks of 6, 12, 32 and 32 layers, each adding 32 channels; 14.1 million weights.

    Arguments as for densenet121.

    >>> DenseNet169_Weights.DEFAULT.url
    'https://download.pytorch.org/models/densenet169-b2777c0a.pth'
    """
    return DenseNet(32, (6, 12, 32, 32), 64, **kwargs)


@register_model()
def densenet201(weights: DenseNet201_Weights | None = None, progress: bool = True, **kwargs: Any) -> DenseNet:
    """DenseNet-201: blocks of 6, 12, 48 and 32 layers, each adding 32 channels; 20.0 million weights.

    Arguments as for densenet121.

    >>> DenseNet201_Weights.DEFAULT.url
    'https://download.pytorch.org/models/densenet201-c1103571.pth'
    """
    return DenseNet(32, (6, 12, 48, 32), 64, **kwargs)
