"""The types of elements as files name them, and what stands for the types that NumPy does not have.

bfloat16 is kept as float32 (see brain_float.py); the 8-bit floats and complex32 have no tensors.  Their numbers have exact
values in float32 and complex64: a tensor of such a type is loaded as one of those with exactly the numbers of the file, and
remembers the type: it is written in it again, as long as all its numbers are of that type.
"""
from __future__ import annotations

import warnings
from collections.abc import Callable, Container

import numpy as np

from ..brain_float import is_bfloat16, of_halves, upper_half
from ..dtypes import of
from ..tensor import Tensor

# torch's name of the type -> its name as a storage in a .pt file
STORAGES = {
    "float64": "DoubleStorage", "float32": "FloatStorage", "float16": "HalfStorage", "bfloat16": "BFloat16Storage",
    "int64": "LongStorage", "int32": "IntStorage", "int16": "ShortStorage", "int8": "CharStorage",
    "uint8": "ByteStorage", "bool": "BoolStorage",
    "complex64": "ComplexFloatStorage", "complex128": "ComplexDoubleStorage",
}

# The types that NumPy has.  In a file they are little-endian.
NATIVE = {name: np.dtype(name).newbyteorder("<") for name in (
    "float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64", "bool",
    "complex64", "complex128")}


def _small_float(exponent_bits: int, fraction_bits: int, bias: int, infinities: bool, unsigned_zero: bool):
    """The decoder of a type of 8 bits, as a table of its 256 values.

    infinities     the highest exponent is for infinity and nan (IEEE); otherwise only all ones (with either sign) is nan
    unsigned_zero  there is no negative zero: its pattern is the one nan ("fnuz")

    Source: Micikevicius et al., "FP8 formats for deep learning" (2022); Noune et al., "8-bit numerical formats for
    deep neural networks" (2022) for fnuz.
    """
    codes = np.arange(256)
    sign = np.where(codes & 0x80, -1.0, 1.0)
    exponent = codes >> fraction_bits & (1 << exponent_bits) - 1
    fraction = (codes & (1 << fraction_bits) - 1) / (1 << fraction_bits)
    table = np.where(exponent == 0, np.ldexp(fraction, 1 - bias), np.ldexp(1 + fraction, exponent - bias))
    if infinities:
        top = exponent == (1 << exponent_bits) - 1
        table[top] = np.where(fraction[top] == 0, np.inf, np.nan)
    elif not unsigned_zero:
        table[codes & 0x7F == 0x7F] = np.nan
    table = np.copysign(table, sign)
    if unsigned_zero:
        table[0x80] = np.nan
    return table.astype(np.float32).__getitem__


def _powers_of_two(raw: np.ndarray) -> np.ndarray:
    return np.where(raw == 0xFF, np.nan, np.ldexp(1.0, raw.astype(np.int32) - 127)).astype(np.float32)


def _complex32(raw: np.ndarray) -> np.ndarray:
    return raw.view("<f2").astype(np.float32).view(np.complex64)


# The attribute of a tensor that says in which of the types below it stood in its file.
FILE_TYPE = "_file_type"

_BFLOAT16 = np.dtype("<u2")        # as which a file has it

# The types that there are no tensors of: how their elements are stored, and how they are decoded.
DECODED: dict[str, tuple[np.dtype, Callable[[np.ndarray], np.ndarray]]] = {
    "complex32": (np.dtype("<u4"), _complex32),
    "float8_e4m3fn": (np.dtype("u1"), _small_float(4, 3, 7, False, False)),
    "float8_e4m3fnuz": (np.dtype("u1"), _small_float(4, 3, 8, False, True)),
    "float8_e5m2": (np.dtype("u1"), _small_float(5, 2, 15, True, False)),
    "float8_e5m2fnuz": (np.dtype("u1"), _small_float(5, 2, 16, False, True)),
    "float8_e8m0fnu": (np.dtype("u1"), _powers_of_two),
}


def itemsize(name: str) -> int:
    """The bytes of an element in the file."""
    return (_BFLOAT16 if name == "bfloat16" else NATIVE[name] if name in NATIVE else DECODED[name][0]).itemsize


def decoded(raw: np.ndarray, name: str) -> np.ndarray:
    """The elements in these bytes (uint8, one-dimensional): a view of them, where NumPy has the type."""
    if name in NATIVE:
        kind = NATIVE[name]
        if name == "bool" and (raw > 1).any():
            raise ValueError("a bool is neither 0 nor 1")
        return raw.view(kind) if kind.isnative else raw.view(kind).astype(kind.newbyteorder("="))
    if name == "bfloat16":
        return of_halves(raw.view(_BFLOAT16))
    kind, decode = DECODED[name]
    return decode(raw.view(kind))


def encoded(array: np.ndarray, name: str) -> np.ndarray | None:
    """Elements in the code of a type that there are no tensors of; None where one of them is no number of that type."""
    kind, decode = DECODED[name]
    if name == "complex32":
        codes = np.ascontiguousarray(array).view(np.float32).astype(np.float16).view(np.uint32)
    else:
        values = decode(np.arange(256, dtype=np.uint8)).view(np.uint32)
        order = np.argsort(values, kind="stable")
        places = np.searchsorted(values[order], np.ascontiguousarray(array).view(np.uint32))
        codes = order[np.minimum(places, 255)].astype(kind)
    return codes if np.array_equal(decode(codes), array, equal_nan=True) else None


def written(tensor: Tensor, elements: np.ndarray, among: Container[str] = DECODED) -> tuple[str, np.ndarray]:
    """The type in which elements of a tensor (of its memory, or its own) go into a file, and their code in it.

    among: the types that this kind of file has
    """
    if is_bfloat16(tensor.array.dtype):
        return "bfloat16", upper_half(elements)
    name = vars(tensor).get(FILE_TYPE, "")
    if name in among and elements.dtype == (np.complex64 if name == "complex32" else np.float32):
        codes = encoded(elements, name)
        if codes is not None:
            return name, codes
    return of(elements.dtype).name, elements


def warn_of_decoded(names: set[str], file: str) -> None:
    """Say which types became others in loading."""
    if names:
        became = ", ".join(f"{n} as {'complex64' if n == 'complex32' else 'float32'}" for n in sorted(names))
        warnings.warn(f"{file}: loaded {became}, with exactly the same values: NumPy has no such type", stacklevel=4)
