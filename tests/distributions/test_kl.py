"""Divergences between every two of the table's distributions: torch's value and gradient, or torch's refusal."""

from __future__ import annotations

import math

import numpy as np
import pytest

import mtorch
from mtorch.distributions import Bernoulli, Categorical, Normal, Uniform, kl_divergence, register_kl

from .table import TABLE, both

torch = pytest.importorskip("torch")


def outcome(divergence, p, q):
    try:
        return divergence(p, q)
    except NotImplementedError:
        return NotImplementedError


@pytest.mark.parametrize("p_name", TABLE)
def test_against_torch(p_name):
    for q_name in TABLE:
        (p, p_parameters), (their_p, their_p_parameters) = both(p_name, requires_grad=True)
        (q, q_parameters), (their_q, their_q_parameters) = both(q_name, requires_grad=True)
        if len(p.event_shape) != len(q.event_shape) or p.batch_shape[-1:] != q.batch_shape[-1:]:
            continue
        ours = outcome(kl_divergence, p, q)
        theirs = outcome(torch.distributions.kl_divergence, their_p, their_q)
        if theirs is NotImplementedError:
            assert ours is NotImplementedError, (p_name, q_name)
            continue
        mine, torchs = ours.detach().numpy(), theirs.detach().numpy()
        np.testing.assert_allclose(mine, torchs, rtol=1e-8, atol=1e-12, err_msg=q_name)
        if theirs.requires_grad and theirs.isfinite().all():
            ours.sum().backward()
            theirs.sum().backward()
            for x, y in zip(p_parameters + q_parameters, their_p_parameters + their_q_parameters, strict=True):
                if y.grad is not None:
                    np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-7, atol=1e-10, err_msg=q_name)


@pytest.mark.parametrize("q_name", TABLE)
@pytest.mark.parametrize("p_name", ["Normal", "Gamma", "Beta", "Laplace", "Uniform", "Bernoulli", "Geometric"])
def test_it_is_the_mean_of_the_log_ratio(p_name, q_name):
    """Where torch's formula and ours could be wrong together: the mean over many samples, within its own error."""
    (p, _), _ = both(p_name)
    (q, _), _ = both(q_name)
    divergence = outcome(kl_divergence, p, q)
    if p.event_shape or q.event_shape or divergence is NotImplementedError or not divergence.isfinite().all():
        return
    mtorch.manual_seed(0)
    x = p.sample((20_000,))
    ratio = (p.log_prob(x) - q.log_prob(x)).numpy()
    error = 5 * ratio.std(0) / math.sqrt(len(ratio))
    assert (np.abs(ratio.mean(0) - divergence.numpy()) <= error + 1e-9).all()


@pytest.mark.parametrize(("build", "p", "q"), [
    ("Bernoulli(T.tensor(p))", [0.0, 1.0, 0.5, 0.0, 1.0], [0.0, 1.0, 0.0, 0.5, 0.0]),
    ("Categorical(T.tensor(p))", [[0.0, 1.0], [0.5, 0.5]], [[0.0, 1.0], [0.0, 1.0]]),
    ("Uniform(T.tensor(p) - 1, T.tensor(p) + 1)", [0.0, 0.0], [0.0, 1.0]),
    ("Binomial(T.tensor([5, 5]), T.tensor(p))", [0.3, 0.4], [0.5, 0.2]),
])
def test_at_the_edges(build, p, q):
    values = []
    for T in (mtorch, torch):
        pair = [eval("D." + build, {"D": T.distributions, "T": T, "p": parameter}) for parameter in (p, q)]
        values.append(T.distributions.kl_divergence(*pair).numpy())
    np.testing.assert_allclose(*values, rtol=1e-5, atol=1e-6)


def test_a_subclass_takes_its_base_class_formula():
    class Mine(Normal):
        pass

    p, q = Mine(0.0, 1.0), Normal(1.0, 2.0)
    assert kl_divergence(p, q).item() == kl_divergence(Normal(0.0, 1.0), q).item()


def test_an_ambiguous_pair_is_warned_of():
    class Left(Normal):
        pass

    class Right(Normal):
        pass

    register_kl(Left, Normal)(lambda p, q: mtorch.tensor(1.0))
    register_kl(Normal, Right)(lambda p, q: mtorch.tensor(2.0))
    with pytest.warns(RuntimeWarning, match="Ambiguous kl_divergence"):
        assert kl_divergence(Left(0.0, 1.0), Right(0.0, 1.0)).item() == 1.0


def test_what_is_refused():
    with pytest.raises(NotImplementedError, match="Categorical and q type Normal"):
        kl_divergence(Categorical(mtorch.ones(2)), Normal(0.0, 1.0))
    with pytest.raises(TypeError, match="register_kl"):
        register_kl(Normal(0.0, 1.0), Normal)


def test_infinite_where_p_reaches_further():
    assert kl_divergence(Uniform(0.0, 2.0), Uniform(0.0, 1.0)).item() == math.inf
    assert kl_divergence(Bernoulli(0.5), Bernoulli(0.0)).item() == math.inf
