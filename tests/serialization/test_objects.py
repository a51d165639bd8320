"""What programs keep in checkpoints beside tensors: each library writes it, each reads it, with weights_only=False."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime
import decimal
import enum
import functools
import io
import logging
import pathlib
import pickle
import types
import warnings

import numpy as np
import pytest

import mtorch
import mtorch.distributions
from mtorch.serialization import FileFormatError


@dataclasses.dataclass
class Settings:
    layers: int = 2
    name: str = "net"


class Config:
    def __init__(self):
        self.width, self.inner = 3, Settings()

    def __eq__(self, other):
        return vars(self) == vars(other)

    def __hash__(self):
        raise AssertionError


class Attributes(dict):
    """As the configurations of many programs are."""


class Split(enum.Enum):
    TRAIN = 1
    TEST = "test"


class Level(enum.IntEnum):
    HIGH = 3


Transition = collections.namedtuple("Transition", "state action")
OBJECTS = {
    "Namespace": argparse.Namespace(lr=0.1, sizes=[1, 2], path=pathlib.Path("/a/b")),
    "dataclass": Settings(3, "x"), "plain class": Config(), "dict of one's own": Attributes(a=1),
    "enums": [Split.TRAIN, Split.TEST, Level.HIGH], "named tuple": Transition([1], (2,)),
    "defaultdicts": [collections.defaultdict(list, {1: [2]}), collections.defaultdict(int, a=1),
                     collections.defaultdict(set), collections.defaultdict(None, b=2)],
    "deques": [collections.deque([1, 2], 5), collections.deque("ab"), collections.deque()],
    "datetime": datetime.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=datetime.UTC),
    "other times": [datetime.date(2020, 1, 2), datetime.time(3, 4), datetime.timedelta(1, 2, 3)],
    "paths": [pathlib.Path("/a/b"), pathlib.Path("c")], "slice": slice(1, None, 2), "range": range(3, 10, 2),
    "Decimal": decimal.Decimal("1.5"), "SimpleNamespace": types.SimpleNamespace(a=1),
    "frozensets": {frozenset([1, 2]): 3}, "keys": {(1, (2, 3)): 4, Split.TRAIN: 1, pathlib.Path("x"): 2},
    "classes": [int, str, list, Settings, Split], "sets": [{1, "a"}, frozenset([2])], "complex": 1 - 2j,
    "an array of text": np.array(["a", "bcd"]), "NumPy": [np.float64(2.5), np.int64(3)],
    "partial": functools.partial(Settings, name="y"),
}
WAYS = [("torch", "mtorch"), ("mtorch", "torch"), ("mtorch", "mtorch")]


def through(obj, saver, loader, **options):
    torch = pytest.importorskip("torch")
    libraries = {"torch": torch, "mtorch": mtorch}
    file = io.BytesIO()
    libraries[saver].save(obj, file, **options)
    file.seek(0)
    return libraries[loader].load(file, weights_only=False)


def same(a, b) -> bool:
    if isinstance(a, (functools.partial, np.ndarray)):
        return repr(a) == repr(b)
    return type(a) is type(b) and a == b and (not isinstance(a, list) or all(map(same, a, b)))


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.parametrize(("saver", "loader"), WAYS)
def test_objects(name, saver, loader):
    loaded = through({"object": OBJECTS[name], "tensor": 1}, saver, loader)
    assert same(loaded["object"], OBJECTS[name])


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_files_of_newer_protocols(name, protocol):
    assert same(through([OBJECTS[name], b"x", bytearray(b"y")], "torch", "mtorch", pickle_protocol=protocol)[0],
                OBJECTS[name])
    assert same(through([OBJECTS[name]], "mtorch", "torch", pickle_protocol=protocol)[0], OBJECTS[name])


def test_protocols_that_there_are_not():
    with pytest.raises(ValueError, match="protocol"):
        mtorch.save(1, io.BytesIO(), pickle_protocol=17)


def test_shared_objects_stay_shared():
    shared = argparse.Namespace(x=1)
    loaded = through([shared, {"again": shared}], "mtorch", "mtorch")
    assert loaded[0] is loaded[1]["again"]
    shared.me = shared
    loaded = through(shared, "mtorch", "mtorch")
    assert loaded.me is loaded


def test_by_default_they_are_refused_as_in_torch():
    torch = pytest.importorskip("torch")
    for lib in (mtorch, torch):
        file = io.BytesIO()
        lib.save({"args": OBJECTS["Namespace"]}, file)
        for reader in (mtorch, torch):
            file.seek(0)
            with pytest.raises(pickle.UnpicklingError, match="argparse.Namespace"):
                reader.load(file)


# ---- optimizers, schedulers, datasets, distributions, modules --------------------------------------------------------

SCHEDULERS = {"StepLR": {"step_size": 2}, "CosineAnnealingLR": {"T_max": 5}, "ExponentialLR": {"gamma": 0.9},
              "OneCycleLR": {"max_lr": 0.1, "total_steps": 20}, "MultiStepLR": {"milestones": [1, 4]}, "LinearLR": {}}


def trained(optimizer, scheduler, steps):
    """The parameter and the learning rate after each of some steps."""
    parameter, seen = optimizer.param_groups[0]["params"][0], []
    for _ in range(steps):
        optimizer.zero_grad()
        (parameter * parameter).sum().backward()
        optimizer.step()
        scheduler.step()
        seen += [*parameter.tolist(), optimizer.param_groups[0]["lr"]]
    return seen


@pytest.mark.parametrize(("name", "scheduling"), [*(("SGD", s) for s in SCHEDULERS), ("Adam", "StepLR"),
                                                  ("AdamW", "StepLR"), ("RMSprop", "StepLR"), ("NAdam", "StepLR")])
@pytest.mark.parametrize(("saver", "loader"), WAYS)
def test_optimizers_with_their_schedulers(name, scheduling, saver, loader):
    lib = pytest.importorskip("torch") if saver == "torch" else mtorch
    parameter = lib.tensor([1.0, 2.0], requires_grad=True)
    optimizer = getattr(lib.optim, name)([parameter], lr=0.1)
    scheduler = getattr(lib.optim.lr_scheduler, scheduling)(optimizer, **SCHEDULERS[scheduling])
    trained(optimizer, scheduler, 3)
    loaded = through({"optimizer": optimizer, "scheduler": scheduler}, saver, loader)
    assert loaded["scheduler"].optimizer is loaded["optimizer"]
    again = trained(loaded["optimizer"], loaded["scheduler"], 4)
    np.testing.assert_allclose(again, trained(optimizer, scheduler, 4), rtol=1e-5)


DISTRIBUTIONS = {
    "Normal": lambda lib: lib.distributions.Normal(0.0, 1.0),
    "Categorical": lambda lib: lib.distributions.Categorical(lib.tensor([0.2, 0.8])),
    "Bernoulli": lambda lib: lib.distributions.Bernoulli(logits=lib.tensor([0.3])),
    "Beta": lambda lib: lib.distributions.Beta(1.0, 2.0),
    "Gamma": lambda lib: lib.distributions.Gamma(1.0, 2.0),
    "MultivariateNormal": lambda lib: lib.distributions.MultivariateNormal(lib.zeros(2), lib.eye(2)),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize(("saver", "loader"), WAYS)
def test_distributions(name, saver, loader):
    torch = pytest.importorskip("torch")
    there = {"torch": torch, "mtorch": mtorch}
    made = DISTRIBUTIONS[name](there[saver])
    loaded = through(made, saver, loader)
    assert repr(loaded) == repr(made)
    value = made.sample()
    np.testing.assert_allclose(loaded.log_prob(there[loader].tensor(value.numpy())).numpy(),
                               made.log_prob(value).numpy(), rtol=1e-5)


@pytest.mark.parametrize(("saver", "loader"), WAYS)
def test_datasets(saver, loader):
    lib = pytest.importorskip("torch") if saver == "torch" else mtorch
    data = lib.utils.data.Subset(lib.utils.data.TensorDataset(lib.arange(4), lib.ones(4)), [0, 2])
    loaded = through(data, saver, loader)
    assert len(loaded) == 2
    assert [part.item() for part in loaded[1]] == [2, 1]


@pytest.mark.parametrize(("saver", "loader"), WAYS)
def test_whole_modules(saver, loader):
    torch = pytest.importorskip("torch")
    there = {"torch": torch, "mtorch": mtorch}
    nn = there[saver].nn
    net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.LayerNorm(8), nn.Linear(8, 2)).eval()
    loaded = through(net, saver, loader)
    assert repr(loaded) == repr(net)
    x = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    seen = []
    loaded.register_forward_hook(lambda *args: seen.append(1))
    again, before = loaded(there[loader].tensor(x)), net(there[saver].tensor(x))
    np.testing.assert_allclose(again.detach().numpy(), before.detach().numpy(), atol=1e-5)
    assert seen == [1], "a hook on a module that was loaded is run"


def test_attention_of_torch():
    torch = pytest.importorskip("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")          # of nested tensors
        theirs = torch.nn.TransformerEncoder(torch.nn.TransformerEncoderLayer(4, 2, 8, activation="gelu"), 2).eval()
    ours = through(theirs, "torch", "mtorch")
    x = np.random.default_rng(0).normal(size=(3, 1, 4)).astype(np.float32)
    np.testing.assert_allclose(ours(mtorch.tensor(x)).detach().numpy(), theirs(torch.tensor(x)).detach().numpy(), atol=1e-5)


# ---- what stays refused ----------------------------------------------------------------------------------------------

class Loud:
    def __setstate__(self, state):
        raise AssertionError("run")


def loud(x):
    raise AssertionError("run")


@pytest.mark.parametrize("obj", [Loud(), loud, print, Config().__eq__, collections.defaultdict(Config),
                                 functools.partial(loud), {Config: 1}, {"a": logging.getLogger("x")}])
def test_what_would_run_or_be_called_is_refused_with_weights_only_false_too(obj):
    file = io.BytesIO()
    mtorch.save([obj], file)
    with pytest.raises(FileFormatError):
        mtorch.load(file, weights_only=False)
