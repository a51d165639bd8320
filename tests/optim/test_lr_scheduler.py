"""Schedulers: sixty steps beside torch's, state dicts, warnings, errors."""

from __future__ import annotations

import math
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import mtorch
from mtorch.optim import SGD, Adam
from mtorch.optim import lr_scheduler as S

STEPS = 60


def nested(S: Any, o: Any) -> Any:
    inner = S.SequentialLR(o, [S.ConstantLR(o), S.StepLR(o, 3)], [4])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")                  # of the order of steps, in torch too: inner begins twice
        return S.SequentialLR(o, [inner, S.ExponentialLR(o, 0.8)], [20])


CASES: list[tuple[str, Callable]] = [
    ("step", lambda S, o: S.StepLR(o, step_size=7, gamma=0.5)),
    ("multistep", lambda S, o: S.MultiStepLR(o, [5, 5, 20, 40], gamma=0.3)),
    ("exponential", lambda S, o: S.ExponentialLR(o, 0.9)),
    ("constant", lambda S, o: S.ConstantLR(o, factor=0.5, total_iters=12)),
    ("linear", lambda S, o: S.LinearLR(o, 0.1, 0.7, total_iters=20)),
    ("polynomial", lambda S, o: S.PolynomialLR(o, total_iters=30, power=2.0)),
    ("lambda", lambda S, o: S.LambdaLR(o, [lambda e: 0.5 ** (e / 10), lambda e: 1 / (1 + e)])),
    ("multiplicative", lambda S, o: S.MultiplicativeLR(o, lambda e: 0.9 + 0.01 * (e % 5))),
    ("cosine", lambda S, o: S.CosineAnnealingLR(o, 10, eta_min=0.001)),
    ("cosine, odd", lambda S, o: S.CosineAnnealingLR(o, 7)),
    ("restarts", lambda S, o: S.CosineAnnealingWarmRestarts(o, 5, T_mult=2, eta_min=0.002)),
    ("restarts, same", lambda S, o: S.CosineAnnealingWarmRestarts(o, 9)),
    ("cyclic", lambda S, o: S.CyclicLR(o, [0.01, 0.02], [0.2, 0.3], step_size_up=8, step_size_down=5)),
    ("cyclic 2", lambda S, o: S.CyclicLR(o, 0.01, 0.2, step_size_up=8, mode="triangular2", base_momentum=0.1)),
    ("cyclic exp", lambda S, o: S.CyclicLR(o, 0.01, 0.2, step_size_up=8, mode="exp_range", gamma=0.97)),
    ("cyclic, own scale", lambda S, o: S.CyclicLR(o, 0.01, 0.2, 8, scale_fn=lambda x: 1 / x, cycle_momentum=False)),
    ("cyclic, own scale of batches", lambda S, o: S.CyclicLR(o, 0.01, 0.2, 8, scale_fn=lambda x: 0.9 ** x,
                                                              scale_mode="iterations")),
    ("one cycle", lambda S, o: S.OneCycleLR(o, max_lr=0.5, total_steps=60)),
    ("one cycle, linear", lambda S, o: S.OneCycleLR(o, [0.5, 0.1], epochs=6, steps_per_epoch=10, pct_start=0.2,
                                                    anneal_strategy="linear")),
    ("one cycle, three", lambda S, o: S.OneCycleLR(o, 0.5, total_steps=60, three_phase=True, div_factor=10,
                                                   cycle_momentum=False)),
    ("sequential", lambda S, o: S.SequentialLR(o, [S.LinearLR(o, 0.1, total_iters=10), S.CosineAnnealingLR(o, 40),
                                                   S.StepLR(o, 3)], milestones=[10, 45])),
    ("sequential, from the second", lambda S, o: S.SequentialLR(o, [S.ConstantLR(o), S.ExponentialLR(o, 0.9)], [0])),
    ("sequential of sequential", lambda S, o: nested(S, o)),
    ("chained", lambda S, o: S.ChainedScheduler([S.ConstantLR(o, 0.1, 5), S.ExponentialLR(o, 0.9)])),
    ("chained, more", lambda S, o: S.ChainedScheduler([S.LinearLR(o), S.CosineAnnealingLR(o, 20), S.StepLR(o, 9)],
                                                      optimizer=o)),
    ("plateau", lambda S, o: S.ReduceLROnPlateau(o, "min", factor=0.5, patience=2)),
    ("plateau, max", lambda S, o: S.ReduceLROnPlateau(o, "max", 0.3, 1, threshold=0.05, threshold_mode="abs",
                                                      cooldown=3, min_lr=[1e-3, 1e-2])),
    ("plateau, relative", lambda S, o: S.ReduceLROnPlateau(o, "max", 0.3, 1, threshold=0.2)),
    ("plateau, absolute", lambda S, o: S.ReduceLROnPlateau(o, "min", 0.3, 0, threshold=0.01, threshold_mode="abs")),
]
BY_EPOCH = ["step", "multistep", "exponential", "constant", "linear", "polynomial", "lambda", "cosine", "restarts",
            "restarts, same", "cyclic", "one cycle"]


def make_optimizer(package: Any, kind: str = "SGD", lr: Any = None) -> Any:
    one, two = (package.ones(2).requires_grad_() for _ in range(2))
    momentum = {"momentum": 0.9} if kind == "SGD" else {}
    groups = [{"params": [one], **({} if lr is None else {"lr": lr})}, {"params": [two], "lr": 0.05}]
    return getattr(package.optim, kind)(groups, lr=0.1, **momentum)


def metric(step: int) -> float:
    return 1 / (1 + step // 4) + 0.05 * math.sin(step)


def advance(scheduler: Any, optimizer: Any, step: int) -> None:
    optimizer.step()
    scheduler.step(*([metric(step)] if "Plateau" in type(scheduler).__name__ else []))


def rates(scheduler: Any, optimizer: Any) -> list[float]:
    groups = optimizer.param_groups
    row = [float(group["lr"]) for group in groups]
    row += [float(group["momentum"] if "momentum" in group else group["betas"][0]) for group in groups]
    return row + [float(rate) for rate in scheduler.get_last_lr()]


def history(package: Any, make: Callable, kind: str = "SGD", lr: Any = None) -> list[list[float]]:
    optimizer = make_optimizer(package, kind, lr)
    scheduler = make(package.optim.lr_scheduler, optimizer)
    rows = [rates(scheduler, optimizer)]
    for step in range(STEPS):
        advance(scheduler, optimizer, step)
        rows.append(rates(scheduler, optimizer))
    return rows


def assert_close(got: list[list[float]], expected: list[list[float]], tolerance: float = 1e-12) -> None:
    for step, (a, b) in enumerate(zip(got, expected, strict=True)):
        assert a == pytest.approx(b, rel=tolerance, abs=tolerance), f"after step {step}"


@pytest.mark.parametrize(("name", "make"), CASES)
@pytest.mark.parametrize("kind", ["SGD", "Adam"])
def test_same_rates_as_torch(name: str, make: Callable, kind: str) -> None:
    torch = pytest.importorskip("torch")
    assert_close(history(mtorch, make, kind), history(torch, make, kind))


@pytest.mark.parametrize(("name", "make"), CASES)
def test_rates_in_a_tensor_are_written_in_place(name: str, make: Callable) -> None:
    torch = pytest.importorskip("torch")
    lr = mtorch.tensor(0.1)
    got = history(mtorch, make, lr=lr)
    assert lr.item() == pytest.approx(got[-1][0])
    assert_close(got, history(torch, make, lr=torch.tensor(0.1)), 1e-5)


@pytest.mark.parametrize(("name", "make"), [case for case in CASES if case[0] in BY_EPOCH])
def test_steps_to_an_epoch(name: str, make: Callable) -> None:
    torch = pytest.importorskip("torch")
    rows: list = []
    for package in (mtorch, torch):
        optimizer = make_optimizer(package)
        scheduler = make(package.optim.lr_scheduler, optimizer)
        optimizer.step()
        rows.append([])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for epoch in (3, 17, 12, 0, 30):
                scheduler.step(epoch)
                rows[-1].append(rates(scheduler, optimizer))
    assert_close(*rows)


def test_fractions_of_an_epoch() -> None:
    torch = pytest.importorskip("torch")
    rows: list = []
    for package in (mtorch, torch):
        optimizer = make_optimizer(package)
        scheduler = package.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 3, T_mult=2)
        rows.append([])
        for i in range(100):
            scheduler.step(i / 7)
            rows[-1].append([*rates(scheduler, optimizer), scheduler.last_epoch, scheduler.T_cur, scheduler.T_i])
    assert_close(*rows)


@pytest.mark.parametrize(("name", "make"), CASES)
def test_a_loaded_scheduler_goes_on(name: str, make: Callable) -> None:
    optimizer = make_optimizer(mtorch)
    scheduler = make(S, optimizer)
    for step in range(23):
        advance(scheduler, optimizer, step)
    other_optimizer = make_optimizer(mtorch)
    other = make(S, other_optimizer)
    state = pickle.loads(pickle.dumps(scheduler.state_dict()))
    kept = pickle.dumps(state)
    other.load_state_dict(state)
    assert pickle.dumps(state) == kept                   # what was loaded is left as it was
    other_optimizer.load_state_dict(optimizer.state_dict())
    for step in range(23, 45):
        advance(scheduler, optimizer, step)
        advance(other, other_optimizer, step)
        assert rates(scheduler, optimizer) == rates(other, other_optimizer)


@pytest.mark.parametrize(("name", "make"), CASES)
def test_the_state_dict_has_the_entries_of_torch(name: str, make: Callable) -> None:
    torch = pytest.importorskip("torch")
    theirs = make(torch.optim.lr_scheduler, make_optimizer(torch)).state_dict()
    ours = make(S, make_optimizer(mtorch)).state_dict()
    assert list(ours) == list(theirs)


def test_resuming_with_last_epoch() -> None:
    torch = pytest.importorskip("torch")
    rows: list = []
    for package in (mtorch, torch):
        scheduler = package.optim.lr_scheduler
        for make in (lambda o, S=scheduler: S.CosineAnnealingLR(o, 20, last_epoch=5),
                     lambda o, S=scheduler: S.StepLR(o, 3, last_epoch=5),
                     lambda o, S=scheduler: S.LinearLR(o, last_epoch=2),
                     lambda o, S=scheduler: S.ExponentialLR(o, 0.5, last_epoch=2)):
            optimizer = make_optimizer(package)
            for group in optimizer.param_groups:
                group["initial_lr"] = 1.0
            made = make(optimizer)
            rows.append([])
            for step in range(8):
                advance(made, optimizer, step)
                rows[-1].append(rates(made, optimizer))
    for ours, theirs in zip(rows[:4], rows[4:], strict=True):
        assert_close(ours, theirs)
    with pytest.raises(KeyError, match=r"'initial_lr' is not specified in param_groups\[0\]"):
        S.StepLR(make_optimizer(mtorch), 3, last_epoch=5)


def test_callable_objects_are_saved_and_functions_are_not() -> None:
    class Decay:
        def __init__(self, rate: float) -> None:
            self.rate = rate

        def __call__(self, x: float) -> float:
            return self.rate ** x

    scheduler = S.LambdaLR(make_optimizer(mtorch), [Decay(0.5), lambda e: 1.0])
    state = scheduler.state_dict()
    assert state["lr_lambdas"] == [{"rate": 0.5}, None]
    other = S.LambdaLR(make_optimizer(mtorch), [Decay(0.9), lambda e: 1.0])
    other.load_state_dict(state)
    assert vars(other.lr_lambdas[0]) == {"rate": 0.5}
    cyclic = S.CyclicLR(make_optimizer(mtorch), 0.1, 0.2, scale_fn=Decay(0.5))
    other_cyclic = S.CyclicLR(make_optimizer(mtorch), 0.1, 0.2, scale_fn=Decay(0.9))
    other_cyclic.load_state_dict(cyclic.state_dict())
    assert other_cyclic.scale_fn(1) == 0.5


# ---- warnings and errors ---------------------------------------------------------------------------

def test_the_order_of_the_two_steps() -> None:
    optimizer = make_optimizer(mtorch)
    scheduler = S.StepLR(optimizer, 3)
    with pytest.warns(UserWarning, match="before `optimizer.step"):
        scheduler.step()
    scheduler.step()                                     # said once
    optimizer = make_optimizer(mtorch)
    scheduler = S.StepLR(optimizer, 3)
    optimizer.step = lambda: None
    with pytest.warns(UserWarning, match="has been overridden"):
        scheduler.step()


def test_deprecated_and_misplaced_calls() -> None:
    optimizer = make_optimizer(mtorch)
    scheduler = S.StepLR(optimizer, 3)
    optimizer.step()
    with pytest.warns(UserWarning, match="epoch parameter in `scheduler.step"):
        scheduler.step(4)
    with pytest.warns(UserWarning, match="please use `get_last_lr"):
        scheduler.get_lr()
    plateau = S.ReduceLROnPlateau(optimizer)
    with pytest.warns(UserWarning, match="epoch parameter"):
        plateau.step(1.0, 3)


def test_wrong_arguments() -> None:
    T: Any = S                               # as a program without types calls it
    o = make_optimizer(mtorch)
    other = make_optimizer(mtorch)
    rprop = mtorch.optim.Rprop([mtorch.ones(1, requires_grad=True)])
    plateau = T.ReduceLROnPlateau(o)
    cases: list[tuple[type[Exception], str, Callable]] = [
        (TypeError, "int is not an Optimizer", lambda: T.StepLR(3, 1)),
        (TypeError, "str is not an Optimizer", lambda: T.OneCycleLR("SGD", 1.0, 10)),
        (ValueError, "StepLR: step_size must be > 0, got 0", lambda: T.StepLR(o, 0)),
        (TypeError, "gamma must be a number, got str 'a'", lambda: T.StepLR(o, 1, "a")),
        (TypeError, "gamma must be a number, got NoneType", lambda: T.ExponentialLR(o, None)),
        (TypeError, "milestones must be several epochs, got 3", lambda: T.MultiStepLR(o, 3)),
        (ValueError, "T_max must be > 0, got 0", lambda: T.CosineAnnealingLR(o, 0)),
        (ValueError, "step_size_up must be > 0, got 0", lambda: T.CyclicLR(o, 0.1, 1.0, 0)),
        (ValueError, "div_factor must be > 0, got 0", lambda: T.OneCycleLR(o, 0.1, 10, div_factor=0)),
        (ValueError, "Expected 2 lr_lambdas, but got 1", lambda: T.LambdaLR(o, [lambda e: 1])),
        (TypeError, "lr_lambda should be a function, but got float", lambda: T.MultiplicativeLR(o, 0.5)),
        (ValueError, "between 0 and 1. Got 2", lambda: T.ConstantLR(o, 2)),
        (ValueError, "Starting multiplicative factor", lambda: T.LinearLR(o, 0)),
        (ValueError, "Ending multiplicative factor", lambda: T.LinearLR(o, 0.5, 2)),
        (ValueError, "positive integer T_0, but got 0", lambda: T.CosineAnnealingWarmRestarts(o, 0)),
        (ValueError, "T_mult >= 1, but got 0.5", lambda: T.CosineAnnealingWarmRestarts(o, 1, 0.5)),
        (ValueError, "Expected float or int eta_min", lambda: T.CosineAnnealingWarmRestarts(o, 1, 1, "low")),
        (ValueError, "non-negative epoch", lambda: T.CosineAnnealingWarmRestarts(o, 3).step(-1)),
        (ValueError, "Factor should be < 1.0", lambda: T.ReduceLROnPlateau(o, factor=1)),
        (ValueError, "mode middle is unknown", lambda: T.ReduceLROnPlateau(o, "middle")),
        (ValueError, "threshold mode some is unknown", lambda: T.ReduceLROnPlateau(o, threshold_mode="some")),
        (ValueError, "expected 2 min_lrs, got 1", lambda: T.ReduceLROnPlateau(o, min_lr=[0.1])),
        (ValueError, "base_lr must have the same length", lambda: T.CyclicLR(o, [0.1], 1.0)),
        (ValueError, "mode is invalid and scale_fn is None", lambda: T.CyclicLR(o, 0.1, 1.0, mode="square")),
        (ValueError, "Rprop has neither", lambda: T.CyclicLR(rprop, 0.1, 1.0)),
        (ValueError, "Rprop has neither", lambda: T.OneCycleLR(rprop, 0.1, 10)),
        (ValueError, "positive integer total_steps, but got 0", lambda: T.OneCycleLR(o, 0.1, 0)),
        (ValueError, "positive integer epochs, but got -1", lambda: T.OneCycleLR(o, 0.1, epochs=-1, steps_per_epoch=2)),
        (ValueError, "either total_steps OR", lambda: T.OneCycleLR(o, 0.1, epochs=3)),
        (ValueError, "pct_start, but got 3", lambda: T.OneCycleLR(o, 0.1, 10, pct_start=3)),
        (ValueError, "instead got sin", lambda: T.OneCycleLR(o, 0.1, 10, anneal_strategy="sin")),
        (ValueError, "got no scheduler", lambda: T.SequentialLR(o, [], [])),
        (ValueError, "number of schedulers 1", lambda: T.SequentialLR(o, [T.StepLR(o, 1)], [3])),
        (ValueError, "does not support `ReduceLROnPlateau`", lambda: T.SequentialLR(o, [plateau], [])),
        (ValueError, "does not support `ReduceLROnPlateau`", lambda: T.ChainedScheduler([plateau])),
        (ValueError, "same optimizer", lambda: T.ChainedScheduler([T.StepLR(o, 1), T.StepLR(other, 1)])),
        (TypeError, "should have `optimizer`", lambda: T.ChainedScheduler([3])),
        (NotImplementedError, "LRScheduler does not define get_lr", lambda: T.LRScheduler(o)),
    ]
    for error, message, call in cases:
        with pytest.raises(error, match=message):
            call()


def test_one_cycle_ends() -> None:
    optimizer = make_optimizer(mtorch)
    scheduler = S.OneCycleLR(optimizer, 0.1, total_steps=3)
    for _ in range(3):
        optimizer.step()
        scheduler.step()
    with pytest.raises(ValueError, match="Tried to step 4 times. The specified number of total steps is 3"):
        scheduler.step()


def test_a_group_added_after_the_plateau_scheduler() -> None:
    optimizer = make_optimizer(mtorch)
    one, each = S.ReduceLROnPlateau(optimizer, patience=0), S.ReduceLROnPlateau(optimizer, patience=0, min_lr=[0, 0])
    optimizer.add_param_group({"params": mtorch.ones(1, requires_grad=True)})
    for _ in range(2):
        one.step(mtorch.tensor(1.0))
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.01, 0.005, 0.01])
    each.step(1.0)
    with pytest.raises(RuntimeError, match="modify the `min_lrs` field"):
        each.step(1.0)


def test_a_schedule_of_the_users_own() -> None:
    class Warmup(S._LRScheduler):
        def __init__(self, optimizer: Any, steps: int) -> None:
            self.steps = steps
            super().__init__(optimizer)

        def get_lr(self) -> list[float]:
            return [rate * min(1.0, (self.last_epoch + 1) / self.steps) for rate in self.base_lrs]

    optimizer = Adam([mtorch.ones(1, requires_grad=True)], lr=1.0)
    scheduler = Warmup(optimizer, 4)
    seen = []
    for _ in range(5):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert seen == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert isinstance(scheduler, S.LRScheduler)
    assert set(scheduler.state_dict()) >= {"steps", "base_lrs", "last_epoch", "_last_lr"}


def test_two_schedulers_on_one_optimizer() -> None:
    optimizer = SGD([mtorch.ones(1, requires_grad=True)], lr=1.0)
    first, second = S.StepLR(optimizer, 2, 0.5), S.ExponentialLR(optimizer, 0.9)
    for _ in range(4):
        optimizer.step()
        first.step()
        second.step()
    assert optimizer.param_groups[0]["lr"] == pytest.approx(0.25 * 0.9 ** 4)
