"""Comparisons, logic and bits.  Their results are constants: nothing has a gradient here."""
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .. import dtypes
from ..autograd.mismatch import mismatch
from ..autograd.tape import TensorBase, wrap
from .arguments import NUMBERS, is_of_type, number_of, require_tensor, result_type_of, to_type, together
from .output import into

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Operand, Operator


def _array(x):
    return x.array if isinstance(x, TensorBase) else x


def operator(function: np.ufunc) -> Operator:
    """A comparison as an operator: NotImplemented for what it does not know."""
    def call(a, b):
        if not isinstance(b, (TensorBase, np.ndarray, *NUMBERS)):
            return NotImplemented
        return wrap(_compared(function, a, b))
    return call


def _compared(function, a, b):
    try:
        if is_of_type(a, b):
            kind = a.array.dtype
        else:
            kind = result_type_of(a, b)
            a, b = to_type(a, kind), to_type(b, kind)
        if kind.kind == "c" and function is not np.equal and function is not np.not_equal:
            raise NotImplementedError(f"{function.__name__} is not implemented for {dtypes.of(kind)}: complex numbers have no "
                                      "order")
        return function(_array(a), _array(b))
    except ValueError as error:
        raise mismatch(error, function.__name__) from None


is_equal, is_unequal = operator(np.equal), operator(np.not_equal)
is_less, is_at_most = operator(np.less), operator(np.less_equal)
is_greater, is_at_least = operator(np.greater), operator(np.greater_equal)


def _comparison(function, name, input, other, out):
    require_tensor(input, name)
    if not isinstance(other, (TensorBase, np.ndarray, *NUMBERS)):
        raise TypeError(f"{name}(): argument 'other' must be Tensor or Number, not {type(other).__name__}")
    result = wrap(_compared(function, input, other))
    return result if out is None else into(out, result)


def eq(input: Tensor, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """input == other, elementwise.

    other: a tensor or a number

    Shape: any two that broadcast -> bools of the shape that they broadcast to.
    Raises: TypeError for an input that is no tensor or an other that is neither a tensor nor a number; RuntimeError for
        shapes that do not broadcast.

    >>> import mtorch
    >>> mtorch.eq(mtorch.tensor([1, 2]), 2)
    tensor([False,  True])
    """
    return _comparison(np.equal, "eq", input, other, out)


def ne(input: Tensor, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """input != other, elementwise.

    Arguments, shape and errors as for `eq`.

    >>> import mtorch
    >>> mtorch.ne(mtorch.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    return _comparison(np.not_equal, "ne", input, other, out)


def lt(input: Tensor, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """input < other, elementwise.

    Arguments, shape and errors as for `eq`.

    >>> import mtorch
    >>> mtorch.lt(mtorch.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    return _comparison(np.less, "lt", input, other, out)


def le(input: Tensor, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """input <= other, elementwise.

    Arguments, shape and errors as for `eq`.

    >>> import mtorch
    >>> mtorch.le(mtorch.tensor([1, 2]), 1)
    tensor([ True, False])
    """
    return _comparison(np.less_equal, "le", input, other, out)


def gt(input: Tensor, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """input > other, elementwise.

    Arguments, shape and errors as for `eq`.

    >>> import mtorch
    >>> mtorch.gt(mtorch.tensor([1, 2]), 1)
    tensor([False,  True])
    """
    return _comparison(np.greater, "gt", input, other, out)


def ge(input: Tensor, other: Operand, *, out: Tensor | None = None) -> Tensor:
    """input >= other, elementwise.

    Arguments, shape and errors as for `eq`.

    >>> import mtorch
    >>> mtorch.ge(mtorch.tensor([1, 2]), 2)
    tensor([False,  True])
    """
    return _comparison(np.greater_equal, "ge", input, other, out)


not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and the same elements; nan equals nothing.

    Shape: any two -> one bool.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.equal(mtorch.tensor([1, 2]), mtorch.tensor([1, 2]))
    True
    """
    return bool(np.array_equal(require_tensor(input, "equal").array, require_tensor(other, "equal", "other").array))


def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Where |input - other| <= atol + rtol |other|; an infinity is close to itself alone.

    rtol: the distance allowed as a part of other, >= 0
    atol: the distance allowed besides, >= 0
    equal_nan: count nan as close to nan

    Shape: any two that broadcast -> bools of the shape that they broadcast to.
    Raises: TypeError for what is no tensor; RuntimeError for two types, for an rtol or atol below 0 and for shapes that
        do not broadcast.

    >>> import mtorch
    >>> mtorch.isclose(mtorch.tensor([1.0, 2.0]), mtorch.tensor([1.0, 2.1]))
    tensor([ True, False])
    """
    a, b = require_tensor(input, "isclose"), require_tensor(other, "isclose", "other")
    if a.dtype is not b.dtype:
        raise RuntimeError(f"isclose: {a.dtype} did not match {b.dtype}")
    rtol, atol = number_of(rtol, "isclose", "rtol"), number_of(atol, "isclose", "atol")
    if rtol < 0 or atol < 0:
        raise RuntimeError(f"isclose: rtol and atol must be at least zero, got {rtol} and {atol}")
    return wrap(together(lambda x, y: _close(x, y, rtol, atol, equal_nan), "isclose", a.array, b.array))


def _close(x: np.ndarray, y: np.ndarray, rtol: float, atol: float, equal_nan: bool) -> np.ndarray:
    """np.isclose makes floating point numbers of integers; large ones that differ would become the same."""
    close = x == y
    if equal_nan and x.dtype.kind in "fc":
        close = close | np.isnan(x) & np.isnan(y)
    if x.dtype.kind in "biu":                             # a difference, or its magnitude, would wrap around there
        distance = np.maximum(x, y).astype(np.uint64) - np.minimum(x, y).astype(np.uint64)
    else:
        with np.errstate(invalid="ignore", over="ignore"):
            distance = np.abs(x - y)
    return close | (distance <= atol + np.abs(rtol * y)) & np.isfinite(distance) if rtol or atol else close


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether all elements are close.

    Arguments and errors as for `isclose`.
    Shape: any two that broadcast -> one bool.

    >>> import mtorch
    >>> mtorch.allclose(mtorch.tensor([1.0]), mtorch.tensor([1.0 + 1e-7]))
    True
    """
    return bool(isclose(input, other, rtol, atol, equal_nan).array.all())


def _test(function, name, input, out=None):
    array = require_tensor(input, name).array
    result = wrap(function(array))
    return result if out is None else into(out, result)


def _not_complex(input, name):
    if require_tensor(input, name).array.dtype.kind == "c":
        raise RuntimeError(f"{name} does not support complex inputs, got {input.dtype}: they have no order")
    return input


def isnan(input: Tensor) -> Tensor:
    """Where input is nan.

    Shape: any -> bools of the same.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.isnan(mtorch.tensor([1.0, float("nan")]))
    tensor([False,  True])
    """
    return _test(np.isnan, "isnan", input)


def isinf(input: Tensor) -> Tensor:
    """Where input is inf or -inf.

    Shape and errors as for `isnan`.

    >>> import mtorch
    >>> mtorch.isinf(mtorch.tensor([1.0, float("-inf")]))
    tensor([False,  True])
    """
    return _test(np.isinf, "isinf", input)


def isfinite(input: Tensor) -> Tensor:
    """Where input is neither nan nor infinite.

    Shape and errors as for `isnan`.

    >>> import mtorch
    >>> mtorch.isfinite(mtorch.tensor([1.0, float("inf")]))
    tensor([ True, False])
    """
    return _test(np.isfinite, "isfinite", input)


def isposinf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where input is inf.

    Shape: any -> bools of the same.
    Raises: TypeError for what is no tensor, RuntimeError for complex numbers.

    >>> import mtorch
    >>> mtorch.isposinf(mtorch.tensor([1.0, float("inf")]))
    tensor([False,  True])
    """
    return _test(lambda a: a == np.inf, "isposinf", _not_complex(input, "isposinf"), out)


def isneginf(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where input is -inf.

    Shape and errors as for `isposinf`.

    >>> import mtorch
    >>> mtorch.isneginf(mtorch.tensor([1.0, float("-inf")]))
    tensor([False,  True])
    """
    return _test(lambda a: a == -np.inf, "isneginf", _not_complex(input, "isneginf"), out)


def signbit(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where the sign is minus, -0.0 included.

    Shape and errors as for `isposinf`.

    >>> import mtorch
    >>> mtorch.signbit(mtorch.tensor([1.0, -0.0]))
    tensor([False,  True])
    """
    return _test(lambda a: np.signbit(a) if a.dtype.kind == "f" else a < 0 if a.dtype.kind == "i"
                 else np.zeros(a.shape, bool), "signbit", _not_complex(input, "signbit"), out)


def _logic(function, name, input, other, out):
    result = wrap(together(function, name, require_tensor(input, name).array.astype(bool),
                           require_tensor(other, name, "other").array.astype(bool)))
    return result if out is None else into(out, result)


def logical_and(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where both are not zero.

    Shape: any two that broadcast -> bools of the shape that they broadcast to.
    Raises: TypeError for what is no tensor; RuntimeError for shapes that do not broadcast.

    >>> import mtorch
    >>> mtorch.logical_and(mtorch.tensor([0, 2]), mtorch.tensor([1, 1]))
    tensor([False,  True])
    """
    return _logic(np.logical_and, "logical_and", input, other, out)


def logical_or(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where one or the other is not zero.

    Shape and errors as for `logical_and`.

    >>> import mtorch
    >>> mtorch.logical_or(mtorch.tensor([0, 2]), mtorch.tensor([0, 0]))
    tensor([False,  True])
    """
    return _logic(np.logical_or, "logical_or", input, other, out)


def logical_xor(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where one, but not both, is not zero.

    Shape and errors as for `logical_and`.

    >>> import mtorch
    >>> mtorch.logical_xor(mtorch.tensor([0, 2]), mtorch.tensor([1, 1]))
    tensor([ True, False])
    """
    return _logic(np.logical_xor, "logical_xor", input, other, out)


def logical_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Where input is zero.

    Shape and errors as for `isnan`.

    >>> import mtorch
    >>> mtorch.logical_not(mtorch.tensor([0, 2]))
    tensor([ True, False])
    """
    return _test(np.logical_not, "logical_not", input, out)


def _bits(function: np.ufunc, name: str) -> Operator:
    """A bitwise operator, for bools and integers."""
    def call(a, b):
        if not isinstance(b, (TensorBase, int, np.integer, np.bool_)) or not isinstance(a, (TensorBase, int, np.integer)):
            return NotImplemented
        kind = result_type_of(a, b)
        if kind.kind not in "biu":
            raise NotImplementedError(f'"{name}" not implemented for {dtypes.of(kind)}: expected bool or integer tensors')
        return wrap(together(function, name, _array(to_type(a, kind)), _array(to_type(b, kind))))
    return call


and_, or_, xor = _bits(np.bitwise_and, "bitwise_and"), _bits(np.bitwise_or, "bitwise_or"), _bits(np.bitwise_xor, "bitwise_xor")
left_shift, right_shift = _bits(np.left_shift, "bitwise_left_shift"), _bits(np.right_shift, "bitwise_right_shift")


def _named_bits(operator, name, input, other, out):
    if not isinstance(input, TensorBase) and not isinstance(other, TensorBase):
        raise TypeError(f"{name}(): at least one argument must be Tensor, got ({type(input).__name__}, "
                        f"{type(other).__name__})")
    result = operator(input, other)
    if result is NotImplemented:
        number = isinstance(input, (TensorBase, *NUMBERS)) and isinstance(other, (TensorBase, *NUMBERS))
        raise (NotImplementedError if number else TypeError)(
            f"{name}(): expected bool or integer Tensors or ints, got {type(input).__name__} and {type(other).__name__}")
    return result if out is None else into(out, result)


def bitwise_and(input: Tensor | int, other: Tensor | int, *, out: Tensor | None = None) -> Tensor:
    """The bits set in both.

    Shape: any two of integers or bools that broadcast -> the shape that they broadcast to.
    Raises: TypeError where neither is a tensor; NotImplementedError for floating point numbers; RuntimeError for shapes
        that do not broadcast.

    >>> import mtorch
    >>> mtorch.bitwise_and(mtorch.tensor([6]), mtorch.tensor([3]))
    tensor([2])
    """
    return _named_bits(and_, "bitwise_and", input, other, out)


def bitwise_or(input: Tensor | int, other: Tensor | int, *, out: Tensor | None = None) -> Tensor:
    """The bits set in one or the other.

    Shape and errors as for `bitwise_and`.

    >>> import mtorch
    >>> mtorch.bitwise_or(mtorch.tensor([6]), mtorch.tensor([3]))
    tensor([7])
    """
    return _named_bits(or_, "bitwise_or", input, other, out)


def bitwise_xor(input: Tensor | int, other: Tensor | int, *, out: Tensor | None = None) -> Tensor:
    """The bits set in one but not both.

    Shape and errors as for `bitwise_and`.

    >>> import mtorch
    >>> mtorch.bitwise_xor(mtorch.tensor([6]), mtorch.tensor([3]))
    tensor([5])
    """
    return _named_bits(xor, "bitwise_xor", input, other, out)


def bitwise_left_shift(input: Tensor | int, other: Tensor | int, *, out: Tensor | None = None) -> Tensor:
    """input * 2^other: the bits moved up by other places; those that leave are lost.

    Shape and errors as for `bitwise_and`.

    >>> import mtorch
    >>> mtorch.bitwise_left_shift(mtorch.tensor([3]), 2)
    tensor([12])
    """
    return _named_bits(left_shift, "bitwise_left_shift", input, other, out)


def bitwise_right_shift(input: Tensor | int, other: Tensor | int, *, out: Tensor | None = None) -> Tensor:
    """input / 2^other, rounded down: the bits moved down by other places.

    Shape and errors as for `bitwise_and`.

    >>> import mtorch
    >>> mtorch.bitwise_right_shift(mtorch.tensor([12]), 2)
    tensor([3])
    """
    return _named_bits(right_shift, "bitwise_right_shift", input, other, out)


def bitwise_not(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Every bit reversed, -input - 1 of a signed integer; of a bool, the opposite.

    Shape: any of integers or bools -> the same.
    Raises: TypeError for what is no tensor, NotImplementedError for floating point numbers.

    >>> import mtorch
    >>> mtorch.bitwise_not(mtorch.tensor([True, False]))
    tensor([False,  True])
    """
    if require_tensor(input, "bitwise_not").array.dtype.kind not in "biu":
        raise NotImplementedError(f'"bitwise_not" not implemented for {input.dtype}: expected a bool or integer tensor')
    return _test(np.invert, "bitwise_not", input, out)


def invert(a: Tensor) -> Tensor:
    """~a"""
    if a.array.dtype.kind not in "biu":
        raise TypeError(f"~ (operator.invert) is only implemented on integer and Boolean-type tensors, got {a.dtype}")
    return wrap(np.invert(a.array))
