"""L-BFGS: the same path as torch's, with and without line search, and the same state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch import optim
from mtorch.optim.strong_wolfe import Point, minimum_of_cubic, strong_wolfe
from tests.optim.twins import describe, distance, from_torch, to_torch


def rosenbrock(x: Any) -> Any:
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def problem(package: Any, dtype: str, **kwargs: Any) -> tuple[Any, list, Any]:
    params = [package.tensor(np.array([-1.2, 1.0, 0.5, 2.0], dtype)).requires_grad_(),
              package.tensor(np.array([[0.3, -0.4], [1.5, 2.5]], dtype)).requires_grad_(),
              package.tensor(np.array(0.7, dtype)).requires_grad_(),
              package.tensor(np.array([1.0, 2.0], dtype)).requires_grad_()]     # the last is not in the loss
    optimizer = package.optim.LBFGS(params, **kwargs)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = rosenbrock(params[0]) + ((params[1] * params[2] - 1.0) ** 4).sum() + params[1].square().sum()
        loss.backward()
        return loss

    return optimizer, params, closure


OPTIONS: list[dict[str, Any]] = [
    {"line_search_fn": "strong_wolfe", "max_iter": 10},
    {"line_search_fn": "strong_wolfe", "max_iter": 3, "history_size": 2},
    {"lr": 1e-3}, {"lr": 1e-3, "max_iter": 4, "history_size": 3}, {"line_search_fn": "strong_wolfe", "max_eval": 5},
    {"line_search_fn": "strong_wolfe", "lr": 0.3, "tolerance_grad": 1e-2}, {"lr": 1e-2, "tolerance_change": 1e-2},
    {"line_search_fn": "strong_wolfe", "max_iter": 1},
]


@pytest.mark.parametrize("kwargs", [{"lr": 0.5}, {"line_search_fn": "strong_wolfe"}])
def test_complex_parameters_move_by_their_parts(kwargs: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    runs = []
    for package in (torch, mtorch):
        z = package.tensor([1 + 1j, 2 - 1j], dtype=package.complex128, requires_grad=True)
        x = package.tensor([0.5, -0.5], dtype=package.float64, requires_grad=True)
        optimizer = package.optim.LBFGS([z, x], max_iter=6, **kwargs)

        def closure(z: Any = z, x: Any = x, optimizer: Any = optimizer) -> Any:
            optimizer.zero_grad()
            loss = ((z * z - 3j).abs() ** 2).sum() + (z.real * x - 1).pow(2).sum()
            loss.backward()
            return loss

        losses = [optimizer.step(closure).item() for _ in range(2)]
        runs.append((losses, z.tolist(), x.tolist(), optimizer.state_dict()["state"][0]["d"].tolist()))
    for theirs, ours in zip(*runs, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("kwargs", OPTIONS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-8), ("float32", 2e-2)])
def test_same_path_as_torch(kwargs: dict[str, Any], dtype: str, tolerance: float) -> None:
    """Each iteration magnifies the rounding of the one before: 40 of them make 1e-11 of 1e-16, and 1e-2 of 1e-7."""
    torch = pytest.importorskip("torch")
    runs = []
    for package in (torch, mtorch):
        optimizer, params, closure = problem(package, dtype, **kwargs)
        path = []
        for _ in range(2):
            loss = optimizer.step(closure)
            path.append((loss.item(), [p.detach().numpy().copy() for p in params]))
        runs.append((optimizer, path))
    (theirs, expected), (ours, got) = runs
    for (loss, a), (our_loss, b) in zip(expected, got, strict=True):
        assert our_loss == pytest.approx(loss, rel=tolerance, abs=tolerance)
        assert all(distance(x, y) <= tolerance for x, y in zip(a, b, strict=True))
    state, ours_state = theirs.state_dict()["state"][0], ours.state_dict()["state"][0]
    if dtype == "float64":
        assert (state["n_iter"], state["func_evals"]) == (ours_state["n_iter"], ours_state["func_evals"])
    assert [key for key in state if key != "al"] == [key for key in ours_state if key != "al"]
    for key in ("d", "prev_flat_grad", "old_dirs", "old_stps", "ro"):
        assert describe(state[key]) == describe(ours_state[key]), key


@pytest.mark.parametrize("kwargs", OPTIONS[:4])
def test_the_state_goes_to_torch_and_back(kwargs: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    kwargs = {"max_iter": 5} | kwargs
    ours, params, closure = problem(mtorch, "float64", **kwargs)
    for _ in range(2):
        ours.step(closure)
    theirs, their_params, their_closure = problem(torch, "float64", **kwargs)
    theirs.load_state_dict(to_torch(ours.state_dict()))
    again, again_params, again_closure = problem(mtorch, "float64", **kwargs)
    again.load_state_dict(from_torch(theirs.state_dict()))
    for p, q, r in zip(params, their_params, again_params, strict=True):
        q.data = torch.tensor(p.detach().numpy().copy())
        r.data = mtorch.tensor(p.detach().numpy().copy())
    for optimizer, step in ((ours, closure), (theirs, their_closure), (again, again_closure)):
        optimizer.step(step)
    for p, q, r in zip(params, their_params, again_params, strict=True):
        assert distance(p.detach().numpy(), q.detach().numpy()) <= 1e-9
        assert np.array_equal(p.detach().numpy(), r.detach().numpy())


def test_it_finds_the_minimum() -> None:
    x = mtorch.tensor([-1.2, 1.0, 0.5], dtype=mtorch.float64, requires_grad=True)
    optimizer = optim.LBFGS([x], max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> Any:
        optimizer.zero_grad()
        loss = rosenbrock(x)
        loss.backward()
        return loss

    optimizer.step(closure)
    np.testing.assert_allclose(x.detach().numpy(), 1.0, atol=1e-5)
    evaluations = optimizer.state[x]["func_evals"]
    optimizer.step(closure)                              # at the minimum there is nothing left to do
    assert optimizer.state[x]["func_evals"] <= evaluations + 3


def test_misuse() -> None:
    p, q = mtorch.ones(2, requires_grad=True), mtorch.ones(2, requires_grad=True)
    with pytest.raises(ValueError, match="LBFGS doesn't support per-parameter options"):
        optim.LBFGS([{"params": [p]}, {"params": [q]}])
    with pytest.raises(TypeError, match="needs a closure"):
        optim.LBFGS([p]).step()

    def closure() -> Any:
        loss = (p * p).sum()
        loss.backward()
        return loss

    with pytest.raises(RuntimeError, match="only 'strong_wolfe' is supported, got line_search_fn='armijo'"):
        optim.LBFGS([p], line_search_fn="armijo").step(closure)


def test_the_line_search_satisfies_both_conditions() -> None:
    def value(t: float) -> tuple[float, np.ndarray]:
        return (t - 3.0) ** 4 + 0.1 * t, np.array([4 * (t - 3.0) ** 3 + 0.1])

    f, g = value(0.0)
    loss, gradient, t, evaluations = strong_wolfe(value, 0.1, np.ones(1), f, g, g.item())
    assert (loss, gradient.item()) == (value(t)[0], value(t)[1].item())
    assert loss <= f + 1e-4 * t * g.item()
    assert abs(gradient.item()) <= 0.9 * abs(g.item())
    assert 1 < evaluations < 25


def test_the_cubic_through_two_points() -> None:
    def at(t: float) -> Point:                           # t^3 - 3 t has its minimum at 1
        return Point(t, t ** 3 - 3 * t, np.zeros(1), 3 * t * t - 3)

    assert minimum_of_cubic(at(0.0), at(2.0), (0.0, 2.0)) == pytest.approx(1.0)
    assert minimum_of_cubic(at(2.0), at(0.0), (0.0, 2.0)) == pytest.approx(1.0)
    assert minimum_of_cubic(at(0.0), at(2.0), (1.5, 2.0)) == 1.5
    flat = Point(0.0, 1.0, np.zeros(1), 0.0), Point(1.0, 1.0, np.zeros(1), 0.0)
    assert minimum_of_cubic(*flat, (0.0, 1.0)) == 0.5
