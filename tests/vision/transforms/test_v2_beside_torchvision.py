"""The second version of the transforms gives torchvision's pictures, and with the same seed makes its random choices."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import mtorch
from mtorch.vision.transforms import v2 as ours
from tests.vision.transforms import twins

torch = pytest.importorskip("torch")
theirs = pytest.importorskip("torchvision.transforms.v2")
image = pytest.importorskip("PIL.Image")

RANDOM = np.random.default_rng(2)
PICTURES = {
    **twins.pictures(RANDOM),
    "doubles": RANDOM.random((2, 3, 19, 22)),
    "flat": np.full((3, 18, 19), 77, np.uint8),
    "shorts": RANDOM.integers(0, 32768, (3, 20, 21), np.int16),
}
BYTES = [name for name, picture in PICTURES.items() if picture.dtype == np.uint8]


def own(transforms, name):
    """The dtype of this name, of the library that the transforms belong to."""
    return getattr(torch if transforms is theirs else mtorch, name)
both = partial(twins.both, ours, theirs)


EXACT = {
    **twins.OF_ANY_PICTURE,
    "three": lambda t: t.RGB(),
    "equalize": lambda t: t.RandomEqualize(p=0.9),
    "posterize": lambda t: t.RandomPosterize(3),
    "solarize": lambda t: t.RandomSolarize(0.4),
    "choice, even": lambda t: t.RandomChoice([t.Pad(1), t.CenterCrop(5), t.Identity()]),
    "apply": lambda t: t.RandomApply([t.RandomHorizontalFlip(), t.Pad(1)], p=0.6),
    "compose": lambda t: t.Compose([t.RandomHorizontalFlip(), t.RandomVerticalFlip(0.7), t.CenterCrop(9)]),
    "pad": lambda t: t.Pad([1, 0, 2, 3], padding_mode="reflect"),
    "crop": lambda t: t.RandomCrop((8, 9)),
    "crop, padded": lambda t: t.RandomCrop(9, padding=(2, 1), padding_mode="reflect"),
    "crop of a small one": lambda t: t.RandomCrop((41, 12), pad_if_needed=True, fill=1),
    "crop of all": lambda t: t.RandomCrop((41, 60), padding=3, pad_if_needed=True),
}
OF_TENSORS = {
    "to floats": lambda t: t.ToDtype(own(t, "float32"), scale=True),
    "to bytes": lambda t: t.ToDtype({"others": own(t, "uint8")}, True),
    "convert": lambda t: t.ConvertImageDtype(),
    "to ints": lambda t: t.ToDtype(own(t, "int32")),
    "to shorts": lambda t: t.ToDtype(own(t, "int16"), scale=True),
    "pure": lambda t: t.Compose([t.ToImage(), t.ToPureTensor()]),
}
GAMMA = {"gamma": lambda t: t.Lambda(lambda x: t.functional.adjust_gamma(x, 0.7, 1.2))}
RESIZED = {
    "smaller": lambda t: t.Resize((7, 9)),
    "larger": lambda t: t.Resize(51, interpolation="bilinear"),
    "cubic": lambda t: t.Resize([30, 8], interpolation="bicubic"),
    "not smooth": lambda t: t.Resize(12, t.InterpolationMode.BICUBIC, max_size=14, antialias=False),
    "longer edge": lambda t: t.Resize(None, max_size=17),
    "nearest": lambda t: t.Resize((10, 40), interpolation=0),
    "resized crop": lambda t: t.RandomResizedCrop((12, 14)),
    "resized crop, cubic": lambda t: t.RandomResizedCrop(20, interpolation=t.InterpolationMode.BICUBIC),
}
CLOSE = {
    "blur": lambda t: t.GaussianBlur(5),
    "blur, two": lambda t: t.GaussianBlur((3, 7), sigma=1.5),
    "perspective": lambda t: t.RandomPerspective(p=0.7),
    "perspective, filled": lambda t: t.RandomPerspective(0.3, p=1, fill=1),
    "turn": lambda t: t.RandomRotation(40, interpolation="bilinear", fill=2),
    "affine": lambda t: t.RandomAffine(20, (0.2, 0.1), (0.8, 1.3), 15, interpolation="bilinear"),
    "elastic": lambda t: t.ElasticTransform(alpha=60, sigma=1.0),
}
ALL = {**EXACT, **OF_TENSORS, **GAMMA, **RESIZED, **CLOSE}


@pytest.mark.parametrize("name", [*EXACT, *OF_TENSORS, *GAMMA, *RESIZED])
@pytest.mark.parametrize("picture", BYTES)
def test_bytes_are_equal(name, picture):
    for seed in range(4):
        for here, there in both(ALL[name], PICTURES[picture], seed):
            assert here.dtype == there.dtype
            if here.dtype == np.uint8:
                np.testing.assert_array_equal(here, there)
            else:
                np.testing.assert_allclose(here, there, rtol=1e-7)


@pytest.mark.parametrize("name", [*EXACT, *OF_TENSORS, *RESIZED, *CLOSE])
@pytest.mark.parametrize("picture", [name for name, picture in PICTURES.items() if picture.dtype.kind == "f"])
def test_floats_are_close(name, picture):
    for seed in range(4):
        for here, there in both(ALL[name], PICTURES[picture], seed):
            np.testing.assert_allclose(here, there, atol=3e-5 if name in CLOSE else 2e-6)
            assert here.dtype == there.dtype


@pytest.mark.parametrize("name", CLOSE)
@pytest.mark.parametrize("picture", BYTES)
def test_bytes_are_close(name, picture):
    for seed in range(4):
        (here, there), = both(CLOSE[name], PICTURES[picture], seed)
        assert (here.dtype, here.shape) == (there.dtype, there.shape)
        assert np.abs(here.astype(int) - there).max() <= 1     # a value that lies at a half is rounded either way


@pytest.mark.parametrize("name", ["invert", "posterize", "solarize", "to floats", "to bytes", "to ints", "grey"])
def test_other_whole_numbers(name):
    for here, there in both(ALL[name], PICTURES["shorts"]):
        np.testing.assert_array_equal(here, there)
        assert here.dtype == there.dtype


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_pillow_images_are_equal(name, mode):
    came = image.fromarray(PICTURES["bytes"].transpose(1, 2, 0)).convert(mode)
    for seed in range(4):
        for here, there in both(EXACT[name], came, seed):
            np.testing.assert_array_equal(here, there)


def test_pictures_with_labels():
    def make(t):
        return t.Compose([t.ToImage(), t.RandomCrop(9), t.ToDtype(own(t, "float32"), scale=True),
                          t.Normalize([0.5], [0.2])])

    came = image.fromarray(PICTURES["bytes"].transpose(1, 2, 0))
    for seed in range(3):
        results = []
        for library, transforms in ((mtorch, ours), (torch, theirs)):
            library.manual_seed(seed)
            picture, label = make(transforms)(came, 3)
            library.manual_seed(seed)
            sample = make(transforms)({"image": came, "targets": [library.tensor(4), "name"]})
            assert (label, sample["targets"][0].item(), sample["targets"][1]) == (3, 4, "name")
            results.append([picture.numpy(), sample["image"].numpy()])
        np.testing.assert_allclose(results[0], results[1], rtol=2e-6)


SHOWN = ["brightness", "grey", "three", "sometimes grey", "invert", "sharper", "posterize", "solarize", "five", "ten",
         "pad", "turn", "resized crop", "perspective", "larger", "choice", "order", "compose", "apply", "to floats", "pure"]


@pytest.mark.parametrize("name", SHOWN)
def test_reprs(name):
    assert repr(ALL[name](ours)) == repr(ALL[name](theirs))
