"""apps/computational_graph.py: the bills, the gradient check and the learning of the digit network."""

from __future__ import annotations

import argparse

import pytest

import mtorch
from tests.apps.running import has_matplotlib, load, run


@pytest.fixture(scope="module")
def program():
    return load("computational_graph")


@pytest.mark.parametrize(("bill", "price", "gradients"), [
    ("apples", 220, {"apple": 2.2, "apples": 110, "tax": 200}),
    ("fruit", 715, {"apple": 2.2, "apples": 110, "orange": 3.3, "oranges": 165, "tax": 650}),
])
def test_bills_by_hand_and_by_tensors(program, bill, price, gradients) -> None:
    came, going_back = {"apples": program.apples_by_hand, "fruit": program.fruit_by_hand}[bill]()
    assert came == pytest.approx(price) and going_back == pytest.approx(gradients)
    total, tensors = program.by_tensors({"apples": program.APPLES, "fruit": program.FRUIT}[bill])
    total.backward()
    assert total.item() == pytest.approx(price)
    assert {name: t.grad.item() for name, t in tensors.items()} == pytest.approx(gradients)


def test_gradient_check_passes_and_finds_a_mistake(program, monkeypatch) -> None:
    mtorch.manual_seed(0)
    x, t = mtorch.rand(3, 784), mtorch.tensor([3, 0, 9])
    found = program.gradient_check(program.TwoLayerNet(2), x, t)
    assert list(found) == ["hidden.weight", "hidden.bias", "output.weight", "output.bias"]
    assert max(found.values()) < 1e-8

    class Wrong(program.nn.Module):
        def forward(self, x):
            return x.clip(min=0)

        def backward(self, g):
            return g

    wrong = Wrong()
    monkeypatch.setattr(program.F, "relu", lambda x: wrong(x))
    assert program.gradient_check(program.TwoLayerNet(2), x, t)["hidden.weight"] > 1e-5


def test_learns_digits(program) -> None:
    mtorch.manual_seed(0)
    data = program.find_data(argparse.Namespace(data_dir=None, drawn=True, samples=None))
    assert "60,000 to learn from, 10,000 to test on" in data.name
    history = program.train(program.TwoLayerNet(), program.rows(data), 1200, 100, 0.1)
    assert len(history["train"]) == len(history["test"]) == 2
    assert history["test"][-1] > 0.88 and history["train"][-1] > history["train"][0]


def test_program(tmp_path) -> None:
    out, _ = run("computational_graph", tmp_path, "--steps", 0, "--no-check")
    assert "└─ tax = 1.1, gradient 650" in out
    assert (tmp_path / "plots" / "graph_of_apples_and_oranges.png").exists() == has_matplotlib()
    _, err = run("computational_graph", tmp_path, "--steps", 5, "--data-dir", tmp_path, code=1)
    assert str(tmp_path) in err and "Traceback" not in err
    assert "--hidden: 0 came" in run("computational_graph", tmp_path, "--hidden", 0, code=2)[1]
