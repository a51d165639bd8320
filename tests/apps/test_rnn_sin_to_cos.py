"""The sine-to-cosine program, run as a user runs it."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import mtorch
from tests.apps.running import kill_after_checkpoints

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "apps" / "rnn_sin_to_cos.py"


def run(folder: Path, *arguments: object, code: int = 0, matplotlib: bool = True) -> tuple[str, str]:
    """Run the program in the folder; return what it wrote to stdout and to stderr."""
    path = [str(ROOT)]
    if not matplotlib:
        (folder / "without").mkdir(exist_ok=True)
        (folder / "without" / "matplotlib.py").write_text("raise ImportError('not installed')\n")
        path.insert(0, str(folder / "without"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONWARNINGS": "error",
                   "MPLCONFIGDIR": str(folder)}
    done = subprocess.run([sys.executable, PROGRAM, *map(str, arguments)], env=environment, cwd=folder, text=True,
                          capture_output=True, timeout=120, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout, done.stderr


def errors(out: str) -> list[float]:
    return [float(value) for value in re.findall(r" (\d\.\de[+-]\d\d)$", out, re.M)]


def test_without_arguments(tmp_path):
    start = time.perf_counter()
    out, err = run(tmp_path)
    assert time.perf_counter() - start < 60         # 20 on an idle machine
    phases, frequencies, long, first, last = errors(out)
    assert phases <= 1e-3
    assert frequencies <= 1e-3
    assert long <= 1e-3
    assert last <= 1.5 * first                      # no drift
    assert "1500/1500" in err or "Learnt in" in out
    if importlib.util.find_spec("matplotlib"):
        assert (tmp_path / "plots" / "sin_to_cos.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("cell", ["rnn", "gru"])
def test_every_cell_learns(tmp_path, cell):
    out, _ = run(tmp_path, "--cell", cell, "--seed", 4, matplotlib=False)
    assert max(errors(out)) <= 1e-3


def test_saved_and_loaded_and_drawn_in_the_terminal(tmp_path):
    options = ["--cell", "rnn", "--hidden", 16, "--layers", 2, "--window", 10, "--steps", 60, "--clip", 0.5, "--lr",
               0.02]
    learnt, _ = run(tmp_path, *options, "--save", "here/net.pt", matplotlib=False)
    assert "o the network" in learnt
    assert len(re.findall(r"^.*o.*$", learnt, re.M)) > 10
    again, _ = run(tmp_path, "--load", "here/net.pt", "--steps", 0, "--plot", "pictures")
    assert "rnn, 865 weights" in again
    untrained, _ = run(tmp_path, *options, "--steps", 0, matplotlib=False)
    assert max(errors(again)) < 0.5 * min(errors(untrained))
    assert run(tmp_path, "--load", "here/net.pt", "--cell", "gru", code=1)[1].strip().endswith(
        "has cell rnn, but --cell is gru")


def test_noise_is_heard(tmp_path):
    quiet, _ = run(tmp_path, "--steps", 100, "--cell", "rnn")
    noisy, _ = run(tmp_path, "--steps", 100, "--cell", "rnn", "--noise", 1.0)
    assert errors(noisy)[0] > errors(quiet)[0]


@pytest.mark.parametrize("matplotlib", [True, False])
def test_gradients_vanish_and_explode(tmp_path, matplotlib):
    out, _ = run(tmp_path, "--gradients", matplotlib=matplotlib)
    sizes = {name.strip(): list(map(float, rest.split()))
             for name, rest in re.findall(r"^((?:rnn|lstm|gru).*?)((?: +\d\.\de[+-]\d\d)+)$", out, re.M)}
    assert set(sizes) == {"rnn", "rnn, W_hh x 3", "lstm", "gru"}
    for name in ("rnn", "lstm", "gru"):
        assert sizes[name][-1] < 1e-9 < 1e-3 < sizes[name][0]
    assert sizes["rnn, W_hh x 3"][-1] > 10 * sizes["rnn, W_hh x 3"][0]
    drawn = (tmp_path / "plots" / "gradients.png").exists()
    assert drawn == (matplotlib and importlib.util.find_spec("matplotlib") is not None)


@pytest.mark.parametrize(("arguments", "said"), [
    (["--cell", "perceptron"], "invalid choice"), (["--hidden", "0"], "expected at least 1"),
    (["--lr", "0"], "expected more than 0"), (["--noise", "-1"], "expected at least 0")])
def test_wrong_arguments(tmp_path, arguments, said):
    assert said in run(tmp_path, *arguments, code=2)[1]


def test_files_that_are_no_networks(tmp_path):
    (tmp_path / "text.pt").write_text("hello")
    for name in ("text.pt", "missing.pt"):
        assert f"--load {name}: " in run(tmp_path, "--load", name, code=1)[1]


def test_a_learning_rate_that_is_too_high(tmp_path):
    assert "try a smaller --lr" in run(tmp_path, "--lr", 1e38, "--steps", 30, code=1)[1]


def weights(path: Path) -> dict[str, bytes]:
    return {name: w.numpy().tobytes() for name, w in mtorch.load(path)["state_dict"].items()}


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_killed_and_resumed_ends_with_the_same_weights(tmp_path, cell):
    base = ["--cell", cell, "--steps", 120, "--noise", 0.1]
    whole, _ = run(tmp_path, *base, "--save", "peace.pt", matplotlib=False)
    saving = [*base, "--checkpoint", "run", "--checkpoint-every", 8]
    for count in (3, 5):
        kill_after_checkpoints("rnn_sin_to_cos", tmp_path, tmp_path / "run", count, *saving,
                               *(["--resume"] if count == 5 else []))
    out, _ = run(tmp_path, *saving, "--resume", "--save", "resumed.pt", matplotlib=False)
    assert weights(tmp_path / "resumed.pt") == weights(tmp_path / "peace.pt")
    assert errors(out) == errors(whole)


def test_resuming_what_cannot_be(tmp_path):
    base = ["--steps", 2, "--checkpoint", "run"]
    out, _ = run(tmp_path, *base, "--resume", matplotlib=False)
    assert "No checkpoint in run: the training begins anew" in out
    assert "run has the checkpoints of another training" in run(tmp_path, *base, code=1)[1]
    assert "training with noise 0.0, and this one has noise 0.5" in run(tmp_path, *base, "--resume", "--noise", 0.5,
                                                                        code=1)[1]
    assert "needs --checkpoint" in run(tmp_path, "--resume", code=2)[1]
    assert "trains nothing" in run(tmp_path, "--gradients", "--checkpoint", "x", code=2)[1]
