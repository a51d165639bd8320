"""Gradients of complex numbers.

The gradient of a real loss L at z = x + iy is dL/dx + i dL/dy, as in torch.  Where f is holomorphic, g becomes
g conj(f'(z)) on its way back through y = f(z).  A rule is written for real numbers and gives g f'(z): so the tape
conjugates what goes into its pullback and what comes out, conj(conj(g) f'(z)), and the rule need not know.  Of the
functions that are not holomorphic (|z|, the real part) each pulls back by a formula of its own, `@op(complex=AS_WRITTEN)`.
The holomorphic ones are named at the end of their files; what is neither is not recorded with complex numbers.

Source: K. Kreutz-Delgado, "The Complex Gradient Operator and the CR-Calculus", 2009, arXiv:0906.4835.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

HOLOMORPHIC, AS_WRITTEN = "holomorphic", "as written"


def holomorphic(*ops: Any) -> None:
    """Say of these ops that they are holomorphic functions, or linear ones, of each of their arguments."""
    for op in ops:
        op.complex = HOLOMORPHIC


def is_complex(x: Any) -> bool:
    """Whether x, an array, a Tensor or anything else, holds complex numbers."""
    array = getattr(x, "array", x)
    dtype = getattr(array, "dtype", None)
    return isinstance(array, complex) if dtype is None else getattr(dtype, "kind", "") == "c"


def in_parts(x: Any) -> Any:
    """An array of complex numbers (...) as one of their parts (..., 2), in the same memory; one of real numbers as it is."""
    return x[..., None].view(x.real.dtype) if x.dtype.kind == "c" else x


def pullback_of(op: Any, args: Any, values: Any, pullback: Any) -> Any:
    """The pullback of a call, right where there are complex numbers among its arguments or values.

    Raises: NotImplementedError for an op that is not for them.
    """
    to_complex = any(map(is_complex, values))
    if not to_complex and not any(map(is_complex, args)):
        return pullback
    if op.complex is None:
        raise NotImplementedError(f"{op.__name__}: the gradient is not implemented for complex numbers; compute with the "
                                  "real and imaginary parts, or under no_grad()")
    conjugated = to_complex and op.complex == HOLOMORPHIC
    real = [not is_complex(x) for x in args]

    def into(g: Any) -> Any:
        return g.conj() if conjugated else g

    def out_of(g: Any, i: int) -> Any:
        if callable(g) and not hasattr(g, "dtype"):        # computed only where it is needed
            return lambda: out_of(g(), i)
        if g is None or not is_complex(g):
            return g
        return g.real if real[i] else into(g)

    if callable(pullback):
        def together(*gs: Any) -> list[Any]:
            return [out_of(g, i) for i, g in enumerate(pullback(*map(into, gs)))]
        return together

    def one(i: int, pull: Callable) -> Callable:
        return lambda *gs: out_of(pull(*map(into, gs)), i)
    return tuple([pull and one(i, pull) for i, pull in enumerate(pullback)])
