"""One transform here and in torchvision, and the pictures that both are given."""

from __future__ import annotations

import random

import numpy as np
import pytest

import mtorch


# Transforms that both forms have, of a picture of any type; t is the module that makes them.
OF_ANY_PICTURE = {
    "brightness": lambda t: t.ColorJitter(brightness=0.9),
    "contrast": lambda t: t.ColorJitter(contrast=(0.2, 1.7)),
    "saturation": lambda t: t.ColorJitter(saturation=2),
    "hue": lambda t: t.ColorJitter(hue=0.5),
    "jitter": lambda t: t.ColorJitter(0.4, 0.4, 0.4, 0.1),
    "grey": lambda t: t.Grayscale(),
    "grey, three": lambda t: t.Grayscale(3),
    "sometimes grey": lambda t: t.RandomGrayscale(0.5),
    "invert": lambda t: t.RandomInvert(),
    "sharper": lambda t: t.RandomAdjustSharpness(3, p=0.8),
    "softer": lambda t: t.RandomAdjustSharpness(0.3, p=0.8),
    "autocontrast": lambda t: t.RandomAutocontrast(),
    "five": lambda t: t.FiveCrop((7, 6)),
    "ten": lambda t: t.TenCrop(5),
    "choice": lambda t: t.RandomChoice([t.Pad(1), t.CenterCrop(5), t.RandomInvert(1)], p=[1, 2, 3]),
    "order": lambda t: t.RandomOrder([t.Pad(1), t.CenterCrop(5), t.RandomInvert(1)]),
}


def pictures(generator):
    """Pictures of several kinds and sizes."""
    return {
        "grey": generator.random((1, 28, 28), np.float32),
        "colour": generator.random((3, 37, 24), np.float32),
        "bytes": generator.integers(0, 256, (3, 40, 33), np.uint8),
        "grey bytes": generator.integers(20, 200, (1, 21, 22), np.uint8),
        "many bytes": generator.integers(0, 256, (2, 3, 30, 31), np.uint8),
    }


def both(ours, theirs, make, picture, seed=0):
    """The result of a transform of the module `ours` and of torchvision's, `theirs`: a pair for each picture of it."""
    results = []
    for library, transforms in ((mtorch, ours), (pytest.importorskip("torch"), theirs)):
        library.manual_seed(seed)
        random.seed(seed)
        made = make(transforms)(library.from_numpy(picture.copy()) if isinstance(picture, np.ndarray) else picture)
        results.append([np.asarray(part) for part in (made if isinstance(made, tuple) else [made])])
    assert len(results[0]) == len(results[1])
    return list(zip(*results, strict=True))
