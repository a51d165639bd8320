"""Data sets of pictures, with torchvision's names, arguments and folders."""

from __future__ import annotations

from typing import Any

from ...missing import no_attribute as _no_attribute
from . import utils
from .cifar import CIFAR10, CIFAR100
from .fakedata import FakeData
from .folder import DatasetFolder, ImageFolder
from .mnist import KMNIST, MNIST, DrawnDigits, FashionMNIST
from .vision import VisionDataset


def __getattr__(name: str) -> Any:
    raise _no_attribute(__name__, name, globals())
