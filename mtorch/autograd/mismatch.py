"""What to say when NumPy refuses the operands of an operation: which sizes do not broadcast, and where; which types it is
not made for."""
from __future__ import annotations

import re
from typing import Any

import numpy as np

SAID = re.compile(r"together with shapes|to a single shape")       # by NumPy, of operands taken element by element


def mismatch(error: Exception, name: str, *operands: Any) -> Exception:
    """torch's error for the operation `name`; the error itself where it is about something else."""
    if isinstance(error, TypeError) and "not supported for the input types" in str(error):
        kinds = dict.fromkeys(f"torch.{x.dtype}" for x in operands if isinstance(x, np.ndarray))
        return NotImplementedError(f'"{name}_cpu" not implemented for {" and ".join(kinds)}')
    shapes = [tuple(map(int, re.findall(r"\d+", s))) for s in re.findall(r"\(([\d, ]*)\)", str(error))]
    ndim = max(map(len, shapes), default=0) if SAID.search(str(error)) else 0
    for d in range(-1, -ndim - 1, -1):
        sizes = [s[d] for s in shapes if len(s) >= -d and s[d] != 1]
        other = next((n for n in sizes if n != sizes[0]), None)
        if other is not None:
            return RuntimeError(f"{name}: The size of tensor a ({sizes[0]}) must match the size of tensor b ({other}) at "
                                f"non-singleton dimension {d + ndim}. The shapes are {', '.join(str(list(s)) for s in shapes)}")
    return error
