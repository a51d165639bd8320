"""`biject_to` and `transform_to`: torch's transforms for torch's constraints, and one's own besides."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.distributions import biject_to, constraints, transform_to
from mtorch.distributions import transforms as t
from mtorch.distributions.constraint_registry import ConstraintRegistry

torch = pytest.importorskip("torch")

VECTORS, SQUARES = np.random.default_rng(0).normal(size=(4, 3)), np.random.default_rng(1).normal(size=(2, 3, 3))
CONSTRAINTS = {
    **dict.fromkeys(("C.real", "C.positive", "C.nonnegative", "C.greater_than(2.0)", "C.greater_than_eq(2)", "C.less_than(1)",
                     "C.unit_interval", "C.interval(-1, 3.0)", "C.half_open_interval(0.0, 1.0)",
                     "C.interval(T.zeros(3), T.ones(3))", "C.real_vector", "C.independent(C.positive, 1)", "C.simplex",
                     "C.corr_cholesky", "C.cat([C.positive, C.unit_interval], -1, [1, 2])",
                     "C.stack([C.positive, C.real, C.less_than(1)], -1)"), VECTORS),
    **dict.fromkeys(("C.lower_cholesky", "C.positive_definite", "C.positive_semidefinite"), SQUARES),
    **dict.fromkeys(("C.boolean", "C.one_hot", "C.dependent", "C.square"), None),
}


@pytest.mark.parametrize("text", CONSTRAINTS)
@pytest.mark.parametrize("registry", ["biject_to", "transform_to"])
def test_against_torch(text, registry):
    results = []
    for T in (mtorch, torch):
        constraint = eval(text, {"C": T.distributions.constraints, "T": T})
        try:
            transform = getattr(T.distributions, registry)(constraint)
        except NotImplementedError as error:
            results.append(str(error))
            continue
        x = T.from_numpy(CONSTRAINTS[text]).requires_grad_()
        y = transform(x)
        assert constraint.check(y).all()
        (y * T.arange(1.0, y.numel() + 1).double().reshape(y.shape)).sum().backward(retain_graph=True)
        volume = transform.log_abs_det_jacobian(x, y) if transform.bijective else y
        results.append((type(transform).__name__, y, x.grad, transform.inv(y), volume))
    ours, theirs = results
    assert type(ours) is type(theirs)
    assert ours[0] == theirs[0]
    for a, b in zip(ours[1:], theirs[1:], strict=True):
        if isinstance(ours, str):
            assert ours == theirs
        else:
            assert tuple(a.shape) == tuple(b.shape)
            np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-9, atol=1e-12)


def test_ones_own_constraint():
    class Even(constraints.Constraint):
        pass

    class MoreThan(constraints.greater_than):
        pass

    registry = ConstraintRegistry()
    registry.register(Even(), lambda c: t.ExpTransform())

    @registry.register(MoreThan)
    def of_bound(constraint):
        return t.AffineTransform(constraint.lower_bound, 1.0)

    assert registry(Even()) == t.ExpTransform()
    assert registry(MoreThan(3.0))(mtorch.zeros(1)).tolist() == [3.0]
    assert of_bound(MoreThan(1.0)).loc == 1.0
    for known in (biject_to, transform_to):
        with pytest.raises(NotImplementedError, match="Cannot transform MoreThan constraints"):
            known(MoreThan(3.0))               # a class is looked up as it is, as in torch
    with pytest.raises(TypeError, match="Constraint subclass or instance"):
        registry.register(3, lambda c: None)
    with pytest.raises(TypeError, match="Constraint subclass or instance"):
        registry.register(int)(lambda c: None)
