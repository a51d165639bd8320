"""One transform here and in torchvision, and the pictures that both are given."""

from __future__ import annotations

import random

import numpy as np
import pytest

import mtorch


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
