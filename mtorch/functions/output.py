"""Results that go where the caller says: `out=`."""
from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .. import dtypes
from ..autograd.tape import TensorBase
from ..autograd.stamps import mark_written
from ..strides import overlaps
from ..caller import program_line


def into(out: Any, result: Any, *, resizing: bool = False) -> Any:
    """Write a result to the tensor (or the tensors) that the caller gave as `out=`, which takes its shape.

    resizing: without the warning that torch gives where there were elements; functions that make tensors have none
    """
    if isinstance(out, (tuple, list)):
        for o, r in zip(out, result):
            into(o, r, resizing=resizing)
        return out
    if isinstance(result, tuple):
        raise TypeError(f"argument 'out' must be tuple of Tensors, not {type(out).__name__}")
    if not isinstance(out, TensorBase):
        raise TypeError(f"argument 'out' must be Tensor, not {type(out).__name__}")
    if out._requires_grad or result._requires_grad:
        raise RuntimeError("functions with out=... arguments don't support automatic differentiation, but one of the "
                           "arguments requires grad.")
    if dtypes.of(result.array.dtype).category > dtypes.of(out.array.dtype).category:
        raise RuntimeError(f"result type {dtypes.of(result.array.dtype).name} can't be cast to the desired output type "
                           f"{dtypes.of(out.array.dtype).name}")
    if out.array.shape != result.array.shape:
        if out.array.size and not resizing:
            warnings.warn("An output with one or more elements was resized since it had shape "
                          f"{list(out.array.shape)}, which does not match the required output shape "
                          f"{list(result.array.shape)}. This behavior is deprecated, and in a future PyTorch release outputs "
                          "will not be resized unless they have zero elements. You can explicitly reuse an out tensor t by "
                          "resizing it, inplace, to zero elements with t.resize_(0).", UserWarning, stacklevel=program_line())
        out.array = np.empty(result.array.shape, out.array.dtype)
    elif not out.array.flags.forc and overlaps(out.array):
        raise RuntimeError("unsupported operation: more than one element of the written-to tensor refers to a single memory "
                           "location. Please clone() the tensor before performing the operation.")
    out.array[...] = result.array
    mark_written(out.array)
    return out
