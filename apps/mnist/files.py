"""A trained network as a file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mnist.recipes import RECIPES
from mnist.stopping import CannotGoOn

import mtorch
from mtorch import nn


class Saved(NamedTuple):
    model: str  # a name of RECIPES
    augment: bool  # whether it was made to learn from distorted images, by AUGMENTED
    state_dict: dict[str, mtorch.Tensor]
    scaling: dict[str, float]  # of the pixels, see `Data.scale`


def load(path: Path, wanted: str | None) -> Saved:
    """What `save` wrote, which has to be of the model that is wanted, if one is."""
    content = mtorch.load(path)
    if not isinstance(content, dict) or set(content) != set(Saved._fields) or content["model"] not in RECIPES:
        raise ValueError(f"{path}: no network that this program saved")
    if wanted not in (None, content["model"]):
        raise ValueError(f"{path}: has a network of kind {content['model']}, but --model is {wanted}")
    return Saved(**content)


def save(path: Path, model: str, augment: bool, net: nn.Module, scaling: dict[str, float]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mtorch.save(Saved(model, augment, net.state_dict(), scaling)._asdict(), path)
    except OSError as error:
        raise CannotGoOn(f"what was learnt cannot be kept in {path}: {error}") from error
