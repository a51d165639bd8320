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


def test_substitution_is_exact_where_torchs_is() -> None:
    """Zeros of the inverse are zeros, rows are not exchanged, and a zero on the diagonal gives infinities, no error."""
    torch = pytest.importorskip("torch")

    def found(t) -> list:
        below = t.tensor([[1.0, 0, 0, 0], [0.25, 1, 0, 0], [-0.5, 3, 1, 0], [1.5, 0.75, -2, 1]])
        singular = t.tensor([[2.0, 0, 0], [1, 0, 0], [3, 4, 5]])
        steep = t.tensor([[1e-20, 0], [1, 1.0]])
        packed, pivots, _ = t.linalg.lu_factor_ex(t.tensor([[1.0, 2, 3], [2, 4, 6], [1, 0, 1]]))
        ones = t.ones(3, 1)
        results = [t.linalg.solve_triangular(below, t.eye(4), upper=False, unitriangular=True),
                   t.linalg.solve_triangular(below.mT, t.eye(4), upper=True),
                   t.linalg.solve_triangular(singular, t.eye(3), upper=False),
                   t.linalg.solve_triangular(steep, t.ones(2, 1), upper=False),
                   t.cholesky_solve(ones, singular), t.linalg.lu_solve(packed, pivots, ones),
                   t.linalg.solve_triangular(t.ones(2, 1, 3, 3), t.ones(4, 3, 2), upper=True),
                   t.linalg.solve_triangular(t.ones(0, 0), t.ones(0, 2), upper=False)]
        return [x.tolist() for x in results]
    np.testing.assert_equal(found(mtorch), found(torch))
