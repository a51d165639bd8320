"""How the programs end where they cannot go on: by a line that says why, and before the training where that is known."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from tests.apps.running import ROOT, has_matplotlib, run

SHORT = {
    "char_rnn": ["--steps", 2, "--length", 2, "--hidden", 4],
    "computational_graph": ["--steps", 2, "--drawn", "--samples", 200, "--no-check"],
    "rnn_sin_to_cos": ["--steps", 2, "--hidden", 4],
    "sine_regression": ["--epochs", 2],
    "softmax_classifier": ["--epochs", 2],
    "xor": ["--epochs", 2, "--steps", 0],
}


@pytest.mark.parametrize("name", sorted({*SHORT} - {"char_rnn"}))
def test_pictures_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    if not has_matplotlib():
        pytest.skip("nothing is drawn")
    (tmp_path / "file").write_text("no folder")
    _, err = run(name, tmp_path, *SHORT[name], "--plot", tmp_path / "file", code=1)
    assert err.splitlines()[-1].startswith("error: ") and "file" in err and "Traceback" not in err


@pytest.mark.parametrize("name", ["char_rnn", "rnn_sin_to_cos"])
def test_networks_that_cannot_be_kept(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("no folder")
    for path, says in ((tmp_path, "is a folder"), (tmp_path / "file" / "net.pt", "file")):
        out, err = run(name, tmp_path, *SHORT[name], "--save", path, code=2)
        assert "argument --save: " in err and says in err and not out
    _, err = run(name, tmp_path, *SHORT[name], "--checkpoint", tmp_path / "file", code=1)
    assert err.startswith("error: ") and "Traceback" not in err


@pytest.mark.parametrize("name", sorted(SHORT))
def test_ctrl_c(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def interrupted(seed: int) -> None:
        raise KeyboardInterrupt
    monkeypatch.setattr("mtorch.manual_seed", interrupted)
    monkeypatch.setattr("sys.argv", [name])
    monkeypatch.syspath_prepend(ROOT / "apps")
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(ROOT / "apps" / f"{name}.py"), run_name="__main__")
    assert end.value.code == 130
