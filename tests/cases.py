"""The table of ops: every rule of mtorch.ops with calls that test_ops.py runs its checks over.

A row is `call(op, *inputs, like=..., **keywords)`: inputs are float64 arrays (differentiated) or anything else (passed on
as it is), `like` is the same in torch.  Values are drawn away from kinks and ties.  The rows stand in the cases_*.py
files beside this one, one for each family of ops.
"""
from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from collections.abc import Callable
from typing import Any

import numpy as np

import mtorch.autograd.replay
import mtorch.autograd.views
import mtorch.functions
import mtorch.ops


@dataclass
class Call:
    """One call of one op."""

    op: Callable
    inputs: tuple
    keywords: dict[str, Any] = field(default_factory=dict)
    like: Callable | None = None       # the same in torch, of tensors
    orders: int = 2                    # how many times it is differentiated; fewer only where `why` says so
    why: str = ""
    tolerance: float = 1e-6            # of the directional check, relative
    float32: bool = True               # whether it is run in float32 as well

    def __str__(self) -> str:
        shapes = ",".join("x".join(map(str, x.shape)) if isinstance(x, np.ndarray) else repr(x)[:12]
                          for x in self.inputs)
        names = ",".join(f"{k}={str(v)[:12]}" for k, v in self.keywords.items() if not isinstance(v, np.ndarray))
        return f"{self.op.__module__.split('.')[-1]}.{self.op.__name__}({shapes}{';' + names if names else ''})"


TABLE: list[Call] = []


def call(op, *inputs, like=None, orders=2, why="", tolerance=1e-6, float32=True, **keywords) -> None:
    """Add a row to the table."""
    assert orders == 2 or why, f"{op.__name__}: say why it is not differentiated twice"
    TABLE.append(Call(op, inputs, keywords, like, orders, why, tolerance, float32))


_numbers = np.random.RandomState(5)


def some(*shape, low=-2.0, high=2.0, apart=0.05) -> np.ndarray:
    """Numbers in (low, high), no two equal and none nearer to 0 than `apart`."""
    n = int(np.prod(shape))
    spread = np.linspace(low, high, n + 2)[1:-1] + _numbers.uniform(-0.3, 0.3, n) * (high - low) / (n + 2)
    spread = np.where(np.abs(spread) < apart, np.where(spread < 0, spread - apart, spread + apart), spread)
    return _numbers.permutation(spread).reshape(shape)


def above(*shape, low=0.2, high=2.0) -> np.ndarray:
    """Positive numbers."""
    return some(*shape, low=low, high=high, apart=0.0)


def all_ops() -> dict[str, Callable]:
    """Every op there is, by its full name."""
    modules = [importlib.import_module(m.name) for package in (mtorch.ops, mtorch.functions)
               for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    modules += [mtorch.autograd.views, mtorch.autograd.replay]
    return {f"{m.__name__}.{name}": f for m in modules for name, f in vars(m).items()
            if hasattr(f, "rule") and callable(f) and f.__module__ == m.__name__}


def load() -> list[Call]:
    """The whole table."""
    if not TABLE:
        import tests
        for module in sorted(m.name for m in pkgutil.iter_modules(tests.__path__) if m.name.startswith("cases_")):
            importlib.import_module(f"tests.{module}")
    return TABLE
