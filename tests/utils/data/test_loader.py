"""The loader gives what torch's gives, with and without workers: the same batches in the same order."""

from __future__ import annotations

import random

import numpy as np
import pytest

import mtorch
from mtorch.utils.data import (
    BatchSampler,
    DataLoader,
    Dataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    StackDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    get_worker_info,
)
from mtorch.utils.data.fetch import direct

from .samples import Draws, Parts, as_it_is, name_worker, plain

pytestmark = [pytest.mark.filterwarnings("ignore:This DataLoader will create"),       # where there is one processor
              pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")]   # torch forks (Python 3.12)


class Shuffled(Sampler):
    """Draws its order when the walk begins, and not when the first index is asked for."""

    def __init__(self, lib):
        self.lib = lib

    def __len__(self):
        return 23

    def __iter__(self):
        return iter(self.lib.randperm(23).tolist())


LOADERS = {
    "in order": lambda lib: {"batch_size": 4},
    "one by one": lambda lib: {},
    "no batches": lambda lib: {"batch_size": None, "shuffle": True},
    "shuffled": lambda lib: {"batch_size": 5, "shuffle": True},
    "whole batches": lambda lib: {"batch_size": 5, "shuffle": True, "drop_last": True},
    "a generator": lambda lib: {"batch_size": 3, "shuffle": True, "generator": lib.Generator().manual_seed(7)},
    "replacement": lambda lib: {
        "sampler": lib.utils.data.RandomSampler(range(23), replacement=True, num_samples=70), "batch_size": 48},
    "a sampler of one's own": lambda lib: {"sampler": Shuffled(lib), "batch_size": 4},
    "lists of indices": lambda lib: {"batch_sampler": [[1, 2], [3], [4, 5, 22]]},
    "as it is": lambda lib: {"batch_size": 4, "collate_fn": as_it_is},
}


def walks(lib, options, workers, **more):
    """Three walks, the second broken off, and the state of the random numbers afterwards."""
    lib.manual_seed(3)
    random.seed(1)
    np.random.seed(1)
    options = options(lib) | more
    loader = lib.utils.data.DataLoader(Draws(), num_workers=workers, **options)
    first = [plain(batch) for batch in loader]
    broken_off = iter(loader)
    second = plain(next(broken_off))
    del broken_off
    third = [plain(batch) for batch in loader]
    generator = options.get("generator") or lib.default_generator
    return first, second, third, len(loader), generator.get_state().tolist()


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("name", LOADERS)
def test_walks_are_torchs(name, workers):
    torch = pytest.importorskip("torch")
    assert walks(mtorch, LOADERS[name], workers) == walks(torch, LOADERS[name], workers)


@pytest.mark.parametrize("name", ["shuffled", "a generator"])
def test_walks_with_workers_that_stay_are_torchs(name):
    torch = pytest.importorskip("torch")
    more = {"persistent_workers": True, "prefetch_factor": 3}
    assert walks(mtorch, LOADERS[name], 2, **more) == walks(torch, LOADERS[name], 2, **more)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_however_workers_are_started_they_draw_the_same(method):
    forked = walks(mtorch, LOADERS["shuffled"], 2, multiprocessing_context="fork")
    assert walks(mtorch, LOADERS["shuffled"], 2, multiprocessing_context=method) == forked


@pytest.mark.parametrize("stay", [False, True])
@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("size", [None, 3])
@pytest.mark.parametrize("n", [0, 7])
def test_streams_are_torchs(n, size, workers, stay):
    torch = pytest.importorskip("torch")

    class TorchParts(torch.utils.data.IterableDataset):
        __init__ = Parts.__init__

        def __iter__(self):
            info = torch.utils.data.get_worker_info()
            first, factor = (0, 1) if info is None else (100 * info.id, 1 + info.id)
            return iter(range(first, first + self.n * factor))

    outcomes = []
    for lib, dataset in ((mtorch, Parts(n)), (torch, TorchParts(n))):
        options = {"batch_size": size, "num_workers": workers, "persistent_workers": stay and workers > 0}
        loader = lib.utils.data.DataLoader(dataset, **options)
        outcomes.append([[plain(batch) for batch in loader] for _ in range(2)])
    assert outcomes[0] == outcomes[1]


def test_a_stream_drops_each_workers_last_batch():
    torch = pytest.importorskip("torch")
    batches = [plain(b) for b in DataLoader(Parts(7), batch_size=3, num_workers=2, drop_last=True)]
    assert batches == [[0, 1, 2], [100, 101, 102], [3, 4, 5], [103, 104, 105], [106, 107, 108], [109, 110, 111]]
    assert torch.__version__


def test_worker_init_fn_may_change_the_workers_dataset():
    batches = [plain(b) for b in DataLoader(Parts(0), batch_size=9, num_workers=2, worker_init_fn=name_worker)]
    assert batches == [[0], [100, 101, 102, 103, 104, 105]]
    assert get_worker_info() is None


def test_batches_may_come_as_they_are_ready():
    loader = DataLoader(Draws(), batch_size=2, num_workers=2, in_order=False)
    assert sorted(i for batch in loader for i in plain(batch)[0]) == list(range(23))


# ---- a batch with one indexing ----------------------------------------------------------------------------------

def fast_and_slow(dataset, **options):
    """The batches, and the batches fetched sample by sample."""
    outcomes = []
    for collate_fn in (None, lambda batch: mtorch.utils.data.default_collate(batch)):
        mtorch.manual_seed(2)
        loader = DataLoader(dataset, collate_fn=collate_fn, **options)
        outcomes.append([plain(batch) for batch in loader])
        assert bool(direct(dataset, True, loader.collate_fn)) == (collate_fn is None)
    return outcomes


@pytest.mark.parametrize("options", [
    {"batch_size": 3}, {"batch_size": 3, "shuffle": True}, {"batch_size": 4, "shuffle": True, "drop_last": True},
    {"sampler": SubsetRandomSampler([1, 2, 2, 9]), "batch_size": 3}, {"batch_sampler": [[-1, 0], [4]]},
])
def test_a_batch_of_tensors_in_memory_is_taken_at_once(options):
    data = TensorDataset(mtorch.arange(20).reshape(10, 2), mtorch.linspace(0, 1, 10), mtorch.arange(10) > 4)
    for dataset in (data, Subset(data, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]), Subset(Subset(data, range(10)), range(10))):
        fast, slow = fast_and_slow(dataset, **options)
        assert fast == slow


def test_samples_that_are_not_plain_rows_are_fetched_one_by_one():
    class Doubled(TensorDataset):
        def __getitem__(self, index):
            return 2 * self.tensors[0][index]

    x = mtorch.arange(4.0)
    assert [plain(b) for b in DataLoader(Doubled(x), batch_size=2)] == [[0, 2], [4, 6]]
    grad = mtorch.ones(4, requires_grad=True)
    (batch,) = next(iter(DataLoader(TensorDataset(grad), batch_size=3)))
    batch.sum().backward()
    assert grad.grad.tolist() == [1, 1, 1, 0]
    ours = DataLoader(TensorDataset(x), batch_sampler=[[mtorch.tensor(1), slice(0, 1).start]])
    assert [plain(b) for b in ours] == [[[1.0, 0.0]]]


def test_a_batch_is_a_copy():
    x = mtorch.zeros(4)
    for (batch,) in DataLoader(TensorDataset(x), batch_size=2):
        batch += 1
    assert x.tolist() == [0, 0, 0, 0]


def test_an_index_that_is_not_there():
    loader = DataLoader(TensorDataset(mtorch.zeros(4)), batch_sampler=[[0, 4]])
    with pytest.raises(IndexError, match="index 4 is out of bounds"):
        list(loader)


def test_several_samples_at_once():
    class Rows(Dataset):
        def __len__(self):
            return 5

        def __getitems__(self, indices):
            return [(i, i * i) for i in indices]

    assert [plain(b) for b in DataLoader(Rows(), batch_size=3)] == [[[0, 1, 2], [0, 1, 4]], [[3, 4], [9, 16]]]
    both = StackDataset(Rows(), "abcde")
    assert plain(next(iter(DataLoader(both, batch_size=2)))) == [[[0, 1], [0, 1]], ["a", "b"]]


# ---- arguments --------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("options", [
    {"num_workers": -1}, {"timeout": -1}, {"prefetch_factor": 2}, {"num_workers": 1, "prefetch_factor": -1},
    {"persistent_workers": True}, {"multiprocessing_context": "fork"},
    {"num_workers": 1, "multiprocessing_context": "knife"}, {"sampler": [1], "shuffle": True},
    {"batch_sampler": [[1]], "batch_size": 2}, {"batch_sampler": [[1]], "shuffle": True},
    {"batch_sampler": [[1]], "sampler": [1]}, {"batch_sampler": [[1]], "drop_last": True},
    {"batch_size": None, "drop_last": True}, {"batch_size": 0}, {"batch_size": 2.0}, {"drop_last": 1},
    {"num_workers": 1, "multiprocessing_context": 5},
])
def test_bad_arguments_get_torchs_type_of_error(options):
    torch = pytest.importorskip("torch")
    with pytest.raises((ValueError, TypeError)) as theirs:
        torch.utils.data.DataLoader([1, 2, 3], **options)
    with pytest.raises(theirs.type) as ours:
        DataLoader([1, 2, 3], **options)
    assert str(theirs.value)[:25] == str(ours.value)[:25]


@pytest.mark.parametrize(("options", "words"), [
    ({"num_workers": "2"}, "num_workers='2'"), ({"timeout": "a"}, "timeout='a'"), ({"num_workers": 1.5}, "an int"),
    ({"generator": 3}, "DataLoader: generator is a int, expected a Generator"),
])
def test_arguments_of_another_kind(options, words):
    with pytest.raises(TypeError, match=words):
        DataLoader([1, 2, 3], **options)


def test_numbers_of_numpy() -> None:
    loader = DataLoader([1, 2, 3], batch_size=2, num_workers=np.int64(0), timeout=np.float64(0))
    assert [batch.tolist() for batch in loader] == [[1, 2], [3]] and len(loader) == 2


@pytest.mark.parametrize("options", [{"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}])
def test_a_stream_has_no_order_to_choose(options):
    with pytest.raises(ValueError, match=f"expected unspecified {next(iter(options))} option"):
        DataLoader(Parts(3), **options)


def test_what_is_fixed_once_the_loader_is_made():
    loader = DataLoader([1, 2, 3])
    for name in ("batch_size", "sampler", "batch_sampler", "drop_last", "dataset", "persistent_workers"):
        with pytest.raises(ValueError, match=f"{name} attribute should not be set after DataLoader is initialized"):
            setattr(loader, name, None)
    loader.collate_fn = list
    assert list(loader) == [[1], [2], [3]]
    assert isinstance(loader.sampler, SequentialSampler)
    assert isinstance(loader.batch_sampler, BatchSampler)
    assert isinstance(DataLoader([1], shuffle=True).sampler, RandomSampler)


class Endless:
    """Goes on giving what a sampler gives."""

    def __init__(self, sampler):
        self.sampler = sampler

    def __iter__(self):
        while True:
            yield from self.sampler


@pytest.mark.parametrize("workers", [0, 1])
def test_a_subclass_that_keeps_one_walk_over_all_epochs(workers):
    class Loader(DataLoader):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self._DataLoader__initialized = False
            self.batch_sampler = Endless(self.batch_sampler)
            self._DataLoader__initialized = True
            self.walk = super().__iter__()

        def __len__(self):
            return len(self.batch_sampler.sampler)

        def __iter__(self):
            return (next(self.walk) for _ in range(len(self)))

    loader = Loader(range(3), 2, num_workers=workers)
    assert [[x.tolist() for x in loader] for _ in range(3)] == 3 * [[[0, 1], [2]]]
    with pytest.raises(ValueError, match="sampler attribute should not be set after Loader is initialized"):
        loader.sampler = None
    loader.walk = loader._get_iterator()
    assert next(iter(loader)).tolist() == [0, 1]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_walk_over_a_loader_of_a_librarys_own(workers):
    """fastai has its batches made by a stream, and this walked as by torch's loader."""
    def found(lib):
        inside = lib.utils.data.dataloader

        class Loader:
            _auto_collation, _IterableDataset_len_called, _dataset_kind = False, None, inside._DatasetKind.Iterable
            drop_last, in_order, generator, prefetch_factor, timeout = False, True, None, 2, 0
            pin_memory, persistent_workers, pin_memory_device = False, False, ""
            worker_init_fn = multiprocessing_context = None
            _index_sampler, num_workers = range(100), workers
            _get_shared_seed = collate_fn = staticmethod(lambda batch=None: batch)

            def __iter__(self):
                return iter([lib.ones(2), lib.zeros(3)])

        loader = Loader()
        loader.dataset = loader
        walk = inside._MultiProcessingDataLoaderIter if workers else inside._SingleProcessDataLoaderIter
        return [batch.tolist() for batch in walk(loader)]
    torch = pytest.importorskip("torch")
    assert found(mtorch) == found(torch) == [[1, 1], [0, 0, 0]]
    for lib in (mtorch, torch):
        loader = lib.utils.data.DataLoader([1, 2])
        assert loader._dataset_kind == lib.utils.data.dataloader._DatasetKind.Map == 0 and loader._auto_collation


def test_an_empty_dataset():
    empty = TensorDataset(mtorch.zeros(0, 3))
    assert list(DataLoader(empty)) == []
    assert len(DataLoader(empty)) == 0
    assert list(DataLoader([], num_workers=1)) == []
    with pytest.raises(ValueError, match="num_samples should be a positive integer value, but got num_samples=0"):
        DataLoader(empty, shuffle=True)


def test_lengths():
    assert [len(DataLoader(range(10), n, drop_last=d)) for n in (3, 5) for d in (False, True)] == [4, 3, 2, 2]
    assert len(DataLoader(range(10), batch_size=None)) == 10

    class Sized(Parts):
        def __len__(self):
            return 4

    assert len(DataLoader(Sized(4), batch_size=3)) == 2
    with pytest.raises(TypeError):
        len(DataLoader(Parts(4)))
    loader = DataLoader(Sized(6), batch_size=None)
    assert len(loader) == 4
    with pytest.warns(UserWarning, match="reported to be 4.*but . samples have been fetched"):
        assert len(list(loader)) == 6


def test_pinned_memory_is_accepted_with_torchs_warning():
    with pytest.warns(UserWarning, match="'pin_memory' argument is set as true but no accelerator is found"):
        assert plain(next(iter(DataLoader([1, 2], batch_size=2, pin_memory=True)))) == [1, 2]


def test_a_dataset_that_raises_stop_iteration_does_not_end_the_loop():
    class Stops(Dataset):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            raise StopIteration

    with pytest.raises(RuntimeError, match="Stops raised StopIteration for index"):
        list(DataLoader(Stops()))
