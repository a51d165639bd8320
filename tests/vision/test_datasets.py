"""Data sets of pictures: torchvision's folders, arguments, attributes, samples and repr, with Pillow and without."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import mtorch
from mtorch.utils.data import DataLoader, TensorDataset
from mtorch.vision import datasets, drawn_digits, pillow, write_idx
from mtorch.vision.datasets import KMNIST, MNIST, DatasetFolder, DrawnDigits, FashionMNIST, ImageFolder, mnist
from mtorch.vision.datasets.folder import make_dataset

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 28, 28), np.uint8)
LABELS = np.array([3, 1, 4, 1, 5, 9], np.uint8)


def write_files(raw: Path, packed: str = "") -> None:
    for part, count in (("train", 6), ("t10k", 4)):
        write_idx(raw / f"{part}-images-idx3-ubyte{packed}", IMAGES[:count])
        write_idx(raw / f"{part}-labels-idx1-ubyte{packed}", LABELS[:count])


@pytest.fixture
def root(tmp_path):
    for name in ("MNIST", "FashionMNIST", "KMNIST"):
        write_files(tmp_path / name / "raw")
    return tmp_path


@pytest.mark.parametrize("kind", [MNIST, FashionMNIST, KMNIST])
@pytest.mark.parametrize(("train", "count"), [(True, 6), (False, 4)])
def test_tensors_and_attributes(root, kind, train, count):
    data = kind(root, train=train)
    assert len(data) == count
    assert data.data.dtype == mtorch.uint8
    assert data.data.shape == (count, 28, 28)
    np.testing.assert_array_equal(data.data.numpy(), IMAGES[:count])
    assert data.targets.dtype == mtorch.int64
    assert data.targets.tolist() == LABELS[:count].tolist()
    assert len(data.classes) == 10
    assert data.class_to_idx[data.classes[7]] == 7
    assert data.train is train


def test_packed_files_are_read_too(tmp_path):
    write_files(tmp_path / "MNIST" / "raw", ".gz")
    assert MNIST(str(tmp_path)).targets.tolist() == LABELS.tolist()


def test_samples(root, has_pillow):
    image, target = MNIST(root)[2]
    assert type(target) is int
    assert target == 4
    np.testing.assert_array_equal(np.asarray(image), IMAGES[2])
    if has_pillow:
        assert (image.mode, image.size) == ("L", (28, 28))
    else:
        assert type(image) is np.ndarray
    with pytest.raises(IndexError):
        MNIST(root)[6]


@pytest.mark.usefixtures("has_pillow")
def test_transforms_are_applied_to_each_sample(root):
    data = MNIST(root, transform=lambda image: np.asarray(image).astype(np.float32) / 255,
                 target_transform=lambda target: -target)
    x, y = next(iter(DataLoader(data, batch_size=6)))
    np.testing.assert_array_equal(x.numpy(), IMAGES.astype(np.float32) / 255)
    assert y.tolist() == (-LABELS.astype(int)).tolist()


def test_whole_tensors_for_fast_batches(root):
    data = MNIST(root)
    x, y = next(iter(DataLoader(TensorDataset(data.data, data.targets), batch_size=4)))
    np.testing.assert_array_equal(x.numpy(), IMAGES[:4])
    assert y.tolist() == [3, 1, 4, 1]


def test_repr_is_torchvisions(root):
    data = MNIST(root, train=False, transform=np.asarray, target_transform=datasets.vision.StandardTransform())
    assert repr(MNIST(root)) == f"""Dataset MNIST
    Number of datapoints: 6
    Root location: {root}
    Split: Train"""
    assert repr(data) == f"""Dataset MNIST
    Number of datapoints: 4
    Root location: {root}
    Split: Test
    StandardTransform
Transform: {np.asarray!r}
Target transform: StandardTransform"""
    assert repr(MNIST(root, "train")).splitlines()[1::2] == ["    Number of datapoints: 6", "    Split: Test"]    # as there


def test_old_names_warn(root):
    with pytest.warns(UserWarning, match="train_labels has been renamed targets"):
        assert MNIST(root).train_labels.tolist() == LABELS.tolist()
    with pytest.warns(UserWarning, match="test_data has been renamed data"):
        assert MNIST(root, train=False).test_data.shape == (4, 28, 28)


def test_missing_files(tmp_path):
    with pytest.raises(RuntimeError, match=r"Dataset not found\. .*MNIST.raw is not a folder; .*download=True"):
        MNIST(tmp_path)
    assert not list(tmp_path.iterdir())


def test_damaged_file_is_named(root):
    path = root / "MNIST" / "raw" / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match=r"MNIST.raw.train-images-idx3-ubyte: .*: truncated"):
        MNIST(root)


def test_download_asks_only_for_what_is_missing(root, monkeypatch):
    asked = []
    monkeypatch.setattr(mnist, "download_all", lambda *arguments: asked.append(arguments))
    MNIST(root, download=True)
    assert not asked
    (root / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").unlink()
    MNIST(root, download=True)
    [(files, mirrors, folder)] = asked
    assert files == {"t10k-labels-idx1-ubyte.gz": MNIST.files["t10k-labels-idx1-ubyte.gz"]}
    assert (mirrors, folder) == (MNIST.mirrors, root / "MNIST" / "raw")


@pytest.mark.parametrize("reachable", [True, False])
def test_download_replaces_a_damaged_file(root, monkeypatch, reachable):
    raw = root / "MNIST" / "raw"
    (raw / "train-labels-idx1-ubyte").rename(raw / "train-labels-idx1-ubyte.gz")
    whole = (raw / "train-labels-idx1-ubyte.gz").read_bytes()
    (raw / "train-labels-idx1-ubyte.gz").write_bytes(whole[:-2])

    def fetch(files, mirrors, folder):
        assert files == MNIST.files
        if not reachable:
            raise ConnectionError("no mirror gave it")
        (folder / "train-labels-idx1-ubyte.gz").write_bytes(whole)

    monkeypatch.setattr(mnist, "download_all", fetch)
    if reachable:
        assert MNIST(root, download=True).targets.tolist() == LABELS.tolist()
    else:
        with pytest.raises(ValueError, match="truncated; it could not be fetched again: no mirror gave it"):
            MNIST(root, download=True)
        assert (raw / "train-labels-idx1-ubyte.gz").read_bytes() == whole[:-2]


def test_default_root_is_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    write_files(tmp_path / "mtorch" / "MNIST" / "raw")
    assert len(MNIST()) == 6


def test_digests_are_complete_and_distinct():
    digests = [digest for kind in (MNIST, FashionMNIST, KMNIST) for digest in kind.files.values()]
    assert len(set(digests)) == 12
    assert {len(digest) for digest in digests} == {64}


def test_drawn_digits(tmp_path, monkeypatch):
    monkeypatch.setattr(drawn_digits, "COUNTS", {"train": 50, "t10k": 30})
    data = DrawnDigits(tmp_path, train=False, target_transform=str)
    images, labels = drawn_digits.load_drawn_digits(False, tmp_path)
    np.testing.assert_array_equal(data.data.numpy(), images)
    assert data[3][1] == str(labels[3])
    assert repr(data).startswith("Dataset DrawnDigits\n    Number of datapoints: 30\n")
    assert "MNIST" not in repr(data)


@pytest.fixture
def pets(tmp_path):
    image = pytest.importorskip("PIL.Image")
    for place, grey in (("cat/1.png", 10), ("cat/more/0.PNG", 20), ("dog/2.jpg", 30)):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        image.new("L", (3, 2), grey).save(tmp_path / place)
    (tmp_path / "cat" / "notes.txt").write_text("not a picture")
    (tmp_path / "list.csv").write_text("not a class")
    return tmp_path


def test_image_folder(pets):
    data = ImageFolder(pets, transform=np.asarray, target_transform=float)
    assert data.classes == ["cat", "dog"]
    assert data.class_to_idx == {"cat": 0, "dog": 1}
    assert data.imgs == data.samples
    assert [os.path.relpath(path, pets) for path, _ in data.samples] == ["cat/1.png", "cat/more/0.PNG", "dog/2.jpg"]
    assert data.targets == [0, 0, 1]
    image, target = data[1]
    assert image.shape == (2, 3, 3)
    assert np.all(image == 20)
    assert target == 0.0
    assert ImageFolder(str(pets))[0][0].mode == "RGB"
    assert repr(ImageFolder(pets)) == f"Dataset ImageFolder\n    Number of datapoints: 3\n    Root location: {pets}"


def test_image_folder_with_ones_own_rules(pets):
    data = ImageFolder(pets, loader=os.path.basename, is_valid_file=lambda path: not path.endswith(".png"))
    assert list(data) == [("notes.txt", 0), ("0.PNG", 0), ("2.jpg", 1)]


def test_image_folder_without_pillow_says_what_is_missing(pets, monkeypatch):
    monkeypatch.setattr(pillow, "_image_module", lambda: None)
    with pytest.raises(ImportError, match="reading pictures needs Pillow, which is not installed: pip install pillow"):
        ImageFolder(pets)[0]


def test_folders_that_are_not_as_expected(tmp_path):
    with pytest.raises(FileNotFoundError, match="Couldn't find any class folder in"):
        ImageFolder(tmp_path)
    (tmp_path / "cat").mkdir()
    with pytest.raises(FileNotFoundError, match=r"no valid file for the classes cat\. Supported extensions are: .jpg"):
        ImageFolder(tmp_path)
    assert len(ImageFolder(tmp_path, allow_empty=True)) == 0
    with pytest.raises(ValueError, match="Both extensions and is_valid_file cannot be None or not None"):
        make_dataset(tmp_path)
    with pytest.raises(ValueError, match="must have at least one entry"):
        make_dataset(tmp_path, {}, extensions=".png")


def test_subclass_decides_about_classes(tmp_path):
    class Parity(DatasetFolder):
        def find_classes(self, directory):
            return ["even", "odd"], {"0": 0, "2": 0, "1": 1}

    for name in "0123":
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.txt").write_text(name)
    data = Parity(tmp_path, loader=lambda path: Path(path).read_text(), extensions=(".txt",))
    assert list(data) == [("0", 0), ("1", 1), ("2", 0)]


def test_both_kinds_of_transform_contradict_each_other():
    with pytest.raises(ValueError, match="Only transforms or transform/target_transform"):
        datasets.VisionDataset(transforms=max, transform=min)
