"""GoogLeNet: several sizes of kernels at once, and 22 layers with a tenth of AlexNet's weights.

What kernel is right for a layer depends on how large the thing is that it should see.  So an Inception block has four
branches, whose channels come one after the other: 1x1; 1x1 and then 3x3; 1x1 and then, in the paper, 5x5; a maximum and then
1x1.  The 1x1 convolutions before the larger ones make the channels few, and the larger ones affordable.  An average over all
places, in the place of large linear layers, leads to the scores.

In training, two further classifiers look at what there is halfway, so that the loss reaches the lower layers by a shorter
way.  In training mode a call therefore gives three answers, `GoogLeNetOutputs(logits, aux_logits2, aux_logits1)`; the paper
adds 0.3 times the loss of each of the latter two.

As in torchvision, the third branch has 3x3 convolutions, as a mistake had it that was published with trained weights, and
every convolution is normalised, which the paper's are not.  The published weights are loaded into a model with
`transform_input=True`, as they were trained with pictures normalised in another way.

Sources: Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke & Rabinovich, "Going Deeper with Convolutions", CVPR
2015, arXiv:1409.4842, table 1; normalisation: Ioffe & Szegedy, "Batch Normalization", ICML 2015, arXiv:1502.03167.
"""
from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from ... import nn
from ...functions.joining import cat
from ...nn import functional as F
from ...tensor import Tensor
from ._api import Weights, WeightsEnum, register_model, trained

__all__ = ["GoogLeNet", "GoogLeNetOutputs", "GoogLeNet_Weights", "googlenet"]


class GoogLeNetOutputs(NamedTuple):
    """What a GoogLeNet in training gives.

    logits: the scores
    aux_logits2, aux_logits1: those of the classifiers halfway, the later one first

    Raises: TypeError for other than three values.

    >>> GoogLeNetOutputs(1, 2, 3).aux_logits1
    3
    """

    logits: Tensor
    aux_logits2: Tensor | None
    aux_logits1: Tensor | None


_GoogLeNetOutputs = GoogLeNetOutputs


class BasicConv2d(nn.Module):
    """A convolution, a normalisation, a ReLU.

    in_channels, out_channels: of the convolution
    kwargs: others of nn.Conv2d

    Shape: that of nn.Conv2d.
    Raises: what nn.Conv2d raises.

    >>> import mtorch
    >>> BasicConv2d(3, 8, kernel_size=3, padding=1)(mtorch.zeros(1, 3, 5, 5)).shape
    torch.Size([1, 8, 5, 5])
    """

    def __init__(self, in_channels: int, out_channels: int, **kwargs: Any) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, bias=False, **kwargs)
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        """What the three give."""
        return F.relu(self.bn(self.conv(x)), inplace=True)


class Inception(nn.Module):
    """Four branches side by side.

    in_channels: that come in
    ch1x1: of the first branch
    ch3x3red, ch3x3: of the second, before and after its 3x3 convolution
    ch5x5red, ch5x5: of the third, likewise
    pool_proj: of the fourth, after the maximum
    conv_block: makes a convolution; default: BasicConv2d

    Shape: (N, in_channels, H, W) -> (N, ch1x1 + ch3x3 + ch5x5 + pool_proj, H, W).
    Raises: RuntimeError for other channels.

    >>> import mtorch
    >>> Inception(8, 4, 2, 4, 2, 4, 4)(mtorch.zeros(1, 8, 5, 5)).shape
    torch.Size([1, 16, 5, 5])
    """

    def __init__(self, in_channels: int, ch1x1: int, ch3x3red: int, ch3x3: int, ch5x5red: int, ch5x5: int, pool_proj: int,
                 conv_block: Callable[..., nn.Module] | None = None) -> None:
        super().__init__()
        if conv_block is None:
            conv_block = BasicConv2d
        self.branch1 = conv_block(in_channels, ch1x1, kernel_size=1)
        self.branch2 = nn.Sequential(conv_block(in_channels, ch3x3red, kernel_size=1),
                                     conv_block(ch3x3red, ch3x3, kernel_size=3, padding=1))
        self.branch3 = nn.Sequential(conv_block(in_channels, ch5x5red, kernel_size=1),
                                     conv_block(ch5x5red, ch5x5, kernel_size=3, padding=1))
        self.branch4 = nn.Sequential(nn.MaxPool2d(kernel_size=3, stride=1, padding=1, ceil_mode=True),
                                     conv_block(in_channels, pool_proj, kernel_size=1))

    def _forward(self, x: Tensor) -> list[Tensor]:
        return [self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)]

    def forward(self, x: Tensor) -> Tensor:
        """The channels of all branches."""
        return cat(self._forward(x), 1)


class InceptionAux(nn.Module):
    """A classifier for what there is halfway: the mean of 4x4 regions, a 1x1 convolution, two linear layers.

    in_channels: that come in
    num_classes: how many scores come out
    conv_block: makes a convolution; default: BasicConv2d
    dropout: the probability with which a value is left out before the last linear layer

    Shape: (N, in_channels, H, W) -> (N, num_classes).
    Raises: ValueError for a dropout outside [0, 1]; RuntimeError for other channels.

    >>> import mtorch
    >>> InceptionAux(8, 10)(mtorch.zeros(2, 8, 5, 5)).shape
    torch.Size([2, 10])
    """

    def __init__(self, in_channels: int, num_classes: int, conv_block: Callable[..., nn.Module] | None = None,
                 dropout: float = 0.7) -> None:
        super().__init__()
        if conv_block is None:
            conv_block = BasicConv2d
        self.conv = conv_block(in_channels, 128, kernel_size=1)
        self.fc1 = nn.Linear(2048, 1024)
        self.fc2 = nn.Linear(1024, num_classes)
        self.dropout = nn.Dropout(p=dropout)

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        x = self.conv(F.adaptive_avg_pool2d(x, (4, 4)))
        x = F.relu(self.fc1(x.flatten(1)), inplace=True)
        return self.fc2(self.dropout(x))


class GoogLeNet(nn.Module):
    """Three convolutions, nine Inception blocks, an average, a linear layer; and in training two classifiers halfway.

    num_classes: how many scores come out
    aux_logits: with the two classifiers halfway
    transform_input: take pictures normalised by ImageNet's mean and standard deviation, and make [-1, 1] of [0, 1]
    init_weights: normal weights with standard deviation 0.01; None is True, with a warning, as in torchvision
    blocks: what makes a convolution, an Inception block, and a classifier halfway
    dropout: the probability with which a value is left out before the linear layer
    dropout_aux: likewise in the classifiers halfway

    Shape: (N, 3, H, W), H and W >= 15 -> (N, num_classes); in training with aux_logits, three of these.  Meant for 224x224.
    Raises: ValueError for other than three blocks, and a dropout outside [0, 1]; RuntimeError for other channels.

    >>> import mtorch
    >>> model = GoogLeNet(num_classes=10, aux_logits=False, init_weights=False)
    >>> model(mtorch.zeros(2, 3, 32, 32)).shape
    torch.Size([2, 10])
    """

    def __init__(self, num_classes: int = 1000, aux_logits: bool = True, transform_input: bool = False,
                 init_weights: bool | None = None, blocks: list[Callable[..., nn.Module]] | None = None,
                 dropout: float = 0.2, dropout_aux: float = 0.7) -> None:
        super().__init__()
        if blocks is None:
            blocks = [BasicConv2d, Inception, InceptionAux]
        if init_weights is None:
            warnings.warn("The default weight initialization of GoogleNet will be changed in future releases of "
                          "torchvision. If you wish to keep the old behavior (which leads to long initialization times "
                          "due to scipy/scipy#11299), please set init_weights=True.", FutureWarning, stacklevel=2)
            init_weights = True
        if len(blocks) != 3:
            raise ValueError(f"blocks length should be 3 instead of {len(blocks)}")
        conv, inception, aux = blocks
        self.aux_logits = aux_logits
        self.transform_input = transform_input

        self.conv1 = conv(3, 64, kernel_size=7, stride=2, padding=3)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv2 = conv(64, 64, kernel_size=1)
        self.conv3 = conv(64, 192, kernel_size=3, padding=1)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception3a = inception(192, 64, 96, 128, 16, 32, 32)
        self.inception3b = inception(256, 128, 128, 192, 32, 96, 64)
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception4a = inception(480, 192, 96, 208, 16, 48, 64)
        self.inception4b = inception(512, 160, 112, 224, 24, 64, 64)
        self.inception4c = inception(512, 128, 128, 256, 24, 64, 64)
        self.inception4d = inception(512, 112, 144, 288, 32, 64, 64)
        self.inception4e = inception(528, 256, 160, 320, 32, 128, 128)
        self.maxpool4 = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.inception5a = inception(832, 256, 160, 320, 32, 128, 128)
        self.inception5b = inception(832, 384, 192, 384, 48, 128, 128)
        self.aux1 = aux(512, num_classes, dropout=dropout_aux) if aux_logits else None
        self.aux2 = aux(528, num_classes, dropout=dropout_aux) if aux_logits else None
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(p=dropout)
        self.fc = nn.Linear(1024, num_classes)
        if init_weights:
            for module in self.modules():
                if isinstance(module, (nn.Conv2d, nn.Linear)):
                    nn.init.trunc_normal_(module.weight, mean=0.0, std=0.01, a=-2, b=2)

    def _transform_input(self, x: Tensor) -> Tensor:
        """Pictures less ImageNet's mean, divided by its standard deviation -> pictures less 0.5, divided by 0.5."""
        if not self.transform_input:
            return x
        channels = zip(x.unbind(1), (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
        return cat([channel.unsqueeze(1) * (std / 0.5) + (mean - 0.5) / 0.5 for channel, mean, std in channels], 1)

    def _forward(self, x: Tensor) -> tuple[Tensor, Tensor | None, Tensor | None]:
        x = self.maxpool1(self.conv1(x))
        x = self.maxpool2(self.conv3(self.conv2(x)))
        x = self.maxpool3(self.inception3b(self.inception3a(x)))
        x = self.inception4a(x)
        aux1 = self.aux1(x) if self.aux1 is not None and self.training else None
        x = self.inception4d(self.inception4c(self.inception4b(x)))
        aux2 = self.aux2(x) if self.aux2 is not None and self.training else None
        x = self.maxpool4(self.inception4e(x))
        x = self.avgpool(self.inception5b(self.inception5a(x)))
        return self.fc(self.dropout(x.flatten(1))), aux2, aux1

    def forward(self, x: Tensor) -> Any:
        """A score for each class; in training with aux_logits, GoogLeNetOutputs."""
        logits, aux2, aux1 = self._forward(self._transform_input(x))
        return GoogLeNetOutputs(logits, aux2, aux1) if self.training and self.aux_logits else logits


class GoogLeNet_Weights(WeightsEnum):
    """Trained weights of GoogLeNet."""

    IMAGENET1K_V1 = Weights("googlenet-1378be20.pth", 69.778, 89.53, 6_624_904)
    DEFAULT = IMAGENET1K_V1

def _with_weights(make: Callable[..., Any], weights: WeightsEnum, progress: bool, config: dict[str, Any]) -> GoogLeNet:
    """The file has classifiers halfway, which were not trained: they are dropped unless they are asked for."""
    model = trained(make, weights, progress, {"transform_input": True, **config}, aux_logits=True, init_weights=False,
                    num_classes=1000)
    assert isinstance(model, GoogLeNet)
    if config.get("aux_logits"):
        warnings.warn("auxiliary heads in the pretrained googlenet model are NOT pretrained, so make sure to train them",
                      stacklevel=3)
    else:
        model.aux_logits, model.aux1, model.aux2 = False, None, None
    return model



@register_model(load=_with_weights)
def googlenet(weights: GoogLeNet_Weights | None = None, progress: bool = True, **kwargs: Any) -> GoogLeNet:
    """GoogLeNet: 6.6 million weights, and as many again in the classifiers halfway.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class GoogLeNet, from num_classes on; with weights transform_input is True unless given, and the
        classifiers halfway are left away unless aux_logits asks for them

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> model = googlenet(aux_logits=False, init_weights=False)
    >>> sum(parameter.numel() for parameter in model.parameters())
    6624904
    """
    return GoogLeNet(**kwargs)
