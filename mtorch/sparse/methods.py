"""What else sparse tensors compute: functions that leave a zero a zero, parts of them, and several put together."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.tape import wrap
from ..functions import joining
from ..functions.arguments import axis_of
from ..torch_function import DisableTorchFunctionSubclass, begin

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .tensor import SparseTensor

_OF_VALUES = """
    abs asin asinh atan atanh ceil deg2rad erf erfinv expm1 floor frac log1p nan_to_num neg positive rad2deg relu round sgn sign
    sin sinh sqrt square tan tanh trunc
""".split()                              # f(0) = 0
_AS_FUNCTIONS = {name: name for name in (*_OF_VALUES, "pow", "norm", "index_select", "permute", "transpose", "t", "sum", "mul",
                                         "add", "sub", "div", "clone")}
_AS_FUNCTIONS |= {"absolute": "abs", "negative": "neg", "multiply": "mul", "swapaxes": "transpose", "swapdims": "transpose",
                  "subtract": "sub", "divide": "div", "true_divide": "div"}
_OF_DENSE = ("add", "add_", "sub", "sub_", "subtract", "subtract_", "__iadd__", "__isub__")     # that take a sparse operand


class Methods:
    """The part of SparseTensor that is made of its places and values."""

    __slots__ = ()

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any: ...

    def pow(self, exponent: float) -> SparseTensor:
        """Each value to the power of a number that is not 0.

        Raises: RuntimeError for 0, which would make ones of the zeros.
        """
        if exponent == 0:
            raise RuntimeError("pow: cannot raise to zeroth power on sparse tensor; it would make the result tensor dense")
        each = _each_once(self)
        return each._with(each._elements ** exponent)

    __pow__ = pow

    def norm(self, p: Any = 2) -> Tensor:
        """The norm of all elements: of the values."""
        return _each_once(self)._elements.norm(p)

    def permute(self, *dims: Any) -> SparseTensor:
        """The dimensions that indices stand for in another order."""
        order = [axis_of(d, self.dim()) for d in (dims[0] if isinstance(dims[0], (tuple, list)) else dims)]
        sparse = self.sparse_dim()
        if sorted(order) != list(range(self.dim())) or order[sparse:] != list(range(sparse, self.dim())):
            raise RuntimeError(f"permute: expected the sparse dimensions in another order, each once, got {dims}")
        return self._made(self._places[order[:sparse]], self._elements, [self._size[d] for d in order])

    mT = property(lambda self: self.transpose(-2, -1), doc="A matrix with rows and columns exchanged.")

    def index_select(self, dim: int, index: Tensor) -> SparseTensor:
        """Those slices along dim that index names, in its order."""
        d, wanted = axis_of(dim, self.dim()), np.atleast_1d(index.array)
        if wanted.size and not 0 <= wanted.min() <= wanted.max() < self._size[d]:
            raise IndexError(f"index_select(): index out of range for dimension {dim} of size {self._size[d]}")
        size = [len(wanted) if i == d else n for i, n in enumerate(self._size)]
        if d >= self.sparse_dim():
            return self._made(self._places, self._elements.index_select(d - self.sparse_dim() + 1, index), size)
        order = np.argsort(self._places[d], kind="stable")
        found = self._places[d][order]
        starts, ends = np.searchsorted(found, wanted), np.searchsorted(found, wanted, side="right")
        taken = np.concatenate([order[a:b] for a, b in zip(starts, ends, strict=True)]) if wanted.size else order[:0]
        places = self._places[:, taken]
        places[d] = np.repeat(np.arange(len(wanted)), ends - starts)
        picked = self._made(places, self._elements[wrap(taken)], size)
        return picked.coalesce() if self._coalesced else picked

    def __getitem__(self, key: Any) -> Any:
        x: Any = self
        dim = 0
        for part in key if isinstance(key, tuple) else (key,):
            if isinstance(part, slice) and part == slice(None):
                dim += 1
            elif isinstance(part, (int, np.integer)):
                x = _selected(x, dim, int(part))
            else:
                raise NotImplementedError("sparse tensors are indexed by numbers and : alone; use index_select, or call "
                                          ".to_dense() first")
        return x

    def copy_(self, src: SparseTensor, non_blocking: bool = False) -> Any:
        """Take over the places and values of a sparse tensor of the same size, the values in this one's type."""
        if getattr(src, "layout", None) != self.layout:
            raise RuntimeError("copy_() between dense and sparse Tensors is not implemented! Found self type = "
                               f"{self.layout} and src type = {getattr(src, 'layout', type(src).__name__)}")
        if src._size != self._size:
            raise RuntimeError(f"copy_: expected a tensor of size {list(self._size)}, got {list(src._size)}")
        return self._become(src.detach().clone().to(self.dtype))

    def _become(self, twin: Any) -> Any:
        """Take over all that another one is."""
        for name in ("_places", "_elements", "_coalesced", "_pattern", "_crow", "_columns"):
            if hasattr(twin, name):
                setattr(self, name, getattr(twin, name))
        return self

    def mul_(self, other: Any) -> Any:
        """Each value times a number, in place."""
        self._elements.mul_(other)
        return self

    def div_(self, other: Any) -> Any:
        """Each value by a number, in place."""
        self._elements.div_(other)
        return self

    def neg_(self) -> Any:
        """Each value's negative, in place."""
        self._elements.neg_()
        return self

    def zero_(self) -> Any:
        """No places and no values any more."""
        return self._become(self._made(self._places[:, :0], self._elements.detach()[:0], self._size))

    def add_(self, other: SparseTensor, *, alpha: Any = 1) -> Any:
        """Take on the sum with alpha times another sparse tensor of the same size."""
        return self._become(self.add(other, alpha=alpha).to(self.dtype))

    def sub_(self, other: SparseTensor, *, alpha: Any = 1) -> Any:
        """Take on what is left without alpha times another sparse tensor of the same size."""
        return self.add_(other, alpha=-alpha)

    def __len__(self) -> int:
        return self._size[0]


def _each_once(x: Any) -> Any:
    return x if x._coalesced else x.coalesce()


def _method(name: str) -> Callable:
    def method(self: Any) -> Any:
        each = _each_once(self)
        return each._with(getattr(each._elements, name)())
    method.__name__ = name
    method.__doc__ = f"`{name}` of each value; a zero stays a zero."
    return method


for _name in _OF_VALUES:
    setattr(Methods, _name, _method(_name))


def _selected(x: Any, dim: int, index: int) -> Any:
    """x at one index of a dimension that indices stand for; dense where no such dimension is left."""
    if not -x._size[dim] <= index < x._size[dim]:
        raise IndexError(f"select(): index {index} out of range for tensor of size {list(x._size)} at dimension {dim}")
    at = np.flatnonzero(x._places[dim] == index % x._size[dim])
    values = x._elements[wrap(at)]
    left = np.delete(x._places[:, at], dim, 0)
    return x._made(left, values, [n for i, n in enumerate(x._size) if i != dim]) if len(left) else values.sum(0)


def multiplied(a: Any, b: Any) -> Any:
    """The product, element by element, of two sparse tensors: it has the places that both have."""
    if a._size != b._size or a.sparse_dim() != b.sparse_dim():
        raise RuntimeError(f"mul: expected sparse tensors of one size, got {list(a._size)} and {list(b._size)}")
    a, b = _each_once(a), _each_once(b)
    sizes = a._size[:a.sparse_dim()]
    flat = [np.ravel_multi_index(tuple(x._places), sizes) if x._nnz() else np.zeros(0, np.int64) for x in (a, b)]
    _, i, j = np.intersect1d(flat[0], flat[1], assume_unique=True, return_indices=True)
    product = a._made(a._places[:, i], a._elements[wrap(i)] * b._elements[wrap(j)], a._size)
    product._coalesced = True
    return product


def cat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Sparse tensors one after the other along a dimension that indices stand for."""
    first = tensors[0]
    d = axis_of(dim, first.dim())
    if any(getattr(x, "layout", None) != first.layout or x.sparse_dim() != first.sparse_dim() for x in tensors):
        raise RuntimeError("cat: expected sparse tensors of one layout alone")
    if any(n != m for x in tensors for i, (n, m) in enumerate(zip(x._size, first._size, strict=True)) if i != d):
        raise RuntimeError(f"cat: all tensors must have the same sizes but in dimension {dim}, got "
                           f"{[list(x._size) for x in tensors]}")
    if d >= first.sparse_dim():
        raise NotImplementedError("cat: sparse tensors are put together along their sparse dimensions only")
    starts = np.cumsum([0, *(x._size[d] for x in tensors)])
    places = np.concatenate([x._places for x in tensors], 1)
    places[d] += np.repeat(starts[:-1], [x._nnz() for x in tensors])
    size = [int(starts[-1]) if i == d else n for i, n in enumerate(first._size)]
    return first._made(places, joining.cat([x._elements for x in tensors]), size)


def answer(cls: type, func: Callable, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
    """What a public function does that is called with a sparse tensor: what the method of its name does."""
    kwargs, name = kwargs or {}, func.__name__
    if not getattr(func, "public_name", "").startswith("torch.sparse."):
        if name in ("cat", "concat", "concatenate") and "out" not in kwargs:
            return cat(*args, **kwargs)
        if name in _AS_FUNCTIONS and args and "out" not in kwargs:
            if hasattr(args[0], "_places"):
                return getattr(args[0], _AS_FUNCTIONS[name])(*args[1:], **kwargs)
            if _AS_FUNCTIONS[name] == "mul" and len(args) == 2 and hasattr(args[1], "_places"):
                return args[1] * args[0]
            if name in _OF_DENSE:
                args, kwargs = _made_dense(args, kwargs)
    with DisableTorchFunctionSubclass():
        return func(*args, **kwargs)


def _made_dense(args: tuple, kwargs: dict) -> tuple[tuple, dict]:
    """The arguments of a sum, the sparse ones dense: it has all places in any case."""
    def dense(x: Any) -> Any:
        return x.to_dense() if hasattr(x, "_places") else x
    return tuple(map(dense, args)), {name: dense(x) for name, x in kwargs.items()}


def _taking_sparse(method: Callable) -> Callable:
    @wraps(method)
    def call(t: Tensor, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = _made_dense(args, kwargs)
        return method(t, *args, **kwargs)
    return call


@cache
def be_asked(cls: Any) -> None:
    """From the first sparse tensor on public functions ask whether they are given one, and sums of dense ones take it."""
    begin()
    cls.__torch_function__ = classmethod(answer)
    plain = cls.__mro__[2]                                 # Tensor, after the parts of a SparseTensor
    for name in _OF_DENSE:
        setattr(plain, name, _taking_sparse(getattr(plain, name)))
