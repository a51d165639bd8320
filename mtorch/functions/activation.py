"""The activation functions that torch offers outside torch.nn as well: `torch.relu`, `t.relu()`, ..."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..autograd.naming import shown_as
from ..autograd.tape import wrap
from ..ops import activation as rules
from .arguments import element_of, number_of, require_floats, require_tensor

if TYPE_CHECKING:
    from ..tensor import Tensor


def relu(input: Tensor) -> Tensor:
    """max(input, 0).

    Shape: any -> the same.
    Raises: TypeError for what is no tensor, RuntimeError for bools, NotImplementedError for complex numbers.
    Source: Nair & Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", ICML 2010

    >>> import mtorch
    >>> mtorch.relu(mtorch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    x = require_tensor(input, "relu")
    if x.array.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    if x.array.dtype.kind == "c":
        raise NotImplementedError("relu: clamp is not supported for complex types")
    return rules.relu(x) if x.array.dtype.kind == "f" else wrap(np.maximum(x.array, 0))


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """input where it is positive, else weight * input.

    weight: the slope of the negative side: one element, or one for each channel (dimension 1 of input)

    Shape: any -> the same.
    Raises: TypeError for what is no tensor; RuntimeError for two types, for a weight that is neither one number nor one
        for each channel; NotImplementedError for integers.
    Source: He et al., "Delving Deep into Rectifiers", ICCV 2015, arXiv:1502.01852, equation 1

    >>> import mtorch
    >>> mtorch.prelu(mtorch.tensor([-2.0, 2.0]), mtorch.tensor(0.25))
    tensor([-0.5000,  2.0000])
    """
    x, w = require_tensor(input, "prelu"), require_tensor(weight, "prelu", "weight")
    if x.dtype is not w.dtype:
        raise RuntimeError(f"prelu: Type promoting not supported. Got {x.dtype} and {w.dtype}")
    require_floats(x, "prelu")
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


@shown_as("CeluBackward0")
def celu(input: Tensor, alpha: float = 1.0) -> Tensor:
    """max(x, 0) + min(0, alpha (e^(x/alpha) - 1)): its slope is continuous for every alpha.

    alpha: where it levels off: at -alpha; not 0

    Shape: any -> the same.
    Raises: TypeError for what is no tensor, RuntimeError for alpha 0, NotImplementedError for integers.
    Source: Barron, "Continuously Differentiable Exponential Linear Units", 2017, arXiv:1704.07483

    >>> import mtorch
    >>> mtorch.celu(mtorch.tensor([-1.0, 1.0]))
    tensor([-0.6321,  1.0000])
    """
    alpha = number_of(alpha, "celu", "alpha")
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: celu: alpha cannot be 0")
    return rules.elu(require_floats(input, "celu"), alpha=alpha, scale=1.0, input_scale=1.0 / alpha)


def selu(input: Tensor) -> Tensor:
    """elu with the two numbers that keep mean 0 and variance 1 from layer to layer.

    1.0507 x for x > 0, else 1.0507 * 1.6733 (e^x - 1).

    Shape: any -> the same.
    Raises: TypeError for what is no tensor, NotImplementedError for integers.
    Source: Klambauer et al., "Self-Normalizing Neural Networks", 2017, arXiv:1706.02515, equation 2

    >>> import mtorch
    >>> mtorch.selu(mtorch.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """
    return rules.elu(require_floats(input, "selu"), alpha=1.6732632423543772848170429916717,
                     scale=1.0507009873554804934193349852946, input_scale=1.0)


@shown_as("HardshrinkBackward0")
def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """input, but 0 where it lies in [-lambd, lambd].

    lambd: half the width of what becomes 0

    Shape: any -> the same.
    Raises: TypeError for what is no tensor, NotImplementedError for integers.
    Source: Donoho & Johnstone, "Ideal spatial adaptation by wavelet shrinkage", Biometrika 81, 1994 (hard thresholding)

    >>> import mtorch
    >>> mtorch.hardshrink(mtorch.tensor([-1.0, 0.2]))
    tensor([-1.,  0.])
    """
    x = require_floats(input, "hardshrink")
    lambd = number_of(lambd, "hardshrink", "lambd")
    keep = ~((x.array >= -lambd) & (x.array <= lambd))
    return rules.keep_where(x, mask=keep, value=0.0)


@shown_as("ThresholdBackward0")
def threshold(input: Tensor, threshold: float, value: float) -> Tensor:
    """input where it is above threshold, else value.

    threshold: what the elements are compared with
    value: what those become that are not above; of integers, the whole part of either

    Shape: any -> the same.
    Raises: TypeError for what is no tensor and for what is no number; RuntimeError for a value that a type of integers
        cannot hold; NotImplementedError for bools.

    >>> import mtorch
    >>> mtorch.threshold(mtorch.tensor([-1.0, 2.0]), 0.0, 9.0)
    tensor([9., 2.])
    """
    x = require_tensor(input, "threshold")
    threshold, value = number_of(threshold, "threshold", "threshold"), number_of(value, "threshold", "value")
    if x.array.dtype.kind == "b":
        raise NotImplementedError(f'"threshold_cpu" not implemented for {x.dtype}: expected numbers')
    if x.array.dtype.kind != "f":
        value = element_of(value, x.array.dtype, "threshold", "value")
        return wrap(np.where(x.array > int(threshold), x.array, np.asarray(value, x.array.dtype)))
    return rules.keep_where(x, mask=~(x.array <= threshold), value=value)
