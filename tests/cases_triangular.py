"""Rows of the table of ops: triangular matrices."""
import numpy as np

from mtorch.ops import triangular
from tests.cases import call, some


def torch():
    import torch
    return torch


def definite(*batch, n=3):
    a = some(*batch, n, n)
    return a @ a.mT + n * np.eye(n)


LOWER = np.tril(some(2, 3, 3)) + 4 * np.eye(3)
for matrix in (definite(), definite(2), definite(2, 2, n=2)):
    call(triangular.cholesky, matrix, like=lambda a: torch().linalg.cholesky(a), orders=0,
         why="a change of one element leaves the matrix not symmetric; see tests/ops/test_triangular.py")
for transposed in (False, True):
    for b in (some(2, 3, 4), some(3, 2)):
        call(triangular.solve_triangular, LOWER, b, transposed=transposed, like=lambda a, b, t=transposed:
             torch().linalg.solve_triangular(a.mT if t else a, b, upper=t))
    call(triangular.solve_triangular, LOWER[0], some(2, 3, 1), transposed=transposed)
for upper in (False, True):
    for transposed in (False, True):
        call(triangular.solve_triangular, LOWER.mT.copy() if upper else LOWER, some(2, 3, 2), upper=upper,
             transposed=transposed, like=lambda a, b, u=upper, t=transposed:
             torch().linalg.solve_triangular(a.mT if t else a, b, upper=u != t))
call(triangular.lu, some(2, 3, 3) + 4 * np.eye(3))      # large diagonals: rows that LAPACK would not exchange either
call(triangular.lu, some(3, 3) + 4 * np.eye(3), like=lambda a: torch().linalg.lu_factor(a)[0])
