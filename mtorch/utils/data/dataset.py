"""What can be loaded: datasets with a place for each index, streams, and datasets made of others.

A *map-style* dataset answers `dataset[i]` and `len(dataset)`; an *iterable* one is only walked.  Either may be any
object of the user's; the classes here are the common ones.
"""
from __future__ import annotations

import bisect
import itertools
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from ...autograd.tape import wrap
from ...random import Generator, default_generator, permutation
from ...tensor import Tensor

T = TypeVar("T")


class Dataset(Generic[T]):
    """A map from indices to samples: subclasses define `__getitem__`, and `__len__` where there is a length.

    A subclass may also define `__getitems__(indices)`, which gives the samples of a whole batch at once.

    Raises: NotImplementedError for a sample, where a subclass does not define `__getitem__`; TypeError for the length,
    where it does not define `__len__`.

    >>> from mtorch.utils.data import Dataset
    >>> class Squares(Dataset):
    ...     def __len__(self):
    ...         return 5
    ...     def __getitem__(self, index: Any) -> Any:
    ...         return index ** 2
    >>> Squares()[3]
    9
    """

    def __getitem__(self, index: Any) -> T:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: Dataset) -> ConcatDataset:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[T], Iterable[T]):
    """A stream of samples: subclasses define `__iter__`.

    With `num_workers > 0` every worker walks a copy of its own, so `__iter__` (or `worker_init_fn`) has to choose by
    `get_worker_info()` which part of the stream belongs to the worker; otherwise each sample comes once a worker.

    Raises: NotImplementedError for the walk, where a subclass does not define `__iter__`.

    >>> from mtorch.utils.data import DataLoader, IterableDataset
    >>> class Countdown(IterableDataset):
    ...     def __iter__(self):
    ...         return iter([3, 2, 1])
    >>> list(DataLoader(Countdown(), batch_size=2))
    [tensor([3, 2]), tensor([1])]
    """

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError("Subclasses of IterableDataset should implement __iter__.")

    def __add__(self, other: Dataset) -> ChainDataset:      # type: ignore[override]
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Tensors cut along their first dimension: sample i is `(t[i] for t in tensors)`.

    tensors: at least one, all of the same first dimension

    Raises:
        TypeError: for something that is not a tensor.
        ValueError: for no tensor at all.
        IndexError: for a tensor without dimensions.
        AssertionError: when the first dimensions differ (PyTorch's type).

    >>> import mtorch
    >>> from mtorch.utils.data import TensorDataset
    >>> TensorDataset(mtorch.arange(3), mtorch.tensor([5, 6, 7]))[1]
    (tensor(1), tensor(6))
    """

    def __init__(self, *tensors: Tensor) -> None:
        if not tensors:
            raise ValueError("TensorDataset: expected at least one tensor, none came")
        for i, t in enumerate(tensors):
            if not isinstance(t, Tensor):
                raise TypeError(f"TensorDataset: argument {i} is a {type(t).__name__}, expected a Tensor")
            if t.array.ndim == 0:
                raise IndexError(f"TensorDataset: argument {i} has no dimensions, expected at least one")
        sizes = [len(t.array) for t in tensors]
        if len(set(sizes)) > 1:
            raise AssertionError(f"Size mismatch between tensors: their first dimensions are {sizes}")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> Any:
        return tuple(t[index] for t in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0].array)

    def _take(self, indices: np.ndarray) -> list[Tensor]:
        """The collated batch of these samples, one indexing for each tensor (see `collated`)."""
        return [wrap(t.array.take(indices, 0)) for t in self.tensors]


class Subset(Dataset[T]):
    """The samples of a dataset at some indices.

    dataset: the whole
    indices: of the samples, in the order wanted, repeated or not

    Raises: NotImplementedError where a subclass overrides `__getitem__` and not `__getitems__`; IndexError for a sample
    that is not there.

    >>> from mtorch.utils.data import Subset
    >>> list(Subset("abcde", [4, 0, 0]))
    ['e', 'a', 'a']
    """

    def __init__(self, dataset: Dataset[T], indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices
        if type(self).__getitem__ is not Subset.__getitem__ and type(self).__getitems__ is Subset.__getitems__:
            raise NotImplementedError(
                f"{type(self).__name__} overrides __getitem__ but not __getitems__, by which DataLoader fetches a "
                "batch; define both, for example: "
                "def __getitems__(self, indices): return [self[i] for i in indices]")

    def __getitem__(self, idx: Any) -> Any:
        if isinstance(idx, list):
            return self.dataset[[self.indices[i] for i in idx]]
        return self.dataset[self.indices[idx]]

    def __getitems__(self, indices: list[int]) -> list[T]:
        return items_of(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset[T]):
    """Datasets one after another; `a + b` makes one.

    datasets: map-style, at least one, each with a length

    Raises:
        AssertionError: for no dataset at all, or an IterableDataset, which has no indices (PyTorch's type).
        IndexError, ValueError: for an index past the end; for one before the beginning.

    >>> from mtorch.utils.data import ConcatDataset
    >>> both = ConcatDataset(["abc", "de"])
    >>> len(both), both[3], both[-1]
    (5, 'd', 'e')
    """

    def __init__(self, datasets: Iterable[Dataset]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        if any(isinstance(d, IterableDataset) for d in self.datasets):
            raise AssertionError("ConcatDataset does not support IterableDataset")
        self.cumulative_sizes = list(itertools.accumulate(len(d) for d in self.datasets))    # type: ignore[arg-type]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, idx: Any) -> Any:
        if idx < 0:
            if -idx > len(self):
                raise ValueError("absolute value of index should not exceed dataset length")
            idx += len(self)
        which = bisect.bisect_right(self.cumulative_sizes, idx)
        if which == len(self.datasets):
            raise IndexError(f"ConcatDataset: index {idx} is out of range for {len(self)} samples")
        return self.datasets[which][idx - (self.cumulative_sizes[which - 1] if which else 0)]


class ChainDataset(IterableDataset):
    """Streams one after another; the sum of two IterableDatasets makes one.

    datasets: IterableDatasets

    Raises:
        AssertionError: when walked, for a dataset that is not iterable-style (PyTorch's type).

    >>> from mtorch.utils.data import ChainDataset, IterableDataset
    >>> class Letters(IterableDataset):
    ...     def __iter__(self):
    ...         return iter("ab")
    >>> list(ChainDataset([Letters(), Letters()]))
    ['a', 'b', 'a', 'b']
    """

    def __init__(self, datasets: Iterable[Dataset]) -> None:
        self.datasets = datasets

    def _streams(self) -> Iterator[Any]:
        for d in self.datasets:
            if not isinstance(d, IterableDataset):
                raise AssertionError("ChainDataset only supports IterableDataset")
            yield d

    def __iter__(self) -> Iterator[Any]:
        for d in self._streams():
            yield from d

    def __len__(self) -> int:
        return sum(len(d) for d in self._streams())


class StackDataset(Dataset):
    """Datasets side by side: sample i holds sample i of each, in a tuple or, for keyword arguments, in a dict.

    args, kwargs: map-style datasets of one length, all by position or all by name

    Raises:
        ValueError: for no dataset, for both kinds of arguments, for datasets of different lengths.

    >>> from mtorch.utils.data import StackDataset
    >>> StackDataset("abc", [1, 2, 3])[2]
    ('c', 3)
    >>> StackDataset(letter="abc", number=[1, 2, 3])[2]
    {'letter': 'c', 'number': 3}
    """

    datasets: tuple | dict

    def __init__(self, *args: Dataset, **kwargs: Dataset) -> None:
        if args and kwargs:
            raise ValueError("StackDataset: give the datasets by position (samples are tuples) or by name (samples "
                             "are dicts), not both")
        if not (args or kwargs):
            raise ValueError("At least one dataset should be passed")
        lengths = [len(d) for d in (args or kwargs.values())]      # type: ignore[arg-type]
        if len(set(lengths)) > 1:
            raise ValueError(f"Size mismatch between datasets: their lengths are {lengths}")
        self.datasets = args or kwargs
        self._length = lengths[0]

    def __getitem__(self, index: Any) -> Any:
        if isinstance(self.datasets, dict):
            return {name: d[index] for name, d in self.datasets.items()}
        return tuple(d[index] for d in self.datasets)

    def __getitems__(self, indices: list) -> list:
        columns = []
        for d in self.datasets.values() if isinstance(self.datasets, dict) else self.datasets:
            columns.append(items_of(d, indices))
            if len(columns[-1]) != len(indices):
                raise ValueError("Nested dataset's output size mismatch. "
                                 f"Expected {len(indices)}, got {len(columns[-1])}")
        rows = zip(*columns, strict=True)
        if isinstance(self.datasets, dict):
            return [dict(zip(self.datasets, row, strict=True)) for row in rows]
        return list(rows)

    def __len__(self) -> int:
        return self._length


def items_of(dataset: Any, indices: Any) -> list:
    """The samples at these indices, by `__getitems__` where the dataset has it."""
    several = getattr(dataset, "__getitems__", None)
    return several(indices) if callable(several) else [dataset[i] for i in indices]


def collated(dataset: Any) -> Callable[[np.ndarray], Any] | None:
    """A function from an index array to the batch that default_collate would make of those samples, or None.

    It exists for tensors in memory, where one indexing of a tensor replaces an indexing and a copy for each sample.
    """
    if isinstance(dataset, TensorDataset) and type(dataset).__getitem__ is TensorDataset.__getitem__ \
            and not hasattr(dataset, "__getitems__") and not any(t.requires_grad for t in dataset.tensors):
        return dataset._take
    if type(dataset) is Subset:
        take = collated(dataset.dataset)
        places = np.asarray(dataset.indices) if take else np.empty(0)
        if take is not None and places.ndim == 1 and places.dtype.kind in "iu":
            return lambda indices, take=take: take(places.take(indices))    # type: ignore[misc]
    return None


def random_split(dataset: Dataset[T], lengths: Sequence[int | float],
                 generator: Generator | None = default_generator) -> list[Subset[T]]:
    """Deal a dataset's samples at random into subsets that do not overlap.

    dataset     map-style, with a length
    lengths     sizes that sum to the dataset's length, or fractions that sum to 1; what fractions leave over by
                rounding down goes to the first subsets, one sample each
    generator   draws the order; default: the default generator

    Raises:
        ValueError: when the sizes do not sum to the length, or a fraction is not in [0, 1].

    >>> import mtorch
    >>> from mtorch.utils.data import random_split
    >>> a, b = random_split(range(10), [0.75, 0.25], generator=mtorch.Generator().manual_seed(0))
    >>> len(a), len(b), sorted([*a, *b]) == list(range(10))
    (8, 2, True)
    """
    if generator is not None and not isinstance(generator, Generator):
        raise TypeError(f"random_split: generator is a {type(generator).__name__}, expected a Generator")
    total = len(dataset)      # type: ignore[arg-type]
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        for i, fraction in enumerate(lengths):
            if not 0 <= fraction <= 1:
                raise ValueError(f"Fraction at index {i} is not between 0 and 1")
        lengths = [math.floor(total * fraction) for fraction in lengths]
        for i in range(total - int(sum(lengths))):
            lengths[i % len(lengths)] += 1
        for i, length in enumerate(lengths):
            if length == 0:
                warnings.warn(f"Length of split at index {i} is 0. This might result in an empty dataset.",
                              stacklevel=2)
    if sum(lengths) != total:
        raise ValueError("Sum of input lengths does not equal the length of the input dataset! "
                         f"({list(lengths)} sum to {sum(lengths)}, the dataset has {total})")
    order = permutation(total, generator or default_generator).tolist()
    ends: Any = itertools.accumulate(lengths)
    return [Subset(dataset, order[end - length:end]) for end, length in zip(ends, lengths, strict=True)]
