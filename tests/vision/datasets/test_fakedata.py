"""FakeData has torchvision's pictures of noise and classes, with Pillow and without."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch
from mtorch.utils.data import DataLoader
from mtorch.vision import transforms
from mtorch.vision.datasets import FakeData


@pytest.mark.parametrize("image_size", [(3, 4, 5), (3, 224, 224), (4, 3, 3)])
@pytest.mark.parametrize("offset", [0, 7, -5])
def test_samples_are_torchvisions(has_pillow, image_size, offset):
    torch = pytest.importorskip("torch")
    data = FakeData(3, image_size, num_classes=1000, random_offset=offset)
    for index in range(3):
        torch.manual_seed(index + offset)                   # what torchvision does
        noise = torch.randn(*image_size)
        wanted = torch.randint(0, 1000, size=(1,), dtype=torch.long)[0].item()
        image, target = data[index]
        np.testing.assert_array_equal(np.asarray(image), noise.mul(255).byte().numpy().transpose(1, 2, 0))
        assert target == wanted
        assert type(target) is int


def test_fixed_sample(has_pillow):
    image, target = FakeData(size=5, image_size=(3, 2, 2))[1]
    assert np.asarray(image).tolist() == [[[168, 141, 250], [68, 214, 113]], [[15, 124, 29], [158, 97, 242]]]
    assert target == 3


def test_form_of_the_image(has_pillow):
    image, _ = FakeData(image_size=(1, 6, 4))[0]
    if has_pillow:
        assert (image.mode, image.size) == ("L", (4, 6))
        assert FakeData(image_size=(3, 6, 4))[0][0].mode == "RGB"
        with pytest.raises(ValueError, match=r"pic should not have > 4 channels\. Got 5 channels\."):
            FakeData(image_size=(5, 6, 4))[0]
    else:
        assert image.shape == (6, 4, 1)
        assert image.dtype == np.uint8


def test_attributes_and_repr():
    data = FakeData()
    assert (len(data), data.size, data.image_size, data.num_classes, data.random_offset) == (1000, 1000, (3, 224, 224), 10, 0)
    assert repr(FakeData(7, transform=transforms.ToTensor())) == """Dataset FakeData
    Number of datapoints: 7
    StandardTransform
Transform: ToTensor()"""
    with pytest.raises(IndexError, match="FakeData index out of range"):
        data[1000]
    assert len(list(FakeData(3, (3, 2, 2)))) == 3


def test_the_default_generator_is_left_alone():
    data = FakeData(3, (3, 5, 5))
    mtorch.manual_seed(3)
    wanted = mtorch.randn(5)
    mtorch.manual_seed(3)
    data[1]
    assert mtorch.equal(mtorch.randn(5), wanted)


@pytest.mark.usefixtures("has_pillow")
def test_transforms_and_batches():
    came = []
    data = FakeData(4, (3, 8, 6), transform=transforms.ToTensor(), target_transform=lambda t: came.append(t) or t + 1)
    x, y = next(iter(DataLoader(data, batch_size=4)))
    assert x.shape == (4, 3, 8, 6)
    assert y.tolist() == [FakeData(4, (3, 8, 6))[i][1] + 1 for i in range(4)]
    assert all(t.shape == () and t.dtype == mtorch.int64 for t in came)
    assert FakeData(1, (1, 2, 2), target_transform=str)[0][1].startswith("tensor(")
