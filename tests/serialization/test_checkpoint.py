"""Checkpoints: a training that was broken off ends with the very weights of one that was not."""

from __future__ import annotations

import random
import sys

import numpy as np
import pytest

import mtorch
from mtorch import nn
from mtorch.serialization import Checkpoint, FileFormatError
from mtorch.utils.data import DataLoader, IterableDataset

from . import kill, training

pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create")       # where there is one processor


@pytest.fixture(autouse=True)
def same_random_numbers_afterwards():
    states = mtorch.get_rng_state(), random.getstate(), np.random.get_state()
    yield
    mtorch.set_rng_state(states[0])
    random.setstate(states[1])
    np.random.set_state(states[2])


def bits(weights: dict) -> dict:
    return {name: value.numpy().tobytes() if hasattr(value, "numpy") else value for name, value in weights.items()}


@pytest.mark.parametrize("workers", [0, 2])
def test_a_training_broken_off_anywhere_ends_with_the_same_weights(workers, tmp_path):
    options = ["--workers", str(workers), "--every", "5"]
    expected = bits(training.main([str(tmp_path / "peace"), *options]))
    for stops in ([3], [5], [12], [13], [1, 7, 20], [6, 6, 6, 6, 6, 6, 6, 6]):      # an epoch has 12 batches
        folder = str(tmp_path / "-".join(map(str, stops)))
        for stop in stops:
            training.main([folder, *options, "--stop-after", str(stop)])
        assert bits(training.main([folder, *options])) == expected, stops


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("workers", [0, 2])
def test_a_training_killed_at_random_moments_ends_with_the_same_weights(workers, tmp_path):
    rng = random.Random(0)
    kill.kill_until_done(str(tmp_path / "peace"), workers, 0, rng)
    kills = kill.kill_until_done(str(tmp_path / "killed"), workers, 4, rng)
    assert kills > 0
    assert (tmp_path / "killed" / "weights.pt").read_bytes() == (tmp_path / "peace" / "weights.pt").read_bytes()


def one(folder, **options):
    net = nn.Linear(1, 1)
    return Checkpoint(folder, model=net, loader=DataLoader(list(range(10)), batch_size=2, shuffle=True), **options)


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_last_and_the_best_are_kept(tmp_path):
    checkpoint = one(tmp_path, keep=2, best="max")
    scores = [0.1, 0.7, float("nan"), 0.3, 0.2]
    for epoch in checkpoint.epochs(5):
        with mtorch.no_grad():
            checkpoint.objects["model"].weight.fill_(epoch)
        checkpoint.epoch = epoch + 1
        checkpoint.save(score=scores[epoch], note=f"epoch {epoch}")
    assert names(tmp_path) == ["best.pt", "checkpoint-000004-000000.pt", "checkpoint-000005-000000.pt"]
    again = one(tmp_path, best="max")
    assert again.resume()
    assert (again.epoch, again.best_score, again.extra) == (5, 0.7, {"note": "epoch 4"})
    assert again.objects["model"].weight.item() == 4
    assert again.load_best()
    assert again.objects["model"].weight.item() == 1
    assert not one(tmp_path / "other", best="max").load_best()


def test_the_least_may_be_the_best(tmp_path):
    checkpoint = one(tmp_path, best="min")
    kept = []
    for score in (3.0, 5.0, 2.0):
        checkpoint.save(score=score)
        kept.append(checkpoint.best_score)
        checkpoint.epoch += 1
    assert kept == [3, 3, 2]


def test_a_best_that_was_not_kept_any_more_is_kept_when_resumed(tmp_path):
    one(tmp_path, best="max").save(score=1.0)
    (tmp_path / "best.pt").unlink()
    assert one(tmp_path, best="max").resume()
    assert (tmp_path / "best.pt").exists()


def test_the_order_goes_on_where_it_was(tmp_path):
    mtorch.manual_seed(0)
    checkpoint = one(tmp_path)
    orders = [[batch.tolist() for batch in checkpoint.batches()] for _ in range(2)]
    mtorch.manual_seed(0)
    for stop in (0, 2, 5):
        folder = tmp_path / str(stop)
        mtorch.manual_seed(0)
        first = one(folder, every=1)
        first.save()
        seen = []
        for batch in first.batches():
            if len(seen) == stop:
                break
            seen.append(batch.tolist())
        mtorch.manual_seed(77)
        second = one(folder)
        assert second.resume()
        seen += [batch.tolist() for batch in second.batches()]
        assert seen == orders[0]
        assert [batch.tolist() for batch in second.batches()] == orders[1]
        assert second.epoch == 2


class Stream(IterableDataset):
    def __iter__(self):
        return (random.random() for _ in range(9))


def test_streams_go_on_too(tmp_path):
    def walk(folder, stop=None):
        checkpoint = Checkpoint(folder, model=nn.Linear(1, 1), loader=DataLoader(Stream(), batch_size=2), every=1)
        resumed = checkpoint.resume()
        seen = []
        for batch in checkpoint.batches():
            seen.append(batch.tolist())
            if len(seen) == stop:
                checkpoint.save()
                break
        return resumed, seen

    random.seed(0)
    _, expected = walk(tmp_path / "whole")
    random.seed(0)
    _, first = walk(tmp_path / "broken", stop=2)
    random.seed(99)
    resumed, rest = walk(tmp_path / "broken")
    assert resumed
    assert first + rest == expected


def test_a_damaged_checkpoint_is_passed_over(tmp_path):
    checkpoint = one(tmp_path)
    for epoch in (1, 2):
        checkpoint.epoch = epoch
        path = checkpoint.save()
    path.write_bytes(path.read_bytes()[:100])
    again = one(tmp_path)
    with pytest.warns(UserWarning, match="checkpoint-000002-000000.pt is damaged, trying the checkpoint before it"):
        assert again.resume()
    assert again.epoch == 1
    (tmp_path / "checkpoint-000001-000000.pt").write_bytes(b"")
    with pytest.warns(UserWarning, match="damaged"), pytest.raises(FileFormatError):
        one(tmp_path).resume()


def test_what_a_killed_program_left_is_removed(tmp_path):
    one(tmp_path).save()
    for name in (".checkpoint-000001-000000.pt.0123.part", ".best.pt.4567.part", "notes.part"):
        (tmp_path / name).write_bytes(b"half")
    one(tmp_path).resume()
    assert names(tmp_path) == ["checkpoint-000000-000000.pt", "notes.part"]


def test_another_trainings_folder(tmp_path):
    one(tmp_path).save()
    for begin in (lambda c: c.save(), lambda c: next(c.epochs(1)), lambda c: next(c.batches())):
        with pytest.raises(FileExistsError, match=r"resume\(\) takes it up"):
            begin(one(tmp_path))
    net = nn.Linear(1, 1)
    with pytest.raises(ValueError, match="has model, and this checkpoint was made with model, optimizer"):
        Checkpoint(tmp_path, model=net, optimizer=mtorch.optim.SGD(net.parameters(), lr=0.1)).resume()


def test_other_settings_are_not_resumed(tmp_path):
    one(tmp_path, settings={"lr": 0.1}).save()
    assert one(tmp_path, settings={"lr": 0.1}).resume()
    for settings in ({"lr": 0.2}, {}, {"lr": 0.1, "seed": 1}):
        with pytest.raises(ValueError, match="is of a training with (lr 0.1|seed None), and this one has (lr|seed)"):
            one(tmp_path, settings=settings).resume()


@pytest.mark.parametrize(("options", "error", "words"), [
    ({"keep": 0}, ValueError, "keep=0"), ({"every": 0}, ValueError, "every=0"),
    ({"best": "most"}, ValueError, "best='most'"),
    ({"other": 5}, TypeError, "other is a int, which has no load_state_dict"),
])
def test_bad_arguments(options, error, words, tmp_path):
    with pytest.raises(error, match=words):
        one(tmp_path, **options)
    with pytest.raises(ValueError, match="needs the loader"):
        next(Checkpoint(tmp_path, model=nn.Linear(1, 1)).batches())


def test_torch_opens_a_checkpoint(tmp_path):
    torch = pytest.importorskip("torch")
    path = one(tmp_path).save(score=0.5)
    content = torch.load(path, weights_only=True)
    torch.nn.Linear(1, 1).load_state_dict(content["objects"]["model"])
    assert content["score"] == 0.5
