"""In-place forms that change what a tensor is, not only its numbers: its shape, its size; and those that call Python.

`x.unsqueeze_(0)` gives x itself another shape over the same memory.  For autograd x is from then on the result of
unsqueeze, as in torch; other tensors that are views of x are from then on views of a tensor that is what x was.
"""
from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.mode import mode
from ..autograd.tape import TensorBase, wrap
from ..autograd.stamps import mark_written
from ..autograd.views import is_view
from .arguments import require_tensor, sizes_of
from .indexing import setitem
from .placing import as_strided
from .shape import reshape, squeeze, t, transpose, unsqueeze

if TYPE_CHECKING:
    from ..tensor import Tensor
    from .hints import Number


def _views_of(x) -> list:
    """The views of a tensor that is none itself."""
    return [] if is_view(x) else [view for refers in x._alias or () if (view := refers()) is not None]


def _refuse_views(x, name: str) -> None:
    if _views_of(x):
        raise NotImplementedError(f"{name}: other tensors are views of this one, and would lose their place in it: use "
                                  f"{name.rstrip('_')}() instead")


def _set_below(views: list, x) -> None:
    """Make the views of x those of a tensor that is what x is now."""
    was = wrap(x.array, x._node)
    was._alias = x._alias
    for view in views:
        view._alias = was, view._alias[1]


def _taking_on(function: Callable, name: str) -> Callable:
    """The in-place form of a function that gives a view: the tensor becomes the view."""

    def method(x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if x._requires_grad and x._node is None and mode.recording:
            raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
        views = _views_of(x)
        if x._requires_grad and x._node is None:
            _refuse_views(x, name)                       # what they are views of is a leaf, whose gradient is x's
        new = function(x, *args, **kwargs)
        if new is x:
            return x
        was_view = is_view(x) or bool(views)
        if views:
            _set_below([*views, new], x)
        x.array, x._node, x._requires_grad = new.array, new._node, new._requires_grad
        if was_view and is_view(new):
            x._alias = new._alias
            new._alias[0]._alias.append(weakref.ref(x))
        else:
            x._alias = None
        return x

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"In place: `{name[:-1]}`, which this tensor becomes."
    return method


unsqueeze_, squeeze_ = _taking_on(unsqueeze, "unsqueeze_"), _taking_on(squeeze, "squeeze_")
transpose_, t_ = _taking_on(transpose, "transpose_"), _taking_on(t, "t_")
as_strided_ = _taking_on(as_strided, "as_strided_")


def resize_(input: Tensor, *sizes: Any, memory_format: Any = None) -> Tensor:
    """Another size over the same memory, in place; more memory, zeros at its end, where that is too small.

    sizes: the size of each dimension, >= 0
    memory_format: taken, and of no effect

    Shape: any -> sizes.
    Raises: TypeError for what is no tensor, and sizes that are no ints; RuntimeError for a size below 0, and a tensor
        that requires grad; NotImplementedError for one that is not contiguous, or has views.

    >>> import mtorch
    >>> mtorch.arange(4).resize_(2, 1)
    tensor([[0],
            [1]])
    """
    x, wanted = require_tensor(input, "resize_"), sizes_of(sizes)
    if any(n < 0 for n in wanted):
        raise RuntimeError(f"resize_: sizes must not be negative, got {list(wanted)}")
    if x._requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    if wanted == x.array.shape:
        return x
    if not x.array.flags.c_contiguous:
        raise NotImplementedError("resize_: only of a contiguous tensor; call .contiguous() first")
    _refuse_views(x, "resize_")
    n = int(np.prod(wanted))
    flat = x.array.reshape(-1)
    if n > flat.size:
        more = np.zeros(n, flat.dtype)
        more[:flat.size] = flat
        flat = more
    x.array, x._alias = flat[:n].reshape(wanted), None
    return x


def resize_as_(input: Tensor, other: Tensor, memory_format: Any = None) -> Tensor:
    """`resize_` to the size of another tensor.

    Arguments and errors as for `resize_`.

    >>> import mtorch
    >>> mtorch.arange(4).resize_as_(mtorch.zeros(2, 2)).shape
    torch.Size([2, 2])
    """
    return resize_(input, tuple(require_tensor(other, "resize_as_", "other").array.shape))


def resize(input: Tensor, *sizes: Any) -> Tensor:
    """The same elements in another shape of as many: the older form of `reshape`.

    sizes: the size of each dimension

    Shape: any -> sizes.
    Raises: TypeError for what is no tensor; RuntimeError for a shape of another number of elements.

    >>> import mtorch
    >>> mtorch.arange(4).resize(2, 2).shape
    torch.Size([2, 2])
    """
    x, wanted = require_tensor(input, "resize"), sizes_of(sizes)
    if int(np.prod(wanted)) != x.array.size:
        raise RuntimeError(f"requested resize to {'x'.join(map(str, wanted))} ({int(np.prod(wanted))} elements in "
                           f"total), but the given tensor has a size of {'x'.join(map(str, x.array.shape))} "
                           f"({x.array.size} elements). autograd's resize can only change the shape of a given tensor, "
                           "while preserving the number of elements. ")
    return reshape(x, wanted)


def resize_as(input: Tensor, other: Tensor) -> Tensor:
    """`resize` to the shape of another tensor.

    Shape and errors as for `resize`.

    >>> import mtorch
    >>> mtorch.arange(4).resize_as(mtorch.zeros(2, 2)).shape
    torch.Size([2, 2])
    """
    return resize(input, tuple(require_tensor(other, "resize_as", "other").array.shape))


def fill_diagonal_(input: Tensor, fill_value: Number, wrap: bool = False) -> Tensor:
    """Write a number to the main diagonal, in place.

    fill_value: the number
    wrap: of a matrix taller than wide, begin the diagonal again below each square

    Shape: a matrix, or more dimensions of one size -> the same.
    Raises: TypeError for what is no tensor or number; RuntimeError for fewer than two dimensions, or several sizes of
        more than two.

    >>> import mtorch
    >>> mtorch.zeros(2, 2).fill_diagonal_(5)
    tensor([[5., 0.],
            [0., 5.]])
    """
    x = require_tensor(input, "fill_diagonal_")
    shape = x.array.shape
    if len(shape) < 2:
        raise RuntimeError("dimensions must larger than 1")
    if len(shape) > 2 and len(set(shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    if len(shape) == 2 and wrap and shape[0] > shape[1] + 1:
        places = np.arange(0, x.array.size, shape[1] + 1)
        setitem(x, (places // shape[1], places % shape[1]), fill_value)
    else:
        i = np.arange(min(shape))
        setitem(x, (i,) * len(shape), fill_value)
    return x


def _refuse_graph(x, name: str) -> None:
    if x._requires_grad and mode.recording:
        raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead.")


def _called(x, function: Callable, name: str, *others):
    _refuse_graph(x, name)
    for o in others:
        if o.dtype is not x.dtype:
            raise TypeError(f"{name}(): expected {x.dtype} tensors, got {o.dtype}")
    try:
        arrays = [np.broadcast_to(o.array, x.array.shape) for o in (x, *others)]
    except ValueError:
        raise RuntimeError(f"{name}(): tensors of shapes {', '.join(str(list(o.array.shape)) for o in others)} do not "
                           f"expand to {list(x.array.shape)}") from None
    values = [function(*(a.item() for a in elements)) for elements in zip(*(a.flat for a in arrays), strict=True)]
    x.array[...] = np.array(values, x.array.dtype).reshape(x.array.shape)
    mark_written(x.array)
    return x


def apply_(input: Tensor, callable: Callable) -> Tensor:
    """Call a Python function on each element, in place: slow, and without gradients.

    callable: takes a number, returns one

    Shape: any -> the same.
    Raises: TypeError for what is no tensor or cannot be called; RuntimeError for a tensor that requires grad.

    >>> import mtorch
    >>> mtorch.tensor([1.0, 2.0]).apply_(lambda x: x * 10)
    tensor([10., 20.])
    """
    return _called(require_tensor(input, "apply_"), callable, "apply_")


def map_(input: Tensor, tensor: Tensor, callable: Callable) -> Tensor:
    """Call a Python function on each element and that of another tensor, in place: slow, and without gradients.

    tensor: of input's type
    callable: takes two numbers, returns one

    Shape: any, and a tensor that expands to it -> the same.
    Raises: TypeError for what is no tensor, of another type, or cannot be called; RuntimeError for a tensor that
        requires grad, and shapes that do not broadcast.

    >>> import mtorch
    >>> mtorch.tensor([1.0, 2.0]).map_(mtorch.tensor([3.0, 4.0]), lambda a, b: a * b)
    tensor([3., 8.])
    """
    return _called(require_tensor(input, "map_"), callable, "map_", require_tensor(tensor, "map_", "tensor"))


def map2_(input: Tensor, x: Tensor, y: Tensor, callable: Callable) -> Tensor:
    """`map_` with two other tensors.

    x, y: of input's type
    callable: takes three numbers, returns one
    Shape and errors as for `map_`.

    >>> import mtorch
    >>> a = mtorch.tensor([1.0])
    >>> a.map2_(a, a, lambda x, y, z: x + y + z)
    tensor([3.])
    """
    return _called(require_tensor(input, "map2_"), callable, "map2_", require_tensor(x, "map2_", "x"),
                   require_tensor(y, "map2_", "y"))


def set_(input: Tensor, source: Tensor | None = None) -> Tensor:
    """Make input share the memory of another tensor.

    source: the other tensor, of input's type; None to become empty

    Shape: any -> source's, or (0,).
    Raises: TypeError for what is no tensor; RuntimeError for another type, and a leaf that requires grad;
        NotImplementedError for what is no tensor to share with, and where there are views of input.

    >>> import mtorch
    >>> mtorch.zeros(2).set_(mtorch.ones(3))
    tensor([1., 1., 1.])
    """
    x = require_tensor(input, "set_")
    if x._requires_grad and mode.recording:
        raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation.")
    if source is not None and not isinstance(source, TensorBase):
        raise NotImplementedError("set_: source must be a Tensor, storages are not implemented, got "
                                  f"{type(source).__name__}")
    if source is not None and source.dtype is not x.dtype:
        raise RuntimeError(f"Could not set tensor of type {source.dtype} to a tensor of type {x.dtype}")
    _refuse_views(x, "set_")
    x.array = np.zeros(0, x.array.dtype) if source is None else source.array
    x._alias = None
    return x
