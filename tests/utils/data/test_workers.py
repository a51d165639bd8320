"""Workers: one that fails, dies or is no longer wanted.  Nothing waits for ever, nothing is left running."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import mtorch
from mtorch.utils.data import DataLoader, TensorDataset
from mtorch.utils.data.worker import seed_all

from .samples import Draws, Pids, Slow, Trouble, TwoArguments, Unpicklable, as_it_is, failing_start, plain

pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create")      # where there is one processor
METHODS = ["fork", "spawn"] if sys.platform != "win32" else ["spawn"]
ROOT = pathlib.Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def nothing_left():
    """No test leaves a process behind."""
    yield
    gc.collect()
    assert multiprocessing.active_children() == []


def run(kind, **options):
    return list(DataLoader(Trouble(kind), batch_size=2, **{"num_workers": 2} | options))


# ---- a worker that fails ----------------------------------------------------------------------------------------

@pytest.mark.parametrize("method", METHODS)
def test_an_exception_arrives_with_its_own_traceback(method):
    with pytest.raises(ValueError, match="the ninth is bad") as caught:
        run("value_error", multiprocessing_context=method)
    message = str(caught.value)
    assert message.startswith("Caught ValueError in DataLoader worker process 0.\nOriginal Traceback")
    assert "samples.py" in message
    assert 'raise ValueError("the ninth is bad")' in message


@pytest.mark.parametrize(("kind", "error", "words"), [
    ("key_error", KeyError, "Caught KeyError in DataLoader worker process 0.\nOriginal Traceback"),
    ("odd_error", RuntimeError, "Caught TwoArguments in DataLoader"),
    ("local_error", RuntimeError, "Caught Local in DataLoader"),
    ("stop_iteration", RuntimeError, "Trouble raised StopIteration for index"),
])
def test_exceptions_of_every_kind_arrive(kind, error, words):
    with pytest.raises(error) as caught:
        run(kind)
    assert words in str(caught.value)
    assert TwoArguments(1, 2).args == (1, 2)


def test_the_walk_goes_on_after_an_exception():
    walk = iter(DataLoader(Trouble("value_error"), batch_size=2, num_workers=2))
    batches, errors = [], 0
    while True:
        try:
            batches.append(next(walk)[0, 0].item())
        except ValueError:
            errors += 1
        except StopIteration:
            break
    assert (errors, batches) == (1, [i for i in range(0, 40, 2) if i != 8])


def test_a_batch_that_cannot_be_pickled_is_an_error():
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        list(DataLoader(Unpicklable(), num_workers=1, collate_fn=as_it_is))


def test_a_worker_that_cannot_start_says_so():
    with pytest.raises(ValueError, match="worker 0 cannot start"):
        run("fine", worker_init_fn=failing_start)


@pytest.mark.skipif("spawn" not in METHODS, reason="no spawn")
def test_what_cannot_be_sent_to_a_worker_is_an_error_with_advice():
    with pytest.raises(Exception, match="pickle") as caught:
        run("fine", multiprocessing_context="spawn", collate_fn=lambda batch: batch)
    assert "top level of a module" in caught.value.__notes__[0]


# ---- a worker that dies -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("method", METHODS)
@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_a_killed_worker_is_reported_with_its_signal(method):
    with pytest.raises(RuntimeError, match=r"DataLoader worker \(pid \d+\) is killed by signal: Killed \(9\)"):
        run("kill", multiprocessing_context=method)


@pytest.mark.parametrize(("kind", "code"), [("leave", 3), ("sys_exit", 4)])
def test_a_worker_that_leaves_is_reported_with_its_exit_code(kind, code):
    with pytest.raises(RuntimeError, match=f"exited unexpectedly with exit code {code}"):
        run(kind)


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
@pytest.mark.parametrize("stay", [False, True])
def test_a_worker_killed_from_outside_while_the_loader_waits(stay):
    loader = DataLoader(Slow(), batch_size=4, num_workers=2, persistent_workers=stay)
    walk = iter(loader)
    next(walk)
    victim = multiprocessing.active_children()[0].pid
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(RuntimeError, match=rf"DataLoader worker \(pid {victim}\) is killed by signal: Killed"):
        for _, _ in zip(walk, range(100), strict=False):
            pass
    with pytest.raises(RuntimeError, match="is killed by signal"):
        next(walk)
    assert multiprocessing.active_children() == []
    assert next(iter(loader)).shape == (4, 50_000)           # the next walk has new workers


def test_a_worker_that_takes_too_long():
    with pytest.raises(RuntimeError, match="DataLoader timed out after 0.5 seconds"):
        run("hang", timeout=0.5)


# ---- workers that are no longer wanted --------------------------------------------------------------------------

@pytest.mark.parametrize("method", METHODS)
def test_break_ends_the_workers(method):
    for _ in DataLoader(Slow(), batch_size=4, num_workers=2, multiprocessing_context=method):
        assert len(multiprocessing.active_children()) == 2
        break
    assert multiprocessing.active_children() == []


def test_an_error_in_the_loop_ends_the_workers_though_its_traceback_is_kept():
    def divide():
        for _ in DataLoader(Slow(), num_workers=2):
            raise ZeroDivisionError

    for failing in (lambda: run("value_error"), lambda: run("kill"), divide):
        with pytest.raises((ValueError, RuntimeError, ZeroDivisionError)) as caught:
            failing()
        assert multiprocessing.active_children() == []
        assert caught.tb is not None


def test_workers_stay_only_if_they_are_asked_to():
    loader = DataLoader(Pids(), num_workers=2, persistent_workers=True)
    passes = [{plain(batch)[0] for batch in loader} for _ in range(3)]
    assert passes[0] == passes[1] == passes[2]
    assert len(passes[0]) == 2
    next(iter(loader))                                       # broken off
    assert {plain(batch)[0] for batch in loader} == passes[0]
    del loader
    assert multiprocessing.active_children() == []
    changing = DataLoader(Pids(), num_workers=2)
    assert not {plain(b)[0] for b in changing} & {plain(b)[0] for b in changing}


PROGRAM = """
import multiprocessing, sys
from mtorch.utils.data import DataLoader
from tests.utils.data.samples import Slow
if __name__ == "__main__":
    options = {"batch_size": 4, "num_workers": 2, "multiprocessing_context": sys.argv[1]}
    other = iter(DataLoader(Slow(), **options))
    next(other)
    for i, batch in enumerate(DataLoader(Slow(), persistent_workers=True, **options)):
        if i == 2:
            print(*[p.pid for p in multiprocessing.active_children()], flush=True)
"""


def runs(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.mark.skipif(not pathlib.Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_no_worker_outlives_its_program(how, method, tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, tmp_path / "program.py", method], env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as program:
        pids = [int(pid) for pid in program.stdout.readline().split()]
        assert len(pids) == 4, program.stderr.read()
        if how == "SIGINT":
            os.killpg(program.pid, signal.SIGINT)            # as Ctrl-C does: to all processes of the terminal
        else:
            os.kill(program.pid, getattr(signal, how))
        _, errors = program.communicate(timeout=60)
    limit = time.monotonic() + 30
    while any(map(runs, pids)) and time.monotonic() < limit:
        time.sleep(0.05)
    assert not any(map(runs, pids))
    assert errors.count("Traceback") == (how == "SIGINT"), errors      # the workers do not talk


# ---- what comes from a worker -----------------------------------------------------------------------------------

@pytest.mark.parametrize("size", [1, 100, 10_000, 1_000_000])
def test_batches_of_every_size_arrive_whole_and_writable(size):
    x = mtorch.arange(4 * size).reshape(4, size).to(mtorch.float32)
    for i, (batch,) in enumerate(DataLoader(TensorDataset(x), batch_size=2, num_workers=1)):
        np.testing.assert_array_equal(batch.numpy(), x.numpy()[2 * i:2 * i + 2])
        batch += 1
    assert i == 1
    assert x[0, 0].item() == 0


def test_large_batches_without_arrays_arrive():
    texts = [str(i) * 100_000 for i in range(6)]
    assert [t for batch in DataLoader(texts, batch_size=2, num_workers=2) for t in batch] == texts


def test_large_lists_of_indices_arrive():
    batches = [list(range(30_000))] * 6
    loader = DataLoader(np.arange(30_000), batch_sampler=batches, num_workers=2, prefetch_factor=3)
    assert [int(batch.sum()) for batch in loader] == [sum(range(30_000))] * 6


def test_no_descriptor_is_left_open():
    def count():
        gc.collect()
        return len(os.listdir("/proc/self/fd"))

    if not os.path.exists("/proc/self/fd"):
        pytest.skip("counts descriptors in /proc")
    x = mtorch.zeros(64, 10_000)
    list(DataLoader(TensorDataset(x), batch_size=2, num_workers=2))
    before = count()
    kept = list(DataLoader(TensorDataset(x), batch_size=2, num_workers=2))
    assert count() == before
    assert len(kept) == 32


def test_every_worker_draws_numbers_of_its_own():
    def seen(seed, number):
        seed_all(seed, number)
        return random.random(), float(np.random.rand()), mtorch.rand(1).item()

    states = random.getstate(), np.random.get_state(), mtorch.get_rng_state()
    try:
        numbers = [seen(5, 0), seen(5, 1), seen(9, 0)]
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        mtorch.set_rng_state(states[2])
    for drawn in zip(*numbers, strict=True):
        assert len(set(drawn)) == 3
    batches = [plain(b) for b in DataLoader(Draws(), batch_size=12, num_workers=2)]
    assert not set(batches[0][1]) & set(batches[1][1])
    assert not set(batches[0][2]) & set(batches[1][2])


def computed(samples):
    """A batch with a history, which stays behind in the worker."""
    return mtorch.ones(len(samples), requires_grad=True) * 2


def test_what_was_computed_in_a_worker_must_be_detached():
    loader = DataLoader(range(4), batch_size=2, num_workers=1, collate_fn=computed)
    with pytest.raises(RuntimeError, match="Cowardly refusing to serialize non-leaf tensor"):
        list(loader)
