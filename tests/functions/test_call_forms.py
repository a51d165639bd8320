"""Ways of calling a function that torch takes: sizes one by one, by name, in its former order.  And what it refuses."""
from __future__ import annotations

from typing import Any

import pytest

import mtorch

FORMS = [
    "T.ones(1, 3, 1).squeeze(0, 2)", "T.ones(1, 3, 1).squeeze((0, 2))", "T.ones(1, 3, 1).squeeze(dim=0)",
    "T.ones(1, 3, 1).squeeze_(0, 2)", "T.ones(1, 3, 1).squeeze(())",
    "T.ones(2, 3).broadcast_to(4, 2, 3)", "T.ones(2, 3).broadcast_to(size=(4, 2, 3))", "T.ones(1, 4).expand(size=(2, 4))",
    "T.arange(12).view(4, 3).vsplit(1, 2)", "T.arange(12).view(4, 3).hsplit(1, 2)", "T.arange(8).view(2, 2, 2).dsplit(1)",
    "T.arange(12).view(2, 2, 3).dsplit(1, 2)", "T.arange(12).view(4, 3).vsplit(2)", "T.vsplit(T.ones(4, 3), (1, 2))",
    "T.vsplit(T.ones(4, 3), sections=2)", "T.ones(4, 3).hsplit(indices=(1, 2))", "T.tensor_split(T.ones(4, 3), sections=2)",
    "T.ones(4, 3).tensor_split(indices=(1,), dim=1)",
    "T.ones(2).view(dtype=T.int32)", "T.ones(4).view(size=(2, 2))", "T.ones(2, 4).view(dtype=T.int64)",
    "T.ones(2, 4).view(T.int8)", "T.ones(()).view(T.int32)",
    "T.ones(4, 3).count_nonzero(0, 1)", "T.zeros(2).copy_(other=T.ones(2))", "T.zeros(3, dtype=T.float64).copy_(0.3)",
    "T.zeros(3, dtype=T.complex128).copy_(0.3j)", "T.zeros(3, dtype=T.int64).copy_(2**40 + 1)", "T.ones(2, 2).all(())",
    "T.zeros(2, 2).any(dim=[])", "T.ones(2, 2).any(dim=(), keepdim=True)", "T.ones(2, 2).sum(())",
    "T.tensor([0.0, 2]).sum(0, dtype=T.bool)", "T.tensor([0, 2]).prod(dtype=T.bool)", "T.tensor([1, 2]).sum(dtype=T.int32)",
    "T.tensor([100, 100]).sum(dtype=T.int8)", "T.tensor([100, 100]).prod(0, dtype=T.int8)",
    "T.ones(3, dtype=T.float64).add_(T.arange(3, dtype=T.uint8), alpha=-1)", "T.add(T.ones(2), T.tensor(True), alpha=2)",
    "T.sub(T.ones(1, dtype=T.float64), T.tensor([0.1]), alpha=0.3)", "T.ones(2).repeat(repeats=(2, 2))",
    "1 << T.arange(3)", "8 >> T.arange(3)", "T.arange(6).view(2, 3).mode(axis=0, keepdims=True)",
    "T.arange(6.0).view(2, 3).nanmedian(axis=1)", "T.normal(T.tensor(0), T.tensor(1.0), (2,)) * 0",
    "T.split(T.ones(3, 2, requires_grad=True), split_size_or_sections=2, dim=0)",
    "T.ones(3, requires_grad=True).split(split_size=2)", "T.fft.fft(input=T.ones(2, requires_grad=True))",
    "T.fft.ifft(input=T.ones(2, requires_grad=True))",
    "T.isclose(T.tensor([-128, -128], dtype=T.int8), T.tensor([0, 127], dtype=T.int8))",
    "T.tensor([2, -1, -1, 1, 0]) ** T.tensor([-2 ** 63, -2 ** 63, -3, -2 ** 63, -1])",
    "2 ** T.tensor([-128, 3], dtype=T.int8)", "T.ones(70000, dtype=T.float16).mean()",
    "T.full((400,), 300, dtype=T.float16).norm()",
    "T.ones(3000, dtype=T.float16).cumsum(0)[-1]", "T.tensor([300, 300, 0.01], dtype=T.float16).cumprod(dim=0)",
    "T.var_mean(T.arange(4000).to(T.float16), correction=0)",
    "T.nn.functional.avg_pool1d(T.full((1, 1, 400), 300, dtype=T.float16), 400)",
    "T.tensor([float('nan'), -float('inf')], requires_grad=True).angle().requires_grad * T.ones(1)",
    "T.diff(T.ones(3), 0, prepend=T.ones(1))", "T.unravel_index(T.tensor([3], dtype=T.uint8), (2, 2))[0]",
    "T.histogram(T.ones(3)).hist", "T.svd_lowrank(T.ones(3, 2))[1] * 0", "T.svd_lowrank(T.ones(2, 3), q=None)[1] * 0",
    "T.zeros(2).exponential_(T.tensor(2.0)) * 0", "T.zeros(2).log_normal_(0, T.tensor(2.0)) * 0",
    "T.nansum(T.tensor([1.0, 2]), dtype=T.int32)", "T.roll(T.arange(3), 1, ())",
    "T.scatter(input=T.ones(2, requires_grad=True), dim=0, index=T.tensor([1]), src=T.zeros(2))",
    *[form.format(kind=kind) for kind in ("bool", "uint8", "int32") for form in (
        "T.tensor([1, 0, 0], dtype=T.{kind}).index_add(0, T.tensor([1, 1]), T.tensor([1, 1], dtype=T.{kind}))",
        "T.tensor([1, 0, 0], dtype=T.{kind}).index_add_(0, T.tensor([0, 1]), T.tensor([1, 1], dtype=T.{kind}), alpha=0)",
        "T.tensor([1, 0], dtype=T.{kind}).index_put_((T.tensor([1, 1]),), T.tensor([1, 1], dtype=T.{kind}), accumulate=True)",
        "T.tensor([1, 0, 0], dtype=T.{kind}).put_(T.tensor([1, 1]), T.tensor([1, 1], dtype=T.{kind}), True)",
        "T.tensor([1, 0, 0], dtype=T.{kind}).scatter_add(0, T.tensor([1, 1]), T.tensor([1, 1], dtype=T.{kind}))",
        "T.tensor([1, 0, 0], dtype=T.{kind}).scatter_reduce_(0, T.tensor([1, 1]), T.tensor([1, 1], dtype=T.{kind}), 'sum')",
    )],
    "T.tensor([7, 9], dtype=T.uint8).scatter_reduce(0, T.zeros(300, dtype=T.int64), T.zeros(300, dtype=T.uint8), 'sum')",
]
WRITTEN = ["T.arange(3).__ilshift__(1)", "T.arange(3).__irshift__(T.tensor(1))"]
FORMER = [
    "T.ones(2).add(1, T.arange(2))", "T.ones(2).add_(-0.1, T.arange(2))", "T.ones(2).sub(2, T.arange(2))",
    "T.ones(2).sub_(2, T.arange(2))", "T.add(T.ones(2), 2, T.arange(2))", "T.add(T.ones(2), 2, 3)",
    "T.ones(2).addcmul_(0.1, T.ones(2), T.arange(2))", "T.ones(2).addcdiv(0.1, T.arange(2), T.ones(2))",
    "T.addcmul(T.ones(2), 0.1, T.ones(2), T.arange(2))", "T.ones(2, 2).addmm(0, T.eye(2), T.ones(2, 2))",
    "T.addmm(3, T.ones(2, 2), 2, T.eye(2), T.ones(2, 2))", "T.addmm(3, T.ones(2, 2), T.eye(2), T.ones(2, 2))",
    "T.addmv(3, T.ones(2), 2, T.eye(2), T.ones(2))", "T.addr(3, T.eye(2), 2, T.ones(2), T.ones(2))",
    "T.baddbmm(3, T.ones(1, 2, 2), 2, T.ones(1, 2, 3), T.ones(1, 3, 2))",
    "T.addbmm(3, T.ones(2, 2), 2, T.ones(1, 2, 3), T.ones(1, 3, 2))",
    "T.ones(2, 2).addmm(3, 2, T.eye(2), T.ones(2, 2))", "T.ones(2, 2).addmm_(0, 2, T.eye(2), T.ones(2, 2))",
    "T.ones(2).addmv(0, 3, T.eye(2), T.ones(2))", "T.ones(2, 2).addr_(0, T.arange(2.0), T.ones(2))",
    "T.ones(2, 2).addbmm(0, T.ones(2, 2, 2), T.ones(2, 2, 2))",
    "T.ones(2, 2, 2).baddbmm_(0, 3, T.ones(2, 2, 2), T.ones(2, 2, 2))",
]
REFUSED = {
    "T.ones(2).view()": "shape or a dtype",
    "T.ones(2, 3).view(T.int64)": "cannot be read as torch.int64",
    "T.ones(()).view(T.int8)": "cannot be read as torch.int8",
    "T.ones(4, 2).T.view(T.int64)": "cannot be read as torch.int64",
    "T.add(T.ones(2), T.ones(2), 3)": "'alpha' must be Number|positional",
    "T.add(T.ones(2), 1, 2, 3)": "positional",
    "T.ones(2, 2).sum(0, 1)": "'keepdim' must be bool, not int",
    "T.ones(2, 2).mean((0, 1), 1)": "'keepdim' must be bool",
    "T.ones(2, 2).all(0, 1)": "'keepdim' must be bool",
    "T.ones(2, 2).std(0, 1)": "must be bool",
    "T.ones(2, 2).sum(0, keepdim=1)": "'keepdim' must be bool",
    "T.ones(2, 2).argmax(0, 1)": "'keepdim' must be bool",
    "T.ones(2, 2).max(0, 1)": "'keepdim' must be bool",
    "T.mode(T.ones(2, 2), 0, out=T.empty(2))": "'out' must be tuple of Tensors",
    "T.median(T.ones(2, 2), 0, out=T.empty(2))": "'out' must be tuple of Tensors",
    "T.Size([T.ones(2)])": "int",
    "setattr(T.ones(2, requires_grad=True), 'data', T.arange(2))": "must be floating point or complex",
    "T.tensor(3.0) - True": "with a bool tensor is not supported",
    "True - T.tensor([3.0])": "with a bool tensor is not supported",
    "T.tensor([3.0]).sub_(True)": "with a bool tensor is not supported",
    "T.ones(2).float_power_(2)": "requires dtype",
    "T.ones(2, dtype=T.complex64).float_power_(2)": "requires dtype",
    "T.ones(2, dtype=T.float64).float_power_(2j)": "requires dtype",
    "T.ones(2).to('cpu', True)": r"to\(\) received an invalid combination of arguments - got \(str, bool",
    "T.ones(2).to(T.float32, 'cpu')": r"to\(\) received an invalid combination of arguments - got \(dtype, str",
    "T.ones(2).to('cpu', T.float32, True, False, True)": r"to\(\) received an invalid combination of arguments",
    "(T.ones(2, requires_grad=True) // 2).sum().backward()": "derivative for aten::floor_divide is not implemented",
    "T.autograd.grad(T.floor_divide(3, x).sum() + x.sum(), x) if (x := T.ones(2, requires_grad=True)) is not None else 0":
        "derivative for aten::floor_divide is not implemented",
}


def values(result: Any) -> list:
    parts = result if isinstance(result, (tuple, list)) else [result]
    return [(str(x.dtype), x.tolist()) for x in parts]


@pytest.mark.parametrize("call", FORMS)
def test_torchs_forms_of_a_call(call: str) -> None:
    torch = pytest.importorskip("torch")
    assert values(eval(call, {"T": mtorch})) == values(eval(call, {"T": torch}))


@pytest.mark.parametrize("call", WRITTEN)
def test_shifts_in_place(call: str) -> None:
    torch = pytest.importorskip("torch")
    for lib in (mtorch, torch):
        x = lib.arange(3)
        shifted = eval(call.replace("T.arange(3)", "x", 1), {"T": lib, "x": x})
        assert shifted is x
    assert values(eval(call, {"T": mtorch})) == values(eval(call, {"T": torch}))


UNDERIVED = ["T.bincount(T.tensor([0, 1]), weights=x)", "T.histogram(x, 2).hist", "T.unique(x)",
             "T.unique(x, dim=0)", "T.unique_consecutive(x)", "T.unique_consecutive(x, return_counts=True)[0]"]


@pytest.mark.parametrize("call", UNDERIVED)
def test_what_has_no_derivative_says_so_where_it_is_asked_for(call: str) -> None:
    torch = pytest.importorskip("torch")
    said = []
    for lib in (mtorch, torch):
        x = lib.tensor([1.0, 2.0], requires_grad=True)
        y = eval(call, {"T": lib, "x": x})
        with pytest.raises(RuntimeError, match="derivative for") as error:
            (y.sum() + x.sum()).backward()
        said.append((type(y.grad_fn).__name__, error.type, str(error.value)))
    assert said[0] == said[1]


@pytest.mark.filterwarnings("ignore:.*deprecated")
@pytest.mark.parametrize("call", FORMER)
def test_torchs_former_order(call: str) -> None:
    torch = pytest.importorskip("torch")
    assert values(eval(call, {"T": mtorch})) == values(eval(call, {"T": torch}))
    with pytest.warns(UserWarning, match="This overload of add|This overload of sub|This overload of badd"):
        eval(call, {"T": mtorch})


@pytest.mark.parametrize("call", REFUSED)
def test_the_error_is_torchs(call: str) -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(Exception) as theirs:
        eval(call, {"T": torch})
    with pytest.raises(theirs.type, match=REFUSED[call]) as ours:
        eval(call, {"T": mtorch})
    assert ours.type is theirs.type


@pytest.mark.parametrize(("args", "same"), [
    (("cpu", "float32", True), True), (("cpu", "float32", False, True), False), (("float32", True), True),
    (("float32", False, True), False), (("cpu", None, True), True), (("cpu", None, False, True), False), ((None,), True),
    (("other", True), True), (("other", False, True), False), (("cpu", "float64", True), False), ((), True)])
def test_moving_copies_where_it_is_asked_for(args, same) -> None:
    for lib in (mtorch, pytest.importorskip("torch")):
        x = lib.ones(2)
        given = [x if a == "other" else getattr(lib, a) if type(a) is str and a != "cpu" else a for a in args]
        assert (x.to(*given) is x) is same
        if args[-1:] == (True,) and args[-2:-1] == (False,):
            continue                                   # a layer is not copied
        layer = lib.nn.Linear(2, 2)
        assert layer.to(*given).weight.dtype is (lib.float64 if "float64" in args else lib.float32)


def test_division_rounded_down_has_no_gradient_but_another_way_round() -> None:
    x, w = mtorch.ones(2, requires_grad=True), mtorch.ones(2, requires_grad=True)
    assert repr(x // 2) == "tensor([0., 0.], grad_fn=<NotImplemented>)"
    mtorch.div(x, 2, rounding_mode="floor").sum().backward()
    assert x.grad.tolist() == [0.0, 0.0]
    y = (x // 2).sum() + w.sum()
    assert mtorch.autograd.grad(y, w)[0].tolist() == [1.0, 1.0]       # not through the division


def test_float_power_in_place() -> None:
    x = mtorch.tensor([2.0, 3.0], dtype=mtorch.float64)
    assert x.float_power_(2) is x and x.tolist() == [4.0, 9.0]
