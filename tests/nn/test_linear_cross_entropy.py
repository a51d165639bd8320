"""`linear_cross_entropy` and its layer, beside torch's: values, gradients, options and errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch.nn import LinearCrossEntropyOptions
from mtorch.nn.functional import linear_cross_entropy

CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "sum": {"reduction": "sum"},
    "each": {"reduction": "none"},
    "bias": {"linear_bias": (4,)},
    "weight": {"weight": True, "ignore_index": 1},
    "smoothed": {"label_smoothing": 0.2, "weight": True},
    "one sample": {"batch": ()},
    "further axes": {"d": (2, 3), "linear_bias": (4, 2, 3), "reduction": "none"},
    "probabilities": {"probabilities": True, "label_smoothing": 0.1},
    "probabilities over axes": {"probabilities": True, "d": (2,)},
}


def result(torch: Any, batch: tuple = (5,), d: tuple = (), linear_bias: tuple | None = None, weight: bool = False,
           probabilities: bool = False, **options: Any) -> list[np.ndarray]:
    """The loss and the gradients of what it was computed from."""
    rng = np.random.default_rng(0)
    leaves = [torch.tensor(rng.standard_normal(shape), requires_grad=True)
              for shape in [(*batch, 3), (4, *d, 3), *([linear_bias] if linear_bias else [])]]
    target = torch.tensor(rng.random((*batch, 4, *d)) if probabilities else rng.integers(0, 4, (*batch, *d)))
    if linear_bias:
        options["linear_bias"] = leaves[2]
    if weight:
        options["weight"] = torch.tensor(rng.random(4))
    loss = torch.nn.functional.linear_cross_entropy(leaves[0], leaves[1], target, **options)
    (loss * loss).sum().backward()
    return [loss.detach().numpy(), *(leaf.grad.numpy() for leaf in leaves)]


@pytest.mark.parametrize("name", CASES)
def test_it_is_torchs(name: str) -> None:
    torch = pytest.importorskip("torch")
    if not hasattr(torch.nn.functional, "linear_cross_entropy"):
        pytest.skip("this torch has none yet")
    for mine, theirs in zip(result(mtorch, **CASES[name]), result(torch, **CASES[name]), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, atol=1e-12, strict=True)


@pytest.mark.parametrize("options", [{}, {"batch_chunk_size": 2}, {"chunking_method": "aspect_ratio:2"},
                                     {"acc_policy": "accurate", "allow_retain_graph": True}], ids=str)
def test_chunks_change_nothing(options: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    if not hasattr(torch.nn, "LinearCrossEntropyOptions"):
        pytest.skip("this torch has none yet")
    for mine, theirs, plain in zip(result(mtorch, options=LinearCrossEntropyOptions(**options)),
                                   result(torch, options=torch.nn.LinearCrossEntropyOptions(**options)),
                                   result(mtorch), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10, strict=True)
        np.testing.assert_array_equal(mine, plain)


def test_the_layer_is_a_linear_and_the_function() -> None:
    mtorch.manual_seed(0)
    criterion = mtorch.nn.LinearCrossEntropyLoss(3, 4, out_features=(2,), bias=True, label_smoothing=0.1)
    assert {name: tuple(p.shape) for name, p in criterion.named_parameters()} == {"linear.weight": (8, 3),
                                                                                 "linear.bias": (8,)}
    x, t = mtorch.randn(5, 3), mtorch.randint(0, 4, (5, 2))
    loss = criterion(x, t)
    assert isinstance(loss, mtorch.nn.Loss)
    logits = criterion.linear(x).reshape(5, 4, 2)
    assert loss.value == mtorch.nn.functional.cross_entropy(logits, t, label_smoothing=0.1).item()
    loss.backward()
    assert criterion.linear.weight.grad.abs().sum() > 0


X, W, T = mtorch.ones(5, 3), mtorch.ones(4, 3), mtorch.zeros(5, dtype=mtorch.int64)


@pytest.mark.parametrize(("call", "error", "says"), [
    (lambda: linear_cross_entropy(mtorch.ones(2, 5, 3), W, T), RuntimeError, r"input with dimensionality 1 or 2.*\(2, 5, 3\)"),
    (lambda: linear_cross_entropy(X, W[0], T), RuntimeError, r"linear_weight with dimensionality at least 2.*\(3,\)"),
    (lambda: linear_cross_entropy(X, W[:, :2], T), RuntimeError, r"in_features.*\(5, 3\).*\(4, 2\)"),
    (lambda: linear_cross_entropy(X, W, T, linear_bias=mtorch.ones(3)), RuntimeError, r"linear_bias shape \(4,\), got \(3,\)"),
    (lambda: linear_cross_entropy(X[0], mtorch.ones(4, 2, 3), T), RuntimeError, "requires batched input"),
    (lambda: linear_cross_entropy(X, W, mtorch.ones(5, 4), ignore_index=0), RuntimeError, "target contains probabilities"),
    (lambda: linear_cross_entropy(X, W, T + 4), IndexError, "4 is out of bounds"),
    (lambda: linear_cross_entropy(X, W, T, label_smoothing=2.0), RuntimeError, "label_smoothing must be between"),
    (lambda: linear_cross_entropy(X, W, T, options=3), TypeError, "options must be LinearCrossEntropyOptions"),  # type: ignore[arg-type]
    (lambda: linear_cross_entropy(X, W, T, options=LinearCrossEntropyOptions(acc_dtype=mtorch.float64)), RuntimeError,
     "acc_dtype must be that of the input"),
    (lambda: linear_cross_entropy(X.half(), W.half(), T, options=LinearCrossEntropyOptions()), NotImplementedError,
     "float16"),
    (lambda: linear_cross_entropy(X, W, T, options=LinearCrossEntropyOptions(batch_chunk_size=2,
                                                                             chunking_method="aspect_ratio")),
     ValueError, "give one"),
    (lambda: LinearCrossEntropyOptions(acc_policy="fast"), ValueError, "acc_policy must be one of"),
    (lambda: LinearCrossEntropyOptions(chunking_method="aspect_ratio:0"), ValueError, "chunking_method must be"),
    (lambda: LinearCrossEntropyOptions(batch_chunk_size=0), ValueError, "batch_chunk_size must be a positive int"),
    (lambda: LinearCrossEntropyOptions(acc_dtype=mtorch.int64), ValueError, "acc_dtype must be one of"),
    (lambda: mtorch.nn.LinearCrossEntropyLoss(3, 4, weight=mtorch.ones(3)), RuntimeError, r"\(4,\), got \(3,\)"),
    (lambda: mtorch.nn.LinearCrossEntropyLoss(3, 4, label_smoothing=-1), RuntimeError, r"range \[0, 1\], got -1"),
])
def test_what_it_refuses(call: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        call()
