"""CIFAR-10 and CIFAR-100 from small files in the form of Python 2, whole, missing, damaged and malicious."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import struct
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest

import mtorch
from mtorch.serialization import FileFormatError
from mtorch.utils.data import DataLoader, Subset
from mtorch.vision import cifar_files, pillow, transforms
from mtorch.vision.cifar_files import read_pickle, unpack
from mtorch.vision.datasets import CIFAR10, CIFAR100, VisionDataset, cifar

ROOT = Path(__file__).parents[3]
RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (24, 3072), np.uint8)
LABELS = [int(label) for label in RANDOM.integers(0, 10, 24)]
NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


# ---- files as Python 2's pickle writes them (protocol 2), which Python 3 cannot write ----------------------------------

def old_text(value: bytes) -> bytes:
    if len(value) < 256:
        return pickle.SHORT_BINSTRING + bytes([len(value)]) + value
    return pickle.BINSTRING + struct.pack("<i", len(value)) + value


def old_int(value: int) -> bytes:
    if 0 <= value < 256:
        return pickle.BININT1 + bytes([value])
    return pickle.BININT2 + struct.pack("<H", value) if 0 <= value < 65536 else pickle.BININT + struct.pack("<i", value)


def named(path: str) -> bytes:
    module, _, name = path.rpartition(".")
    return pickle.GLOBAL + f"{module}\n{name}\n".encode()


def old_array(array: np.ndarray, kind: bytes = b"u1", data: bytes | None = None) -> bytes:
    reconstruct = named("numpy.core.multiarray._reconstruct") + named("numpy.ndarray") + old_int(0) + pickle.TUPLE1 \
        + old_text(b"b") + pickle.TUPLE3 + pickle.REDUCE + pickle.BINPUT + b"\1"
    shape = pickle.MARK + b"".join(map(old_int, array.shape)) + pickle.TUPLE
    dtype = named("numpy.dtype") + old_text(kind) + old_int(0) + old_int(1) + pickle.TUPLE3 + pickle.REDUCE + pickle.MARK \
        + old_int(3) + old_text(b"|") + 3 * pickle.NONE + old_int(-1) + old_int(-1) + old_int(0) + pickle.TUPLE \
        + pickle.BUILD
    numbers = old_text(array.tobytes() if data is None else data)
    return reconstruct + pickle.MARK + old_int(1) + shape + dtype + pickle.NEWFALSE + numbers + pickle.TUPLE + pickle.BUILD


def old_value(value) -> bytes:
    if isinstance(value, np.ndarray):
        return old_array(value)
    if isinstance(value, list):
        return pickle.EMPTY_LIST + pickle.MARK + b"".join(map(old_value, value)) + pickle.APPENDS
    if isinstance(value, int):
        return old_int(value)
    return value if isinstance(value, bytes) else old_text(value.encode("latin1"))


def old_pickle(entries: dict) -> bytes:
    items = b"".join(old_text(key.encode()) + old_value(value) for key, value in entries.items())
    return pickle.PROTO + b"\2" + pickle.EMPTY_DICT + pickle.MARK + items + pickle.SETITEMS + pickle.STOP


def batch(part: slice, labels: str = "labels", **other) -> bytes:
    pixels = PIXELS[part]
    return old_pickle({"batch_label": "training batch", labels: LABELS[part], "data": pixels,
                       "filenames": ["caf\xe9.png"] * len(pixels), **other})


FILES = {
    CIFAR10: {
        **{f"data_batch_{i + 1}": batch(slice(4 * i, 4 * i + 4)) for i in range(5)},
        "test_batch": batch(slice(20, 24)),
        "batches.meta": old_pickle({"num_cases_per_batch": 10000, "label_names": NAMES, "num_vis": 3072}),
    },
    CIFAR100: {
        "train": batch(slice(0, 20), "fine_labels", coarse_labels=[0] * 20),
        "test": batch(slice(20, 24), "fine_labels", coarse_labels=[0] * 4),
        "meta": old_pickle({"fine_label_names": [f"kind {i}" for i in range(100)], "coarse_label_names": ["a", "b"]}),
    },
}


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def expect(monkeypatch, kind: type, contents: dict[str, bytes]) -> None:
    """Let the class expect files of these contents."""
    for lists in ("train_list", "test_list"):
        monkeypatch.setattr(kind, lists, [[name, md5(contents[name])] for name, _ in getattr(kind, lists)])
    monkeypatch.setattr(kind, "meta", {**kind.meta, "md5": md5(contents[kind.meta["filename"]])})


def write(folder: Path, contents: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)


@pytest.fixture
def root(tmp_path, monkeypatch):
    for kind, contents in FILES.items():
        expect(monkeypatch, kind, contents)
        write(tmp_path / kind.base_folder, contents)
    return tmp_path


def tar_of(contents: dict[str, bytes], *others: tarfile.TarInfo) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for other in others:
            archive.addfile(other, io.BytesIO(bytes(other.size)))
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def whole_archive(kind: type) -> bytes:
    return tar_of({f"{kind.base_folder}/{name}": content for name, content in FILES[kind].items()})


# ---- whole files -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", [CIFAR10, CIFAR100])
@pytest.mark.parametrize(("train", "part"), [(True, slice(0, 20)), (False, slice(20, 24))])
def test_attributes(root, kind, train, part):
    data = kind(root, train=train)
    assert len(data) == len(PIXELS[part])
    assert type(data.data) is np.ndarray
    assert data.data.dtype == np.uint8
    np.testing.assert_array_equal(data.data, PIXELS[part].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
    assert data.targets == LABELS[part]
    assert type(data.targets) is list
    assert data.classes == (NAMES if kind is CIFAR10 else [f"kind {i}" for i in range(100)])
    assert data.class_to_idx[data.classes[7]] == 7
    assert data.train is train
    assert isinstance(data, VisionDataset)
    assert data._check_integrity()


def test_what_torchvisions_programs_read():
    assert CIFAR10.base_folder == "cifar-10-batches-py"
    assert CIFAR100.base_folder == "cifar-100-python"
    assert issubclass(CIFAR100, CIFAR10)
    sums = [md5 for kind in FILES for _, md5 in [*kind.train_list, *kind.test_list, [None, kind.meta["md5"]]]]
    assert len(set(sums)) == 10
    assert {len(md5) for md5 in sums} == {32}
    assert {CIFAR10.tgz_md5, CIFAR100.tgz_md5} == set(cifar._SHA256)
    assert {len(sha256) for sha256 in cifar._SHA256.values()} == {64}


def test_repr_is_torchvisions(root, monkeypatch):
    monkeypatch.chdir(root)
    assert repr(CIFAR10("./", train=False, transform=transforms.ToTensor())) == """Dataset CIFAR10
    Number of datapoints: 4
    Root location: ./
    Split: Test
    StandardTransform
Transform: ToTensor()"""


def test_default_root_is_the_users_cache(root, monkeypatch):
    (root / CIFAR10.base_folder).rename(root / "moved")
    monkeypatch.setenv("XDG_CACHE_HOME", str(root))
    write(root / "mtorch" / CIFAR10.base_folder, FILES[CIFAR10])
    assert len(CIFAR10()) == 20


@pytest.mark.parametrize("has_pillow", [True, False])
def test_samples(root, monkeypatch, has_pillow):
    if has_pillow:
        pytest.importorskip("PIL")
    else:
        monkeypatch.setattr(pillow, "_image_module", lambda: None)
    data = CIFAR10(root, target_transform=float)
    image, target = data[5]
    assert type(target) is float
    assert target == LABELS[5]
    np.testing.assert_array_equal(np.asarray(image), data.data[5])
    if has_pillow:
        assert (image.mode, image.size) == ("RGB", (32, 32))
    else:
        image[:] = 0
        np.testing.assert_array_equal(data.data[5], PIXELS[5].reshape(3, 32, 32).transpose(1, 2, 0))
    with pytest.raises(IndexError):
        data[20]


NORMALIZE = transforms.Normalize((0.5, 0.4, 0.3), (0.5, 0.2, 0.1))


@pytest.mark.parametrize("transform", [
    transforms.ToTensor(), transforms.Compose([transforms.ToTensor()]),
    transforms.Compose([transforms.ToTensor(), NORMALIZE]),
    transforms.Compose([transforms.ToTensor(), NORMALIZE, transforms.Normalize(0.1, 2.0, inplace=True)]),
    transforms.Compose([transforms.RandomHorizontalFlip(), transforms.ToTensor()]),
    transforms.Compose([transforms.ToTensor(), transforms.RandomCrop(32, padding=4)]),
], ids=repr)
@pytest.mark.parametrize("indices", [[3, 0, -1, 3], [7]])
def test_a_batch_has_the_same_samples(root, transform, indices):
    data = CIFAR10(root, transform=transform, target_transform=lambda target: target + 1)
    mtorch.manual_seed(1)
    batch = data.__getitems__(indices)
    mtorch.manual_seed(1)
    for (image, target), index in zip(batch, indices, strict=True):
        alone, wanted = data[index]
        assert target == wanted == LABELS[:20][index] + 1
        assert type(target) is int
        assert image.dtype == alone.dtype
        np.testing.assert_array_equal(image.numpy(), alone.numpy())


def test_a_batch_is_made_at_once(root, monkeypatch):
    data = CIFAR10(root, transform=transforms.Compose([transforms.ToTensor(), NORMALIZE]))
    wanted = mtorch.stack([data[index][0] for index in range(8, 12)])
    monkeypatch.setattr(cifar, "image_of", None)
    for source in (Subset(data, range(8, 12)), Subset(data, mtorch.arange(8, 12))):
        x, y = next(iter(DataLoader(source, batch_size=4)))
        assert mtorch.equal(x, wanted)
        assert y.tolist() == LABELS[8:12]
    with pytest.raises(IndexError):
        data.__getitems__([20])


def test_subclass_decides_about_its_samples_and_data(root):
    class Pairs(CIFAR10):
        def __getitem__(self, index):
            return index, super().__getitem__(index)[1]

    class Few(CIFAR10):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            self.data, self.targets = self.data[::2], np.array(self.targets)[::2]

    x, y = next(iter(DataLoader(Pairs(root, transform=transforms.ToTensor()), batch_size=3)))
    assert (x.tolist(), y.tolist()) == ([0, 1, 2], LABELS[:3])
    few = Few(root, transform=transforms.ToTensor())
    assert len(few) == 10
    x, y = next(iter(DataLoader(few, batch_size=3)))
    np.testing.assert_array_equal((x * 255).round().numpy(), PIXELS[:5:2].reshape(-1, 3, 32, 32))
    assert y.tolist() == LABELS[:5:2]


# ---- missing and damaged files -----------------------------------------------------------------------------------------

TEXT = r"^Dataset not found or corrupted\. You can use download=True to download it"


def test_missing_files(root, tmp_path):
    with pytest.raises(RuntimeError, match=TEXT + r".*data_batch_1 is not there"):
        CIFAR10(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    (root / CIFAR10.base_folder / "test_batch").unlink()
    with pytest.raises(RuntimeError, match=TEXT + r".*test_batch is not there"):
        CIFAR10(root)
    (root / CIFAR10.base_folder / "test_batch").mkdir()
    with pytest.raises(RuntimeError, match=TEXT + r".*test_batch is a folder"):
        CIFAR10(root)


@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: content + b"x", lambda content: b""])
def test_damaged_file_is_named(root, damage):
    path = root / CIFAR100.base_folder / "train"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(RuntimeError, match=TEXT + r".*train is damaged, its MD5 is not"):
        CIFAR100(root)


def test_damaged_names_of_classes(root):
    (root / CIFAR10.base_folder / "batches.meta").write_bytes(b"")
    with pytest.raises(RuntimeError, match=r"^Dataset metadata file not found or corrupted\. .*batches.meta is damaged"):
        CIFAR10(root)


def opened_with(root: Path, monkeypatch, name: str, content: bytes) -> CIFAR10:
    """The data set with one file of this content, which is the one that is expected."""
    contents = {**FILES[CIFAR10], name: content}
    write(root / CIFAR10.base_folder, contents)
    expect(monkeypatch, CIFAR10, contents)
    return CIFAR10(root)


@pytest.mark.parametrize(("entries", "message"), [
    ({"data": PIXELS[:4]}, "the labels are not a list of ints from 0 to 9"),
    ({"labels": [1, 2, 3, 4]}, r"'data' is NoneType, expected an array of uint8 of shape \(N, 3072\)"),
    ({"data": PIXELS[:4, :3071], "labels": LABELS[:4]}, r"'data' is uint8 of shape \(4, 3071\)"),
    ({"data": PIXELS[0], "labels": LABELS[:1]}, r"'data' is uint8 of shape \(3072,\)"),
    ({"data": old_array(PIXELS[:4], b"i1"), "labels": LABELS[:4]}, "'data' is int8"),
    ({"data": [1, 2], "labels": [1, 2]}, "'data' is list"),
    ({"data": PIXELS[:4], "labels": LABELS[:3]}, "3 labels, expected 4"),
    ({"data": PIXELS[:4], "labels": [1, 2, 3, 10]}, "ints from 0 to 9"),
    ({"data": PIXELS[:4], "labels": [1, 2, 3, -1]}, "ints from 0 to 9"),
    ({"data": PIXELS[:4], "labels": "1234"}, "ints from 0 to 9"),
    ({"data": PIXELS[:4], "labels": [1, 2, 3, "4"]}, "ints from 0 to 9"),
])
def test_batch_of_another_form(root, monkeypatch, entries, message):
    with pytest.raises(ValueError, match=rf"data_batch_2: .*{message}"):
        opened_with(root, monkeypatch, "data_batch_2", old_pickle(entries))


@pytest.mark.parametrize("entries", [{}, {"label_names": []}, {"label_names": [1]}, {"label_names": "cat"}])
def test_names_of_another_form(root, monkeypatch, entries):
    with pytest.raises(ValueError, match=r"batches\.meta: 'label_names' is not a list of names"):
        opened_with(root, monkeypatch, "batches.meta", old_pickle(entries))


# ---- pickles that want more than to be read ------------------------------------------------------------------------------

SHELL = old_text(b"touch mtorch-was-here") + pickle.TUPLE1
MALICIOUS = {
    "os.system": named("posix.system") + SHELL + pickle.REDUCE,
    "os.system as os": named("os.system") + SHELL + pickle.REDUCE,
    "eval": named("__builtin__.eval") + SHELL + pickle.REDUCE,
    "a builtin of the table of .pt files": named("__builtin__.bytearray") + SHELL + pickle.REDUCE,
    "a class": named("subprocess.Popen") + SHELL + pickle.NEWOBJ,
    "INST": pickle.MARK + old_text(b"touch mtorch-was-here") + pickle.INST + b"os\nsystem\n",
    "OBJ": pickle.MARK + named("os.system") + old_text(b"touch mtorch-was-here") + pickle.OBJ,
    "a name in NumPy": named("numpy.load") + SHELL + pickle.REDUCE,
    "a longer name": named("numpy.core.multiarray._reconstruct.__globals__") + SHELL + pickle.REDUCE,
    "ndarray called": named("numpy.ndarray") + SHELL + pickle.REDUCE,
    "ndarray made": named("numpy.ndarray") + SHELL + pickle.NEWOBJ,
    "ndarray as a value": named("numpy.ndarray"),
    "a function as a value": named("numpy.dtype"),
    "state of a function": named("numpy.dtype") + pickle.EMPTY_DICT + pickle.BUILD,
    "state of a dict": pickle.EMPTY_DICT + pickle.EMPTY_DICT + pickle.BUILD,
    "EXT1": pickle.EXT1 + b"\1",
    "PERSID": pickle.PERSID + b"0\n",
    "BINPERSID": old_text(b"0") + pickle.TUPLE1 + pickle.BINPERSID,
    "an array of objects": old_array(PIXELS[:1], b"O"),
    "an array of records": old_array(PIXELS[:1], b"u1,u1"),
    "an array that is too short": old_array(PIXELS[:1], data=b"short"),
    "an array with text beyond bytes": old_array(PIXELS[:1]).replace(
        old_text(PIXELS[:1].tobytes()), pickle.BINUNICODE + struct.pack("<I", 4 * 3072) + "\U0001f600".encode() * 3072),
    "text of a negative length": pickle.BINSTRING + struct.pack("<i", -5),
    "text longer than the file": pickle.BINSTRING + struct.pack("<i", 1 << 30),
    "a list nested in itself as a key": pickle.EMPTY_DICT + pickle.EMPTY_LIST + pickle.NONE + pickle.SETITEM,
}


@pytest.mark.parametrize("name", MALICIOUS)
def test_malicious_pickle_is_refused(root, monkeypatch, name):
    monkeypatch.chdir(root)
    before = sorted(root.rglob("*"))
    content = old_pickle({"data": PIXELS[:4], "labels": LABELS[:4], "more": MALICIOUS[name]})
    with pytest.raises(FileFormatError, match=r"data_batch_3: "):
        opened_with(root, monkeypatch, "data_batch_3", content)
    assert sorted(root.rglob("*")) == before


def test_what_is_refused_is_named(tmp_path):
    (tmp_path / "file").write_bytes(old_pickle({"data": MALICIOUS["os.system"]}))
    with pytest.raises(pickle.UnpicklingError, match=r"file: names 'posix\.system', which is no part of a NumPy array"):
        read_pickle(tmp_path / "file")


def test_truncated_and_changed_pickles_give_errors_of_the_reader(tmp_path):
    whole = old_pickle({"data": np.arange(6, dtype=np.uint8).reshape(2, 3), "labels": [1, 2]})
    path = tmp_path / "file"
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        with pytest.raises(FileFormatError):
            read_pickle(path)
    for place in range(len(whole)):
        for value in (0, 46, 82, 255):
            path.write_bytes(whole[:place] + bytes([value]) + whole[place + 1:])
            try:
                read_pickle(path)
            except (FileFormatError, ValueError):
                continue


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_pickles_of_python_3_are_read_too(tmp_path, protocol):
    (tmp_path / "file").write_bytes(pickle.dumps({"labels": [1, 2], "names": ["caf\xe9"]}, protocol))
    assert read_pickle(tmp_path / "file") == {"labels": [1, 2], "names": ["caf\xe9"]}
    if protocol < 5:
        (tmp_path / "file").write_bytes(pickle.dumps({"data": PIXELS}, protocol))
        np.testing.assert_array_equal(read_pickle(tmp_path / "file")["data"], PIXELS)


def test_what_is_no_dict_or_too_large(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(pickle.dumps([1, 2]))
    with pytest.raises(ValueError, match="file: holds a list, expected a dict"):
        read_pickle(tmp_path / "file")
    monkeypatch.setattr(cifar_files, "MAX_BYTES", 5)
    with pytest.raises(ValueError, match="bytes, expected at most 5"):
        read_pickle(tmp_path / "file")


# ---- the archive ---------------------------------------------------------------------------------------------------------

def serve(monkeypatch, kind: type, content: bytes, reachable: bool = True) -> list[str]:
    """Let the class expect this archive, and a network give it."""
    asked = []

    def fetch(url, path, sha256, total_timeout):
        asked.append(url)
        if not reachable:
            raise OSError("www.cs.toronto.edu: not found")
        assert sha256 == hashlib.sha256(content).hexdigest()
        assert total_timeout >= 600
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    monkeypatch.setattr(cifar, "fetch", fetch)
    monkeypatch.setitem(cifar._SHA256, kind.tgz_md5, hashlib.sha256(content).hexdigest())
    return asked


@pytest.mark.parametrize("kind", [CIFAR10, CIFAR100])
def test_download(tmp_path, monkeypatch, kind):
    expect(monkeypatch, kind, FILES[kind])
    asked = serve(monkeypatch, kind, whole_archive(kind))
    assert kind(str(tmp_path / "data"), download=True).targets == LABELS[:20]
    assert kind(str(tmp_path / "data"), train=False, download=True).targets == LABELS[20:]
    assert asked == [kind.url]
    assert sorted(os.listdir(tmp_path / "data" / kind.base_folder)) == sorted(FILES[kind])


def test_download_replaces_a_damaged_file_from_the_archive_that_is_there(root, monkeypatch):
    asked = serve(monkeypatch, CIFAR10, whole_archive(CIFAR10))
    for name in ("data_batch_4", "batches.meta"):
        (root / CIFAR10.base_folder / name).write_bytes(b"damaged")
        assert CIFAR10(root, download=True).classes == NAMES
    assert asked == [CIFAR10.url]


def test_download_without_network(tmp_path, monkeypatch):
    serve(monkeypatch, CIFAR10, b"", reachable=False)
    with pytest.raises(OSError, match="not found"):
        CIFAR10(tmp_path, download=True)
    assert not list(tmp_path.iterdir())


def test_archive_of_a_subclass(tmp_path, monkeypatch):
    class Copy(CIFAR10):                      # as programs derive CIFAR100 by themselves
        base_folder, filename, url, tgz_md5 = CIFAR100.base_folder, CIFAR100.filename, CIFAR100.url, CIFAR100.tgz_md5

    class Other(CIFAR10):
        tgz_md5 = "0" * 32

    expect(monkeypatch, CIFAR100, FILES[CIFAR100])
    Copy.train_list, Copy.test_list, Copy.meta = CIFAR100.train_list, CIFAR100.test_list, CIFAR100.meta
    serve(monkeypatch, CIFAR100, whole_archive(CIFAR100))
    assert len(Copy(tmp_path, download=True)) == 20
    with pytest.raises(NotImplementedError, match=r"Other: .* SHA-256"):
        Other(tmp_path, download=True)


def test_members_that_were_not_asked_for_stay_in_the_archive(tmp_path):
    link = tarfile.TarInfo("folder/link")
    link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path)
    hard = tarfile.TarInfo("folder/wanted")          # a link of the wanted name, and then the file itself
    hard.type, hard.linkname = tarfile.LNKTYPE, "../../outside"
    others = [tarfile.TarInfo(name) for name in ("../outside", str(tmp_path / "absolute"), "folder/../../up", "folder/more")]
    for other in others:
        other.size = 3
    (tmp_path / "archive").write_bytes(tar_of({"folder/wanted": b"content"}, link, hard, *others))
    unpack(tmp_path / "archive", tmp_path / "to", {"folder/wanted": md5(b"content")})
    assert (tmp_path / "to" / "folder" / "wanted").read_bytes() == b"content"
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
    assert found == {"archive", "to", "to/folder", "to/folder/wanted"}


def test_archives_that_are_not_as_expected(tmp_path, monkeypatch):
    whole = tar_of({"wanted": b"content" * 1000})
    wanted = {"wanted": md5(b"content" * 1000)}
    path = tmp_path / "archive"
    for damaged in (b"", b"no archive", whole[:-20], whole[:30], whole[:40] + bytes(20) + whole[60:]):
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="archive: damaged, it does not unpack"):
            unpack(path, tmp_path, wanted)
    path.write_bytes(whole)
    with pytest.raises(ValueError, match="archive: has no file other"):
        unpack(path, tmp_path / "to", {"other": None})
    with pytest.raises(ValueError, match="archive: the MD5 of wanted is .*, expected 0000"):
        unpack(path, tmp_path, {"wanted": "0" * 32})
    monkeypatch.setattr(cifar_files, "MAX_BYTES", 6999)
    with pytest.raises(ValueError, match="wanted has 7,000 bytes, expected at most 6,999"):
        unpack(path, tmp_path, wanted)
    assert list(tmp_path.iterdir()) == [path]


# ---- a whole program -----------------------------------------------------------------------------------------------------

PROGRAM = """
import torch, torchvision
import torchvision.transforms as transforms
import torch.nn as nn
import torch.nn.functional as F

assert torchvision.datasets.CIFAR10.__module__.startswith("mtorch.")
transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))])
trainset = torchvision.datasets.CIFAR10(root='./data', train=True, download=True, transform=transform)
trainloader = torch.utils.data.DataLoader(trainset, batch_size=4, shuffle=True, num_workers=2)
testset = torchvision.datasets.CIFAR10(root='./data', train=False, download=True, transform=transform)
testloader = torch.utils.data.DataLoader(testset, batch_size=4, shuffle=False, num_workers=2)
images, labels = next(iter(trainloader))
assert torchvision.utils.make_grid(images).shape == (3, 36, 138)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        return self.fc2(F.relu(self.fc1(torch.flatten(x, 1))))

net = Net()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
for epoch in range(12):
    losses = []
    for inputs, labels in trainloader:
        optimizer.zero_grad()
        loss = criterion(net(inputs), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    if epoch in (0, 11):
        print(sum(losses) / len(losses))
torch.save(net.state_dict(), "cifar_net.pth")
net.load_state_dict(torch.load("cifar_net.pth", weights_only=True))
with torch.no_grad():
    for images, labels in testloader:
        _, predicted = torch.max(net(images), 1)
        assert predicted.shape == labels.shape == (4,)
"""

RUN = """
import runpy
import mtorch.as_torch
from mtorch.vision.datasets import CIFAR10
CIFAR10.train_list, CIFAR10.test_list, CIFAR10.meta = {lists!r}
runpy.run_path("program.py", run_name="__main__")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the program asks for workers and guards nothing")
def test_the_classifier_of_pytorchs_tutorial(root):
    write(root / "data" / CIFAR10.base_folder, FILES[CIFAR10])
    (root / "program.py").write_text(PROGRAM)
    (root / "run.py").write_text(RUN.format(lists=(CIFAR10.train_list, CIFAR10.test_list, CIFAR10.meta)))
    done = subprocess.run([sys.executable, "run.py"], cwd=root, capture_output=True, text=True, timeout=120, check=False,
                          env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    first, last = map(float, done.stdout.split())
    assert last < first
