"""TensorBoard's files, byte by byte: records with checksums (TFRecord), each a message in protocol buffers' encoding.

Source: tensorflow/core/lib/io/record_writer, tensorflow/core/util/event.proto and framework/summary.proto.
"""
from __future__ import annotations

import struct

_POLYNOMIAL = 0x82F63B78                  # CRC-32C (Castagnoli), bits reflected


def _table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _table()


def crc32c(data: bytes) -> int:
    """The checksum CRC-32C.

    >>> hex(crc32c(b"123456789"))
    '0xe3069283'
    """
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def record(data: bytes) -> bytes:
    """A record of the file: its length, that length's checksum, the data, its checksum."""
    def masked(part: bytes) -> bytes:
        crc = crc32c(part)
        return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
    length = struct.pack("<Q", len(data))
    return length + masked(length) + data + masked(data)


def varint(number: int) -> bytes:
    """A whole number in groups of 7 bits, the lowest first; negative ones as their 64-bit complement."""
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number: int, value: int | float | str | bytes | list[float], *, single: bool = False) -> bytes:
    """One field of a message: int as varint, float as double (as float with single=True), a list as packed doubles."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | (5 if single else 1)) + struct.pack("<f" if single else "<d", value)
    if isinstance(value, list):
        value = struct.pack(f"<{len(value)}d", *value)
    elif isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def event(wall_time: float, step: int | None = None, *, summary: bytes | None = None,
          file_version: str | None = None) -> bytes:
    """An Event message."""
    message = field(1, float(wall_time))
    if step is not None:
        message += field(2, int(step))
    if file_version is not None:
        message += field(3, file_version)
    if summary is not None:
        message += field(5, summary)
    return message


def scalar_summary(tag: str, value: float) -> bytes:
    """A Summary message of one number."""
    with_tag = field(1, tag)
    return field(1, with_tag + varint(2 << 3 | 5) + struct.pack("<f", value))


def text_summary(tag: str, text: str) -> bytes:
    """A Summary message of one text."""
    tensor = field(1, 7) + field(2, field(2, field(1, 1))) + field(8, text)        # DT_STRING, shape [1]
    metadata = field(1, field(1, "text"))
    return field(1, field(1, f"{tag}/text_summary") + field(9, metadata) + field(8, tensor))


def histogram_summary(tag: str, low: float, high: float, number: float, total: float, squares: float,
                      limits: list[float], counts: list[float]) -> bytes:
    """A Summary message of a histogram: `counts[i]` of the numbers are up to `limits[i]` and above the limit before."""
    histogram = (field(1, low) + field(2, high) + field(3, number) + field(4, total) + field(5, squares)
                 + field(6, limits) + field(7, counts))
    return field(1, field(1, tag) + field(5, histogram))


def image_summary(tag: str, png: bytes, height: int, width: int, channels: int) -> bytes:
    """A Summary message of a picture."""
    image = field(1, height) + field(2, width) + field(3, channels) + field(4, png)
    return field(1, field(1, tag) + field(4, image))
