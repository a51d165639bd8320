"""Where data is kept, and how a file is written so that a crash never leaves half of one.

Data sets are read from and written to the user's cache directory. Everything that writes there goes through
`replaced`: the bytes go to a temporary file beside the target, which takes the target's name only when it is complete.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["cache_dir", "replaced"]

_ABANDONED_AFTER = 3600.0  # seconds; a temporary file untouched for so long belongs to a process that was killed


def cache_dir() -> Path:
    """The folder where mtorch keeps data: `$XDG_CACHE_HOME/mtorch`, or `~/.cache/mtorch`. It need not exist yet.

    >>> cache_dir().name
    'mtorch'
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification asks to ignore a relative path.
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "mtorch"


@contextlib.contextmanager
def replaced(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Yield a file to write; when the block ends well it becomes `path` in one step, otherwise it vanishes.

    An existing `path` keeps its mode and stays as it was until the step. The folder is made if it is missing.

    >>> with replaced("notes.txt") as file:
    ...     size = file.write(b"whole or not at all")
    >>> Path("notes.txt").read_text()
    'whole or not at all'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(path)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode_for(path))
        os.replace(temporary, path)
    except BaseException:  # KeyboardInterrupt too
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _sync_folder(path.parent)


def _mode_for(path: Path) -> int:
    """The mode of the file that is replaced, or what `open` would give a new one (mkstemp gives 0600)."""
    try:
        return path.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where the system can (Windows cannot open a folder)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_abandoned(path: Path) -> None:
    """Delete what killed processes left of `path`; younger files may be another process's work."""
    for leftover in path.parent.glob(f".{path.name}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.stat().st_mtime > _ABANDONED_AFTER:
                leftover.unlink()
