"""Data sets of pictures, with torchvision's names, arguments and folders."""

from __future__ import annotations

from .folder import DatasetFolder, ImageFolder
from .mnist import KMNIST, MNIST, DrawnDigits, FashionMNIST
from .vision import VisionDataset
