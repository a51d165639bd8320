"""Comparisons, logic and bits.  Their results are constants: nothing has a gradient here."""
from __future__ import annotations

import numpy as np

from .. import dtypes
from ..autograd.tape import TensorBase, wrap
from .arguments import NUMBERS, into, require_tensor, result_type_of, to_type


def _array(x):
    return x.array if isinstance(x, TensorBase) else x


def operator(function):
    """A comparison as an operator: NotImplemented for what it does not know."""
    def call(a, b):
        if not isinstance(b, (TensorBase, np.ndarray, *NUMBERS)):
            return NotImplemented
        return wrap(_compared(function, a, b))
    return call


def _compared(function, a, b):
    if isinstance(a, TensorBase) and isinstance(b, TensorBase) and a.array.dtype == b.array.dtype:
        return function(a.array, b.array)
    kind = result_type_of(a, b)
    a, b = to_type(a, kind), to_type(b, kind)
    return function(_array(a), _array(b))


equal_to, unequal_to = operator(np.equal), operator(np.not_equal)
less, less_or_equal = operator(np.less), operator(np.less_equal)
greater, greater_or_equal = operator(np.greater), operator(np.greater_equal)


def _comparison(function, name, input, other, out):
    require_tensor(input, name)
    if not isinstance(other, (TensorBase, np.ndarray, *NUMBERS)):
        raise TypeError(f"{name}(): argument 'other' must be Tensor or Number, not {type(other).__name__}")
    result = wrap(_compared(function, input, other))
    return result if out is None else into(out, result)


def eq(input, other, *, out=None):
    """input == other, elementwise.

    >>> import mtorch
    >>> mtorch.eq(mtorch.tensor([1, 2]), 2)
    tensor([False,  True])
    """
    return _comparison(np.equal, "eq", input, other, out)


def ne(input, other, *, out=None):
    """input != other, elementwise.

    >>> import mtorch
    >>> mtorch.ne(mtorch.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    return _comparison(np.not_equal, "ne", input, other, out)


def lt(input, other, *, out=None):
    """input < other, elementwise.

    >>> import mtorch
    >>> mtorch.lt(mtorch.tensor([1, 2]), 2)
    tensor([ True, False])
    """
    return _comparison(np.less, "lt", input, other, out)


def le(input, other, *, out=None):
    """input <= other, elementwise.

    >>> import mtorch
    >>> mtorch.le(mtorch.tensor([1, 2]), 1)
    tensor([ True, False])
    """
    return _comparison(np.less_equal, "le", input, other, out)


def gt(input, other, *, out=None):
    """input > other, elementwise.

    >>> import mtorch
    >>> mtorch.gt(mtorch.tensor([1, 2]), 1)
    tensor([False,  True])
    """
    return _comparison(np.greater, "gt", input, other, out)


def ge(input, other, *, out=None):
    """input >= other, elementwise.

    >>> import mtorch
    >>> mtorch.ge(mtorch.tensor([1, 2]), 2)
    tensor([False,  True])
    """
    return _comparison(np.greater_equal, "ge", input, other, out)


not_equal, less_equal, greater_equal = ne, le, ge


def equal(input, other) -> bool:
    """Whether two tensors have the same shape and the same elements.

    >>> import mtorch
    >>> mtorch.equal(mtorch.tensor([1, 2]), mtorch.tensor([1, 2]))
    True
    """
    return bool(np.array_equal(require_tensor(input, "equal").array, require_tensor(other, "equal", "other").array))


def isclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Where |input - other| <= atol + rtol |other|.

    >>> import mtorch
    >>> mtorch.isclose(mtorch.tensor([1.0, 2.0]), mtorch.tensor([1.0, 2.1]))
    tensor([ True, False])
    """
    a, b = require_tensor(input, "isclose"), require_tensor(other, "isclose", "other")
    if a.array.dtype != b.array.dtype:
        raise RuntimeError(f"isclose: {a.dtype} did not match {b.dtype}")
    if rtol < 0 or atol < 0:
        raise RuntimeError(f"isclose: rtol and atol must be at least zero, got {rtol} and {atol}")
    return wrap(np.isclose(a.array, b.array, rtol, atol, equal_nan))


def allclose(input, other, rtol=1e-05, atol=1e-08, equal_nan=False) -> bool:
    """Whether all elements are close: see `isclose`.

    >>> import mtorch
    >>> mtorch.allclose(mtorch.tensor([1.0]), mtorch.tensor([1.0 + 1e-7]))
    True
    """
    return bool(isclose(input, other, rtol, atol, equal_nan).array.all())


def _test(function, name, input, out=None):
    array = require_tensor(input, name).array
    result = wrap(function(array))
    return result if out is None else into(out, result)


def isnan(input):
    """Where input is nan.

    >>> import mtorch
    >>> mtorch.isnan(mtorch.tensor([1.0, float("nan")]))
    tensor([False,  True])
    """
    return _test(np.isnan, "isnan", input)


def isinf(input):
    """Where input is inf or -inf.

    >>> import mtorch
    >>> mtorch.isinf(mtorch.tensor([1.0, float("-inf")]))
    tensor([False,  True])
    """
    return _test(np.isinf, "isinf", input)


def isfinite(input):
    """Where input is neither nan nor infinite.

    >>> import mtorch
    >>> mtorch.isfinite(mtorch.tensor([1.0, float("inf")]))
    tensor([ True, False])
    """
    return _test(np.isfinite, "isfinite", input)


def isposinf(input, *, out=None):
    """Where input is inf.

    >>> import mtorch
    >>> mtorch.isposinf(mtorch.tensor([1.0, float("inf")]))
    tensor([False,  True])
    """
    return _test(lambda a: a == np.inf, "isposinf", input, out)


def isneginf(input, *, out=None):
    """Where input is -inf.

    >>> import mtorch
    >>> mtorch.isneginf(mtorch.tensor([1.0, float("-inf")]))
    tensor([False,  True])
    """
    return _test(lambda a: a == -np.inf, "isneginf", input, out)


def signbit(input, *, out=None):
    """Where the sign is minus, -0.0 included.

    >>> import mtorch
    >>> mtorch.signbit(mtorch.tensor([1.0, -0.0]))
    tensor([False,  True])
    """
    return _test(lambda a: np.signbit(a) if a.dtype.kind == "f" else a < 0 if a.dtype.kind == "i"
                 else np.zeros(a.shape, bool), "signbit", input, out)


def _logic(function, name, input, other, out):
    result = wrap(function(require_tensor(input, name).array.astype(bool),
                           require_tensor(other, name, "other").array.astype(bool)))
    return result if out is None else into(out, result)


def logical_and(input, other, *, out=None):
    """Where both are not zero.

    >>> import mtorch
    >>> mtorch.logical_and(mtorch.tensor([0, 2]), mtorch.tensor([1, 1]))
    tensor([False,  True])
    """
    return _logic(np.logical_and, "logical_and", input, other, out)


def logical_or(input, other, *, out=None):
    """Where one or the other is not zero.

    >>> import mtorch
    >>> mtorch.logical_or(mtorch.tensor([0, 2]), mtorch.tensor([0, 0]))
    tensor([False,  True])
    """
    return _logic(np.logical_or, "logical_or", input, other, out)


def logical_xor(input, other, *, out=None):
    """Where one, but not both, is not zero.

    >>> import mtorch
    >>> mtorch.logical_xor(mtorch.tensor([0, 2]), mtorch.tensor([1, 1]))
    tensor([ True, False])
    """
    return _logic(np.logical_xor, "logical_xor", input, other, out)


def logical_not(input, *, out=None):
    """Where input is zero.

    >>> import mtorch
    >>> mtorch.logical_not(mtorch.tensor([0, 2]))
    tensor([ True, False])
    """
    return _test(np.logical_not, "logical_not", input, out)


def _bits(function, name):
    """A bitwise operator, for bools and integers."""
    def call(a, b):
        if not isinstance(b, (TensorBase, int, np.integer, np.bool_)) or not isinstance(a, (TensorBase, int, np.integer)):
            return NotImplemented
        kind = result_type_of(a, b)
        if kind.kind not in "biu":
            raise RuntimeError(f'"{name}" not implemented for {dtypes.of(kind)}: expected bool or integer tensors')
        return wrap(function(_array(to_type(a, kind)), _array(to_type(b, kind))))
    return call


and_, or_, xor = _bits(np.bitwise_and, "bitwise_and"), _bits(np.bitwise_or, "bitwise_or"), _bits(np.bitwise_xor, "bitwise_xor")
left_shift, right_shift = _bits(np.left_shift, "lshift"), _bits(np.right_shift, "rshift")


def _named_bits(operator, name, input, other, out):
    if not isinstance(input, TensorBase) and not isinstance(other, TensorBase):
        raise TypeError(f"{name}(): at least one argument must be Tensor, got ({type(input).__name__}, "
                        f"{type(other).__name__})")
    result = operator(input, other)
    if result is NotImplemented:
        raise TypeError(f"{name}(): expected Tensors or ints, got {type(input).__name__} and {type(other).__name__}")
    return result if out is None else into(out, result)


def bitwise_and(input, other, *, out=None):
    """The bits set in both.

    >>> import mtorch
    >>> mtorch.bitwise_and(mtorch.tensor([6]), mtorch.tensor([3]))
    tensor([2])
    """
    return _named_bits(and_, "bitwise_and", input, other, out)


def bitwise_or(input, other, *, out=None):
    """The bits set in one or the other.

    >>> import mtorch
    >>> mtorch.bitwise_or(mtorch.tensor([6]), mtorch.tensor([3]))
    tensor([7])
    """
    return _named_bits(or_, "bitwise_or", input, other, out)


def bitwise_xor(input, other, *, out=None):
    """The bits set in one but not both.

    >>> import mtorch
    >>> mtorch.bitwise_xor(mtorch.tensor([6]), mtorch.tensor([3]))
    tensor([5])
    """
    return _named_bits(xor, "bitwise_xor", input, other, out)


def bitwise_left_shift(input, other, *, out=None):
    """input * 2^other.

    >>> import mtorch
    >>> mtorch.bitwise_left_shift(mtorch.tensor([3]), 2)
    tensor([12])
    """
    return _named_bits(left_shift, "bitwise_left_shift", input, other, out)


def bitwise_right_shift(input, other, *, out=None):
    """input / 2^other, rounded down.

    >>> import mtorch
    >>> mtorch.bitwise_right_shift(mtorch.tensor([12]), 2)
    tensor([3])
    """
    return _named_bits(right_shift, "bitwise_right_shift", input, other, out)


def bitwise_not(input, *, out=None):
    """Every bit reversed; of a bool tensor, the opposite.

    >>> import mtorch
    >>> mtorch.bitwise_not(mtorch.tensor([True, False]))
    tensor([False,  True])
    """
    if require_tensor(input, "bitwise_not").array.dtype.kind not in "biu":
        raise TypeError("~ (operator.invert) is only implemented on integer and Boolean-type tensors, got "
                        f"{input.dtype}")
    return _test(np.invert, "bitwise_not", input, out)
