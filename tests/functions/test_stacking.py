"""Grids: when the order of their axes is not said."""
from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import warnings
import {name} as torch
x = torch.arange(2)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    torch.meshgrid(x, x, indexing="ij")
    assert not caught
    torch.meshgrid(x, x)
    torch.meshgrid([x, x])
    torch.meshgrid(x)
for w in caught:
    print(w.category.__name__, str(w.message).partition(" (Triggered")[0])
"""


def test_meshgrid_warns_as_torch_once_in_a_process():
    pytest.importorskip("torch")
    ours, theirs = (subprocess.run([sys.executable, "-c", PROGRAM.format(name=name)], capture_output=True, text=True,
                                   check=True).stdout for name in ("mtorch", "torch"))
    assert ours == theirs and ours.count("UserWarning") == 1
