"""Pictures from files and to files."""

from __future__ import annotations

import io

import numpy as np
import pytest

import mtorch
from mtorch.vision.io import (ImageReadMode, decode_image, encode_jpeg, encode_png, read_file, read_image, write_file,
                              write_jpeg, write_png)

Image = pytest.importorskip("PIL.Image")


def picture(channels: int) -> mtorch.Tensor:
    rng = np.random.default_rng(0)
    return mtorch.from_numpy(rng.integers(0, 256, (channels, 5, 7), dtype=np.uint8))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_png_comes_back_as_it_was(tmp_path, channels):
    path = tmp_path / "a.png"
    write_png(picture(channels), path, compression_level=0)
    assert mtorch.equal(read_image(path), picture(channels))
    assert mtorch.equal(decode_image(read_file(path)), picture(channels))
    assert mtorch.equal(decode_image(encode_png(picture(channels), 9)), picture(channels))


def test_a_jpeg_comes_back_nearly(tmp_path):
    smooth = mtorch.arange(64).reshape(1, 8, 8).mul(3).to(mtorch.uint8).expand(3, 8, 8)
    write_jpeg(smooth, tmp_path / "a.jpg", quality=95)
    got = read_image(str(tmp_path / "a.jpg"))
    assert got.shape == (3, 8, 8) and (got.float() - smooth.float()).abs().max() < 12
    assert len(encode_jpeg(smooth, 10)) < len(encode_jpeg(smooth, 95))


@pytest.mark.parametrize(("mode", "channels"), [
    (ImageReadMode.UNCHANGED, 3), (ImageReadMode.GRAY, 1), (ImageReadMode.GRAY_ALPHA, 2), (ImageReadMode.RGB, 3),
    (ImageReadMode.RGB_ALPHA, 4), ("GRAY", 1), ("RGBA", 4), ("rgb", 3)])
def test_what_a_picture_is_made_into(mode, channels):
    got = decode_image(encode_png(picture(3)), mode=mode)
    assert got.shape == (channels, 5, 7) and got.dtype == mtorch.uint8
    if channels == 1:
        expected = np.asarray(Image.fromarray(picture(3).permute(1, 2, 0).numpy()).convert("L"))
        assert np.array_equal(got[0].numpy(), expected)


@pytest.mark.parametrize(("kind", "shape"), [("P", (3, 5, 7)), ("1", (1, 5, 7)), ("LA", (2, 5, 7)), ("RGBA", (4, 5, 7)),
                                             ("CMYK", (3, 5, 7))])
def test_pictures_of_other_kinds(kind, shape):
    file = io.BytesIO()
    Image.new(kind, (7, 5)).save(file, "TIFF" if kind == "CMYK" else "PNG")
    assert decode_image(mtorch.frombuffer(bytearray(file.getvalue()), dtype=mtorch.uint8)).shape == shape


def test_turned_as_the_camera_was_held():
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    Image.new("RGB", (7, 5)).save(file, "JPEG", exif=exif)
    data = mtorch.frombuffer(bytearray(file.getvalue()), dtype=mtorch.uint8)
    assert decode_image(data).shape == (3, 5, 7) and decode_image(data, apply_exif_orientation=True).shape == (3, 7, 5)


def test_bytes_of_a_file(tmp_path):
    data = mtorch.arange(10, dtype=mtorch.uint8)
    write_file(tmp_path / "bytes", data)
    assert mtorch.equal(read_file(tmp_path / "bytes"), data)


@pytest.mark.parametrize(("call", "error", "told"), [
    (lambda: decode_image(mtorch.arange(10, dtype=mtorch.uint8)), RuntimeError, "10 bytes that are no picture"),
    (lambda: decode_image(mtorch.zeros(10)), RuntimeError, "float32"),
    (lambda: decode_image(encode_png(picture(3))[:40]), RuntimeError, "no picture"),
    (lambda: encode_png(mtorch.zeros(3, 2, 2)), RuntimeError, "float32"),
    (lambda: encode_png(picture(2)), RuntimeError, r"\(2, 5, 7\)"),
    (lambda: encode_png(picture(3), 10), RuntimeError, "between 0 and 9"),
    (lambda: encode_jpeg(picture(3), 0), ValueError, "between 1 and 100"),
    (lambda: write_file("nowhere", mtorch.zeros(2)), RuntimeError, "float32"),
    (lambda: read_image("nowhere.png"), FileNotFoundError, "nowhere.png"),
    (lambda: decode_image(encode_png(picture(1)), mode="purple"), KeyError, "PURPLE"),
])
def test_bad_input(call, error, told):
    with pytest.raises(error, match=told):
        call()
