"""The graph as text and as a picture."""

from __future__ import annotations

import sys

import pytest

import mtorch
from mtorch import nn
from mtorch.utils import graph


def apples() -> tuple[mtorch.Tensor, dict[str, mtorch.Tensor]]:
    named = {name: mtorch.tensor(value, requires_grad=True)
             for name, value in (("apple", 100.0), ("number", 2.0), ("tax", 1.1))}
    return named["apple"] * named["number"] * named["tax"], named


def test_values_and_gradients_stand_at_every_vertex() -> None:
    price, named = apples()
    assert graph.text(price, named, values=True).splitlines() == [
        "mul = 220, gradient 1",
        "├─ mul = 200, gradient 1.1",
        "│  ├─ apple = 100, gradient 2.2",
        "│  └─ number = 2, gradient 110",
        "└─ tax = 1.1, gradient 200",
    ]


def test_drawing_leaves_the_graph_and_the_gradients_alone() -> None:
    price, named = apples()
    node = price.grad_fn
    graph.text(price, named, values=True)
    assert node.value is None and named["tax"].grad is None
    price.backward()
    assert named["tax"].grad.item() == 200


def test_names_come_from_a_module_and_what_is_used_twice_is_written_once() -> None:
    net = nn.Linear(2, 3)
    y = net(mtorch.ones(4, 2))
    lines = graph.text((y * y).sum(), net).splitlines()
    assert lines == ["sum", "└─ mul (4, 3)", "   ├─ linear *1 (4, 3)", "   │  ├─ constant (4, 2)",
                     "   │  ├─ weight (3, 2)", "   │  └─ bias (3,)", "   └─ linear *1"]


def test_outputs_of_an_operation_with_several_are_numbered() -> None:
    x = mtorch.arange(4.0).requires_grad_()
    a, b = x.chunk(2)
    text = graph.text((a * b).sum(), {"x": x}, values=True)
    assert "split[0] *1 = [0, 1], gradient [2, 3]" in text and "split[1] *1" in text


def test_a_layer_differentiated_by_hand_is_one_vertex() -> None:
    class Double(nn.Module):
        def forward(self, x):
            return 2 * x

        def backward(self, grad):
            return 2 * grad

    x = mtorch.tensor([1.0], requires_grad=True)
    assert graph.text(Double()(x), {"x": x}, values=True) == ("DoubleBackward = [2], gradient [1]\n"
                                                              "└─ x = [1], gradient [2]")


def test_a_long_chain_is_cut_off() -> None:
    y = mtorch.ones(1, requires_grad=True)
    for _ in range(3000):
        y = y * 2.0
    lines = graph.text(y, depth=5).splitlines()
    assert [line.strip("│ ") for line in lines].count("└─ ...") == 1 and len(lines) == 12


def test_what_cannot_be_drawn() -> None:
    price, named = apples()
    with pytest.raises(RuntimeError, match="no graph"):
        graph.text(named["tax"])
    with pytest.raises(TypeError, match="expected a Tensor, got float"):
        graph.text(1.0)
    with pytest.raises(TypeError, match="names must be a dict"):
        graph.text(price, ["apple"])
    price.backward()
    with pytest.raises(RuntimeError, match="freed"):
        graph.text(price)


def test_picture(tmp_path) -> None:
    pytest.importorskip("matplotlib")
    price, named = apples()
    figure = graph.draw(price, named, values=True, title="apples")
    written = {text.get_text() for text in figure.axes[0].texts}
    assert {"apple", "number", "tax", "mul", "220", "110"} <= written
    figure.savefig(tmp_path / "graph.png")
    assert (tmp_path / "graph.png").stat().st_size > 1000


def test_without_matplotlib_the_picture_says_what_to_do(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match="utils.graph.text draws in the terminal"):
        graph.draw(*apples())
