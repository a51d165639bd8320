"""Colours, filters and views give torchvision's pictures, and with the same seed make its random choices."""

from __future__ import annotations

from functools import partial


import numpy as np
import pytest

import mtorch
from mtorch.vision import transforms as ours
from tests.vision.transforms import twins

torch = pytest.importorskip("torch")
theirs = pytest.importorskip("torchvision.transforms")
image = pytest.importorskip("PIL.Image")

RANDOM = np.random.default_rng(1)
PICTURES = {
    **twins.pictures(RANDOM),
    "doubles": RANDOM.random((2, 3, 9, 12)),
    "flat": np.full((3, 8, 9), 77, np.uint8),
}
BYTES = [name for name, picture in PICTURES.items() if picture.dtype == np.uint8]
both = partial(twins.both, ours, theirs)


ANY = {
    **twins.OF_ANY_PICTURE,
    "ten, upside down": lambda t: t.TenCrop((5, 8), vertical_flip=True),
}
OF_BYTES = {
    "posterize": lambda t: t.RandomPosterize(3), "solarize": lambda t: t.RandomSolarize(100.5),
    "equalize": lambda t: t.RandomEqualize(),
    "gamma": lambda t: t.Lambda(lambda x: t.functional.adjust_gamma(x, 0.7, 1.2)),
}
OF_TENSORS = {
    "to floats": lambda t: t.ConvertImageDtype(torch.float32 if t is theirs else mtorch.float32),
    "to bytes": lambda t: t.ConvertImageDtype(torch.uint8 if t is theirs else mtorch.uint8),
    "to shorts": lambda t: t.ConvertImageDtype(torch.int16 if t is theirs else mtorch.int16),
}


@pytest.mark.parametrize("name", [*ANY, *OF_BYTES, *OF_TENSORS])
@pytest.mark.parametrize("picture", BYTES)
def test_bytes_are_equal(name, picture):
    for seed in range(4):
        for here, there in both({**ANY, **OF_BYTES, **OF_TENSORS}[name], PICTURES[picture], seed):
            np.testing.assert_array_equal(here, there)
            assert here.dtype == there.dtype


@pytest.mark.parametrize("name", [*ANY, *OF_TENSORS])
@pytest.mark.parametrize("picture", [name for name in PICTURES if name not in BYTES])
def test_floats_are_close(name, picture):
    for seed in range(4):
        for here, there in both({**ANY, **OF_TENSORS}[name], PICTURES[picture], seed):
            np.testing.assert_allclose(here, there, atol=1e-6)
            assert here.dtype == there.dtype


CLOSE = {
    "blur": lambda t: t.GaussianBlur(5),
    "blur, two": lambda t: t.GaussianBlur((3, 7), sigma=1.5),
    "blur by size": lambda t: t.Lambda(lambda x: t.functional.gaussian_blur(x, [7, 3])),
    "resized crop": lambda t: t.RandomResizedCrop((12, 14)),
    "resized crop, cubic": lambda t: t.RandomResizedCrop(20, interpolation=t.InterpolationMode.BICUBIC),
    "resized crop that does not fit": lambda t: t.RandomResizedCrop(9, scale=(0.9, 1), ratio=(3, 4)),
    "perspective": lambda t: t.RandomPerspective(p=0.7),
    "perspective, filled": lambda t: t.RandomPerspective(0.3, p=1, fill=1),
    "solarize": lambda t: t.RandomSolarize(0.4),
}


@pytest.mark.parametrize("name", CLOSE)
@pytest.mark.parametrize("picture", PICTURES)
def test_close(name, picture):
    for seed in range(4):
        (here, there), = both(CLOSE[name], PICTURES[picture], seed)
        assert (here.dtype, here.shape) == (there.dtype, there.shape)
        if here.dtype == np.uint8:      # a value that lies at a half is rounded either way
            assert np.abs(here.astype(int) - there).max() <= 1
        else:
            np.testing.assert_allclose(here, there, atol=3e-5)


@pytest.mark.parametrize("name", [*ANY, *OF_BYTES])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_pillow_images_are_equal(name, mode):
    came = image.fromarray(PICTURES["bytes"].transpose(1, 2, 0)).convert(mode)
    for seed in range(4):
        for here, there in both({**ANY, **OF_BYTES}[name], came, seed):
            np.testing.assert_array_equal(here, there)


@pytest.mark.parametrize("name", ["blur", "blur, two", "resized crop"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_pillow_images_are_close(name, mode):
    came = image.fromarray(PICTURES["bytes"].transpose(1, 2, 0)).convert(mode)
    for seed in range(4):
        (here, there), = both(CLOSE[name], came, seed)
        assert here.shape == there.shape
        assert np.abs(here.astype(int) - there).max() <= 1


def test_reprs():
    for name, make in {**ANY, **CLOSE, **OF_BYTES, **OF_TENSORS}.items():
        assert repr(make(ours)) == repr(make(theirs)), name
