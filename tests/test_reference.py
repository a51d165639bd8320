"""The reference shows a docstring as it is laid out in the source."""
from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("griffe", reason="the extra `docs` is not installed")

DOCSTRING = """The squared error (a - b)^2, over `n_1 * n_2` elements.

reduction: "mean" or "sum",
    of all elements
a, b  tensors

    a formula

Shape: any -> ()
Raises: ValueError for
    another reduction.

>>> 1 + 1
2
"""

MARKDOWN = """The squared error (a - b)^2, over `n_1 * n_2` elements.

- `reduction`: "mean" or "sum", of all elements
- `a`, `b`: tensors

```text
a formula
```

**Shape:** any -&gt; ()

**Raises:** ValueError for another reduction.

```pycon
>>> 1 + 1
2
```"""


def test_a_docstring_becomes_markdown() -> None:
    path = Path(__file__).parents[1] / "docs" / "docstrings.py"
    spec = importlib.util.spec_from_file_location("docstrings", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.markdown(DOCSTRING) == MARKDOWN
