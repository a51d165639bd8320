"""Indexing: `t[key]` and `t[key] = v`, and the functions that pick by index."""
from __future__ import annotations

import math
import operator
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.naming import shown_as
from .. import dtypes
from ..autograd.tape import TensorBase, wrap
from ..autograd.views import WHOLE, assign
from ..caller import program_line
from ..ops import indexing as rules
from .arguments import (NUMBERS, as_tensor_operand, axis_of, element_of, numpy_names, require_tensor, to_type,
                        whole_number)
from .linalg.checks import capital
from .output import into

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Operand


def plain_key(key, shape) -> tuple:
    """An index as a tuple of ints, slices, None, Ellipsis and NumPy arrays, checked as torch checks it."""
    parts = key if isinstance(key, tuple) else key if type(key) is list and _is_tuple(key) else (key,)
    plain: list = []
    for k in parts:
        kind = type(k)
        if kind is slice:
            if k.step is not None and _int(k.step) <= 0:
                raise ValueError("step must be greater than zero")
            plain.append(slice(_int(k.start), _int(k.stop), _int(k.step)))
        elif kind is int or k is None or k is Ellipsis:
            plain.append(k)
        elif kind is bool:
            plain.append(np.asarray(k))
        elif isinstance(k, (TensorBase, np.ndarray, list, tuple, range)):
            plain.append(_index_array(k))
        else:
            try:
                plain.append(operator.index(k))
            except TypeError:
                raise (TypeError if kind is str else IndexError)(
                    "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
                    f"(got {kind.__name__})") from None
    if _consumed(plain) > len(shape):
        raise IndexError(f"too many indices for tensor of dimension {len(shape)}")
    return tuple(plain)


def _is_tuple(key: list) -> bool:
    """Whether a list of indices stands for a tuple of them: one that holds lists, Tensors or slices does, as in torch."""
    if len(key) >= 32 or not any(k is None or k is Ellipsis or isinstance(k, _NO_NUMBERS) for k in key):
        return False
    warnings.warn("Using a non-tuple sequence for multidimensional indexing is deprecated; use x[tuple(seq)] instead of x[seq]",
                  UserWarning, stacklevel=program_line())
    return True


_NO_NUMBERS = (TensorBase, np.ndarray, list, tuple, range, slice)


def _consumed(key) -> int:
    """How many dimensions an index speaks of: a mask of as many as it has, None and Ellipsis of none."""
    return sum(k.ndim if isinstance(k, np.ndarray) and k.dtype == np.bool_ else k is not None and k is not Ellipsis
               for k in key)


def _int(x):
    return x if x is None or type(x) is int else operator.index(x)


def _index_array(k):
    """A list, array or Tensor of indices as an array: ints or bools."""
    if isinstance(k, TensorBase):
        array = k.array
    elif isinstance(k, np.ndarray):
        array = k
    else:
        array = np.asarray([x.array if isinstance(x, TensorBase) else x for x in k])
        array = array.astype(np.int64) if array.size == 0 else array
    if array.dtype == np.uint8:
        return array.astype(bool)
    if array.dtype.kind not in "iub":
        raise IndexError("tensors used as indices must be long, int, byte or bool tensors, got "
                         f"{dtypes.of(array.dtype)}")
    if array.ndim == 0 and array.dtype.kind != "b":
        return int(array) if not isinstance(k, TensorBase) else int(array)
    return array


def getitem(x: Any, key: Any) -> Tensor:
    """t[key]: a view for numbers and slices, a copy where arrays are among the indices."""
    kind = type(key)
    if kind is int or kind is slice and key.step is None and type(key.start) in _PLAIN and type(key.stop) in _PLAIN:
        if kind is int and not x.array.ndim:
            raise IndexError("invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in "
                             "C++ to convert a 0-dim tensor to a number")
        key = (key,)
    else:
        key = plain_key(key, x.array.shape)
    try:
        if rules.is_basic(key):
            return rules.index(x, key=key)
        view, key = _apart(key, x.array.ndim)
        return rules.take(x if view is None else rules.index(x, key=view), key=key)
    except IndexError as error:
        raise IndexError(_as_torch_says(error, key, x.array.shape)) from None


def _apart(key: tuple, ndim: int) -> tuple[tuple | None, tuple]:
    """An index with arrays as two: what gives a view, None if nothing does, and the arrays, to be applied to that view.

    torch takes the slices at numbers first.  NumPy counts a number that stands beside arrays as an array, and in
    `x[0, :, [1, 2]]` puts the axis of those two in front.
    """
    at = next((i for i, k in enumerate(key) if k is Ellipsis), None)
    if at is not None:
        key = (*key[:at], *(slice(None),) * (ndim - _consumed(key)), *key[at + 1:])
    if not any(type(k) is int for k in key):
        return None, key
    view: list = []
    arrays: list = []
    for k in key:
        if isinstance(k, np.ndarray):
            view += [slice(None)] * (k.ndim if k.dtype == np.bool_ else 1)
            arrays.append(k)
        else:
            view.append(k)
            if type(k) is not int:
                arrays.append(slice(None))
    return tuple(view), tuple(arrays)


_PLAIN = (int, type(None))


def _as_torch_says(error, key, shape) -> str:
    if len(key) == 1 and type(key[0]) is int:
        return f"index {key[0]} is out of bounds for dimension 0 with size {shape[0]}"
    if "boolean index" in str(error) or "did not match" in str(error):
        mask = next(k for k in key if isinstance(k, np.ndarray))
        return f"The shape of the mask {list(mask.shape)} does not match the shape of the indexed tensor {list(shape)}"
    return f"{error}".replace("axis", "dimension")


def setitem(x, key, value) -> None:
    """t[key] = value."""
    key = plain_key(key, x.array.shape)
    if isinstance(value, TensorBase):
        if value.dtype is not x.dtype:
            indices = [k for k in key if isinstance(k, np.ndarray)]
            if indices and (value.array.size != 1 or any(k.dtype != np.bool_ for k in indices)):
                raise RuntimeError("Index put requires the source and destination dtypes match, got "
                                   f"{capital(x.dtype)} for the destination and {capital(value.dtype)} for the source.")
            value = to_type(value, x.array.dtype)
    elif isinstance(value, (list, tuple)):
        value = np.asarray(value, dtype=x.array.dtype)
    elif isinstance(value, np.ndarray):
        value = value.astype(x.array.dtype, copy=False)
    elif not isinstance(value, (int, float, complex, np.generic)):
        raise TypeError(f"can't assign a {type(value).__name__} to a {x.dtype} tensor")
    elif x.array.dtype.kind in "iu" and not isinstance(value, complex):
        value = _whole(value, x.array.dtype)
    target = x
    try:
        if not rules.is_basic(key):
            view, key = _apart(key, x.array.ndim)
            target = x if view is None else rules.index(x, key=view)
        assign(target, key, _without_leading_ones(value, target.array, key))
    except IndexError as error:
        raise IndexError(_as_torch_says(error, key, x.array.shape)) from None
    except (ValueError, TypeError) as error:
        if any(word in str(error) for word in ("broadcast", "shape", "cannot assign", "sequence", "boolean array")):
            shape = list(np.shape(value.array if isinstance(value, TensorBase) else value))
            raise RuntimeError(f"shape mismatch: value tensor of shape {shape} cannot be broadcast to indexing result "
                               f"of shape {list(target.array[key].shape)}") from None
        raise


def _whole(value, kind: np.dtype) -> np.ndarray:
    """A number as an element of this integer type: fractions are cut off, and a negative one wraps in an unsigned type."""
    most = np.iinfo(kind).max
    if not math.isfinite(value) or not (np.iinfo(kind).min or -int(most)) <= int(value) <= most:
        raise RuntimeError(f"value cannot be converted to type {dtypes.of(kind)} without overflow: {value}")
    return np.asarray(int(value)).astype(kind)


def _without_leading_ones(value, target: np.ndarray, key: tuple):
    """A value of more dimensions than what it is written to: torch leaves out those of size 1 in front."""
    shape = getattr(value, "array", value).shape if isinstance(value, (TensorBase, np.ndarray)) else ()
    if not shape or shape[0] != 1:
        return value
    ndim = target[key].ndim
    while len(shape) > ndim and shape[0] == 1:
        shape = shape[1:]
    return value.reshape(shape)


def select(input: Tensor, dim: int, index: int) -> Tensor:
    """The slice at one index along dim: a view without that dimension.

    dim: the dimension to leave out
    index: which slice, in [-input.size(dim), input.size(dim))

    Shape: any of one dimension or more -> input's without dim.
    Raises: TypeError for what is no tensor, and an index that is no int; IndexError for a 0-dim tensor, and a dim or an
        index out of range.

    >>> import mtorch
    >>> mtorch.select(mtorch.tensor([[1, 2], [3, 4]]), 1, 0)
    tensor([1, 3])
    """
    x = require_tensor(input, "select")
    if not x.array.ndim:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    d, i = axis_of(dim, x.array.ndim), whole_number(index, "select", "index")
    if not -x.array.shape[d] <= i < x.array.shape[d]:
        raise IndexError(f"select(): index {i} out of range for tensor of size {list(x.array.shape)} at dimension {d}")
    return rules.index(x, key=(slice(None),) * d + (i,))


def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """A stretch of `length` along dim, from start: a view.

    dim: the dimension
    start: the first index, in [-n, n] for a dimension of size n; an int or a 0-dim tensor of one
    length: how many, >= 0

    Shape: any of one dimension or more -> input's with length at dim.
    Raises: TypeError for a start or length that is no int; IndexError for a dim or start out of range; RuntimeError for
        a 0-dim tensor, a length below 0, and a stretch that leads beyond the end.

    >>> import mtorch
    >>> mtorch.narrow(mtorch.arange(5), 0, 1, 3)
    tensor([1, 2, 3])
    """
    x = require_tensor(input, "narrow")
    if not x.array.ndim:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if isinstance(start, TensorBase) and (start.array.ndim or start.array.dtype.kind not in "iu"):
        raise RuntimeError("start must be an 0-dim integral Tensor.")
    d, start = axis_of(dim, x.array.ndim), whole_number(start, "narrow", "start")
    length = whole_number(length, "narrow", "length")
    n = x.array.shape[d]
    if length < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if not -n <= start <= n:
        raise IndexError(f"narrow(): start out of range (expected to be in range of [{-n}, {n}], but got {start})")
    start = start + n if start < 0 else start
    if start + length > n:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({n}).")
    return rules.index(x, key=(slice(None),) * d + (slice(start, start + length),))


@shown_as("IndexSelectBackward0")
@numpy_names
def index_select(input: Tensor, dim: int, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The slices at these indices along dim, copied.

    dim: the dimension
    index: a vector of int32 or int64 in [0, input.size(dim)), the same more than once if you like

    Shape: input (..., N, ...), index (K,) -> (..., K, ...).
    Raises: TypeError for what is no tensor; RuntimeError for indices of another type; IndexError for an index that is
        no vector, and a dim or indices out of range.

    >>> import mtorch
    >>> mtorch.index_select(mtorch.tensor([[1, 2], [3, 4]]), 1, mtorch.tensor([1, 1]))
    tensor([[2, 2],
            [4, 4]])
    """
    x = require_tensor(input, "index_select")
    i = _indices(index, "index_select")
    if i.ndim > 1:
        raise IndexError(f"index_select(): Index is supposed to be a vector, but got dim: {i.ndim}")
    d = axis_of(dim, x.array.ndim)
    _in_range(i, x.array.shape[d] if x.array.ndim else 1, "index_select")
    if not x.array.ndim:
        result = x.clone()
    else:
        result = rules.take(x, key=(slice(None),) * d + (i.reshape(-1),))
    return result if out is None else into(out, result)


def _indices(index, name) -> np.ndarray:
    i = require_tensor(index, name, "index").array
    if i.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"{name}(): Expected dtype int32 or int64 for index, got {index.dtype}")
    return i


def _in_range(i: np.ndarray, n: int, name: str, negative: bool = False, kind: type[Exception] = IndexError) -> None:
    if i.size and (int(i.max()) >= n or int(i.min()) < (-n if negative else 0)):
        bad = i[(i >= n) | (i < (-n if negative else 0))].reshape(-1)[0]
        raise kind(f"{name}(): index {int(bad)} is out of bounds for dimension with size {n}")


@shown_as("GatherBackward0")
@numpy_names
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False, out: Tensor | None = None) -> Tensor:
    """The elements at `index` along dim: out[i][j] = input[index[i][j]][j] for dim 0, and so on.

    dim: the dimension that index counts through
    index: int32 or int64 in [0, input.size(dim)), in as many dimensions as input
    sparse_grad: taken, and of no effect: the gradient is dense

    Shape: index's, which may be no larger than input's but at dim -> index's.
    Raises: TypeError for what is no tensor; IndexError for a dim out of range; RuntimeError for indices of another
        type, of another number of dimensions, too large, or out of range.

    >>> import mtorch
    >>> mtorch.gather(mtorch.tensor([[1, 2], [3, 4]]), 1, mtorch.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    x = require_tensor(input, "gather")
    i = require_tensor(index, "gather", "index").array
    d = axis_of(dim, x.array.ndim)
    if i.dtype not in (np.int64, np.int32) and i.size:
        raise RuntimeError(f"gather(): Expected dtype int32/int64 for index, but got {index.dtype}")
    _refuse_sizes(i, x.array, d, "gather")
    if i.size == 0:
        result = x.reshape(-1)[:0].reshape(i.shape)
    elif not x.array.ndim or not i.ndim:
        result = gather(x.reshape(1) if not x.array.ndim else x, 0, index.reshape(1)).reshape(i.shape)
    else:
        _in_range(i, x.array.shape[d], "gather", kind=RuntimeError)
        result = rules.gather(x, index=i, dim=d)
    return result if out is None else into(out, result)


def _refuse_sizes(index, array, dim, name) -> None:
    if index.size == 0:
        return
    if (index.ndim or 1) != (array.ndim or 1):
        raise RuntimeError(f"{name}(): Index tensor must have the same number of dimensions as input tensor: "
                           f"{index.ndim} and {array.ndim}")
    for axis, (a, b) in enumerate(zip(index.shape, array.shape)):
        if axis != dim and a > b:
            raise RuntimeError(f"{name}(): Size does not match at dimension {axis} expected index {list(index.shape)} "
                               f"to be no larger than self {list(array.shape)} apart from dimension {dim}")


@shown_as("MaskedSelectBackward0")
def masked_select(input: Tensor, mask: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements where the mask is set, in one dimension.

    mask: bools

    Shape: input and a mask that broadcast -> (K,).
    Raises: TypeError for what is no tensor; RuntimeError for a mask that is not bool, or does not broadcast.

    >>> import mtorch
    >>> mtorch.masked_select(mtorch.tensor([1, 2, 3]), mtorch.tensor([True, False, True]))
    tensor([1, 3])
    """
    x, m = require_tensor(input, "masked_select"), require_tensor(mask, "masked_select", "mask")
    if m.array.dtype.kind != "b":
        raise RuntimeError(f"masked_select: expected BoolTensor for mask, but got {m.dtype}")
    try:
        shape = np.broadcast_shapes(x.array.shape, m.array.shape)
    except ValueError:
        raise RuntimeError(f"masked_select: mask of shape {list(m.array.shape)} does not broadcast with input of shape "
                           f"{list(x.array.shape)}") from None
    result = rules.take(x.expand(shape), key=(np.broadcast_to(m.array, shape),))
    result = result if result.array.ndim == 1 else result.reshape(-1)
    return result if out is None else into(out, result)


def nonzero(input: Tensor, *, out: Tensor | None = None, as_tuple: bool = False) -> Any:
    """The indices of the elements that are not zero.

    as_tuple: False for a row each, True for a vector for each dimension, which together index the elements

    Shape: any -> (K, input.dim()), or as_tuple input.dim() times (K,), of int64; a 0-dim tensor counts there as one of
        one dimension.
    Raises: TypeError for what is no tensor; RuntimeError for an out that is not int64, or given with as_tuple.

    >>> import mtorch
    >>> mtorch.nonzero(mtorch.tensor([0, 1, 2]))
    tensor([[1],
            [2]])
    """
    return _nonzero(input, "nonzero", out, as_tuple)


def _nonzero(input, name: str, out=None, as_tuple: bool = False):
    array = require_tensor(input, name).array
    if out is not None and (as_tuple or not isinstance(out, TensorBase) or out.array.dtype != np.int64):
        raise RuntimeError(f"{name}: out must be one int64 tensor, and without as_tuple, got "
                           f"{getattr(out, 'dtype', type(out).__name__)} and as_tuple={as_tuple}")
    if as_tuple:
        return tuple(wrap(i.astype(np.int64)) for i in np.nonzero(np.atleast_1d(array)))
    result = wrap(np.argwhere(array).astype(np.int64))
    return result if out is None else into(out, result)


def argwhere(input: Tensor) -> Tensor:
    """The indices of the elements that are not zero, a row each: `nonzero`.

    Shape: any -> (K, input.dim()), of int64.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.argwhere(mtorch.tensor([0, 1]))
    tensor([[1]])
    """
    return _nonzero(input, "argwhere")


def fill(input: Tensor, value: Operand) -> Tensor:
    """A tensor like input, full of value.

    value: a number that input's type can hold, or a 0-dim tensor, to which its gradient goes

    Shape: any -> the same.
    Raises: TypeError for what is no tensor or no number; RuntimeError for a value of more dimensions, and a number that
        input's type cannot hold.

    >>> import mtorch
    >>> mtorch.fill(mtorch.zeros(2), 3)
    tensor([3., 3.])
    """
    x = require_tensor(input, "fill")
    if isinstance(value, TensorBase):
        if value.array.ndim:
            raise RuntimeError("fill only supports 0-dimension value tensor but got tensor with "
                               f"{value.array.ndim} dimensions.")
        return rules.filled(x, to_type(value, x.array.dtype))
    return rules.filled(x, element_of(value, x.array.dtype, "fill", "value"))


def fill_(t: Tensor, value: Operand) -> Tensor:
    """Write value to every element.

    value: a number that t's type can hold, or a 0-dim tensor, to which its gradient goes

    Shape: any -> the same.
    Raises: TypeError for what is no tensor or no number; RuntimeError for a value of more dimensions, and a number that
        t's type cannot hold.

    >>> import mtorch
    >>> mtorch.zeros(2).fill_(3)
    tensor([3., 3.])
    """
    require_tensor(t, "fill_")
    if isinstance(value, TensorBase):
        if value.array.ndim:
            raise RuntimeError(f"fill_ only supports 0-dimension value tensor but got tensor with {value.array.ndim} "
                               "dimensions.")
        value = to_type(value, t.array.dtype)
    else:
        value = element_of(value, t.array.dtype, "fill_", "value")
    return assign(t, WHOLE, value)


def zero_(t: Tensor) -> Tensor:
    """Write 0 to every element.

    Shape: any -> the same.
    Raises: TypeError for what is no tensor.

    >>> import mtorch
    >>> mtorch.ones(2).zero_()
    tensor([0., 0.])
    """
    try:
        return assign(t, WHOLE, 0)
    except AttributeError:
        require_tensor(t, "zero_")
        raise


def copy_(t: Tensor, other: Operand, non_blocking: bool = False) -> Tensor:
    """Write the elements of other, broadcast and in this tensor's type; gradients pass to other.

    >>> import mtorch
    >>> mtorch.zeros(2).copy_(mtorch.tensor([1, 2]))
    tensor([1., 2.])
    """
    # A number keeps all its digits.
    source = wrap(np.asarray(other)) if isinstance(other, NUMBERS) else as_tensor_operand(other, "copy_")
    try:
        return assign(t, WHOLE, to_type(source, t.array.dtype))
    except ValueError:
        raise RuntimeError(f"The size of tensor a ({list(t.array.shape)}) must match the size of tensor b "
                           f"({list(source.array.shape)}): copy_ cannot broadcast them") from None
