"""VGG: depth from small pieces.

Where networks before it looked at 7x7 or 11x11 pixels at once, VGG stacks convolutions of 3x3.  Two of them see 5x5 pixels,
three see 7x7; but three 3x3 convolutions of C channels have 27 C^2 weights where one of 7x7 has 49 C^2, and three ReLUs
between them make a richer function.  Five times a maximum of 2x2 halves the picture, and mostly the channels double: 64,
128, 256, 512, 512.  Three linear layers decide; they have 124 million of the 133 to 144 million weights.

The number in a name counts the layers with weights: `cfgs["D"]` has 13 convolutions, and 13 + 3 = 16.  Those with `_bn` have
batch normalisation after every convolution, which came a year after the paper and makes them far easier to train.

Source: Simonyan & Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", ICLR 2015,
arXiv:1409.1556, table 1.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import nn
from ...tensor import Tensor
from ._api import Weights, WeightsEnum, register_model, trained
from ._utils import he_init

__all__ = ["VGG", "VGG11_BN_Weights", "VGG11_Weights", "VGG13_BN_Weights", "VGG13_Weights", "VGG16_BN_Weights",
           "VGG16_Weights", "VGG19_BN_Weights", "VGG19_Weights", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16",
           "vgg16_bn", "vgg19", "vgg19_bn"]

# Table 1 of the paper, column by column: the channels of a convolution, or M for a maximum.
cfgs: dict[str, list[str | int]] = {
    "A": [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "B": [64, 64, "M", 128, 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"],
    "D": [64, 64, "M", 128, 128, "M", 256, 256, 256, "M", 512, 512, 512, "M", 512, 512, 512, "M"],
    "E": [64, 64, "M", 128, 128, "M", 256, 256, 256, 256, "M", 512, 512, 512, 512, "M", 512, 512, 512, 512, "M"],
}


class VGG(nn.Module):
    """Features, and three linear layers.

    features: what makes a picture into 512 channels; see `make_layers`
    num_classes: how many scores come out
    init_weights: draw convolutions as He et al. do, and linear layers with standard deviation 0.01
    dropout: the probability with which a value is left out after each of the first two linear layers

    Shape: (N, 3, H, W), H and W >= 32 -> (N, num_classes).  Meant for 224x224; a picture of other size is averaged to
    7x7 places before the linear layers.
    Raises: ValueError for a dropout outside [0, 1]; RuntimeError for other channels, and a picture that is too small.

    >>> import mtorch
    >>> make_layers(cfgs["A"])(mtorch.zeros(1, 3, 64, 64)).shape       # what the linear layers get
    torch.Size([1, 512, 2, 2])
    """

    def __init__(self, features: nn.Module, num_classes: int = 1000, init_weights: bool = True,
                 dropout: float = 0.5) -> None:
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096), nn.ReLU(True), nn.Dropout(p=dropout),
            nn.Linear(4096, 4096), nn.ReLU(True), nn.Dropout(p=dropout),
            nn.Linear(4096, num_classes),
        )
        if init_weights:
            he_init(self, linear_std=0.01)

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        x = self.avgpool(self.features(x))
        return self.classifier(x.flatten(1))


def make_layers(cfg: list[str | int], batch_norm: bool = False) -> nn.Sequential:
    """Convolutions of 3x3 with their ReLUs, and maxima.

    cfg: a number for a convolution with so many channels, "M" for a maximum of 2x2
    batch_norm: normalise before each ReLU

    >>> make_layers([8, "M"], batch_norm=True)
    Sequential(
      (0): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
      (1): BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
      (2): ReLU(inplace=True)
      (3): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
    )
    """
    layers: list[nn.Module] = []
    channels = 3
    for entry in cfg:
        if entry == "M":
            layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
            continue
        wide = int(entry)
        layers.append(nn.Conv2d(channels, wide, kernel_size=3, padding=1))
        if batch_norm:
            layers.append(nn.BatchNorm2d(wide))
        layers.append(nn.ReLU(inplace=True))
        channels = wide
    return nn.Sequential(*layers)


class VGG11_Weights(WeightsEnum):
    """Trained weights of VGG-11."""

    IMAGENET1K_V1 = Weights("vgg11-8a719046.pth", 69.02, 88.628, 132_863_336)
    DEFAULT = IMAGENET1K_V1


class VGG11_BN_Weights(WeightsEnum):
    """Trained weights of VGG-11 with batch normalisation."""

    IMAGENET1K_V1 = Weights("vgg11_bn-6002323d.pth", 70.37, 89.81, 132_868_840)
    DEFAULT = IMAGENET1K_V1


class VGG13_Weights(WeightsEnum):
    """Trained weights of VGG-13."""

    IMAGENET1K_V1 = Weights("vgg13-19584684.pth", 69.928, 89.246, 133_047_848)
    DEFAULT = IMAGENET1K_V1


class VGG13_BN_Weights(WeightsEnum):
    """Trained weights of VGG-13 with batch normalisation."""

    IMAGENET1K_V1 = Weights("vgg13_bn-abd245e5.pth", 71.586, 90.374, 133_053_736)
    DEFAULT = IMAGENET1K_V1


class VGG16_Weights(WeightsEnum):
    """Trained weights of VGG-16."""

    IMAGENET1K_V1 = Weights("vgg16-397923af.pth", 71.592, 90.382, 138_357_544)
    IMAGENET1K_FEATURES = Weights("vgg16_features-amdegroot-88682ab5.pth", None, None, 138_357_544,
                                  mean=(0.48235, 0.45882, 0.40784), std=(1 / 255, 1 / 255, 1 / 255))
    DEFAULT = IMAGENET1K_V1


class VGG16_BN_Weights(WeightsEnum):
    """Trained weights of VGG-16 with batch normalisation."""

    IMAGENET1K_V1 = Weights("vgg16_bn-6c64b313.pth", 73.36, 91.516, 138_365_992)
    DEFAULT = IMAGENET1K_V1


class VGG19_Weights(WeightsEnum):
    """Trained weights of VGG-19."""

    IMAGENET1K_V1 = Weights("vgg19-dcbb9e9d.pth", 72.376, 90.876, 143_667_240)
    DEFAULT = IMAGENET1K_V1


class VGG19_BN_Weights(WeightsEnum):
    """Trained weights of VGG-19 with batch normalisation."""

    IMAGENET1K_V1 = Weights("vgg19_bn-c79401a0.pth", 74.218, 91.842, 143_678_248)
    DEFAULT = IMAGENET1K_V1


def _with_weights(make: Callable[..., nn.Module], weights: WeightsEnum, progress: bool, config: dict[str, Any]) -> nn.Module:
    """Without the first weights of the class, which are 130 million normal numbers."""
    classes = {} if weights.meta["categories"] is None else {"num_classes": 1000}
    return trained(make, weights, progress, {**config, "init_weights": False}, **classes)


@register_model(load=_with_weights)
def vgg11(weights: VGG11_Weights | None = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG-11: 8 convolutions and 3 linear layers, 132.9 million weights.  Configuration A of the paper.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class VGG, from num_classes on

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> sum(entry != "M" for entry in cfgs["A"]) + 3
    11
    """
    return VGG(make_layers(cfgs["A"]), **kwargs)


@register_model(load=_with_weights)
def vgg11_bn(weights: VGG11_BN_Weights | None = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG-11 with batch normalisation after each convolution.  Arguments as for vgg11.

    >>> VGG11_BN_Weights.DEFAULT.url
    'https://download.pytorch.org/models/vgg11_bn-6002323d.pth'
    """
    return VGG(make_layers(cfgs["A"], batch_norm=True), **kwargs)


@register_model(load=_with_weights)
def vgg13(weights: VGG13_Weights | None = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG-13: 10 convolutions and 3 linear layers, 133.0 million weights.  Configuration B of the paper.

    Arguments as for vgg11.

    >>> sum(entry != "M" for entry in cfgs["B"]) + 3
    13
    """
    return VGG(make_layers(cfgs["B"]), **kwargs)


@register_model(load=_with_weights)
def vgg13_bn(weights: VGG13_BN_Weights | None = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG-13 with batch normalisation after each convolution.  Arguments as for vgg11.

    >>> VGG13_BN_Weights.DEFAULT.url
    'https://download.pytorch.org/models/vgg13_bn-abd245e5.pth'
    """
    return VGG(make_layers(cfgs["B"], batch_norm=True), **kwargs)


@register_model(load=_with_weights)
def vgg16(weights: VGG16_Weights | None = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG-16: 13 convolutions and 3 linear layers, 138.4 million weights.  Configuration D of the paper.

    Arguments as for vgg11.  The weights IMAGENET1K_FEATURES are of the convolutions alone, for detectors.

    >>> sum(entry != "M" for entry in cfgs["D"]) + 3
    16
    """
    return VGG(make_layers(cfgs["D"]), **kwargs)


@register_model(load=_with_weights)
def vgg16_bn(weights: VGG16_BN_Weights | None = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG-16 with batch normalisation after each convolution.  Arguments as for vgg11.

    >>> VGG16_BN_Weights.DEFAULT.url
    'https://download.pytorch.org/models/vgg16_bn-6c64b313.pth'
    """
    return VGG(make_layers(cfgs["D"], batch_norm=True), **kwargs)


@register_model(load=_with_weights)
def vgg19(weights: VGG19_Weights | None = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG-19: 16 convolutions and 3 linear layers, 143.7 million weights.  Configuration E of the paper.

    Arguments as for vgg11.

    >>> sum(entry != "M" for entry in cfgs["E"]) + 3
    19
    """
    return VGG(make_layers(cfgs["E"]), **kwargs)


@register_model(load=_with_weights)
def vgg19_bn(weights: VGG19_BN_Weights | None = None, progress: bool = True, **kwargs: Any) -> VGG:
    """VGG-19 with batch normalisation after each convolution.  Arguments as for vgg11.

    >>> VGG19_BN_Weights.DEFAULT.url
    'https://download.pytorch.org/models/vgg19_bn-c79401a0.pth'
    """
    return VGG(make_layers(cfgs["E"], batch_norm=True), **kwargs)
