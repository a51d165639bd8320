"""`vmap`: a function of one example becomes a function of a batch of them."""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .. import random
from ..autograd.mode import keeping_graphs
from ..functions.joining import stack
from ..tensor import Tensor
from ..utils._pytree import _broadcast_to_and_flatten, tree_leaves, tree_structure
from .tree import like, structure

_ERROR_MODE = ("vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' "
               "randomness flags on vmap or perform the randomness operation out of vmap")
_SHARED_WRITE = ("vmap: a tensor that all examples share was written in place: it would be written once for each example. Write "
                 "into a clone(), or give in_dims a dimension of it")


def vmap(func: Callable, in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error", *,
         chunk_size: int | None = None) -> Callable:
    """A function that runs func on each of a batch of examples, one after the other, and stacks what it gives.

    func: takes and returns tensors, also in tuples, lists and dicts; what is done to one example, `.item()` too, is allowed
    in_dims: along which dimension of each argument the examples lie, None for an argument that all of them share; one for
        all, or in a tuple of the structure of the arguments. Arguments by name are shared, as in torch.
    out_dims: along which dimension of each result they are to lie, None for a result that is the same for all
    randomness: "error" to refuse random numbers; "same" for the same ones for each example; "different"
    chunk_size: how many examples torch runs at a time; without effect

    It saves no time here, as it does in torch, but programs need no loop of their own.
    Shape: as func's, with the mapped dimension in addition.
    Raises: RuntimeError for another randomness, ValueError for a chunk_size below 1. What it makes: ValueError for dims that
        do not fit the arguments, unequal numbers of examples, no arguments, and results that are no tensors; RuntimeError
        for random numbers, and where an argument that all examples share is written in place.

    >>> import mtorch
    >>> rows, w = mtorch.tensor([[1.0, 2.0], [3.0, 4.0]]), mtorch.tensor([1.0, -1.0])
    >>> mtorch.vmap(mtorch.dot, in_dims=(0, None))(rows, w)
    tensor([-1., -1.])
    >>> mtorch.vmap(mtorch.func.grad(lambda w, x: (w * x).sum() ** 2), in_dims=(None, 0))(w, rows)
    tensor([[-2., -4.],
            [-6., -8.]])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and chunk_size < 1:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")
    name = getattr(func, "__name__", repr(func))

    @functools.wraps(func)
    def mapped(*args: Any, **kwargs: Any) -> Any:
        inputs, dims = tree_leaves(args), _dims(name, in_dims, args)
        count = _count(name, in_dims, inputs, dims)
        examples = [x if dim is None else x.unbind(dim) for x, dim in zip(inputs, dims, strict=True)]
        if not count:                              # one of zeros tells what shapes there would be
            examples = [x if dim is None else [x.new_zeros([n for d, n in enumerate(x.shape) if d != dim % x.dim()])]
                        for x, dim in zip(inputs, dims, strict=True)]
        named = tree_leaves(kwargs)
        shared = [x for x, dim in zip([*inputs, *named], [*dims, *[None] * len(named)], strict=True)
                  if dim is None and isinstance(x, Tensor)]
        versions = [x._version for x in shared]
        before = random.default_generator.get_state()
        results = []
        for i in range(max(count, 1)):
            if randomness == "same":
                random.default_generator.set_state(before)
            example = like(args, [x if dim is None else x[i] for x, dim in zip(examples, dims, strict=True)])
            with keeping_graphs(i < count - 1):        # the next example may go back through one from outside again
                results.append(func(*example, **kwargs))
            if count > 1 and [x._version for x in shared] != versions:
                raise RuntimeError(_SHARED_WRITE)
            if randomness == "error" and not random.default_generator.get_state().equal(before):
                random.default_generator.set_state(before)           # as if it had been refused before it drew
                raise RuntimeError(_ERROR_MODE)
        outward = _broadcast_to_and_flatten(out_dims, tree_structure(results[0]))
        if outward is None:
            raise ValueError(f"vmap({name}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the "
                             f"structure of `outputs`. out_dims has structure {structure(out_dims)} but outputs has "
                             f"structure {structure(results[0])}.")
        together = zip(*map(tree_leaves, results), strict=True)
        return like(results[0], [_joined(name, list(parts), dim, count)
                                 for parts, dim in zip(together, outward, strict=True)])
    return mapped


def _dims(name: str, in_dims: Any, args: tuple) -> list[Any]:
    """The dimension of each tensor in the arguments."""
    if not isinstance(in_dims, (int, tuple, list)):
        raise ValueError(f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): expected `in_dims` to be int or a (potentially "
                         f"nested) tuple matching the structure of inputs, got: {type(in_dims)}.")
    if not args:
        raise ValueError(f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap "
                         "over a function with no inputs. The latter is unsupported.")
    dims = _broadcast_to_and_flatten(tuple(in_dims) if isinstance(in_dims, list) else in_dims, tree_structure(args))
    if dims is None:
        raise ValueError(f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): in_dims is not compatible with the structure of "
                         f"`inputs`. in_dims has structure {structure(in_dims)} but inputs has structure {structure(args)}.")
    return dims


def _count(name: str, in_dims: Any, inputs: list[Any], dims: list[Any]) -> int:
    """How many examples there are."""
    sizes = []
    for x, dim in zip(inputs, dims, strict=True):
        where = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>): Got in_dim={dim} for"
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise ValueError(f"{where} an input but in_dim must be either an integer dimension or None.")
        if not isinstance(x, Tensor):
            raise ValueError(f"{where} an input but the input is of type {type(x)}. We cannot vmap over non-Tensor "
                             "arguments, please use None as the respective in_dim")
        if not -x.dim() <= dim < x.dim():
            raise ValueError(f"{where} some input, but that input is a Tensor of dimensionality {x.dim()} so expected "
                             f"in_dim to satisfy -{x.dim()} <= in_dim < {x.dim()}.")
        sizes.append(x.shape[dim])
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if len(set(sizes)) > 1:
        raise ValueError("vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
                         f"{sizes} for the mapped dimension")
    return sizes[0]


def _joined(name: str, parts: list[Any], dim: int | None, count: int) -> Any:
    """One result of all the examples."""
    if dim is None:
        if any(part is not parts[0] and not (isinstance(part, Tensor) and part.equal(parts[0])) for part in parts):
            raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
        return parts[0]
    for part in parts:
        if not isinstance(part, Tensor):
            raise ValueError(f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(part)}. Did you mean to "
                             "set out_dims= to None for output?")
    joined = stack(parts, dim)
    return joined if count else joined.narrow(dim, 0, 0)
