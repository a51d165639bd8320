"""A scan with a function of the program's own, as state space models such as Mamba import it."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..functions.joining import stack
from ..utils._pytree import tree_flatten, tree_unflatten


def associative_scan(combine_fn: Callable, xs: Any, dim: int, reverse: bool = False, combine_mode: str = "pointwise") -> Any:
    """All that `combine_fn` makes of the first elements along a dimension, one element after the other.

    combine_fn: gives of two elements their combination; elements and result have the structure of xs, without dim
    xs: a tensor, or a structure of tensors of one size along dim
    dim: the dimension along which elements follow each other
    reverse: whether to begin at the last
    combine_mode: "generic"; "pointwise", the default, needs a GPU

    Shape: that of xs.
    Raises: ValueError for a combine_fn that is none, sizes that differ, another combine_mode, and "pointwise".

    >>> import mtorch
    >>> associative_scan(lambda a, b: a * b, mtorch.tensor([1, 2, 3, 4]), 0, combine_mode="generic")
    tensor([ 1,  2,  6, 24])
    """
    if not callable(combine_fn):
        raise ValueError(f"Combine_fn must be a callable, but got {combine_fn}")
    if combine_mode not in ("pointwise", "generic"):
        raise ValueError(f"Combine_mode must either 'pointwise' or 'generic', but got {combine_mode}")
    if combine_mode == "pointwise":
        raise ValueError("For combine_mode='pointwise', all input tensors need to be on CUDA or XPU")
    leaves, structure = tree_flatten(xs)
    sizes = [leaf.size(dim) for leaf in leaves]
    if len(set(sizes)) != 1:
        raise ValueError(f"associative_scan: expected tensors of one size along dim {dim}, got {sizes}")
    elements = [leaf.unbind(dim)[::-1] if reverse else leaf.unbind(dim) for leaf in leaves]
    found: list[list] = []
    for element in map(list, zip(*elements)):
        both = (tree_unflatten(each, structure) for each in (*found[-1:], element))
        found.append(tree_flatten(combine_fn(*both))[0] if found else element)
    return tree_unflatten([stack(one[::-1] if reverse else one, dim) for one in zip(*found)], structure)
