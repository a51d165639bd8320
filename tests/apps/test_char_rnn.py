"""The character model, run as a user runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mtorch
from tests.apps.running import kill_after_checkpoints

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "apps" / "char_rnn.py"


def run(folder: Path, *arguments: object, code: int = 0) -> tuple[str, str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    done = subprocess.run([sys.executable, PROGRAM, *map(str, arguments)], env=environment, cwd=folder, text=True,
                          capture_output=True, timeout=200, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout, done.stderr


def bits(out: str) -> tuple[float, float, float]:
    [found] = re.findall(r"^Bits a letter: ([\d.]+) on .*, ([\d.]+) on .*; ([\d.]+) would be guessing$", out, re.M)
    return tuple(map(float, found))


def test_learns_the_project_s_own_documentation(tmp_path):
    out, _ = run(tmp_path, "--steps", 160, "--every", 80)
    assert "LSTM of 2 x 128" in out
    samples = re.split(r"^--- after \d+ steps, [\d.]+ bits a letter:\n", out, flags=re.M)[1:]
    assert len(samples) == 2
    assert all(sample.startswith("The ") and len(sample) > 250 for sample in samples)
    learnt, unseen, guessing = bits(out)
    assert learnt < 4.3 < 6 < guessing
    assert unseen < 5


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("abcd efgh. " * 200)
    return path


SMALL = ["--hidden", 24, "--window", 16, "--batch", 8, "--lr", 0.02, "--steps", 150, "--every", 100, "--length", 22]


def test_a_simple_text_is_learnt_saved_and_continued(tmp_path, text):
    out, _ = run(tmp_path, "--text", text, *SMALL, "--prompt", "ab", "--save", "net.pt")
    assert max(bits(out)[:2]) < 0.2
    said, _ = run(tmp_path, "--text", text, "--load", "net.pt", "--steps", 0, "--prompt", "efg", "--temperature", 0,
                  "--length", 10)
    assert "\nefgh. abcd ef\n" in said
    assert bits(said) == bits(out)
    assert "expected one letter or more" in run(tmp_path, "--text", text, "--load", "net.pt", "--prompt", "X",
                                                code=1)[1]
    assert "has 24 hidden, but --hidden is 12" in run(tmp_path, "--text", text, "--load", "net.pt", "--hidden", 12,
                                                      code=1)[1]


def test_the_same_seed_writes_the_same(tmp_path, text):
    arguments = ["--text", text, *SMALL, "--steps", 20, "--temperature", 1.2, "--prompt", "a"]
    texts = [re.sub(r"Learnt in .*", "", run(tmp_path, *arguments, "--seed", seed)[0]) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_texts_that_are_not_there_or_too_short(tmp_path):
    assert "No such file" in run(tmp_path, "--text", "missing.txt", code=1)[1]
    (tmp_path / "short.txt").write_text("too short")
    assert "has 9 letters, expected at least 660" in run(tmp_path, "--text", "short.txt", "--prompt", "t", code=1)[1]


def test_killed_and_resumed_ends_with_the_same_weights(tmp_path, text):
    base = ["--text", text, *SMALL, "--every", 20, "--layers", 2, "--dropout", 0.2]
    whole, _ = run(tmp_path, *base, "--save", "peace.pt")
    saving = [*base, "--checkpoint", "run"]
    kill_after_checkpoints("char_rnn", tmp_path, tmp_path / "run", 3, *saving)
    assert "checkpoints of another training" in run(tmp_path, *saving, code=1)[1]
    resumed, _ = run(tmp_path, *saving, "--resume", "--save", "resumed.pt")
    ours, theirs = (mtorch.load(tmp_path / name)["state_dict"] for name in ("resumed.pt", "peace.pt"))
    assert {name: w.numpy().tobytes() for name, w in ours.items()} == {
        name: w.numpy().tobytes() for name, w in theirs.items()}
    assert bits(resumed) == bits(whole)
    last = "--- after 150 steps"
    assert resumed[resumed.index(last):].split("Learnt")[0] == whole[whole.index(last):].split("Learnt")[0]
    assert "training with lr 0.02, and this one has lr 0.01" in run(tmp_path, *saving, "--resume", "--lr", 0.01,
                                                                    code=1)[1]
