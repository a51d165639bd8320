"""docs/from-pytorch.md lists what is left out, and lists it as it is."""

from __future__ import annotations

import pytest

from tests import left_out


def test_page_is_made_from_the_code() -> None:
    page = left_out.PAGE.read_text(encoding="utf-8")
    shown = page.partition(left_out.BEGIN)[2].partition(left_out.END)[0]
    assert shown == left_out.listed(), "names came or went: run python tests/left_out.py --write"


def test_list_knows_what_is_here_and_what_is_not() -> None:
    names = left_out.recorded()
    assert set(names) == set(left_out.PARTS)
    assert sum(map(len, names.values())) > 1500
    assert {"Linear", "Conv2d", "LSTM"} <= set(names["torch.nn"])
    assert left_out.left_out("torch.nn", ["Linear", "Conv2d", "NoSuchLayer"]) == ["NoSuchLayer"]
    assert left_out.left_out("torch.optim", names["torch.optim"]) != names["torch.optim"]


@pytest.mark.filterwarnings("ignore")
def test_recorded_names_are_torchs() -> None:
    torch = pytest.importorskip("torch")
    if not torch.__version__.startswith("2.13."):
        pytest.skip("the names are those of torch 2.13")
    recorded = left_out.recorded()
    for part in ("torch", "torch.nn", "torch.nn.functional", "torch.optim", "torch.Tensor"):
        assert left_out.public_names(part) == recorded[part]
