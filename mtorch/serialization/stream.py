"""The form that torch wrote before 1.6, and still writes when asked: pickles one after another, then the storages.

    a magic number | 1001 | which machine wrote it | the object | the storages' keys | of each storage its count and elements

Many weights that were published before 2020 are in it.  The object's pickle comes before the numbers that it refers to,
so the arrays are made as it is read and filled afterwards, as torch does it.
"""
from __future__ import annotations

import os
import pickle
import struct
from typing import IO, Any

import numpy as np

from .allowed import Storage, expect, size_in_file, storage_id
from .classes import read
from .elements import Elements
from .errors import FileFormatError
from .kinds import decoded, warn_of_decoded
from .pickle_writer import PickleWriter, little_endian

MAGIC_NUMBER = 0x1950A86A20F9469CFC6C
PROTOCOL_VERSION = 1001
_MACHINE = {"protocol_version": PROTOCOL_VERSION, "little_endian": True,
            "type_sizes": {"short": 2, "int": 4, "long": 4}}
_COUNT = struct.Struct("<q")


def write(writer: PickleWriter, file: IO[bytes]) -> None:
    """Write what the writer, made with `old_form`, has made of an object."""
    for value in (MAGIC_NUMBER, PROTOCOL_VERSION, _MACHINE):
        file.write(pickle.dumps(value, 2))
    file.write(writer.data)
    file.write(pickle.dumps([str(key) for key in range(len(writer.storages))], 2))
    for storage in writer.storages:
        file.write(_COUNT.pack(storage.size))
        file.write(little_endian(storage).data)


class Loader(Elements):
    """One file of this form while it is read.

    file    at its beginning
    name    what to call it
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__()
        self.file = file
        self.name = name
        self.room = file.seek(0, os.SEEK_END)              # bytes that the storages may still claim
        self.storages: dict[str, tuple[str, int, np.ndarray]] = {}         # key -> kind, count, its bytes
        self.views: dict[tuple[str, int, int], np.ndarray] = {}            # parts of them that old files name

    def load(self, classes: bool, encoding: str) -> Any:
        """The object of the file.

        Raises:
            FileFormatError: for whatever is wrong with it.
        """
        self.file.seek(0)
        try:
            expect(self._plain() == MAGIC_NUMBER, "it is a pickle, but not one that torch's save has written")
            expect(self._plain() == PROTOCOL_VERSION, f"its protocol is not {PROTOCOL_VERSION}")
            self._plain()
            loaded = read(_next_pickle(self.file), self.storage, classes, encoding)
            self._fill(self._plain())
        except (FileFormatError, OSError, MemoryError) as error:
            raise FileFormatError(f"{self.name}: {error}") from error.__cause__
        warn_of_decoded(self.became(), self.name)
        return loaded

    def _plain(self) -> Any:
        return read(_next_pickle(self.file), _no_storage, False, "utf-8")

    def storage(self, key: tuple) -> Any:
        """What a persistent id stands for: ("storage", kind, key, location, count, part), or ("module", class, its source)."""
        if len(key) == 4 and type(key[0]) is str and key[0] == "module":
            expect(isinstance(key[1], type), "the class of a module is no class")
            return key[1]
        expect(len(key) == 6, "the id of a storage is not understood")
        kind, number, count = storage_id(key[:5])
        if number not in self.storages:
            size = size_in_file(kind.name, count)
            self.room -= size
            expect(count >= 0 and self.room >= 0, "its storages are to hold more than the file does")
            self.storages[number] = kind.name, count, np.zeros(size, np.uint8)
        known, length, raw = self.storages[number]
        expect((known, length) == (kind.name, count), f"storage {number[:40]!r} is of two kinds")
        if key[5] is None:
            return Storage(raw, kind.name, self)
        return Storage(self._part(number, kind.name, key[5]), kind.name, self)

    def _part(self, number: str, kind: str, part: Any) -> np.ndarray:
        """The bytes of a part of a storage, (key, offset, count) in elements: what files of before 0.4 have for views."""
        expect(type(part) is tuple and len(part) == 3 and type(part[1]) is type(part[2]) is int, "the part of a storage is "
               "not understood")
        _, length, raw = self.storages[number]
        _, offset, count = part
        expect(0 <= offset and 0 <= count and offset + count <= length, "a part of a storage reaches outside it")
        width = size_in_file(kind, 1)
        return self.views.setdefault((number, offset, count), raw[offset * width:(offset + count) * width])

    def _fill(self, keys: Any) -> None:
        """Read the storages' numbers into the arrays that were made of them."""
        expect(type(keys) is list and all(type(key) is str for key in keys) and sorted(keys) == sorted(self.storages),
               "it lists other storages than its object has")
        for key in keys:
            _, count, raw = self.storages[key]
            head = self.file.read(_COUNT.size)
            expect(len(head) == _COUNT.size, f"it is cut off before storage {key[:40]!r}")
            expect(_COUNT.unpack(head) == (count,), f"storage {key[:40]!r} is to have {count} elements, and has another number")
            read_bytes = 0
            while more := self.file.readinto(raw.data[read_bytes:]):       # type: ignore[attr-defined]
                read_bytes += more
            expect(read_bytes == raw.size, f"it is cut off in storage {key[:40]!r}")
        for (_, kind), (raw, array) in self.arrays.items():
            try:
                again = decoded(raw, kind)
            except ValueError as error:
                raise FileFormatError(str(error)) from None
            if not np.may_share_memory(array, raw):
                array[...] = again


def _next_pickle(file: IO[bytes]) -> bytes:
    """The bytes of the pickle that begins here.  Its end is found without running any of it."""
    from pickletools import genops                       # only files of this form need it, and it takes a while
    start = file.tell()
    try:
        for _ in genops(file):
            pass
    except (ValueError, OverflowError, IndexError, KeyError, struct.error) as error:
        raise FileFormatError(f"the pickle is damaged: {error}") from error
    length = file.tell() - start
    file.seek(start)
    return file.read(length)


def _no_storage(key: tuple) -> Any:
    raise FileFormatError("a storage stands before the object")


def begins_so(start: bytes) -> bool:
    """Is this the beginning of a pickle, which a file of this form has and an archive has not?"""
    return start[:1] == pickle.PROTO and len(start) > 1 and start[1] in range(2, pickle.HIGHEST_PROTOCOL + 1)
