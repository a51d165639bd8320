"""A tensor reads as in torch: recorded strings that need no torch, and random arrays beside torch where it is there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest

from mtorch import printing
from mtorch.printing import format_tensor, printoptions, set_printoptions


@pytest.fixture(autouse=True)
def default_options() -> Iterator[None]:
    yield
    set_printoptions(profile="default")


def f32(*values: object) -> np.ndarray:
    return np.array(values, np.float32)


# What torch 2.13 printed for the same arrays.
RECORDED = {
    "floats": (f32(0.5, -1.25, 3), "tensor([ 0.5000, -1.2500,  3.0000])"),
    "whole floats": (f32(1, 2), "tensor([1., 2.])"),
    "whole floats with nan": (f32(1, np.nan, -np.inf), "tensor([1., nan, -inf])"),
    "only nan": (f32(np.nan, np.nan), "tensor([nan, nan])"),
    "zeros": (f32(0, -0.0), "tensor([0., -0.])"),
    "wide range": (f32(1e-3, 1, 5e3), "tensor([1.0000e-03, 1.0000e+00, 5.0000e+03])"),
    "tiny": (f32(0, 5e-5), "tensor([0.0000e+00, 5.0000e-05])"),
    "huge and whole": (f32(2e8, np.inf), "tensor([2.0000e+08,        inf])"),
    "scalar": (np.array(3.5, np.float32), "tensor(3.5000)"),
    "integers": (np.array([[1, -20], [300, 4]]), "tensor([[  1, -20],\n        [300,   4]])"),
    "bools": (np.array([True, False]), "tensor([ True, False])"),
    "bytes": (np.array([1, 255], np.uint8), "tensor([  1, 255], dtype=torch.uint8)"),
    "float64": (np.array([0.1]), "tensor([0.1000], dtype=torch.float64)"),
    "float16": (np.array([1.5], np.float16), "tensor([1.5000], dtype=torch.float16)"),
    "complex": (np.array([1 + 2j, -0.5 - 1j], np.complex64), "tensor([ 1.0000+2.j, -0.5000-1.j])"),
    "empty": (f32(), "tensor([])"),
    "empty matrix": (np.zeros((0, 3), np.float32), "tensor([], size=(0, 3))"),
    "empty integers": (np.zeros((2, 0), np.int64), "tensor([], size=(2, 0), dtype=torch.int64)"),
    "three axes": (np.arange(8).reshape(2, 2, 2), "tensor([[[0, 1],\n         [2, 3]],\n\n"
                                                  "        [[4, 5],\n         [6, 7]]])"),
    "wrapped": (np.arange(100, 124), "tensor([100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113,\n"
                                     "        114, 115, 116, 117, 118, 119, 120, 121, 122, 123])"),
    "summarized": (np.arange(1001), "tensor([   0,    1,    2,  ...,  998,  999, 1000])"),
    "summarized matrix": (np.arange(2000).reshape(500, 4), (
        "tensor([[   0,    1,    2,    3],\n        [   4,    5,    6,    7],\n        [   8,    9,   10,   11],\n"
        "        ...,\n"
        "        [1988, 1989, 1990, 1991],\n        [1992, 1993, 1994, 1995],\n        [1996, 1997, 1998, 1999]])")),
}


@pytest.mark.parametrize("name", RECORDED)
def test_text_as_recorded(name: str) -> None:
    array, text = RECORDED[name]
    assert format_tensor(array) == text


def test_history_is_shown() -> None:
    one = np.ones((), np.float32)
    assert format_tensor(one, requires_grad=True) == "tensor(1., requires_grad=True)"
    assert format_tensor(one, requires_grad=True, grad_fn_name="AddBackward0") == "tensor(1., grad_fn=<AddBackward0>)"
    assert format_tensor(f32(1), prefix="Loss") == "Loss([1.])"


def test_notes_go_to_a_new_line_where_they_do_not_fit() -> None:
    row = np.linspace(0, 1, 7)
    assert format_tensor(row, grad_fn_name="MulBackward0") == (
        "tensor([0.0000, 0.1667, 0.3333, 0.5000, 0.6667, 0.8333, 1.0000],\n"
        "       dtype=torch.float64, grad_fn=<MulBackward0>)")


def test_large_array_is_not_read() -> None:
    """A view of 8 TB of one element: reading it all would take hours."""
    giant = np.broadcast_to(np.float32(1.5), (1_000_000, 1_000_000, 2))
    assert format_tensor(giant).count("1.5000") == 6 * 6 * 2


def test_options_last_for_a_block() -> None:
    third = f32(1 / 3)
    with printoptions(precision=2, sci_mode=True):
        assert format_tensor(third) == "tensor([3.33e-01])"
        assert printing.get_printoptions()["sci_mode"] is True
    assert format_tensor(third) == "tensor([0.3333])"


def test_profiles() -> None:
    numbers = np.arange(1500) + 0.125
    set_printoptions(profile="short")
    assert format_tensor(numbers) == "tensor([1.25e-01, 1.12e+00,  ..., 1.50e+03, 1.50e+03], dtype=torch.float64)"
    set_printoptions(profile="full")
    assert "..." not in format_tensor(numbers)


@pytest.mark.parametrize(("setting", "kind", "message"), [
    ({"precision": 2.5}, TypeError, r"precision is 2.5 \(float\), expected an int"),
    ({"linewidth": -1}, ValueError, "linewidth is -1, expected 0 or more"),
])
def test_bad_options_change_nothing(setting: dict[str, object], kind: type[Exception], message: str) -> None:
    before = printing.get_printoptions()
    with pytest.raises(kind, match=message):
        set_printoptions(edgeitems=1, **setting)    # type: ignore[arg-type]
    assert printing.get_printoptions() == before


# ---- beside torch ----------------------------------------------------------------------------------------------------

@pytest.fixture
def torch() -> Iterator[ModuleType]:
    torch = pytest.importorskip("torch")
    yield torch
    torch.set_printoptions(profile="default")


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_text_is_what_torch_prints(torch: ModuleType, name: str) -> None:
    array, text = RECORDED[name]
    assert repr(torch.tensor(array)) == text


DTYPES = [np.bool_, np.uint8, np.int8, np.int16, np.int32, np.int64, np.uint16, np.uint32, np.uint64,
          np.float16, np.float32, np.float64, np.complex64, np.complex128]


def random_array(rng: np.random.Generator) -> np.ndarray:
    """Any dtype and up to five axes, of values that fall on every side of the rules of notation."""
    dtype = np.dtype(DTYPES[rng.integers(len(DTYPES))])
    longest = int(rng.choice([1, 3, 8, 40, 2000]))
    shape = rng.integers(0 if rng.random() < 0.1 else 1, longest + 1, size=rng.integers(0, 6))
    while math.prod(shape) > 20_000:
        shape = np.maximum(shape // 2, 1)
    real = random_reals(rng, tuple(shape))
    with np.errstate(over="ignore", invalid="ignore"):
        if dtype.kind == "c":
            return (real + 1j * random_reals(rng, tuple(shape))).astype(dtype)
        if dtype.kind == "f":
            return real.astype(dtype)
        return np.asarray(rng.standard_normal(shape) * 10.0 ** rng.integers(0, 12)).astype(np.int64).astype(dtype)


def random_reals(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    values = np.asarray(rng.standard_normal(shape) * 10.0 ** rng.integers(-6, 10))
    if rng.random() < 0.3:
        values = np.asarray(values * 10.0 ** rng.uniform(-4, 4, shape))
    if rng.random() < 0.3:
        values = np.round(values)
    if rng.random() < 0.3:
        values = np.abs(values)
    for special in (0.0, -0.0, np.nan, np.inf, -np.inf):
        if rng.random() < 0.2:
            values = np.where(rng.random(shape) < rng.choice([0.05, 0.5, 1.0]), special, values)
    return np.asarray(values)


def random_options(rng: np.random.Generator) -> dict[str, object]:
    choices: dict[str, list[object]] = {
        "precision": [0, 1, 2, 4, 6, 10], "threshold": [0, 5, 100, 1000, math.inf], "edgeitems": [0, 1, 2, 3, 5],
        "linewidth": [1, 20, 80, 81, 200], "sci_mode": [None, None, True, False],
        "profile": [None, "default", "short", "full"]}
    return {name: options[rng.integers(len(options))] for name, options in choices.items() if rng.random() < 0.4}


@pytest.mark.parametrize("seed", range(30))
def test_random_arrays_read_as_in_torch(torch: ModuleType, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for _ in range(10):
        array = random_array(rng)
        if rng.random() < 0.3:
            array = array.T
        settings = random_options(rng) if rng.random() < 0.5 else {}
        tensor = torch.tensor(np.ascontiguousarray(array)).reshape(array.shape)
        note: dict[str, object] = {}
        if array.dtype.kind in "fc" and rng.random() < 0.5:
            tensor.requires_grad_()
            note["requires_grad"] = True
            if rng.random() < 0.5:
                tensor = tensor.clone()
                note["grad_fn_name"] = "CloneBackward0"
        torch.set_printoptions(**{"profile": "default", **settings})
        set_printoptions(**{"profile": "default", **settings})    # type: ignore[arg-type]
        text = format_tensor(array, **note)    # type: ignore[arg-type]
        assert text == repr(tensor), (array.dtype, array.shape, settings)


def test_another_default_dtype_is_the_one_not_named(torch: ModuleType) -> None:
    from mtorch import dtypes
    types = (np.float16, np.float32, np.float64, np.complex64, np.complex128)
    arrays = [np.ones(shape, dtype) for shape in (2, 0) for dtype in types]
    for name in ("float64", "float16"):
        try:
            torch.set_default_dtype(getattr(torch, name))
            dtypes.set_default_dtype(getattr(dtypes, name))
            for array in arrays:
                assert format_tensor(array) == repr(torch.tensor(array))
        finally:
            torch.set_default_dtype(torch.float32)
            dtypes.set_default_dtype(dtypes.float32)


# What a user sees, written once and run in both. Two names: the framework, and its tensor x that requires a gradient.
PROGRAMS = {
    "leaf": "x",
    "sum of products": "(x * 2).sum()",
    "comparison": "x > 0.5",
    "matrix product": "torch.ones(2, 3) @ x",
    "linear": "torch.nn.functional.linear(x, torch.ones(4, 2))",
    "slice": "x[:, 0]",
    "element": "x[0, 0]",
    "transposed": "x.T",
    "reshaped": "x.reshape(2, 3)",
    "view": "x.view(-1)",
    "division": "x / 3",
    "power": "x ** 2",
    "difference": "1 - x",
    "negative": "-x",
    "exp": "x.exp()",
    "mean": "x.mean(dim=0)",
    "relu": "torch.relu(x)",
    "softmax": "torch.softmax(x, dim=1)",
    "stacked": "torch.stack([x, x])",
    "joined": "torch.cat([x, x], dim=1)",
    "detached": "x.detach()",
    "cloned": "x.clone()",
    "maximum with indices": "x.max(dim=1)",
    "parameter": "torch.nn.Parameter(torch.ones(2, 2))",
    "frozen parameter": "torch.nn.Parameter(torch.ones(2), requires_grad=False)",
    "loss": "torch.nn.functional.mse_loss(x, torch.zeros(3, 2))",
    "criterion": "torch.nn.CrossEntropyLoss()(x, torch.tensor([0, 1, 1]))",
    "integers": "torch.arange(5, dtype=torch.int32)",
    "list": "[torch.tensor(1), torch.tensor(2.5), torch.tensor(True)]",
    "in a format": "f'{x.sum():.3f} {x.detach()} {torch.tensor(3):>4}'",
    "string": "str(x)",
    "shape": "x.shape",
    "dtype": "x.dtype",
    "device": "torch.ones(1).device",
    "after a write": "x.clone().mul_(3)",
    "written in part": "written(x)",
    "double": "x.double()",
    "reflected division": "2 / x",
    "reflected power": "2 ** x",
    "part": "x[1:]",
    "new axis": "x[None]",
    "squeezed": "x[None].squeeze(), x[None].squeeze(0)",
    "sum of a dim": "x.sum(0), x.mean(), x.prod(0)",
    "extremes": "x.max(), x.min(), x.amax(0)",
    "norm": "x.norm()",
    "steps": "x.floor(), x.ceil(), x.round(), x.sign(), x.trunc()",
    "clamped": "x.clamp(0, 1)",
    "smallest along a dim": "x.min(1, keepdim=True)",
    "sorted": "x.sort(), x.topk(1), x.median(0), x.kthvalue(2, 0), x.mode(), x.cummax(0)",
    "binary losses": "(torch.nn.functional.binary_cross_entropy_with_logits(x, torch.ones(3, 2)), "
                     "torch.nn.functional.binary_cross_entropy(x.sigmoid(), torch.ones(3, 2), reduction='sum'))",
    "robust losses": "(torch.nn.functional.smooth_l1_loss(x, torch.ones(3, 2)), "
                     "torch.nn.functional.huber_loss(x, torch.ones(3, 2)), torch.nn.functional.l1_loss(x, "
                     "torch.ones(3, 2)))",
    "likelihood": "torch.nn.functional.nll_loss(x, torch.tensor([0, 1, 1]), reduction='sum')",
    "module": "torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())",
    "optimizer": "torch.optim.SGD([x], lr=0.1)",
    "random": "torch.manual_seed(3).initial_seed(), torch.randn(2, 3)",
    "large": "torch.arange(3000.).reshape(30, 100).requires_grad_()",
    "gradient": "gradient(x)",
}


def written(x):
    y = x * 2
    y[0] = 5
    return y


def gradient(x):
    (x * x).sum().backward()
    return x.grad


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_show_the_same(torch: ModuleType, name: str) -> None:
    import mtorch
    shown = []
    for framework in (mtorch, torch):
        x = framework.tensor([[0.5, -1.25], [2, 0], [1e-3, 7]], requires_grad=True)
        names = {"torch": framework, "x": x, "written": written, "gradient": gradient}
        shown.append(repr(eval(PROGRAMS[name], names)))
    assert shown[0] == shown[1]


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "int8", "uint8", "int16", "int32", "int64"])
def test_limits_of_a_type_show_the_same(torch: ModuleType, name: str) -> None:
    import mtorch
    kind = "finfo" if name.startswith("float") else "iinfo"
    ours, theirs = getattr(mtorch, kind)(getattr(mtorch, name)), getattr(torch, kind)(getattr(torch, name))
    assert repr(ours) == repr(theirs)
    assert [getattr(ours, field) for field in vars(ours)] == [getattr(theirs, field) for field in vars(ours)]
