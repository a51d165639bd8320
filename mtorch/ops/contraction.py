"""The rule behind einsum: any sum of products, its gradient again a sum of products."""
from __future__ import annotations

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import TensorBase, op


@op(name="EinsumBackward0")
def contraction(*xs, inputs, output):
    """y = the sum of products of xs with axes named by `inputs`, over the names that `output` lacks

    Every name of an input stands in the output or in another input.  dL/dx is the same sum with y's gradient in x's
    place; a name that only x has is spread out again.
    """
    shapes = [x.shape for x in xs]
    if any(isinstance(x, TensorBase) for x in xs):
        y = contraction(*xs, inputs=inputs, output=output)
    else:
        y = np.einsum(f"{','.join(inputs)}->{output}", *xs, optimize=len(xs) > 2 or "greedy" if len(xs) > 1 else False)

    def pullback_for(i):
        def pull(g):
            others = [x for j, x in enumerate(xs) if j != i]
            names = [n for j, n in enumerate(inputs) if j != i]
            reached = "".join(c for c in inputs[i] if c in output or any(c in n for n in names))
            gx = contraction(g, *others, inputs=(output, *names), output=reached)
            if reached != inputs[i]:                   # an axis that was summed alone
                shape = tuple(n if c in reached else 1 for c, n in zip(inputs[i], shapes[i]))
                gx = gx.reshape(shape) * np.ones(shapes[i], getattr(gx, "array", gx).dtype)
            return gx
        return pull
    return y, tuple(pullback_for(i) for i in range(len(xs)))


holomorphic(contraction)
