"""`safe_globals` names the classes and functions that a file read as plain data may hold, and no others."""

from __future__ import annotations

import argparse
import io
import pathlib
import pickle

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


def test_only_what_can_be_called_can_be_named() -> None:
    for other in ("os.system", 5, (5, "name"), None):
        with pytest.raises(TypeError, match="is no class or function"):
            add_safe_globals([other])
    assert get_safe_globals() == []


class Odd:
    """Has a way of its own to be made and to get its state."""

    def __new__(cls, size):
        made = object.__new__(cls)
        made.size = size
        return made

    def __getnewargs__(self):
        return (self.size,)

    def __setstate__(self, state):
        self.state = state


def test_what_is_named_is_made_as_the_file_says() -> None:
    content = {"args": argparse.Namespace(lr=0.1), "odd": Odd(3), "path": pathlib.Path("a")}
    with safe_globals([argparse.Namespace, Odd, (pathlib.PosixPath, "pathlib.PosixPath")]):
        loaded = mtorch.load(saved(content))
    assert loaded["args"] == content["args"]
    assert (loaded["odd"].size, loaded["odd"].state) == (3, {"size": 3})
    assert loaded["path"] == content["path"]
    with pytest.raises(FileFormatError, match="Odd"):
        mtorch.load(saved(content), weights_only=False)


def test_the_error_says_what_to_allow() -> None:
    with pytest.raises(pickle.UnpicklingError, match=r"add_safe_globals\(\[argparse.Namespace\]\)"):
        mtorch.load(saved({"args": argparse.Namespace(lr=0.1)}))


def test_add_and_clear() -> None:
    add_safe_globals([nn.Tanh])
    try:
        assert get_safe_globals() == [nn.Tanh]
        assert isinstance(mtorch.load(saved({"f": nn.Tanh()}))["f"], nn.Tanh)
    finally:
        clear_safe_globals()
    assert get_safe_globals() == []
