"""The drawn digits: the same for the same seed, unlike each other, as hard as is promised, and safe on disk."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest

from mtorch.vision import drawn_digits as module
from mtorch.vision.digit_strokes import WAYS
from mtorch.vision.drawn_digits import draw_digits, load_drawn_digits
from mtorch.vision.idx import read_images, write_idx


@pytest.fixture
def few(monkeypatch):
    """Parts of a size for tests."""
    monkeypatch.setattr(module, "COUNTS", {"train": 300, "t10k": 120})


def test_shapes_and_kinds():
    images, labels = draw_digits(1234)
    assert images.shape == (1234, 28, 28)
    assert images.dtype == labels.dtype == np.uint8
    assert images.min() == 0
    assert images.max() == 255
    assert draw_digits(0)[0].shape == (0, 28, 28)


def test_seed_decides_and_a_longer_drawing_begins_with_the_shorter():
    images, labels = draw_digits(1500, seed=3)
    for count in (1, 999, 1000, 1001):
        shorter, fewer = draw_digits(count, seed=3)
        np.testing.assert_array_equal(shorter, images[:count])
        np.testing.assert_array_equal(fewer, labels[:count])
    assert not np.array_equal(draw_digits(100, seed=4)[0], images[:100])


def test_numpys_global_generator_is_left_alone():
    np.random.seed(0)
    expected = np.random.random()
    np.random.seed(0)
    draw_digits(10)
    assert np.random.random() == expected


@pytest.mark.parametrize(("count", "seed"), [(-1, 0), (1, -1)])
def test_refuses_negative_numbers(count, seed):
    with pytest.raises(ValueError, match=f"draw_digits: count is {count} and seed is {seed}, expected both"):
        draw_digits(count, seed)


def test_refuses_what_is_no_integer():
    with pytest.raises(TypeError, match="draw_digits: count is 2.5 and seed is 0, expected integers"):
        draw_digits(2.5)


def test_every_digit_comes_equally_often_and_lies_in_the_image():
    images, labels = draw_digits(10_000)
    counts = np.bincount(labels, minlength=10)
    assert counts.min() > 850
    assert counts.max() < 1150
    ink = (images > 64).mean((1, 2))
    assert ink.min() > 0.01     # something is seen on each
    assert ink.max() < 0.6
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    assert (border > 64).any(1).mean() < 0.08   # hardly any digit runs out of its image
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


def test_strokes_are_in_their_box_and_a_pen_follows_them():
    assert sorted(WAYS) == list(range(10))
    pens = iter(module._PENS)
    for way in itertools.chain(*WAYS.values()):
        strokes = module._points(way)
        points, curve, down = next(pens)
        assert all(len(stroke) >= 2 for stroke in strokes)
        assert points.min() >= 0
        assert points.max() <= 1
        np.testing.assert_allclose(curve.sum(1), 1.0, atol=1e-6)  # so a shifted digit is the digit, shifted
        places = curve @ points
        for stroke in strokes:   # every stroke's ends are reached
            for end in (stroke[0], stroke[-1]):
                assert np.abs(places - np.array(end) / 100).max(1).min() < 1e-6
        assert len(down) - down.sum() == len(strokes) - 1


def test_spline_passes_its_points_and_keeps_straight_lines():
    curve = module._spline(4, 31)
    np.testing.assert_allclose(curve[::10], np.eye(4), atol=1e-12)
    np.testing.assert_allclose(curve @ np.arange(4.0), np.linspace(0, 3, 31), atol=1e-12)


def accuracy_of_a_linear_classifier(images, labels, test_images, test_labels):
    """Softmax regression by Newton-free gradient descent with momentum, on plain NumPy."""
    x = np.c_[images.reshape(len(images), -1) / np.float32(255), np.ones(len(images), np.float32)]
    t = np.c_[test_images.reshape(len(test_images), -1) / np.float32(255), np.ones(len(test_images), np.float32)]
    wanted = np.eye(10, dtype=np.float32)[labels]
    w = np.zeros((785, 10), np.float32)
    speed = np.zeros_like(w)
    for epoch in range(6):
        for start in range(0, len(x), 250):
            rows = slice(start, start + 250)
            scores = np.exp(x[rows] @ w)
            scores /= scores.sum(1, keepdims=True)
            speed = 0.9 * speed + x[rows].T @ (scores - wanted[rows]) / 250
            w -= 0.1 / (1 + epoch) * speed
    return (np.argmax(t @ w, 1) == test_labels).mean()


def test_too_hard_for_a_linear_classifier_yet_no_noise():
    """What a good network reaches is measured with the program, tests/apps/test_mnist_recognition.py."""
    accuracy = accuracy_of_a_linear_classifier(*draw_digits(20_000, seed=1), *draw_digits(4000, seed=2))
    assert 0.80 < accuracy < 0.93


@pytest.mark.usefixtures("few")
def test_drawn_once_then_read(tmp_path, monkeypatch):
    first = {train: load_drawn_digits(train, tmp_path) for train in (True, False)}
    assert len(first[True][0]) == 300
    assert len(first[False][0]) == 120
    assert not np.array_equal(first[True][0][:120], first[False][0])
    assert {file.name for file in (tmp_path / module._FOLDER).iterdir()} == {
        "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz"}
    monkeypatch.setattr(module, "draw_digits", None)
    for train, (images, labels) in first.items():
        again, labels_again = load_drawn_digits(train, tmp_path)
        np.testing.assert_array_equal(again, images)
        np.testing.assert_array_equal(labels_again, labels)


@pytest.mark.usefixtures("few")
def test_default_folder_is_in_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load_drawn_digits(False)
    assert read_images(tmp_path / "mtorch" / module._FOLDER / "t10k-images-idx3-ubyte.gz").shape == (120, 28, 28)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("damage", ["cut", "other", "count", "labels"])
def test_damaged_file_is_drawn_again_with_a_warning(tmp_path, damage):
    images, labels = load_drawn_digits(True, tmp_path)
    folder = tmp_path / module._FOLDER
    path = folder / "train-images-idx3-ubyte.gz"
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "other":
        path.write_bytes(b"something else")
    elif damage == "count":
        write_idx(path, images[:10])
        write_idx(folder / "train-labels-idx1-ubyte.gz", labels[:10])
    else:
        write_idx(folder / "train-labels-idx1-ubyte.gz", labels + 100)
    with pytest.warns(UserWarning, match=r"drawn digits are drawn again, .*train"):
        again, _ = load_drawn_digits(True, tmp_path)
    np.testing.assert_array_equal(again, images)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(load_drawn_digits(True, tmp_path)[0], images)


@pytest.mark.usefixtures("few")
def test_where_nothing_can_be_written_they_are_still_drawn(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    assert len(load_drawn_digits(True, tmp_path / "file" / "folder")[0]) == 300
