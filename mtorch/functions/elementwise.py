"""Signs, rounding, limits and copies: elementwise functions that keep the type of their operand."""
from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.naming import shown_as
from .. import dtypes
from ..autograd.tape import TensorBase, wrap
from ..ops.complex_parts import magnitude
from ..ops import arithmetic, elementwise as rules
from .arguments import (as_tensor_operand, common_kind, element_of, floating, number_of, require_floats,
                        require_tensor, to_type, together, whole_number)
from .output import into
from .memory_order import hold, lies_as_in_torch

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Operand


def neg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-input; of unsigned integers, 2^bits - input.

    Shape: any -> the same.
    Raises: TypeError for what is no tensor, RuntimeError for bools.

    >>> import mtorch
    >>> mtorch.neg(mtorch.tensor([1, -2]))
    tensor([-1,  2])
    """
    if require_tensor(input, "neg").array.dtype.kind == "b":
        raise RuntimeError("Negation, the `-` operator, on a bool tensor is not supported. If you are trying to "
                           "invert a mask, use the `~` or `logical_not()` operator instead.")
    result = rules.neg(input)
    return result if out is None else into(out, result)


def positive(input: Tensor) -> Tensor:
    """input itself; a bool tensor is an error.

    Shape and errors as for `neg`.

    >>> import mtorch
    >>> mtorch.positive(mtorch.tensor([1, -2]))
    tensor([ 1, -2])
    """
    if require_tensor(input, "positive").array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def abs(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The absolute value; of complex numbers, a real one. Its slope at 0 is 0.

    Shape: any -> the same.
    Raises: TypeError for what is no tensor, NotImplementedError for bools.

    >>> import mtorch
    >>> mtorch.abs(mtorch.tensor([1, -2]))
    tensor([1, 2])
    """
    if require_tensor(input, "abs").array.dtype.kind == "b":
        raise NotImplementedError('"abs_cpu" not implemented for torch.bool: expected numbers')
    result = magnitude(input) if input.array.dtype.kind == "c" else rules.abs(input)
    return result if out is None else into(out, result)


def square(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input * input; of bools, int64.

    Shape: any -> the same.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.square(mtorch.tensor([1.0, -2.0]))
    tensor([1., 4.])
    """
    result = rules_power(require_tensor(input, "square"))
    return result if out is None else into(out, result)


def rules_power(input):
    if input.array.dtype.kind in "fc":
        return arithmetic.power(input, exponent=2)
    return wrap(input.array.astype(np.int64) ** 2 if input.array.dtype.kind == "b" else input.array * input.array)


def _flat(name, function, input, out):
    """A step function: integers are already where it would take them."""
    x = require_tensor(input, name)
    if x.array.dtype.kind in "bc":
        raise NotImplementedError(f'"{name}_cpu" not implemented for {x.dtype}: expected real numbers')
    result = rules.flat(x, function=function) if x.array.dtype.kind == "f" else wrap(x.array.copy())
    return result if out is None else into(out, result)


def sign(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-1, 0 or 1; of nan, 0. Its slope is 0.

    Shape: any -> the same.
    Raises: TypeError for what is no tensor; RuntimeError for complex numbers: see sgn.

    >>> import mtorch
    >>> mtorch.sign(mtorch.tensor([3.0, 0.0, -2.0]))
    tensor([ 1.,  0., -1.])
    """
    x = require_tensor(input, "sign")
    kind = x.array.dtype.kind
    if kind == "c":
        raise RuntimeError("Unlike NumPy, torch.sign doesn't allow complex tensors. Use torch.sgn instead. ")
    if kind == "f":
        result = rules.flat(x, function=rules.sign)
    else:
        result = wrap(x.array.copy() if kind == "b" else np.sign(x.array))
    return result if out is None else into(out, result)


def floor(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The largest integer not above; its slope is 0.

    Shape: any -> the same, in the same type.
    Raises: TypeError for what is no tensor, NotImplementedError for bools and complex numbers.

    >>> import mtorch
    >>> mtorch.floor(mtorch.tensor([1.5, -1.5]))
    tensor([ 1., -2.])
    """
    return _flat("floor", np.floor, input, out)


def ceil(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smallest integer not below.

    Shape and errors as for `floor`.

    >>> import mtorch
    >>> mtorch.ceil(mtorch.tensor([1.5, -1.5]))
    tensor([ 2., -1.])
    """
    return _flat("ceil", np.ceil, input, out)


def trunc(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The integer part, towards zero.

    Shape and errors as for `floor`.

    >>> import mtorch
    >>> mtorch.trunc(mtorch.tensor([1.5, -1.5]))
    tensor([ 1., -1.])
    """
    return _flat("trunc", np.trunc, input, out)


fix = trunc


@shown_as(lambda y, input, decimals=0, **_: f"RoundBackward{int(decimals != 0)}")
def round(input: Tensor, *, decimals: int = 0, out: Tensor | None = None) -> Tensor:
    """The nearest integer, a half to the even one; or the nearest number with so many decimals.

    decimals: digits after the point; below 0, zeros before it

    Shape: any -> the same.
    Raises: TypeError for what is no tensor and decimals that are no int; NotImplementedError for bools and complex
        numbers, and with decimals for integers.

    >>> import mtorch
    >>> mtorch.round(mtorch.tensor([0.5, 1.5, 2.4]))
    tensor([0., 2., 2.])
    """
    if whole_number(decimals, "round", "decimals") == 0:
        return _flat("round", np.rint, input, out)
    x = require_floats(input, "round")
    scale = 10.0 ** builtin_abs(decimals) if -308 <= decimals <= 308 else math.inf
    steps = (lambda a: np.rint(a * scale) / scale) if decimals > 0 else (lambda a: np.rint(a / scale) * scale)
    result = rules.flat(x, function=steps)
    return result if out is None else into(out, result)


builtin_abs = math.fabs


def frac(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The part after the point, with input's sign: input - trunc(input).

    Shape: any -> the same.
    Raises: TypeError for what is no tensor, NotImplementedError for integers.

    >>> import mtorch
    >>> mtorch.frac(mtorch.tensor([1.5, -2.5]))
    tensor([ 0.5000, -0.5000])
    """
    result = rules.frac(require_floats(input, "frac"))
    return result if out is None else into(out, result)


@shown_as(lambda y, input, min=None, max=None, **_: f"ClampBackward{int(not _are_tensors(min, max))}")
def clamp(input: Tensor, min: Operand | None = None, max: Operand | None = None, *,
          out: Tensor | None = None) -> Tensor:
    """input kept between min and max; outside, no gradient passes.

    min, max: numbers or tensors; None for no limit on that side. Where min is above max, the result is max.

    Shape: input, and limits that broadcast with it -> the shape that they broadcast to.
    Raises: RuntimeError where both limits are None, for a number that the type cannot hold and for shapes that do not
        broadcast; TypeError for what is neither a tensor nor a number; NotImplementedError for complex numbers.

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
        kind = _kind_to_clamp(input, min, max)
        result = rules.clamp(to_type(input, kind), min=_limit(min, kind, "min"), max=_limit(max, kind, "max"))
    return result if out is None else into(out, result)


def _are_tensors(*limits) -> bool:
    return any(isinstance(x, TensorBase) for x in limits)


def _kind_to_clamp(*given) -> np.dtype:
    kind = common_kind("clamp", *(x for x in given if x is not None))
    if kind.kind == "c":
        raise NotImplementedError("clamp is not supported for complex numbers, which have no order: got "
                                  f"{dtypes.of(kind)}")
    return kind


def _limit(x, kind: np.dtype, argument: str):
    """A number that clamp compares with, in the type of what it compares."""
    return x if x is None else kind.type(x if kind.kind == "f" else element_of(x, kind, "clamp", argument))


def _clamp_by_tensors(input, min, max):
    kind = _kind_to_clamp(input, min, max)
    y = given = to_type(input, kind)
    low, high = (x if x is None else as_tensor_operand(to_type(x, kind), "clamp") for x in (min, max))
    if low is not None:
        y = arithmetic.where(low, y, condition=together(np.less, "clamp", given.array, low.array))
    if high is not None:
        y = arithmetic.where(high, y, condition=together(np.greater, "clamp", y.array, high.array))
    limits = [x.array for x in (low, high) if x is not None]
    if kind.kind == "f" and any(np.isnan(x).any() for x in (given.array, *limits)):
        nans = functools.reduce(np.logical_or, [np.isnan(x) for x in limits], np.isnan(given.array))
        y = arithmetic.masked_fill(y, math.nan, mask=nans)
    return y


clip = clamp


@shown_as(lambda y, input, min, **_: f"ClampMinBackward{int(_are_tensors(min))}")
def clamp_min(input: Tensor, min: Operand, *, out: Tensor | None = None) -> Tensor:
    """input, at least min.

    Arguments, shape and errors as for `clamp`; no min is a TypeError.

    >>> import mtorch
    >>> mtorch.clamp_min(mtorch.tensor([-1.0, 0.5]), 0)
    tensor([0.0000, 0.5000])
    """
    if min is None:
        raise TypeError("clamp_min(): argument 'min' must be Tensor or Number, not NoneType")
    return clamp(input, min=min, out=out)


@shown_as(lambda y, input, max, **_: f"ClampMaxBackward{int(_are_tensors(max))}")
def clamp_max(input: Tensor, max: Operand, *, out: Tensor | None = None) -> Tensor:
    """input, at most max.

    Arguments, shape and errors as for `clamp`; no max is a TypeError.

    >>> import mtorch
    >>> mtorch.clamp_max(mtorch.tensor([-1.0, 0.5]), 0)
    tensor([-1.,  0.])
    """
    if max is None:
        raise TypeError("clamp_max(): argument 'max' must be Tensor or Number, not NoneType")
    return clamp(input, max=max, out=out)


def nan_to_num(input: Tensor, nan: float | None = 0.0, posinf: float | None = None, neginf: float | None = None, *,
               out: Tensor | None = None) -> Tensor:
    """nan, inf and -inf replaced by numbers; integers stay as they are.

    nan: what stands for nan
    posinf: what stands for inf; None for the type's largest number
    neginf: what stands for -inf; None for the type's smallest number

    Shape: any -> the same.
    Raises: TypeError for what is no tensor or number.

    >>> import mtorch
    >>> mtorch.nan_to_num(mtorch.tensor([float("nan"), 1.0]))
    tensor([0., 1.])
    """
    x = require_tensor(input, "nan_to_num")
    nan, posinf, neginf = (None if v is None else number_of(v, "nan_to_num", name)
                           for name, v in (("nan", nan), ("posinf", posinf), ("neginf", neginf)))
    if x.array.dtype.kind != "f":
        result = wrap(x.array.copy())
    else:
        limits = dtypes.finfo(x.dtype)
        result = rules.nan_to_num(x, nan=0.0 if nan is None else nan, posinf=limits.max if posinf is None else posinf,
                                  neginf=limits.min if neginf is None else neginf)
    return result if out is None else into(out, result)


def _angles(input, name):
    x = floating(input, name)
    if x.array.dtype.kind == "c":
        raise RuntimeError(f"{name} is not supported for complex tensors, got {x.dtype}")
    return x


@shown_as("Deg2RadBackward0")
def deg2rad(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Degrees to radians: input * pi / 180, in a floating point type.

    Shape: any -> the same.
    Raises: TypeError for what is no tensor, RuntimeError for complex numbers.

    >>> import mtorch
    >>> mtorch.deg2rad(mtorch.tensor([180.0]))
    tensor([3.1416])
    """
    result = _angles(input, "deg2rad") * (math.pi / 180)
    return result if out is None else into(out, result)


@shown_as("Rad2DegBackward0")
def rad2deg(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Radians to degrees: input * 180 / pi, in a floating point type.

    Shape and errors as for `deg2rad`.

    >>> import mtorch
    >>> mtorch.rad2deg(mtorch.tensor([math.pi])) if (math := __import__("math")) else None
    tensor([180.])
    """
    result = _angles(input, "rad2deg") * (180 / math.pi)
    return result if out is None else into(out, result)


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The same values in memory of their own; gradients pass.

    memory_format: torch.contiguous_format for a copy that lies in the order of its axes; else a transposed tensor's copy
        is transposed as well

    Shape: any -> the same.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> x = mtorch.zeros(2); y = mtorch.clone(x); y[0] = 1; x
    tensor([0., 0.])
    """
    x = require_tensor(input, "clone")
    if memory_format == "torch.contiguous_format":
        return rules.in_order(x)
    if x.array.flags.c_contiguous or not lies_as_in_torch(x):
        return rules.clone(x)
    copy = rules.clone(x, as_it_lies=True)
    hold(copy, copy.array)
    return copy


def masked_fill(input: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """input with value where the mask is set; there no gradient passes.

    mask: bools
    value: a number that input's type can hold, or a 0-dim tensor

    Shape: input and a mask that broadcast -> the shape that they broadcast to.
    Raises: TypeError for an input or mask that is no tensor and a value that is no number; RuntimeError for a mask that
        is not bool, a tensor of a value that is not 0-dim, a number that input's type cannot hold and shapes that do
        not broadcast.

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
        element_of(value.array[()], x.array.dtype, "masked_fill", "value")  # raises for what the type cannot hold
        value = to_type(value, x.array.dtype)
    else:
        value = element_of(value, x.array.dtype, "masked_fill", "value")
    return arithmetic.masked_fill(x, value, mask=m.array)


negative, absolute = neg, abs
