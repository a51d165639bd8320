"""Memory that is freed stays with the process, so that the next step need not ask the system for it page by page."""
from __future__ import annotations

import os
import subprocess
import sys

import pytest

from mtorch.ops.memory import keep_freed_memory

FAULTS = """
import resource
import numpy as np
import mtorch

def step():
    for array in [np.empty(1 << 20, np.float32) for _ in range(4)]:
        array.fill(1)

for _ in range(3):
    step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(**variables: str) -> int:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    answer = subprocess.run([sys.executable, "-c", FAULTS], env={**env, **variables}, capture_output=True, text=True,
                            check=True)
    return int(answer.stdout)


def test_a_step_reuses_the_memory_of_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("MALLOC_", "GLIBC_")):
            monkeypatch.delenv(name)
    if not keep_freed_memory():
        pytest.skip("not the GNU C library")
    assert faults() < 100                               # of 40,960 pages


def test_what_the_environment_says_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "131072")
    assert not keep_freed_memory()
