"""The same layer in mtorch and in torch: from the same seed the same weights, and from the same input the same everything."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mtorch

TOLERANCE = {"float32": 2e-5, "float64": 1e-10}


def close(mine: Any, theirs: Any, what: str, tolerance: float) -> None:
    mine, theirs = np.asarray(mine), np.asarray(theirs)
    assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype), what
    if mine.size:
        np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance * max(1.0, np.abs(theirs).max()),
                                   err_msg=what)


def layers_agree(make: Any, *shapes: tuple[int, ...], dtype: str = "float32", training: bool = True,
                 **call: Any) -> None:
    """Make a layer on both sides with make(torch), call it on inputs of these shapes and pull a gradient back."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    inputs = [rng.standard_normal(shape).astype(dtype) for shape in shapes]
    results = []
    for t in (mtorch, torch):
        t.manual_seed(0)
        layer = make(t).to(getattr(t, dtype)).train(training)
        first = {key: np.array(value.numpy(), copy=True) for key, value in layer.state_dict().items()}
        xs = [t.tensor(x, requires_grad=True) for x in inputs]
        y = layer(*xs, **call)
        outputs = y if isinstance(y, tuple) else (y,)
        cotangent = np.random.default_rng(1).standard_normal(tuple(outputs[0].shape)).astype(dtype)
        outputs[0].backward(t.tensor(cotangent))
        results.append({"repr": repr(layer), "first": first, "outputs": [o.detach().numpy() for o in outputs],
                        "gx": [x.grad.numpy() for x in xs],
                        "gw": {name: p.grad.numpy() for name, p in layer.named_parameters()},
                        "state": {key: value.numpy() for key, value in layer.state_dict().items()}})
    mine, theirs = results
    assert mine["repr"] == theirs["repr"]
    assert list(mine["first"]) == list(theirs["first"])
    for key, value in theirs["first"].items():
        np.testing.assert_array_equal(mine["first"][key], value, err_msg=f"first value of {key}")
    tolerance = TOLERANCE[dtype]
    for what in ("outputs", "gx"):
        for i, (one, other) in enumerate(zip(mine[what], theirs[what], strict=True)):
            close(one, other, f"{what}[{i}]", tolerance)
    for what in ("gw", "state"):
        assert list(mine[what]) == list(theirs[what])
        for key in theirs[what]:
            close(mine[what][key], theirs[what][key], f"{what}[{key}]", tolerance)


def functions_agree(function: Any, *arrays: np.ndarray, backward: bool = True) -> None:
    """Compare function(torch, *tensors) and its gradients on both sides, in float64."""
    torch = pytest.importorskip("torch")
    results = []
    for t in (mtorch, torch):
        xs = [t.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
        y = function(t, *xs)
        y = y if isinstance(y, tuple) else (y,)
        if backward:
            y[0].backward(t.tensor(np.random.default_rng(1).standard_normal(tuple(y[0].shape))))
        results.append(([o.detach().numpy() for o in y], [None if x.grad is None else x.grad.numpy() for x in xs]))
    (mine, my_gradients), (theirs, their_gradients) = results
    for i, (one, other) in enumerate(zip(mine, theirs, strict=True)):
        close(one, other, f"output {i}", 1e-9)
    for i, (one, other) in enumerate(zip(my_gradients, their_gradients, strict=True)):
        assert (one is None) == (other is None), f"gradient {i}: {one} and {other}"
        if other is not None:
            close(one, other, f"gradient {i}", 1e-9)


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def raises_as_torch(function: Any, message: str) -> None:
    """function(torch) raises on both sides; mtorch's error says this."""
    torch = pytest.importorskip("torch")
    with pytest.raises(Exception):  # noqa: B017
        function(torch)
    with pytest.raises((ValueError, RuntimeError, TypeError, NotImplementedError), match=message):
        function(mtorch)
