"""MNIST, the data sets made after it, and the digits that mtorch draws itself.

All of them are small grey pictures that fit in memory, so each is two tensors, `data` and `targets`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...autograd.tape import wrap
from ...tensor import Tensor
from ..download import download_all
from ..drawn_digits import load_drawn_digits
from ..idx import find_idx, read_split
from ..pillow import image_of
from .vision import VisionDataset, folder_of

__all__ = ["KMNIST", "MNIST", "DrawnDigits", "FashionMNIST"]

_PARTS = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def _files(*digests: str) -> dict[str, str]:
    return {f"{part}.gz": digest for part, digest in zip(_PARTS, digests, strict=True)}


def _renamed(old: str, new: str) -> property:
    """An attribute's name of 2018, which old programs still use."""

    def get(self: MNIST) -> Tensor:
        warnings.warn(f"{old} has been renamed {new}", stacklevel=2)
        return getattr(self, new)

    return property(get, doc=f"The old name of `{new}`.")


class _Pictures(VisionDataset):
    """Pictures and class numbers in memory."""

    classes: Sequence[str]
    data: Tensor
    targets: Tensor

    def __init__(self, root: Path, images: np.ndarray, labels: np.ndarray, train: bool,
                 transform: Callable | None, target_transform: Callable | None) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        self.data = wrap(images)
        self.targets = wrap(labels.astype(np.int64))

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        """The picture, a Pillow image (an array of shape (28, 28) where Pillow is missing), and the class, an int."""
        image, target = image_of(self.data.array[index]), int(self.targets.array[index])
        return image if self.transform is None else self.transform(image), \
            target if self.target_transform is None else self.target_transform(target)

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The number of each class, by its name."""
        return {name: number for number, name in enumerate(self.classes)}

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train is True else 'Test'}"


class MNIST(_Pictures):
    """Handwritten digits, 60,000 to train on and 10,000 to test on (LeCun, Cortes and Burges, 1998).

    A sample is `(image, class)`: a Pillow image, or a uint8 array of shape (28, 28) where Pillow is not installed, and
    an int; the transforms of `mtorch.vision.transforms` take either. Whole tensors are faster than samples: `data` has
    shape (N, 28, 28), uint8, and `targets` (N,), int64.

    Args:
        root: the files lie in `<root>/MNIST/raw`, as torchvision has them, plain or `.gz`; default: the user's cache.
        train: the part to train on, or the one to test on.
        transform, target_transform: what to do to the image and to the class of each sample.
        download: fetch the files if they are not there, or are damaged.

    Raises:
        RuntimeError: the files are not there and `download` is False.
        ConnectionError: no mirror gave a file.
        ValueError: a file is damaged, or is not what its name says.

    >>> from mtorch.vision.datasets import MNIST
    >>> MNIST("nowhere")
    Traceback (most recent call last):
        ...
    RuntimeError: Dataset not found. nowhere/MNIST/raw is not a folder; ... You can use download=True to download it
    """

    mirrors: Sequence[str] = (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    )
    files: Mapping[str, str] = _files(
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    )
    classes = ["0 - zero", "1 - one", "2 - two", "3 - three", "4 - four",
               "5 - five", "6 - six", "7 - seven", "8 - eight", "9 - nine"]

    def __init__(self, root: str | os.PathLike[str] | None = None, train: bool = True,
                 transform: Callable | None = None, target_transform: Callable | None = None,
                 download: bool = False) -> None:
        self.root = folder_of(root)
        if download:
            self.download()
        try:
            images, labels = self._read(train)
        except FileNotFoundError as error:
            raise RuntimeError(f"Dataset not found. {error}. You can use download=True to download it") from None
        except ValueError as damage:
            if not download:
                raise
            try:
                download_all(self.files, self.mirrors, self.raw_folder)    # keeps those that are whole
            except OSError as error:
                raise ValueError(f"{damage}; it could not be fetched again: {error}") from error
            images, labels = self._read(train)
        super().__init__(folder_of(root), images, labels, train, transform, target_transform)

    @property
    def raw_folder(self) -> Path:
        """Where the files lie."""
        return folder_of(self.root) / type(self).__name__ / "raw"

    def download(self) -> None:
        """Fetch the files that are not there, whole or not at all, compared with their published SHA-256."""
        missing = {name: digest for name, digest in self.files.items() if not self._has(name)}
        if missing:
            download_all(missing, self.mirrors, self.raw_folder)

    def _read(self, train: bool) -> tuple[np.ndarray, np.ndarray]:
        return read_split(self.raw_folder, "train" if train else "t10k", len(self.classes))

    def _has(self, name: str) -> bool:
        stem, _, kind = name.removesuffix(".gz").partition("-idx")
        try:
            find_idx(self.raw_folder, stem, f"idx{kind}")
        except FileNotFoundError:
            return False
        return True

    train_data = _renamed("train_data", "data")
    test_data = _renamed("test_data", "data")
    train_labels = _renamed("train_labels", "targets")
    test_labels = _renamed("test_labels", "targets")


class FashionMNIST(MNIST):
    """Pictures of clothes in the form of MNIST (Xiao, Rasul and Vollgraf, 2017); arguments and samples as for MNIST.

    >>> from mtorch.vision.datasets import FashionMNIST
    >>> image, label = FashionMNIST(download=True)[0]                      # doctest: +SKIP
    """

    mirrors = (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    )
    files = _files(
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    )
    classes = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


class KMNIST(MNIST):
    """Japanese characters in the form of MNIST (Clanuwat and others, 2018); arguments and samples as for MNIST.

    >>> from mtorch.vision.datasets import KMNIST
    >>> image, label = KMNIST(download=True)[0]                      # doctest: +SKIP
    """

    mirrors = ("https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/")
    files = _files(
        "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
        "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
        "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
        "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
    )
    classes = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]


class DrawnDigits(_Pictures):
    """Handwriting-like digits that mtorch draws itself: 60,000 to train on, 10,000 to test on, without any network.

    They have the form of MNIST and are not MNIST. Samples, `data`, `targets` and transforms are as for MNIST.

    Args:
        root: the folder in which they are kept once drawn; default: the user's cache.
        train: the part to train on, or the one to test on.
        transform, target_transform: what to do to the image and to the class of each sample.

    >>> from mtorch.vision.datasets import DrawnDigits
    >>> digits = DrawnDigits(root=".", train=False)
    >>> digits.data.shape, digits.data.dtype, digits.targets[:4]
    (torch.Size([10000, 28, 28]), torch.uint8, tensor([8, 2, 1, 2]))
    """

    classes = MNIST.classes

    def __init__(self, root: str | os.PathLike[str] | None = None, train: bool = True,
                 transform: Callable | None = None, target_transform: Callable | None = None) -> None:
        folder = folder_of(root)
        super().__init__(folder, *load_drawn_digits(train, folder), train, transform, target_transform)
