"""Rows of the table of ops: reductions, shapes, indexing and products."""
import numpy as np

import mtorch.ops.indexing as pick
import mtorch.ops.matrix as matrix
import mtorch.ops.reduction as reduce
import mtorch.ops.shape as shape
from tests.cases import above, call, some


def torch():
    import torch
    return torch


A, B, CUBE, SCALAR = some(3, 4), some(3, 4), some(2, 3, 4), some()
WITH_ZERO, WITH_TWO = A.copy(), A.copy()
WITH_ZERO[1, 2] = 0
WITH_TWO[1, 1:3] = 0

for axis, keep in [(None, False), ((0,), False), ((1,), True), ((0, 2), False)]:
    x = CUBE if axis == (0, 2) else A
    dims = tuple(range(x.ndim)) if axis is None else axis
    call(reduce.sum, x, axis=axis, keepdims=keep, like=lambda a, d=dims, k=keep: a.sum(d, k))
    call(reduce.mean, x, axis=axis, keepdims=keep, like=lambda a, d=dims, k=keep: a.mean(d, k))
    call(reduce.amax, x, axis=axis, keepdims=keep, like=lambda a, d=dims, k=keep: a.amax(d, k))
    call(reduce.amin, x, axis=axis, keepdims=keep, like=lambda a, d=dims, k=keep: a.amin(d, k))
    call(reduce.logsumexp, x, axis=axis or dims, keepdims=keep, like=lambda a, d=dims, k=keep: a.logsumexp(d, k))
    for p in (2, 1, 3, 0.5):
        call(reduce.norm, x, p=p, axis=axis or dims, keepdims=keep, tolerance=1e-5,
             like=lambda a, d=dims, k=keep, p=p: torch().linalg.vector_norm(a, p, d, k))
    for correction in (0, 1):
        call(reduce.var, x, axis=axis, correction=correction, keepdims=keep,
             like=lambda a, d=dims, k=keep, c=correction: a.var(d, correction=c, keepdim=k))
call(reduce.sum, SCALAR, axis=None, keepdims=False, like=lambda a: a.sum())
call(reduce.sum, np.zeros((0, 3)), axis=(0,), keepdims=False, like=lambda a: a.sum(0))
call(reduce.prod, A, axis=None, keepdims=False, like=lambda a: a.prod())
call(reduce.prod, above(3, 4), axis=(1,), keepdims=True, like=lambda a: a.prod(1, True))
call(reduce.prod, WITH_ZERO, axis=(1,), keepdims=False, like=lambda a: a.prod(1))
call(reduce.prod, WITH_TWO, axis=(1,), keepdims=False, like=lambda a: a.prod(1))
call(reduce.prod, WITH_TWO, axis=None, keepdims=True, like=lambda a: a.prod().reshape(1, 1))
for axis in (0, 1, 2):
    call(reduce.softmax, CUBE, axis=axis, like=lambda a, d=axis: a.softmax(d))
    call(reduce.log_softmax, CUBE, axis=axis, like=lambda a, d=axis: a.log_softmax(d))

call(shape.reshape, A, shape=(2, 6), like=lambda a: a.reshape(2, 6))
call(shape.unsafe_view, A, shape=(2, 6), like=lambda a: a.reshape(2, 6))
call(shape.transpose, CUBE, dim0=0, dim1=2, like=lambda a: a.transpose(0, 2))
call(shape.t, A, like=lambda a: a.t())
call(shape.permute, CUBE, dims=(2, 0, 1), like=lambda a: a.permute(2, 0, 1))
call(shape.unsqueeze, A, dim=1, like=lambda a: a.unsqueeze(1))
call(shape.squeeze, some(3, 1, 4), dims=(1,), like=lambda a: a.squeeze(1))
call(shape.expand, some(3, 1), shape=(2, 3, 4), like=lambda a: a.expand(2, 3, 4))
call(shape.diagonal, CUBE, offset=1, dim0=1, dim1=2, like=lambda a: a.diagonal(1, 1, 2))
call(shape.diagonal_scatter, some(3), shape=(4, 4), offset=-1, dim0=0, dim1=1, like=lambda a: a.diag(-1))
call(shape.unbind, CUBE, dim=1, like=lambda a: a.unbind(1))
call(shape.split, CUBE, sizes=(1, 3), dim=2, like=lambda a: a.split((1, 3), 2))
call(shape.cat, A, B, some(3, 2), dim=1, like=lambda *xs: torch().cat(xs, 1))
call(shape.stack, A, B, dim=1, like=lambda *xs: torch().stack(xs, 1))
call(shape.flip, CUBE, dims=(0, 2), like=lambda a: a.flip(0, 2))
call(shape.roll, CUBE, shifts=(1, -2), dims=(0, 2), like=lambda a: a.roll((1, -2), (0, 2)))
call(shape.roll, A, shifts=3, dims=None, like=lambda a: a.roll(3))
call(shape.tril, CUBE, diagonal=0, like=lambda a: a.tril())
call(shape.triu, CUBE, diagonal=1, like=lambda a: a.triu(1))
call(shape.repeat, A, repeats=(2, 1, 3), like=lambda a: a.repeat(2, 1, 3))

ROWS = np.array([[0, 2], [2, 1]])
call(pick.index, CUBE, key=(1, slice(None), None, slice(0, 4, 2)), like=lambda a: a[1, :, None, 0:4:2])
call(pick.take, CUBE, key=(slice(None), ROWS), like=lambda a: a[:, torch().tensor(ROWS)])
call(pick.take, A, key=(ROWS,), like=lambda a: a[torch().tensor(ROWS)])
call(pick.take, A, key=(B > 0,), like=lambda a: a[torch().tensor(B > 0)])
call(pick.place, some(4), shape=(3, 4), key=(1,))
call(pick.place, some(2, 2, 4), shape=(3, 4), key=(ROWS,))
INDEX = np.array([[0, 3, 3], [1, 1, 0]])
call(pick.gather, A, index=INDEX, dim=1, like=lambda a: a.gather(1, torch().tensor(INDEX)))
call(pick.scatter_add, some(2, 3), shape=(3, 4), index=INDEX, dim=1,
     like=lambda g: torch().zeros(3, 4, dtype=g.dtype).scatter_add(1, torch().tensor(INDEX), g))

call(matrix.mm, A, some(4, 2), like=lambda a, b: a @ b)
call(matrix.matmul, CUBE, some(2, 4, 2), like=lambda a, b: a @ b)
call(matrix.matmul, some(5, 1, 3, 4), some(2, 4, 2), like=lambda a, b: a @ b)
call(matrix.mv, CUBE, some(4), like=lambda a, b: a @ b)
call(matrix.dot, some(4), some(4), like=lambda a, b: a @ b)
call(matrix.linear, A, some(2, 4), some(2), like=lambda x, w, b: torch().nn.functional.linear(x, w, b))
call(matrix.linear, some(1, 4), some(1, 4), some(1), like=lambda x, w, b: torch().nn.functional.linear(x, w, b))
call(matrix.linear_without_bias, A, some(2, 4), like=lambda x, w: torch().nn.functional.linear(x, w))
