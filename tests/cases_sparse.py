"""Rows of the table of ops: sparse matrices."""
import numpy as np

from mtorch.ops import sparse
from tests.cases import call, some

# a matrix of 3 rows and 4 columns; the place (0, 1) occurs twice
PATTERN = sparse.Pattern(np.array([2, 0, 0, 1, 0]), np.array([3, 1, 2, 0, 1]), (3, 4))


def matrix(values):
    import torch
    return torch.sparse_coo_tensor(np.stack([PATTERN.rows, PATTERN.columns]), values, PATTERN.shape,
                                   check_invariants=True).to_dense()


call(sparse.product, some(5), some(4, 2), pattern=PATTERN, like=lambda v, x: matrix(v) @ x)
call(sparse.product, some(5), some(3, 2), pattern=PATTERN, transposed=True, like=lambda v, x: matrix(v).T @ x)
call(sparse.sampled, some(3, 2), some(4, 2), pattern=PATTERN,
     like=lambda a, b: (a @ b.T)[PATTERN.rows, PATTERN.columns])
