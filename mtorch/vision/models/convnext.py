"""ConvNeXt: a convolutional network with what Transformers brought, but without attention.

The authors took ResNet-50 and changed one thing after another as in vision Transformers, and measured.  What is left: the
picture is cut into patches of 4x4; a block mixes places by one depthwise convolution of 7x7, and channels by a linear layer
to four times as many, GELU, and one back; one normalisation and one activation a block; layer normalisation, over the
channels at each place; and between stages a convolution of 2x2 with stride 2.  Each block adds

    x + layer_scale * f(x)

where layer_scale, a learned number for each channel, begins so small that the whole network begins near the identity.

Source: Liu, Mao, Wu, Feichtenhofer, Darrell & Xie, "A ConvNet for the 2020s", CVPR 2022, arXiv:2201.03545, figure 4 and
table 9; layer_scale: Touvron, Cord, Sablayrolles, Synnaeve & Jégou, "Going Deeper with Image Transformers", ICCV 2021,
arXiv:2103.17239.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ... import nn
from ...functions.creation import ones
from ...nn import functional as F
from ...tensor import Parameter, Tensor
from ..ops.misc import Conv2dNormActivation, Permute
from ..ops.stochastic_depth import StochasticDepth
from ._api import Weights, WeightsEnum, register_model

__all__ = ["ConvNeXt", "ConvNeXt_Base_Weights", "ConvNeXt_Large_Weights", "ConvNeXt_Small_Weights", "ConvNeXt_Tiny_Weights",
           "convnext_base", "convnext_large", "convnext_small", "convnext_tiny"]


class LayerNorm2d(nn.LayerNorm):
    """Layer normalisation over the channels at each place of a picture; arguments like those of nn.LayerNorm.

    Shape: (N, C, H, W) -> the same.

    >>> import mtorch
    >>> LayerNorm2d(2)(mtorch.tensor([1., 3.]).reshape(1, 2, 1, 1)).flatten().detach()
    tensor([-1.0000,  1.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The channels go last, and back."""
        x = F.layer_norm(input.permute(0, 2, 3, 1), self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class CNBlock(nn.Module):
    """x + layer_scale * f(x), where f is 7x7 depthwise, a normalisation, and two linear layers on the channels.

    dim: channels
    layer_scale: with what the learned scale begins
    stochastic_depth_prob: the probability with which f is left out in training
    norm_layer: makes a normalisation of the last axis; default: nn.LayerNorm with eps 1e-6

    Shape: (N, dim, H, W) -> the same.
    Raises: RuntimeError for other channels.

    >>> import mtorch
    >>> CNBlock(8, 1e-6, 0.0)(mtorch.ones(1, 8, 5, 5)).shape
    torch.Size([1, 8, 5, 5])
    """

    def __init__(self, dim: int, layer_scale: float, stochastic_depth_prob: float,
                 norm_layer: Callable[..., nn.Module] | None = None) -> None:
        super().__init__()
        if norm_layer is None:
            norm_layer = partial(nn.LayerNorm, eps=1e-6)
        self.block = nn.Sequential(
            nn.Conv2d(dim, dim, kernel_size=7, padding=3, groups=dim, bias=True),
            Permute([0, 2, 3, 1]),
            norm_layer(dim),
            nn.Linear(in_features=dim, out_features=4 * dim, bias=True),
            nn.GELU(),
            nn.Linear(in_features=4 * dim, out_features=dim, bias=True),
            Permute([0, 3, 1, 2]),
        )
        self.layer_scale = Parameter(ones(dim, 1, 1) * layer_scale)
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")

    def forward(self, input: Tensor) -> Tensor:
        """x + layer_scale * f(x)"""
        result = self.stochastic_depth(self.layer_scale * self.block(input))
        result += input
        return result


class CNBlockConfig:
    """A stage.

    input_channels: of its blocks
    out_channels: of the next stage's; None after the last
    num_layers: how many blocks

    >>> CNBlockConfig(96, 192, 3)
    CNBlockConfig(input_channels=96, out_channels=192, num_layers=3)
    """

    def __init__(self, input_channels: int, out_channels: int | None, num_layers: int) -> None:
        self.input_channels, self.out_channels, self.num_layers = input_channels, out_channels, num_layers

    def __repr__(self) -> str:
        return (f"{type(self).__name__}(input_channels={self.input_channels}, out_channels={self.out_channels}, "
                f"num_layers={self.num_layers})")


class ConvNeXt(nn.Module):
    """Patches, stages of blocks with convolutions of 2x2 between them, an average, a normalisation, a linear layer.

    block_setting: the stages
    stochastic_depth_prob: that of the last block; that of the first is 0, and it grows evenly
    layer_scale: with what the learned scales begin
    num_classes: how many scores come out
    block: makes a block; default: CNBlock
    norm_layer: makes a normalisation of the channels of a picture; default: LayerNorm2d with eps 1e-6
    kwargs: others are taken and have no effect

    Shape: (N, 3, H, W), H and W >= 32 with four stages -> (N, num_classes).  Meant for 224x224.
    Raises: ValueError for no stages; TypeError for stages that are none; ZeroDivisionError for a single block; RuntimeError
    for other channels, and a picture that is too small.

    >>> import mtorch
    >>> tiny = ConvNeXt([CNBlockConfig(8, 16, 1), CNBlockConfig(16, None, 1)], num_classes=10)
    >>> tiny(mtorch.zeros(2, 3, 16, 16)).shape
    torch.Size([2, 10])
    """

    def __init__(self, block_setting: Sequence[CNBlockConfig], stochastic_depth_prob: float = 0.0,
                 layer_scale: float = 1e-6, num_classes: int = 1000, block: Callable[..., nn.Module] | None = None,
                 norm_layer: Callable[..., nn.Module] | None = None, **kwargs: Any) -> None:
        super().__init__()
        if not block_setting:
            raise ValueError("The block_setting should not be empty")
        if not (isinstance(block_setting, Sequence) and all(isinstance(stage, CNBlockConfig) for stage in block_setting)):
            raise TypeError("The block_setting should be List[CNBlockConfig]")
        if block is None:
            block = CNBlock
        if norm_layer is None:
            norm_layer = partial(LayerNorm2d, eps=1e-6)

        layers: list[nn.Module] = [Conv2dNormActivation(3, block_setting[0].input_channels, kernel_size=4, stride=4,
                                                        padding=0, norm_layer=norm_layer, activation_layer=None, bias=True)]
        total, done = sum(stage.num_layers for stage in block_setting), 0
        for stage in block_setting:
            blocks = []
            for _ in range(stage.num_layers):
                blocks.append(block(stage.input_channels, layer_scale, stochastic_depth_prob * done / (total - 1.0)))
                done += 1
            layers.append(nn.Sequential(*blocks))
            if stage.out_channels is not None:
                layers.append(nn.Sequential(norm_layer(stage.input_channels),
                                            nn.Conv2d(stage.input_channels, stage.out_channels, kernel_size=2, stride=2)))
        last = block_setting[-1].out_channels or block_setting[-1].input_channels
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(norm_layer(last), nn.Flatten(1), nn.Linear(last, num_classes))
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def _forward_impl(self, x: Tensor) -> Tensor:
        return self.classifier(self.avgpool(self.features(x)))

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        return self._forward_impl(x)


def _convnext(widths: list[int], depth: int, stochastic_depth_prob: float, config: dict[str, Any]) -> ConvNeXt:
    """The network with so many channels in its stages, and so many blocks in the third; the others have three."""
    stages = zip(widths, [*widths[1:], None], [3, 3, depth, 3])
    return ConvNeXt([CNBlockConfig(*stage) for stage in stages],
                    **{"stochastic_depth_prob": stochastic_depth_prob, **config})


class ConvNeXt_Tiny_Weights(WeightsEnum):
    """Trained weights of the tiny ConvNeXt."""

    IMAGENET1K_V1 = Weights("convnext_tiny-983f1562.pth", 82.52, 96.146, 28_589_128, resize_size=236)
    DEFAULT = IMAGENET1K_V1


class ConvNeXt_Small_Weights(WeightsEnum):
    """Trained weights of the small ConvNeXt."""

    IMAGENET1K_V1 = Weights("convnext_small-0c510722.pth", 83.616, 96.65, 50_223_688, resize_size=230)
    DEFAULT = IMAGENET1K_V1


class ConvNeXt_Base_Weights(WeightsEnum):
    """Trained weights of the base ConvNeXt."""

    IMAGENET1K_V1 = Weights("convnext_base-6075fbad.pth", 84.062, 96.87, 88_591_464, resize_size=232)
    DEFAULT = IMAGENET1K_V1


class ConvNeXt_Large_Weights(WeightsEnum):
    """Trained weights of the large ConvNeXt."""

    IMAGENET1K_V1 = Weights("convnext_large-ea097f82.pth", 84.414, 96.976, 197_767_336, resize_size=232)
    DEFAULT = IMAGENET1K_V1


@register_model()
def convnext_tiny(weights: ConvNeXt_Tiny_Weights | None = None, progress: bool = True, **kwargs: Any) -> ConvNeXt:
    """ConvNeXt, tiny: 18 blocks, 28.6 million weights.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class ConvNeXt, from stochastic_depth_prob on

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> ConvNeXt_Tiny_Weights.DEFAULT.url
    'https://download.pytorch.org/models/convnext_tiny-983f1562.pth'
    """
    return _convnext([96, 192, 384, 768], 9, 0.1, kwargs)


@register_model()
def convnext_small(weights: ConvNeXt_Small_Weights | None = None, progress: bool = True, **kwargs: Any) -> ConvNeXt:
    """ConvNeXt, small: 36 blocks, 50.2 million weights.

    Arguments as for convnext_tiny.

    >>> ConvNeXt_Small_Weights.DEFAULT.url
    'https://download.pytorch.org/models/convnext_small-0c510722.pth'
    """
    return _convnext([96, 192, 384, 768], 27, 0.4, kwargs)


@register_model()
def convnext_base(weights: ConvNeXt_Base_Weights | None = None, progress: bool = True, **kwargs: Any) -> ConvNeXt:
    """ConvNeXt, base: 36 blocks, 88.6 million weights.

    Arguments as for convnext_tiny.

    >>> ConvNeXt_Base_Weights.DEFAULT.url
    'https://download.pytorch.org/models/convnext_base-6075fbad.pth'
    """
    return _convnext([128, 256, 512, 1024], 27, 0.5, kwargs)


@register_model()
def convnext_large(weights: ConvNeXt_Large_Weights | None = None, progress: bool = True, **kwargs: Any) -> ConvNeXt:
    """ConvNeXt, large: 36 blocks, 197.8 million weights.

    Arguments as for convnext_tiny.

    >>> ConvNeXt_Large_Weights.DEFAULT.url
    'https://download.pytorch.org/models/convnext_large-ea097f82.pth'
    """
    return _convnext([192, 384, 768, 1536], 27, 0.5, kwargs)
