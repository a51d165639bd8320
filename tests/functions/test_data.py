"""What becomes a tensor, and of which type; and a tensor that becomes a number again."""
from __future__ import annotations

import numpy as np
import pytest

import mtorch

DATA = ["-1, dtype=T.uint8", "[-1], dtype=T.uint8", "[-255, 255], dtype=T.uint8", "[-1, 1.5], dtype=T.uint8",
        "[[-1], [2]], dtype=T.uint8", "[-1, True], dtype=T.uint8", "[-1, 3], dtype=T.uint16", "[-1, 3], dtype=T.uint32",
        "2**63, dtype=T.uint64", "-2**63", "2**70, dtype=T.float64", "[1.0, 2**65]", "[np.float64(0.1), np.float32(0.2)]",
        "[T.ones(1), T.zeros(1)]", "[T.ones(1, 1), 3]", "[[T.ones(1)], [T.tensor(2)]]", "[T.ones(1), T.tensor(2)]"]
REFUSED = {
    "T.tensor(256, dtype=T.uint8)": "without overflow", "T.tensor(-256, dtype=T.uint8)": "without overflow",
    "T.tensor(-1.5, dtype=T.uint8)": "without overflow", "T.tensor([300.0], dtype=T.uint8)": "without overflow",
    "T.tensor([2**31], dtype=T.int32)": "without overflow", "T.tensor([1e30], dtype=T.int64)": "without overflow",
    "T.tensor([float('nan')], dtype=T.int64)": "without overflow",
    "T.tensor(float('inf'), dtype=T.int64)": "without overflow",
    "T.tensor(2**63)": "Overflow when unpacking long long", "T.tensor([1, 2**63])": "Overflow when unpacking long long",
    "T.tensor(-2**63 - 1)": "Overflow when unpacking long long",
    "T.tensor([2**63], dtype=T.int32)": "Overflow when unpacking long long",
    "T.tensor({})": "Could not infer dtype of dict", "T.tensor([{'a': 1}])": "Could not infer dtype of dict",
    "T.as_tensor({})": "Could not infer dtype of dict", "T.tensor('a')": "invalid data type 'str'",
    "T.tensor(['a'])": "too many dimensions 'str'",
    "T.tensor([T.ones(2), T.ones(2)])": "only one element tensors can be converted",
    "T.as_tensor([T.ones(2)])": "only one element tensors can be converted",
    "T.FloatTensor([T.ones(0)])": "only one element tensors can be converted",
    "T.zeros(2, device='cuda')": "Torch not compiled with CUDA enabled",
    "T.tensor([1.0], device=T.device('cuda:1'))": "Torch not compiled with CUDA enabled",
    "T.rand_like(T.ones(2), device='cuda')": "Torch not compiled with CUDA enabled",
    "T.ones(2).cuda()": "Torch not compiled with CUDA enabled",
    "T.ones(2).to('cuda')": "Torch not compiled with CUDA enabled",
    "T.nn.Linear(1, 1).to('cuda')": "Torch not compiled with CUDA enabled",
    "T.nn.Linear(1, 1, device='cuda')": "Torch not compiled with CUDA enabled",
    "T.ones(2).to(0)": "not available", "T.zeros(2, device='xpu')": "Torch not compiled with XPU enabled",
    "int(T.tensor([1.5, 2]))": "only one element tensors can be converted to Python scalars",
    "float(T.tensor([]))": "only one element tensors can be converted to Python scalars",
    "complex(T.ones(2))": "only one element tensors can be converted to Python scalars",
    "T.ones(2).item()": "cannot be converted to Scalar", "int(T.tensor(1j))": "without overflow",
    "float(T.tensor(1j))": "without overflow", "'a' in T.ones(2)": "only supports Tensor or scalar",
    "[1] in T.ones(2)": "only supports Tensor or scalar", "np.ones(2) in T.ones(2)": "only supports Tensor or scalar",
    "T.ones(3) in T.ones(2)": r"size of tensor a \(\d\) must match the size of tensor b",
    "T.ones(2).type(3)": "dtype must be a type, str, or dtype object", "T.ones(2).stride(9)": "Dimension out of range",
    "T.ones(()).stride(0)": "no dimensions", "T.ones(2).stride(1.5)": "int",
}


@pytest.mark.parametrize("data", DATA)
def test_data_become_what_they_are_in_torch(data: str) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = (eval(f"T.tensor({data})", {"T": lib, "np": np}) for lib in (mtorch, torch))
    assert str(ours.dtype) == str(theirs.dtype) and ours.tolist() == theirs.tolist()


@pytest.mark.parametrize("call", REFUSED)
def test_the_error_is_torchs(call: str) -> None:
    torch = pytest.importorskip("torch")
    with pytest.raises(Exception) as theirs:
        eval(call, {"T": torch, "np": np})
    with pytest.raises(theirs.type, match=REFUSED[call]) as ours:
        eval(call, {"T": mtorch, "np": np})
    assert ours.type is theirs.type


def test_a_tensor_becomes_a_number() -> None:
    assert float(mtorch.tensor(1 + 0j)) == 1.0 and int(mtorch.tensor([[1.5]])) == 1 and complex(mtorch.tensor(2)) == 2 + 0j
    x = mtorch.tensor([[1.0, 2.0]])
    assert 1 in x and np.float64(2) in x and mtorch.tensor(2) in x and 3 not in x
    assert x.stride(-1) == 1 and x.stride(0) == 2
