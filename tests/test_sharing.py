"""Memory that processes share: writes on one side are seen on the other, as in torch."""
from __future__ import annotations

import multiprocessing as mp
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import mtorch
import mtorch.multiprocessing
from mtorch import nn

ROOT = Path(__file__).resolve().parents[1]

PROGRAM = """
import torch, torch.multiprocessing as mp
from torch import nn

def train(rank, net, optimizer, x):
    for _ in range(4):
        optimizer.zero_grad()
        (net(x) - 1).square().mean().backward()
        optimizer.step()

def add(i, total):
    total[i] += i + 1

def fail(i):
    raise ValueError(f"number {i}")

if __name__ == "__main__":
    for method in "fork", "spawn":
        torch.manual_seed(0)
        net = nn.Sequential(nn.Linear(3, 4, bias=False), nn.BatchNorm1d(4), nn.Linear(4, 1))
        net.share_memory()
        optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
        for p in net.parameters():
            zeros = [torch.zeros(()), torch.zeros_like(p), torch.zeros_like(p)]
            optimizer.state[p] = dict(zip(["step", "exp_avg", "exp_avg_sq"], [z.detach().share_memory_() for z in zeros]))
        for rank in range(2):
            process = mp.get_context(method).Process(target=train, args=(rank, net, optimizer, torch.randn(5, 3)))
            process.start()
            process.join()
        print([round(p.sum().item(), 3) for p in net.parameters()], net[1].num_batches_tracked)
        print(optimizer.state[net[2].bias])
    total = torch.zeros(2)
    mp.spawn(add, (total,), nprocs=2)
    print(total)
    context = mp.spawn(add, (total,), nprocs=2, join=False)
    while not context.join():
        pass
    print(total)
    try:
        mp.spawn(fail, nprocs=1)
    except mp.ProcessRaisedException as error:
        print(error.error_index, "ValueError: number 0" in str(error), str(error).splitlines()[2])
"""
PRINTED = """\
[2.404, 2.021, -2.12, -0.545, 0.877] tensor(8)
{'step': tensor(8.), 'exp_avg': tensor([-0.2703]), 'exp_avg_sq': tensor([0.0061])}
"""                                                # torch's, too


def test_processes_train_one_net(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run([sys.executable, "-m", "mtorch", "program.py"], cwd=tmp_path, capture_output=True, text=True,
                          timeout=120, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.stdout == 2 * PRINTED + ("tensor([1., 2.])\ntensor([2., 4.])\n"
                                         "0 True -- Process 0 terminated with the following error:\n"), done.stderr


def test_tensors_of_the_same_memory_go_along() -> None:
    base = mtorch.arange(6).reshape(2, 3)
    row, data, other = base.t()[:, 1], base.data, mtorch.zeros(2)
    assert row.share_memory_() is row
    assert base.is_shared() and data.is_shared() and base.untyped_storage().is_shared() and not other.is_shared()
    data[1, 2] = 50
    assert row.tolist() == [3, 4, 50] and base.tolist() == [[0, 1, 2], [3, 4, 50]]
    assert (row.stride(), row.storage_offset(), base.untyped_storage().nbytes()) == ((1,), 3, 48)
    assert pickle.loads(pickle.dumps(base)).equal(base) and not pickle.loads(pickle.dumps(base)).is_shared()


@pytest.mark.parametrize("x", [mtorch.zeros(0, 3), mtorch.tensor(2.5), mtorch.tensor([True, False]), mtorch.ones(2).expand(3, 2),
                               mtorch.arange(4.0).reshape(2, 2).t().contiguous().t()])
def test_any_layout(x: mtorch.Tensor) -> None:
    before, strides = x.clone(), x.stride()
    x.share_memory_()
    assert x.is_shared() and x.equal(before) and x.stride() == strides
    x.share_memory_()


def test_net_shares_gradients_and_buffers() -> None:
    net = nn.BatchNorm1d(2)
    net(mtorch.randn(3, 2)).sum().backward()
    net.share_memory()
    assert all(t.is_shared() for t in (*net.parameters(), *net.buffers(), net.weight.grad))
    assert nn.Linear(1, 1).load_state_dict(nn.Linear(1, 1).share_memory().state_dict())


def _write(questions: mp.SimpleQueue, answers: mp.SimpleQueue) -> None:
    for _ in range(2):
        questions.get().add_(1)
        answers.put(None)


def test_shared_memory_stays_so_through_a_queue_and_other_memory_is_copied() -> None:
    context = mp.get_context("fork")
    questions, answers = context.SimpleQueue(), context.SimpleQueue()
    process = context.Process(target=_write, args=(questions, answers))
    process.start()
    shared, own = mtorch.zeros(4).share_memory_(), mtorch.zeros(2)
    for x in shared[1:3], own:
        questions.put(x)
        answers.get()
    process.join()
    assert shared.tolist() == [0, 1, 1, 0] and own.tolist() == [0, 0]
    with pytest.raises(RuntimeError, match="Cowardly refusing"):
        questions.put(mtorch.zeros(1, requires_grad=True) * 2)


def test_process_that_exits_and_process_that_is_killed() -> None:
    for end, said in ((sys.exit, "exit code 5"), (os.kill, "signal SIGKILL")):
        with pytest.raises(mtorch.multiprocessing.ProcessExitedException, match=f"process 0 terminated with {said}") as caught:
            mtorch.multiprocessing.spawn(_end, (end,), start_method="fork")
        assert caught.value.signal_name == ("SIGKILL" if end is os.kill else None)


def _end(i: int, end) -> None:
    end(os.getpid(), signal.SIGKILL) if end is os.kill else end(5)
