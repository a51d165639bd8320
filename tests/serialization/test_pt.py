"""Files of torch's form: what each library saves, the other loads."""

from __future__ import annotations

import collections
import io
import pickle
import sys
import warnings
import zipfile

import numpy as np
import pytest

import mtorch
from mtorch import nn
from mtorch.serialization import FileFormatError

SHARED_DTYPES = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "uint16", "uint32",
                 "uint64", "bool", "complex64", "complex128"]
WAYS = [("torch", "mtorch"), ("mtorch", "torch"), ("mtorch", "mtorch")]
NARROW_DTYPES = ["float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"]


def through_file(obj, saver=mtorch, loader=mtorch, **options):
    """obj saved by one library and loaded by one."""
    file = io.BytesIO()
    saver.save(obj, file)
    file.seek(0)
    return loader.load(file, **options)


def same(ours, theirs) -> bool:
    """Whether two objects are equal in structure, types and numbers, whichever library their tensors are of."""
    if hasattr(ours, "requires_grad") or hasattr(theirs, "requires_grad"):
        return (str(ours.dtype) == str(theirs.dtype) and tuple(ours.shape) == tuple(theirs.shape)
                and (ours.stride() == theirs.stride() or ours.numel() == 0)       # of an empty one NumPy says 0
                and ours.storage_offset() == theirs.storage_offset()
                and ours.requires_grad == theirs.requires_grad and type(ours).__name__ == type(theirs).__name__
                and np.array_equal(ours.detach().numpy(), theirs.detach().numpy(),
                                   equal_nan=ours.array.dtype.kind in "fc"))
    if isinstance(ours, dict):
        return (type(ours) is type(theirs) and list(ours) == list(theirs)
                and all(same(a, b) for a, b in zip(ours.values(), theirs.values(), strict=True)))
    if type(ours) in (list, tuple):
        return type(ours) is type(theirs) and len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, tuple) or type(ours).__module__.startswith("mtorch"):      # a Size, a dtype, a device
        return repr(ours) == repr(theirs)
    return type(ours) is type(theirs) and ours == theirs


def everything(lib):
    x = lib.arange(24.0).reshape(4, 6)
    shared = [1, "two"]
    return {
        "tensor": x, "view": x[1:3, ::2], "transposed": x.t(), "row": x[2], "expanded": x[:1, :1].expand(3, 5),
        "scalar": lib.tensor(2.5), "empty": lib.zeros(0, 3), "grad": lib.ones(2, requires_grad=True),
        "parameter": lib.nn.Parameter(lib.ones(2)), "frozen": lib.nn.Parameter(lib.ones(2), requires_grad=False),
        "numbers": [0, 255, 256, 65535, 65536, -1, -129, 2**31, -(2**31) - 1, 2**63, -(2**100), 2.5, float("inf"),
                    1 - 2j],
        "text": ["", "é\n\0", "\ud800", "x" * 300], "bytes": [b"", b"\x00\xff", bytearray(b"q"), bytearray()],
        "none": None, "bools": (True, False), "tuples": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
        "dicts": {1: {}, 2.5: {"a": []}, (1, "b"): {None: 1}, False: 2}, "sets": [set(), {3, 4}],
        "ordered": collections.OrderedDict(b=1, a=2), "counter": collections.Counter("aab"),
        "twice": [shared, shared], "size": x.shape, "dtype": lib.float16, "device": lib.device("cpu"),
        "far": lib.device("cuda:1"),
    }


def everything_arrives(saver, loader, through_file):
    """Save `everything` by one library, load it by one, and compare."""
    torch = pytest.importorskip("torch")
    libraries = {"torch": torch, "mtorch": mtorch}
    loaded = through_file(everything(libraries[saver]), libraries[saver], libraries[loader], weights_only=True)
    expected = everything(torch if loader == "mtorch" else mtorch)
    ours, theirs = (loaded, expected) if loader == "mtorch" else (expected, loaded)
    for name in expected:
        assert same(ours[name], theirs[name]), name
    assert loaded["twice"][0] is loaded["twice"][1]


@pytest.mark.parametrize(("saver", "loader"), WAYS)
def test_everything_arrives(saver, loader):
    everything_arrives(saver, loader, through_file)


@pytest.mark.parametrize(("saver", "loader"), WAYS)
def test_views_of_one_tensor_still_share_its_memory(saver, loader):
    torch = pytest.importorskip("torch")
    libraries = {"torch": torch, "mtorch": mtorch}
    x = libraries[saver].zeros(6)
    loaded = through_file({"x": x, "part": x[2:4], "again": x}, libraries[saver], libraries[loader])
    loaded["part"][0] = 7
    assert loaded["x"].tolist() == [0, 0, 7, 0, 0, 0]
    assert loaded["again"] is loaded["x"]


@pytest.mark.parametrize("name", SHARED_DTYPES)
def test_every_type_goes_both_ways(name):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    values = (rng.normal(size=(3, 4)) * 100).astype(name) if name != "bool" else rng.random((3, 4)) > 0.5
    ours, theirs = mtorch.from_numpy(values.copy()), torch.from_numpy(values.copy())
    assert same(through_file(theirs, torch, mtorch), theirs)
    assert same(ours, through_file(ours, mtorch, torch))
    assert same(through_file(ours), theirs)


@pytest.mark.parametrize("name", NARROW_DTYPES)
def test_types_that_numpy_has_not_become_float32_with_the_same_values(name):
    torch = pytest.importorskip("torch")
    theirs = torch.arange(256, dtype=torch.uint8).view(getattr(torch, name))
    with pytest.warns(UserWarning, match=f"loaded {name} as float32, with exactly the same values"):
        ours = through_file({"a": theirs, "b": theirs[10:20]}, torch, mtorch)
    assert ours["a"].dtype == mtorch.float32
    np.testing.assert_array_equal(ours["a"].numpy(), theirs.float().numpy())
    np.testing.assert_array_equal(ours["b"].numpy(), theirs[10:20].float().numpy())
    np.testing.assert_array_equal(np.signbit(ours["a"].numpy()), np.signbit(theirs.float().numpy()))


@pytest.mark.parametrize("name", [*NARROW_DTYPES, "complex32"])
@pytest.mark.filterwarnings("ignore:.*loaded:UserWarning", "ignore:ComplexHalf:UserWarning")
def test_types_that_numpy_has_not_are_written_again(name):
    torch = pytest.importorskip("torch")
    values = torch.tensor([0.5, 1.0, -2.0, 4.0] if name != "float8_e8m0fnu" else [0.5, 1.0, 2.0, 4.0])
    theirs = values.to(getattr(torch, name))
    ours = through_file({"whole": theirs, "part": theirs[1:3]}, torch, mtorch)
    again = through_file(ours, mtorch, torch)
    assert again["whole"].dtype == again["part"].dtype == theirs.dtype
    width = {1: torch.uint8, 4: torch.int32}[theirs.itemsize]
    assert again["whole"].view(width).tolist() == theirs.view(width).tolist()
    assert again["part"].data_ptr() == again["whole"].data_ptr() + theirs.itemsize
    ours["whole"].mul_(0.3)                                # no longer numbers of that type
    assert through_file(ours, mtorch, torch)["whole"].dtype == (torch.complex64 if name == "complex32" else torch.float32)


def test_every_bfloat16_comes_back():
    torch = pytest.importorskip("torch")
    theirs = torch.arange(65536, dtype=torch.int32).to(torch.uint16).view(torch.bfloat16)
    ours = through_file(torch.nn.Parameter(theirs), torch, mtorch)
    assert ours.dtype == mtorch.bfloat16
    np.testing.assert_array_equal(ours.detach().float().numpy(), theirs.float().numpy())
    again = through_file(ours, mtorch, torch)
    assert isinstance(again, torch.nn.Parameter)
    assert again.dtype == torch.bfloat16
    assert torch.equal(again.detach().view(torch.int16), theirs.view(torch.int16))


def test_complex32_becomes_complex64():
    torch = pytest.importorskip("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")          # torch calls its type experimental
        theirs = torch.tensor([1 + 2j, -0.5j]).to(torch.complex32)
    with pytest.warns(UserWarning, match="complex32 as complex64"):
        assert through_file(theirs, torch, mtorch).tolist() == [1 + 2j, -0.5j]


def test_state_dicts_and_optimizers_of_torch():
    torch = pytest.importorskip("torch")
    outcomes = []
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4, bias=False), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    their_optimizer = torch.optim.Adam(theirs.parameters(), lr=0.1)
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    (theirs(torch.tensor(x)) ** 2).sum().backward()
    their_optimizer.step()
    content = {"model": theirs.state_dict(), "optimizer": their_optimizer.state_dict(), "epoch": 3,
               "loss": [0.5, {"a": None}]}
    loaded = through_file(content, torch, mtorch)
    assert same(loaded, content)
    assert loaded["model"]._metadata == content["model"]._metadata
    ours = nn.Sequential(nn.Linear(3, 4, bias=False), nn.BatchNorm1d(4), nn.Linear(4, 2))
    ours.load_state_dict(loaded["model"])
    our_optimizer = mtorch.optim.Adam(ours.parameters(), lr=0.1)
    our_optimizer.load_state_dict(loaded["optimizer"])
    for lib, net, optimizer in ((mtorch, ours, our_optimizer), (torch, theirs, their_optimizer)):
        optimizer.zero_grad()
        (net(lib.tensor(x)) ** 2).sum().backward()
        optimizer.step()
        outcomes.append([p.detach().numpy().copy() for p in net.parameters()])
    for a, b in zip(*outcomes, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    back = through_file({"model": ours.state_dict(), "optimizer": our_optimizer.state_dict()}, mtorch, torch,
                        weights_only=True)
    theirs.load_state_dict(back["model"])
    their_optimizer.load_state_dict(back["optimizer"])


def test_numpy_values_which_torch_refuses():
    torch = pytest.importorskip("torch")
    values = {"loss": np.float64(2.5), "count": np.int8(-3), "yes": np.bool_(True), "z": np.complex64(1j),
              "array": np.arange(6.0).reshape(2, 3).T, "empty": np.zeros((0, 2), np.int16), "kind": np.dtype("float32")}
    for saver, loader in ((mtorch, mtorch), (torch, mtorch), (mtorch, torch)):
        loaded = through_file(values, saver, loader, weights_only=loader is mtorch)
        for name, value in values.items():
            assert type(loaded[name]) is type(value), name
            np.testing.assert_array_equal(loaded[name], value)


def test_attributes_of_a_tensor_do_not_hinder_loading():
    torch = pytest.importorskip("torch")
    x = torch.ones(2)
    x.note = "hello"
    p = torch.nn.Parameter(torch.ones(3))
    p.note = 1
    loaded = through_file([x, p], torch, mtorch)
    assert same(loaded[0], torch.ones(2))
    assert isinstance(loaded[1], nn.Parameter)


def test_big_endian_files():
    torch = pytest.importorskip("torch")
    file = io.BytesIO()
    x = torch.tensor([1.0, 2.0])
    torch.save({"x": x, "z": torch.tensor([1 + 2j]), "b": torch.tensor([1.5]).bfloat16(), "view": x[1:]}, file)
    turned = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(turned, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("byteorder"):
                data = b"big"
            elif "/data/" in name:
                width = {8: 4, 2: 2}[len(data)]
                data = b"".join(data[i:i + width][::-1] for i in range(0, len(data), width))
            new.writestr(name, data)
    loaded = mtorch.load(turned)
    assert [t.tolist() for t in loaded.values()] == [[1, 2], [1 + 2j], [1.5], [2]]
    loaded["x"][1] = 5.0
    assert loaded["view"].tolist() == [5]


def test_a_file_that_another_program_has_compressed():
    file, packed = io.BytesIO(), io.BytesIO()
    mtorch.save({"x": mtorch.arange(1000)}, file)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert mtorch.load(packed)["x"].tolist() == list(range(1000))


# ---- the file -------------------------------------------------------------------------------------------------------

def test_the_form_is_torchs(tmp_path):
    torch = pytest.importorskip("torch")
    contents = []
    for lib in (torch, mtorch):
        lib.save({"a": lib.ones(3), "b": lib.zeros(5, dtype=lib.uint16)}, tmp_path / "net.pt")
        with zipfile.ZipFile(tmp_path / "net.pt") as archive:
            data = (tmp_path / "net.pt").read_bytes()
            starts = [m.header_offset + 30 + int.from_bytes(data[m.header_offset + 26:][:2], "little")
                      + int.from_bytes(data[m.header_offset + 28:][:2], "little") for m in archive.infolist()]
            contents.append({m.filename: archive.read(m) for m in archive.infolist()})
            assert archive.testzip() is None
            assert all(start % 64 == 0 for start in starts)
            assert all(m.compress_type == zipfile.ZIP_STORED for m in archive.infolist())
    theirs, ours = contents
    assert sorted(theirs) == sorted(ours)
    for name in theirs:
        if not name.endswith(("data.pkl", "serialization_id")):
            assert theirs[name] == ours[name], name
    assert len(ours["net/.data/serialization_id"]) == len(theirs["net/.data/serialization_id"])


def test_equal_objects_make_equal_files():
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        mtorch.save({"a": mtorch.ones(3), "b": [1, "x"]}, file)
    assert files[0].getvalue() == files[1].getvalue()


def test_paths_and_open_files(tmp_path):
    for path in (tmp_path / "a.pt", str(tmp_path / "b")):
        mtorch.save([1], path)
        assert mtorch.load(path) == [1]
        with open(path, "rb") as file:
            assert mtorch.load(file) == [1]
    with open(tmp_path / "c", "wb") as file:
        mtorch.save([2], file)
    assert mtorch.load(tmp_path / "c") == [2]


def test_what_cannot_be_saved_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.pt"
    mtorch.save([1], path)
    with pytest.raises(TypeError):
        mtorch.save([lambda: 1], path)
    assert mtorch.load(path) == [1]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_large_view_is_saved_with_its_whole_tensor_as_in_torch():
    x = mtorch.zeros(1000)
    files = [io.BytesIO(), io.BytesIO()]
    mtorch.save(x[:2], files[0])
    mtorch.save(x[:2].clone(), files[1])
    assert len(files[0].getvalue()) - len(files[1].getvalue()) > 3000
    reversed_memory = mtorch.from_numpy(np.ascontiguousarray(np.arange(3.0)[::-1]))
    assert through_file(reversed_memory).tolist() == [2, 1, 0]
    part_of_other = mtorch.from_numpy(np.arange(40, dtype=np.uint8)[1:33].view(np.float32))
    assert through_file(part_of_other).tolist() == part_of_other.tolist()


def test_an_object_that_contains_itself():
    loop: list = [1]
    loop.append({"self": loop})
    loaded = through_file(loop)
    assert loaded[1]["self"] is loaded


class Config:
    pass


@pytest.mark.parametrize(("obj", "words"), [
    ({"net": {"hook": lambda: 1}}, r"\['net'\]\['hook'\], function .*lambda"), ([sys.stdout], "cannot pickle"),
    ((i for i in ()), "cannot pickle 'generator'"), ([10**1000], "more than 255 bytes"),
    ([type("Local", (), {})], "Local is not in its module"), ([np.array([None])], "is not one of numbers or text"),
])
def test_what_could_not_be_loaded_again_is_refused(obj, words):
    with pytest.raises(TypeError, match=words):
        mtorch.save(obj, io.BytesIO())


def test_deep_nesting_is_refused():
    deep: list = []
    for _ in range(2000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested too deeply"):
        mtorch.save(deep, io.BytesIO())


@pytest.mark.parametrize(("options", "error"), [
    ({"mmap": True}, ValueError), ({"pickle_module": pickle}, NotImplementedError),
    ({"weights_only": 1}, TypeError), ({"map_location": "cuda"}, NotImplementedError), ({"map_location": 5}, TypeError),
    ({"fix_imports": True}, NotImplementedError),
])
def test_options_that_are_not_supported(options, error):
    with pytest.raises(error):
        through_file([1], **options)


@pytest.mark.parametrize("where", [None, "cpu", mtorch.device("cpu"), {"cuda:0": "cpu"}, lambda storage, place: storage])
def test_places(where):
    torch = pytest.importorskip("torch")
    assert through_file(torch.ones(1), torch, mtorch, map_location=where).tolist() == [1]


def test_files_of_other_kinds(tmp_path):
    with pytest.raises(EOFError):
        mtorch.load(io.BytesIO())
    with pytest.raises(FileFormatError, match="zip"):
        mtorch.load(io.BytesIO(b"hello, this is text"))
    with pytest.raises(TypeError, match="expected a path"):
        mtorch.load(5)
    with pytest.raises(TypeError, match="reading text"):
        mtorch.load(io.StringIO("text"))
    with pytest.raises(FileNotFoundError):
        mtorch.load(tmp_path / "nothing.pt")


# ---- mapped into memory ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("saver", ["torch", "mtorch"])
def test_mapped_files(saver, tmp_path):
    lib = {"torch": pytest.importorskip("torch"), "mtorch": mtorch}[saver]
    path = tmp_path / "x.pt"
    lib.save(everything(lib), path)
    before = path.read_bytes()
    mapped, read = mtorch.load(path, mmap=True), mtorch.load(path)
    for name, value in read.items():
        assert same(mapped[name], value) if isinstance(value, mtorch.Tensor) else mapped[name] == value
    mapped["tensor"].mul_(2)                          # of memory, not of the file
    assert mapped["view"].tolist() == (2 * read["view"]).tolist()
    assert path.read_bytes() == before
    mtorch.save(mapped, path)                         # over the file that it is mapped from
    again = mtorch.load(path)
    assert again["tensor"].tolist() == (2 * read["tensor"]).tolist()
    again["tensor"][1, 0] = -1.0
    assert again["view"][0, 0] == -1                  # still a view


def test_files_that_cannot_be_mapped(tmp_path):
    path = tmp_path / "old.pt"
    mtorch.save(mtorch.ones(2), path, _use_new_zipfile_serialization=False)
    with pytest.raises(RuntimeError, match="mmap can only be used with"):
        mtorch.load(path, mmap=True)
    with zipfile.ZipFile(tmp_path / "packed.pt", "w", zipfile.ZIP_DEFLATED) as packed:
        mtorch.save(mtorch.arange(1000.0), path)
        with zipfile.ZipFile(path) as plain:
            for name in plain.namelist():
                packed.writestr(name, plain.read(name))
    assert mtorch.load(tmp_path / "packed.pt", mmap=True).tolist() == list(range(1000))       # read instead


def test_a_mapped_file_of_other_types(tmp_path):
    torch = pytest.importorskip("torch")
    path = tmp_path / "x.pt"
    torch.save([torch.ones(3, dtype=torch.bfloat16), torch.tensor([True, False])], path)
    loaded = mtorch.load(path, mmap=True)
    assert [x.tolist() for x in loaded] == [[1, 1, 1], [True, False]]


# ---- whole modules --------------------------------------------------------------------------------------------------

class Net(nn.Module):
    """A module of one's own, with a function, a buffer and some values."""

    class Inner(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(2, 2)

        def forward(self, x):
            return self.fc(x)

    def __init__(self):
        super().__init__()
        self.inner = self.Inner()
        self.layers = nn.ModuleList([nn.Linear(2, 2), nn.Dropout(0.5)])
        self.activation = nn.functional.relu
        self.sizes = [2, 3]
        self.register_buffer("scale", mtorch.ones(2))
        self.register_parameter("bias", None)

    def forward(self, x):
        return self.activation(self.layers[0](self.inner(x))) * self.scale


def test_a_whole_module():
    net = Net().eval()
    x = mtorch.randn(3, 2)
    expected = net(x)
    with pytest.raises(FileFormatError, match=r"names .*Net.* save net.state_dict\(\) instead; or .* "
                                              r"weights_only=False"):
        through_file(net)
    loaded = through_file(net, weights_only=False)
    assert type(loaded) is Net
    assert not loaded.training
    assert repr(loaded) == repr(net)
    assert loaded.state_dict().keys() == net.state_dict().keys()
    assert loaded(x).tolist() == expected.tolist()
    assert [p.requires_grad for p in loaded.parameters()] == [True] * 4
    loaded(x).sum().backward()


def test_whole_modules_of_torch():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Sequential(collections.OrderedDict(
        a=torch.nn.Linear(2, 3), b=torch.nn.BatchNorm1d(3), c=torch.nn.ReLU(), d=torch.nn.LSTM(3, 2, batch_first=True)))
    x = np.random.default_rng(0).normal(size=(4, 2)).astype(np.float32)
    ours = through_file(theirs, torch, mtorch, weights_only=False)
    assert repr(ours) == repr(theirs)
    np.testing.assert_allclose(ours.eval()(mtorch.tensor(x))[0].detach().numpy(),
                               theirs.eval()(torch.tensor(x))[0].detach().numpy(), atol=1e-6)


def test_modules_that_could_not_be_loaded_again():
    class Local(nn.Module):
        pass

    with pytest.raises(TypeError, match="defined inside a function"):
        mtorch.save(Local(), io.BytesIO())
    net = Net()
    net.activation = lambda x: x
    with pytest.raises(TypeError, match=r"\['activation'\]"):
        mtorch.save(net, io.BytesIO())


def test_only_classes_that_are_here_already(monkeypatch):
    file = io.BytesIO()
    mtorch.save(Net(), file)
    monkeypatch.delattr(sys.modules[__name__], "Net")
    with pytest.raises(FileFormatError, match=r"Net, which is no Module class that this program has defined or "
                                              r"imported"):
        mtorch.load(file, weights_only=False)
    monkeypatch.setattr(sys.modules[__name__], "Net", sys.stdout, raising=False)
    with pytest.raises(FileFormatError, match="no Module class"):
        mtorch.load(file, weights_only=False)


def test_what_is_neither_a_path_nor_a_file():
    with pytest.raises(AttributeError, match="save: f is a int, expected a path or a file open for writing bytes"):
        mtorch.save([1], 3)                                                               # type: ignore[arg-type]
