"""The gradients of gamma, beta and Dirichlet samples: how a sample moves with its parameter while its quantile stays."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

import mtorch
from mtorch.distributions import Beta, Dirichlet, Gamma
from mtorch.ops import sampling

rng = np.random.default_rng(0)
SHAPES = np.concatenate([rng.uniform(*bounds, 200) for bounds in ((0.05, 1), (1, 10), (10, 1000))])
QUANTILES = rng.uniform(0.01, 0.99, SHAPES.size)


def slope(f, a):
    h = 1e-4 * a
    return (f(a + h) - f(a - h)) / (2 * h)


def test_gamma_samples_keep_their_quantile():
    x = special.gammaincinv(SHAPES, QUANTILES)
    expected = slope(lambda a: special.gammaincinv(a, QUANTILES), SHAPES)
    np.testing.assert_allclose(sampling.gamma_sensitivity(SHAPES, x=x), expected, rtol=1e-5, atol=1e-9)


def test_beta_samples_keep_their_quantile():
    b = rng.uniform(0.5, 5, SHAPES.size)
    x = special.betaincinv(SHAPES, b, QUANTILES)
    inside = x < 1 - 1e-6
    expected = slope(lambda a: special.betaincinv(a, b, QUANTILES), SHAPES) / (1 - x)
    pair = np.stack([SHAPES, b], -1)
    actual = sampling.dirichlet_sensitivity(pair, x=np.stack([x, 1 - x], -1))[:, 0]
    np.testing.assert_allclose(actual[inside], expected[inside], rtol=2e-5, atol=1e-7)


@pytest.mark.parametrize("dtype", [mtorch.float32, mtorch.float64])
def test_the_mean_gradient_is_that_of_the_mean(dtype):
    """The mean of Gamma(a, 1) is a, of Beta(a, b) is a / (a + b)."""
    mtorch.manual_seed(0)
    a = mtorch.tensor(1.7, dtype=dtype, requires_grad=True)
    Gamma(a, mtorch.tensor(1.0, dtype=dtype)).rsample((20_000,)).mean().backward()
    assert a.grad.item() == pytest.approx(1.0, abs=0.02)
    a.grad = None
    Beta(a, mtorch.tensor(2.3, dtype=dtype)).rsample((20_000,)).mean().backward()
    assert a.grad.item() == pytest.approx(2.3 / 4**2, abs=0.005)
    assert a.grad.dtype == dtype


def test_extreme_samples_have_finite_gradients():
    a = mtorch.tensor([1e-4, 1e-2, 1e5], dtype=mtorch.float64, requires_grad=True)
    for sample in (Gamma(a, 1.0).rsample((50,)), Dirichlet(a).rsample((50,))):
        a.grad = None
        sample.sum().backward()
        assert a.grad.isfinite().all()


@pytest.mark.parametrize("build", [lambda a: Gamma(a, 1.0), lambda a: Dirichlet(a)])
def test_second_order(build):
    """What a sample is used for can be differentiated again, the sample's own gradient cannot."""
    a, w = mtorch.tensor([1.0, 2.0], requires_grad=True), mtorch.tensor(3.0, requires_grad=True)
    g, = mtorch.autograd.grad((w * build(a).rsample() ** 2).sum(), a, create_graph=True)
    gw, = mtorch.autograd.grad(g.sum(), w, retain_graph=True)
    assert gw.item() == pytest.approx(g.sum().item() / 3, rel=1e-5)
    with pytest.raises(NotImplementedError, match="no gradient with respect to the parameters"):
        mtorch.autograd.grad(g.sum(), a)


def test_the_cdf_of_gamma_is_not_differentiated_in_its_shape():
    x = mtorch.tensor(1.5, requires_grad=True)
    Gamma(2.0, 1.0).cdf(x).backward()
    assert x.grad.item() == pytest.approx(1.5 * np.exp(-1.5), rel=1e-6)
    with pytest.raises(NotImplementedError, match="concentration"):
        Gamma(mtorch.tensor(2.0, requires_grad=True), 1.0).cdf(x)
