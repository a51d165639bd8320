"""The benchmarks run: each on mtorch, for a moment. How long they take is asserted nowhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .measure import benchmarks


def test_every_benchmark_runs() -> None:
    runner = Path(__file__).with_name("run.py")
    command = [sys.executable, str(runner), "--framework", "mtorch", "--rounds", "1", "--seconds", "0.001"]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    for function in benchmarks().values():
        assert function.title in answer.stdout    # type: ignore[attr-defined]
