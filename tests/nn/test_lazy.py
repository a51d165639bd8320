"""Layers that learn the size of their input from the first input, compared with torch's."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import mtorch
from mtorch.nn.parameter import is_lazy
from tests.nn.layer_twins import layers_agree
from tests.nn.twins import said, same_in_torch


def net(t: Any) -> Any:
    return t.nn.Sequential(t.nn.LazyConv2d(4, 3, bias=False), t.nn.LazyBatchNorm2d(), t.nn.ReLU(), t.nn.Flatten(),
                           t.nn.LazyLinear(3))


def test_a_net_becomes_an_ordinary_one_at_its_first_call() -> None:
    def scenario(t: Any) -> list:
        t.manual_seed(0)
        lazy = net(t)
        before = repr(lazy), [type(p).__name__ for p in lazy.parameters()], list(lazy.state_dict())
        y = lazy(t.ones(2, 3, 5, 5))
        return [*before, y, repr(lazy), [type(layer).__name__ for layer in lazy],
                [list(p.shape) for p in lazy.parameters()], lazy.state_dict()["0.weight"], lazy(t.zeros(2, 3, 5, 5))]
    same_in_torch(scenario)


def test_a_state_gives_the_sizes_too() -> None:
    made, other = net(mtorch), net(mtorch)
    made(mtorch.ones(2, 3, 5, 5))
    made.eval()
    assert str(other.load_state_dict(made.state_dict())) == "<All keys matched successfully>"
    assert not other[0].has_uninitialized_params()
    other.eval()
    assert mtorch.equal(other(mtorch.ones(1, 3, 5, 5)), made(mtorch.ones(1, 3, 5, 5)))
    assert type(other[0]) is mtorch.nn.Conv2d and other[0].in_channels == 3


def test_an_uninitialised_state_does_not_fit_a_made_layer() -> None:
    kind, message = said(mtorch.nn.Linear(2, 3).load_state_dict, mtorch.nn.LazyLinear(3).state_dict())
    assert kind == "RuntimeError" and "uninitialized parameter" in message


def test_parameters_have_no_shape_before_the_first_call() -> None:
    weight = mtorch.nn.LazyLinear(3).weight
    assert is_lazy(weight) and repr(weight) == "<UninitializedParameter>"
    with pytest.raises(RuntimeError, match="uninitialized parameter"):
        weight.shape


def test_the_type_given_is_the_type_made() -> None:
    layer = mtorch.nn.LazyLinear(3, dtype=mtorch.float64)
    assert layer(mtorch.ones(2, 5, dtype=mtorch.float64)).dtype == mtorch.float64
    converted = mtorch.nn.LazyConv1d(2, 3).double()
    assert converted(mtorch.ones(1, 2, 5, dtype=mtorch.float64)).dtype == mtorch.float64


def test_an_optimizer_made_before_the_first_call_trains_the_same_parameters() -> None:
    layer = mtorch.nn.LazyLinear(1)
    weight = layer.weight
    layer(mtorch.ones(2, 3)).sum().backward()
    assert weight is layer.weight and weight.grad.tolist() == [[2.0, 2.0, 2.0]]


@pytest.mark.parametrize("shape", [(2, 3, 6), (2, 3, 6, 5), (2, 3, 4, 5, 3)], ids=["1d", "2d", "3d"])
@pytest.mark.parametrize("kind", ["Conv", "ConvTranspose", "BatchNorm", "InstanceNorm"])
def test_every_lazy_layer_is_its_ordinary_one_after_a_call(kind: str, shape: tuple[int, ...]) -> None:
    def make(t: Any) -> Any:
        layer = getattr(t.nn, f"Lazy{kind}{len(shape) - 2}d")
        layer = layer(4, 2, groups=1) if kind.startswith("Conv") else layer(eps=0.1)
        layer(t.ones(shape))
        return layer
    layers_agree(make, shape)


def test_channels_that_groups_does_not_divide() -> None:
    with pytest.raises(ValueError, match="in_channels must be divisible by groups, got 3 and 2"):
        mtorch.nn.LazyConv2d(4, 3, groups=2)(mtorch.zeros(1, 3, 5, 5))


USES = {
    "arithmetic": lambda t, w: w + 1,
    "sum": lambda t, w: w.sum(),
    "function": lambda t, w: t.nn.functional.linear(t.ones(2, 3), w),
    "number of elements": lambda t, w: w.numel(),
    "initialization": lambda t, w: t.nn.init.constant_(w, 1.0),
    "clone": lambda t, w: w.clone(),
    "list": lambda t, w: w.tolist(),
    "vector": lambda t, w: t.nn.utils.parameters_to_vector([w]),
}


@pytest.mark.parametrize("name", USES)
def test_what_has_no_numbers_yet_cannot_be_used(name: str) -> None:
    said = "Attempted to use an uninitialized parameter: .*UninitializedParameter.*call the lazy module on an input"
    with pytest.raises(ValueError, match=said):
        USES[name](mtorch, mtorch.nn.LazyLinear(3).weight)
    torch = pytest.importorskip("torch")
    with pytest.raises(ValueError, match="Attempted to use an uninitialized parameter"):
        USES[name](torch, torch.nn.LazyLinear(3).weight)


def test_a_net_with_buffers_is_converted_before_its_first_call() -> None:
    def scenario(t: Any) -> list:
        t.manual_seed(0)
        lazy = net(t).double()
        kinds = [type(b).__name__ for b in lazy.buffers()]
        return [kinds, lazy(t.ones(2, 3, 5, 5, dtype=t.float64)), [b.dtype == t.float64 for b in lazy.buffers()]]
    same_in_torch(scenario)


def test_what_a_lazy_net_can_do_before_its_first_call() -> None:
    def scenario(t: Any) -> list:
        t.manual_seed(0)
        lazy = net(t)
        optimizer = t.optim.SGD(lazy.parameters(), lr=0.1)
        optimizer.zero_grad()
        optimizer.step()
        loaded = str(lazy.load_state_dict(net(t).state_dict()))
        x = t.randn(2, 3, 5, 5)
        before = lazy(x)
        before.sum().backward()
        optimizer.step()
        return [loaded, before, lazy.eval()(x)]
    same_in_torch(scenario)


def test_copies_and_pickles_stay_lazy() -> None:
    for twin in (copy.deepcopy(net(mtorch)), pickle.loads(pickle.dumps(net(mtorch)))):
        assert is_lazy(twin[0].weight) and is_lazy(twin[1].running_mean)
        assert twin(mtorch.ones(2, 3, 5, 5)).shape == (2, 3)
