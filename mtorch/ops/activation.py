"""Rules of the activation functions that are more than an elementwise function of elementwise.py."""
from __future__ import annotations

import math

import numpy as np

from ..autograd.tape import TensorBase, op
from .choice import select
from .elementwise import erf, log_of_1_plus_exp, plain, sigmoid
from .pieces import in_pieces


@op(flat=True)
def relu(a):
    """y = max(a, 0);  0 at 0, and nan stays nan"""
    y = relu(a) if isinstance(a, TensorBase) else np.maximum(a, 0)
    passed = plain(y) != 0                             # nan too, as in torch
    return y, (lambda g: g * passed,)


@op(flat=True)
def leaky_relu(a, *, negative_slope):
    """y = a for a > 0, else negative_slope a"""
    slope = select(plain(a) > 0, np.ones((), plain(a).dtype), negative_slope)
    return a * slope, (lambda g: g * slope,)


@op(flat=True, name="PreluKernelBackward0")
def prelu(a, w):
    """y = a for a > 0, else w a"""
    positive = plain(a) > 0
    return select(positive, a, w * a), (lambda g: select(positive, g, w * g), lambda g: select(positive, 0.0, g * a))


@op
def elu(a, *, alpha, scale, input_scale):
    """y = scale a for a > 0, else scale alpha (e^(input_scale a) - 1);  elu, selu and celu by their three numbers"""
    bent = plain(a) <= 0                               # nan is not, as in torch
    x = select(plain(a) < 0, a, 0.0) * input_scale     # not 0 itself: torch's second derivative is that from the right
    y = scale * select(bent, alpha * np.expm1(x), a)
    return y, (lambda g: g * select(bent, (scale * input_scale * alpha) * np.exp(x), scale),)


def gelu_plainly(a):
    """gelu, said in one line"""
    return a * (0.5 * (1.0 + erf(a * math.sqrt(0.5))))


@op(reference=gelu_plainly)
def gelu(a):
    """y = a Phi(a), Phi the normal distribution.  Hendrycks & Gimpel 2016, arXiv:1606.08415"""
    phi = in_pieces(_normal_distribution, a)
    return a * phi, (lambda g: in_pieces(_gelu_backward, a, g, phi),)


def _normal_distribution(a):
    """Phi(a) = (1 + erf(a / sqrt 2)) / 2"""
    phi = erf(a * math.sqrt(0.5))
    phi += 1.0
    phi *= 0.5
    return phi


def _gelu_backward(a, g, phi):
    """g (Phi(a) + a Phi'(a)),  Phi'(a) = e^(-a^2/2) / sqrt(2 pi)"""
    square = a * a
    square *= -0.5
    slope = np.exp(square)
    slope *= a
    slope *= 1 / math.sqrt(2 * math.pi)
    slope += phi
    slope *= g
    return slope


@op(name="GeluBackward0")
def gelu_tanh(a):
    """y = a/2 (1 + tanh(sqrt(2/pi) (a + 0.044715 a^3))).  Hendrycks & Gimpel 2016, section 2"""
    k = math.sqrt(2 / math.pi)
    square = a * a
    th = np.tanh(k * a * (1.0 + 0.044715 * square))
    half = 0.5 * (1.0 + th)

    def pullback(g):
        return g * (half + (0.5 * k) * a * (1.0 - th * th) * (1.0 + (3 * 0.044715) * square))
    return a * half, (pullback,)


@op
def silu(a):
    """y = a sigmoid(a).  Elfwing et al. 2017, arXiv:1702.03118"""
    s = sigmoid(a)
    return a * s, (lambda g: g * (s * (1.0 + a * (1.0 - s))),)


@op
def mish(a):
    """y = a tanh(log(1 + e^a)).  Misra 2019, arXiv:1908.08681"""
    th = np.tanh(log_of_1_plus_exp(a))
    s = sigmoid(a)
    return a * th, (lambda g: g * (th + a * s * (1.0 - th * th)),)


@op
def softplus(a, *, beta, threshold):
    """y = log(1 + e^(beta a)) / beta, and a itself where beta a > threshold"""
    linear = plain(a) * beta > threshold
    x = select(linear, 0.0, a) * beta
    s = sigmoid(x)
    return select(linear, a, log_of_1_plus_exp(x) / beta), (lambda g: g * select(linear, 1.0, s),)


@op
def log_sigmoid(a):
    """y = -log(1 + e^-a)"""
    s = sigmoid(-a)
    return -log_of_1_plus_exp(-a), (lambda g: g * s,)


@op(flat=True, name="HardtanhBackward0")
def hardtanh(a, *, low, high):
    """y = a kept in [low, high]; no gradient at the ends"""
    inside = (plain(a) > low) & (plain(a) < high)
    y = hardtanh(a, low=low, high=high) if isinstance(a, TensorBase) else np.clip(a, low, high)
    return y, (lambda g: g * inside,)


@op(flat=True)
def hardsigmoid(a):
    """y = (a + 3) / 6 kept in [0, 1]"""
    inside = (plain(a) > -3) & (plain(a) < 3)
    return np.clip(a / 6.0 + 0.5, 0.0, 1.0), (lambda g: g * (1.0 / 6.0) * inside,)


@op
def hardswish(a):
    """y = a hardsigmoid(a).  Howard et al. 2019, arXiv:1905.02244"""
    x = plain(a)
    straight = np.abs(x) >= 3
    return a * np.clip(a / 6.0 + 0.5, 0.0, 1.0), (lambda g: g * select(straight, (x > 0).astype(x.dtype), a / 3.0 + 0.5),)


@op(flat=True)
def softshrink(a, *, lambd):
    """y = a moved towards 0 by lambd"""
    x = plain(a)
    size = np.abs(x)
    outside, shift = size > lambd, np.sign(x) * lambd
    return select(size <= lambd, 0.0, a - shift), (lambda g: g * outside,)


@op(flat=True)
def keep_where(a, *, mask, value):
    """y = a where the mask is set, else value: threshold, hardshrink"""
    return select(mask, a, value), (lambda g: g * mask,)


@op(name="MulBackward0")
def scaled_mask(a, *, mask):
    """y = a mask: dropout, the mask drawn outside, scaled by 1 / (1 - p)"""
    return a * mask, (lambda g: g * mask,)


@op
def glu(a, *, dim):
    """y = first half of a along dim, times sigmoid of the second.  Dauphin et al. 2017, arXiv:1612.08083"""
    n = a.shape[dim] // 2
    lead = (slice(None),) * dim
    x = a[lead + (slice(None, n),)]
    s = sigmoid(a[lead + (slice(n, None),)])
    return x * s, (lambda g: np.concatenate((g * s, g * x * s * (1.0 - s)), dim),)
