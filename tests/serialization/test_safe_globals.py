"""`safe_globals` names the Module classes that a file read as plain data may hold, and no others."""

from __future__ import annotations

import collections
import io

import pytest

import mtorch
from mtorch import nn
from mtorch.serialization import FileFormatError, add_safe_globals, clear_safe_globals, get_safe_globals, safe_globals


def saved(obj) -> io.BytesIO:
    file = io.BytesIO()
    mtorch.save(obj, file)
    file.seek(0)
    return file


def test_named_classes_are_made_inside_the_block_only() -> None:
    net = nn.Sequential(nn.Linear(2, 1), nn.ReLU())
    file = saved(net)
    with pytest.raises(FileFormatError, match="weights_only=True reads tensors and plain data"):
        mtorch.load(file)
    with safe_globals([nn.Sequential, nn.Linear, nn.ReLU]):
        again = mtorch.load(file)
    assert mtorch.equal(again(mtorch.ones(1, 2)), net(mtorch.ones(1, 2)))
    with pytest.raises(FileFormatError):
        mtorch.load(file)


def test_every_class_must_be_named() -> None:
    with safe_globals([nn.Sequential]), pytest.raises(FileFormatError, match="Linear"):
        mtorch.load(saved(nn.Sequential(nn.Linear(2, 1))))


def test_only_modules_can_be_named() -> None:
    for other in (collections.deque, print, "os.system", nn.functional.relu):
        with pytest.raises(NotImplementedError, match="is no Module class"):
            add_safe_globals([other])
    assert get_safe_globals() == []


def test_add_and_clear() -> None:
    add_safe_globals([nn.Tanh])
    try:
        assert get_safe_globals() == [nn.Tanh]
        assert isinstance(mtorch.load(saved({"f": nn.Tanh()}))["f"], nn.Tanh)
    finally:
        clear_safe_globals()
    assert get_safe_globals() == []
