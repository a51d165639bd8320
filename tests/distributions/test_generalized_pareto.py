"""The generalized Pareto distribution beside torch's, in float32: of float64, torch's own `log_prob` fails."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch

torch = pytest.importorskip("torch")

LOC, SCALE, CONCENTRATION = [0.5, -1.0, 0.0], [[1.0, 2.0, 0.5], [0.3, 1.0, 3.0]], [-0.2, 0.0, 0.3]
VALUES = np.array([[0.7, 0.2, 1.0], [0.5, 3.0, 10.0]], dtype=np.float32)


def both(requires_grad=False):
    for T in (mtorch, torch):
        parameters = [T.tensor(p, requires_grad=requires_grad) for p in (LOC, SCALE, CONCENTRATION)]
        yield T, T.distributions.GeneralizedPareto(*parameters), parameters


ASKED = {
    "log_prob": lambda T, d: d.log_prob(T.from_numpy(VALUES)), "cdf": lambda T, d: d.cdf(T.from_numpy(VALUES)),
    "log_cdf": lambda T, d: d.log_cdf(T.from_numpy(VALUES)),
    "log_survival_function": lambda T, d: d.log_survival_function(T.from_numpy(VALUES)),
    "icdf": lambda T, d: d.icdf(T.tensor([0.1, 0.5, 0.9])), "mean": lambda T, d: d.mean, "mode": lambda T, d: d.mode,
    "variance": lambda T, d: d.variance, "entropy": lambda T, d: d.entropy(),
    "expanded": lambda T, d: d.expand((4, 2, 3)).log_prob(T.from_numpy(VALUES)),
    "upper end": lambda T, d: d.support.upper_bound, "rsample": lambda T, d: (T.manual_seed(1), d.rsample((5,)))[1],
    "sample": lambda T, d: (T.manual_seed(1), d.sample((5,)))[1],
}


@pytest.mark.parametrize("what", ASKED)
def test_against_torch(what):
    values, slopes = [], []
    for T, d, parameters in both(requires_grad=True):
        answer = ASKED[what](T, d)
        if answer.requires_grad:
            (answer.sum() if what != "upper end" else answer[..., 0].sum()).backward()
        values.append(answer.detach().numpy())
        slopes.append([np.zeros(1) if p.grad is None else p.grad.numpy() for p in parameters])
    np.testing.assert_allclose(*values, rtol=2e-6)
    for mine, torchs in zip(*slopes, strict=True):
        np.testing.assert_allclose(mine, torchs, rtol=1e-4, atol=1e-5)


def test_the_cdf_and_its_inverse_in_float64():
    d = mtorch.distributions.GeneralizedPareto(*(mtorch.tensor(p).double() for p in (LOC, SCALE, CONCENTRATION)))
    p = mtorch.tensor([0.1, 0.5, 0.9]).double()
    np.testing.assert_allclose(d.cdf(d.icdf(p)).numpy(), np.broadcast_to(p.numpy(), (2, 3)), rtol=1e-12)
    step = 1e-6
    slope = (d.cdf(d.icdf(p) + step) - d.cdf(d.icdf(p) - step)) / (2 * step)
    np.testing.assert_allclose(d.log_prob(d.icdf(p)).exp().numpy(), slope.numpy(), rtol=1e-7)


def test_text_and_refusals():
    texts, messages = [], []
    for T, d, _ in both():
        texts.append(repr(d))
        for ask in (lambda: d.log_prob(T.tensor(-2.0)), lambda: T.distributions.GeneralizedPareto(0.0, -1.0, 0.0)):
            with pytest.raises(ValueError) as caught:
                ask()
            messages.append(str(caught.value).splitlines()[0])
    assert texts[0] == texts[1]
    assert messages[1] == messages[3]
