"""Rules of two operands, elementwise: y[i] = f(a[i], b[i]).  The engine sums the gradients of what was broadcast."""
from __future__ import annotations

import math

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import TensorBase, op
from .choice import select
from .layout import in_axis_order


@op(keeps=False)
def add(a, b):
    """y = a + b"""
    return a + b, (lambda g: g, lambda g: g)


def _number_first(node) -> bool:
    """Is this c - a, c / a or c ** a?  A node that a backward has let go no longer knows, and is called the common name."""
    return bool(node.inputs) and isinstance(node.inputs[0], (int, float, complex))


def _weight_is_tensor(node) -> bool:
    return bool(node.inputs) and not isinstance(node.inputs[2], (int, float))


@op(keeps=False, name=lambda node: "RsubBackward1" if _number_first(node) else "SubBackward0")
def sub(a, b):
    """y = a - b"""
    return a - b, (lambda g: g, lambda g: -g)


@op
def mul(a, b):
    """y = a b"""
    return a * b, (lambda g: g * b, lambda g: g * a)


@op(name=lambda node: "MulBackward0" if _number_first(node) else "DivBackward0")
def div(a, b):
    """y = a / b, a number a being torch's a * b.reciprocal();  dy/db = -a / b^2"""
    return a / b, (lambda g: g / b, lambda g: -g * (a / b) / b)


@op(keeps=False, name="DivBackward2")
def floor_or_trunc_div(a, b, *, trunc):
    """y = a / b rounded down, or towards zero: flat almost everywhere."""
    if isinstance(a, TensorBase) or isinstance(b, TensorBase):
        y = floor_or_trunc_div(a, b, trunc=trunc)
    elif trunc:
        y = _trunc_divide(np.asarray(a), np.asarray(b))
    else:
        y = np.floor_divide(a, b)
    return y, (lambda g: g * 0.0, lambda g: g * 0.0)


@op(name="NotImplemented")
def floor_divide(a, b):
    """y = a / b rounded down.  torch, too, has no gradient of its own // and zeros of div(rounding_mode="floor")."""
    return floor_or_trunc_div.rule(a, b, trunc=False)[0], (_no_gradient, _no_gradient)


def _no_gradient(g):
    raise RuntimeError("derivative for aten::floor_divide is not implemented; div(rounding_mode='floor') has zeros")


def _trunc_divide(a, b):
    if np.result_type(a, b).kind in "iu":
        quotient = np.floor_divide(a, b)
        return quotient + ((quotient < 0) & (quotient * b != a))
    return np.trunc(a / b)


@op
def remainder(a, b):
    """y = a - floor(a / b) b: the sign of b."""
    return np.remainder(a, b), (lambda g: g, lambda g: -g * np.floor(a / b))


@op
def fmod(a, b):
    """y = a - trunc(a / b) b: the sign of a."""
    return np.fmod(a, b), (lambda g: g, lambda g: -g * np.trunc(a / b))


@op(name=lambda node: "PowBackward2" if _number_first(node) else "PowBackward1")
def pow(a, b):
    """y = a^b;  dy/da = b a^(b-1), dy/db = y log a, both 0 where their limit is."""
    y = _power(a, b)
    return y, (lambda g: g * np.where(b == 0, 0.0, b * np.power(a, np.where(b == 0, 1.0, b) - 1)),
               lambda g: g * np.where((a == 0) & (b >= 0), 0.0, y * _log(a, (a != 0) | (b < 0))))


def _power(a, b):
    """a^b; of integers to negative ones the whole part: 0, but for 1 and -1."""
    if isinstance(b, np.ndarray) and b.dtype.kind == "i" and getattr(a, "dtype", b.dtype).kind != "f" and (b < 0).any():
        y = np.power(a, np.where(b < 0, b & 1, b))     # of -1 it is whether the exponent is odd that counts
        return np.where((b < 0) & (np.abs(a) != 1), 0, y).astype(y.dtype)
    return np.power(a, b)


def _log(a, defined):
    """log a where it is defined, else 0; of a Python number again one, which widens no float32."""
    if isinstance(a, (int, float)):
        return float(np.log(a)) if a else 0.0
    return np.log(np.where(defined, a, 1.0))


@op(name="PowBackward0")
def power(a, *, exponent):
    """y = a^exponent, for a Python number."""
    if exponent == 2:
        return a * a, (lambda g: g * (2.0 * a),)
    if exponent == 0:
        return np.power(a, exponent), (lambda g: g * 0.0,)
    return _raised(a, exponent), (lambda g: g * (exponent * _raised(a, exponent - 1)),)


def _raised(a, exponent):
    """a^exponent; as in torch by products, quotients and roots where it can be, which take a twentieth of the time."""
    if not isinstance(a, np.ndarray) or a.dtype.kind == "c":
        return np.power(a, exponent)
    if exponent in (1, 2, 3):
        return a * a * a if exponent == 3 else a * a if exponent == 2 else a * 1.0
    if exponent in (-1, -2):
        return 1.0 / (a if exponent == -1 else a * a)
    if exponent in (0.5, -0.5) and a.dtype != np.float16:
        return np.sqrt(a) if exponent == 0.5 else 1.0 / np.sqrt(a)
    return np.power(a, exponent)


@op
def maximum(a, b):
    """y = the larger; a tie shares the gradient, as in torch."""
    return np.maximum(a, b), (lambda g: g * _won(a, b, g), lambda g: g * _won(b, a, g))


@op
def minimum(a, b):
    """y = the smaller; a tie shares the gradient."""
    return np.minimum(a, b), (lambda g: g * _won(b, a, g), lambda g: g * _won(a, b, g))


def _won(a, b, g):
    """1 where a > b or one is nan, 1/2 at a tie, else 0, in the type of g."""
    a, b = getattr(a, "array", a), getattr(b, "array", b)
    return (~(a <= b) + 0.5 * (a == b)).astype(getattr(g, "array", g).dtype)


@op
def fmax(a, b):
    """y = the larger, a number before a nan."""
    taken = _plain(a) >= _plain(b)
    taken = taken | np.isnan(_plain(b))
    return np.fmax(a, b), (lambda g: g * taken, lambda g: g * ~taken)


@op
def fmin(a, b):
    """y = the smaller, a number before a nan."""
    taken = (_plain(a) <= _plain(b)) | np.isnan(_plain(b))
    return np.fmin(a, b), (lambda g: g * taken, lambda g: g * ~taken)


def _plain(a):
    return getattr(a, "array", a)


@op
def atan2(a, b):
    """y = the angle of the point (b, a); at the origin, which has no angle, the gradient is 0, as in torch"""
    def square():
        s = a * a + b * b
        return np.where(_plain(s) == 0, 1.0, s)
    return np.arctan2(a, b), (lambda g: g * b / square(), lambda g: -g * a / square())


@op
def hypot(a, b):
    """y = sqrt(a^2 + b^2)"""
    y = np.hypot(a, b)
    return y, (lambda g: g * (a / y), lambda g: g * (b / y))


@op
def share(a, b):
    """y = e^a / (e^a + e^b);  dy/da = y (1 - y)"""
    y = share(a, b) if isinstance(a, TensorBase) or isinstance(b, TensorBase) else 1.0 / (1.0 + np.exp(b - a))
    return y, (lambda g: g * (y * share(b, a)), lambda g: -g * (y * share(b, a)))


@op
def logaddexp(a, b):
    """y = log(e^a + e^b);  dy/da = e^a / (e^a + e^b): it does not need y, which rounding may have made a or b"""
    return np.logaddexp(a, b), (lambda g: g * share(a, b), lambda g: g * share(b, a))


@op
def logaddexp2(a, b):
    """y = log2(2^a + 2^b)"""
    ln2 = math.log(2.0)
    return np.logaddexp2(a, b), (lambda g: g * share(ln2 * a, ln2 * b), lambda g: g * share(ln2 * b, ln2 * a))


@op
def copysign(a, b):
    """y = |a| with the sign of b"""
    flip = np.sign(_plain(a)) * np.copysign(1.0, _plain(b)).astype(_plain(a).dtype)
    return np.copysign(a, b), (lambda g: g * flip, None)


@op
def xlogy(a, b):
    """y = a log b, 0 where a = 0 whatever b"""
    zero = (_plain(a) == 0) & ~np.isnan(_plain(b))
    log_b = np.log(np.where(zero, 1.0, b))
    return np.where(zero, 0.0, a * log_b), (lambda g: g * np.log(np.where(zero & (_plain(b) <= 0), 1.0, b)),
                                            lambda g: g * (a / b))


@op
def where(a, b, *, condition):
    """y = a where the condition holds, else b"""
    if isinstance(a, TensorBase) or isinstance(b, TensorBase):
        y = where(a, b, condition=condition)
    else:
        y = select(condition, a, b)
    return y, (lambda g: where(g, 0.0, condition=condition), lambda g: where(0.0, g, condition=condition))


@op
def masked_fill(a, value, *, mask):
    """y = value where the mask is set, else a"""
    if isinstance(a, TensorBase) or isinstance(value, TensorBase):
        y = masked_fill(a, value, mask=mask)
    else:
        y = in_axis_order(select(mask, _as(value, a.dtype), a))
    return y, (lambda g: masked_fill(g, 0.0, mask=mask), lambda g: (g * mask).sum())


def _as(value, dtype):
    return np.asarray(value, dtype)


@op(name=lambda node: "LerpBackward1" if _weight_is_tensor(node) else "LerpBackward0")
def lerp(a, b, w):
    """y = a + w (b - a), from the nearer end: at w = 1 it is b to the last bit"""
    way = b - a
    if isinstance(w, (int, float, complex)):
        y = a + w * way if abs(w) < 0.5 else b - way * (1.0 - w)
    else:
        y = select(np.abs(_plain(w)) < 0.5, a + w * way, b - way * (1.0 - w))
    return y, (lambda g: g * (1.0 - w), lambda g: g * w, lambda g: g * way)


@op
def addcmul(a, b, c, *, value):
    """y = a + value b c"""
    return a + value * (b * c), (lambda g: g, lambda g: g * (value * c), lambda g: g * (value * b))


@op
def addcdiv(a, b, c, *, value):
    """y = a + value b / c"""
    return a + value * (b / c), (lambda g: g, lambda g: g * (value / c), lambda g: g * (-value * b / (c * c)))


@op
def nextafter(a, b):
    """y = the number next to a, towards b;  where they are equal, the derivative is 0"""
    same = _plain(a) == _plain(b)
    return (nextafter(a, b) if isinstance(a, TensorBase) or isinstance(b, TensorBase) else np.nextafter(a, b)), \
        (lambda g: g * ~same, lambda g: g * 0.0)


holomorphic(add, sub, mul, div, pow, power, where, masked_fill, lerp, addcmul, addcdiv)
