"""ResNet: layers that learn what to add to their input, so that a hundred of them can be trained.

A deeper network should never be worse: its further layers could learn the identity.  Yet stacks of plain layers got worse
with depth, on the training data too.  So let each block compute

    y = relu(x + f(x))

and the identity is f = 0, where small weights begin anyway; and the gradient of x has a term that passes every block
unchanged.  Where a block halves the resolution or changes the number of channels, a 1x1 convolution, `downsample`, does so
to x.  Two blocks are in use: two convolutions of 3x3 (`BasicBlock`), and, for networks of 50 layers and more, 1x1 to few
channels, 3x3 on those, 1x1 back to four times as many (`Bottleneck`).

A network is a 7x7 convolution and a maximum, four stages of blocks with 64, 128, 256 and 512 channels, of which all but the
first halve the resolution, the average over all places, and one linear layer.  The number in a name counts the layers with
weights: 18 = 1 + 2 (2 + 2 + 2 + 2) + 1 and 50 = 1 + 3 (3 + 4 + 6 + 3) + 1.

ResNeXt splits the 3x3 convolution into groups, which see each only its own channels: for the same work there can be more of
them.  A wide ResNet doubles the channels of the 3x3 convolution.

The stride of a Bottleneck is in its 3x3 convolution, not in the 1x1 before it as in the paper; this is known as ResNet V1.5.

Sources: He, Zhang, Ren & Sun, "Deep Residual Learning for Image Recognition", CVPR 2016, arXiv:1512.03385; ResNeXt: Xie,
Girshick, Dollár, Tu & He, "Aggregated Residual Transformations for Deep Neural Networks", CVPR 2017, arXiv:1611.05431;
wide: Zagoruyko & Komodakis, "Wide Residual Networks", BMVC 2016, arXiv:1605.07146; zero_init_residual: Goyal et al.,
"Accurate, Large Minibatch SGD", 2017, arXiv:1706.02677.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import nn
from ...tensor import Tensor
from ._api import Weights, WeightsEnum, fixed, register_model
from ._utils import he_init

__all__ = ["ResNeXt101_32X8D_Weights", "ResNeXt101_64X4D_Weights", "ResNeXt50_32X4D_Weights", "ResNet", "ResNet101_Weights",
           "ResNet152_Weights", "ResNet18_Weights", "ResNet34_Weights", "ResNet50_Weights", "Wide_ResNet101_2_Weights",
           "Wide_ResNet50_2_Weights", "resnet101", "resnet152", "resnet18", "resnet34", "resnet50", "resnext101_32x8d",
           "resnext101_64x4d", "resnext50_32x4d", "wide_resnet101_2", "wide_resnet50_2"]


def conv3x3(in_planes: int, out_planes: int, stride: int = 1, groups: int = 1, dilation: int = 1) -> nn.Conv2d:
    """A 3x3 convolution that keeps the size of the picture, or divides it by the stride; without bias.

    in_planes, out_planes: channels
    stride, groups, dilation: like those of nn.Conv2d

    >>> conv3x3(8, 16, stride=2)
    Conv2d(8, 16, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), bias=False)
    """
    return nn.Conv2d(in_planes, out_planes, kernel_size=3, stride=stride, padding=dilation, groups=groups, bias=False,
                     dilation=dilation)


def conv1x1(in_planes: int, out_planes: int, stride: int = 1) -> nn.Conv2d:
    """A 1x1 convolution: a linear layer at every place; without bias.

    in_planes, out_planes: channels
    stride: of the places

    >>> conv1x1(8, 16)
    Conv2d(8, 16, kernel_size=(1, 1), stride=(1, 1), bias=False)
    """
    return nn.Conv2d(in_planes, out_planes, kernel_size=1, stride=stride, bias=False)


class BasicBlock(nn.Module):
    """relu(x + f(x)), where f is two 3x3 convolutions, each normalised, with a ReLU between them.

    inplanes: channels of x
    planes: channels of both convolutions
    stride: of the first one
    downsample: what makes x fit f(x); None where it fits
    groups, base_width, dilation: for Bottleneck; 1, 64 and 1 here
    norm_layer: makes a normalisation of so many channels; default: nn.BatchNorm2d

    Shape: (N, inplanes, H, W) -> (N, planes, H / stride, W / stride), rounded up.
    Raises: ValueError for other groups or base_width; NotImplementedError for a dilation above 1.

    >>> import mtorch
    >>> BasicBlock(8, 8)(mtorch.zeros(1, 8, 5, 5)).shape
    torch.Size([1, 8, 5, 5])
    """

    expansion: int = 1

    def __init__(self, inplanes: int, planes: int, stride: int = 1, downsample: nn.Module | None = None, groups: int = 1,
                 base_width: int = 64, dilation: int = 1, norm_layer: Callable[..., nn.Module] | None = None) -> None:
        super().__init__()
        if norm_layer is None:
            norm_layer = nn.BatchNorm2d
        if groups != 1 or base_width != 64:
            raise ValueError("BasicBlock only supports groups=1 and base_width=64")
        if dilation > 1:
            raise NotImplementedError("Dilation > 1 not supported in BasicBlock")
        self.conv1 = conv3x3(inplanes, planes, stride)
        self.bn1 = norm_layer(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = norm_layer(planes)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """relu(x + f(x))"""
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class Bottleneck(nn.Module):
    """relu(x + f(x)), where f is convolutions of 1x1, 3x3 and 1x1, each normalised, with ReLUs between them.

    The 3x3 convolution has planes * base_width / 64 * groups channels; what comes out has 4 * planes.

    inplanes: channels of x
    planes: a fourth of the channels that come out
    stride: of the 3x3 convolution
    downsample: what makes x fit f(x); None where it fits
    groups, base_width: number and width of the groups of the 3x3 convolution, at 64 planes
    dilation: of the 3x3 convolution
    norm_layer: makes a normalisation of so many channels; default: nn.BatchNorm2d

    Shape: (N, inplanes, H, W) -> (N, 4 * planes, H / stride, W / stride), rounded up.
    Raises: ValueError where groups do not divide the channels; RuntimeError where x does not fit f(x).

    >>> import mtorch
    >>> Bottleneck(32, 8)(mtorch.zeros(1, 32, 5, 5)).shape
    torch.Size([1, 32, 5, 5])
    """

    expansion: int = 4

    def __init__(self, inplanes: int, planes: int, stride: int = 1, downsample: nn.Module | None = None, groups: int = 1,
                 base_width: int = 64, dilation: int = 1, norm_layer: Callable[..., nn.Module] | None = None) -> None:
        super().__init__()
        if norm_layer is None:
            norm_layer = nn.BatchNorm2d
        width = int(planes * (base_width / 64.0)) * groups
        self.conv1 = conv1x1(inplanes, width)
        self.bn1 = norm_layer(width)
        self.conv2 = conv3x3(width, width, stride, groups, dilation)
        self.bn2 = norm_layer(width)
        self.conv3 = conv1x1(width, planes * self.expansion)
        self.bn3 = norm_layer(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """relu(x + f(x))"""
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class ResNet(nn.Module):
    """A convolution, four stages of residual blocks, an average, a linear layer.

    block: BasicBlock or Bottleneck, or a class that is made and called like these
    layers: how many blocks each of the four stages has
    num_classes: how many scores come out
    zero_init_residual: begin with f = 0 in every block, by a scale of 0 in its last normalisation
    groups, width_per_group: number and width of the groups of a Bottleneck's 3x3 convolution, at 64 planes
    replace_stride_with_dilation: for each of the last three stages, whether to keep the resolution, and spread the 3x3
        convolutions instead; for segmentation
    norm_layer: makes a normalisation of so many channels; default: nn.BatchNorm2d

    Shape: (N, 3, H, W) -> (N, num_classes).  Meant for 224x224, which gives 7x7 places before the average.
    Raises: ValueError for a replace_stride_with_dilation that has not three elements, and for groups with a BasicBlock;
    NotImplementedError for dilation with a BasicBlock; RuntimeError for other channels.

    >>> import mtorch
    >>> tiny = ResNet(BasicBlock, [1, 1, 1, 1], num_classes=10)
    >>> tiny(mtorch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """

    def __init__(self, block: type[BasicBlock | Bottleneck], layers: list[int], num_classes: int = 1000,
                 zero_init_residual: bool = False, groups: int = 1, width_per_group: int = 64,
                 replace_stride_with_dilation: list[bool] | None = None,
                 norm_layer: Callable[..., nn.Module] | None = None) -> None:
        super().__init__()
        if norm_layer is None:
            norm_layer = nn.BatchNorm2d
        if replace_stride_with_dilation is None:
            replace_stride_with_dilation = [False, False, False]
        if len(replace_stride_with_dilation) != 3:
            raise ValueError("replace_stride_with_dilation should be None or a 3-element tuple, got "
                             f"{replace_stride_with_dilation}")
        self._norm_layer = norm_layer
        self.inplanes = 64
        self.dilation = 1
        self.groups = groups
        self.base_width = width_per_group
        self.conv1 = nn.Conv2d(3, self.inplanes, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = norm_layer(self.inplanes)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(block, 64, layers[0])
        self.layer2 = self._make_layer(block, 128, layers[1], stride=2, dilate=replace_stride_with_dilation[0])
        self.layer3 = self._make_layer(block, 256, layers[2], stride=2, dilate=replace_stride_with_dilation[1])
        self.layer4 = self._make_layer(block, 512, layers[3], stride=2, dilate=replace_stride_with_dilation[2])
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)

        he_init(self)
        if zero_init_residual:
            for module in self.modules():
                last = {Bottleneck: "bn3", BasicBlock: "bn2"}.get(type(module))
                if last and getattr(module, last).weight is not None:
                    nn.init.zeros_(getattr(module, last).weight)

    def _make_layer(self, block: type[BasicBlock | Bottleneck], planes: int, blocks: int, stride: int = 1,
                    dilate: bool = False) -> nn.Sequential:
        """A stage.  Only its first block has a stride, and another number of channels before than after."""
        norm_layer = self._norm_layer
        wide = planes * block.expansion
        dilation = self.dilation
        if dilate:
            self.dilation *= stride
            stride = 1
        downsample = None
        if stride != 1 or self.inplanes != wide:
            downsample = nn.Sequential(conv1x1(self.inplanes, wide, stride), norm_layer(wide))
        layers = [block(self.inplanes, planes, stride, downsample, self.groups, self.base_width, dilation, norm_layer)]
        self.inplanes = wide
        for _ in range(1, blocks):
            layers.append(block(wide, planes, groups=self.groups, base_width=self.base_width, dilation=self.dilation,
                                norm_layer=norm_layer))
        return nn.Sequential(*layers)

    def _forward_impl(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        return self._forward_impl(x)


class ResNet18_Weights(WeightsEnum):
    """Trained weights of ResNet-18."""

    IMAGENET1K_V1 = Weights("resnet18-f37072fd.pth", 69.758, 89.078, 11_689_512)
    DEFAULT = IMAGENET1K_V1


class ResNet34_Weights(WeightsEnum):
    """Trained weights of ResNet-34."""

    IMAGENET1K_V1 = Weights("resnet34-b627a593.pth", 73.314, 91.42, 21_797_672)
    DEFAULT = IMAGENET1K_V1


class ResNet50_Weights(WeightsEnum):
    """Trained weights of ResNet-50."""

    IMAGENET1K_V1 = Weights("resnet50-0676ba61.pth", 76.13, 92.862, 25_557_032)
    IMAGENET1K_V2 = Weights("resnet50-11ad3fa6.pth", 80.858, 95.434, 25_557_032, resize_size=232)
    DEFAULT = IMAGENET1K_V2


class ResNet101_Weights(WeightsEnum):
    """Trained weights of ResNet-101."""

    IMAGENET1K_V1 = Weights("resnet101-63fe2227.pth", 77.374, 93.546, 44_549_160)
    IMAGENET1K_V2 = Weights("resnet101-cd907fc2.pth", 81.886, 95.78, 44_549_160, resize_size=232)
    DEFAULT = IMAGENET1K_V2


class ResNet152_Weights(WeightsEnum):
    """Trained weights of ResNet-152."""

    IMAGENET1K_V1 = Weights("resnet152-394f9c45.pth", 78.312, 94.046, 60_192_808)
    IMAGENET1K_V2 = Weights("resnet152-f82ba261.pth", 82.284, 96.002, 60_192_808, resize_size=232)
    DEFAULT = IMAGENET1K_V2


class ResNeXt50_32X4D_Weights(WeightsEnum):
    """Trained weights of ResNeXt-50 32x4d."""

    IMAGENET1K_V1 = Weights("resnext50_32x4d-7cdf4587.pth", 77.618, 93.698, 25_028_904)
    IMAGENET1K_V2 = Weights("resnext50_32x4d-1a0047aa.pth", 81.198, 95.34, 25_028_904, resize_size=232)
    DEFAULT = IMAGENET1K_V2


class ResNeXt101_32X8D_Weights(WeightsEnum):
    """Trained weights of ResNeXt-101 32x8d."""

    IMAGENET1K_V1 = Weights("resnext101_32x8d-8ba56ff5.pth", 79.312, 94.526, 88_791_336)
    IMAGENET1K_V2 = Weights("resnext101_32x8d-110c445d.pth", 82.834, 96.228, 88_791_336, resize_size=232)
    DEFAULT = IMAGENET1K_V2


class ResNeXt101_64X4D_Weights(WeightsEnum):
    """Trained weights of ResNeXt-101 64x4d."""

    IMAGENET1K_V1 = Weights("resnext101_64x4d-173b62eb.pth", 83.246, 96.454, 83_455_272, resize_size=232)
    DEFAULT = IMAGENET1K_V1


class Wide_ResNet50_2_Weights(WeightsEnum):
    """Trained weights of Wide ResNet-50-2."""

    IMAGENET1K_V1 = Weights("wide_resnet50_2-95faca4d.pth", 78.468, 94.086, 68_883_240)
    IMAGENET1K_V2 = Weights("wide_resnet50_2-9ba9bcbe.pth", 81.602, 95.758, 68_883_240, resize_size=232)
    DEFAULT = IMAGENET1K_V2


class Wide_ResNet101_2_Weights(WeightsEnum):
    """Trained weights of Wide ResNet-101-2."""

    IMAGENET1K_V1 = Weights("wide_resnet101_2-32ee1156.pth", 78.848, 94.284, 126_886_696)
    IMAGENET1K_V2 = Weights("wide_resnet101_2-d733dc28.pth", 82.51, 96.02, 126_886_696, resize_size=232)
    DEFAULT = IMAGENET1K_V2


@register_model()
def resnet18(weights: ResNet18_Weights | None = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet-18: stages of 2, 2, 2 and 2 blocks, 11.7 million weights.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class ResNet, from num_classes on

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> model = resnet18(num_classes=10)
    >>> sum(parameter.numel() for parameter in model.parameters())
    11181642
    """
    return ResNet(BasicBlock, [2, 2, 2, 2], **kwargs)


@register_model()
def resnet34(weights: ResNet34_Weights | None = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet-34: stages of 3, 4, 6 and 3 blocks, 21.8 million weights.

    Arguments as for resnet18.

    >>> ResNet34_Weights.DEFAULT.url
    'https://download.pytorch.org/models/resnet34-b627a593.pth'
    """
    return ResNet(BasicBlock, [3, 4, 6, 3], **kwargs)


@register_model()
def resnet50(weights: ResNet50_Weights | None = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet-50: stages of 3, 4, 6 and 3 bottlenecks, 25.6 million weights.

    Arguments as for resnet18.

    >>> ResNet50_Weights.DEFAULT.url
    'https://download.pytorch.org/models/resnet50-11ad3fa6.pth'
    """
    return ResNet(Bottleneck, [3, 4, 6, 3], **kwargs)


@register_model()
def resnet101(weights: ResNet101_Weights | None = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet-101: stages of 3, 4, 23 and 3 bottlenecks, 44.5 million weights.

    Arguments as for resnet18.

    >>> ResNet101_Weights.DEFAULT.url
    'https://download.pytorch.org/models/resnet101-cd907fc2.pth'
    """
    return ResNet(Bottleneck, [3, 4, 23, 3], **kwargs)


@register_model()
def resnet152(weights: ResNet152_Weights | None = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNet-152: stages of 3, 8, 36 and 3 bottlenecks, 60.2 million weights.

    Arguments as for resnet18.

    >>> ResNet152_Weights.DEFAULT.url
    'https://download.pytorch.org/models/resnet152-f82ba261.pth'
    """
    return ResNet(Bottleneck, [3, 8, 36, 3], **kwargs)


@register_model()
def resnext50_32x4d(weights: ResNeXt50_32X4D_Weights | None = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNeXt-50 32x4d: ResNet-50, whose 3x3 convolutions have 32 groups of 4 channels and more; 25.0 million weights.

    Arguments as for resnet18.

    >>> ResNeXt50_32X4D_Weights.DEFAULT.url
    'https://download.pytorch.org/models/resnext50_32x4d-1a0047aa.pth'
    """
    kwargs = fixed(kwargs, groups=32, width_per_group=4)
    return ResNet(Bottleneck, [3, 4, 6, 3], **kwargs)


@register_model()
def resnext101_32x8d(weights: ResNeXt101_32X8D_Weights | None = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNeXt-101 32x8d: ResNet-101, whose 3x3 convolutions have 32 groups of 8 channels and more; 88.8 million weights.

    Arguments as for resnet18.

    >>> ResNeXt101_32X8D_Weights.DEFAULT.url
    'https://download.pytorch.org/models/resnext101_32x8d-110c445d.pth'
    """
    kwargs = fixed(kwargs, groups=32, width_per_group=8)
    return ResNet(Bottleneck, [3, 4, 23, 3], **kwargs)


@register_model()
def resnext101_64x4d(weights: ResNeXt101_64X4D_Weights | None = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """ResNeXt-101 64x4d: ResNet-101, whose 3x3 convolutions have 64 groups of 4 channels and more; 83.5 million weights.

    Arguments as for resnet18.

    >>> ResNeXt101_64X4D_Weights.DEFAULT.url
    'https://download.pytorch.org/models/resnext101_64x4d-173b62eb.pth'
    """
    kwargs = fixed(kwargs, groups=64, width_per_group=4)
    return ResNet(Bottleneck, [3, 4, 23, 3], **kwargs)


@register_model()
def wide_resnet50_2(weights: Wide_ResNet50_2_Weights | None = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """Wide ResNet-50-2: ResNet-50, whose 3x3 convolutions have twice the channels; 68.9 million weights.

    Arguments as for resnet18.

    >>> Wide_ResNet50_2_Weights.DEFAULT.url
    'https://download.pytorch.org/models/wide_resnet50_2-9ba9bcbe.pth'
    """
    kwargs = fixed(kwargs, width_per_group=128)
    return ResNet(Bottleneck, [3, 4, 6, 3], **kwargs)


@register_model()
def wide_resnet101_2(weights: Wide_ResNet101_2_Weights | None = None, progress: bool = True, **kwargs: Any) -> ResNet:
    """Wide ResNet-101-2: ResNet-101, whose 3x3 convolutions have twice the channels; 126.9 million weights.

    Arguments as for resnet18.

    >>> Wide_ResNet101_2_Weights.DEFAULT.url
    'https://download.pytorch.org/models/wide_resnet101_2-d733dc28.pth'
    """
    kwargs = fixed(kwargs, width_per_group=128)
    return ResNet(Bottleneck, [3, 4, 23, 3], **kwargs)
