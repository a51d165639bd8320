"""What linear algebra asks of its matrices, and the error it raises where a matrix cannot be inverted or factorized."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from ... import dtypes
from ...autograd.tape import wrap
from ...class_names import ShownAsTorchs
from ..arguments import require_tensor

_CAPITAL = {"int64": "Long", "int32": "Int", "int16": "Short", "int8": "Char", "uint8": "Byte", "bool": "Bool",
            "float16": "Half", "float32": "Float", "float64": "Double", "complex64": "ComplexFloat",
            "complex128": "ComplexDouble"}


class _LinAlgError(RuntimeError, metaclass=ShownAsTorchs):
    """A matrix that is singular, or not positive definite, where it must not be.

    >>> import mtorch
    >>> try: mtorch.linalg.inv(mtorch.zeros(2, 2))
    ... except mtorch.linalg.LinAlgError: print("singular")
    singular
    """

    __module__ = "mtorch._C"                           # where torch has it, and pickle looks it up
    _shown = "torch._C._LinAlgError"


LinAlgError = _LinAlgError


def capital(kind: dtypes.dtype) -> str:
    """The name of a type in torch's errors."""
    return _CAPITAL.get(kind.name, kind.name)


def floats(x, name: str, argument: str = "A"):
    """x, which must be of float32, float64 or complex."""
    x = require_tensor(x, name, argument)
    if x.array.dtype.kind not in "fc":
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {capital(x.dtype)}")
    if x.array.dtype.itemsize < 4:
        raise RuntimeError(f"{name}: Low precision dtypes not supported. Got {capital(x.dtype)}")
    return x


def matrices(x, name: str, argument: str = "A"):
    """x, which must be a matrix or a batch of them, of floats."""
    x = floats(x, name, argument)
    if x.array.ndim < 2:
        raise RuntimeError(f"{name}: The input tensor {argument} must have at least 2 dimensions.")
    return x


def squares(x, name: str, argument: str = "A"):
    """x, which must be a square matrix or a batch of them, of floats."""
    x = matrices(x, name, argument)
    n, m = x.array.shape[-2:]
    if n != m:
        raise RuntimeError(f"{name}: {argument} must be batches of square matrices, but they are {n} by {m} matrices")
    return x


def same_type(name: str, *xs) -> None:
    """All of one dtype."""
    if len({x.array.dtype for x in xs}) > 1:
        raise RuntimeError(f"{name}: Expected tensors of one dtype, got {' and '.join(str(x.dtype) for x in xs)}")


def first_failure(name: str, infos: np.ndarray, message: str, kind: type[RuntimeError] = LinAlgError) -> None:
    """Raise the error for the first matrix whose info is not 0; {info} in the message is that number."""
    failed = np.flatnonzero(infos)
    if failed.size:
        batch = f"(Batch element {failed[0]}): " if infos.ndim else ""
        raise kind(f"{name}: {batch}{message.format(info=int(infos.reshape(-1)[failed[0]]))}") from None


def first_true(mask: np.ndarray) -> np.ndarray:
    """Infos of what was found along the last axis: its first place (from 1), 0 where there is none."""
    if not mask.shape[-1]:
        return np.zeros(mask.shape[:-1], np.int32)
    return np.where(mask.any(-1), mask.argmax(-1) + 1, 0).astype(np.int32)


@contextmanager
def as_ours(name: str) -> Iterator[None]:
    """NumPy's LinAlgError, which is no RuntimeError, as ours, with the operation in front."""
    try:
        yield
    except np.linalg.LinAlgError as error:
        why = str(error)
        if "converge" in why:
            why = ("The algorithm failed to converge because the input matrix is ill-conditioned or has too many repeated "
                   "eigenvalues.")
        raise LinAlgError(f"{name}: {why}") from None


@contextmanager
def singular_values_of(a: np.ndarray) -> Iterator[None]:
    """Around their computation, whatever it is for.  Those of an inf are not asked for: LAPACK may not come back."""
    first_failure("linalg.svd", ~np.isfinite(a).all((-2, -1)), "The algorithm failed to converge because the input matrix "
                  "contained non-finite values.")
    with as_ours("linalg.svd"):
        yield


SINGULAR = ("The diagonal element {info} is zero, the inversion could not be completed because the input matrix is "
            "singular.")
INDEFINITE = ("The factorization could not be completed because the input is not positive-definite (the leading minor "
              "of order {info} is not positive-definite).")


def each_matrix(a: np.ndarray, function, *kinds):
    """The results of a function of one matrix, over a batch: arrays of the given (shape, dtype)."""
    batch = a.shape[:-2]
    outs = [np.zeros(batch + shape, dtype) for shape, dtype in kinds]
    for i in np.ndindex(batch):
        for out, value in zip(outs, function(a[i]), strict=True):
            out[i] = value
    return outs


def lu_factors(a: np.ndarray):
    """LAPACK's getrf: l and u in one matrix, the row exchanged with each (from 0), and which pivot was zero first
    (from 1)."""
    n, m = a.shape[-2:]
    k = min(n, m)
    if not k:
        return a.copy(), np.zeros(a.shape[:-2] + (k,), np.int32), np.zeros(a.shape[:-2], np.int32)
    import scipy.linalg.lapack as lapack
    getrf, = lapack.get_lapack_funcs(("getrf",), (a,))
    return each_matrix(a, getrf, ((n, m), a.dtype), ((k,), np.int32), ((), np.int32))


def lu_infos(a: np.ndarray) -> np.ndarray:
    """0 for an invertible matrix, else which pivot of it is zero (from 1)."""
    return lu_factors(a)[2]


def cholesky_infos(a: np.ndarray) -> np.ndarray:
    """0 for a positive definite matrix, else the order of the first minor that is not."""
    import scipy.linalg.lapack as lapack
    potrf, = lapack.get_lapack_funcs(("potrf",), (a,))
    return each_matrix(a, lambda m: (potrf(m, lower=1)[1],), ((), np.int32))[0]


def as_info(infos: np.ndarray):
    """Infos as the int32 tensor that the functions ending in _ex return."""
    return wrap(np.asarray(infos, np.int32))
