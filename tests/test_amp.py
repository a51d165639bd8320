"""autocast and GradScaler on the CPU, beside torch's."""
from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import mtorch
from mtorch.amp import casting

torch = pytest.importorskip("torch")
BOTH = pytest.mark.parametrize("lib", [mtorch, torch], ids=["mtorch", "torch"])


def _types(lib, narrow: str) -> dict[str, list[str]]:
    """The types of what layers and functions give in a block."""
    nn, F = lib.nn, lib.nn.functional
    lib.manual_seed(0)
    a, half = lib.randn(3, 3), lib.randn(3, 3).to(getattr(lib, narrow))
    image = lib.randn(1, 1, 8, 8)
    found = {}
    with lib.autocast("cpu", dtype=getattr(lib, narrow)):
        layers = {
            "linear": (nn.Linear(3, 2), a), "conv1d": (nn.Conv1d(3, 4, 2), lib.randn(1, 3, 5)), "prelu": (nn.PReLU(), a),
            "up": (nn.ConvTranspose2d(1, 2, 3), image), "norm": (nn.LayerNorm(3), a), "norm of half": (nn.LayerNorm(3), half),
            "bilinear": (lambda x: nn.Bilinear(3, 3, 2)(x, x), a), "double": (nn.Linear(3, 2).double(), a.double()),
            "lstm": (nn.LSTM(3, 4, 2), lib.randn(5, 2, 3)), "gru": (nn.GRU(3, 4), lib.randn(5, 2, 3)),
            "rnn of half": (nn.RNN(3, 4), half), "cell": (nn.LSTMCell(3, 4), half), "gru of half": (nn.GRU(3, 4), half),
            "encoder": (nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0), lib.randn(3, 2, 8)),
            "attention": (lambda x: nn.MultiheadAttention(8, 2)(x, x, x), lib.randn(3, 2, 8)),
            "net": (nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                                  nn.Linear(18, 3), nn.LogSoftmax(-1)), image),
        }
        functions = {
            "@": lambda x: x @ x, "mm": lambda x: x.mm(x), "mv": lambda x: x.mv(x[0]), "dot": lambda x: x[0].dot(x[1]),
            "addmm": lambda x: lib.addmm(x, x, x), "einsum": lambda x: lib.einsum("ij,jk->ik", x, x),
            "turned": lambda x: lib.einsum("ij->ji", x), "outer": lambda x: lib.einsum("i,j->ij", x[0], x[0]),
            "sum": lambda x: x.sum(), "prod": lambda x: x.prod(), "softmax": lambda x: x.softmax(-1), "exp": lambda x: x.exp(),
            "mse": lambda x: F.mse_loss(x, x + 1), "nll": lambda x: F.cross_entropy(x, lib.tensor([0, 1, 2])),
            "cat": lambda x: lib.cat([x, x.to(half.dtype)]), "inv": lambda x: lib.linalg.inv(x.float() + 3 * lib.eye(3)),
            "trace": lambda x: x.trace(), "sdpa": lambda x: F.scaled_dot_product_attention(*[x[None, None]] * 3),
        }
        for name, (layer, x) in layers.items():
            y = layer(x)
            found[name] = [str(t.dtype) for t in (y if isinstance(y, tuple) else (y,)) if isinstance(t, lib.Tensor)]
        for name, function in functions.items():
            found[name] = [str(function(x).dtype) for x in (a, half)]
    return found


@pytest.mark.parametrize("narrow", ["bfloat16", "float16"])
def test_types_are_torchs(narrow: str) -> None:
    assert _types(mtorch, narrow) == _types(torch, narrow)


def test_a_net_learns_as_torchs() -> None:
    found = []
    for lib in (mtorch, torch):
        lib.manual_seed(0)
        net = lib.nn.Sequential(lib.nn.Conv2d(1, 4, 3), lib.nn.BatchNorm2d(4), lib.nn.ReLU(), lib.nn.Flatten(),
                                lib.nn.Linear(4 * 6 * 6, 16), lib.nn.GELU(), lib.nn.Linear(16, 3))
        optimizer = lib.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
        x, y = lib.randn(8, 1, 8, 8), lib.tensor([0, 1, 2, 0, 1, 2, 0, 1])
        losses = []
        for _ in range(10):
            with lib.autocast(device_type="cpu", dtype=lib.bfloat16):
                loss = lib.nn.functional.cross_entropy(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        found.append(losses)
        assert {p.grad.dtype for p in net.parameters()} == {lib.float32}
        assert loss.dtype is lib.float32
    assert found[0] == pytest.approx(found[1], rel=0.02)
    assert found[0][-1] < 0.5 * found[0][0]


@BOTH
def test_blocks_in_blocks(lib) -> None:
    a = lib.ones(2, 2)
    with lib.autocast("cpu"):
        assert (a @ a).dtype is lib.bfloat16
        with lib.autocast("cpu", enabled=False):
            assert (a @ a).dtype is lib.float32
        with lib.autocast("cpu", dtype=lib.float16):
            assert (a @ a).dtype is lib.float16
        assert (a @ a).dtype is lib.bfloat16
    assert (a @ a).dtype is lib.float32
    with pytest.raises(ZeroDivisionError), lib.autocast("cpu"):
        1 / 0
    assert (a @ a).dtype is lib.float32

    @lib.autocast("cpu")
    def product():
        return a @ a
    assert (product().dtype, (a @ a).dtype) == (lib.bfloat16, lib.float32)


def test_a_function_in_a_block_calls_itself() -> None:
    """In torch, where a block keeps one state for all its entries, autocast is on afterwards."""
    a = mtorch.ones(2, 2)

    @mtorch.autocast("cpu")
    def product(n: int) -> mtorch.Tensor:
        return product(n - 1) if n else a @ a
    assert (product(2).dtype, (a @ a).dtype) == (mtorch.bfloat16, mtorch.float32)


@BOTH
def test_packed_sequences_in_a_block(lib) -> None:
    packed = lib.nn.utils.rnn.pack_sequence([lib.ones(3, 2), lib.ones(2, 2)])
    with lib.autocast("cpu"):
        output, (h, c) = lib.nn.LSTM(2, 4)(packed.to(lib.bfloat16))
    assert (output.data.dtype, h.dtype, c.dtype) == (lib.bfloat16,) * 3


@BOTH
def test_functions_of_a_programs_own(lib) -> None:
    seen = []

    class Twice(lib.autograd.Function):
        @staticmethod
        @lib.amp.custom_fwd(device_type="cpu", cast_inputs=lib.float32)
        def forward(ctx, x):
            seen.append((x.dtype, lib.is_autocast_enabled("cpu"), (x @ x).dtype))
            return 2 * x

        @staticmethod
        @lib.amp.custom_bwd(device_type="cpu")
        def backward(ctx, g):
            seen.append(lib.is_autocast_enabled("cpu"))
            return 2 * g

    class AsItIs(lib.autograd.Function):
        @staticmethod
        @lib.amp.custom_fwd(device_type="cpu")
        def forward(ctx, x):
            return x @ x

        @staticmethod
        @lib.amp.custom_bwd(device_type="cpu")
        def backward(ctx, g):
            seen.append((lib.is_autocast_enabled("cpu"), (g @ g).dtype))
            return g.float()

    x = lib.ones(2, 2, requires_grad=True)
    with lib.autocast("cpu"):
        y = Twice.apply(x.bfloat16())
        z = AsItIs.apply(x)
    y.sum().backward()
    z.sum().backward()
    assert seen == [(lib.float32, False, lib.float32), False, (True, lib.bfloat16)]
    with pytest.raises(ValueError, match="Expected `device_type` of type `str`"):
        lib.amp.custom_fwd(device_type=3)


def test_a_program_that_enters_no_block_keeps_the_plain_functions() -> None:
    program = ("import mtorch; from mtorch.nn import functional as F; a = mtorch.ones(2, 2); before = F.linear, mtorch.matmul;"
               "mtorch.autocast('cpu', enabled=False).__enter__(); assert before == (F.linear, mtorch.matmul);"
               "mtorch.autocast('cpu').__enter__(); assert before != (F.linear, mtorch.matmul); print((a @ a).dtype)")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "torch.bfloat16\n", done.stderr


def test_classes_that_take_over_functions_are_asked_too() -> None:
    program = """
import mtorch
class Logged(mtorch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        print(func.__name__)
        return super().__torch_function__(func, types, args, kwargs)
x = mtorch.ones(2, 2).as_subclass(Logged)
with mtorch.autocast("cpu"):
    print(mtorch.nn.functional.linear(x, x).dtype, type(mtorch.nn.functional.linear(x, x)).__name__)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "linear" in done.stdout and "torch.bfloat16 Logged" in done.stdout, done.stdout + done.stderr


def test_the_names_in_the_lists_are_functions() -> None:
    casting.begin()
    for kinds in (casting.NARROW, casting.WIDE, casting.ALONE):
        for module, names in kinds.items():
            for name in names.split():
                function = mtorch
                for part in filter(None, f"{module}.{name}".split(".")):
                    function = getattr(function, part)
                assert hasattr(function, "__wrapped__"), name


# ---- the scaler ------------------------------------------------------------------------------------

@BOTH
def test_the_scale_of_losses(lib) -> None:
    scaler = lib.amp.GradScaler("cpu")
    assert (scaler.is_enabled(), scaler.get_scale()) == (True, 65536.0)
    x = lib.ones(2)
    assert scaler.scale(x).tolist() == [65536.0] * 2
    assert [y.tolist() for y in scaler.scale([x, (x,)][:1])] == [[65536.0] * 2]
    assert type(scaler.scale((x, x))) is tuple
    assert scaler.scale(x.bfloat16()).dtype is lib.bfloat16
    with pytest.raises(ValueError, match="outputs must be a Tensor or an iterable of Tensors"):
        scaler.scale(3.0)


def _run(lib, losses) -> list:
    """What a scaler does, step by step, with losses that are multiplied by these numbers."""
    w = lib.ones(2, requires_grad=True)
    optimizer = lib.optim.SGD([w], lr=0.25)
    scaler = lib.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=2)
    seen = []
    for factor in losses:
        optimizer.zero_grad()
        scaler.scale((w * w).sum() * factor).backward()
        scaler.unscale_(optimizer)
        lib.nn.utils.clip_grad_norm_([w], 1.0)
        seen.append(scaler.step(optimizer))
        scaler.update()
        seen += [scaler.get_scale(), w.tolist(), scaler.state_dict()]
    return seen


def test_steps_and_scales_are_torchs() -> None:
    losses = [1.0, float("inf"), 1.0, 1.0, float("nan"), 0.5, 0.5, 0.5]
    ours, theirs = _run(mtorch, losses), _run(torch, losses)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6) if isinstance(a, list) else None
        assert isinstance(a, list) or a == b


@BOTH
def test_a_scaler_goes_on_where_another_was(lib) -> None:
    scaler = lib.amp.GradScaler("cpu", init_scale=8.0)
    again = lib.amp.GradScaler("cpu")
    again.load_state_dict(scaler.state_dict())
    assert again.state_dict() == scaler.state_dict()
    assert again.scale(lib.ones(1)).item() == 8.0
    again.update(16.0)
    assert again.get_scale() == 16.0
    again.set_growth_factor(4.0)
    again.set_backoff_factor(0.25)
    again.set_growth_interval(3)
    assert (again.get_growth_factor(), again.get_backoff_factor(), again.get_growth_interval()) == (4.0, 0.25, 3)
    with pytest.raises(RuntimeError, match="The source state dict is empty"):
        again.load_state_dict({})


@BOTH
def test_a_scaler_used_out_of_turn(lib) -> None:
    w = lib.ones(2, requires_grad=True)
    optimizer = lib.optim.SGD([w], lr=0.1)
    scaler = lib.amp.GradScaler("cpu")
    for early in (lambda: scaler.step(optimizer), lambda: scaler.update(), lambda: scaler.unscale_(optimizer)):
        with pytest.raises(AssertionError, match="_scale is None"):
            early()
    scaler.scale(w.sum())
    with pytest.raises(AssertionError, match="No inf checks were recorded"):
        scaler.step(optimizer)
    scaler = lib.amp.GradScaler("cpu")
    scaler.scale(w.sum()).backward()
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="unscale_.. has already been called"):
        scaler.unscale_(optimizer)
    scaler.step(optimizer)
    for late in (lambda: scaler.step(optimizer), lambda: scaler.unscale_(optimizer)):
        with pytest.raises(RuntimeError, match="step"):
            late()
    with pytest.raises(RuntimeError, match="Closure use is not currently supported"):
        scaler.step(optimizer, closure=lambda: None)
    scaler.update()
    with pytest.raises(AssertionError, match="No inf checks were recorded prior to update"):
        scaler.update()
    half = lib.ones(2, dtype=lib.float16, requires_grad=True)
    scaler.scale(half.sum()).backward()
    with pytest.raises(ValueError, match="Attempting to unscale FP16 gradients"):
        scaler.unscale_(lib.optim.SGD([half], lr=0.1))
    for wrong in ({"growth_factor": 1.0}, {"backoff_factor": 1.0}):
        with pytest.raises(AssertionError, match="factor must be"):
            lib.amp.GradScaler("cpu", **wrong)


@BOTH
def test_a_scaler_of_a_gpu_that_is_not_there(lib) -> None:
    with pytest.warns(UserWarning, match="CUDA is not available"):
        scaler = lib.amp.GradScaler()
    assert (scaler.is_enabled(), scaler.get_scale(), scaler.state_dict()) == (False, 1.0, {})
    x = lib.ones(1)
    assert scaler.scale(x) is x
    assert not lib.amp.GradScaler("cpu", enabled=False).is_enabled()
