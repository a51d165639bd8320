"""docs/bptt.md sets formulas beside lines of the rules: the lines are there, in the file that is named before them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "bptt.md"


def quoted_lines() -> list[tuple[str, str]]:
    """(file, line) for every row of the tables."""
    found, file = [], ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        for target in re.findall(r"\]\(\.\./(mtorch/ops/\w+\.py)\)", line):
            file = target
        for code in re.findall(r"^\|.*\| `(.*)` \|$", line):
            found.append((file, code))
    return found


def test_there_are_tables_for_all_three():
    assert {file for file, _ in quoted_lines()} == {f"mtorch/ops/{name}.py" for name in ("rnn", "lstm", "gru")}
    assert len(quoted_lines()) > 20


@pytest.mark.parametrize(("file", "code"), quoted_lines())
def test_line_is_in_the_source(file, code):
    lines = [line.split("  #")[0].strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    assert code in lines
