"""Functions of one operand, elementwise.  Integers are computed in the default floating point type, as in torch."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..ops import elementwise as rules
from .arguments import floating, number_of, of_real_numbers, whole_number
from .output import into

if TYPE_CHECKING:
    from ..tensor import Tensor


def exp(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """e^x of each element; inf where that is too large for the type.

    Shape: any -> the same
    Raises: TypeError where input or out is not a Tensor; RuntimeError where out is of an integer type, or where out is
        given and input or out requires grad: what is written there has no history.

    >>> import mtorch
    >>> mtorch.exp(mtorch.tensor([0.0, 1.0]))
    tensor([1.0000, 2.7183])
    """
    result = rules.exp(floating(input, "exp"))
    return result if out is None else into(out, result)


def exp2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """2^x of each element.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.exp2(mtorch.tensor([0.0, 3.0]))
    tensor([1., 8.])
    """
    result = rules.exp2(floating(input, "exp2"))
    return result if out is None else into(out, result)


def expm1(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """e^x - 1, exact near 0.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.expm1(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.7183])
    """
    result = rules.expm1(floating(input, "expm1"))
    return result if out is None else into(out, result)


def log(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The natural logarithm: -inf at 0, nan below.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.log(mtorch.tensor([1.0, 10.0]))
    tensor([0.0000, 2.3026])
    """
    result = rules.log(floating(input, "log"))
    return result if out is None else into(out, result)


def log2(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm to base 2: -inf at 0, nan below.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.log2(mtorch.tensor([1.0, 8.0]))
    tensor([0., 3.])
    """
    result = rules.log2(floating(input, "log2"))
    return result if out is None else into(out, result)


def log10(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm to base 10: -inf at 0, nan below.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.log10(mtorch.tensor([1.0, 200.0]))
    tensor([0.0000, 2.3010])
    """
    result = rules.log10(floating(input, "log10"))
    return result if out is None else into(out, result)


def log1p(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log(1 + x), exact near 0: -inf at -1, nan below.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.log1p(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.6931])
    """
    result = rules.log1p(floating(input, "log1p"))
    return result if out is None else into(out, result)


def sqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The square root: nan below 0.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.sqrt(mtorch.tensor([4.0, 2.0]))
    tensor([2.0000, 1.4142])
    """
    result = rules.sqrt(floating(input, "sqrt"))
    return result if out is None else into(out, result)


def rsqrt(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / sqrt(x): inf at 0, nan below.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.rsqrt(mtorch.tensor([4.0, 16.0]))
    tensor([0.5000, 0.2500])
    """
    result = rules.rsqrt(floating(input, "rsqrt"))
    return result if out is None else into(out, result)


def reciprocal(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / x: inf at 0.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.reciprocal(mtorch.tensor([4.0, 2.0]))
    tensor([0.2500, 0.5000])
    """
    result = rules.reciprocal(floating(input, "reciprocal"))
    return result if out is None else into(out, result)


def sin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sine of an angle in radians.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.sin(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8415])
    """
    result = rules.sin(floating(input, "sin"))
    return result if out is None else into(out, result)


def cos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The cosine of an angle in radians.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.cos(mtorch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.5403])
    """
    result = rules.cos(floating(input, "cos"))
    return result if out is None else into(out, result)


def tan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The tangent of an angle in radians.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.tan(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5574])
    """
    result = rules.tan(floating(input, "tan"))
    return result if out is None else into(out, result)


def asin(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle in [-pi/2, pi/2], in radians, whose sine is x: nan outside [-1, 1].

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.asin(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.5708])
    """
    result = rules.asin(floating(input, "asin"))
    return result if out is None else into(out, result)


def acos(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle in [0, pi], in radians, whose cosine is x: nan outside [-1, 1].

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.acos(mtorch.tensor([1.0, 0.0]))
    tensor([0.0000, 1.5708])
    """
    result = rules.acos(floating(input, "acos"))
    return result if out is None else into(out, result)


def atan(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle in [-pi/2, pi/2], in radians, whose tangent is x.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.atan(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7854])
    """
    result = rules.atan(floating(input, "atan"))
    return result if out is None else into(out, result)


def sinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """(e^x - e^-x) / 2.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.sinh(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 1.1752])
    """
    result = rules.sinh(floating(input, "sinh"))
    return result if out is None else into(out, result)


def cosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """(e^x + e^-x) / 2.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.cosh(mtorch.tensor([0.0, 1.0]))
    tensor([1.0000, 1.5431])
    """
    result = rules.cosh(floating(input, "cosh"))
    return result if out is None else into(out, result)


def tanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The hyperbolic tangent (e^x - e^-x) / (e^x + e^-x), from -1 to 1.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.tanh(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """
    result = rules.tanh(floating(input, "tanh"))
    return result if out is None else into(out, result)


def asinh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of sinh.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.asinh(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8814])
    """
    result = rules.asinh(floating(input, "asinh"))
    return result if out is None else into(out, result)


def acosh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of cosh: nan below 1.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.acosh(mtorch.tensor([1.0, 2.0]))
    tensor([0.0000, 1.3170])
    """
    result = rules.acosh(floating(input, "acosh"))
    return result if out is None else into(out, result)


def atanh(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of tanh: -inf and inf at -1 and 1, nan outside.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.atanh(mtorch.tensor([0.0, 0.5]))
    tensor([0.0000, 0.5493])
    """
    result = rules.atanh(floating(input, "atanh"))
    return result if out is None else into(out, result)


def sigmoid(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 / (1 + e^-x), from 0 to 1.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.sigmoid(mtorch.tensor([0.0, 2.0]))
    tensor([0.5000, 0.8808])
    """
    result = rules.sigmoid(floating(input, "sigmoid"))
    return result if out is None else into(out, result)


@of_real_numbers
def erf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The error function: 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x, from -1 to 1.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.erf(mtorch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8427])
    """
    result = rules.erf(floating(input, "erf"))
    return result if out is None else into(out, result)


@of_real_numbers
def erfc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 - erf(x), exact where erf is near 1.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.erfc(mtorch.tensor([0.0, 1.0]))
    tensor([1.0000, 0.1573])
    """
    result = rules.erfc(floating(input, "erfc"))
    return result if out is None else into(out, result)


def erfinv(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The inverse of erf: -inf and inf at -1 and 1, nan outside.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.erfinv(mtorch.tensor([0.0, 0.5]))
    tensor([0.0000, 0.4769])
    """
    result = rules.erfinv(floating(input, "erfinv"))
    return result if out is None else into(out, result)


def lgamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The logarithm of the magnitude of the gamma function: inf at 0 and the negative integers.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.lgamma(mtorch.tensor([1.0, 4.0]))
    tensor([0.0000, 1.7918])
    """
    result = rules.lgamma(floating(input, "lgamma"))
    return result if out is None else into(out, result)


@of_real_numbers
def digamma(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The derivative of lgamma: -inf at 0, nan at the negative integers.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.digamma(mtorch.tensor([1.0, 2.0]))
    tensor([-0.5772,  0.4228])
    """
    result = rules.digamma(floating(input, "digamma"))
    return result if out is None else into(out, result)


def sinc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """sin(pi x) / (pi x), 1 at 0.

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.sinc(mtorch.tensor([0.0, 0.5]))
    tensor([1.0000, 0.6366])
    """
    result = rules.sinc(floating(input, "sinc"))
    return result if out is None else into(out, result)


@of_real_numbers
def logit(input: Tensor, eps: float | None = None, *, out: Tensor | None = None) -> Tensor:
    """log(x / (1 - x)), the inverse of sigmoid: -inf and inf at 0 and 1, nan outside.

    eps: in [0, 0.5]; x is first kept in [eps, 1 - eps].  None: x as it is

    Shape and errors as for `exp`.

    >>> import mtorch
    >>> mtorch.logit(mtorch.tensor([0.5, 0.8808]))
    tensor([0.0000, 2.0000])
    """
    x = floating(input, "logit")
    if eps is not None:
        eps = number_of(eps, "logit", "eps")
        x = rules.clamp(x, min=eps, max=1.0 - eps)
    result = rules.logit(x)
    return result if out is None else into(out, result)


def polygamma(n: int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The n-th derivative of digamma.

    n: how many times it is differentiated, >= 0

    Shape: any -> the same
    Raises: RuntimeError where n is negative; TypeError where it is not an int; others as for `exp`.

    >>> import mtorch
    >>> mtorch.polygamma(1, mtorch.tensor([1.0]))
    tensor([1.6449])
    """
    if whole_number(n, "polygamma", "n") < 0:
        raise RuntimeError(f"polygamma(n, x) does not support negative n, got {n}")
    x = floating(input, "polygamma")
    result = rules.digamma(x) if n == 0 else rules.polygamma(x, n=n)
    return result if out is None else into(out, result)


arcsin, arccos, arctan = asin, acos, atan
arcsinh, arccosh, arctanh = asinh, acosh, atanh
