"""Names for the kinds of arguments that functions take, for type checkers alone: nothing imports this when it runs."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, Union

if TYPE_CHECKING:
    from ..device import device
    from ..tensor import Tensor

Number: TypeAlias = bool | int | float | complex
Dims: TypeAlias = int | Sequence[int]              # one dimension or several
Operand: TypeAlias = Union["Tensor", Number]       # what arithmetic takes beside a tensor
Operator: TypeAlias = Callable[[Any, Any], "Tensor"]    # +, * and their kin
DeviceLike: TypeAlias = Union["device", str]       # a place to compute, or its name
