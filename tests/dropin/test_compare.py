"""`python -m mtorch.compare program.py` finds where the numbers of two runs first differ, and by how much."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mtorch.compare import compared, described, main, relative_difference

ROOT = Path(__file__).parents[2]


def test_numbers_in_lines_are_compared_pair_by_pair() -> None:
    theirs = ["epoch 1 loss 1.0000 acc=50%", "shape (3, 4)", "grad -2e-3 nan", "end"]
    report = compared(theirs, list(theirs), 1e-3)
    assert (report.numbers, report.equal, report.first, report.text) == (7, 7, None, None)
    ours = ["epoch 1 loss 1.0002 acc=50%", "shape (3, 4)", "grad -3e-3 nan", "end"]
    report = compared(theirs, ours, 1e-3)
    assert (report.numbers, report.equal) == (7, 5)
    assert report.first == (1, 2, 1.0, 1.0002, pytest.approx(2e-4, rel=1e-3))
    assert report.first_beyond == report.worst == (3, 1, -2e-3, -3e-3, pytest.approx(1 / 3))
    said = "first difference: line 1, number 2: torch 1.0, mtorch 1.0002, relative difference 0.0002"
    assert said in described(report, 1e-3)


def test_other_differences_are_told() -> None:
    report = compared(["a 1", "b 2", "c 3"], ["a 1", "x 2"], 1e-3)
    assert (report.numbers, report.text) == (1, (2, "b 2", "x 2"))
    assert compared(["a 1"], ["a 1", "more"], 1e-3).text == (2, "(nothing)", "more")
    assert compared(["Conv2d 0x10"], ["Conv2d 0x10"], 1e-3).numbers == 0       # digits within names are no numbers
    assert relative_difference(0.0, 1e-9) == 1.0
    assert relative_difference(math.inf, math.inf) == 0.0
    assert relative_difference(math.inf, 1.0) == math.inf


def test_a_program_under_both(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "program.py").write_text(
        "import sys, torch\ntorch.manual_seed(int(sys.argv[1]))\nnet = torch.nn.Linear(3, 1)\n"
        "print('loss', net(torch.randn(4, 3)).pow(2).mean().item())\n"
        "if '--apart' in sys.argv: print('own', 1.25 if 'mtorch' in torch.__file__ else 1.5)\n"
        "if '--fail' in sys.argv: 1 / 0\n")

    def report(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, "-m", "mtorch.compare", *arguments], cwd=tmp_path,
                              capture_output=True, text=True, timeout=120, check=False,
                              env={**os.environ, "PYTHONPATH": str(ROOT)})
    same = report("program.py", "3")
    assert same.returncode == 0, same.stdout + same.stderr
    assert same.stdout.startswith("torch:  1 lines in ")
    assert "1 numbers compared" in same.stdout
    apart = report("--rtol", "0.01", "program.py", "3", "--apart", "--fail")
    assert apart.returncode == 2
    assert "torch:  2 lines" in apart.stdout
    assert "ZeroDivisionError: division by zero" in apart.stdout
    assert "first beyond 0.01: line 2, number 1: torch 1.5, mtorch 1.25, relative difference 0.17" in apart.stdout


def test_without_torch_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "python").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python").chmod(0o755)
    assert main(["--torch-python", str(tmp_path / "python"), "program.py"]) == 2
    assert "cannot import torch; name a Python that can by --torch-python" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--torch-python", str(tmp_path / "none"), "program.py"])
    assert "argument --torch-python: " in capsys.readouterr().err
