"""Weights begin with torch's numbers."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch

torch = pytest.importorskip("torch")

CALLS = [
    "I.uniform_(T.empty(5, 7))", "I.uniform_(T.empty(5), -2, 3)", "I.uniform_(T.empty(5), a=-2, b=3)",
    "I.uniform_(T.empty(5), generator=T.Generator())", "I.uniform_(T.empty(5, 4).t(), -1, 1)",
    "I.normal_(T.empty(5, 7), 1, 2)", "I.normal_(T.empty(5), mean=1, std=2)",
    "I.normal_(T.empty(50, dtype=T.float64))", "I.constant_(T.empty(3), 0.3)", "I.ones_(T.empty(3))",
    "I.zeros_(T.empty(2, 2))", "I.eye_(T.empty(3, 5))", "I.eye_(T.empty(5, 3, dtype=T.float64))",
    "I.eye_(T.empty(5, 3).t())", "I.dirac_(T.empty(3, 4, 5))", "I.dirac_(T.empty(6, 2, 3, 4), 3)",
    "I.dirac_(T.empty(4, 4, 1, 2, 3), groups=2)", "I.dirac_(T.empty(0, 2, 3))",
    "I.dirac_(T.empty(6, 1, 3), groups=6)", "I.xavier_uniform_(T.empty(30, 20))",
    "I.xavier_uniform_(T.empty(3, 2, 5, 5), gain=1.5)", "I.xavier_normal_(T.empty(30, 20))",
    "I.xavier_normal_(T.empty(3, 2, 5), 0.5)", "I.kaiming_uniform_(T.empty(30, 20))",
    "I.kaiming_uniform_(T.empty(30, 20), a=5 ** 0.5)",
    "I.kaiming_uniform_(T.empty(3, 2, 5, 5), mode='fan_out', nonlinearity='relu')",
    "I.kaiming_normal_(T.empty(30, 20), nonlinearity='tanh')", "I.kaiming_normal_(T.empty(3, 2, 5), 0.2, 'FAN_OUT')",
    "I.kaiming_normal_(T.empty(3, 20), generator=T.Generator().manual_seed(5))", "I.sparse_(T.empty(10, 7), 0.35)",
    "I.sparse_(T.empty(10, 7), sparsity=0.1, std=2.0, generator=T.Generator())", "I.trunc_normal_(T.empty(50, 20))",
    "I.trunc_normal_(T.empty(50, 20), std=0.02)", "I.trunc_normal_(T.empty(9), 1., 2.)",
    "I.trunc_normal_(T.empty(5, 90).t(), std=0.7)",
    "I.trunc_normal_(T.empty(500, dtype=T.float64), std=3.0, a=-1.0, b=2.5)",
    "I.trunc_normal_(T.empty(500), std=4.0, a=1.0, b=2.0)",
    "I.trunc_normal_(T.empty(40), mean=0.5, std=4.0, a=0.0, b=1.0)",
    "I.trunc_normal_(T.empty(500), mean=5.0, std=2.0, a=0.0, b=2.0)", "I.trunc_normal_(T.empty(0))",
    "I.trunc_normal_(T.empty(20), generator=T.Generator().manual_seed(5))",
    "I.normal_(T.ones(3, requires_grad=True))", "I.trunc_normal_(T.ones(3, 5, requires_grad=True))",
    "I.sparse_(T.ones(3, 5, requires_grad=True), 0.5)", "I.eye_(T.ones(3, 5, requires_grad=True))",
    "I.dirac_(T.ones(3, 5, 3, requires_grad=True))", "I.zeros_(T.nn.Parameter(T.ones(3)))",
]
# QR leaves the last digits to LAPACK.
NEARLY = [
    "I.orthogonal_(T.empty(30, 20))", "I.orthogonal_(T.empty(20, 30), gain=1.5)",
    "I.orthogonal_(T.empty(4, 3, 2, 2))", "I.orthogonal_(T.empty(20, 20, dtype=T.float64))",
    "I.orthogonal_(T.empty(0, 3))", "I.orthogonal_(T.empty(7, 5).t())",
    "I.orthogonal_(T.empty(5, 5, requires_grad=True), generator=T.Generator())",
]
REFUSED = [
    "I.eye_(T.empty(3))", "I.dirac_(T.empty(3, 4))", "I.dirac_(T.empty(3, 4, 5), 2)", "I.xavier_uniform_(T.empty(3))",
    "I.xavier_normal_(T.empty(()))", "I.kaiming_uniform_(T.empty(3))", "I.kaiming_normal_(T.empty(3, 4), mode='fan')",
    "I.kaiming_normal_(T.empty(3, 4), nonlinearity='swish')", "I.kaiming_normal_(T.empty(3, 4), a='x')",
    "I.orthogonal_(T.empty(3))", "I.sparse_(T.empty(3), 0.5)", "I.calculate_gain('swish')",
    "I.normal_(T.empty(3), std=-1)", "I.calculate_gain('leaky_relu', True)", "I.uniform_(T.empty(3), 1, 0)",
]


def evaluated(call, T, seed=0):
    T.manual_seed(seed)
    return eval(call, {"T": T, "I": T.nn.init})


@pytest.mark.parametrize("call", CALLS + NEARLY)
def test_torchs_numbers(call):
    for seed in (0, 12):
        ours, theirs = evaluated(call, mtorch, seed), evaluated(call, torch, seed)
        assert str(ours.dtype) == str(theirs.dtype)
        assert (ours.requires_grad, ours.is_leaf) == (theirs.requires_grad, theirs.is_leaf)
        if call in NEARLY:
            eps = np.finfo(ours.array.dtype).eps
            np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), atol=30 * eps)
        else:
            np.testing.assert_array_equal(ours.detach().numpy(), theirs.detach().numpy())
        assert np.array_equal(mtorch.get_rng_state().numpy(), torch.get_rng_state().numpy())


@pytest.mark.parametrize("call", REFUSED)
def test_torchs_refusals(call):
    with pytest.raises((ValueError, RuntimeError)) as theirs:
        evaluated(call, torch)
    with pytest.raises(theirs.type):
        evaluated(call, mtorch)


@pytest.mark.parametrize("nonlinearity", ["linear", "conv1d", "conv_transpose3d", "sigmoid", "tanh", "relu",
                                          "leaky_relu", "selu"])
@pytest.mark.parametrize("param", [None, 0.3, 1])
def test_gains(nonlinearity, param):
    assert mtorch.nn.init.calculate_gain(nonlinearity, param) == torch.nn.init.calculate_gain(nonlinearity, param)


@pytest.mark.parametrize(("call", "message"), [
    ("I.kaiming_uniform_(T.ones(0, 3))", "no-op"), ("I.kaiming_normal_(T.ones(3, 0))", "no-op"),
    ("I.trunc_normal_(T.ones(300), mean=9.0)", "more than 2 std"),
    ("I.uniform(T.ones(3))", "deprecated"), ("I.normal(T.ones(3))", "deprecated"),
    ("I.constant(T.ones(3), 2)", "deprecated"), ("I.eye(T.ones(3, 3))", "deprecated"),
    ("I.dirac(T.ones(3, 3, 3))", "deprecated"),
    ("I.xavier_uniform(T.ones(3, 3))", "deprecated"), ("I.xavier_normal(T.ones(3, 3))", "deprecated"),
    ("I.kaiming_uniform(T.ones(3, 3))", "deprecated"), ("I.kaiming_normal(T.ones(3, 3))", "deprecated"),
    ("I.sparse(T.ones(3, 3), 0.5)", "deprecated"),
])
def test_torchs_warnings(call, message):
    with pytest.warns(Warning, match=message) as theirs:
        expected = evaluated(call, torch)
    with pytest.warns(Warning, match=message) as ours:
        np.testing.assert_array_equal(evaluated(call, mtorch).numpy(), expected.numpy())
    assert ours[0].category is theirs[0].category
    assert str(ours[0].message) == str(theirs[0].message)


def test_orthogonal_is_deprecated_too():
    with pytest.warns(FutureWarning, match="orthogonal_"):
        mtorch.nn.init.orthogonal(mtorch.empty(3, 3))


def test_the_old_values_are_replaced_in_place():
    weight = mtorch.nn.Parameter(mtorch.zeros(4, 3))
    memory = weight.array
    for fill in (mtorch.nn.init.orthogonal_, mtorch.nn.init.trunc_normal_, mtorch.nn.init.eye_):
        assert fill(weight) is weight
        assert weight.array is memory


def test_filling_a_weight_after_it_was_used_is_noticed():
    weight, x = mtorch.ones(3, 3, requires_grad=True), mtorch.ones(3, 3, requires_grad=True)
    loss = (weight @ x).sum()
    mtorch.nn.init.orthogonal_(weight)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@pytest.mark.parametrize("name", ["constant_", "ones_", "eye_", "dirac_", "uniform_", "normal_", "trunc_normal_",
                                  "xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_",
                                  "orthogonal_", "sparse_"])
def test_what_is_no_tensor_is_refused(name):
    arguments = {"constant_": (1.0,), "sparse_": (0.5,)}.get(name, ())
    with pytest.raises(TypeError, match="argument 'tensor' must be Tensor, not list"):
        getattr(mtorch.nn.init, name)([1.0], *arguments)
