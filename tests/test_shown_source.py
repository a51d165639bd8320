"""The pages that teach show lines of the source: those are in the file named above them, as they are shown.

On a page a line with nothing but the path of a file, then a `py` block; in the block, `...` alone on a line is a gap.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHOWN = re.compile(r"^`((?:mtorch|apps|tests)/[\w/]+\.py)`\n\n```py\n(.*?)^```$", re.M | re.S)
CASES = [(page, name, lines) for page in sorted((ROOT / "docs").glob("*.md"))
         for name, lines in SHOWN.findall(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(("page", "name", "lines"), CASES, ids=[f"{page.stem}-{name}" for page, name, _ in CASES])
def test_the_lines_shown_are_in_the_source(page: Path, name: str, lines: str) -> None:
    source, start = (ROOT / name).read_text(encoding="utf-8"), 0
    for part in re.split(r"^\.\.\.\n", lines, flags=re.M):
        found = [source.find(textwrap.indent(part, " " * depth), start) for depth in (0, 4, 8, 12, 16)]
        assert max(found) >= 0, f"{page.name}: {name} has no\n{part}"
        start = max(found) + len(part)
