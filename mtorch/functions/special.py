"""Special functions: Bessel's, the normal distribution's, incomplete gamma, zeta; `mtorch.special` has their names.

Source: Abramowitz and Stegun 1964, "Handbook of Mathematical Functions": chapters 6 (gamma), 7 (error function), 9 and
10 (Bessel, Airy), 23 (zeta), 26 (the normal distribution).
"""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..autograd.naming import shown_as
from ..autograd.tape import TensorBase, wrap
from ..ops import arithmetic, special as rules
from .arguments import (as_tensor_operand, floating, of_real_numbers, require_tensor, result_type_of, to_type,
                        whole_number)
from .output import into
from .number_parts import without_derivative
from .transcendental import erfc, lgamma

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Operand


def i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 0: the mean of e^(x cos t) over t in [0, pi].

    Shape: any -> the same
    Raises: TypeError where input or out is not a Tensor; RuntimeError where out is of an integer type, or where out is
        given and input or out requires grad.

    >>> import mtorch
    >>> mtorch.i0(mtorch.tensor([0.0, 1.0]))
    tensor([1.0000, 1.2661])
    """
    result = rules.i0(floating(input, "i0"))
    return result if out is None else into(out, result)


def i0e(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """i0 times e^-|x|.

    Shape and errors as for `i0`.

    >>> import mtorch
    >>> mtorch.special.i0e(mtorch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.4658])
    """
    result = rules.i0e(floating(input, "special_i0e"))
    return result if out is None else into(out, result)


def i1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 1, the derivative of i0.

    Shape and errors as for `i0`.

    >>> import mtorch
    >>> mtorch.special.i1(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.5652])
    """
    result = rules.i1(floating(input, "special_i1"))
    return result if out is None else into(out, result)


def i1e(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """i1 times e^-|x|.

    Shape and errors as for `i0`.

    >>> import mtorch
    >>> mtorch.special.i1e(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2079])
    """
    result = rules.i1e(floating(input, "special_i1e"))
    return result if out is None else into(out, result)


@of_real_numbers
def ndtr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The probability that a standard normal number is below input: (1 + erf(x / sqrt(2))) / 2.

    Shape and errors as for `i0`.

    >>> import mtorch
    >>> mtorch.special.ndtr(mtorch.tensor([0.0, 1.0]))
    tensor([0.5000, 0.8413])
    """
    result = erfc(floating(input, "special_ndtr") * -math.sqrt(0.5)) * 0.5
    return result if out is None else into(out, result)


def ndtri(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of `ndtr`: -inf and inf at 0 and 1, nan outside.

    Shape and errors as for `i0`.

    >>> import mtorch
    >>> mtorch.special.ndtri(mtorch.tensor([0.5, 0.8413]))
    tensor([0.0000, 0.9998])
    """
    result = rules.ndtri(floating(input, "special_ndtri"))
    return result if out is None else into(out, result)


@of_real_numbers
def log_ndtr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of `ndtr`, without underflow.

    Shape and errors as for `i0`.

    >>> import mtorch
    >>> mtorch.special.log_ndtr(mtorch.tensor([-20.0, 0.0]))
    tensor([-203.9172,   -0.6931])
    """
    result = rules.log_ndtr(floating(input, "special_log_ndtr"))
    return result if out is None else into(out, result)


@of_real_numbers
def erfcx(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """e^(x^2) erfc(x), without underflow.

    Shape and errors as for `i0`.

    >>> import mtorch
    >>> mtorch.special.erfcx(mtorch.tensor([0.0, 10.0]))
    tensor([1.0000, 0.0561])
    """
    result = rules.erfcx(floating(input, "special_erfcx"))
    return result if out is None else into(out, result)


def entr(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-x log x: 0 at 0, -inf below.

    Shape and errors as for `i0`.

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


@of_real_numbers
def xlog1py(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """input log(1 + other), 0 where input is.

    input, other: at least one of them a Tensor

    Shape: two that broadcast -> what they broadcast to
    Raises: TypeError where neither is a Tensor, or one is neither Tensor nor number; RuntimeError where they do not
        broadcast; for out as for `i0`.

    >>> import mtorch
    >>> mtorch.special.xlog1py(mtorch.tensor([0.0, 2.0]), mtorch.tensor([-1.0, 1.0]))
    tensor([0.0000, 1.3863])
    """
    result = rules.xlog1py(*_two(input, other, "special_xlog1py"))
    return result if out is None else into(out, result)


def zeta(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The Hurwitz zeta function: the sum over k >= 0 of (k + other)^-input, for input > 1: inf at 1, nan below.

    Arguments and shape as for `xlog1py`.
    Raises: NotImplementedError where a gradient of input is asked for; others as for `xlog1py`.

    >>> import mtorch
    >>> mtorch.special.zeta(mtorch.tensor([2.0]), 1)
    tensor([1.6449])
    """
    result = rules.zeta(*_two(input, other, "special_zeta"))
    return result if out is None else into(out, result)


def igamma(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The regularized lower incomplete gamma function P(a, x), a = input and x = other, both >= 0:
    the integral of t^(a - 1) e^-t from 0 to x, divided by the gamma function of a; nan for what is negative.

    Shape: two that broadcast -> what they broadcast to
    Raises: TypeError where one is not a Tensor; RuntimeError where they do not broadcast; NotImplementedError where a
        gradient of input is asked for; for out as for `i0`.

    >>> import mtorch
    >>> mtorch.igamma(mtorch.tensor([1.0]), mtorch.tensor([1.0]))
    tensor([0.6321])
    """
    result = rules.igamma(*_two(require_tensor(input, "igamma"), require_tensor(other, "igamma", "other"), "igamma"))
    return result if out is None else into(out, result)


def igammac(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The regularized upper incomplete gamma function, 1 - P(input, other).

    Shape and errors as for `igamma`.

    >>> import mtorch
    >>> mtorch.igammac(mtorch.tensor([1.0]), mtorch.tensor([1.0]))
    tensor([0.3679])
    """
    a, x = require_tensor(input, "igammac"), require_tensor(other, "igammac", "other")
    result = rules.igammac(*_two(a, x, "igammac"))
    return result if out is None else into(out, result)


@shown_as("MvlgammaBackward0")
def mvlgamma(input: Tensor, p: int, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the multivariate gamma function of dimension p:
    p (p - 1) / 4 log(pi) + the sum over i < p of lgamma(input - i / 2), which is meant for input > (p - 1) / 2.

    p: >= 1

    Shape: any -> the same
    Raises: RuntimeError where p < 1; TypeError where it is not an int; others as for `i0`.

    >>> import mtorch
    >>> mtorch.mvlgamma(mtorch.tensor([2.0]), 2)
    tensor([0.4516])
    """
    x = floating(input, "mvlgamma")
    if whole_number(p, "mvlgamma", "p") < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    parts = x.unsqueeze(-1) + wrap(np.arange(0, -p, -1).astype(x.array.dtype) / 2)
    result = lgamma(parts).sum(-1) + p * (p - 1) / 4 * math.log(math.pi)
    return result if out is None else into(out, result)


def xlogy(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """input log(other), 0 where input is 0.

    Shape, arguments and errors as for `xlog1py`.

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
    result = without_derivative(f"special_{name}", rules.scipy_value(scipy_name, x.array), x)
    return result if out is None else into(out, result)


@of_real_numbers
def airy_ai(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Airy's function Ai, the solution of y'' = x y that falls off for large x.

    Shape: any -> the same
    Raises: RuntimeError where a gradient is asked for (torch, too, has none); others as for `i0`.

    >>> import mtorch
    >>> mtorch.special.airy_ai(mtorch.tensor([1.0]))
    tensor([0.1353])
    """
    return _value_only("airy_ai", "airy", input, out)


def bessel_j0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the first kind of order 0; it has no gradient.

    Shape and errors as for `airy_ai`.

    >>> import mtorch
    >>> mtorch.special.bessel_j0(mtorch.tensor([1.0]))
    tensor([0.7652])
    """
    return _value_only("bessel_j0", "j0", input, out)


def bessel_j1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the first kind of order 1; it has no gradient.

    Shape and errors as for `airy_ai`.

    >>> import mtorch
    >>> mtorch.special.bessel_j1(mtorch.tensor([1.0]))
    tensor([0.4401])
    """
    return _value_only("bessel_j1", "j1", input, out)


def bessel_y0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the second kind of order 0, for x > 0: -inf at 0, nan below; it has no gradient.

    Shape and errors as for `airy_ai`.

    >>> import mtorch
    >>> mtorch.special.bessel_y0(mtorch.tensor([1.0]))
    tensor([0.0883])
    """
    return _value_only("bessel_y0", "y0", input, out)


def bessel_y1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Bessel function of the second kind of order 1, for x > 0: -inf at 0, nan below; it has no gradient.

    Shape and errors as for `airy_ai`.

    >>> import mtorch
    >>> mtorch.special.bessel_y1(mtorch.tensor([1.0]))
    tensor([-0.7812])
    """
    return _value_only("bessel_y1", "y1", input, out)


def modified_bessel_i0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 0; it has no gradient (`i0` has).

    Shape and errors as for `airy_ai`.

    >>> import mtorch
    >>> mtorch.special.modified_bessel_i0(mtorch.tensor([1.0]))
    tensor([1.2661])
    """
    return _value_only("modified_bessel_i0", "i0", input, out)


def modified_bessel_i1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the first kind of order 1; it has no gradient (`i1` has).

    Shape and errors as for `airy_ai`.

    >>> import mtorch
    >>> mtorch.special.modified_bessel_i1(mtorch.tensor([1.0]))
    tensor([0.5652])
    """
    return _value_only("modified_bessel_i1", "i1", input, out)


def modified_bessel_k0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the second kind of order 0, for x > 0: inf at 0, nan below; no gradient.

    Shape and errors as for `airy_ai`.

    >>> import mtorch
    >>> mtorch.special.modified_bessel_k0(mtorch.tensor([1.0]))
    tensor([0.4210])
    """
    return _value_only("modified_bessel_k0", "k0", input, out)


def modified_bessel_k1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The modified Bessel function of the second kind of order 1, for x > 0: inf at 0, nan below; no gradient.

    Shape and errors as for `airy_ai`.

    >>> import mtorch
    >>> mtorch.special.modified_bessel_k1(mtorch.tensor([1.0]))
    tensor([0.6019])
    """
    return _value_only("modified_bessel_k1", "k1", input, out)


def scaled_modified_bessel_k0(x: Tensor, *, out: Tensor | None = None) -> Tensor:
    """e^x times the modified Bessel function of the second kind of order 0; it has no gradient.

    Shape and errors as for `airy_ai`.

    >>> import mtorch
    >>> mtorch.special.scaled_modified_bessel_k0(mtorch.tensor([1.0]))
    tensor([1.1445])
    """
    return _value_only("scaled_modified_bessel_k0", "k0e", x, out)


def scaled_modified_bessel_k1(x: Tensor, *, out: Tensor | None = None) -> Tensor:
    """e^x times the modified Bessel function of the second kind of order 1; it has no gradient.

    Shape and errors as for `airy_ai`.

    >>> import mtorch
    >>> mtorch.special.scaled_modified_bessel_k1(mtorch.tensor([1.0]))
    tensor([1.6362])
    """
    return _value_only("scaled_modified_bessel_k1", "k1e", x, out)


@of_real_numbers
def spherical_bessel_j0(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The spherical Bessel function of the first kind of order 0, sin(x) / x, 1 at 0; it has no gradient.

    Shape and errors as for `airy_ai`.

    >>> import mtorch
    >>> mtorch.special.spherical_bessel_j0(mtorch.tensor([1.0]))
    tensor([0.8415])
    """
    return _value_only("spherical_bessel_j0", "spherical_jn", input, out)
