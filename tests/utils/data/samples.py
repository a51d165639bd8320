"""Datasets for the tests of the loader, at the top level of a module, where a worker that is not forked finds them."""

from __future__ import annotations

import os
import random
import signal
import sys
import time

import numpy as np

from mtorch.utils.data import Dataset, IterableDataset, get_worker_info


class Draws(Dataset):
    """Samples of several kinds, two of them drawn at random."""

    def __len__(self):
        return 23

    def __getitem__(self, index):
        return index, random.random(), float(np.random.rand()), {"row": np.arange(3) + index, "name": f"n{index}"}


class Trouble(Dataset):
    """Sample 9 does something that samples should not do."""

    def __init__(self, kind: str):
        self.kind = kind

    def __len__(self):
        return 40

    def __getitem__(self, index):
        if index == 9:
            getattr(self, self.kind)()
        return np.full(20_000, index, np.float32)

    def fine(self):
        pass

    def value_error(self):
        raise ValueError("the ninth is bad")

    def key_error(self):
        raise KeyError("nine")

    def odd_error(self):
        raise TwoArguments(1, 2)

    def local_error(self):
        class Local(Exception):
            pass
        raise Local("only known here")

    def stop_iteration(self):
        raise StopIteration

    def kill(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def leave(self):
        os._exit(3)

    def sys_exit(self):
        sys.exit(4)

    def hang(self):
        time.sleep(1000)


class TwoArguments(Exception):
    """An exception that cannot be made from a message."""

    def __init__(self, a, b):
        super().__init__(a, b)


class Slow(Dataset):
    """Takes its time, as large batches do."""

    def __len__(self):
        return 100_000

    def __getitem__(self, index):
        time.sleep(0.01)
        return np.full(50_000, index, np.float32)


class Pids(Dataset):
    """Which process fetched the sample."""

    def __len__(self):
        return 8

    def __getitem__(self, index):
        return os.getpid()


class Parts(IterableDataset):
    """A stream of which each worker walks its own part; the parts differ in length."""

    def __init__(self, n: int):
        self.n = n

    def __iter__(self):
        info = get_worker_info()
        if info is None:
            return iter(range(self.n))
        return iter(range(100 * info.id, 100 * info.id + self.n * (1 + info.id)))


class Unpicklable(Dataset):
    """Its samples cannot leave the worker."""

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return lambda: index


def plain(value):
    """Nested lists of whatever was loaded, by either library."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    return value.tolist() if hasattr(value, "tolist") else value


def as_it_is(batch):
    return batch


def failing_start(worker_id):
    raise ValueError(f"worker {worker_id} cannot start")


def name_worker(worker_id):
    get_worker_info().dataset.n = 2 * worker_id + 1
