"""bfloat16, which NumPy has not: float32 numbers of which 8 bits of precision are kept.

A bfloat16 is the upper half of a float32: its sign, its exponent, and 7 bits after the point.  A tensor of them holds an
array of float32 whose numbers all are such halves, and the array's type says so: `KIND` is NumPy's float32 with a word beside
it.  Views and copies of the array have the word too, and everything that computes with float32 computes with it.  As in
PyTorch each operation computes in float32 and rounds its result.  That happens where tensors are made (`settled`,
`represented`) and written (`rewritten`), once the first array of this type has been asked for; until then nothing looks for
it.  It saves no memory and no time: it gives the numbers, the types and the files of programs that use it.

Source: D. Kalamkar et al., A Study of BFLOAT16 for Deep Learning Training, 2019.
"""
from __future__ import annotations

from typing import Any

import numpy as np

KIND = np.dtype(np.float32, metadata={"torch": "bfloat16"})
FLOAT32 = np.dtype(np.float32)
met = False                            # has an array of it been asked for?  Until then nothing needs to look for one


def is_bfloat16(kind: np.dtype) -> bool:
    """Is this the NumPy type of bfloat16's arrays?  To `==` it is float32."""
    return kind.metadata is not None and kind.metadata.get("torch") == "bfloat16"


def same(a: np.dtype, b: np.dtype) -> bool:
    """Are these one type, bfloat16 and float32 being two?"""
    return a is b or a == b and a.metadata == b.metadata


def meet() -> None:
    """From now on look for bfloat16: an array of it is about to be made."""
    global met
    met = True


def upper_half(a: np.ndarray) -> np.ndarray:
    """The 16 bits (uint16) of the bfloat16 nearest to each number of a float32 array, of two as near the even one."""
    bits = a.view(np.uint32)
    halves = (bits + (0x7FFF + (bits >> 16 & 1)) >> 16).astype(np.uint16)
    nan = bits >> 16 | np.where(bits & 0x7F0000, np.uint32(0), np.uint32(0x40))  # with its own bits, one of which is not 0
    return np.where(np.isnan(a), nan, halves).astype(np.uint16)


def of_halves(halves: np.ndarray) -> np.ndarray:
    """The array of bfloat16 that has these 16 bits each."""
    meet()
    return np.asarray(np.asarray(halves.astype(np.uint32)) << 16).view(KIND)


def rounded(a: np.ndarray) -> np.ndarray:
    """A float32 array as bfloat16."""
    return of_halves(upper_half(a))


def represented(a: np.ndarray) -> np.ndarray:
    """An array that may be of KIND: if it is, and holds other numbers than it should, the right ones."""
    if a.dtype.metadata is None or not is_bfloat16(a.dtype) or not (a.view(np.uint32) & 0xFFFF).any():
        return a
    return rounded(a)


def rewritten(*arrays: np.ndarray) -> None:
    """Round arrays that were written, in place, where they are of KIND."""
    for a in arrays:
        right = represented(a)
        if right is not a:
            a[...] = right


def like(a: np.ndarray, other: np.ndarray) -> np.ndarray:
    """A float32 array as bfloat16 or as float32, as another is; an array of another type itself."""
    if a.dtype != FLOAT32 or same(a.dtype, other.dtype):
        return represented(a)
    return represented(a.view(KIND)) if is_bfloat16(other.dtype) else a.view(FLOAT32)


def settled(value: np.ndarray, arguments: Any) -> np.ndarray:
    """The result of an operation on these arguments: bfloat16 where the tensors that say its type are.

    Those are the floating point ones: those with dimensions before those without.
    """
    if value.dtype != FLOAT32:
        return value
    deciding: dict[bool, list[bool]] = {True: [], False: []}
    for x in arguments:
        array = getattr(x, "array", None)
        if array is not None and array.dtype.kind in "fc":
            deciding[array.ndim > 0].append(is_bfloat16(array.dtype))
    kinds = deciding[True] or deciding[False]
    if kinds and all(kinds):
        return represented(value if is_bfloat16(value.dtype) else value.view(KIND))
    return value.view(FLOAT32) if is_bfloat16(value.dtype) else value
