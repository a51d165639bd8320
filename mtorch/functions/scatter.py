"""Writing by index: scatter, index_add and their kin.  Each gives a copy; the names with _ write into the tensor itself."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..autograd.naming import shown_as
from ..autograd.tape import TensorBase, wrap
from ..autograd.views import inplace
from ..ops import scatter as rules
from ..ops.accumulation import along
from ..ops.indexing import take as take_rule
from .arguments import axis_of, element_of, numpy_names, of_real_numbers, require_tensor, to_type, whole_number
from .output import into
from .indexing import _in_range, plain_key

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Number, Operand


def _along(name, x, dim, index, src=None):
    """The checked dim, and the place that each element of index names."""
    i = require_tensor(index, name, "index").array
    d = axis_of(dim, x.array.ndim)
    if i.size == 0:
        return d, None
    if i.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"{name}(): Expected dtype int64 for index, got {index.dtype}")
    if (i.ndim or 1) != (x.array.ndim or 1):
        raise RuntimeError(f"Index tensor must have the same number of dimensions as self tensor: {name} got {i.ndim} "
                           f"and {x.array.ndim}")
    if src is not None and (src.array.ndim or 1) != (i.ndim or 1):
        raise RuntimeError(f"Index tensor must have the same number of dimensions as src tensor: {name} got {i.ndim} "
                           f"and {src.array.ndim}")
    shape = x.array.shape or (1,)
    for axis, n in enumerate(i.shape or (1,)):
        if axis != d and n > shape[axis] or src is not None and n > (src.array.shape or (1,))[axis]:
            raise RuntimeError(f"Expected index {list(i.shape)} to be no larger than self {list(x.array.shape)} apart "
                               f"from dimension {d}" + (f" and to be no larger size than src {list(src.array.shape)}"
                                                        if src is not None else ""))
    key = along(i.reshape(i.shape or (1,)), d, shape)
    try:
        _in_range(key[0] if len(key) == 1 else i, shape[d], name)
    except IndexError as error:                        # torch's kind of error, here alone
        raise RuntimeError(str(error)) from None
    return d, key


def _source(name, x, src, index):
    """What is to be written: a number everywhere, or the part of src that the index covers, in the type of x."""
    if isinstance(src, TensorBase):
        if src.dtype is not x.dtype:
            raise RuntimeError(f"{name}(): Expected self.dtype to be equal to src.dtype, got {x.dtype} and {src.dtype}")
        i = index.array
        if not i.ndim or not src.array.ndim:
            return src.reshape(1) if not src.array.ndim else src[:1]
        if src.array.shape == i.shape:
            return src
        return src[tuple(slice(n) for n in i.shape)]
    return wrap(np.full(index.array.shape or (1,), element_of(src, x.array.dtype, name, "src"), x.array.dtype))


def _broadcast(name, *shapes):
    """The shape that these shapes make together."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise RuntimeError(f"{name}: shapes {' and '.join(str(list(s)) for s in shapes)} do not broadcast") from None


def _as_1d(x):
    return x.reshape(1) if not x.array.ndim else x


def _as_shaped(result, x):
    """result in the shape of x; itself where it has that, so that in place the rule's own node is the last."""
    return result if result.array.shape == x.array.shape else result.reshape(x.array.shape)


@numpy_names
@shown_as(lambda y, input, dim, index, src=None, **_: f"ScatterBackward{int(not isinstance(src, TensorBase))}")
def scatter(input: Tensor, dim: int, index: Tensor, src: Operand | None = None, *, value: Operand | None = None,
            reduce: str | None = None, out: Tensor | None = None) -> Tensor:
    """A copy of input with src written at index along dim: out[index[i][j]][j] = src[i][j] for dim 0, and so on.

    dim: the dimension along which index counts
    index: int64 (or int32), as many dimensions as input, and in those other than dim no larger
    src: a Tensor of input's type, no smaller than index, or a number; value: the same under another name
    reduce: 'add' or 'multiply' combines with what is there; None replaces it (where a place occurs twice, the last one
        stays)

    Shape: input any -> the same
    Raises: TypeError where input or index is not a Tensor, or what is to be written neither that nor a number;
        IndexError for a dim outside [-input.dim(), input.dim()); RuntimeError where shapes or types do not fit, input's
        type cannot hold the number, an index is out of bounds, or reduce is another word.

    >>> import mtorch
    >>> mtorch.scatter(mtorch.zeros(3), 0, mtorch.tensor([2, 0]), mtorch.tensor([5.0, 6.0]))
    tensor([6., 0., 5.])
    """
    x = require_tensor(input, "scatter")
    src = value if src is None else src
    if src is None:
        raise TypeError("scatter(): src (or value) is missing: what is to be written")
    d, key = _along("scatter", x, dim, index, src if isinstance(src, TensorBase) else None)
    if reduce not in (None, "add", "multiply"):
        raise RuntimeError("reduce argument must be either add or multiply.")
    if key is None:
        result = x.clone()
    else:
        given = _source("scatter", x, src, index)
        if reduce is None:
            result = rules.index_put(_as_1d(x), given, key=key, accumulating=False)
        else:
            result = rules.reduce_at(_as_1d(x), given, key=key, reduce={"add": "sum", "multiply": "prod"}[reduce],
                                     include_self=True)
        result = _as_shaped(result, x)
    return result if out is None else into(out, result)


@numpy_names
@shown_as("ScatterAddBackward0")
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A copy of input with src added at index along dim.

    dim, index, src, shape as for `scatter`.
    Raises: TypeError where one is not a Tensor; others as for `scatter`.

    >>> import mtorch
    >>> mtorch.scatter_add(mtorch.ones(2), 0, mtorch.tensor([1, 1]), mtorch.tensor([5.0, 6.0]))
    tensor([ 1., 12.])
    """
    x, s = require_tensor(input, "scatter_add"), require_tensor(src, "scatter_add", "src")
    d, key = _along("scatter_add", x, dim, index, s)
    if key is None:
        result = x.clone()
    else:
        result = rules.index_put(_as_1d(x), _source("scatter_add", x, s, index), key=key,
                                 accumulating=True).reshape(x.array.shape)
    return result if out is None else into(out, result)


@numpy_names
@of_real_numbers
def scatter_reduce(input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True,
                   out: Tensor | None = None) -> Tensor:
    """A copy of input with src reduced into index along dim.

    reduce: 'sum', 'prod', 'mean', 'amax' or 'amin' ('max' and 'min' are the same)
    include_self: whether what was there takes part

    dim, index, src, shape as for `scatter`.
    Raises: TypeError where one is not a Tensor; others as for `scatter`.

    >>> import mtorch
    >>> mtorch.scatter_reduce(mtorch.ones(2), 0, mtorch.tensor([1, 1]), mtorch.tensor([5.0, 6.0]), "amax")
    tensor([1., 6.])
    """
    x, s = require_tensor(input, "scatter_reduce"), require_tensor(src, "scatter_reduce", "src")
    reduce = {"max": "amax", "min": "amin"}.get(reduce, reduce)
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    d, key = _along("scatter_reduce", x, dim, index, s)
    if key is None:
        result = x.clone()
    else:
        result = rules.reduce_at(_as_1d(x), _source("scatter_reduce", x, s, index), key=key, reduce=reduce,
                                 include_self=include_self)
        result = _as_shaped(result, x)
    return result if out is None else into(out, result)


def _rows(name, x, dim, index):
    """The checked dim and the key of whole slices that index names."""
    i = require_tensor(index, name, "index").array
    if i.dtype not in (np.int64, np.int32):
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index, got {index.dtype}")
    if i.ndim > 1:
        raise IndexError(f"{name}(): Index is supposed to be a vector, but got dim: {i.ndim}")
    d = axis_of(dim, x.array.ndim)
    n = (x.array.shape or (1,))[d]
    _in_range(i, n, name, negative=name == "index_fill")
    return d, (slice(None),) * d + (i.reshape(-1) % max(n, 1),)


def _slices(name, x, d, index, source):
    """source, which must have x's shape with as many slices as index."""
    s = _as_1d(require_tensor(source, name, "source"))
    if s.dtype is not x.dtype:
        raise RuntimeError(f"{name}(): self ({x.dtype}) and source ({source.dtype}) must have the same scalar type")
    shape = x.array.shape or (1,)
    expected = shape[:d] + (index.array.size,) + shape[d + 1:]
    if name == "index_copy" and s.array.shape[d:d + 1] != expected[d:d + 1]:
        raise IndexError(f"index_copy(): Number of indices ({index.array.size}) should be equal to source.size(dim), but "
                         f"source has shape {list(s.array.shape)} and dim is {d}")
    if s.array.shape != expected:
        raise RuntimeError(f"{name}(): source has shape {list(s.array.shape)}, but {list(expected)} is expected for "
                           f"self {list(x.array.shape)} and {index.array.size} indices along dimension {d}")
    return s


@numpy_names
@shown_as("IndexAddBackward0")
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Number = 1,
              out: Tensor | None = None) -> Tensor:
    """A copy of input with the slices of source added to the slices that index names along dim.

    dim: the dimension along which index counts
    index: where each slice of source goes, a vector of int64 or int32
    source: of input's type
    alpha: what source is multiplied by

    Shape: input (..., N, ...), index (K), source (..., K, ...) -> (..., N, ...)
    Raises: TypeError where one is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim()), an index
        outside [0, N), or one that is no vector; RuntimeError where types or shapes do not fit.

    >>> import mtorch
    >>> mtorch.index_add(mtorch.zeros(3), 0, mtorch.tensor([0, 0]), mtorch.tensor([1.0, 2.0]))
    tensor([3., 0., 0.])
    """
    x = require_tensor(input, "index_add")
    d, key = _rows("index_add", x, dim, index)
    s = _slices("index_add", x, d, index, source)
    result = rules.index_put(_as_1d(x), s * alpha if alpha != 1 else s, key=key,
                             accumulating=True).reshape(x.array.shape)
    return result if out is None else into(out, result)


@numpy_names
@shown_as("IndexCopyBackward0")
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor, *, out: Tensor | None = None) -> Tensor:
    """A copy of input with the slices that index names along dim replaced by those of source.

    dim, index, source, shape as for `index_add`.
    Raises: IndexError where source has not as many slices as index; others as for `index_add`.

    >>> import mtorch
    >>> mtorch.index_copy(mtorch.zeros(3), 0, mtorch.tensor([2]), mtorch.tensor([5.0]))
    tensor([0., 0., 5.])
    """
    x = require_tensor(input, "index_copy")
    d, key = _rows("index_copy", x, dim, index)
    s = _slices("index_copy", x, d, index, source)
    result = rules.index_put(_as_1d(x), s, key=key, accumulating=False).reshape(x.array.shape)
    return result if out is None else into(out, result)


@numpy_names
@shown_as(lambda y, input, dim, index, value: f"IndexFillBackward{int(isinstance(value, TensorBase))}")
def index_fill(input: Tensor, dim: int, index: Tensor, value: Operand) -> Tensor:
    """A copy of input with the slices that index names along dim full of value.

    dim: the dimension along which index counts
    index: which slices, a vector of int64 or int32; negative ones count from the end
    value: a number, or a Tensor without dimensions

    Shape: input (..., N, ...), index (K) -> (..., N, ...)
    Raises: TypeError where input or index is not a Tensor, or value neither that nor a number; IndexError for a dim
        outside [-input.dim(), input.dim()), an index outside [-N, N), or one that is no vector; RuntimeError where
        index has another type, value has dimensions, or input's type cannot hold it.

    >>> import mtorch
    >>> mtorch.index_fill(mtorch.zeros(3), 0, mtorch.tensor([2]), 5)
    tensor([0., 0., 5.])
    """
    x = require_tensor(input, "index_fill")
    d, key = _rows("index_fill", x, dim, index)
    if isinstance(value, TensorBase):
        if value.array.ndim:
            raise RuntimeError("index_fill_ only supports a 0-dimensional value tensor, but got tensor with "
                               f"{value.array.ndim} dimension(s).")
        shape = x.array.shape or (1,)
        key = key[:-1] + (np.unique(key[-1]),)
        filling = to_type(value, x.array.dtype).expand(shape[:d] + (len(key[-1]),) + shape[d + 1:])
    else:
        filling = np.asarray(element_of(value, x.array.dtype, "index_fill", "value"), x.array.dtype)
    return rules.index_put(_as_1d(x), filling, key=key, accumulating=False, order="K").reshape(x.array.shape)


def index_put(input: Tensor, indices: Sequence[Tensor | None], values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of input with values written (or added) at input[indices].

    indices: a tuple of Tensors of ints or bools, one for each of the first dimensions; None takes a dimension whole
    values: of input's type; it broadcasts to what is written
    accumulate: add to what is there, also where a place occurs more than once, instead of replacing it

    Shape: input any -> the same
    Raises: TypeError where input or values is not a Tensor, or indices no tuple; IndexError where there are more
        indices than dimensions, or one is out of bounds or of floats; RuntimeError where the types differ, or values do
        not broadcast.

    >>> import mtorch
    >>> mtorch.index_put(mtorch.zeros(3), (mtorch.tensor([2]),), mtorch.tensor(5.0))
    tensor([0., 0., 5.])
    """
    x, v = require_tensor(input, "index_put"), require_tensor(values, "index_put", "values")
    if not isinstance(indices, (tuple, list)):
        raise TypeError(f"index_put(): argument 'indices' must be tuple of Tensors, not {type(indices).__name__}")
    if v.dtype is not x.dtype:
        raise RuntimeError(f"Index put requires the source and destination dtypes match, got {x.dtype} for the "
                           f"destination and {v.dtype} for the source.")
    if len(indices) > x.array.ndim:
        raise IndexError(f"too many indices for tensor of dimension {x.array.ndim} (got {len(indices)})")
    key = plain_key(tuple(slice(None) if i is None else i for i in indices), x.array.shape)
    try:
        return rules.index_put(x, v, key=key, accumulating=bool(accumulate), order="K")
    except ValueError:
        raise RuntimeError(f"shape mismatch: value tensor of shape {list(v.shape)} cannot be broadcast to indexing result of "
                           f"shape {list(x.array[key].shape)}") from None


@shown_as("MaskedScatterBackward0")
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """A copy of input with the elements where mask is set replaced, in order, by those of source.

    mask: of bools
    source: of input's type, with at least as many elements as mask sets

    Shape: input and mask broadcast to the result's, source any
    Raises: TypeError where one is not a Tensor; RuntimeError where a type is wrong, source has too few elements, or
        input and mask do not broadcast.

    >>> import mtorch
    >>> mtorch.masked_scatter(mtorch.zeros(3), mtorch.tensor([True, False, True]), mtorch.tensor([1.0, 2.0]))
    tensor([1., 0., 2.])
    """
    x, m = require_tensor(input, "masked_scatter"), require_tensor(mask, "masked_scatter", "mask")
    s = require_tensor(source, "masked_scatter", "source")
    if m.array.dtype.kind != "b":
        raise RuntimeError(f"masked_scatter_ only supports boolean masks, but got mask with dtype {m.dtype}")
    if s.dtype is not x.dtype:
        raise RuntimeError(f"masked_scatter: expected self and source to have same dtypes but got {x.dtype} and "
                           f"{s.dtype}")
    shape = _broadcast("masked_scatter", x.array.shape, m.array.shape)
    full = np.broadcast_to(m.array, shape)
    count = int(full.sum())
    if count > s.array.size:
        raise RuntimeError(f"Number of elements of source < number of ones in mask: {s.array.size} and {count}")
    x = x.expand(shape)
    return rules.index_put(_as_1d(x), s.reshape(-1)[:count], key=(full.reshape(shape or (1,)),),
                           accumulating=False).reshape(shape)


@shown_as("TakeBackward0")
def take(input: Tensor, index: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The elements at these places of the flattened input.

    index: of int64; negative ones count from the end

    Shape: index any -> the same
    Raises: TypeError where one is not a Tensor; RuntimeError where index is not of int64; IndexError where one is out
        of bounds.

    >>> import mtorch
    >>> mtorch.take(mtorch.tensor([[1, 2], [3, 4]]), mtorch.tensor([0, 3]))
    tensor([1, 4])
    """
    x, i = require_tensor(input, "take"), require_tensor(index, "take", "index")
    if i.array.dtype != np.int64:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {i.dtype}")
    if x.array.size == 0 and i.array.size:
        raise IndexError("take(): tried to take from an empty tensor")
    _in_range(i.array, x.array.size, "take", negative=True)
    result = take_rule(x.reshape(-1), key=(i.array.reshape(-1),)).reshape(i.array.shape)
    return result if out is None else into(out, result)


@shown_as("PutBackward0")
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of input with source written (or added) at these places of the flattened input.

    index: of int64; negative ones count from the end
    source: of input's type, as many elements as index
    accumulate: add to what is there instead of replacing it

    Shape: input any -> the same
    Raises: TypeError where one is not a Tensor; RuntimeError where a type is wrong; IndexError where an index is out of
        bounds, or source has not as many elements.

    >>> import mtorch
    >>> mtorch.zeros(2, 2).put(mtorch.tensor([3]), mtorch.tensor([5.0]))
    tensor([[0., 0.],
            [0., 5.]])
    """
    x, i, s = require_tensor(input, "put"), require_tensor(index, "put", "index"), require_tensor(source, "put", "source")
    if i.array.dtype != np.int64:
        raise RuntimeError(f"put_(): Expected a long tensor for index, but got {i.dtype}")
    if s.dtype is not x.dtype:
        raise RuntimeError(f"put_(): self and source expected to have the same dtype, but got {x.dtype} and {s.dtype}")
    if i.array.size != s.array.size:
        raise IndexError("put_(): Expected source and index to have the same number of elements, but got "
                         f"source.numel() = {s.array.size}, index.numel() = {i.array.size}")
    _in_range(i.array, x.array.size, "put", negative=True)
    return rules.index_put(x.reshape(-1), s.reshape(-1), key=(i.array.reshape(-1),),
                           accumulating=bool(accumulate)).reshape(x.array.shape)


@numpy_names
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None, *, out: Tensor | None = None) -> Tensor:
    """`gather` with the other dimensions broadcast.

    indices: of int64; with dim they count round, so that the size of dim is 0 again
    dim: the dimension along which indices count; None: in the flattened input, with flattened indices

    Shape: input (A, N, B), indices (A, K, B) -> (A, K, B) with dim 1; any, any -> (the number of indices) without
    Raises: TypeError where one is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim()); RuntimeError
        where indices is not of int64 or has another number of dimensions, one is out of bounds without dim, or the
        others do not broadcast.

    >>> import mtorch
    >>> mtorch.take_along_dim(mtorch.tensor([[1, 2], [3, 4]]), mtorch.tensor([[1]]), dim=1)
    tensor([[2],
            [4]])
    """
    x, i = require_tensor(input, "take_along_dim"), require_tensor(indices, "take_along_dim", "indices")
    if i.array.dtype != np.int64:
        raise RuntimeError(f"torch.take_along_dim(): dtype of indices should be Long but got {i.dtype}")
    if dim is None:
        try:
            result = x.reshape(-1).gather(0, i.reshape(-1))
        except IndexError as error:
            raise RuntimeError(f"take_along_dim(): {error}") from None
    else:
        if x.array.ndim != i.array.ndim:
            raise RuntimeError("torch.take_along_dim(): input and indices should have the same number of dimensions, "
                               f"but got {x.array.ndim} dimensions for input, and {i.array.ndim} dimensions for "
                               "indices")
        d = axis_of(dim, x.array.ndim)
        shape = _broadcast("take_along_dim", x.array.shape[:d] + (1,) + x.array.shape[d + 1:],
                           i.array.shape[:d] + (1,) + i.array.shape[d + 1:])
        full_x = x.expand(shape[:d] + (x.array.shape[d],) + shape[d + 1:])
        places = wrap(i.array % max(x.array.shape[d], 1))
        result = full_x.gather(d, places.expand(shape[:d] + (i.array.shape[d],) + shape[d + 1:]))
    return result if out is None else into(out, result)


@numpy_names
@shown_as("SelectScatterBackward0")
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy of input with the slice at index along dim replaced by src.

    src: as the slice is
    dim: the dimension along which index counts
    index: a number in [-N, N), N the size of dim

    Shape: input (..., N, ...), src (...) -> (..., N, ...)
    Raises: TypeError where input or src is not a Tensor, or index not an int; IndexError for a dim outside
        [-input.dim(), input.dim()), or an index out of bounds; RuntimeError where src has another shape.

    >>> import mtorch
    >>> mtorch.select_scatter(mtorch.zeros(2, 2), mtorch.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    x = require_tensor(input, "select_scatter")
    d = axis_of(dim, x.array.ndim)
    n, index = x.array.shape[d] if x.array.ndim else 0, whole_number(index, "select_scatter", "index")
    if not -n <= index < n:
        raise IndexError(f"select_scatter(): index {index} out of range for tensor of size {list(x.shape)} at dimension {d}")
    return _with_part(x, src, (slice(None),) * d + (index,), "select_scatter")


@numpy_names
@shown_as("SliceScatterBackward0")
def slice_scatter(input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None,
                  step: int = 1) -> Tensor:
    """A copy of input with a slice along dim replaced by src.

    src: as the slice is
    dim: the dimension to cut
    start, end, step: of the slice input[start:end:step], step > 0

    Shape: input (..., N, ...), src (..., K, ...) -> (..., N, ...)
    Raises: TypeError where input or src is not a Tensor; IndexError for a dim outside [-input.dim(), input.dim());
        RuntimeError where src has another shape, or step is not > 0.

    >>> import mtorch
    >>> mtorch.slice_scatter(mtorch.zeros(4), mtorch.ones(2), start=1, end=3)
    tensor([0., 1., 1., 0.])
    """
    x = require_tensor(input, "slice_scatter")
    d = axis_of(dim, x.array.ndim)
    if step <= 0:
        raise RuntimeError(f"slice_scatter(): slice step must be positive, got {step}")
    return _with_part(x, src, (slice(None),) * d + (slice(start, end, step),), "slice_scatter")


def _with_part(x, src, key, name):
    s = require_tensor(src, name, "src")
    expected = x.array[key].shape
    if s.array.shape != expected:
        raise RuntimeError("expected src to have a size equal to the slice of self. src size = "
                           f"{list(s.array.shape)}, slice size = {list(expected)}")
    return rules.index_put(x, to_type(s, x.array.dtype), key=key, accumulating=False)


@shown_as("DiagonalScatterBackward0")
def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """A copy of input with a diagonal replaced by src.

    src: as the diagonal is
    offset: which diagonal: > 0 above the main one, < 0 below
    dim1, dim2: the dimensions that make the matrices

    Shape: input (..., N, M), src (..., K), K the length of the diagonal -> (..., N, M)
    Raises: TypeError where input or src is not a Tensor; IndexError for a dim1 or dim2 outside [-input.dim(),
        input.dim()); RuntimeError where src has another shape, or dim1 and dim2 are the same.

    >>> import mtorch
    >>> mtorch.diagonal_scatter(mtorch.zeros(2, 2), mtorch.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    x, s = require_tensor(input, "diagonal_scatter"), require_tensor(src, "diagonal_scatter", "src")
    places = wrap(np.arange(x.array.size).reshape(x.array.shape)).diagonal(offset, dim1, dim2)
    if s.array.shape != places.array.shape:
        raise RuntimeError("expected src to have a size equal to the slice of self. src size = "
                           f"{list(s.array.shape)}, slice size = {list(places.array.shape)}")
    s = to_type(s, x.array.dtype)
    return rules.index_put(x.reshape(-1), s.reshape(-1), key=(places.array.reshape(-1),),
                           accumulating=False).reshape(x.array.shape)


scatter_, scatter_add_, scatter_reduce_ = inplace(scatter), inplace(scatter_add), inplace(scatter_reduce)
index_add_, index_copy_, index_fill_ = inplace(index_add), inplace(index_copy), inplace(index_fill)
index_put_, masked_scatter_, put_ = inplace(index_put), inplace(masked_scatter), inplace(put)
