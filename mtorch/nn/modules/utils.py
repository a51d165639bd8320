"""torch.nn.modules.utils: one number for every axis, or one for each."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any


def _ntuple(n: int, name: str = "parse") -> Callable[[Any], tuple]:
    """A function that repeats a value n times, or makes a tuple of several.

    >>> import mtorch
    >>> mtorch.nn.modules.utils._pair(3), mtorch.nn.modules.utils._pair([1, 2])
    ((3, 3), (1, 2))
    """
    def parse(x: Any) -> tuple:
        return tuple(x) if isinstance(x, Iterable) else tuple(repeat(x, n))
    parse.__name__ = name
    return parse


_single, _pair, _triple, _quadruple = (_ntuple(n, f"_{word}") for n, word in
                                       enumerate(("single", "pair", "triple", "quadruple"), 1))


def _reverse_repeat_tuple(t: tuple, n: int) -> tuple:
    """Each element n times, the last first: (1, 2) twice is (2, 2, 1, 1)."""
    return tuple(x for x in reversed(t) for _ in range(n))


def consume_prefix_in_state_dict_if_present(state_dict: dict[str, Any], prefix: str) -> None:
    """Take a prefix, as "module.", from the keys of a state_dict, in place.

    >>> from mtorch.nn.modules.utils import consume_prefix_in_state_dict_if_present
    >>> state = {"module.weight": 1}
    >>> consume_prefix_in_state_dict_if_present(state, "module.")
    >>> state
    {'weight': 1}
    """
    for key in [key for key in state_dict if key.startswith(prefix)]:
        state_dict[key[len(prefix):]] = state_dict.pop(key)
    metadata: dict = getattr(state_dict, "_metadata", None) or {}
    for key in list(metadata):
        if key == prefix.replace(".", "") or key.startswith(prefix):
            metadata[key[len(prefix):]] = metadata.pop(key)
