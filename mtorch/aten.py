"""torch.ops.aten: torch's functions by the names of its compiled core, `aten.add.Tensor` for `torch.add`.

Libraries keep tables by these names, and some call them.  Each stands for the function or method of the same name.

>>> import mtorch
>>> mtorch.ops.aten.add.Tensor(mtorch.ones(2), mtorch.ones(2))
tensor([2., 2.])
"""
from __future__ import annotations

import sys
from functools import cache
from typing import Any

from .tensor import Tensor


class Overload:
    """One form of a function: `aten.sort.stable`."""

    def __init__(self, name: str, overload: str) -> None:
        self.name, self._overloadname = name, overload

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        function = getattr(Tensor, self.name, None) or vars(sys.modules[__package__]).get(self.name)
        if function is None:
            raise NotImplementedError(f"{self}: mtorch has no function or method {self.name!r}")
        return function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<OpOverload(op='aten.{self.name}', overload='{self._overloadname}')>"

    def __str__(self) -> str:
        return f"aten.{self.name}.{self._overloadname}"


class Packet(Overload):
    """All forms of a function: `aten.sort`."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "default")

    def __getattr__(self, overload: str) -> Overload:
        if overload.startswith("__"):
            raise AttributeError(overload)
        return _overload(self.name, overload)

    def __repr__(self) -> str:
        return f"<OpOverloadPacket(op='aten.{self.name}')>"

    def __str__(self) -> str:
        return f"aten.{self.name}"


@cache
def _overload(name: str, overload: str) -> Overload:
    return Overload(name, overload)


@cache
def _packet(name: str) -> Packet:
    return Packet(name)


def __getattr__(name: str) -> Packet:
    if name.startswith("__"):
        raise AttributeError(name)
    return _packet(name)
