"""Tensors in tuples, lists and dicts, however nested: what the functions of torch.func take and return."""
from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any


def children(tree: Any) -> list[Any] | None:
    """The parts of a tuple, a list or a dict; None for a leaf."""
    if isinstance(tree, (tuple, list)):
        return list(tree)
    if isinstance(tree, dict):
        return list(tree.values())
    return None


def leaves(tree: Any) -> list[Any]:
    """Everything in the tree that is no tuple, list or dict, in order."""
    parts = children(tree)
    return [tree] if parts is None else [leaf for part in parts for leaf in leaves(part)]


def like(tree: Any, values: Iterable[Any]) -> Any:
    """The tree with values in the place of its leaves, in order."""
    return _filled(tree, iter(values))


def _filled(tree: Any, values: Iterator[Any]) -> Any:
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*[_filled(part, values) for part in tree])
    if isinstance(tree, (tuple, list)):
        parts = [_filled(part, values) for part in tree]
        return tuple(parts) if isinstance(tree, tuple) else parts
    if isinstance(tree, dict):
        items = {key: _filled(part, values) for key, part in tree.items()}
        if isinstance(tree, defaultdict):
            return defaultdict(tree.default_factory, items)
        return OrderedDict(items) if isinstance(tree, OrderedDict) else items
    return next(values)


def structure(tree: Any) -> str:
    """The tree as torch's messages show it, with a star for each leaf: `(*, {'a': *})`."""
    if isinstance(tree, tuple):
        inner = ", ".join(map(structure, tree))
        return f"({inner},)" if len(tree) == 1 else f"({inner})"
    if isinstance(tree, list):
        return f"[{', '.join(map(structure, tree))}]"
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key!r}: {structure(part)}" for key, part in tree.items()) + "}"
    return "*"


def spread(prefix: Any, tree: Any) -> list[Any] | None:
    """For each leaf of the tree what the prefix, a tree that may end earlier, has for it; None where they do not fit."""
    below = children(prefix)
    if below is None:
        return [prefix] * len(leaves(tree))
    parts = children(tree)
    fits = parts is not None and isinstance(prefix, dict) == isinstance(tree, dict) and len(below) == len(parts)
    if not fits or isinstance(prefix, dict) and list(prefix) != list(tree):
        return None
    found = [spread(one, part) for one, part in zip(below, parts or (), strict=True)]
    return None if any(one is None for one in found) else [value for one in found for value in one or ()]
