"""CIFAR-10 and CIFAR-100: small pictures in colour, all of them in memory, as one array."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...autograd.tape import wrap
from ...dtypes import get_default_dtype
from ..cifar_files import fault_of, read_batch, read_names, unpack
from ..download import download as fetch
from ..download import has_sha256
from ..files import cache_dir
from ..pillow import image_of
from ..transforms.plain import Compose, Normalize, ToTensor
from .vision import VisionDataset

__all__ = ["CIFAR10", "CIFAR100"]

# MD5 of an archive, which torchvision compares -> SHA-256, which is compared here
_SHA256 = {
    "c58f30108f718f92721af3b95e74349a": "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    "eb9058c3a382ffc7106e4002c42a8d85": "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
}
_SLOWEST = 3600.0    # seconds for an archive of 170 MB


class CIFAR10(VisionDataset):
    """Pictures of 10 kinds of things, 50,000 to train on and 10,000 to test on (Krizhevsky, 2009).

    A sample is `(image, class)`: a Pillow image, or a uint8 array of shape (32, 32, 3) where Pillow is not installed,
    and an int; the transforms of `mtorch.vision.transforms` take either. `data` is an array of shape (N, 32, 32, 3),
    uint8, and `targets` a list of ints; `classes` has the names, and `class_to_idx` the number of each.

    Args:
        root: the files lie in `<root>/cifar-10-batches-py`, as torchvision has them; default: the user's cache.
        train: the part to train on, or the one to test on.
        transform, target_transform: what to do to the image and to the class of each sample.
        download: fetch the archive if a file is not there, or is damaged.

    Raises:
        RuntimeError: a file is not there or is damaged, and `download` is False.
        OSError: the archive cannot be fetched.
        ValueError: the archive that came, or what a file holds, is not what it should be.
        NotImplementedError: for `download`, of a subclass whose archive is another one.

    >>> from mtorch.vision.datasets import CIFAR10
    >>> CIFAR10("nowhere")
    Traceback (most recent call last):
        ...
    RuntimeError: Dataset not found or corrupted. You can use download=True to download it: nowhere/... is not there
    """

    base_folder = "cifar-10-batches-py"
    url = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
    filename = "cifar-10-python.tar.gz"
    tgz_md5 = "c58f30108f718f92721af3b95e74349a"
    train_list = [
        ["data_batch_1", "c99cafc152244af753f735de768cd75f"],
        ["data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"],
        ["data_batch_3", "54ebc095f3ab1f0389bbae665268c751"],
        ["data_batch_4", "634d18415352ddfa80567beed471001a"],
        ["data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb"],
    ]
    test_list = [["test_batch", "40351d587109b95175f43aff81a1287e"]]
    meta = {"filename": "batches.meta", "key": "label_names", "md5": "5ff9c542aee3614f3951f8cda6e48888"}

    data: np.ndarray
    targets: list[int]
    classes: list[str]
    class_to_idx: dict[str, int]

    def __init__(self, root: str | os.PathLike[str] | None = None, train: bool = True,
                 transform: Callable | None = None, target_transform: Callable | None = None,
                 download: bool = False) -> None:
        super().__init__(cache_dir() if root is None else root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self.download()
        if fault := self._fault(self.train_list + self.test_list):
            raise RuntimeError(f"Dataset not found or corrupted. You can use download=True to download it: {fault}")
        self._load_meta()
        parts = [read_batch(self._path(name), len(self.classes))
                 for name, _ in (self.train_list if train else self.test_list)]
        pixels = np.concatenate([pixels for pixels, _ in parts])
        self.data = pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)    # a view: a channel lies in one piece
        self.targets = [label for _, labels in parts for label in labels]

    def download(self) -> None:
        """Fetch the archive, if a file is not there or is damaged, and unpack it.

        An archive that lies in `root` already is not fetched again, if its SHA-256 is right.
        """
        files = [*self.train_list, *self.test_list, [self.meta["filename"], self.meta["md5"]]]
        if not self._fault(files):
            return
        sha256 = _SHA256.get(self.tgz_md5)
        if sha256 is None:
            raise NotImplementedError(f"{type(self).__name__}: what comes from the network is compared by its SHA-256, "
                                      f"and that of the archive with the MD5 {self.tgz_md5} is not known here; fetch "
                                      f"{self.url} and unpack it in {self.root}")
        archive = Path(self.root, self.filename)    # type: ignore[arg-type]
        if not has_sha256(archive, sha256):
            fetch(self.url, archive, sha256, total_timeout=_SLOWEST)
        unpack(archive, archive.parent, {f"{self.base_folder}/{name}": md5 for name, md5 in files})

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        """The picture, a Pillow image (an array of shape (32, 32, 3) where Pillow is missing), and the class, an int."""
        image, target = image_of(np.ascontiguousarray(self.data[index])), self.targets[index]
        return image if self.transform is None else self.transform(image), \
            target if self.target_transform is None else self.target_transform(target)

    def __getitems__(self, indices: Iterable[int]) -> list[tuple[Any, Any]]:
        """The samples of a batch: tensors of all the pictures at once, where the transform permits it."""
        steps = _after_to_tensor(self.transform)
        if steps is None or type(self).__getitem__ is not CIFAR10.__getitem__:
            return [self[index] for index in indices]
        places = [operator.index(index) for index in indices]
        pixels = np.asarray(self.data)[places].transpose(0, 3, 1, 2)
        images = wrap(np.divide(pixels, 255, dtype=get_default_dtype().numpy, order="C"))    # as ToTensor does
        for step in steps:
            images = step(images)
        targets = [self.targets[place] for place in places]
        if self.target_transform is not None:
            targets = [self.target_transform(target) for target in targets]
        return [(wrap(image), target) for image, target in zip(images.array, targets, strict=True)]

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train is True else 'Test'}"

    def _path(self, name: str) -> Path:
        return Path(self.root, self.base_folder, name)    # type: ignore[arg-type]

    def _fault(self, files: list[list[str]]) -> str:
        """What is wrong with the first of these files with which something is."""
        return next((fault for name, md5 in files if (fault := fault_of(self._path(name), md5))), "")

    def _check_integrity(self) -> bool:
        """Whether all the files are there, and whole; under the name that torchvision's subclasses call."""
        return not self._fault(self.train_list + self.test_list)

    def _load_meta(self) -> None:
        path = self._path(self.meta["filename"])
        if fault := fault_of(path, self.meta["md5"]):
            raise RuntimeError("Dataset metadata file not found or corrupted. You can use download=True to download it: "
                               f"{fault}")
        self.classes = read_names(path, self.meta["key"])
        self.class_to_idx = {name: number for number, name in enumerate(self.classes)}


def _after_to_tensor(transform: Any) -> Sequence[Normalize] | None:
    """What a transform does after ToTensor, if that is nothing but Normalize, which takes a whole batch; else None."""
    steps = transform.transforms if type(transform) is Compose else [transform]
    if type(steps) is list and steps and type(steps[0]) is ToTensor and all(type(step) is Normalize for step in steps[1:]):
        return steps[1:]
    return None


class CIFAR100(CIFAR10):
    """Pictures of 100 kinds of things, in the form of CIFAR10: 500 of each to train on and 100 to test on.

    Arguments, attributes and samples are as for CIFAR10; the files lie in `<root>/cifar-100-python`. The classes are the
    100 fine ones.

    >>> from mtorch.vision.datasets import CIFAR100
    >>> image, label = CIFAR100(download=True)[0]                      # doctest: +SKIP
    """

    base_folder = "cifar-100-python"
    url = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
    filename = "cifar-100-python.tar.gz"
    tgz_md5 = "eb9058c3a382ffc7106e4002c42a8d85"
    train_list = [["train", "16019d7e3df5f24257cddd939b257f8d"]]
    test_list = [["test", "f0ef6b0ae62326f3e7ffdfab6717acfc"]]
    meta = {"filename": "meta", "key": "fine_label_names", "md5": "7973b15100ade9c7d40fb424638fde48"}
