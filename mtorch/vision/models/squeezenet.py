"""SqueezeNet: AlexNet's accuracy with a fiftieth of its weights.

Its block, `Fire`, first squeezes the picture into few channels by a 1x1 convolution, then expands it by 1x1 and 3x3
convolutions side by side: the 3x3 ones, which are dear, see few channels.  There are no linear layers at the end, where
AlexNet has nearly all its weights, but a 1x1 convolution that gives a map of scores for each class, whose average counts.

Version 1.1 computes less than half of 1.0: its first convolution is smaller, and the resolution is halved earlier.

Source: Iandola, Han, Moskewicz, Ashraf, Dally & Keutzer, "SqueezeNet: AlexNet-level Accuracy with 50x Fewer Parameters and
<0.5MB Model Size", 2016, arXiv:1602.07360.
"""
from __future__ import annotations

from typing import Any

from ... import nn
from ...functions.joining import cat
from ...tensor import Tensor
from ._api import Weights, WeightsEnum, register_model

__all__ = ["SqueezeNet", "SqueezeNet1_0_Weights", "SqueezeNet1_1_Weights", "squeezenet1_0", "squeezenet1_1"]


class Fire(nn.Module):
    """Squeeze to few channels, expand by 1x1 and 3x3 convolutions side by side; a ReLU after each of the three.

    inplanes: channels that come in
    squeeze_planes: the few
    expand1x1_planes, expand3x3_planes: channels that the two give

    Shape: (N, inplanes, H, W) -> (N, expand1x1_planes + expand3x3_planes, H, W).
    Raises: RuntimeError for other channels.

    >>> import mtorch
    >>> Fire(8, 2, 4, 4)(mtorch.zeros(1, 8, 5, 5)).shape
    torch.Size([1, 8, 5, 5])
    """

    def __init__(self, inplanes: int, squeeze_planes: int, expand1x1_planes: int, expand3x3_planes: int) -> None:
        super().__init__()
        self.inplanes = inplanes
        self.squeeze = nn.Conv2d(inplanes, squeeze_planes, kernel_size=1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze_planes, expand1x1_planes, kernel_size=1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(squeeze_planes, expand3x3_planes, kernel_size=3, padding=1)
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        """The channels of both, one after the other."""
        x = self.squeeze_activation(self.squeeze(x))
        return cat([self.expand1x1_activation(self.expand1x1(x)), self.expand3x3_activation(self.expand3x3(x))], 1)


def _halve() -> nn.MaxPool2d:
    return nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True)


class SqueezeNet(nn.Module):
    """A convolution, eight Fire blocks, a map of scores for each class.

    version: "1_0" or "1_1"
    num_classes: how many scores come out
    dropout: the probability with which a value is left out before the last convolution

    Shape: (N, 3, H, W), H and W >= 21 (1_0) or 17 (1_1) -> (N, num_classes).  Meant for 224x224.
    Raises: ValueError for another version and for a dropout outside [0, 1]; RuntimeError for other channels, and a picture
    that is too small.

    >>> import mtorch
    >>> SqueezeNet("1_1", num_classes=10)(mtorch.zeros(1, 3, 32, 32)).shape
    torch.Size([1, 10])
    """

    def __init__(self, version: str = "1_0", num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        self.num_classes = num_classes
        if version == "1_0":
            self.features = nn.Sequential(
                nn.Conv2d(3, 96, kernel_size=7, stride=2), nn.ReLU(inplace=True), _halve(),
                Fire(96, 16, 64, 64), Fire(128, 16, 64, 64), Fire(128, 32, 128, 128), _halve(),
                Fire(256, 32, 128, 128), Fire(256, 48, 192, 192), Fire(384, 48, 192, 192), Fire(384, 64, 256, 256), _halve(),
                Fire(512, 64, 256, 256),
            )
        elif version == "1_1":
            self.features = nn.Sequential(
                nn.Conv2d(3, 64, kernel_size=3, stride=2), nn.ReLU(inplace=True), _halve(),
                Fire(64, 16, 64, 64), Fire(128, 16, 64, 64), _halve(),
                Fire(128, 32, 128, 128), Fire(256, 32, 128, 128), _halve(),
                Fire(256, 48, 192, 192), Fire(384, 48, 192, 192), Fire(384, 64, 256, 256), Fire(512, 64, 256, 256),
            )
        else:
            raise ValueError(f"Unsupported SqueezeNet version {version}: 1_0 or 1_1 expected")
        last = nn.Conv2d(512, num_classes, kernel_size=1)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout), last, nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d((1, 1)))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                if module is last:
                    nn.init.normal_(module.weight, mean=0.0, std=0.01)
                else:
                    nn.init.kaiming_uniform_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        return self.classifier(self.features(x)).flatten(1)


class SqueezeNet1_0_Weights(WeightsEnum):
    """Trained weights of SqueezeNet 1.0."""

    IMAGENET1K_V1 = Weights("squeezenet1_0-b66bff10.pth", 58.092, 80.42, 1_248_424)
    DEFAULT = IMAGENET1K_V1


class SqueezeNet1_1_Weights(WeightsEnum):
    """Trained weights of SqueezeNet 1.1."""

    IMAGENET1K_V1 = Weights("squeezenet1_1-b8a52dc0.pth", 58.178, 80.624, 1_235_496)
    DEFAULT = IMAGENET1K_V1


@register_model()
def squeezenet1_0(weights: SqueezeNet1_0_Weights | None = None, progress: bool = True, **kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.0, as in the paper: 1.25 million weights.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class SqueezeNet, num_classes and dropout

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> sum(parameter.numel() for parameter in squeezenet1_0().parameters())
    1248424
    """
    return SqueezeNet("1_0", **kwargs)


@register_model()
def squeezenet1_1(weights: SqueezeNet1_1_Weights | None = None, progress: bool = True, **kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.1, with less than half the work of 1.0: 1.24 million weights.  Arguments as for squeezenet1_0.

    >>> sum(parameter.numel() for parameter in squeezenet1_1().parameters())
    1235496
    """
    return SqueezeNet("1_1", **kwargs)
