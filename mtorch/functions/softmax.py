"""Softmax: what becomes positive and sums to one along a dimension."""
from __future__ import annotations

from typing import TYPE_CHECKING

from .. import dtypes
from ..ops import reduction as rules
from .arguments import axis_of, numpy_names, of_real_numbers, require_tensor, to_type
from .output import into
from .reduction import capital

if TYPE_CHECKING:
    from ..tensor import Tensor


@of_real_numbers
@numpy_names
def softmax(input: Tensor, dim: int | None = None, dtype: dtypes.dtype | None = None, *, out: Tensor | None = None,
            _stacklevel: int = 3) -> Tensor:
    """e^x / sum e^x over dim: positive numbers that sum to 1.

    dim: the dimension; it must be given
    dtype: the type to compute in, and of the result

    Shape: any -> the same
    Raises: TypeError where dim is missing or input is not a Tensor; IndexError for a dim outside [-input.dim(),
        input.dim()); NotImplementedError for integers and bools without dtype.
    Source: Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs".

    >>> import mtorch
    >>> mtorch.softmax(mtorch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    x = _normalised(input, dim, dtype, "softmax")
    result = rules.softmax(x, axis=axis_of(dim, x.array.ndim)) if x.array.ndim else softmax(x.reshape(1), 0).reshape(())
    return result if out is None else into(out, result)


@of_real_numbers
@numpy_names
def log_softmax(input: Tensor, dim: int | None = None, dtype: dtypes.dtype | None = None, *, out: Tensor | None = None,
                _stacklevel: int = 3) -> Tensor:
    """x - log sum e^x over dim: the logarithm of softmax, without overflow.

    Arguments, shape and errors as for `softmax`.

    >>> import mtorch
    >>> mtorch.log_softmax(mtorch.tensor([0.0, 0.0]), dim=0)
    tensor([-0.6931, -0.6931])
    """
    x = _normalised(input, dim, dtype, "log_softmax")
    result = rules.log_softmax(x, axis=axis_of(dim, x.array.ndim)) if x.array.ndim else \
        log_softmax(x.reshape(1), 0).reshape(())
    return result if out is None else into(out, result)


def _normalised(input, dim, dtype, name):
    x = require_tensor(input, name)
    if dim is None:
        raise TypeError(f"{name}() missing 1 required positional arguments: \"dim\"")
    if dtype is not None:
        x = to_type(x, dtypes.numpy_dtype(dtype))
    if x.array.dtype.kind not in "fc":
        raise NotImplementedError(f'"{name}_lastdim_kernel_impl" not implemented for \'{capital(x.dtype)}\'')
    axis_of(dim, x.array.ndim)
    return x
