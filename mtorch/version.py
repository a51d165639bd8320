"""What programs learn of the version: the PyTorch whose behaviour is imitated, then mtorch's own number."""
from __future__ import annotations

import re

__all__ = ["__version__", "cuda", "debug", "git_version", "hip", "mtorch", "torchvision", "xpu"]

mtorch = "0.1.0"


class Version(str):
    """A version's text that is compared as a version is, with texts or tuples of numbers.

    >>> Version("2.13.0") >= "2.4", Version("2.13.0+mtorch") >= (2, 13), Version("2.13.0") == "2.13.0"
    (True, True, True)
    """

    __slots__ = ()

    def __lt__(self, other) -> bool:
        return _numbers(self) < _numbers(other)

    def __le__(self, other) -> bool:
        return _numbers(self) <= _numbers(other)

    def __gt__(self, other) -> bool:
        return _numbers(self) > _numbers(other)

    def __ge__(self, other) -> bool:
        return _numbers(self) >= _numbers(other)


def _numbers(version) -> tuple[int, int, int]:
    """The three numbers of "2.13.0+cpu", (2, 13) or "2.4"; what is not said is 0."""
    parts = version if isinstance(version, (tuple, list)) else re.findall(r"\d+", str(version).partition("+")[0])
    numbers = [*(int(part) for part in parts if str(part).isdigit()), 0, 0, 0]
    return numbers[0], numbers[1], numbers[2]


__version__ = Version(f"2.13.0+mtorch.{mtorch}")
torchvision = Version(f"0.28.0+mtorch.{mtorch}")       # that belongs to it
cuda = hip = xpu = git_version = None
debug = False
