"""How a batch goes from a worker to the loader.

Through a pipe, a batch of 19 MB costs the loader 24 ms of processor time (the pipe holds 64 kB, so the two processes
take turns), through shared memory 8 ms.  So whatever is large (arrays, and a pickle that is large itself) is written
into an anonymous file in memory, whose descriptor is sent over a socket.  The file has no name, and both sides close it
at once, so nothing is left behind however either of them ends.  What is small goes through the socket itself.
"""
from __future__ import annotations

import copyreg
import io
import os
import pickle
import socket
import tempfile
from multiprocessing import reduction
from typing import IO, Any

import numpy as np

from ...sharing import check_leaf
from ...tensor import Tensor

_SMALL = 32 * 1024                                   # bytes; below, a copy is cheaper than a mapping
_ALIGNMENT = 64
_CAN_SHARE = hasattr(socket, "SCM_RIGHTS")           # descriptors can be sent: everywhere but on Windows


def _dumped(message: Any, buffer_callback: Any) -> memoryview:
    """The message's pickle; but for a pickle between processes a tensor must be a leaf, as in PyTorch."""
    file = io.BytesIO()
    pickler = pickle.Pickler(file, 5, buffer_callback=buffer_callback)
    pickler.dispatch_table = {**copyreg.dispatch_table, Tensor: _leaf}
    pickler.dump(message)
    return file.getbuffer()


def _leaf(t: Tensor) -> tuple:
    check_leaf(t)
    return t.__reduce_ex__(5)


def send(connection: Any, message: Any) -> None:
    """Send any picklable message; tensors and arrays in it arrive as copies.

    Raises:
        whatever pickling raises, before anything has been sent.
    """
    apart: list[pickle.PickleBuffer] = []
    stream = _dumped(message, apart.append if _CAN_SHARE else None)
    parts = [memoryview(stream), *(b.raw() for b in apart)]
    sizes = [p.nbytes for p in parts]
    if not _CAN_SHARE or sum(sizes) <= _SMALL:
        connection.send_bytes(b"".join([_header(False, sizes), *parts]))
        return
    with _anonymous_file() as file:
        for part, start in zip(parts, _starts(sizes), strict=True):
            file.seek(start)
            while part:                              # the system takes at most 2 GB at once
                part = part[file.write(part):]
        file.truncate(_starts([*sizes, 0])[-1])
        connection.send_bytes(_header(True, sizes))
        reduction.send_handle(connection, file.fileno(), os.getppid())


def receive(connection: Any) -> Any:
    """The next message of `send`.

    Raises:
        EOFError, OSError: when the other side has gone, perhaps in the middle of the message.
    """
    data = connection.recv_bytes()
    count = int.from_bytes(data[1:9], "little")
    sizes = np.frombuffer(data, "<u8", count, 9).tolist()
    if data[0]:
        memory = np.empty(_starts([*sizes, 0])[-1], np.uint8)
        with open(reduction.recv_handle(connection), "rb", buffering=0) as file:
            file.seek(0)
            unread = memory
            while unread.size:
                unread = unread[file.readinto(unread.data):]
        starts = _starts(sizes)
    else:
        memory = np.frombuffer(bytearray(data), np.uint8)      # of a bytearray, lest the batch be read-only
        starts = np.cumsum([9 + 8 * count, *sizes[:-1]]).tolist()
    stream, *apart = (memory[start:start + size] for start, size in zip(starts, sizes, strict=True))
    return pickle.loads(stream.data, buffers=apart)


def _header(shared: bool, sizes: list[int]) -> bytes:
    return bytes([shared]) + len(sizes).to_bytes(8, "little") + np.array(sizes, "<u8").tobytes()


def _starts(sizes: list[int]) -> list[int]:
    """Where each part begins, aligned as fast arithmetic likes it."""
    starts, end = [], 0
    for size in sizes:
        starts.append(end)
        end = -(-(end + size) // _ALIGNMENT) * _ALIGNMENT
    return starts


def _anonymous_file() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return open(os.memfd_create("mtorch-batch"), "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)
