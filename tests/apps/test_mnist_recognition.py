"""The digit recogniser, run as a user runs it: as a program, with files of his own and without any."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mtorch
from mtorch.vision import draw_digits, write_idx
from tests.apps.running import kill_after_checkpoints

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "apps" / "mnist_recognition.py"


def environment(cache: Path) -> dict[str, str]:
    """A machine without a network: whatever is asked of it goes to a port of this one where nobody listens."""
    nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
    return {**os.environ, **nowhere, "no_proxy": "", "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "error", "PYTHONUNBUFFERED": "1", "OPENBLAS_NUM_THREADS": "1"}     # as in running.py: bits


def run(cache: Path, *arguments: object, code: int = 0) -> tuple[str, str]:
    """Run the program; return what it wrote to stdout and to stderr."""
    done = subprocess.run([sys.executable, PROGRAM, *map(str, arguments)], env=environment(cache), text=True,
                          capture_output=True, timeout=600, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout, done.stderr


def accuracy(text: str) -> float:
    [percent] = re.findall(r"^Test accuracy: ([\d.]+)%", text, re.M)
    return float(percent)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A small data set in the form of MNIST's."""
    folder = tmp_path_factory.mktemp("idx")
    for split, count, seed in (("train", 3000, 0), ("t10k", 500, 1)):
        images, labels = draw_digits(count, seed)
        write_idx(folder / f"{split}-images-idx3-ubyte.gz", images)
        write_idx(folder / f"{split}-labels-idx1-ubyte", labels)
    return folder


def test_without_argument_network_and_data(cache):
    out, err = run(cache)
    assert out.startswith("Data: digits that mtorch draws itself, not MNIST (there is no MNIST here and it could not ")
    assert ": 60,000 to learn from, 10,000 to test on\n" in out
    assert "note: no MNIST: no mirror gave train-images-idx3-ubyte.gz: https://" in err
    assert accuracy(out) >= 98.0
    [folder] = (cache / "mtorch").glob("drawn*")
    assert len(list(folder.iterdir())) == 4


@pytest.mark.parametrize(("model", "epochs", "least"), [
    ("mlp", 3, 75), ("cnn", 3, 80), ("linear", 3, 65), ("seed", 12, 50)])
def test_each_model_learns(cache, files, model, epochs, least):
    out, err = run(cache, "--data-dir", files, "--model", model, "--epochs", epochs)
    assert out.startswith(f"Data: IDX files in {files}: 3,000 to learn from, 500 to test on\nNetwork: {model}, ")
    lines = re.findall(rf"^epoch \d+/{epochs}: loss [\d.]+, accuracy [\d.]+% in training, [\d.]+% on the test", out,
                       re.M)
    assert len(lines) == epochs
    assert accuracy(out) >= least
    assert err == ""
    table = out[out.index("written"):].splitlines()
    rows = [[0 if count == "." else int(count) for count in line.split()[1:11]] for line in table[1:11]]
    assert np.sum(rows) == 500
    assert np.trace(rows) == round(5 * accuracy(out))
    assert not cache.exists()   # the user's own files need no cache


def test_same_seed_same_result_and_options_do_what_they_say(cache, files):
    base = ["--data-dir", files, "--epochs", 1, "--samples", 600]
    results = [re.sub(r"; [\d.]+ s", "", run(cache, *base, *more)[0]) for more in (
        [], ["--seed", 0], ["--seed", 1], ["--lr", 1e-4], ["--optimizer", "sgd"], ["--batch-size", 20])]
    assert results[0] == results[1]
    assert len(set(results)) == 5
    assert all(": 600 to learn from, 500 to test on" in result for result in results)


def test_augment(cache, files):
    """The distorted images are harder to learn, and not the same in the next epoch."""
    plain, distorted = (run(cache, "--data-dir", files, "--epochs", 6, "--lr", 2e-3, *more)[0]
                        for more in ([], ["--augment"]))
    losses = [float(re.findall(r"loss ([\d.]+)", out)[-1]) for out in (plain, distorted)]
    assert losses[0] < 0.7 * losses[1]
    assert accuracy(distorted) > 80


def test_quiet(cache, files):
    out, err = run(cache, "--data-dir", files, "--epochs", 1, "--quiet")
    assert [line.split(":")[0] for line in out.splitlines()] == ["Data", "Test accuracy"]
    assert err == ""


def test_save_then_load(cache, files, tmp_path):
    saved = tmp_path / "new" / "network.pt"
    out, _ = run(cache, "--data-dir", files, "--model", "linear", "--epochs", 2, "--save", saved)
    assert f"Saved in {saved}" in out
    again, _ = run(cache, "--data-dir", files, "--load", saved, "--epochs", 0)
    assert "Network: linear" in again
    assert accuracy(again) == accuracy(out)
    further, _ = run(cache, "--data-dir", files, "--load", saved, "--epochs", 1)
    first = re.search(r"epoch 1/\d: loss ([\d.]+)", out)[1]
    assert float(re.search(r"epoch 1/\d: loss ([\d.]+)", further)[1]) < float(first)
    _, err = run(cache, "--data-dir", files, "--load", saved, "--model", "mlp", code=1)
    assert err == f"error: {saved}: has a network of kind linear, but --model is mlp\n"


def test_a_network_made_for_distorted_images_is_loaded_as_that(cache, files, tmp_path):
    saved = tmp_path / "wide.pt"
    base = ["--data-dir", files, "--samples", 300]
    out, _ = run(cache, *base, "--model", "cnn", "--augment", "--epochs", 1, "--save", saved)
    again, _ = run(cache, *base, "--load", saved, "--epochs", 0)
    size = re.compile(r"^Network: cnn, ([\d,]+) parameters$", re.M)
    assert size.search(again)[1] == size.search(out)[1] == "184,778"
    assert accuracy(again) == accuracy(out)


def test_network_that_cannot_be_saved(cache, files, tmp_path):
    arguments = ["--data-dir", files, "--model", "linear", "--epochs", 1]
    out, err = run(cache, *arguments, "--save", tmp_path, code=2)
    assert f"argument --save: {tmp_path} is a folder" in err and not out
    if os.path.exists("/dev/full"):                          # a full disk is seen when the file is written
        out, err = run(cache, *arguments, "--save", "/dev/full", code=1)
        assert "epoch 1/1" in out and err.startswith("error: what was learnt cannot be kept in /dev/full: ")


def test_load_refuses_other_files(cache, files, tmp_path):
    _, err = run(cache, "--data-dir", files, "--load", tmp_path / "none.pt", code=1)
    assert err.startswith("error: ")
    assert "none.pt" in err
    (tmp_path / "text.pt").write_text("not a network")
    _, err = run(cache, "--data-dir", files, "--load", tmp_path / "text.pt", code=1)
    assert err.startswith("error: ")


@pytest.mark.parametrize("save", [True, False])
def test_ctrl_c_keeps_what_was_learnt(cache, files, tmp_path, save):
    path = tmp_path / "kept.pt" if save else cache / "mtorch" / "mnist_recognition-mlp.pt"
    arguments = ["--data-dir", files, "--epochs", 10000, "--lr", 3, *(["--save", path] if save else [])]
    program = subprocess.Popen([sys.executable, PROGRAM, *map(str, arguments)], env=environment(cache), text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        before = []
        while not before or not before[-1].startswith("epoch 3/"):
            before.append(program.stdout.readline())
            assert before[-1], program.stderr.read()
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)
    finally:
        program.kill()
        program.communicate()
    assert program.returncode == 130
    assert err == ""
    assert re.search(rf"^Stopped in epoch \d+\. What was learnt is in {path}; go on with --load {path}$", out, re.M)
    assert accuracy(run(cache, "--data-dir", files, "--load", path, "--epochs", 0)[0]) == accuracy(out) > 50


def weights(path: Path) -> dict[str, bytes]:
    return {name: w.numpy().tobytes() for name, w in mtorch.load(path)["state_dict"].items()}


@pytest.mark.parametrize("more", [[], ["--augment"]])
def test_killed_and_resumed_ends_with_the_same_weights(cache, files, tmp_path, more):
    base = ["--data-dir", files, "--samples", 800, "--epochs", 3, "--batch-size", 20, *more]
    peace, folder = tmp_path / "peace.pt", tmp_path / "run"
    whole, _ = run(cache, *base, "--save", peace)
    saving = [*base, "--checkpoint", folder, "--checkpoint-every", 7]
    kill_after_checkpoints("mnist_recognition", tmp_path, folder, 3, *saving)         # in the first epoch
    kill_after_checkpoints("mnist_recognition", tmp_path, folder, 12, *saving, "--resume")
    resumed, _ = run(cache, *saving, "--resume", "--save", tmp_path / "resumed.pt")
    same = weights(tmp_path / "resumed.pt") == weights(peace)      # (pytest would compare the bytes for minutes)
    assert same, "the resumed training ended with other weights"
    assert accuracy(resumed) == accuracy(whole)
    last = [re.search(r"^epoch 3/3: (.*);", out, re.M)[1] for out in (whole, resumed)]
    assert last[0] == last[1]
    assert "epoch 1/3" in whole and "epoch 1/3" not in resumed


def test_resuming_what_cannot_be(cache, files, tmp_path):
    base = ["--data-dir", files, "--samples", 100, "--model", "linear", "--epochs", 1, "--checkpoint", tmp_path / "run"]
    _, err = run(cache, *base, "--resume")
    assert err == f"note: no checkpoint in {tmp_path / 'run'}: the training begins anew\n"
    assert "has the checkpoints of another training" in run(cache, *base, code=1)[1]
    _, err = run(cache, *base, "--resume", "--lr", 0.1, code=1)
    assert "is of a training with lr 0.003, and this one has lr 0.1" in err
    assert "--resume: needs --checkpoint" in run(cache, "--resume", code=2)[1]


def test_ctrl_c_then_resume(cache, files, tmp_path):
    base = ["--data-dir", files, "--model", "linear", "--epochs", 100, "--checkpoint", tmp_path / "run"]
    program = subprocess.Popen([sys.executable, PROGRAM, *map(str, base)], env=environment(cache), text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        while not (line := program.stdout.readline()).startswith("epoch 2/"):
            assert line, program.stderr.read()
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)
    finally:
        program.kill()
        program.communicate()
    assert (program.returncode, err) == (130, "")
    [epoch] = re.findall(r"^Stopped in epoch (\d+)\. What was learnt is in .*/run; go on with --resume$", out, re.M)
    resumed, _ = run(cache, *base, "--resume")
    assert re.findall(r"^epoch (\d+)/100", resumed, re.M) == [str(n) for n in range(int(epoch), 101)]


def test_loss_that_is_not_a_number(cache, files, tmp_path):
    _, err = run(cache, "--data-dir", files, "--optimizer", "sgd", "--lr", 1e30, "--save", tmp_path / "x.pt", code=1)
    assert re.search(r"^error: epoch 1/8: the loss became (nan|inf) in batch \d+, expected a finite number; the "
                     r"learning rate, [\d.e+]+ there, is too high: try a smaller --lr$", err, re.M)
    assert not (tmp_path / "x.pt").exists()


def damaged_copy(files: Path, folder: Path, name: str, content: bytes | None) -> Path:
    for file in files.iterdir():
        if file.name != name:
            (folder / file.name).write_bytes(file.read_bytes())
        elif content is not None:
            (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(("name", "change", "says"), [
    ("train-images-idx3-ubyte.gz", lambda old: old[:-50], "truncated"),
    ("train-images-idx3-ubyte.gz", lambda old: None, "has none of the files train-images-idx3-ubyte"),
    ("t10k-images-idx3-ubyte.gz", lambda old: b"GIF89a" + bytes(99), "expected the magic number of IDX"),
    ("t10k-labels-idx1-ubyte", lambda old: old + b"x", "oversized"),
    ("train-labels-idx1-ubyte", lambda old: old[:-1] + b"\x0a", "label 10 at index 2999, expected labels from 0 to 9"),
])
def test_bad_files_are_named_and_left_alone(cache, files, tmp_path, name, change, says):
    content = change((files / name).read_bytes())
    folder = damaged_copy(files, tmp_path, name, content)
    out, err = run(cache, "--data-dir", folder, code=1)
    assert out == ""
    assert err.startswith(f"error: {folder}")
    assert says in err
    assert content is None or (folder / name).read_bytes() == content


def test_images_of_another_size(cache, tmp_path):
    for split in ("train", "t10k"):
        write_idx(tmp_path / f"{split}-images-idx3-ubyte", np.zeros((4, 32, 30), np.uint8))
        write_idx(tmp_path / f"{split}-labels-idx1-ubyte", np.arange(4, dtype=np.uint8))
    _, err = run(cache, "--data-dir", tmp_path, code=1)
    assert err == f"error: IDX files in {tmp_path}: images of 32 x 30 pixels, expected 28 x 28\n"


def test_data_in_torchvisions_folders_and_in_the_cache(cache, files, tmp_path):
    for root in (tmp_path / "data", cache / "mtorch"):
        (root / "MNIST").mkdir(parents=True)
        (root / "MNIST" / "raw").symlink_to(files)
    out, _ = run(cache, "--data-dir", tmp_path / "data", "--epochs", 1, "--quiet")
    assert out.startswith(f"Data: IDX files in {tmp_path / 'data' / 'MNIST' / 'raw'}: 3,000 to learn from")
    out, err = run(cache, "--epochs", 1, "--quiet")
    assert out.startswith(f"Data: MNIST in {cache / 'mtorch' / 'MNIST' / 'raw'}: 3,000 to learn from")
    assert err == ""


def test_damaged_drawn_digits_are_drawn_again_with_a_note(cache):
    run(cache, "--drawn", "--samples", 100, "--epochs", 1)
    [path] = (cache / "mtorch").glob("drawn*/t10k-images*")
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    out, err = run(cache, "--drawn", "--samples", 100, "--epochs", 1)
    assert out.startswith("Data: digits that mtorch draws itself, not MNIST (as you asked): 100 to learn from, 10,000")
    assert re.match(rf"note: drawn digits are drawn again, because .*{re.escape(str(path))}.* truncated", err)
    assert path.read_bytes() == whole


def test_plots(cache, files, tmp_path):
    pytest.importorskip("matplotlib")
    folder = tmp_path / "some" / "plots"
    out, _ = run(cache, "--data-dir", files, "--epochs", 2, "--plot", folder)
    for name in ("learning_curve.png", "most_confidently_wrong.png"):
        assert f"Picture: {folder / name}\n" in out
        assert (folder / name).read_bytes().startswith(b"\x89PNG")


def test_plot_without_matplotlib_says_so_before_training(cache, files, tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ImportError('not here')")
    done = subprocess.run([sys.executable, PROGRAM, "--data-dir", files, "--plot", tmp_path / "plots"], text=True,
                          env={**environment(cache), "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
                          capture_output=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "argument --plot: needs matplotlib, which is not installed: pip install matplotlib" in done.stderr


@pytest.mark.parametrize(("arguments", "says"), [
    (["--epochs", "-1"], "argument --epochs: -1 came, expected 0 or more"),
    (["--batch-size", "0"], "argument --batch-size: 0 came, expected more than 0"),
    (["--lr", "inf"], "argument --lr: inf came, expected more than 0"),
    (["--lr", "fast"], "argument --lr: invalid float value: 'fast'"),
    (["--model", "cat"], "argument --model: invalid choice: 'cat'"),
    (["--drawn", "--data-dir", "."], "--data-dir and --drawn: expected at most one of them"),
    (["--save", "/dev/null/x.pt"], "argument --save: /dev/null cannot be made a folder"),
])
def test_bad_arguments(cache, arguments, says):
    assert says in run(cache, *arguments, code=2)[1]
