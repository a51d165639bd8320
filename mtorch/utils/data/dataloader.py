"""The loader: walks a dataset in the order of a sampler and gives it batch by batch.

One walk is an object of its own: in the calling process (walk.py), or with worker processes (multiprocess.py).
"""
from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

import numpy as np

from ...missing import no_attribute
from ...random import Generator
from .collate import default_collate, default_convert
from .dataset import Dataset, IterableDataset
from .fetch import DatasetKind
from .sampler import BatchSampler, InfiniteSampler, RandomSampler, Sampler, SequentialSampler, check_generator
from .walk import Walk
from .worker_info import get_worker_info

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]

T = TypeVar("T")


class DataLoader(Generic[T]):
    """Gives a dataset batch by batch: `for x, y in DataLoader(dataset, batch_size=64, shuffle=True)`.

    dataset          map-style (`dataset[i]`, `len(dataset)`) or an IterableDataset
    batch_size       > 0 samples a batch; None gives single samples, which are not collated
    shuffle          a new random order in each pass
    sampler          gives the indices (instead of shuffle); any iterable
    batch_sampler    gives lists of indices (instead of batch_size, shuffle, sampler and drop_last)
    num_workers      processes that fetch batches ahead; 0 fetches in this process
    collate_fn       makes a batch of a list of samples
    pin_memory       changes nothing: there is no accelerator whose copies it would speed up (warns, as in PyTorch)
    drop_last        leave out a last batch that would be smaller
    timeout          seconds to wait for a worker's batch, 0 for ever
    worker_init_fn   called with the worker's id in each worker, before anything is fetched
    multiprocessing_context   "fork", "spawn", "forkserver" or a context; default: Python's own default
    generator        draws the order and the workers' seed; default: the default generator
    prefetch_factor  batches that each worker fetches ahead (default 2)
    persistent_workers        keep the workers, and their copies of the dataset, from pass to pass
    in_order         False: give batches as they come, not in the sampler's order (workers only)

    pin_memory_device   accepted, and changes nothing

    An exception in a worker is raised here, with the worker's own traceback in its message.

    Raises:
        ValueError: for options that contradict each other or are out of range, and for shuffling an empty dataset.
        TypeError: for options of another kind.
        RuntimeError: from the walk, for a worker that was killed (with its signal) or took longer than timeout.

    >>> import mtorch
    >>> from mtorch.utils.data import DataLoader, TensorDataset
    >>> for x, y in DataLoader(TensorDataset(mtorch.arange(3), mtorch.tensor([5, 6, 7])), batch_size=2):
    ...     print(x, y)
    tensor([0, 1]) tensor([5, 6])
    tensor([2]) tensor([7])
    """

    _fixed = frozenset(("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"))
    __initialized = False           # subclasses that change a sampler later set it, by its name `_DataLoader__initialized`

    def __init__(self, dataset: Dataset[T], batch_size: int | None = 1, shuffle: bool | None = None,
                 sampler: Sampler | Iterable | None = None, batch_sampler: Sampler | Iterable | None = None,
                 num_workers: int = 0, collate_fn: Callable | None = None, pin_memory: bool = False,
                 drop_last: bool = False, timeout: float = 0, worker_init_fn: Callable | None = None,
                 multiprocessing_context: Any = None, generator: Generator | None = None, *,
                 prefetch_factor: int | None = None, persistent_workers: bool = False, pin_memory_device: str = "",
                 in_order: bool = True) -> None:
        _check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        _check_sampling(dataset, batch_size, shuffle, sampler, batch_sampler, drop_last)
        check_generator("DataLoader", generator)
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers and prefetch_factor is None else prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.generator = generator
        self.persistent_workers = persistent_workers
        self.in_order = in_order

        if sampler is None:
            if isinstance(dataset, IterableDataset):
                sampler = InfiniteSampler()
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)       # type: ignore[arg-type]
            else:
                sampler = SequentialSampler(dataset)                        # type: ignore[arg-type]
        if batch_sampler is not None:
            batch_size, drop_last = None, False
        elif batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)    # type: ignore[arg-type]
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)

        self._iterator: Any = None              # the one iterator of persistent workers
        # what Walk asks a loader for goes by torch's names: libraries have it walk loaders of their own
        self._dataset_kind = DatasetKind.Iterable if isinstance(dataset, IterableDataset) else DatasetKind.Map
        self._IterableDataset_len_called: int | None = None     # the length an iterable dataset reported
        self.__initialized = True
        self.check_worker_number_rationality()

    @property
    def multiprocessing_context(self) -> Any:
        """How workers are started: a context of `multiprocessing`, or None for Python's default."""
        return self._context

    @multiprocessing_context.setter
    def multiprocessing_context(self, context: Any) -> None:
        if context is not None and self.num_workers == 0:
            raise ValueError("multiprocessing_context can only be used with multi-process loading (num_workers > 0), "
                             f"but got num_workers={self.num_workers}")
        if context is None:
            self._context = None
            return
        import multiprocessing
        from multiprocessing.context import BaseContext
        if isinstance(context, str):
            methods = multiprocessing.get_all_start_methods()
            if context not in methods:
                raise ValueError(f"multiprocessing_context option should specify a valid start method in {methods!r}, "
                                 f"but got multiprocessing_context={context!r}")
            context = multiprocessing.get_context(context)
        if not isinstance(context, BaseContext):
            raise TypeError("multiprocessing_context option should be a valid context object or a string specifying "
                            f"the start method, but got multiprocessing_context={context}")
        self._context = context

    def __setattr__(self, name: str, value: Any) -> None:
        if self.__initialized and name in self._fixed:
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[Any]:
        if self.pin_memory:
            warnings.warn("'pin_memory' argument is set as true but no accelerator is found, "
                          "then device pinned memory won't be used.", stacklevel=2)
        if not (self.persistent_workers and self.num_workers):
            return self._get_iterator()
        if self._iterator is None or self._iterator.closed:
            self._iterator = None
            self._iterator = self._get_iterator()
        else:
            self._iterator.restart(self)
        return self._iterator

    def _get_iterator(self) -> Walk:
        """A new walk; subclasses call it to begin theirs again."""
        if self.num_workers == 0:
            return Walk(self)
        from .multiprocess import WorkersWalk  # not at the top: multiprocessing would double the import's time
        return WorkersWalk(self)

    def __len__(self) -> int:
        if not isinstance(self.dataset, IterableDataset):
            return len(self._index_sampler)
        length = self._IterableDataset_len_called = len(self.dataset)     # type: ignore[arg-type]
        if self.batch_size is None:
            return length
        return length // self.batch_size if self.drop_last else -(-length // self.batch_size)

    @property
    def _index_sampler(self) -> Any:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    def check_worker_number_rationality(self) -> None:
        """Warn when there are more workers than processors to run them."""
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        if processors is not None and self.num_workers > processors:
            warnings.warn(f"This DataLoader will create {self.num_workers} worker processes in total. Our suggested "
                          f"max number of worker in current system is {processors}: more can make loading slow, or "
                          "freeze it.", stacklevel=3)


def _check_workers(num_workers: int, timeout: float, prefetch_factor: int | None, persistent_workers: bool) -> None:
    if not isinstance(num_workers, (int, np.integer)) or not isinstance(timeout, (int, float, np.number)):
        raise TypeError(f"DataLoader: expected num_workers an int and timeout a number of seconds, but got "
                        f"num_workers={num_workers!r} and timeout={timeout!r}")
    if num_workers < 0:
        raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if num_workers == 0 and timeout:
        raise ValueError(f"timeout={timeout} came, but num_workers=0: there is no worker to wait for")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError("prefetch_factor option could only be specified in multiprocessing. "
                         "let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.")
    if prefetch_factor is not None and prefetch_factor < 1:
        raise ValueError(f"prefetch_factor option should be positive, but got {prefetch_factor}")
    if persistent_workers and num_workers == 0:
        raise ValueError("persistent_workers option needs num_workers > 0")


def _check_sampling(dataset: Any, batch_size: int | None, shuffle: bool | None, sampler: Any, batch_sampler: Any,
                    drop_last: bool) -> None:
    if isinstance(dataset, IterableDataset):
        if shuffle not in (False, None):
            raise ValueError("DataLoader with IterableDataset: expected unspecified shuffle option, "
                             f"but got shuffle={shuffle}")
        if sampler is not None:
            raise ValueError("DataLoader with IterableDataset: expected unspecified sampler option, "
                             f"but got sampler={sampler}")
        if batch_sampler is not None:
            raise ValueError("DataLoader with IterableDataset: expected unspecified batch_sampler option, "
                             f"but got batch_sampler={batch_sampler}")
    if sampler is not None and shuffle:
        raise ValueError("sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise ValueError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
    if batch_size is None and drop_last:
        raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")


def __getattr__(name: str) -> Any:
    """The classes of what iter(loader) gives, under torch's names, for programs that ask which one they have.

    And what such a walk asks its loader for.
    """
    if name == "_DatasetKind":
        return DatasetKind
    if name in ("_BaseDataLoaderIter", "_SingleProcessDataLoaderIter"):
        return Walk
    if name == "_MultiProcessingDataLoaderIter":
        from .multiprocess import WorkersWalk
        return WorkersWalk
    raise no_attribute(__name__, name, globals())
