"""Files in the form that torch wrote before 1.6: what each library saves, the other loads; and what is wrong with one."""

from __future__ import annotations

import collections
import io
import pickle
import struct
import warnings

import numpy as np
import pytest

import mtorch
from mtorch import nn
from mtorch.serialization import FileFormatError, stream

from .test_pt import NARROW_DTYPES, SHARED_DTYPES, WAYS, everything_arrives

UNTYPED = ["uint16", "uint32", "uint64"]             # torch writes them in this form, and cannot read what it wrote


def saved(obj, saver=mtorch) -> bytes:
    file = io.BytesIO()
    saver.save(obj, file, _use_new_zipfile_serialization=False)
    return file.getvalue()


def through_file(obj, saver=mtorch, loader=mtorch, **options):
    return loader.load(io.BytesIO(saved(obj, saver)), **options)


@pytest.mark.parametrize(("saver", "loader"), WAYS)
def test_everything_arrives(saver, loader):
    everything_arrives(saver, loader, through_file)


@pytest.mark.parametrize(("saver", "loader", "dtype"), [
    (saver, loader, dtype) for saver, loader in WAYS for dtype in SHARED_DTYPES
    if dtype not in UNTYPED or (saver, loader) == ("torch", "mtorch")])
def test_types(saver, loader, dtype):
    libraries = {"torch": pytest.importorskip("torch"), "mtorch": mtorch}
    made = libraries[saver].tensor([1, 0, 1]).to(getattr(libraries[saver], dtype))
    loaded = through_file([made, made[1:]], libraries[saver], libraries[loader])
    assert str(loaded[0].dtype) == f"torch.{dtype}"
    assert loaded[0].tolist() == [1, 0, 1]
    loaded[0][1] = 1
    assert loaded[1].tolist() == [1, 1]                # a view is one still


@pytest.mark.parametrize("dtype", NARROW_DTYPES)
def test_types_that_numpy_has_not(dtype):
    torch = pytest.importorskip("torch")
    theirs = torch.tensor([1.0, 0.5, 2.0]).to(getattr(torch, dtype))
    with pytest.warns(UserWarning, match=dtype):
        ours = through_file(theirs, torch, mtorch)
    assert ours.dtype == mtorch.float32
    assert ours.tolist() == [1.0, 0.5, 2.0]
    with pytest.raises(TypeError, match=f"before 1.6 has no {dtype}"):
        saved(ours)


def test_bfloat16_both_ways():
    torch = pytest.importorskip("torch")
    ours = through_file(torch.tensor([1.0, 0.5, 2.0]).bfloat16(), torch, mtorch)
    again = through_file(ours, mtorch, torch)
    assert (str(ours.dtype), str(again.dtype)) == ("torch.bfloat16", "torch.bfloat16")
    assert ours.tolist() == again.tolist() == [1.0, 0.5, 2.0]


@pytest.mark.parametrize("dtype", UNTYPED)
def test_types_that_the_form_has_not(dtype):
    with pytest.raises(TypeError, match=rf"cannot write \['a'\], Tensor Tensor: torch's form of before 1.6 has no {dtype}"):
        saved({"a": mtorch.zeros(2, dtype=getattr(mtorch, dtype))})


def test_a_file_on_the_disk_is_replaced_in_one_step(tmp_path):
    path = tmp_path / "old.pt"
    net = nn.Linear(3, 2)
    mtorch.save(net.state_dict(), path, _use_new_zipfile_serialization=False)
    assert [p.name for p in tmp_path.iterdir()] == ["old.pt"]
    assert path.read_bytes()[:2] == b"\x80\x02"
    other = nn.Linear(3, 2)
    other.load_state_dict(mtorch.load(path))
    assert mtorch.equal(net.weight, other.weight)


@pytest.mark.parametrize(("saver", "loader"), WAYS)
def test_a_training_state(saver, loader):
    """A model's and an optimizer's state, through the old form, and training goes on where it stood."""
    libraries = {"torch": pytest.importorskip("torch"), "mtorch": mtorch}

    def training(lib):
        lib.manual_seed(0)
        net = lib.nn.Sequential(lib.nn.Linear(3, 4), lib.nn.BatchNorm1d(4), lib.nn.Linear(4, 1))
        return net, lib.optim.Adam(net.parameters(), lr=0.1)

    def step(lib, net, optimizer):
        optimizer.zero_grad()
        loss = net(lib.arange(12.0).reshape(4, 3)).square().sum()
        loss.backward()
        optimizer.step()
        return loss.item()

    net, optimizer = training(libraries[saver])
    step(libraries[saver], net, optimizer)
    state = through_file({"net": net.state_dict(), "optimizer": optimizer.state_dict()}, libraries[saver], libraries[loader])
    other, its_optimizer = training(libraries[loader])
    other.load_state_dict(state["net"])
    its_optimizer.load_state_dict(state["optimizer"])
    for _ in range(3):
        assert step(libraries[saver], net, optimizer) == pytest.approx(
            step(libraries[loader], other, its_optimizer), rel=1e-4)


def test_whole_modules_of_torch():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Sequential(collections.OrderedDict(
        a=torch.nn.Linear(2, 3), b=torch.nn.BatchNorm1d(3), c=torch.nn.ReLU(), d=torch.nn.LSTM(3, 2, batch_first=True)))
    x = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")                # torch could not find some source
        data = saved(theirs, torch)
    with pytest.raises(FileFormatError, match="weights_only=False"):
        mtorch.load(io.BytesIO(data))
    ours = mtorch.load(io.BytesIO(data), weights_only=False)
    assert repr(ours) == repr(theirs)
    np.testing.assert_allclose(ours.eval()(mtorch.tensor(x))[0].detach().numpy(),
                               theirs.eval()(torch.tensor(x))[0].detach().numpy(), atol=1e-6)


def test_a_whole_module_for_torch():
    torch = pytest.importorskip("torch")
    net = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    assert repr(through_file(net, mtorch, torch, weights_only=False)) == repr(net)
    assert repr(through_file(net, weights_only=False)) == repr(net)


# ---- files made by hand ---------------------------------------------------------------------------------------------


def by_hand(obj: bytes, keys=("0",), storages: bytes | None = None, magic=stream.MAGIC_NUMBER,
            version=stream.PROTOCOL_VERSION) -> bytes:
    """A file around the pickle of an object."""
    whole = struct.pack("<q4f", 4, 1, 2, 3, 4) if storages is None else storages
    heads = (pickle.dumps(head, 2) for head in (magic, version, {"little_endian": True}))
    return b"".join(heads) + obj + pickle.dumps(list(keys), 2) + whole


def tensor_pickle(key="0", count=4, part=None, offset=0, size=(4,), kind="FloatStorage") -> bytes:
    """A tensor as torch pickles it; `part` is what torch of before 0.4 added for the view of a storage."""
    def text(value):
        return pickle.dumps(value, 2)[2:-1]
    stored = b"(" + text("storage") + f"ctorch\n{kind}\n".encode() + b"".join(
        map(text, (key, "cpu", count, part))) + b"tQ"
    return (b"\x80\x02ctorch._utils\n_rebuild_tensor\n(" + stored + text(offset) + text(size) + text((1,))
            + b"tR.")


def load(data: bytes):
    return mtorch.load(io.BytesIO(data))


def test_one_made_by_hand():
    assert load(by_hand(tensor_pickle())).tolist() == [1, 2, 3, 4]


def test_parts_of_storages_as_torch_wrote_them_before_0_4():
    file = by_hand(tensor_pickle(part=("100", 1, 2), size=(2,)))
    assert load(file).tolist() == [2, 3]
    torch = pytest.importorskip("torch")
    assert torch.load(io.BytesIO(file)).tolist() == [2, 3]


@pytest.mark.parametrize(("data", "why"), [
    (pickle.dumps({}, 2), "not one that torch's save has written"),
    (pickle.dumps({"a": 1}, 4), "not one that torch's save has written"),
    (by_hand(tensor_pickle(), version=1000), "its protocol is not 1001"),
    (by_hand(tensor_pickle(), magic=5), "not one that torch's save has written"),
    (by_hand(tensor_pickle(count=10**12)), "hold more than the file does"),
    (by_hand(tensor_pickle(count=-1)), "hold more than the file does"),
    (by_hand(tensor_pickle(count=3, size=(3,))), "to have 3 elements"),
    (by_hand(tensor_pickle(size=(5,))), "reaches outside its storage"),
    (by_hand(tensor_pickle(part=("1", 3, 2), size=(2,))), "a part of a storage reaches outside it"),
    (by_hand(tensor_pickle(part=("1", -1, 2), size=(2,))), "a part of a storage reaches outside it"),
    (by_hand(tensor_pickle(part=5)), "not understood"),
    (by_hand(tensor_pickle(), keys=("1",)), "lists other storages"),
    (by_hand(tensor_pickle(), keys=("0", "0")), "lists other storages"),
    (by_hand(tensor_pickle(), keys=(0,)), "lists other storages"),
    (by_hand(tensor_pickle(), keys=()), "lists other storages"),
    (by_hand(tensor_pickle(kind="BoolStorage"), storages=struct.pack("<q4B", 4, 0, 1, 2, 3)), "neither 0 nor 1"),
    (by_hand(b"\x80\x02cos\nsystem\nU\x02lsR."), "names"),
    (by_hand(b"\x80\x02cos\nsystem\nX\x02\0\0\0ls\x85R."), "names posix.system|names os.system"),
    (by_hand(b"\x80\x02(X\x06\0\0\0moduleX\x01\0\0\0aX\x01\0\0\0bX\x01\0\0\0ctQ."), "is no class"),
    (b"\x80\x02" + b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f", "damaged"),
    (b"\x80\x02\xff", "damaged"),
])
def test_files_that_lie(data, why):
    with pytest.raises(FileFormatError, match=why):
        load(data)


def test_every_end_of_a_file_is_noticed():
    data = saved({"a": mtorch.arange(4.0), "b": [1, "two"]})
    assert load(data)["b"] == [1, "two"]
    for length in range(2, len(data)):
        with pytest.raises(FileFormatError):
            load(data[:length])


def test_text_of_python_2():
    word = b"U\x02\xc3\xa9"                          # as Python 2 wrote "\xe9" in UTF-8
    file = by_hand(b"\x80\x02" + word + b".", keys=(), storages=b"")
    torch = pytest.importorskip("torch")
    for options, expected in [({}, "\xe9"), ({"encoding": "latin1"}, "\xc3\xa9"), ({"encoding": "bytes"}, b"\xc3\xa9")]:
        for lib in (mtorch, torch):
            assert lib.load(io.BytesIO(file), weights_only=False, **options) == expected
    with pytest.raises(FileFormatError, match="ascii"):
        mtorch.load(io.BytesIO(file), encoding="ascii")
    with pytest.raises(ValueError, match="there is no encoding 'nothing'"):
        mtorch.load(io.BytesIO(file), encoding="nothing")


def test_what_comes_after_is_not_looked_at():
    assert load(by_hand(tensor_pickle()) + b"more").tolist() == [1, 2, 3, 4]
