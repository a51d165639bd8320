"""Tensor: making, types, NumPy, and the rules of promotion, beside torch."""
from __future__ import annotations

import copy
import itertools
import pickle

import numpy as np
import pytest

import mtorch

NAMES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]


def torch_or_skip():
    return pytest.importorskip("torch")


def described(t):
    return str(t.dtype), tuple(t.shape), t.tolist()


@pytest.mark.parametrize("make", [
    lambda T: T.tensor([1, 2]), lambda T: T.tensor([1.0, 2]), lambda T: T.tensor([True, 2]), lambda T: T.tensor(3),
    lambda T: T.tensor([[1, 2.5], [3, 4]]), lambda T: T.tensor([]), lambda T: T.tensor(np.ones(2)),
    lambda T: T.tensor([T.tensor(1.0), T.tensor(2)]),
    lambda T: T.zeros(2, 3), lambda T: T.zeros((2, 3), dtype=T.int64), lambda T: T.ones([2]),
    lambda T: T.full((2,), 1.5), lambda T: T.full((2,), True), lambda T: T.arange(5), lambda T: T.arange(1, 2, 0.25),
    lambda T: T.arange(5, 0, -2), lambda T: T.linspace(0, 1, 7),
    lambda T: T.linspace(-3, 5, 10), lambda T: T.eye(2, 3), lambda T: T.zeros_like(T.ones(2).long()),
    lambda T: T.ones_like(T.ones(2), dtype=T.bool),
    lambda T: T.as_tensor(np.arange(3)), lambda T: T.from_numpy(np.ones(2, np.float32)), lambda T: T.Tensor([1, 2]),
    lambda T: T.FloatTensor([1, 2]), lambda T: T.LongTensor([[1], [2]]), lambda T: T.tensor([1, 2]).new_zeros(2),
    lambda T: T.tensor([1.5]).new_tensor([1, 2]), lambda T: T.logspace(0, 2, 3),
], ids=range(29))
def test_making(make):
    assert described(make(mtorch)) == described(make(torch_or_skip()))


OPERATIONS = {"+": lambda a, b: a + b, "*": lambda a, b: a * b, "/": lambda a, b: a / b, "<": lambda a, b: a < b,
              "where": None}


@pytest.mark.parametrize(("first", "second"), list(itertools.product(NAMES, NAMES)))
def test_promotion_of_two_types(first, second):
    torch = torch_or_skip()
    for shapes in (((2,), (2,)), ((), (2,)), ((2,), ()), ((), ())):
        for name, operation in OPERATIONS.items():
            types = []
            for T in (torch, mtorch):
                a = T.ones(shapes[0], dtype=getattr(T, first))
                b = T.ones(shapes[1], dtype=getattr(T, second))
                types.append(str(T.where(a > 0, a, b).dtype if operation is None else operation(a, b).dtype))
            assert types[0] == types[1], (name, shapes)


@pytest.mark.parametrize("name", NAMES)
def test_a_python_number_never_widens(name):
    torch = torch_or_skip()
    for number in (2, 2.5, True):
        for operation in (lambda t, n: t * n, lambda t, n: n + t, lambda t, n: t / n):
            types = [str(operation(T.ones(2, dtype=getattr(T, name)), number).dtype) for T in (torch, mtorch)]
            assert types[0] == types[1], number


def test_gradients_come_back_in_the_type_of_each_tensor():
    x = mtorch.ones(2, requires_grad=True)
    y = mtorch.ones(2, dtype=mtorch.float64, requires_grad=True)
    (x * y).sum().backward()
    assert x.grad.dtype == mtorch.float32 and y.grad.dtype == mtorch.float64


def test_default_dtype():
    mtorch.set_default_dtype(mtorch.float64)
    try:
        assert mtorch.tensor(1.0).dtype == mtorch.zeros(1).dtype == mtorch.float64
    finally:
        mtorch.set_default_dtype(mtorch.float32)
    with pytest.raises(TypeError, match="floating-point"):
        mtorch.set_default_dtype(mtorch.int64)


@pytest.mark.parametrize("shape", [(0,), (3, 0, 2), (0, 3), (2, 0), (4, 1, 0, 5)])
def test_strides_of_empty_tensors(shape):
    torch = pytest.importorskip("torch")
    assert mtorch.empty(shape).stride() == torch.empty(shape).stride()
    assert mtorch.zeros(shape).stride(0) == torch.zeros(shape).stride(0)
    assert mtorch.ones(3, 4)[1:1, ::2].stride() == torch.ones(3, 4)[1:1, ::2].stride()


def test_numpy_shares_memory_both_ways():
    a = np.zeros(3, np.float32)
    t = mtorch.from_numpy(a)
    t[0] = 5
    assert a[0] == 5 and np.shares_memory(t.numpy(), a) and np.shares_memory(np.asarray(t), a)
    t.numpy()[1] = 7
    assert t[1] == 7


def test_numpy_functions_on_tensors():
    x = mtorch.tensor([1.0, 4.0], requires_grad=True)
    y = np.sqrt(x)
    assert isinstance(y, mtorch.Tensor)
    y.sum().backward()
    assert x.grad.tolist() == [0.5, 0.25]
    plain = x.detach()
    assert isinstance(np.array([1.0, 2.0], np.float32) * plain, mtorch.Tensor)
    assert isinstance(np.stack([plain, plain]), np.ndarray) and np.mean(plain.numpy()) == 2.5
    assert (np.float64(2) * plain).dtype == mtorch.float32
    with pytest.raises(RuntimeError, match="detach"):
        np.stack([x])


def test_pickle_and_deepcopy():
    for t in (mtorch.ones(2, requires_grad=True), mtorch.nn.Parameter(mtorch.ones(2)), mtorch.arange(3)):
        t.note = "kept"
        copies = copy.deepcopy(t), pickle.loads(pickle.dumps(t))
        for twin in copies:
            assert type(twin) is type(t) and twin.requires_grad == t.requires_grad and twin.tolist() == t.tolist()
            dropped = twin is copies[0] and type(t) is mtorch.nn.Parameter          # as torch does
            assert getattr(twin, "note", None) == (None if dropped else "kept")
            assert not np.shares_memory(twin.array, t.array)
    with pytest.raises(RuntimeError, match="graph leaves"):
        copy.deepcopy(mtorch.ones(1, requires_grad=True) * 2)


def test_what_was_computed_is_pickled_and_copied_as_a_leaf():
    """As in torch: a list of losses may be pickled, or copied by copy.copy, which shares the memory."""
    torch = pytest.importorskip("torch")
    for lib in (mtorch, torch):
        loss = lib.nn.MSELoss()(lib.ones(2, requires_grad=True) * 2, lib.zeros(2))
        for twin in (pickle.loads(pickle.dumps([loss]))[0], copy.copy(loss)):
            assert twin.item() == 4 and twin.requires_grad and twin.is_leaf and twin.grad_fn is None
        assert twin.data_ptr() == loss.data_ptr()
    with lib.no_grad():
        assert pickle.loads(pickle.dumps(loss)).requires_grad


def test_iteration_length_and_membership():
    t = mtorch.tensor([[1, 2], [3, 4]])
    assert [row.tolist() for row in t] == [[1, 2], [3, 4]] and len(t) == 2 and 3 in t and 9 not in t
    a, b = t
    assert a.tolist() == [1, 2]
    assert {t: 1}[t] == 1
    with pytest.raises(TypeError, match="0-d"):
        len(mtorch.tensor(1))


def test_reversed_is_a_tensor_of_the_rows_from_the_last_on():
    x = mtorch.arange(6.0).reshape(2, 3).requires_grad_()
    assert reversed(x).tolist() == [[3, 4, 5], [0, 1, 2]] and reversed(x).requires_grad
    assert reversed(mtorch.tensor(3)).item() == 3


@pytest.mark.parametrize("key", [
    0, -1, slice(1, 3), (slice(None), 1), (..., 0), None, (None, 1), (slice(None, None, 2), slice(1)), [0, 2],
    ([0, 1], [1, 2]), (slice(None), [0, 2]), ([[0], [1]], [1, 2]), (0, ..., None), (slice(None), None, [1]), True,
    (1, [True, False, True, False]),
], ids=str)
def test_indexing_as_torch(key):
    torch = torch_or_skip()
    ours, theirs = mtorch.arange(12.0).view(3, 4), torch.arange(12.0).view(3, 4)
    assert described(ours[key]) == described(theirs[key])
    for t in (theirs, ours):
        t[key] = -1.0
    assert ours.tolist() == theirs.tolist()


def test_masks_as_torch():
    torch = torch_or_skip()
    results = []
    for T in (torch, mtorch):
        t = T.arange(12.0).view(3, 4)
        t[t > 5] *= -1
        t[T.tensor([True, False, True])] += 100
        results.append((t.tolist(), t[t < 0].tolist(), t[T.tensor([0, 2]), T.tensor([1, 3])].tolist()))
    assert results[0] == results[1]


def test_attributes_of_ones_own():
    p = mtorch.nn.Parameter(mtorch.ones(1))
    p.no_weight_decay = True
    assert p.no_weight_decay


def test_dtype_objects():
    assert repr(mtorch.float32) == "torch.float32" and mtorch.float is mtorch.float32 and mtorch.long is mtorch.int64
    assert mtorch.float32.is_floating_point and not mtorch.int8.is_floating_point and mtorch.float16.itemsize == 2
    assert pickle.loads(pickle.dumps(mtorch.float32)) is mtorch.float32


def test_the_class_takes_sizes_or_a_sequence() -> None:
    for wrong in (2.5, None, 1j):
        with pytest.raises(TypeError, match=r"data must be a sequence or sizes, got \w+; mtorch.tensor\(\) takes a number"):
            mtorch.Tensor(wrong)
    with pytest.raises(AssertionError, match="not compiled with CUDA enabled"):
        mtorch.Tensor(2, device="cuda")


def test_deepcopy_as_torchs():
    torch = pytest.importorskip("torch")
    for lib in (mtorch, torch):
        net = lib.nn.Linear(2, 1)
        net(lib.ones(1, 2)).sum().backward()
        net.weight.note = 1
        twin = copy.deepcopy(net)
        assert twin.weight.grad is None            # a Parameter's gradient stays behind, a leaf's does not
        assert not hasattr(twin.weight, "note")
        leaf = lib.ones(2, requires_grad=True)
        (leaf * 2).sum().backward()
        assert copy.deepcopy(leaf).grad.tolist() == [2, 2]

        for order in (slice(None), slice(None, None, -1)):
            x = lib.arange(6.0).reshape(2, 3)
            parts = [x, x[1], x.t(), x[:, 1:2].expand(2, 4)][order]
            twins = copy.deepcopy(parts)[order]
            twins[0][1, 1] = 9
            assert twins[1].tolist() == [3, 9, 5]
            assert twins[2].tolist() == [[0, 3], [1, 9], [2, 5]]
            assert [(t.stride(), t.storage_offset()) for t in twins] == [((3, 1), 0), ((1,), 3), ((1, 3), 0), ((3, 0), 1)]
            assert x[1, 1] == 4
        assert copy.deepcopy(lib.arange(10.0)[3:3]).tolist() == []
