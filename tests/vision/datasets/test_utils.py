"""torchvision.datasets.utils: fetching, checking and unpacking."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from mtorch.vision import datasets
from mtorch.vision.datasets import utils

CONTENT = b"1 2 3"
MD5 = hashlib.md5(CONTENT).hexdigest()


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were asked for; each gives the same content."""
    asked: list[str] = []

    def download(url: str, path: Path, sha256: str, **limits: float) -> None:
        asked.append(url)
        Path(path).write_bytes(CONTENT)
    monkeypatch.setattr(utils, "download", download)
    return asked


def archive_of(kind: str) -> bytes:
    """An archive of this kind in which folder/data is CONTENT."""
    file = io.BytesIO()
    if kind == ".zip":
        with zipfile.ZipFile(file, "w") as zipped:
            zipped.writestr("folder/data", CONTENT)
        return file.getvalue()
    packing = {".tgz": "w:gz", ".gz": "w:gz", ".xz": "w:xz", ".bz2": "w:bz2"}.get("." + kind.split(".")[-1], "w")
    with tarfile.open(fileobj=file, mode=packing) as tar:              # type: ignore[call-overload]
        entry = tarfile.TarInfo("folder/data")
        entry.size = len(CONTENT)
        tar.addfile(entry, io.BytesIO(CONTENT))
    return file.getvalue()


def test_a_file_is_fetched_once(tmp_path: Path, fetched: list[str]) -> None:
    for _ in range(2):
        datasets.utils.download_url("https://example.org/a/data.txt", str(tmp_path / "new"), md5=MD5)
    utils.download_url("https://example.org/a/data.txt", tmp_path, "other")
    assert fetched == ["https://example.org/a/data.txt"] * 2
    assert (tmp_path / "new" / "data.txt").read_bytes() == (tmp_path / "other").read_bytes() == CONTENT
    with pytest.raises(RuntimeError, match="File not found or corrupted.*expected 123"):
        utils.download_url("https://example.org/a/data.txt", tmp_path, md5="123")


def test_what_files_are() -> None:
    assert utils.check_integrity(__file__) and not utils.check_integrity(__file__ + "x")
    assert utils.check_integrity(__file__, utils.calculate_md5(__file__, 7)) and not utils.check_md5(__file__, MD5)


@pytest.mark.parametrize("kind", [".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2"])
def test_archives(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.b{kind}"
    path.write_bytes(archive_of(kind))
    assert utils.extract_archive(str(path), str(tmp_path / "to")) == str(tmp_path / "to")
    assert utils.extract_archive(path, remove_finished=True) == tmp_path and not path.exists()
    assert (tmp_path / "to" / "folder" / "data").read_bytes() == (tmp_path / "folder" / "data").read_bytes() == CONTENT


@pytest.mark.parametrize(("kind", "packing"), [(".gz", gzip), (".bz2", bz2), (".xz", lzma)])
def test_a_file_that_is_compressed(tmp_path: Path, kind: str, packing: object) -> None:
    path = tmp_path / f"data.txt{kind}"
    path.write_bytes(packing.compress(CONTENT))                        # type: ignore[attr-defined]
    assert utils.extract_archive(path) == tmp_path / "data.txt" and (tmp_path / "data.txt").read_bytes() == CONTENT


def test_what_cannot_be_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "data.rar"
    path.touch()
    with pytest.raises(RuntimeError, match=r"archive type: '\.rar'"):
        utils.extract_archive(path)
    outside = tmp_path / "a.tar"
    with tarfile.open(outside, "w") as tar:
        tar.addfile(tarfile.TarInfo("../outside"))
    with pytest.raises(tarfile.FilterError):
        utils.extract_archive(outside, tmp_path / "to")
    assert not (tmp_path / "outside").exists()


def test_download_and_extract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utils, "download", lambda url, path, *_, **__: Path(path).write_bytes(archive_of(".zip")))
    utils.download_and_extract_archive("http://example.org/a.zip", tmp_path, remove_finished=True)
    assert utils.list_dir(tmp_path) == ["folder"] and utils.list_files(tmp_path, ".zip") == []
    assert utils.list_files(tmp_path / "folder", ("a", "x"), prefix=True) == [str(tmp_path / "folder" / "data")]
    with pytest.raises(NotImplementedError, match="fetch 1ab by hand"):
        utils.download_file_from_google_drive("1ab", tmp_path)


def test_arguments_of_a_data_set() -> None:
    assert utils.verify_str_arg("a", "split", ("a", "b")) == utils.verify_str_arg("a") == "a"
    with pytest.raises(ValueError, match=r"Unknown value 'c' for argument split. Valid values are {'a', 'b'}."):
        utils.verify_str_arg("c", "split", ("a", "b"))
    with pytest.raises(ValueError, match="Expected type str for argument split, but got type <class 'int'>."):
        utils.verify_str_arg(3, "split", ("a", "b"))
    with pytest.raises(ValueError, match="no such part"):
        utils.verify_str_arg("c", "split", ("a", "b"), "no such part")
