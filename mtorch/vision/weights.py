"""Trained weights from the network, kept in a folder: `torch.hub.load_state_dict_from_url`."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..serialization import load
from .download import download

__all__ = ["HASH_REGEX", "download_url_to_file", "get_dir", "load_state_dict_from_url", "set_dir"]

HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")          # resnet18-f37072fd.pth names the beginning of its SHA-256
LARGEST = 8 << 30                                   # bytes; the largest published files have some 2.5 GB
HOURS = 3600.0 * 4

_chosen: str | None = None


def get_dir() -> str:
    """The folder for what is fetched: that of `set_dir`, or `$TORCH_HOME/hub`, or `~/.cache/torch/hub`, PyTorch's own.

    Raises: RuntimeError where the user has no home folder.

    >>> get_dir().endswith("hub")
    True
    """
    if _chosen is not None:
        return _chosen
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return os.path.join(os.path.expanduser(os.environ.get("TORCH_HOME") or os.path.join(cache, "torch")), "hub")


def set_dir(d: str | os.PathLike[str]) -> None:
    """Keep what is fetched in the folder d from now on."""
    global _chosen
    _chosen = os.path.expanduser(os.fspath(d))


def download_url_to_file(url: str, dst: str | os.PathLike[str], hash_prefix: str | None = None, progress: bool = True) -> None:
    """Fetch a file, whole or not at all.

    Args:
        url: http or https.
        dst: the file to make or replace.
        hash_prefix: what the content's SHA-256 begins with, in hexadecimal; None for any content.
        progress: show a bar on a terminal.

    Raises:
        OSError: the host cannot be reached, answers with an error or too slowly, or breaks off.
        ValueError: the content is another, or `url` is neither http nor https.
    """
    download(url, dst, hash_prefix or "", total_timeout=HOURS, max_bytes=LARGEST, progress=progress)


def load_state_dict_from_url(url: str, model_dir: str | os.PathLike[str] | None = None, map_location: Any = None,
                             progress: bool = True, check_hash: bool = False, file_name: str | None = None,
                             weights_only: bool = True) -> dict[str, Any]:
    """The state_dict in a file on the network, which is fetched unless the folder has it.

    Args:
        url: of a file that `torch.save` wrote; what is in it is read, and nothing of it run.
        model_dir: the folder; None for `checkpoints` in `get_dir()`.
        map_location: the CPU.
        progress: show a bar on a terminal.
        check_hash: the file's name has the beginning of its SHA-256, `name-<sha256>.pth`, and the content must fit.
        file_name: what to call it in the folder; None for its name in the address.
        weights_only: as for `torch.load`.

    Raises:
        OSError: the file cannot be fetched.
        ValueError: the content does not fit the name.
        FileFormatError: it is no file of `torch.save`.
    """
    folder = Path(os.path.join(get_dir(), "checkpoints") if model_dir is None else model_dir)
    path = folder / (file_name or os.path.basename(urlsplit(url).path))
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        print(f'Downloading: "{url}" to {path}\n', file=sys.stderr)
        found = HASH_REGEX.search(path.name) if check_hash else None
        download_url_to_file(url, path, found[1] if found else None, progress)
    return load(path, map_location=map_location, weights_only=weights_only)
