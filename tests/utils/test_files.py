"""A file that is replaced is whole or it is the old one, and stays what it was otherwise."""

from __future__ import annotations

import os
import stat
import sys
import time
from pathlib import Path

import pytest

from mtorch.utils.files import replaced

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX modes and links")


def written(path: Path, content: bytes) -> None:
    with replaced(path) as file:
        file.write(content)


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_a_new_file_and_a_replaced_one(tmp_path):
    path = tmp_path / "deep" / "er" / "a"
    written(path, b"one")
    written(path, b"two")
    assert path.read_bytes() == b"two"
    assert names(path.parent) == ["a"]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a"
    written(path, b"old")
    def broken_off():
        with replaced(path) as file:
            file.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_until_the_block_ends_the_old_file_is_there(tmp_path):
    path = tmp_path / "a"
    written(path, b"old")
    with replaced(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
        assert len(names(tmp_path)) == 2


@posix
def test_the_mode_is_kept_and_a_new_file_has_the_usual_one(tmp_path):
    path = tmp_path / "a"
    mask = os.umask(0o027)
    try:
        written(path, b"")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    finally:
        os.umask(mask)
    path.chmod(0o604)
    written(path, b"")
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@posix
def test_a_link_keeps_pointing(tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real" / "a")
    written(link, b"one")
    written(link, b"two")
    assert link.is_symlink()
    assert (tmp_path / "real" / "a").read_bytes() == b"two"


@posix
def test_what_is_no_file_is_not_replaced(tmp_path):
    written(Path("/dev/null"), b"gone")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(IsADirectoryError):
        written(tmp_path, b"")


def test_what_killed_programs_left_is_removed_once_it_is_old(tmp_path):
    old, young, other = tmp_path / ".a.0123.part", tmp_path / ".a.4567.part", tmp_path / ".ab.0123.part"
    for path in (old, young, other):
        path.write_bytes(b"half")
    for path in (old, other):
        os.utime(path, (time.time() - 7200,) * 2)
    written(tmp_path / "a", b"whole")
    assert names(tmp_path) == [".a.4567.part", ".ab.0123.part", "a"]
