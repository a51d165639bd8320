"""Libraries written over PyTorch run over mtorch unchanged, and print what they print over torch.

Each program in tests/libraries/ uses the library in its name, and says nothing of mtorch. It is skipped where the library
is not installed. Numbers may differ in their last digits, which float32 does not promise.
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
PROGRAMS = sorted((ROOT / "tests" / "libraries").glob("with_*.py"))
NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?")
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}


def printed(*command: str, folder: Path) -> str:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=300, check=False, cwd=folder,
                          env={**ENVIRONMENT, "PYTHONPATH": path})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem.removeprefix("with_"))
def test_a_library_does_what_it_does_over_torch(program, tmp_path):
    library = program.stem.removeprefix("with_")
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    ours = printed("-m", "mtorch", str(program), folder=tmp_path)
    assert ours.strip()
    if importlib.util.find_spec("torch") is None:
        return
    theirs = printed(str(program), folder=tmp_path)
    assert "".join(NUMBER.sub("#", ours).split()) == "".join(NUMBER.sub("#", theirs).split())
    for our, their in zip(NUMBER.findall(ours), NUMBER.findall(theirs), strict=True):
        assert float(our) == pytest.approx(float(their), rel=2e-3, abs=2e-4), (our, their)
