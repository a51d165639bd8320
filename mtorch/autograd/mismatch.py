"""What to say when NumPy refuses shapes that do not broadcast: which sizes differ, where, and in which operation."""
from __future__ import annotations

from typing import Any

import numpy as np


def mismatch(error: ValueError, name: str, operands: Any) -> Exception:
    """torch's error for these operands of the operation `name`; the error itself where it is about something else."""
    shapes = [x.shape for x in operands if isinstance(x, np.ndarray)]
    ndim = max(map(len, shapes), default=0)
    for d in range(-1, -ndim - 1, -1):
        sizes = [s[d] for s in shapes if len(s) >= -d and s[d] != 1]
        other = next((n for n in sizes if n != sizes[0]), None)
        if other is not None and "broadcast" in str(error):
            return RuntimeError(f"{name}: The size of tensor a ({sizes[0]}) must match the size of tensor b ({other}) at "
                                f"non-singleton dimension {d + ndim}. The shapes are {', '.join(str(list(s)) for s in shapes)}")
    return error
