"""Pruning: torch's masks, keys and words."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

from tests.nn.twins import kind, said, same_in_torch

# From the same seed the layers of both frameworks have the same weights, and random pruning draws the same numbers.


def prune_of(t: Any) -> Any:
    return import_module(f"{t.__name__}.nn.utils.prune")


def shown(layer: Any) -> list:
    return [layer.weight, dict(layer.state_dict()), sorted(name for name, _ in layer.named_parameters()),
            len(layer._forward_pre_hooks)]


METHODS = {
    "identity": lambda p, layer: p.identity(layer, "weight"),
    "random": lambda p, layer: p.random_unstructured(layer, "weight", 0.4),
    "random number": lambda p, layer: p.random_unstructured(layer, "weight", 7),
    "l1": lambda p, layer: p.l1_unstructured(layer, "weight", amount=0.3),
    "l1 none": lambda p, layer: p.l1_unstructured(layer, "weight", amount=0),
    "random slices": lambda p, layer: p.random_structured(layer, "weight", 0.5, dim=1),
    "l2 rows": lambda p, layer: p.ln_structured(layer, "weight", 2, n=2, dim=0),
    "linf columns": lambda p, layer: p.ln_structured(layer, name="weight", amount=0.3, n=float("inf"), dim=-1),
    "none of the rows": lambda p, layer: p.ln_structured(layer, "weight", 0.0, n=1, dim=0),
}


@pytest.mark.parametrize("method", METHODS)
def test_method(method: str) -> None:
    def scenario(t):
        t.manual_seed(0)
        prune = prune_of(t)
        layer = t.nn.Linear(6, 4)
        same = METHODS[method](prune, layer) is layer
        seen = [same, *shown(layer), prune.is_pruned(layer)]
        layer(t.ones(2, 6)).sum().backward()
        seen.append(layer.weight_orig.grad)
        held = layer.weight_orig
        prune.remove(layer, "weight")
        return [*seen, *shown(layer), layer.weight is held, prune.is_pruned(layer)]
    same_in_torch(scenario)


@pytest.mark.parametrize("first", ["random", "l1", "l2 rows"])
@pytest.mark.parametrize("second", ["random number", "l1", "random slices", "linf columns", "identity"])
def test_one_method_after_another(first: str, second: str) -> None:
    def scenario(t):
        t.manual_seed(1)
        prune = prune_of(t)
        layer = t.nn.Linear(6, 5)
        for method in (first, second, first):
            METHODS[method](prune, layer)
        container = next(iter(layer._forward_pre_hooks.values()))
        return [*shown(layer), type(container).__name__, [type(m).__name__ for m in container], len(container),
                type(container[0]).__name__]
    same_in_torch(scenario)


def test_importance_scores_and_given_masks() -> None:
    def scenario(t):
        t.manual_seed(0)
        prune = prune_of(t)
        scores = t.arange(12, dtype=t.float32).reshape(3, 4)
        one, two, three = t.nn.Linear(4, 3), t.nn.Linear(4, 3), t.nn.Linear(4, 3)
        prune.l1_unstructured(one, "weight", 5, importance_scores=scores)
        prune.ln_structured(two, "weight", 1, n=1, dim=0, importance_scores=scores)
        prune.custom_from_mask(three, "weight", mask=scores > 4)
        method = prune.L1Unstructured(3)
        return [shown(one), shown(two), shown(three), method.prune(scores),
                method.prune(scores, importance_scores=-scores),
                method.prune(scores, default_mask=t.zeros(3, 4)),
                kind(method.prune, scores, importance_scores=scores[0]),
                kind(prune.l1_unstructured, t.nn.Linear(2, 2), "weight", 1, importance_scores=scores),
                kind(prune.custom_from_mask, t.nn.Linear(2, 2), "weight", mask=scores)]
    same_in_torch(scenario)


def test_pruning_several_parameters_as_one() -> None:
    def scenario(t):
        t.manual_seed(0)
        prune = prune_of(t)
        net = t.nn.Sequential(t.nn.Linear(4, 3), t.nn.Linear(3, 2))
        pairs = [(net[0], "weight"), (net[1], "weight"), (net[1], "bias")]
        prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=0.5)
        seen = [dict(net.state_dict())]
        prune.global_unstructured(pairs, prune.L1Unstructured, amount=3)
        seen.append(dict(net.state_dict()))
        prune.global_unstructured([(net[0], "bias")], prune.RandomUnstructured, amount=1,
                                  importance_scores={(net[0], "bias"): t.ones(3)})
        return [*seen, dict(net.state_dict()), net(t.ones(1, 4)),
                said(prune.global_unstructured, 3, prune.L1Unstructured, amount=1),
                said(prune.global_unstructured, pairs, prune.L1Unstructured, importance_scores=3, amount=1),
                kind(prune.global_unstructured, pairs, prune.RandomStructured, amount=1)]
    same_in_torch(scenario)


def test_a_method_of_ones_own() -> None:
    def scenario(t):
        prune = prune_of(t)

        class Odd(prune.BasePruningMethod):
            PRUNING_TYPE = "unstructured"

            def compute_mask(self, t: Any, default_mask: Any) -> Any:
                mask = default_mask.clone()
                mask.view(-1)[::2] = 0
                return mask

        t.manual_seed(0)
        layer = t.nn.Linear(3, 2)
        Odd.apply(layer, "bias")
        Odd.apply(layer, "weight")
        Odd.apply(layer, "weight")
        return [dict(layer.state_dict()), layer(t.ones(1, 3)), kind(prune.BasePruningMethod)]
    same_in_torch(scenario)


def test_a_pruned_layer_trains_what_is_left() -> None:
    def scenario(t):
        t.manual_seed(0)
        layer = t.nn.Linear(3, 2)
        prune_of(t).l1_unstructured(layer, "weight", 3)
        optimizer = t.optim.SGD(layer.parameters(), lr=0.1)
        for _ in range(3):
            optimizer.zero_grad()
            layer(t.ones(4, 3)).pow(2).sum().backward()
            optimizer.step()
        return shown(layer)
    same_in_torch(scenario)


def test_what_is_refused_leaves_the_layer_as_it_was() -> None:
    def scenario(t):
        prune = prune_of(t)
        layer = t.nn.Linear(3, 2)
        ends = [said(prune.l1_unstructured, layer, "weight", 99), said(prune.l1_unstructured, layer, "weight", -1),
                said(prune.l1_unstructured, layer, "weight", 1.5), said(prune.l1_unstructured, layer, "weight", "a"),
                said(prune.ln_structured, layer, "bias", 1, n=2, dim=0),
                said(prune.ln_structured, layer, "weight", 1, n=2, dim=2),
                kind(prune.l1_unstructured, layer, "none", 1), kind(prune.remove, layer, "weight")]
        return [*ends, sorted(layer.state_dict()), prune.is_pruned(t.nn.Sequential(layer))]
    same_in_torch(scenario)
