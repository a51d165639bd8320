"""What is added into places that repeat is what np.add.at adds, however the array lies and the places are named."""
from __future__ import annotations

import numpy as np
import pytest

from mtorch.ops.accumulation import accumulate, along, reduce_at_places

RNG = np.random.default_rng(0)
SLICE = slice(None)


def _keys(shape: tuple[int, ...]) -> list[tuple]:
    def picks(n: int, *size: int) -> np.ndarray:
        return RNG.integers(-n, n, size)
    a, b, c = shape
    return [(picks(a, 5),), (picks(a, 400),), (picks(a, 2, 3),), (picks(a, 0),), (picks(a),),
            (picks(a, 7), picks(b, 7)), (SLICE, picks(b, 9)), (picks(a, 6), picks(b, 6), picks(c, 6)),
            (picks(a, 4, 1), picks(b, 1, 5), picks(c, 4, 5)), (picks(a, 3), SLICE, picks(c, 3)),
            (RNG.random(shape) > 0.5,), (RNG.random(a) > 0.5,), (RNG.random(a) > 2,), (picks(a, 4), 1, picks(c, 4)),
            along(RNG.integers(0, b, (a, 9, c)), 1, shape), along(RNG.integers(0, c, (2, 3, 70)), 2, shape),
            along(np.broadcast_to(RNG.integers(0, a, (9, 1, 1)), (9, b, c)), 0, shape),
            along(np.broadcast_to(RNG.integers(0, a, (9, 1, 1)), (9, b - 1, c)), 0, shape)]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.complex64])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_equals_add_at(dtype: type, order: tuple[int, ...]) -> None:
    for key in _keys((4, 5, 6)):
        z = np.zeros([(4, 5, 6)[i] for i in order], dtype).transpose(np.argsort(order))
        expected = np.zeros((4, 5, 6), dtype)
        a = (10 * RNG.standard_normal(expected[key].shape)).astype(dtype)
        np.add.at(expected, key, a)
        accumulate(z, key, a)
        np.testing.assert_allclose(z, expected, rtol=1e-5, atol=1e-4)
        accumulate(z, key, dtype(2))                   # a number, to every place
        np.add.at(expected, key, dtype(2))
        np.testing.assert_allclose(z, expected, rtol=1e-5, atol=1e-4)


def test_an_index_that_repeats_is_that_of_rows() -> None:
    rows = np.array([2, 0, 2])
    key = along(np.broadcast_to(rows[:, None], (3, 5)), 0, (4, 5))
    assert len(key) == 1 and key[0].tolist() == [2, 0, 2]
    assert len(along(np.broadcast_to(rows[:, None], (3, 5)), 0, (4, 6))) == 2        # not whole rows
    assert len(along(np.tile(rows[:, None], (1, 5)), 0, (4, 5))) == 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_many_rows_by_a_product(dtype: type) -> None:
    import scipy.sparse  # noqa: F401  # without it they are added one by one
    z = RNG.standard_normal((1000, 3, 4)).astype(dtype)
    rows, a = RNG.integers(-1000, 1000, 2000), RNG.standard_normal((2000, 3, 4)).astype(dtype)
    expected = z.copy()
    np.add.at(expected, rows, a)
    accumulate(z, (rows,), a)
    np.testing.assert_allclose(z, expected, rtol=1e-5, atol=1e-5)


def test_other_reductions_into_rows() -> None:
    for shape in ((6,), (6, 4)):
        z, rows = RNG.standard_normal(shape), RNG.integers(-6, 6, 40)
        a = RNG.standard_normal((40, *shape[1:]))
        expected = z.copy()
        np.maximum.at(expected, rows, a)
        reduce_at_places(np.maximum, z, (rows,), a)
        np.testing.assert_array_equal(z, expected)
