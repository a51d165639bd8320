"""torch._tensor_str: the parts of a printed tensor (see printing.py), for libraries that print their own in its style."""
from __future__ import annotations

from .printing import _options as PRINT_OPTS, _values, _with_notes
from .tensor import Tensor

__all__ = ["PRINT_OPTS"]


def _tensor_str(self: Tensor, indent: int) -> str:
    """The values in brackets; lines after the first begin `indent` columns in."""
    return _values(self.array, indent)


def _add_suffixes(tensor_str: str, suffixes: list[str], indent: int, force_newline: bool) -> str:
    """The values and what is told after them, such as the dtype, up to the closing bracket."""
    return _with_notes(tensor_str, suffixes, indent, new_line=force_newline)
