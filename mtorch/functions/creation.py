"""Tensors from nothing, from numbers and from arrays."""
from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import dtypes
from ..caller import program_line
from ..device import places
from ..random.fused import fma32, fma64
from ..autograd.tape import TensorBase, wrap
from .arguments import element_of, number_of, require_tensor, sizes_of, whole_number
from .output import into
from .data import array_of
from .memory_order import memory_as_in_torch, of_numpy

if TYPE_CHECKING:
    from ..device import device as Device
    from ..tensor import Tensor
    from .hints import Number


def _placed(device) -> None:
    """The only device is the CPU."""
    kind = "cpu" if device is None else str(device).split(":")[0]
    if kind not in ("cpu", "device(type='cpu')", places[-1].type):
        if kind in ("cuda", "xpu"):
            raise AssertionError(f"mtorch computes on the CPU: Torch not compiled with {kind.upper()} enabled")
        raise RuntimeError(f"mtorch computes on the CPU: device {str(device)!r} is not available")


def _new(array, dtype, device, requires_grad, out=None):
    if device is not None:
        _placed(device)
    result = wrap(array)
    if out is not None:
        return into(out, result, resizing=True)
    return result.requires_grad_() if requires_grad else result


def tensor(data: Any, *, dtype: dtypes.dtype | None = None, device: str | Device | None = None,
           requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """A tensor with a copy of data: a number, nested lists, an array or a tensor.

    data: Python floats make the default dtype, ints int64, bools bool; arrays and tensors keep their type
    dtype: the type of the elements; None for that of the data
    device: "cpu", the only one; None for that too
    requires_grad: whether gradients of it are asked for
    pin_memory: taken, and of no effect on the CPU

    Raises: TypeError for data that are no numbers; ValueError for nested lists of unequal lengths and integers beyond
        int64; RuntimeError for None and other objects, a number that dtype cannot hold, another device (a GPU is an
        AssertionError), and requires_grad of integers or bools.

    >>> import mtorch
    >>> mtorch.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    """
    if isinstance(data, TensorBase):
        _warn_of_copy("torch.tensor")
    return _new(array_of(data, dtype, copy=True), None, device, requires_grad)


def _warn_of_copy(name: str) -> None:
    """Say of a tensor made from a tensor that it has no history: the loss of it trains nothing."""
    warnings.warn("To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
                  f"sourceTensor.detach().clone().requires_grad_(True), rather than {name}(sourceTensor).",
                  stacklevel=program_line())


def as_tensor(data: Any, dtype: dtypes.dtype | None = None, device: str | Device | None = None) -> Tensor:
    """data as a tensor, sharing its memory where that is possible: of a tensor or array that has the dtype already.

    Arguments and errors as for `tensor`.

    >>> import mtorch, numpy
    >>> a = numpy.zeros(2); mtorch.as_tensor(a)[0] = 1; a
    array([1., 0.])
    """
    _placed(device)
    known: Any = data
    if isinstance(data, TensorBase):
        return known if dtype is None or dtypes.numpy_dtype(dtype) == data.array.dtype else known.to(dtype)
    return of_numpy(array_of(data, dtype))


def asarray(obj: Any, *, dtype: dtypes.dtype | None = None, device: str | Device | None = None,
            copy: bool | None = None, requires_grad: bool = False) -> Tensor:
    """obj as a tensor.

    obj: as data of `tensor`
    copy: True for memory of its own, False for the memory of obj or an error, None for whichever is possible

    Arguments and errors as for `tensor`; and a ValueError where copy=False cannot be.

    >>> import mtorch
    >>> mtorch.asarray([1, 2])
    tensor([1, 2])
    """
    if copy:
        return tensor(obj.detach() if isinstance(obj, TensorBase) else obj, dtype=dtype, device=device,
                      requires_grad=requires_grad)
    result = as_tensor(obj, dtype, device)
    if copy is False:
        memory = obj.array if isinstance(obj, TensorBase) else obj
        if not isinstance(memory, np.ndarray) or memory.size and not np.shares_memory(result.array, memory):
            raise ValueError(f"can't alias {type(obj).__name__} as a tensor of {result.dtype} with copy=False")
    return result.requires_grad_() if requires_grad else result


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor that shares the memory of a NumPy array: what is written to one stands in the other.

    ndarray: the array, of a type that torch has, in the machine's byte order and without negative strides

    Raises: TypeError for what is no array and for other types; ValueError for another byte order and negative strides.

    >>> import mtorch, numpy
    >>> mtorch.from_numpy(numpy.array([1.0, 2.0]))
    tensor([1., 2.], dtype=torch.float64)
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    dtypes.of(ndarray.dtype)
    if not ndarray.dtype.isnative:
        raise ValueError("given numpy array has byte order different from the native byte order. Conversion between "
                         "byte orders is currently not supported.")
    if any(s < 0 for s in ndarray.strides):
        raise ValueError("At least one stride in the given numpy array is negative, and tensors with negative strides "
                         "are not currently supported. (You can probably work around this by making a copy of your "
                         "array with array.copy().)")
    return of_numpy(ndarray)


def scalar_tensor(s: Number, *, dtype: dtypes.dtype | None = None, device: str | Device | None = None,
                  requires_grad: bool = False) -> Tensor:
    """A 0-dim tensor of the default floating point type, or of dtype.

    s: the number
    Arguments as for `tensor`.

    Raises: TypeError for what is no number; RuntimeError for a number that the type cannot hold.

    >>> import mtorch
    >>> mtorch.scalar_tensor(2)
    tensor(2.)
    """
    kind = dtypes.numpy_dtype(dtype)
    return _new(np.array(element_of(s, kind, "scalar_tensor", "s"), kind), None, device, requires_grad)


def _shape(size, name) -> tuple[int, ...]:
    try:
        shape = sizes_of(size)
    except TypeError as error:
        raise TypeError(f"{name}(): {error}") from None
    if any(n < 0 for n in shape):
        raise RuntimeError(f"{name}: Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    return shape


def _size(sizes: tuple, size, name: str) -> tuple[int, ...]:
    """The size, given as `f(2, 3)`, `f((2, 3))` or `f(size=(2, 3))`."""
    if (size is None) == (not sizes):
        raise TypeError(f"{name}() takes a size: {name}(2, 3), {name}((2, 3)) or {name}(size=(2, 3))")
    return _shape(sizes if size is None else (size,), name)


def _kind(dtype, out, default=None) -> np.dtype:
    """The type asked for, else that of `out`, else the default one."""
    if dtype is None and isinstance(out, TensorBase):
        return out.array.dtype
    return dtypes.numpy_dtype(default if dtype is None else dtype)


def zeros(*sizes: Any, size: Sequence[int] | None = None, out: Tensor | None = None, dtype: dtypes.dtype | None = None,
          layout: Any = None, device: str | Device | None = None, requires_grad: bool = False,
          pin_memory: bool = False) -> Tensor:
    """Zeros of the given size.

    sizes, size: the size of each dimension, >= 0, as zeros(2, 3), zeros((2, 3)) or zeros(size=(2, 3))
    out: a tensor to write to; it takes on the size, and without dtype its type is kept
    dtype: the type of the elements; None for the default floating point type
    layout, pin_memory: taken, and of no effect
    Other arguments as for `tensor`.

    Raises: TypeError for sizes that are no ints, or none at all; RuntimeError for a size below 0 and requires_grad of
        integers.

    >>> import mtorch
    >>> mtorch.zeros(2)
    tensor([0., 0.])
    """
    return _new(np.zeros(_size(sizes, size, "zeros"), _kind(dtype, out)), None, device, requires_grad, out)


def ones(*sizes: Any, size: Sequence[int] | None = None, out: Tensor | None = None, dtype: dtypes.dtype | None = None,
         layout: Any = None, device: str | Device | None = None, requires_grad: bool = False,
         pin_memory: bool = False) -> Tensor:
    """Ones of the given size.

    Arguments and errors as for `zeros`.

    >>> import mtorch
    >>> mtorch.ones(2)
    tensor([1., 1.])
    """
    return _new(np.ones(_size(sizes, size, "ones"), _kind(dtype, out)), None, device, requires_grad, out)


def empty(*sizes: Any, size: Sequence[int] | None = None, out: Tensor | None = None, dtype: dtypes.dtype | None = None,
          layout: Any = None, device: str | Device | None = None, requires_grad: bool = False, pin_memory: bool = False,
          memory_format: Any = None) -> Tensor:
    """Memory of the given size, its contents whatever they are.

    memory_format: taken, and of no effect
    Other arguments and errors as for `zeros`.

    >>> import mtorch
    >>> mtorch.empty(2, 3).shape
    torch.Size([2, 3])
    """
    return _new(np.empty(_size(sizes, size, "empty"), _kind(dtype, out)), None, device, requires_grad, out)


def full(size: Sequence[int], fill_value: Number, *, out: Tensor | None = None, dtype: dtypes.dtype | None = None,
         layout: Any = None, device: str | Device | None = None, requires_grad: bool = False) -> Tensor:
    """A number repeated over the given size, in the number's own type.

    size: the size of each dimension, >= 0
    fill_value: the number, or a tensor of one element
    dtype: the type of the elements; None for the default floating point type for a float, int64 for an int, bool for a
        bool
    Other arguments as for `zeros`.

    Raises: TypeError for sizes that are no ints and a fill_value that is no number; RuntimeError for a size below 0 and
        a number that the type cannot hold.

    >>> import mtorch
    >>> mtorch.full((2,), 7)
    tensor([7, 7])
    """
    number = number_of(fill_value, "full", "fill_value")
    kind = _kind(dtype, out, dtypes.of(dtypes.common_type([number])))
    array = np.full(_shape((size,), "full"), element_of(number, kind, "full", "fill_value"), kind)
    return _new(array, None, device, requires_grad, out)


def _like(input, dtype, name: str) -> np.ndarray:
    """New memory that lies as input does."""
    x = require_tensor(input, name)
    return memory_as_in_torch(x, x.array.dtype if dtype is None else dtypes.numpy_dtype(dtype))


def _filled(array: np.ndarray, value: Any) -> np.ndarray:
    array.fill(value)
    return array


def zeros_like(input: Tensor, *, dtype: dtypes.dtype | None = None, layout: Any = None,
               device: str | Device | None = None, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """Zeros in the shape and type of input.

    dtype: the type of the elements; None for that of input
    Other arguments as for `empty`.

    Shape: any -> the same.
    Raises: TypeError for what is no tensor; RuntimeError for requires_grad of integers.

    >>> import mtorch
    >>> mtorch.zeros_like(mtorch.tensor([1, 2]))
    tensor([0, 0])
    """
    return _new(_filled(_like(input, dtype, "zeros_like"), 0), None, device, requires_grad)


def ones_like(input: Tensor, *, dtype: dtypes.dtype | None = None, layout: Any = None,
              device: str | Device | None = None, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """Ones in the shape and type of input.

    Arguments, shape and errors as for `zeros_like`.

    >>> import mtorch
    >>> mtorch.ones_like(mtorch.tensor([1, 2]))
    tensor([1, 1])
    """
    return _new(_filled(_like(input, dtype, "ones_like"), 1), None, device, requires_grad)


def empty_like(input: Tensor, *, dtype: dtypes.dtype | None = None, layout: Any = None,
               device: str | Device | None = None, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """Memory in the shape and type of input, its contents whatever they are.

    Arguments, shape and errors as for `zeros_like`.

    >>> import mtorch
    >>> mtorch.empty_like(mtorch.zeros(2, 3)).shape
    torch.Size([2, 3])
    """
    return _new(_like(input, dtype, "empty_like"), None, device, requires_grad)


def full_like(input: Tensor, fill_value: Number, *, dtype: dtypes.dtype | None = None, layout: Any = None,
              device: str | Device | None = None, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """A number repeated in the shape and type of input.

    fill_value: the number, or a tensor of one element
    Other arguments, shape and errors as for `zeros_like`; and a TypeError for a fill_value that is no number, a
        RuntimeError for a number that the type cannot hold.

    >>> import mtorch
    >>> mtorch.full_like(mtorch.zeros(2), 7)
    tensor([7., 7.])
    """
    array = _like(input, dtype, "full_like")
    return _new(_filled(array, element_of(fill_value, array.dtype, "full_like", "fill_value")), None, device, requires_grad)


def new_zeros(input: Tensor, *sizes: Any, size: Sequence[int] | None = None, dtype: dtypes.dtype | None = None,
              device: str | Device | None = None, requires_grad: bool = False, layout: Any = None,
              pin_memory: bool = False) -> Tensor:
    """Zeros of the given size in the type of this tensor.

    >>> import mtorch
    >>> mtorch.tensor([1]).new_zeros(2)
    tensor([0, 0])
    """
    return zeros(*sizes, size=size, dtype=input.dtype if dtype is None else dtype, device=device,
                 requires_grad=requires_grad)


def new_ones(input: Tensor, *sizes: Any, size: Sequence[int] | None = None, dtype: dtypes.dtype | None = None,
             device: str | Device | None = None, requires_grad: bool = False, layout: Any = None,
             pin_memory: bool = False) -> Tensor:
    """Ones of the given size in the type of this tensor.

    >>> import mtorch
    >>> mtorch.tensor([1]).new_ones(2)
    tensor([1, 1])
    """
    return ones(*sizes, size=size, dtype=input.dtype if dtype is None else dtype, device=device,
                requires_grad=requires_grad)


def new_empty(input: Tensor, *sizes: Any, size: Sequence[int] | None = None, dtype: dtypes.dtype | None = None,
              device: str | Device | None = None, requires_grad: bool = False, layout: Any = None,
              pin_memory: bool = False) -> Tensor:
    """Memory of the given size in the type of this tensor.

    >>> import mtorch
    >>> mtorch.tensor([1]).new_empty(2).dtype
    torch.int64
    """
    return empty(*sizes, size=size, dtype=input.dtype if dtype is None else dtype, device=device,
                 requires_grad=requires_grad)


def new_full(input: Tensor, size: Sequence[int], fill_value: Number, *, dtype: dtypes.dtype | None = None,
             device: str | Device | None = None, requires_grad: bool = False, layout: Any = None,
             pin_memory: bool = False) -> Tensor:
    """A number repeated over the given size in the type of this tensor.

    >>> import mtorch
    >>> mtorch.tensor([1]).new_full((2,), 3)
    tensor([3, 3])
    """
    return full(size, fill_value, dtype=input.dtype if dtype is None else dtype, device=device,
                requires_grad=requires_grad)


def new_tensor(input: Tensor, data: Any, *, dtype: dtypes.dtype | None = None, device: str | Device | None = None,
               requires_grad: bool = False, layout: Any = None, pin_memory: bool = False) -> Tensor:
    """A tensor with a copy of data in the type of this tensor.

    >>> import mtorch
    >>> mtorch.tensor([1.0]).new_tensor([2, 3])
    tensor([2., 3.])
    """
    if isinstance(data, TensorBase):
        _warn_of_copy("tensor.new_tensor")
        data = data.array
    return tensor(data, dtype=input.dtype if dtype is None else dtype, device=device, requires_grad=requires_grad)


def _number(x, function: str, argument: str):
    number = number_of(x, function, argument)
    return number.item() if isinstance(number, np.generic) else number


def _range(name: str, start, end, step) -> tuple:
    """The three numbers of a range that can be counted through."""
    start, end, step = _number(start, name, "start"), _number(end, name, "end"), _number(step, name, "step")
    if step == 0 or step != step:
        raise RuntimeError(f"{name}: step must be nonzero, got {step}")
    if not all(math.isfinite(x) for x in (start, end)):
        raise RuntimeError(f"{name}: unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError(f"{name}: upper bound and lower bound inconsistent with step sign, got {start} -> {end} "
                           f"by {step}")
    return start, end, step


def arange(start: float | Tensor | None = None, end: float | Tensor | None = None, step: float | Tensor = 1, *,
           out: Tensor | None = None, dtype: dtypes.dtype | None = None, layout: Any = None,
           device: str | Device | None = None, requires_grad: bool = False) -> Tensor:
    """The numbers start, start + step, ... up to, but without, end: ceil((end - start) / step) of them.

    start: the first; 0 where the end alone is given, as in arange(end)
    end: where it stops
    step: from one to the next, not 0; negative to count down
    dtype: the type of the elements; None for int64 where all three are ints, else the default floating point type
    Other arguments as for `zeros`.

    Raises: TypeError for what is no number, or none at all; RuntimeError for a step of 0, ends that are not finite, and
        a step that leads away from end; ValueError for a step of less than 1 in int64.

    >>> import mtorch
    >>> mtorch.arange(1, 4), mtorch.arange(0, 1, 0.5)
    (tensor([1, 2, 3]), tensor([0.0000, 0.5000]))
    """
    if start is None and end is None:
        raise TypeError("arange() takes a range: arange(end), arange(start, end) or arange(start, end, step)")
    first, last = (0, start) if end is None else (0 if start is None else start, end)
    first, last, by = _range("arange", first, last, step)
    whole = all(isinstance(x, int) for x in (first, last, by))
    kind = _kind(dtype, out, dtypes.int64 if whole else None)
    if kind == np.int64 and not whole:                 # fractions are cut off before anything is counted
        first, last, by, whole = int(first), int(last), int(by), True
        if not by:
            raise ValueError("arange: step must be nonzero, got a fraction for whole numbers")
    n = max(-(-(last - first) // by) if whole else math.ceil((last - first) / by), 0)
    if kind.kind in "iu":
        first, by = int(first), int(by)                # of shorter types after it
    array = first + by * np.arange(n, dtype=np.int64 if kind.kind in "iu" or whole else np.float64)
    return _new(array.astype(kind), None, device, requires_grad, out)


def linspace(start: float | Tensor, end: float | Tensor, steps: int, *, out: Tensor | None = None,
             dtype: dtypes.dtype | None = None, layout: Any = None, device: str | Device | None = None,
             requires_grad: bool = False) -> Tensor:
    """`steps` numbers from start to end, both included, evenly spaced.

    start, end: the first and the last, numbers or tensors of one element
    steps: how many, >= 0
    Other arguments as for `zeros`.

    Raises: TypeError for what is no number, and steps that are no int; RuntimeError for steps below 0;
        NotImplementedError for bools.

    >>> import mtorch
    >>> mtorch.linspace(0, 1, 3)
    tensor([0.0000, 0.5000, 1.0000])
    """
    start, end = (x.item() if isinstance(x, TensorBase) and x.array.size == 1 else x for x in (start, end))
    if isinstance(start, complex) or isinstance(end, complex):
        kind = _kind(dtype, out) if dtype is not None or out is not None else np.result_type(
            dtypes.get_default_dtype().numpy, np.complex64)
        if kind.kind != "c":
            raise RuntimeError(f"linspace: inferred dtype {dtypes.of(np.dtype(np.complex64))} can't be safely cast to passed "
                               f"dtype {dtypes.of(kind)}")
        return _new(np.linspace(start, end, whole_number(steps, "linspace", "steps")).astype(kind), None, device,
                    requires_grad, out)
    first, last = _number(start, "linspace", "start"), _number(end, "linspace", "end")
    if whole_number(steps, "linspace", "steps") < 0:
        raise RuntimeError(f"linspace: number of steps must be non-negative, got {steps}")
    steps, kind = int(steps), _kind(dtype, out)
    if kind.kind == "b":
        raise NotImplementedError('"linspace_cpu" not implemented for torch.bool: expected numbers')
    if steps == 1:
        array = np.array([first]).astype(kind)
    elif kind.kind in "iu":
        array = _from_both_ends(np.float64(first), np.float64(last), steps).astype(kind)
    else:
        array = _from_both_ends(kind.type(first), kind.type(last), steps).astype(kind)
    return _new(array, None, device, requires_grad, out)


def _from_both_ends(start, end, steps: int) -> np.ndarray:
    """As torch counts: the first half up from start, the second down from end."""
    kind = type(start)
    i = np.arange(steps).astype(kind)
    step = (end - start) / kind(max(steps - 1, 1))
    left = kind(steps - 1) - i
    if kind is np.float64:                                 # torch multiplies and adds with one rounding
        up, down = fma64(step, i, start), fma64(-step, left, end)
    else:
        i, left = i.astype(np.float64), left.astype(np.float64)
        up, down = (fma32(float(a), b, float(c)) for a, b, c in ((step, i, start), (-step, left, end)))
    return np.where(np.arange(steps) < steps // 2, up, down)


def logspace(start: float | Tensor, end: float | Tensor, steps: int, base: float = 10.0, *, out: Tensor | None = None,
             dtype: dtypes.dtype | None = None, layout: Any = None, device: str | Device | None = None,
             requires_grad: bool = False) -> Tensor:
    """`steps` numbers from base^start to base^end, evenly spaced in the exponent.

    base: what the exponents are of; of one below 0, fractional powers are nan
    Other arguments and errors as for `linspace`: start and end are the exponents.

    >>> import mtorch
    >>> mtorch.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    kind, foot = _kind(dtype, out), _number(base, "logspace", "base")
    exponents = linspace(start, end, steps, dtype=dtypes.float64).array
    array = np.power(float(foot), exponents)
    return _new((np.trunc(array) if kind.kind in "iu" else array).astype(kind), None, device, requires_grad, out)


def eye(n: int, m: int | None = None, *, out: Tensor | None = None, dtype: dtypes.dtype | None = None,
        layout: Any = None, device: str | Device | None = None, requires_grad: bool = False) -> Tensor:
    """Ones on the diagonal of a matrix of zeros.

    n: how many rows, >= 0
    m: how many columns, >= 0; None for as many as rows
    Other arguments as for `zeros`.

    Raises: TypeError for sizes that are no ints; RuntimeError for sizes below 0.

    >>> import mtorch
    >>> mtorch.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    n, m = whole_number(n, "eye", "n"), whole_number(n if m is None else m, "eye", "m")
    for name, size in (("n", n), ("m", m)):
        if size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    return _new(np.eye(n, m, dtype=_kind(dtype, out)), None, device, requires_grad, out)
