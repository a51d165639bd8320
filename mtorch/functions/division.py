"""What arithmetic refuses of bools, complex numbers and zeros, where NumPy has an answer of its own."""
from __future__ import annotations

import numpy as np

from .. import dtypes
from ..autograd.complex_numbers import is_complex
from ..autograd.tape import TensorBase


def is_bool(x) -> bool:
    return x.array.dtype.kind == "b" if isinstance(x, TensorBase) else type(x) is bool


def check_division(name: str, a, b) -> None:
    """Refuse what has no whole quotient and rest."""
    refuse_bools(name, a, b)
    for x in (a, b):
        if is_complex(x):
            raise NotImplementedError(f'"{name}_cpu" not implemented for {getattr(x, "dtype", "complex numbers")}')
    whole = all(x.array.dtype.kind in "biu" if isinstance(x, TensorBase) else isinstance(x, (int, np.integer)) for x in (a, b))
    if whole and (b == 0 if not isinstance(b, TensorBase) else not b.array.all()):
        raise RuntimeError("ZeroDivisionError")


def refuse_bools(name: str, a, b) -> None:
    if is_bool(a) and is_bool(b):                    # NumPy would make int8 of them
        raise NotImplementedError(f'"{name}_cpu" not implemented for {dtypes.bool}')
