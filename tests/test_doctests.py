"""Every example in a docstring runs, and shows what it says.

Modules are found on disk and imported the way a user's program does. (pytest's own --doctest-modules would import each
file by its path, a second copy of the package with other classes in it.)
"""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def module_names() -> list[str]:
    paths = sorted((ROOT / "mtorch").rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    return [name for name in names if name != "mtorch.as_torch"]      # importing it would hide torch from other tests


@pytest.mark.parametrize("name", module_names())
def test_examples_of(name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)    # an example may save a file
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert not failed, capsys.readouterr().out
