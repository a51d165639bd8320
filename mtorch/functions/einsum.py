"""Sums of products: einsum, tensordot, and the products that are named."""
from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from ..autograd.naming import shown_as
from ..autograd.tape import TensorBase
from ..ops.contraction import contraction
from .arguments import axis_of, require_tensor, result_type_of, to_type, whole_number
from .output import into

if TYPE_CHECKING:
    from ..tensor import Tensor

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"      # the module string would be loaded at start-up for it


def einsum(*args: Any) -> Tensor:
    """The sum of products that an equation names: "ik,kj->ij" is a matrix product.

    args: the equation and the tensors, einsum("ij,j", a, b) or einsum("ij,j", [a, b]); or each tensor with a list of
        numbers below 52 for its dimensions, and at the end those of the result if you like: einsum(a, [0, 1], b, [1],
        [0])

    Letters, small and capital, name dimensions, in order, of each operand; the products are summed over those missing
        behind ->. Without -> the result has the letters that occur once, in the order of the alphabet. "..." stands for
        dimensions without a name, which broadcast; a letter twice in one operand means its diagonal.

    Shape: one letter, one size (or 1) -> the sizes of the letters behind ->.
    Raises: ValueError without operands, and for a number not below 52; TypeError for what is no equation or no tensor;
        RuntimeError for an equation that does not fit the operands: their number, their dimensions, their sizes, its
        letters; and for two operands of different types, if something is summed.
    Source: Einstein, "Die Grundlage der allgemeinen Relativitätstheorie", Annalen der Physik 354, 1916, section 5

    >>> import mtorch
    >>> a = mtorch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> mtorch.einsum("ij,ij->i", a, a)
    tensor([ 5., 25.])
    """
    if not args:
        raise ValueError("einsum(): must specify the equation string and at least one operand, or at least one "
                         "operand and its subscripts list")
    equation: str
    operands: tuple
    if isinstance(args[0], TensorBase):
        equation, operands = _from_lists(args)
    else:
        if not isinstance(args[0], str):
            raise TypeError(f"einsum(): argument 'equation' must be str, not {type(args[0]).__name__}")
        equation, operands = args[0], args[1:]
        if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
            operands = tuple(operands[0])
    if not operands:
        raise ValueError("einsum(): must specify at least one operand beside the equation")
    xs: Any = [require_tensor(x, "einsum", "operands") for x in operands]
    inputs: Any
    inputs, output = _parsed(equation.replace(" ", ""), tuple([x.array.ndim for x in xs]))
    kind = result_type_of(*xs)
    if len(xs) == 2 and xs[0].dtype is not xs[1].dtype and set("".join(inputs)) - set(output):
        raise RuntimeError(f"einsum(): the operands of a sum of products must have the same dtype, got {xs[0].dtype} and "
                           f"{xs[1].dtype}")
    xs = [to_type(x, kind) for x in xs]
    xs, inputs = zip(*(_without_repeats(x, names) for x, names in zip(xs, inputs)))
    sizes: dict[str, int] = {}
    for x, names in zip(xs, inputs):
        for c, n in zip(names, x.array.shape):
            if sizes.setdefault(c, n) != n and 1 not in (n, sizes[c]):
                raise RuntimeError(f"einsum(): subscript {c} has size {n} for one operand which does not broadcast "
                                   f"with previously seen size {sizes[c]}")
            sizes[c] = max(sizes[c], n) if sizes[c] != 0 and n != 0 else 0
    if len(xs) == 1:
        return _rearranged(xs[0], inputs[0], output)
    shapes = [tuple([sizes[c] for c in names]) for names in inputs]
    xs = [x if x.array.shape == shape else x.expand(shape) for x, shape in zip(xs, shapes)]
    return contraction(*xs, inputs=tuple(inputs), output=output)


def _rearranged(x, names: str, output: str):
    """One operand with its axes as in the output: a view, unless some are summed."""
    summed = [c for c in names if c not in output]
    x = x.permute([names.index(c) for c in (*output, *summed)])
    return x.sum(tuple(range(len(output), len(names)))) if summed else x


def _from_lists(args):
    operands, lists = args[0::2], args[1::2]
    out = None
    if len(args) % 2:
        operands, out = args[0:-1:2], args[-1]
    letters = _LETTERS

    def text(items):
        for i in items:
            if i is not Ellipsis and not 0 <= whole_number(i, "einsum", "a subscript in a list") < 52:
                raise ValueError(f"einsum(): subscript {i} in a subscript list is not within the valid range [0, 52)")
        return "".join("..." if i is Ellipsis else letters[i] for i in items)
    equation = ",".join(text(x) for x in lists[:len(operands)])
    return equation + ("" if out is None else "->" + text(out)), tuple(operands)


@functools.lru_cache(1024)
def _parsed(equation: str, ndims: tuple[int, ...]) -> tuple[tuple[str, ...], str]:
    """The names of each operand's dimensions and of the output's, '...' written out."""
    left, arrow, right = equation.partition("->")
    parts = left.split(",")
    if len(parts) != len(ndims):
        raise RuntimeError(f"einsum(): {'more' if len(ndims) > len(parts) else 'fewer'} operands were provided than "
                           f"specified in the equation: {len(ndims)} for {left!r}")
    free = [c for c in _LETTERS if c not in equation]
    hidden = max([ndim - len(p.replace("...", "")) for p, ndim in zip(parts, ndims) if "..." in p], default=0)
    dots = "".join(free[:hidden])
    inputs = []
    for p, ndim in zip(parts, ndims):
        named = p.replace("...", "")
        if any(c not in _LETTERS for c in named):
            raise RuntimeError(f"einsum(): invalid subscript given in {p!r}, subscripts must be in [a-zA-Z]")
        if "..." not in p and len(named) != ndim or len(named) > ndim:
            raise RuntimeError(f"einsum(): the number of subscripts in the equation ({len(named)}) does not match the "
                               f"number of dimensions ({ndim}) for an operand"
                               + (" and no ellipsis was given" if "..." not in p else ""))
        inputs.append(p.replace("...", dots[len(dots) - (ndim - len(named)):] if hidden else ""))
    if arrow:
        if right.count("...") > 1 or right.replace("...", "").count("."):
            raise RuntimeError("einsum(): found '.' for output that is not part of any ellipsis (...)")
        output = right.replace("...", dots)
        if len(set(output)) != len(output):
            raise RuntimeError(f"einsum(): output subscript appears more than once in the output {right!r}")
        for c in output:
            if not any(c in names for names in inputs):
                raise RuntimeError(f"einsum(): output subscript {c} does not appear in the equation for any input "
                                   "operand")
    else:
        joined = "".join(inputs)
        output = dots + "".join(sorted(c for c in set(joined) if joined.count(c) == 1 and c not in dots))
    return tuple(inputs), output


def _without_repeats(x, names: str):
    """A name that occurs twice in one operand means its diagonal."""
    if len(set(names)) == len(names):
        return x, names
    for c in dict.fromkeys(names):
        while names.count(c) > 1:
            first = names.index(c)
            second = names.index(c, first + 1)
            if x.array.shape[first] != x.array.shape[second]:
                raise RuntimeError(f"einsum(): subscript {c} is repeated for an operand but the sizes don't match, "
                                   f"{x.array.shape[second]} != {x.array.shape[first]}")
            x = x.diagonal(0, first, second)
            names = names[:first] + names[first + 1:second] + names[second + 1:] + c
    return x, names


@shown_as("ViewBackward0")
def tensordot(a: Tensor, b: Tensor, dims: Any = 2, *, out: Tensor | None = None) -> Tensor:
    """The sum of products over the last dims of a and the first of b, or over two given lists of dimensions.

    a, b: the factors, of one type
    dims: how many dimensions, >= 0; or (dimensions of a, dimensions of b), summed in pairs

    Shape: a (..., K...), b (K..., ...) -> what is left of a, then what is left of b.
    Raises: TypeError for what is no tensor; IndexError for a dimension out of range; RuntimeError for two types, lists
        of two lengths, a dimension named twice, sizes that differ, and dims that are neither an int nor two lists.

    >>> import mtorch
    >>> mtorch.tensordot(mtorch.ones(2, 3), mtorch.ones(3, 4), dims=1).shape
    torch.Size([2, 4])
    """
    a, b = require_tensor(a, "tensordot", "a"), require_tensor(b, "tensordot", "b")
    if isinstance(dims, TensorBase):
        dims = dims.array.tolist()
    if isinstance(dims, int):
        if dims < 0 or dims > min(a.array.ndim, b.array.ndim):
            raise RuntimeError(f"tensordot expects dims >= 0 and at most the number of dimensions, but got dims={dims}")
        dims = (list(range(a.array.ndim - dims, a.array.ndim)), list(range(dims)))
    if not isinstance(dims, (list, tuple)) or len(dims) != 2:
        raise RuntimeError(f"tensordot expects dims to be an int or two lists of dimensions, but got dims={dims}")
    left, right = ([axis_of(d, x.array.ndim) for d in ([ds] if isinstance(ds, int) else ds)]
                   for x, ds in zip((a, b), dims))
    if len(left) != len(right):
        raise RuntimeError("tensordot: both dimension lists should have the same length, got "
                           f"{len(left)} and {len(right)}")
    for axes in (left, right):
        if len(set(axes)) < len(axes):
            raise RuntimeError(f"tensordot: dim {max(axes, key=axes.count)} appears multiple times in the list of dims")
    letters = iter(_LETTERS)
    names_a = [next(letters) for _ in range(a.array.ndim)]
    names_b = [next(letters) for _ in range(b.array.ndim)]
    for i, j in zip(left, right):
        if a.array.shape[i] != b.array.shape[j] and 1 not in (a.array.shape[i], b.array.shape[j]):
            raise RuntimeError(f"contracted dimensions need to match, but first has size {a.array.shape[i]} in dim "
                               f"{i} and second has size {b.array.shape[j]} in dim {j}")
        names_b[j] = names_a[i]
    output = [c for i, c in enumerate(names_a) if i not in left] + [c for j, c in enumerate(names_b) if j not in right]
    if a.dtype is not b.dtype:
        raise RuntimeError(f"tensordot: expected both operands to have the same dtype, got {a.dtype} and {b.dtype}")
    result = einsum(f"{''.join(names_a)},{''.join(names_b)}->{''.join(output)}", a, b)
    return result if out is None else into(out, result)


@shown_as("ViewBackward0")
def inner(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sum of products over the last dimension of both; of a 0-dim tensor, the product.

    Shape: (..., K), (..., K) -> what is left of input, then what is left of other.
    Raises: TypeError for what is no tensor; RuntimeError for last dimensions that differ, and for two types.

    >>> import mtorch
    >>> mtorch.inner(mtorch.tensor([1.0, 2.0]), mtorch.tensor([3.0, 4.0]))
    tensor(11.)
    """
    a, b = require_tensor(input, "inner"), require_tensor(other, "inner", "other")
    if a.array.ndim == 0 or b.array.ndim == 0:
        result = a * b
    elif a.array.shape[-1] != b.array.shape[-1]:
        raise RuntimeError("inner() the last dimension must match on both input tensors but got shapes "
                           f"{list(a.array.shape)} and {list(b.array.shape)}")
    else:
        result = tensordot(a, b, ([-1], [-1]))
    return result if out is None else into(out, result)


def kron(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The Kronecker product: every element of input times the whole of other.

    Shape: (a, b, ...), (c, d, ...) -> (a c, b d, ...); where one has fewer dimensions, 1 stands for the first ones.
    Raises: TypeError for what is no tensor.
    Source: Horn & Johnson, Topics in Matrix Analysis, 1991, section 4.2

    >>> import mtorch
    >>> mtorch.kron(mtorch.eye(2), mtorch.ones(1, 2))
    tensor([[1., 1., 0., 0.],
            [0., 0., 1., 1.]])
    """
    a, b = require_tensor(input, "kron"), require_tensor(other, "kron", "other")
    n = max(a.array.ndim, b.array.ndim)
    sa, sb = (1,) * (n - a.array.ndim) + a.array.shape, (1,) * (n - b.array.ndim) + b.array.shape
    wide_a = a.reshape(tuple(x for s in sa for x in (s, 1)))
    wide_b = b.reshape(tuple(x for s in sb for x in (1, s)))
    result = (wide_a * wide_b).reshape(tuple(x * y for x, y in zip(sa, sb)))
    return result if out is None else into(out, result)


@shown_as("VdotBackward0")
def vdot(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The sum of products of two vectors; of complex ones, input is conjugated.

    Shape: (N,), (N,) -> ().
    Raises: TypeError for what is no tensor; RuntimeError for what is no vector, two lengths and two types.

    >>> import mtorch
    >>> mtorch.vdot(mtorch.tensor([1.0, 2.0]), mtorch.tensor([3.0, 4.0]))
    tensor(11.)
    """
    from .matrix import dot
    require_tensor(input, "vdot")
    require_tensor(other, "vdot", "other")
    return dot(input.conj(), other, out=out)


@shown_as("TraceBackward0")
def trace(input: Tensor) -> Tensor:
    """The sum of the diagonal of a matrix.

    Shape: (N, M) -> ().
    Raises: TypeError for what is no tensor; RuntimeError for what is no matrix.

    >>> import mtorch
    >>> mtorch.trace(mtorch.tensor([[1, 2], [3, 4]]))
    tensor(5)
    """
    x = require_tensor(input, "trace")
    if x.array.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {x.array.ndim}")
    return x.diagonal().sum()


