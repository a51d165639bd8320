"""IDX files: what is written is read again, and whatever is wrong with a file is said and harms nothing."""

from __future__ import annotations

import gzip
import os
import re
import stat
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from mtorch.vision.idx import find_idx, read_idx, read_images, read_labels, read_split, write_idx
from tests.serialization import fuzz

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 28, 28), np.uint8)
LABELS = np.array([3, 1, 4, 1, 5], np.uint8)
HEADER = bytes.fromhex("00000803 00000005 0000001c 0000001c")


def refuses(read, path: Path, *words: str) -> None:
    """`read(path)` raises a ValueError that names the file and says each of the words; the file is as it was."""
    before = path.read_bytes()
    with pytest.raises(ValueError) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))
    for word in words:
        assert word in str(caught.value)
    assert path.read_bytes() == before


@pytest.fixture(params=["plain", "gz"])
def put(request, tmp_path):
    """Write bytes to a file, plain or packed."""

    def write(content: bytes) -> Path:
        path = tmp_path / "file"
        path.write_bytes(content if request.param == "plain" else gzip.compress(content))
        return path

    return write


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "float32", "float64", ">i2"])
@pytest.mark.parametrize("shape", [(7,), (2, 3, 4), (0,), (3, 0, 2)])
@pytest.mark.parametrize("name", ["numbers", "numbers.gz"])
def test_round_trip(tmp_path, dtype, shape, name):
    array = np.random.default_rng(1).integers(0, 100, shape).astype(dtype)
    write_idx(tmp_path / name, array)
    again = read_idx(tmp_path / name)
    assert again.dtype == np.dtype(dtype).newbyteorder("=")
    assert again.dtype.isnative
    assert again.flags.writeable
    np.testing.assert_array_equal(again, array)


def test_header_is_that_of_the_format(tmp_path):
    write_idx(tmp_path / "images", IMAGES)
    assert (tmp_path / "images").read_bytes() == HEADER + IMAGES.tobytes()


def test_gzip_is_told_by_content_not_name(tmp_path):
    (tmp_path / "images.gz").write_bytes(HEADER + IMAGES.tobytes())
    (tmp_path / "images").write_bytes(gzip.compress(HEADER + IMAGES.tobytes()))
    np.testing.assert_array_equal(read_idx(tmp_path / "images.gz"), IMAGES)
    np.testing.assert_array_equal(read_idx(tmp_path / "images"), IMAGES)


def test_non_contiguous_array_is_written(tmp_path):
    write_idx(tmp_path / "a", IMAGES[::2, ::-1].transpose(2, 0, 1))
    np.testing.assert_array_equal(read_idx(tmp_path / "a"), IMAGES[::2, ::-1].transpose(2, 0, 1))


def test_equal_arrays_give_equal_files(tmp_path):
    write_idx(tmp_path / "a.gz", IMAGES)
    write_idx(tmp_path / "b.gz", IMAGES)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


def test_writing_refuses_what_idx_cannot_hold(tmp_path):
    with pytest.raises(TypeError, match=r"write_idx: array has dtype int64, IDX holds uint8"):
        write_idx(tmp_path / "a", np.arange(3))
    with pytest.raises(ValueError, match=r"write_idx: array has shape \(\), IDX holds 1 to 255 dimensions"):
        write_idx(tmp_path / "a", np.uint8(3))
    assert not list(tmp_path.iterdir())


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "images"
    write_idx(path, LABELS)
    path.chmod(0o640)
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError("no space left")))
        with pytest.raises(OSError, match="no space left"):
            write_idx(path, IMAGES)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["images"]
    write_idx(path, IMAGES)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_new_file_has_the_mode_of_any_new_file(tmp_path):
    (tmp_path / "usual").write_bytes(b"")
    write_idx(tmp_path / "ours", LABELS)
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_temporary_files_of_killed_writers_go_in_time(tmp_path):
    old, young = tmp_path / ".labels.abc.part", tmp_path / ".labels.def.part"
    for file in (old, young):
        file.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    write_idx(tmp_path / "labels", LABELS)
    assert {file.name for file in tmp_path.iterdir()} == {"labels", young.name}


@pytest.mark.parametrize("size", [0, 1, 3, 4, 9, 15, 16, 17, 1000, 16 + 5 * 784 - 1])
def test_truncated_content(put, size):
    refuses(read_idx, put((HEADER + IMAGES.tobytes())[:size]), "expected" if size < 4 else "truncated")


@pytest.mark.parametrize("size", [3, 12, 40, 1000, -9, -1])
def test_truncated_gzip(tmp_path, size):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(HEADER + IMAGES.tobytes())[:size])
    refuses(read_idx, path, "truncated", "expected")


def test_oversized(put):
    refuses(read_idx, put(HEADER + IMAGES.tobytes() + b"x"), "(uint8, 5 x 28 x 28) needs 3,920 bytes", "oversized")


def test_bytes_after_the_gzip_data(tmp_path):
    packed = gzip.compress(HEADER + IMAGES.tobytes())
    (tmp_path / "padded").write_bytes(packed + bytes(512))
    np.testing.assert_array_equal(read_idx(tmp_path / "padded"), IMAGES)
    (tmp_path / "longer").write_bytes(packed + b"something")
    refuses(read_idx, tmp_path / "longer", "oversized", "9 or more bytes")


def test_damaged_gzip_is_noticed_by_its_checksum(tmp_path):
    content = bytearray(gzip.compress(HEADER + IMAGES.tobytes(), 0))  # level 0: stored, so the flip itself unpacks
    content[500] ^= 1
    (tmp_path / "file").write_bytes(content)
    refuses(read_idx, tmp_path / "file", "damaged")


@pytest.mark.parametrize("magic", ["89504e47", "00000803"[::-1], "00000703", "00000800", "03080000"])
def test_other_kind_of_file(put, magic):
    refuses(read_idx, put(bytes.fromhex(magic) + bytes(100)), magic, "00000803 for images")


def test_mislabelled(tmp_path):
    write_idx(tmp_path / "images", IMAGES)
    write_idx(tmp_path / "labels", LABELS)
    write_idx(tmp_path / "floats", IMAGES.astype(np.float32))
    write_idx(tmp_path / "none", IMAGES[:0])
    refuses(read_images, tmp_path / "labels", "(uint8, 5)", "expected images")
    refuses(read_images, tmp_path / "floats", "(float32, 5 x 28 x 28)", "expected images")
    refuses(read_images, tmp_path / "none", "(uint8, 0 x 28 x 28)", "N > 0")
    refuses(read_labels, tmp_path / "images", "(uint8, 5 x 28 x 28)", "expected labels")


def test_label_out_of_range(tmp_path):
    write_idx(tmp_path / "labels", np.array([1, 2, 10, 11], np.uint8))
    refuses(read_labels, tmp_path / "labels", "label 10 at index 2, expected labels from 0 to 9")
    assert read_labels(tmp_path / "labels", classes=12).tolist() == [1, 2, 10, 11]


@pytest.mark.parametrize("sizes", ["ffffffff ffffffff ffffffff", "00100000 0000001c 0000001c"])
def test_header_that_claims_too_much_reserves_nothing(put, sizes):
    path = put(bytes.fromhex("00000803" + sizes) + bytes(100))
    tracemalloc.start()
    refuses(read_idx, path, "the header (uint8, ", "more than the" if sizes[0] == "f" else "truncated")
    assert tracemalloc.get_traced_memory()[1] < 1 << 24
    tracemalloc.stop()


def test_limit(put):
    path = put(HEADER + IMAGES.tobytes())
    assert read_idx(path, max_bytes=3920).shape == (5, 28, 28)
    refuses(lambda file: read_idx(file, max_bytes=3919), path, "needs 3,920 bytes", "3,919 that are accepted")


@pytest.mark.parametrize("start", [HEADER, b"", bytes.fromhex("00000803 00002710 0000001c 0000001c")])
def test_gzip_bomb_stops_early(tmp_path, start):
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(start)
        for _ in range(400):
            file.write(bytes(1 << 20))
    tracemalloc.start()
    began = time.perf_counter()
    refuses(read_idx, path, "expected" if not start else "oversized")
    assert tracemalloc.get_traced_memory()[1] < 40 << 20    # never the 400 MB that it unpacks to
    tracemalloc.stop()
    assert time.perf_counter() - began < 5.0


def test_packed_file_far_larger_than_its_content(tmp_path):
    path = tmp_path / "file"
    write_idx(path, LABELS)
    path.write_bytes(gzip.compress(path.read_bytes()) + bytes(3 << 20))
    refuses(read_idx, path, "3,145,", "expected at most")


def test_split_is_found_by_any_of_its_names(tmp_path):
    write_idx(tmp_path / "t10k-images.idx3-ubyte", IMAGES)
    write_idx(tmp_path / "t10k-labels-idx1-ubyte.gz", LABELS)
    images, labels = read_split(tmp_path, "t10k")
    np.testing.assert_array_equal(images, IMAGES)
    np.testing.assert_array_equal(labels, LABELS)


def test_split_with_other_counts(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte", IMAGES)
    write_idx(tmp_path / "train-labels-idx1-ubyte", LABELS[:4])
    with pytest.raises(ValueError, match="train-labels-idx1-ubyte: 4 labels, expected 5, one for each image"):
        read_split(tmp_path, "train")


def test_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape(f"{tmp_path} has none of the files train-images-idx3-ubyte")):
        read_split(tmp_path, "train")
    with pytest.raises(FileNotFoundError, match="nowhere is not a folder; expected one with one of train-images-idx3"):
        find_idx(tmp_path / "nowhere", "train-images", "idx3-ubyte")


def test_damaged_files_are_read_or_refused():
    """Only ValueError comes.  (`python -m tests.serialization.fuzz` does many more.)"""
    tracemalloc.start()
    outcomes = fuzz.run_idx(1500, seed=1)
    assert tracemalloc.get_traced_memory()[1] < 40 << 20
    tracemalloc.stop()
    assert outcomes["loaded"] + outcomes["ValueError"] == 1500
    assert outcomes["loaded"] > 50
    assert outcomes["ValueError"] > 1000
    assert outcomes["slowest, ms"] < 1000
