"""Sums of float16 are kept in float32, as in torch."""
from __future__ import annotations

import numpy as np
import pytest

import mtorch

torch = pytest.importorskip("torch")

RANGE = np.arange(12.0).reshape(3, 4) * 60                 # squares and sums of these are more than float16 holds
COMPUTED = {
    "a sum of ones": lambda T, x: T.ones(5000, 3).half().sum(0),
    "a sum of ones one by one": lambda T, x: T.ones(3000, 2).half().cumsum(0)[-1],
    "a mean of large numbers": lambda T, x: (x * 20).mean() + (x * 20).mean(0),
    "a norm": lambda T, x: x.norm() + x.norm(dim=0) + T.linalg.vector_norm(x),
    "normalize": lambda T, x: T.nn.functional.normalize(x),
    "a variance": lambda T, x: x.var(1) + x.var(),
    "a deviation": lambda T, x: (x * 2).std() + (x * 2).std(1) + T.std_mean(x * 2)[0],
    "layer_norm": lambda T, x: T.nn.functional.layer_norm(x, (4,), T.ones(4).half(), T.ones(4).half()),
    "rms_norm": lambda T, x: T.nn.functional.rms_norm(x, (4,), T.ones(4).half()),
    "group_norm": lambda T, x: T.nn.functional.group_norm(x[None], 1),
    "batch_norm": lambda T, x: T.nn.functional.batch_norm(x, None, None, training=True),
    "a bias": lambda T, x: T.ones(5000, 4).half() + x[0],
    "a bias of a layer": lambda T, x: T.nn.functional.linear(T.ones(5000, 3).half(), T.zeros(4, 3).half(), x[0]),
}


@pytest.mark.parametrize("name", COMPUTED)
def test_sums_of_float16(name: str) -> None:
    found = []
    for T in (mtorch, torch):
        x = T.tensor(RANGE, dtype=T.float16, requires_grad=True)
        y = COMPUTED[name](T, x)
        assert y.dtype == T.float16
        if y.requires_grad:
            y.backward(T.ones(y.shape, dtype=T.float16))
            assert x.grad.dtype == T.float16
        found.append((y.detach().numpy(), np.zeros(0) if x.grad is None else x.grad.numpy()))
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=4e-3, atol=2e-3)


def test_second_derivatives_of_float16() -> None:
    x = mtorch.tensor([300.0, 400.0], dtype=mtorch.float16, requires_grad=True)
    (g,) = mtorch.autograd.grad(x.norm(), x, create_graph=True)
    assert g.dtype is mtorch.float16 and g.requires_grad
    (h,) = mtorch.autograd.grad(g[0], x)
    assert h.dtype is mtorch.float16




@pytest.mark.parametrize("loss", ["mse_loss", "l1_loss", "smooth_l1_loss", "binary_cross_entropy_with_logits"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_loss_of_many_halves_is_torchs(loss: str, reduction: str) -> None:
    x, found = (np.random.default_rng(0).random(70_000) + 0.5).astype(np.float16), []
    for t in (mtorch, torch):
        found.append(getattr(t.nn.functional, loss)(t.tensor(x), t.tensor(x) * 0, reduction=reduction).item())
    assert found[0] == found[1]
