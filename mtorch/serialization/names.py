"""Which class or function a name in a file means, and which name it is written by.

A file names what torch names: `torch.nn Linear` stands for mtorch's. Nothing is imported to find a name.
"""
from __future__ import annotations

import sys
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING, REVERSE_IMPORT_MAPPING, REVERSE_NAME_MAPPING
from typing import Any

_ROOT = __package__.partition(".")[0]
# where something stands here that torch has in another place, and has a public name for in neither
_ELSEWHERE = {("torch.nn.modules.linear", "NonDynamicallyQuantizableLinear"): f"{_ROOT}.nn.attention"}


def found(module: str, name: str) -> Any:
    """What the running program has under this name; None where it has nothing.

    Of torch's modules the ones above are searched too: files may name `torch.nn.modules.linear Linear`.
    """
    module = "torch.nn.functional" if module == "torch._C._nn" else _ELSEWHERE.get((module, name), module)
    first, _, rest = module.partition(".")
    own = first in ("torch", _ROOT)
    source = f"{_ROOT}.{rest}".strip(".") if own else module
    while source:
        thing = _inner(vars(sys.modules[source]), name) if source in sys.modules else None
        if thing is not None or not own:
            return thing
        source = source.rpartition(".")[0]
    return None


def _inner(names: Any, name: str) -> Any:
    first, *inner = name.split(".")
    thing = names.get(first)
    for part in inner:
        thing = vars(thing).get(part) if isinstance(thing, type) else None
    return thing


def modern(module: str, name: str) -> tuple[str, str]:
    """The name that Python 3 has for what protocol 2 names as Python 2 did, `__builtin__ long`."""
    return NAME_MAPPING.get((module, name), (IMPORT_MAPPING.get(module, module), name))


def written(thing: Any) -> tuple[str, str] | None:
    """The module and the name by which a class or function is written; None where loading could not find it so.

    What is mtorch's is written under torch's name of it, the shortest there is.
    """
    module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    if not isinstance(name, str) or not isinstance(module, str):
        return None
    if module.partition(".")[0] == _ROOT:
        for theirs, ours in _ELSEWHERE.items():
            if (ours, theirs[1]) == (module, name):
                return theirs
        above = module.split(".")
        for count in (*range(2, len(above)), 1, len(above)):         # the package itself last: torch.Sequential is none
            package = ".".join(above[:count])
            if package in sys.modules and _inner(vars(sys.modules[package]), name) is thing:
                return "torch" + package.removeprefix(_ROOT), name
        return None
    if found(module, name) is not thing:
        return None
    return REVERSE_NAME_MAPPING.get((module, name), (REVERSE_IMPORT_MAPPING.get(module, module), name))
