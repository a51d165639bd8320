"""The safetensors form: named tensors and nothing else, the same bytes as the safetensors library writes.

A file is the length of a header (8 bytes), the header (JSON: for each tensor its type, shape and place), and the tensors'
bytes one after another without holes.  Source: https://huggingface.co/docs/safetensors (format).
"""
from __future__ import annotations

import io
import json
import math
import os
import struct
from collections.abc import Iterator
from typing import IO, Any

import numpy as np

from ..autograd.tape import wrap
from ..device import device as Device
from ..dtypes import of
from ..tensor import Tensor
from ..utils.files import replaced
from .errors import FileFormatError
from .kinds import DECODED, FILE_TYPE, decoded, itemsize, warn_of_decoded, written

# The file's name of each type -> ours.  A file holds the tensors of the types at the end of this list first.
_KINDS = {
    "BOOL": "bool", "U8": "uint8", "I8": "int8", "F8_E5M2": "float8_e5m2", "F8_E4M3": "float8_e4m3fn",
    "F8_E8M0": "float8_e8m0fnu", "F8_E4M3FNUZ": "float8_e4m3fnuz", "F8_E5M2FNUZ": "float8_e5m2fnuz", "I16": "int16",
    "U16": "uint16", "F16": "float16", "BF16": "bfloat16", "I32": "int32", "U32": "uint32", "F32": "float32",
    "C64": "complex64", "F64": "float64", "I64": "int64", "U64": "uint64",
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_RANK = {name: rank for rank, name in enumerate(_KINDS)}
_LONGEST_HEADER = 100_000_000    # bytes, as in the library
_MOST_DIMS = 64                  # NumPy's limit


class SafetensorError(FileFormatError):
    """A file is not a whole and sound safetensors file."""


def save_file(tensors: dict[str, Tensor], filename: str | os.PathLike, metadata: dict[str, str] | None = None) -> None:
    """Save named tensors; the file appears, or replaces the old one, in one step.

    tensors   name -> tensor
    filename  the path
    metadata  text to keep with them, name -> text

    Raises:
        ValueError: for a tensor that is not contiguous, or of a type the form does not have (complex128).
        TypeError: for what is no dict of tensors.
        RuntimeError: when two of the tensors share memory; give a `clone()` of one.
        OSError: where the file cannot be written.
    Source: Hugging Face, the safetensors format (https://github.com/huggingface/safetensors).

    >>> import mtorch
    >>> from mtorch.serialization.safetensors import load_file, save_file
    >>> save_file({"weight": mtorch.ones(2)}, "model.safetensors", metadata={"made by": "me"})
    >>> load_file("model.safetensors")
    {'weight': tensor([1., 1.])}
    """
    parts = _serialized(tensors, metadata)
    with replaced(filename) as file:
        for part in parts:
            file.write(part)


def save(tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> bytes:
    """The bytes of a file with these tensors; arguments and errors as for save_file.

    tensors, metadata: name -> tensor, and name -> text

    >>> import mtorch
    >>> from mtorch.serialization.safetensors import load, save
    >>> load(save({"a": mtorch.tensor([1, 2])}))
    {'a': tensor([1, 2])}
    """
    return b"".join(_serialized(tensors, metadata))


def load_file(filename: str | os.PathLike, device: str | Device = "cpu") -> dict[str, Tensor]:
    """Load all tensors of a file, in its order.

    filename  the path
    device    the CPU

    Raises:
        SafetensorError: (a FileFormatError) when the file is damaged.
        OSError: where there is no such file.
        NotImplementedError: for another device.

    >>> import mtorch
    >>> from mtorch.serialization.safetensors import load_file, save_file
    >>> save_file({"b": mtorch.ones(1), "a": mtorch.zeros(1)}, "two.safetensors")
    >>> list(load_file("two.safetensors"))
    ['a', 'b']
    """
    with safe_open(filename, device=device) as file:
        return file.get_tensors()


def load(data: bytes) -> dict[str, Tensor]:
    """Load all tensors of the bytes of a file, in alphabetical order.

    data: the bytes

    Raises: SafetensorError (a FileFormatError) when they are damaged; TypeError for what is no bytes.

    >>> from mtorch.serialization.safetensors import load, save
    >>> load(save({}))
    {}
    """
    loaded = _Reader(io.BytesIO(data), "the data").get_tensors()
    return dict(sorted(loaded.items()))


class safe_open:
    """Opens a file to look at its names and load some of its tensors; used as a context.

    framework  "pt", "torch" or "mtorch": tensors; "np" or "numpy": arrays

    >>> import mtorch
    >>> from mtorch.serialization.safetensors import safe_open, save_file
    >>> save_file({"weight": mtorch.arange(6).reshape(2, 3)}, "some.safetensors")
    >>> with safe_open("some.safetensors", framework="pt") as file:
    ...     file.keys(), file.get_slice("weight").get_shape(), file.get_slice("weight")[:, 1]
    (['weight'], [2, 3], tensor([1, 4]))
    """

    def __init__(self, filename: str | os.PathLike, framework: str = "pt", device: str | Device = "cpu") -> None:
        if framework not in ("pt", "torch", "pytorch", "mtorch", "np", "numpy"):
            raise ValueError(f"safe_open: framework {framework!r} came, expected 'pt' or 'np'")
        if Device(device).type != "cpu":
            raise NotImplementedError(f"safe_open: device {device!r} came, but there is only the CPU")
        self._file = open(filename, "rb")        # noqa: SIM115 - closed by __exit__
        try:
            self._reader = _Reader(self._file, str(filename), arrays=framework in ("np", "numpy"))
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> _Reader:
        return self._reader

    def __exit__(self, *error: Any) -> None:
        self._file.close()


class _Reader:
    """The checked header of a file, and its tensors on demand."""

    def __init__(self, file: IO[bytes], name: str, arrays: bool = False) -> None:
        self._file, self._name, self._arrays = file, name, arrays
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        start = file.read(8)
        if len(start) < 8:
            raise SafetensorError(f"{name}: header too small: the file has {size} bytes")
        length = struct.unpack("<Q", start)[0]
        if length > _LONGEST_HEADER:
            raise SafetensorError(f"{name}: header too large: {length:,} bytes")
        if length > size - 8:
            raise SafetensorError(f"{name}: invalid header length: {length:,}, the file has {size:,} bytes")
        self._begin = 8 + length
        self._metadata, self._entries = _checked(file.read(length), size - self._begin, name)

    def keys(self) -> list[str]:
        """The names, in alphabetical order."""
        return sorted(self._entries)

    def offset_keys(self) -> list[str]:
        """The names, in the order of the file."""
        return list(self._entries)

    def metadata(self) -> dict[str, str] | None:
        """The text that was kept with the tensors."""
        return self._metadata

    def get_tensor(self, name: str) -> Tensor:
        """One tensor."""
        return self._loaded([name])[name]

    def get_tensors(self) -> dict[str, Tensor]:
        """All tensors, in the order of the file."""
        return self._loaded(self.offset_keys())

    def get_slice(self, name: str) -> _Slice:
        """A tensor of which the shape and the type are known, and which is loaded when it is indexed."""
        return _Slice(self, name, *self._entry(name)[:2])

    def _entry(self, name: str) -> tuple[str, list[int], int]:
        if name not in self._entries:
            raise SafetensorError(f"{self._name}: File does not contain tensor {name}")
        return self._entries[name]

    def _loaded(self, names: list[str]) -> dict[str, Any]:
        loaded: dict[str, Any] = {}
        became = set()
        for name in names:
            kind, shape, offset = self._entry(name)
            raw = np.empty(math.prod(shape) * itemsize(_KINDS[kind]), np.uint8)
            self._file.seek(self._begin + offset)
            read = self._file.readinto(raw.data)         # type: ignore[attr-defined]
            if read != raw.size:
                raise SafetensorError(f"{self._name}: the file became shorter while it was read")
            try:
                array = decoded(raw, _KINDS[kind]).reshape(shape)
            except ValueError as error:
                raise SafetensorError(f"{self._name}: tensor {name}: {error}") from error
            if _KINDS[kind] == "bfloat16" and self._arrays:
                array = array.view(np.float32)
                became.add("bfloat16")
            loaded[name] = array if self._arrays else wrap(array)
            if _KINDS[kind] in DECODED and not self._arrays:
                setattr(loaded[name], FILE_TYPE, _KINDS[kind])
            became |= {_KINDS[kind]} & DECODED.keys()
        warn_of_decoded(became, self._name)
        return loaded


class _Slice:
    """A tensor in a file, not loaded yet."""

    def __init__(self, reader: _Reader, name: str, kind: str, shape: list[int]) -> None:
        self._reader, self._name, self._kind, self._shape = reader, name, kind, shape

    def get_shape(self) -> list[int]:
        """Its sizes."""
        return list(self._shape)

    def get_dtype(self) -> str:
        """Its type as the file calls it."""
        return self._kind

    def __getitem__(self, key: Any) -> Tensor:
        return self._reader.get_tensor(self._name)[key]


def _checked(header: bytes, room: int, name: str) -> tuple[dict[str, str] | None,
                                                           dict[str, tuple[str, list[int], int]]]:
    """The metadata, and for each tensor, in the order of the file, its type, its shape and where it begins."""
    try:
        parsed = json.loads(header.decode("utf-8"), object_pairs_hook=_without_repetition)
    except (ValueError, RecursionError) as error:
        raise SafetensorError(f"{name}: invalid JSON in header: {error}") from error
    if not isinstance(parsed, dict):
        raise SafetensorError(f"{name}: the header is a {type(parsed).__name__}, expected a dict")
    metadata = parsed.pop("__metadata__", None)
    if metadata is not None and not (isinstance(metadata, dict) and all(isinstance(v, str) for v in metadata.values())):
        raise SafetensorError(f"{name}: the metadata are not a dict of text")
    found = sorted((_place(entry, key, name) for key, entry in parsed.items()), key=lambda place: place[3:])
    entries, end = {}, 0
    for key, kind, shape, begin, stop in found:
        if begin != end:
            raise SafetensorError(f"{name}: invalid offset for tensor {key}: it begins at {begin}, the one before "
                                  f"ends at {end}")
        entries[key] = kind, shape, begin
        end = stop
    if end != room:
        raise SafetensorError(f"{name}: incomplete metadata, file not fully covered: the tensors have {end:,} bytes, "
                              f"the file has {room:,} for them")
    return metadata, entries


def _place(entry: Any, key: str, name: str) -> tuple[str, str, list[int], int, int]:
    if not isinstance(entry, dict):
        raise SafetensorError(f"{name}: the entry of tensor {key} is no dict")
    kind: Any = entry.get("dtype")
    shape: Any = entry.get("shape")
    offsets: Any = entry.get("data_offsets")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise SafetensorError(f"{name}: tensor {key} has type {str(kind)[:40]!r}, which is not supported")
    if not (_naturals(shape) and len(shape) <= _MOST_DIMS and _naturals(offsets) and len(offsets) == 2):
        raise SafetensorError(f"{name}: invalid shape or offset for tensor {key}")
    begin, end = offsets
    if end - begin != math.prod(shape) * itemsize(_KINDS[kind]) or math.prod(max(n, 1) for n in shape) >= 1 << 59:
        raise SafetensorError(f"{name}: invalid shape, data type, or offset for tensor {key}")
    return key, kind, shape, begin, end


def _naturals(values: Any) -> bool:
    return isinstance(values, list) and all(type(v) is int and 0 <= v < 1 << 64 for v in values)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name comes twice")
    return made


def _serialized(tensors: Any, metadata: dict[str, str] | None) -> list[bytes | memoryview]:
    if not isinstance(tensors, dict):
        raise ValueError(f"Expected a dict of [str, Tensor] but received {type(tensors).__name__}")
    for name, tensor in tensors.items():
        if not isinstance(name, str):
            raise TypeError(f"Key {name!r} is a {type(name).__name__}, expected str")
        if not isinstance(tensor, Tensor):
            raise ValueError(f"Key `{name}` is invalid, expected Tensor but received {type(tensor).__name__}")
        if of(tensor.array.dtype).name not in _NAMES:
            raise ValueError(f"Key `{name}` has type {tensor.dtype}, which safetensors does not have")
        if not tensor.array.flags.c_contiguous:
            raise ValueError(f"You are trying to save a non contiguous tensor: `{name}`; save `{name}.contiguous()`")
    if metadata is not None and not all(isinstance(t, str) for pair in metadata.items() for t in pair):
        raise TypeError("metadata is not a dict of text")
    for pair in _sharing(tensors):
        raise RuntimeError(f"Some tensors share memory, this will lead to duplicate memory on disk and potential "
                           f"differences when loading them again: {pair}. Save a clone() of one of them.")
    parts = {name: written(t, t.array, _NAMES) for name, t in tensors.items()}
    kinds = {name: _NAMES[kind] for name, (kind, _) in parts.items()}
    order = sorted(tensors, key=lambda name: (-_RANK[kinds[name]], name))
    header: dict[str, Any] = {} if metadata is None else {"__metadata__": metadata}
    data, end = [], 0
    for name in order:
        array = parts[name][1]
        header[name] = {"dtype": kinds[name], "shape": list(array.shape), "data_offsets": [end, end + array.nbytes]}
        end += array.nbytes
        data.append(array.astype(array.dtype.newbyteorder("<"), copy=False).reshape(-1).view(np.uint8).data)
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return [struct.pack("<Q", len(text)), text, *data]


def _sharing(tensors: dict[str, Tensor]) -> Iterator[tuple[str, str]]:
    """Pairs of names whose tensors lie over each other in memory."""
    places = sorted((t.data_ptr(), t.data_ptr() + t.nbytes, name) for name,
                    t in tensors.items() if t.array.nbytes)
    reach, holder = 0, ""
    for begin, end, name in places:
        if begin < reach:
            yield holder, name
        if end > reach:
            reach, holder = end, name
