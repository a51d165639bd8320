"""Schedules of the profiler beside torch's, and what is recorded under them."""

from __future__ import annotations

import itertools

import pytest

import mtorch


@pytest.mark.parametrize("numbers", [*itertools.product([0, 1, 3], [1, 2], [1, 2], [0, 2], [0, 4], [0, 1])])
def test_a_schedule_says_what_torchs_says(numbers):
    torch = pytest.importorskip("torch")
    names = dict(zip(("wait", "warmup", "active", "repeat", "skip_first", "skip_first_wait"), numbers, strict=True))
    ours, theirs = mtorch.profiler.schedule(**names), torch.profiler.schedule(**names)
    assert [ours(step).name for step in range(30)] == [theirs(step).name for step in range(30)]


def work():
    return (mtorch.ones(3) * 2).sum()


def rest():
    return mtorch.zeros(3).tolist()


def test_only_what_the_schedule_says_is_recorded():
    seen = []
    plan = mtorch.profiler.schedule(wait=1, warmup=1, active=2, repeat=2)
    with mtorch.profiler.profile(schedule=plan, on_trace_ready=lambda p: seen.append(p.key_averages())) as prof:
        for step in range(9):
            work() if step % 4 >= 2 else rest()
            prof.step()
    assert len(seen) == 2
    for averages in seen:
        counts = {row.key.rpartition("(")[2].rstrip(")"): row.count for row in averages}
        assert counts.get("work") == 2 and "rest" not in counts
        assert "work" in averages.table(sort_by="cpu_time_total")
        assert "work" in averages.table(sort_by="cuda_time_total")                     # as programs for both devices ask


def test_without_a_schedule_the_block_is_one_record():
    seen = []
    with mtorch.profiler.profile(on_trace_ready=seen.append) as prof:
        work()
        prof.step()
        work()
    assert seen == [prof]
    assert {row.count for row in prof.key_averages() if row.key.endswith("(work)")} == {2}


def test_named_parts():
    @mtorch.profiler.record_function("countdown")
    def countdown(n):
        return countdown(n - 1) if n else work()

    countdown(1)                                       # nobody records
    with mtorch.profiler.profile() as prof, mtorch.profiler.record_function("outer"):
        for _ in range(2):
            with mtorch.profiler.record_function("inner"):
                countdown(2)
    countdown(1)
    rows = {row.key: row for row in prof.key_averages()}
    assert [rows[name].count for name in ("outer", "inner", "countdown")] == [1, 2, 6]
    assert rows["outer"].cpu_time_total > rows["inner"].cpu_time_total > 0 and rows["outer"].self_cpu_time_total == 0
    assert "inner" in prof.key_averages().table(sort_by="cpu_time_total")
    with pytest.raises(NotImplementedError, match="shapes and stacks are not recorded"):
        prof.key_averages(group_by_input_shape=True)
    for export in (prof.export_chrome_trace, prof.export_stacks):
        with pytest.raises(NotImplementedError, match="no trace"):
            export("trace.json")


def test_wrong_schedules_and_traces():
    with pytest.raises(AssertionError, match="active=0"):
        mtorch.profiler.schedule(wait=1, warmup=1, active=0)
    with pytest.raises(NotImplementedError, match="no trace"):
        mtorch.profiler.tensorboard_trace_handler("logs")
    with pytest.warns(UserWarning, match="won't be using warmup"):
        mtorch.profiler.schedule(wait=0, warmup=0, active=1)
