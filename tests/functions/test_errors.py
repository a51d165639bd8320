"""Bad input is refused with the type of error that torch raises, and in words that say what was wrong."""
from __future__ import annotations

import pytest

import mtorch

# What is called, with T for the library, and what the error says here.
REFUSED = {
    # shapes that do not broadcast
    "T.zeros(2) + T.zeros(3)": r"add: The size of tensor a \(2\) must match the size of tensor b \(3\) at non-singleton "
                               r"dimension 0. The shapes are \[2\], \[3\]",
    "T.zeros(4, 1, 2) * T.zeros(5, 3)": r"mul: The size of tensor a \(2\) .* b \(3\) at non-singleton dimension 2",
    "T.pow(T.zeros(2), T.zeros(3))": "pow: The size of tensor a",
    "T.atan2(T.zeros(2), T.zeros(3))": "atan2: The size of tensor a",
    "T.where(T.tensor([True, True]), T.zeros(3), T.zeros(3))": r"where: The size of tensor a .* \[3\], \[3\], \[2\]",
    "T.lerp(T.zeros(2), T.zeros(3), 0.5)": "lerp: The size of tensor a",
    # operands of the wrong kind
    "T.float_power(2, 3)": "float_power.*at least one argument must be Tensor",
    "T.float_power('a', T.zeros(2))": "float_power.*expected Tensors or numbers",
    "T.copysign(1, T.zeros(2))": "copysign.*'input' must be Tensor",
    "T.where(T.tensor([True]), 1, 'a')": "where.*got str",
    "T.div(T.zeros(2), 'a', rounding_mode='floor')": "div.*got str",
    "T.hypot(T.tensor([1]), T.tensor([1]))": "hypot.*int64",
    "T.logaddexp(T.tensor([1]), T.tensor([1]))": "logaddexp.*int64",
    "T.lerp(T.zeros(2), 1.0, 0.5)": "lerp.*'end' must be Tensor",
    "T.lerp(T.zeros(2), T.zeros(2), 'a')": "lerp.*'weight' must be Tensor or Number, not str",
    "T.lerp(T.tensor([1]), T.tensor([2]), 0.5)": "lerp.*int64",
    "T.addcmul(T.zeros(2), 1, T.zeros(2))": "addcmul.*'tensor1' must be Tensor, not int",
    "T.addcdiv(T.zeros(2), T.zeros(2), T.zeros(2), value='a')": "addcdiv.*'value' must be Number, not str",
    "T.celu(T.zeros(2), alpha='a')": "celu.*'alpha' must be Number, not str",
    "T.hardshrink(T.zeros(2), 'a')": "hardshrink.*'lambd' must be Number, not str",
    "T.threshold(T.zeros(2), 'a', 1)": "threshold.*'threshold' must be Number, not str",
    "T.threshold(T.zeros(2), 1, 'a')": "threshold.*'value' must be Number, not str",
    "T.prelu(T.tensor([1]), T.tensor([1]))": "prelu.*int64.*expected a floating point tensor",
    "T.celu(T.tensor([1]))": "celu.*int64.*expected a floating point tensor",
    "T.selu(T.tensor([1]))": "selu.*int64.*expected a floating point tensor",
    "T.hardshrink(T.tensor([1]))": "hardshrink.*int64.*expected a floating point tensor",
    "T.Size([1.5])": "sizes must be ints, got .'float'",
}


@pytest.mark.parametrize("call", REFUSED)
def test_the_error_is_torchs_and_says_what_was_wrong(call: str) -> None:
    torch = pytest.importorskip("torch")
    run = eval(f"lambda T: {call}")
    with pytest.raises(Exception) as theirs:
        run(torch)
    with pytest.raises(theirs.type, match=REFUSED[call]) as ours:
        run(mtorch)
    assert ours.type is theirs.type


def test_the_factor_of_integers_is_an_integer() -> None:
    one = mtorch.tensor([1])
    assert mtorch.addcmul(one, one, one, value=0.5).tolist() == [1]


def test_a_number_may_be_a_tensor_of_one_element() -> None:
    x = mtorch.tensor([-2.0, 0.2])
    assert mtorch.equal(mtorch.hardshrink(x, mtorch.tensor(0.5)), mtorch.hardshrink(x))


def test_a_sum_of_numbers_is_a_tensor() -> None:
    assert isinstance(mtorch.add(1, 2), mtorch.Tensor)
