"""apps/xor.py: both ways learn exclusive or and agree; gradcheck finds the mistake and nothing else."""

from __future__ import annotations

import pytest

import mtorch
from mtorch import nn
from tests.apps.running import has_matplotlib, load, run


@pytest.fixture(scope="module")
def xor():
    return load("xor")


def test_learns_by_hand_and_by_the_tape_alike(xor) -> None:
    mtorch.manual_seed(0)
    hand = xor.by_hand()
    tape = xor.by_the_tape(hand)
    errors = xor.learn(hand, nn.MSELoss(), 1000, 0.1, "by hand")
    same = xor.learn(tape, nn.MSELoss(), 1000, 0.1, "by the tape")
    assert errors[0] > 0.2 and errors[-1] < 0.000242        # the tutorial's error
    assert errors == pytest.approx(same, rel=0, abs=1e-12)
    assert xor.largest_difference(hand, tape) < 1e-12
    with mtorch.no_grad():
        assert hand(xor.X).flatten().tolist() == pytest.approx([0, 1, 1, 0], abs=0.03)


def test_layers_for_pictures(xor) -> None:
    right = xor.proofs()
    assert [name for name in right if not right[name]] == ["Convolution, bias gradient as in the tutorial"]
    x = mtorch.randn(2, 3, 6, 6, dtype=mtorch.float64)
    layer = xor.Convolution(3, 2, 3)
    expected = nn.functional.conv2d(x, layer.weight, layer.bias)
    assert mtorch.allclose(layer(x), expected, atol=1e-12)
    assert mtorch.equal(xor.MaxPool()(x), nn.functional.max_pool2d(x, 2))
    with pytest.raises(ValueError, match="expected even sizes"):
        xor.MaxPool()(x[:, :, :5])


def test_dropout_keeps_the_mean_in_training_and_does_nothing_after(xor) -> None:
    mtorch.manual_seed(0)
    layer, x = xor.Dropout(0.25), mtorch.ones(20_000, dtype=mtorch.float64)
    assert layer(x).mean().item() == pytest.approx(1, abs=0.02)
    assert set(layer(x).unique().tolist()) == {0, 1 / 0.75}
    assert mtorch.equal(layer.eval()(x), x)


def test_bars_are_told_apart(xor) -> None:
    mtorch.manual_seed(0)
    assert xor.learn_bars(150) > 0.8


def test_program(tmp_path) -> None:
    out, _ = run("xor", tmp_path, "--epochs", 3, "--steps", 0, "--plot", tmp_path / "plots")
    assert "1 xor 1" in out and out.count("WRONG") == 1
    assert (tmp_path / "plots" / "xor.png").exists() == has_matplotlib()
    _, err = run("xor", tmp_path, "--epochs", 0, code=2)
    assert "--epochs: 0 came, expected at least 1" in err
