"""From samples to a batch, as torch makes it."""

from __future__ import annotations

import collections
import types

import numpy as np
import pytest

import mtorch
from mtorch.utils.data import collate as collating
from mtorch.utils.data import default_collate, default_convert

Point = collections.namedtuple("Point", "x y")


class Row(list):
    """A list of a kind of its own."""


def described(value):
    """The structure of a batch, with the kinds, types and numbers in it."""
    if hasattr(value, "requires_grad"):
        return "tensor", str(value.dtype), value.tolist()
    if isinstance(value, collections.abc.Mapping):
        return type(value).__name__, {k: described(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value).__name__, [described(v) for v in value]
    return value


BATCHES = {
    "ints": lambda lib: [1, 2],
    "bools": lambda lib: [True, False],
    "floats": lambda lib: [1.5, 2],
    "text": lambda lib: ["a", "b"],
    "bytes": lambda lib: [b"a", b"b"],
    "tensors": lambda lib: [lib.zeros(2, 1), lib.ones(2, 1)],
    "scalars": lambda lib: [lib.tensor(1), lib.tensor(2)],
    "types that differ": lambda lib: [lib.zeros(2), lib.ones(2, dtype=lib.int64)],
    "grad": lambda lib: [lib.zeros(2, requires_grad=True), lib.ones(2)],
    "arrays": lambda lib: [np.zeros((2, 2), np.float32), np.ones((2, 2), np.float32)],
    "arrays that differ": lambda lib: [np.zeros(2, np.float32), np.ones(2)],
    "0-dim arrays": lambda lib: [np.array(1, np.int16), np.array(2, np.int16)],
    "numpy floats": lambda lib: [np.float32(1), np.float32(2)],
    "numpy doubles": lambda lib: [np.float64(1), np.float64(2)],
    "numpy ints": lambda lib: [np.int8(1), np.int8(2)],
    "numpy bools": lambda lib: [np.bool_(1), np.bool_(0)],
    "tuples": lambda lib: [(1, 2.0), (3, 4.0)],
    "named tuples": lambda lib: [Point(1, "a"), Point(2, "b")],
    "lists": lambda lib: [[1, np.zeros(1)], [2, np.ones(1)]],
    "lists of a kind": lambda lib: [Row([1, 2]), Row([3, 4])],
    "ranges": lambda lib: [range(2), range(2)],
    "dicts": lambda lib: [{"a": 1, "b": [1.0]}, {"a": 2, "b": [2.0]}],
    "ordered dicts": lambda lib: [collections.OrderedDict(b=1, a=2), collections.OrderedDict(b=3, a=4)],
    "default dicts": lambda lib: [collections.defaultdict(int, a=1)] * 2,
    "mappings": lambda lib: [types.MappingProxyType({"a": 1})] * 2,
}


@pytest.mark.parametrize("name", BATCHES)
def test_collates_as_torch(name):
    torch = pytest.importorskip("torch")
    ours = default_collate(BATCHES[name](mtorch))
    theirs = torch.utils.data.default_collate(BATCHES[name](torch))
    assert described(ours) == described(theirs)


@pytest.mark.parametrize("name", BATCHES)
def test_converts_as_torch(name):
    torch = pytest.importorskip("torch")
    ours = default_convert(BATCHES[name](mtorch))
    theirs = torch.utils.data.default_convert(BATCHES[name](torch))
    assert described(ours) == described(theirs)


@pytest.mark.parametrize(("batch", "error", "words"), [
    ([None, None], TypeError, "found <class 'NoneType'>"),
    ([1j], TypeError, "found <class 'complex'>"),
    ([np.array(["a"])], TypeError, "found <U1"),
    ([(1, 2), (1,)], RuntimeError, "each element in list of batch should be of equal size"),
    ([mtorch.zeros(2), mtorch.zeros(3)], RuntimeError, r"equal size, but got \[2\] at entry 0 and \[3\] at entry 1"),
    ([np.zeros(2), np.zeros(3)], RuntimeError, r"equal size, but got \[2\] at entry 0 and \[3\] at entry 1"),
    ([{"a": 1}, {"b": 1}], KeyError, "a"),
    ([mtorch.zeros(2), np.zeros(2)], TypeError, "must be of one kind, but after a Tensor came a ndarray"),
])
def test_errors(batch, error, words):
    with pytest.raises(error, match=words):
        default_collate(batch)


def test_a_masked_array_is_converted_only_as_part_of_a_batch():
    samples = [np.ma.array([1, 2], mask=[0, 1])] * 2
    assert default_convert(samples)[0] is samples[0]
    assert default_collate(samples).tolist() == [[1, 2], [1, 2]]


def test_a_gradient_flows_through_a_batch():
    x = mtorch.ones(2, requires_grad=True)
    default_collate([x, 2 * x]).sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_a_function_for_a_type_of_ones_own():
    class Word(str):
        pass

    functions = {Word: lambda batch, collate_fn_map: " ".join(batch)} | collating.default_collate_fn_map
    assert collating.collate([(Word("a"), "x"), (Word("b"), "y")], collate_fn_map=functions) == ["a b", ("x", "y")]
