"""gradcheck says what it cannot check."""
from __future__ import annotations

import pytest

import mtorch
from mtorch.autograd import GradcheckError, gradcheck, gradgradcheck


def leaf() -> mtorch.Tensor:
    return mtorch.ones(1, dtype=mtorch.float64, requires_grad=True)


def test_a_wrong_gradient_is_found() -> None:
    wrong = lambda x: x.detach() * x
    with pytest.raises(GradcheckError, match="Jacobian mismatch"):
        gradcheck(wrong, leaf())
    assert not gradcheck(wrong, leaf(), raise_exception=False)
    with pytest.raises(GradcheckError, match="random direction"):
        gradcheck(wrong, leaf(), fast_mode=True)


def test_a_func_that_returns_no_tensor() -> None:
    for check in (gradcheck, gradgradcheck):
        with pytest.raises(TypeError, match="func must return a Tensor or a tuple of them, got int"):
            check(lambda x: 3, leaf())


def test_inputs_that_need_no_gradient() -> None:
    for check in (gradcheck, gradgradcheck):
        with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
            check(lambda x: x * x, mtorch.ones(1))


@pytest.mark.parametrize("fast_mode", [False, True])
def test_complex_numbers_are_checked_by_their_parts(fast_mode: bool) -> None:
    class Square(mtorch.autograd.Function):
        @staticmethod
        def forward(ctx, z, conjugated):
            ctx.save_for_backward(z)
            ctx.conjugated = conjugated
            return z * z

        @staticmethod
        def backward(ctx, g):
            z, = ctx.saved_tensors
            return 2 * g * (z.conj() if ctx.conjugated else z), None
    z = mtorch.tensor([1 + 2j, -0.5 + 1j], dtype=mtorch.complex128, requires_grad=True)
    x = mtorch.tensor([0.5, 2.0], dtype=mtorch.float64, requires_grad=True)
    assert gradcheck(lambda z: Square.apply(z, True), z, fast_mode=fast_mode)
    with pytest.raises(GradcheckError):
        gradcheck(lambda z: Square.apply(z, False), z, fast_mode=fast_mode)
    assert gradcheck(lambda z, x: (z * x, z.abs()), (z, x), fast_mode=fast_mode)
    assert gradgradcheck(lambda z, x: z * z.exp() * x, (z, x), fast_mode=fast_mode)
    assert gradgradcheck(lambda z: z ** 3, z, mtorch.tensor([1j, 2.0], dtype=mtorch.complex128, requires_grad=True))


@pytest.mark.parametrize("fast_mode", [False, True])
def test_func_is_recorded_wherever_it_is_evaluated(fast_mode: bool) -> None:
    """An implicit layer puts a hook on its result, which one without a history refuses."""
    def root(x):
        with mtorch.no_grad():
            z = x.sqrt()
        z = z - (z * z - x)
        z.register_hook(lambda g: g / (2 * x.detach().sqrt()))
        return z
    assert gradcheck(root, mtorch.tensor([4.0, 9.0], dtype=mtorch.float64, requires_grad=True), fast_mode=fast_mode)


def test_random_numbers_after_a_gradgradcheck_are_torchs() -> None:
    torch = pytest.importorskip("torch")

    def scenario(t) -> list:
        t.manual_seed(0)
        x = t.rand(2, 3, dtype=t.float64, requires_grad=True)
        z = t.rand(2, dtype=t.complex128, requires_grad=True)
        assert t.autograd.gradcheck(lambda x: x.sin() * x, x)
        drawn = [t.rand(1).item()]
        assert t.autograd.gradgradcheck(lambda x: (x.detach(), x.sin() * x, x.sum()), x)
        drawn.append(t.rand(1).item())
        assert t.autograd.gradgradcheck(lambda z: z ** 3, z)
        drawn.append(t.rand(1).item())
        return drawn
    assert scenario(mtorch) == scenario(torch)
