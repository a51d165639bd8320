"""The safetensors form: byte for byte what the library writes, and its errors for what is damaged."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

import mtorch
from mtorch.serialization import FileFormatError
from mtorch.serialization.safetensors import SafetensorError, load, load_file, safe_open, save, save_file

DTYPES = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64",
          "bool", "complex64"]
NARROW_DTYPES = ["float8_e4m3fn", "float8_e4m3fnuz", "float8_e5m2", "float8_e5m2fnuz", "float8_e8m0fnu"]


def many(lib):
    rng = np.random.default_rng(0)
    values = {}
    for i, name in enumerate(2 * DTYPES):
        array = np.asarray(rng.normal(size=[(), (3,), (2, 3), (0, 4)][i % 4]) * 100)
        values[f"layer.{30 - i}.é\n\"{i}"] = lib.from_numpy(np.asarray(np.abs(array)).astype(name))
    return values


@pytest.mark.parametrize("metadata", [None, {}, {"made \"by\"": "ünï\x01"}])
def test_the_bytes_are_the_librarys(metadata, tmp_path):
    torch = pytest.importorskip("torch")
    library = pytest.importorskip("safetensors.torch")
    assert save(many(mtorch), metadata) == library.save(many(torch), metadata)
    save_file(many(mtorch), tmp_path / "ours", metadata)
    library.save_file(many(torch), tmp_path / "theirs", metadata)
    assert (tmp_path / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()


def test_both_ways(tmp_path):
    torch = pytest.importorskip("torch")
    library = pytest.importorskip("safetensors.torch")
    save_file(many(mtorch), tmp_path / "ours")
    library.save_file(many(torch), tmp_path / "theirs")
    for loaded, expected in ((library.load_file(tmp_path / "ours"), many(torch)),
                             (load_file(tmp_path / "theirs"), many(mtorch)),
                             (load(save(many(mtorch))), many(mtorch))):
        assert sorted(loaded) == sorted(expected)
        for name, tensor in expected.items():
            assert loaded[name].dtype == tensor.dtype
            assert loaded[name].shape == tensor.shape
            np.testing.assert_array_equal(loaded[name].numpy(), tensor.numpy())
    orders = [[name for name, t in loaded.items() if t.numel()]       # of empty ones the library's own order varies
              for loaded in (load_file(tmp_path / "theirs"), library.load_file(tmp_path / "ours"))]
    assert orders[0] == orders[1]


@pytest.mark.parametrize("name", NARROW_DTYPES)
def test_types_that_numpy_has_not(name):
    torch = pytest.importorskip("torch")
    library = pytest.importorskip("safetensors.torch")
    theirs = torch.arange(256, dtype=torch.uint8).view(getattr(torch, name))
    with pytest.warns(UserWarning, match=f"loaded {name} as float32"):
        ours = load(library.save({"x": theirs}))["x"]
    np.testing.assert_array_equal(ours.numpy(), theirs.float().numpy())


@pytest.mark.parametrize("name", NARROW_DTYPES)
@pytest.mark.filterwarnings("ignore:.*loaded:UserWarning")
def test_types_that_numpy_has_not_are_written_again(name):
    torch = pytest.importorskip("torch")
    library = pytest.importorskip("safetensors.torch")
    values = torch.tensor([0.5, 1.0, 2.0, 4.0]).to(getattr(torch, name))
    data = library.save({"x": values, "y": torch.ones(2)})
    ours = load(data)
    assert save(ours) == data
    ours["x"].mul_(0.3)
    assert library.load(save(ours))["x"].dtype == torch.float32


def test_a_file_that_is_looked_at(tmp_path):
    tensors = {"b": mtorch.arange(6).reshape(2, 3), "a": mtorch.ones(2), "c": mtorch.zeros(1)}
    save_file(tensors, tmp_path / "x", {"k": "v"})
    with safe_open(tmp_path / "x", framework="pt", device="cpu") as file:
        assert file.keys() == ["a", "b", "c"]
        assert file.offset_keys() == ["b", "a", "c"]
        assert file.metadata() == {"k": "v"}
        assert file.get_tensor("b").tolist() == [[0, 1, 2], [3, 4, 5]]
        part = file.get_slice("b")
        assert (part.get_shape(), part.get_dtype(), part[1, :2].tolist()) == ([2, 3], "I64", [3, 4])
        with pytest.raises(SafetensorError, match="does not contain tensor z"):
            file.get_tensor("z")
    with safe_open(tmp_path / "x", framework="np") as file:
        assert isinstance(file.get_tensor("a"), np.ndarray)
        assert file.get_tensors().keys() == tensors.keys()
    with pytest.raises(ValueError, match="framework 'jax'"):
        safe_open(tmp_path / "x", framework="jax")
    with pytest.raises(NotImplementedError, match="only the CPU"):
        load_file(tmp_path / "x", device="cuda")


def test_what_was_loaded_may_be_written_to():
    loaded = load(save({"a": mtorch.ones(2), "b": mtorch.ones(2)}))
    loaded["a"][0] = 5
    assert loaded["b"].tolist() == [1, 1]


@pytest.mark.parametrize(("tensors", "error", "words"), [
    ([1], ValueError, "Expected a dict"), ({"a": 1}, ValueError, "Key `a` is invalid"),
    ({1: mtorch.ones(1)}, TypeError, "Key 1"), ({"a": mtorch.ones(2, 3).t()}, ValueError, "non contiguous tensor: `a`"),
    ({"a": mtorch.ones(1, dtype=mtorch.complex128)}, ValueError, "complex128"),
])
def test_what_cannot_be_saved(tensors, error, words):
    with pytest.raises(error, match=words):
        save(tensors)


def test_shared_memory_is_refused_as_in_the_library():
    x = mtorch.zeros(4)
    for tensors in ({"a": x, "b": x}, {"a": x[:2], "b": x[1:]}, {"a": x, "b": x[1:2], "c": x[3:]}):
        with pytest.raises(RuntimeError, match="Some tensors share memory"):
            save(tensors)
    assert len(load(save({"a": x[:2], "b": x[2:]}))) == 2
    with pytest.raises(TypeError, match="metadata"):
        save({}, metadata={"a": 1})


def made(header, data: bytes = bytes(4)) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(**changes):
    return {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} | changes}


DAMAGED = {
    "empty": b"", "cut off": b"abc", "a header that is too long": struct.pack("<Q", 10**9) + b"{}",
    "a header beyond the end": struct.pack("<Q", 100) + b"{}", "no JSON": made(b"hello"), "a list": made(b"[]"),
    "no text": made(b"\xff\xfe"), "deep JSON": made(b"[" * 100_000),
    "a long number": made(b'{"a":' + b"9" * 100_000 + b"}"),
    "bytes that belong to nothing": made(entry(), bytes(5)), "too few bytes": made(entry(), bytes(3)),
    "a hole": made(entry(data_offsets=[4, 8]), bytes(8)), "a wrong size": made(entry(shape=[2])),
    "a negative size": made(entry(shape=[-1])), "a size of another kind": made(entry(shape=[1.0])),
    "a bool as size": made(entry(shape=[True])), "no shape": made({"a": {"dtype": "F32", "data_offsets": [0, 4]}}),
    "an enormous size": made(entry(shape=[2**63, 2**63])),
    "an enormous empty size": made(entry(shape=[2**63, 0], data_offsets=[0, 0])),
    "too many dimensions": made(entry(shape=[1] * 65)), "an unknown type": made(entry(dtype="F128")),
    "a type of parts of bytes": made(entry(dtype="F4")), "a type that is no text": made(entry(dtype=[])),
    "offsets that go back": made(entry(data_offsets=[4, 0])), "one offset": made(entry(data_offsets=[4])),
    "an entry that is no dict": made({"a": 1}), "a name twice": made(b'{"a":1,"a":2}'),
    "metadata that are no text": made({"__metadata__": {"a": 1}}), "a bool that is neither": made(
        {"a": {"dtype": "BOOL", "shape": [4], "data_offsets": [0, 4]}}, b"\0\1\2\0"),
    "tensors over each other": made({"a": entry()["a"], "b": entry()["a"]}),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files(name, tmp_path):
    with pytest.raises(SafetensorError) as caught:
        load(DAMAGED[name])
    assert isinstance(caught.value, FileFormatError)
    (tmp_path / "x").write_bytes(DAMAGED[name])
    with pytest.raises(SafetensorError):
        load_file(tmp_path / "x")


def test_what_the_library_accepts():
    assert load(made({}, b"")) == {}
    assert load(made(b"  {} ", b"")) == {}
    assert load(made(entry(note="x")))["a"].tolist() == [0]
