"""The rule behind einsum: any sum of products, its gradient again a sum of products."""
from __future__ import annotations

import functools

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import TensorBase, op
from .layout import lying


def _name(node) -> str:
    """Of the last of the functions that torch makes it of: a product of matrices in a new shape, or one element by element."""
    inputs, output = node.kwargs["inputs"], node.kwargs["output"]
    return "ViewBackward0" if set("".join(inputs)) - set(output) else "MulBackward0"


@op(name=_name)
def contraction(*xs, inputs, output):
    """y = the sum of products of xs, two or more, with axes named by `inputs`, over the names that `output` lacks

    Every name of an input stands in the output or in another input.  dL/dx is the same sum with y's gradient in x's
    place; a name that only x has is spread out again.
    """
    shapes = [x.shape for x in xs]
    if any(isinstance(x, TensorBase) for x in xs):
        y = contraction(*xs, inputs=inputs, output=output)
    else:
        y = _sum_of_products(xs, inputs, output)

    def pullback_for(i, others):                       # not of xs: x itself may be written in place
        def pull(g):
            names = [n for j, n in enumerate(inputs) if j != i]
            reached = "".join(c for c in inputs[i] if c in output or any(c in n for n in names))
            gx = contraction(g, *others, inputs=(output, *names), output=reached)
            if reached != inputs[i]:                   # an axis that was summed alone
                shape = tuple(n if c in reached else 1 for c, n in zip(inputs[i], shapes[i]))
                gx = gx.reshape(shape) * np.ones(shapes[i], getattr(gx, "array", gx).dtype)
            return gx
        return pull
    return y, tuple(pullback_for(i, xs[:i] + xs[i + 1:]) for i in range(len(xs)))


def _sum_of_products(xs, inputs, output) -> np.ndarray:
    turned, order = _laid_out(inputs, output)
    if turned:                                         # NumPy's product lies as torch's of the other factor first
        xs, inputs = xs[::-1], inputs[::-1]
    y = np.einsum(f"{','.join(inputs)}->{output}", *xs, optimize=len(xs) > 2 or "greedy")
    return y if y.transpose(order).flags.c_contiguous else lying(y, order)


@functools.lru_cache(1024)
def _laid_out(inputs: tuple[str, ...], output: str) -> tuple[bool, tuple[int, ...]]:
    """Whether NumPy shall take the factors in reverse, and the order of the axes in memory.

    torch multiplies two factors as batches of matrices: first come the axes that both have, then those of the left one,
    then those of the right one.  It exchanges the two where the result names all of the right one's axes first.
    """
    axes = tuple(range(len(output)))
    if len(inputs) > 2 or not set("".join(inputs)) - set(output):        # nothing is summed: no matrices
        return False, axes
    left, right = inputs
    both, lefts, rights = ([i for i in axes if (output[i] in left, output[i] in right) == where]
                           for where in ((True, True), (True, False), (False, True)))
    exchanged = bool(lefts and rights) and rights[-1] < lefts[0]
    return not exchanged, (*both, *rights, *lefts) if exchanged else (*both, *lefts, *rights)


holomorphic(contraction)
