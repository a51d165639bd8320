"""The sampler of one process among several that train together."""
from __future__ import annotations

import math
from collections.abc import Iterator

from ...random import Generator, permutation
from .dataset import Dataset
from .sampler import Sampler


class DistributedSampler(Sampler[int]):
    """The part of a dataset's indices that falls to process `rank` of `num_replicas`; every part has the same size.

    dataset       of a length that all processes agree on
    num_replicas  > 0, and
    rank          in [0, num_replicas): None for the process group's
    shuffle       draw a new order for each `set_epoch(epoch)`, the same in all processes
    seed          of that order
    drop_last     leave samples out to make the parts equal, instead of giving some twice

    Raises:
        ValueError: when num_replicas or rank is missing and no process group was begun, or rank is not in
            [0, num_replicas).

    >>> from mtorch.utils.data import DistributedSampler
    >>> [list(DistributedSampler(range(5), 2, rank, shuffle=False)) for rank in (0, 1)]
    [[0, 2, 4], [1, 3, 0]]
    """

    def __init__(self, dataset: Dataset, num_replicas: int | None = None, rank: int | None = None,
                 shuffle: bool = True, seed: int = 0, drop_last: bool = False) -> None:
        from ... import distributed                        # few loaders need it
        if (num_replicas is None or rank is None) and not distributed.is_initialized():
            raise ValueError("DistributedSampler: there is no process group to ask; give num_replicas and rank")
        num_replicas = distributed.get_world_size() if num_replicas is None else num_replicas
        rank = distributed.get_rank() if rank is None else rank
        if not 0 <= rank < num_replicas:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.shuffle = shuffle
        self.seed = seed
        self.drop_last = drop_last
        whole, rest = divmod(len(dataset), num_replicas)      # type: ignore[arg-type]
        self.num_samples = whole + (rest > 0 and not drop_last)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        n = len(self.dataset)      # type: ignore[arg-type]
        if self.shuffle:
            order = permutation(n, Generator().manual_seed(self.seed + self.epoch)).tolist()
        else:
            order = list(range(n))
        order = (order * math.ceil(self.total_size / max(n, 1)))[:self.total_size]
        return iter(order[self.rank::self.num_replicas])

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of the coming pass; without it every pass has the same."""
        self.epoch = epoch
