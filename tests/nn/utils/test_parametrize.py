"""Parametrizations, and the older weight_norm and spectral_norm: torch's numbers, keys and words."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import mtorch
from tests.nn.twins import kind, said, same_in_torch, warned

# From the same seed the layers of both frameworks have the same weights.


def symmetric_class(t: Any) -> Any:
    class Symmetric(t.nn.Module):
        def forward(self, x: Any) -> Any:
            return x.triu() + x.triu(1).T

        def right_inverse(self, x: Any) -> Any:
            return x.triu()

    return Symmetric


def trained(t: Any, layer: Any, x: Any, steps: int = 3) -> list:
    """Some steps of gradient descent: what comes out in each, and the state at the end."""
    optimizer = t.optim.SGD(layer.parameters(), lr=0.1)
    outputs = []
    for _ in range(steps):
        optimizer.zero_grad()
        y = layer(x)
        (y * y).sum().backward()
        optimizer.step()
        outputs.append(y)
    return [outputs, dict(layer.state_dict()), [name for name, _ in layer.named_parameters()]]


def test_a_parametrization_of_ones_own() -> None:
    def scenario(t):
        t.manual_seed(0)
        parametrize = t.nn.utils.parametrize
        layer = t.nn.Linear(3, 3)
        same = parametrize.register_parametrization(layer, "weight", symmetric_class(t)()) is layer
        seen = [same, layer.weight, type(layer).__name__, isinstance(layer, t.nn.Linear),
                parametrize.is_parametrized(layer), parametrize.is_parametrized(layer, "bias"),
                parametrize.type_before_parametrizations(layer) is t.nn.Linear, repr(layer)]
        layer.weight = t.arange(9, dtype=t.float32).reshape(3, 3)
        seen += [layer.weight, trained(t, layer, t.randn(4, 3))]
        parametrize.remove_parametrizations(layer, "weight")
        return [*seen, type(layer).__name__, list(layer.state_dict()), layer.weight, layer.weight.requires_grad]
    same_in_torch(scenario)


def test_the_original_may_be_left() -> None:
    def scenario(t):
        t.manual_seed(0)
        parametrize = t.nn.utils.parametrize
        layer = t.nn.Linear(2, 2)
        parametrize.register_parametrization(layer, "weight", symmetric_class(t)())
        held = layer.parametrizations.weight.original
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
        return [layer.weight, layer.weight is held, parametrize.is_parametrized(layer)]
    same_in_torch(scenario)


def test_two_parametrizations_one_after_the_other() -> None:
    def scenario(t):
        class Doubled(t.nn.Module):
            def forward(self, x: Any) -> Any:
                return 2 * x

            def right_inverse(self, x: Any) -> Any:
                return x / 2

        t.manual_seed(0)
        parametrize = t.nn.utils.parametrize
        layer = t.nn.Linear(2, 2)
        layer.register_buffer("shift", t.ones(2, 2))
        for name in ("weight", "shift"):
            parametrize.register_parametrization(layer, name, symmetric_class(t)())
            parametrize.register_parametrization(layer, name, Doubled())
        layer.weight = t.ones(2, 2)
        return [layer.weight, layer.shift, dict(layer.state_dict()), len(layer.parametrizations.weight),
                [name for name, _ in layer.named_buffers()]]
    same_in_torch(scenario)


def test_cached_blocks() -> None:
    def scenario(t):
        layer = t.nn.Linear(2, 2)
        parametrize = t.nn.utils.parametrize
        parametrize.register_parametrization(layer, "weight", symmetric_class(t)())
        with parametrize.cached():
            first = layer.weight
            with parametrize.cached():
                inner = layer.weight is first
            still = layer.weight is first
        return [inner, still, layer.weight is first]
    same_in_torch(scenario)


def test_what_is_refused() -> None:
    def scenario(t):
        parametrize = t.nn.utils.parametrize

        def of(result, inverse=None):
            class Odd(t.nn.Module):
                def forward(self, x: Any) -> Any:
                    return result(x)

            if inverse is not None:
                Odd.right_inverse = lambda self, x: inverse(x)
            return Odd()

        layer = t.nn.Linear(2, 2)
        register = parametrize.register_parametrization
        ends = [said(register, layer, "weight", of(lambda x: 3)), said(register, layer, "weight", of(lambda x: x[0])),
                said(register, layer, "weight", of(lambda x: x.double())),
                said(register, layer, "weight", of(lambda x: x, lambda x: 3)),
                said(register, layer, "weight", of(lambda x: x, lambda x: x.double())),
                kind(register, layer, "none", of(lambda x: x)),
                kind(parametrize.remove_parametrizations, layer, "weight")]
        register(layer, "weight", of(lambda x: x + 1))
        ends += [kind(setattr, layer, "weight", t.ones(2, 2)), said(register, layer, "weight", of(lambda x: x[0])),
                 said(register, layer, "weight", of(lambda x: x, lambda x: x[0])),
                 kind(setattr, layer, "weight", t.nn.Parameter(t.ones(2, 2))), kind(pickle.dumps, layer)]
        t.nn.utils.parametrizations.weight_norm(layer, "bias")
        ends.append(kind(parametrize.remove_parametrizations, layer, "bias", leave_parametrized=False))
        return ends
    same_in_torch(scenario)


def test_deepcopy_of_a_parametrized_layer() -> None:
    layer = mtorch.nn.utils.parametrize.register_parametrization(mtorch.nn.Linear(2, 2), "weight",
                                                                 symmetric_class(mtorch)())
    twin = copy.deepcopy(layer)
    assert twin.weight.tolist() == layer.weight.tolist()
    assert twin.parametrizations.weight.original is not layer.parametrizations.weight.original


def test_transfer() -> None:
    def scenario(t):
        t.manual_seed(0)
        parametrize = t.nn.utils.parametrize
        one, other, third = t.nn.Linear(2, 2), t.nn.Linear(2, 2), t.nn.Linear(2, 2)
        parametrize.register_parametrization(one, "weight", symmetric_class(t)())
        parametrize.transfer_parametrizations_and_params(one, other)
        t.nn.utils.parametrizations.weight_norm(one, "bias")
        parametrize.transfer_parametrizations_and_params(one, third, "bias")
        return [other.weight, list(other.state_dict()), third.bias, list(third.state_dict()),
                other.parametrizations.weight.original is one.parametrizations.weight.original]
    same_in_torch(scenario)


@pytest.mark.parametrize("dim", [0, 1, -1, None])
def test_weight_norm(dim: Any) -> None:
    def scenario(t):
        t.manual_seed(0)
        layer = t.nn.utils.parametrizations.weight_norm(t.nn.Linear(3, 2), dim=dim)
        held = layer.weight
        t.nn.utils.parametrizations.weight_norm(layer, "bias", dim=0)
        return [held, trained(t, layer, t.randn(4, 3)), repr(layer).split("Weight")[0]]
    same_in_torch(scenario)


def test_the_older_weight_norm() -> None:
    def scenario(t):
        t.manual_seed(0)
        layer, texts = warned(t.nn.utils.weight_norm, t.nn.Linear(3, 2))
        seen = [texts, layer.weight, trained(t, layer, t.randn(4, 3)),
                said(warned, t.nn.utils.weight_norm, layer)]
        newer = t.nn.utils.parametrizations.weight_norm(t.nn.Linear(3, 2))
        newer.load_state_dict(layer.state_dict())        # the newer form reads what the older one saved
        seen.append(newer.weight)
        t.nn.utils.remove_weight_norm(layer)
        seen += [layer.weight, list(layer.state_dict()), len(layer._forward_pre_hooks)]
        whole = warned(t.nn.utils.weight_norm, t.nn.Linear(3, 2), dim=None)[0]
        return [*seen, dict(whole.state_dict()), said(t.nn.utils.remove_weight_norm, layer)[0]]
    same_in_torch(scenario)


def test_the_older_spectral_norm() -> None:
    def scenario(t):
        t.manual_seed(0)
        spectral_norm = t.nn.utils.spectral_norm
        layer = spectral_norm(t.nn.Linear(4, 3), n_power_iterations=2)
        seen = [trained(t, layer, t.randn(5, 4)), dict(layer.state_dict()._metadata), said(spectral_norm, layer)]
        layer.eval()
        seen += [layer(t.ones(1, 4)), dict(layer.state_dict()),
                 kind(spectral_norm, t.nn.Linear(2, 2, bias=False), "bias"),
                 said(spectral_norm, t.nn.Linear(2, 2), n_power_iterations=0)]
        t.nn.utils.remove_spectral_norm(layer)
        conv = spectral_norm(t.nn.ConvTranspose2d(2, 3, 2))
        return [*seen, dict(layer.state_dict()), kind(t.nn.utils.remove_spectral_norm, layer), conv.weight_u.shape[0],
                len(layer._state_dict_hooks), conv(t.ones(1, 2, 3, 3))]
    same_in_torch(scenario)


def test_spectral_norm() -> None:
    def scenario(t):
        t.manual_seed(0)
        spectral_norm = t.nn.utils.parametrizations.spectral_norm
        layer = spectral_norm(t.nn.Linear(4, 3))
        spectral_norm(layer, "bias")
        seen = [layer.weight, trained(t, layer, t.randn(5, 4))]
        layer.eval()
        seen += [layer.weight, layer.weight, dict(layer.state_dict())]
        conv = spectral_norm(t.nn.ConvTranspose1d(2, 3, 2), n_power_iterations=3)
        return [*seen, conv.weight, said(spectral_norm, t.nn.Linear(2, 2), dim=2),
                said(spectral_norm, t.nn.Linear(2, 2), n_power_iterations=0), kind(spectral_norm, layer, "none")]
    same_in_torch(scenario)


@pytest.mark.parametrize("orthogonal_map", [None, "matrix_exp", "cayley", "householder"])
@pytest.mark.parametrize("sizes", [(3, 3), (5, 3), (3, 5)])
def test_orthogonal(orthogonal_map: Any, sizes: Any) -> None:
    def scenario(t):
        t.manual_seed(0)
        layer = t.nn.Linear(*sizes).double()
        t.nn.utils.parametrizations.orthogonal(layer, orthogonal_map=orthogonal_map)
        seen = [layer.weight, trained(t, layer, t.randn(4, sizes[0]).double())]
        wanted = t.eye(sizes[1], sizes[0]).double()
        layer.weight = wanted
        return [*seen, layer.weight, dict(layer.state_dict())] if sizes[0] == sizes[1] else [*seen, layer.weight]
    same_in_torch(scenario)


@pytest.mark.parametrize("orthogonal_map", ["matrix_exp", "cayley", "householder"])
def test_orthogonal_without_a_base(orthogonal_map: str) -> None:
    def scenario(t):
        t.manual_seed(0)
        layer = t.nn.Linear(3, 5).double()
        q = t.eye(5, 3).double()[:, [2, 0, 1]] * t.tensor([1.0, -1.0, 1.0]).double()
        t.nn.utils.parametrizations.orthogonal(layer, orthogonal_map=orthogonal_map, use_trivialization=False)
        end = kind(setattr, layer, "weight", q)
        return [layer.weight, trained(t, layer, t.randn(4, 3).double()), end]
    same_in_torch(scenario)


def test_orthogonal_matrices_in_a_batch_are_orthogonal() -> None:
    layer = mtorch.nn.Module()
    layer.w = mtorch.nn.Parameter(mtorch.randn(2, 5, 3))
    mtorch.nn.utils.parametrizations.orthogonal(layer, "w", "matrix_exp")
    mtorch.nn.init.normal_(layer.parametrizations.w.original, std=3.0)
    assert mtorch.allclose(layer.w.mT @ layer.w, mtorch.eye(3).expand(2, 3, 3), atol=1e-5)


def test_orthogonal_refuses() -> None:
    def scenario(t):
        orthogonal = t.nn.utils.parametrizations.orthogonal
        layer = t.nn.Linear(2, 3)
        return [said(orthogonal, layer, "bias"), said(orthogonal, layer, orthogonal_map="other"),
                kind(orthogonal, layer, "none"), kind(setattr, orthogonal(layer), "weight", t.ones(2, 2))]
    same_in_torch(scenario)


def test_a_dimension_that_the_weight_has_not():
    layer = mtorch.nn.Linear(2, 2)
    with pytest.raises(IndexError, match=r"weight_norm: dim 5 .*\(2, 2\), expected -2 to 1"):
        mtorch.nn.utils.parametrizations.weight_norm(layer, dim=5)
    with pytest.warns(FutureWarning), pytest.raises(IndexError, match="dim -3"):
        mtorch.nn.utils.weight_norm(layer, dim=-3)
    assert list(layer.state_dict()) == ["weight", "bias"]
