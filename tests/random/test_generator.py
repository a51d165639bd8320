"""The generator: its seed, and a state that goes to torch and back."""

from __future__ import annotations

import contextlib
import copy
import pickle

import numpy as np
import pytest

from mtorch import random


def some_draws(g):
    return [random.uniform_(np.empty(700, np.float32), g), random.normal_(np.empty(3), g),
            random.permutation(50, g), random.normal_(np.empty(33, np.float32), g)]


def assert_same(a, b):
    for x, y in zip(a, b, strict=True):
        assert np.array_equal(x, y)


def state(g) -> np.ndarray:
    return np.asarray(g.get_state())


def test_seeds_of_torch():
    g = random.Generator()
    assert g.initial_seed() == 67280421310721
    assert g.manual_seed(5) is g
    assert g.initial_seed() == 5
    assert g.manual_seed(-1).initial_seed() == 2**64 - 1
    assert g.manual_seed(np.int64(7)).initial_seed() == 7
    assert str(g.device) == "cpu"


def test_a_seed_nobody_chose():
    g = random.Generator()
    first, second = g.seed(), g.seed()
    assert first != second
    assert g.initial_seed() == second
    assert_same(some_draws(g), some_draws(random.Generator().manual_seed(second)))


@pytest.mark.parametrize(("seed", "error"), [
    (1.5, RuntimeError), ("1", RuntimeError), (True, RuntimeError), (2**64, ValueError), (-(2**63) - 1, ValueError),
])
def test_what_is_no_seed(seed, error):
    with pytest.raises(error, match="manual_seed"):
        random.Generator().manual_seed(seed)


@pytest.mark.parametrize("device", ["cuda", "cuda:0", "meta"])
def test_other_devices(device):
    with pytest.raises(NotImplementedError, match="cpu"):
        random.Generator(device)


@pytest.mark.parametrize("state", [np.zeros(10, np.uint8), np.zeros(5056, np.uint8), np.zeros(5056), 3])
def test_what_is_no_state(state):
    g = random.Generator()
    with pytest.raises((TypeError, RuntimeError), match="state"):
        g.set_state(state)
    assert_same(some_draws(g), some_draws(random.Generator()))


def test_seeding_forgets_the_kept_normal():
    g = random.Generator().manual_seed(1)
    random.normal_(np.empty(1), g)
    assert_same(some_draws(g.manual_seed(1)), some_draws(random.Generator().manual_seed(1)))


@pytest.mark.parametrize("copied", [
    lambda g: random.Generator().set_state(g.get_state()), lambda g: g.clone_state(), copy.deepcopy, copy.copy,
    lambda g: pickle.loads(pickle.dumps(g)),
])
@pytest.mark.parametrize("drawn", [0, 1, 623, 624, 625])
def test_a_copy_goes_on_alike_and_apart(copied, drawn):
    g = random.Generator().manual_seed(11)
    g.words(drawn)
    random.normal_(np.empty(1), g)
    twin = copied(g)
    before = state(g)
    assert_same(some_draws(twin), some_draws(random.Generator().set_state(before)))
    assert np.array_equal(state(g), before), "drawing from the copy moved the original"


def test_the_default_generator():
    assert random.manual_seed(3) is random.default_generator
    assert random.initial_seed() == 3
    before = random.get_rng_state()
    first = some_draws(random.default_generator)
    random.set_rng_state(before)
    with random.fork_rng():
        assert_same(some_draws(random.default_generator), first)
    assert_same(some_draws(random.default_generator), first)
    assert random.seed() == random.initial_seed()
    random.manual_seed(2.9)
    assert random.initial_seed() == 2


def test_fork_rng_when_the_block_fails_and_when_it_is_off():
    random.manual_seed(0)
    before = np.asarray(random.get_rng_state())
    with contextlib.suppress(KeyError), random.fork_rng():
        some_draws(random.default_generator)
        raise KeyError
    assert np.array_equal(random.get_rng_state(), before)
    with random.fork_rng(enabled=False):
        some_draws(random.default_generator)
    assert not np.array_equal(random.get_rng_state(), before)
    with pytest.raises(NotImplementedError, match="devices"), random.fork_rng(devices=[0]):
        pass


@pytest.mark.parametrize("drawn", [0, 1, 5, 623, 624, 625, 1248, 2000])
@pytest.mark.parametrize("kept", [False, True])
def test_the_state_is_torchs(drawn, kept):
    torch = pytest.importorskip("torch")
    g, t = random.Generator().manual_seed(-9), torch.Generator().manual_seed(-9)
    random.uniform_(np.empty(drawn, np.float32), g)
    torch.rand(drawn, generator=t)
    if kept:
        random.normal_(np.empty(1), g)
        torch.randn(1, generator=t)
    assert state(g).tobytes() == t.get_state().numpy().tobytes()

    there = torch.Generator().set_state(torch.from_numpy(state(g)))
    back = random.Generator().set_state(t.get_state().numpy())
    assert back.initial_seed() == there.initial_seed()
    for n in (3, 100, 1):
        ours = random.normal_(np.empty(n, np.float32), back)
        assert np.array_equal(torch.randn(n, generator=there).numpy(), ours)
    assert state(back).tobytes() == there.get_state().numpy().tobytes()
