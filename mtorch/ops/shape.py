"""Rules that only rearrange: the same numbers in another shape.  Most are views, sharing their input's memory."""
from __future__ import annotations

from itertools import accumulate

import numpy as np

from ..autograd.complex_numbers import holomorphic
from ..autograd.tape import TensorBase, op
from .layout import in_axis_order


@op(view=True, name="ViewBackward0")
def reshape(a, *, shape):
    """The numbers in the same order, in another shape"""
    old = a.shape
    return a.reshape(shape), (lambda g: g.reshape(old),)


@op(keeps=False, name="UnsafeViewBackward0")
def unsafe_view(a, *, shape):
    """`reshape` of what nobody else holds: it shares the memory, and need not be known as a view"""
    old = a.shape
    return a.reshape(shape), (lambda g: g.reshape(old),)


@op(view=True, name="TransposeBackward0")
def transpose(a, *, dim0, dim1):
    """Two axes exchanged"""
    return a.swapaxes(dim0, dim1), (lambda g: g.swapaxes(dim0, dim1),)


@op(view=True, name="TBackward0")
def t(a):
    """A matrix, its rows and columns exchanged"""
    return a.T, (lambda g: g.T,)


@op(view=True)
def permute(a, *, dims):
    """The axes in another order: axis i of the result is axis dims[i] of a"""
    return np.transpose(a, dims), (lambda g: np.transpose(g, sorted(range(len(dims)), key=dims.__getitem__)),)


@op(view=True)
def unsqueeze(a, *, dim):
    """One more axis of length 1, at dim"""
    old = a.shape
    return a.reshape(old[:dim] + (1,) + old[dim:]), (lambda g: g.reshape(old),)


@op(view=True, name=lambda node: "SqueezeBackward0" if node.kwargs["dims"] is None else "SqueezeBackward1")
def squeeze(a, *, dims):
    """The axes `dims`, or for None all, taken away where their length is 1"""
    old = a.shape
    new = tuple(n for i, n in enumerate(old) if n != 1 or dims is not None and i not in dims)
    return a.reshape(new), (lambda g: g.reshape(old),)


@op(view=True)
def expand(a, *, shape):
    """Axes of length 1 repeated, without copying; the engine sums the gradient back"""
    if isinstance(a, TensorBase):
        y = expand(a, shape=shape)
    else:
        y = np.broadcast_to(a, shape) if shape != np.shape(a) else a.view()
        if isinstance(a, np.ndarray) and a.flags.writeable:
            y.flags.writeable = True                   # expand(...)[0] may be written
    return y, (lambda g: g,)


@op(view=True)
def diagonal(a, *, offset, dim0, dim1):
    """The diagonal over two axes, as a last axis"""
    shape = a.shape
    if isinstance(a, TensorBase):
        d = diagonal(a, offset=offset, dim0=dim0, dim1=dim1)
    else:
        d = a.diagonal(offset, dim0, dim1).view()
        d.flags.writeable = a.flags.writeable
    return d, (lambda g: diagonal_scatter(g, shape=shape, offset=offset, dim0=dim0, dim1=dim1),)


@op
def diagonal_scatter(d, *, shape, offset, dim0, dim1):
    """Zeros of the given shape with d on the diagonal"""
    if isinstance(d, TensorBase):
        z = diagonal_scatter(d, shape=shape, offset=offset, dim0=dim0, dim1=dim1)
    else:
        z = np.zeros(shape, d.dtype)
        place = z.diagonal(offset, dim0, dim1)
        place.flags.writeable = True
        place[...] = d
    return z, (lambda g: diagonal(g, offset=offset, dim0=dim0, dim1=dim1),)


@op(view=True)
def unbind(a, *, dim):
    """The slices along an axis, one output each"""
    lead = (slice(None),) * dim
    y = unbind(a, dim=dim) if isinstance(a, TensorBase) else tuple([a[(*lead, i, ...)] for i in range(a.shape[dim])])
    return y, lambda *g: (np.stack(g, dim),)


@op(view=True)
def split(a, *, sizes, dim):
    """Pieces of the given sizes along an axis"""
    if isinstance(a, TensorBase):
        return split(a, sizes=sizes, dim=dim), lambda *g: (np.concatenate(g, dim),)
    pieces, start = [], 0
    for n in sizes:
        pieces.append(a[(slice(None),) * dim + (slice(start, start + n),)])
        start += n
    return tuple(pieces), lambda *g: (np.concatenate(g, dim),)


@op(keeps=False)
def cat(*xs, dim):
    """Tensors one after the other along an axis that exists"""
    sizes = [x.shape[dim] for x in xs]

    def pullback(g):
        lead = (slice(None),) * dim
        return tuple([g[lead + (slice(end - size, end),)] for end, size in zip(accumulate(sizes), sizes)])
    return in_axis_order(np.concatenate(xs, dim)), pullback


@op(keeps=False)
def stack(*xs, dim):
    """Tensors of one shape beside each other along a new axis"""
    lead = (slice(None),) * dim
    n = len(xs)
    return in_axis_order(np.stack(xs, dim)), (lambda g: tuple(g[lead + (i,)] for i in range(n)))


@op(keeps=False)
def flip(a, *, dims):
    """The order along the axes reversed"""
    return (flip(a, dims=dims) if isinstance(a, TensorBase)
            else np.flip(a, dims).copy("K")), (lambda g: flip(g, dims=dims),)


@op(keeps=False)
def roll(a, *, shifts, dims):
    """Moved along the axes, what leaves at one end coming in at the other"""
    back = tuple(-s for s in shifts) if isinstance(shifts, tuple) else -shifts
    return (roll(a, shifts=shifts, dims=dims) if isinstance(a, TensorBase) else in_axis_order(np.roll(a, shifts, dims))), \
        (lambda g: roll(g, shifts=back, dims=dims),)


@op(keeps=False, name="TrilBackward0")
def tril(a, *, diagonal):
    """What lies on and below a diagonal; zeros above"""
    return (tril(a, diagonal=diagonal) if isinstance(a, TensorBase) else in_axis_order(np.tril(a, diagonal))), \
        (lambda g: tril(g, diagonal=diagonal),)


@op(keeps=False, name="TriuBackward0")
def triu(a, *, diagonal):
    """What lies on and above a diagonal; zeros below"""
    return (triu(a, diagonal=diagonal) if isinstance(a, TensorBase) else in_axis_order(np.triu(a, diagonal))), \
        (lambda g: triu(g, diagonal=diagonal),)


@op(keeps=False)
def repeat(a, *, repeats):
    """The whole tensor several times along each axis"""
    lead = len(repeats) - a.ndim
    shape = (1,) * lead + tuple(a.shape)
    split_shape = tuple(n for r, s in zip(repeats, shape) for n in (r, s))
    axes = tuple(range(0, 2 * len(shape), 2))
    old = a.shape
    y = repeat(a, repeats=repeats) if isinstance(a, TensorBase) else np.tile(a, repeats)
    return y, (lambda g: g.reshape(split_shape).sum(axis=axes).reshape(old),)


holomorphic(reshape, unsafe_view, transpose, t, permute, unsqueeze, squeeze, expand, diagonal, diagonal_scatter, unbind, split,
            cat, stack, flip, roll, tril, triu, repeat)
