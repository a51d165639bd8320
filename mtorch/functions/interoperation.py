"""NumPy's functions on Tensors.

`np.exp(t)` is `mtorch.exp(t)`: recorded, and a Tensor.  NumPy's other functions (`np.stack`, `np.mean`) take a Tensor
as torch has them take it, as an array; where NumPy hands torch the result back (`np.round`), it is a Tensor.  While a
rule is being replayed (autograd/replay.py) the few that rules use are recorded as well: that is how one rule serves
arrays and Tensors.
"""
from __future__ import annotations

import numpy as np

from ..autograd.mode import mode
from ..autograd.tape import TensorBase, wrap
from ..ops import elementwise as unary, shape as shape_rules
from . import arithmetic, comparison, elementwise, joining, matrix, rearranging, shape, transcendental as t
from .arguments import NUMBERS

_UFUNCS = {
    np.add: arithmetic.plus, np.subtract: arithmetic.minus_checked, np.multiply: arithmetic.times,
    np.divide: arithmetic.over, np.floor_divide: arithmetic.floor_divide, np.remainder: arithmetic.remainder,
    np.fmod: arithmetic.fmod, np.power: arithmetic.pow, np.float_power: arithmetic.float_power,
    np.maximum: lambda a, b: arithmetic.maximum(*_both(a, b)), np.minimum: lambda a,
    b: arithmetic.minimum(*_both(a, b)), np.fmax: lambda a, b: arithmetic.fmax(*_both(a, b)), np.fmin: lambda a,
    b: arithmetic.fmin(*_both(a, b)), np.arctan2: lambda a, b: arithmetic.atan2(*_both(a, b)),
    np.hypot: lambda a, b: arithmetic.hypot(*_both(a, b)),
    np.copysign: lambda a, b: arithmetic.copysign(*_both(a, b)),
    np.logaddexp: lambda a, b: arithmetic.logaddexp(*_both(a, b)),
    np.logaddexp2: lambda a, b: arithmetic.logaddexp2(*_both(a, b)),
    np.matmul: matrix.matmul, np.negative: elementwise.neg, np.positive: elementwise.positive,
    np.absolute: elementwise.abs, np.square: elementwise.square, np.sign: elementwise.sign, np.floor: elementwise.floor,
    np.ceil: elementwise.ceil, np.trunc: elementwise.trunc, np.rint: elementwise.round,
    np.exp: t.exp, np.exp2: t.exp2, np.expm1: t.expm1, np.log: t.log, np.log2: t.log2, np.log10: t.log10,
    np.log1p: t.log1p, np.sqrt: t.sqrt, np.reciprocal: t.reciprocal, np.sin: t.sin, np.cos: t.cos, np.tan: t.tan,
    np.arcsin: t.asin, np.arccos: t.acos, np.arctan: t.atan, np.sinh: t.sinh, np.cosh: t.cosh, np.tanh: t.tanh,
    np.arcsinh: t.asinh, np.arccosh: t.acosh, np.arctanh: t.atanh,
    np.equal: lambda a, b: comparison.eq(*_both(a, b)), np.not_equal: lambda a, b: comparison.ne(*_both(a, b)),
    np.less: lambda a, b: comparison.lt(*_both(a, b)), np.less_equal: lambda a, b: comparison.le(*_both(a, b)),
    np.greater: lambda a, b: comparison.gt(*_both(a, b)), np.greater_equal: lambda a, b: comparison.ge(*_both(a, b)),
    np.isnan: comparison.isnan, np.isinf: comparison.isinf, np.isfinite: comparison.isfinite,
    np.logical_and: comparison.logical_and, np.logical_or: comparison.logical_or,
    np.logical_not: comparison.logical_not, np.bitwise_and: comparison.bitwise_and,
    np.bitwise_or: comparison.bitwise_or, np.invert: comparison.bitwise_not,
}


def _both(a, b):
    """Two operands as Tensors: np.maximum(t, 0) is allowed where mtorch.maximum asks for two Tensors."""
    first = a if isinstance(a, TensorBase) else b
    return tuple(x if isinstance(x, TensorBase) else wrap(np.asarray(x, first.array.dtype if np.ndim(x) == 0 else None))
                 for x in (a, b))


def numpy_ufunc(self, ufunc, method, *args, **kwargs):
    """What NumPy calls for np.exp(t), array + t and the like.

    NumPy computes it, as for torch: np.exp of integers is float64. But of a Tensor that requires grad it is recorded here,
    which torch refuses; and a number beside a Tensor has no type of its own, as np.float64(2) * t comes this way too.
    """
    function = _UFUNCS.get(ufunc)
    if method == "__call__" and function is not None and not kwargs and (mode.replaying or _of_numbers_or_recorded(args)):
        args = tuple(wrap(a) if isinstance(a, np.ndarray) else a for a in args)
        return function(*args)
    if any(isinstance(a, TensorBase) and a._requires_grad for a in args):
        raise RuntimeError(f"np.{ufunc.__name__} has no gradient here: it was called on a Tensor that requires grad. "
                           "Use tensor.detach().numpy() instead.")
    out = kwargs.pop("out", None)
    if out is not None:
        kwargs["out"] = tuple(o.array if isinstance(o, TensorBase) else o for o in out)
    result = getattr(ufunc, method)(*(a.array if isinstance(a, TensorBase) else a for a in args), **kwargs)
    return tuple(wrap(r) for r in result) if isinstance(result, tuple) else wrap(result)


def _of_numbers_or_recorded(args) -> bool:
    for x in args:
        if x._requires_grad if isinstance(x, TensorBase) else isinstance(x, NUMBERS):
            return True
    return False


def _where(condition, a, b):
    condition = condition.array if isinstance(condition, TensorBase) else condition
    return arithmetic.where(wrap(condition), a, b)


_REPLAYED = {
    np.where: _where,
    np.swapaxes: shape.transpose,
    np.expand_dims: shape.unsqueeze,
    np.squeeze: shape.squeeze,
    np.concatenate: lambda xs, axis=0: joining.cat(_tensors(xs), axis),
    np.stack: lambda xs, axis=0: joining.stack(_tensors(xs), axis),
    np.transpose: lambda a, axes=None: shape_rules.permute(
        a, dims=tuple(range(a.array.ndim))[::-1] if axes is None else tuple(axes)),
    np.reshape: lambda a, shape_: shape.reshape(a, shape_),
    np.broadcast_to: shape.expand,
    np.moveaxis: shape.movedim,
    np.flip: lambda a, axis: rearranging.flip(a, axis),
    np.sum: lambda a, **k: a.sum(**k),
    np.zeros_like: lambda a: wrap(np.zeros_like(a.array)),
    np.ones_like: lambda a: wrap(np.ones_like(a.array)),
    np.clip: lambda a, low, high: elementwise.clamp(a, low, high),
    np.copy: unary.clone,
    np.sinc: t.sinc,
}


# What NumPy asks of an array by a method: torch gets the result back and makes a Tensor of it.
_GIVE_TENSORS = {np.round, np.around, np.fix, np.clip, np.argmax, np.argmin, np.argsort, np.cumsum, np.cumprod, np.reshape,
                 np.transpose, np.repeat, np.take, np.ptp, np.searchsorted, np.argpartition,
                 np.real, np.imag, np.linalg.inv, np.linalg.pinv, np.linalg.solve, np.linalg.cholesky}
_RECORDED = {np.squeeze, np.swapaxes}                  # these call torch's own


def _tensors(xs):
    return [x if isinstance(x, TensorBase) else wrap(np.asarray(x)) for x in xs]


def numpy_function(self, function, types, args, kwargs):
    """What NumPy calls for its other functions."""
    if mode.replaying or function in _RECORDED and isinstance(args[0], TensorBase):
        ours = _REPLAYED.get(function)
        if ours is None:
            raise NotImplementedError(f"a rule under replay called np.{function.__name__}, which is not recorded")
        return ours(*args, **kwargs)
    result = function(*_as_arrays(args), **_as_arrays(kwargs))
    return wrap(result) if function in _GIVE_TENSORS and args and isinstance(args[0], TensorBase) else result


def _as_arrays(x):
    """Nested arguments with each Tensor replaced by its array; one that requires grad is torch's error."""
    if isinstance(x, TensorBase):
        return x.numpy()
    if isinstance(x, tuple):
        return tuple(_as_arrays(a) for a in x)
    if isinstance(x, list):
        return [_as_arrays(a) for a in x]
    if isinstance(x, dict):
        return {k: _as_arrays(v) for k, v in x.items()}
    return x
