"""How a file is written so that a crash, at whatever moment, leaves the old one or the new one and never half of one."""
from __future__ import annotations

import contextlib
import os
import secrets
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_ABANDONED_AFTER = 3600.0        # seconds; a temporary file untouched for so long belongs to a process that was killed


@contextlib.contextmanager
def replaced(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Yield a file to write; when the block ends well it becomes `path` in one step, otherwise it vanishes.

    An existing `path` keeps its mode, and stays as it was until the step; a link keeps pointing where it points.  The
    folder is made if it is missing.  What is not a file (a pipe, a device) is written to directly.

    >>> from mtorch.utils.files import replaced
    >>> with replaced("notes.txt") as file:
    ...     size = file.write(b"whole or not at all")
    >>> Path("notes.txt").read_text()
    'whole or not at all'
    """
    target = Path(os.path.realpath(path))
    mode = None
    with contextlib.suppress(FileNotFoundError):
        mode = target.stat().st_mode
    if mode is not None and not stat.S_ISREG(mode):
        with open(target, "wb") as file:             # a folder is refused here, by an error that says so
            yield file
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(target)
    temporary = target.parent / f".{target.name}.{secrets.token_hex(8)}.part"
    try:
        with open(temporary, "x+b") as file:
            if mode is not None:
                os.chmod(temporary, stat.S_IMODE(mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:                            # KeyboardInterrupt too
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where the system can (Windows cannot open a folder)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_abandoned(target: Path) -> None:
    """Delete what killed processes left of `target`; younger files may be another process's work."""
    for leftover in target.parent.iterdir():
        if leftover.name.startswith(f".{target.name}.") and leftover.name.endswith(".part"):
            with contextlib.suppress(OSError):
                if time.time() - leftover.stat().st_mtime > _ABANDONED_AFTER:
                    leftover.unlink()
