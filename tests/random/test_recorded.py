"""Numbers recorded from torch 2.13.0 (Linux x86-64, AVX2), for where torch is not installed."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from mtorch import random

# Drawn one after another from seed 7: the draw, its arguments, what torch gave.
RECORDED: dict[str, list[tuple[str, tuple, list[float]]]] = {
    "float32": [
        ("uniform_", (-1, 2), [0.6047676205635071, -0.40359044075012207, 0.9776350855827332, 0.9706708192825317,
         -0.30171531438827515]),
        ("normal_", (1, 2), [0.5492613911628723, 1.3253583908081055, 1.755019187927246, -0.9018246531486511,
         -1.382594347000122]),
        ("normal_", (1, 2), [0.35086673498153687, 4.852736473083496, 0.33997654914855957, 2.9142043590545654,
         -0.3237351179122925, -0.6569041013717651, -0.21136057376861572, 0.7291262149810791, 2.494236469268799,
         2.2236313819885254, 4.735567092895508, 0.476826548576355, 0.4997347593307495, 2.0022430419921875,
         1.5200724601745605, -2.2740426063537598, 1.315423846244812, 1.791481852531433, -1.7354793548583984]),
        ("normal_", (1, 2), [-2.3035316467285156, 4.629945278167725]),
        ("exponential_", (1.5,), [0.09986840188503265, 2.1110970973968506, 0.5046834349632263]),
        ("cauchy_", (0, 2), [-7.003324508666992, 0.9707927107810974, 1.6289175748825073]),
        ("geometric_", (0.25,), [4.0, 11.0, 6.0, 10.0]),
        ("log_normal_", (0, 0.5), [0.7397639155387878, 0.9620774388313293, 0.6305211186408997]),
        ("bernoulli_", (0.4,), [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0]),
        ("random_", (), [3281839.0, 14866298.0, 12187330.0]),
        ("integers_", (-5, 95), [22.0, 85.0, 62.0, 41.0]),
    ],
    "float64": [
        ("uniform_", (-1, 2), [-0.16185871028078802, -0.17891885904470306, 1.5862788842528763, 0.9700652917646041,
         1.7675881023589617]),
        ("normal_", (1, 2), [1.8914848208187958, -0.4136648934673244, -2.1499355875349893, -0.26369790248671543,
         1.0424027556416253]),
        ("normal_", (1, 2), [1.6880889661356469, 2.0760150214079856, 1.3668791255741, 0.7944355196926763,
         0.5005506278499843, -1.5382895496366409, 3.5692869056553262, -0.11647297768886089, 0.32660871784864864,
         1.2239781405356647, 1.3192656709971635, -1.4523345647842558, 1.701612546306817, 2.3476492944696723,
         -0.8743457306602569, 2.456118088537846, 1.0893134224972914, 2.2792657330768673, 1.6344301151936635]),
        ("normal_", (1, 2), [0.27961239159784657, 1.6592908561472637]),
        ("exponential_", (1.5,), [0.554824383094418, 1.1123040435898988, 0.01485418647428918]),
        ("cauchy_", (0, 2), [-0.8143562791196646, -2.5788651503923377, 7.040411977826113]),
        ("geometric_", (0.25,), [2.0, 1.0, 1.0, 1.0]),
        ("log_normal_", (0, 0.5), [0.6452355517623563, 1.6815901593620046, 0.5325669470459439]),
        ("bernoulli_", (0.4,), [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]),
        ("random_", (), [4728826248789252.0, 2878189276089440.0, 3101189032658658.0]),
        ("integers_", (-5, 95), [11.0, 47.0, 70.0, 80.0]),
    ],
}

# The first 16 hex digits of the SHA-256 of what long draws from seed 2**33 + 5 leave in memory, and of the state after.
DIGESTS = {
    "float32": ["5d5a380572ed3cd5", "7da981c44c54f3d6", "db8a3b6b21d217ec", "afb808f8fcc4d1dc",
                "3e0c3366a0633b17", "bf59f9044662d30b", "8ee746f62fd50a5d", "468faf9fbad3271e"],
    "float64": ["51bf50bce9deefa0", "b51dd5d9f505291f", "bfce731a78f0fbee", "3d8f513f5ef46f8e",
                "58106c256350a395", "a009e378849ac972", "6a96a6c93c8a273f", "a889aa3dad03ff71"],
}


def digest(array) -> str:
    return hashlib.sha256(np.asarray(array).tobytes()).hexdigest()[:16]


@pytest.mark.parametrize("dtype", RECORDED)
def test_recorded_numbers(dtype):
    g = random.Generator().manual_seed(7)
    for draw, args, expected in RECORDED[dtype]:
        drawn = getattr(random, draw)(np.empty(len(expected), dtype), g, *args)
        assert drawn.tolist() == expected, draw


@pytest.mark.parametrize("dtype", DIGESTS)
def test_digests_of_long_draws(dtype):
    g = random.Generator().manual_seed(2**33 + 5)
    n = 100_003
    draws = [
        random.uniform_(np.empty(n, dtype), g), random.uniform_(np.empty(n, dtype), g, -0.3, 0.7),
        random.normal_(np.empty(n, dtype), g), random.normal_(np.empty(n, dtype), g, 0.1, 0.7),
        random.exponential_(np.empty(n, dtype), g, 2.0), random.permutation(10_001, g),
        random.integers_(np.empty(1000, np.int64), g, 0, 2**40), g.get_state(),
    ]
    assert [digest(drawn) for drawn in draws] == DIGESTS[dtype]


def test_recorded_indices():
    g = random.Generator().manual_seed(7)
    weights = np.array([1, 2, 3, 4], np.float32)
    chances = np.array([0.1, 0.5, 0.9, 0.5, 0.5], np.float32)
    assert random.permutation(10, g).tolist() == [5, 0, 3, 4, 1, 7, 9, 6, 8, 2]
    assert random.integers_(np.empty(6, np.int64), g, 0, 100).tolist() == [61, 58, 31, 8, 17, 62]
    assert random.multinomial(weights, 8, True, g).tolist() == [3, 2, 3, 2, 2, 3, 0, 3]
    assert random.multinomial(weights, 3, False, g).tolist() == [3, 2, 1]
    assert random.bernoulli_each_(np.empty(5), g, chances).tolist() == [0, 0, 1, 1, 0]
    assert digest(g.get_state()) == "991b09ad9e899af8"


def test_recorded_rejections():
    def single(*values):
        return np.array(values, np.float32)

    g = random.Generator().manual_seed(7)
    assert random.poisson(single(0, 0.5, 3, 12, 500), g).tolist() == [0, 0, 5, 13, 518]
    assert random.standard_gamma(single(0.1, 0.9, 2.5, 40), g).tolist() == [
        0.49380427598953247, 0.23348522186279297, 2.9147257804870605, 38.73230743408203]
    assert random.binomial(single(5, 100, 30), single(0.3, 0.4, 0.95), g).tolist() == [2, 47, 28]
    assert random.dirichlet(single(0.5, 1, 2), g).tolist() == [
        0.0006687874556519091, 0.29496437311172485, 0.7043668627738953]
