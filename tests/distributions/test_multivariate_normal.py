"""The normal distribution of vectors: its three matrices, batches that broadcast, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.distributions import MultivariateNormal, kl_divergence

from .table import definite, real

torch = pytest.importorskip("torch")
MATRICES = ("covariance_matrix", "precision_matrix", "scale_tril")


def pair(name, loc, matrix):
    matrix = np.linalg.cholesky(matrix) if name == "scale_tril" else matrix
    return [T.distributions.MultivariateNormal(T.from_numpy(loc), **{name: T.from_numpy(matrix)})
            for T in (mtorch, torch)]


@pytest.mark.parametrize("name", MATRICES)
@pytest.mark.parametrize(("loc", "matrix", "value"), [
    (real(3), definite(3), real(5, 3)), (real(2, 3), definite(3), real(5, 2, 3)), (real(3), definite(2, 3), real(3)),
    (real(4, 1, 3), definite(2, 3), real(6, 4, 2, 3)), (real(4, 2, 3), definite(4, 1, 3), real(4, 2, 3)),
    (real(1, 3), definite(2, 1, 3), real(7, 2, 1, 3)),
])
def test_batches(name, loc, matrix, value):
    ours, theirs = pair(name, loc, matrix)
    assert tuple(ours.batch_shape) == tuple(theirs.batch_shape)
    for what in (*MATRICES, "mean", "variance"):
        mine, torchs = getattr(ours, what), getattr(theirs, what)
        np.testing.assert_allclose(mine.numpy(), torchs.numpy(), rtol=1e-9, atol=1e-12)
    for mine, torchs in ((ours.log_prob(mtorch.from_numpy(value)), theirs.log_prob(torch.from_numpy(value))),
                         (ours.entropy(), theirs.entropy())):
        assert tuple(mine.shape) == tuple(torchs.shape)
        np.testing.assert_allclose(mine.numpy(), torchs.numpy(), rtol=1e-9)
    mtorch.manual_seed(0)
    torch.manual_seed(0)
    np.testing.assert_allclose(ours.sample((9,)).numpy(), theirs.sample((9,)).numpy(), rtol=1e-9, atol=1e-12)


def test_kl_of_batches():
    ours_p, theirs_p = pair("covariance_matrix", real(2, 3), definite(3))
    ours_q, theirs_q = pair("precision_matrix", real(4, 1, 3), definite(2, 3))
    expected = torch.distributions.kl_divergence(theirs_p.expand((4, 2)), theirs_q)
    np.testing.assert_allclose(kl_divergence(ours_p.expand((4, 2)), ours_q).numpy(), expected.numpy(), rtol=1e-9)
    assert kl_divergence(ours_p, ours_p).abs().max().item() < 1e-12
    with pytest.raises(ValueError, match="KL between vectors of 3 and 2"):
        kl_divergence(ours_p, MultivariateNormal(mtorch.zeros(2), mtorch.eye(2)))


def test_matrices_follow_an_expansion():
    ours, _ = pair("covariance_matrix", real(3), definite(3))
    before = ours.precision_matrix
    wide = ours.expand((4, 2))
    assert wide.precision_matrix.shape == wide.scale_tril.shape == wide.covariance_matrix.shape == (4, 2, 3, 3)
    np.testing.assert_array_equal(wide.precision_matrix[1, 1].numpy(), before.numpy())


@pytest.mark.parametrize("build", [
    "MultivariateNormal(T.zeros(()), T.eye(2))", "MultivariateNormal(T.zeros(2))",
    "MultivariateNormal(T.zeros(2), T.ones(2))", "MultivariateNormal(T.zeros(2), T.eye(2), scale_tril=T.eye(2))",
    "MultivariateNormal(T.zeros(2), -T.eye(2))", "MultivariateNormal(T.zeros(2), scale_tril=T.ones(2, 2))",
    "MultivariateNormal(T.zeros(2), T.tensor([[1., 2.], [0., 1.]]))",
    "MultivariateNormal(T.zeros(2), T.eye(2)).log_prob(T.zeros(3))",
])
def test_what_is_refused(build):
    for T in (torch, mtorch):
        with pytest.raises(ValueError):
            eval("T.distributions." + build, {"T": T})
