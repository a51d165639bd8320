"""Clipping gradients, and parameters as one vector: torch's results."""

from __future__ import annotations

import math
from typing import Any

import pytest

import mtorch
from tests.nn.twins import kind, said, same_in_torch, warned


def parameters(t: Any, scale: float = 1.0) -> list:
    t.manual_seed(0)
    made = [t.nn.Parameter(t.randn(3, 4)), t.nn.Parameter(t.randn(5)), t.nn.Parameter(t.ones(2)),
            t.nn.Parameter(t.randn(2, dtype=t.float64))]
    for p in (made[0], made[1], made[3]):
        p.grad = t.randn(p.shape, dtype=p.dtype) * scale
    return made


def state(made: list) -> list:
    return [[None if p.grad is None else p.grad, str(p.dtype)] for p in made]


@pytest.mark.parametrize("norm_type", [2, 2.0, 1, 3.5, 0, math.inf, -math.inf, "inf"])
@pytest.mark.parametrize("max_norm", [0.5, 100.0])
def test_clip_grad_norm(norm_type: Any, max_norm: float) -> None:
    def scenario(t):
        made = parameters(t)
        norm = t.nn.utils.clip_grad_norm_(made, max_norm, norm_type)
        return [norm, norm.dim(), str(norm.dtype), *state(made)]
    same_in_torch(scenario)


def test_clip_grad_norm_of_one_of_none_and_of_a_generator() -> None:
    def scenario(t):
        made = parameters(t)
        clip = t.nn.utils.clip_grad_norm_
        return [clip(made[0], 0.1), clip((p for p in made), 0.1), clip([], 0.1), clip(made[2], 1.0), state(made),
                warned(clip, (p for p in []), 1.0)[1], clip(made, 0.1, foreach=True), clip(made, 0.1, foreach=False)]
    same_in_torch(scenario)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_norm_that_is_not_finite(bad: float) -> None:
    def scenario(t):
        made = parameters(t)
        made[0].grad[0, 0] = bad
        before = made[1].grad.clone()
        end = said(t.nn.utils.clip_grad_norm_, made, 1.0, error_if_nonfinite=True)
        same = bool((made[1].grad == before).all())
        norm = t.nn.utils.clip_grad_norm_(made, 1.0)
        return [end, same, str(norm), str(made[1].grad), str(made[0].grad[0])]
    same_in_torch(scenario)


def test_the_two_halves_of_clipping() -> None:
    def scenario(t):
        made = parameters(t)
        total = t.nn.utils.get_total_norm([p.grad for p in made if p.grad is not None], 3)
        t.nn.utils.clip_grads_with_norm_(made, 0.25, total)
        return [total, t.nn.utils.get_total_norm(made[0].grad), t.nn.utils.get_total_norm([]), state(made)]
    same_in_torch(scenario)


def test_clip_grad_value() -> None:
    def scenario(t):
        made = parameters(t)
        t.nn.utils.clip_grad_value_(made, 0.3)
        t.nn.utils.clip_grad_value_(made[0], 0.2)
        return state(made)
    same_in_torch(scenario)


def test_the_older_name_is_deprecated() -> None:
    def scenario(t):
        return list(warned(t.nn.utils.clip_grad_norm, parameters(t), 1.0))
    same_in_torch(scenario)


def test_clipping_writes_into_the_same_gradient() -> None:
    p = mtorch.nn.Parameter(mtorch.ones(2))
    p.grad = g = mtorch.tensor([3.0, 4.0])
    mtorch.nn.utils.clip_grad_norm_(p, 1.0)
    assert p.grad is g
    assert g.tolist() == pytest.approx([0.6, 0.8])


def test_vectors_there_and_back() -> None:
    def scenario(t):
        made = parameters(t)[:3]
        vector = t.nn.utils.parameters_to_vector(made)
        (vector * vector).sum().backward()
        others = [t.nn.Parameter(t.zeros(p.shape)) for p in made]
        new = vector.detach() * 2
        t.nn.utils.vector_to_parameters(new, others)
        new[0] = 77.0                                    # they are views of it
        return [vector, state(made), *others, [p.requires_grad for p in others],
                kind(t.nn.utils.vector_to_parameters, [1.0], others)]
    same_in_torch(scenario)


def test_a_vector_that_is_too_short() -> None:
    p = mtorch.nn.Parameter(mtorch.zeros(3))
    with pytest.raises(RuntimeError, match="vec has 2 values, the parameters have 3"):
        mtorch.nn.utils.vector_to_parameters(mtorch.zeros(2), [p])


def test_a_norm_of_what_has_none_is_refused():
    with pytest.raises(RuntimeError, match="floating point tensors, got int64"):
        mtorch.nn.utils.get_total_norm([mtorch.tensor([1])])
    with pytest.raises(RuntimeError, match="without elements"):
        mtorch.nn.utils.get_total_norm([mtorch.tensor([])], float("inf"))
    with pytest.raises(TypeError, match="'total_norm' must be Tensor, not float"):
        mtorch.nn.utils.clip_grads_with_norm_([], 1.0, 2.0)
