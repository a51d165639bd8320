"""What numbers are made of: common divisors, mantissa and exponent, neighbours, real parts and angles."""
from __future__ import annotations

import math

import numpy as np

from .. import dtypes, return_types
from ..autograd.mode import mode
from ..autograd.tape import record, wrap
from ..ops import arithmetic as rules
from .arguments import floating, into, require_tensor, result_type_of, to_type
from .arithmetic import where


def _integers(function, name: str, input, other, out):
    a, b = require_tensor(input, name), require_tensor(other, name, "other")
    if a.array.dtype.kind not in "iu" or b.array.dtype.kind not in "iu":
        wrong = a if a.array.dtype.kind not in "iu" else b
        raise NotImplementedError(f'"{name}_cpu" not implemented for {wrong.dtype}: it is of integers')
    kind = result_type_of(a, b)
    result = wrap(np.asarray(function(a.array.astype(kind), b.array.astype(kind))))
    return result if out is None else into(out, result)


def gcd(input, other, *, out=None):
    """The greatest common divisor of integers.

    >>> import mtorch
    >>> mtorch.gcd(mtorch.tensor([12, 7]), mtorch.tensor([18, 21]))
    tensor([6, 7])
    """
    return _integers(np.gcd, "gcd", input, other, out)


def lcm(input, other, *, out=None):
    """The least common multiple of integers.

    >>> import mtorch
    >>> mtorch.lcm(mtorch.tensor([4]), mtorch.tensor([6]))
    tensor([12])
    """
    return _integers(np.lcm, "lcm", input, other, out)


def heaviside(input, values, *, out=None):
    """0 where input is negative, 1 where it is positive, `values` where it is 0.

    >>> import mtorch
    >>> mtorch.heaviside(mtorch.tensor([-1.0, 0.0, 2.0]), mtorch.tensor([0.5]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    a, b = require_tensor(input, "heaviside"), require_tensor(values, "heaviside", "values")
    if a.array.dtype != b.array.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    one = (a.array > 0).astype(a.array.dtype)
    nan = np.isnan(a.array) if a.array.dtype.kind == "f" else False
    value = np.where(nan, a.array, np.where(a.array == 0, b.array, one))
    result = _without_derivative("heaviside", np.asarray(value, a.array.dtype), a, b)
    return result if out is None else into(out, result)


def _without_derivative(name: str, value: np.ndarray, *operands):
    """A result that has a history but no derivative: an error only where a gradient is asked for, as in torch."""
    def no_gradient(g):
        raise RuntimeError(f"derivative for aten::{name} is not implemented")
    if mode.recording and any(x._requires_grad for x in operands):
        return record("NotImplemented", value, operands, no_gradient)
    return wrap(value)


def ldexp(input, other, *, out=None):
    """input times 2^other.

    >>> import mtorch
    >>> mtorch.ldexp(mtorch.tensor([1.5]), mtorch.tensor([2]))
    tensor([6.])
    """
    result = require_tensor(input, "ldexp") * 2.0 ** require_tensor(other, "ldexp", "other")
    return result if out is None else into(out, result)


def frexp(input, *, out=None):
    """Mantissa, of magnitude in [0.5, 1), and exponent: input = mantissa * 2^exponent.

    >>> import mtorch
    >>> mtorch.frexp(mtorch.tensor([6.0])).exponent
    tensor([3], dtype=torch.int32)
    """
    x = require_tensor(input, "frexp")
    if x.array.dtype.kind != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    _, exponent = np.frexp(x.array)
    if (np.abs(exponent) > 120).any():                 # 2.0 ** -exponent would overflow: in two steps
        half = exponent // 2
        one = x.array.dtype.type(1)
        mantissa = x * wrap(np.ldexp(one, -half)) * wrap(np.ldexp(one, half - exponent))
    else:
        mantissa = x * wrap(np.ldexp(x.array.dtype.type(1), -exponent))
    result = return_types.frexp(mantissa, wrap(np.asarray(exponent, np.int32)))
    return result if out is None else into(out, result)


def nextafter(input, other, *, out=None):
    """The floating point number next to input, towards other.

    >>> import mtorch
    >>> mtorch.nextafter(mtorch.tensor(1.0), mtorch.tensor(2.0)).item() - 1
    1.1920928955078125e-07
    """
    a, b = require_tensor(input, "nextafter"), require_tensor(other, "nextafter", "other")
    kind = result_type_of(a, b)
    if kind.kind != "f":
        raise NotImplementedError(f'"nextafter_cpu" not implemented for {kind.name}')
    result = rules.nextafter(to_type(a, kind), to_type(b, kind))
    return result if out is None else into(out, result)


# ---- as of complex numbers ---------------------------------------------------------------------

def _real(x, name: str):
    x = require_tensor(x, name)
    if x.array.dtype.kind == "c":
        raise NotImplementedError(f"{name} of complex tensors is not implemented, got {x.dtype}")
    return x


def real(input):
    """The real part: of real numbers, input itself.

    >>> import mtorch
    >>> mtorch.real(mtorch.tensor([1.0]))
    tensor([1.])
    """
    return _real(input, "real")


def imag(input):
    """The imaginary part: real numbers have none, an error as in torch.

    >>> import mtorch
    >>> try: mtorch.imag(mtorch.tensor([1.0]))
    ... except RuntimeError as error: print(error)
    imag is not implemented for tensors with non-complex dtypes.
    """
    _real(input, "imag")
    raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")


def conj(input):
    """The complex conjugate: of real numbers, input itself.

    >>> import mtorch
    >>> mtorch.conj(mtorch.tensor([1.0]))
    tensor([1.])
    """
    return _real(input, "conj")


def conj_physical(input, *, out=None):
    """The complex conjugate in memory of its own: of real numbers, input itself.

    >>> import mtorch
    >>> mtorch.conj_physical(mtorch.tensor([1.0]))
    tensor([1.])
    """
    return _real(input, "conj_physical") if out is None else into(out, input)


def resolve_conj(input):
    """input itself: conjugates are never put off here.

    >>> import mtorch
    >>> mtorch.resolve_conj(mtorch.tensor([1.0]))
    tensor([1.])
    """
    return _real(input, "resolve_conj")


def resolve_neg(input):
    """input itself: signs are never put off here.

    >>> import mtorch
    >>> mtorch.resolve_neg(mtorch.tensor([1.0]))
    tensor([1.])
    """
    return _real(input, "resolve_neg")


def angle(input, *, out=None):
    """The angle in the complex plane: pi for negative numbers, 0 for others.

    >>> import mtorch
    >>> mtorch.angle(mtorch.tensor([-1.0, 2.0]))
    tensor([3.1416, 0.0000])
    """
    x = floating(_real(input, "angle"))
    a = x.array
    constant = wrap(np.where(np.isnan(a), a, np.where(a < 0, math.pi, 0.0)).astype(a.dtype))
    result = x * 0.0 + constant if x._requires_grad and np.isfinite(a).all() else \
        where(wrap(np.zeros(a.shape, bool)), x, constant)
    return result if out is None else into(out, result)


def isreal(input):
    """Which elements have no imaginary part: all.

    >>> import mtorch
    >>> mtorch.isreal(mtorch.tensor([1.0]))
    tensor([True])
    """
    x = require_tensor(input, "isreal").array
    return wrap(np.asarray(np.isreal(x)))


def is_conj(input) -> bool:
    """Whether a conjugate was put off: never.

    >>> import mtorch
    >>> mtorch.is_conj(mtorch.tensor(1.0))
    False
    """
    require_tensor(input, "is_conj")
    return False


def is_nonzero(input) -> bool:
    """Whether the only element is not zero.

    >>> import mtorch
    >>> mtorch.is_nonzero(mtorch.tensor([2.0]))
    True
    """
    return bool(require_tensor(input, "is_nonzero"))


def is_neg(input) -> bool:
    """Whether a sign was put off: never.

    >>> import mtorch
    >>> mtorch.is_neg(mtorch.tensor(1.0))
    False
    """
    require_tensor(input, "is_neg")
    return False


def is_same_size(input, other) -> bool:
    """Whether two tensors have one shape.

    >>> import mtorch
    >>> mtorch.is_same_size(mtorch.zeros(2), mtorch.zeros(2))
    True
    """
    a, b = require_tensor(input, "is_same_size"), require_tensor(other, "is_same_size", "other")
    return a.array.shape == b.array.shape


def result_type(tensor1, tensor2):
    """The dtype that an operation on two tensors or numbers gives.

    >>> import mtorch
    >>> mtorch.result_type(mtorch.tensor([1, 2]), 1.5)
    torch.float32
    """
    return dtypes.of(result_type_of(tensor1, tensor2))
