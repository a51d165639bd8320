"""`_foreach_*` beside torch's."""

from __future__ import annotations

import pytest

import mtorch
from mtorch.later import FOREACH

torch = pytest.importorskip("torch")

OPERANDS = {
    "add": [([3.0, 0.5],), ("tensors",), (2.0,), ("zero-dim",)], "sub": [(2.0,), ("tensors",)], "mul": [(3.0,), ("tensors",)],
    "div": [(3.0,), ("tensors",)], "maximum": [(0.7,), ("tensors",), ([0.1, 0.9],)], "minimum": [(0.7,), ("tensors",)],
    "clamp_min": [(0.7,), ("tensors",)], "clamp_max": [(0.7,)], "lerp": [("tensors", 0.3), ("tensors", [0.3, 0.6])],
    "addcmul": [("tensors", "tensors"), ("tensors", "tensors", 2.0), ("tensors", "tensors", [2.0, 3.0])],
    "addcdiv": [("tensors", "tensors", 2.0)], "pow": [(2.0,), ([2, 3],)], "copy_": [("tensors",)], "norm": [(), (1,)],
    "mm": [("square",)], "powsum": [(3,)],
}


def compute(lib, name, operands, square):
    def tensors(start):
        shapes = [(2, 2), (2, 2)] if square else [(3,), (2, 2)]
        return [lib.linspace(start, 0.9, 3 if shape == (3,) else 4).reshape(shape) for shape in shapes]
    given = {"tensors": tensors(0.4), "square": tensors(0.4), "zero-dim": lib.tensor(2.0)}
    xs = tensors(0.2)
    found = getattr(lib, name)(xs, *[given[o] if isinstance(o, str) else o for o in operands])
    assert (found is xs) == name.endswith("_") or lib is torch
    return [x.tolist() for x in found], [x.tolist() for x in xs]


@pytest.mark.parametrize("name", FOREACH)
def test_each_tensor_of_a_list(name):
    operation = name.removeprefix("_foreach_")
    for operands in OPERANDS.get(operation, OPERANDS.get(operation.rstrip("_"), [()])):
        ours, theirs = (compute(lib, name, operands, operation == "mm") for lib in (mtorch, torch))
        for our, their in zip(ours, theirs, strict=True):
            torch.testing.assert_close(our, their, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("call", [
    lambda lib: lib._foreach_add([], 1.0),
    lambda lib: lib._foreach_add([lib.ones(2)], [lib.ones(2), lib.ones(2)]),
    lambda lib: lib._foreach_add_([lib.ones(2)], [1.0, 2.0]),
    lambda lib: lib._foreach_sqrt(lib.ones(2)),
])
def test_lists_that_do_not_fit(call):
    with pytest.raises((RuntimeError, TypeError)) as expected:
        call(torch)
    with pytest.raises(expected.type):
        call(mtorch)


def test_a_number_to_the_power_of_each():
    assert [x.tolist() for x in mtorch._foreach_pow(2.0, [mtorch.tensor([1.0, 3.0])])] == [[2.0, 8.0]]


def test_keyword_operands_and_gradients():
    x = mtorch.ones(2, requires_grad=True)
    y, = mtorch._foreach_add([x], [mtorch.ones(2)], alpha=3)
    y.sum().backward()
    assert y.tolist() == [4.0, 4.0] and x.grad.tolist() == [1.0, 1.0]
