"""`save` and `load`: objects in files of torch's own form (.pt, .pth), which both libraries open.

A .pt file is a zip archive.  `data.pkl` in it is a pickle of the object, in which each tensor is a reference to its storage;
each storage is a member of its own.  See archive.py, pickle_writer.py and pickle_reader.py for the three parts, and
stream.py for the form that torch wrote before 1.6.
"""
from __future__ import annotations

import codecs
import contextlib
import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..device import device as Device
from ..utils.files import replaced
from . import archive, stream
from .allowed import Storage, size_in_file, storage_id
from .classes import read
from .elements import Elements
from .errors import FileFormatError
from .kinds import warn_of_decoded
from .pickle_writer import PickleWriter, little_endian

_LONGEST_PICKLE = 1 << 28         # bytes


def save(obj: Any, f: str | os.PathLike | IO[bytes], pickle_module: Any = None, pickle_protocol: int = 2,
         _use_new_zipfile_serialization: bool = True) -> None:
    """Save an object: tensors, numbers, text, lists, tuples, dicts and sets of them, state_dicts, whole Modules.

    Other objects are written as Python's pickle does, a class by its name and its values: `argparse.Namespace`, dataclasses,
    dates, paths, optimizers, schedulers, distributions.

    obj               what to save
    f                 a path, which is replaced in one step when the file is complete, and whose folder is made where
                      it is missing; or a file open for writing bytes
    pickle_module     None or `pickle`; no other is there
    pickle_protocol   protocol 2, torch's default, is written in any case, and read by what reads the later ones
    _use_new_zipfile_serialization  False: the form that torch before 1.6 reads, see stream.py

    torch's `load(f, weights_only=True)` opens the file, unless there are NumPy values, frozensets, whole Modules or such
    other objects in it.  As in torch, a view is saved with the memory of the whole tensor that it was taken of
    (`x[0].clone()` saves less).

    Raises:
        TypeError: for an object that could not be loaded again: a lambda, a generator, an open file.
        ValueError: for a protocol that there is not, and for nesting too deep to follow.
        AttributeError: for an f that is neither a path nor a file.
        NotImplementedError: for another pickle module.
        OSError: where the file cannot be written.

    >>> import mtorch
    >>> mtorch.save({"weight": mtorch.ones(2), "epoch": 3}, "model.pt")
    >>> mtorch.load("model.pt")
    {'weight': tensor([1., 1.]), 'epoch': 3}
    """
    if pickle_protocol not in range(pickle.HIGHEST_PROTOCOL + 1):
        raise ValueError(f"save: pickle protocol must be <= {pickle.HIGHEST_PROTOCOL}, got {pickle_protocol!r}")
    if pickle_module not in (None, pickle):
        raise NotImplementedError("save: only Python's own form of pickle is written")
    if not isinstance(f, (str, os.PathLike)) and not hasattr(f, "write"):
        raise AttributeError(f"save: f is a {type(f).__name__}, expected a path or a file open for writing bytes")
    writer = PickleWriter(old_form=not _use_new_zipfile_serialization)
    writer.dump(obj)                             # before a file is touched
    if isinstance(f, (str, os.PathLike)):
        with replaced(f) as file:
            _write(writer, file, Path(f).stem or "archive")
    else:
        _write(writer, f, "archive")


def _write(writer: PickleWriter, file: Any, folder: str) -> None:
    if writer.old_form:
        stream.write(writer, file)
        return
    digest = hashlib.sha256(writer.data)
    with archive.Writer(file, folder) as members:
        members.write("data.pkl", bytes(writer.data))
        members.write(".format_version", b"1")
        members.write(".storage_alignment", str(archive.ALIGNMENT).encode())
        members.write("byteorder", b"little")
        for key, storage in enumerate(writer.storages):
            raw = little_endian(storage)
            digest.update(raw.data)
            members.write(f"data/{key}", raw.data)
        members.write("version", b"3\n")
        members.write(".data/serialization_id", str(int(digest.hexdigest(), 16))[:40].encode())


def load(f: str | os.PathLike | IO[bytes], map_location: Any = None, pickle_module: Any = None, *,
         weights_only: bool = True, mmap: bool | None = None, **pickle_load_args: Any) -> Any:
    """Load what `save`, here or in torch, has saved.

    f             a path, or a file open for reading bytes that can seek
    map_location  accepted as far as it names the CPU: tensors of other devices come to the CPU in any case
    pickle_module None; torch's choice of a pickle module is not there
    weights_only  True: plain data, and what the program has allowed by `serialization.add_safe_globals`.  False: also
                  harmless types of Python's (Namespace, defaultdict, deque, dates, paths), whole Modules, and instances of
                  classes that this program has defined or imported, made without being called; unlike torch, a class with
                  a `__new__`, `__setstate__` or `__del__` of its own, and functions, must be allowed then, too
    mmap          True: storages are not read but mapped into memory, where the system brings what is used; f is a path, and
                  what is written into the tensors does not come into the file
    pickle_load_args  of torch's, for its pickle module, only `encoding`: of the text in files that Python 2 wrote, "utf-8"
                  unless given; "bytes" leaves it as bytes

    A tensor of an 8-bit float or of complex32 becomes float32 or complex64 with the same values, with a warning; `save` writes
    it in its own type again, as long as all its numbers are of it.

    Raises:
        FileFormatError: (a pickle.UnpicklingError and a RuntimeError) for a file that is damaged, or names something
            that is not allowed.  Nothing in the file is ever run or imported.
        TypeError: for an f that is neither a path nor a file.
        OSError, EOFError: where there is no such file; where it is empty.
        ValueError: for mmap=True with a file that is open, and an encoding that there is not.
        RuntimeError: for mmap=True with a file in the form of before torch 1.6.
        NotImplementedError: for another map_location.

    >>> import io, mtorch
    >>> file = io.BytesIO()
    >>> mtorch.save(mtorch.nn.Linear(2, 1).state_dict(), file)
    >>> list(mtorch.load(file))
    ['weight', 'bias']
    """
    if mmap and not isinstance(f, (str, os.PathLike)):
        raise ValueError(f"load: f must be a path in order to use the mmap argument, got a {type(f).__name__}")
    if pickle_module is not None or set(pickle_load_args) - {"encoding"}:
        raise NotImplementedError("load: there is no choice of a pickle module here, nor arguments for one")
    if not isinstance(weights_only, (bool, type(None))):
        raise TypeError(f"load: weights_only is a {type(weights_only).__name__}, expected a bool")
    _check_location(map_location)
    with _opened(f) as (file, name):
        how = weights_only is False, _encoding(**pickle_load_args)
        if not stream.begins_so(_start(file, name)):
            return _Loader(archive.Reader(file, name), name, bool(mmap)).load(*how)
        if mmap:
            raise RuntimeError(f"load: mmap can only be used with files in torch's form since 1.6, and {name} has the one "
                               "before; load it without, and save it again")
        return stream.Loader(file, name).load(*how)


class _Loader(Elements):
    """What is shared by the tensors of one file: its storages, each read once."""

    def __init__(self, members: archive.Reader, name: str, mapped: bool) -> None:
        super().__init__()
        self.members = members
        self.bytes_of = members.map_array if mapped else members.read_array
        self.name = name
        self.storages: dict[str, np.ndarray] = {}
        self.swap = False

    def load(self, classes: bool, encoding: str) -> Any:
        members = self.members
        if "data.pkl" not in members:
            raise FileFormatError(f"{self.name}: the archive has no data.pkl, as a .pt file has")
        if "constants.pkl" in members:
            raise FileFormatError(f"{self.name} is a TorchScript program, not saved tensors")
        if members.size("data.pkl") > _LONGEST_PICKLE:
            raise FileFormatError(f"{self.name}: the pickle has {members.size('data.pkl'):,} bytes")
        if "byteorder" in members:
            order = members.read("byteorder")
            if order not in (b"little", b"big"):
                raise FileFormatError(f"{self.name}: the byte order is {order[:20]!r}")
            self.swap = order == b"big"
        try:
            loaded = read(members.read("data.pkl"), self.storage, classes, encoding)
        except FileFormatError as error:
            raise FileFormatError(f"{self.name}: {error}") from error.__cause__
        warn_of_decoded(self.became(), self.name)
        return loaded

    def storage(self, key: tuple) -> Storage:
        """What the persistent id ("storage", kind, key, location, count) stands for."""
        kind, number, count = storage_id(key)
        member = f"data/{number}"
        if member not in self.members:
            raise FileFormatError(f"there is no storage {number[:40]!r}")
        if self.members.size(member) != size_in_file(kind.name, count):
            raise FileFormatError(f"storage {number} is to have {count} elements of {kind.name or 'one byte'}, and has "
                                  f"{self.members.size(member)} bytes")
        if number not in self.storages:
            self.storages[number] = self.bytes_of(member)
        return Storage(self.storages[number], kind.name, self)

    def in_order(self, raw: np.ndarray, kind: str) -> np.ndarray:
        if not self.swap:
            return raw
        width = size_in_file(kind, 1) // (2 if kind.startswith("complex") else 1)
        return np.ascontiguousarray(raw.reshape(-1, width)[:, ::-1]).reshape(-1)


def _encoding(encoding: str = "utf-8") -> str:
    try:
        return encoding if encoding == "bytes" else codecs.lookup(encoding).name
    except (LookupError, TypeError):
        raise ValueError(f"load: there is no encoding {encoding!r}") from None


def _check_location(location: Any) -> None:
    if location is None or isinstance(location, Callable):       # type: ignore[arg-type]
        return                                                   # a function can only give a place on the CPU, too
    targets = list(location.values()) if isinstance(location, dict) else [location]
    for target in targets:
        if isinstance(target, str):
            target = Device(target)
        if not isinstance(target, Device):
            raise TypeError(f"load: map_location is a {type(location).__name__}, expected a device, a name, a dict or "
                            "a function")
        if target.type != "cpu":
            raise NotImplementedError(f"load: map_location is {target}, but there is only the CPU")


@contextlib.contextmanager
def _opened(f: Any) -> Iterator[tuple[Any, str]]:
    """The file, at its beginning, and what to call it."""
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            yield file, str(f)
        return
    if not hasattr(f, "read") or not hasattr(f, "seek"):
        raise TypeError(f"load: f is a {type(f).__name__}, expected a path or a file open for reading bytes that can "
                        "seek")
    yield f, str(getattr(f, "name", "the file"))


def _start(file: Any, name: str) -> bytes:
    """The first bytes of the file, which tell its form."""
    file.seek(0)
    start = file.read(2)
    if not isinstance(start, bytes):
        raise TypeError(f"load: {name} is open for reading text, expected bytes")
    if not start:
        raise EOFError(f"load: {name} is empty")
    return start
