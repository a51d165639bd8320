"""Complex numbers: made of parts, and taken apart."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..autograd.naming import named
from ..autograd.tape import wrap
from ..ops import complex_parts as rules
from ..ops.arithmetic import where
from .arguments import floating, require_tensor
from .output import into
from .arithmetic import atan2
from .elementwise import abs as absolute, sign
from .joining import stack
from .transcendental import cos, sin

if TYPE_CHECKING:
    from ..tensor import Tensor


def complex(real: Tensor, imag: Tensor, *, out: Tensor | None = None) -> Tensor:
    """real + i imag: complex64 of float32, complex128 of float64.

    Shape: any two that broadcast -> the shape that they broadcast to.
    Raises: TypeError for what is no tensor; RuntimeError for parts of different types, or of another than float32 and
        float64, and for shapes that do not broadcast.
    Source: Argand, "Essai sur une maniere de representer les quantites imaginaires", 1806.

    >>> import mtorch
    >>> mtorch.complex(mtorch.tensor([1.0, 2.0]), mtorch.tensor([0.0, -1.0]))
    tensor([1.+0.j, 2.-1.j])
    """
    result = named(_joined("complex", real, imag), "ComplexBackward0")
    return result if out is None else into(out, result)


def _joined(function: str, real: Tensor, imag: Tensor) -> Tensor:
    a, b = require_tensor(real, function, "real"), require_tensor(imag, function, "imag")
    for x in (a, b):
        if x.array.dtype not in (np.float32, np.float64):
            raise RuntimeError(f"Expected both inputs to be Half, Float or Double tensors but got {a.dtype} and {b.dtype}: "
                               f"{function} makes complex numbers of float32 or float64")
    if a.dtype is not b.dtype:
        raise RuntimeError(f"Expected object of scalar type {a.dtype} but got scalar type {b.dtype} for second argument of "
                           f"{function}")
    if a.array.shape != b.array.shape:
        try:
            shape = np.broadcast_shapes(a.array.shape, b.array.shape)
        except ValueError:
            raise RuntimeError(f"{function}: shapes {list(a.array.shape)} and {list(b.array.shape)} do not broadcast") from None
        a, b = a.expand(shape), b.expand(shape)
    return rules.view_as_complex(stack([a, b], -1))


def polar(abs: Tensor, angle: Tensor, *, out: Tensor | None = None) -> Tensor:
    """abs (cos angle + i sin angle): the complex number of this length and direction.

    abs: the length, >= 0 (not checked)
    angle: in radians

    Shape and errors as for `complex`.
    Source: Euler, "Introductio in analysin infinitorum", 1748, section 138.

    >>> import mtorch, math
    >>> mtorch.polar(mtorch.tensor([2.0]), mtorch.tensor([math.pi / 2]))
    tensor([-8.7423e-08+2.j])
    """
    r, phi = require_tensor(abs, "polar", "abs"), require_tensor(angle, "polar", "angle")
    if r.dtype is not phi.dtype:
        raise RuntimeError(f"Expected object of scalar type {r.dtype} but got scalar type {phi.dtype} for second argument of "
                           "polar")
    result = named(_joined("polar", r * cos(phi), r * sin(phi)), "PolarBackward0")
    return result if out is None else into(out, result)


def view_as_complex(input: Tensor) -> Tensor:
    """The pairs in the last dimension as complex numbers: a view.

    Shape: (..., 2) of float32 or float64 -> (...) of complex64 or complex128.
    Raises: TypeError for what is no tensor; RuntimeError for another type, another last dimension, and pairs that do not lie
        in memory one number after the other.

    >>> import mtorch
    >>> mtorch.view_as_complex(mtorch.tensor([[1.0, 2.0], [3.0, -1.0]]))
    tensor([1.+2.j, 3.-1.j])
    """
    x = require_tensor(input, "view_as_complex")
    a = x.array
    if a.dtype not in (np.float32, np.float64):
        raise RuntimeError(f"view_as_complex is only supported for half, float and double tensors, but got a tensor of scalar "
                           f"type: {x.dtype}")
    if not a.ndim or a.shape[-1] != 2:
        raise RuntimeError("Tensor must have a last dimension of size 2" if a.ndim else
                           "Input tensor must have one or more dimensions")
    if a.size and a.strides[-1] != a.itemsize:
        raise RuntimeError("Tensor must have a last dimension with stride 1")
    if any(stride % (2 * a.itemsize) for stride in a.strides[:-1]):
        raise RuntimeError("Tensor must have a stride divisible by 2 for all but last dimension")
    return rules.view_as_complex(x)


def view_as_real(input: Tensor) -> Tensor:
    """The real and imaginary parts of complex numbers, in a last dimension of two: a view.

    Shape: (...) of complex64 or complex128 -> (..., 2) of float32 or float64.
    Raises: TypeError for what is no tensor; RuntimeError for real numbers.

    >>> import mtorch
    >>> mtorch.view_as_real(mtorch.tensor([1 + 2j]))
    tensor([[1., 2.]])
    """
    x = require_tensor(input, "view_as_real")
    if x.array.dtype.kind != "c":
        raise RuntimeError("view_as_real is only supported for complex tensors")
    return rules.view_as_real(x)


def real(input: Tensor) -> Tensor:
    """The real part, a view; of real numbers, input itself.

    Shape: any -> the same.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.real(mtorch.tensor([1 + 2j]))
    tensor([1.])
    """
    x = require_tensor(input, "real")
    return view_as_real(x).select(-1, 0) if x.array.dtype.kind == "c" else x


def imag(input: Tensor) -> Tensor:
    """The imaginary part, a view; real numbers have none, an error as in torch.

    Shape: any -> the same.
    Raises: RuntimeError for real numbers; TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.imag(mtorch.tensor([1 + 2j]))
    tensor([2.])
    """
    x = require_tensor(input, "imag")
    if x.array.dtype.kind != "c":
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")
    return view_as_real(x).select(-1, 1)


def conj(input: Tensor) -> Tensor:
    """The complex conjugate, x - iy of x + iy: a copy (torch puts the work off); of real numbers, input itself.

    Shape: any -> the same.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.conj(mtorch.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    x = require_tensor(input, "conj")
    return rules.conj(x) if x.array.dtype.kind == "c" else x


def conj_physical(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The complex conjugate in memory of its own; of real numbers, input itself.

    Shape and errors as for `conj`.

    >>> import mtorch
    >>> mtorch.conj_physical(mtorch.tensor([1 + 2j]))
    tensor([1.-2.j])
    """
    x = conj(input)
    if x is not input:
        named(x, "ConjPhysicalBackward0")
    return x if out is None else into(out, x)


def resolve_conj(input: Tensor) -> Tensor:
    """input itself: conjugates are never put off here.

    Shape and errors as for `conj`.

    >>> import mtorch
    >>> mtorch.resolve_conj(mtorch.tensor([1.0]))
    tensor([1.])
    """
    return require_tensor(input, "resolve_conj")


def resolve_neg(input: Tensor) -> Tensor:
    """input itself: signs are never put off here.

    Shape and errors as for `conj`.

    >>> import mtorch
    >>> mtorch.resolve_neg(mtorch.tensor([1.0]))
    tensor([1.])
    """
    return require_tensor(input, "resolve_neg")


def angle(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The angle in the complex plane, in radians: of real numbers pi for negative ones, 0 for others, nan for nan.

    Shape: any -> the same; integers give the default floating point type.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.angle(mtorch.tensor([-1.0, 2.0]))
    tensor([3.1416, 0.0000])
    >>> mtorch.angle(mtorch.tensor([2j]))
    tensor([1.5708])
    """
    x = floating(require_tensor(input, "angle"), "angle")
    a = x.array
    if a.dtype.kind == "c":
        result = named(atan2(imag(x), real(x)), "AngleBackward0")
        return result if out is None else into(out, result)
    constant = wrap(np.where(np.isnan(a), a, np.where(a < 0, math.pi, 0.0)).astype(a.dtype))
    result = named(where(constant, x, condition=np.ones(a.shape, bool)), "AngleBackward0")
    return result if out is None else into(out, result)


def sgn(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """-1, 0 or 1, with the slope 0; of complex numbers input / |input|, and 0 of 0.

    Shape: any -> the same.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.sgn(mtorch.tensor([3 + 4j]))
    tensor([0.6000+0.8000j])
    """
    x = require_tensor(input, "sgn")
    if x.array.dtype.kind == "c":
        some = x.array != 0
        z = where(x, 1.0, condition=some)              # |z| has no derivative at 0
        result = named(where(z / absolute(z), 0.0, condition=some), "SgnBackward0")
        return result if out is None else into(out, result)
    result = sign(x, out=out)
    return result if out is not None else named(result, "SgnBackward0")


def isreal(input: Tensor) -> Tensor:
    """Which elements have no imaginary part: of real numbers all.

    Shape: any -> bools of the same.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.isreal(mtorch.tensor([1.0]))
    tensor([True])
    """
    x = require_tensor(input, "isreal").array
    return wrap(np.asarray(np.isreal(x)))


def is_conj(input: Tensor) -> bool:
    """Whether a conjugate was put off: never.

    Shape: any -> one bool.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.is_conj(mtorch.tensor(1.0))
    False
    """
    require_tensor(input, "is_conj")
    return False


def is_neg(input: Tensor) -> bool:
    """Whether a sign was put off: never.

    Shape and errors as for `is_conj`.

    >>> import mtorch
    >>> mtorch.is_neg(mtorch.tensor(1.0))
    False
    """
    require_tensor(input, "is_neg")
    return False
