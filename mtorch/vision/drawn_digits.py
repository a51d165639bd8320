"""Handwriting-like digits that mtorch draws itself: data to train on where there is no network and no data set.

A pen follows one of several ways of writing a digit (`digit_strokes`). Each image has its own hand: how far the pen
strays, slant, turn, size, place, thickness, pressure, a smooth warp of the paper and a little noise. Images are
28 x 28, grey, white on black, as in MNIST, but they are not MNIST, and a result on them says nothing about MNIST.

Everything is done for a thousand images at once, and a stroke is drawn by a matrix product: a dot of ink at (u, v) is
exp(-(x-u)^2 / 2s^2) exp(-(y-v)^2 / 2s^2), so the sum of all dots of an image is Y X, where each dot is a column of Y
and a row of X.
"""

from __future__ import annotations

import contextlib
import math
import os
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np

from .digit_strokes import WAYS
from .files import cache_dir
from .idx import read_split, write_idx

__all__ = ["draw_digits", "load_drawn_digits"]

SIZE = 28
COUNTS = {"train": 60_000, "t10k": 10_000}
_SEEDS = {"train": 1, "t10k": 2}
_DOTS = 80  # of ink for each image
_PIECE = 1000  # images drawn at once: small enough for the processor's cache
_FOLDER = "drawn-digits-1"  # another number when the drawing changes


def draw_digits(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw `count` digits. The same seed gives the same images, and a longer drawing begins with the shorter one.

    Shape:
        images: uint8 (count, 28, 28), ink 255 on 0.  labels: uint8 (count,), from 0 to 9.

    Args:
        count: how many, >= 0.
        seed: of NumPy's generator, which is this function's own, >= 0.

    Raises: TypeError for what is no integer; ValueError for one below 0.

    >>> from mtorch.vision import draw_digits
    >>> images, labels = draw_digits(3, seed=1)
    >>> images.shape, images.dtype, labels.shape
    ((3, 28, 28), dtype('uint8'), (3,))
    """
    if not isinstance(count, (int, np.integer)) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"draw_digits: count is {count!r} and seed is {seed!r}, expected integers")
    if count < 0 or seed < 0:
        raise ValueError(f"draw_digits: count is {count} and seed is {seed}, expected both to be 0 or more")
    images, labels = np.empty((count, SIZE, SIZE), np.uint8), np.empty(count, np.uint8)
    for start in range(0, count, _PIECE):
        piece = slice(start, min(start + _PIECE, count))
        drawn, written = _draw_piece(np.random.default_rng([seed, start]))
        images[piece], labels[piece] = drawn[: piece.stop - start], written[: piece.stop - start]
    return images, labels


def load_drawn_digits(train: bool = True,
                      root: str | os.PathLike[str] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The drawn digits to train on (60,000) or to test on (10,000): always the same, kept as IDX files once drawn.

    A file that is damaged or missing is drawn again, with a warning if it is damaged; where nothing can be written, the
    digits are drawn each time, which takes a second or two.

    Shape:
        images: uint8 (count, 28, 28), ink 255 on 0.  labels: uint8 (count,), from 0 to 9.

    Args:
        train: which part.
        root: the files are kept in a folder there; by default in the user's cache (`$XDG_CACHE_HOME` or `~/.cache`).
    """
    folder = (cache_dir() if root is None else Path(root)) / _FOLDER
    split = "train" if train else "t10k"
    with contextlib.suppress(FileNotFoundError):
        try:
            images, labels = read_split(folder, split)
            if images.shape == (COUNTS[split], SIZE, SIZE):
                return images, labels
            fault = f"{folder}: {split} has images of shape {images.shape}, expected {(COUNTS[split], SIZE, SIZE)}"
        except ValueError as error:
            fault = str(error)
        warnings.warn(f"drawn digits are drawn again, because a file of them is damaged: {fault}", stacklevel=2)
    images, labels = draw_digits(COUNTS[split], _SEEDS[split])
    with contextlib.suppress(OSError):
        write_idx(folder / f"{split}-images-idx3-ubyte.gz", images)
        write_idx(folder / f"{split}-labels-idx1-ubyte.gz", labels)
    return images, labels


def _draw_piece(random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    digits = random.integers(0, 10, _PIECE)
    ways = (_FIRST_WAY[digits] + random.random(_PIECE) * _WAYS_OF[digits]).astype(int)
    hand = random.lognormal(0.0, 0.35, (_PIECE, 1, 1)).clip(None, 2.2).astype(np.float32)  # how careless it is
    places, lifts = _write(random, ways, hand)
    places = _place(random, _warp(random, places, hand), hand)
    return _ink(random, places, lifts), digits


def _normal(random: np.random.Generator, spread: float, *shape: int) -> np.ndarray:
    return random.standard_normal((_PIECE, *shape), np.float32) * np.float32(spread)


def _write(random: np.random.Generator, ways: np.ndarray, hand: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the pen goes, (N, _DOTS, 2) about the middle of the box; and where it is down, (N, _DOTS - 1)."""
    places = np.empty((_PIECE, _DOTS, 2), np.float32)
    down = np.empty((_PIECE, _DOTS - 1), np.float32)
    for way, (points, curve, pen_down) in enumerate(_PENS):
        rows = np.flatnonzero(ways == way)
        strayed = points + hand[rows] * random.normal(0.0, 0.012, (len(rows), *points.shape)).astype(np.float32)
        places[rows] = curve @ strayed
        down[rows] = pen_down
    return places - 0.5, down


def _warp(random: np.random.Generator, places: np.ndarray, hand: np.ndarray) -> np.ndarray:
    """Bend the paper: add a few long waves of random direction, so that neighbouring points move alike."""
    moved = places.copy()
    for _ in range(3):
        waves = _normal(random, 3.5, 2, 1)  # radians over the box
        phase = random.random((_PIECE, 1, 1), np.float32) * (2 * math.pi)
        moved += hand * _normal(random, 0.03, 1, 2) * np.sin(places @ waves + phase)
    return moved


def _place(random: np.random.Generator, places: np.ndarray, hand: np.ndarray) -> np.ndarray:
    """Slant, turn, scale and shift: from the box to pixels."""
    slant = 0.10 + hand[:, 0, 0] * _normal(random, 0.18)
    turn = _normal(random, 0.10)
    height = 19.5 + _normal(random, 1.5)
    width = height * np.exp(_normal(random, 0.15))
    x = places[..., 0] - slant[:, None] * places[..., 1]
    x, y = x * width[:, None], places[..., 1] * height[:, None]
    sine, cosine = np.sin(turn)[:, None], np.cos(turn)[:, None]
    shift = (SIZE - 1) / 2 + _normal(random, 1.2, 1, 2)
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1) + shift


def _ink(random: np.random.Generator, places: np.ndarray, down: np.ndarray) -> np.ndarray:
    """Draw pens of a soft round tip along the places, harder where they press: uint8 (N, 28, 28)."""
    steps = places[:, 1:] - places[:, :-1]
    dots = places[:, :-1] + 0.5 * steps
    amount = down * np.sqrt((steps * steps).sum(-1))  # ink by length, so it does not matter how dense the dots are
    along = np.linspace(0, math.pi, _DOTS - 1, dtype=np.float32)
    pressure = 1 + _normal(random, 0.12, 1) * np.sin(along + random.random((_PIECE, 1), np.float32) * (2 * math.pi))
    tip = (np.exp(_normal(random, 0.25, 1)) * 0.85).clip(0.6, 1.7) * pressure  # pixels
    narrow = (-0.5 / (tip * tip))[..., None]
    grid = np.arange(SIZE, dtype=np.float32)
    x, y = (np.exp((grid - dots[..., axis, None]) ** 2 * narrow) for axis in (0, 1))
    x *= (amount / (tip * math.sqrt(2 * math.pi)))[..., None]
    paint = y.mT @ x  # 1 in the middle of a stroke
    paint += 0.12 * (random.random(paint.shape, np.float32) - 0.5)
    return ((paint - 0.2) * (255 / 0.5)).clip(0, 255).astype(np.uint8)


def _points(way: str) -> list[list[tuple[float, ...]]]:
    return [[tuple(map(float, point.split(","))) for point in stroke.split()] for stroke in way.split("|")]


def _pen(strokes: list[list[tuple[float, ...]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A way of writing: its points (P, 2), the curve as a matrix on them (_DOTS, P), and where the ink flows."""
    points: list[tuple[float, ...]] = []
    members = []
    for stroke in strokes:
        joined = bool(points) and points[-1] == stroke[0]  # a corner is one point, and strays as one
        members.append(range(len(points) - joined, len(points) - joined + len(stroke)))
        points.extend(stroke[joined:])
    lengths = np.array([sum(math.dist(a, b) for a, b in pairwise(stroke)) for stroke in strokes])
    ends = np.rint(np.cumsum(lengths) / lengths.sum() * _DOTS).astype(int)
    curve = np.zeros((_DOTS, len(points)))
    down = np.ones(_DOTS - 1)
    for member, start, end in zip(members, [0, *ends[:-1]], ends, strict=True):
        curve[start:end, member] = _spline(len(member), end - start)
        down[end - 1 : end] = 0.0  # from the last dot of a stroke to the first of the next
    return np.array(points, np.float32) / 100, curve.astype(np.float32), down.astype(np.float32)


def _spline(points: int, dots: int) -> np.ndarray:
    """The matrix (dots, points) that takes points to dots on the smooth curve through them (Catmull and Rom, 1974)."""
    known = np.eye(points)
    padded = np.concatenate([2 * known[:1] - known[1:2], known, 2 * known[-1:] - known[-2:-1]])
    place = np.linspace(0, points - 1, dots)
    left = np.minimum(place.astype(int), points - 2)
    t = (place - left)[:, None]
    a, b, c, d = (padded[left + step] for step in range(4))
    return b + 0.5 * t * ((c - a) + t * ((2 * a - 5 * b + 4 * c - d) + t * (3 * (b - c) + d - a)))


_PENS = [_pen(_points(way)) for ways in WAYS.values() for way in ways]
_WAYS_OF = np.array([len(WAYS[digit]) for digit in range(10)])
_FIRST_WAY = np.cumsum(_WAYS_OF) - _WAYS_OF
