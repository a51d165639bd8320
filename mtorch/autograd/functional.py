"""torch.autograd.functional: Jacobians, Hessians and their products with vectors, of functions of tensors."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import tape
from .engine import grad
from .mode import enable_grad

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]


def _many(x: Any, function: str, what: str) -> tuple[tuple, bool]:
    """Tensors as a tuple, and whether they came as one."""
    several = isinstance(x, (tuple, list))
    for one in x if several else (x,):
        if not isinstance(one, tape.TensorBase):
            raise TypeError(f"{function}: {what} is a {type(one).__name__}, expected a Tensor or a tuple of Tensors")
    return (tuple(x) if several else (x,)), several


def _leaves(inputs: tuple, create_graph: bool) -> tuple:
    """The inputs as new starting points of a graph; with create_graph, still parts of the one they come from."""
    if create_graph:
        return tuple(x.view_as(x) if x.requires_grad else x.detach().requires_grad_() for x in inputs)
    return tuple(x.detach().requires_grad_() for x in inputs)


def _gradients(outputs, inputs, grad_outputs, create_graph, strict, function) -> tuple:
    """Gradients for all inputs; zeros where there is no way to one, an error if strict."""
    driven = [(y, g) for y, g in zip(outputs, grad_outputs, strict=True) if y.requires_grad]
    found = grad([y for y, _ in driven], inputs, [g for _, g in driven], retain_graph=True, create_graph=create_graph,
                 allow_unused=True) if driven else [None] * len(inputs)
    if strict and any(g is None for g in found):
        raise RuntimeError(f"{function}: strict=True, and the output does not depend on input "
                           f"{[g is None for g in found].index(True)}")
    return tuple(x.new_zeros(x.shape) if g is None else g if create_graph else g.detach()
                 for x, g in zip(inputs, found, strict=True))


def _shaped_like(values: tuple, v: Any, function: str, what: str) -> tuple:
    """The vector of a product, one tensor for each of the values; ones for a single element when it is left out."""
    if v is None:
        if len(values) != 1 or values[0].numel() != 1:
            raise RuntimeError(f"{function}: v may be left out only where the {what} is one element")
        return (values[0].new_ones(values[0].shape),)
    vs, _ = _many(v, function, "v")
    if [x.shape for x in vs] != [x.shape for x in values]:
        raise RuntimeError(f"{function}: v has shapes {[tuple(x.shape) for x in vs]}, the {what} has "
                           f"{[tuple(x.shape) for x in values]}")
    return vs


def _as_came(values: tuple, several: bool) -> Any:
    return values if several else values[0]


def _plain(values: tuple, create_graph: bool) -> tuple:
    return values if create_graph else tuple(y.detach() for y in values)


def vjp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """func(*inputs), and the vector v times its Jacobian: one sweep backward.

    func: takes Tensors, returns one or a tuple
    inputs: a Tensor or a tuple of them
    v: like the output; may be left out where the output is one element
    create_graph: record the computation, so that the result can be differentiated
    strict: refuse an input that the output does not depend on; if not, its derivative is 0

    Shape: -> (the output, one tensor like each of the inputs).
    Raises: TypeError for inputs, a v or an output that are no Tensors; RuntimeError for a v of another shape or missing,
        and for what strict refuses.

    >>> import mtorch
    >>> mtorch.autograd.functional.vjp(lambda x: (x * x).sum(), mtorch.tensor([1.0, 2.0]))
    (tensor(5.), tensor([2., 4.]))
    """
    inputs, several = _many(inputs, "vjp", "inputs")
    with enable_grad():
        leaves = _leaves(inputs, create_graph)
        outputs, several_out = _many(func(*leaves), "vjp", "the output")
        vs = _shaped_like(outputs, v, "vjp", "output")
        found = _gradients(outputs, leaves, vs, create_graph, strict, "vjp")
    return _as_came(_plain(outputs, create_graph), several_out), _as_came(found, several)


def jvp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """func(*inputs), and its Jacobian times the vector v: a sweep backward through a sweep backward.

    v: like the inputs; may be left out where the input is one element

    The other arguments and errors as for vjp.  Shape: -> (the output, one tensor like each of the outputs).
    Source: Townsend, "A New Trick for Calculating Jacobian Vector Products", 2017.

    >>> import mtorch
    >>> mtorch.autograd.functional.jvp(lambda x: x * x, mtorch.tensor([1.0, 2.0]), mtorch.tensor([1.0, 0.0]))[1]
    tensor([2., 0.])
    """
    inputs, _ = _many(inputs, "jvp", "inputs")
    with enable_grad():
        leaves = _leaves(inputs, create_graph)
        vs = _shaped_like(leaves, v, "jvp", "input")
        outputs, several_out = _many(func(*leaves), "jvp", "the output")
        zeros = tuple(y.new_zeros(y.shape).requires_grad_() for y in outputs)
        back = _gradients(outputs, leaves, zeros, True, strict, "jvp")
        found = _gradients(back, zeros, vs, create_graph, False, "jvp")
    return _as_came(_plain(outputs, create_graph), several_out), _as_came(found, several_out)


def jacobian(func: Callable, inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
             strategy: str = "reverse-mode") -> Any:
    """All derivatives of func's outputs by its inputs; arguments as for vjp.

    Shape: for an output (*A) and an input (*B): (*A, *B); nested tuples [output][input] where there are several.

    vectorize, strategy: hints of torch's, whose combinations are checked: here it is always one sweep backward for each
        element of the output

    Raises: AssertionError for a strategy that is neither "reverse-mode" nor "forward-mode"; NotImplementedError for the
        latter with create_graph or without vectorize; RuntimeError for vectorize with strict, and for complex outputs
        without vectorize; and those of vjp.

    >>> import mtorch
    >>> mtorch.autograd.functional.jacobian(lambda x: x * x, mtorch.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    _check_hints(create_graph, strict, vectorize, strategy)
    from ..functions.joining import stack
    inputs, several = _many(inputs, "jacobian", "inputs")
    with enable_grad():
        leaves = _leaves(inputs, create_graph)
        outputs, several_out = _many(func(*leaves), "jacobian", "the output")
        rows = []
        for y in outputs:
            if y.is_complex() and not vectorize:
                raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {y.dtype}")
            found = [_gradients((element,), leaves, (element.new_ones(()),), create_graph, strict, "jacobian")
                     for element in y.reshape(-1)]
            columns = zip(*found, strict=True) if found else [()] * len(leaves)          # by input, not by element
            rows.append(tuple((stack(column) if column else x.new_zeros(0)).reshape((*y.shape, *x.shape))
                              for x, column in zip(leaves, columns, strict=True)))
    return _as_came(tuple(_as_came(row, several) for row in rows), several_out)


def _check_hints(create_graph: bool, strict: bool, vectorize: bool, strategy: str) -> None:
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(f'Expected strategy to be either "forward-mode" or "reverse-mode", got {strategy!r}')
    forward = strategy == "forward-mode"
    if forward and create_graph:
        raise NotImplementedError('torch.autograd.functional.jacobian: `create_graph=True` and `strategy="forward-mode"` '
                                  "are not supported together (yet).")
    if strict and (vectorize or forward):
        raise RuntimeError("torch.autograd.functional.jacobian: `strict=True` is not supported together with "
                           f"{'`strategy=forward-mode`' if forward else '`vectorized=True`'}.")
    if forward and not vectorize:
        raise NotImplementedError("torch.autograd.functional.jacobian: `strategy=forward-mode` is only supported with "
                                  "`vectorize=True`.")


def _scalar(func: Callable, function: str) -> Callable:
    def checked(*inputs: Any) -> Any:
        y = func(*inputs)
        if not isinstance(y, tape.TensorBase) or y.numel() != 1:
            raise RuntimeError(f"{function}: func must return one element")
        return y.reshape(())
    return checked


def hessian(func: Callable, inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
            outer_jacobian_strategy: str = "reverse-mode") -> Any:
    """All second derivatives of a func that returns one element; arguments as for jacobian.

    Shape: for inputs (*A) and (*B): (*A, *B); nested tuples where there are several inputs.

    outer_jacobian_strategy: the strategy of the outer jacobian

    Raises: RuntimeError for a func that returns several elements; and those of jacobian.

    >>> import mtorch
    >>> mtorch.autograd.functional.hessian(lambda x: x.prod(), mtorch.tensor([1.0, 2.0]))
    tensor([[0., 1.],
            [1., 0.]])
    """
    func, (_, several) = _scalar(func, "hessian"), _many(inputs, "hessian", "inputs")

    def gradient(*leaves):
        found = jacobian(func, leaves, create_graph=True, strict=strict)
        return found if several else found[0]
    return jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)


def vhp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """func(*inputs), one element, and the vector v times its Hessian; arguments and errors as for vjp, v like the inputs.

    >>> import mtorch
    >>> mtorch.autograd.functional.vhp(lambda x: x.prod(), mtorch.tensor([1.0, 2.0]), mtorch.tensor([1.0, 0.0]))[1]
    tensor([0., 1.])
    """
    inputs, several = _many(inputs, "vhp", "inputs")
    with enable_grad():
        leaves = _leaves(inputs, create_graph)
        y = _scalar(func, "vhp")(*leaves)
        vs = _shaped_like(leaves, v, "vhp", "input")
        slopes = _gradients((y,), leaves, (y.new_ones(()),), True, strict, "vhp")
        found = _gradients(slopes, leaves, vs, create_graph, strict, "vhp")
    return _plain((y,), create_graph)[0], _as_came(found, several)


def hvp(func: Callable, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple:
    """func(*inputs), one element, and its Hessian times the vector v: a Hessian is symmetric, so this is `vhp`.

    create_graph, strict: as for vhp, with its errors

    Source: Pearlmutter, "Fast Exact Multiplication by the Hessian", Neural Computation 1994.

    >>> import mtorch
    >>> mtorch.autograd.functional.hvp(lambda x: x.prod(), mtorch.tensor([1.0, 2.0]), mtorch.tensor([1.0, 0.0]))[1]
    tensor([0., 1.])
    """
    return vhp(func, inputs, v, create_graph, strict)
