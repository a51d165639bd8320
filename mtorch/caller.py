"""Where in the program a warning belongs: on the line that called into this package, however far below it is given."""
from __future__ import annotations

import sys
from types import FrameType

_PACKAGE = __name__.partition(".")[0]


def program_line() -> int:
    """The `stacklevel` of that line, seen from the function that warns: `warnings.warn(text, stacklevel=program_line())`."""
    level = 1
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        level, frame = level + 1, frame.f_back
    return level
