"""Every draw on arrays gives torch's numbers, bit for bit, and leaves the generator in torch's state."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from mtorch import random
from mtorch.random import fused, uniform

torch = pytest.importorskip("torch")

SEEDS = (0, 1, 42, 2**40 + 7, -1)
SIZES = (0, 1, 2, 7, 15, 16, 17, 31, 32, 100, 1003)
FLOATS = ("float16", "float32", "float64")


def same_bits(array, tensor) -> bool:
    """Equal to the last bit, the sign of zero included."""
    return array.dtype == tensor.numpy().dtype and array.tobytes() == tensor.contiguous().numpy().tobytes()


def check(ours, theirs, seeds=SEEDS):
    """ours(generator) and theirs(generator) draw alike from every seed; each may return one array or several."""
    for seed in seeds:
        g, t = random.Generator().manual_seed(seed), torch.Generator().manual_seed(seed)
        mine, torchs = ours(g), theirs(t)
        if not isinstance(mine, list):
            mine, torchs = [mine], [torchs]
        for array, tensor in zip(mine, torchs, strict=True):
            assert array.shape == tuple(tensor.shape)
            assert same_bits(array, tensor), f"seed {seed}, shape {array.shape}, {array.dtype}"
        assert np.asarray(g.get_state()).tobytes() == t.get_state().numpy().tobytes(), f"seed {seed}: the states differ"


def check_fill(ours, theirs, dtype, sizes=SIZES):
    """Fill arrays of several sizes in a row: ours(array, generator) and theirs(tensor, generator)."""
    check(lambda g: [ours(np.zeros(n, dtype), g) for n in sizes],
          lambda g: [theirs(torch.zeros(n, dtype=getattr(torch, dtype)), g) for n in sizes])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-0.037, 0.041), (2, 5), (3.0, 3.0), (-1e4, 1.0)])
def test_uniform(dtype, low, high):
    check_fill(lambda a, g: random.uniform_(a, g, low, high),
               lambda t, g: t.uniform_(low, high, generator=g), dtype)


@pytest.mark.parametrize("dtype", FLOATS)
def test_uniform_in_pieces(dtype, monkeypatch):
    monkeypatch.setattr(uniform, "PIECE", 16)
    test_uniform(dtype, -0.037, 0.041)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(("mean", "std"), [(0.0, 1.0), (0.3, 0.041), (-2.0, 3.0), (5.0, 1.0), (1.5, 0.0)])
def test_normal(dtype, mean, std):
    check_fill(lambda a, g: random.normal_(a, g, mean, std),
               lambda t, g: t.normal_(mean, std, generator=g), dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_many_normals(dtype):
    """Enough of them for rare roundings to show, and for more than one piece of the work."""
    n = 300_003
    check(lambda g: [random.normal_(np.empty(n, dtype), g), random.normal_(np.empty(n, dtype), g, 0.1, 0.7)],
          lambda g: [torch.empty(n, dtype=getattr(torch, dtype)).normal_(m, s, generator=g)
                     for m, s in ((0, 1), (0.1, 0.7))], seeds=(3,))


def test_the_careful_way_and_the_quick_way_agree(monkeypatch):
    """A halfway sum is too rare to be met by chance, so say there was one."""
    quick = random.normal_(np.empty(20_000, np.float32), random.Generator(), 0.1, 0.7)
    monkeypatch.setattr(fused.QuickFma32, "was_halfway", lambda self: setattr(self, "used", 0) or True)
    careful = random.normal_(np.empty(20_000, np.float32), random.Generator(), 0.1, 0.7)
    assert np.array_equal(quick, careful)


@pytest.mark.parametrize("dtype", FLOATS)
def test_the_kept_normal_outlives_other_draws(dtype):
    kind = getattr(torch, dtype)

    def ours(g):
        return [random.normal_(np.empty(3, dtype), g), random.uniform_(np.empty(5, dtype), g),
                random.normal_(np.empty(20, dtype), g), random.permutation(9, g),
                random.normal_(np.empty(1, dtype), g, 2.0, 5.0), random.normal_(np.empty(2, dtype), g)]

    def theirs(g):
        return [torch.randn(3, dtype=kind, generator=g), torch.rand(5, dtype=kind, generator=g),
                torch.randn(20, dtype=kind, generator=g), torch.randperm(9, generator=g),
                torch.empty(1, dtype=kind).normal_(2.0, 5.0, generator=g), torch.randn(2, dtype=kind, generator=g)]

    check(ours, theirs)


LAYOUTS = {
    "transposed": lambda a: a.T if isinstance(a, np.ndarray) else a.permute(*reversed(range(a.ndim))),
    "every second column": lambda a: a[..., ::2],
    "a corner": lambda a: a[1:, 2:5],
    "middle axes swapped": lambda a: a.transpose(0, 2, 1, 3) if isinstance(a, np.ndarray) else a.transpose(1, 2),
    "one column": lambda a: a[:, :1],
    "one row": lambda a: a[:1],
}
DRAWS = {
    "uniform_": (lambda a, g: random.uniform_(a, g, -1, 2), lambda t, g: t.uniform_(-1, 2, generator=g)),
    "normal_": (lambda a, g: random.normal_(a, g, 1, 2), lambda t, g: t.normal_(1, 2, generator=g)),
    "integers_": (lambda a, g: random.integers_(a, g, -3, 50), lambda t, g: t.random_(-3, 50, generator=g)),
    "random_": (random.random_, lambda t, g: t.random_(generator=g)),
    "bernoulli_": (lambda a, g: random.bernoulli_(a, g, 0.3), lambda t, g: t.bernoulli_(0.3, generator=g)),
    "exponential_": (lambda a, g: random.exponential_(a, g, 1.7), lambda t, g: t.exponential_(1.7, generator=g)),
    "geometric_": (lambda a, g: random.geometric_(a, g, 0.3), lambda t, g: t.geometric_(0.3, generator=g)),
    "cauchy_": (lambda a, g: random.cauchy_(a, g, 1.0, 2.0), lambda t, g: t.cauchy_(1.0, 2.0, generator=g)),
    "log_normal_": (lambda a, g: random.log_normal_(a, g, 0.5, 0.3), lambda t, g: t.log_normal_(0.5, 0.3, generator=g)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_filling_follows_memory(draw, layout, dtype):
    ours, theirs = DRAWS[draw]
    shape = (4, 5, 6, 2) if layout == "middle axes swapped" else (12, 7)
    check(lambda g: ours(LAYOUTS[layout](np.zeros(shape, dtype)), g),
          lambda g: theirs(LAYOUTS[layout](torch.zeros(shape, dtype=getattr(torch, dtype))), g), seeds=(0, 5))


def test_what_is_not_the_target_stays():
    array = np.zeros((6, 6), np.float32)
    random.uniform_(array[::2, 1:3], random.Generator(), 1, 2)
    assert (array[::2, 1:3] >= 1).all()
    assert np.count_nonzero(array) == 6


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("draw", ["bernoulli_", "exponential_", "geometric_", "cauchy_", "log_normal_"])
def test_inversions(draw, dtype):
    check_fill(*DRAWS[draw], dtype)


def test_exponential_at_the_rounding_limits():
    check(lambda g: random.exponential_(np.empty(300_000, np.float32), g, 0.7),
          lambda g: torch.empty(300_000).exponential_(0.7, generator=g), seeds=(0, 1))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "int64", "float64"])
def test_bernoulli_and_geometric_of_other_types(dtype):
    check_fill(*DRAWS["bernoulli_"], dtype)
    if dtype != "bool":
        check_fill(*DRAWS["geometric_"], dtype)


@pytest.mark.parametrize("p_dtype", ["float32", "float64"])
def test_bernoulli_of_probabilities(p_dtype):
    p = np.random.default_rng(0).random((9, 11)).astype(p_dtype)
    check(lambda g: [random.bernoulli_each_(np.empty((9, 11), np.float32), g, p),
                     random.bernoulli_each_(np.empty((11, 9), np.int64).T, g, p)],
          lambda g: [torch.empty(9, 11).bernoulli_(torch.from_numpy(p), generator=g),
                     torch.empty(11, 9, dtype=torch.int64).t().bernoulli_(torch.from_numpy(p), generator=g)])


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"])
def test_random_of_every_type(dtype):
    check_fill(random.random_, lambda t, g: t.random_(generator=g), dtype)


@pytest.mark.parametrize(("low", "high", "dtype"), [
    (0, 10, "int64"), (-5, 2**28 - 6, "int64"), (-5, 2**28 - 5, "int64"), (0, 2**28 + 1, "int32"), (7, 2**40, "int64"),
    (-(2**63), 2**63 - 1, "int64"), (-(2**63), 0, "int64"), (-100, 27, "int8"), (0, 256, "uint8"), (0, 2, "bool"),
    (-30, 30, "float32"), (-(2**31), 2**31, "int32"), (0, 2**20, "float64"),
])
def test_integers(low, high, dtype):
    check_fill(lambda a, g: random.integers_(a, g, low, high), lambda t, g: t.random_(low, high, generator=g), dtype)


def test_integers_of_all_64_bits():
    check_fill(lambda a, g: random.integers_(a, g, -(2**63), 2**63),
               lambda t, g: t.random_(-(2**63), None, generator=g), "int64")


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 499, 500, 501, 2000, 60_000, 65_536, 65_537, 65_538, 200_000])
def test_permutation(n):
    check(lambda g: random.permutation(n, g), lambda g: torch.randperm(n, generator=g))


def test_permutation_refuses_what_it_cannot_shuffle_as_torch_does():
    with pytest.raises(NotImplementedError, match="randperm"):
        random.permutation(2**28, random.Generator())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("shape", "count", "replacement"), [
    ((1000,), 900, False), ((10, 100), 1, False), ((10, 100), 1, True), ((1000,), 5000, True), ((10, 100), 300, True),
    ((1,), 1, False), ((1,), 4, True), ((3, 5), 5, False), ((0, 5), 3, True),
])
def test_multinomial(shape, count, replacement, dtype):
    weights = np.random.default_rng(1).random(shape).astype(dtype)
    check(lambda g: random.multinomial(weights, count, replacement, g),
          lambda g: torch.multinomial(torch.from_numpy(weights), count, replacement, generator=g))


def test_multinomial_never_draws_what_has_no_weight():
    weights = np.array([0.0, 1.0, 0.0, 2.0, 0.0], np.float32)
    g = random.Generator()
    assert set(random.multinomial(weights, 500, True, g).tolist()) == {1, 3}
    assert set(random.multinomial(weights, 2, False, g).tolist()) == {1, 3}


# -- rounding once: cases where rounding twice is wrong, which random numbers meet once in 2**29

def test_fma32_where_the_sum_lies_halfway():
    a = np.array([1 + 2.0**-12, -(1 + 2.0**-12), 1 + 2.0**-12])
    b = np.array([1 - 2.0**-12, 1 - 2.0**-12, 1.0]) * 2.0**-30
    c = np.array([1 + 2.0**-24, -(1 + 2.0**-24), 1.0])          # with c halfway, the tiny product decides
    exact = fused.fma32(a, b, c)
    assert exact.tolist() == [1 + 2.0**-23, -(1 + 2.0**-23), 1.0]


def test_fma32_where_double_rounding_hides_the_product():
    # c is even in float32; product slightly more (less) than half an ulp, lost in the first rounding.
    c = np.array([1.0, 1.0, 1.0 + 2.0**-23])
    a = np.array([2.0**-12 * (1 + 2.0**-23), 2.0**-12 * (1 - 2.0**-24), 2.0**-12 * (1 - 2.0**-24)])
    b = np.array([2.0**-12 * (1 + 2.0**-23), 2.0**-12 * (1 + 2.0**-24), 2.0**-12 * (1 + 2.0**-24)])
    a, b = a.astype(np.float32).astype(float), b.astype(np.float32).astype(float)

    def nearest(total):
        guess = np.float32(float(total))
        around = [np.nextafter(guess, np.float32(-9)), guess, np.nextafter(guess, np.float32(9))]
        return float(min(around, key=lambda x: abs(Fraction(float(x)) - total)))

    want = [nearest(Fraction(x) * Fraction(y) + Fraction(z)) for x, y, z in zip(a, b, c, strict=True)]
    assert fused.fma32(a, b, c).tolist() == want


def test_fma64_is_exact():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 500))
    c = -a * b * (1 + rng.integers(-2, 3, 500) * 2.0**-52) + rng.choice([0.0, 1e-20, 1.0], 500)
    exact = [float(Fraction(x) * Fraction(y) + Fraction(z)) for x, y, z in zip(a, b, c, strict=True)]
    assert fused.fma64(a, b, c).tolist() == exact

