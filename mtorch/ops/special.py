"""Rules of special functions, elementwise.  Their values are SciPy's, imported when one is first used.

Every function here comes with its derivative in terms of others (DLMF is the NIST Digital Library of Mathematical
Functions).
"""
from __future__ import annotations

import math

import numpy as np

from ..autograd.tape import TensorBase, op
from .elementwise import plain


def scipy_value(name: str, *operands):
    """scipy.special.<name> in the type of the operands."""
    import scipy.special
    kind = np.result_type(*(x.dtype for x in operands if hasattr(x, "dtype")))
    if name == "airy":
        return np.asarray(scipy.special.airy(*operands)[0], dtype=kind)
    if name == "spherical_jn":
        return np.asarray(scipy.special.spherical_jn(0, *operands), dtype=kind)
    return np.asarray(getattr(scipy.special, name)(*operands), dtype=kind)


def _value(rule, name, *operands):
    """The value of a rule: SciPy's, or, of Tensors under replay, the rule itself."""
    return rule(*operands) if any(isinstance(x, TensorBase) for x in operands) else scipy_value(name, *operands)


@op(name="I0Backward0")
def i0(a):
    """The modified Bessel function of the first kind, order 0;  I0' = I1   (DLMF 10.29.3)"""
    return _value(i0, "i0", a), (lambda g: g * i1(a),)


@op(name="SpecialI1Backward0")
def i1(a):
    """The same of order 1;  I1' = I0 - I1 / x, 1/2 at 0   (DLMF 10.29.2)"""
    y = _value(i1, "i1", a)
    zero = plain(a) == 0
    return y, (lambda g: g * (i0(a) - np.where(zero, 0.5, y / np.where(zero, 1.0, a))),)


@op(name="SpecialI0EBackward0")
def i0e(a):
    """e^-|x| I0(x);  its derivative is i1e(x) - sign(x) i0e(x)"""
    y, sign = _value(i0e, "i0e", a), np.sign(plain(a))
    return y, (lambda g: g * (i1e(a) - sign * y),)


@op(name="SpecialI1EBackward0")
def i1e(a):
    """e^-|x| I1(x);  its derivative is i0e(x) - (sign(x) + 1 / x) i1e(x), 1/2 at 0"""
    y, sign, zero = _value(i1e, "i1e", a), np.sign(plain(a)), plain(a) == 0
    return y, (lambda g: g * (i0e(a) - sign * y - np.where(zero, 0.5, y / np.where(zero, 1.0, a))),)


@op(name="SpecialNdtriBackward0")
def ndtri(a):
    """The quantile of the standard normal distribution;  its derivative is 1 / density(y)"""
    y = _value(ndtri, "ndtri", a)
    return y, (lambda g: g * (math.sqrt(2 * math.pi) * np.exp(0.5 * y * y)),)


@op(name="SpecialLogNdtrBackward0")
def log_ndtr(a):
    """log of the standard normal distribution function;  its derivative is density(x) / ndtr(x), by erfcx without
    underflow"""
    y = _value(log_ndtr, "log_ndtr", a)
    return y, (lambda g: g * (math.sqrt(2 / math.pi) / erfcx(a * (-math.sqrt(0.5)))),)


@op(name="SpecialErfcxBackward0")
def erfcx(a):
    """e^(x^2) erfc(x);  its derivative is 2 x y - 2 / sqrt(pi)"""
    y = _value(erfcx, "erfcx", a)
    return y, (lambda g: g * (2.0 * a * y - 2.0 / math.sqrt(math.pi)),)


@op(name="SpecialEntrBackward0")
def entr(a):
    """-x log x, 0 at 0 and -inf below;  its derivative is -log x - 1"""
    y = _value(entr, "entr", a)
    return y, (lambda g: g * (-np.log(a) - 1.0),)


@op(name="SpecialXlog1PyBackward0")
def xlog1py(a, b):
    """a log(1 + b), 0 where a is;  da = log(1 + b), db = a / (1 + b)"""
    if isinstance(a, TensorBase) or isinstance(b, TensorBase):
        y = xlog1py(a, b)
    else:
        y = scipy_value("xlog1py", a, b)
    used = ~((plain(a) == 0) & (plain(b) <= -1))
    return y, (lambda g: np.where(used, g * np.log1p(np.where(used, b, 0.0)), 0.0),
               lambda g: g * (a / (b + 1.0)))


@op(name="SpecialZetaBackward0")
def zeta(s, q):
    """The Hurwitz zeta function, sum over k of (k + q)^-s;  dq = -s zeta(s + 1, q)   (DLMF 25.11.17); s has no
    gradient"""
    y = _value(zeta, "zeta", s, q)

    def no_gradient(g):
        raise NotImplementedError("the derivative of zeta with respect to its first argument is not implemented")
    return y, (no_gradient, lambda g: g * (-s * zeta(s + 1.0, q)))


@op(name="IgammaBackward0")
def igamma(a, x):
    """The regularized lower incomplete gamma function P(a, x);  dx = x^(a-1) e^-x / gamma(a); a has no gradient"""
    return _value(igamma, "gammainc", a, x), _incomplete(a, x, 1.0)


@op(name="IgammacBackward0")
def igammac(a, x):
    """The upper one, 1 - P(a, x)"""
    return _value(igammac, "gammaincc", a, x), _incomplete(a, x, -1.0)


def _incomplete(a, x, sign):
    from .elementwise import lgamma

    def no_gradient(g):
        raise NotImplementedError("the derivative of igamma and igammac with respect to their first argument is not "
                                  "implemented")
    return no_gradient, lambda g: g * (sign * np.exp((a - 1.0) * np.log(x) - x - lgamma(a)))
