"""The types that NumPy has not: named and described as in torch, and never made a tensor of."""
from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

import mtorch

NARROW = ["bfloat16", "float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu", "complex32",
          "chalf"]


@pytest.mark.parametrize("name", NARROW)
def test_it_describes_itself_as_in_torch(name: str) -> None:
    torch = pytest.importorskip("torch")
    theirs, ours = getattr(torch, name), getattr(mtorch, name)
    for fact in ("itemsize", "is_floating_point", "is_complex", "is_signed"):
        assert getattr(ours, fact) == getattr(theirs, fact), fact
    assert repr(ours) == repr(theirs)
    assert pickle.loads(pickle.dumps(ours)) is ours


@pytest.mark.parametrize("name", [*NARROW, "bool", "int8", "uint16", "float16", "float32", "float64", "complex64", "complex128"])
def test_real_and_complex_counterparts(name: str) -> None:
    torch = pytest.importorskip("torch")
    theirs, ours = getattr(torch, name), getattr(mtorch, name)
    assert repr(ours.to_real()) == repr(theirs.to_real())
    try:
        wanted = repr(theirs.to_complex())
    except RuntimeError:
        with pytest.raises(RuntimeError, match="Unknown Complex ScalarType"):
            ours.to_complex()
    else:
        assert repr(ours.to_complex()) == wanted


@pytest.mark.parametrize("name", [name for name in NARROW if name.startswith(("bfloat", "float8"))])
def test_limits_of_types_that_numpy_has_not(name: str) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = mtorch.finfo(getattr(mtorch, name)), torch.finfo(getattr(torch, name))
    for fact in ("min", "max", "eps", "tiny", "smallest_normal", "resolution", "bits", "dtype"):
        assert getattr(ours, fact) == getattr(theirs, fact), fact


def test_a_table_of_types_can_be_written_down() -> None:
    """As programs do that choose the precision by a word."""
    chosen = {"float32": mtorch.float32, "bfloat16": mtorch.bfloat16, "float16": mtorch.float16}["float32"]
    with mtorch.autocast(device_type="cpu", dtype=mtorch.bfloat16):
        assert mtorch.ones(2, dtype=chosen).dtype is mtorch.float32


@pytest.mark.parametrize("make", [
    lambda d: mtorch.zeros(2, dtype=d),
    lambda d: mtorch.tensor([1.0], dtype=d),
    lambda d: mtorch.ones(2).to(d),
    lambda d: mtorch.ones(2).type(d),
    lambda d: mtorch.ones(2).view(d),
    lambda d: mtorch.ones(2).sum(dtype=d),
    lambda d: mtorch.nn.Linear(2, 2, dtype=d),
    lambda d: mtorch.nn.Linear(2, 2).to(d),
    lambda d: mtorch.set_default_dtype(d),
    lambda d: mtorch.promote_types(d, mtorch.float32),
])
@pytest.mark.parametrize("name", ["float8_e4m3fn", "float8_e5m2"])
def test_a_tensor_of_it_is_refused(make: Callable, name: str) -> None:
    with pytest.raises(NotImplementedError, match=f"torch.{name}: NumPy has no such type"):
        make(getattr(mtorch, name))
