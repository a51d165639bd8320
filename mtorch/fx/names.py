"""What functions are called in a graph, and what values are: names that Python can read."""
from __future__ import annotations

import builtins
import functools
import importlib
import keyword
import re
import sys
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

from ..torch_function import COMPILED

_PACKAGE = __name__.partition(".")[0]
_PUBLIC = ("", "nn.functional", "linalg", "special", "fft", "sparse", "nn.init", "autograd", "functional")
# Under which names a graph shows functions that torch has from elsewhere than where a program finds them.
_ELSEWHERE = {
    **COMPILED,
    "torch.nn.functional": "adaptive_max_pool1d max_pool1d max_pool2d max_pool3d rms_norm",
    "torch.functional": "atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes broadcast_tensors cartesian_prod cdist "
                        "chain_matmul einsum lu meshgrid norm split stft tensordot unique unique_consecutive unravel_index",
}
_PLACES = {name: place for place, names in _ELSEWHERE.items() for name in names.split()}


def qualified_name(function: Callable) -> str:
    """The name by which a program reaches a function: "torch.relu", "_operator.add"."""
    if getattr(builtins, getattr(function, "__name__", ""), None) is function:
        return f"builtins.{function.__name__}"
    found = _of_torch(function)
    if found is not None:
        return found
    name = getattr(function, "__name__", type(function).__name__)
    module = getattr(function, "__module__", None)
    if module is None or name == "<lambda>":
        raise RuntimeError(f"Unable to find a name for {function}: a graph can call functions that stand in a module only")
    for ours, theirs in ((f"{_PACKAGE}.vision.", "torchvision."), (f"{_PACKAGE}.fx.", "torch.fx.")):
        if module.startswith(ours):
            module = theirs + module.removeprefix(ours)
    return f"{module}.{name}"


def _of_torch(function: Callable) -> str | None:
    public = getattr(function, "public_name", None)    # of one that asks the classes of its arguments
    if public is None:
        try:
            public = _public_names().get(function) or _found_late(function)
        except TypeError:                              # not hashable
            return None
    if public is None:
        return None
    part, _, name = public.rpartition(".")
    return f"{_PLACES.get(name, part) if part in ('torch', 'torch.nn.functional') else part}.{name}"


def _found_late(function: Any) -> str | None:
    """The name of a function that torch's own module has only since it was asked for."""
    name = getattr(function, "__name__", "")
    ours = str(getattr(function, "__module__", "")).startswith(f"{_PACKAGE}.")
    return f"torch.{name}" if ours and getattr(sys.modules[_PACKAGE], name, None) is function else None


@functools.cache
def _public_names() -> dict[Callable, str]:
    """The functions of torch's public modules, with their names there."""
    names: dict[Callable, str] = {}
    for part in _PUBLIC:
        module: ModuleType = importlib.import_module(f"{_PACKAGE}.{part}" if part else _PACKAGE)
        inside: dict[str, Any] = dict(vars(module))
        for name, value in inside.items():
            if isinstance(value, FunctionType) and not name.startswith("__"):
                own = value.__name__
                own = own if inside.get(own) is value else name            # of several, its own
                shown = f"torch.{part}.{own}" if part else f"torch.{own}"
                names.setdefault(value, shown)
                if hasattr(value, "public_name"):          # and the function whose place it took
                    names.setdefault(value.__wrapped__, shown)      # type: ignore[attr-defined]
    return names


def snake_case(text: str) -> str:
    """BatchNorm2d -> batch_norm2d"""
    text = re.sub(r"([a-z])([A-Z])", r"\1_\2", text)
    return text.lower()


class Namespace:
    """The names that are taken in a graph."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self._last: dict[str, int] = {}                # base -> the last number that was put behind it

    def create_name(self, candidate: str, own: Any = None) -> str:
        """A name like the candidate that is free.

        own: what the name is for; it may take a built-in name if it is what that stands for
        """
        candidate = re.sub(r"[^0-9a-zA-Z_]+", "_", candidate) or "_unnamed"
        if candidate[0].isdigit():
            candidate = f"_{candidate}"
        parts = re.fullmatch(r"(.*?)(?:_(\d+))?", candidate)
        assert parts is not None
        base, digits = parts[1], parts[2]
        if digits is not None and candidate not in self.taken:
            number = int(digits)
        else:
            number = self._last.get(base, 0)
            if _stands_for_another(candidate, own):
                number += 1
                candidate = f"{base}_{number}"
        while candidate in self.taken:
            number += 1
            candidate = f"{base}_{number}"
        self.taken.add(candidate)
        self._last[base] = number
        return candidate


def _stands_for_another(name: str, own: Any) -> bool:
    if keyword.iskeyword(name) or name in ("inf", "nan", "NoneType", "torch", "device", "fx_pytree", "pytree"):
        return True
    return hasattr(builtins, name) and getattr(builtins, name) is not own
