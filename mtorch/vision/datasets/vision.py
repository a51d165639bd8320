"""What the data sets of pictures have in common: where they lie, what is done to each sample, how they print."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ...utils.data.dataset import Dataset
from ..files import cache_dir

__all__ = ["StandardTransform", "VisionDataset"]


class VisionDataset(Dataset):
    """A data set of pictures and targets; subclasses define `__getitem__` and `__len__`.

    Args:
        root: the folder it lies in.
        transforms: called as `transforms(image, target)`, gives both.
        transform, target_transform: one for each, instead of `transforms`.

    Raises:
        ValueError: when both kinds are given.

    >>> from mtorch.vision.datasets import VisionDataset
    >>> class Dots(VisionDataset):
    ...     def __len__(self):
    ...         return 3
    >>> Dots("some/folder")
    Dataset Dots
        Number of datapoints: 3
        Root location: some/folder
    """

    def __init__(self, root: str | os.PathLike[str] | None = None, transforms: Callable | None = None,
                 transform: Callable | None = None, target_transform: Callable | None = None) -> None:
        separate = transform is not None or target_transform is not None
        if transforms is not None and separate:
            raise ValueError("Only transforms or transform/target_transform can be passed as argument")
        self.root = os.path.expanduser(root) if isinstance(root, str) else root
        self.transform = transform
        self.target_transform = target_transform
        self.transforms = StandardTransform(transform, target_transform) if separate else transforms

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} does not define __len__")

    def __repr__(self) -> str:
        lines = [f"Number of datapoints: {len(self)}"]
        if self.root is not None:
            lines.append(f"Root location: {self.root}")
        lines += self.extra_repr().splitlines()
        if self.transforms is not None:
            lines.append(repr(self.transforms))
        return "\n    ".join([f"Dataset {type(self).__name__}", *lines])

    def extra_repr(self) -> str:
        """What a subclass adds to its repr, a line or more."""
        return ""


class StandardTransform:
    """A transform for the image and one for the target, as one for both.

    >>> from mtorch.vision.datasets.vision import StandardTransform
    >>> StandardTransform(str.upper, abs)("a", -2)
    ('A', 2)
    """

    def __init__(self, transform: Callable | None = None, target_transform: Callable | None = None) -> None:
        self.transform = transform
        self.target_transform = target_transform

    def __call__(self, input: Any, target: Any) -> tuple[Any, Any]:
        if self.transform is not None:
            input = self.transform(input)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return input, target

    def __repr__(self) -> str:
        named = [("Transform: ", self.transform), ("Target transform: ", self.target_transform)]
        lines = [name + repr(part).replace("\n", "\n" + " " * len(name)) for name, part in named if part is not None]
        return "\n".join([type(self).__name__, *lines])


def folder_of(root: str | os.PathLike[str] | None) -> Path:
    """The folder that a user means: `~` is the home, None the user's cache."""
    return cache_dir() if root is None else Path(root).expanduser()
