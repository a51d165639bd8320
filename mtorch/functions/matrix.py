"""Matrix products."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..autograd.naming import shown_as
from .. import dtypes
from ..autograd.tape import TensorBase
from ..ops import arithmetic, matrix as rules
from ..ops.shape import unsafe_view
from .arguments import require_tensor
from .former import factors_first
from .output import into

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Number

factored = factors_first("beta", "alpha")              # torch's former order of addmm and its kin


def _same_type(name, *xs) -> None:
    if xs[0].array.dtype is not xs[1].array.dtype and len({x.dtype for x in xs}) > 1:
        kinds = [_scalar_type(x.dtype) for x in xs]
        raise RuntimeError(f"{name}: expected m1 and m2 to have the same dtype, but got: {kinds[0]} != {kinds[-1]}")


def _scalar_type(d: dtypes.dtype) -> str:
    return {"float32": "float", "float64": "double", "int64": "long int", "int32": "int", "float16": "c10::Half",
            "bfloat16": "c10::BFloat16", "uint8": "unsigned char", "int8": "signed char", "bool": "bool"}.get(d.name, d.name)


def is_sparse(x) -> bool:
    """Whether x is a sparse tensor of any layout: it has no array, and multiplies by a way of its own."""
    return x.is_sparse or x.is_sparse_csr


def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The matrix product; vectors count as rows on the left and columns on the right, leading dimensions are broadcast.

    Shape: (..., N, I) @ (..., I, O) -> (..., N, O); (I) @ (..., I, O) -> (..., O); (..., N, I) @ (I) -> (..., N);
        (I) @ (I) -> ()
    Raises: TypeError where an operand is not a Tensor; RuntimeError where one has no dimension, where the inner sizes
        or the types differ, or leading dimensions do not broadcast.

    >>> import mtorch
    >>> mtorch.matmul(mtorch.tensor([[1.0, 2.0]]), mtorch.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """
    a, b = require_tensor(input, "matmul"), require_tensor(other, "matmul", "other")
    result = a @ b if is_sparse(a) or is_sparse(b) else multiplied(a, b)
    return result if out is None else into(out, result)


def multiplied(a: Any, b: Any) -> Tensor:
    """a @ b, as an operator."""
    if not isinstance(a, TensorBase) or not isinstance(b, TensorBase):
        return NotImplemented
    x, y = a.array, b.array
    na, nb = x.ndim, y.ndim
    if x.dtype is y.dtype and na == 2 and nb == 2 and x.shape[1] == y.shape[0]:      # nearly always
        return rules.mm(a, b)
    _same_type("matmul", a, b)
    if na == 0 or nb == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {na}D and {nb}D")
    inner = y.shape[-2] if nb > 1 else y.shape[0]
    if x.shape[-1] != inner:
        raise RuntimeError(f"mat1 and mat2 shapes cannot be multiplied: {list(x.shape)} @ {list(y.shape)}, the inner "
                           f"sizes {x.shape[-1]} and {inner} differ")
    if nb == 1:
        return rules.dot(a, b) if na == 1 else rules.mv(a, b)
    if na == 1:
        return rules.matmul(a.unsqueeze(0), b).squeeze(-2)
    if nb == 2:                                        # one product instead of one for each leading index
        if not x.size:
            return rules.matmul(a, b)
        return unsafe_view(rules.mm(a.reshape(-1, x.shape[-1]), b), shape=x.shape[:-1] + y.shape[-1:])
    try:
        return rules.matmul(a, b)
    except ValueError:
        raise RuntimeError(f"matmul: the leading dimensions of {list(x.shape)} and {list(y.shape)} do not broadcast") from None


def mm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of two matrices; mat2 is the one on the right.

    Shape: (N, I) @ (I, O) -> (N, O)
    Raises: RuntimeError where one is not a matrix, or the inner sizes or the types differ; others as for `matmul`.

    >>> import mtorch
    >>> mtorch.mm(mtorch.ones(1, 2), mtorch.ones(2, 1))
    tensor([[2.]])
    """
    for name, x in (("self", require_tensor(input, "mm")), ("mat2", require_tensor(mat2, "mm", "mat2"))):
        if x.dim() != 2:
            raise RuntimeError(f"{name} must be a matrix, got shape {list(x.shape)}")
    return matmul(input, mat2, out=out)


@shown_as("BmmBackward0")
def bmm(input: Tensor, mat2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The products of two batches of matrices; mat2 are those on the right.

    Shape: (B, N, I) @ (B, I, O) -> (B, N, O)
    Raises: RuntimeError where one does not have three dimensions, or the sizes or the types do not fit; others as for
        `matmul`.

    >>> import mtorch
    >>> mtorch.bmm(mtorch.ones(3, 1, 2), mtorch.ones(3, 2, 1)).shape
    torch.Size([3, 1, 1])
    """
    a, b = require_tensor(input, "bmm"), require_tensor(mat2, "bmm", "mat2")
    if a.array.ndim != 3 or b.array.ndim != 3:
        raise RuntimeError(f"batch1 and batch2 must be 3D tensors, got {list(a.array.shape)} and {list(b.array.shape)}")
    if a.array.shape[0] != b.array.shape[0] or a.array.shape[2] != b.array.shape[1]:
        raise RuntimeError(f"Expected size for first two dimensions of batch2 tensor to be: [{a.array.shape[0]}, "
                           f"{a.array.shape[2]}] but got: [{b.array.shape[0]}, {b.array.shape[1]}].")
    return matmul(a, b, out=out)


def mv(input: Tensor, vec: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The product of a matrix and the vector vec.

    Shape: (N, I) @ (I) -> (N)
    Raises: RuntimeError where they are not a matrix and a vector, or the sizes or the types differ; others as for
        `matmul`.

    >>> import mtorch
    >>> mtorch.mv(mtorch.ones(2, 3), mtorch.ones(3))
    tensor([3., 3.])
    """
    a, b = require_tensor(input, "mv"), require_tensor(vec, "mv", "vec")
    if a.dim() != 2 or b.dim() != 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {b.dim()}, {a.dim()}, {b.dim()}")
    return matmul(a, b, out=out)


def dot(input: Tensor, tensor: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sum of the products of the elements of two vectors.

    Shape: (I), (I) -> ()
    Raises: RuntimeError where input or tensor is not a vector, or their sizes or types differ; others as for `matmul`.

    >>> import mtorch
    >>> mtorch.dot(mtorch.tensor([1.0, 2.0]), mtorch.tensor([3.0, 4.0]))
    tensor(11.)
    """
    a, b = require_tensor(input, "dot"), require_tensor(tensor, "dot", "tensor")
    if a.array.ndim != 1 or b.array.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {a.array.ndim}D and {b.array.ndim}D tensors")
    if a.array.shape != b.array.shape:
        raise RuntimeError(f"inconsistent tensor size, expected tensor [{a.array.size}] and src [{b.array.size}] to "
                           "have the same number of elements")
    if a.dtype is not b.dtype:
        raise RuntimeError(f"dot : expected both vectors to have same dtype, but found {_scalar_type(a.dtype)} and "
                           f"{_scalar_type(b.dtype)}")
    return matmul(a, b, out=out)


def _plus_product(name, input, product, beta, alpha, out):
    if product.array.dtype.kind in "iu":               # as torch: the factors become integers too
        beta, alpha = int(beta), int(alpha)
    if alpha != 1:
        product = product * alpha
    result = _added(name, product, _times(beta, input))
    if input.dtype is not product.dtype:
        raise RuntimeError(f"{name}: input must have the same dtype as the product, got {input.dtype} and "
                           f"{product.dtype}")
    return result if out is None else into(out, result)


def _times(beta, x):
    """beta x; for 0, nan and inf in x do not count: only its history does.  None where there is nothing to add."""
    if beta == 0:
        return arithmetic.masked_fill(x, 0.0, mask=True) if x._requires_grad else None
    return x if beta == 1 else x * beta


def _added(name, product, input):
    """product + input, which must have the product's shape or broadcast to it."""
    if input is None:
        return product
    try:
        result = product + input
    except RuntimeError:
        result = None
    if result is None or result.array.shape != product.array.shape:
        raise RuntimeError(f"{name}: input of shape {list(input.array.shape)} does not broadcast to the product's "
                           f"{list(product.array.shape)}")
    return result


@factored
@shown_as("AddmmBackward0")
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: Number = 1, alpha: Number = 1,
          out: Tensor | None = None) -> Tensor:
    """beta * input + alpha * mat1 @ mat2, of matrices.

    beta, alpha: numbers, made whole for integer tensors; where beta is 0, nan and inf in input do not count

    Shape: input broadcasts to (N, O), mat1 (N, I), mat2 (I, O) -> (N, O)
    Raises: RuntimeError where input does not broadcast to the product or is of another type; others as for `mm`.

    >>> import mtorch
    >>> mtorch.addmm(mtorch.ones(1), mtorch.ones(1, 2), mtorch.ones(2, 1))
    tensor([[3.]])
    """
    return _plus_product("addmm", require_tensor(input, "addmm"), mm(mat1, mat2), beta, alpha, out)


@factored
@shown_as("AddmvBackward0")
def addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: Number = 1, alpha: Number = 1,
          out: Tensor | None = None) -> Tensor:
    """beta * input + alpha * mat @ vec; beta and alpha as for `addmm`.

    Shape: input broadcasts to (N), mat (N, I), vec (I) -> (N)
    Raises: RuntimeError where input does not broadcast to the product or is of another type; others as for `mv`.

    >>> import mtorch
    >>> mtorch.addmv(mtorch.ones(1), mtorch.ones(1, 2), mtorch.ones(2))
    tensor([3.])
    """
    return _plus_product("addmv", require_tensor(input, "addmv"), mv(mat, vec), beta, alpha, out)


@factored
@shown_as("BaddbmmBackward0")
def baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1,
            out: Tensor | None = None) -> Tensor:
    """beta * input + alpha * batch1 @ batch2, of batches of matrices; beta and alpha as for `addmm`.

    Shape: input broadcasts to (B, N, O), batch1 (B, N, I), batch2 (B, I, O) -> (B, N, O)
    Raises: RuntimeError where input does not broadcast to the product or is of another type; others as for `bmm`.

    >>> import mtorch
    >>> mtorch.baddbmm(mtorch.ones(1), mtorch.ones(2, 1, 2), mtorch.ones(2, 2, 1)).shape
    torch.Size([2, 1, 1])
    """
    return _plus_product("baddbmm", require_tensor(input, "baddbmm"), bmm(batch1, batch2), beta, alpha, out)


@factored
@shown_as("AddbmmBackward0")
def addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: Number = 1, alpha: Number = 1,
           out: Tensor | None = None) -> Tensor:
    """beta * input + alpha * (the sum of batch1 @ batch2 over the batch); beta and alpha as for `addmm`.

    Shape: input broadcasts to (N, O), batch1 (B, N, I), batch2 (B, I, O) -> (N, O)
    Raises: RuntimeError where input does not broadcast to the sum or is of another type; others as for `bmm`.

    >>> import mtorch
    >>> mtorch.addbmm(mtorch.ones(1), mtorch.ones(2, 1, 2), mtorch.ones(2, 2, 1))
    tensor([[5.]])
    """
    return _plus_product("addbmm", require_tensor(input, "addbmm"), bmm(batch1, batch2).sum(0), beta, alpha, out)


def outer(input: Tensor, vec2: Tensor, *, out: Tensor | None = None) -> Tensor:
    """All products of an element of the vector input and one of the vector vec2.

    Shape: (N), (M) -> (N, M)
    Raises: TypeError where one is not a Tensor; RuntimeError where one is not a vector.

    >>> import mtorch
    >>> mtorch.outer(mtorch.tensor([1, 2]), mtorch.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])
    """
    a, b = require_tensor(input, "outer"), require_tensor(vec2, "outer", "vec2")
    if a.array.ndim != 1 or b.array.ndim != 1:
        raise RuntimeError(f"outer: Expected 1-D arguments, but got {a.array.ndim}-D and {b.array.ndim}-D")
    result = a.unsqueeze(1) * b
    return result if out is None else into(out, result)


ger = outer


@factored
@shown_as("AddrBackward0")
def addr(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: Number = 1, alpha: Number = 1,
         out: Tensor | None = None) -> Tensor:
    """beta * input + alpha * outer(vec1, vec2).

    beta, alpha: numbers; where beta is 0, nan and inf in input do not count

    Shape: input broadcasts to (N, M), vec1 (N), vec2 (M) -> (N, M)
    Raises: RuntimeError where input does not broadcast to the product; others as for `outer`.

    >>> import mtorch
    >>> mtorch.addr(mtorch.zeros(1), mtorch.tensor([2.0]), mtorch.tensor([3.0]))
    tensor([[6.]])
    """
    x, product = require_tensor(input, "addr"), outer(vec1, vec2)
    product = product * alpha if alpha != 1 else product
    result = _added("addr", product, _times(beta, x))
    return result if out is None else into(out, result)
