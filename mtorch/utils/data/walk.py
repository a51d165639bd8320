"""One walk over a dataset in the calling process: what `iter(loader)` gives without workers."""
from __future__ import annotations

import itertools
import warnings
from typing import Any

from ...random import default_generator
from .fetch import DatasetKind, EndOfStream, direct, fetcher
from .sampler import index_arrays, random_seed


class Walk:
    """Fetches each batch when it is asked for."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._given = 0
        batched = loader._auto_collation
        arrays = None
        if direct(loader.dataset, batched, loader.collate_fn):
            arrays = index_arrays(loader.batch_sampler)
        self._indices = iter(loader._index_sampler) if arrays is None else arrays
        random_seed(loader.generator or default_generator)      # of workers, which PyTorch draws also without them
        self._fetch = fetcher(loader._dataset_kind, loader.dataset, batched, loader.collate_fn, loader.drop_last)

    def __iter__(self) -> Walk:
        return self

    def __len__(self) -> int:
        return len(self._loader._index_sampler)

    def __next__(self) -> Any:
        try:
            batch = self._fetch(next(self._indices))
        except EndOfStream:
            raise StopIteration from None
        self._given += 1
        if self._loader._IterableDataset_len_called is not None:
            warn_if_too_many(self._loader, self._given)
        return batch

    def skip(self, count: int) -> None:
        """Go on as if `count` batches had been given, without fetching them where they need not be."""
        if self._loader._dataset_kind == DatasetKind.Iterable:
            for _ in itertools.islice(self, count):
                pass
        else:
            for _ in itertools.islice(self._indices, count):
                self._given += 1

    def __getstate__(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} cannot be pickled")


def warn_if_too_many(loader: Any, given: int) -> None:
    """Warn when an iterable dataset gives more batches than the `len(loader)` that the program asked for."""
    promised = loader._IterableDataset_len_called
    if loader._dataset_kind == DatasetKind.Iterable and promised is not None and given > promised:
        text = (f"Length of IterableDataset {loader.dataset} was reported to be {promised} "
                f"(when accessing len(dataloader)), but {given} samples have been fetched. ")
        if loader.num_workers:
            text += "With workers, see to it that each walks its own part of the stream (get_worker_info)."
        warnings.warn(text, stacklevel=3)
