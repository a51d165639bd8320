"""The zip archive around a .pt file: members under one top folder, stored as they are, their data aligned.

Reading trusts nothing: names are only ever looked up in the archive's own list, sizes are checked against the file
before anything is unpacked, and whatever the zip reader stumbles over is a FileFormatError.
"""
from __future__ import annotations

import contextlib
import mmap
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np

from .errors import FileFormatError

ALIGNMENT = 64
_WIDEST = 16                     # bytes of a complex128: elements that do not begin at a multiple of their size are slow
_HEADER = struct.Struct("<4s22xHH")      # of a member: its signature, and how long its name and its extra field are
_TOO_LARGE = 1 << 26             # bytes; an archive that unpacks to more than this may not unpack to
_MOST_TIMES = 20                # more than so many times its own size


class Writer:
    """Writes members one after another; used as a context."""

    def __init__(self, file: BinaryIO, folder: str) -> None:
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self.folder = folder

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: Any, *rest: Any) -> None:
        with contextlib.suppress(*[OSError] if kind else []):      # the file is given up: the first error is to be seen
            self.zip.close()

    def write(self, name: str, data: bytes | memoryview) -> None:
        """Add a member.  An unused extra field of the header pads it, so that the data begin at a multiple of 64."""
        info = zipfile.ZipInfo(f"{self.folder}/{name}")          # dated 1980: equal objects make equal files
        info.file_size = len(data)
        header = 30 + len(info.filename.encode()) + 4 + (20 if len(data) * 1.05 > zipfile.ZIP64_LIMIT else 0)
        padding = -(self.zip.fp.tell() + header) % ALIGNMENT     # type: ignore[union-attr]
        info.extra = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
        with self.zip.open(info, "w") as member:
            member.write(data)


class Reader:
    """The members of an archive, without the top folder's name.

    Raises:
        FileFormatError: when it is no archive, is damaged, has names that lead outside, or would unpack to far more
            than its own size.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self.mapping: mmap.mmap | None = None
        with self.checked():
            size = file.seek(0, os.SEEK_END)
            self.zip = zipfile.ZipFile(file)
            members = self.zip.infolist()
        self._refuse_bombs(members, size)
        folders = {m.filename.partition("/")[0] for m in members}
        if len(folders) != 1 or not all("/" in m.filename for m in members):
            raise FileFormatError(f"{name}: the members of the archive are not in one folder, as those of a .pt file "
                                  "are")
        self.members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            inside = member.filename.partition("/")[2]
            parts = member.filename.split("/")
            if ".." in parts or "\\" in member.filename or "\0" in member.orig_filename:
                raise FileFormatError(f"{name}: a member of the archive is called {member.filename!r}")
            if inside in self.members:
                raise FileFormatError(f"{name}: the archive has two members called {member.filename!r}")
            self.members[inside] = member

    def _refuse_bombs(self, members: list[zipfile.ZipInfo], size: int) -> None:
        unpacked = sum(m.file_size for m in members)
        if unpacked > _TOO_LARGE and unpacked > _MOST_TIMES * size:
            raise FileFormatError(f"{self.name}: {size:,} bytes would unpack to {unpacked:,}")
        if sum(m.compress_size for m in members) > size:
            raise FileFormatError(f"{self.name}: members of the archive lie over each other, or beyond its end")

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def size(self, name: str) -> int:
        """The bytes of a member."""
        return self.members[name].file_size

    def read(self, name: str) -> bytes:
        """The content of a member."""
        return self.read_array(name).tobytes()

    def read_array(self, name: str) -> np.ndarray:
        """The content of a member as bytes that may be written to (uint8)."""
        if name not in self.members:
            raise FileFormatError(f"{self.name}: the archive has no member {name!r}")
        with self.checked(), self.zip.open(self.members[name]) as member:
            data = np.empty(self.size(name), np.uint8)
            read = 0
            while count := member.readinto(data.data[read:]):      # type: ignore[attr-defined]
                read += count
            if read != len(data) or member.read(1):      # reading to the end also checks the checksum
                raise FileFormatError(f"{self.name}: {name!r} has not the size the archive says")
        return data

    def map_array(self, name: str) -> np.ndarray:
        """As read_array, the bytes brought from the file when they are used, by the system; no checksum is looked at."""
        member = self.members[name]
        if member.compress_type != zipfile.ZIP_STORED:
            return self.read_array(name)
        with self.checked():
            if self.mapping is None:
                self.mapping = mmap.mmap(self.zip.fp.fileno(), 0, access=mmap.ACCESS_COPY)   # type: ignore[union-attr]
            head = self.mapping[member.header_offset:member.header_offset + _HEADER.size]
            signature, name_length, extra_length = _HEADER.unpack(head)
            start = member.header_offset + _HEADER.size + name_length + extra_length
            if signature != b"PK\3\4" or start + member.file_size > len(self.mapping):
                raise FileFormatError(f"{self.name}: {name!r} does not lie where the archive says")
            if start % _WIDEST or not member.file_size:
                return self.read_array(name)
            return np.frombuffer(self.mapping, np.uint8, member.file_size, start)

    @contextlib.contextmanager
    def checked(self) -> Iterator[None]:
        """Make one kind of error of all that a zip reader may raise."""
        try:
            yield
        except FileFormatError:
            raise
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError, struct.error, IndexError, KeyError,
                NotImplementedError, RuntimeError, UnicodeError, AttributeError, OSError, MemoryError) as error:
            raise FileFormatError(f"{self.name}: failed reading zip archive: {error}") from error
