"""What is said when a program asks for something of PyTorch that mtorch does not have."""
from __future__ import annotations

from collections.abc import Iterable

PAGE = "docs/from-pytorch.md"


def no_attribute(module: str, name: str, known: Iterable[str], why: str | None = None) -> AttributeError:
    """The error for `name`, which the module lacks, with why it does, or with the nearest of the names it has.

    >>> print(no_attribute("mtorch.nn", "Conv2D", ["Conv1d", "Conv2d", "Linear"]))
    mtorch.nn has no 'Conv2D'; the nearest name is 'Conv2d'. docs/from-pytorch.md lists what mtorch leaves ...
    """
    return AttributeError(_Missing(module, name, known, why))


class _Missing:
    """The text of that error.  The nearest name is looked for when it is read: some programs try names in every step."""

    def __init__(self, module: str, name: str, known: Iterable[str], why: str | None) -> None:
        self.module, self.name, self.known, self.why = module, name, known, why

    def __str__(self) -> str:
        text = f"{self.module} has no {self.name!r}"
        if self.name.startswith("__"):             # Python itself asks for those
            return text
        near = None if self.why else nearest(self.name, self.known)
        text += f": {self.why}" if self.why else f"; the nearest name is {near!r}" if near else ""
        return f"{text}. {PAGE} lists what mtorch leaves out of PyTorch."

    def __repr__(self) -> str:
        return repr(str(self))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known public name most like this one, in any case of its letters; None when none is like it.

    >>> nearest("relU", ["relu", "selu"]), nearest("quantize_per_tensor", ["relu"])
    ('relu', None)
    """
    import difflib
    by_lower: dict[str, str] = {}
    for one in sorted(known):                      # of AdamW and adamw, a class and its file, the class comes first
        if not one.startswith("_"):
            by_lower.setdefault(one.lower(), one)
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None
