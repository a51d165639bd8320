"""A choice made by the bits of numbers is np.where's, whatever is chosen between."""
from __future__ import annotations

import numpy as np
import pytest

from mtorch.ops.choice import select
from mtorch.ops.elementwise import log_of_1_plus_exp

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64, np.complex64])
@pytest.mark.parametrize("shape", [(), (3,), (64, 65), (3, 50, 60)])
def test_equals_where(dtype: type, shape: tuple[int, ...]) -> None:
    a, b = (RNG.standard_normal(shape).astype(dtype) for _ in "ab")
    mask = RNG.random(shape) > 0.5
    if np.dtype(dtype).kind == "f" and a.ndim > 1:
        a.reshape(-1)[:3] = np.nan, np.inf, -0.0
    choices = [(a, b), (a, 0), (0, b), (a, np.ones((), dtype))]
    if np.dtype(dtype).kind == "f":
        choices += [(a, -np.inf), (np.nan, b), (a, b.astype(np.float64))]
    for x, y in choices:
        chosen, expected = select(mask, x, y), np.where(mask, x, y)
        assert chosen.dtype == expected.dtype
        np.testing.assert_array_equal(chosen, expected)
        np.testing.assert_array_equal(np.signbit(chosen.real), np.signbit(expected.real))


def test_of_what_lies_in_pieces_or_is_broadcast() -> None:
    a, b = RNG.standard_normal((2, 80, 90)).astype(np.float32)
    mask = RNG.random((80, 90)) > 0.5
    for x, y, m in [(a.T, b.T, mask.T), (a[:, ::2], b[:, ::2], mask[:, ::2]), (a[:1], b, mask), (a, b, mask[:1]),
                    (a, b, mask[0]), (a[0], b, mask), (a, b.T[:, ::-1].T, mask), (1.0, 2.0, mask)]:
        np.testing.assert_array_equal(select(m, x, y), np.where(m, x, y))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_of_1_plus_exp(dtype: type) -> None:
    x = np.concatenate((np.linspace(-40, 40, 999), [0.0, -0.0, 1e5, -1e5, np.inf, -np.inf, np.nan])).astype(dtype)
    np.testing.assert_allclose(log_of_1_plus_exp(x), np.logaddexp(x.astype(np.float64), 0).astype(dtype),
                               rtol=4 * float(np.finfo(dtype).eps))
