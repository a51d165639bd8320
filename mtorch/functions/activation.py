"""The activation functions that torch offers outside torch.nn as well: `torch.relu`, `t.relu()`, ..."""
from __future__ import annotations

import numpy as np

from ..autograd.tape import wrap
from ..ops import activation as rules
from .arguments import require_tensor


def relu(input):
    """max(input, 0).

    >>> import mtorch
    >>> mtorch.relu(mtorch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    x = require_tensor(input, "relu")
    if x.array.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    return rules.relu(x) if x.array.dtype.kind == "f" else wrap(np.maximum(x.array, 0))


def prelu(input, weight):
    """input where it is positive, else weight * input; weight has one element, or one for each channel (dimension 1).

    >>> import mtorch
    >>> mtorch.prelu(mtorch.tensor([-2.0, 2.0]), mtorch.tensor(0.25))
    tensor([-0.5000,  2.0000])
    """
    x, w = require_tensor(input, "prelu"), require_tensor(weight, "prelu", "weight")
    if x.array.dtype != w.array.dtype:
        raise RuntimeError(f"prelu: Type promoting not supported. Got {x.dtype} and {w.dtype}")
    if w.array.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {w.array.ndim}")
    if w.array.size != 1:
        if x.array.ndim == 0:
            raise RuntimeError("prelu: Not allow zero-dim input tensor with several weights")
        channels = x.array.shape[1] if x.array.ndim > 1 else 1
        if channels != w.array.size:
            raise RuntimeError("prelu: Mismatch of parameter numbers and input channel size. Found parameter numbers "
                               f"= {w.array.size} and channel size = {channels}.")
        w = w.reshape((1, -1) + (1,) * (x.array.ndim - 2))
    elif x.array.ndim == 0:
        w = w.reshape(())
    return rules.prelu(x, w)


def celu(input, alpha=1.0):
    """max(x, 0) + min(0, alpha (e^(x/alpha) - 1)).

    >>> import mtorch
    >>> mtorch.celu(mtorch.tensor([-1.0, 1.0]))
    tensor([-0.6321,  1.0000])
    """
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: celu: alpha cannot be 0")
    return rules.elu(require_tensor(input, "celu"), alpha=alpha, scale=1.0, input_scale=1.0 / alpha)


def selu(input):
    """elu with the two numbers that keep mean 0 and variance 1.  Klambauer et al. 2017, arXiv:1706.02515

    >>> import mtorch
    >>> mtorch.selu(mtorch.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """
    return rules.elu(require_tensor(input, "selu"), alpha=1.6732632423543772848170429916717,
                     scale=1.0507009873554804934193349852946, input_scale=1.0)


def hardshrink(input, lambd=0.5):
    """input, 0 where it lies in [-lambd, lambd].

    >>> import mtorch
    >>> mtorch.hardshrink(mtorch.tensor([-1.0, 0.2]))
    tensor([-1.,  0.])
    """
    x = require_tensor(input, "hardshrink")
    keep = ~((x.array >= -lambd) & (x.array <= lambd))
    return rules.keep_where(x, mask=keep, value=0.0)


def threshold(input, threshold, value):
    """input where it is above threshold, else value.

    >>> import mtorch
    >>> mtorch.threshold(mtorch.tensor([-1.0, 2.0]), 0.0, 9.0)
    tensor([9., 2.])
    """
    x = require_tensor(input, "threshold")
    if x.array.dtype.kind != "f":
        return wrap(np.where(x.array > threshold, x.array, np.asarray(value, x.array.dtype)))
    return rules.keep_where(x, mask=~(x.array <= threshold), value=value)
