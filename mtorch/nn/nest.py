"""Tensors in tuples, lists and dicts: what modules take and return, such as the `(h, c)` of an LSTM."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..autograd.tape import TensorBase, wrap


def mapped(function: Callable[[Any], Any], value: Any) -> Any:
    """The same structure with every leaf replaced by function(leaf)."""
    if isinstance(value, tuple):
        items = [mapped(function, item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, list):
        return [mapped(function, item) for item in value]
    if isinstance(value, dict):
        return {key: mapped(function, item) for key, item in value.items()}
    return function(value)


def leaves(value: Any) -> Iterator[Any]:
    """Everything in the structure that is not a tuple, list or dict, in order."""
    if isinstance(value, (tuple, list)):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, dict):
        yield from leaves(tuple(value.values()))
    else:
        yield value


def tensors_in(value: Any) -> list[Any]:
    return [leaf for leaf in leaves(value) if isinstance(leaf, TensorBase)]


def to_arrays(value: Any) -> Any:
    """The structure with the array of each Tensor in its place."""
    return mapped(lambda leaf: leaf.array if isinstance(leaf, TensorBase) else leaf, value)


def to_tensors(value: Any) -> Any:
    """The structure with a constant Tensor in the place of each array."""
    return mapped(lambda leaf: wrap(leaf) if isinstance(leaf, (np.ndarray, np.generic)) else leaf, value)
