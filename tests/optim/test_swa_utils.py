"""Averages of weights: beside torch's, step by step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mtorch
from mtorch import nn
from mtorch.optim import swa_utils


def build(package: Any) -> Any:
    """A layer and a batch normalisation with given weights."""
    net = package.nn.Sequential(package.nn.Linear(3, 4), package.nn.BatchNorm1d(4))
    fill(package, net, 0)
    return net


def fill(package: Any, net: Any, seed: int) -> None:
    rng = np.random.RandomState(seed)
    with package.no_grad():
        for t in [*net.parameters(), net[1].running_mean, net[1].running_var]:
            t.copy_(package.tensor(rng.standard_normal(tuple(t.shape)).astype("f4")))
        net[1].num_batches_tracked.fill_(seed)


AVERAGES: dict[str, Any] = {
    "plain": lambda u: {},
    "plain, one by one": lambda u: {"avg_fn": u.get_swa_avg_fn()},
    "plain, together": lambda u: {"multi_avg_fn": u.get_swa_multi_avg_fn()},
    "exponential": lambda u: {"avg_fn": u.get_ema_avg_fn(0.9)},
    "exponential, together": lambda u: {"multi_avg_fn": u.get_ema_multi_avg_fn(0.3)},
    "exponential, with buffers": lambda u: {"multi_avg_fn": u.get_ema_multi_avg_fn(0.9), "use_buffers": True},
    "own": lambda u: {"avg_fn": lambda mean, new, count: 0.5 * mean + 0.5 * new / (1 + count)},
}


@pytest.mark.parametrize("name", AVERAGES)
def test_same_averages_as_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    results = []
    for package in (torch, mtorch):
        net = build(package)
        averaged = package.optim.swa_utils.AveragedModel(net, **AVERAGES[name](package.optim.swa_utils))
        for seed in range(5):
            fill(package, net, seed)
            averaged.update_parameters(net)
        results.append({key: value.numpy() for key, value in averaged.state_dict().items()})
    theirs, ours = results
    assert list(theirs) == list(ours)
    for key, value in theirs.items():
        assert value.dtype == ours[key].dtype
        np.testing.assert_allclose(ours[key], value, rtol=1e-5, atol=1e-6, err_msg=key)


def test_the_copy_is_its_own_and_can_be_called() -> None:
    net = build(mtorch)
    averaged: Any = swa_utils.AveragedModel(net)
    averaged.update_parameters(net)
    averaged.eval()
    net.eval()
    x = mtorch.ones(2, 3)
    assert mtorch.equal(averaged(x), net(x))
    before = averaged.module[0].weight.detach().clone()
    fill(mtorch, net, 7)
    assert mtorch.equal(averaged.module[0].weight.detach(), before)
    assert averaged.n_averaged.item() == 1
    averaged.update_parameters(net)
    mean = (before + net[0].weight.detach()) / 2
    assert mtorch.allclose(averaged.module[0].weight.detach(), mean)
    assert averaged.module[0].weight.requires_grad


def test_update_bn() -> None:
    torch = pytest.importorskip("torch")
    data = np.random.RandomState(0).standard_normal((4, 8, 3)).astype("f4")
    results = []
    for package in (torch, mtorch):
        net = build(package)
        net.eval()
        with package.no_grad():
            net[1].weight.fill_(1.0)
        package.optim.swa_utils.update_bn([(package.tensor(batch), 0) for batch in data], net)
        assert net[1].momentum == 0.1
        assert not net.training
        results.append((net[1].running_mean.numpy(), net[1].running_var.numpy(), net[1].num_batches_tracked.item()))
    for a, b in zip(*results, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-5, atol=1e-6)
    plain = nn.Linear(2, 2)
    swa_utils.update_bn([], plain)                       # nothing to do
    assert plain.training


@pytest.mark.parametrize("kwargs", [{"swa_lr": 0.05}, {"swa_lr": [0.05, 0.2], "anneal_epochs": 4},
                                    {"swa_lr": 0.05, "anneal_epochs": 5, "anneal_strategy": "linear"},
                                    {"swa_lr": 0.05, "anneal_epochs": 0}])
def test_swalr(kwargs: dict[str, Any]) -> None:
    torch = pytest.importorskip("torch")
    rows: list = []
    for package in (torch, mtorch):
        groups = [{"params": [package.ones(1).requires_grad_()]},
                  {"params": [package.ones(1).requires_grad_()], "lr": 0.5}]
        optimizer = package.optim.SGD(groups, lr=0.1)
        scheduler = package.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
        swa = package.optim.swa_utils.SWALR(optimizer, **kwargs)
        rows.append([])
        for step in range(20):
            optimizer.step()
            (scheduler if step < 5 else swa).step()
            rows[-1].append([float(group["lr"]) for group in optimizer.param_groups] + swa.get_last_lr())
        assert set(swa.state_dict()) >= {"anneal_epochs", "_anneal_strategy", "base_lrs", "last_epoch"}
    for a, b in zip(*rows, strict=True):
        assert b == pytest.approx(a, rel=1e-12)


def test_a_loaded_swalr_goes_on() -> None:
    def make() -> tuple[Any, Any]:
        optimizer = mtorch.optim.SGD([mtorch.ones(1, requires_grad=True)], lr=0.1)
        return optimizer, swa_utils.SWALR(optimizer, 0.05, anneal_strategy="linear")

    (one, first), (two, second) = make(), make()
    for _ in range(4):
        one.step()
        first.step()
    second.load_state_dict(first.state_dict())
    two.load_state_dict(one.state_dict())
    one.step()
    two.step()
    first.step()
    second.step()
    assert first.get_last_lr() == second.get_last_lr()


def test_misuse() -> None:
    net = nn.Linear(1, 1)
    optimizer = mtorch.optim.SGD(net, lr=0.1)
    with pytest.raises(AssertionError, match="Only one of avg_fn and multi_avg_fn"):
        swa_utils.AveragedModel(net, avg_fn=swa_utils.get_swa_avg_fn(), multi_avg_fn=swa_utils.get_swa_multi_avg_fn())
    for function in (swa_utils.get_ema_avg_fn, swa_utils.get_ema_multi_avg_fn):
        with pytest.raises(ValueError, match="Invalid decay value 1.5"):
            function(1.5)
    with pytest.raises(ValueError, match="instead got sin"):
        swa_utils.SWALR(optimizer, 0.1, anneal_strategy="sin")
    with pytest.raises(ValueError, match="got -1"):
        swa_utils.SWALR(optimizer, 0.1, anneal_epochs=-1)
    with pytest.raises(ValueError, match="swa_lr must have the same length"):
        swa_utils.SWALR(optimizer, [0.1, 0.2])
