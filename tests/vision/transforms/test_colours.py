"""Colours, filters and views: fixed values, the forms of a picture, and what is refused."""

from __future__ import annotations

import copy
import pickle
import random
import subprocess
import sys

import numpy as np
import pytest

import mtorch
from mtorch.vision import transforms as T
from mtorch.vision.transforms import functional as F
from mtorch.vision.transforms import v2

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
COLOUR = np.random.default_rng(0).integers(0, 256, (9, 8, 3), np.uint8)
RED = np.array([[[255, 0, 0]]], np.uint8)
EVERY = [
    T.ColorJitter(0.5, 0.5, 0.5, 0.3), T.RandomGrayscale(1.0), T.RandomInvert(1.0), T.RandomPosterize(2, 1.0),
    T.RandomSolarize(99, 1.0), T.RandomAdjustSharpness(2, 1.0), T.RandomAutocontrast(1.0), T.RandomEqualize(1.0),
    T.GaussianBlur(3), T.RandomResizedCrop(5), T.RandomPerspective(p=1.0), T.RandomChoice([T.Pad(1), T.Pad(2)]),
    T.RandomOrder([T.Pad(1), T.RandomHorizontalFlip()]), T.Grayscale(),
]


@pytest.mark.parametrize("transform", EVERY, ids=lambda transform: type(transform).__name__)
@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
def test_arrays_are_as_tensors(transform, pixels):
    planes = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    before, results = pixels.copy(), []
    for form in (pixels, mtorch.from_numpy(planes.copy())):
        mtorch.manual_seed(5)
        random.seed(5)
        results.append(transform(form))
        assert isinstance(results[-1], type(form))
    array, tensor = results
    np.testing.assert_array_equal(tensor.numpy()[0] if pixels.ndim == 2 else tensor.numpy().transpose(1, 2, 0), array)
    np.testing.assert_array_equal(pixels, before)


def test_values():
    assert F.adjust_brightness(RED, 0.5).tolist() == [[[127, 0, 0]]]
    assert F.adjust_hue(RED, 1 / 3 - 1e-6).tolist()[0][0][1] == 255
    assert F.adjust_saturation(RED, 0).tolist() == [[[76, 76, 76]]]
    assert F.rgb_to_grayscale(RED).tolist() == [[[76]]]
    assert F.rgb_to_grayscale(GREY, 3).shape == (3, 4, 3)
    assert v2.functional.rgb_to_grayscale(GREY, 3).shape == v2.functional.grayscale_to_rgb(GREY).shape == (3, 4, 3)
    assert F.adjust_contrast(GREY, 0).tolist() == [[110] * 4] * 3
    assert F.posterize(RED - 1, 1).tolist() == [[[128, 128, 128]]]
    assert F.invert(mtorch.tensor([[[0.25]]])).item() == 0.75
    assert F.adjust_gamma(mtorch.tensor([[[0.5]]]), 2).item() == 0.25
    assert F.convert_image_dtype(mtorch.tensor([0.0, 1.0]), mtorch.uint8).tolist() == [0, 255]
    np.testing.assert_array_equal(F.gaussian_blur(np.full((5, 6), 9, np.uint8), 3), np.full((5, 6), 9))
    np.testing.assert_array_equal(F.five_crop(GREY, 1)[4], [[120]])


def test_gradients_flow():
    planes = mtorch.rand(3, 8, 9, requires_grad=True)
    changed = F.gaussian_blur(F.adjust_hue(F.adjust_saturation(F.adjust_contrast(planes, 0.7), 0.6), 0.1), 3)
    F.adjust_sharpness(changed, 0.5).sum().backward()
    assert mtorch.isfinite(planes.grad).all()
    assert (planes.grad != 0).any()


def test_four_corners_that_stay_change_nothing():
    corners = [[0, 0], [7, 0], [7, 8], [0, 8]]
    np.testing.assert_array_equal(F.perspective(COLOUR, corners, corners), COLOUR)


@pytest.mark.parametrize(("make", "error", "says"), [
    (lambda: T.ColorJitter(-1), ValueError, "If brightness is a single number, it must be non negative"),
    (lambda: T.ColorJitter(hue=0.6), ValueError, "hue values should be between"),
    (lambda: T.ColorJitter(contrast="1"), TypeError, "contrast should be a single number"),
    (lambda: T.GaussianBlur(4), ValueError, "odd and positive"),
    (lambda: T.GaussianBlur(3, sigma=0), ValueError, "must be positive"),
    (lambda: T.RandomInvert(2), ValueError, "RandomInvert: p is 2"),
    (lambda: T.RandomResizedCrop(3, scale=1), TypeError, "Scale should be a sequence"),
    (lambda: T.FiveCrop(5)(GREY), ValueError, r"crop size \(5, 5\) is bigger than input size \(3, 4\)"),
    (lambda: T.RandomChoice(T.Pad(1)), TypeError, "should be a sequence"),
    (lambda: F.adjust_hue(GREY, 1), ValueError, "not in"),
    (lambda: F.adjust_contrast(GREY, -1), ValueError, "not non-negative"),
    (lambda: F.invert(mtorch.zeros(2, 3, 3)), TypeError, r"channel values are \[1, 3\], but found 2"),
    (lambda: F.posterize(mtorch.zeros(1, 3, 3), 3), TypeError, "Only torch.uint8"),
    (lambda: F.equalize(GREY.astype(np.float32)), TypeError, "Only torch.uint8"),
    (lambda: F.solarize(GREY, 256), TypeError, "less than bound"),
    (lambda: F.convert_image_dtype(mtorch.zeros(3), mtorch.int32), RuntimeError, "cannot be performed safely"),
    (lambda: F.to_grayscale(GREY), TypeError, "should be PIL Image"),
    (lambda: F.perspective(GREY, [[0, 0]], [[0, 0]]), ValueError, "exactly four corners"),
    (lambda: T.ColorJitter(0.5)([1]), TypeError, "expected a picture"),
    (lambda: v2.Compose([]), ValueError, "at least one transform"),
    (lambda: v2.RandomChoice([v2.Identity()], p=[1, 2]), ValueError, "Length of p"),
    (lambda: v2.Resize(None), ValueError, "max_size must be an integer"),
    (lambda: v2.RandomCrop(9)(GREY), ValueError, "larger than input image size"),
    (lambda: v2.functional.posterize(GREY, 9), TypeError, "bits must be"),
    (lambda: v2.RandomZoomOut, AttributeError, "no 'RandomZoomOut'"),
    (lambda: v2.Resize(3)((COLOUR, mtorch.zeros(2, 4))), NotImplementedError, "2 parts have height and width"),
    (lambda: v2.Resize(3)({"image": COLOUR, "boxes": mtorch.zeros(2, 4)}), NotImplementedError, "boxes, masks"),
    (lambda: v2.Resize(3)([1, 2]), NotImplementedError, "0 parts have height and width"),
])
def test_refusals(make, error, says):
    with pytest.raises(error, match=says):
        make()


def test_a_transform_of_the_users_own():
    class Add(v2.Transform):
        def __init__(self, most):
            super().__init__()
            self.most = most

        def make_params(self, flat_inputs):
            return {"number": self.most}

        def transform(self, inpt, params):
            return inpt + params["number"]

    picture, label = v2.Compose([Add(2), v2.Lambda(lambda part: part + 1, np.ndarray)])(GREY, 7)
    assert label == 7
    np.testing.assert_array_equal(picture, GREY + 3)
    assert repr(Add(2)) == "Add(most=2)"


def test_they_can_be_copied_and_travel_to_workers():
    made = [*EVERY, *(getattr(v2, name)(0.5) for name in ("ColorJitter", "RandomInvert")), v2.Resize(3, "bicubic"),
            v2.Compose([v2.ToImage(), v2.ToDtype(mtorch.float32, scale=True)])]
    for transform in made:
        assert repr(pickle.loads(pickle.dumps(transform))) == repr(copy.deepcopy(transform)) == repr(transform)


def test_under_torchvisions_name():
    program = ("import torch; from torchvision.transforms import v2; import torchvision; import numpy as np\n"
               "assert torchvision.transforms.v2 is v2\n"
               "t = v2.Compose([v2.ToImage(), v2.RandomResizedCrop(4, antialias=True), v2.ToDtype(torch.float32, scale=True)])\n"
               "print(t(np.zeros((8, 8, 3), np.uint8)).shape, v2.functional.InterpolationMode.BILINEAR.value)")
    ran = subprocess.run([sys.executable, "-m", "mtorch", "-c", program], capture_output=True, text=True, check=False)
    assert ran.stdout.split() == ["torch.Size([3,", "4,", "4])", "bilinear"], ran.stderr


@pytest.mark.parametrize(("make", "error", "says"), [
    (lambda: v2.MixUp()(mtorch.zeros(2, 1, 3, 3), mtorch.tensor([0, 1])), ValueError, "num_classes must be passed"),
    (lambda: v2.CutMix(num_classes=2)(mtorch.zeros(3, 1, 3, 3), mtorch.tensor([0, 1])), ValueError, "and N labels"),
    (lambda: v2.CutMix(num_classes=2)(COLOUR, mtorch.tensor([0, 1])), ValueError, "does not support PIL images and arrays"),
    (lambda: v2.MixUp(num_classes=2)(mtorch.zeros(2, 1, 3, 3), mtorch.tensor([0, 1]), mtorch.zeros(2, 4)),
     NotImplementedError, "2 parts of this sample have height and width"),
    (lambda: v2.MixUp(num_classes=2)(mtorch.zeros(2, 1, 3, 3), 3), ValueError, "must be a dictionary or a two-tuple"),
    (lambda: v2.MixUp(num_classes=2)({"image": 3}), ValueError, "Could not infer where the labels are"),
    (lambda: T.AutoAugment("imagenet"), KeyError, "imagenet"),
    (lambda: T.RandAugment()(mtorch.zeros(3)), TypeError, "not a torch image"),
])
def test_refusals_of_mixtures_and_policies(make, error, says):
    with pytest.raises(error, match=says):
        make()
