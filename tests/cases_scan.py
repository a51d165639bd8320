"""Rows of the table of ops: what runs along an axis, and embeddings."""
import numpy as np

import mtorch.ops.indexing as pick
import mtorch.ops.scan as scan
from tests.cases import call, some


def torch():
    import torch
    return torch


A, CUBE = some(3, 4), some(2, 3, 4)
WITH_ZEROS = A.copy()
WITH_ZEROS[1, 1] = WITH_ZEROS[2, 0] = WITH_ZEROS[2, 2] = 0
for dim in (0, 1):
    call(scan.cumsum, CUBE, dim=dim, like=lambda a, d=dim: a.cumsum(d))
    call(scan.cumprod, CUBE, dim=dim, like=lambda a, d=dim: a.cumprod(d))
    call(scan.cumprod, WITH_ZEROS, dim=dim, like=lambda a, d=dim: a.cumprod(d))
    call(scan.logcumsumexp, CUBE, dim=dim, like=lambda a, d=dim: a.logcumsumexp(d))
INDEX = np.array([[0, 2], [2, 1]])
call(pick.filled, A, some(), like=lambda a, v: torch().fill(a, v))
call(pick.embedding, A, index=INDEX, padding_idx=None,
     like=lambda w: torch().nn.functional.embedding(torch().tensor(INDEX), w))
call(pick.embedding, A, index=INDEX, padding_idx=1, orders=0, why="the padding row gets no gradient, though it counts",
     like=lambda w: torch().nn.functional.embedding(torch().tensor(INDEX), w, padding_idx=1))
call(pick.embedding_gradient, some(2, 2, 4), shape=(3, 4), index=INDEX, padding_idx=None)
call(pick.embedding_gradient, some(2, 2, 4), shape=(3, 4), index=INDEX, padding_idx=1)
