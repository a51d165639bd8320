"""Signs, rounding, limits and copies: elementwise functions that keep the type of their operand."""
from __future__ import annotations

import math

import numpy as np

from .. import dtypes
from ..autograd.tape import TensorBase, wrap
from ..ops import arithmetic, elementwise as rules
from .arguments import floating, into, require_tensor, result_type_of, to_type


def neg(input, *, out=None):
    """-input.

    >>> import mtorch
    >>> mtorch.neg(mtorch.tensor([1, -2]))
    tensor([-1,  2])
    """
    if require_tensor(input, "neg").array.dtype.kind == "b":
        raise RuntimeError("Negation, the `-` operator, on a bool tensor is not supported. If you are trying to "
                           "invert a mask, use the `~` or `logical_not()` operator instead.")
    result = rules.neg(input)
    return result if out is None else into(out, result)


def positive(input):
    """input itself; a bool tensor is an error.

    >>> import mtorch
    >>> mtorch.positive(mtorch.tensor([1, -2]))
    tensor([ 1, -2])
    """
    if require_tensor(input, "positive").array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def abs(input, *, out=None):
    """The absolute value.

    >>> import mtorch
    >>> mtorch.abs(mtorch.tensor([1, -2]))
    tensor([1, 2])
    """
    result = rules.abs(require_tensor(input, "abs"))
    return result if out is None else into(out, result)


def square(input, *, out=None):
    """input * input.

    >>> import mtorch
    >>> mtorch.square(mtorch.tensor([1.0, -2.0]))
    tensor([1., 4.])
    """
    result = rules_power(require_tensor(input, "square"))
    return result if out is None else into(out, result)


def rules_power(input):
    if input.array.dtype.kind == "f":
        return arithmetic.power(input, exponent=2)
    return wrap(input.array.astype(np.int64) ** 2 if input.array.dtype.kind == "b" else input.array * input.array)


def _flat(name, function, input, out):
    """A step function: integers are already where it would take them."""
    x = require_tensor(input, name)
    result = rules.flat(x, function=function) if x.array.dtype.kind == "f" else wrap(x.array.copy())
    return result if out is None else into(out, result)


def sign(input, *, out=None):
    """-1, 0 or 1.

    >>> import mtorch
    >>> mtorch.sign(mtorch.tensor([3.0, 0.0, -2.0]))
    tensor([ 1.,  0., -1.])
    """
    x = require_tensor(input, "sign")
    kind = x.array.dtype.kind
    if kind == "f":
        result = rules.flat(x, function=np.sign)
    else:
        result = wrap(x.array.copy() if kind == "b" else np.sign(x.array))
    return result if out is None else into(out, result)


sgn = sign


def floor(input, *, out=None):
    """The largest integer not above.

    >>> import mtorch
    >>> mtorch.floor(mtorch.tensor([1.5, -1.5]))
    tensor([ 1., -2.])
    """
    return _flat("floor", np.floor, input, out)


def ceil(input, *, out=None):
    """The smallest integer not below.

    >>> import mtorch
    >>> mtorch.ceil(mtorch.tensor([1.5, -1.5]))
    tensor([ 2., -1.])
    """
    return _flat("ceil", np.ceil, input, out)


def trunc(input, *, out=None):
    """The integer part, towards zero.

    >>> import mtorch
    >>> mtorch.trunc(mtorch.tensor([1.5, -1.5]))
    tensor([ 1., -1.])
    """
    return _flat("trunc", np.trunc, input, out)


fix = trunc


def round(input, *, decimals=0, out=None):
    """The nearest integer, a half to the even one; or the nearest number with so many decimals.

    >>> import mtorch
    >>> mtorch.round(mtorch.tensor([0.5, 1.5, 2.4]))
    tensor([0., 2., 2.])
    """
    if decimals == 0:
        return _flat("round", np.rint, input, out)
    x = require_tensor(input, "round")
    if x.array.dtype.kind != "f":
        raise RuntimeError(f"round: decimals={decimals} needs a floating point tensor, got {x.dtype}")
    scale = 10.0 ** builtin_abs(decimals)
    steps = (lambda a: np.rint(a * scale) / scale) if decimals > 0 else (lambda a: np.rint(a / scale) * scale)
    result = rules.flat(x, function=steps)
    return result if out is None else into(out, result)


builtin_abs = math.fabs


def frac(input, *, out=None):
    """The part after the point: input - trunc(input).

    >>> import mtorch
    >>> mtorch.frac(mtorch.tensor([1.5, -2.5]))
    tensor([ 0.5000, -0.5000])
    """
    if require_tensor(input, "frac").array.dtype.kind != "f":
        raise RuntimeError(f"frac: expected a floating point tensor, got {input.dtype}")
    result = rules.frac(input)
    return result if out is None else into(out, result)


def clamp(input, min=None, max=None, *, out=None):
    """input kept between min and max, numbers or tensors; outside, no gradient passes.

    >>> import mtorch
    >>> mtorch.clamp(mtorch.tensor([-1.0, 0.5, 2.0]), 0, 1)
    tensor([0.0000, 0.5000, 1.0000])
    """
    require_tensor(input, "clamp")
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    if isinstance(min, TensorBase) or isinstance(max, TensorBase):
        result = _clamp_by_tensors(input, min, max)
    else:
        kind = result_type_of(input, *(x for x in (min, max) if x is not None))
        x = to_type(input, kind)
        result = rules.clamp(x, min=None if min is None else np.asarray(min, kind)[()],
                             max=None if max is None else np.asarray(max, kind)[()])
    return result if out is None else into(out, result)


def _clamp_by_tensors(input, min, max):
    kind = result_type_of(input, *(x for x in (min, max) if x is not None))
    y = to_type(input, kind)
    given = to_type(input, kind)
    low = None if min is None else to_type(min, kind)
    high = None if max is None else to_type(max, kind)
    if low is not None:
        y = arithmetic.where(low, y, condition=_array(given) < _array(low))
    if high is not None:
        y = arithmetic.where(high, y, condition=_array(y) > _array(high))
    if y.array.dtype.kind == "f":
        y = y + arithmetic.where(0.0, float("nan"), condition=~np.isnan(y.array + 0 * _array(given))) \
            if np.isnan(_array(given)).any() else y
    return y


def _array(x):
    return x.array if isinstance(x, TensorBase) else x


clip = clamp


def clamp_min(input, min, *, out=None):
    """input, at least min.

    >>> import mtorch
    >>> mtorch.clamp_min(mtorch.tensor([-1.0, 0.5]), 0)
    tensor([0.0000, 0.5000])
    """
    return clamp(input, min=min, out=out)


def clamp_max(input, max, *, out=None):
    """input, at most max.

    >>> import mtorch
    >>> mtorch.clamp_max(mtorch.tensor([-1.0, 0.5]), 0)
    tensor([-1.,  0.])
    """
    return clamp(input, max=max, out=out)


def nan_to_num(input, nan=0.0, posinf=None, neginf=None, *, out=None):
    """nan replaced by a number (0), inf and -inf by theirs (the type's largest and smallest).

    >>> import mtorch
    >>> mtorch.nan_to_num(mtorch.tensor([float("nan"), 1.0]))
    tensor([0., 1.])
    """
    x = require_tensor(input, "nan_to_num")
    result = rules.nan_to_num(x, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf) \
        if x.array.dtype.kind == "f" else wrap(x.array.copy())
    return result if out is None else into(out, result)


def deg2rad(input, *, out=None):
    """Degrees to radians.

    >>> import mtorch
    >>> mtorch.deg2rad(mtorch.tensor([180.0]))
    tensor([3.1416])
    """
    result = floating(input, "deg2rad") * (math.pi / 180)
    return result if out is None else into(out, result)


def rad2deg(input, *, out=None):
    """Radians to degrees.

    >>> import mtorch
    >>> mtorch.rad2deg(mtorch.tensor([math.pi])) if (math := __import__("math")) else None
    tensor([180.])
    """
    result = floating(input, "rad2deg") * (180 / math.pi)
    return result if out is None else into(out, result)


def clone(input, *, memory_format=None):
    """The same values in memory of their own; gradients pass.

    >>> import mtorch
    >>> x = mtorch.zeros(2); y = mtorch.clone(x); y[0] = 1; x
    tensor([0., 0.])
    """
    return rules.clone(require_tensor(input, "clone"))


def masked_fill(input, mask, value):
    """input with value, a number or a 0-dim tensor, where the bool mask is set.

    >>> import mtorch
    >>> mtorch.masked_fill(mtorch.tensor([1.0, 2.0]), mtorch.tensor([True, False]), 0)
    tensor([0., 2.])
    """
    x, m = require_tensor(input, "masked_fill"), require_tensor(mask, "masked_fill", "mask")
    if m.array.dtype.kind != "b":
        raise RuntimeError(f"masked_fill_ only supports boolean masks, but got mask with dtype {m.dtype}")
    if isinstance(value, TensorBase):
        if value.array.ndim:
            raise RuntimeError("masked_fill only supports a 0-dimensional value tensor, but got tensor with "
                               f"{value.array.ndim} dimension(s).")
        value = to_type(value, x.array.dtype)
    elif dtypes.of(dtypes.common_type([value])).category > x.dtype.category:
        raise RuntimeError(f"value cannot be converted to type {x.dtype} without overflow: {value}")
    return arithmetic.masked_fill(x, value, mask=m.array)


negative, absolute = neg, abs
