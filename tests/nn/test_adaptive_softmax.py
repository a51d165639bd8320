"""AdaptiveLogSoftmaxWithLoss beside torch's: weights, values, gradients, predictions and errors."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch

CUTOFFS = [4, 9]


def everything(lib, targets, dtype="float32", **options):
    """What the layer gives for these targets, and the gradients of its loss."""
    lib.manual_seed(0)
    layer = lib.nn.AdaptiveLogSoftmaxWithLoss(16, 20, CUTOFFS, dtype=getattr(lib, dtype), **options)
    target = lib.tensor(targets, dtype=lib.int64)
    x = lib.randn(*target.shape, 16, dtype=getattr(lib, dtype), requires_grad=True)
    result = layer(x, target)
    result.loss.backward()
    rows = lib.atleast_2d(x)
    arrays = [result.output, result.loss, x.grad, layer.log_prob(rows), layer.predict(rows),
              *(p.grad for p in layer.parameters() if p.grad is not None)]
    return [a.detach().numpy() for a in arrays], (repr(layer), list(layer.state_dict()), type(result.output.grad_fn).__name__,
                                                  [p.grad is None for p in layer.parameters()])


@pytest.mark.parametrize("options", [{}, {"head_bias": True, "div_value": 2.0}, {"dtype": "float64"}], ids=str)
@pytest.mark.parametrize("targets", [[0, 3, 4, 8, 9, 19], [1, 2], [12], [5, 5, 17], 2, 15], ids=str)
def test_equals_torch(targets, options):
    torch = pytest.importorskip("torch")
    (ours, our_words), (theirs, their_words) = (everything(lib, targets, **options) for lib in (mtorch, torch))
    for a, b in zip(ours, theirs, strict=True):
        assert a.shape == b.shape and a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)
    assert our_words == their_words


def test_log_probabilities_add_up_and_agree_with_the_loss():
    layer = mtorch.nn.AdaptiveLogSoftmaxWithLoss(6, 12, [2, 5], 2.0, dtype=mtorch.float64)
    x, target = mtorch.randn(40, 6, dtype=mtorch.float64) * 9, mtorch.arange(40) % 12
    scores = layer.log_prob(x)
    np.testing.assert_allclose(scores.exp().sum(1).detach().numpy(), np.ones(40))
    np.testing.assert_allclose(layer(x, target).output.detach().numpy(), scores.detach().numpy()[range(40), target])
    assert layer.predict(x).unique().numel() > 3
    assert mtorch.autograd.gradcheck(lambda x: layer(x, target[:3]).loss, x[:3].detach().requires_grad_())


@pytest.mark.parametrize("cutoffs", [[], [5, 3], [3, 3], [0, 2], [20], [2.5]], ids=str)
def test_cutoffs_that_make_no_clusters(cutoffs):
    with pytest.raises(ValueError, match="cutoffs should be a sequence of"):
        mtorch.nn.AdaptiveLogSoftmaxWithLoss(16, 20, cutoffs)


@pytest.mark.parametrize(("x", "target", "says"), [
    ((2, 16), [0, 20], r"in \[0, 19\], but values in range \[0, 20\]"), ((2, 16), [-1, 2], "range .-1, 2. were found"),
    ((2, 16), [1], "same size in the batch dimension"), ((16,), [1], "1D target tensor expects 2D input"),
    ((2, 16), 1, "0D target tensor expects 1D input"), ((2, 16), [[1], [2]], "multi-target not supported"),
], ids=str)
def test_bad_input(x, target, says):
    with pytest.raises(RuntimeError, match=says):
        mtorch.nn.AdaptiveLogSoftmaxWithLoss(16, 20, CUTOFFS)(mtorch.ones(x), mtorch.tensor(target))


def test_first_weights_are_drawn_anew():
    layer = mtorch.nn.AdaptiveLogSoftmaxWithLoss(16, 20, CUTOFFS)
    before = [p.clone() for p in layer.parameters()]
    layer.reset_parameters()
    assert not any(mtorch.equal(p, q) for p, q in zip(before, layer.parameters(), strict=True))
