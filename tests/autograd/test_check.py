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
