"""IDX, the file format of MNIST: read and written, with nothing in a file taken on trust.

A file is a 4-byte magic number (0, 0, kind of number, number of dimensions), one big-endian u32 for each dimension,
then the numbers, big-endian; the whole may be packed with gzip. A file from elsewhere may be cut short, be of another
kind than its name says, or claim (or unpack to) terabytes, so a header's claim is compared with the size of the file
before memory is reserved, and unpacking stops at the first byte too many.
Format: Y. LeCun, C. Cortes, C. Burges, "The MNIST database".
"""

from __future__ import annotations

import gzip
import math
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..utils.files import replaced

__all__ = ["find_idx", "read_idx", "read_images", "read_labels", "read_split", "write_idx"]

MAX_BYTES = 1 << 30  # of numbers in one file; the largest of the family in use, EMNIST by class, has 547 MB

_KINDS = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CODES = {np.dtype(kind).newbyteorder("="): code for code, kind in _KINDS.items()}
_PIECE = 1 << 20
_DEFLATE_AT_BEST = 1032  # zlib's documented limit: one packed byte holds at most 1,032
_GZIP_MAGIC = b"\x1f\x8b"


def read_idx(path: str | os.PathLike[str], max_bytes: int = MAX_BYTES) -> np.ndarray:
    """Read an IDX file, plain or gzip (told by its content, not its name), into an array in native byte order.

    Args:
        path: the file.
        max_bytes: the most bytes of numbers to accept; a file that claims more is refused before any is read.

    Raises:
        ValueError: the file is not IDX, is truncated or damaged, holds more than its header says, or claims more than
            `max_bytes`.

    >>> write_idx("squares.gz", np.arange(4, dtype=np.uint8) ** 2)
    >>> read_idx("squares.gz")
    array([0, 1, 4, 9], dtype=uint8)
    """
    path = Path(path)
    packed_size = path.stat().st_size
    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP_MAGIC
        file.seek(0)
        pieces = _unpacked(file, path) if is_packed else iter(lambda: file.read(_PIECE), b"")
        start, dtype, shape, header_size = _read_header(pieces, path)
        size = math.prod(shape) * dtype.itemsize
        claim = f"{path}: the header {_describe(dtype, shape)} needs {size:,} bytes of numbers"
        if size > max_bytes:
            raise ValueError(f"{claim}, more than the {max_bytes:,} that are accepted")
        _check_file_size(claim, packed_size, header_size + size, is_packed)
        numbers = _read_numbers(claim, start, pieces, size)
    return numbers.view(dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)


def write_idx(path: str | os.PathLike[str], array: np.ndarray) -> None:
    """Write an array as IDX, packed with gzip when `path` ends in `.gz`; an interruption leaves the old file as it was.

    Args:
        path: the file to make or replace.
        array: uint8, int8, int16, int32, float32 or float64, of 1 to 255 dimensions.

    Raises:
        TypeError: IDX has no code for the array's dtype.
        ValueError: IDX cannot hold the array's shape.

    >>> write_idx("pixels", np.zeros((2, 28, 28), np.uint8))
    >>> Path("pixels").stat().st_size == 4 + 3 * 4 + 2 * 28 * 28
    True
    """
    array = np.asarray(array)
    code = _CODES.get(array.dtype.newbyteorder("="))
    if code is None:
        known = ", ".join(str(dtype) for dtype in _CODES)
        raise TypeError(f"write_idx: array has dtype {array.dtype}, IDX holds {known}")
    if not 1 <= array.ndim <= 255 or max(array.shape) >= 1 << 32:
        raise ValueError(f"write_idx: array has shape {array.shape}, IDX holds 1 to 255 dimensions below 2**32")
    header = bytes([0, 0, code, array.ndim]) + np.asarray(array.shape, ">u4").tobytes()
    numbers = np.ascontiguousarray(array, _KINDS[code]).reshape(-1).view(np.uint8).data  # no second copy in memory
    with replaced(path) as file:
        if str(path).endswith(".gz"):
            # No name and time inside: equal arrays give equal files. Level 1 packs digits 4 times faster, 15 % larger.
            with gzip.GzipFile("", "wb", compresslevel=1, fileobj=file, mtime=0) as packed:
                packed.write(header)
                packed.write(numbers)
        else:
            file.write(header)
            file.write(numbers)


def read_images(path: str | os.PathLike[str], max_bytes: int = MAX_BYTES) -> np.ndarray:
    """Read an IDX file of grey images: uint8 of shape (N, rows, columns), with at least one image and one pixel."""
    images = read_idx(path, max_bytes)
    if images.dtype != np.uint8 or images.ndim != 3 or images.size == 0:
        expected = "images: uint8 of shape (N, rows, columns), N > 0"
        raise ValueError(f"{path}: holds {_describe(images.dtype, images.shape)}, expected {expected}")
    return images


def read_labels(path: str | os.PathLike[str], classes: int = 10, max_bytes: int = MAX_BYTES) -> np.ndarray:
    """Read an IDX file of labels: uint8 of shape (N,), each in [0, classes)."""
    labels = read_idx(path, max_bytes)
    if labels.dtype != np.uint8 or labels.ndim != 1:
        raise ValueError(f"{path}: holds {_describe(labels.dtype, labels.shape)}, expected labels: uint8 of shape (N,)")
    if labels.size and labels.max() >= classes:
        where = int(np.argmax(labels >= classes))
        raise ValueError(f"{path}: label {labels[where]} at index {where}, expected labels from 0 to {classes - 1}")
    return labels


def find_idx(folder: str | os.PathLike[str], stem: str, kind: str) -> Path:
    """The file `<stem>-<kind>` in `folder`, plain or with `.gz`, also with a dot for the dash as some archives have it.

    Args:
        folder: where to look.
        stem: such as `train-images`.
        kind: such as `idx3-ubyte`.

    Raises:
        FileNotFoundError: there is none.
    """
    folder = Path(folder)
    names = [f"{stem}{dash}{kind}{packed}" for dash in "-." for packed in ("", ".gz")]
    for name in names:
        if (folder / name).is_file():
            return folder / name
    state = "has none of the files" if folder.is_dir() else "is not a folder; expected one with one of"
    raise FileNotFoundError(f"{folder} {state} {', '.join(names)}")


def read_split(folder: str | os.PathLike[str], split: str, classes: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Read the images and labels of one part of a data set that is stored as MNIST is.

    Args:
        folder: has `<split>-images-idx3-ubyte` and `<split>-labels-idx1-ubyte`, plain or `.gz`.
        split: `train` or `t10k`, as MNIST names its parts.
        classes: labels must be below this.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file is not what it should be, or there are not as many labels as images.

    >>> from mtorch.vision import read_split
    >>> try:
    ...     read_split(".", "train")
    ... except FileNotFoundError as error:
    ...     print("train-images" in str(error))
    True
    """
    images_path = find_idx(folder, f"{split}-images", "idx3-ubyte")
    labels_path = find_idx(folder, f"{split}-labels", "idx1-ubyte")
    images, labels = read_images(images_path), read_labels(labels_path, classes)
    if len(images) != len(labels):
        expected = f"{len(images)}, one for each image in {images_path}"
        raise ValueError(f"{labels_path}: {len(labels)} labels, expected {expected}")
    return images, labels


def _describe(dtype: np.dtype, shape: tuple[int, ...]) -> str:
    return f"({dtype.newbyteorder('=')}, {' x '.join(map(str, shape))})"


def _unpacked(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """Unpack one gzip stream, a bounded piece at a time; zlib itself compares the checksum at the end."""
    unpacker = zlib.decompressobj(wbits=31)
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail or file.read(_PIECE)
        if not packed:
            raise ValueError(f"{path}: truncated, the packed content breaks off; expected a whole gzip file")
        try:
            piece = unpacker.decompress(packed, _PIECE)
        except zlib.error as error:
            raise ValueError(f"{path}: damaged, its content does not unpack ({error}); expected gzip") from None
        if piece:
            yield piece
    after = unpacker.unused_data + file.read(_PIECE)
    if after.strip(b"\0"):  # zeros are padding that some tools add
        raise ValueError(f"{path}: oversized, {len(after):,} or more bytes follow the gzip data, expected none")


def _read_header(pieces: Iterator[bytes], path: Path) -> tuple[bytes, np.dtype, tuple[int, ...], int]:
    """Return the bytes after the header that came with it, the kind and shape of the array, the header's size."""
    start = _at_least(4, b"", pieces)
    if len(start) < 4:
        raise ValueError(f"{path}: {len(start)} bytes, expected an IDX file, which begins with a header of 8 or more")
    zeros, code, dimensions = start[:2], start[2], start[3]
    if zeros != b"\0\0" or code not in _KINDS or dimensions == 0:
        expected = "0000, a kind from 08 to 0e, dimensions from 01: 00000803 for images, 00000801 for labels"
        raise ValueError(f"{path}: begins with {start[:4].hex()}, expected the magic number of IDX ({expected})")
    header_size = 4 + 4 * dimensions
    start = _at_least(header_size, start, pieces)
    if len(start) < header_size:
        raise ValueError(f"{path}: truncated, {len(start)} bytes, expected a header of {header_size}")
    shape = tuple(int(size) for size in np.frombuffer(start, ">u4", dimensions, 4))
    return start[header_size:], np.dtype(_KINDS[code]), shape, header_size


def _at_least(size: int, start: bytes, pieces: Iterator[bytes]) -> bytes:
    while len(start) < size and (piece := next(pieces, b"")):
        start += piece
    return start


def _check_file_size(claim: str, came: int, expected: int, is_packed: bool) -> None:
    """Refuse, before memory is reserved, a file that cannot hold what its header says, or is far too large for it."""
    if is_packed:
        fewest, most = expected // _DEFLATE_AT_BEST, expected + expected // 1000 + _PIECE
        if came > most:
            raise ValueError(f"{claim}, the file has {came:,} bytes packed, expected at most {most:,}: oversized")
        if came < fewest:
            raise ValueError(f"{claim}, the file has {came:,} bytes packed, expected {fewest:,} or more: truncated")
    elif came != expected:
        fault = "truncated" if came < expected else "oversized"
        raise ValueError(f"{claim}, the file has {came:,} bytes, expected {expected:,} with the header: {fault}")


def _read_numbers(claim: str, start: bytes, pieces: Iterator[bytes], size: int) -> np.ndarray:
    numbers = np.empty(size, np.uint8)
    filled, piece = 0, start
    while True:
        end = filled + len(piece)
        if end > size:
            raise ValueError(f"{claim}, more than that came: oversized or mislabelled")
        numbers[filled:end] = np.frombuffer(piece, np.uint8)
        filled = end
        piece = next(pieces, b"")
        if not piece:
            break
    if filled < size:
        raise ValueError(f"{claim}, only {filled:,} came: truncated")
    return numbers
