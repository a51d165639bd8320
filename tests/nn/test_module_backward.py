"""`Module.backward(grad_output)`: back through the module's last call, and not further."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch import nn
from tests.nn.twins import linear_class, net_class


class Both(nn.Module):
    """Several inputs, several outputs, one in a tuple; something that is no Tensor among each."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(mtorch.tensor([2.0]))

    def forward(self, x: Any, k: float, pair: Any = None, *, shift: Any = 0.0) -> Any:
        y = x * self.w * k + shift
        return y if pair is None else (y, {"sum": pair[0] + pair[1], "k": k})


def test_it_equals_backward_of_the_output() -> None:
    seed = mtorch.linspace(-1, 1, 6).reshape(2, 3)
    x = mtorch.linspace(0, 1, 6).reshape(2, 3).requires_grad_()
    expected = net_class(mtorch)()
    expected(x).backward(seed)
    for gradient in (seed, seed.array):
        net, mine = net_class(mtorch)(), x.detach().requires_grad_()
        y = net(mine)
        g = net.backward(gradient)
        assert isinstance(g, mtorch.Tensor)
        assert g.tolist() == x.grad.tolist()
        assert mine.grad is None
        assert [p.grad.tolist() for p in net.parameters()] == [p.grad.tolist() for p in expected.parameters()]
        assert y.requires_grad


def test_the_history_of_the_input_is_left_alone() -> None:
    x = mtorch.ones(2, requires_grad=True)
    h = x * 3
    net = Both()
    y = net(h, 2.0)
    assert net.backward(mtorch.ones(2)).tolist() == [4.0, 4.0]
    assert [x.grad] == [None]
    assert net.w.grad.tolist() == [12.0]
    h.sum().backward()                                   # its graph is still there
    assert x.grad.tolist() == [3.0, 3.0]
    assert y.tolist() == [12.0, 12.0]


def test_several_inputs_and_outputs() -> None:
    net = Both()
    x, a, b, shift = (mtorch.ones(2, requires_grad=flag) for flag in (True, False, True, True))
    outputs = net(x, 3.0, (a, b), shift=shift)
    g = net.backward((mtorch.ones(2), {"sum": np.full(2, 5.0, np.float32), "k": None}))
    assert [None if v is None else v.tolist() for v in g] == [[6.0, 6.0], None, [5.0, 5.0], [1.0, 1.0]]
    outputs = net(x, 3.0, (a, b))
    g = net.backward((None, {"sum": mtorch.ones(2)}))
    assert [None if v is None else v.tolist() for v in g] == [[0.0, 0.0], None, [1.0, 1.0]]
    assert len(outputs) == 2


def test_a_named_tuple_may_be_strict_about_what_it_holds() -> None:
    class Strict(namedtuple("Strict", "data size")):
        def __new__(cls, data: Any, size: Any) -> Any:
            assert isinstance(data, mtorch.Tensor)
            return super().__new__(cls, data, size)

    class Halve(nn.Module):
        def forward(self, packed: Any) -> Any:
            return Strict(packed.data / 2, packed.size)

    net, x = Halve(), mtorch.ones(2, requires_grad=True)
    y = net(Strict(x, 2))
    assert type(y) is Strict
    assert net.backward((mtorch.ones(2), None)).tolist() == [0.5, 0.5]


def test_an_input_that_needs_no_gradient_gives_none() -> None:
    net = Both()
    y = net(mtorch.ones(2), 1.0)
    assert net.backward(mtorch.ones(2)) is None
    assert net.w.grad.tolist() == [2.0]
    assert y.tolist() == [2.0, 2.0]


def test_the_gradient_of_one_number_is_one() -> None:
    class Sum(nn.Module):
        def forward(self, x: Any) -> Any:
            return x.sum()

    net = Sum()
    assert isinstance(net(np.ones(3)), np.ndarray)
    assert net.backward().tolist() == [1.0, 1.0, 1.0]


def test_arrays_in_arrays_out() -> None:
    net = linear_class(mtorch)(3, 2)
    x = np.ones((4, 3), np.float32)
    y = net(x)
    assert type(y) is np.ndarray
    assert y.dtype == np.float32
    g = net.backward(np.ones((4, 2), np.float32))
    assert type(g) is np.ndarray
    np.testing.assert_allclose(g, np.ones((4, 2)) @ net.weight.detach().array, rtol=1e-6)
    assert net.bias.grad.tolist() == [4.0, 4.0]
    assert x.tolist() == np.ones((4, 3)).tolist()
    with mtorch.no_grad():
        assert type(net(x)) is np.ndarray
    with pytest.raises(RuntimeError, match="no call to go back through"):
        net.backward(y)


def test_whole_numbers_in_arrays_have_no_gradient() -> None:
    class Pick(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rows = nn.Parameter(mtorch.ones(3, 2))

        def forward(self, index: Any) -> Any:
            return self.rows[index]

    net = Pick()
    assert net(np.array([2, 2])).shape == (2, 2)
    assert net.backward(np.ones((2, 2))) is None
    assert net.rows.grad.tolist() == [[0.0, 0.0], [0.0, 0.0], [2.0, 2.0]]


def test_arrays_beside_tensors_and_arrays_of_text_are_left_as_they_are() -> None:
    class Look(nn.Module):
        def forward(self, *args: Any) -> list:
            return [type(a).__name__ for a in args]

    assert Look()(mtorch.ones(1), np.ones(1)) == ["Tensor", "ndarray"]
    assert Look()(np.array(["a"])) == ["ndarray"]
    assert Look()([np.ones(1)], np.ones(1)) == ["list", "Tensor"]


def test_where_the_file_says_torch_forward_gets_the_arrays_themselves() -> None:
    names: dict[str, Any] = {"torch": mtorch}
    exec("""class Policy(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = torch.nn.Linear(2, 1)
    def forward(self, state):
        return self.fc(torch.from_numpy(state).float())""", names)
    assert type(names["Policy"]()(np.ones((3, 2)))) is mtorch.Tensor


def test_remembering_keeps_no_memory_alive() -> None:
    net = net_class(mtorch)()
    gc.collect()
    gc.disable()
    try:
        x = mtorch.ones(2, 3, requires_grad=True)
        y = net(x)
        alive = weakref.ref(x), weakref.ref(y), weakref.ref(y.grad_fn)
        del x, y
        assert [r() for r in alive] == [None, None, None]
    finally:
        gc.enable()


def test_an_output_that_is_gone_is_named() -> None:
    net = Both()
    net(mtorch.ones(2), 1.0)
    with pytest.raises(RuntimeError, match="Both.backward: the output of the last call is gone"):
        net.backward(mtorch.ones(2))
    x = mtorch.ones(2, requires_grad=True)
    y = net(x * 2, 1.0)
    with pytest.raises(RuntimeError, match="Both.backward: an input of the last call is gone"):
        net.backward(mtorch.ones(2))
    assert x.grad is None
    assert y.tolist() == [4.0, 4.0]


def test_misuse_is_named() -> None:
    net = Both()
    with pytest.raises(RuntimeError, match="call the module first"):
        net.backward(mtorch.ones(1))
    x = mtorch.ones(2, requires_grad=True)
    y = net(x, 1.0)
    with pytest.raises(ValueError, match=r"grad_output has shape \(3,\), the output of the last call has \(2,\)"):
        net.backward(mtorch.ones(3))
    with pytest.raises(ValueError, match="built like the output"):
        net.backward((mtorch.ones(2), None))
    net.backward(mtorch.ones(2))
    with pytest.raises(RuntimeError, match="backward once for each call"):
        net.backward(mtorch.ones(2))
    y = net(x, 1.0, (x, x))
    with pytest.raises(ValueError, match="built like the output"):
        net.backward(mtorch.ones(2))
    with pytest.raises(RuntimeError, match="requires grad"):
        net.backward((None, None))
    net.requires_grad_(False)
    y = net(mtorch.ones(2), 1.0)
    with pytest.raises(RuntimeError, match="requires grad"):
        net.backward(mtorch.ones(2))
    assert not y.requires_grad


def test_an_evaluation_does_not_disturb_it() -> None:
    net = Both()
    x = mtorch.ones(2, requires_grad=True)
    y = net(x, 2.0)
    with mtorch.no_grad():
        net(x * 5, 1.0)
    assert net.backward(mtorch.ones(2)).tolist() == [4.0, 4.0]
    assert y.requires_grad


def test_hooks_run_on_the_way() -> None:
    net, seen = Both(), []
    net.register_full_backward_hook(lambda m, gi, go: seen.append((gi[0].tolist(), go[0].tolist())))
    y = net(mtorch.ones(2, requires_grad=True), 2.0)
    assert net.backward(mtorch.ones(2)).tolist() == [4.0, 4.0]
    net(np.ones(2), 2.0)
    assert net.backward(np.ones(2)).tolist() == [4.0, 4.0]
    assert seen == [([4.0, 4.0], [1.0, 1.0])] * 2
    assert y.requires_grad


def test_copies_and_pickles_remember_no_call() -> None:
    net = Both()
    y = net(mtorch.ones(2, requires_grad=True), 2.0)
    for twin in (copy.copy(net), copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        with pytest.raises(RuntimeError, match="no call to go back through"):
            twin.backward(mtorch.ones(2))
    net.backward(mtorch.ones(2))
    assert y.tolist() == [4.0, 4.0]


def test_a_training_step_leaves_no_cycles() -> None:
    net = net_class(mtorch)()
    x = mtorch.ones(2, 3)
    for _ in range(3):
        net(x).sum().backward()
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            net(x).sum().backward()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_a_module_itself_is_no_cycle() -> None:
    net = net_class(mtorch)()
    net(mtorch.ones(2, 3))
    alive = weakref.ref(net)
    gc.collect()
    gc.disable()
    try:
        del net
        assert alive() is None
    finally:
        gc.enable()
