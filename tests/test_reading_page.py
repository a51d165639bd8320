"""docs/reading.md says how long the files are that it leads through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "reading.md"
STOPS = re.findall(r"^\| (\d+\. [^|]+) \| ([^|]+) \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.M)


@pytest.mark.parametrize(("stop", "files", "lines"), STOPS, ids=[stop for stop, _, _ in STOPS])
def test_a_stop_is_as_long_as_it_says(stop: str, files: str, lines: str) -> None:
    paths = re.findall(r"\]\(([^)]+)\)", files)
    came = sum(len((PAGE.parent / path).read_text(encoding="utf-8").splitlines()) for path in paths)
    assert abs(came - int(lines)) <= 0.1 * came, f"{stop} has {came} lines"


def test_each_stop_has_its_part() -> None:
    headings = re.findall(r"^## (\d+\. .+)$", PAGE.read_text(encoding="utf-8"), re.M)
    assert headings == [stop for stop, _, _ in STOPS] and headings
