"""Special functions: Bessel's, the normal distribution's, incomplete gamma, zeta; `mtorch.special` has their names."""
from __future__ import annotations

import math

import numpy as np

from ..autograd.mode import mode
from ..autograd.tape import TensorBase, wrap
from ..ops import arithmetic, special as rules
from .arguments import as_tensor_operand, floating, into, require_tensor, result_type_of, to_type
from .transcendental import erfc, lgamma


def i0(input, *, out=None):
    """The modified Bessel function of the first kind of order 0.

    >>> import mtorch
    >>> mtorch.i0(mtorch.tensor([0.0, 1.0]))
    tensor([1.0000, 1.2661])
    """
    result = rules.i0(floating(input, "i0"))
    return result if out is None else into(out, result)


def i0e(input, *, out=None):
    """i0 times e^-|x|.

    >>> import mtorch
    >>> mtorch.special.i0e(mtorch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.4658])
    """
    result = rules.i0e(floating(input, "special_i0e"))
    return result if out is None else into(out, result)


def i1(input, *, out=None):
    """The modified Bessel function of the first kind of order 1.

    >>> import mtorch
    >>> mtorch.special.i1(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.5652])
    """
    result = rules.i1(floating(input, "special_i1"))
    return result if out is None else into(out, result)


def i1e(input, *, out=None):
    """i1 times e^-|x|.

    >>> import mtorch
    >>> mtorch.special.i1e(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2079])
    """
    result = rules.i1e(floating(input, "special_i1e"))
    return result if out is None else into(out, result)


def ndtr(input, *, out=None):
    """The probability that a standard normal number is below input.

    >>> import mtorch
    >>> mtorch.special.ndtr(mtorch.tensor([0.0, 1.0]))
    tensor([0.5000, 0.8413])
    """
    result = erfc(floating(input, "special_ndtr") * -math.sqrt(0.5)) * 0.5
    return result if out is None else into(out, result)


def ndtri(input, *, out=None):
    """The inverse of `ndtr`.

    >>> import mtorch
    >>> mtorch.special.ndtri(mtorch.tensor([0.5, 0.8413]))
    tensor([0.0000, 0.9998])
    """
    result = rules.ndtri(floating(input, "special_ndtri"))
    return result if out is None else into(out, result)


def log_ndtr(input, *, out=None):
    """The logarithm of `ndtr`, without underflow.

    >>> import mtorch
    >>> mtorch.special.log_ndtr(mtorch.tensor([-20.0, 0.0]))
    tensor([-203.9172,   -0.6931])
    """
    result = rules.log_ndtr(floating(input, "special_log_ndtr"))
    return result if out is None else into(out, result)


def erfcx(input, *, out=None):
    """e^(x^2) erfc(x), without underflow.

    >>> import mtorch
    >>> mtorch.special.erfcx(mtorch.tensor([0.0, 10.0]))
    tensor([1.0000, 0.0561])
    """
    result = rules.erfcx(floating(input, "special_erfcx"))
    return result if out is None else into(out, result)


def entr(input, *, out=None):
    """-x log x: 0 at 0, -inf below.

    >>> import mtorch
    >>> mtorch.special.entr(mtorch.tensor([-1.0, 0.0, 0.5]))
    tensor([  -inf, 0.0000, 0.3466])
    """
    result = rules.entr(floating(input, "special_entr"))
    return result if out is None else into(out, result)


def _two(a, b, name: str):
    """Two operands, Tensors or numbers, in one floating point type."""
    if not isinstance(a, TensorBase) and not isinstance(b, TensorBase):
        raise TypeError(f"{name}(): at least one of the arguments must be Tensor")
    kind = result_type_of(a, b)
    if kind.kind != "f":
        kind = result_type_of(wrap(np.zeros(1, kind)), 1.0)
    return [to_type(as_tensor_operand(x, name), kind) for x in (a, b)]


def xlog1py(input, other, *, out=None):
    """input log(1 + other), 0 where input is.

    >>> import mtorch
    >>> mtorch.special.xlog1py(mtorch.tensor([0.0, 2.0]), mtorch.tensor([-1.0, 1.0]))
    tensor([0.0000, 1.3863])
    """
    result = rules.xlog1py(*_two(input, other, "special_xlog1py"))
    return result if out is None else into(out, result)


def zeta(input, other, *, out=None):
    """The Hurwitz zeta function: the sum over k >= 0 of (k + other)^-input.

    >>> import mtorch
    >>> mtorch.special.zeta(mtorch.tensor([2.0]), 1)
    tensor([1.6449])
    """
    result = rules.zeta(*_two(input, other, "special_zeta"))
    return result if out is None else into(out, result)


def igamma(input, other, *, out=None):
    """The regularized lower incomplete gamma function P(input, other).

    >>> import mtorch
    >>> mtorch.igamma(mtorch.tensor([1.0]), mtorch.tensor([1.0]))
    tensor([0.6321])
    """
    result = rules.igamma(*_two(require_tensor(input, "igamma"), require_tensor(other, "igamma", "other"), "igamma"))
    return result if out is None else into(out, result)


def igammac(input, other, *, out=None):
    """The regularized upper incomplete gamma function, 1 - P(input, other).

    >>> import mtorch
    >>> mtorch.igammac(mtorch.tensor([1.0]), mtorch.tensor([1.0]))
    tensor([0.3679])
    """
    a, x = require_tensor(input, "igammac"), require_tensor(other, "igammac", "other")
    result = rules.igammac(*_two(a, x, "igammac"))
    return result if out is None else into(out, result)


def mvlgamma(input, p, *, out=None):
    """The logarithm of the multivariate gamma function of dimension p, for input > (p - 1) / 2.

    >>> import mtorch
    >>> mtorch.mvlgamma(mtorch.tensor([2.0]), 2)
    tensor([0.4516])
    """
    x = floating(input, "mvlgamma")
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    parts = x.unsqueeze(-1) + wrap(np.arange(0, -p, -1).astype(x.array.dtype) / 2)
    result = lgamma(parts).sum(-1) + p * (p - 1) / 4 * math.log(math.pi)
    return result if out is None else into(out, result)


def xlogy(input, other, *, out=None):
    """input log(other), 0 where input is 0.

    >>> import mtorch
    >>> mtorch.special.xlogy(mtorch.tensor([0.0, 2.0]), mtorch.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    result = arithmetic.xlogy(*_two(input, other, "xlogy"))
    return result if out is None else into(out, result)


# ---- without gradients, as in torch ------------------------------------------------------------

def _value_only(name: str, scipy_name: str, input, out):
    """A function that SciPy has and whose gradient torch lacks, too."""
    x = floating(input, f"special_{name}")
    if x._requires_grad and mode.recording:
        raise NotImplementedError(f"the derivative for 'special_{name}' is not implemented.")
    result = wrap(rules.scipy_value(scipy_name, x.array))
    return result if out is None else into(out, result)


def airy_ai(input, *, out=None):
    """Airy's function Ai; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.airy_ai(mtorch.tensor([1.0]))
    tensor([0.1353])
    """
    return _value_only("airy_ai", "airy", input, out)


def bessel_j0(input, *, out=None):
    """The Bessel function of the first kind of order 0; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.bessel_j0(mtorch.tensor([1.0]))
    tensor([0.7652])
    """
    return _value_only("bessel_j0", "j0", input, out)


def bessel_j1(input, *, out=None):
    """The Bessel function of the first kind of order 1; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.bessel_j1(mtorch.tensor([1.0]))
    tensor([0.4401])
    """
    return _value_only("bessel_j1", "j1", input, out)


def bessel_y0(input, *, out=None):
    """The Bessel function of the second kind of order 0; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.bessel_y0(mtorch.tensor([1.0]))
    tensor([0.0883])
    """
    return _value_only("bessel_y0", "y0", input, out)


def bessel_y1(input, *, out=None):
    """The Bessel function of the second kind of order 1; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.bessel_y1(mtorch.tensor([1.0]))
    tensor([-0.7812])
    """
    return _value_only("bessel_y1", "y1", input, out)


def modified_bessel_i0(input, *, out=None):
    """The modified Bessel function of the first kind of order 0; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.modified_bessel_i0(mtorch.tensor([1.0]))
    tensor([1.2661])
    """
    return _value_only("modified_bessel_i0", "i0", input, out)


def modified_bessel_i1(input, *, out=None):
    """The modified Bessel function of the first kind of order 1; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.modified_bessel_i1(mtorch.tensor([1.0]))
    tensor([0.5652])
    """
    return _value_only("modified_bessel_i1", "i1", input, out)


def modified_bessel_k0(input, *, out=None):
    """The modified Bessel function of the second kind of order 0; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.modified_bessel_k0(mtorch.tensor([1.0]))
    tensor([0.4210])
    """
    return _value_only("modified_bessel_k0", "k0", input, out)


def modified_bessel_k1(input, *, out=None):
    """The modified Bessel function of the second kind of order 1; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.modified_bessel_k1(mtorch.tensor([1.0]))
    tensor([0.6019])
    """
    return _value_only("modified_bessel_k1", "k1", input, out)


def scaled_modified_bessel_k0(x, *, out=None):
    """e^x times the modified Bessel function of the second kind of order 0; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.scaled_modified_bessel_k0(mtorch.tensor([1.0]))
    tensor([1.1445])
    """
    return _value_only("scaled_modified_bessel_k0", "k0e", x, out)


def scaled_modified_bessel_k1(x, *, out=None):
    """e^x times the modified Bessel function of the second kind of order 1; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.scaled_modified_bessel_k1(mtorch.tensor([1.0]))
    tensor([1.6362])
    """
    return _value_only("scaled_modified_bessel_k1", "k1e", x, out)


def spherical_bessel_j0(input, *, out=None):
    """The spherical Bessel function of the first kind of order 0, sin(x) / x; it has no gradient.

    >>> import mtorch
    >>> mtorch.special.spherical_bessel_j0(mtorch.tensor([1.0]))
    tensor([0.8415])
    """
    return _value_only("spherical_bessel_j0", "spherical_jn", input, out)
