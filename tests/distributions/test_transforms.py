"""Transforms beside torch's: forwards, backwards, volumes, shapes, and the two directions undoing each other."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import mtorch
from mtorch import distributions as ours

torch = pytest.importorskip("torch")
theirs = torch.distributions

rng = np.random.default_rng(1)
REAL, POSITIVE = rng.normal(size=(4, 3)), rng.uniform(0.2, 3.0, size=(4, 3))
SQUARE = rng.normal(size=(2, 3, 3))

# D and T are a distributions module and its library; each transform with what it is applied to.
TABLE = {
    "D.ExpTransform()": REAL, "D.ExpTransform().inv": POSITIVE, "D.PowerTransform(T.tensor(1.7).double())": POSITIVE,
    "D.SigmoidTransform()": REAL, "D.SigmoidTransform().inv": POSITIVE / 4, "D.SoftplusTransform()": REAL,
    "D.TanhTransform()": REAL, "D.TanhTransform(cache_size=1)": REAL, "D.AbsTransform()": POSITIVE,
    "D.AffineTransform(1.0, -2.0)": REAL, "D.AffineTransform(T.zeros(3).double(), T.arange(1., 4.).double())": REAL,
    "D.AffineTransform(1.0, 2.0, event_dim=1)": REAL,
    "D.AffineTransform(0.0, T.arange(1., 4.).double(), event_dim=1)": REAL,
    "D.CumulativeDistributionTransform(D.Normal(T.zeros(3).double(), 1.0))": REAL,
    "D.SoftmaxTransform()": REAL, "D.StickBreakingTransform()": REAL, "D.LowerCholeskyTransform()": SQUARE,
    "D.ComposeTransform([D.AffineTransform(1.0, 2.0), D.ExpTransform(), D.AffineTransform(0.0, -1.0)])": REAL,
    "D.ComposeTransform([D.ExpTransform(), D.AffineTransform(1.0, 2.0)], cache_size=1)": REAL,
    "D.ComposeTransform([D.AffineTransform(1.0, 2.0), D.StickBreakingTransform()])": REAL,
    "D.ComposeTransform([D.ExpTransform(), D.AffineTransform(1.0, 2.0)]).inv": POSITIVE + 1,
    "D.ComposeTransform([])": REAL, "D.IndependentTransform(D.ExpTransform(), 1)": REAL,
    "D.IndependentTransform(D.ExpTransform(), 1).inv": POSITIVE,
    "D.ReshapeTransform((3,), (3, 1))": REAL, "D.ReshapeTransform((4, 3), (2, 6))": REAL,
    "D.CatTransform([D.ExpTransform(), D.AffineTransform(1.0, 3.0)], dim=-1, lengths=[1, 2])": REAL,
    "D.CatTransform([D.ExpTransform(), D.AffineTransform(1.0, 3.0)], dim=0, lengths=[3, 1])": REAL,
    "D.StackTransform([D.ExpTransform(), D.AffineTransform(1.0, 3.0), D.ExpTransform()], dim=1)": REAL,
}


def built(text):
    return [eval(text, {"D": D, "T": T}) for D, T in ((ours, mtorch), (theirs, torch))]


def assert_close(mine, torchs):
    assert tuple(mine.shape) == tuple(torchs.shape)
    np.testing.assert_allclose(mine.detach().numpy(), torchs.detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("text", TABLE)
def test_against_torch(text):
    mine, torchs = built(text)
    x, tx = mtorch.from_numpy(TABLE[text]).requires_grad_(), torch.from_numpy(TABLE[text]).requires_grad_()
    y, ty = mine(x), torchs(tx)
    assert_close(y, ty)
    assert repr(mine).replace("\n", "") == repr(torchs).replace("\n", "") or "tensor" in text
    assert bool(mine.bijective) == bool(torchs.bijective)
    assert (mine.domain.event_dim, mine.codomain.event_dim) == (torchs.domain.event_dim, torchs.codomain.event_dim)
    assert tuple(mine.forward_shape(x.shape)) == tuple(torchs.forward_shape(tx.shape))
    assert tuple(mine.inverse_shape(y.shape)) == tuple(torchs.inverse_shape(ty.shape))
    assert mine.domain.check(x).all()
    y.sum().backward(retain_graph=True)
    ty.sum().backward(retain_graph=True)
    assert_close(x.grad, tx.grad)

    back = mine.inv(y.detach())
    assert_close(back, torchs.inv(ty.detach()))
    if mine.bijective:
        np.testing.assert_allclose(back.numpy(), TABLE[text], rtol=1e-7)
        volume, their_volume = mine.log_abs_det_jacobian(x, y), torchs.log_abs_det_jacobian(tx, ty)
        assert_close(volume, their_volume)
        assert_close(mine.inv.log_abs_det_jacobian(y, x), torchs.inv.log_abs_det_jacobian(ty, tx))


@pytest.mark.parametrize("text", [text for text in TABLE if "Stack" not in text and "Abs" not in text
                                  and "Softmax" not in text and "LowerCholesky" not in text])
def test_the_volume_is_the_jacobians(text):
    """log |det| of the matrix of derivatives of one event, taken row by row."""
    mine, _ = built(text)
    if mine.domain.event_dim > 1 or mine.codomain.event_dim > 1 or "Cat" in text:
        return
    x = mtorch.from_numpy(TABLE[text][0]).requires_grad_()
    y = mine(x)
    flat = y.reshape(-1)[:x.numel()]                  # the last of the simplex's coordinates follows from the others
    rows = [mtorch.autograd.grad(entry, x, retain_graph=True)[0].numpy() for entry in flat.unbind(0)]
    expected = np.linalg.slogdet(np.stack(rows))[1]
    np.testing.assert_allclose(mine.log_abs_det_jacobian(x, y).sum().item(), expected, rtol=1e-9)


@pytest.mark.parametrize("text", ["D.ExpTransform()", "D.AffineTransform(1.0, -2.0)", "D.AffineTransform(0.0, 0.5)",
                                  "D.TanhTransform()", "D.ExpTransform().inv",
                                  "D.ComposeTransform([D.ExpTransform(), D.AffineTransform(1.0, -2.0)])"])
def test_signs(text):
    mine, torchs = built(text)
    assert mine.sign == torchs.sign


def test_equality():
    assert ours.ExpTransform() == ours.ExpTransform()
    assert ours.ExpTransform() != ours.TanhTransform()
    assert ours.ExpTransform().inv == ours.ExpTransform().inv
    assert ours.AffineTransform(1.0, 2.0) == ours.AffineTransform(1.0, 2.0)
    assert ours.AffineTransform(1.0, 2.0) != ours.AffineTransform(1.0, mtorch.tensor(3.0))
    assert ours.PowerTransform(2.0) == ours.PowerTransform(2.0)
    assert ours.ComposeTransform([ours.ExpTransform()]) == ours.ComposeTransform([ours.ExpTransform()])


def test_a_cached_inverse_is_the_same_tensor():
    transform = ours.TanhTransform(cache_size=1)
    x = mtorch.tensor([30.0])                         # tanh is 1 here: without the cache the inverse is infinite
    assert transform.inv(transform(x)) is x
    assert transform.with_cache(0).inv(transform(x)).item() == float("inf")
    assert transform.with_cache(1) is transform
    assert ours.ComposeTransform([ours.ExpTransform()]).with_cache().parts[0]._cache_size == 1


def test_inverses_and_copies():
    transform = ours.AffineTransform(1.0, 2.0)
    assert transform.inv.inv is transform
    assert ours.ComposeTransform([transform]).inv.inv.parts == [transform]
    assert pickle.loads(pickle.dumps(transform)) == transform


@pytest.mark.parametrize("text", [
    "D.ExpTransform(cache_size=2)", "D.ReshapeTransform((3,), (2,))", "D.ReshapeTransform((2, 3), (6,)).event_dim",
    "D.ReshapeTransform((3,), (3, 1)).forward_shape((4,))", "D.ReshapeTransform((3, 1), (3,)).forward_shape((3,))",
    "D.IndependentTransform(D.ExpTransform(), 2)(T.zeros(3))", "D.SoftmaxTransform().forward_shape(())",
    "D.StickBreakingTransform().inverse_shape(())",
])
def test_what_is_refused(text):
    for D, T in ((ours, mtorch), (theirs, torch)):
        with pytest.raises((ValueError, RuntimeError)):
            eval(text, {"D": D, "T": T})
