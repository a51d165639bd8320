"""Rules of one operand, elementwise: y[i] = f(a[i]), and dy/da beside it."""
from __future__ import annotations

import math

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import TensorBase, grad_name_of, op, wrap
from ..strides import memory_like
from .erf32 import erf32


def plain(a):
    """The array of a Tensor, or the array itself: for what a gradient does not go through."""
    return getattr(a, "array", a)


@op(keeps=False)
def neg(a):
    """y = -a"""
    return -a, (lambda g: -g,)


def sign(a: np.ndarray) -> np.ndarray:
    """-1, 0 or 1; of nan 0, as in torch."""
    y = np.sign(a)
    return np.where(np.isnan(y), 0.0, y) if np.isnan(y).any() else y


@op(flat=True)
def abs(a):
    """y = |a|;  0 has the derivative 0, and nan as well"""
    return np.abs(a), (lambda g: g * sign(plain(a)),)


@op
def exp(a):
    """y = e^a"""
    y = np.exp(a)
    return y, (lambda g: g * y,)


@op
def exp2(a):
    """y = 2^a"""
    y = np.exp2(a)
    return y, (lambda g: g * (y * math.log(2)),)


@op
def expm1(a):
    """y = e^a - 1"""
    y = np.expm1(a)
    return y, (lambda g: g * (y + 1.0),)


@op
def log(a):
    """y = ln a"""
    return np.log(a), (lambda g: g / a,)


@op
def log2(a):
    """y = log2 a"""
    return np.log2(a), (lambda g: g / (a * math.log(2)),)


@op
def log10(a):
    """y = log10 a"""
    return np.log10(a), (lambda g: g / (a * math.log(10)),)


def log_of_1_plus_exp(a):
    """ln(1 + e^a), which never overflows: np.logaddexp(a, 0) in a tenth of its time"""
    return np.maximum(a, 0.0) + np.log1p(np.exp(-np.abs(a)))


@op(name="Log1PBackward0")
def log1p(a):
    """y = ln(1 + a)"""
    return np.log1p(a), (lambda g: g / (1.0 + a),)


@op
def sqrt(a):
    """y = a^(1/2)"""
    y = np.sqrt(a)
    return y, (lambda g: g / (2.0 * y),)


@op
def rsqrt(a):
    """y = a^(-1/2)"""
    y = 1.0 / np.sqrt(a)
    return y, (lambda g: g * (-0.5 * y * y * y),)


@op
def reciprocal(a):
    """y = 1 / a"""
    y = 1.0 / a
    return y, (lambda g: -g * (y * y),)


@op
def sin(a):
    """y = sin a"""
    return np.sin(a), (lambda g: g * np.cos(a),)


@op
def cos(a):
    """y = cos a"""
    return np.cos(a), (lambda g: -g * np.sin(a),)


@op
def tan(a):
    """y = tan a"""
    y = np.tan(a)
    return y, (lambda g: g * (1.0 + y * y),)


@op
def asin(a):
    """y = arcsin a"""
    return np.arcsin(a), (lambda g: g / np.sqrt(1.0 - a * a),)


@op
def acos(a):
    """y = arccos a"""
    return np.arccos(a), (lambda g: -g / np.sqrt(1.0 - a * a),)


@op
def atan(a):
    """y = arctan a"""
    return np.arctan(a), (lambda g: g / (1.0 + a * a),)


@op
def sinh(a):
    """y = sinh a"""
    return np.sinh(a), (lambda g: g * np.cosh(a),)


@op
def cosh(a):
    """y = cosh a"""
    return np.cosh(a), (lambda g: g * np.sinh(a),)


@op
def tanh(a):
    """y = tanh a"""
    y = np.tanh(a)
    return y, (lambda g: g * (1.0 - y * y),)


@op
def asinh(a):
    """y = arsinh a"""
    return np.arcsinh(a), (lambda g: g / np.sqrt(a * a + 1.0),)


@op
def acosh(a):
    """y = arcosh a"""
    return np.arccosh(a), (lambda g: g / np.sqrt(a * a - 1.0),)


@op
def atanh(a):
    """y = artanh a"""
    return np.arctanh(a), (lambda g: g / (1.0 - a * a),)


@op
def sigmoid(a):
    """y = 1 / (1 + e^-a).  (1 + tanh(a/2)) / 2 is quicker, but 0 from -18 on in float32, where y has a logarithm still"""
    y = sigmoid(a) if isinstance(a, TensorBase) else 1.0 / (1.0 + np.exp(-a))
    return y, (lambda g: g * (y * (1.0 - y)),)


@op
def logit(a):
    """y = log(a / (1 - a))"""
    def slope():
        outside = (plain(a) < 0) | (plain(a) > 1)
        return np.where(outside, np.nan, 1.0 / (a * (1.0 - a)))
    return np.log(a / (1.0 - a)), (lambda g: g * slope(),)


def _special(name, a):
    """A function of scipy.special, imported when it is first needed (0.3 s)."""
    import scipy.special
    return np.asarray(getattr(scipy.special, name)(a), dtype=a.dtype)


@op
def erf(a):
    """y = 2/sqrt(pi) times the integral of e^(-t^2) from 0 to a"""
    y = erf(a) if isinstance(a, TensorBase) else erf32(a) if a.dtype == np.float32 else _special("erf", a)
    return y, (lambda g: g * (2 / math.sqrt(math.pi) * np.exp(-a * a)),)


@op
def erfc(a):
    """y = 1 - erf a"""
    y = erfc(a) if isinstance(a, TensorBase) else _special("erfc", a)
    return y, (lambda g: g * (-2 / math.sqrt(math.pi) * np.exp(-a * a)),)


@op
def erfinv(a):
    """erf y = a"""
    y = erfinv(a) if isinstance(a, TensorBase) else _special("erfinv", a)
    return y, (lambda g: g * (math.sqrt(math.pi) / 2 * np.exp(y * y)),)


@op
def lgamma(a):
    """y = log |Gamma(a)|"""
    y = lgamma(a) if isinstance(a, TensorBase) else np.where(np.isinf(a), np.inf, _special("gammaln", a))
    return y, (lambda g: g * digamma(a),)


@op
def digamma(a):
    """y = Gamma'(a) / Gamma(a)"""
    y = digamma(a) if isinstance(a, TensorBase) else _special("digamma", a)
    return y, (lambda g: g * polygamma(a, n=1),)


@op
def polygamma(a, *, n):
    """y = the n-th derivative of digamma"""
    if isinstance(a, TensorBase):
        y = polygamma(a, n=n)
    else:
        import scipy.special
        y = np.asarray(scipy.special.polygamma(n, a), dtype=a.dtype)
    return y, (lambda g: g * polygamma(a, n=n + 1),)


@op
def sinc(a):
    """y = sin(pi a) / (pi a), 1 at 0"""
    zero = plain(a) == 0
    x = np.where(zero, 1.0, a) * math.pi
    tiny = plain(x) * plain(x) == 0
    slope = np.where(zero | tiny, 0.0 - a * (math.pi ** 2 / 3), (x * np.cos(x) - np.sin(x)) / (x * x) * math.pi)
    return np.where(zero, 1.0, np.sin(x) / x), (lambda g: g * slope,)


def zeros(g):
    """The gradient 0, whatever comes back."""
    none = np.zeros(g.shape, plain(g).dtype)
    return wrap(none) if isinstance(g, TensorBase) else none


def _name_of_step(node) -> str:
    step = node.kwargs["function"].__name__
    return grad_name_of(step if step in ("sign", "floor", "ceil", "trunc") else "round")


@op(keeps=False, name=_name_of_step)
def flat(a, *, function):
    """y = a step function of a (sign, floor, round, ...): its derivative is 0 almost everywhere."""
    y = flat(a, function=function) if isinstance(a, TensorBase) else function(a)
    return y, (zeros,)


@op(keeps=False)
def frac(a):
    """y = a - trunc a"""
    return a - np.trunc(plain(a)), (lambda g: g,)


@op(name="ClampBackward1")
def clamp(a, *, min, max):
    """y = a kept in [min, max]; outside, no gradient"""
    y = np.clip(plain(a), min, max)
    inside = np.ones(plain(a).shape, bool)
    if min is not None:
        inside &= plain(a) >= min
    if max is not None:
        inside &= plain(a) <= max
    if isinstance(a, TensorBase):
        y = clamp(a, min=min, max=max)
    return y, (lambda g: g * inside,)


@op
def nan_to_num(a, *, nan, posinf, neginf):
    """y = a with nan, inf and -inf replaced"""
    finite = np.isfinite(plain(a))
    y = nan_to_num(a, nan=nan, posinf=posinf, neginf=neginf) if isinstance(a, TensorBase) else \
        np.nan_to_num(a, nan=nan, posinf=posinf, neginf=neginf)
    return y, (lambda g: g * finite,)


@op(keeps=False)
def clone(a, *, as_it_lies=False):
    """y = a, in memory of its own"""
    if isinstance(a, TensorBase):
        y = clone(a, as_it_lies=as_it_lies)
    else:
        y = memory_like(a, None, as_it_lies)
        y[...] = a
    return y, (lambda g: g,)


@op(keeps=False, name="CloneBackward0")
def in_order(a):
    """y = a, in memory of its own and in the order of its axes"""
    return (in_order(a) if isinstance(a, TensorBase) else a.copy()), (lambda g: g,)


holomorphic(neg, exp, exp2, expm1, log, log2, log10, log1p, sqrt, rsqrt, reciprocal, sin, cos, tan, asin, acos, atan, sinh,
            cosh, tanh, asinh, acosh, atanh, sigmoid, clone, in_order)
