"""torch.utils.benchmark beside torch's: given the same times, both print the same."""

from __future__ import annotations

import pickle
import random
import re

import pytest

import mtorch
import mtorch.utils.benchmark


def stopwatch(seed: int, spread: float, unit: float) -> type:
    """In place of timeit.Timer one whose statements take `unit` seconds each, or up to 1 + spread times that."""
    rng = random.Random(seed)

    class Stopwatch:
        def __init__(self, stmt, setup, timer, globals):
            compile(f"{setup}\n{stmt}", "", "exec")

        def timeit(self, number):
            return (1e-7 + number * unit) * (1 + spread * rng.random())
    return Stopwatch


def without_address(m) -> str:
    return re.sub("0x[0-9a-f]+", "0x", repr(m))


def measured(lib, spread: float = 0.0, unit: float = 3.7e-3, seed: int = 0, method: str = "blocked_autorange", **options):
    class Timed(lib.utils.benchmark.Timer):
        _timer_cls = stopwatch(seed, spread, unit)
    timer = Timed(**{"stmt": "x + x", "setup": "x = torch.ones(2)", **options})
    return timer.timeit(number=500) if method == "timeit" else getattr(timer, method)()


@pytest.fixture(scope="module")
def torch():
    found = pytest.importorskip("torch")
    import torch.utils.benchmark                       # noqa: F401
    return found


OPTIONS = [
    {}, {"label": "sum", "sub_label": "2", "description": "old", "env": "master"}, {"stmt": "\n  y = x\n  y + x\n"},
    {"setup": "\n    x = torch.ones(2)\n    y = x\n", "label": "sum", "num_threads": 4}, {"stmt": "x\nx", "sub_label": "2"},
]


@pytest.mark.parametrize("method", ["timeit", "blocked_autorange", "adaptive_autorange"])
@pytest.mark.parametrize("spread", [0.0, 0.2, 1.0, 4.0])
@pytest.mark.parametrize("unit", [2.2e-2, 0.3, 40.0])
def test_a_measurement_shows_what_torchs_shows(torch, method, spread, unit):
    for options in OPTIONS if method == "blocked_autorange" else OPTIONS[:2]:
        ours, theirs = (measured(lib, spread, unit, method=method, **options) for lib in (mtorch, torch))
        assert without_address(ours) == without_address(theirs)
        assert ours.raw_times == theirs.raw_times and ours.times == theirs.times
        assert (ours.number_per_run, ours.title, ours.as_row_name, ours.has_warnings, ours.significant_figures, ours.stmt,
                ours.num_threads) == (theirs.number_per_run, theirs.title, theirs.as_row_name, theirs.has_warnings,
                                      theirs.significant_figures, theirs.stmt, theirs.num_threads)
        for name in ("median", "mean", "iqr"):
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), rel=1e-12, abs=1e-20)


@pytest.mark.parametrize("change", [
    lambda c: None, lambda c: c.trim_significant_figures(), lambda c: c.highlight_warnings(), lambda c: c.colorize(),
    lambda c: c.colorize(rowwise=True), lambda c: (c.trim_significant_figures(), c.highlight_warnings(), c.colorize())])
@pytest.mark.parametrize("spread", [0.0, 0.3, 3.0])
def test_tables_are_torchs(torch, change, spread):
    assert table_of(mtorch, change, spread) == table_of(torch, change, spread)


def table_of(lib, change, spread):
    results = [measured(lib, spread, 1e-3 * (1 + i % 4) * (1 + 30 * (threads > 1)), seed=i, label=label,
                        sub_label=f"size {i % 3}", description=description, num_threads=threads, env=env)
               for i, (label, threads, env, description) in enumerate(
                   (label, threads, env, description) for label in ("sum", "a product") for threads in (1, 4)
                   for env in (("main", "branch") if label == "sum" else ("main",)) for description in ("old", "new")
                   for _ in range(3))]
    compare = lib.utils.benchmark.Compare(results[1:])           # a hole in the table
    compare.extend_results(results[4:7])
    change(compare)
    return str(compare)


def test_real_time_goes_by():
    calls: list[tuple[int, float]] = []
    m = mtorch.utils.benchmark.Timer("x @ x", globals={"x": mtorch.ones(16, 16)}).blocked_autorange(
        lambda number, seconds: calls.append((number, seconds)), min_run_time=0.02)
    assert sum(m.raw_times) >= 0.02 and 0 < m.median < 0.02 and [s for _, s in calls] == m.raw_times
    assert pickle.loads(pickle.dumps(m)) == m
    with pytest.raises(AttributeError, match="'Measurement' object has no attribute 'medium'"):
        m.medium


@pytest.mark.parametrize(("options", "error"), [
    ({"stmt": print}, ValueError), ({"language": "rust"}, ValueError), ({"global_setup": "int x;"}, ValueError),
    ({"language": "c++"}, NotImplementedError)])
def test_what_cannot_be_timed(options, error):
    with pytest.raises(error):
        mtorch.utils.benchmark.Timer(**options)


def test_what_is_not_there():
    timer = mtorch.utils.benchmark.Timer()
    for call in (timer.repeat, timer.autorange, timer.collect_callgrind):
        with pytest.raises(NotImplementedError):
            call()
    with pytest.raises(ValueError, match="Measurement"):
        mtorch.utils.benchmark.Compare([1.0])
    with pytest.raises(SyntaxError):
        mtorch.utils.benchmark.Timer("x +")
    with pytest.raises(NameError):
        mtorch.utils.benchmark.Timer("nothing").timeit(1)
