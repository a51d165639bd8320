"""`linear`, and the bilinear form."""
from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from ...autograd.naming import named
from ...brain_float import same
from ...functions.arguments import require_tensor
from ...ops import matrix as rules
from ...ops.shape import reshape, unsafe_view
from . import advice

if TYPE_CHECKING:
    from ...tensor import Tensor


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight^T + bias: each output is a weighted sum of the features, plus a number of its own.

    weight: row o holds the weights of output o

    Shape: input (..., I), weight (O, I), bias (O) -> (..., O).  weight (I) -> (...).
    Raises: RuntimeError for shapes that do not fit, naming them, and for an input, a weight and a bias of different types.
    Source: Rosenblatt, "The Perceptron: A Probabilistic Model for Information Storage and Organization in the Brain",
        Psychological Review 1958.

    >>> import mtorch
    >>> mtorch.nn.functional.linear(mtorch.ones(1, 2), mtorch.ones(3, 2), mtorch.zeros(3))
    tensor([[2., 2., 2.]])
    """
    x, w = require_tensor(input, "linear"), require_tensor(weight, "linear", "weight")
    a, b = x.array, w.array
    if a.dtype is not b.dtype and not same(a.dtype, b.dtype):
        raise RuntimeError(f"linear: x is {x.dtype}, weight is {w.dtype}: mat1 and mat2 must have the same dtype"
                           + advice.of_scale(a.dtype))
    if b.ndim == 1:
        y = x.matmul(w)
        return y if bias is None else y + bias
    if b.ndim != 2:
        raise RuntimeError(f"linear: weight must have 1 or 2 dimensions, got shape {tuple(b.shape)}")
    if a.ndim == 0 or a.shape[-1] != b.shape[1]:
        raise RuntimeError(f"linear: x has {a.shape[-1] if a.ndim else 'no'} features (shape {tuple(a.shape)}), weight "
                           f"{tuple(b.shape)} expects {b.shape[1]}: mat1 and mat2 shapes cannot be multiplied")
    if bias is not None:
        try:
            given = bias.array.shape
        except AttributeError:
            given = require_tensor(bias, "linear", "bias").array.shape
        if given != b.shape[:1] and (len(given) > 1 or bias.array.size != 1):
            raise RuntimeError(f"linear: bias has shape {tuple(given)}, weight {tuple(b.shape)} expects ({b.shape[0]},)")
        kind = bias.array.dtype
        if kind is not a.dtype and kind != a.dtype and given:
            raise RuntimeError(f"linear: x is {x.dtype}, bias is {bias.dtype}: self and mat2 must have the same dtype")
    if a.ndim == 2:
        return rules.linear_without_bias(x, w) if bias is None else rules.linear(x, w, bias)
    whole, shape = a.flags.c_contiguous, a.shape[:-1] + b.shape[:1]
    flat = (prod(a.shape[:-1]), b.shape[1])
    rows = reshape(x, shape=flat) if whole else x.reshape(flat)
    y = rules.linear_without_bias(rows, w) if bias is None else rules.linear(rows, w, bias)
    if bias is not None and whole:
        return reshape(y, shape=shape)
    y = unsafe_view(y, shape=shape)
    if bias is not None or a.ndim == 1:                # torch adds to a product of its own here, and a vector's loses an axis
        named(y, "SqueezeBackward4" if bias is None else "AddBackward0")
    return y


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """y[o] = x1^T weight[o] x2 + bias[o]: linear in each of two inputs.

    Shape: input1 (..., I), input2 (..., J), weight (O, I, J), bias (O) -> (..., O).
    Raises: RuntimeError for shapes that do not fit, and for different types.
    Source: Tenenbaum & Freeman, "Separating Style and Content with Bilinear Models", Neural Computation 2000.

    >>> import mtorch
    >>> mtorch.nn.functional.bilinear(mtorch.ones(1, 2), mtorch.ones(1, 3), mtorch.ones(1, 2, 3))
    tensor([[6.]])
    """
    x1, x2, w = (require_tensor(input1, "bilinear", "input1"), require_tensor(input2, "bilinear", "input2"),
                 require_tensor(weight, "bilinear", "weight"))
    if x1.array.shape[:-1] != x2.array.shape[:-1]:
        raise RuntimeError(f"bilinear(): input batch dimensions do not match: got {tuple(x1.array.shape)} and "
                           f"{tuple(x2.array.shape)}")
    if w.array.ndim != 3 or x1.array.ndim == 0:
        raise RuntimeError(f"bilinear(): expected inputs (..., I) and (..., J) and a weight (O, I, J), got sizes "
                           f"{tuple(x1.array.shape)}, {tuple(x2.array.shape)} and {tuple(w.array.shape)}")
    if bias is not None and require_tensor(bias, "bilinear", "bias").array.shape != w.array.shape[:1]:
        raise RuntimeError(f"bilinear(): bias has shape {tuple(bias.array.shape)}, weight {tuple(w.array.shape)} "
                           f"expects ({w.array.shape[0]},)")
    kinds = [str(t.dtype) for t in (x1, x2, w, bias) if t is not None]
    if len(set(kinds)) > 1:
        raise RuntimeError(f"bilinear(): All tensors must have the same dtype, got {', '.join(kinds)}")
    if x1.array.shape[-1] != w.array.shape[1] or x2.array.shape[-1] != w.array.shape[2]:
        raise RuntimeError(f"bilinear(): inputs have {x1.array.shape[-1]} and {x2.array.shape[-1]} features, weight "
                           f"{tuple(w.array.shape)} expects {w.array.shape[1]} and {w.array.shape[2]}")
    out, i, j = w.array.shape
    n = prod(x1.array.shape[:-1])
    left = x1.reshape((n, i)).matmul(w.permute(1, 0, 2).reshape((i, out * j))).reshape((n, out, j))     # x1^T weight[o]
    y = (left * x2.reshape((n, 1, j))).sum(-1).reshape(x1.array.shape[:-1] + (out,))
    return y if bias is None else y + bias
