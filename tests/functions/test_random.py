"""Random tensors: every form of every call gives torch's numbers, types and errors."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import mtorch

torch = pytest.importorskip("torch")

# Each is evaluated with T = mtorch and T = torch after the same seed.
CALLS = [
    "T.empty(0, 3).uniform_()", "T.empty(3, 0).normal_()", "T.rand(3)", "T.rand(2, 3)", "T.rand((2, 3))",
    "T.rand([2, 3])", "T.rand(size=(2, 3))", "T.rand(())", "T.rand(0)", "T.rand(4, dtype=T.float64)",
    "T.rand(4, dtype=T.float16)", "T.rand(20, dtype=T.complex64)", "T.rand(3, requires_grad=True)",
    "T.rand(2, 3, out=T.empty(2, 3))", "T.rand(2, 3, out=T.empty(0, dtype=T.float64))",
    "T.rand(3, generator=T.Generator().manual_seed(4))", "T.rand(3, device='cpu')", "T.rand(T.Size([2, 2]))",
    "T.randn(3)", "T.randn(5, 7)", "T.randn(5, 7, dtype=T.float64)", "T.randn((2,), requires_grad=True)",
    "T.randn(())", "T.randn(3, dtype=T.complex64)", "T.randn(30, dtype=T.complex128)",
    "T.randn(100, dtype=T.float16)", "T.randn(3, generator=T.Generator().manual_seed(4))", "T.randn(size=(3,))",
    "T.randint(10, (5,))", "T.randint(-3, 10, (2, 5))", "T.randint(10, size=(5,))", "T.randint(high=10, size=(5,))",
    "T.randint(low=2, high=10, size=(5,))", "T.randint(2, high=10, size=(5,))", "T.randint(10, (5,), dtype=T.uint8)",
    "T.randint(10, (5,), dtype=T.float32)", "T.randint(2, (5,), dtype=T.bool)", "T.randint(0, 2**60, [4])",
    "T.randint(10, (5,), generator=T.Generator().manual_seed(4))",
    "T.randint(10, (5,), dtype=T.float32, requires_grad=True)", "T.randperm(10)", "T.randperm(0)", "T.randperm(3000)",
    "T.randperm(9, dtype=T.int32)", "T.randperm(9, dtype=T.float32)",
    "T.randperm(5, generator=T.Generator().manual_seed(4))", "T.randperm(5, out=T.empty(5, dtype=T.int64))",
    "T.rand_like(T.zeros(2, 3))", "T.rand_like(T.zeros(2, 3, dtype=T.int64), dtype=T.float64)",
    "T.rand_like(T.zeros(2, 3).t())", "T.randn_like(T.zeros(4, 9).t())", "T.randn_like(T.zeros(4, 9)[:, ::2])",
    "T.randn_like(T.zeros(2, 3), requires_grad=True)", "T.randn_like(T.zeros(40), dtype=T.float64)",
    "T.randint_like(T.zeros(2, 3), 9)", "T.randint_like(T.zeros(2, 3), 4, 9)",
    "T.randint_like(T.zeros(3), low=4, high=9)", "T.randint_like(T.zeros(2, 3), 9, dtype=T.int64)",
    "T.normal(2.0, 3.0, (4,))", "T.normal(2.0, 3.0, size=(4, 5))", "T.normal(2.0, 3.0, (4,), dtype=T.float64)",
    "T.normal(T.arange(20.), 0.5)", "T.normal(T.arange(20.))", "T.normal(mean=T.arange(3.), std=T.ones(3))",
    "T.normal(0.5, T.arange(20.))", "T.normal(T.arange(20.), T.arange(1., 21.))",
    "T.normal(T.ones(3, 1), T.arange(6.))", "T.normal(T.ones(3), T.ones(3, dtype=T.float64))",
    "T.normal(T.arange(3.), 2.0, generator=T.Generator())", "T.normal(T.arange(3.), 2.0, out=T.empty(3))",
    "T.normal(1.0, 2.0, (3,), requires_grad=True)", "T.bernoulli(T.linspace(0, 1, 20))",
    "T.bernoulli(T.linspace(0, 1, 20, dtype=T.float64))",
    "T.bernoulli(T.linspace(0, 1, 20), generator=T.Generator())", "T.bernoulli(T.zeros(9, dtype=T.int64), 0.5)",
    "T.bernoulli(T.zeros(9), p=0.5)", "T.full((9,), 0.5).bernoulli()", "T.bernoulli(T.full((3, 4), 0.5).t())",
    "T.bernoulli(T.full((9,), 0.5), out=T.empty(9))", "T.zeros(9).bernoulli(0.5)", "T.multinomial(T.arange(5.), 2)",
    "T.multinomial(T.arange(5.), 9, replacement=True)", "T.multinomial(T.arange(5.), 1)",
    "T.multinomial(T.arange(10.).reshape(2, 5), 3)", "T.arange(5.).multinomial(2)",
    "T.arange(5.).multinomial(20, True)", "T.multinomial(T.arange(5.), 2, generator=T.Generator())",
    "T.multinomial(T.arange(5.), num_samples=2)", "T.multinomial(T.arange(5.), 2, out=T.empty(2, dtype=T.int64))",
    "T._standard_gamma(T.linspace(0.1, 3, 25))", "T._sample_dirichlet(T.linspace(0.1, 3, 24).view(2, 12))",
    "T._sample_dirichlet(T.tensor([0.2, 0.2]), generator=T.Generator())",
    "T.poisson(T.linspace(0, 30, 25))", "T.poisson(T.linspace(0, 30, 25), generator=T.Generator())",
    "T.binomial(T.full((9,), 50.), T.linspace(0, 1, 9))", "T.empty(5).uniform_()", "T.empty(5).uniform_(-2)",
    "T.empty(5).uniform_(-1, 1)", "T.empty(5).uniform_(to=3)", "T.empty(20, dtype=T.complex64).uniform_(-1, 1)",
    "T.empty(5).uniform_(generator=T.Generator())", "T.empty(5).normal_()", "T.empty(50).normal_(1, 2)",
    "T.empty(50).normal_(mean=1, std=2)", "T.empty(4, 5).t().normal_()",
    "T.empty(5, dtype=T.float64).normal_(std=2, generator=T.Generator())",
    "T.empty(9, dtype=T.complex64).normal_(1., 2.)", "T.empty(5, dtype=T.int64).random_()", "T.empty(5).random_()",
    "T.empty(5, dtype=T.uint8).random_(7)", "T.empty(5).random_(3, 9)",
    "T.empty(5, dtype=T.int64).random_(-(2**63), None)", "T.empty(5).random_(9, None)",
    "T.empty(5, dtype=T.int32).random_(4, None)", "T.empty(5, dtype=T.int64).random_(generator=T.Generator())",
    "T.empty(9).bernoulli_()", "T.empty(9).bernoulli_(0.2)", "T.empty(9, dtype=T.bool).bernoulli_(p=0.2)",
    "T.empty(2, 9).bernoulli_(T.linspace(0, 1, 9))", "T.empty(9, 2).t().bernoulli_(T.linspace(0, 1, 9))",
    "T.empty(3, dtype=T.int64).bernoulli_(T.full((1,), 0.5))", "T.empty(9).exponential_()",
    "T.empty(9).exponential_(2)", "T.empty(9).exponential_(lambd=2)", "T.empty(9).geometric_(0.2)",
    "T.empty(9, dtype=T.int64).geometric_(p=0.2)", "T.empty(9).cauchy_()", "T.empty(9).cauchy_(1, 2)",
    "T.empty(9).cauchy_(median=1, sigma=2)", "T.empty(9).log_normal_()", "T.empty(9).log_normal_(0, 0.5)",
    "T.empty(9).log_normal_(mean=0, std=0.5)", "T.zeros(3, requires_grad=True).data.normal_()",
    "T.zeros(6)[::2].uniform_()", "T.manual_seed(6).initial_seed()", "[T.rand(2), T.initial_seed()]",
    "T.Generator().manual_seed(5).get_state()", "[T.rand(2), T.get_rng_state()][1]", "T.random.get_rng_state()",
    "T.default_generator.initial_seed()", "T.Generator().device", "T.Generator('cpu').device.type",
    "T.random.initial_seed()", "T.random.manual_seed(2).get_state()",
]
REFUSED = [
    "T.rand()", "T.rand(3, dtype=T.int64)", "T.rand(2, -1)", "T.rand(2, generator=3)", "T.rand(2.5)",
    "T.rand_like(T.zeros(2, dtype=T.int64))", "T.randn(3, dtype=T.int64)", "T.randn(())(1)", "T.randn()",
    "T.randint(5, 5, (3,))", "T.randint(5, 2, (3,))", "T.randint(3, 4)", "T.randint(2.5, (3,))", "T.randint((3,))",
    "T.randint(0, 300, (3,), dtype=T.uint8)", "T.randint(-1, 3, (3,), dtype=T.uint8)",
    "T.randint(3, (3,), dtype=T.bool)", "T.randint(1, 2, 3, (3,))", "T.randperm(-1)", "T.randperm(2.5)",
    "T.randperm(300, dtype=T.uint8)", "T.randperm(3000, dtype=T.float16)", "T.normal(0., 1.)",
    "T.normal(T.ones(3), -1.)", "T.normal(T.ones(3), -T.ones(3))", "T.normal(T.ones(3), T.ones(4))",
    "T.normal(T.ones(3, dtype=T.int64), 1.)", "T.normal(0., -1., (3,))", "T.bernoulli(T.full((3,), 2.))",
    "T.bernoulli(T.zeros(3, dtype=T.int64))", "T.bernoulli(T.zeros(3), -0.5)", "T.bernoulli(3)",
    "T.zeros(3).bernoulli_(T.ones(4))", "T.zeros(3).bernoulli_(T.ones(3, dtype=T.int64))",
    "T.multinomial(T.ones(3), 4)", "T.multinomial(T.ones(3), 0)", "T.multinomial(T.ones(3, dtype=T.int64), 1)",
    "T.multinomial(T.ones(2, 2, 2), 1)", "T.multinomial(T.tensor([-1., 2]), 1)", "T.multinomial(T.zeros(2), 1)",
    "T.multinomial(T.tensor([float('nan'), 2]), 1)", "T.multinomial(T.zeros(2), 3, True)",
    "T.multinomial(T.tensor(1.), 1)", "T.multinomial(T.tensor([float('inf'), 2]), 3, True)",
    "T.multinomial(T.ones(3), 2.5)", "T.poisson(T.tensor([-1.]))", "T._standard_gamma([1.0])",
    "T._sample_dirichlet(T.tensor([1, 2]))", "T.poisson(T.ones(3, dtype=T.int64))",
    "T.binomial(T.ones(3), T.ones(3, dtype=T.float64))", "T.zeros(3).uniform_(2)", "T.zeros(3).uniform_(1, 0)",
    "T.zeros(3).uniform_(0, float('inf'))", "T.zeros(3).uniform_(0, 1e39)", "T.zeros(3).uniform_(-3e38, 3e38)",
    "T.zeros(3, dtype=T.int64).uniform_()", "T.zeros(3).uniform_('a')", "T.zeros(3).normal_(0, -1)",
    "T.zeros(3, dtype=T.int64).normal_()", "T.zeros(3).random_(5, 5)", "T.zeros(3).random_(-1)",
    "T.zeros(3, dtype=T.uint8).random_(0, 300)", "T.zeros(3).random_(2.5)", "T.zeros(3).random_(1, 2, 3)",
    "T.zeros(3).exponential_(0)", "T.zeros(3).exponential_(-1)", "T.zeros(3, dtype=T.int64).exponential_()",
    "T.zeros(3).geometric_(0)", "T.zeros(3).geometric_(1)", "T.zeros(3, dtype=T.bool).geometric_(0.5)",
    "T.zeros(3).cauchy_(0, 0)", "T.zeros(3, dtype=T.int64).cauchy_()", "T.zeros(3).log_normal_(0, 0)",
    "T.zeros(3, dtype=T.int64).log_normal_()", "T.zeros(3).bernoulli_(1.5)", "T.ones(3).expand(2, 3).uniform_()",
    "T.zeros(3, requires_grad=True).uniform_()", "T.zeros(3, requires_grad=True)[:2].normal_()",
    "T.rand(3, out=T.zeros(3, dtype=T.int64))", "T.Generator('cuda')", "T.Generator().set_state(T.zeros(5056))",
    "T.Generator().set_state(T.zeros(3, dtype=T.uint8))", "T.set_rng_state(T.zeros(3, dtype=T.uint8))",
    "T.manual_seed(2**64)", "T.rand(3, requires_grad=True, out=T.zeros(3)).foo", "T.rand(3, device='cuda')",
]


def evaluated(call, T, seed=0):
    T.manual_seed(seed)
    return eval(call, {"T": T})


@pytest.mark.parametrize("call", CALLS)
def test_torchs_numbers(call):
    for seed in (0, 12):
        ours, theirs = evaluated(call, mtorch, seed), evaluated(call, torch, seed)
        if isinstance(theirs, torch.Tensor):
            assert isinstance(ours, mtorch.Tensor)
            assert str(ours.dtype) == str(theirs.dtype)
            assert ours.requires_grad == theirs.requires_grad
            assert tuple(ours.shape) == tuple(theirs.shape)
            np.testing.assert_array_equal(ours.detach().numpy(), theirs.detach().numpy())
        elif not isinstance(theirs, list):
            assert str(ours) == str(theirs)
        else:
            assert ours[1] == theirs[1]
        assert np.asarray(mtorch.get_rng_state()).tobytes() == torch.get_rng_state().numpy().tobytes()


@pytest.mark.parametrize("call", REFUSED)
def test_torchs_refusals(call):
    with pytest.raises(Exception) as theirs:
        evaluated(call, torch)
    expected = theirs.type
    if "cuda" in call:
        expected = (RuntimeError, AssertionError)
    with pytest.raises(expected):
        evaluated(call, mtorch)


# -- the tape

def test_a_fill_is_a_constant_to_the_tape():
    gradients = []
    for T in (mtorch, torch):
        T.manual_seed(0)
        x = T.ones(4, requires_grad=True)
        y = x * 2
        z = y.exp()                                   # keeps its own result, which the fill does not touch
        y.uniform_()
        (y * x + z).sum().backward()
        gradients.append(x.grad.numpy())
    np.testing.assert_allclose(*gradients, rtol=1e-6)


def test_a_fill_of_a_part():
    gradients = []
    for T in (mtorch, torch):
        T.manual_seed(0)
        x = T.ones(4, 5, requires_grad=True)
        y = x * 3
        y[1:, ::2].normal_(2.0)
        (y * y).sum().backward()
        gradients.append(x.grad.numpy())
    np.testing.assert_array_equal(*gradients)


@pytest.mark.parametrize("fill", ["uniform_()", "normal_()", "random_(9)", "bernoulli_()", "exponential_()"])
def test_what_the_backward_needs_is_guarded(fill):
    for T in (mtorch, torch):
        x = T.ones(4, requires_grad=True)
        y = x * 1.0
        z = y * y
        eval(f"y.{fill}", {"y": y})
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            z.sum().backward()


def test_filling_a_leaf_under_no_grad():
    for T in (mtorch, torch):
        x = T.ones(4, requires_grad=True)
        with T.no_grad():
            x.uniform_(2, 3)
        assert x.requires_grad
        assert x.is_leaf
        (x * x).sum().backward()
        np.testing.assert_array_equal(x.grad.numpy(), 2 * x.detach().numpy())


@pytest.mark.parametrize("call", ["T.bernoulli(x)", "T.poisson(x)", "T.normal(x, 1.0)", "T.normal(0.0, x)"])
def test_samples_let_no_gradient_through(call):
    for T in (mtorch, torch):
        x = T.full((3,), 0.5, requires_grad=True)
        sample = eval(call, {"T": T, "x": x})
        assert sample.requires_grad
        (sample * float("inf")).sum().backward()
        assert x.grad.tolist() == [0.0, 0.0, 0.0]


def test_gradient_of_gradient_through_a_fill():
    x = mtorch.full((3,), 2.0, requires_grad=True)
    y = x * x
    y[0].uniform_()
    g, = mtorch.autograd.grad((y * y).sum(), x, create_graph=True)
    gg, = mtorch.autograd.grad(g.sum(), x)
    assert gg.tolist() == [0.0, 48.0, 48.0]


def test_multinomial_has_no_gradient():
    assert not mtorch.multinomial(mtorch.ones(3, requires_grad=True), 1).requires_grad


# -- generators

def test_state_goes_to_torch_and_back():
    mtorch.manual_seed(9)
    mtorch.randn(5)
    torch.set_rng_state(torch.from_numpy(mtorch.get_rng_state().numpy()))
    assert torch.randn(7).tolist() == mtorch.randn(7).tolist()
    torch.rand(600)
    mtorch.set_rng_state(mtorch.from_numpy(torch.get_rng_state().numpy()))
    assert torch.randperm(70).tolist() == mtorch.randperm(70).tolist()


def test_fork_rng():
    mtorch.manual_seed(1)
    with mtorch.random.fork_rng():
        mtorch.manual_seed(2)
        inside = mtorch.rand(3)
    mtorch.manual_seed(2)
    assert inside.tolist() == mtorch.rand(3).tolist()


def test_no_warning_is_given():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for call in CALLS:
            evaluated(call, mtorch)


@pytest.mark.parametrize("draw", [
    lambda: mtorch.rand(2, device="cuda"), lambda: mtorch.randn(2, device="cuda"), lambda: mtorch.randint(9, (2,), device="cuda"),
    lambda: mtorch.randperm(9, device="cuda"), lambda: mtorch.rand_like(mtorch.ones(2), device="cuda"),
    lambda: mtorch.randn_like(mtorch.ones(2), device="cuda"), lambda: mtorch.randint_like(mtorch.ones(2), 9, device="cuda"),
    lambda: mtorch.normal(0.0, 1.0, (2,), device="cuda"),
])
def test_nothing_is_drawn_for_a_device_that_is_not_here(draw) -> None:
    mtorch.manual_seed(0)
    with pytest.raises(AssertionError, match="CUDA"):
        draw()
    assert mtorch.initial_seed() == 0 and mtorch.rand(1).item() == pytest.approx(0.4962566)
