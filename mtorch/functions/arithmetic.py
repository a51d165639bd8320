"""Functions of two operands, elementwise, with torch's rules for types and broadcasting."""
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.complex_numbers import is_complex
from ..autograd.naming import shown_as
from .. import dtypes
from ..autograd.tape import TensorBase, wrap
from ..autograd.views import inplace
from ..ops import arithmetic as rules
from .arguments import (NUMBERS, checked, common_kind, element_of, floating, number_of, of_real_numbers, promoting,
                        require_tensor, result_type_of, to_type)
from .division import check_division, is_bool, refuse_bools
from .output import into
from .former import factors_first, warn_of_order

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Number, Operand, Operator

# The operators behind +, -, *, ...: they answer NotImplemented to what they do not know, as Python asks of operators.
plus, minus, times, _over = promoting(rules.add), promoting(rules.sub), promoting(rules.mul), promoting(rules.div)
_modulo, _power = promoting(rules.remainder), promoting(rules.pow)


def minus_checked(a: Any, b: Any) -> Tensor:
    if is_bool(a) or is_bool(b):
        raise RuntimeError("Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to "
                           "invert a mask, use the `~` or `logical_not()` operator instead.")
    return minus(a, b)


def over(a: Any, b: Any) -> Tensor:
    """a / b: true division, integers giving the default floating point type."""
    if isinstance(a, TensorBase) and a.array.dtype.kind in "biu":
        if not isinstance(b, TensorBase) or b.array.dtype.kind in "biu":
            a = floating(a)
            if isinstance(b, TensorBase):
                b = floating(b)
    elif isinstance(b, TensorBase) and b.array.dtype.kind in "biu" and not isinstance(a, TensorBase):
        b = floating(b)
    return _over(a, b)


@shown_as(lambda y, a, b: f"RemainderBackward{int(isinstance(b, TensorBase))}")
def modulo(a: Any, b: Any) -> Tensor:
    check_division("remainder", a, b)
    return _modulo(a, b)


def floor_over(a: Any, b: Any) -> Tensor:
    if not all(isinstance(x, (TensorBase, *NUMBERS, np.ndarray)) for x in (a, b)):
        return NotImplemented
    return _rounded_division(rules.floor_divide, a, b)


def _rounded_division(rule, a, b):
    check_division("div", a, b)
    kind = common_kind("div", a, b)
    return rule(to_type(a, kind), to_type(b, kind))


def to_power(a: Any, b: Any) -> Tensor:
    """a ** b"""
    if isinstance(a, TensorBase) and not isinstance(b, TensorBase):
        if isinstance(b, np.generic):
            b = b.item()
        if isinstance(b, (int, float)):
            kind = a.array.dtype
            if kind.kind in "fc":
                return rules.power(a, exponent=b)
            if isinstance(b, float):
                return rules.power(floating(a), exponent=b)
            if b < 0:
                raise RuntimeError("Integers to negative integer powers are not allowed.")
            if kind.kind == "b":
                return wrap(a.array | (not b) if isinstance(b, bool) else np.power(a.array.astype(np.int64), b))
            return wrap(np.power(a.array, np.array(b).astype(kind)))
    refuse_bools("pow", a, b)
    return _power(a, b)


def reflected(operator: Operator) -> Operator:
    """The operator with its operands exchanged: `2 - t`."""
    def call(b, a):
        return operator(a, b)
    return call


def augmented(operator: Operator) -> Any:              # which a Parameter may be assigned, too
    """The operator in place: `t += 2`.  `t += array` is `t = t + array`, as in torch, which leaves arrays to NumPy."""
    written = inplace(operator)

    def call(t, other):
        return written(t, other) if isinstance(other, _OPERANDS) else NotImplemented
    return call


_OPERANDS = (TensorBase, *NUMBERS)


def add(input: Operand, other: Operand, *args: Any, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """input + alpha * other.

    alpha: a factor of other; a float only where one of the operands is floating point
    args: torch's former order, add(input, alpha, other), is taken with a warning
    out: a tensor to write the result to; it takes on the shape of the result

    Shape: any two that broadcast -> the shape that they broadcast to.
    Raises: TypeError for what is neither a tensor nor a number; RuntimeError for shapes that do not broadcast, a float
        alpha of integers, an out that cannot hold the type of the result, and an out where a gradient is asked for.

    >>> import mtorch
    >>> mtorch.add(mtorch.tensor([1, 2]), 10)
    tensor([11, 12])
    """
    if args:
        alpha, other = _in_former_order("add", other, *args)
    if alpha != 1:
        other = _times_alpha("add", alpha, input, other)
    result = checked(plus(input, other), "add", input, other)
    return result if out is None else into(out, result)


def _in_former_order(name: str, alpha, other):
    alpha = number_of(alpha, name, "alpha")
    warn_of_order(name, "alpha", stacklevel=4)
    return alpha, other


def _times_alpha(name: str, alpha, input, other):
    """alpha * other in the type of the sum: uint8 has no -1, and float32 not the digits of float64."""
    _refuse_alpha(alpha, input, other)
    if not isinstance(other, TensorBase):
        return other * alpha
    return checked(times(to_type(other, common_kind(name, input, other)), alpha), name, other, alpha)


def _refuse_alpha(alpha, input, other) -> None:
    kinds = [x.array.dtype.kind if isinstance(x, TensorBase) else "f" if isinstance(x, float) else "i"
             for x in (input, other)]
    if isinstance(alpha, float) and all(k in "biu" for k in kinds):
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if isinstance(alpha, bool) and any(k != "b" for k in kinds):
        raise RuntimeError("Boolean alpha only supported for Boolean results.")


def sub(input: Operand, other: Operand, *args: Any, alpha: Number = 1, out: Tensor | None = None) -> Tensor:
    """input - alpha * other.

    Arguments, shape and errors as for `add`; and of a bool tensor it is a RuntimeError.

    >>> import mtorch
    >>> mtorch.sub(mtorch.tensor([1.0, 2.0]), mtorch.tensor([1.0, 1.0]), alpha=2)
    tensor([-1.,  0.])
    """
    if args:
        alpha, other = _in_former_order("sub", other, *args)
    if alpha != 1:
        other = _times_alpha("sub", alpha, input, other)
    result = checked(minus_checked(input, other), "sub", input, other)
    return result if out is None else into(out, result)


@shown_as("RsubBackward0")
def rsub(input: Tensor, other: Operand, *, alpha: Number = 1) -> Tensor:
    """other - alpha * input.

    Arguments, shape and errors as for `sub`; a number for input is a TypeError.

    >>> import mtorch
    >>> mtorch.rsub(mtorch.tensor([1.0, 2.0]), 10)
    tensor([9., 8.])
    """
    if alpha != 1:
        _refuse_alpha(alpha, input, other)
        input = times(require_tensor(input, "rsub"), alpha)
    return checked(minus_checked(other, require_tensor(input, "rsub")), "rsub", input, other)


def mul(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """input * other.

    out: a tensor to write the result to; it takes on the shape of the result

    Shape: any two that broadcast -> the shape that they broadcast to.
    Raises: TypeError for what is neither a tensor nor a number; RuntimeError for shapes that do not broadcast, an out
        that cannot hold the type of the result, and an out where a gradient is asked for.

    >>> import mtorch
    >>> mtorch.mul(mtorch.tensor([1.0, 2.0]), 3)
    tensor([3., 6.])
    """
    result = checked(times(input, other), "mul", input, other)
    return result if out is None else into(out, result)


def div(input: Operand, other: Operand, *, rounding_mode: str | None = None, out: Tensor | None = None) -> Tensor:
    """input / other; of integers too the true quotient, in the default floating point type, unless it is rounded.

    rounding_mode: None for the quotient as it is, "floor" for rounded down, "trunc" for rounded towards zero

    Shape and errors as for `mul`; and a RuntimeError for another rounding_mode and for a rounded division of integers
        by 0.

    >>> import mtorch
    >>> mtorch.div(mtorch.tensor([-7, 7]), 2, rounding_mode="trunc")
    tensor([-3,  3])
    """
    if rounding_mode is None:
        result = checked(over(input, other), "div", input, other)
    elif rounding_mode in ("floor", "trunc"):
        result = _rounded_division(partial(rules.floor_or_trunc_div, trunc=rounding_mode == "trunc"), input, other)
    else:
        raise RuntimeError("div expected rounding_mode to be one of None, 'trunc', or 'floor' but found "
                           f"'{rounding_mode}'")
    return result if out is None else into(out, result)


def floor_divide(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """input / other, rounded down.

    Shape and errors as for `mul`; and a RuntimeError for integers divided by 0.

    >>> import mtorch
    >>> mtorch.floor_divide(mtorch.tensor([-7, 7]), 2)
    tensor([-4,  3])
    """
    result = checked(floor_over(input, other), "floor_divide", input, other)
    return result if out is None else into(out, result)


def remainder(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """Python's %: input - floor(input / other) * other, what is left after division, with the sign of other.

    Shape and errors as for `mul`; and a TypeError where neither is a tensor, a RuntimeError for integers divided by 0.

    >>> import mtorch
    >>> mtorch.remainder(mtorch.tensor([-3.0, 3.0]), 2)
    tensor([1., 1.])
    """
    _one_tensor("remainder", input, other)
    result = checked(modulo(input, other), "remainder", input, other)
    return result if out is None else into(out, result)


@shown_as(lambda y, input, other, **_: f"FmodBackward{int(isinstance(other, TensorBase))}")
def fmod(input: Tensor, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """C's fmod: input - trunc(input / other) * other, what is left after division, with the sign of input.

    Shape and errors as for `mul`; and a TypeError for a number as input, a RuntimeError for integers divided by 0.

    >>> import mtorch
    >>> mtorch.fmod(mtorch.tensor([-3.0, 3.0]), 2)
    tensor([-1.,  1.])
    """
    require_tensor(input, "fmod")
    check_division("fmod", input, other)
    result = checked(promoting(rules.fmod)(input, other), "fmod", input, other)
    return result if out is None else into(out, result)


def pow(input: Operand, exponent: Operand, *, out: Tensor | None = None) -> Tensor:
    """input to the power of exponent.

    exponent: a number, or a tensor with an exponent for each element

    Shape and errors as for `mul`; and a TypeError where neither is a tensor, a RuntimeError for integers to a negative
        whole number.

    >>> import mtorch
    >>> mtorch.pow(mtorch.tensor([1.0, 2.0, 3.0]), 2)
    tensor([1., 4., 9.])
    """
    _one_tensor("pow", input, exponent)
    result = checked(to_power(input, exponent), "pow", input, exponent)
    return result if out is None else into(out, result)


def _one_tensor(name, *operands) -> None:
    if not any(isinstance(x, TensorBase) for x in operands):
        raise TypeError(f"{name}(): at least one argument must be Tensor, got "
                        f"{tuple(type(x).__name__ for x in operands)}")


def float_power(input: Operand, exponent: Operand, *, out: Tensor | None = None) -> Tensor:
    """input to the power of exponent, computed in float64, or complex128.

    Arguments and shape as for `pow`; integers may have negative exponents here.
    Raises: TypeError where neither is a tensor, or for what is neither a tensor nor a number; RuntimeError for shapes
        that do not broadcast.

    >>> import mtorch
    >>> mtorch.float_power(mtorch.tensor([2, 3]), 2)
    tensor([4., 9.], dtype=torch.float64)
    """
    _one_tensor("float_power", input, exponent)
    double = np.dtype(np.complex128 if is_complex(input) or is_complex(exponent) else np.float64)
    a = to_type(input, double) if isinstance(input, TensorBase) else input
    b = to_type(exponent, double) if isinstance(exponent, TensorBase) or double.kind == "c" else exponent
    if isinstance(a, NUMBERS):
        a = wrap(np.array(a, double))
    result = checked(to_power(a, b), "float_power", input, exponent)
    return result if out is None else into(out, result)


def float_power_of_double(input: Tensor, exponent: Operand) -> Tensor:
    """`float_power` as it is written in place: into float64 or complex128 alone."""
    result = float_power(input, exponent)
    if result.dtype is not input.dtype:
        raise RuntimeError(f"the base given to float_power_ has dtype {input.dtype} but the operation's result requires "
                           f"dtype {result.dtype}")
    return result


float_power_of_double.__name__ = "float_power"         # of which float_power_ is the form in place


def _binary(rule, name, input, other, out, float_result=False):
    _one_tensor(name, input, other)
    if float_result:
        kind = common_kind(name, input, other)
        kind = kind if kind.kind in "fc" else dtypes.get_default_dtype().numpy
        result = rule(to_type(input, kind), to_type(other, kind))
    else:
        result = checked(promoting(rule)(input, other), name, input, other)
    return result if out is None else into(out, result)


def _binary_of_floats(rule, name, input, other, out):
    """Of two tensors, one of them of floating point numbers."""
    a, b = require_tensor(input, name), require_tensor(other, name, "other")
    if a.array.dtype.kind not in "fc" and b.array.dtype.kind not in "fc":
        raise NotImplementedError(f"{name}: input ({a.dtype}) and other ({b.dtype}) are not implemented: expected "
                                  "floating point numbers in one of them")
    return _binary(rule, name, a, b, out)


@of_real_numbers
def maximum(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The larger of each pair; nan where one is nan. A tie shares its gradient.

    Shape: any two that broadcast -> the shape that they broadcast to.
    Raises: TypeError for what is no tensor; RuntimeError for shapes that do not broadcast, an out that cannot hold the
        type of the result, and an out where a gradient is asked for.

    >>> import mtorch
    >>> mtorch.maximum(mtorch.tensor([1, 5]), mtorch.tensor([3, 2]))
    tensor([3, 5])
    """
    return _binary(rules.maximum, "maximum", require_tensor(input, "maximum"),
                   require_tensor(other, "maximum", "other"), out)


@of_real_numbers
def minimum(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smaller of each pair; nan where one is nan. A tie shares its gradient.

    Shape and errors as for `maximum`.

    >>> import mtorch
    >>> mtorch.minimum(mtorch.tensor([1, 5]), mtorch.tensor([3, 2]))
    tensor([1, 2])
    """
    return _binary(rules.minimum, "minimum", require_tensor(input, "minimum"),
                   require_tensor(other, "minimum", "other"), out)


@of_real_numbers
def fmax(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The larger of each pair, a number before a nan.

    Shape and errors as for `maximum`.

    >>> import mtorch
    >>> mtorch.fmax(mtorch.tensor([1.0, float("nan")]), mtorch.tensor([3.0, 2.0]))
    tensor([3., 2.])
    """
    return _binary(rules.fmax, "fmax", require_tensor(input, "fmax"), require_tensor(other, "fmax", "other"), out)


@of_real_numbers
def fmin(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The smaller of each pair, a number before a nan.

    Shape and errors as for `maximum`.

    >>> import mtorch
    >>> mtorch.fmin(mtorch.tensor([1.0, float("nan")]), mtorch.tensor([3.0, 2.0]))
    tensor([1., 2.])
    """
    return _binary(rules.fmin, "fmin", require_tensor(input, "fmin"), require_tensor(other, "fmin", "other"), out)


def atan2(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle of the point (x, y) = (other, input), in radians from -pi to pi, in a floating point type.

    Shape and errors as for `maximum`.

    >>> import mtorch
    >>> mtorch.atan2(mtorch.tensor([1.0]), mtorch.tensor([1.0]))
    tensor([0.7854])
    """
    a, b = require_tensor(input, "atan2"), require_tensor(other, "atan2", "other")
    return _binary(rules.atan2, "atan2", a, b, out, float_result=True)


def hypot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """sqrt(input^2 + other^2), without overflow on the way.

    Shape and errors as for `maximum`; and a NotImplementedError where neither is of a floating point type.

    >>> import mtorch
    >>> mtorch.hypot(mtorch.tensor([3.0]), mtorch.tensor([4.0]))
    tensor([5.])
    """
    return _binary_of_floats(rules.hypot, "hypot", input, other, out)


@of_real_numbers
def logaddexp(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log(e^input + e^other), without overflow on the way.

    Shape and errors as for `maximum`; and a NotImplementedError where neither is of a floating point type.

    >>> import mtorch
    >>> mtorch.logaddexp(mtorch.tensor([-1000.0]), mtorch.tensor([-1000.0]))
    tensor([-999.3068])
    """
    return _binary_of_floats(rules.logaddexp, "logaddexp", input, other, out)


@of_real_numbers
def logaddexp2(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """log2(2^input + 2^other), without overflow on the way.

    Shape and errors as for `maximum`; and a NotImplementedError where neither is of a floating point type.

    >>> import mtorch
    >>> mtorch.logaddexp2(mtorch.tensor([3.0]), mtorch.tensor([3.0]))
    tensor([4.])
    """
    return _binary_of_floats(rules.logaddexp2, "logaddexp2", input, other, out)


def copysign(input: Tensor, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """The magnitude of input with the sign of other, in a floating point type; -0.0 counts as negative.

    Shape: any two that broadcast -> the shape that they broadcast to.
    Raises: TypeError for an input that is no tensor, or an other that is neither a tensor nor a number; RuntimeError
        for shapes that do not broadcast.

    >>> import mtorch
    >>> mtorch.copysign(mtorch.tensor([1.0, 2.0]), -1)
    tensor([-1., -2.])
    """
    return _binary(rules.copysign, "copysign", require_tensor(input, "copysign"), other, out, float_result=True)


@of_real_numbers
def xlogy(input: Operand, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """input * log(other), in a floating point type; 0 where input is 0, nan where other is nan.

    Shape: any two that broadcast -> the shape that they broadcast to.
    Raises: TypeError where neither is a tensor, or for what is neither a tensor nor a number; RuntimeError for shapes
        that do not broadcast.

    >>> import mtorch
    >>> mtorch.xlogy(mtorch.tensor([0.0, 1.0]), mtorch.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    return _binary(rules.xlogy, "xlogy", input, other, out, float_result=True)


def where(condition: Tensor, input: Operand | None = None, other: Operand | None = None, *,
          out: Tensor | None = None) -> Any:
    """input where the condition holds, else other; with the condition alone, the indices where it holds.

    condition: a bool tensor; without input and other any tensor, whose elements hold where they are not 0
    input, other: tensors or numbers, brought to one type

    Shape: any three that broadcast -> the shape that they broadcast to; alone, a tuple of one vector for each dimension
        of condition.
    Raises: RuntimeError for a condition that is not bool (or uint8), a number that the type cannot hold and shapes that
        do not broadcast; TypeError for a condition that is no tensor, and where input or other is neither a tensor nor
        a number.

    >>> import mtorch
    >>> mtorch.where(mtorch.tensor([True, False]), 1.0, 2.0)
    tensor([1., 2.])
    """
    condition = require_tensor(condition, "where", "condition")
    if input is None and other is None:
        return tuple(wrap(i) for i in np.nonzero(np.atleast_1d(condition.array)))
    if condition.array.dtype.kind != "b" and condition.array.dtype != np.uint8:
        raise RuntimeError("where expected condition to be a boolean tensor, but got a tensor with dtype "
                           f"{condition.dtype}")
    kind = common_kind("where", input, other)
    first, second = _choice(input, kind, "input"), _choice(other, kind, "other")
    result = rules.where(first, second, condition=condition.array.astype(bool))
    if not isinstance(result, TensorBase):             # of two numbers
        result = wrap(result)
    return result if out is None else into(out, result)


def _choice(x, kind: np.dtype, argument: str):
    if isinstance(x, (TensorBase, np.ndarray)):
        return to_type(x, kind)
    return np.array(element_of(x, kind, "where", argument), kind)


def lerp(input: Tensor, end: Tensor, weight: Operand, *, out: Tensor | None = None) -> Tensor:
    """input + weight * (end - input): from input (weight 0) to end (weight 1), and beyond.

    end: where weight 1 leads, a tensor of input's type
    weight: a number, or a tensor of input's type

    Shape: any that broadcast -> the shape that they broadcast to.
    Raises: TypeError for an input or end that is no tensor; RuntimeError for tensors of several types and for shapes
        that do not broadcast; NotImplementedError for integers.

    >>> import mtorch
    >>> mtorch.lerp(mtorch.tensor([0.0]), mtorch.tensor([10.0]), 0.3)
    tensor([3.])
    """
    kinds = {require_tensor(input, "lerp").array.dtype, require_tensor(end, "lerp", "end").array.dtype}
    if isinstance(weight, TensorBase):
        kinds.add(weight.array.dtype)
    elif not isinstance(weight, NUMBERS):
        raise TypeError(f"lerp(): argument 'weight' must be Tensor or Number, not {type(weight).__name__}")
    else:
        weight = number_of(weight, "lerp", "weight")
    if len(kinds) != 1:
        raise RuntimeError(f"lerp: expected one dtype, got {', '.join(sorted(str(dtypes.of(k)) for k in kinds))}")
    if input.array.dtype.kind not in "fc":
        raise NotImplementedError(f"lerp: expected floating point tensors, got {input.dtype}")
    result = rules.lerp(input, end, weight)
    return result if out is None else into(out, result)


def _of_three(name: str, input, tensor1, tensor2, value) -> tuple[np.dtype, Any]:
    """The type that three tensors make together, and the factor in it."""
    kind = result_type_of(require_tensor(input, name), require_tensor(tensor1, name, "tensor1"),
                          require_tensor(tensor2, name, "tensor2"))
    factor = number_of(value, name, "value")
    return kind, factor if kind.kind in "fc" else int(factor)     # as torch: the factor of integers is one


@factors_first("value")
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1, out: Tensor | None = None) -> Tensor:
    """input + value * tensor1 * tensor2.

    tensor1, tensor2: the factors
    value: a number; of integers, only its whole part counts

    Shape: any three that broadcast -> the shape that they broadcast to.
    Raises: TypeError for what is no tensor, and for a value that is no number; RuntimeError for shapes that do not
        broadcast.

    >>> import mtorch
    >>> mtorch.addcmul(mtorch.tensor([1.0]), mtorch.tensor([2.0]), mtorch.tensor([3.0]), value=0.5)
    tensor([4.])
    """
    kind, value = _of_three("addcmul", input, tensor1, tensor2, value)
    result = rules.addcmul(to_type(input, kind), to_type(tensor1, kind), to_type(tensor2, kind), value=value)
    return result if out is None else into(out, result)


@factors_first("value")
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Number = 1, out: Tensor | None = None) -> Tensor:
    """input + value * tensor1 / tensor2.

    Arguments and shape as for `addcmul`: what is divided and what it is divided by.
    Raises: as `addcmul`, and a RuntimeError for integers.

    >>> import mtorch
    >>> mtorch.addcdiv(mtorch.tensor([1.0]), mtorch.tensor([2.0]), mtorch.tensor([4.0]))
    tensor([1.5000])
    """
    kind, value = _of_three("addcdiv", input, tensor1, tensor2, value)
    if kind.kind not in "fc":
        raise RuntimeError("Integer division with addcdiv is no longer supported; convert the tensors to float first")
    result = rules.addcdiv(to_type(input, kind), to_type(tensor1, kind), to_type(tensor2, kind), value=value)
    return result if out is None else into(out, result)


true_divide = divide = div
multiply, subtract = mul, sub
arctan2 = atan2
