"""Derivatives of functions as functions: `grad`, `vjp`, `jvp`, Jacobians and Hessians, which may be nested at will.

A function is run on inputs that begin a graph of their own, and the graph is swept backward, as ever.  What the result
depends on besides, be it the input of an outer `grad` or a Parameter that requires grad, it stays connected to; of a graph
that leads only to the inputs that were made here, nothing is kept.
"""
from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable
from typing import Any

from ..autograd.engine import grad as gradients
from ..autograd.mode import enable_grad, is_grad_enabled
from ..functions.joining import stack
from ..tensor import Tensor
from ..utils._pytree import tree_leaves
from .tree import like, structure


class _Running(threading.local):
    """The levels that are being computed at, outermost first."""

    def __init__(self) -> None:
        self.levels: list[object] = []


_running = _Running()
_LEVEL = "_level"                  # the attribute of a leaf that is made here, with its level


class _Start:
    """Inputs at which a graph begins: `tree` in place of the given one, and its tensors.

    Each has a level of its own, and a `with` block is where that is computed at.  Leaves of this level, and of others that
    are over, are inner matters; those of the levels around, and all that were not made here, are outside.
    """

    def __init__(self, tree: Any) -> None:
        given = tree_leaves(tree)
        for x in given:
            if not isinstance(x, Tensor):
                raise ValueError(f"Thing passed to transform API must be Tensor, got {type(x)}")
            if not (x.is_floating_point() or x.is_complex()):
                raise RuntimeError("only Tensors of floating point dtype can require gradients")
        self.outer = is_grad_enabled()             # whether results are to be connected with anything outside
        with enable_grad():
            self.tensors = [x.view_as(x) if self.outer and x.requires_grad else x.detach().requires_grad_() for x in given]
        self.tree = like(tree, self.tensors)
        self.level = object()
        self.mark(self.tensors)

    def __enter__(self) -> _Start:
        _running.levels.append(self.level)
        self.recording = enable_grad()
        self.recording.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self.recording.__exit__(*exception)
        _running.levels.pop()

    def mark(self, tensors: list[Tensor]) -> None:
        """Note that these leaves are made at this level."""
        for x in tensors:
            if x.is_leaf:
                vars(x)[_LEVEL] = self.level

    def _is_outside(self, leaf: Tensor) -> bool:
        level = vars(leaf).get(_LEVEL)
        return level is None or level is not self.level and level in _running.levels

    def leads_outside(self, values: Iterable[Any]) -> bool:
        """Whether the graph of the values leads to anything that requires grad and was not begun here."""
        if not self.outer:
            return False
        waiting = [y for y in values if isinstance(y, Tensor) and y.requires_grad]
        if any(y.is_leaf and self._is_outside(y) for y in waiting):
            return True
        nodes: list[Any] = [y.grad_fn for y in waiting if not y.is_leaf]
        seen = set(nodes)                          # themselves, not their ids: those that stand for leaves do not live on
        while nodes:
            node = nodes.pop()
            if hasattr(node, "variable") and self._is_outside(node.variable):
                return True
            for after, _ in node.next_functions:
                if after is not None and after not in seen:
                    seen.add(after)
                    nodes.append(after)
        return False

    def released(self, tree: Any) -> Any:
        """The results, each without a graph where it leads nowhere but to the inputs made here."""
        return like(tree, [y if not isinstance(y, Tensor) or self.leads_outside([y]) else y.detach() for y in tree_leaves(tree)])

    def back(self, outputs: list[Tensor], cotangents: list[Tensor], create_graph: bool) -> list[Tensor]:
        """The cotangents pulled back to the inputs, zeros where there is no way; the graph is kept."""
        driven = [(y, g) for y, g in zip(outputs, cotangents, strict=True) if y.requires_grad]
        if not driven:
            return [x.new_zeros(x.shape) for x in self.tensors]
        return list(gradients([y for y, _ in driven], self.tensors, [g for _, g in driven], retain_graph=True,
                              create_graph=create_graph, allow_unused=True, materialize_grads=True))


def _chosen(args: tuple, argnums: Any) -> Any:
    """The arguments to differentiate by: one, or a tuple of them."""
    numbers = argnums if isinstance(argnums, tuple) else (argnums,)
    for number in numbers:
        if not isinstance(number, int) or not -len(args) <= number < len(args):
            raise RuntimeError(f"Got argnum={number}, but only {len(args)} positional inputs")
    if len({number % len(args) for number in numbers}) < len(numbers) or not numbers:
        raise RuntimeError(f"argnums elements must be unique and not none at all, got {argnums}")
    return tuple(args[number] for number in numbers) if isinstance(argnums, tuple) else args[argnums]


def _replaced(args: tuple, argnums: Any, chosen: Any) -> tuple:
    replaced = list(args)
    for number, one in zip(argnums, chosen, strict=True) if isinstance(argnums, tuple) else ((argnums, chosen),):
        replaced[number] = one
    return tuple(replaced)


def _run(func: Callable, args: tuple, kwargs: dict, has_aux: bool, name: str) -> tuple[Any, Any]:
    """What func gives, and the auxiliary value beside it."""
    found = func(*args, **kwargs)
    if not has_aux:
        return found, None
    if not (isinstance(found, tuple) and len(found) == 2):
        raise RuntimeError(f"{name}(f)(*args): output of function f should be a tuple: (output, aux) if has_aux is True")
    for one in tree_leaves(found[1]):
        if not isinstance(one, Tensor):
            raise RuntimeError(f"Expected tensors, got unsupported type {type(one)}")
    return found


def _tensors(outputs: Any, name: str) -> list[Tensor]:
    for y in tree_leaves(outputs):
        if not isinstance(y, Tensor):
            raise RuntimeError(f"{name}: expected f(*primals) to return only tensors, got unsupported type {type(y)}")
    return tree_leaves(outputs)


# ---- the gradient of one number ---------------------------------------------------------------


def grad_and_value(func: Callable, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """A function that gives the gradient of func, which returns one number, and that number.

    func: returns a 0-dim Tensor; with has_aux, a tuple of it and tensors that are only passed on
    argnums: which arguments to differentiate by, one or a tuple; each a Tensor or tensors in tuples, lists and dicts
    has_aux: the function returns (gradient, (number, aux))

    Raises: what it makes raises RuntimeError for an output that is not one number, for an argnums out of range and for
        integers; ValueError for arguments that are no tensors.

    >>> import mtorch
    >>> mtorch.func.grad_and_value(lambda x: (x * x).sum())(mtorch.tensor([1.0, 2.0]))
    (tensor([2., 4.]), tensor(5.))
    """
    @functools.wraps(func)
    def differentiated(*args: Any, **kwargs: Any) -> tuple:
        with _Start(_chosen(args, argnums)) as start:
            y, aux = _run(func, _replaced(args, argnums, start.tree), kwargs, has_aux, "grad_and_value")
            if not isinstance(y, Tensor):
                raise RuntimeError(f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(y)}")
            if y.dim():
                raise RuntimeError("grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with "
                                   f"{y.dim()} dims. Maybe you wanted to use the vjp or jacrev APIs instead?")
            if y.is_complex():
                raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {y.dtype}")
            found = start.back([y], [y.new_ones(())], start.leads_outside([y]))
            found, y, aux = start.released((found, y, aux))
        return like(start.tree, found), ((y, aux) if has_aux else y)
    return differentiated


def grad(func: Callable, argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable:
    """A function that gives the gradient of func, which returns one number.

    has_aux: func returns a tuple of the number and tensors that are only passed on; then so does the function
    The other arguments and errors as for `grad_and_value`.

    >>> import mtorch
    >>> mtorch.func.grad(mtorch.sin)(mtorch.tensor(0.0))
    tensor(1.)
    >>> mtorch.func.grad(mtorch.func.grad(lambda x: x ** 3))(mtorch.tensor(2.0))
    tensor(12.)
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found
    return differentiated


# ---- products with the Jacobian ---------------------------------------------------------------


def vjp(func: Callable, *primals: Any, has_aux: bool = False) -> tuple:
    """func(*primals), and a function that gives the product of a vector, like the output, with the Jacobian.

    func: returns a Tensor, or tensors in tuples, lists and dicts
    primals: where to differentiate, each a Tensor or tensors in tuples, lists and dicts
    has_aux: func returns a tuple of its output and tensors that are only passed on, which come third

    The function returns a tuple, like primals, and may be called again and again.
    Raises: ValueError for primals that are no tensors; RuntimeError for integers, for outputs that are no tensors and for a
        vector of another structure or shape.

    >>> import mtorch
    >>> output, pull = mtorch.func.vjp(lambda x: x * x, mtorch.tensor([1.0, 2.0]))
    >>> pull(mtorch.tensor([1.0, 0.5]))
    (tensor([2., 2.]),)
    """
    with _Start(primals) as start:
        outputs, aux = _run(func, start.tree, {}, has_aux, "vjp")
        ys = _tensors(outputs, "vjp(f, *primals)")
        outside = start.leads_outside(ys)

    def pull(cotangents: Any) -> tuple:
        if structure(cotangents) != structure(outputs):
            raise RuntimeError("Expected pytree structure of cotangents to be the same as pytree structure of outputs to "
                               f"the function. cotangents: {structure(cotangents)}, primal output: {structure(outputs)}")
        vs = tree_leaves(cotangents)
        for i, (v, y) in enumerate(zip(vs, ys, strict=True)):
            if not isinstance(v, Tensor):
                raise TypeError(f"gradients can be either Tensors or None, but got {type(v).__name__}")
            if v.shape != y.shape:
                raise RuntimeError(f"Mismatch in shape: grad_output[{i}] has a shape of {v.shape} and output[{i}] has a "
                                   f"shape of {y.shape}.")
        with start:
            found = start.back(ys, vs, outside or start.leads_outside(vs))
            return like(start.tree, start.released(found))

    shown, passed = start.released(outputs), start.released(aux)
    return (shown, pull, passed) if has_aux else (shown, pull)


class _Forward:
    """Sweeps forward, each as a sweep backward through a sweep backward.

    Pulling u back gives u J, linear in u; its own sweep backward pulls v to J v.
    """

    def __init__(self, func: Callable, start: _Start, args: tuple, kwargs: dict, has_aux: bool, name: str) -> None:
        self.start = start
        self.outputs, self.aux = _run(func, args, kwargs, has_aux, name)
        self.ys = _tensors(self.outputs, name)
        self.us = [y.detach().new_zeros(y.shape).requires_grad_(y.is_floating_point()) for y in self.ys]
        start.mark(self.us)
        self.pulled = start.back(self.ys, self.us, True)
        self.outside = start.leads_outside(self.ys)

    def push(self, vs: list[Tensor]) -> list[Tensor]:
        """J v, one tensor for each output."""
        driven = [(p, v) for p, v in zip(self.pulled, vs, strict=True) if p.requires_grad]
        wanted = [u for u in self.us if u.requires_grad]
        found = gradients([p for p, _ in driven], wanted, [v for _, v in driven], retain_graph=True, allow_unused=True,
                          create_graph=self.outside or self.start.leads_outside(vs), materialize_grads=True) \
            if driven and wanted else [u.detach() for u in wanted]
        pushed = iter(found)
        return self.start.released([next(pushed) if u.requires_grad else u for u in self.us])


def jvp(func: Callable, primals: tuple, tangents: tuple, *, strict: bool = False, has_aux: bool = False) -> tuple:
    """func(*primals), and the product of its Jacobian with a vector.

    func: returns a Tensor, or tensors in tuples, lists and dicts
    primals: where to differentiate, a tuple
    tangents: the vector, like primals
    strict: must be False
    has_aux: func returns a tuple of its output and tensors that are only passed on, which come third

    Raises: RuntimeError for primals that are no tuple, tangents of another structure or shape, outputs that are no tensors
        and integers; ValueError for primals that are no tensors; NotImplementedError for strict.
    Source: Townsend, "A New Trick for Calculating Jacobian Vector Products", 2017.

    >>> import mtorch
    >>> mtorch.func.jvp(lambda x: x * x, (mtorch.tensor([1.0, 2.0]),), (mtorch.tensor([1.0, 0.0]),))
    (tensor([1., 4.]), tensor([2., 0.]))
    """
    if strict:
        raise NotImplementedError("jvp: strict=True is not supported")
    if not isinstance(primals, tuple):
        raise RuntimeError("jvp(f, primals, tangents): Expected primals to be a tuple. E.g. it should be valid to call "
                           "f(*primals).")
    if structure(primals) != structure(tangents):
        raise RuntimeError("jvp(f, primals, tangents): Expected primals and tangents to have the same python structure. For "
                           "example, if primals is a tuple of 3 tensors, tangents also must be. Got primals with structure "
                           f"{structure(primals)} and tangents with structure {structure(tangents)}")
    for x, v in zip(tree_leaves(primals), tree_leaves(tangents), strict=True):
        if isinstance(x, Tensor) and isinstance(v, Tensor) and x.shape != v.shape:
            raise RuntimeError("Trying to set a forward gradient that has a different size than that of the original "
                               f"Tensor, this is not supported. Tensor is of size {list(x.shape)} while the given forward "
                               f"gradient is of size {list(v.shape)}.")
    with _Start(primals) as start:
        forward = _Forward(func, start, start.tree, {}, has_aux, "jvp(f, primals, tangents)")
        pushed = like(forward.outputs, forward.push(tree_leaves(tangents)))
        found = start.released(forward.outputs), pushed
        return (*found, start.released(forward.aux)) if has_aux else found


def linearize(func: Callable, *primals: Any) -> tuple[Any, Callable]:
    """func(*primals), and a function that gives the product of its Jacobian there with vectors like primals.

    Arguments and errors as for `vjp`.

    >>> import mtorch
    >>> output, push = mtorch.func.linearize(mtorch.square, mtorch.tensor([1.0, 2.0]))
    >>> push(mtorch.tensor([1.0, 0.0]))
    tensor([2., 0.])
    """
    with _Start(primals) as start:
        forward = _Forward(func, start, start.tree, {}, False, "linearize(f, *primals)")
        output = start.released(forward.outputs)

    def push(*tangents: Any) -> Any:
        if structure(tangents) != structure(primals):
            raise RuntimeError(f"linearize: expected tangents of structure {structure(primals)}, got {structure(tangents)}")
        with start:
            return like(forward.outputs, forward.push(tree_leaves(tangents)))
    return output, push


# ---- whole Jacobians --------------------------------------------------------------------------


def _unit_vectors(x: Tensor) -> list[Tensor]:
    """One tensor like x for each of its elements: 1 there and 0 elsewhere."""
    vectors = []
    for i in range(x.numel()):
        vector = x.detach().new_zeros(x.numel())
        vector[i] = 1
        vectors.append(vector.reshape(x.shape))
    return vectors


def jacrev(func: Callable, argnums: int | tuple[int, ...] = 0, *, has_aux: bool = False,
           chunk_size: int | None = None) -> Callable:
    """A function that gives all derivatives of func's outputs by its arguments: a sweep backward for each output's element.

    func: returns a Tensor, or tensors in tuples, lists and dicts
    chunk_size: how many rows torch computes at a time; without effect
    The other arguments as for `grad_and_value`; with has_aux the function returns (Jacobian, aux).

    Shape: for an output (*A) and an argument (*B): (*A, *B), in the structure of the output, and for each of it in that of
    the arguments.
    Raises: ValueError for a chunk_size below 1; what it makes, as for `vjp`.

    >>> import mtorch
    >>> mtorch.func.jacrev(lambda x: x * x)(mtorch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if chunk_size is not None and chunk_size < 1:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        with _Start(_chosen(args, argnums)) as start:
            outputs, aux = _run(func, _replaced(args, argnums, start.tree), kwargs, has_aux, "jacrev")
            blocks = []
            for y in _tensors(outputs, "jacrev(f)(*args)"):
                outside = start.leads_outside([y])
                rows = [start.back([y], [vector], outside) for vector in _unit_vectors(y)]
                parts = [_stacked([row[i] for row in rows], x).reshape((*y.shape, *x.shape))
                         for i, x in enumerate(start.tensors)]
                blocks.append(like(start.tree, start.released(parts)))
            found = like(outputs, blocks)
            return (found, start.released(aux)) if has_aux else found
    return jacobian


def _stacked(rows: list[Tensor], x: Tensor) -> Tensor:
    return stack(rows) if rows else x.detach().new_zeros((0, *x.shape))


def jacfwd(func: Callable, argnums: int | tuple[int, ...] = 0, has_aux: bool = False, *,
           randomness: str = "error") -> Callable:
    """A function that gives all derivatives of func's outputs by its arguments: a sweep for each argument's element.

    randomness: as for `vmap`; func runs only once, so it is without effect
    The other arguments, the result and errors as for `jacrev`.

    >>> import mtorch
    >>> mtorch.func.jacfwd(lambda x: x.sum() * x)(mtorch.tensor([1.0, 2.0]))
    tensor([[4., 1.],
            [2., 5.]])
    """
    @functools.wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        with _Start(_chosen(args, argnums)) as start:
            forward = _Forward(func, start, _replaced(args, argnums, start.tree), kwargs, has_aux, "jacfwd(f)(*args)")
            zeros = [x.detach().new_zeros(x.shape) for x in start.tensors]
            columns = [[forward.push([*zeros[:i], vector, *zeros[i + 1:]]) for vector in _unit_vectors(x)]
                       for i, x in enumerate(start.tensors)]
            blocks = []
            for j, y in enumerate(forward.ys):
                parts = [_stacked([column[j] for column in columns[i]], y).movedim(0, -1).reshape((*y.shape, *x.shape))
                         for i, x in enumerate(start.tensors)]
                blocks.append(like(start.tree, parts))
            found = like(forward.outputs, blocks)
            return (found, start.released(forward.aux)) if has_aux else found
    return jacobian


def hessian(func: Callable, argnums: int | tuple[int, ...] = 0) -> Callable:
    """A function that gives all second derivatives of func: `jacfwd` of `jacrev`.

    Arguments, result and errors as for `jacrev`.

    >>> import mtorch
    >>> mtorch.func.hessian(lambda x: x.prod())(mtorch.tensor([1.0, 2.0]))
    tensor([[0., 1.],
            [1., 0.]])
    """
    return jacfwd(jacrev(func, argnums), argnums)
