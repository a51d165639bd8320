"""A formula evaluated piece by piece gives what it gives at once, wherever its arrays lie."""
from __future__ import annotations

import numpy as np
import pytest

from mtorch.ops.erf32 import erf32
from mtorch.ops.pieces import PIECE, in_pieces

SHAPES = [(), (0,), (1,), (PIECE,), (PIECE + 1,), (3, PIECE), (5, 7, 1111)]


@pytest.mark.parametrize("shape", SHAPES)
def test_equals_the_whole(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal(shape), rng.standard_normal(shape)
    np.testing.assert_array_equal(in_pieces(lambda x, y: x * y + x, a, b), a * b + a)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_lies_in_memory_as_the_first(order: tuple[int, ...]) -> None:
    a = np.random.default_rng(0).standard_normal((40, 50, 60)).transpose(order)
    b = np.ascontiguousarray(a)
    y = in_pieces(np.add, a, b)
    np.testing.assert_array_equal(y, a + a)
    assert y.strides == a.strides
    np.testing.assert_array_equal(in_pieces(np.add, a[::2], b[::2]), 2 * a[::2])
    wide = np.broadcast_to(a[0], (3, *a.shape[1:]))
    np.testing.assert_array_equal(in_pieces(np.add, np.broadcast_to(wide, (9, *wide.shape)),
                                            np.ones((9, *wide.shape))), np.broadcast_to(wide + 1, (9, *wide.shape)))


def test_erf_is_within_4_units_in_the_last_place() -> None:
    scipy_special = pytest.importorskip("scipy.special")
    x = np.concatenate([np.geomspace(1e-38, 20, 300_000), np.linspace(0, 5, 300_000)]).astype(np.float32)
    exact = scipy_special.erf(x.astype(np.float64))
    assert (np.abs(erf32(x) - exact) <= 4 * np.spacing(exact.astype(np.float32))).all()
    np.testing.assert_array_equal(erf32(-x), -erf32(x))
    special = np.array([0.0, -0.0, np.inf, -np.inf, 1e30, -1e38, np.nan], np.float32)
    np.testing.assert_array_equal(erf32(special), np.float32([0, -0.0, 1, -1, 1, -1, np.nan]))
