"""What float16 adds up may leave its range where the result does not: as in torch it is computed in float32."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import mtorch

torch = pytest.importorskip("torch")

FUNCTIONS: dict[str, Callable] = {
    "mean": lambda t, x: x.mean(),
    "mean over dim": lambda t, x: x.mean(1),
    "var": lambda t, x: x.var(),
    "std over dim": lambda t, x: x.std(1),
    "var_mean": lambda t, x: t.stack(t.var_mean(x)),
    "norm": lambda t, x: x.norm(),
    "vector_norm": lambda t, x: t.linalg.vector_norm(x, 1.5, dim=0),
    "dist": lambda t, x: t.dist(x, x * 0),
    "renorm": lambda t, x: x.renorm(2, 0, 1.0),
    "cumsum": lambda t, x: x.cumsum(1),
    "mse_loss": lambda t, x: t.nn.functional.mse_loss(x, x * 0),
    "l1_loss": lambda t, x: t.nn.functional.l1_loss(x, x * 0),
    "smooth_l1_loss": lambda t, x: t.nn.functional.smooth_l1_loss(x, x * 0),
    "huber_loss": lambda t, x: t.nn.functional.huber_loss(x, x * 0),
    "binary_cross_entropy_with_logits": lambda t, x: t.nn.functional.binary_cross_entropy_with_logits(x.tile(3), x.tile(3) * 0),
    "avg_pool1d": lambda t, x: t.nn.functional.avg_pool1d(x.reshape(1, 1, -1), 30000),
    "adaptive_avg_pool2d": lambda t, x: t.nn.functional.adaptive_avg_pool2d(x.reshape(2, 4, 64, 64) * 4, 1),
    "interpolate": lambda t, x: t.nn.functional.interpolate(x.reshape(2, 4, 64, 64) * 4, size=1, mode="area"),
    "pairwise_distance": lambda t, x: t.nn.functional.pairwise_distance(x, x * 0),
    "cosine_similarity": lambda t, x: t.nn.functional.cosine_similarity(x, x + 1),
    "normalize": lambda t, x: t.nn.functional.normalize(x),
    "attention": lambda t, x: t.nn.functional.scaled_dot_product_attention(x, x, x),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_sums_beyond_float16(name: str) -> None:
    x = (np.random.default_rng(0).standard_normal((8, 4096)) * 4 + 5).astype(np.float16)
    results = []
    for t in (mtorch, torch):
        leaf = t.tensor(x, requires_grad=True)
        y = FUNCTIONS[name](t, leaf)
        y.sum().backward()
        assert y.dtype == leaf.grad.dtype == t.float16
        results.append((y.detach().numpy(), leaf.grad.numpy()))
    (mine, my_gradient), (theirs, their_gradient) = results
    assert np.isfinite(theirs).all()
    assert np.allclose(mine, theirs, rtol=4e-3, atol=4e-3 * np.abs(theirs).max())
    assert np.allclose(my_gradient, their_gradient, rtol=0.02, atol=0.02 * np.abs(their_gradient).max() + 1e-6)


def test_gradients_of_float16_are_clipped_by_their_norm() -> None:
    norms = []
    for t in (mtorch, torch):
        p = t.zeros(4096, dtype=t.float16).requires_grad_()
        p.grad = t.full_like(p, 8.0)
        norms.append(t.nn.utils.clip_grad_norm_([p], 1.0))
        assert p.grad[0].item() == pytest.approx(1 / 64, rel=1e-3)
    assert norms[0].item() == norms[1].item() == 512.0 and norms[0].dtype == mtorch.float16


def test_wider_tensors_beside_it_and_a_type_to_compute_in() -> None:
    x = mtorch.ones(3, dtype=mtorch.float16)
    assert mtorch.nn.functional.mse_loss(x, mtorch.zeros(3)).dtype == mtorch.float32
    assert x.cumsum(0, dtype=mtorch.float64).dtype == mtorch.linalg.vector_norm(x, dtype=mtorch.float64).dtype == mtorch.float64
    assert mtorch.std(x, 0, out=mtorch.zeros((), dtype=mtorch.float16)).dtype == mtorch.float16
