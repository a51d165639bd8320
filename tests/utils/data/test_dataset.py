"""Datasets made of others, and their errors."""

from __future__ import annotations

import pytest

import mtorch
from mtorch.utils.data import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)

from .samples import Parts


def test_tensor_dataset():
    data = TensorDataset(mtorch.arange(6).reshape(3, 2), mtorch.tensor([7, 8, 9]))
    row, label = data[1]
    assert len(data) == 3
    assert (row.tolist(), label.item()) == ([2, 3], 8)


@pytest.mark.parametrize(("tensors", "error", "words"), [
    ((mtorch.zeros(3), mtorch.zeros(4)), AssertionError, r"Size mismatch between tensors.*\[3, 4\]"),
    (([1, 2],), TypeError, "argument 0 is a list"),
    ((mtorch.zeros(()),), IndexError, "no dimensions"),
    ((), ValueError, "at least one tensor"),
])
def test_tensor_dataset_errors(tensors, error, words):
    with pytest.raises(error, match=words):
        TensorDataset(*tensors)


def test_sums():
    assert [*(Subset("abc", [2, 0]) + Subset("xy", [1]))] == ["c", "a", "y"]
    stream = Parts(2) + Parts(3)
    assert isinstance(stream, ChainDataset)
    assert list(stream) == [0, 1, 0, 1, 2]


def test_concat_indexes_from_both_ends():
    data = ConcatDataset(["ab", "", "cde"])
    assert [data[i] for i in range(len(data))] == list("abcde")
    assert [data[i] for i in range(-5, 0)] == list("abcde")
    with pytest.raises(ValueError, match="absolute value of index should not exceed dataset length"):
        data[-6]
    with pytest.raises(IndexError):
        data[5]


def test_wrong_kinds_of_datasets():
    with pytest.raises(AssertionError, match="should not be an empty iterable"):
        ConcatDataset([])
    with pytest.raises(AssertionError, match="does not support IterableDataset"):
        ConcatDataset([Parts(1)])
    with pytest.raises(AssertionError, match="only supports IterableDataset"):
        list(ChainDataset([[1, 2]]))
    with pytest.raises(ValueError, match="At least one dataset"):
        StackDataset()
    with pytest.raises(ValueError, match=r"Size mismatch between datasets.*\[1, 2\]"):
        StackDataset("a", "bc")
    with pytest.raises(ValueError, match="by name"):
        StackDataset("a", b="b")
    with pytest.raises(NotImplementedError):
        Dataset()[0]
    with pytest.raises(NotImplementedError):
        iter(IterableDataset())


def test_stack_fetches_several_at_once():
    class Doubles(Dataset):
        asked = 0

        def __len__(self):
            return 3

        def __getitem__(self, index):
            raise AssertionError("fetched one by one")

        def __getitems__(self, indices):
            self.asked += 1
            return [2 * i for i in indices]

    doubles = Doubles()
    assert StackDataset(doubles, "abc").__getitems__([2, 0]) == [(4, "c"), (0, "a")]
    assert StackDataset(x=doubles, y="abc").__getitems__([1]) == [{"x": 2, "y": "b"}]
    assert Subset(doubles, [2, 1]).__getitems__([0]) == [4]
    assert doubles.asked == 3
    doubles.__class__.__getitems__ = lambda self, indices: [0]
    with pytest.raises(ValueError, match="size mismatch. Expected 2, got 1"):
        StackDataset(doubles).__getitems__([0, 1])


def test_a_subset_that_hides_its_samples_from_batches_is_refused():
    class Upper(Subset):
        def __getitem__(self, index):
            return super().__getitem__(index).upper()

    with pytest.raises(NotImplementedError, match="overrides __getitem__ but not __getitems__"):
        Upper("abc", [0])


@pytest.mark.parametrize("lengths", [[4, 7], [0.5, 0.5], [0.3, 0.3, 0.4], [0.1] * 10, [11]])
def test_random_split_deals_as_torch_does(lengths):
    torch = pytest.importorskip("torch")
    ours = random_split(range(11), lengths, generator=mtorch.Generator().manual_seed(3))
    theirs = torch.utils.data.random_split(range(11), lengths, generator=torch.Generator().manual_seed(3))
    assert [s.indices for s in ours] == [s.indices for s in theirs]


def test_random_split_errors():
    with pytest.raises(TypeError, match="random_split: generator is a int, expected a Generator"):
        random_split(range(5), [2, 3], generator=3)
    with pytest.raises(ValueError, match="does not equal the length"):
        random_split(range(5), [2, 2])
    with pytest.raises(ValueError, match="Fraction at index 0 is not between 0 and 1"):
        random_split(range(5), [-0.5, 1.5])
    with pytest.warns(UserWarning, match="Length of split at index 1 is 0"):
        random_split(range(1), [0.5, 0.5])
