"""The same program on mtorch and on torch: a scenario is a function of the framework that returns plain values."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import mtorch


def plain(value: Any) -> Any:
    """Tensors as nested lists, so that what two frameworks gave can be compared with ==."""
    if hasattr(value, "detach"):
        return np.round(value.detach().numpy().astype(np.float64), 4).tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def same_in_torch(scenario: Any) -> None:
    torch = pytest.importorskip("torch")
    mine, theirs = plain(scenario(mtorch)), plain(scenario(torch))
    if isinstance(mine, list) and isinstance(theirs, list):
        for i, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            assert one == other, f"result {i}: mtorch gave\n  {one!r}, torch\n  {other!r}"
    assert mine == theirs


def said(function: Any, *args: Any, **kwargs: Any) -> tuple[str, str]:
    """The type and the message of the error that a call ends in."""
    try:
        function(*args, **kwargs)
    except Exception as error:
        return type(error).__name__, str(error)
    return "no error", ""


def kind(function: Any, *args: Any, **kwargs: Any) -> str:
    return said(function, *args, **kwargs)[0]


def warned(function: Any, *args: Any, **kwargs: Any) -> tuple[Any, list[str]]:
    """What a call returned, and the texts of its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = function(*args, **kwargs)
    return result, [str(w.message) for w in caught]


def linear_class(t: Any) -> Any:
    """A Linear layer written on the Module of either framework, with weights that are known."""

    class Linear(t.nn.Module):
        def __init__(self, inputs: int, outputs: int, bias: bool = True) -> None:
            super().__init__()
            self.inputs, self.outputs = inputs, outputs
            numbers = t.arange(inputs * outputs, dtype=t.float32).reshape(outputs, inputs)
            self.weight = t.nn.Parameter(numbers / 10 - 0.3)
            if bias:
                self.bias = t.nn.Parameter(t.ones(outputs))
            else:
                self.register_parameter("bias", None)

        def forward(self, x: Any) -> Any:
            y = x @ self.weight.T
            return y if self.bias is None else y + self.bias

        def extra_repr(self) -> str:
            return f"{self.inputs}, {self.outputs}"

    return Linear


def net_class(t: Any) -> Any:
    """A net with a shared child, buffers of both kinds, an absent parameter and an absent child."""
    Linear = linear_class(t)

    class Net(t.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = Linear(3, 3)
            self.encoder = t.nn.Sequential(Linear(3, 3, bias=False), self.first)
            self.scale = t.nn.Parameter(t.tensor([2.0]))
            self.register_buffer("steps", t.zeros(1))
            self.register_buffer("scratch", t.zeros(2), persistent=False)
            self.offset = t.nn.Buffer(t.ones(3))
            self.nothing = None
            self.register_module("absent", None)

        def forward(self, x: Any) -> Any:
            return self.encoder(self.first(x)).tanh() * self.scale + self.offset

    return Net
