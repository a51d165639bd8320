"""The quick ways to an order give the stable order, with equals and nan anywhere."""
from __future__ import annotations

import numpy as np
import pytest

from mtorch.ops.ordering import first, nth, order

RNG = np.random.default_rng(0)


def _arrays() -> list[np.ndarray]:
    few = RNG.integers(0, 9, (40, 130)).astype(np.float32)
    normal = RNG.standard_normal((70, 3, 80)).astype(np.float32)
    equals = normal.copy()
    equals[::3, 1, 5:9] = equals[::3, 1, :1]
    equals[0, 0, ::20] = 0.0
    equals[0, 0, 1::20] = -0.0
    special = normal.copy()
    special[5, :, 3:6], special[6, :, 70], special[7, 1, :2] = np.nan, np.inf, -np.inf
    return [normal, equals, special, few, normal.astype(np.float64), few.astype(np.int64), normal.astype(np.float16),
            normal[:, :, ::-1], np.zeros((3, 2000), np.float32), np.full((80, 90), np.nan, np.float32), normal[:0],
            np.round(RNG.standard_normal((3, 4000)), 3).astype(np.float32)]


def _stable(a: np.ndarray, axis: int, descending: bool) -> np.ndarray:
    if not descending:
        return np.argsort(a, axis=axis, kind="stable")
    return np.flip(a.shape[axis] - 1 - np.argsort(np.flip(a, axis), axis=axis, kind="stable"), axis)


@pytest.mark.parametrize("descending", [False, True])
def test_equals_are_in_order(descending: bool) -> None:
    for a in _arrays():
        for axis in range(a.ndim):
            expected = _stable(a, axis, descending)
            np.testing.assert_array_equal(order(a, axis, descending), expected)
            n = a.shape[axis]
            for k in {0, 1, n // 9, n // 4, n} & set(range(n + 1)):
                np.testing.assert_array_equal(first(a, k, axis, descending), expected.take(np.arange(k), axis))
            for k in {0, n // 2, n - 1} & set(range(n)) if not descending else ():
                np.testing.assert_array_equal(nth(a, k, axis), expected.take(k, axis))
