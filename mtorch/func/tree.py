"""What functions of torch.func take and return, trees of Tensors (see utils/_pytree.py), filled anew, and shown."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..utils._pytree import tree_structure


def like(tree: Any, values: Iterable[Any]) -> Any:
    """The tree with values in the place of its leaves, in order."""
    return tree_structure(tree).unflatten(values)


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
