"""Where the digits come from, and in which batches a network sees them."""

from __future__ import annotations

import argparse
import warnings
from typing import NamedTuple

from mnist.stopping import note

import mtorch
from mtorch.nn import functional as F
from mtorch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler, TensorDataset
from mtorch.vision import read_split
from mtorch.vision.datasets import MNIST, DrawnDigits


class Data(NamedTuple):
    """Pixels as float in [0, 1], shape (N, 1, 28, 28), and digits, shape (N,)."""

    train: TensorDataset
    test: TensorDataset
    name: str

    def scale(self, scaling: dict[str, float] | None) -> dict[str, float]:
        """Give the pixels, in place, a mean of 0 and a standard deviation of 1, or scale them as another data set was.

        Returns the scaling, which images to be read later need too.
        """
        pixels = self.train.tensors[0]
        scaling = scaling or {"mean": pixels.mean().item(), "std": pixels.std().item()}
        for part in (self.train, self.test):
            part.tensors[0].sub_(scaling["mean"]).div_(scaling["std"])
        return scaling


def find_data(options: argparse.Namespace) -> Data:
    """The user's files, MNIST, or drawn digits: the first of them that can be had.

    options: data_dir, a folder of IDX files or None; drawn, to look for nothing; samples, how many to learn from, or None.
    """
    if options.data_dir is not None:
        folder = options.data_dir / "MNIST" / "raw" if (options.data_dir / "MNIST").is_dir() else options.data_dir
        splits = [tuple(map(mtorch.from_numpy, read_split(folder, split))) for split in ("train", "t10k")]
        return make_data(splits, f"IDX files in {folder}", options.samples)
    why = "as you asked"
    if not options.drawn:
        try:
            sets = [MNIST(train=train, download=True) for train in (True, False)]
            return make_data([(part.data, part.targets) for part in sets], f"MNIST in {sets[0].raw_folder}",
                             options.samples)
        except (OSError, ValueError) as error:
            note(f"no MNIST: {error}")
            why = "there is no MNIST here and it could not be downloaded"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        drawn = [DrawnDigits(train=train) for train in (True, False)]
    for warning in caught:
        note(str(warning.message))
    return make_data([(part.data, part.targets) for part in drawn],
                     f"digits that mtorch draws itself, not MNIST ({why})", options.samples)


def make_data(splits: list, name: str, samples: int | None) -> Data:
    sets = []
    for (images, digits), limit in zip(splits, (samples, None), strict=True):
        if images.shape[1:] != (28, 28):
            raise ValueError(f"{name}: images of {images.shape[1]} x {images.shape[2]} pixels, expected 28 x 28")
        sets.append(TensorDataset(images[:limit].unsqueeze(1).float().div_(255), digits[:limit].long()))
    train, test = sets
    return Data(train, test, f"{name}: {len(train):,} to learn from, {len(test):,} to test on")


class Distorted(Dataset):
    """The images of a data set, each time a little different. The index is that of a whole batch."""

    def __init__(self, dataset: TensorDataset):
        self.dataset = dataset

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, indices):
        images, digits = self.dataset[indices]
        # Where each pixel is taken from: turned, sheared, scaled and shifted at random (a matrix near the identity) ...
        matrix = mtorch.eye(2, 3) + mtorch.randn(len(images), 2, 3) * mtorch.tensor([0.06, 0.06, 0.05])
        places = F.affine_grid(matrix, images.shape, align_corners=False)
        # ... and bent, by displacements drawn on a coarse grid, so that neighbouring pixels move alike.
        bends = F.interpolate(mtorch.randn(len(images), 2, 6, 6) * 0.04, size=(28, 28), mode="bicubic",
                              align_corners=False)
        places = places + bends.permute(0, 2, 3, 1)
        return F.grid_sample(images, places, padding_mode="border", align_corners=False), digits


def make_loader(train: TensorDataset, batch_size: int, augment: bool) -> DataLoader:
    if not augment:
        return DataLoader(train, batch_size, shuffle=True)
    batches = BatchSampler(RandomSampler(train), batch_size, drop_last=False)
    # The worker distorts the next batches while this process learns from one. A new one for each epoch, so that a
    # training that is taken up draws the same distortions.
    return DataLoader(Distorted(train), batch_size=None, sampler=batches, num_workers=1, prefetch_factor=8)
