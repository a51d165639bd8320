"""Transforms give torchvision's pictures, and with the same seed make its random choices."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import mtorch
from mtorch.vision import transforms as ours
from mtorch.vision import utils
from tests.vision.transforms import twins

torch = pytest.importorskip("torch")
theirs = pytest.importorskip("torchvision.transforms")
torchvision_utils = pytest.importorskip("torchvision.utils")

RANDOM = np.random.default_rng(0)
PICTURES = {
    "grey": RANDOM.random((1, 28, 28), np.float32),
    "colour": RANDOM.random((3, 17, 24), np.float32),
    "bytes": RANDOM.integers(0, 256, (3, 20, 13), np.uint8),
    "batch": RANDOM.random((2, 3, 9, 12), np.float32),
}
both = partial(twins.both, ours, theirs)


def mode(transforms, name):
    return transforms.InterpolationMode[name]


EXACT = {
    "pad": lambda t: t.Pad(3),
    "pad 2": lambda t: t.Pad((1, 2), fill=7),
    "pad 4": lambda t: t.Pad([1, 0, 2, 3], padding_mode="edge"),
    "pad reflect": lambda t: t.Pad((2, 3, 4, 5), padding_mode="reflect"),
    "pad symmetric": lambda t: t.Pad((4, 3), padding_mode="symmetric"),
    "cut symmetric": lambda t: t.Pad((-1, 2, 1, -3), padding_mode="symmetric"),
    "cut": lambda t: t.Pad((-1, 2, -3, 0)),
    "center crop": lambda t: t.CenterCrop((7, 8)),
    "center crop of a small one": lambda t: t.CenterCrop((11, 40)),
    "random crop": lambda t: t.RandomCrop((8, 9)),
    "random crop with padding": lambda t: t.RandomCrop(9, padding=(2, 1), padding_mode="reflect"),
    "random crop of a small one": lambda t: t.RandomCrop((30, 11), pad_if_needed=True, fill=1),
    "flip": lambda t: t.RandomHorizontalFlip(),
    "upside down": lambda t: t.RandomVerticalFlip(p=0.8),
    "apply": lambda t: t.RandomApply([t.RandomHorizontalFlip(), t.Pad(1)], p=0.6),
}


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("picture", PICTURES)
def test_equal(name, picture):
    for seed in range(4):
        (here, there), = both(EXACT[name], PICTURES[picture], seed)
        np.testing.assert_array_equal(here, there)
        assert here.dtype == there.dtype


CLOSE = {
    "turn": lambda t: t.RandomRotation(40, interpolation=mode(t, "BILINEAR")),
    "turn, filled": lambda t: t.RandomRotation((10, 20), interpolation=2, fill=0.5),
    "turn and expand": lambda t: t.RandomRotation(90, interpolation=mode(t, "BILINEAR"), expand=True),
    "turn about a place": lambda t: t.RandomRotation(50, interpolation=mode(t, "BILINEAR"), center=(2, 5), fill=3),
    "affine": lambda t: t.RandomAffine(20, (0.2, 0.1), (0.8, 1.3), 15, interpolation=mode(t, "BILINEAR")),
    "affine about a place": lambda t: t.RandomAffine((5, 9), shear=(1, 9, -5, 20), interpolation=mode(t, "BILINEAR"),
                                                     center=(3, 1), fill=0.25),
    "shift": lambda t: t.RandomAffine(0, (0.5, 0.3)),
    "elastic": lambda t: t.ElasticTransform(alpha=60.0, sigma=1.0),
    "elastic, two": lambda t: t.ElasticTransform(alpha=[30.0, 90.0], sigma=[0.9, 0.5], fill=2),
    "elastic, rough": lambda t: t.ElasticTransform(alpha=5.0, sigma=0.0),
    "smaller": lambda t: t.Resize((7, 9)),
    "larger": lambda t: t.Resize(31),
    "shorter edge": lambda t: t.Resize([6], max_size=8),
    "without antialias": lambda t: t.Resize((5, 30), antialias=False),
    "cubic": lambda t: t.Resize((10, 22), interpolation=mode(t, "BICUBIC")),
    "nearest": lambda t: t.Resize((10, 40), interpolation=mode(t, "NEAREST")),
    "nearest, exact": lambda t: t.Resize((10, 40), interpolation=mode(t, "NEAREST_EXACT")),
}


@pytest.mark.parametrize("name", ["NEAREST", "NEAREST_EXACT", "BILINEAR", "BICUBIC", "BOX", "HAMMING", "LANCZOS"])
@pytest.mark.parametrize("kind", ["L", "RGB", "RGBA", "1", "I", "F", "CMYK", "P", "LA"])
def test_pillow_images_are_resized_by_pillow(kind, name):
    picture = pytest.importorskip("PIL.Image").fromarray(PICTURES["bytes"].transpose(1, 2, 0)).convert(kind)
    for make in (lambda t: t.Resize((7, 30), interpolation=mode(t, name)), lambda t: t.Resize(8, interpolation=mode(t, name)),
                 lambda t: t.RandomResizedCrop(9, interpolation=mode(t, name))):
        mtorch.manual_seed(0)
        torch.manual_seed(0)
        try:
            there = make(theirs)(picture)
        except ValueError as error:
            with pytest.raises(ValueError, match=str(error)[:20]):
                make(ours)(picture)
            continue
        here = make(ours)(picture)
        assert (here.mode, here.size) == (there.mode, there.size)
        assert here.tobytes() == there.tobytes()


def test_pictures_are_prepared_for_networks_alike():
    models = pytest.importorskip("torchvision.models")
    picture = pytest.importorskip("PIL.Image").fromarray(RANDOM.integers(0, 256, (280, 310, 3), np.uint8))
    for name in ("ResNet50_Weights.DEFAULT", "EfficientNet_B0_Weights.DEFAULT", "VGG16_Weights.IMAGENET1K_FEATURES"):
        here = mtorch.vision.models.get_weight(name).transforms()(picture)
        there = models.get_weight(name).transforms()(picture)
        np.testing.assert_array_equal(here.numpy(), there.numpy())


@pytest.mark.parametrize("name", CLOSE)
@pytest.mark.parametrize("picture", PICTURES)
def test_close(name, picture):
    for seed in range(3):
        (here, there), = both(CLOSE[name], PICTURES[picture], seed)
        assert here.dtype == there.dtype
        assert here.shape == there.shape
        if here.dtype == np.uint8:      # a value that lies at a half is rounded either way
            assert np.abs(here.astype(int) - there).max() <= 1
        else:
            np.testing.assert_allclose(here, there, atol=3e-5)


@pytest.mark.parametrize("make", [
    lambda t: t.RandomRotation(70), lambda t: t.RandomRotation(35, expand=True, fill=9),
    lambda t: t.RandomAffine(30, (0.1, 0.2), (0.5, 2), 10)])
@pytest.mark.parametrize("picture", PICTURES)
def test_nearest_pixels_except_at_ties(make, picture):
    for seed in range(3):
        (here, there), = both(make, PICTURES[picture], seed)
        assert here.shape == there.shape
        assert (here != there).mean() < 0.01


@pytest.mark.parametrize("make", [
    lambda t: t.RandomErasing(p=1.0), lambda t: t.RandomErasing(p=0.5, value=3, scale=(0.1, 0.5)),
    lambda t: t.RandomErasing(p=1.0, value=[0.1, 0.2, 0.3], ratio=(0.2, 0.3)),
    lambda t: t.RandomErasing(p=1.0, value="random"), lambda t: t.RandomErasing(p=1.0, scale=(0.9, 1.0), inplace=True)])
def test_erasing(make):
    for seed in range(5):
        (here, there), = both(make, PICTURES["colour"], seed)
        np.testing.assert_allclose(here, there, atol=1e-6)


def test_normalize():
    for make in (lambda t: t.Normalize((0.1, 0.2, 0.3), [0.5, 2, 1]), lambda t: t.Normalize((0.1,), (3,), True)):
        (here, there), = both(make, PICTURES["batch"])
        np.testing.assert_array_equal(here, there)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 1), (5, 7, 3)])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "int32", "int16"])
def test_to_tensor_of_arrays(shape, dtype):
    array = RANDOM.integers(0, 256, shape).astype(dtype)
    here, there = ours.ToTensor()(array), theirs.ToTensor()(array)
    np.testing.assert_array_equal(here.numpy(), there.numpy())
    assert str(here.dtype) == str(there.dtype)


@pytest.mark.parametrize("kind", ["L", "RGB", "RGBA", "LA", "1", "I", "F", "I;16", "CMYK", "YCbCr"])
def test_pillow_images(kind):
    image = pytest.importorskip("PIL.Image")
    grey = image.fromarray(PICTURES["bytes"][0])
    picture = grey.convert("I").convert("I;16") if kind == "I;16" else grey.convert(kind)
    for transform in ("ToTensor", "PILToTensor"):
        here, there = (getattr(t, transform)()(picture) for t in (ours, theirs))
        np.testing.assert_array_equal(here.numpy(), there.numpy())
        assert str(here.dtype) == str(there.dtype)


@pytest.mark.parametrize(("shape", "dtype", "kind"), [
    ((4, 5), "uint8", None), ((4, 5, 1), "uint8", "L"), ((4, 5, 3), "uint8", None), ((4, 5, 3), "uint8", "HSV"),
    ((4, 5, 4), "uint8", None), ((4, 5, 4), "uint8", "CMYK"), ((4, 5, 2), "uint8", None), ((4, 5), "float32", None),
    ((4, 5), "float32", "F"), ((4, 5), "int32", None), ((4, 5), "int16", None), ((4, 5, 3), "float64", None)])
def test_to_pil_image(shape, dtype, kind):
    pytest.importorskip("PIL")
    array = RANDOM.random(shape) if dtype.startswith("float") else RANDOM.integers(0, 200, shape)
    array = array.astype(dtype)
    here, there = ours.ToPILImage(kind)(array), theirs.ToPILImage(kind)(array)
    assert here.mode == there.mode
    assert here.tobytes() == there.tobytes()
    planes = array if array.ndim == 2 else array.transpose(2, 0, 1)
    tensors = [library.from_numpy(np.array(planes)) for library in (mtorch, torch)]
    assert ours.ToPILImage(kind)(tensors[0]).tobytes() == theirs.ToPILImage(kind)(tensors[1]).tobytes()


def test_reprs():
    makes = [
        *EXACT.values(), *CLOSE.values(),
        lambda t: t.Compose([t.ToTensor(), t.PILToTensor(), t.ToPILImage("L"), t.ToPILImage(), t.Lambda(abs)]),
        lambda t: t.RandomErasing(), lambda t: t.Normalize((0.5,), (0.25,)), lambda t: t.RandomRotation(3, fill=None),
        lambda t: t.RandomAffine(3, fill=4, center=(1, 2), shear=3, scale=(1, 2)), lambda t: t.Resize((3, 4)),
        *(lambda t, name=name: getattr(t, name)([3, 4]) for name in ("CenterCrop", "RandomResizedCrop", "TenCrop")),
    ]
    for make in makes:
        assert repr(make(ours)) == repr(make(theirs))


@pytest.mark.parametrize("arguments", [
    {}, {"nrow": 3, "padding": 0}, {"normalize": True}, {"normalize": True, "scale_each": True, "pad_value": 0.5},
    {"normalize": True, "value_range": (0.2, 0.6), "nrow": 2}])
@pytest.mark.parametrize("shape", [(7, 3, 4, 5), (7, 1, 4, 5), (1, 1, 4, 5), (3, 4, 5), (4, 5), (9, 2, 3, 3)])
def test_make_grid(shape, arguments):
    array = RANDOM.random(shape, np.float32)
    here = utils.make_grid(mtorch.from_numpy(array), **arguments)
    there = torchvision_utils.make_grid(torch.from_numpy(array), **arguments)
    np.testing.assert_allclose(here.numpy(), there.numpy(), atol=1e-6)


def test_save_image(tmp_path):
    pytest.importorskip("PIL")
    array = RANDOM.random((5, 3, 6, 7), np.float32) * 1.2 - 0.1
    utils.save_image(mtorch.from_numpy(array), tmp_path / "here.png", nrow=2)
    torchvision_utils.save_image(torch.from_numpy(array), tmp_path / "there.png", nrow=2)
    assert (tmp_path / "here.png").read_bytes() == (tmp_path / "there.png").read_bytes()


@pytest.mark.parametrize("kind", ["L", "RGB", "RGBA", "1", "I", "F", "P", "LA"])
@pytest.mark.parametrize("make", [
    lambda t: t.RandomRotation(70), lambda t: t.RandomRotation((20, 35), mode(t, "BILINEAR"), expand=True, fill=9),
    lambda t: t.RandomRotation(50, mode(t, "BICUBIC"), center=(2, 5)), lambda t: t.RandomRotation((90, 90), expand=True),
    lambda t: t.RandomAffine(30, (0.1, 0.2), (0.5, 2), 10), lambda t: t.RandomAffine(0, (0.3, 0.2)),
    lambda t: t.RandomAffine((5, 9), shear=(1, 9, -5, 20), interpolation=mode(t, "BILINEAR"), center=(3, 1), fill=100),
    lambda t: t.RandomPerspective(0.5, 1.0), lambda t: t.RandomPerspective(0.3, 1.0, mode(t, "NEAREST"), fill=5)])
def test_pillow_images_are_turned_and_bent_by_pillow(make, kind):
    picture = pytest.importorskip("PIL.Image").fromarray(PICTURES["bytes"].transpose(1, 2, 0)).convert(kind)
    for seed in range(3):
        mtorch.manual_seed(seed)
        torch.manual_seed(seed)
        there, here = make(theirs)(picture), make(ours)(picture)
        assert (here.mode, here.size) == (there.mode, there.size)
        assert here.tobytes() == there.tobytes()


def test_a_fill_of_another_number_of_channels_is_refused():
    picture = pytest.importorskip("PIL.Image").new("L", (5, 4))
    for t in (ours, theirs):
        with pytest.raises(ValueError, match=r"does not match the number of channels of the image \(3 != 1\)"):
            t.RandomRotation(10, fill=(1, 2, 3))(picture)
