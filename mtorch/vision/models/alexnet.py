"""AlexNet: the network that won the ImageNet challenge of 2012 by a wide margin, and made deep learning the way to see.

Five convolutions look at ever larger parts of the picture: 11x11 pixels at first, in steps of 4, then 5x5 and 3x3; three
times the maximum of 3x3 places halves the resolution.  Three linear layers decide, with dropout before the first two: nearly
all of the 61 million weights are theirs.  ReLU instead of tanh made it train several times faster.

This is the variant for one graphics card, without the paper's normalisation of local responses.

Sources: Krizhevsky, Sutskever & Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", NIPS 2012;
Krizhevsky, "One Weird Trick for Parallelizing Convolutional Neural Networks", 2014, arXiv:1404.5997, whose widths it has.
"""
from __future__ import annotations

from typing import Any

from ... import nn
from ...tensor import Tensor
from ._api import Weights, WeightsEnum, register_model

__all__ = ["AlexNet", "AlexNet_Weights", "alexnet"]


class AlexNet(nn.Module):
    """Five convolutions, three linear layers.

    num_classes: how many scores come out
    dropout: the probability with which a value is left out before each of the first two linear layers

    Shape: (N, 3, H, W), H and W >= 63 -> (N, num_classes).  Meant for 224x224; a picture of other size is averaged to
    6x6 places before the linear layers.
    Raises: ValueError for a dropout outside [0, 1]; RuntimeError for other channels, and a picture that is too small.

    >>> import mtorch
    >>> model = AlexNet(num_classes=10).eval()
    >>> model(mtorch.zeros(1, 3, 63, 63)).shape
    torch.Size([1, 10])
    """

    def __init__(self, num_classes: int = 1000, dropout: float = 0.5) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2), nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(64, 192, kernel_size=5, padding=2), nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
            nn.Conv2d(192, 384, kernel_size=3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(384, 256, kernel_size=3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(256, 256, kernel_size=3, padding=1), nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(inplace=True),
            nn.Dropout(p=dropout), nn.Linear(4096, 4096), nn.ReLU(inplace=True),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """A score for each class."""
        x = self.avgpool(self.features(x))
        return self.classifier(x.flatten(1))


class AlexNet_Weights(WeightsEnum):
    """Trained weights of AlexNet."""

    IMAGENET1K_V1 = Weights("alexnet-owt-7be5be79.pth", 56.522, 79.066, 61_100_840)
    DEFAULT = IMAGENET1K_V1


@register_model()
def alexnet(weights: AlexNet_Weights | None = None, progress: bool = True, **kwargs: Any) -> AlexNet:
    """AlexNet: 8 layers, 61.1 million weights.

    weights: trained ones, which are fetched; None for first ones, drawn
    progress: show how the download goes on
    kwargs: of the class, num_classes and dropout

    Raises: OSError where weights cannot be fetched; ValueError for another number of classes than they have.

    >>> AlexNet_Weights.DEFAULT.url
    'https://download.pytorch.org/models/alexnet-owt-7be5be79.pth'
    """
    return AlexNet(**kwargs)
