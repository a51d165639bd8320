"""functorch, as torch.func was called before: modules taken apart, beside torch's."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

import mtorch
from mtorch import functorch

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore:.*functorch:FutureWarning", "ignore:::torch", "ignore:.*deprecated")


def both(scenario):
    """What a scenario gives on mtorch and on torch."""
    ours, theirs = scenario(mtorch, functorch), scenario(torch, importlib.import_module("functorch"))
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs):
        if hasattr(a, "detach"):
            assert a.requires_grad == b.requires_grad
            np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-5, atol=1e-6)
        else:
            assert a == b


def data(lib, *shape, seed=0):
    return lib.tensor(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def test_a_module_is_taken_apart():
    def scenario(lib, ft):
        lib.manual_seed(0)
        net = lib.nn.Sequential(lib.nn.Linear(3, 4), lib.nn.Tanh(), lib.nn.Linear(4, 2))
        net[0].bias.requires_grad_(False)
        f, params = ft.make_functional(net)
        net[0].weight.data.zero_()                                    # the function has its own
        frozen = ft.make_functional(net, disable_autograd_tracking=True)[1]
        x = data(lib, 5, 3)
        slopes = ft.grad(lambda params: (f(params, x) ** 2).mean())(params)
        return [f(params, x), *params, *frozen, *slopes, str(f), type(params) is tuple, isinstance(params[0], lib.nn.Parameter)]
    both(scenario)


def test_what_a_call_writes_goes_to_the_buffers_given():
    def scenario(lib, ft):
        lib.manual_seed(0)
        net = lib.nn.Sequential(lib.nn.Linear(3, 2), lib.nn.BatchNorm1d(2))
        f, params, buffers = ft.make_functional_with_buffers(net)
        y = f(params, buffers, data(lib, 5, 3))
        return [y, *buffers, *net.buffers(), f.param_names, f.buffer_names]
    both(scenario)


def test_one_tensor_in_two_places_is_one_parameter():
    def scenario(lib, ft):
        lib.manual_seed(0)
        net = lib.nn.Sequential(lib.nn.Linear(2, 2, bias=False), lib.nn.Linear(2, 2, bias=False))
        net[1].weight = net[0].weight
        f, params = ft.make_functional(net)
        return [len(params), f([p * 2 for p in params], data(lib, 1, 2))]
    both(scenario)


def test_several_models_are_one_function_for_vmap():
    def scenario(lib, ft):
        lib.manual_seed(0)
        f, params, buffers = ft.combine_state_for_ensemble([lib.nn.Linear(3, 2) for _ in range(4)])
        return [*params, len(buffers), ft.vmap(f, in_dims=(0, 0, None))(params, buffers, data(lib, 5, 3))]
    both(scenario)


@pytest.mark.parametrize("case", [
    lambda lib, ft: ft.combine_state_for_ensemble([]),
    lambda lib, ft: ft.combine_state_for_ensemble([lib.nn.Linear(1, 1), lib.nn.ReLU()]),
    lambda lib, ft: ft.combine_state_for_ensemble([lib.nn.Linear(1, 1), lib.nn.Linear(1, 1).eval()]),
    lambda lib, ft: ft.make_functional(lib.nn.BatchNorm1d(2)),
])
def test_what_is_refused(case):
    with pytest.raises(RuntimeError) as ours:
        case(mtorch, functorch)
    with pytest.raises(RuntimeError) as theirs:
        case(torch, importlib.import_module("functorch"))
    assert str(ours.value) == str(theirs.value)


def test_a_wrong_number_of_parameters_is_named():
    f, params = functorch.make_functional(mtorch.nn.Linear(2, 1))
    with pytest.raises(RuntimeError, match="takes 2 parameters and 0 buffers, but got 1"):
        f(params[:1], mtorch.ones(1, 2))


@pytest.mark.filterwarnings("default")
def test_each_function_says_what_it_is_called_now():
    with pytest.warns(FutureWarning, match=r"functorch.vmap.*`torch.vmap`"):
        functorch.vmap(mtorch.sin)
