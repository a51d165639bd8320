"""ShuffleNet V2: what counts is the time it takes, not the number of multiplications.

Reading and writing memory takes time too.  So a block leaves half of the channels as they are, and works on the other half
with 1x1, 3x3 depthwise and 1x1 convolutions that all have the same number of channels, which reads and writes least.  Then
the halves are shuffled, so that the next block's halves hold something of both.  A block with stride 2 works on all channels
twice, and so doubles them.

Source: Ma, Zhang, Zheng & Sun, "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design", ECCV 2018,
arXiv:1807.11164, table 5 and figure 3.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import nn
from ...functions.joining import cat
from ...tensor import Tensor
from ._api import Weights, WeightsEnum, register_model

__all__ = ["ShuffleNetV2", "ShuffleNet_V2_X0_5_Weights", "ShuffleNet_V2_X1_0_Weights", "ShuffleNet_V2_X1_5_Weights",
           "ShuffleNet_V2_X2_0_Weights", "shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "shufflenet_v2_x1_5",
           "shufflenet_v2_x2_0"]


def channel_shuffle(x: Tensor, groups: int) -> Tensor:
    """One channel of each group by turns.

    x: whose channels are groups, one after the other
    groups: how many

    Shape: (N, C, H, W) -> the same.

    >>> import mtorch
    >>> channel_shuffle(mtorch.arange(6).reshape(1, 6, 1, 1), 2).flatten()
    tensor([0, 3, 1, 4, 2, 5])
    """
    n, channels, height, width = x.shape
    x = x.view(n, groups, channels // groups, height, width).transpose(1, 2).contiguous()
    return x.view(n, channels, height, width)


class InvertedResidual(nn.Module):
    """Half of the channels as they are, half through three convolutions, shuffled; with a stride, all through some, twice.

    inp, oup: channels that come in and go out
    stride: of the depthwise convolutions

    Shape: (N, inp, H, W) -> (N, oup, H / stride, W / stride), rounded up.
    Raises: ValueError for a stride outside 1 to 3, and for stride 1 with another number of channels after than before.

    >>> import mtorch
    >>> InvertedResidual(8, 16, stride=2)(mtorch.zeros(1, 8, 6, 6)).shape
    torch.Size([1, 16, 3, 3])
    """

    def __init__(self, inp: int, oup: int, stride: int) -> None:
        super().__init__()
        half = oup // 2
        if not 1 <= stride <= 3:
            raise ValueError("illegal stride value")
        if stride == 1 and inp != 2 * half:
            raise ValueError(f"Invalid combination of stride {stride}, inp {inp} and oup {oup} values. If stride == 1 then "
                             "inp should be equal to oup // 2 << 1.")
        self.stride = stride
        self.branch1 = nn.Sequential() if stride == 1 else nn.Sequential(
            self.depthwise_conv(inp, inp, kernel_size=3, stride=stride, padding=1), nn.BatchNorm2d(inp),
            nn.Conv2d(inp, half, kernel_size=1, stride=1, padding=0, bias=False), nn.BatchNorm2d(half),
            nn.ReLU(inplace=True),
        )
        self.branch2 = nn.Sequential(
            nn.Conv2d(half if stride == 1 else inp, half, kernel_size=1, stride=1, padding=0, bias=False),
            nn.BatchNorm2d(half), nn.ReLU(inplace=True),
            self.depthwise_conv(half, half, kernel_size=3, stride=stride, padding=1), nn.BatchNorm2d(half),
            nn.Conv2d(half, half, kernel_size=1, stride=1, padding=0, bias=False), nn.BatchNorm2d(half),
            nn.ReLU(inplace=True),
        )

    @staticmethod
    def depthwise_conv(i: int, o: int, kernel_size: int, stride: int = 1, padding: int = 0, bias: bool = False) -> nn.Conv2d:
        """A convolution of each channel by itself."""
        return nn.Conv2d(i, o, kernel_size, stride, padding, bias=bias, groups=i)

    def forward(self, x: Tensor) -> Tensor:
        """Both halves, shuffled."""
        if self.stride == 1:
            kept, worked = x.chunk(2, dim=1)
            out = cat((kept, self.branch2(worked)), dim=1)
        else:
            out = cat((self.branch1(x), self.branch2(x)), dim=1)
        return channel_shuffle(out, 2)


class ShuffleNetV2(nn.Module):
    """A convolution and a maximum, three stages of blocks, a 1x1 convolution, an average, a linear layer.

    stages_repeats: how many blocks each stage has, three numbers
    stages_out_channels: of the first convolution, the three stages, and the last convolution
    num_classes: how many scores come out
    inverted_residual: makes a block

    Shape: (N, 3, H, W) -> (N, num_classes).  Meant for 224x224.
    Raises: ValueError for other than three and five numbers; RuntimeError for other channels.

    >>> import mtorch
    >>> ShuffleNetV2([1, 1, 1], [8, 16, 32, 64, 128], num_classes=10)(mtorch.zeros(2, 3, 64, 64)).shape
    torch.Size([2, 10])
    """

    def __init__(self, stages_repeats: list[int], stages_out_channels: list[int], num_classes: int = 1000,
                 inverted_residual: Callable[..., nn.Module] = InvertedResidual) -> None:
        super().__init__()
        if len(stages_repeats) != 3:
            raise ValueError("expected stages_repeats as list of 3 positive ints")
        if len(stages_out_channels) != 5:
            raise ValueError("expected stages_out_channels as list of 5 positive ints")
        self._stage_out_channels = stages_out_channels
        first, *stages, last = stages_out_channels
        self.conv1 = nn.Sequential(nn.Conv2d(3, first, 3, 2, 1, bias=False), nn.BatchNorm2d(first), nn.ReLU(inplace=True))
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        channels = first
        for name, repeats, out in zip(("stage2", "stage3", "stage4"), stages_repeats, stages):
            setattr(self, name, nn.Sequential(inverted_residual(channels, out, 2),
                                              *[inverted_residual(out, out, 1) for _ in range(repeats - 1)]))
            channels = out
        self.conv5 = nn.Sequential(nn.Conv2d(channels, last, 1, 1, 0, bias=False), nn.BatchNorm2d(last),
                                   nn.ReLU(inplace=True))
        self.fc = nn.Linear(last, num_classes)

    def _forward_impl(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.conv1(x))
        x = self.conv5(self.stage4(self.stage3(self.stage2(x))))
        return self.fc(x.mean([2, 3]))

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        return self._forward_impl(x)


class ShuffleNet_V2_X0_5_Weights(WeightsEnum):
    """Trained weights of ShuffleNet V2 x0.5."""

    IMAGENET1K_V1 = Weights("shufflenetv2_x0.5-f707e7126e.pth", 60.552, 81.746, 1_366_792)
    DEFAULT = IMAGENET1K_V1


class ShuffleNet_V2_X1_0_Weights(WeightsEnum):
    """Trained weights of ShuffleNet V2 x1.0."""

    IMAGENET1K_V1 = Weights("shufflenetv2_x1-5666bf0f80.pth", 69.362, 88.316, 2_278_604)
    DEFAULT = IMAGENET1K_V1


class ShuffleNet_V2_X1_5_Weights(WeightsEnum):
    """Trained weights of ShuffleNet V2 x1.5."""

    IMAGENET1K_V1 = Weights("shufflenetv2_x1_5-3c479a10.pth", 72.996, 91.086, 3_503_624, resize_size=232)
    DEFAULT = IMAGENET1K_V1


class ShuffleNet_V2_X2_0_Weights(WeightsEnum):
    """Trained weights of ShuffleNet V2 x2.0."""

    IMAGENET1K_V1 = Weights("shufflenetv2_x2_0-8be3c8ee.pth", 76.23, 93.006, 7_393_996, resize_size=232)
    DEFAULT = IMAGENET1K_V1


@register_model()
def shufflenet_v2_x0_5(weights: ShuffleNet_V2_X0_5_Weights | None = None, progress: bool = True,
                       **kwargs: Any) -> ShuffleNetV2:
    """ShuffleNet V2, 0.5 times as wide: 1.4 million weights.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class ShuffleNetV2, num_classes and inverted_residual

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> sum(parameter.numel() for parameter in shufflenet_v2_x0_5().parameters())
    1366792
    """
    return ShuffleNetV2([4, 8, 4], [24, 48, 96, 192, 1024], **kwargs)


@register_model()
def shufflenet_v2_x1_0(weights: ShuffleNet_V2_X1_0_Weights | None = None, progress: bool = True,
                       **kwargs: Any) -> ShuffleNetV2:
    """ShuffleNet V2, 1.0 times as wide: 2.3 million weights.

    Arguments as for shufflenet_v2_x0_5.

    >>> sum(parameter.numel() for parameter in shufflenet_v2_x1_0().parameters())
    2278604
    """
    return ShuffleNetV2([4, 8, 4], [24, 116, 232, 464, 1024], **kwargs)


@register_model()
def shufflenet_v2_x1_5(weights: ShuffleNet_V2_X1_5_Weights | None = None, progress: bool = True,
                       **kwargs: Any) -> ShuffleNetV2:
    """ShuffleNet V2, 1.5 times as wide: 3.5 million weights.

    Arguments as for shufflenet_v2_x0_5.

    >>> sum(parameter.numel() for parameter in shufflenet_v2_x1_5().parameters())
    3503624
    """
    return ShuffleNetV2([4, 8, 4], [24, 176, 352, 704, 1024], **kwargs)


@register_model()
def shufflenet_v2_x2_0(weights: ShuffleNet_V2_X2_0_Weights | None = None, progress: bool = True,
                       **kwargs: Any) -> ShuffleNetV2:
    """ShuffleNet V2, 2.0 times as wide: 7.4 million weights.

    Arguments as for shufflenet_v2_x0_5.

    >>> ShuffleNet_V2_X2_0_Weights.DEFAULT.url
    'https://download.pytorch.org/models/shufflenetv2_x2_0-8be3c8ee.pth'
    """
    return ShuffleNetV2([4, 8, 4], [24, 244, 488, 976, 2048], **kwargs)
