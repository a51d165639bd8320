"""Rows of the table of ops: linear algebra and sums of products."""
import numpy as np

import mtorch.ops.contraction as contraction
import mtorch.ops.distance as distance
import mtorch.ops.linalg as rules
from tests.cases import call, some


def L():
    import torch
    return torch.linalg


A = some(2, 3, 3) + 3 * np.eye(3)
SPD = A @ A.swapaxes(-1, -2)
TALL = some(2, 4, 3)


def symmetric(a):
    return (a + a.mT) / 2


call(rules.inv, A, like=lambda a: L().inv(a), float32=True)
call(rules.solve, A, some(2, 3, 2), like=lambda a, b: L().solve(a, b))
call(rules.solve, A[0], some(2, 3, 2), like=lambda a, b: L().solve(a, b))
call(rules.det, A, like=lambda a: L().det(a))
call(rules.slogdet, A, like=lambda a: L().slogdet(a))
call(rules.qr, TALL, like=lambda a: L().qr(a), tolerance=1e-5)
# the signs of eigenvectors and singular vectors are arbitrary, so nothing is compared element by element
call(rules.eigh, SPD, orders=0, why="reads one triangle only: its gradient is the symmetric one")
call(rules.eigvalsh, SPD, like=lambda a: L().eigvalsh(a), orders=0,
     why="reads one triangle only: its gradient is the symmetric one")
call(rules.svd, TALL, tolerance=1e-4)
call(rules.svdvals, TALL, like=lambda a: L().svdvals(a), tolerance=1e-4)
call(rules.svdvals, TALL.mT.copy(), like=lambda a: L().svdvals(a), tolerance=1e-4)
call(rules.matrix_exp, A / 4, like=lambda a: L().matrix_exp(a))
call(rules.pinv, TALL, like=lambda a: L().pinv(a), tolerance=1e-5)
call(rules.pinv, TALL.mT.copy(), like=lambda a: L().pinv(a), tolerance=1e-5)

X, Y, Z = some(2, 3, 4), some(4, 5), some(3, 5)


def einsum(equation):
    def like(*xs):
        import torch
        return torch.einsum(equation, *xs)
    return like


call(contraction.contraction, X, Y, inputs=("abc", "cd"), output="abd", like=einsum("abc,cd->abd"))
call(contraction.contraction, X, Y, Z, inputs=("abc", "cd", "bd"), output="a", like=einsum("abc,cd,bd->a"))
call(contraction.contraction, Y, Z, inputs=("cd", "be"), output="", like=einsum("cd,be->"))

call(distance.euclidean, some(2, 4, 3), some(5, 3), like=lambda a, b: (a.unsqueeze(-2) - b).norm(dim=-1))
