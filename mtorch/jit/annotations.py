"""Python's own names for types, where programs written for the compiler take them from: `torch.jit.annotations`."""
from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple, Union  # noqa: UP035

__all__ = ["Any", "Dict", "List", "Optional", "Tuple", "Union"]
