"""What a CPU program asks about without needing it is answered as torch's build for the CPU answers, or sensibly."""

from __future__ import annotations

import math
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

import mtorch
from mtorch import nn
from mtorch.utils.tensorboard import SummaryWriter, events

ROOT = Path(__file__).parents[2]

# Asked of both: an expression, answered by the same text or by an error of the same type.
QUESTIONS = """
torch.cuda.is_available()
torch.cuda.device_count()
torch.cuda.is_bf16_supported()
torch.cuda.is_initialized()
torch.cuda.manual_seed(1)
torch.cuda.manual_seed_all(1)
torch.cuda.empty_cache()
torch.cuda.max_memory_allocated()
torch.cuda.memory_allocated()
torch.cuda.get_rng_state_all()
torch.cuda.synchronize()
torch.cuda.get_device_name(0)
torch.cuda.current_device()
torch.cuda.get_device_properties(0)
torch.cuda.get_device_capability()
torch.cuda.FloatTensor(2)
isinstance(torch.ones(1), torch.cuda.FloatTensor)
issubclass(torch.cuda.OutOfMemoryError, RuntimeError)
torch.cuda.OutOfMemoryError is torch.OutOfMemoryError
torch.cuda.nothing_of_this_name
torch.accelerator.is_available()
torch.accelerator.current_accelerator()
torch.accelerator.device_count()
torch.accelerator.current_device_index()
torch.accelerator.synchronize()
torch.backends.cudnn.enabled
torch.backends.cudnn.benchmark
torch.backends.cudnn.deterministic
torch.backends.cudnn.allow_tf32
torch.backends.cudnn.version()
torch.backends.cudnn.is_available()
torch.backends.mps.is_available()
torch.backends.mps.is_built()
torch.backends.cuda.matmul.allow_tf32
torch.backends.cuda.is_built()
torch.mps.is_available()
torch.xpu.is_available()
torch.cpu.is_available()
torch.distributed.is_initialized()
torch.get_default_device()
torch.set_default_device("cpu")
torch.set_default_device(None)
torch.get_float32_matmul_precision()
torch.set_float32_matmul_precision("high")
torch.get_float32_matmul_precision()
torch.set_float32_matmul_precision("highest")
torch.are_deterministic_algorithms_enabled()
torch.use_deterministic_algorithms(True, warn_only=True)
torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
torch.get_deterministic_debug_mode()
torch.set_deterministic_debug_mode("default")
torch.are_deterministic_algorithms_enabled()
torch.set_num_threads(0)
torch.set_num_threads(3)
torch.get_num_threads()
torch.set_num_threads(1)
torch.set_default_tensor_type("torch.DoubleTensor")
torch.ones(1).dtype
torch.set_default_tensor_type(torch.FloatTensor)
torch.is_tensor(torch.ones(1)), torch.is_tensor(1)
torch.is_floating_point(torch.ones(1)), torch.is_complex(torch.ones(1)), torch.is_floating_point(torch.tensor(1))
torch.is_floating_point(3)
torch.typename(torch.ones(1)), torch.typename(3), torch.typename(len)
torch.__version__ >= "2.4", torch.__version__ >= (2, 13), torch.__version__ < "2.2"
int(torch.__version__.split(".")[0])
torch.version.cuda
torch.compile(len, mode="nonsense")
torch.compile(len, mode="default", options={})
torch.jit.is_scripting()
torch.is_autocast_enabled()
torch.autocast(3)
torch.cuda.amp.GradScaler(enabled=False).get_scale()
torch.cuda.amp.GradScaler(enabled=False).state_dict()
torch.nn.DataParallel(torch.nn.Linear(2, 1))
list(torch.nn.DataParallel(torch.nn.Linear(2, 1)).state_dict())
torch.nn.modules.utils._pair(3), torch.nn.modules.utils._triple([1, 2, 3]), torch.nn.modules.utils._single(2)
torch.nn.modules.utils._reverse_repeat_tuple((1, 2), 2)
torch.autograd.Variable(torch.ones(2), requires_grad=True)
torch.autograd.Variable([1.0])
torch.utils.checkpoint.checkpoint(lambda x: x + 1, torch.ones(1), use_reentrant=False)
torch.distributed.init_process_group("gloo", rank=0, world_size=1, store=torch.distributed.HashStore())
""".strip().splitlines()[:-1]

ASK = """
import sys, warnings
warnings.simplefilter("ignore")
import torch, torch.utils.checkpoint, torch.cuda.amp, torch.nn.modules.utils, torch.distributed
for question in sys.stdin.read().splitlines():
    try:
        print(repr(eval(question)))
    except Exception as error:
        print(type(error).__name__)
"""


def answers(*command: str) -> list[str]:
    done = subprocess.run([sys.executable, *command], input="\n".join(QUESTIONS), capture_output=True, text=True,
                          timeout=120, check=True, cwd=Path(__file__).parent,
                          env={**os.environ, "PYTHONPATH": str(ROOT)})
    return done.stdout.splitlines()


def test_answers_are_torchs() -> None:
    pytest.importorskip("torch")
    (ours, theirs) = answers("-m", "mtorch", "-c", ASK), answers("-c", ASK)
    assert [*zip(QUESTIONS, ours, strict=False)] == [*zip(QUESTIONS, theirs, strict=False)]


def test_compile_and_jit_give_back_what_they_are_given() -> None:
    net = nn.Linear(2, 1)
    assert mtorch.compile(net) is net is mtorch.jit.script(net) is mtorch.jit.trace(net, mtorch.ones(3, 2))

    @mtorch.compile
    def plain(x):
        return x + 1

    @mtorch.compile(fullgraph=True, mode="reduce-overhead")
    def decorated(x):
        return x + 2

    @mtorch.jit.ignore
    def ignored(x):
        return x

    assert (plain(1), decorated(1), ignored(1)) == (2, 3, 1)
    with pytest.raises(TypeError, match="expected a function or a Module, got int"):
        mtorch.compile(3)
    with pytest.raises(NotImplementedError, match="mtorch writes no"):
        mtorch.jit.save(net, "file")


@pytest.mark.filterwarnings("ignore:.*CUDA is not available")
def test_autocast_and_scaler_of_a_gpu_change_nothing() -> None:
    net = nn.Linear(2, 1)
    optimizer = mtorch.optim.SGD(net.parameters(), lr=0.1)
    scaler = mtorch.cuda.amp.GradScaler()

    @mtorch.autocast("cuda", dtype=mtorch.float16)
    def forward(x):
        return net(x).sum()

    with mtorch.amp.autocast(device_type="cuda", enabled=False), mtorch.cuda.amp.autocast():
        loss = forward(mtorch.ones(4, 2))
    assert loss.dtype == mtorch.float32
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    before = net.weight.detach().clone()
    scaler.step(optimizer)
    scaler.update()
    assert mtorch.allclose(net.weight, before - 0.4)


@pytest.mark.parametrize("wrapper", [nn.DataParallel, nn.parallel.DistributedDataParallel])
def test_parallel_modules_are_the_module_in_one_process(wrapper) -> None:
    mtorch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    wrapped = wrapper(net)
    assert list(wrapped.state_dict()) == ["module." + key for key in net.state_dict()]
    x = mtorch.randn(5, 3)
    wrapped.eval()
    assert mtorch.equal(wrapped(x), net(x))
    with pytest.raises(RuntimeError, match="no GPUs"):
        wrapper(net, device_ids=[0])


def test_group_of_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    dist = mtorch.distributed
    assert not dist.is_available()
    with pytest.raises(ValueError, match="has not been initialized"):
        dist.get_rank()
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(NotImplementedError, match="world_size is 2"):
        dist.init_process_group("gloo")
    dist.init_process_group("nccl", world_size=1, rank=0)
    try:
        x = mtorch.tensor([1.0, 2.0])
        parts = [mtorch.zeros(2)]
        dist.all_reduce(x)
        dist.broadcast(x, src=0)
        dist.all_gather(parts, x)
        dist.barrier()
        assert (dist.get_rank(), dist.get_world_size(), dist.is_initialized()) == (0, 1, True)
        assert mtorch.equal(parts[0], mtorch.tensor([1.0, 2.0]))
        with pytest.raises(ValueError, match="twice"):
            dist.init_process_group(world_size=1)
        for send in (lambda to: dist.gather(x, [to]), lambda to: dist.scatter(to, [x]), lambda to: dist.reduce_scatter(to, [x]),
                     lambda to: dist.all_to_all([to], [x]), lambda to: dist.all_to_all_single(to, x),
                     lambda to: dist.reduce_scatter_tensor(to, x[None]),
                     lambda to: dist.all_gather([to], x, async_op=True).wait(),
                     lambda to: dist.all_gather_into_tensor(to.reshape(1, 2), x)):
            received = mtorch.zeros(2)
            send(received)
            assert received.tolist() == [1, 2]
        assert dist.all_reduce(x, op=dist.ReduceOp.MAX, async_op=True).is_completed() and dist.reduce(x) is None
        dist.scatter_object_list(objects := [None], ["sent"])
        team = dist.new_group([0])
        dist.barrier(group=team)
        assert objects == ["sent"] and dist.get_world_size(team) == team.size() == 1
        assert dist.new_group([]) == dist.GroupMember.NON_GROUP_MEMBER
        with pytest.raises(ValueError, match="there is one process, of rank 0"):
            dist.new_group([0, 1])
        with pytest.raises(ValueError, match="all_gather: a list of 2 came"):
            dist.all_gather([x, x], x)
        with pytest.raises(RuntimeError, match="expected the same size"):
            dist.all_gather([mtorch.zeros(3)], x)
    finally:
        dist.destroy_process_group()
    assert not dist.is_initialized()


def test_spawn(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import sys, torch\nimport torch.multiprocessing as mp\n"
        "def work(rank, text):\n    if text == 'fail' and rank == 1: sys.exit(5)\n"
        "    sys.stdout.write(f'{rank} {text} {torch.__name__} {torch.Module.__module__}\\n')\n"
        "if __name__ == '__main__':\n    mp.spawn(work, args=(sys.argv[1],), nprocs=2)\n")
    command = [sys.executable, "-m", "mtorch", "program.py"]
    options = dict(cwd=tmp_path, capture_output=True, text=True, timeout=60,
                   env={**os.environ, "PYTHONPATH": str(ROOT)})
    done = subprocess.run([*command, "hello"], check=False, **options)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stdout.splitlines()) == ["0 hello torch mtorch.nn.module", "1 hello torch mtorch.nn.module"]
    failed = subprocess.run([*command, "fail"], check=False, **options)
    assert failed.returncode == 1
    assert "ProcessExitedException: process 1 terminated with exit code 5" in failed.stderr


def test_profile_names_what_takes_time() -> None:
    x = mtorch.ones(200, 200)
    with mtorch.profiler.profile(activities=[mtorch.profiler.ProfilerActivity.CPU]) as prof, \
            mtorch.profiler.record_function("product"):
        x @ x
    table = prof.key_averages().table(sort_by="cpu_time_total", row_limit=5)
    assert mtorch.autograd.profiler is mtorch.profiler
    assert any("tape.py" in row.key and row.count >= 1 and row.cpu_time_total > 0 for row in prof.key_averages())
    assert len(table.splitlines()) == 6
    with pytest.raises(ValueError, match="sort_by is 'cuda_time'"):
        prof.key_averages().table(sort_by="cuda_time")
    assert [row.count for row in prof.key_averages() if row.key == "product"] == [1]
    with pytest.warns(UserWarning, match="with_stack=True is not recorded"):
        mtorch.profiler.profile(with_stack=True)
    with pytest.raises(NotImplementedError, match="use_cuda"):
        mtorch.profiler.profile(use_cuda=True)


def fields(message: bytes) -> dict[int, list]:
    """A message in protocol buffers' encoding, read independently of the writer: its fields by number."""
    found: dict[int, list] = {}

    def varint(at: int) -> tuple[int, int]:
        number = shift = 0
        while True:
            byte = message[at]
            number |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                return number, at
    at = 0
    while at < len(message):
        key, at = varint(at)
        if key & 7 == 0:
            value, at = varint(at)
        elif key & 7 == 2:
            size, at = varint(at)
            value, at = message[at:at + size], at + size
        else:
            size, form = {1: (8, "<d"), 5: (4, "<f")}[key & 7]
            value, at = struct.unpack(form, message[at:at + size])[0], at + size
        found.setdefault(key >> 3, []).append(value)
    return found


def records(path: Path) -> list[dict[int, list]]:
    """The events of a file, whose checksums must be right."""
    data, events_found = path.read_bytes(), []
    while data:
        length, = struct.unpack("<Q", data[:8])
        assert data[:12] == events.record(data[12:12 + length])[:12]
        assert len(data) >= 16 + length
        events_found.append(fields(data[12:12 + length]))
        data = data[16 + length:]
    return events_found


def test_summary_writer_writes_tensorboards_files(tmp_path: Path) -> None:
    with SummaryWriter(tmp_path / "run") as writer:
        for step in range(3):
            writer.add_scalar("loss/train", mtorch.tensor(0.5 / (step + 1)), step)
        writer.add_text("note", "héllo", 1)
        writer.add_histogram("weights", mtorch.arange(10.0), 300, bins=5)
        writer.add_image("picture", mtorch.rand(3, 4, 5), 7)
        writer.add_scalars("both", {"a": 1, "b": 2}, -1)
        with pytest.raises(NotImplementedError, match="add_graph"):
            writer.add_graph(None)
        with pytest.raises(ValueError, match="1 of them nan or inf"):
            writer.add_histogram("bad", [1.0, math.nan])
    [path] = (tmp_path / "run").glob("events.out.tfevents.*")
    first, *rest = records(path)
    assert first[3] == [b"brain.Event:2"]
    assert [event[2][0] for event in rest] == [0, 1, 2, 1, 300, 7]
    values = [fields(fields(event[5][0])[1][0]) for event in rest]
    assert [value[1][0] for value in values] == [b"loss/train"] * 3 + [b"note/text_summary", b"weights", b"picture"]
    assert [value[2][0] for value in values[:3]] == pytest.approx([0.5, 0.25, 0.5 / 3])
    assert fields(values[3][8][0])[8] == ["héllo".encode()]
    histogram = fields(values[4][5][0])
    assert [histogram[i][0] for i in range(1, 6)] == [0, 9, 10, 45, 285]
    assert struct.unpack("<6d", histogram[7][0]) == (0, 2, 2, 2, 2, 2)
    image = fields(values[5][4][0])
    assert [image[i][0] for i in (1, 2, 3)] == [4, 5, 3]
    assert image[4][0].startswith(b"\x89PNG")
    assert len(zlib.decompress(image[4][0].partition(b"IDAT")[2][:-16])) == 4 * (1 + 5 * 3)
    for name, number in (("a", 1), ("b", 2)):
        [path] = (tmp_path / f"run/both_{name}").glob("events*")
        event = records(path)[1]
        assert event[2] == [2 ** 64 - 1]
        assert fields(fields(event[5][0])[1][0])[2] == [number]


@pytest.mark.parametrize("create_graph", [False, True])
def test_autograd_functional(create_graph: bool) -> None:
    torch = pytest.importorskip("torch")

    def all_of(t):
        f = t.autograd.functional
        x, y = t.tensor([1.0, 2.0, 3.0]), t.tensor([[0.5, 1.0], [2.0, 3.0]])

        def two(a, b):
            return a.sum() * b, (a * a).exp() * b.sum()

        def one(a, b):
            return (a.sum() * b).prod() + (a ** 3).sum()
        options = {"create_graph": create_graph}
        return [f.jacobian(two, (x, y), **options), f.jacobian(lambda a: a ** 2, x, **options),
                f.hessian(one, (x, y), **options), f.hessian(lambda a: (a ** 3).sum(), x, **options),
                f.vjp(two, (x, y), (y, x), **options),
                f.jvp(two, (x, y), (x, y), **options), f.vhp(one, (x, y), (x, y), **options),
                f.hvp(one, (x, y), (x, y), **options), f.vjp(lambda a: a.sum(), x, **options)]

    def flat(thing):
        return [part for one in thing for part in flat(one)] if isinstance(thing, (tuple, list)) else [thing]
    for ours, theirs in zip(all_of(mtorch), all_of(torch), strict=True):
        for a, b in zip(flat(ours), flat(theirs), strict=True):
            np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-5)
    with pytest.raises(RuntimeError, match="does not depend"):
        mtorch.autograd.functional.vjp(lambda a, b: a.sum(), (mtorch.ones(1), mtorch.ones(1)), strict=True)


def test_hub_runs_a_directorys_own_code(tmp_path: Path) -> None:
    (tmp_path / "width.py").write_text("WIDTH = 3\n")
    (tmp_path / "hubconf.py").write_text("dependencies = ['numpy']\nfrom width import WIDTH\nimport mtorch\n\n"
                                         "def net(n, bias=True):\n    return mtorch.nn.Linear(WIDTH, n, bias=bias)\n")
    net = mtorch.hub.load(str(tmp_path), "net", 2, source="local", bias=False, trust_repo=True)
    assert net.weight.shape == (2, 3) and net.bias is None and str(tmp_path) not in sys.path
    with pytest.raises(RuntimeError, match="Cannot find callable other in hubconf"):
        mtorch.hub.load(str(tmp_path), "other", source="local")
    (tmp_path / "hubconf.py").write_text("dependencies = ['no_such_package']\n")
    with pytest.raises(RuntimeError, match="Missing dependencies: no_such_package"):
        mtorch.hub.load(str(tmp_path), "net", source="local")
    with pytest.raises(ValueError, match="Unknown source"):
        mtorch.hub.load(str(tmp_path), "net", source="web")
    with pytest.raises(NotImplementedError, match="fetches no code"):
        mtorch.hub.load("pytorch/vision", "resnet18")
