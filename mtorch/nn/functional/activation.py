"""The activation functions.  `inplace=True` writes the result into the input, as in torch."""
from __future__ import annotations

import warnings

import numpy as np

from ... import random
from ...autograd.tape import wrap
from ...autograd.views import inplace as in_place
from ...functions import activation as functions, elementwise, softmax as softmaxes, transcendental
from ...functions.arguments import axis_of, require_tensor
from ...ops import activation as rules

tanh, sigmoid, prelu = transcendental.tanh, transcendental.sigmoid, functions.prelu
hardshrink = functions.hardshrink


def _floating(input, name):
    x = require_tensor(input, name)
    if x.array.dtype.kind != "f":
        raise NotImplementedError(f'"{name}_cpu" not implemented for {x.dtype}: expected a floating point tensor')
    return x


def _maybe_in_place(function, inplace, x, *args):
    return in_place(function)(x, *args) if inplace else function(x, *args)


def relu(input, inplace: bool = False):
    """max(input, 0).

    >>> import mtorch
    >>> mtorch.nn.functional.relu(mtorch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return in_place(functions.relu)(input) if inplace else functions.relu(input)


def relu6(input, inplace: bool = False):
    """input kept in [0, 6].

    >>> import mtorch
    >>> mtorch.nn.functional.relu6(mtorch.tensor([-1.0, 9.0]))
    tensor([0., 6.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)


def leaky_relu(input, negative_slope: float = 0.01, inplace: bool = False):
    """input where it is positive, else negative_slope * input.

    >>> import mtorch
    >>> mtorch.nn.functional.leaky_relu(mtorch.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    x = _floating(input, "leaky_relu")
    return _maybe_in_place(lambda a: rules.leaky_relu(a, negative_slope=negative_slope), inplace, x)


def rrelu(input, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False):
    """leaky_relu whose slope is drawn from [lower, upper] for each element; their mean when not training.

    >>> import mtorch
    >>> mtorch.nn.functional.rrelu(mtorch.tensor([-1.0, 2.0]), 0.5, 0.5)
    tensor([-0.5000,  2.0000])
    """
    x = _floating(input, "rrelu")
    if lower > upper:
        raise RuntimeError(f"rrelu: lower ({lower}) must not exceed upper ({upper})")
    if not training:
        return leaky_relu(x, (lower + upper) / 2, inplace)
    slope = np.ones(x.array.shape, x.array.dtype)
    negative = x.array <= 0
    drawn = np.empty(int(negative.sum()), np.float64)
    random.uniform_(drawn, random.default_generator, lower, upper)
    slope[negative] = drawn
    return _maybe_in_place(lambda a: rules.scaled_mask(a, mask=slope), inplace, x)


def elu(input, alpha: float = 1.0, inplace: bool = False):
    """input where it is positive, else alpha (e^x - 1).  Clevert et al. 2015, arXiv:1511.07289

    >>> import mtorch
    >>> mtorch.nn.functional.elu(mtorch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    x = _floating(input, "elu")
    return _maybe_in_place(lambda a: rules.elu(a, alpha=alpha, scale=1.0, input_scale=1.0), inplace, x)


def selu(input, inplace: bool = False):
    """elu with the two numbers that keep mean 0 and variance 1.  Klambauer et al. 2017, arXiv:1706.02515

    >>> import mtorch
    >>> mtorch.nn.functional.selu(mtorch.tensor([1.0]))
    tensor([1.0507])
    """
    return _maybe_in_place(functions.selu, inplace, _floating(input, "selu"))


def celu(input, alpha: float = 1.0, inplace: bool = False):
    """max(x, 0) + min(0, alpha (e^(x/alpha) - 1)).  Barron 2017, arXiv:1704.07483

    >>> import mtorch
    >>> mtorch.nn.functional.celu(mtorch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return _maybe_in_place(functions.celu, inplace, _floating(input, "celu"), alpha)


def gelu(input, approximate: str = "none"):
    """x Phi(x); approximate="tanh" takes a tanh for the normal distribution.  Hendrycks & Gimpel 2016, arXiv:1606.08415

    >>> import mtorch
    >>> mtorch.nn.functional.gelu(mtorch.tensor([1.0]))
    tensor([0.8413])
    """
    x = _floating(input, "gelu")
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"approximate argument must be either none or tanh, got {approximate!r}")
    return rules.gelu(x) if approximate == "none" else rules.gelu_tanh(x)


def silu(input, inplace: bool = False):
    """x sigmoid(x), also called swish.  Elfwing et al. 2017, arXiv:1702.03118

    >>> import mtorch
    >>> mtorch.nn.functional.silu(mtorch.tensor([1.0]))
    tensor([0.7311])
    """
    return _maybe_in_place(rules.silu, inplace, _floating(input, "silu"))


def mish(input, inplace: bool = False):
    """x tanh(softplus(x)).  Misra 2019, arXiv:1908.08681

    >>> import mtorch
    >>> mtorch.nn.functional.mish(mtorch.tensor([1.0]))
    tensor([0.8651])
    """
    return _maybe_in_place(rules.mish, inplace, _floating(input, "mish"))


def softplus(input, beta: float = 1.0, threshold: float = 20.0):
    """log(1 + e^(beta x)) / beta, and x itself where beta x exceeds threshold.

    >>> import mtorch
    >>> mtorch.nn.functional.softplus(mtorch.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """
    return rules.softplus(_floating(input, "softplus"), beta=beta, threshold=threshold)


def softsign(input):
    """x / (1 + |x|).

    >>> import mtorch
    >>> mtorch.nn.functional.softsign(mtorch.tensor([1.0, -3.0]))
    tensor([ 0.5000, -0.7500])
    """
    return input / (elementwise.abs(input) + 1)


def logsigmoid(input):
    """log(1 / (1 + e^-x)).

    >>> import mtorch
    >>> mtorch.nn.functional.logsigmoid(mtorch.tensor([0.0]))
    tensor([-0.6931])
    """
    return rules.log_sigmoid(_floating(input, "logsigmoid"))


def tanhshrink(input):
    """x - tanh(x).

    >>> import mtorch
    >>> mtorch.nn.functional.tanhshrink(mtorch.tensor([1.0]))
    tensor([0.2384])
    """
    return input - transcendental.tanh(input)


def softshrink(input, lambd: float = 0.5):
    """x moved towards 0 by lambd, 0 where it would cross it.

    >>> import mtorch
    >>> mtorch.nn.functional.softshrink(mtorch.tensor([1.0, 0.2]))
    tensor([0.5000, 0.0000])
    """
    if lambd < 0:
        raise RuntimeError(f"lambda must be greater or equal to 0, but found to be {lambd}.")
    return rules.softshrink(_floating(input, "softshrink"), lambd=lambd)


def hardtanh(input, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False):
    """x kept in [min_val, max_val].

    >>> import mtorch
    >>> mtorch.nn.functional.hardtanh(mtorch.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    x = require_tensor(input, "hardtanh")
    if min_val > max_val:
        raise ValueError(f"min_val ({min_val}) cannot be greater than max_val ({max_val})")
    if x.array.dtype.kind != "f":
        return wrap(np.clip(x.array, int(min_val), int(max_val)))
    return _maybe_in_place(lambda a: rules.hardtanh(a, low=min_val, high=max_val), inplace, x)


def hardsigmoid(input, inplace: bool = False):
    """(x + 3) / 6 kept in [0, 1].

    >>> import mtorch
    >>> mtorch.nn.functional.hardsigmoid(mtorch.tensor([0.0, 9.0]))
    tensor([0.5000, 1.0000])
    """
    return _maybe_in_place(rules.hardsigmoid, inplace, _floating(input, "hardsigmoid"))


def hardswish(input, inplace: bool = False):
    """x hardsigmoid(x).  Howard et al. 2019, arXiv:1905.02244

    >>> import mtorch
    >>> mtorch.nn.functional.hardswish(mtorch.tensor([1.0]))
    tensor([0.6667])
    """
    return _maybe_in_place(rules.hardswish, inplace, _floating(input, "hardswish"))


def threshold(input, threshold: float, value: float, inplace: bool = False):
    """x where it exceeds threshold, else value.

    >>> import mtorch
    >>> mtorch.nn.functional.threshold(mtorch.tensor([-1.0, 2.0]), 0.0, 9.0)
    tensor([9., 2.])
    """
    return _maybe_in_place(functions.threshold, inplace, input, threshold, value)


def glu(input, dim: int = -1):
    """The first half along dim, times the sigmoid of the second.  Dauphin et al. 2017, arXiv:1612.08083

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


def _softmax_dim(name: str, dim, ndim: int) -> int:
    """The dimension torch takes when none is given."""
    if dim is not None:
        return dim
    warnings.warn(f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an "
                  "argument.",
                  stacklevel=4)
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    """e^x / sum e^x over dim.

    >>> import mtorch
    >>> mtorch.nn.functional.softmax(mtorch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return softmaxes.softmax(input, _softmax_dim("softmax", dim, input.ndim), dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    """log(e^x / sum e^x) over dim, without overflow.

    >>> import mtorch
    >>> mtorch.nn.functional.log_softmax(mtorch.tensor([0.0, 0.0]), dim=0)
    tensor([-0.6931, -0.6931])
    """
    return softmaxes.log_softmax(input, _softmax_dim("log_softmax", dim, input.ndim), dtype)


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    """softmax of -x.

    >>> import mtorch
    >>> mtorch.nn.functional.softmin(mtorch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return softmaxes.softmax(-input, _softmax_dim("softmin", dim, input.ndim), dtype)


def gumbel_softmax(logits, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1):
    """A sample from the Gumbel-softmax distribution; hard=True gives one-hot values with the soft gradient.

    Jang et al. 2016, arXiv:1611.01144

    >>> import mtorch
    >>> mtorch.nn.functional.gumbel_softmax(mtorch.zeros(2, 3), hard=True).sum()
    tensor(2.)
    """
    exponential = np.empty_like(logits.array)
    random.exponential_(exponential, random.default_generator, 1.0)
    soft = softmaxes.softmax((logits - wrap(np.log(exponential))) / tau, dim)
    if not hard:
        return soft
    d = axis_of(dim, soft.array.ndim)
    one_hot = np.zeros_like(soft.array)
    np.put_along_axis(one_hot, np.argmax(soft.array, axis=d, keepdims=True), 1, d)
    return wrap(one_hot) - soft.detach() + soft


relu_, elu_, selu_, celu_ = (in_place(f) for f in (relu, elu, selu, celu))
leaky_relu_, hardtanh_, threshold_, rrelu_ = (in_place(f) for f in (leaky_relu, hardtanh, threshold, rrelu))
