"""Draws that take a varying number of words: torch's numbers, torch's state afterwards, and the right distribution."""

from __future__ import annotations

import numpy as np
import pytest

from mtorch import random

torch = pytest.importorskip("torch")

from .test_draws import SEEDS, check    # noqa: E402  (it needs torch as well)

FLOATS = ("float32", "float64")


def numbers(dtype, low, high, *shape):
    return np.random.default_rng(3).uniform(low, high, shape).astype(dtype)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("rates", [(0, 12), (9, 200), (0, 0), (1e5, 1e6)])
def test_poisson(dtype, rates):
    rate = numbers(dtype, *rates, 40, 11)
    check(lambda g: random.poisson(rate, g), lambda g: torch.poisson(torch.from_numpy(rate), generator=g))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shapes", [(1e-3, 1), (1, 3), (3, 1e4)])
def test_gamma(dtype, shapes):
    shape = numbers(dtype, *shapes, 40, 11)
    check(lambda g: [random.standard_gamma(shape, g), random.normal_(np.empty(1, dtype), g)],
          lambda g: [torch._standard_gamma(torch.from_numpy(shape), generator=g),
                     torch.randn(1, dtype=getattr(torch, dtype), generator=g)])


def test_gamma_of_zero_is_the_least_number():
    assert random.standard_gamma(np.zeros(2, np.float32), random.Generator()).tolist() == [2.0**-126] * 2


def test_dirichlet():
    concentration = numbers("float32", 0.01, 3, 50, 4)
    check(lambda g: random.dirichlet(concentration, g),
          lambda g: torch._sample_dirichlet(torch.from_numpy(concentration), generator=g))
    double = concentration.astype(np.float64)
    for seed in SEEDS:
        ours = random.dirichlet(double, random.Generator().manual_seed(seed))
        t = torch.Generator().manual_seed(seed)
        theirs = torch._sample_dirichlet(torch.from_numpy(double), generator=t).numpy()
        np.testing.assert_allclose(ours, theirs, rtol=1e-15)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("counts", [(0, 30), (30, 5000)])
def test_binomial(dtype, counts):
    count = np.floor(numbers(dtype, *counts, 300))
    p = numbers(dtype, 0, 1, 300)
    p[:4] = 0, 1, 0.5, 0.25
    check(lambda g: random.binomial(count, p, g),
          lambda g: torch.binomial(torch.from_numpy(count), torch.from_numpy(p), generator=g))


@pytest.mark.parametrize("size", [0, 1, 3, 500])
def test_nothing_is_drawn_in_vain(size):
    """What follows is the same whether the elements are drawn together or one by one."""
    rates = np.full(size, 4.0)
    together, apart = random.Generator(), random.Generator()
    assert random.poisson(rates, together).tolist() == [float(random.poisson(r, apart)) for r in rates]
    assert np.array_equal(together.get_state(), apart.get_state())
