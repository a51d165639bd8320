"""The apps run under torch too, with their imports turned around, and print the same losses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mtorch.vision import draw_digits, write_idx

ROOT = Path(__file__).parents[2]

# Runs an app on mtorch, or, with its imports and those of its package turned around, on torch. What torch has no
# counterpart for (mtorch.vision, which gives NumPy arrays of digits, and checkpoints, which are not asked for here) is
# imported as it stands.
DRIVER = r"""
import re, sys
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
app, framework, *arguments = sys.argv[1:]
def turned(source):
    if framework == "torch":
        source = re.sub(r"^import mtorch$", "import torch as mtorch", source, flags=re.M)
        source = re.sub(r"^from mtorch(?!\.vision|\.serialization)([\w.]*) import", r"from torch\1 import", source,
                        flags=re.M)
    return source
class Turned(SourceFileLoader):
    def get_code(self, name):            # compiled anew: what is kept beside the file is not turned around
        return compile(turned(self.get_data(self.path).decode()), self.path, "exec")
def of_the_app(folder):
    if not Path(folder).is_relative_to(Path(app).parent):
        raise ImportError
    return FileFinder(folder, (Turned, [".py"]))
sys.path.insert(0, str(Path(app).parent))
sys.path_hooks.insert(0, of_the_app)
sys.argv = [app, *arguments]
sys.modules["app"] = type(sys)("app")
names = sys.modules["app"].__dict__
names.update(__name__="app", __file__=app)
exec(compile(turned(Path(app).read_text(encoding="utf-8")), app, "exec"), names)
assert names["mtorch"].__name__ == framework
if "mnist.training" not in sys.modules:  # the program shows a picture of its losses; here they are printed
    train = names["train"]
    def told(*given):
        losses = train(*given)
        for loss in losses:
            print(f"loss {loss:.8f}")
        return losses
    names["train"] = told
sys.exit(names["main"]())
"""


def printed(framework: str, app: str, *arguments: object, cwd: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", DRIVER, str(ROOT / "apps" / app), framework, *map(str, arguments)],
                          cwd=cwd, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def losses(text: str) -> list[float]:
    return [float(loss) for loss in re.findall(r"loss ([\d.]+)", text)]


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("idx")
    for split, count, seed in (("train", 1200, 0), ("t10k", 200, 1)):
        images, labels = draw_digits(count, seed)
        write_idx(folder / f"{split}-images-idx3-ubyte", images)
        write_idx(folder / f"{split}-labels-idx1-ubyte", labels)
    return folder


@pytest.mark.parametrize("model", ["mlp", "cnn", "seed"])
def test_mnist_recognition(model: str, digits: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    ours, theirs = (printed(framework, "mnist_recognition.py", "--data-dir", digits, "--model", model, "--epochs", 2,
                            "--lr", 1e-3, "--batch-size", 64, cwd=tmp_path) for framework in ("mtorch", "torch"))
    assert len(losses(ours)) == 2
    assert losses(ours) == pytest.approx(losses(theirs), rel=1e-3)
    accuracies = [float(re.findall(r"^Test accuracy: ([\d.]+)%", text, re.M)[0]) for text in (ours, theirs)]
    assert accuracies[0] == pytest.approx(accuracies[1], abs=1.5)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_rnn_sin_to_cos(cell: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    ours, theirs = (printed(framework, "rnn_sin_to_cos.py", "--cell", cell, "--hidden", 12, "--steps", 40,
                            "--noise", 0.1, cwd=tmp_path) for framework in ("mtorch", "torch"))
    assert len(losses(ours)) == 40
    assert losses(ours)[0] == pytest.approx(losses(theirs)[0], rel=1e-6)
    assert losses(ours) == pytest.approx(losses(theirs), rel=1e-3)
    assert re.sub(r"[\d.]+ s\b", "", ours).splitlines()[0] == re.sub(r"[\d.]+ s\b", "", theirs).splitlines()[0]
