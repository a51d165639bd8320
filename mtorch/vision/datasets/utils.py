"""torchvision.datasets.utils: what data sets of a program's own use to fetch, check and unpack their files."""
from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import os
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

from ..download import download

__all__ = ["calculate_md5", "check_integrity", "check_md5", "download_and_extract_archive", "download_file_from_google_drive",
           "download_url", "extract_archive", "iterable_to_str", "list_dir", "list_files", "verify_str_arg"]

StrPath = str | os.PathLike[str]

_COMPRESSED: dict[str, Callable[..., Any]] = {".bz2": bz2.open, ".gz": gzip.open, ".xz": lzma.open}
_TARS = {".tar", ".tbz", ".tbz2", ".tgz"}


def calculate_md5(fpath: StrPath, chunk_size: int = 1 << 20) -> str:
    """The MD5 of a file, in hexadecimal; it is read chunk_size bytes at a time.

    >>> path = Path("numbers.txt")
    >>> _ = path.write_bytes(b"1 2 3")
    >>> calculate_md5(path)
    '5ba48b6e5a7c4d4930fda256f411e55b'
    """
    md5 = hashlib.md5(usedforsecurity=False)
    with open(fpath, "rb") as file:
        while piece := file.read(chunk_size):
            md5.update(piece)
    return md5.hexdigest()


def check_md5(fpath: StrPath, md5: str, **kwargs: Any) -> bool:
    """Does the file have this MD5?"""
    return calculate_md5(fpath, **kwargs) == md5


def check_integrity(fpath: StrPath, md5: str | None = None) -> bool:
    """Is there such a file, and does it have this MD5, if one is given?"""
    return os.path.isfile(fpath) and (md5 is None or check_md5(fpath, md5))


def download_url(url: str, root: StrPath, filename: StrPath | None = None, md5: str | None = None,
                 max_redirect_hops: int = 3) -> None:
    """Fetch a file into a folder, unless it is there already.

    url: http or https
    root: the folder, made if it is missing
    filename: what the file is to be called; the last part of url unless given
    md5: what its MD5 must be, in hexadecimal; None for any content
    max_redirect_hops: taken, and of no effect

    Raises: OSError for a host that cannot be reached or breaks off; ValueError for another kind of url; RuntimeError for a
        file with another MD5.
    """
    path = Path(root).expanduser() / (filename or os.path.basename(url))
    path.parent.mkdir(parents=True, exist_ok=True)
    if check_integrity(path, md5):
        return
    download(url, path, "", total_timeout=float("inf"), max_bytes=sys.maxsize)
    if not check_integrity(path, md5):
        raise RuntimeError(f"File not found or corrupted: {path} has MD5 {calculate_md5(path)}, expected {md5}")


def extract_archive(from_path: StrPath, to_path: StrPath | None = None, remove_finished: bool = False) -> StrPath:
    """Unpack a tar or zip archive into a folder, or a compressed file beside which no archive stands.

    from_path: ending in .zip, .tar, .tgz, .tbz, .tbz2 or one of .gz, .xz, .bz2, which a .tar may come before
    to_path: the folder; that of the file unless given
    remove_finished: delete the file afterwards

    Returns: the folder, or the unpacked file; a string if from_path is one.
    Raises: RuntimeError for another ending; tarfile.FilterError for an archive with files that are to lie outside the folder.

    >>> with gzip.open("numbers.txt.gz", "wb") as file:
    ...     _ = file.write(b"1 2 3")
    >>> extract_archive("numbers.txt.gz", "there"), Path("there/numbers.txt").read_text()
    ('there/numbers.txt', '1 2 3')
    """
    path = Path(from_path)
    suffix = path.suffix
    target = path.parent if to_path is None else Path(to_path)
    target.mkdir(parents=True, exist_ok=True)
    if suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(target)
    elif suffix in _TARS or path.suffixes[-2:-1] == [".tar"]:
        with tarfile.open(path) as archive:
            archive.extractall(target, filter="data")
    elif suffix in _COMPRESSED:
        target /= path.stem
        with _COMPRESSED[suffix](path, "rb") as packed, open(target, "wb") as file:
            shutil.copyfileobj(packed, file)
    else:
        raise RuntimeError(f"Unknown compression or archive type: {suffix!r} of {path.name!r}; known are "
                           f"{sorted({'.zip', *_TARS, *_COMPRESSED})}")
    if remove_finished:
        path.unlink()
    return str(target) if isinstance(from_path, str) else target


def download_and_extract_archive(url: str, download_root: StrPath, extract_root: StrPath | None = None,
                                 filename: StrPath | None = None, md5: str | None = None,
                                 remove_finished: bool = False) -> None:
    """`download_url` into a folder, and `extract_archive` into extract_root, which is the same folder unless given."""
    root = Path(download_root).expanduser()
    filename = filename or os.path.basename(url)
    download_url(url, root, filename, md5)
    extract_archive(root / filename, extract_root or root, remove_finished)


def download_file_from_google_drive(file_id: str, root: StrPath, filename: StrPath | None = None,
                                    md5: str | None = None) -> NoReturn:
    """Not here: an error, for the files there are given out page by page, to browsers."""
    raise NotImplementedError(f"download_file_from_google_drive: fetch {file_id} by hand and put it into {root}")


def list_dir(root: StrPath, prefix: bool = False) -> list[str]:
    """The names of the folders in a folder; with prefix, their paths."""
    return [found.path if prefix else found.name for found in os.scandir(os.path.expanduser(root)) if found.is_dir()]


def list_files(root: StrPath, suffix: str | tuple[str, ...], prefix: bool = False) -> list[str]:
    """The names of the files in a folder that end so; with prefix, their paths."""
    return [found.path if prefix else found.name for found in os.scandir(os.path.expanduser(root))
            if found.is_file() and found.name.endswith(suffix)]


def iterable_to_str(iterable: Iterable) -> str:
    """The items between quotes, with commas.

    >>> print(iterable_to_str(["train", "test"]))
    'train', 'test'
    """
    return "'" + "', '".join(str(item) for item in iterable) + "'"


def verify_str_arg(value: Any, arg: str | None = None, valid_values: Iterable[str] | None = None,
                   custom_msg: str | None = None) -> str:
    """The value, which must be a string, and one of those that are valid.

    arg: the argument's name, for the messages
    valid_values: None for any
    custom_msg: what to say of another value

    Raises: ValueError for what is no string, and another string.

    >>> verify_str_arg("test", "split", ("train", "test"))
    'test'
    """
    if not isinstance(value, str):
        raise ValueError(f"Expected type str{f' for argument {arg}' if arg else ''}, but got type {type(value)}.")
    if valid_values is not None and value not in (valid := list(valid_values)):
        raise ValueError(custom_msg or f"Unknown value '{value}' for argument {arg}. Valid values are "
                                       f"{{{iterable_to_str(valid)}}}.")
    return value
