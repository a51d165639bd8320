"""torchvision.io: pictures from files and to files, by Pillow."""

from __future__ import annotations

import io
import os
from enum import Enum

import numpy as np

from .. import dtypes
from ..autograd.tape import wrap
from ..functions.arguments import require_tensor
from ..tensor import Tensor
from ..utils.files import replaced
from .pillow import required

__all__ = ["ImageReadMode", "decode_image", "decode_jpeg", "decode_png", "encode_jpeg", "encode_png", "read_file", "read_image",
           "write_file", "write_jpeg", "write_png"]


class ImageReadMode(Enum):
    """What a picture is made into: left as it is, grey, grey with transparency, colours, colours with transparency."""

    UNCHANGED, GRAY, GRAY_ALPHA, RGB, RGB_ALPHA = 0, 1, 2, 3, 4


_PILLOWS = {ImageReadMode.GRAY: "L", ImageReadMode.GRAY_ALPHA: "LA", ImageReadMode.RGB: "RGB", ImageReadMode.RGB_ALPHA: "RGBA"}
_CHANNELS = {1: "L", 3: "RGB"}


def _mode(mode: ImageReadMode | str) -> ImageReadMode:
    if isinstance(mode, str):
        return ImageReadMode[{"GREY": "GRAY", "RGBA": "RGB_ALPHA"}.get(mode.upper(), mode.upper())]
    return mode


def read_file(path: str | os.PathLike[str]) -> Tensor:
    """The bytes of a file (n), uint8."""
    with open(path, "rb") as file:
        return wrap(np.frombuffer(bytearray(file.read()), np.uint8))


def write_file(filename: str | os.PathLike[str], data: Tensor) -> None:
    """Write bytes (n), uint8, to a file, whole or not at all.

    Raises: RuntimeError for what is no vector of uint8.
    """
    if data.dtype is not dtypes.uint8 or data.dim() != 1:
        raise RuntimeError(f"write_file: expected a 1-dimensional tensor of uint8, got {data.dtype} of {data.dim()} dimensions")
    with replaced(filename) as file:
        file.write(data.numpy().tobytes())


def decode_image(input: Tensor | str | os.PathLike[str], mode: ImageReadMode | str = ImageReadMode.UNCHANGED,
                 apply_exif_orientation: bool = False) -> Tensor:
    """A picture's pixels, uint8.

    Args:
        input: the bytes of a file (n), uint8, or the file's path.
        mode: what to make the picture into.
        apply_exif_orientation: turn it as the camera was held.

    Shape: -> (C, H, W), C 1 for grey, 2 with transparency, 3 for colours, 4 with transparency.

    Raises:
        RuntimeError: the bytes are no picture, or `input` no vector of uint8.
        ImportError: Pillow is not installed.

    >>> import mtorch
    >>> from mtorch.vision.io import decode_image
    >>> decode_image(mtorch.zeros(2))
    Traceback (most recent call last):
    RuntimeError: decode_image: expected a 1-dimensional tensor of uint8, got torch.float32 of 1 dimensions
    """
    if isinstance(input, Tensor):
        if input.dtype is not dtypes.uint8 or input.dim() != 1:
            raise RuntimeError(f"decode_image: expected a 1-dimensional tensor of uint8, got {input.dtype} of {input.dim()} "
                               "dimensions")
        data = input.numpy().tobytes()
    else:
        data = read_file(input).numpy().tobytes()
    images = required("decoding a picture")
    try:
        image = images.open(io.BytesIO(data))
        image.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise RuntimeError(f"decode_image: {len(data)} bytes that are no picture ({error})") from None
    if apply_exif_orientation:
        from PIL import ImageOps
        image = ImageOps.exif_transpose(image)
    chosen = _mode(mode)
    if chosen is not ImageReadMode.UNCHANGED:
        image = image.convert(_PILLOWS[chosen])
    elif image.mode not in ("L", "LA", "RGB", "RGBA"):
        image = image.convert("RGBA" if "transparency" in image.info else "L" if image.mode == "1" else "RGB")
    pixels = np.asarray(image)
    return wrap(np.ascontiguousarray(pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)))


decode_png = decode_jpeg = decode_image


def read_image(path: str | os.PathLike[str], mode: ImageReadMode | str = ImageReadMode.UNCHANGED,
               apply_exif_orientation: bool = False) -> Tensor:
    """`decode_image` of a file."""
    return decode_image(path, mode, apply_exif_orientation)


def _encoded(input: Tensor, name: str, kind: str, **options: int) -> Tensor:
    x = require_tensor(input, name)
    if x.dtype is not dtypes.uint8 or x.dim() != 3 or x.shape[0] not in _CHANNELS:
        raise RuntimeError(f"{name}: expected uint8 (1, H, W) or (3, H, W), got {x.dtype} {tuple(x.shape)}")
    pixels = np.ascontiguousarray(x.numpy().transpose(1, 2, 0))
    image = required("encoding a picture").fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return wrap(np.frombuffer(bytearray(file.getvalue()), np.uint8))


def encode_png(input: Tensor, compression_level: int = 6) -> Tensor:
    """The bytes of a PNG file of a picture.

    Args:
        input: uint8.
        compression_level: 0, fast, to 9, small.

    Shape: (C, H, W), C 1 or 3 -> (n)

    Raises:
        RuntimeError: `input` has another shape or type, or the level is out of range.
    """
    if not 0 <= compression_level <= 9:
        raise RuntimeError("Compression level should be between 0 and 9")
    return _encoded(input, "encode_png", "PNG", compress_level=compression_level)


def encode_jpeg(input: Tensor, quality: int = 75) -> Tensor:
    """The bytes of a JPEG file of a picture.

    Args:
        input: uint8.
        quality: 1 to 100.

    Shape: (C, H, W), C 1 or 3 -> (n)

    Raises:
        ValueError: the quality is out of range.
        RuntimeError: `input` has another shape or type.
    """
    if not 1 <= quality <= 100:
        raise ValueError("Image quality should be a positive number between 1 and 100")
    return _encoded(input, "encode_jpeg", "JPEG", quality=quality)


def write_png(input: Tensor, filename: str | os.PathLike[str], compression_level: int = 6) -> None:
    """`encode_png` into a file."""
    write_file(filename, encode_png(input, compression_level))


def write_jpeg(input: Tensor, filename: str | os.PathLike[str], quality: int = 75) -> None:
    """`encode_jpeg` into a file."""
    write_file(filename, encode_jpeg(input, quality))
