"""In which order samples are visited: iterators over indices, and over batches of indices.

The order comes from the same draws as PyTorch's, so the same seed gives the same order.  Samplers that know their
whole order at once say it in arrays (`_blocks`), which saves the loader a Python integer for every sample.
"""
from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import Any, Generic, TypeVar

import numpy as np

from ...autograd.tape import wrap
from ...random import Generator, default_generator, integers_, multinomial, permutation, random_
from ...tensor import Tensor

T = TypeVar("T")


class Sampler(Generic[T]):
    """The base of samplers: a subclass defines `__iter__`, and `__len__` where the number of its indices is known.

    Raises: NotImplementedError for the walk, where a subclass does not define `__iter__`.

    >>> from mtorch.utils.data import DataLoader, Sampler
    >>> class EverySecond(Sampler):
    ...     def __iter__(self):
    ...         return iter(range(0, 6, 2))
    >>> list(DataLoader("abcdef", sampler=EverySecond(), batch_size=None))
    ['a', 'c', 'e']
    """

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError("Subclasses of Sampler should implement __iter__.")


class SequentialSampler(Sampler[int]):
    """0, 1, ..., len(data_source) - 1.

    data_source: what has the length

    Raises: TypeError, when walked, for what has no length.

    >>> from mtorch.utils.data import SequentialSampler
    >>> list(SequentialSampler("abc"))
    [0, 1, 2]
    """

    def __init__(self, data_source: Sized) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def _blocks(self) -> Iterator[np.ndarray]:
        yield np.arange(len(self.data_source))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """The indices in random order, or drawn independently of each other.

    data_source  what has the length
    replacement  True: each index is drawn anew, and may come again
    num_samples  how many indices to give, > 0 (default: the length); without replacement, more than the length
                 takes a second permutation, and so on
    generator    draws the order itself; without one, the default generator draws a seed for a fresh one

    Raises:
        TypeError: when `replacement` is not a bool, or generator not a Generator; for what has no length.
        ValueError: when there is nothing to sample.

    >>> import mtorch
    >>> from mtorch.utils.data import RandomSampler
    >>> list(RandomSampler(range(4), generator=mtorch.Generator().manual_seed(1)))
    [1, 3, 2, 0]
    """

    def __init__(self, data_source: Sized, replacement: bool = False, num_samples: int | None = None,
                 generator: Generator | None = None) -> None:
        check_generator("RandomSampler", generator)
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement should be a boolean value, but got replacement={replacement}")
        if not isinstance(self.num_samples, int) or self.num_samples <= 0:
            raise ValueError("num_samples should be a positive integer value, but got "
                             f"num_samples={self.num_samples}"
                             + (" (the dataset is empty)" if num_samples is None else ""))

    @property
    def num_samples(self) -> int:
        """How many indices one pass gives."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        for block in self._blocks():
            yield from block.tolist()

    def _blocks(self) -> Iterator[np.ndarray]:
        n = len(self.data_source)
        if not n:
            raise RuntimeError(f"RandomSampler: {self.num_samples} samples are wanted of an empty dataset")
        generator = self.generator or Generator().manual_seed(random_seed(default_generator))
        rest = self.num_samples % (32 if self.replacement else n)
        if self.replacement:
            for _ in range(self.num_samples // 32):
                yield integers_(np.empty(32, np.int64), generator, 0, n)
            yield integers_(np.empty(rest, np.int64), generator, 0, n)
            return
        for _ in range(self.num_samples // n):
            yield permutation(n, generator)
        if rest or self.generator is not None:       # PyTorch draws it also when nothing is wanted of it
            yield permutation(n, generator)[:rest]

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """The given indices in random order.

    indices      a list of them, or a tensor
    generator    draws the order; None for the default generator

    Raises: TypeError for a generator that is none, and for what has no length.

    >>> from mtorch.utils.data import SubsetRandomSampler
    >>> sorted(SubsetRandomSampler([7, 3, 5]))
    [3, 5, 7]
    """

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        check_generator("SubsetRandomSampler", generator)
        self.indices = indices
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        for i in permutation(len(self.indices), self.generator or default_generator).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Indices of `weights`, each with a probability in proportion to its weight.

    weights      >= 0; they need not sum to 1
    num_samples  how many to draw, > 0
    replacement  False: no index comes twice
    generator    draws them; None for the default generator

    Raises:
        TypeError: for weights that are no numbers, and a generator that is none.
        ValueError: for num_samples or replacement of another kind, or weights that are not one-dimensional.
        RuntimeError: for weights that give no probabilities, or too few to draw from without replacement.
    Source: without replacement, Efraimidis and Spirakis, Weighted random sampling with a reservoir (2006).

    >>> from mtorch.utils.data import WeightedRandomSampler
    >>> list(WeightedRandomSampler([0.0, 3.0, 0.0], 4))
    [1, 1, 1, 1]
    """

    def __init__(self, weights: Sequence[float], num_samples: int, replacement: bool = True,
                 generator: Generator | None = None) -> None:
        _positive_int("num_samples", num_samples)
        if not isinstance(replacement, bool):
            raise ValueError(f"replacement should be a boolean value, but got replacement={replacement}")
        check_generator("WeightedRandomSampler", generator)
        try:
            values = np.asarray(weights.array if isinstance(weights, Tensor) else weights, np.float64)
        except (TypeError, ValueError):
            raise TypeError(f"WeightedRandomSampler: weights must be numbers, got {weights!r}") from None
        if values.ndim != 1:
            raise ValueError(f"weights should be a 1d sequence but given weights have shape {values.shape}")
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise RuntimeError("WeightedRandomSampler: weights contain either inf, nan or an element < 0")
        if not (values > 0).any():
            raise RuntimeError("WeightedRandomSampler: invalid multinomial distribution (sum of weights <= 0)")
        if not replacement and num_samples > len(values):
            raise RuntimeError(f"WeightedRandomSampler: cannot draw num_samples={num_samples} of {len(values)} weights "
                               "without replacement")
        self.weights = wrap(values)
        self.num_samples = num_samples
        self.replacement = replacement
        self.generator = generator

    def __iter__(self) -> Iterator[int]:
        yield from multinomial(self.weights.array, self.num_samples, self.replacement,
                               self.generator or default_generator).tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Lists of `batch_size` indices of another sampler.

    sampler     gives the indices; any iterable
    batch_size  indices in a list, > 0
    drop_last   leave out a last list that would be shorter

    Raises:
        ValueError: when batch_size is not a positive integer or drop_last not a bool.

    >>> from mtorch.utils.data import BatchSampler
    >>> list(BatchSampler(range(5), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Sampler[int] | Iterable[int], batch_size: int, drop_last: bool) -> None:
        _positive_int("batch_size", batch_size)
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if self.drop_last and len(batch) < self.batch_size:
                return
            yield batch

    def __len__(self) -> int:
        full, rest = divmod(len(self.sampler), self.batch_size)     # type: ignore[arg-type]
        return full + (rest > 0 and not self.drop_last)


class InfiniteSampler(Sampler[None]):
    """None for ever: what stands for the order of a stream."""

    def __iter__(self) -> Iterator[None]:
        return itertools.repeat(None)


def index_arrays(batches: BatchSampler) -> Iterator[np.ndarray] | None:
    """What `iter(batches)` gives, as arrays and from the same draws, where the sampler says its order in arrays."""
    if type(batches) is BatchSampler and type(batches.sampler) in (SequentialSampler, RandomSampler):
        order: Any = batches.sampler
        return _cut(order._blocks(), batches.batch_size, batches.drop_last)
    return None


def _cut(blocks: Iterator[np.ndarray], size: int, drop_last: bool) -> Iterator[np.ndarray]:
    rest = np.empty(0, np.int64)
    for block in blocks:
        rest = np.concatenate([rest, block]) if len(rest) else block
        full = len(rest) // size * size
        for start in range(0, full, size):
            yield rest[start:start + size]
        rest = rest[full:]
    if len(rest) and not drop_last:
        yield rest


def check_generator(owner: str, generator: Any) -> None:
    if generator is not None and not isinstance(generator, Generator):
        raise TypeError(f"{owner}: generator is a {type(generator).__name__}, expected a Generator")


def random_seed(generator: Generator) -> int:
    """A non-negative 63-bit seed: what `random_()` gives an int64 element."""
    return int(random_(np.empty(1, np.int64), generator)[0])


def _positive_int(name: str, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{name} should be a positive integer value, but got {name}={value}")
