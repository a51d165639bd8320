"""Checking gradients against differences: `gradcheck` and, for gradients of gradients, `gradgradcheck`.

A central difference (f(x + h) - f(x - h)) / 2h has an error of h^2; in float64 with h = 1e-6 it agrees with a right
gradient to about 1e-9, and with a wrong one not at all.
"""
from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..random import default_generator, uniform_
from .complex_numbers import in_parts
from .engine import grad
from .tape import TensorBase, wrap

if TYPE_CHECKING:
    from ..tensor import Tensor


class GradcheckError(RuntimeError):
    """What gradcheck raises when a gradient is wrong.

    >>> import mtorch
    >>> x = mtorch.ones(1, dtype=mtorch.float64, requires_grad=True)
    >>> try:
    ...     mtorch.autograd.gradcheck(lambda x: x.detach() * x, (x,))
    ... except mtorch.autograd.GradcheckError as error:
    ...     print(str(error)[:17])
    Jacobian mismatch
    """


def gradcheck(func: Callable[..., Any], inputs: Tensor | Sequence[Any], *, eps: float = 1e-6, atol: float = 1e-5,
              rtol: float = 1e-3, raise_exception: bool = True, nondet_tol: float = 0.0,
              check_undefined_grad: bool = True, check_grad_dtypes: bool = False, check_batched_grad: bool = False,
              check_forward_ad: bool = False, check_backward_ad: bool = True, fast_mode: bool = False,
              masked: bool | None = None, check_batched_forward_grad: bool = False) -> bool:
    """Whether the gradients of func at inputs agree with differences, for every output and every float64 input.

    Of complex numbers the real and the imaginary parts are checked.

    func: takes the inputs, returns a Tensor or a tuple of them
    inputs: a Tensor or a tuple; those that require grad are checked (use float64)
    eps: the step h, > 0
    atol, rtol: how far the two may differ, |difference| <= atol + rtol |by differences|
    raise_exception: raise where they differ; if not, return False
    nondet_tol: how far two runs of the backward may differ
    fast_mode: one random direction instead of every element
    check_undefined_grad, check_grad_dtypes, check_backward_ad, masked: without effect: backward is always checked
    check_batched_grad, check_forward_ad, check_batched_forward_grad: must be False

    Raises: GradcheckError saying which output, input and element, unless raise_exception is False; ValueError where no
        input requires grad; TypeError for a func that returns no Tensor; NotImplementedError for the last three.
    Source: Dennis & Schnabel, "Numerical Methods for Unconstrained Optimization and Nonlinear Equations", 1983, section
        5.4, for the differences.

    >>> import mtorch
    >>> x = mtorch.tensor([0.5, 2.0], dtype=mtorch.float64, requires_grad=True)
    >>> mtorch.autograd.gradcheck(lambda x: x.sin() * x, (x,))
    True
    """
    for name, wanted in (("check_batched_grad", check_batched_grad), ("check_forward_ad", check_forward_ad),
                         ("check_batched_forward_grad", check_batched_forward_grad)):
        if wanted:
            raise NotImplementedError(f"gradcheck: {name}=True is not supported")
    inputs = (inputs,) if isinstance(inputs, TensorBase) else tuple(inputs)
    checked = _requiring_grad(inputs)
    for x in checked:
        if x.array.dtype not in (np.float64, np.complex128):
            warnings.warn(f"gradcheck: an input of {x.dtype} requires grad; differences are only exact enough in "
                          "float64",
                          stacklevel=2)
    try:
        _check(func, inputs, checked, eps, atol, rtol, nondet_tol, fast_mode)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(func: Callable[..., Any], inputs: Tensor | Sequence[Any],
                  grad_outputs: Tensor | Sequence[Tensor] | None = None, *, eps: float = 1e-6, atol: float = 1e-5,
                  rtol: float = 1e-3, raise_exception: bool = True, gen_non_contig_grad_outputs: bool = False,
                  nondet_tol: float = 0.0, check_undefined_grad: bool = True, check_grad_dtypes: bool = False,
                  check_batched_grad: bool = False, check_fwd_over_rev: bool = False, check_rev_over_rev: bool = True,
                  fast_mode: bool = False, masked: bool = False) -> bool:
    """Whether the gradients of func's gradients agree with differences: `gradcheck` of the backward.

    grad_outputs: the gradient that the backward is run with; unless given, drawn as torch draws it
    gen_non_contig_grad_outputs, check_rev_over_rev: without effect
    check_fwd_over_rev: must be False

    The other arguments, errors and the source as for gradcheck.

    >>> import mtorch
    >>> x = mtorch.tensor([0.5, 2.0], dtype=mtorch.float64, requires_grad=True)
    >>> mtorch.autograd.gradgradcheck(lambda x: x.sin() * x, (x,))
    True
    """
    if check_fwd_over_rev:
        raise NotImplementedError("gradgradcheck: check_fwd_over_rev=True is not supported")
    inputs = (inputs,) if isinstance(inputs, TensorBase) else tuple(inputs)
    count = len(inputs)
    _requiring_grad(inputs)
    if grad_outputs is None:
        result = func(*inputs)
        grad_outputs = tuple(map(_random_like, filter(_has_gradient, result if isinstance(result, (tuple, list)) else (result,))))
    elif isinstance(grad_outputs, TensorBase):
        grad_outputs = (grad_outputs,)

    def backward(*arguments):
        xs = arguments[:count]
        outputs = [o for o in _outputs(func(*xs)) if o._requires_grad]
        wanted = [x for x in xs if isinstance(x, TensorBase) and x._requires_grad]
        gs = [part for g in arguments[count:] for part in _parts(g)]
        return grad(outputs, wanted, gs[:len(outputs)], create_graph=True,
                    allow_unused=True, materialize_grads=True)
    return gradcheck(backward, inputs + tuple(grad_outputs), eps=eps, atol=atol, rtol=rtol,
                     raise_exception=raise_exception, nondet_tol=nondet_tol, fast_mode=fast_mode)


def _has_gradient(x: Any) -> bool:
    return isinstance(x, TensorBase) and x._requires_grad


def _random_like(output: Any) -> Any:
    """A gradient of an output, of numbers from [-1, 1) that are drawn as torch draws them."""
    array = np.empty(output.array.shape, output.array.dtype)
    parts = array.reshape(-1)
    uniform_(parts.view(parts.real.dtype), default_generator, -1.0, 1.0)
    return wrap(array).requires_grad_()


def _requiring_grad(inputs: tuple) -> list:
    checked = list(filter(_has_gradient, inputs))
    if not checked:
        raise ValueError("gradcheck expects at least one input tensor to require gradient, but none of them have "
                         "requires_grad=True.")
    return checked


def _outputs(result: Any) -> list:
    outputs = result if isinstance(result, (tuple, list)) else (result,)
    if not any(isinstance(o, TensorBase) for o in outputs):
        raise TypeError(f"gradcheck: func must return a Tensor or a tuple of them, got {type(result).__name__}")
    return [part for o in outputs if isinstance(o, TensorBase) and o.array.dtype.kind in "fc" for part in _parts(o)]


def _parts(x: Any) -> list:
    """A Tensor; of complex numbers, the real and the imaginary parts, which are checked one by one."""
    return [x.real, x.imag] if x.array.dtype.kind == "c" else [x]


def _check(func, inputs, checked, eps, atol, rtol, nondet_tol, fast_mode) -> None:
    outputs = _outputs(func(*inputs))
    if not any(o._requires_grad for o in outputs):
        for x in checked:
            for i, slope in _slopes(func, inputs, x, eps):
                if any(np.abs(s).max(initial=0) > atol for s in slope):
                    raise GradcheckError("gradcheck: no output requires grad, but the outputs change with "
                                         f"element {i} of an input that does")
        return
    rng = np.random.RandomState(0)
    for number, output in enumerate(outputs):
        if not output._requires_grad:
            continue
        if fast_mode:
            _check_direction(func, inputs, checked, number, output, eps, atol, rtol, rng)
            continue
        for position, x in enumerate(checked):
            ours = _jacobian(output, x, nondet_tol)
            theirs = np.zeros_like(ours)
            for i, slope in _slopes(func, inputs, x, eps):
                theirs[i] = slope[number].reshape(-1)
            if not np.allclose(ours, theirs, rtol, atol, equal_nan=True):
                bad = np.unravel_index(int(np.nanargmax(np.abs(ours - theirs))), ours.shape)
                raise GradcheckError(
                    f"Jacobian mismatch for output {number} with respect to input {position}: d output[{bad[1]}] / d "
                    f"input[{bad[0]}] is {ours[bad]:.8g} by backward and {theirs[bad]:.8g} by differences (elements "
                    f"of the flattened tensors).\nnumerical:\n{theirs}\nanalytical:\n{ours}")


def _jacobian(output, x, nondet_tol) -> np.ndarray:
    """d output / d x, a row for each element of x and a column for each of output."""
    result = np.zeros((in_parts(x.array).size, output.array.size))
    for column in range(output.array.size):
        seed = np.zeros(output.array.shape, output.array.dtype)
        seed.reshape(-1)[column] = 1
        first, again = (grad(output, x, wrap(seed), retain_graph=True, allow_unused=True)[0] for _ in range(2))
        if first is not None:
            if np.abs(first.array - again.array).max(initial=0) > nondet_tol:
                raise GradcheckError("Backward is not reentrant, i.e., running backward with same input and "
                                     "grad_output multiple times gives different values, although analytical gradient "
                                     "matches numerical gradient.")
            result[:, column] = in_parts(first.array).reshape(-1)
    return result


def _slopes(func, inputs, x, eps):
    """For each element of x, the slope of every output along it."""
    flat = in_parts(x.array).reshape(-1)
    if flat.size and not np.shares_memory(flat, x.array):
        raise ValueError("gradcheck: an input is not contiguous; give a contiguous copy")
    for i in range(flat.size):
        original = flat[i]
        flat[i] = original + eps
        up = [o.array.astype(np.float64) for o in _outputs(func(*inputs))]
        flat[i] = original - eps
        down = [o.array.astype(np.float64) for o in _outputs(func(*inputs))]
        flat[i] = original
        yield i, [(u - d) / (2 * eps) for u, d in zip(up, down)]


def _check_direction(func, inputs, checked, number, output, eps, atol, rtol, rng) -> None:
    """<u, J v> against <J^T u, v> for one random u and v."""
    u = rng.standard_normal(output.array.shape)
    arrays = [in_parts(x.array) for x in checked]
    vs = [rng.standard_normal(a.shape) for a in arrays]
    grads = grad(output, checked, wrap(u.astype(output.array.dtype)), retain_graph=True, allow_unused=True)
    ours = sum(float((in_parts(g.array) * v).sum()) for g, v in zip(grads, vs) if g is not None)
    originals = [a.copy() for a in arrays]
    ends = []
    for sign in (1, -1):
        for a, original, v in zip(arrays, originals, vs):
            a[...] = original + sign * eps * v
        ends.append(_outputs(func(*inputs))[number].array.astype(np.float64))
    for a, original in zip(arrays, originals):
        a[...] = original
    theirs = float((u * (ends[0] - ends[1]) / (2 * eps)).sum())
    if not np.isclose(ours, theirs, rtol, atol):
        raise GradcheckError(f"gradcheck: output {number} in a random direction: {ours:.8g} by backward, {theirs:.8g} "
                             "by differences")
