"""The public behaviour that all optimizers share: what they take, what they say, hooks, copies."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch import nn, optim
from mtorch.optim.optimizer import (
    Optimizer,
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
    required,
)


def leaf(*shape: int, value: float = 1.0) -> mtorch.Tensor:
    return mtorch.full(shape, value).requires_grad_()


def with_grad(*shape: int) -> mtorch.Tensor:
    p = leaf(*shape)
    p.grad = mtorch.ones_like(p)
    return p


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(mtorch.ones(3))
        self.inner = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 2, bias=False))


# ---- what an optimizer takes -----------------------------------------------------------------------

def test_a_module_is_walked() -> None:
    net = Net()
    assert [id(p) for p in optim.SGD(net).param_groups[0]["params"]] == [id(p) for p in net.parameters()]
    groups = optim.SGD([{"params": net.inner}, {"params": net.scale, "lr": 1.0}]).param_groups
    assert [len(group["params"]) for group in groups] == [3, 1]
    assert groups[1]["lr"] == 1.0


def test_a_generator_a_list_and_one_tensor_in_a_group() -> None:
    net, p = Net(), leaf(2)
    assert len(optim.Adam(net.parameters()).param_groups[0]["params"]) == 4
    assert optim.Adam([{"params": p}]).param_groups[0]["params"] == [p]
    assert optim.Adam([{"params": (q for q in [p])}]).param_groups[0]["params"] == [p]


def test_named_parameters() -> None:
    net = Net()
    optimizer = optim.SGD(net.named_parameters(), lr=0.5)
    group = optimizer.param_groups[0]
    assert group["param_names"] == ["scale", "inner.0.weight", "inner.0.bias", "inner.1.weight"]
    assert [id(p) for p in group["params"]] == [id(p) for p in net.parameters()]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == group["param_names"]
    with pytest.raises(ValueError, match="with/without names. cannot add param group without names"):
        optimizer.add_param_group({"params": [leaf(1)]})
    with pytest.raises(ValueError, match="Some param names are missing"):
        optim.SGD([("a", leaf(1)), leaf(2)])


def test_options_come_from_the_group_or_the_defaults() -> None:
    optimizer = optim.SGD([{"params": [leaf(1)]}, {"params": [leaf(1)], "momentum": 0.5, "note": "mine"}], lr=0.3)
    assert [group["momentum"] for group in optimizer.param_groups] == [0, 0.5]
    assert [group["lr"] for group in optimizer.param_groups] == [0.3, 0.3]
    assert optimizer.param_groups[1]["note"] == "mine"
    assert optimizer.defaults["momentum"] == 0
    optimizer.step()


def test_wrong_parameters() -> None:
    p = leaf(2)
    cases: list[tuple[type[Exception], str, Any]] = [
        (TypeError, "should be a Module or an iterable of Tensors or dicts, but got one Tensor", p),
        (TypeError, "but got int", 3),
        (ValueError, "empty parameter list", []),
        (ValueError, "can't optimize a non-leaf Tensor", [p * 2]),
        (TypeError, "one of the params is ndarray", [np.ones(3)]),
        (TypeError, "one of the params is str", [{"params": "weight"}]),
        (TypeError, "ordered collections", [{"params": {p}}]),
        (TypeError, "param_group must be a dict", [{"params": [p]}, [p]]),
        (ValueError, "more than one parameter group", [{"params": [p]}, {"params": [p]}]),
    ]
    for error, message, params in cases:
        with pytest.raises(error, match=message):
            optim.SGD(params)
    for algorithm, wrong in [(optim.Muon, RuntimeError), (optim.Adafactor, RuntimeError), (optim.SparseAdam, ValueError)]:
        with pytest.raises(wrong, match="does not support complex parameters"):
            algorithm([mtorch.zeros(2, 2, dtype=mtorch.complex64)])


def test_duplicates_in_a_group_are_warned_of() -> None:
    p = with_grad(2)
    with pytest.warns(UserWarning, match="duplicate parameters"):
        optimizer = optim.SGD([p, p], lr=0.25)
    optimizer.step()
    assert p.tolist() == [0.5, 0.5]                      # as torch: each occurrence is a step


def test_a_required_option() -> None:
    class Needy(Optimizer):
        def __init__(self, params: Any, lr: Any = required) -> None:
            super().__init__(params, {"lr": lr})

    assert repr(required) == "<required parameter>"
    with pytest.raises(ValueError, match="didn't specify a value of required optimization parameter lr"):
        Needy([leaf(1)])
    assert Needy([{"params": [leaf(1)], "lr": 0.5}]).param_groups[0]["lr"] == 0.5


BAD_VALUES: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    ("SGD", {"lr": -0.1}, ValueError, "Invalid learning rate: -0.1"),
    ("SGD", {"lr": float("nan")}, ValueError, "Invalid learning rate: nan"),
    ("SGD", {"lr": "1e-3"}, TypeError, "lr must be a number, got str"),
    ("AdamW", {"weight_decay": "0.1"}, TypeError, "weight_decay must be a number"),
    ("SGD", {"lr": "fast"}, TypeError, "lr must be a number, got str 'fast'"),
    ("SGD", {"lr": None}, TypeError, "lr must be a number, got NoneType"),
    ("SGD", {"lr": [0.1, 0.2]}, TypeError, "lr must be a number, got list"),
    ("SGD", {"momentum": -0.5}, ValueError, "Invalid momentum value: -0.5"),
    ("SGD", {"weight_decay": -1}, ValueError, "Invalid weight_decay value: -1"),
    ("SGD", {"nesterov": True}, ValueError, "Nesterov momentum requires a momentum and zero dampening"),
    ("SGD", {"nesterov": True, "momentum": 0.5, "dampening": 0.5}, ValueError, "zero dampening, got momentum=0.5"),
    ("SGD", {"foreach": True, "fused": True}, RuntimeError, "cannot be `True` together"),
    ("SGD", {"differentiable": True}, NotImplementedError, "differentiable=True"),
    ("Adam", {"capturable": True}, NotImplementedError, "capturable=True"),
    ("Adam", {"betas": (1.0, 0.9)}, ValueError, "Invalid beta parameter at index 0: 1.0"),
    ("Adam", {"betas": (0.9, -0.1)}, ValueError, "Invalid beta parameter at index 1: -0.1"),
    ("Adam", {"betas": 0.9}, ValueError, "betas must be a pair of numbers, got 0.9"),
    ("Adam", {"betas": (0.9, 0.99, 0.999)}, ValueError, "betas must be a pair"),
    ("Adam", {"eps": -1}, ValueError, "Invalid epsilon value: -1"),
    ("AdamW", {"weight_decay": -1}, ValueError, "Invalid weight_decay value: -1"),
    ("NAdam", {"momentum_decay": -0.2}, ValueError, "Invalid momentum_decay value: -0.2"),
    ("RMSprop", {"alpha": -1}, ValueError, "Invalid alpha value: -1"),
    ("RMSprop", {"momentum": -1.0}, ValueError, "Invalid momentum value: -1.0"),
    ("Rprop", {"etas": (1.0, 0.5)}, ValueError, "Invalid eta values: 1.0, 0.5"),
    ("Rprop", {"step_sizes": 0.5}, ValueError, "step_sizes must be a pair"),
    ("Adagrad", {"lr_decay": -0.5}, ValueError, "Invalid lr_decay value: -0.5"),
    ("Adagrad", {"initial_accumulator_value": -1}, ValueError, "Invalid initial_accumulator_value value: -1"),
    ("Adadelta", {"rho": 1.1}, ValueError, "Invalid rho value: 1.1"),
    ("ASGD", {"t0": "late"}, TypeError, "t0 must be a number, got str"),
    ("LBFGS", {"lr": -1}, ValueError, "Invalid learning rate: -1"),
    ("Adafactor", {"beta2_decay": 0.8}, ValueError, "beta2_decay should be <= 0 but is: 0.8"),
    ("Adafactor", {"d": 0.5}, ValueError, "Clipping threshold d should be >= 1 but is: 0.5"),
    ("Adafactor", {"eps": (-1e-30, 1e-3)}, ValueError, "epsilon1 should be >= 0 but is: -1e-30"),
    ("Muon", {"adjust_lr_fn": "mine"}, ValueError, "Adjust learning rate function mine is not supported"),
    ("Muon", {"ns_steps": 100}, ValueError, "less than 100"),
    ("Muon", {"ns_coefficients": (1, 2)}, ValueError, "exactly 3 values"),
]


@pytest.mark.parametrize(("name", "kwargs", "error", "message"), BAD_VALUES)
def test_values_out_of_range(name: str, kwargs: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        getattr(optim, name)([leaf(2, 2)], **kwargs)


def test_a_tensor_lr_has_one_element() -> None:
    with pytest.raises(ValueError, match="Tensor lr must be 1-element"):
        optim.Adam([leaf(2)], lr=mtorch.tensor([0.1, 0.2]))
    with pytest.raises(ValueError, match="both floats or both Tensors"):
        optim.Adam([leaf(2)], betas=(mtorch.tensor(0.9), 0.99))


def test_numbers_of_numpy_do_not_widen_the_arithmetic() -> None:
    histories = []
    for lr in (0.1, np.float64(0.1), np.asarray(0.1)):
        p = leaf(500, 10)
        optimizer = optim.Adam([p], lr=lr)     # type: ignore[arg-type]
        for t in range(3):
            p.grad = mtorch.full((500, 10), 0.3 + t)
            optimizer.step()
        assert p.dtype == mtorch.float32
        histories.append(p.detach().numpy())
    assert np.array_equal(histories[0], histories[1])
    assert np.array_equal(histories[0], histories[2])


def test_muon_takes_matrices_only() -> None:
    with pytest.raises(ValueError, match=r"Muon only supports 2D parameters .* size: \(3,\)"):
        optim.Muon([leaf(3)])


# ---- the step --------------------------------------------------------------------------------------

def test_the_closure_is_run_with_gradients_on_and_returned() -> None:
    p = leaf(2)
    optimizer = optim.SGD([p], lr=0.5)

    def closure() -> mtorch.Tensor:
        optimizer.zero_grad()
        loss = p.sum()
        loss.backward()
        return loss

    with mtorch.no_grad():
        assert optimizer.step(closure).item() == 2.0
    assert p.tolist() == [0.5, 0.5]
    assert optimizer.step() is None


@pytest.mark.parametrize("name", [n for n in optim.__all__ if n[0].isupper() and n not in
                                  ("Optimizer", "SparseAdam", "LBFGS")])
def test_gradients_stay_as_they_are(name: str) -> None:
    params = [with_grad(3, 2), with_grad(80, 40)]
    optimizer = getattr(optim, name)(params, **({} if name == "Muon" else {"maximize": True}))
    before = [p.grad.clone() for p in params]
    for _ in range(3):
        optimizer.step()
    for p, grad in zip(params, before, strict=True):
        assert mtorch.equal(p.grad, grad)
        assert not mtorch.equal(p.detach(), mtorch.ones_like(p))


def test_a_step_between_forward_and_backward_is_an_error() -> None:
    p = with_grad(3)
    loss = (p * p).sum()
    optim.SGD([p]).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_zero_grad() -> None:
    p = with_grad(2)
    optimizer = optim.SGD([p, leaf(1)])
    held = p.grad
    optimizer.zero_grad(set_to_none=False)
    assert p.grad is held
    assert held.tolist() == [0.0, 0.0]
    optimizer.zero_grad()
    assert p.grad is None
    loss = (leaf_ := leaf(2)).pow(3).sum()
    loss.backward(create_graph=True)
    optim.SGD([leaf_]).zero_grad(set_to_none=False)
    assert leaf_.grad.grad_fn is None
    assert leaf_.grad.tolist() == [0.0, 0.0]


def test_an_optimizer_without_algorithm_says_so() -> None:
    class Empty(Optimizer):
        pass

    with pytest.raises(NotImplementedError, match="Empty defines neither update"):
        Empty([with_grad(2)], {}).step()


# ---- repr, copies ----------------------------------------------------------------------------------

def test_repr() -> None:
    assert repr(optim.SGD([{"params": [leaf(1)]}, {"params": [leaf(1)], "lr": 0.5}], momentum=0.9)) == """SGD (
Parameter Group 0
    dampening: 0
    differentiable: False
    foreach: None
    fused: None
    lr: 0.001
    maximize: False
    momentum: 0.9
    nesterov: False
    weight_decay: 0

Parameter Group 1
    dampening: 0
    differentiable: False
    foreach: None
    fused: None
    lr: 0.5
    maximize: False
    momentum: 0.9
    nesterov: False
    weight_decay: 0
)"""


def test_a_list_of_betas_is_shown_as_torch_shows_it() -> None:
    torch = pytest.importorskip("torch")
    for name in ("Adam", "Adamax", "NAdam", "RAdam", "SparseAdam"):
        mine, theirs = (getattr(t.optim, name)([t.zeros(1, requires_grad=True)], betas=[0.5, 0.9]) for t in (mtorch, torch))
        assert mine.param_groups[0]["betas"] == theirs.param_groups[0]["betas"]


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))])
def test_a_copy_goes_on_by_itself(duplicate: Any) -> None:
    params = [leaf(4, 3), leaf(2), leaf(100, 50)]
    optimizer = optim.Adam(params, lr=0.1)

    def run(optimizer: Any) -> list:
        mine = optimizer.param_groups[0]["params"]
        for t in range(3):
            for p in mine:
                p.grad = mtorch.full(tuple(p.shape), 1.0 + t)
            optimizer.step()
        return [p.detach().numpy().copy() for p in mine]

    run(optimizer)
    other = duplicate(optimizer)
    assert other.param_groups[0]["params"][0] is not params[0]
    ends = run(other)
    assert [p.max().item() > e.max() for p, e in zip(params, ends, strict=True)] == [True] * 3
    for a, b in zip(run(optimizer), ends, strict=True):
        assert np.array_equal(a, b)
    assert other.state_dict()["state"][0]["step"].item() == 6


# ---- hooks -----------------------------------------------------------------------------------------

def test_step_hooks_run_around_the_step_in_order() -> None:
    p, order = with_grad(1), []
    optimizer = optim.SGD([p], lr=1.0)

    def note(word: str) -> Any:
        return lambda o, args, kwargs: order.append((word, o is optimizer, len(args), p.item()))

    handles = [optimizer.register_step_pre_hook(note("pre")), optimizer.register_step_post_hook(note("post")),
               register_optimizer_step_pre_hook(note("all pre")), register_optimizer_step_post_hook(note("all post"))]
    optimizer.step()
    assert order == [("all pre", True, 1, 1.0), ("pre", True, 1, 1.0), ("post", True, 1, 0.0),
                     ("all post", True, 1, 0.0)]
    for handle in handles:
        handle.remove()
    optimizer.step()
    assert len(order) == 4
    assert not Optimizer._optimizer_step_pre_hooks       # the shared table stays empty


def test_a_pre_hook_may_change_the_arguments() -> None:
    p = with_grad(1)
    optimizer = optim.SGD([p], lr=1.0)
    handle = optimizer.register_step_pre_hook(lambda o, args, kwargs: ((*args, lambda: 7), kwargs))
    assert optimizer.step() == 7
    handle.remove()
    optimizer.register_step_pre_hook(lambda o, args, kwargs: "what")
    with pytest.raises(RuntimeError, match="must return None or a tuple of"):
        optimizer.step()


def test_hooks_of_an_overridden_step_run_once() -> None:
    class Noisy(optim.SGD):
        def step(self, closure: Any = None) -> Any:
            return super().step(closure)

    count = []
    optimizer = Noisy([with_grad(1)])
    optimizer.register_step_post_hook(lambda o, args, kwargs: count.append(1))
    optimizer.step()
    optimizer.step()
    assert len(count) == 2


def test_state_dict_hooks() -> None:
    p, order = with_grad(1), []
    optimizer = optim.SGD([p], momentum=0.5)
    optimizer.step()
    optimizer.register_state_dict_pre_hook(lambda o: order.append("pre"))
    optimizer.register_state_dict_pre_hook(lambda o: order.append("first"), prepend=True)
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "note": 1})
    state = optimizer.state_dict()
    assert order == ["first", "pre"]
    assert state["note"] == 1

    def without_note(o: Any, state: dict) -> dict:
        assert state.pop("note") == 1                    # of a shallow copy
        return state

    other = optim.SGD([leaf(1)])
    other.register_load_state_dict_pre_hook(without_note)
    other.register_load_state_dict_post_hook(lambda o: order.append("loaded"))
    other.load_state_dict(state)
    assert order[-1] == "loaded"
    assert state["note"] == 1
    assert other.param_groups[0]["momentum"] == 0.5
