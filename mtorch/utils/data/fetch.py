"""From indices to a batch: what the loader does for each batch, in its own process or in a worker."""
from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from ...tensor import Tensor
from .collate import collate_tensor_fn, default_collate, default_collate_fn_map
from .dataset import collated, items_of


class DatasetKind:
    """How a dataset is walked: by index, or as a stream."""

    Map, Iterable = 0, 1


class EndOfStream(Exception):
    """The iterable dataset has no more samples."""


def fetcher(kind: int, dataset: Any, batched: bool, collate_fn: Callable, drop_last: bool) -> Callable:
    """A function from what the sampler gives (one index, or a list if `batched`) to what the loader gives."""
    if kind == DatasetKind.Iterable:
        return _StreamFetcher(dataset, batched, collate_fn, drop_last)
    take = direct(dataset, batched, collate_fn)

    def fetch(index: Any) -> Any:
        if take is not None and (places := _index_array(index)) is not None:
            return take(places)
        try:
            return collate_fn(items_of(dataset, index) if batched else dataset[index])
        except StopIteration as stop:            # it would end the loop over the loader without a word
            raise RuntimeError(f"{type(dataset).__name__} raised StopIteration for index {index}") from stop

    return fetch


def direct(dataset: Any, batched: bool, collate_fn: Callable) -> Callable | None:
    """The function that makes a batch with one indexing for each tensor, where it gives what the long way gives."""
    if batched and collate_fn is default_collate and default_collate_fn_map.get(Tensor) is collate_tensor_fn:
        return collated(dataset)
    return None


def _index_array(index: Any) -> np.ndarray | None:
    if type(index) is not np.ndarray:
        if not all(type(i) is int for i in index):        # a tensor, a slice, a list: whatever a sampler may give
            return None
        index = np.array(index, np.int64)
    return index


class _StreamFetcher:
    """Walks an iterable dataset, `len(indices)` samples at a time."""

    def __init__(self, dataset: Any, batched: bool, collate_fn: Callable, drop_last: bool) -> None:
        self.samples = iter(dataset)
        self.batched = batched
        self.collate_fn = collate_fn
        self.drop_last = drop_last
        self.ended = False

    def __call__(self, indices: Any) -> Any:
        samples = list(itertools.islice(self.samples, len(indices) if self.batched else 1)) if not self.ended else []
        self.ended = len(samples) < (len(indices) if self.batched else 1)
        if not samples or (self.ended and self.drop_last):
            raise EndOfStream
        return self.collate_fn(samples if self.batched else samples[0])
