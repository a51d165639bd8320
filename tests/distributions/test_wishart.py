"""What of the Wishart distribution the table of all distributions cannot show."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.distributions import Wishart, kl_divergence

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore:Singular sample detected")

COVARIANCE = [[2.0, 0.5], [0.5, 1.0]]


def test_the_gradient_through_a_sample():
    """The same numbers drawn for a factor a little to either side."""
    def drawn(tril):
        mtorch.manual_seed(3)
        return (Wishart(3.5, scale_tril=tril).rsample((4,)) * weights).sum()

    weights = mtorch.from_numpy(np.random.default_rng(0).normal(size=(4, 2, 2)))
    tril = mtorch.tensor([[1.0, 0.0], [0.5, 2.0]]).double().requires_grad_()
    drawn(tril).backward()
    for i, j in ((0, 0), (1, 0), (1, 1)):
        step = mtorch.zeros(2, 2).double()
        step[i, j] = 1e-6
        slope = (drawn(tril.detach() + step) - drawn(tril.detach() - step)) / 2e-6
        assert tril.grad[i, j].item() == pytest.approx(slope.item(), rel=1e-6)


def test_the_divergence_is_torchs_and_that_of_the_formula():
    values = []
    for T in (mtorch, torch):
        p = T.distributions.Wishart(T.tensor([3.0, 5.5]), T.tensor(COVARIANCE))
        values.append(T.distributions.kl_divergence(p, T.distributions.Wishart(4.0, T.eye(2))).detach().numpy())
    np.testing.assert_allclose(*values, rtol=1e-5)
    p, q = Wishart(6.0, mtorch.tensor(COVARIANCE).double()), Wishart(4.0, mtorch.eye(2).double())
    mtorch.manual_seed(0)
    x = p.sample((20_000,))
    ratio = (p.log_prob(x) - q.log_prob(x)).numpy()
    assert abs(ratio.mean() - kl_divergence(p, q).item()) <= 5 * ratio.std() / np.sqrt(len(ratio))


def test_few_degrees_of_freedom_are_warned_of():
    for T in (mtorch, torch):
        with pytest.warns(UserWarning, match="Low df values"):
            T.distributions.Wishart(1.5, T.eye(2))


@pytest.mark.parametrize("text", [
    "D.Wishart(3.0)", "D.Wishart(3.0, T.eye(2), scale_tril=T.eye(2))", "D.Wishart(0.5, T.eye(2))",
    "D.Wishart(3.0, T.ones(2))", "D.Wishart(3.0, -T.eye(2))", "D.Wishart(3.0, T.eye(2)).log_prob(-T.eye(2))",
])
def test_torchs_refusals(text):
    kinds = []
    for T in (torch, mtorch):
        with pytest.raises((AssertionError, ValueError)) as caught:
            eval(text, {"T": T, "D": T.distributions})
        kinds.append(caught.type)
    assert kinds[0] is kinds[1]
