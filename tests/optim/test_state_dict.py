"""Saved states: torch's optimizers load ours and ours load torch's, and both go on as if nothing had happened."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch import optim
from tests.optim.twins import SHAPES, describe, distance, from_torch, parameters, to_torch, train

ALGORITHMS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"momentum": 0.9}), ("SGD", {}), ("Adam", {"amsgrad": True}), ("AdamW", {}), ("Adamax", {}), ("NAdam", {}),
    ("RAdam", {}), ("RMSprop", {"momentum": 0.5, "centered": True}), ("Rprop", {}), ("Adagrad", {}), ("Adadelta", {}),
    ("ASGD", {"t0": 2, "lambd": 0.01}), ("Adafactor", {}),
]


# Their counters are float32, and loading makes them of the parameter's type, as torch does: they round otherwise then.
TOLERANCE = {"NAdam": 1e-6, "ASGD": 1e-6}


def shapes_for(name: str) -> list:
    return [(4, 3), (3,), (2, 5, 6)] if name == "Adafactor" else SHAPES


def begin(package: Any, name: str, kwargs: dict[str, Any], values: Any = None) -> tuple[Any, list]:
    params = parameters(package, shapes_for(name), "float64")
    if values is not None:
        params = [package.tensor(np.array(v)).requires_grad_() for v in values]
    return getattr(package.optim, name)(params, **kwargs), params


@pytest.mark.parametrize(("name", "kwargs"), ALGORITHMS)
def test_torch_goes_on_from_our_state(name: str, kwargs: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    ours, params = begin(mtorch, name, kwargs)
    middle = train(mtorch, ours, params, "float64", 3)[-1]
    theirs, their_params = begin(torch, name, kwargs, middle)
    theirs.load_state_dict(to_torch(ours.state_dict()))
    expected = train(torch, theirs, their_params, "float64", 3, first=3)
    got = train(mtorch, ours, params, "float64", 3, first=3)
    for a, b in zip(expected[-1], got[-1], strict=True):
        assert distance(a, b) <= TOLERANCE.get(name, 1e-13)


@pytest.mark.parametrize(("name", "kwargs"), ALGORITHMS)
def test_ours_goes_on_from_a_state_of_torch(name: str, kwargs: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    theirs, their_params = begin(torch, name, kwargs)
    middle = train(torch, theirs, their_params, "float64", 3)[-1]
    ours, params = begin(mtorch, name, {}, middle)       # the options come with the state
    ours.load_state_dict(from_torch(theirs.state_dict()))
    expected = train(torch, theirs, their_params, "float64", 3, first=3)
    got = train(mtorch, ours, params, "float64", 3, first=3)
    for a, b in zip(expected[-1], got[-1], strict=True):
        assert distance(a, b) <= TOLERANCE.get(name, 1e-13)
    theirs.load_state_dict(theirs.state_dict())
    assert dict(describe(theirs.state_dict()["state"])) == dict(describe(ours.state_dict()["state"]))


@pytest.mark.parametrize(("name", "kwargs"), ALGORITHMS)
def test_a_new_optimizer_goes_on_where_the_old_one_was(name: str, kwargs: dict[str, Any]) -> None:
    old, params = begin(mtorch, name, kwargs)
    middle = train(mtorch, old, params, "float64", 3)[-1]
    new, new_params = begin(mtorch, name, kwargs, middle)
    new.load_state_dict(old.state_dict())
    ends = [train(mtorch, *pair, "float64", 3, first=3)[-1] for pair in ((old, params), (new, new_params))]
    for a, b in zip(*ends, strict=True):
        assert distance(a, b) <= TOLERANCE.get(name, 0)  # and the two share nothing: the first did not move the second


def test_a_file_of_torch_opens_here_and_the_reverse() -> None:
    torch = pytest.importorskip("torch")
    if not hasattr(mtorch, "save"):
        pytest.skip("no files yet")
    ours, params = begin(mtorch, "Adam", {})
    middle = train(mtorch, ours, params, "float64", 3)[-1]
    file = io.BytesIO()
    mtorch.save(ours.state_dict(), file)
    file.seek(0)
    theirs, _ = begin(torch, "Adam", {}, middle)
    theirs.load_state_dict(torch.load(file, weights_only=True))
    back = io.BytesIO()
    torch.save(theirs.state_dict(), back)
    back.seek(0)
    again, _ = begin(mtorch, "Adam", {}, middle)
    again.load_state_dict(mtorch.load(back))
    for i, state in ours.state_dict()["state"].items():
        for key, value in state.items():
            assert np.array_equal(again.state_dict()["state"][i][key].numpy(), value.numpy())


def test_form() -> None:
    p, q = mtorch.ones(2, requires_grad=True), mtorch.ones(3, requires_grad=True)
    optimizer = optim.Adam([{"params": [p]}, {"params": [q], "lr": 0.5}])
    q.grad = mtorch.ones(3)
    optimizer.step()
    state = optimizer.state_dict()
    assert [group["params"] for group in state["param_groups"]] == [[0], [1]]
    assert [group["lr"] for group in state["param_groups"]] == [1e-3, 0.5]
    assert list(state["state"]) == [1]
    assert list(state["state"][1]) == ["step", "exp_avg", "exp_avg_sq"]
    step = state["state"][1]["step"]
    assert (step.dtype, step.shape, step.item()) == (mtorch.float32, (), 1.0)
    assert state["state"][1]["exp_avg"] is optimizer.state[q]["exp_avg"]      # as in torch, no copies are made here


def test_tensors_take_the_type_of_the_parameter_but_the_step() -> None:
    p = mtorch.ones(2, requires_grad=True)
    optimizer = optim.Adam([p])
    p.grad = mtorch.ones(2)
    optimizer.step()
    q = mtorch.ones(2, dtype=mtorch.float64, requires_grad=True)
    other = optim.Adam([q])
    other.load_state_dict(optimizer.state_dict())
    assert other.state[q]["exp_avg"].dtype == mtorch.float64
    assert other.state[q]["step"].dtype == mtorch.float32


def test_old_checkpoints_with_plain_steps_and_fewer_options() -> None:
    p = mtorch.ones(2, requires_grad=True)
    optimizer = optim.Adam([p])
    p.grad = mtorch.ones(2)
    optimizer.step()
    state = optimizer.state_dict()
    state["state"][0]["step"] = 7
    del state["param_groups"][0]["maximize"]
    other = optim.Adam([p])
    other.load_state_dict(state)
    other.step()
    assert other.state[p]["step"].item() == 8
    assert other.param_groups[0]["maximize"] is False


def test_entries_that_belong_to_no_parameter_are_kept() -> None:
    p = mtorch.ones(2, requires_grad=True)
    optimizer: Any = optim.SGD([p], momentum=0.5)
    state = optimizer.state_dict()
    state["state"].update(extra={"note": 1}, count=3)
    optimizer.load_state_dict(state)
    assert optimizer.state["extra"] == {"note": 1}
    assert optimizer.state_dict()["state"] == {"extra": {"note": 1}, "count": 3}
    p.grad = mtorch.ones(2)
    optimizer.step()


def test_adamw_stays_adamw() -> None:
    p = mtorch.ones(2, requires_grad=True)
    optimizer = optim.AdamW([p])
    optimizer.load_state_dict(optim.Adam([p]).state_dict())
    assert optimizer.param_groups[0]["decoupled_weight_decay"] is True


def test_states_that_do_not_fit() -> None:
    p, q = mtorch.ones(2, requires_grad=True), mtorch.ones(3, requires_grad=True)
    optimizer = optim.SGD([p])
    with pytest.raises(ValueError, match="different number of parameter groups: 2, the optimizer has 1"):
        optimizer.load_state_dict(optim.SGD([{"params": [p]}, {"params": [q]}]).state_dict())
    with pytest.raises(ValueError, match="doesn't match the size of optimizer's group: number 0 has 2 parameters"):
        optimizer.load_state_dict(optim.SGD([p, q]).state_dict())


@pytest.mark.parametrize("name", ["AdamW", "RMSprop"])
@pytest.mark.parametrize("shape", [(6, 4), (600, 400)])
def test_the_state_of_a_parameter_of_another_shape_is_refused_at_the_step(shape: tuple[int, int], name: str) -> None:
    old, new = mtorch.ones(shape, requires_grad=True), mtorch.ones(5, shape[1], requires_grad=True)
    for p in (old, new):
        p.grad = mtorch.ones_like(p)
    first, second = getattr(optim, name)([old]), getattr(optim, name)([new])
    first.step()
    second.load_state_dict(first.state_dict())
    with pytest.raises(RuntimeError, match=rf"{name}: \w+ of the state.*size of tensor a \({shape[0]}\) must match.*b \(5\)"):
        second.step()
