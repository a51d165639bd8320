"""How the program ends before its time: as the user asked, or because it cannot go on."""

from __future__ import annotations

import signal
import sys


class StopRequest:
    """Turns the first Ctrl-C into a request to stop after the current batch; a second one stops at once."""

    def __enter__(self):
        self.made = False
        self.previous = signal.signal(signal.SIGINT, self.make)
        return self

    def make(self, *_):
        self.made = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def __exit__(self, *_):
        signal.signal(signal.SIGINT, self.previous)


class CannotGoOn(Exception):
    """What the user has to know, in words for the user."""


def note(text: str) -> None:
    """What the user may want to know, though the program goes on."""
    print(f"note: {text}", file=sys.stderr)
