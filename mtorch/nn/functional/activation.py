"""The activation functions: what stands between two linear layers, so that they are more than one.

`inplace=True` writes the result into the input, as in torch.  An input that is no Tensor is a TypeError in all of them.
"""
from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...autograd.naming import shown_as
from ... import random
from ...autograd.tape import wrap
from ...autograd.views import inplace as in_place
from ...caller import program_line
from ...functions import activation as functions, elementwise, softmax as softmaxes, transcendental
from ...functions.arguments import axis_of, number_of, require_tensor
from ...ops import activation as rules

if TYPE_CHECKING:
    from ... import dtypes
    from ...tensor import Tensor

tanh, sigmoid, prelu = transcendental.tanh, transcendental.sigmoid, functions.prelu
hardshrink = functions.hardshrink


def _floating(input: Tensor, name: str) -> Tensor:
    x = require_tensor(input, name)
    if x.array.dtype.kind != "f":
        raise NotImplementedError(f'"{name}_cpu" not implemented for {x.dtype}: expected a floating point tensor')
    return x


def _maybe_in_place(function: Callable, inplace: bool, x: Tensor, *args: Any) -> Tensor:
    return in_place(function)(x, *args) if inplace else function(x, *args)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(input, 0): what is negative becomes 0.

    Shape: any -> the same.
    Raises: RuntimeError for bools.
    Source: Nair & Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", ICML 2010.

    >>> import mtorch
    >>> mtorch.nn.functional.relu(mtorch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return in_place(functions.relu)(input) if inplace else functions.relu(input)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(input, 0), 6): input kept in [0, 6].

    Shape: any -> the same.
    Raises: RuntimeError for bools; NotImplementedError for complex numbers.
    Source: Krizhevsky, "Convolutional Deep Belief Networks on CIFAR-10", 2010.

    >>> import mtorch
    >>> mtorch.nn.functional.relu6(mtorch.tensor([-1.0, 9.0]))
    tensor([0., 6.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """input where it is positive, else negative_slope * input.

    negative_slope: how much of a negative input passes; a small one keeps its gradient from being 0

    Shape: any -> the same.
    Raises: NotImplementedError for integers, bools and complex numbers; TypeError for what is no number.
    Source: Maas, Hannun & Ng, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", 2013.

    >>> import mtorch
    >>> mtorch.nn.functional.leaky_relu(mtorch.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    x = _floating(input, "leaky_relu")
    if type(negative_slope) is not float:
        negative_slope = number_of(negative_slope, "leaky_relu", "negative_slope")
    return _maybe_in_place(lambda a: rules.leaky_relu(a, negative_slope=negative_slope), inplace, x)


@shown_as("RreluWithNoiseBackward0")
def rrelu(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False,
          inplace: bool = False) -> Tensor:
    """leaky_relu whose slope is drawn anew for each element, evenly between lower and upper.

    lower, upper: the range of the slopes, both finite, lower <= upper
    training: draw them; if not, every slope is (lower + upper) / 2

    Shape: any -> the same.
    Raises: RuntimeError where lower exceeds upper or one is not finite; NotImplementedError for integers, bools and complex
        numbers.
    Source: Xu, Wang, Chen & Li, "Empirical Evaluation of Rectified Activations in Convolutional Network", 2015,
        arXiv:1505.00853.

    >>> import mtorch
    >>> mtorch.nn.functional.rrelu(mtorch.tensor([-1.0, 2.0]), 0.5, 0.5)
    tensor([-0.5000,  2.0000])
    """
    x = _floating(input, "rrelu")
    if lower > upper:
        raise RuntimeError(f"rrelu: lower ({lower}) must not exceed upper ({upper})")
    if training and not (math.isfinite(lower) and math.isfinite(upper)):
        raise RuntimeError(f"rrelu: expected finite bounds of the slope, got lower {lower}, upper {upper}")
    if not training:
        return leaky_relu(x, (lower + upper) / 2, inplace)
    slope = np.ones(x.array.shape, x.array.dtype)
    negative = x.array <= 0
    drawn = np.empty(int(negative.sum()), np.float64)
    random.uniform_(drawn, random.default_generator, lower, upper)
    slope[negative] = drawn
    return _maybe_in_place(lambda a: rules.scaled_mask(a, mask=slope), inplace, x)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input where it is positive, else alpha (e^input - 1): it comes to rest at -alpha.

    alpha: the negated lower limit, usually > 0

    Shape: any -> the same.
    Raises: NotImplementedError for integers, bools and complex numbers; TypeError for what is no number.
    Source: Clevert, Unterthiner & Hochreiter, "Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs)",
        2015, arXiv:1511.07289.

    >>> import mtorch
    >>> mtorch.nn.functional.elu(mtorch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    x = _floating(input, "elu")
    if type(alpha) is not float:
        alpha = number_of(alpha, "elu", "alpha")
    return _maybe_in_place(lambda a: rules.elu(a, alpha=alpha, scale=1.0, input_scale=1.0), inplace, x)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """1.0507 elu(input, alpha=1.6733): the two numbers keep mean 0 and variance 1 from layer to layer.

    Shape: any -> the same.
    Raises: NotImplementedError for integers, bools and complex numbers.
    Source: Klambauer, Unterthiner, Mayr & Hochreiter, "Self-Normalizing Neural Networks", 2017, arXiv:1706.02515.

    >>> import mtorch
    >>> mtorch.nn.functional.selu(mtorch.tensor([1.0]))
    tensor([1.0507])
    """
    return _maybe_in_place(functions.selu, inplace, _floating(input, "selu"))


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """max(input, 0) + min(0, alpha (e^(input / alpha) - 1)): elu whose slope has no jump at 0, whatever alpha.

    alpha: the negated lower limit, not 0

    Shape: any -> the same.
    Raises: RuntimeError for alpha 0; NotImplementedError for integers, bools and complex numbers.
    Source: Barron, "Continuously Differentiable Exponential Linear Units", 2017, arXiv:1704.07483.

    >>> import mtorch
    >>> mtorch.nn.functional.celu(mtorch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return _maybe_in_place(functions.celu, inplace, _floating(input, "celu"), alpha)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """input * Phi(input), Phi(x) the probability that a standard normal number is below x.

    approximate: "none", or "tanh" for the nearly equal x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))

    Shape: any -> the same.
    Raises: RuntimeError for another approximate; NotImplementedError for integers, bools and complex numbers.
    Source: Hendrycks & Gimpel, "Gaussian Error Linear Units (GELUs)", 2016, arXiv:1606.08415.

    >>> import mtorch
    >>> mtorch.nn.functional.gelu(mtorch.tensor([1.0]))
    tensor([0.8413])
    """
    x = _floating(input, "gelu")
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"approximate argument must be either none or tanh, got {approximate!r}")
    return rules.gelu(x) if approximate == "none" else rules.gelu_tanh(x)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """input * sigmoid(input), also called swish.

    Shape: any -> the same.
    Raises: NotImplementedError for integers, bools and complex numbers.
    Source: Elfwing, Uchibe & Doya, "Sigmoid-Weighted Linear Units for Neural Network Function Approximation in
        Reinforcement Learning", 2017, arXiv:1702.03118.

    >>> import mtorch
    >>> mtorch.nn.functional.silu(mtorch.tensor([1.0]))
    tensor([0.7311])
    """
    return _maybe_in_place(rules.silu, inplace, _floating(input, "silu"))


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * tanh(softplus(input)).

    Shape: any -> the same.
    Raises: NotImplementedError for integers, bools and complex numbers.
    Source: Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019, arXiv:1908.08681.

    >>> import mtorch
    >>> mtorch.nn.functional.mish(mtorch.tensor([1.0]))
    tensor([0.8651])
    """
    return _maybe_in_place(rules.mish, inplace, _floating(input, "mish"))


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + e^(beta input)) / beta, a smooth relu.

    beta: how sharp the bend at 0 is, > 0
    threshold: where beta * input exceeds it, the result is input itself, which it nearly equals, without overflow

    Shape: any -> the same.
    Raises: NotImplementedError for integers, bools and complex numbers; TypeError for what is no number.
    Source: Dugas, Bengio, Belisle, Nadeau & Garcia, "Incorporating Second-Order Functional Knowledge for Better Option
        Pricing", NIPS 2000.

    >>> import mtorch
    >>> mtorch.nn.functional.softplus(mtorch.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """
    x = _floating(input, "softplus")
    beta, threshold = number_of(beta, "softplus", "beta"), number_of(threshold, "softplus", "threshold")
    return rules.softplus(x, beta=beta, threshold=threshold)


def softsign(input: Tensor) -> Tensor:
    """input / (1 + |input|), in (-1, 1) like tanh, but nearing its limits slowly.

    Shape: any -> the same.
    Raises: NotImplementedError for bools.
    Source: Bergstra, Desjardins, Lamblin & Bengio, "Quadratic Polynomials Learn Better Image Features", 2009.

    >>> import mtorch
    >>> mtorch.nn.functional.softsign(mtorch.tensor([1.0, -3.0]))
    tensor([ 0.5000, -0.7500])
    """
    x = require_tensor(input, "softsign")
    if x.array.dtype.kind == "b":
        raise NotImplementedError("softsign: not implemented for torch.bool, expected numbers")
    return x / (elementwise.abs(x) + 1)


def logsigmoid(input: Tensor) -> Tensor:
    """log(1 / (1 + e^-input)), without overflow.

    Shape: any -> the same.
    Raises: NotImplementedError for integers, bools and complex numbers.
    Source: Verhulst, "Notice sur la loi que la population suit dans son accroissement", 1838, for the logistic curve.

    >>> import mtorch
    >>> mtorch.nn.functional.logsigmoid(mtorch.tensor([0.0]))
    tensor([-0.6931])
    """
    return rules.log_sigmoid(_floating(input, "logsigmoid"))


def tanhshrink(input: Tensor) -> Tensor:
    """input - tanh(input).

    Shape: any -> the same.
    Raises: RuntimeError for bools.

    >>> import mtorch
    >>> mtorch.nn.functional.tanhshrink(mtorch.tensor([1.0]))
    tensor([0.2384])
    """
    return input - transcendental.tanh(input)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """input moved towards 0 by lambd, 0 where it would cross it.

    lambd: >= 0

    Shape: any -> the same.
    Raises: RuntimeError for a negative lambd; NotImplementedError for integers, bools and complex numbers.
    Source: Donoho & Johnstone, "Ideal Spatial Adaptation by Wavelet Shrinkage", Biometrika 1994.

    >>> import mtorch
    >>> mtorch.nn.functional.softshrink(mtorch.tensor([1.0, 0.2]))
    tensor([0.5000, 0.0000])
    """
    if lambd < 0:
        raise RuntimeError(f"lambda must be greater or equal to 0, but found to be {lambd}.")
    return rules.softshrink(_floating(input, "softshrink"), lambd=number_of(lambd, "softshrink", "lambd"))


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """input kept in [min_val, max_val].

    min_val, max_val: the limits, min_val <= max_val; for a tensor of integers they are cut to integers

    Shape: any -> the same.
    Raises: ValueError where min_val exceeds max_val; RuntimeError for bools; NotImplementedError for complex numbers.
    Source: Collobert, "Large Scale Machine Learning", PhD thesis, Universite Paris VI, 2004.

    >>> import mtorch
    >>> mtorch.nn.functional.hardtanh(mtorch.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    x = require_tensor(input, "hardtanh")
    min_val, max_val = number_of(min_val, "hardtanh", "min_val"), number_of(max_val, "hardtanh", "max_val")
    if min_val > max_val:
        raise ValueError(f"min_val ({min_val}) cannot be greater than max_val ({max_val})")
    if x.array.dtype.kind != "f":
        if x.array.dtype.kind == "b":
            raise RuntimeError("Bool inputs not supported for hardtanh")
        if x.array.dtype.kind == "c":
            raise NotImplementedError(f"hardtanh: complex numbers have no order to clamp them by, got {x.dtype}")
        return wrap(np.clip(x.array, int(min_val), int(max_val)))
    return _maybe_in_place(lambda a: rules.hardtanh(a, low=min_val, high=max_val), inplace, x)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """(input + 3) / 6 kept in [0, 1]: a sigmoid of three straight lines.

    Shape: any -> the same.
    Raises: NotImplementedError for integers, bools and complex numbers.
    Source: Howard et al., "Searching for MobileNetV3", 2019, arXiv:1905.02244, section 5.2.

    >>> import mtorch
    >>> mtorch.nn.functional.hardsigmoid(mtorch.tensor([0.0, 9.0]))
    tensor([0.5000, 1.0000])
    """
    return _maybe_in_place(rules.hardsigmoid, inplace, _floating(input, "hardsigmoid"))


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * hardsigmoid(input).

    Shape: any -> the same.
    Raises: NotImplementedError for integers, bools and complex numbers.
    Source: Howard et al., "Searching for MobileNetV3", 2019, arXiv:1905.02244, section 5.2.

    >>> import mtorch
    >>> mtorch.nn.functional.hardswish(mtorch.tensor([1.0]))
    tensor([0.6667])
    """
    return _maybe_in_place(rules.hardswish, inplace, _floating(input, "hardswish"))


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """input where it exceeds threshold, else value.

    threshold, value: numbers

    Shape: any -> the same.
    Raises: NotImplementedError for bools and complex numbers.

    >>> import mtorch
    >>> mtorch.nn.functional.threshold(mtorch.tensor([-1.0, 2.0]), 0.0, 9.0)
    tensor([9., 2.])
    """
    x = require_tensor(input, "threshold")
    if x.array.dtype.kind == "c":
        raise NotImplementedError(f'"threshold_cpu" not implemented for {x.dtype}: expected real numbers')
    return _maybe_in_place(functions.threshold, inplace, x, threshold, value)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half of input along dim, times the sigmoid of the second: one half decides how much of the other passes.

    dim: the dimension to halve, of even size

    Shape: any -> the same with half the size at dim.
    Raises: RuntimeError for an odd size or a 0-dim tensor; IndexError for a dim outside [-input.dim(), input.dim());
        NotImplementedError for integers, bools and complex numbers.
    Source: Dauphin, Fan, Auli & Grangier, "Language Modeling with Gated Convolutional Networks", 2016, arXiv:1612.08083.

    >>> import mtorch
    >>> mtorch.nn.functional.glu(mtorch.tensor([1.0, 0.0]))
    tensor([0.5000])
    """
    x = _floating(input, "glu")
    if x.array.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    d = axis_of(dim, x.array.ndim)
    if x.array.shape[d] % 2:
        raise RuntimeError(f"Halving dimension must be even, but dimension {d} is size {x.array.shape[d]}")
    return rules.glu(x, dim=d)


def _implicit_dim(name: str, input: Tensor) -> int:
    """The dimension torch takes when none is given."""
    ndim = require_tensor(input, name).ndim
    warnings.warn(f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an "
                  "argument.",
                  stacklevel=program_line())
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3,
            dtype: dtypes.dtype | None = None) -> Tensor:
    """e^input / sum e^input over dim: positive numbers that sum to 1.

    dim: the dimension that sums to 1; left out, 0 for tensors of 0, 1 or 3 dimensions, else 1, with a warning
    dtype: input is made this type first

    Shape: any -> the same.
    Raises: IndexError for a dim outside [-input.dim(), input.dim()); NotImplementedError for integers and bools, unless
        dtype is floating point.
    Source: Bridle, "Training Stochastic Model Recognition Algorithms as Networks can Lead to Maximum Mutual Information
        Estimation of Parameters", NIPS 1989.

    >>> import mtorch
    >>> mtorch.nn.functional.softmax(mtorch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return softmaxes.softmax(input, _implicit_dim("softmax", input) if dim is None else dim, dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3,
                dtype: dtypes.dtype | None = None) -> Tensor:
    """input - log sum e^input over dim: the logarithm of softmax, without overflow.

    dim, dtype: as for softmax

    Shape: any -> the same.
    Raises: as for softmax.

    >>> import mtorch
    >>> mtorch.nn.functional.log_softmax(mtorch.tensor([0.0, 0.0]), dim=0)
    tensor([-0.6931, -0.6931])
    """
    return softmaxes.log_softmax(input, _implicit_dim("log_softmax", input) if dim is None else dim, dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3,
            dtype: dtypes.dtype | None = None) -> Tensor:
    """softmax of -input: the smallest gets the most.

    dim, dtype: as for softmax

    Shape: any -> the same.
    Raises: as for softmax, and RuntimeError for bools.

    >>> import mtorch
    >>> mtorch.nn.functional.softmin(mtorch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    x = require_tensor(input, "softmin")
    return softmaxes.softmax(-x, _implicit_dim("softmin", x) if dim is None else dim, dtype)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A draw of one of the classes whose log-probabilities (up to a constant) are logits, with a gradient.

    It is softmax((logits + g) / tau), each g drawn from the Gumbel distribution.

    logits: floating point
    tau: the temperature, > 0; towards 0 the draw nears a one-hot vector, and its gradient grows
    hard: give the one-hot vector of the largest value, with the gradient of the soft one
    eps: without effect, as in torch
    dim: the dimension of the classes

    Shape: any -> the same.
    Raises: RuntimeError for integers and bools; IndexError for a dim outside [-logits.dim(), logits.dim()).
    Source: Jang, Gu & Poole, "Categorical Reparameterization with Gumbel-Softmax", 2016, arXiv:1611.01144.

    >>> import mtorch
    >>> mtorch.nn.functional.gumbel_softmax(mtorch.zeros(2, 3), hard=True).sum()
    tensor(2.)
    """
    x = require_tensor(logits, "gumbel_softmax", "logits")
    if x.array.dtype.kind != "f":
        raise RuntimeError(f"gumbel_softmax: expected floating point logits, got {x.dtype}")
    exponential = np.empty(x.array.shape, x.array.dtype)
    random.exponential_(exponential, random.default_generator, 1.0)
    soft = softmaxes.softmax((x - wrap(np.log(exponential))) / tau, dim)
    if not hard:
        return soft
    d = axis_of(dim, soft.array.ndim)
    one_hot = np.zeros_like(soft.array)
    np.put_along_axis(one_hot, np.argmax(soft.array, axis=d, keepdims=True), 1, d)
    return wrap(one_hot) - soft.detach() + soft


relu_, elu_, selu_, celu_ = (in_place(f) for f in (relu, elu, selu, celu))
leaky_relu_, hardtanh_, threshold_, rrelu_ = (in_place(f) for f in (leaky_relu, hardtanh, threshold, rrelu))
