"""The files of CIFAR-10 and CIFAR-100: taken out of their archive and read, with nothing in a file taken on trust.

Each is a pickle that Python 2 wrote: a dict of lists, text and one NumPy array. Python's own reader of pickles calls
whatever function a file names. So the reader of .pt files reads them, with a table of the three names that an array
needs; whatever else a file names is refused.
Format: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009).
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..serialization import allowed
from ..serialization.errors import FileFormatError
from ..serialization.pickle_reader import PickleReader
from ..utils.files import replaced

__all__ = ["fault_of", "read_batch", "read_names", "read_pickle", "unpack"]

MAX_BYTES = 1 << 28  # of one file; the largest, CIFAR-100's to train on, has 155 MB
_PIXELS = 3 * 32 * 32
_NAMES = {name: allowed.TABLE[name] for name in (
    ("numpy", "ndarray"), ("numpy", "dtype"), ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"))}


def fault_of(path: str | os.PathLike[str], md5: str | None) -> str:
    """What is wrong with a file, or nothing, an empty text.

    Args:
        path: the file.
        md5: of its content, in hexadecimal; None where any content will do.
    """
    try:
        with open(path, "rb") as file:
            return "" if md5 is None or _md5(file) == md5.lower() else f"{path} is damaged, its MD5 is not {md5}"
    except (FileNotFoundError, NotADirectoryError):
        return f"{path} is not there"
    except IsADirectoryError:
        return f"{path} is a folder, expected a file"


def unpack(archive: str | os.PathLike[str], folder: str | os.PathLike[str], files: Mapping[str, str | None]) -> None:
    """Take files out of a .tar.gz into `folder`, each of them whole or not at all.

    Members are taken by their names: one that is not asked for stays in the archive, whatever it is and wherever it
    points to. A link is no file.

    Args:
        archive: the .tar.gz.
        folder: made if it is missing.
        files: name in the archive, and below `folder` -> MD5, or None where any content will do.

    Raises:
        ValueError: the archive is damaged, a file is not in it, is too large, or has another MD5.
    """
    left = dict(files)
    try:
        with tarfile.open(archive, "r:gz") as members:
            for member in members:
                if member.isreg() and member.name in left:
                    _take_out(members, member, Path(folder) / member.name, left.pop(member.name), archive)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{archive}: damaged, it does not unpack ({error})") from None
    if left:
        raise ValueError(f"{archive}: has no file {', '.join(left)}")


def _take_out(members: tarfile.TarFile, member: tarfile.TarInfo, path: Path, md5: str | None,
              archive: str | os.PathLike[str]) -> None:
    if member.size > MAX_BYTES:
        raise ValueError(f"{archive}: {member.name} has {member.size:,} bytes, expected at most {MAX_BYTES:,}")
    with replaced(path) as file:
        shutil.copyfileobj(members.extractfile(member), file)    # type: ignore[arg-type]
        file.seek(0)
        if md5 is not None and (came := _md5(file)) != md5.lower():
            raise ValueError(f"{archive}: the MD5 of {member.name} is {came}, expected {md5}")


def _md5(file: Any) -> str:
    return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def read_pickle(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a pickled dict of numbers, text, lists and arrays, as Python 2 or 3 wrote it. Nothing in it is run.

    Python 2's text, which may be bytes, is read as latin-1.

    Raises:
        FileFormatError: the file is damaged, or names something that is no part of an array.
        ValueError: it holds no dict, or is too large.
    """
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_BYTES:
            raise ValueError(f"{path}: {size:,} bytes, expected at most {MAX_BYTES:,}")
        data = file.read()
    try:
        held = PickleReader(data, _find, _refuse, _refuse, _refuse, _build, encoding="latin1").load()
    except FileFormatError as error:
        raise FileFormatError(f"{path}: {error}") from error.__cause__
    if type(held) is not dict:
        raise ValueError(f"{path}: holds a {type(held).__name__}, expected a dict")
    return held


def _find(module: str, name: str) -> Any:
    if (module, name) not in _NAMES:
        raise FileFormatError(f"names {f'{module}.{name}'[:100]!r}, which is no part of a NumPy array")
    return _NAMES[module, name]


def _refuse(*parts: Any) -> Any:
    raise FileFormatError("makes something else than numbers, text, lists, dicts and NumPy arrays")


def _build(instance: Any, state: Any) -> None:
    if type(instance) is np.ndarray and type(state) is tuple and len(state) == 5 and type(state[4]) is str:
        state = (*state[:4], state[4].encode("latin1"))    # the numbers, which to Python 2 were text
    if not allowed.build(instance, state):
        _refuse()


def read_batch(path: str | os.PathLike[str], classes: int) -> tuple[np.ndarray, list[int]]:
    """Read the pictures of a file, uint8 of shape (N, 3072), and the class of each, below `classes`.

    Raises:
        FileFormatError: the file is damaged, or names something that is no part of an array.
        ValueError: it does not hold that.
    """
    held = read_pickle(path)
    pixels = held.get("data")
    labels = held.get("labels", held.get("fine_labels"))
    if type(pixels) is not np.ndarray or pixels.dtype != np.uint8 or pixels.ndim != 2 or pixels.shape[1] != _PIXELS:
        came = f"{pixels.dtype} of shape {pixels.shape}" if isinstance(pixels, np.ndarray) else type(pixels).__name__
        raise ValueError(f"{path}: 'data' is {came}, expected an array of uint8 of shape (N, {_PIXELS})")
    if type(labels) is not list or not all(type(label) is int and 0 <= label < classes for label in labels):
        raise ValueError(f"{path}: the labels are not a list of ints from 0 to {classes - 1}")
    if len(labels) != len(pixels):
        raise ValueError(f"{path}: {len(labels)} labels, expected {len(pixels)}, one for each picture")
    return pixels, labels


def read_names(path: str | os.PathLike[str], key: str) -> list[str]:
    """Read the names of the classes, which the file holds under `key`.

    Raises:
        FileFormatError: the file is damaged, or names something that is no part of an array.
        ValueError: it does not hold that.
    """
    names = read_pickle(path).get(key)
    if type(names) is not list or not names or not all(type(name) is str for name in names):
        raise ValueError(f"{path}: {key!r} is not a list of names")
    return names
