"""Subclasses of Tensor and Parameter, as programs write them, beside torch's."""

from __future__ import annotations

import pickle

import pytest

import mtorch

torch = pytest.importorskip("torch")
BOTH = pytest.mark.parametrize("lib", [mtorch, torch], ids=["mtorch", "torch"])


def with_meta(lib):
    class WithMeta(lib.Tensor):
        @staticmethod
        def __new__(cls, x, meta, *args, **kwargs):
            return super().__new__(cls, x, *args, **kwargs)

        def __init__(self, x, meta):
            super().__init__()
            self.meta = meta
    return WithMeta


@BOTH
def test_a_tensor_with_something_beside(lib):
    t = with_meta(lib)([1.0, 2.0], "metres")
    assert (t.tolist(), t.meta, repr(t)) == ([1.0, 2.0], "metres", "WithMeta([1., 2.])")
    assert isinstance(t, lib.Tensor) and (t + 1).tolist() == [2.0, 3.0]
    t.requires_grad_()
    (t * t).sum().backward()
    assert t.grad.tolist() == [2.0, 4.0]


@BOTH
def test_classes_that_add_nothing(lib):
    class Plain(lib.Tensor):
        pass
    assert Plain([1.0]).tolist() == [1.0] and Plain(2, 3).shape == (2, 3) and type(Plain([1.0])) is Plain
    with pytest.raises(TypeError):
        type("Other", (lib.Tensor,), {"__init__": lambda self, data, extra: None})([1.0], 2)


@BOTH
def test_parameters_with_something_beside(lib):
    class Tagged(lib.nn.Parameter):
        def __new__(cls, data, requires_grad=True, tag=None):
            p = super().__new__(cls, data, requires_grad)
            p.tag = tag
            return p

    class Marked(lib.nn.Parameter):
        def __init__(self, data):
            self.mark = 1
    p, m = Tagged(lib.ones(2), tag=3), Marked(lib.ones(1))
    assert (p.tag, p.requires_grad, p.tolist(), m.mark, m.tolist()) == (3, True, [1.0, 1.0], 1, [1.0])
    net = lib.nn.Module()
    net.p, net.m = p, m
    assert [name for name, _ in net.named_parameters()] == ["p", "m"]
    optimizer = lib.optim.SGD(net.parameters(), lr=1.0)
    (net.p.sum() + net.m.sum()).backward()
    optimizer.step()
    assert net.p.tolist() == [0.0, 0.0] and type(net.p) is Tagged
    assert repr(m) == "Parameter containing:\nParameter(Marked([0.], requires_grad=True))"
    assert lib.Tensor.__repr__(m) == "Parameter(Marked([0.], requires_grad=True))"


@BOTH
def test_a_tensor_seen_as_another_class(lib):
    class Plain(lib.Tensor):
        pass
    x = lib.ones(2, requires_grad=True)
    y = x.as_subclass(Plain)
    assert type(y) is Plain and type(y.grad_fn).__name__ == "AliasBackward0" and "AliasBackward0" in repr(y)
    (y * 3).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]
    z = lib.ones(2)
    z.as_subclass(Plain)[0] = 5.0
    assert z.tolist() == [5.0, 1.0]
    made = lib.Tensor._make_subclass(Plain, z, True)
    assert type(made) is Plain and made.requires_grad and made.is_leaf and made.data_ptr() == z.data_ptr()
    with pytest.raises(TypeError, match="inherit"):
        x.as_subclass(int)


def test_own_classes_are_pickled():
    t = Pickled([1.0, 2.0])
    t.note = "kept"
    again = pickle.loads(pickle.dumps(t))
    assert type(again) is Pickled and again.tolist() == [1.0, 2.0] and again.note == "kept"


class Pickled(mtorch.Tensor):
    pass
