"""What to say when NumPy refuses shapes that do not broadcast: which sizes differ, where, and in which operation."""
from __future__ import annotations

import re

SAID = re.compile(r"together with shapes|to a single shape")       # by NumPy, of operands taken element by element


def mismatch(error: ValueError, name: str) -> Exception:
    """torch's error for the operation `name`; the error itself where it is about something else."""
    shapes = [tuple(map(int, re.findall(r"\d+", s))) for s in re.findall(r"\(([\d, ]*)\)", str(error))]
    ndim = max(map(len, shapes), default=0) if SAID.search(str(error)) else 0
    for d in range(-1, -ndim - 1, -1):
        sizes = [s[d] for s in shapes if len(s) >= -d and s[d] != 1]
        other = next((n for n in sizes if n != sizes[0]), None)
        if other is not None:
            return RuntimeError(f"{name}: The size of tensor a ({sizes[0]}) must match the size of tensor b ({other}) at "
                                f"non-singleton dimension {d + ndim}. The shapes are {', '.join(str(list(s)) for s in shapes)}")
    return error
