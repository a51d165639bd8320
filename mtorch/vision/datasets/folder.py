"""Data sets that are a folder for each class, with a file for each sample."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from ..pillow import required
from .vision import VisionDataset

__all__ = ["IMG_EXTENSIONS", "DatasetFolder", "ImageFolder", "default_loader", "find_classes", "make_dataset",
           "pil_loader"]

IMG_EXTENSIONS = (".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp")


def find_classes(directory: str | os.PathLike[str]) -> tuple[list[str], dict[str, int]]:
    """The names of the folders in `directory`, sorted, and the number of each.

    Raises:
        FileNotFoundError: there is none.

    >>> for name in ("b", "a"):
    ...     os.makedirs(f"pets/{name}")
    >>> find_classes("pets")
    (['a', 'b'], {'a': 0, 'b': 1})
    """
    with os.scandir(directory) as entries:
        classes = sorted(entry.name for entry in entries if entry.is_dir())
    if not classes:
        raise FileNotFoundError(f"Couldn't find any class folder in {directory}.")
    return classes, {name: number for number, name in enumerate(classes)}


def make_dataset(directory: str | os.PathLike[str], class_to_idx: dict[str, int] | None = None,
                 extensions: str | tuple[str, ...] | None = None, is_valid_file: Callable[[str], bool] | None = None,
                 allow_empty: bool = False) -> list[tuple[str, int]]:
    """The files below each class's folder, sorted, each with its class's number.

    Args:
        directory: has the classes' folders.
        class_to_idx: the number of each class, not empty; default: as `find_classes` finds them.
        extensions: what the names of files end in, in lower case; either this or `is_valid_file` is given.
        is_valid_file: tells by its path whether a file is a sample.
        allow_empty: accept a class without a file.

    Raises:
        ValueError: for a wrong combination of arguments.
        FileNotFoundError: a class has no file.
    """
    directory = os.path.expanduser(directory)
    if class_to_idx is None:
        class_to_idx = find_classes(directory)[1]
    if not class_to_idx:
        raise ValueError("'class_to_index' must have at least one entry to collect any samples.")
    if (extensions is None) == (is_valid_file is None):
        raise ValueError("Both extensions and is_valid_file cannot be None or not None at the same time")

    def is_sample(path: str) -> bool:
        return is_valid_file(path) if is_valid_file is not None else path.lower().endswith(extensions)  # type: ignore

    samples = [(path, number) for name, number in sorted(class_to_idx.items())
               for path in _files_below(os.path.join(directory, name)) if is_sample(path)]
    found = {number for _, number in samples}
    empty = [name for name, number in sorted(class_to_idx.items()) if number not in found]
    if empty and not allow_empty:
        message = f"Found no valid file for the classes {', '.join(empty)}. "
        if extensions is not None:
            known = extensions if isinstance(extensions, str) else ", ".join(extensions)
            message += f"Supported extensions are: {known}"
        raise FileNotFoundError(message)
    return samples


def _files_below(folder: str) -> list[str]:
    return [os.path.join(below, name) for below, _, names in sorted(os.walk(folder, followlinks=True))
            for name in sorted(names)]


def pil_loader(path: str | os.PathLike[str]) -> Any:
    """Read a picture of any format that Pillow knows, as a Pillow image in RGB.

    path: of the picture

    Raises: ImportError without Pillow; OSError where there is no such file; PIL.UnidentifiedImageError (an OSError) for
    what is no picture.
    """
    with open(path, "rb") as file:
        return required("reading pictures").open(file).convert("RGB")


default_loader = pil_loader      # torchvision's other name for it, where it may choose between libraries


class DatasetFolder(VisionDataset):
    """Samples of any kind in a folder for each class: `root/cat/1.txt`, `root/dog/a/b.txt`.

    Args:
        root: has the classes' folders; subclasses may override `find_classes` and `make_dataset`.
        loader: makes a sample of a path.
        extensions, is_valid_file, allow_empty: which files are samples, as in `make_dataset`.
        transform, target_transform: what to do to each sample and to its class.

    Raises:
        FileNotFoundError: there is no folder root, no class in it, or a class without a sample.
        ValueError: both or neither of extensions and is_valid_file are given.

    >>> from pathlib import Path
    >>> os.makedirs("texts/short")
    >>> for name in ("b.txt", "a.txt", "notes.md"):
    ...     size = Path("texts/short", name).write_text(name)
    >>> from mtorch.vision.datasets import DatasetFolder
    >>> texts = DatasetFolder("texts", loader=lambda path: Path(path).read_text(), extensions=(".txt",))
    >>> list(texts)
    [('a.txt', 0), ('b.txt', 0)]
    """

    def __init__(self, root: str | os.PathLike[str], loader: Callable[[str], Any],
                 extensions: tuple[str, ...] | None = None, transform: Callable | None = None,
                 target_transform: Callable | None = None, is_valid_file: Callable[[str], bool] | None = None,
                 allow_empty: bool = False) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        root = os.path.expanduser(root)
        self.classes, self.class_to_idx = self.find_classes(root)
        self.loader = loader
        self.extensions = extensions
        self.samples = self.make_dataset(root, class_to_idx=self.class_to_idx, extensions=extensions,
                                         is_valid_file=is_valid_file, allow_empty=allow_empty)
        self.targets = [target for _, target in self.samples]

    find_classes = staticmethod(find_classes)
    make_dataset = staticmethod(make_dataset)

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        path, target = self.samples[index]
        sample = self.loader(path)
        return sample if self.transform is None else self.transform(sample), \
            target if self.target_transform is None else self.target_transform(target)


class ImageFolder(DatasetFolder):
    """Pictures in a folder for each class: `root/cat/1.png`, `root/dog/a/b.jpg`. Reading them needs Pillow.

    Args:
        root: has the classes' folders.
        transform, target_transform: what to do to each picture and to its class.
        loader: makes a picture of a path; default: a Pillow image in RGB.
        is_valid_file: tells by its path whether a file is a picture; default: by its extension.
        allow_empty: accept a class without a picture.

    Raises:
        FileNotFoundError: no classes, or a class without a picture.
        ImportError: when a picture is read and Pillow is not installed.

    >>> from mtorch.vision.datasets import ImageFolder
    >>> photos = ImageFolder("photos")                            # doctest: +SKIP
    >>> photos.classes                                            # doctest: +SKIP
    ['cat', 'dog']
    """

    def __init__(self, root: str | os.PathLike[str], transform: Callable | None = None,
                 target_transform: Callable | None = None, loader: Callable[[str], Any] = pil_loader,
                 is_valid_file: Callable[[str], bool] | None = None, allow_empty: bool = False) -> None:
        super().__init__(root, loader, IMG_EXTENSIONS if is_valid_file is None else None, transform, target_transform,
                         is_valid_file, allow_empty)
        self.imgs = self.samples
