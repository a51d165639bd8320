"""apps/sine_regression.py: it learns, penalties are what they say, the learning rate falls, the study is a table."""

from __future__ import annotations

import math
import re

import pytest

import mtorch
from tests.apps.running import has_matplotlib, load, run


@pytest.fixture(scope="module")
def program():
    return load("sine_regression")


def learnt(program, task, *arguments: str):
    mtorch.manual_seed(0)
    return program.learn(task, program.parse_arguments(list(arguments)))


def test_the_sine_is_learnt(program) -> None:
    result = learnt(program, program.sine(), "--epochs", "700")
    assert result.data_loss < 1e-4 and result.history[0] > 0.3
    assert result.penalty == 0
    y = program.sine()
    assert y.accuracy(y.t) == 1 and y.accuracy(y.t + 1) == 0
    near = math.sqrt(0.5) / 250                              # the standard deviation of a sine over its period
    assert y.accuracy(y.t + 0.99 * near) == 1 and y.accuracy(y.t + 1.01 * near) == 0


def test_the_spiral_is_learnt(program) -> None:
    mtorch.manual_seed(0)
    task = program.spiral()
    assert task.x.shape == (300, 2) and task.t.bincount().tolist() == [100, 100, 100]
    result = learnt(program, task, "--lr", "0.05", "--decay", "5e-7", "--epochs", "1000")
    assert result.accuracy > 0.75


@pytest.mark.parametrize("arguments", [
    ["--optimizer", "sgd", "--lr", "0.1", "--momentum", "0.9"], ["--optimizer", "adagrad", "--lr", "0.05"],
    ["--optimizer", "rmsprop", "--lr", "0.001"], ["--loss", "mae"], ["--dropout", "0.05"],
])
def test_every_way_of_learning_makes_the_error_smaller(program, arguments) -> None:
    task = program.sine("mae" if "mae" in arguments else "mse")
    result = learnt(program, task, *arguments, "--epochs", "150")
    assert result.data_loss < 0.6 * result.history[0]


def test_penalties_are_apart_from_the_error_and_hold_weights_down(program) -> None:
    options = program.parse_arguments(["--l1", "0.1", "--l1-bias", "0.2", "--l2", "0.3", "--l2-bias", "0.4"])
    net = program.nn.Linear(2, 1)
    with mtorch.no_grad():
        net.weight.copy_(mtorch.tensor([[2.0, -3.0]]))
        net.bias.copy_(mtorch.tensor([-1.0]))
    assert program.penalty(net, options).item() == pytest.approx(0.1 * 5 + 0.2 * 1 + 0.3 * 13 + 0.4 * 1)
    free = learnt(program, program.sine(), "--epochs", "150")
    held = learnt(program, program.sine(), "--epochs", "150", "--l2", "1e-3")
    size = [sum(p.square().sum().item() for p in result.net.parameters()) for result in (free, held)]
    assert size[1] < size[0] and held.penalty > 0
    with mtorch.no_grad():
        task = program.sine()
        assert held.data_loss == pytest.approx(task.criterion(held.net(task.x), task.t).item())


def test_initial_weights(program) -> None:
    mtorch.manual_seed(0)
    net = program.make_net([1, 64, 64, 1], 0.01, 0.0)
    assert net[2].weight.std().item() == pytest.approx(0.01, rel=0.05) and not net[2].bias.any()
    assert [type(layer).__name__ for layer in net] == ["Linear", "ReLU", "Linear", "ReLU", "Linear", "Identity"]
    own = program.make_net([1, 64, 64, 1], None, 0.1)
    assert own[3].weight.abs().max().item() <= 1 / 8 and sum(type(x).__name__ == "Dropout" for x in own) == 2


def test_study_is_a_table_beside_the_tutorials(tmp_path) -> None:
    out, _ = run("sine_regression", tmp_path, "--study", "--seeds", 2, "--epochs", 3)
    rows = [line for line in out.splitlines() if "normal  " in line or "torch's own  " in line or "the tutorial  " in line]
    assert [len(row.split("0.")) > 4 for row in rows] == [True] * 5
    assert "0.620" in rows[1] and "0.949" in rows[3]
    assert re.search(r"^24 trainings in \d+ s$", out, re.M)
    assert (tmp_path / "plots" / "sine_study.png").exists() == has_matplotlib()


def test_program(tmp_path) -> None:
    for task in ("sine", "spiral"):
        out, _ = run("sine_regression", tmp_path, "--task", task, "--epochs", 5)
        assert f"{task}, adam: accuracy" in out and (tmp_path / "plots" / f"{task}.png").exists() == has_matplotlib()
    assert "--dropout: 1.0 came" in run("sine_regression", tmp_path, "--dropout", 1, code=2)[1]
    assert "try a smaller --lr" in run("sine_regression", tmp_path, "--lr", 1e30, "--optimizer", "sgd", code=1)[1]


@pytest.mark.parametrize(("arguments", "says"), [
    (["--momentum", "0.9"], "--momentum: is sgd's, --optimizer adam has no use for it"),
    (["--task", "spiral", "--loss", "mae"], "--loss mae: is for the sine"),
    (["--study", "--task", "spiral"], "--task: the study learns the sine with adam"),
    (["--study", "--lr", "0.1"], "--lr: the study learns the sine with adam"),
    (["--seeds", "0"], "--seeds: 0 came, expected 1 or more"),
])
def test_options_that_would_do_nothing_are_refused(program, capsys, arguments, says) -> None:
    with pytest.raises(SystemExit):
        program.parse_arguments(arguments)
    assert says in capsys.readouterr().err
