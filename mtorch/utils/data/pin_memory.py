"""Pinning what a DataLoader gives, for batches of a program's own: on a CPU, everything stays where it is."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def pin_memory(data: Any, device: Any = None) -> Any:
    """What `data.pin_memory()` gives, also of what lies in mappings and sequences; anything else, itself.

    data: tensors, objects with a method `pin_memory`, and mappings and sequences of them
    device: of no effect

    >>> import mtorch
    >>> pin_memory({"x": [mtorch.ones(1), 2]})
    {'x': [tensor([1.]), 2]}
    """
    if hasattr(data, "pin_memory"):
        return data.pin_memory()
    if isinstance(data, Mapping):
        return type(data)({key: pin_memory(value, device) for key, value in data.items()})  # type: ignore[call-arg]
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*(pin_memory(value, device) for value in data))
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return type(data)([pin_memory(value, device) for value in data])  # type: ignore[call-arg]
    return data
