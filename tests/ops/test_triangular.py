"""The Cholesky factor's gradient, with the matrix kept symmetric, and its gradient's gradient."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.autograd import gradcheck, gradgradcheck
from mtorch.ops.triangular import cholesky


def factor(a):
    """Of a symmetric matrix made from any."""
    return cholesky(a @ a.mT + 2 * mtorch.eye(3, dtype=a.dtype))


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3)])
def test_gradients(shape):
    a = mtorch.from_numpy(np.random.default_rng(0).normal(size=shape)).requires_grad_()
    assert gradcheck(factor, (a,))
    assert gradgradcheck(factor, (a,))


def test_the_gradient_is_torchs():
    torch = pytest.importorskip("torch")
    values = np.random.default_rng(0).normal(size=(2, 3, 3))
    values = values @ values.mT + 3 * np.eye(3)
    x, y = mtorch.from_numpy(values).requires_grad_(), torch.from_numpy(values).requires_grad_()
    weights = np.random.default_rng(1).normal(size=values.shape)
    (cholesky(x) * mtorch.from_numpy(weights)).sum().backward()
    (torch.linalg.cholesky(y) * torch.from_numpy(weights)).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-10, atol=1e-12)
