"""Functions that reduce: sum, mean, the largest, ...

`dim` is a dimension, several, or None for all; `keepdim` keeps reduced dimensions with size 1.
"""
from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.naming import named, shown_as
from .. import dtypes, return_types
from ..autograd.tape import TensorBase, wrap
from ..caller import program_line
from ..ops import elementwise as unary, indexing, reduction as rules
from .arguments import axes_of, axis_of, floating, number_of, numpy_names, of_real_numbers, require_tensor, to_type
from .output import into
from .elementwise import abs as absolute

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Dims


def _all_axes(axes, ndim):
    return tuple(range(ndim)) if axes is None else axes


@numpy_names
def sum(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None,
        out: Tensor | None = None) -> Tensor:
    """The sum over dim.  Bools and integers are summed as int64.

    dim: a dimension, several, or None for all
    keepdim: keep the reduced dimensions, with size 1
    dtype: the type to sum in, and of the result

    Shape: any -> input's without dim, or with size 1 there where keepdim
    Raises: TypeError where input is not a Tensor, dim not an int or ints, or dtype not a dtype; IndexError for a dim
        outside [-input.dim(), input.dim()); RuntimeError where a dim occurs twice, or out cannot hold the result.

    >>> import mtorch
    >>> mtorch.sum(mtorch.tensor([[1, 2], [3, 4]]), dim=0)
    tensor([4, 6])
    """
    x = _counted(require_tensor(input, "sum"), dtype)
    result = rules.sum(x, axis=axes_of(dim, x.array.ndim), keepdims=bool(keepdim))
    result = result if dtype is None else _of_type(result, x.array.dtype)
    return result if out is None else into(out, result)


def _of_type(result, kind: np.dtype):
    """NumPy adds and multiplies small integers and bools as int64, even where another type was asked for."""
    return result if result.array.dtype == kind else wrap(result.array.astype(kind))


def _counted(x, dtype):
    if dtype is not None:
        return to_type(x, dtypes.numpy_dtype(dtype))
    return x if x.array.dtype.kind in "fc" else wrap(x.array.astype(np.int64))


def _averaged(x, dtype, name):
    if dtype is not None:
        x = to_type(x, dtypes.numpy_dtype(dtype))
    if x.array.dtype.kind not in "fc":
        raise RuntimeError(f"{name}(): could not infer output dtype. Input dtype must be either a floating point or "
                           f"complex dtype. Got: {capital(x.dtype)}")
    return x


def capital(d):
    return {"int64": "Long", "int32": "Int", "bool": "Bool", "uint8": "Byte"}.get(d.name, d.name)


@numpy_names
def mean(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None,
         out: Tensor | None = None) -> Tensor:
    """The mean over dim of a floating point tensor; nan over no elements.

    Arguments and shape as for `sum`; dtype makes floats of integers.
    Raises: RuntimeError for integers and bools without dtype; others as for `sum`.

    >>> import mtorch
    >>> mtorch.mean(mtorch.tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1)
    tensor([1.5000, 3.5000])
    """
    x = _averaged(require_tensor(input, "mean"), dtype, "mean")
    result = rules.mean(x, axis=axes_of(dim, x.array.ndim), keepdims=bool(keepdim))
    return result if out is None else into(out, result)


@of_real_numbers
@shown_as("NansumBackward0")
@numpy_names
def nansum(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None,
           out: Tensor | None = None) -> Tensor:
    """The sum over dim, nan counting as 0.

    Arguments, shape and errors as for `sum`.

    >>> import mtorch
    >>> mtorch.nansum(mtorch.tensor([1.0, float("nan")]))
    tensor(1.)
    """
    x = _counted(require_tensor(input, "nansum"), dtype)
    return sum(x.masked_fill(x.isnan(), 0), dim, keepdim, dtype=dtype, out=out)


@of_real_numbers
@numpy_names
def nanmean(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None,
            out: Tensor | None = None) -> Tensor:
    """The mean over dim of what is not nan; nan where nothing else is.

    Arguments, shape and errors as for `mean`.

    >>> import mtorch
    >>> mtorch.nanmean(mtorch.tensor([1.0, float("nan"), 3.0]))
    tensor(2.)
    """
    x = _averaged(require_tensor(input, "nanmean"), dtype, "nanmean")
    number = wrap(np.asarray(~np.isnan(x.array)).astype(x.array.dtype))
    result = nansum(x, dim, keepdim) / sum(number, dim, keepdim)
    return result if out is None else into(out, result)


@numpy_names
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None,
         out: Tensor | None = None) -> Tensor:
    """The product over dim, one or all.  Bools and integers are multiplied as int64.

    Arguments and shape as for `sum`.
    Raises: TypeError where dim is several; others as for `sum`.

    >>> import mtorch
    >>> mtorch.prod(mtorch.tensor([1, 2, 3]))
    tensor(6)
    """
    x = _counted(require_tensor(input, "prod"), dtype)
    result = rules.prod(x, axis=None if dim is None else axes_of((dim,), x.array.ndim), keepdims=keepdim)
    result = result if dtype is None else _of_type(result, x.array.dtype)
    return result if out is None else into(out, result)


def _correction(unbiased, correction) -> float:
    if correction is not None:
        return number_of(correction, "var", "correction")
    return 1 if unbiased is None or unbiased else 0


def _spread_arguments(dim, unbiased):
    """var(x, False) means unbiased=False."""
    return (None, dim) if isinstance(dim, bool) else (dim, unbiased)


@numpy_names
def var(input: Tensor, dim: Dims | None = None, unbiased: bool | None = None, keepdim: bool = False, *,
        correction: float | None = None, out: Tensor | None = None) -> Tensor:
    """The variance over dim: the sum of (x - mean)^2 / (n - correction), of n elements.

    dim: a dimension, several, or None for all; a bool here is `unbiased`
    unbiased: True for a correction of 1, False for 0
    keepdim: keep the reduced dimensions, with size 1
    correction: instead of unbiased, any number; 1 where neither is given (Bessel's correction)

    Shape: any -> input's without dim, or with size 1 there where keepdim
    Raises: RuntimeError for integers and bools; others as for `sum`.

    >>> import mtorch
    >>> mtorch.var(mtorch.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    dim, unbiased = _spread_arguments(dim, unbiased)
    result = _variance("var", input, dim, unbiased, keepdim, correction)
    return result if out is None else into(out, result)


def _variance(name, input, dim, unbiased, keepdim, correction):
    x = _averaged(require_tensor(input, name), None, name)
    if x.array.dtype.kind == "c":
        return _variance(name, x.real, dim, unbiased, keepdim, correction) + _variance(name, x.imag, dim, unbiased, keepdim,
                                                                                         correction)
    less = _correction(unbiased, correction)
    result = rules.var(x, axis=axes_of(dim, x.array.ndim), correction=less, keepdims=keepdim)
    if x.array.size <= less * result.array.size:
        warnings.warn(f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor "
                      "(input numel divided by output numel).", stacklevel=program_line())
    return result


@numpy_names
def std(input: Tensor, dim: Dims | None = None, unbiased: bool | None = None, keepdim: bool = False, *,
        correction: float | None = None, out: Tensor | None = None) -> Tensor:
    """The standard deviation over dim: the square root of `var`.

    Arguments, shape and errors as for `var`.

    >>> import mtorch
    >>> mtorch.std(mtorch.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    dim, unbiased = _spread_arguments(dim, unbiased)
    result = _deviation("std", input, dim, unbiased, keepdim, correction)
    return result if out is None else into(out, result)


def _deviation(name, input, dim, unbiased, keepdim, correction):
    if require_tensor(input, name).array.dtype == np.float16:      # which may not hold the variance
        wide = _deviation(name, to_type(input, np.dtype(np.float32)), dim, unbiased, keepdim, correction)
        return named(to_type(wide, np.dtype(np.float16)), "StdBackward0")
    return standard_deviation(_variance(name, input, dim, unbiased, keepdim, correction))


@rules.op(name="StdBackward0")
def standard_deviation(v):
    """y = sqrt(v); where all numbers are equal, v = 0, the gradient is 0, as in torch."""
    none = getattr(v, "array", v) == 0
    return np.sqrt(v), (lambda g: np.where(none, 0.0, g / (2.0 * np.sqrt(np.where(none, 1.0, v)))),)


@shown_as("VarMeanBackward0")
@numpy_names
def var_mean(input: Tensor, dim: Dims | None = None, unbiased: bool | None = None, keepdim: bool = False, *,
             correction: float | None = None) -> tuple[Tensor, Tensor]:
    """The variance and the mean.

    Arguments, errors and, for each, the shape as for `var`.

    >>> import mtorch
    >>> mtorch.var_mean(mtorch.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dim, unbiased = _spread_arguments(dim, unbiased)
    return _variance("var_mean", input, dim, unbiased, keepdim, correction), mean(input, dim, keepdim)


@shown_as("StdMeanBackward0")
@numpy_names
def std_mean(input: Tensor, dim: Dims | None = None, unbiased: bool | None = None, keepdim: bool = False, *,
             correction: float | None = None) -> tuple[Tensor, Tensor]:
    """The standard deviation and the mean.

    Arguments, errors and, for each, the shape as for `var`.

    >>> import mtorch
    >>> mtorch.std_mean(mtorch.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    dim, unbiased = _spread_arguments(dim, unbiased)
    return _deviation("std_mean", input, dim, unbiased, keepdim, correction), mean(input, dim, keepdim)


def _not_empty(x, name, dim):
    if dim is None and x.array.size == 0:
        raise RuntimeError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
                           "reduction dim with the 'dim' argument.")
    if dim is not None and x.array.ndim:
        for a in axes_of(dim, x.array.ndim) or ():
            if x.array.shape[a] == 0:
                raise IndexError(f"{name}(): Expected reduction dim {a} to have non-zero size.")


@of_real_numbers
@numpy_names
def amax(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The largest over dim; ties share the gradient.

    dim: a dimension, several, or None or () for all
    keepdim: keep the reduced dimensions, with size 1

    Shape: any -> input's without dim, or with size 1 there where keepdim
    Raises: IndexError for a dim of size 0; RuntimeError for an empty input without dim; others as for `sum`.

    >>> import mtorch
    >>> mtorch.amax(mtorch.tensor([[1, 5], [3, 2]]), dim=0)
    tensor([3, 5])
    """
    x = require_tensor(input, "amax")
    dim = None if isinstance(dim, (tuple, list)) and not dim else dim
    _not_empty(x, "amax", dim)
    result = rules.amax(x, axis=_all_axes(axes_of(dim, x.array.ndim), x.array.ndim), keepdims=keepdim)
    return result if out is None else into(out, result)


@of_real_numbers
@numpy_names
def amin(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The smallest over dim; ties share the gradient.

    Arguments, shape and errors as for `amax`.

    >>> import mtorch
    >>> mtorch.amin(mtorch.tensor([[1, 5], [3, 2]]), dim=0)
    tensor([1, 2])
    """
    x = require_tensor(input, "amin")
    dim = None if isinstance(dim, (tuple, list)) and not dim else dim
    _not_empty(x, "amin", dim)
    result = rules.amin(x, axis=_all_axes(axes_of(dim, x.array.ndim), x.array.ndim), keepdims=keepdim)
    return result if out is None else into(out, result)


def along_dim(x, indices, dim, keepdim, name):
    """The elements of x at `indices` along dim: how max, median and the like give their values a gradient."""
    if x.array.ndim == 0:
        return x.clone(), wrap(np.zeros((), np.int64))
    index = np.expand_dims(indices, dim)
    values = indexing.gather(x, index=index, dim=dim, keepdim=keepdim, name=name)
    return values, wrap(index if keepdim else np.asarray(indices))


def _extreme(name, argument, whole, pairwise, input, args, dim, other, keepdim, out):
    x = require_tensor(input, name)
    if args and isinstance(args[0], TensorBase):
        other, *args = args
    elif args:
        dim, *args = args
        if args:
            keepdim, *args = args
            if not isinstance(keepdim, bool):
                raise TypeError(f"{name}(): argument 'keepdim' must be bool, not {type(keepdim).__name__}")
    if args or other is not None and dim is not None or keepdim and dim is None:
        raise TypeError(f"{name}() received an invalid combination of arguments: expected another tensor, or dim and perhaps "
                        "keepdim, or neither")
    if other is not None:
        return pairwise(x, other, out=out)
    if dim is None:
        result = whole(x, axis=None, keepdims=False) if x.array.size else _not_empty(x, name, None)
        return result if out is None else into(out, result)
    _not_empty(x, name, dim)
    d = axis_of(dim, x.array.ndim)
    indices = argument(x.array, axis=d) if x.array.ndim else np.zeros((), np.int64)
    result = getattr(return_types, name)(*along_dim(x, indices, d, keepdim, f"{name.capitalize()}Backward0"))
    return result if out is None else into(out, result)


@of_real_numbers
@numpy_names
def max(input: Tensor, *args: Any, dim: Dims | None = None, other: Tensor | None = None, keepdim: bool = False,
        out: Any = None) -> Any:
    """The largest element; with dim, the largest along it and their indices; with another tensor, the larger of each
    pair.

    dim: a dimension; the result is a pair (values, indices) then, of equals the index of the first.  None: of all
        elements
    other: a tensor instead of dim
    keepdim: with dim, keep it with size 1

    Shape: any -> (); with dim input's without it, twice; with other what both broadcast to
    Raises: TypeError where input is not a Tensor, for keepdim without dim, and for more than these; IndexError for a dim
        outside [-input.dim(), input.dim()) or of size 0; RuntimeError where input is empty and no dim is given, or the
        two do not broadcast.

    >>> import mtorch
    >>> mtorch.max(mtorch.tensor([1, 5, 3])), mtorch.max(mtorch.tensor([[1, 5], [3, 2]]), 1).indices
    (tensor(5), tensor([1, 0]))
    """
    from .arithmetic import maximum
    return _extreme("max", np.argmax, rules.amax, maximum, input, args, dim, other, keepdim, out)


@of_real_numbers
@numpy_names
def min(input: Tensor, *args: Any, dim: Dims | None = None, other: Tensor | None = None, keepdim: bool = False,
        out: Any = None) -> Any:
    """The smallest element; with dim, the smallest along it and their indices; with another tensor, the smaller of each
    pair.  Arguments, shapes and errors as for `max`.

    >>> import mtorch
    >>> mtorch.min(mtorch.tensor([1, 5, 3])), mtorch.min(mtorch.tensor([[1, 5], [3, 2]]), 1).values
    (tensor(1), tensor([1, 2]))
    """
    from .arithmetic import minimum
    return _extreme("min", np.argmin, rules.amin, minimum, input, args, dim, other, keepdim, out)


def _argument(name, function, input, dim, keepdim, out):
    x = require_tensor(input, name)
    if x.array.dtype.kind == "b":
        raise RuntimeError(f'"{name}_cpu" not implemented for \'Bool\'')
    if dim is None and not x.array.size:               # an IndexError in torch, unlike max's
        raise IndexError(f"{name}(): Expected reduction dim to be specified for input.numel() == 0.")
    _not_empty(x, name, dim)
    if dim is None:
        result = wrap(np.asarray(function(x.array)))
        if keepdim:
            result = wrap(result.array.reshape((1,) * x.array.ndim))
    else:
        d = axis_of(dim, x.array.ndim)
        result = wrap(np.asarray(function(x.array, axis=d, keepdims=keepdim)) if x.array.ndim
                      else np.zeros((), np.int64))
    return result if out is None else into(out, result)


@of_real_numbers
@numpy_names
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The index (int64) of the largest, the first of equals; of the flattened tensor when dim is None.

    dim: a dimension, or None for all
    keepdim: keep the reduced dimensions, with size 1

    Shape: any -> input's without dim, or with size 1 there where keepdim
    Raises: RuntimeError for bools; IndexError for a dim outside [-input.dim(), input.dim()) or of size 0, and for an
        empty input without dim.

    >>> import mtorch
    >>> mtorch.argmax(mtorch.tensor([[1, 5], [3, 2]]), dim=1)
    tensor([1, 0])
    """
    return _argument("argmax", np.argmax, input, dim, keepdim, out)


@of_real_numbers
@numpy_names
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The index (int64) of the smallest, the first of equals; of the flattened tensor when dim is None.

    dim: a dimension, or None for all
    keepdim: keep the reduced dimensions, with size 1

    Shape: any -> input's without dim, or with size 1 there where keepdim
    Raises: RuntimeError for bools; IndexError for a dim outside [-input.dim(), input.dim()) or of size 0, and for an
        empty input without dim.

    >>> import mtorch
    >>> mtorch.argmin(mtorch.tensor([[1, 5], [3, 2]]), dim=1)
    tensor([0, 1])
    """
    return _argument("argmin", np.argmin, input, dim, keepdim, out)


@of_real_numbers
@shown_as("AminmaxBackward0")
@numpy_names
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False,
            out: tuple[Tensor, Tensor] | None = None) -> return_types.aminmax:
    """The smallest and the largest.

    dim: a dimension, or None for all
    keepdim: keep the reduced dimensions, with size 1

    Shape: any -> input's without dim, or with size 1 there where keepdim, twice
    Raises: IndexError for a dim outside [-input.dim(), input.dim()) or of size 0; RuntimeError for an empty input
        without dim.

    >>> import mtorch
    >>> mtorch.aminmax(mtorch.tensor([1, 5, 3]))
    torch.return_types.aminmax(
    min=tensor(1),
    max=tensor(5))
    """
    result = return_types.aminmax(amin(input, dim, keepdim), amax(input, dim, keepdim))
    return result if out is None else return_types.aminmax(*into(out, result))


def _logical(function, name, input, dim, keepdim, out):
    x = require_tensor(input, name)
    axes = () if isinstance(dim, (tuple, list)) and not dim else axes_of(dim, x.array.ndim)    # (): element by element
    y = function(x.array, axis=axes, keepdims=keepdim)
    result = wrap(np.asarray(y).astype(np.uint8 if x.array.dtype == np.uint8 else np.bool_, order="C"))
    return result if out is None else into(out, result)


@numpy_names
def all(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """Whether no element is zero: bools, but uint8 for uint8.

    Arguments and shape as for `sum`.
    Raises: TypeError, IndexError and RuntimeError as for `sum`.

    >>> import mtorch
    >>> mtorch.all(mtorch.tensor([[True, False], [True, True]]), dim=1)
    tensor([False,  True])
    """
    return _logical(np.all, "all", input, dim, keepdim, out)


@numpy_names
def any(input: Tensor, dim: Dims | None = None, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """Whether any element is not zero: bools, but uint8 for uint8.

    Arguments and shape as for `sum`.
    Raises: TypeError, IndexError and RuntimeError as for `sum`.

    >>> import mtorch
    >>> mtorch.any(mtorch.tensor([[True, False], [False, False]]), dim=1)
    tensor([ True, False])
    """
    return _logical(np.any, "any", input, dim, keepdim, out)


@numpy_names
def count_nonzero(input: Tensor, *args: Any, dim: Dims | None = None) -> Tensor:
    """How many elements are not zero, as int64.

    args or dim: a dimension, several, or None for all

    Shape: any -> input's without dim
    Raises: TypeError, IndexError and RuntimeError as for `sum`.

    >>> import mtorch
    >>> mtorch.count_nonzero(mtorch.tensor([0, 1, 2]))
    tensor(2)
    """
    x = require_tensor(input, "count_nonzero")
    if args:
        dim = args[0] if len(args) == 1 else args
    return wrap(np.asarray(np.count_nonzero(x.array, axis=axes_of(dim, x.array.ndim)), order="C"))


@numpy_names
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """log of the sum of e^x over dim, without overflow: the largest x is taken out first.

    dim: a dimension or several
    keepdim: keep the reduced dimensions, with size 1

    Shape: any -> input's without dim, or with size 1 there where keepdim
    Raises: TypeError, IndexError and RuntimeError as for `sum`.
    Source: Blanchard, Higham and Higham 2021, "Accurately computing the log-sum-exp and softmax functions".

    >>> import mtorch
    >>> mtorch.logsumexp(mtorch.tensor([0.0, 0.0]), dim=0)
    tensor(0.6931)
    """
    x = floating(input, "logsumexp")
    result = rules.logsumexp(x, axis=axes_of(dim, x.array.ndim), keepdims=keepdim)
    return result if out is None else into(out, result)


@shown_as("LinalgVectorNormBackward0")
def norm(input: Tensor, p: float | str | None = "fro", dim: Dims | None = None, keepdim: bool = False,
         out: Tensor | None = None, dtype: dtypes.dtype | None = None) -> Tensor:
    """The p-norm over dim: (sum |x|^p)^(1/p); 'fro' is 2, inf the largest magnitude, 0 counts the elements that are not
    zero.

    Raises: TypeError for a p that is no number; RuntimeError for integers, a p that is another string, and a negative or
        infinite p over no elements; NotImplementedError for 'nuc'.

    >>> import mtorch
    >>> mtorch.norm(mtorch.tensor([3.0, 4.0]))
    tensor(5.)
    """
    x = require_tensor(input, "norm")
    if dtype is not None:
        x = to_type(x, dtypes.numpy_dtype(dtype))
    if x.array.dtype.kind not in "fc":
        raise RuntimeError("linalg.vector_norm: Expected a floating point or complex tensor as input. Got "
                           f"{capital(x.dtype)}")
    if p == "nuc":
        raise NotImplementedError("norm: p='nuc' is linalg.matrix_norm(input, 'nuc')")
    if p is None or p == "fro":
        p = 2.0
    if isinstance(p, str):
        raise RuntimeError(f"norm: p must be a number, 'fro' or 'nuc', got {p!r}")
    p = float(number_of(p, "norm", "p"))
    axes = axes_of(dim, x.array.ndim)
    if (p < 0 or p == math.inf) and 0 in [x.array.shape[d] for d in _all_axes(axes, x.array.ndim)]:
        raise RuntimeError(f"linalg.vector_norm cannot compute the {p:g} norm on an empty tensor because the operation does "
                           "not have an identity")
    if x.array.dtype.kind == "c":
        x = absolute(x)
    if p == math.inf:
        result = rules.amax(absolute(x), axis=axes, keepdims=keepdim)
    elif p == -math.inf:
        result = rules.amin(absolute(x), axis=axes, keepdims=keepdim)
    elif p == 0:
        result = rules.sum(unary.flat(x, function=lambda a: (a != 0).astype(a.dtype)), axis=axes, keepdims=keepdim)
    else:
        result = rules.norm(x, p=p, axis=_all_axes(axes, x.array.ndim), keepdims=keepdim)
    return result if out is None else into(out, result)


def numel(input: Tensor) -> int:
    """The number of elements.

    Shape: any -> an int
    Raises: TypeError where input is not a Tensor.

    >>> import mtorch
    >>> mtorch.numel(mtorch.zeros(2, 3))
    6
    """
    return require_tensor(input, "numel").array.size
