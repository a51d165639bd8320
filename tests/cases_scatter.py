"""Rows of the table of ops: writing by index."""
import numpy as np

import mtorch.ops.scatter as rules
from mtorch.ops.indexing import along
from tests.cases import above, call, some


def torch():
    import torch
    return torch


A, S = some(3, 4), some(2, 3)
INDEX = np.array([[0, 3, 3], [1, 1, 0]])
KEY = along(INDEX, 1, (3, 4))
ROWS = (np.array([2, 0]),)
call(rules.index_put, A, some(2, 4), key=ROWS, accumulating=False, like=lambda a,
     v: a.index_put((torch().tensor([2, 0]),), v))
call(rules.index_put, A, some(4), key=(np.array([2, 0, 2]),), accumulating=True,
     like=lambda a, v: a.index_put((torch().tensor([2, 0, 2]),), v, accumulate=True))
call(rules.index_put, A, some(), key=(1, slice(1, 3)), accumulating=False)
WITH_ZERO = S.copy()
WITH_ZERO[0, 1] = 0
for reduce in ("sum", "mean", "prod", "amax", "amin"):
    for own in (True, False):
        def like(a, s, r=reduce, own=own):
            return a.scatter_reduce(1, torch().tensor(INDEX), s, r, include_self=own)
        call(rules.reduce_at, A, S, key=KEY, reduce=reduce, include_self=own, like=like)
        call(rules.reduce_at, above(3, 4), S, key=KEY, reduce=reduce, include_self=own, like=like)
call(rules.reduce_at, A, WITH_ZERO, key=KEY, reduce="prod", include_self=True, orders=1,
     why="at a zero the second derivative needs products of all but two",
     like=lambda a, s: a.scatter_reduce(1, torch().tensor(INDEX), s, "prod"))
