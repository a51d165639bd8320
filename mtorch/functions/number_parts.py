"""What numbers are made of: common divisors, mantissa and exponent, neighbours, real parts and angles."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.naming import shown_as
from .. import dtypes, return_types
from ..autograd.mode import mode
from ..autograd.tape import record, wrap
from ..ops import arithmetic as rules
from .arguments import common_kind, of_real_numbers, require_tensor, result_type_of, to_type, together
from .output import into

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Operand


def _integers(function, name: str, input, other, out):
    a, b = require_tensor(input, name), require_tensor(other, name, "other")
    if a.array.dtype.kind not in "iu" or b.array.dtype.kind not in "iu":
        wrong = a if a.array.dtype.kind not in "iu" else b
        raise NotImplementedError(f'"{name}_cpu" not implemented for {wrong.dtype}: it is of integers')
    kind = result_type_of(a, b)
    result = wrap(np.asarray(together(function, name, a.array.astype(kind), b.array.astype(kind))))
    return result if out is None else into(out, result)


def gcd(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The greatest common divisor of integers, >= 0; of 0 and n, |n|.

    Shape: any two that broadcast -> the shape that they broadcast to.
    Raises: TypeError for what is no tensor; NotImplementedError for what are no integers; RuntimeError for shapes that
        do not broadcast.
    Source: Euclid, Elements, book VII, proposition 2

    >>> import mtorch
    >>> mtorch.gcd(mtorch.tensor([12, 7]), mtorch.tensor([18, 21]))
    tensor([6, 7])
    """
    return _integers(np.gcd, "gcd", input, other, out)


def lcm(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The least common multiple of integers, >= 0; of 0 and n, 0.

    Shape and errors as for `gcd`.

    >>> import mtorch
    >>> mtorch.lcm(mtorch.tensor([4]), mtorch.tensor([6]))
    tensor([12])
    """
    return _integers(np.lcm, "lcm", input, other, out)


@of_real_numbers
def heaviside(input: Tensor, values: Tensor, *, out: Tensor | None = None) -> Tensor:
    """1 where input is positive, `values` where it is 0, else 0: where it is negative, and as in torch where it is nan.

    values: of input's type

    Shape: any two that broadcast -> the shape that they broadcast to.
    Raises: TypeError for what is no tensor; RuntimeError for two types, shapes that do not broadcast, and where a
        gradient is asked for.

    >>> import mtorch
    >>> mtorch.heaviside(mtorch.tensor([-1.0, 0.0, 2.0]), mtorch.tensor([0.5]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    a, b = require_tensor(input, "heaviside"), require_tensor(values, "heaviside", "values")
    if a.dtype is not b.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    one = (a.array > 0).astype(a.array.dtype)
    value = together(lambda x, y: np.where(x == 0, y, one), "heaviside", a.array, b.array)
    result = without_derivative("heaviside", np.asarray(value, a.array.dtype), a, b)
    return result if out is None else into(out, result)


def without_derivative(name: str, value: np.ndarray, *operands, node: str = "NotImplemented"):
    """A result that has a history but no derivative: an error only where a gradient is asked for, as in torch.

    node: the name of the history, where torch has one that itself says that it has no derivative
    """
    def no_gradient(*g):
        if node != "NotImplemented":
            raise NotImplementedError(f"the derivative for '{name}' is not implemented.")
        raise RuntimeError(f"derivative for aten::{name} is not implemented")
    if mode.recording and any(x._requires_grad for x in operands):
        return record(node, value, operands, no_gradient, no_gradient)
    return wrap(value)


@shown_as("LdexpBackward0")
def ldexp(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input times 2^other, in a floating point type.

    other: the exponents

    Shape: any two that broadcast -> the shape that they broadcast to.
    Raises: TypeError for what is no tensor; RuntimeError for shapes that do not broadcast.

    >>> import mtorch
    >>> mtorch.ldexp(mtorch.tensor([1.5]), mtorch.tensor([2]))
    tensor([6.])
    """
    result = require_tensor(input, "ldexp") * 2.0 ** require_tensor(other, "ldexp", "other")
    return result if out is None else into(out, result)


@shown_as("FrexpBackward0")
def frexp(input: Tensor, *, out: Any = None) -> Any:
    """Mantissa, of magnitude in [0.5, 1), and exponent, a named tuple: input = mantissa * 2^exponent.

    0, inf and nan are their own mantissas, with exponent 0.

    out: two tensors, of input's type and int32

    Shape: any -> two of the same, the exponents int32.
    Raises: TypeError for what is no tensor; RuntimeError for integers, and an out of other types.

    >>> import mtorch
    >>> mtorch.frexp(mtorch.tensor([6.0])).exponent
    tensor([3], dtype=torch.int32)
    """
    x = require_tensor(input, "frexp")
    if x.array.dtype.kind != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    _, exponent = np.frexp(x.array)
    half = exponent // 2                               # in two steps: 2.0 ** -exponent may overflow
    mantissa = x
    for steps in (-half, half - exponent):
        mantissa = mantissa * wrap(np.asarray(np.ldexp(1.0, steps), x.array.dtype))
    result = return_types.frexp(mantissa, wrap(np.asarray(exponent, np.int32)))
    if out is not None and [getattr(o, "dtype", None) for o in out] != [x.dtype, dtypes.int32]:
        raise RuntimeError(f"frexp: out must be tensors of {x.dtype} and torch.int32, got "
                           f"{', '.join(str(getattr(o, 'dtype', type(o).__name__)) for o in out)}")
    return result if out is None else into(out, result)


def nextafter(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The floating point number next to input, towards other; input itself where they are equal.

    Shape: any two that broadcast -> the shape that they broadcast to.
    Raises: TypeError for what is no tensor; NotImplementedError for integers; RuntimeError for shapes that do not
        broadcast.
    Source: IEEE 754-1985, appendix, section A.7

    >>> import mtorch
    >>> mtorch.nextafter(mtorch.tensor(1.0), mtorch.tensor(2.0)).item() - 1
    1.1920928955078125e-07
    """
    a, b = require_tensor(input, "nextafter"), require_tensor(other, "nextafter", "other")
    kind = result_type_of(a, b)
    if kind.kind != "f":
        raise NotImplementedError(f'"nextafter_cpu" not implemented for {dtypes.of(kind)}: expected a floating point '
                                  "tensor")
    result = rules.nextafter(to_type(a, kind), to_type(b, kind))
    return result if out is None else into(out, result)


def is_nonzero(input: Tensor) -> bool:
    """Whether the only element is not zero.

    Shape: any of one element -> one bool.
    Raises: TypeError for what is no tensor; RuntimeError for none or several elements.

    >>> import mtorch
    >>> mtorch.is_nonzero(mtorch.tensor([2.0]))
    True
    """
    return bool(require_tensor(input, "is_nonzero"))


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have one shape.

    Shape: any two -> one bool.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.is_same_size(mtorch.zeros(2), mtorch.zeros(2))
    True
    """
    a, b = require_tensor(input, "is_same_size"), require_tensor(other, "is_same_size", "other")
    return a.array.shape == b.array.shape


def result_type(tensor1: Operand, tensor2: Operand) -> dtypes.dtype:
    """The dtype that an operation on two tensors or numbers gives.

    tensor1, tensor2: tensors or numbers; a tensor of one dimension or more counts before a 0-dim one, and that before a
        number: the later ones matter only where they are of a higher kind (bool < integer < floating < complex)

    Raises: TypeError for what is neither a tensor nor a number; RuntimeError for uint64 with a signed integer.

    >>> import mtorch
    >>> mtorch.result_type(mtorch.tensor([1, 2]), 1.5)
    torch.float32
    """
    return dtypes.of(common_kind("result_type", tensor1, tensor2))
