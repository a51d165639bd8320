"""Samplers: the order of torch, from the same draws."""

from __future__ import annotations

import pytest

import mtorch
from mtorch.utils import data
from mtorch.utils.data.sampler import index_arrays

WEIGHTS = [0.1, 0.9, 0.4, 0.7, 3.0, 0.6]
SAMPLERS = {
    "sequential": lambda d, g: d.SequentialSampler(range(7)),
    "random": lambda d, g: d.RandomSampler(range(70), generator=g),
    "some": lambda d, g: d.RandomSampler(range(70), num_samples=30, generator=g),
    "more": lambda d, g: d.RandomSampler(range(7), num_samples=30, generator=g),
    "replacement": lambda d, g: d.RandomSampler(range(7), replacement=True, num_samples=70, generator=g),
    "subset": lambda d, g: d.SubsetRandomSampler([5, 3, 9, 11], generator=g),
    "weighted": lambda d, g: d.WeightedRandomSampler(WEIGHTS, 40, generator=g),
    "weighted, once each": lambda d, g: d.WeightedRandomSampler(WEIGHTS, 4, replacement=False, generator=g),
}


@pytest.mark.parametrize("explicit", [False, True])
@pytest.mark.parametrize("name", SAMPLERS)
def test_order_and_draws_are_torchs(name, explicit):
    torch = pytest.importorskip("torch")
    outcomes = []
    for lib, d in ((torch, torch.utils.data), (mtorch, data)):
        lib.manual_seed(5)
        generator = lib.Generator().manual_seed(9) if explicit else None
        sampler = SAMPLERS[name](d, generator)
        passes = [list(sampler) for _ in range(3)]
        states = [lib.default_generator.get_state().tolist(), explicit and generator.get_state().tolist()]
        outcomes.append((passes, len(sampler), states))
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("size", [1, 3, 7, 32, 48, 100])
@pytest.mark.parametrize("name", ["sequential", "random", "some", "more", "replacement"])
def test_batches_in_arrays_are_the_batches(name, size, drop_last):
    outcomes = []
    for walk in (lambda b: [a.tolist() for a in index_arrays(b)], list):
        generator = mtorch.Generator().manual_seed(9)
        batches = data.BatchSampler(SAMPLERS[name](data, generator), size, drop_last)
        outcomes.append((walk(batches), generator.get_state().tolist()))
        assert len(outcomes[-1][0]) == len(batches)
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("n", [2, 9, 11])
def test_distributed_parts_are_torchs(n, shuffle, drop_last):
    torch = pytest.importorskip("torch")
    for rank in range(3):
        orders = []
        for module in (torch.utils.data.distributed, data.distributed):
            sampler = module.DistributedSampler(range(n), 3, rank, shuffle, seed=2, drop_last=drop_last)
            sampler.set_epoch(4)
            orders.append((list(sampler), len(sampler)))
        assert orders[0] == orders[1]


def test_the_parts_of_a_group_of_one_process():
    mtorch.distributed.init_process_group("gloo", rank=0, world_size=1)
    try:
        sampler = data.DistributedSampler(range(5), shuffle=False)
    finally:
        mtorch.distributed.destroy_process_group()
    assert (sampler.num_replicas, sampler.rank, list(sampler)) == (1, 0, [0, 1, 2, 3, 4])


@pytest.mark.parametrize(("make", "error", "words"), [
    (lambda: data.RandomSampler([]), ValueError, "num_samples=0 .the dataset is empty"),
    (lambda: data.RandomSampler([1], num_samples=0), ValueError, "num_samples should be a positive integer"),
    (lambda: data.RandomSampler([1], num_samples=1.5), ValueError, "num_samples should be a positive integer"),
    (lambda: data.RandomSampler([1], replacement=1), TypeError, "replacement should be a boolean value"),
    (lambda: data.BatchSampler([1], 0, False), ValueError, "batch_size should be a positive integer"),
    (lambda: data.BatchSampler([1], True, False), ValueError, "batch_size should be a positive integer"),
    (lambda: data.BatchSampler([1], 2, 1), ValueError, "drop_last should be a boolean value"),
    (lambda: data.WeightedRandomSampler([1.0], 0), ValueError, "num_samples should be a positive integer"),
    (lambda: data.WeightedRandomSampler([1.0], 1, 0), ValueError, "replacement should be a boolean value"),
    (lambda: data.WeightedRandomSampler([[1.0]], 1), ValueError, r"have shape \(1, 1\)"),
    (lambda: data.WeightedRandomSampler([1.0, -1.0], 1), RuntimeError, "element < 0"),
    (lambda: data.WeightedRandomSampler([0.0], 1), RuntimeError, "sum of weights <= 0"),
    (lambda: data.WeightedRandomSampler([1.0], 2, False), RuntimeError, "num_samples=2 of 1 weights"),
    (lambda: data.WeightedRandomSampler("ab", 1), TypeError, "weights must be numbers, got 'ab'"),
    (lambda: data.RandomSampler([1], generator=3), TypeError, "RandomSampler: generator is a int, expected a Gen"),
    (lambda: data.SubsetRandomSampler([1], 3), TypeError, "SubsetRandomSampler: generator is a int"),
    (lambda: data.WeightedRandomSampler([1.0], 1, generator=3), TypeError, "generator is a int, expected a Generator"),
    (lambda: data.DistributedSampler([1]), ValueError, "give num_replicas and rank"),
    (lambda: data.DistributedSampler([1], 2, 2), ValueError, "Invalid rank 2"),
    (lambda: iter(data.Sampler()), NotImplementedError, "__iter__"),
])
def test_errors(make, error, words):
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize("replacement", [False, True])
def test_samples_of_nothing(replacement):
    with pytest.raises(RuntimeError, match="RandomSampler: 3 samples are wanted of an empty dataset"):
        list(data.RandomSampler([], replacement, 3))
