"""Transforms keep a picture's form, do what their names say, and refuse what they cannot do."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import mtorch
from mtorch.utils.data import DataLoader
from mtorch.vision import pillow, utils, write_idx
from mtorch.vision import transforms as T
from mtorch.vision.datasets import MNIST
from mtorch.vision.transforms import functional as F

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
COLOUR = np.random.default_rng(0).integers(0, 256, (5, 6, 3), np.uint8)
EVERY = [
    T.Resize((4, 4)), T.Resize(2), T.CenterCrop(2), T.CenterCrop(9), T.RandomCrop((2, 3)), T.RandomHorizontalFlip(1.0),
    T.RandomVerticalFlip(1.0), T.RandomRotation(30), T.RandomRotation(30, expand=True), T.Pad(1),
    T.Pad((1, 2), padding_mode="reflect"), T.Pad(2, padding_mode="symmetric"),
    T.RandomAffine(20, (0.2, 0.2), (0.8, 1.2), 10, T.InterpolationMode.BILINEAR), T.ElasticTransform(20.0, 1.0),
    T.RandomApply([T.Pad(1)], 1.0), T.Lambda(lambda image: image), T.Compose([T.Pad(1), T.RandomCrop(3)]),
]


@pytest.mark.parametrize("transform", EVERY, ids=repr)
@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
def test_every_form_of_a_picture_gives_the_same(transform, pixels):
    image = pytest.importorskip("PIL.Image")
    planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    forms = [pixels, image.fromarray(pixels), mtorch.from_numpy(planes.copy())]
    results = []
    for form in forms:
        mtorch.manual_seed(5)
        results.append(transform(form))
        assert isinstance(results[-1], type(form))
    array, picture, tensor = results
    assert array.dtype == np.uint8
    assert picture.mode == ("L" if pixels.ndim == 2 else "RGB")
    off = 1 if isinstance(transform, T.Resize) else 0        # Pillow resizes its images itself, and rounds otherwise
    if isinstance(transform, (T.RandomAffine, T.RandomRotation)):          # Pillow turns them itself, and has other edges
        assert np.asarray(picture).shape == array.shape
    else:
        np.testing.assert_allclose(np.asarray(picture).astype(int), array, atol=off)
    np.testing.assert_array_equal(tensor.numpy()[0] if pixels.ndim == 2 else tensor.numpy().transpose(1, 2, 0), array)
    np.testing.assert_array_equal(GREY, np.arange(12, dtype=np.uint8).reshape(3, 4) * 20)    # the picture is left alone


@pytest.mark.parametrize("transform", [t for t in EVERY if not isinstance(t, T.Lambda)], ids=repr)
def test_what_is_no_picture_is_refused(transform):
    with pytest.raises(TypeError, match="expected a picture: a Tensor, an array or a Pillow image; a list came"):
        transform([[1, 2], [3, 4]])


def test_turned_by_right_angles():
    np.testing.assert_array_equal(F.rotate(COLOUR[:4], 90, expand=True), np.rot90(COLOUR[:4]))
    np.testing.assert_array_equal(F.rotate(GREY, 180), GREY[::-1, ::-1])
    square = COLOUR[:, :5]
    np.testing.assert_array_equal(F.affine(square, 90, (0, 0), 1.0, 0.0), np.rot90(square, -1))


def test_shift_scale_and_shear():
    np.testing.assert_array_equal(F.affine(GREY, 0, (1, 0), 1.0, 0.0, fill=7), np.c_[np.full(3, 7), GREY[:, :3]])
    np.testing.assert_array_equal(F.affine(GREY, 0, (0, -1), 1.0, 0.0), np.r_[GREY[1:], np.zeros((1, 4), np.uint8)])
    double = F.affine(np.kron(GREY, np.ones((1, 1))), 0, (0, 0), 2.0, 0.0)
    np.testing.assert_array_equal(double[:, 1:3].shape, (3, 2))
    assert set(double.ravel()) < set(GREY.ravel())
    sheared = F.affine(np.eye(3), 0, (0, 0), 1.0, (45.0, 0.0))
    np.testing.assert_array_equal(sheared, [[0, 1, 0], [0, 1, 0], [0, 1, 0]])


def test_crop_reaches_outside():
    np.testing.assert_array_equal(F.crop(GREY, 1, 2, 2, 2), GREY[1:, 2:])
    np.testing.assert_array_equal(F.crop(GREY, -1, 3, 3, 3), [[0, 0, 0], [60, 0, 0], [140, 0, 0]])
    np.testing.assert_array_equal(F.crop(GREY, 5, 5, 2, 2), np.zeros((2, 2)))
    np.testing.assert_array_equal(F.crop(GREY, -9, -9, 2, 2), np.zeros((2, 2)))


def test_sizes():
    assert F.get_dimensions(COLOUR) == [3, 5, 6]
    assert F.get_image_size(mtorch.zeros(2, 3, 4, 5)) == [5, 4]
    assert F.resize(np.zeros((10, 20)), 5).shape == (5, 10)
    assert F.resize(np.zeros((20, 10)), 5, max_size=7).shape == (7, 3)


def test_elastic_bends_smoothly_and_not_at_all_without_alpha():
    field = T.ElasticTransform.get_params([40.0, 40.0], [4.0, 4.0], [28, 30]).numpy()
    assert field.shape == (1, 28, 30, 2)
    assert 0 < np.abs(np.diff(field, axis=1)).max() < 0.3 * np.abs(field).max()
    np.testing.assert_array_equal(T.ElasticTransform(alpha=0.0)(COLOUR), COLOUR)


def test_same_seed_same_picture():
    augment = T.Compose([T.RandomAffine(15, (0.1, 0.1)), T.ElasticTransform(), T.RandomHorizontalFlip()])
    results = []
    for seed in (1, 1, 2):
        mtorch.manual_seed(seed)
        results.append(augment(COLOUR))
    np.testing.assert_array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])


def test_random_choices_come_as_often_as_they_should():
    mtorch.manual_seed(0)
    flipped = sum(T.RandomHorizontalFlip(0.25)(GREY)[0, 0] == GREY[0, 3] for _ in range(400))
    assert 70 < flipped < 130
    corners = {tuple(T.RandomCrop(2)(GREY)[0].tolist()) for _ in range(200)}
    assert len(corners) == 6
    erased = T.RandomErasing(p=1.0, value=9)(mtorch.zeros(1, 20, 20))
    assert 0.01 < (erased == 9).float().mean().item() < 0.4


@pytest.mark.parametrize(("make", "error", "says"), [
    (lambda: T.Resize((1, 2, 3)), ValueError, "1 or 2 values"),
    (lambda: T.Resize(2.5), TypeError, "Size should be int or sequence"),
    (lambda: T.Resize(3, interpolation="bilinear"), TypeError, "interpolation is 'bilinear', expected an Interpol"),
    (lambda: T.CenterCrop((1, 2, 3)), ValueError, "only two dimensions"),
    (lambda: T.Pad((1, 2, 3)), ValueError, "1, 2, or 4 element tuple, not a 3"),
    (lambda: T.Pad(1, padding_mode="wrap"), ValueError, "constant, edge, reflect or symmetric"),
    (lambda: T.Pad("1"), TypeError, "inappropriate padding arg"),
    (lambda: T.RandomRotation(-3), ValueError, "must be positive"),
    (lambda: T.RandomAffine(3, translate=(0.1, 2)), ValueError, "between 0 and 1"),
    (lambda: T.RandomAffine(3, scale=(0, 2)), ValueError, "should be positive"),
    (lambda: T.RandomAffine(3, shear=(1, 2, 3)), ValueError, "sequence of length 2 or 4"),
    (lambda: T.RandomAffine((1, 2, 3)), ValueError, "degrees should be a sequence of length 2"),
    (lambda: T.ElasticTransform(alpha=5), TypeError, "alpha should be float"),
    (lambda: T.ElasticTransform(sigma=[1.0]), ValueError, "length should be 2. Got 1"),
    (lambda: T.RandomErasing(p=2), ValueError, "probability should be between 0 and 1"),
    (lambda: T.RandomErasing(value="some"), ValueError, "should be 'random'"),
    (lambda: T.Lambda(3), TypeError, "callable, got 'int'"),
    (lambda: T.RandomCrop(4)(GREY), ValueError, r"crop size \(4, 4\) is larger than input image size \(3, 4\)"),
    (lambda: T.RandomErasing(p=1, value=[1, 2])(mtorch.zeros(3, 4, 4)), ValueError, "single value or 3"),
    (lambda: T.RandomErasing(p=1)(GREY), TypeError, "RandomErasing: expected a Tensor, a ndarray came"),
    (lambda: T.Normalize([0.0], [0.0])(mtorch.zeros(1, 2, 2)), ValueError, "std evaluated to zero"),
    (lambda: T.Normalize([0.0], [1.0])(mtorch.zeros(1, 2, 2).int()), TypeError, "be a float tensor. Got torch.int"),
    (lambda: T.Normalize([0.0], [1.0])(GREY), TypeError, "should be Tensor Image"),
    (lambda: T.ToTensor()([1, 2]), TypeError, "should be PIL Image or ndarray"),
    (lambda: T.ToTensor()(np.zeros(3)), ValueError, "2/3 dimensional. Got 1"),
    (lambda: T.PILToTensor()(GREY), TypeError, "should be PIL Image"),
    (lambda: T.RandomRotation(5, T.InterpolationMode.BICUBIC)(GREY), ValueError, "'bicubic' is unsupported"),
    (lambda: T.RandomRotation(5, fill=(1, 2))(COLOUR), ValueError, r"channels of the image \(2 != 3\)"),
    (lambda: F.affine(GREY, 0, (0,), 1, 0), ValueError, "sequence of length 2"),
    (lambda: F.affine(GREY, 0, (0, 0), 0, 0), ValueError, "scale should be positive"),
    (lambda: F.elastic_transform(GREY, mtorch.zeros(1, 3, 3, 2)), ValueError, r"shape should be \(1, 3, 4, 2\)"),
    (lambda: utils.make_grid(GREY), TypeError, "tensor or list of tensors expected"),
    (lambda: utils.make_grid(mtorch.zeros(3)), ValueError, r"tensor has shape \(3,\), expected \(N, C, H, W\)"),
])
def test_refusals(make, error, says):
    with pytest.raises(error, match=says):
        make()


def test_without_pillow(monkeypatch):
    monkeypatch.setattr(pillow, "_image_module", lambda: None)
    with pytest.raises(ImportError, match="to_pil_image needs Pillow"):
        T.ToPILImage()(GREY)
    with pytest.raises(ImportError, match="save_image needs Pillow"):
        utils.save_image(mtorch.zeros(1, 2, 2), "picture.png")
    assert T.RandomRotation(10)(GREY).shape == GREY.shape


def test_transforms_travel_to_workers():
    for transform in EVERY:
        if not isinstance(transform, T.Lambda):
            assert repr(pickle.loads(pickle.dumps(transform))) == repr(transform)


@pytest.mark.filterwarnings("ignore:This DataLoader will create")      # where there is one processor
def test_with_a_data_set_and_a_loader(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (10, 28, 28), np.uint8)
    write_idx(tmp_path / "MNIST" / "raw" / "train-images-idx3-ubyte", images)
    write_idx(tmp_path / "MNIST" / "raw" / "train-labels-idx1-ubyte", np.arange(10, dtype=np.uint8))
    plain = T.Compose([T.ToTensor(), T.Normalize((0.1307,), (0.3081,))])
    x, y = next(iter(DataLoader(MNIST(tmp_path, transform=plain), batch_size=10)))
    np.testing.assert_allclose(x.numpy(), (images[:, None] / np.float32(255) - 0.1307) / 0.3081, rtol=1e-5)
    assert y.tolist() == list(range(10))
    bent = T.Compose([T.RandomAffine(10), plain])
    x, _ = next(iter(DataLoader(MNIST(tmp_path, transform=bent), batch_size=10, num_workers=2)))
    assert x.shape == (10, 1, 28, 28)


@pytest.mark.parametrize(("make", "error", "says"), [
    (lambda: T.Resize("3"), TypeError, "Size should be int or sequence"),
    (lambda: T.Resize(0)(GREY), ValueError, "resize: size is 0, expected pixels, at least 1"),
    (lambda: T.Resize(2, T.InterpolationMode.LANCZOS)(GREY), ValueError, "'lanczos' is Pillow's alone"),
    (lambda: T.CenterCrop(-1), ValueError, "size is -1, expected pixels"),
    (lambda: T.CenterCrop("3"), TypeError, "size is '3', expected pixels"),
    (lambda: T.RandomCrop(None), TypeError, "size is None, expected pixels"),
    (lambda: T.RandomCrop(2, padding="1"), TypeError, "inappropriate padding arg"),
    (lambda: T.RandomHorizontalFlip(3), ValueError, "RandomHorizontalFlip: p is 3, expected a probability"),
    (lambda: T.RandomVerticalFlip("a"), ValueError, "RandomVerticalFlip: p is 'a', expected a probability"),
    (lambda: T.RandomApply([T.Pad(1)], p=-1), ValueError, "RandomApply: p is -1, expected a probability"),
    (lambda: T.RandomApply(T.Pad(1)), TypeError, "RandomApply: transforms is a Pad, expected a list"),
    (lambda: T.Compose(T.Pad(1)), TypeError, "Compose: transforms is a Pad, expected a list"),
    (lambda: T.Compose([3]), TypeError, "Compose: a transform is a int, expected something to call"),
    (lambda: T.RandomAffine(3, fill="a"), TypeError, "either a sequence or a number"),
    (lambda: T.ElasticTransform(sigma=-1.0), ValueError, "sigma is -1.0, expected pixels, at least 0"),
    (lambda: T.Pad(1, fill=(1, 2))(COLOUR), ValueError, "fill has 2 numbers, and the picture 3 channels"),
    (lambda: T.Pad(1, fill="a"), TypeError, "fill arg: 'a', expected a number, or one for each channel"),
    (lambda: T.RandomErasing(ratio=(0, 1)), ValueError, r"Ratio is \(0, 1\), expected height over width, above 0"),
    (lambda: T.RandomErasing()(mtorch.zeros(4, 4)), ValueError, r"shape \(4, 4\), expected \(..., C, H, W\)"),
    (lambda: F.crop(GREY, 0, 0, -3, 2), ValueError, "height is -3 and width 2, expected pixels"),
    (lambda: F.get_dimensions(3), TypeError, "expected a picture: .* a int came"),
    (lambda: utils.make_grid([]), ValueError, "the list is empty"),
    (lambda: utils.make_grid(mtorch.zeros(0, 1, 2, 2)), ValueError, "at least one picture and pixel"),
    (lambda: utils.make_grid(mtorch.zeros(2, 1, 2, 2), nrow=0), ValueError, "nrow is 0 and padding 2"),
    (lambda: utils.make_grid(mtorch.zeros(1, 2, 2).byte(), normalize=True), RuntimeError, "floating point pictures"),
    (lambda: utils.make_grid(mtorch.zeros(2, 1, 2, 2), value_range=(1, 0)), ValueError, r"expected \(least, most\)"),
    (lambda: T.RandomCorp, AttributeError, "no 'RandomCorp'; the nearest name is 'RandomCrop'"),
])
def test_more_refusals(make, error, says):
    with pytest.raises(error, match=says):
        make()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "HSV", "I", "F", "I;16"])
def test_pillow_images_keep_their_colours(mode):
    image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)
    came = {"I;16": lambda: image.fromarray(pixels[..., 0].astype(np.uint16) * 200)}.get(
        mode, lambda: image.fromarray(pixels).convert(mode))()
    flip, nearest = image.Transpose.FLIP_LEFT_RIGHT, image.Resampling.NEAREST
    same = [(T.RandomHorizontalFlip(1.0), came.transpose(flip)), (T.CenterCrop((4, 6)), came.crop((1, 1, 7, 5))),
            (T.RandomRotation((90, 90), expand=True), came.transpose(image.Transpose.ROTATE_90)),
            (T.Resize((3, 5), T.InterpolationMode.NEAREST), came.resize((5, 3), nearest)),
            (T.Resize((13, 9), T.InterpolationMode.NEAREST), came.resize((9, 13), nearest))]
    if mode in ("1", "P"):
        same.append((T.Resize((3, 5)), came.resize((5, 3), nearest)))
    if mode in ("L", "RGB"):
        same.append((T.Resize((3, 5), T.InterpolationMode.LANCZOS), came.resize((5, 3), image.Resampling.LANCZOS)))
    for transform, expected in same:
        result = transform(came)
        assert (result.mode, result.size) == (mode, expected.size)
        if mode == "P":
            result, expected = result.convert("RGB"), expected.convert("RGB")
        np.testing.assert_array_equal(np.asarray(result), np.asarray(expected), err_msg=repr(transform))


def test_pillow_images_are_always_antialiased():
    image = pytest.importorskip("PIL.Image")
    came = image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8))
    for size in ((7, 11), (40, 15)):
        ours = np.asarray(T.Resize(size, antialias=False)(came)).astype(int)
        assert abs(ours - np.asarray(came.resize(size[::-1], image.Resampling.BILINEAR))).max() <= 1


def test_a_border_of_a_colour():
    colours = T.Pad(1, fill=(10, 20, 30))(COLOUR)
    assert colours[0, 0].tolist() == [10, 20, 30]
    assert (colours[1:-1, 1:-1] == COLOUR).all()
    assert T.RandomCrop(9, padding=9, fill=(7,), pad_if_needed=True)(COLOUR).shape == (9, 9, 3)
    assert T.Pad((0, 1), fill=[1, 2, 3])(mtorch.zeros(2, 3, 2, 2))[:, :, 0, 0].tolist() == [[1, 2, 3]] * 2


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int16])
def test_cubic_curves_do_not_wrap_around(dtype):
    limits = np.iinfo(dtype)
    steps = np.repeat(np.array([limits.min, limits.max], dtype), 8)[None].repeat(4, 0)
    row = T.Resize((4, 48), T.InterpolationMode.BICUBIC)(steps)[0].astype(float)
    assert row[:20].max() < limits.max / 2
    assert row[-20:].min() > limits.max / 2


def test_a_size_in_a_list_is_shown_as_one():
    assert [repr(crop([3, 4])).partition(")")[0].rstrip(",") for crop in (T.CenterCrop, T.FiveCrop)] == [
        "CenterCrop(size=[3, 4]", "FiveCrop(size=[3, 4]"]
    assert T.RandomResizedCrop([3, 4]).size == [3, 4] and T.CenterCrop([3]).size == (3, 3)
    assert T.CenterCrop([2, 3])(COLOUR).shape == (2, 3, 3)
