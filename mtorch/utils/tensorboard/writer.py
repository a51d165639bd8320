"""`SummaryWriter`: what a training run tells TensorBoard, written as TensorBoard's own event files."""
from __future__ import annotations

import os
import socket
import struct
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from ...tensor import Tensor
from . import events


class SummaryWriter:
    """Writes numbers, texts, histograms and pictures of a run into a folder that TensorBoard reads.

    log_dir: the folder; "runs/<date and time>_<machine>" when left out, followed by `comment`.
    comment: what is added to the name of a folder that was left out
    filename_suffix: what the names of files end in
    max_queue, flush_secs: torch's, accepted and without effect
    purge_step: None; to go on in an old folder is not supported

    Raises: NotImplementedError for a purge_step; OSError where the folder cannot be written.
    Source: the format of event files, TensorFlow's tensorflow/core/util/event.proto and lib/io/record_writer.

    >>> from mtorch.utils.tensorboard import SummaryWriter
    >>> with SummaryWriter("runs/example") as writer:
    ...     for step in range(3):
    ...         writer.add_scalar("loss", 1 / (step + 1), step)
    """

    def __init__(self, log_dir: str | os.PathLike | None = None, comment: str = "", purge_step: int | None = None,
                 max_queue: int = 10, flush_secs: int = 120, filename_suffix: str = "") -> None:
        if purge_step is not None:
            raise NotImplementedError("SummaryWriter: purge_step; begin a new log_dir")
        if log_dir is None:
            log_dir = Path("runs") / f"{time.strftime('%b%d_%H-%M-%S')}_{socket.gethostname()}{comment}"
        self.log_dir, self._suffix = str(log_dir), filename_suffix
        self._files: dict[str, Any] = {}
        self._file(self.log_dir)

    def _file(self, folder: str) -> Any:
        """The event file of a folder, begun when it is first written to."""
        if folder not in self._files:
            Path(folder).mkdir(parents=True, exist_ok=True)
            now = time.time()
            place = f"{socket.gethostname()}.{os.getpid()}.{len(self._files)}"
            name = f"events.out.tfevents.{int(now):010d}.{place}{self._suffix}"
            file = open(Path(folder) / name, "wb")      # noqa: SIM115 - it stays open until close()
            file.write(events.record(events.event(now, file_version="brain.Event:2")))
            self._files[folder] = file
        return self._files[folder]

    def _write(self, summary: bytes, step: Any, walltime: float | None, folder: str | None = None) -> None:
        message = events.event(time.time() if walltime is None else walltime, None if step is None else int(step),
                               summary=summary)
        self._file(folder or self.log_dir).write(events.record(message))

    def add_scalar(self, tag: str, scalar_value: Any, global_step: Any = None, walltime: float | None = None,
                   new_style: bool = False, double_precision: bool = False) -> None:
        """One number of a curve; TensorBoard keeps it as a float32.

        Raises: NotImplementedError for double_precision=True.
        """
        if double_precision:
            raise NotImplementedError("add_scalar: double_precision=True; the number is kept as a float32")
        self._write(events.scalar_summary(tag, float(scalar_value)), global_step, walltime)

    def add_scalars(self, main_tag: str, tag_scalar_dict: dict[str, Any], global_step: Any = None,
                    walltime: float | None = None) -> None:
        """One number of each of several curves in one picture; each curve gets a folder of its own, as in torch."""
        for tag, value in tag_scalar_dict.items():
            folder = f"{self.log_dir}/{main_tag.replace('/', '_')}_{tag}"
            self._write(events.scalar_summary(main_tag, float(value)), global_step, walltime, folder)

    def add_text(self, tag: str, text_string: str, global_step: Any = None, walltime: float | None = None) -> None:
        """A text."""
        self._write(events.text_summary(tag, text_string), global_step, walltime)

    def add_histogram(self, tag: str, values: Any, global_step: Any = None, bins: str | int | list = "auto",
                      walltime: float | None = None, max_bins: int | None = None) -> None:
        """How the values are spread, counted in bins (as `numpy.histogram` takes them; "tensorflow" is "auto").

        Raises: ValueError where there are no values, or nan or inf among them.
        """
        if max_bins is not None:
            raise NotImplementedError("add_histogram: max_bins; give the number of bins by bins=")
        x = np.asarray(values.detach().numpy() if isinstance(values, Tensor) else values, np.float64).ravel()
        if not x.size or not np.isfinite(x).all():
            raise ValueError(f"add_histogram: {tag} has {x.size} values, {int((~np.isfinite(x)).sum())} of them nan "
                             "or inf; expected finite numbers")
        counts, edges = np.histogram(x, bins="auto" if bins == "tensorflow" else bins)
        self._write(events.histogram_summary(tag, float(x.min()), float(x.max()), float(x.size), float(x.sum()),
                                             float(x @ x), edges.tolist(), [0.0, *map(float, counts)]),
                    global_step, walltime)

    def add_image(self, tag: str, img_tensor: Any, global_step: Any = None, walltime: float | None = None,
                  dataformats: str = "CHW") -> None:
        """A picture: of bytes 0 to 255, or of floating point numbers 0 to 1.

        Shape: as dataformats says: "CHW", "HWC" or "HW"; C is 1, 3 or 4.
        """
        x = np.asarray(img_tensor.detach().numpy() if isinstance(img_tensor, Tensor) else img_tensor)
        if sorted(dataformats) not in (["C", "H", "W"], ["H", "W"]) or x.ndim != len(dataformats):
            raise ValueError(f"add_image: img_tensor has shape {x.shape}, dataformats is {dataformats!r}")
        x = x.transpose([dataformats.index(axis) for axis in ("HWC" if "C" in dataformats else "HW")])
        x = x[..., None] if x.ndim == 2 else x
        if x.shape[2] not in (1, 3, 4):
            raise ValueError(f"add_image: img_tensor has {x.shape[2]} channels, expected 1, 3 or 4")
        x = x if x.dtype == np.uint8 else (x * 255).clip(0, 255).astype(np.uint8)
        self._write(events.image_summary(tag, _png(x), *x.shape), global_step, walltime)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("add_"):
            raise NotImplementedError(f"SummaryWriter.{name}: mtorch writes scalars, texts, histograms and images")
        raise AttributeError(f"'SummaryWriter' object has no attribute {name!r}")

    def get_logdir(self) -> str:
        """The folder."""
        return self.log_dir

    def flush(self) -> None:
        """Put what was written so far on disk."""
        for file in self._files.values():
            file.flush()

    def close(self) -> None:
        """End the files."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()


def _png(pixels: np.ndarray) -> bytes:
    """A picture (H, W, C) of bytes as a PNG file."""
    height, width, channels = pixels.shape

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    # each begins: no filter
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows.tobytes()))
            + chunk(b"IEND", b""))
