"""How the programs here end where they cannot go on: by a line that says why, before the training where that is known."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path


def run(main: Callable[[], None]) -> None:
    """Run a program; Ctrl-C ends it quietly, and what cannot be read or written ends it with a message."""
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:  # a folder that is none, or cannot be written to, or a full disk
        sys.exit(f"error: {error}")


def check_can_save(parser: argparse.ArgumentParser, file: Path | None) -> None:
    """Make the folder of what `--save` is to write, and complain now if it cannot be written."""
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"argument --save: {error}")
    if file.is_dir() or not os.access(file.parent, os.W_OK):
        parser.error(f"argument --save: {file} is a folder, or is in one that cannot be written to")
