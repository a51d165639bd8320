"""Programs as PyTorch's users write them print under `python -m mtorch` what they print under torch.

The first loss is equal to 6 digits, every loss within 1e-3.  Where torch is not installed the programs still run, and
learn.  The programs stand in tests/programs/ and say nothing of mtorch.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAMS = sorted((ROOT / "tests" / "programs").glob("*.py"))
LOSS = re.compile(r"loss\w*(?: [A-Z])?:? (-?[\d.]+(?:e-?\d+)?|nan|inf)")
LEAST_STEPS = 20                # losses a program prints
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

# Importing torch takes longer than most of the programs, so one process imports it and forks for each of them.
UNDER_TORCH = """
import os, runpy, sys, traceback
import torch
torch.optim.SGD([torch.zeros(1)], lr=1.0)
for program in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            target = os.open(os.path.join(os.environ["OUTPUTS"], os.path.basename(program)), os.O_WRONLY | os.O_CREAT)
            os.dup2(target, 1)
            sys.argv = [program]
            runpy.run_path(program, run_name="__main__")
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(code)
    if os.waitpid(child, 0)[1]:
        sys.exit(f"{program} failed under torch")
"""


@pytest.fixture(scope="module")
def printed_by_torch(tmp_path_factory):
    """What each program prints under torch, by its name."""
    if importlib.util.find_spec("torch") is None or not hasattr(os, "fork"):
        return {}
    outputs = tmp_path_factory.mktemp("torch")
    done = subprocess.run([sys.executable, "-c", UNDER_TORCH, *map(str, PROGRAMS)], capture_output=True, text=True,
                          env={**ENVIRONMENT, "OUTPUTS": str(outputs)}, timeout=300, check=False, cwd=outputs)
    assert done.returncode == 0, done.stderr
    return {path.stem: (outputs / path.name).read_text() for path in PROGRAMS}


def losses(text: str) -> list[float]:
    return [float(number) for number in LOSS.findall(text)]


WARNINGS = "error,ignore:This DataLoader will create"      # more workers than cores, on a machine that has one


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_program(program: Path, printed_by_torch: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "mtorch", program], capture_output=True, text=True, timeout=120,
                          check=False, cwd=tmp_path, env={**ENVIRONMENT, "PYTHONWARNINGS": WARNINGS})
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    ours = losses(done.stdout)
    assert len(ours) >= LEAST_STEPS
    if program.stem not in printed_by_torch:
        pytest.skip("ran; without torch there is nothing to compare with")
    theirs = losses(printed_by_torch[program.stem])
    assert len(theirs) == len(ours)
    assert ours[0] == pytest.approx(theirs[0], rel=1e-6, abs=1e-7)
    assert ours == pytest.approx(theirs, rel=1e-3)


def test_programs_know_nothing_of_mtorch() -> None:
    assert len(PROGRAMS) >= 12
    assert not [path.name for path in PROGRAMS if "mtorch" in path.read_text(encoding="utf-8")]
