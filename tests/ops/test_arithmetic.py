"""Arithmetic at the edges that the table of ops keeps away from."""
from __future__ import annotations

import numpy as np
import pytest

import mtorch

INF, NAN = float("inf"), float("nan")
A = [INF, INF, -INF, -INF, INF, -INF, 1.0, 1.0, NAN, 1000.0, -1000.0, 1e30, 0.0, 5.0]
B = [INF, -INF, INF, -INF, 1.0, 1.0, INF, -INF, 1.0, -1000.0, 1000.0, 1e30, -0.0, -9.0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["logaddexp", "logaddexp2"])
def test_logaddexp_of_large_and_infinite_numbers_is_torchs(name, dtype):
    torch = pytest.importorskip("torch")
    results = []
    for lib in (mtorch, torch):
        a, b = (lib.tensor(x, dtype=getattr(lib, dtype), requires_grad=True) for x in (A, B))
        y = getattr(lib, name)(a, b)
        y += 1                                         # it may be written: its gradient does not need it
        y.sum().backward()
        results.append([x.detach().numpy() for x in (y, a.grad, b.grad)])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("exponent", [0, 1, 2, 3, -1, -2, 0.5, -0.5, 4, -3])
def test_powers_that_are_products_quotients_and_roots_are_torchs(exponent, dtype):
    torch = pytest.importorskip("torch")
    numbers = [-2.0, -1.0, -0.0, 0.0, 0.5, 1.0, 2.0, 3.0, float("inf"), -float("inf"), float("nan"), 1e-3]
    found = []
    for lib in (mtorch, torch):
        x = lib.tensor(numbers, dtype=getattr(lib, dtype), requires_grad=True)
        y = x ** exponent
        y.sum().backward()
        found.append((y.detach().numpy(), x.grad.numpy()))
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-3 if dtype == "float16" else 1e-6)
        assert np.array_equal(np.signbit(ours[theirs == 0]), np.signbit(theirs[theirs == 0]))
