"""apps/softmax_classifier.py: apart and fused learn the same, and the mistake of the listing is found."""

from __future__ import annotations

import pytest

import mtorch
from tests.apps.running import has_matplotlib, load, run


@pytest.fixture(scope="module")
def program():
    return load("softmax_classifier")


def test_apart_and_fused_learn_the_same(program) -> None:
    mtorch.manual_seed(0)
    apart, fused, losses, difference = program.both_ways(500, 0.1)
    assert difference < 1e-12
    assert losses[0] == pytest.approx(0.693, abs=0.01) and losses[-1] < 0.11
    assert mtorch.equal(program.class_of(fused, program.X), program.T)
    for net in (apart, fused):
        assert program.class_of(net, program.ASKED).tolist() == [0, 0, 1, 1]
    assert max(program.gradient_of_scores()) < 1e-15
    assert program.map_in_text(fused).count("1") == 5 and "·" in program.map_in_text(fused)


def test_gradients_by_hand_and_the_mistake(program) -> None:
    z = mtorch.randn(4, 3, dtype=mtorch.float64, requires_grad=True)
    assert mtorch.autograd.gradcheck(program.Softmax(), (z,))
    assert program.what_gradcheck_says(program.Linear(2, 2), 5) == "right"
    wrong = program.LinearOfTheListing(2, 2)
    assert "gradient of shape (2, 2) for an input of shape (10, 2)" in program.what_gradcheck_says(wrong, 10)
    assert "Jacobian mismatch for output 0 with respect to input 0" in program.what_gradcheck_says(wrong, 2)


def test_program(tmp_path) -> None:
    out, _ = run("softmax_classifier", tmp_path, "--epochs", 50)
    assert "Jacobian mismatch" in out and "of 10 points right" in out
    assert (tmp_path / "plots" / "softmax_classifier.png").exists() == has_matplotlib()
    _, err = run("softmax_classifier", tmp_path, "--lr", "-1", code=2)
    assert "--lr: -1.0 came" in err
