"""Fetches data sets: from the first mirror that has the file, checked by its SHA-256, and either whole or not at all.

A program that can go on without the data must not hang on a network that is absent, slow or captive: finding the host,
connecting and each wait for bytes have a short time-out, the whole has a longer one, and a mirror that failed is not
asked again.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from ..utils.files import replaced

__all__ = ["download", "download_all", "has_sha256"]

_PIECE = 1 << 16
MAX_BYTES = 256 << 20  # of one file; the data sets known here have at most 27 MB


def download(url: str, path: str | os.PathLike[str], sha256: str, *, timeout: float = 5.0, total_timeout: float = 600.0,
             max_bytes: int = MAX_BYTES, progress: bool = True) -> None:
    """Fetch `url` into the file `path`, which appears only when the whole content has come and has the right digest.

    Args:
        url: http or https.
        path: the file to make or replace.
        sha256: what the content's SHA-256 must be or begin with, in hexadecimal; empty for any content.
        timeout: seconds to wait for the host to be found, for the connection and for each piece, > 0.
        total_timeout: seconds for the whole, > 0.
        max_bytes: the most to accept.
        progress: show a bar on a terminal (tqdm).

    Raises:
        OSError: the host cannot be reached, answers with an error or too slowly, or breaks off.
        ValueError: the content is not what was expected, or `url` is neither http nor https.
    """
    deadline = time.monotonic() + total_timeout
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"download: url is {url!r}, expected http://... or https://...")
    if parts.scheme not in urllib.request.getproxies():  # behind a proxy, finding the host is the proxy's part
        _find_host(parts.hostname, timeout)
    with _broken_off_as_os_error(url), urllib.request.urlopen(url, timeout=timeout) as answer, replaced(path) as file:
        length = answer.headers.get("Content-Length", "")
        expected = int(length) if length.isdigit() else None
        if expected is not None and expected > max_bytes:
            raise ValueError(f"{url}: offers {expected:,} bytes, more than the {max_bytes:,} that are accepted")
        bar = _progress_bar(Path(path).name, expected) if progress else contextlib.nullcontext()
        digest, came = hashlib.sha256(), 0
        with bar as shown:
            while piece := answer.read1(_PIECE):
                came += len(piece)
                if came > max_bytes:
                    raise ValueError(f"{url}: sent more than the {max_bytes:,} bytes that are accepted")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{url}: {came:,} bytes came in {total_timeout:g} seconds, the rest is too slow")
                digest.update(piece)
                file.write(piece)
                if shown is not None:
                    shown.update(len(piece))
        if expected is not None and came < expected:
            raise OSError(f"{url}: broke off after {came:,} of {expected:,} bytes")
        if not digest.hexdigest().startswith(sha256.lower()):
            got = f"SHA-256 of the {came:,} bytes that came is {digest.hexdigest()}"
            raise ValueError(f"{url}: {got}, expected {sha256}")


def download_all(files: Mapping[str, str], mirrors: Iterable[str], folder: str | os.PathLike[str], *,
                 timeout: float = 5.0, progress: bool = True) -> None:
    """Fetch those of `files` that `folder` does not have yet, each from the first mirror that gives it.

    Args:
        files: name -> SHA-256.
        mirrors: addresses to which a name is appended.
        folder: made if it is missing; files already there with the right digest are kept.
        timeout, progress: as in `download`.

    Raises:
        ConnectionError: no mirror gave one of the files; the message has each mirror's reason.
        OSError: `folder` cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"{folder} cannot be written")  # said before anything is fetched
    left = list(mirrors)
    failures: list[str] = []
    for name, sha256 in files.items():
        if has_sha256(folder / name, sha256):
            continue
        while left:
            try:
                download(left[0].rstrip("/") + "/" + name, folder / name, sha256, timeout=timeout, progress=progress)
                break
            except (OSError, ValueError) as error:
                failures.append(_reason(left.pop(0), error))
        else:
            raise ConnectionError(f"no mirror gave {name}: {'; '.join(failures) or 'there are no mirrors'}")


def has_sha256(path: str | os.PathLike[str], sha256: str) -> bool:
    """Whether `path` is a file whose content has this SHA-256."""
    try:
        with open(path, "rb") as file:
            return _digest(file) == sha256.lower()
    except (FileNotFoundError, IsADirectoryError):
        return False


def _digest(file: BinaryIO) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _reason(mirror: str, error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text if text.startswith(mirror) else f"{mirror}: {text}"


@contextlib.contextmanager
def _broken_off_as_os_error(url: str) -> Iterator[None]:
    """Give http.client's own errors, which are not OSErrors, the type that callers expect of a failed transfer."""
    try:
        yield
    except http.client.HTTPException as error:
        raise OSError(f"{url}: {type(error).__name__} {error}") from error
    except TimeoutError as error:
        if str(error).startswith(url):
            raise
        raise TimeoutError(f"{url}: no answer in time") from error


def _find_host(host: str, timeout: float) -> None:
    """Look the host up with a time-out, which the system's own call does not have (30 seconds offline are common)."""
    failure: list[OSError] = []

    def look_up() -> None:
        try:
            socket.getaddrinfo(host, None)
        except OSError as error:
            failure.append(error)

    worker = threading.Thread(target=look_up, daemon=True)
    worker.start()
    worker.join(timeout)
    if worker.is_alive():
        raise TimeoutError(f"{host}: not found in {timeout:g} seconds")
    if failure:
        raise OSError(f"{host}: not found ({failure[0].strerror or failure[0]})")


def _progress_bar(name: str, total: int | None) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, desc=name, unit="B", unit_scale=True, unit_divisor=1024, leave=False, disable=None)
