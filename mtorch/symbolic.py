"""Numbers that torch's compiler does not know while it traces a program.

There is no compiler here and every number is known, so that none is of these classes, for which libraries look; and the
functions that work on both kinds of numbers are Python's own.
"""
from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Any, NoReturn


class SymInt:
    """The class of such ints: none is of it, and none can be made.

    Raises: NotImplementedError.
    """

    def __new__(cls, *args: Any) -> NoReturn:
        raise NotImplementedError(f"{cls.__name__}: every number is known here; nothing traces a program")


class SymFloat(SymInt):
    """The class of such floats."""


class SymBool(SymInt):
    """The class of such bools."""


def sym_int(a: Any) -> int:
    """a as an int, fractions cut off.

    >>> import mtorch
    >>> mtorch.sym_int(2.5)
    2
    """
    return int(a)


def sym_float(a: Any) -> float:
    """a as a float.

    >>> import mtorch
    >>> mtorch.sym_float(2)
    2.0
    """
    return float(a)


def sym_max(a: Any, b: Any) -> Any:
    """The greater number; a float where one of them is.

    >>> import mtorch
    >>> mtorch.sym_max(2, 1.0)
    2.0
    """
    return _alike(max(a, b), a, b)


def sym_min(a: Any, b: Any) -> Any:
    """The smaller number; a float where one of them is.

    >>> import mtorch
    >>> mtorch.sym_min(1, 2)
    1
    """
    return _alike(min(a, b), a, b)


def _alike(chosen: Any, a: Any, b: Any) -> Any:
    return float(chosen) if isinstance(a, float) or isinstance(b, float) else chosen


def sym_not(a: Any) -> bool:
    """not a.

    >>> import mtorch
    >>> mtorch.sym_not(False)
    True
    """
    return not a


def sym_sum(args: Iterable[Any]) -> Any:
    """The sum of several numbers.

    >>> import mtorch
    >>> mtorch.sym_sum([1, 2, 3])
    6
    """
    return builtins.sum(args)


def sym_ite(b: bool, t: Any, f: Any) -> Any:
    """t if b, else f.

    >>> import mtorch
    >>> mtorch.sym_ite(True, 1, 2)
    1
    """
    return t if b else f
