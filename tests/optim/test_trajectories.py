"""Every optimizer goes where torch's goes, option by option; in float64 to rounding, in float32 to a few of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mtorch
from tests.optim.twins import SHAPES, describe, distance, parameters, train

torch = pytest.importorskip("torch")

VECTORS: list = [(4, 3), (3,), (2, 5, 6)]
MATRICES: list = [(4, 3), (3, 4), (20, 30)]
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "SGD": [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
            {"momentum": 0.9, "dampening": 0.5, "maximize": True}, {"weight_decay": 0.1, "lr": 1}, {"foreach": True},
            {"fused": True, "momentum": 0.5}, {"foreach": False}],
    "Adam": [{}, {"weight_decay": 0.1}, {"amsgrad": True, "maximize": True}, {"betas": (0.3, 0.6)}, {"eps": 0.1},
             {"decoupled_weight_decay": True, "weight_decay": 0.1}, {"foreach": True}, {"fused": True}, {"lr": 0}],
    "AdamW": [{}, {"weight_decay": 0.5, "lr": 0.1}, {"amsgrad": True}, {"maximize": True, "betas": (0.0, 0.5)}],
    "Adamax": [{}, {"weight_decay": 0.1, "maximize": True}, {"betas": (0.4, 0.5), "eps": 0.01}],
    "NAdam": [{}, {"weight_decay": 0.1}, {"weight_decay": 0.1, "decoupled_weight_decay": True, "momentum_decay": 0.1},
              {"maximize": True}],
    "RAdam": [{}, {"weight_decay": 0.1}, {"weight_decay": 0.1, "decoupled_weight_decay": True, "betas": (0.9, 0.9)},
              {"maximize": True, "eps": 1e-3}],
    "RMSprop": [{}, {"momentum": 0.9}, {"centered": True}, {"momentum": 0.9, "centered": True, "weight_decay": 0.1},
                {"maximize": True, "alpha": 0.4}],
    "Rprop": [{}, {"lr": 0.5, "etas": (0.3, 1.7), "step_sizes": (0.01, 0.6)}, {"maximize": True}],
    "Adagrad": [{}, {"lr_decay": 0.1, "weight_decay": 0.1}, {"initial_accumulator_value": 0.2, "maximize": True},
                {"eps": 0.1}],
    "Adadelta": [{}, {"weight_decay": 0.1, "maximize": True}, {"rho": 0.5, "eps": 1e-3, "lr": 0.1}],
    "ASGD": [{}, {"t0": 3, "lambd": 0.01, "weight_decay": 0.1}, {"maximize": True, "alpha": 0.5}],
    "Adafactor": [{}, {"weight_decay": 0.1, "lr": 0.1, "maximize": True}, {"eps": (1e-3, 0.1), "d": 2.0},
                  {"beta2_decay": -0.3}],
    "Muon": [{}, {"nesterov": False, "adjust_lr_fn": "match_rms_adamw"}, {"momentum": 0.4, "ns_steps": 3},
             {"weight_decay": 0.0, "adjust_lr_fn": "original"}],
}
CASES = [(name, kwargs) for name, several in OPTIONS.items() for kwargs in several]
TENSOR_LR = [name for name in OPTIONS if name not in ("Muon", "Adafactor")]


def shapes_for(name: str) -> list:
    return VECTORS if name == "Adafactor" else MATRICES if name == "Muon" else SHAPES


def both(name: str, kwargs: dict[str, Any], dtype: str, steps: int = 8, missing: Any = ()) -> list:
    """[(optimizer, parameters after each step)] of torch and of mtorch."""
    runs = []
    for package in (torch, mtorch):
        params = parameters(package, shapes_for(name), dtype)
        optimizer = getattr(package.optim, name)(params, **kwargs)
        runs.append((optimizer, train(package, optimizer, params, dtype, steps, missing)))
    return runs


def check(runs: list, tolerance: float) -> None:
    (reference, expected), (optimizer, got) = runs
    for step, (theirs, ours) in enumerate(zip(expected, got, strict=True)):
        for i, (a, b) in enumerate(zip(theirs, ours, strict=True)):
            assert a.dtype == b.dtype
            assert distance(a, b) <= tolerance, f"step {step + 1}, parameter {i}"
    theirs, ours = reference.state_dict(), optimizer.state_dict()
    assert describe(theirs["param_groups"]) == describe(ours["param_groups"])
    assert dict(describe(theirs["state"])) == dict(describe(ours["state"]))
    for i, state in theirs["state"].items():
        for key, value in state.items():
            assert distance(value.numpy(), ours["state"][i][key].numpy()) <= 10 * tolerance, (i, key)


@pytest.mark.parametrize(("name", "kwargs"), CASES)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-14), ("float32", 1e-6)])
def test_same_trajectory_and_state_as_torch(name: str, kwargs: dict[str, Any], dtype: str, tolerance: float) -> None:
    if name == "Muon":       # products in bfloat16 may be rounded the other way, which its next iterations magnify
        tolerance = 1e-4
    check(both(name, kwargs, dtype), tolerance)


@pytest.mark.parametrize("name", OPTIONS)
def test_parameters_without_gradient_are_left_alone(name: str) -> None:
    check(both(name, {}, "float64", missing={(0, 1), (4, 0), (4, 1), (6, 2)}), 1e-4 if name == "Muon" else 1e-14)


@pytest.mark.parametrize("name", TENSOR_LR)
def test_lr_as_a_tensor(name: str) -> None:
    runs = []
    for package in (torch, mtorch):
        params = parameters(package, shapes_for(name), "float64")
        lr = package.tensor([0.25], dtype=package.float64)
        optimizer = getattr(package.optim, name)(params, lr=lr, foreach=False)
        history = train(package, optimizer, params, "float64", 3)
        lr.fill_(0.125)                                    # schedulers write into it
        history += train(package, optimizer, params, "float64", 3, first=3)
        runs.append((optimizer, history))
    check(runs, 1e-14)


def complex_training(package: Any, optimizer: Any, params: list, dtype: str) -> list:
    """The parameters after each of 6 steps with random gradients."""
    rng, history = np.random.RandomState(2), []
    for _ in range(6):
        for p in params:
            parts = np.asarray(rng.standard_normal((*p.shape, 2)), dtype)
            p.grad = package.view_as_complex(package.tensor(parts)) if p.is_complex() else package.tensor(parts[..., 0])
        optimizer.step()
        history.append([np.array(p.tolist()) for p in params])
    return history


@pytest.mark.parametrize(("name", "kwargs"), [case for case in CASES if case[0] not in ("Muon", "Adafactor")
                                              and not case[1].get("fused")])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-14), ("float32", 1e-6)])
def test_the_parts_of_complex_parameters_are_numbers_like_others(name: str, kwargs: dict[str, Any], dtype: str,
                                                                 tolerance: float) -> None:
    runs = []
    for package in (torch, mtorch):
        parts = parameters(package, [(4, 3, 2), (2,), (3,), (300, 100, 2)], dtype)      # the third is real, the last large
        params = [p.detach() if i == 2 else package.view_as_complex(p.detach()) for i, p in enumerate(parts)]
        params[0] = params[0].t()                                                        # does not lie in order
        params = [p.requires_grad_() for p in params]
        optimizer = getattr(package.optim, name)(params, foreach=False, **{k: v for k, v in kwargs.items() if k != "foreach"})
        runs.append((optimizer, complex_training(package, optimizer, params, dtype)))
    for theirs, ours in zip(*(history for _, history in runs), strict=True):
        for a, b in zip(theirs, ours, strict=True):
            assert np.abs(a - b).max() <= tolerance * max(1.0, np.abs(a).max())
    theirs, ours = (optimizer.state_dict() for optimizer, _ in runs)
    assert dict(describe(theirs["state"])) == dict(describe(ours["state"]))
    again = [p.detach().clone().requires_grad_() for p in runs[1][0].param_groups[0]["params"]]
    resumed = getattr(mtorch.optim, name)(again, **kwargs)
    resumed.load_state_dict(ours)
    for p, q in zip(runs[1][0].param_groups[0]["params"], again, strict=True):
        q.grad = p.grad
    runs[1][0].step()
    resumed.step()
    for p, q in zip(runs[1][0].param_groups[0]["params"], again, strict=True):
        assert mtorch.allclose(p, q, rtol=10 * tolerance)


def test_betas_as_tensors() -> None:
    runs = []
    for package in (torch, mtorch):
        params = parameters(package, SHAPES, "float64")
        betas = tuple(package.tensor(b, dtype=package.float64) for b in (0.75, 0.875))
        optimizer = package.optim.Adam(params, betas=betas)
        runs.append((optimizer, train(package, optimizer, params, "float64")))
    for theirs, ours in zip(*(history for _, history in runs), strict=True):
        for a, b in zip(theirs, ours, strict=True):
            assert distance(a, b) <= 1e-14


@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "Rprop"])
def test_options_of_groups(name: str) -> None:
    options: dict[str, Any] = {"SGD": {"momentum": 0.5}, "Adam": {"betas": (0.5, 0.6)}, "RMSprop": {"centered": True},
                               "Rprop": {"etas": (0.2, 3)}}
    runs = []
    for package in (torch, mtorch):
        params = parameters(package, SHAPES, "float64")
        groups = [{"params": params[:2]}, {"params": params[2:4], "lr": 0.3, **options[name]},
                  {"params": params[4], "lr": 0.01}]
        optimizer = getattr(package.optim, name)(groups, lr=0.1)
        runs.append((optimizer, train(package, optimizer, params, "float64")))
    check(runs, 1e-14)


@pytest.mark.parametrize("name", ["SGD", "Adam", "NAdam", "ASGD", "Rprop", "Adagrad"])
def test_options_changed_between_steps(name: str) -> None:
    runs = []
    for package in (torch, mtorch):
        params = parameters(package, SHAPES, "float64")
        optimizer = getattr(package.optim, name)(params, lr=0.1)
        history = train(package, optimizer, params, "float64", 3)
        group = optimizer.param_groups[0]
        group["lr"] = 0.02
        group.update({key: 0.5 for key in ("momentum", "weight_decay") if key in group})
        history += train(package, optimizer, params, "float64", 3, first=3)
        runs.append((optimizer, history))
    check(runs, 1e-14)


def test_float16_follows_torch_within_its_rounding() -> None:
    for name in ("SGD", "Adam", "RMSprop"):
        (_, expected), (_, got) = both(name, {"lr": 0.01} if name == "SGD" else {"eps": 1e-3}, "float16", steps=4)
        for theirs, ours in zip(expected, got, strict=True):
            for a, b in zip(theirs, ours, strict=True):
                assert b.dtype == np.float16
                assert distance(a, b) <= 4e-3


@pytest.mark.parametrize("name", [name for name in OPTIONS if name != "Muon"])
def test_nan_and_inf_spread_as_in_torch(name: str) -> None:
    results = []
    for package in (torch, mtorch):
        p = package.tensor(np.ones((2, 3))).requires_grad_()
        optimizer = getattr(package.optim, name)([p])
        for _ in range(2):
            p.grad = package.tensor(np.array([[1.0, np.nan, np.inf], [-np.inf, 0.0, -2.0]]))
            optimizer.step()
        results.append(p.detach().numpy())
    if name == "Adafactor":
        assert np.isnan(results[1]).any()
    else:
        np.testing.assert_allclose(results[1], results[0], rtol=1e-12, atol=0)
