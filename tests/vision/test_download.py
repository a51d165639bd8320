"""Downloads against a server on this machine that sends, refuses, stalls, lies and breaks off."""

from __future__ import annotations

import hashlib
import http.server
import os
import socket
import threading
import time

import pytest

from mtorch.vision.download import download, download_all, has_sha256

CONTENT = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Behaves as the first folder of the address says, and notes what it was asked for."""

    def do_GET(self):
        self.server.asked.append(self.path)
        way = self.path.split("/")[1]
        if way == "missing":
            self.send_error(404)
            return
        if way == "silent":
            self.server.finish.wait(10)
            return
        if way == "moved":
            self.send_response(302)
            self.send_header("Location", "/good/data")
            self.end_headers()
            return
        self.send_response(200)
        if way != "unsized":
            self.send_header("Content-Length", str(10**12 if way == "huge" else len(CONTENT)))
        self.end_headers()
        if way in ("good", "unsized"):
            self.wfile.write(CONTENT)
        elif way == "other":
            self.wfile.write(CONTENT[:-1] + b"x")
        elif way in ("breaks", "stalls"):
            self.wfile.write(CONTENT[: len(CONTENT) // 2])
            self.wfile.flush()
            if way == "stalls":
                self.server.finish.wait(10)
        elif way == "drips":
            for byte in CONTENT:
                if self.server.finish.wait(0.05):
                    return
                self.wfile.write(bytes([byte]))
                self.wfile.flush()

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hangs up is part of the tests."""


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    running = Server(("127.0.0.1", 0), Handler)
    running.asked, running.finish = [], threading.Event()
    running.url = f"http://127.0.0.1:{running.server_port}"
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.finish.set()
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.mark.parametrize("way", ["good", "unsized", "moved"])
def test_success(server, tmp_path, way):
    download(f"{server.url}/{way}/data", tmp_path / "new" / "data", SHA256.upper())
    assert (tmp_path / "new" / "data").read_bytes() == CONTENT
    assert os.listdir(tmp_path / "new") == ["data"]


@pytest.mark.parametrize(("way", "error", "says"), [
    ("missing", OSError, "404"),
    ("breaks", OSError, "broke off after 128,000 of 256,000 bytes|IncompleteRead"),
    ("stalls", TimeoutError, "/stalls/data: no answer in time"),
    ("silent", TimeoutError, "/silent/data: no answer in time"),
    ("drips", TimeoutError, "bytes came in 1 seconds, the rest is too slow"),
    ("other", ValueError, f"256,000 bytes that came is [0-9a-f]{{64}}, expected {SHA256}"),
    ("huge", ValueError, "offers 1,000,000,000,000 bytes, more than the 268,435,456"),
])
@pytest.mark.parametrize("old", [None, b"what was there before"])
def test_failure_says_why_and_damages_nothing(server, tmp_path, way, error, says, old):
    path = tmp_path / "data"
    if old:
        path.write_bytes(old)
    began = time.monotonic()
    with pytest.raises(error, match=says):
        download(f"{server.url}/{way}/data", path, SHA256, timeout=0.4, total_timeout=1.0)
    assert time.monotonic() - began < 3.0
    assert os.listdir(tmp_path) == (["data"] if old else [])
    assert not old or path.read_bytes() == old


def test_more_than_promised_is_not_taken(server, tmp_path):
    with pytest.raises(ValueError, match="sent more than the 1,000 bytes"):
        download(f"{server.url}/unsized/data", tmp_path / "data", SHA256, max_bytes=1000)
    assert not os.listdir(tmp_path)


def test_interruption_by_the_user_leaves_nothing(server, tmp_path, monkeypatch):
    import tqdm

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(tqdm.tqdm, "update", interrupted)
    with pytest.raises(KeyboardInterrupt):
        download(f"{server.url}/good/data", tmp_path / "data", SHA256)
    assert not os.listdir(tmp_path)


def test_nothing_listens(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/data"
    with pytest.raises(OSError, match="refused"):
        download(url, tmp_path / "data", SHA256, timeout=0.4)


def test_finding_the_host_has_a_time_out(tmp_path, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args: time.sleep(5))
    monkeypatch.setattr("urllib.request.getproxies", dict)
    began = time.monotonic()
    with pytest.raises(TimeoutError, match=r"data\.example: not found in 0\.2 seconds"):
        download("https://data.example/data", tmp_path / "data", SHA256, timeout=0.2)
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize("url", ["file:///etc/hosts", "ftp://host/data", "data", ""])
def test_only_http_is_fetched(tmp_path, url):
    with pytest.raises(ValueError, match="expected http://... or https://..."):
        download(url, tmp_path / "data", SHA256)


def test_mirrors_are_tried_in_turn_and_a_failed_one_is_not_asked_again(server, tmp_path):
    files = {"one": SHA256, "two": SHA256}
    download_all(files, [f"{server.url}/missing", f"{server.url}/other/", f"{server.url}/good/"], tmp_path)
    assert server.asked == ["/missing/one", "/other/one", "/good/one", "/good/two"]
    assert sorted(os.listdir(tmp_path)) == ["one", "two"]


def test_files_already_there_are_kept_and_damaged_ones_replaced(server, tmp_path):
    (tmp_path / "one").write_bytes(CONTENT)
    (tmp_path / "two").write_bytes(CONTENT[:-1])
    download_all({"one": SHA256, "two": SHA256}, [f"{server.url}/good/"], tmp_path)
    assert server.asked == ["/good/two"]
    assert has_sha256(tmp_path / "two", SHA256)


def test_no_mirror_has_it(server, tmp_path):
    (tmp_path / "one").write_bytes(b"damaged, but the user's")
    with pytest.raises(ConnectionError) as caught:
        download_all({"one": SHA256}, [f"{server.url}/missing/", f"{server.url}/other/"], tmp_path)
    assert f"no mirror gave one: {server.url}/missing/: HTTP Error 404" in str(caught.value)
    assert f"{server.url}/other/one: SHA-256 of the 256,000 bytes" in str(caught.value)
    assert (tmp_path / "one").read_bytes() == b"damaged, but the user's"


def test_has_sha256(tmp_path):
    (tmp_path / "data").write_bytes(CONTENT)
    assert has_sha256(tmp_path / "data", SHA256.upper())
    assert not has_sha256(tmp_path / "data", "0" * 64)
    assert not has_sha256(tmp_path / "none", SHA256)
    assert not has_sha256(tmp_path, SHA256)
