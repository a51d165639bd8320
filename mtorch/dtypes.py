"""Element types under PyTorch's names, and PyTorch's rules for what two of them make together.

Each `dtype` stands for one NumPy type, but for a few that NumPy has not: bfloat16 is kept as float32 (see brain_float.py); the
others can be named, as programs do that choose among several, and no tensor is made of them.  They print as `torch.float32`,
because that is what a program that prints them expects to read.
Source of the rules: https://pytorch.org/docs/stable/tensor_attributes.html
"""
from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from . import brain_float
from .class_names import ShownAsTorchs


class dtype(metaclass=ShownAsTorchs):
    """The type of a tensor's elements.

    name: what it is called, without "torch."
    numpy_type: the NumPy type that holds such elements; None where there is none
    category: 0 for bool, 1 for integers, 2 for floating point numbers, 3 for complex ones
    itemsize: the bytes of an element, where the NumPy type does not say it

    Those that there are stand in this module: a program takes them from there and makes none.

    Raises: TypeError for a numpy_type that NumPy does not know.

    >>> import mtorch
    >>> mtorch.zeros(2).dtype
    torch.float32
    >>> mtorch.float16.itemsize
    2
    """

    __slots__ = ("name", "numpy", "category", "itemsize")
    _shown = "torch.dtype"
    numpy: Any                                         # the np.dtype; None where NumPy has none

    def __init__(self, name: str, numpy_type: type[np.generic] | np.dtype | None, category: builtins.int,
                 itemsize: builtins.int = 0) -> None:
        self.name = name
        self.numpy = None if numpy_type is None else np.dtype(numpy_type)
        self.category = category                       # 0 bool, 1 integer, 2 floating, 3 complex
        self.itemsize = itemsize or self.numpy.itemsize

    @property
    def is_floating_point(self) -> builtins.bool:
        """Whether these are floating point numbers."""
        return self.category == 2

    @property
    def is_complex(self) -> builtins.bool:
        """Whether these are complex numbers."""
        return self.category == 3

    @property
    def is_signed(self) -> builtins.bool:
        """Whether these can be negative."""
        return self.name != "bool" and not self.name.startswith("uint") and self is not float8_e8m0fnu

    def to_real(self) -> dtype:
        """The type of the real and imaginary parts; a type of real numbers itself."""
        return {"complex32": float16, "complex64": float32, "complex128": float64}.get(self.name, self)

    def to_complex(self) -> dtype:
        """The type of complex numbers of such parts; one of complex numbers itself.  bfloat16's is complex64.

        Raises: RuntimeError for integers, bools and the 8-bit floats.
        """
        complex_one = self if self.is_complex else {"float16": complex32, "bfloat16": complex64, "float32": complex64,
                                                    "float64": complex128}.get(self.name)
        if complex_one is None:
            raise RuntimeError(f"to_complex: Unknown Complex ScalarType for {self}")
        return complex_one

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self):
        return _named, (self.name,)


def _named(name: str) -> dtype:
    return globals()[name]


bool = dtype("bool", np.bool_, 0)
uint8 = dtype("uint8", np.uint8, 1)
uint16 = dtype("uint16", np.uint16, 1)
uint32 = dtype("uint32", np.uint32, 1)
uint64 = dtype("uint64", np.uint64, 1)
int8 = dtype("int8", np.int8, 1)
int16 = dtype("int16", np.int16, 1)
int32 = dtype("int32", np.int32, 1)
int64 = dtype("int64", np.int64, 1)
float16 = dtype("float16", np.float16, 2)
float32 = dtype("float32", np.float32, 2)
float64 = dtype("float64", np.float64, 2)
complex64 = dtype("complex64", np.complex64, 3)
complex128 = dtype("complex128", np.complex128, 3)

bfloat16 = dtype("bfloat16", brain_float.KIND, 2, 2)

# NumPy has none of these.
float8_e4m3fn = dtype("float8_e4m3fn", None, 2, 1)
float8_e4m3fnuz = dtype("float8_e4m3fnuz", None, 2, 1)
float8_e5m2 = dtype("float8_e5m2", None, 2, 1)
float8_e5m2fnuz = dtype("float8_e5m2fnuz", None, 2, 1)
float8_e8m0fnu = dtype("float8_e8m0fnu", None, 2, 1)
complex32 = dtype("complex32", None, 3, 4)

half, float, double = float16, float32, float64
short, int, long = int16, int32, int64
chalf, cfloat, cdouble = complex32, complex64, complex128

ALL = (bool, uint8, uint16, uint32, uint64, int8, int16, int32, int64, float16, float32, float64, complex64, complex128)
_BY_NUMPY = {d.numpy: d for d in ALL}
_default = float32


def of(numpy_type: np.dtype) -> dtype:
    """The dtype of an array's NumPy type."""
    try:
        found = _BY_NUMPY[numpy_type]
        return bfloat16 if found is float32 and numpy_type.metadata and brain_float.is_bfloat16(numpy_type) else found
    except KeyError:
        native = np.dtype(numpy_type).newbyteorder("=")
        if native in _BY_NUMPY:
            return _BY_NUMPY[native]
        raise TypeError(f"can't convert np.ndarray of type {numpy_type}. The only supported types are: "
                        f"{', '.join(d.name for d in ALL)}.") from None


def numpy_dtype(wanted: dtype | None) -> np.dtype:
    """The NumPy type of a dtype; of the default floating point dtype for None."""
    if wanted is None:
        wanted = _default
    if isinstance(wanted, dtype):
        if wanted.numpy is None:
            raise NotImplementedError(f"{wanted}: NumPy has no such type; a tensor of it is read from a file as "
                                      f"{'complex64' if wanted is complex32 else 'float32'}, with the same values")
        if wanted is bfloat16:
            brain_float.meet()
        return wanted.numpy
    if wanted is builtins.float:                       # torch takes Python's own types as well
        return np.dtype(np.float64)
    if wanted is builtins.int:
        return np.dtype(np.int64)
    if wanted is builtins.bool:
        return np.dtype(np.bool_)
    raise TypeError(f"dtype must be a torch.dtype, got {type(wanted).__name__} {wanted!r}")


def get_default_dtype() -> dtype:
    """The floating point type of new tensors: float32 unless `set_default_dtype` changed it.

    >>> import mtorch
    >>> mtorch.get_default_dtype()
    torch.float32
    """
    return _default


def set_default_dtype(d: dtype) -> None:
    """Make d the type of new floating point tensors, for the whole process.

    d: float16, bfloat16, float32 or float64

    Raises: TypeError for what is no floating point type; NotImplementedError for one that NumPy has not.

    >>> import mtorch
    >>> mtorch.set_default_dtype(mtorch.float64); mtorch.tensor(1.5).dtype
    torch.float64
    >>> mtorch.set_default_dtype(mtorch.float32)
    """
    global _default
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise TypeError(f"only floating-point types are supported as the default type, got {d!r}")
    numpy_dtype(d)
    _default = d


# ---- promotion ---------------------------------------------------------------------------------

def promote(a: np.dtype, b: np.dtype) -> np.dtype:
    """The type of a result of two tensors of types a and b: NumPy's, except that no integer widens a float."""
    if a == b:
        return a if brain_float.same(a, b) else float32.numpy    # bfloat16 and float32
    float_a, float_b = a.kind in "fc", b.kind in "fc"
    if float_a and not float_b:
        return a
    if float_b and not float_a:
        return b
    if {a.kind, b.kind} == {"i", "u"} and 8 in (a.itemsize, b.itemsize) and np.result_type(a, b).kind == "f":
        raise RuntimeError(f"Promotion for {of(a).name} and {of(b).name} is not supported: no integer type holds both")
    return np.result_type(a, b)


def promote_types(type1: dtype, type2: dtype) -> dtype:
    """The dtype that a tensor of type1 and one of type2 make together.

    type1, type2: two dtypes; the order does not matter

    Raises: TypeError for what is no dtype; RuntimeError for uint64 with a signed integer, which no integer type holds.

    >>> import mtorch
    >>> mtorch.promote_types(mtorch.int64, mtorch.float16)
    torch.float16
    """
    return of(promote(numpy_dtype(type1), numpy_dtype(type2)))


_CATEGORIES = {builtins.bool: 0, builtins.int: 1, builtins.float: 2, builtins.complex: 3,
               np.bool_: 0, np.integer: 1, np.floating: 2, np.complexfloating: 3}


def common_type(operands) -> np.dtype:
    """The type of an operation on these arrays and numbers.

    A dimensioned array counts before a 0-dim one, and that before a number: the later ones only matter where they are of
    a higher kind (bool < integer < floating < complex).  A number of NumPy's is a number like Python's.
    """
    kinds: list[np.dtype | None] = [None, None, None]
    for x in operands:
        if isinstance(x, np.ndarray):
            rank, kind = (0 if x.ndim else 1), x.dtype
        else:
            rank, kind = 2, type_of_number(type(x))
        known = kinds[rank]
        kinds[rank] = kind if known is None else promote(known, kind)
    result = None
    for kind in kinds:
        if kind is not None and (result is None or of(kind).category > of(result).category):
            result = np.result_type(result, np.complex64) if kind.kind == "c" and result is not None and result.kind == "f" \
                else kind                                  # complex, as exact as the floating point numbers are
    assert result is not None
    return result


def type_of_number(kind: type) -> np.dtype:
    """The type that numbers of this class have in a tensor, Python's and NumPy's."""
    for number, category in _CATEGORIES.items():
        if issubclass(kind, number):
            return (bool, int64, _default)[category].numpy if category < 3 else np.result_type(_default.numpy, np.complex64)
    raise TypeError(f"expected a Tensor or a number, got {kind.__name__}")


def can_cast(from_: dtype, to: dtype) -> builtins.bool:
    """Whether torch's rules let a result of type from_ be written into a tensor of type to.

    They do where `to` is of the same kind or a higher one (bool < integer < floating < complex), however many bits it
    has, and even where it has no signs.

    from_: the type of the result
    to: the type of the tensor

    Raises: TypeError for what is no dtype.

    >>> import mtorch
    >>> mtorch.can_cast(mtorch.float64, mtorch.float32), mtorch.can_cast(mtorch.float32, mtorch.int64)
    (True, False)
    """
    for argument, given in (("from_", from_), ("to", to)):
        if not isinstance(given, dtype):
            raise TypeError(f"can_cast(): argument '{argument}' must be torch.dtype, not {type(given).__name__}")
    return from_.category <= to.category


_SHOWN = ("resolution", "min", "max", "eps", "smallest_normal", "tiny", "dtype")


class _Limits:
    """What `finfo` and `iinfo` share: the numbers of one type as attributes."""

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value}" if isinstance(value, str) else f"{name}={value:g}"
                          for name in _SHOWN if (value := vars(self).get(name)) is not None)
        return f"{type(self).__name__}({shown})"


# of types that NumPy has not: the largest number, from 1 to the next, the smallest of full precision, 10^-digits
_NARROW = {
    bfloat16: ((2.0 - 2.0 ** -7) * 2.0 ** 127, 2.0 ** -7, 2.0 ** -126, 0.01),
    float8_e4m3fn: (448.0, 2.0 ** -3, 2.0 ** -6, 1.0),
    float8_e4m3fnuz: (240.0, 2.0 ** -3, 2.0 ** -7, 1.0),
    float8_e5m2: (57344.0, 2.0 ** -2, 2.0 ** -14, 1.0),
    float8_e5m2fnuz: (57344.0, 2.0 ** -3, 2.0 ** -15, 1.0),
    float8_e8m0fnu: (2.0 ** 127, 1.0, 2.0 ** -127, 1.0),
}


class finfo(_Limits):
    """The limits of a floating point type.

    type: the type, None for the default one; of a complex type, the limits of its parts

    bits: how many an element has. max, min: the largest number, and -max. eps: from 1 to the next number.
    tiny, smallest_normal: the smallest positive number of full precision. resolution: 10^-digits, for the digits that
    the type keeps. dtype: its name.

    Raises: TypeError for what is no floating point type.

    >>> import mtorch
    >>> mtorch.finfo(mtorch.float32).eps
    1.1920928955078125e-07
    """

    def __init__(self, type: dtype | None = None) -> None:
        if type in _NARROW:
            largest, self.eps, tiny, self.resolution = _NARROW[type]
            self.min, self.max = tiny if type is float8_e8m0fnu else -largest, largest        # that one has no sign
            self.smallest_normal = self.tiny = tiny
            self.bits, self.dtype = 8 * type.itemsize, type.name
            return
        kind = numpy_dtype(type)
        if kind.kind not in "fc":
            raise TypeError(f"finfo() requires a floating point type, got {type}; iinfo() is of integers")
        info = np.finfo(kind)
        self.resolution = builtins.float(np.format_float_scientific(info.resolution, precision=0))
        self.min, self.max = builtins.float(info.min), builtins.float(info.max)
        self.eps = builtins.float(info.eps)
        self.smallest_normal = self.tiny = builtins.float(info.tiny)
        self.bits, self.dtype = info.bits, of(info.dtype).name


class iinfo(_Limits):
    """The limits of an integer type.

    type: the type

    bits: how many an element has. max, min: the largest number and the smallest. dtype: its name.

    Raises: TypeError for what is no integer type.

    >>> import mtorch
    >>> mtorch.iinfo(mtorch.int8).max
    127
    """

    def __init__(self, type: dtype) -> None:
        kind = numpy_dtype(type)
        if kind.kind not in "iu":
            raise TypeError(f"iinfo() requires an integer type, got {type}; finfo() is of floating point numbers")
        info = np.iinfo(kind)
        self.min, self.max, self.bits = builtins.int(info.min), builtins.int(info.max), info.bits
        self.dtype = of(kind).name
