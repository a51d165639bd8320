"""docs/optimizers.md shows the lines that compute each algorithm: they are in the file it names, as it shows them."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import mtorch

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "optimizers.md"
SHOWN = re.compile(r"^`(mtorch/optim/\w+\.py)`\n\n```py\n(.*?)^```$", re.M | re.S)


def test_the_lines_shown_are_the_lines_that_run() -> None:
    shown = SHOWN.findall(PAGE.read_text(encoding="utf-8"))
    assert len(shown) == 13
    for name, lines in shown:
        source = (ROOT / name).read_text(encoding="utf-8")
        assert any(textwrap.indent(lines, " " * depth) in source for depth in (4, 8, 12)), f"{name} has no\n{lines}"


def test_every_algorithm_has_its_section() -> None:
    headings = " ".join(re.findall(r"^### (.*)$", PAGE.read_text(encoding="utf-8"), re.M)).replace("L-BFGS", "LBFGS")
    algorithms = {name for name in mtorch.optim.__all__ if name[0].isupper()} - {"Optimizer", "SparseAdam"}
    assert algorithms <= set(re.findall(r"\w+", headings))
