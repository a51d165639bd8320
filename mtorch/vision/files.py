"""Where data is kept on the user's machine."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_dir"]


def cache_dir() -> Path:
    """The folder where mtorch keeps data: `$XDG_CACHE_HOME/mtorch`, or `~/.cache/mtorch`. It need not exist yet.

    Raises: RuntimeError where the user has no home folder.

    >>> cache_dir().name
    'mtorch'
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification asks to ignore a relative path.
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "mtorch"
