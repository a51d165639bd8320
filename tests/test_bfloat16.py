"""bfloat16: float32 of which 8 bits are kept, beside torch's own."""
from __future__ import annotations

import copy
import ctypes
import pickle
import subprocess
import sys

import numpy as np
import pytest

import mtorch
from mtorch import brain_float, nn
from mtorch.nn import functional as F

BF16 = mtorch.bfloat16


def halves(x) -> list[int]:
    """The bits of a tensor of bfloat16, ours or torch's."""
    return [h & 0xFFFF for h in x.detach().reshape(-1).view(mtorch.int16 if isinstance(x, mtorch.Tensor) else
                                                            __import__("torch").int16).tolist()]


# ---- numbers -----------------------------------------------------------------------------------


def test_numbers_are_rounded_as_torch_rounds_them() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    bits = np.concatenate([rng.integers(0, 2 ** 32, 50_000, dtype=np.uint32),
                           np.array([0x3F808000, 0x3F818000, 0x3F807FFF, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x00000001,
                                     0x80000000, 0x00018000], np.uint32)])
    numbers = bits.view(np.float32)
    numbers = numbers[~np.isnan(numbers)]
    assert halves(mtorch.tensor(numbers).bfloat16()) == halves(torch.tensor(numbers).bfloat16())
    assert mtorch.tensor(float("nan")).bfloat16().isnan()
    assert brain_float.rounded(np.array([0x7F800001], np.uint32).view(np.float32)).view(np.uint32) & 0x7FFFFF     # still a nan


def test_each_way_of_making_one_rounds() -> None:
    made = [mtorch.tensor(1 / 3, dtype=BF16), mtorch.tensor([1 / 3], dtype=BF16), mtorch.full((2,), 1 / 3, dtype=BF16),
            mtorch.ones(2).div(3).to(BF16), mtorch.ones(2).div(3).bfloat16(), mtorch.ones(2).div(3).type(BF16),
            mtorch.ones(2).div(3).type("torch.BFloat16Tensor"), mtorch.as_tensor(np.float32([1 / 3]), dtype=BF16),
            mtorch.ones(2, dtype=BF16) / 3, mtorch.arange(1, 3, dtype=BF16) / 3, mtorch.linspace(1 / 3, 2, 3, dtype=BF16)[:1],
            mtorch.full_like(mtorch.ones(2), 1 / 3, dtype=BF16), mtorch.ones(2, dtype=BF16).new_tensor([1 / 3]),
            mtorch.ones(2).to(mtorch.zeros(1, dtype=BF16)) / 3, mtorch.scalar_tensor(1 / 3, dtype=BF16)]
    for x in made:
        assert x.dtype is BF16
        assert x.reshape(-1)[0].item() == 0.333984375


def test_each_way_of_writing_one_rounds() -> None:
    x = mtorch.zeros(8, dtype=BF16)
    x[0] = 1 / 3
    x[1:2] = mtorch.tensor([1 / 3])
    x[2].fill_(1 / 3)
    x[3].copy_(mtorch.tensor(1 / 3))
    x[4] += 1 / 3
    x[5].add_(mtorch.tensor(1 / 3))
    x[6:7].masked_fill_(mtorch.tensor([True]), 1 / 3)
    x.index_fill_(0, mtorch.tensor([7]), 1 / 3)
    assert x.dtype is BF16
    assert x.tolist() == [0.333984375] * 8
    out = mtorch.empty(2, dtype=BF16)
    mtorch.div(mtorch.ones(2), 3, out=out)
    assert out.tolist() == [0.333984375] * 2
    with mtorch.no_grad():
        weight = nn.Parameter(mtorch.zeros(50, dtype=BF16)).uniform_()
    assert not (weight.array.view(np.uint32) & 0xFFFF).any()


def test_types_that_come_out_of_two() -> None:
    torch = pytest.importorskip("torch")
    others = ["float16", "float32", "float64", "int64", "bool", "uint8", "bfloat16", "complex64"]
    for name in others:
        for dims in ((2,), ()):
            ours = mtorch.ones(2, dtype=BF16) * mtorch.ones(dims, dtype=getattr(mtorch, name))
            theirs = torch.ones(2, dtype=torch.bfloat16) * torch.ones(dims, dtype=getattr(torch, name))
            assert str(ours.dtype) == str(theirs.dtype), (name, dims)
        assert str(mtorch.promote_types(BF16, getattr(mtorch, name))) == \
            str(torch.promote_types(torch.bfloat16, getattr(torch, name)))
    assert (mtorch.tensor(2.0, dtype=BF16) * mtorch.ones(2, dtype=mtorch.int64)).dtype is BF16
    assert (mtorch.ones(2, dtype=BF16) * 2.5).dtype is BF16
    assert mtorch.ones(2, dtype=BF16).sum(dtype=mtorch.float32).dtype is mtorch.float32
    for call in (lambda a, b: a @ b, lambda a, b: F.linear(a, b), lambda a, b: F.conv1d(a[None], b[None])):
        with pytest.raises(RuntimeError, match="same"):
            call(mtorch.ones(2, 2, dtype=BF16), mtorch.ones(2, 2))


def test_what_it_says_of_itself() -> None:
    torch = pytest.importorskip("torch")
    values = [[1.5, -0.1, 300.0], [1e-3, 0.0, 7.0]]
    ours, theirs = mtorch.tensor(values, dtype=BF16), torch.tensor(values, dtype=torch.bfloat16)
    for say in (repr, lambda x: x.type(), lambda x: x.element_size(), lambda x: x.nbytes, lambda x: x.stride(),
                lambda x: x.tolist(), lambda x: x.t().stride(), lambda x: x.untyped_storage().nbytes(), lambda x: x.itemsize,
                lambda x: x[1].storage_offset(), lambda x: x[1].data_ptr() - x.data_ptr(), lambda x: x.is_floating_point(),
                lambda x: x.data_ptr() == x.detach().data_ptr() == x.untyped_storage().data_ptr(), halves):
        assert say(ours) == say(theirs)
    with pytest.raises(TypeError, match="Got unsupported ScalarType BFloat16"):
        ours.numpy()
    with pytest.raises(TypeError, match="Got unsupported ScalarType BFloat16"):
        np.asarray(ours)


def test_its_bits() -> None:
    torch = pytest.importorskip("torch")
    x = mtorch.tensor([1.0, -2.5, 3.0], dtype=BF16)
    assert x.view(mtorch.int16).view(BF16).tolist() == x.tolist()
    assert x.view(mtorch.uint8).tolist() == torch.tensor(x.tolist(), dtype=torch.bfloat16).view(torch.uint8).tolist()
    assert mtorch.frombuffer(bytearray(b"\x80\x3f\x00\x40"), dtype=BF16).tolist() == [1, 2]
    x[1] = 7.0
    as_a_library_reads_it = ctypes.string_at(x.data_ptr(), 6)
    assert np.frombuffer(as_a_library_reads_it, np.uint16).tolist() == halves(x)
    with pytest.raises(ValueError, match="read-only"):
        x.untyped_storage().fill_(0)


def test_the_first_that_is_met_may_come_from_elsewhere() -> None:
    """Out of a pickle, in a process that has not named the type."""
    data = pickle.dumps(mtorch.ones(2, dtype=BF16))
    program = f"import pickle, mtorch; x = pickle.loads({data!r}); print((x / 3).tolist(), (x / 3).dtype)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[0.333984375, 0.333984375] torch.bfloat16\n", done.stderr


def test_copies_are_of_it() -> None:
    x = mtorch.ones(2, 3, dtype=BF16)
    for y in (x.clone(), x.detach(), x.t(), x.t().contiguous(), x.view(3, 2), x[0], x[[0, 1]], x.expand(4, 2, 3), copy.copy(x),
              copy.deepcopy(x), pickle.loads(pickle.dumps(x)), mtorch.zeros_like(x), x.new_zeros(2), mtorch.cat([x, x]),
              mtorch.stack([x, x]), x.as_strided((2,), (1,)), x.chunk(2)[0], x.data, nn.Parameter(x), x.unfold(1, 2, 1)):
        assert y.dtype is BF16


# ---- gradients and learning ---------------------------------------------------------------------


def test_gradients_have_the_type_of_their_leaf() -> None:
    x, w = mtorch.ones(3, dtype=BF16, requires_grad=True), mtorch.ones(3, requires_grad=True)
    loss = (x.float() / 3 * w).sum() + (x / 7).sum().float()
    loss.backward()
    assert (x.grad.dtype, w.grad.dtype) == (BF16, mtorch.float32)
    assert not (x.grad.array.view(np.uint32) & 0xFFFF).any()
    assert w.grad.tolist() == pytest.approx([1 / 3] * 3)
    (x * 1.001).sum().backward()                       # added up, and rounded again
    assert not (x.grad.array.view(np.uint32) & 0xFFFF).any()
    g, = mtorch.autograd.grad((x * x).sum(), x, create_graph=True)
    assert g.dtype is BF16
    g.sum().backward()


def _net(lib):
    lib.manual_seed(0)
    net = lib.nn.Sequential(lib.nn.Conv2d(1, 4, 3), lib.nn.BatchNorm2d(4), lib.nn.ReLU(), lib.nn.Flatten(),
                            lib.nn.Linear(4 * 6 * 6, 16), lib.nn.LayerNorm(16), lib.nn.GELU(), lib.nn.Linear(16, 3))
    return net.to(lib.bfloat16)


@pytest.mark.parametrize("optimizer", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "NAdam", "Adamax"])
def test_a_net_learns_as_torchs(optimizer: str) -> None:
    torch = pytest.importorskip("torch")
    found = []
    for lib in (mtorch, torch):
        net = _net(lib)
        step = getattr(lib.optim, optimizer)(net.parameters(), lr=0.01)
        lib.manual_seed(1)
        x, y = lib.randn(8, 1, 8, 8).to(lib.bfloat16), lib.tensor([0, 1, 2, 0, 1, 2, 0, 1])
        losses = []
        for _ in range(10):
            loss = lib.nn.functional.cross_entropy(net(x), y)
            step.zero_grad()
            loss.backward()
            step.step()
            losses.append(loss.item())
        kinds = [{k: str(v.dtype) for k, v in step.state[p].items() if k != "step"} for p in net.parameters()]
        found.append((losses, kinds, [str(p.grad.dtype) for p in net.parameters()], str(loss.dtype),
                      [str(b.dtype) for b in net.buffers()]))
    assert found[0][1:] == found[1][1:]
    assert found[0][0] == pytest.approx(found[1][0], rel=0.05, abs=0.05)
    assert found[0][0][-1] < found[0][0][0]


def test_layers_give_what_torchs_give() -> None:
    torch = pytest.importorskip("torch")
    layers = {
        "LSTM": lambda lib: (lib.nn.LSTM(4, 5, 2), (3, 2, 4)), "GRU": lambda lib: (lib.nn.GRU(4, 5), (3, 2, 4)),
        "encoder": lambda lib: (lib.nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0), (3, 2, 8)),
        "GroupNorm": lambda lib: (lib.nn.GroupNorm(2, 4), (2, 4, 3)), "RMSNorm": lambda lib: (lib.nn.RMSNorm(4), (2, 4)),
        "ConvTranspose2d": lambda lib: (lib.nn.ConvTranspose2d(3, 4, 2), (1, 3, 5, 5)),
        "Dropout": lambda lib: (lib.nn.Dropout(0.5), (30,)), "PReLU": lambda lib: (lib.nn.PReLU(), (4,)),
        "MaxPool2d": lambda lib: (lib.nn.MaxPool2d(2), (1, 2, 4, 4)),
    }
    for name, make in layers.items():
        found = []
        for lib in (mtorch, torch):
            lib.manual_seed(0)
            net, shape = make(lib)
            x = lib.randn(*shape).to(lib.bfloat16).requires_grad_()
            lib.manual_seed(1)
            y = net.to(lib.bfloat16)(x)
            y = y[0] if isinstance(y, tuple) else y
            assert y.dtype is lib.bfloat16, name
            y.float().square().sum().backward()
            found.append((y.float().detach().numpy(), x.grad.float().numpy()))
        for ours, theirs in zip(*found, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0.05, atol=0.05, err_msg=name)


def test_half_precision_input_and_whole_parameters() -> None:
    torch = pytest.importorskip("torch")
    for lib in (mtorch, torch):
        assert lib.nn.LayerNorm(4)(lib.ones(2, 4).bfloat16()).dtype is lib.bfloat16


@pytest.mark.parametrize("draw", ["randn", "rand", "randn_like", "normal_", "uniform_", "bernoulli_", "exponential_"])
@pytest.mark.parametrize("n", [3, 16, 20, 37])
def test_draws_torchs_numbers(draw: str, n: int) -> None:
    torch = pytest.importorskip("torch")
    found = []
    for lib in (mtorch, torch):
        lib.manual_seed(7)
        if draw.endswith("_"):
            x = getattr(lib.empty(n, dtype=lib.bfloat16), draw)()
        elif draw.endswith("like"):
            x = lib.randn_like(lib.empty(n, dtype=lib.bfloat16))
        else:
            x = getattr(lib, draw)(n, dtype=lib.bfloat16)
        found.append((x.tolist(), lib.rand(1).item()))
    assert found[0] == found[1]


def test_the_default_type() -> None:
    mtorch.set_default_dtype(BF16)
    try:
        assert mtorch.get_default_dtype() is BF16
        assert {x.dtype for x in (mtorch.ones(2), mtorch.tensor(0.1), nn.Linear(2, 2).weight, mtorch.rand(3),
                                  mtorch.arange(3) / 2)} == {BF16}
        assert repr(mtorch.tensor([1.5])) == "tensor([1.5000])"
    finally:
        mtorch.set_default_dtype(mtorch.float32)


def test_a_file_of_safetensors_own_library(tmp_path) -> None:
    """Its save reads the memory of a tensor by its address."""
    library = pytest.importorskip("safetensors.torch")
    torch = pytest.importorskip("torch")
    from mtorch.serialization.safetensors import load_file, save_file
    values = torch.randn(3, 4).bfloat16()
    library.save_file({"x": values}, tmp_path / "theirs")
    ours = load_file(tmp_path / "theirs")["x"]
    assert (ours.dtype, halves(ours)) == (BF16, halves(values))
    save_file({"x": ours}, tmp_path / "ours")
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()
    program = ("import mtorch.as_torch, torch; from safetensors.torch import load_file, save_file;"
               f"x = load_file({str(tmp_path / 'ours')!r})['x']; x[0, 0] = 5;"
               f"save_file(dict(x=x), {str(tmp_path / 'again')!r})")
    subprocess.run([sys.executable, "-c", program], check=True)
    values[0, 0] = 5
    assert halves(library.load_file(tmp_path / "again")["x"]) == halves(values)
