"""NumPy's numbers among the operands count as Python's do, an array beside a Tensor as NumPy counts it: all as in torch."""
from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import mtorch

OPERANDS = {"scalar": "T.tensor(1.5)", "vector": "T.tensor([1.5, 2.5])", "double": "T.tensor([1.5, 2.5], dtype=T.float64)",
            "half": "T.tensor(1.5, dtype=T.float16)", "integers": "T.tensor([3, 5])", "byte": "T.tensor(3, dtype=T.uint8)",
            "bools": "T.tensor([True])"}
NUMBERS = ["np.float64(2.5)", "np.float32(2.5)", "np.float16(2)", "np.int32(2)", "np.int64(2)", "np.mean([1.0, 2.0])"]
OPERATORS = ["x + {}", "{} + x", "x * {}", "{} * x", "x / {}", "{} / x", "x // {}", "x % {}", "x ** {}", "x > {}", "x == {}"]
FUNCTIONS = [
    "T.add(T.tensor(1.0), np.float64(2))", "T.sub(T.tensor(1.0), np.float64(2))", "T.rsub(T.tensor(1.0), np.float64(2))",
    "T.mul(T.tensor(1.0), np.float64(2))", "T.div(T.tensor(1.0), np.float64(2))",
    "T.floor_divide(T.tensor(1.0), np.float64(2))",
    "T.div(T.tensor(1.0), np.float64(2), rounding_mode='floor')", "T.fmod(T.tensor(1.0), np.float64(2))",
    "T.remainder(T.tensor(1.0), np.float64(2))", "T.pow(T.tensor(1.0), np.float64(2))",
    "T.pow(np.float64(2), T.tensor(1.0))",
    "T.tensor(2) ** np.float64(0.5)", "np.int64(2) ** T.arange(3)", "T.xlogy(T.tensor(3.0), np.float64(2))",
    "T.copysign(T.tensor(3.0), np.float64(-1))", "T.lerp(T.tensor(1.0), T.tensor(2.0), np.float64(0.5))",
    "T.ones(2, 3).norm(np.int64(1))", "T.norm(T.ones(2, 3), np.float64(-1))",
    "T.where(T.tensor([True]), np.float64(1), T.tensor(2.0))", "T.where(T.tensor([True]), np.float64(1), np.float64(2))",
    "T.where(T.tensor([True]), np.int32(1), np.int32(1))", "T.clamp(T.tensor(1.0), np.float64(2))",
    "T.clamp(T.tensor(1), min=np.float64(2))", "T.clamp(T.tensor(1), max=np.int32(0))",
    "T.addcmul(T.tensor(1.0), T.tensor(1.0), T.tensor(1.0), value=np.float64(2))",
    "T.addcdiv(T.tensor(1.0), T.tensor(1.0), T.tensor(1.0), value=np.float64(2))",
    "T.add(T.tensor(1.0), T.tensor(1.0), alpha=np.float64(3))", "T.full((2,), np.float64(2.5))", "T.full((2,), np.int32(2))",
    "T.nn.functional.threshold(T.tensor(1.0), np.float64(2), np.float64(3))",
    "T.nn.functional.elu(-T.ones(2), np.float64(2))", "T.tensor(3.1) == np.float64(3.1)",
    "T.tensor(2.0).mul_(np.float64(2))", "T.arange(2, dtype=T.int8) & np.int32(3)",
]
ARRAYS = [f"T.ones({size}) {sign} np.array({number})" for size in ("2", "()")
          for sign in ("+", "-", "*", "/", "//", "%", "**") for number in ("2.5", "2", "[2.5]")]
ARRAYS.append("T.arange(2) + np.array(2, np.int32)")
OF_NUMPY = [
    "np.round(T.tensor([1.5, 2.5]))", "np.round(T.tensor(1.55), 1)", "np.around(T.tensor([155, 25]), -1)",
    "np.clip(T.tensor([1.5, 2.5]), 0, 2)", "np.argmax(T.tensor([1.5, 2.5]))",
    "np.argmin(T.ones(2, 2), axis=0)", "np.argsort(T.tensor([2.5, 1.5]))", "np.cumsum(T.ones(2, 2), axis=0)",
    "np.cumprod(T.tensor([1.5, 2.5]))", "np.reshape(T.ones(2), (2, 1))", "np.transpose(T.ones(1, 2))",
    "np.squeeze(T.ones(1, 2))", "np.swapaxes(T.ones(1, 2), 0, 1)", "np.repeat(T.tensor([1.5, 2.5]), 2)",
    "np.take(T.tensor([1.5, 2.5]), [0])", "np.searchsorted(T.tensor([1.5, 2.5]), 2)", "np.ptp(T.tensor([1.5, 2.5]))",
    "np.linalg.inv(T.eye(2) * 2)", "np.linalg.solve(T.eye(2), T.ones(2))", "np.sort(T.tensor([2.5, 1.5]))",
    "np.stack([T.ones(2)])", "np.repeat(np.ones(2), T.tensor([1, 2]))",
    "np.exp(T.arange(3))", "np.sqrt(T.arange(3, dtype=T.int32))", "np.add(T.arange(2), T.ones(2))", "np.add([1.5, 2], T.ones(2))",
    "np.multiply(T.ones(2, dtype=T.float16), [2, 3])", "np.matmul(T.eye(2, dtype=T.float64), T.ones(2, 2))", "np.tanh(T.ones(2))",
    "np.maximum(T.tensor([1.5, -1]), 0)", "np.arctan2(T.arange(2), T.ones(2, dtype=T.float64))",
]
ARGUMENTS = [
    "T.ones(2, 2).amax(np.int64(1))", "T.ones(2, 2).amin(dim=np.int64(0))", "T.ones(3).std(correction=np.int64(0))",
    "T.ones(3).var(0, correction=np.float64(1))", "T.ones(2).repeat_interleave(np.int64(2))",
    "T.ones(2, 3).movedim(np.int64(0), -1)", "T.ones(4).tensor_split(np.int64(2))[0]", "T.ones(4, 2).hsplit(np.int64(2))[1]",
    "T.gradient(T.arange(3.0), spacing=np.int64(2))[0]", "F.layer_norm(T.ones(2, 3), [np.int64(3)])",
    "F.layer_norm(T.ones(2, 3), (np.prod([3]),))", "F.rms_norm(T.ones(2, 3), [np.int64(3)])",
    "F.batch_norm(T.ones(2, 3), None, None, training=True, eps=np.float64(1e-5))",
    "F.smooth_l1_loss(T.ones(2), T.zeros(2), beta=np.float64(0.5))", "F.huber_loss(T.ones(2), T.zeros(2), delta=np.float64(0.5))",
    "F.softshrink(T.ones(2), np.int64(0))",
    "F.hardtanh(T.ones(2), np.int64(0), np.float64(0.5))",
    "T.roll(T.arange(3), 1, np.int64(0))", "T.gradient(T.arange(3.0), spacing=np.float32(2))[0]",
    "F.batch_norm(T.ones(2, 3), T.ones(3), T.ones(3), eps=np.float64(1e-5))", "F.rms_norm(T.ones(2, 3), [3], eps=np.float64(1))",
    "F.instance_norm(T.ones(2, 3, 4), T.ones(3), T.ones(3), use_input_stats=False, eps=np.float64(1))",
    "T.norm(T.ones(2, 3), T.tensor(3))", "F.normalize(T.ones(2, 3), np.float64(3))", "T.logit(T.ones(2) / 2, np.float64(0.1))",
    "F.avg_pool2d(T.ones(1, 4, 4), 2, divisor_override=np.int64(2))",
    "F.pairwise_distance(T.ones(2, 3), T.zeros(2, 3), np.float64(3), np.float64(1e-6))",
    "F.triplet_margin_loss(T.ones(2, 3), T.zeros(2, 3), T.ones(2, 3), eps=np.float64(1e-6))",
    "F.gaussian_nll_loss(T.ones(2), T.ones(2), T.ones(2), eps=np.float64(1e-6))",
    "T.fft.ifftshift(T.ones(2, 3), dim=np.int64(1))", "T.histc(T.arange(4.0), bins=np.int64(2))",
]
CALLS = [f"({form.format(number)}) if (x := {operand}) is not None else 0"
         for operand in OPERANDS.values() for form in OPERATORS for number in NUMBERS] + FUNCTIONS + ARRAYS + OF_NUMPY + ARGUMENTS


def described(lib: Any, call: str) -> tuple:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")                # NumPy's, of torch's __array_wrap__
        y = eval(call, {"T": lib, "np": np, "F": lib.nn.functional})
    if isinstance(y, lib.Tensor):
        return "Tensor", str(y.dtype), tuple(y.shape), y.numpy()
    return type(y).__name__, str(y.dtype), y.shape, y


@pytest.mark.parametrize("call", CALLS)
def test_the_result_is_torchs(call: str) -> None:
    torch = pytest.importorskip("torch")
    try:
        theirs = described(torch, call)
    except (RuntimeError, NotImplementedError, TypeError) as error:
        with pytest.raises(type(error)):
            described(mtorch, call)
        return
    ours = described(mtorch, call)
    assert ours[:3] == theirs[:3]
    np.testing.assert_allclose(ours[3], theirs[3], rtol=1e-3 if "float16" in theirs[1] else 1e-6)


def test_the_type_of_a_result() -> None:
    torch = pytest.importorskip("torch")
    for call in ("T.tensor(1.0), np.float64(2)", "np.float64(2), T.tensor(1)", "T.tensor([True]), np.int32(2)",
                 "np.int32(2), np.int32(2)", "T.tensor([1]), np.float32(2)"):
        ours, theirs = (str(eval(f"T.result_type({call})", {"T": lib, "np": np})) for lib in (mtorch, torch))
        assert ours == theirs, call


def test_what_keeps_the_gradient_through_numpy() -> None:
    x = mtorch.ones(1, 2, requires_grad=True)
    assert np.squeeze(x).requires_grad and np.swapaxes(x, 0, 1).requires_grad
    with pytest.raises(RuntimeError, match="Can't call numpy"):
        np.round(x)


def test_complex_numbers_follow_the_default_type() -> None:
    mtorch.set_default_dtype(mtorch.float64)
    try:
        made = [mtorch.arange(2) * 1j, mtorch.full((2,), 1j), mtorch.tensor([1j])]
    finally:
        mtorch.set_default_dtype(mtorch.float32)
    assert [x.dtype for x in made] == [mtorch.complex128] * 3


@pytest.mark.filterwarnings("ignore:__array_wrap__")
@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "//", "%", "**"])
def test_augmented_by_an_array_it_is_a_new_tensor(sign: str) -> None:
    torch = pytest.importorskip("torch")
    results = []
    for t in (torch, mtorch):
        for array in ("np.array([2.0, 3])", "np.array([2, 3], np.float32)", "np.array(2.0)"):
            names = {"x": t.ones(2), "np": np}
            x = names["x"]
            exec(f"x {sign}= {array}", names)
            results.append((names["x"] is x, str(names["x"].dtype), names["x"].tolist(), x.tolist()))
    assert results[:3] == results[3:]


@pytest.mark.parametrize("statement", ["x += None", "x -= 'a'", "x *= [1, 2]", "x /= (1,)", "x &= 'a'", "x <<= None"])
def test_augmented_by_what_is_no_number(statement: str) -> None:
    torch = pytest.importorskip("torch")
    for t in (torch, mtorch):
        with pytest.raises(TypeError, match="unsupported operand"):
            exec(statement, {"x": t.ones(2)})


def test_a_tensor_that_requires_grad_becomes_an_array_where_nothing_is_recorded() -> None:
    x = mtorch.tensor([1.0, 2.0], requires_grad=True)
    with mtorch.no_grad():
        shared = x.numpy()
        assert np.asarray(x, dtype=np.float64).tolist() == np.array(x * 1).tolist() == [1.0, 2.0]
    shared[0] = 5.0
    assert x[0] == 5.0
    with pytest.raises(RuntimeError, match="Can't call numpy"):
        x.numpy()
