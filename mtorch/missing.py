"""What is said when a program asks for something of PyTorch that mtorch does not have."""
from __future__ import annotations

from collections.abc import Iterable

PAGE = "docs/from-pytorch.md"


def no_attribute(module: str, name: str, known: Iterable[str], why: str | None = None) -> AttributeError:
    """The error for `name`, which the module lacks, with why it does, or with the nearest of the names it has.

    >>> print(no_attribute("mtorch.nn", "Conv2D", ["Conv1d", "Conv2d", "Linear"]))
    mtorch.nn has no 'Conv2D'; the nearest name is 'Conv2d'. docs/from-pytorch.md lists what mtorch leaves ...
    """
    text = f"{module} has no {name!r}"
    if not name.startswith("__"):                  # Python itself asks for those, often
        near = None if why else nearest(name, known)
        text += f": {why}" if why else f"; the nearest name is {near!r}" if near else ""
        text += f". {PAGE} lists what mtorch leaves out of PyTorch."
    return AttributeError(text)


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
