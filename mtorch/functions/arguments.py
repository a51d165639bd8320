"""What every function does with its arguments: axes, sizes, element types."""
from __future__ import annotations

import functools
import inspect
import math
import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar, overload

import numpy as np

from .. import brain_float, dtypes
from ..autograd import tape
from ..autograd.anomaly import watch
from ..autograd.mismatch import mismatch
from ..autograd.mode import mode
from ..autograd.tape import STALE, Node, TensorBase, history, next_order, wrap
from ..autograd.views import cast
from ..class_names import ShownAsTorchs

if TYPE_CHECKING:
    from .hints import Operator

Function = TypeVar("Function", bound=Callable[..., Any])


class Size(tuple[int, ...], metaclass=ShownAsTorchs):
    """The shape of a tensor: a tuple of ints that can count its elements.

    sizes: the ints, of any iterable; none for the shape of a 0-dim tensor

    Raises: TypeError for what is no int.

    >>> import mtorch
    >>> mtorch.zeros(2, 3).shape
    torch.Size([2, 3])
    >>> mtorch.zeros(2, 3).shape.numel()
    6
    """

    __slots__ = ()
    _shown = "torch.Size"

    def __new__(cls, sizes: Iterable[int] = ()) -> Size:
        return tuple.__new__(cls, sizes_of([tuple(sizes)]))

    def numel(self) -> int:
        """The number of elements of that shape: the product of the sizes."""
        return math.prod(self)

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    @overload
    def __getitem__(self, key: SupportsIndex) -> int: ...

    @overload
    def __getitem__(self, key: slice) -> Size: ...

    def __getitem__(self, key: Any) -> Any:
        found = tuple.__getitem__(self, key)
        return Size(found) if isinstance(key, slice) else found

    def __add__(self, other: Any) -> Size:
        return Size(tuple.__add__(self, tuple(other)))

    def __radd__(self, other: Any) -> Size:
        return Size(tuple.__add__(tuple(other), self))

    def __mul__(self, times: SupportsIndex) -> Size:
        return Size(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __reduce__(self):
        return Size, (tuple(self),)


def require_tensor(x, function: str, argument: str = "input"):
    """x, which must be a Tensor."""
    if not isinstance(x, TensorBase):
        raise TypeError(f"{function}(): argument '{argument}' must be Tensor, not {type(x).__name__}")
    return x


def of_real_numbers(function: Function) -> Function:
    """Refuse complex numbers among the arguments, for which a function that puts numbers in order has no meaning."""
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for x in (*args, *kwargs.values()) if kwargs else args:
            if isinstance(x, TensorBase) and x.array.dtype.kind == "c":
                raise NotImplementedError(f"{function.__name__} is not implemented for complex numbers, got {x.dtype}")
        return function(*args, **kwargs)
    return call    # type: ignore[return-value]


def require_floats(x, function: str, argument: str = "input"):
    """x, which must be a Tensor of floating point numbers."""
    if require_tensor(x, function, argument).array.dtype.kind != "f":
        raise NotImplementedError(f'"{function}_cpu" not implemented for {x.dtype}: expected a floating point tensor')
    return x


def number_of(x, function: str, argument: str):
    """x as a number; a tensor of one element is one too, unless it requires grad: it would get none."""
    if type(x) is float or type(x) is int:
        return x
    if isinstance(x, TensorBase) and x.array.size == 1 and not x._requires_grad:
        return x.array.item()
    if isinstance(x, NUMBERS):
        return x.item() if isinstance(x, np.generic) else x
    raise TypeError(f"{function}(): argument '{argument}' must be Number, not {type(x).__name__}")


def element_of(x, kind: np.dtype, function: str, argument: str):
    """A number as an element of this type, fractions cut off; what the type cannot hold is an error.

    As in torch, a negative integer may stand for the large number of the same bits, and float16 takes what is infinite there.
    """
    value = number_of(x, function, argument)
    if kind.kind == "c":
        return value
    if type(value) is complex and not value.imag:
        value = value.real
    if type(value) is not complex:
        if kind.kind == "f":
            value = float(value)
            if kind.itemsize != 4 or -_GREATEST_FLOAT32 <= value <= _GREATEST_FLOAT32 or not math.isfinite(value):
                return value
        elif kind.kind == "b":
            return bool(value)
        elif math.isfinite(value):
            limits = np.iinfo(kind)
            least = -int(limits.max) if kind.kind == "u" and type(value) is int else int(limits.min)
            if least <= value <= limits.max:
                return int(value) % 2 ** limits.bits if kind.kind == "u" else int(value)
    raise RuntimeError(f"{function}: value cannot be converted to type {dtypes.of(kind).name} without overflow: {argument} "
                       f"is {value}")


_GREATEST_FLOAT32 = float(np.finfo(np.float32).max)


def whole_number(x, function: str, argument: str) -> int:
    """x as an int; floats and bools are errors."""
    if type(x) is int:
        return x
    try:
        if not isinstance(x, bool):
            return operator.index(x.array.item() if isinstance(x, TensorBase) and x.array.size == 1 else x)
    except TypeError:
        pass
    raise TypeError(f"{function}(): argument '{argument}' must be int, not {type(x).__name__}")


def numpy_names(function: Function) -> Function:
    """Let NumPy's `axis` and `keepdims` stand for dim and keepdim, as torch does wherever it has those.

    keepdim, the last in its row, must be a bool: x.sum(0, 1) is an error, lest it be taken for x.sum((0, 1)).
    """
    code: Any = inspect.unwrap(function).__code__
    positional = code.co_varnames[:code.co_argcount]
    first = min((positional.index(name) for name in ("unbiased", "keepdim") if name in positional), default=sys.maxsize)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if "axis" in kwargs:
            kwargs["dim"] = kwargs.pop("axis")
        if "keepdims" in kwargs:
            kwargs["keepdim"] = kwargs.pop("keepdims")
        if len(args) > first:
            _require_bools(function.__name__, *args[first:])
        if "keepdim" in kwargs and type(kwargs["keepdim"]) is not bool:
            _require_bools(function.__name__, kwargs["keepdim"])
        return function(*args, **kwargs)
    return call    # type: ignore[return-value]


def _require_bools(function: str, *flags) -> None:
    for x in flags:
        if not isinstance(x, bool) and x is not None:
            raise TypeError(f"{function}(): argument 'keepdim' must be bool, not {type(x).__name__}")


def axis_of(dim, ndim: int) -> int:
    """A dimension as a number from 0 to ndim - 1 (0-dim tensors count as having one)."""
    try:
        if type(dim) is bool:                              # x.sort(True) does not mean x.sort(1)
            raise TypeError
        d = operator.index(dim)
    except TypeError:
        raise TypeError(f"dim must be an int, not {type(dim).__name__}") from None
    n = ndim or 1
    if not -n <= d < n:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {d})")
    return d % n


def axes_of(dim, ndim: int) -> tuple[int, ...] | None:
    """The axes to reduce: None for all, else a tuple of axes, each once."""
    if dim is None:
        return None
    if not isinstance(dim, (tuple, list)):
        axis = axis_of(dim, ndim)
        return (axis,) if ndim else None
    axes = tuple(axis_of(d, ndim) for d in dim)
    if len(set(axes)) != len(axes):
        raise RuntimeError(f"dim {next(a for a in axes if axes.count(a) > 1)} appears multiple times in the list of "
                           "dims")
    return (axes if ndim else None) or None


def sizes_of(args: Sequence) -> tuple[int, ...]:
    """The ints of `f(2, 3)`, `f((2, 3))` and `f([2, 3])`."""
    if len(args) == 1 and isinstance(args[0], (tuple, list)):
        args = args[0]
    for n in args:
        if type(n) is not int:
            break
    else:
        return tuple(args)
    try:
        return tuple([n if type(n) is int else operator.index(n.array.item() if isinstance(n, TensorBase) else n)
                      for n in args])
    except (TypeError, ValueError):                        # ValueError: a Tensor of several elements
        raise TypeError(f"sizes must be ints, got {tuple(type(n).__name__ for n in args)}") from None


def together(function, name: str, *arrays: np.ndarray):
    """A NumPy function of arrays that broadcast; where they do not, or it is not made for their type, torch's error."""
    try:
        return function(*arrays)
    except (ValueError, TypeError) as error:
        raise mismatch(error, name, *arrays) from None


def is_of_type(x, other) -> bool:
    """Is x a Tensor, and the other operand a Tensor of the same type, or a number that changes nothing about it?"""
    if not isinstance(x, TensorBase):
        return False
    kind, number = x.array.dtype, type(other)
    if number is float or number is int:
        return kind.kind == "f" or number is int and kind == np.int64
    return isinstance(other, TensorBase) and brain_float.same(other.array.dtype, kind)


def result_type_of(*operands) -> np.dtype:
    """The NumPy type that these Tensors, arrays and numbers make together.

    Beside an array it is the one that NumPy chooses: torch, too, leaves an operation of a Tensor and an array to NumPy.
    """
    if len(operands) == 2 and is_of_type(*operands):
        return operands[0].array.dtype
    for x in operands:
        if type(x) is _ndarray:
            return np.result_type(*(x.array if isinstance(x, TensorBase) else x for x in operands))
    return dtypes.common_type([x.array if isinstance(x, TensorBase) else x for x in operands])


def to_type(x, kind: np.dtype):
    """This Tensor, array or number in the type `kind`; recorded where a gradient goes through."""
    if isinstance(x, TensorBase):
        if brain_float.same(x.array.dtype, kind):
            return x
        if x._requires_grad and kind.kind in "fc":
            return cast(x, dtype=kind)
        return wrap(x.array.astype(kind))
    if isinstance(x, np.generic):
        x = x.item()
    if isinstance(x, np.ndarray):
        return x.astype(kind)
    if kind.kind in "iu" and isinstance(x, int):
        return np.array(x & (2 ** 64 - 1), np.uint64).astype(kind)
    return np.array(x, dtype=kind)


def floating(x, function: str = "function"):
    """This tensor in a floating point type: integers become the default one."""
    if not isinstance(x, TensorBase):
        raise TypeError(f"{function}(): argument 'input' (position 1) must be Tensor, not {type(x).__name__}")
    if x.array.dtype.kind in "fc":
        return x
    return wrap(x.array.astype(dtypes.get_default_dtype().numpy))


def promoting(op: Any) -> Operator:
    """An op of two operands that brings them to one type first, by torch's rules.

    These are the operators, the most frequent calls of all: what `tape.op` does for any number of operands is written
    out here for two, and nothing more is asked of operands that are of one type already.
    """
    rule = op.rule

    def call(a, b):
        recording = False
        if isinstance(a, TensorBase):
            x = a.array
            if a._requires_grad:
                recording = True
                left = a._node
                if left is None:
                    left = a
                elif left is STALE:
                    left = history(a)
            else:
                left = x
            if isinstance(b, TensorBase):
                y = b.array
                if x.dtype is not y.dtype:
                    return _promoted(op, a, b)
                if b._requires_grad:
                    recording = True
                    right = b._node
                    if right is None:
                        right = b
                    elif right is STALE:
                        right = history(b)
                else:
                    right = y
            elif x.dtype.kind == "f" and (type(b) is float or type(b) is int):
                y = right = b
            else:
                return _promoted(op, a, b)
        elif isinstance(b, TensorBase) and b.array.dtype.kind == "f" and (type(a) is float or type(a) is int):
            return op(a, b)
        else:
            return _promoted(op, a, b)
        try:
            value, pullback = rule(x, y)
        except (ValueError, TypeError) as error:
            raise mismatch(error, op.__name__, x, y) from None
        if type(value) is not _ndarray:
            value = np.asarray(value)
        if brain_float.met:
            value = brain_float.settled(value, (a, b))
        out = _new(tape.Tensor)
        out.array = value
        out._grad = out._alias = None
        if recording and (recording := mode.recording):
            if x.dtype.kind == "c":
                pullback = tape.of_complex(op, (x, y), (value,), pullback)
            node = _new(Node)
            node.order = next_order()
            node.op, node.inputs, node.kwargs, node.pullback = op, [left, right], _NO_KEYWORDS, pullback
            node.shape = value.shape
            node.value = node.hooks = None
            out._requires_grad = True
            out._node = node
            if recording is not True:
                watch(node, [x, y], value)
        else:
            out._requires_grad = False
            out._node = None
        return out

    call.__name__, call.__doc__, call.rule = op.__name__, op.__doc__, rule    # type: ignore[attr-defined]
    return call


_new = object.__new__
_ndarray = np.ndarray
_NO_KEYWORDS: dict = {}
NUMBERS = (int, float, complex, np.generic, bool)


def _promoted(rule, a, b):
    for x in (a, b):
        if not isinstance(x, (TensorBase, np.ndarray, *NUMBERS)):
            return NotImplemented
    kind = result_type_of(a, b)
    a, b = to_type(a, kind), to_type(b, kind)
    return rule(a if isinstance(a, TensorBase) or isinstance(b, TensorBase) else wrap(a), b)


def common_kind(function: str, *operands: Any) -> np.dtype:
    """The NumPy type that the operands make together; what is neither a Tensor nor a number is an error."""
    try:
        return result_type_of(*operands)
    except TypeError as error:
        raise TypeError(f"{function}(): {error}") from None


def checked(result, function: str, *operands):
    """A result of an operator; what it did not understand is an error here."""
    if result is NotImplemented:
        kinds = ", ".join(type(x).__name__ for x in operands)
        raise TypeError(f"{function}(): expected Tensors or numbers, got ({kinds})")
    return result


def as_tensor_operand(x, function: str, argument: str = "other"):
    """x as a Tensor: arrays and numbers are taken as constants."""
    if isinstance(x, TensorBase):
        return x
    if isinstance(x, np.ndarray):
        return wrap(x)
    if isinstance(x, NUMBERS):
        return wrap(np.array(x.item() if isinstance(x, np.generic) else x, dtype=dtypes.common_type([x])))
    raise TypeError(f"{function}(): argument '{argument}' must be Tensor or Number, not {type(x).__name__}")

