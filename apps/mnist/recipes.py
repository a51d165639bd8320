"""How each network is trained, unless the user says otherwise."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from typing import NamedTuple

from mnist.networks import CNN, MLP, Linear, Seed, SquaredError

from mtorch import nn, optim


class Recipe(NamedTuple):
    network: Callable[[], nn.Module]
    criterion: Callable[[], nn.Module]
    epochs: int
    batch_size: int
    optimizer: str
    lr: float  # the highest, see `course_of_lr`


RECIPES = {
    "mlp": Recipe(MLP, nn.CrossEntropyLoss, epochs=8, batch_size=128, optimizer="adam", lr=3e-3),
    "cnn": Recipe(CNN, nn.CrossEntropyLoss, epochs=8, batch_size=128, optimizer="adam", lr=3e-3),
    "linear": Recipe(Linear, nn.CrossEntropyLoss, epochs=6, batch_size=128, optimizer="adam", lr=3e-3),
    "seed": Recipe(Seed, SquaredError, epochs=40, batch_size=64, optimizer="sgd", lr=0.05),
}
# Where each epoch shows the images anew there is more to learn: in more epochs, by more channels, steadied by batch norm.
AUGMENTED = {model: recipe._replace(epochs=2 * recipe.epochs) for model, recipe in RECIPES.items()}
AUGMENTED["cnn"] = AUGMENTED["cnn"]._replace(network=lambda: CNN(width=32, batch_norm=True), epochs=20)

OPTIMIZERS = {
    "sgd": lambda parameters, lr: optim.SGD(parameters, lr=lr, momentum=0.9),
    "adam": lambda parameters, lr: optim.Adam(parameters, lr=lr),
    "adamw": lambda parameters, lr: optim.AdamW(parameters, lr=lr),
}
USUAL_LR = {"sgd": 0.05, "adam": 1e-3, "adamw": 1e-3}  # for an optimizer that is not the recipe's


def make_network(model: str, augment: bool) -> nn.Module:
    return (AUGMENTED if augment else RECIPES)[model].network()


def as_asked(model: str, options: argparse.Namespace) -> Recipe:
    """The recipe of a model, changed where the user asked for something else."""
    usual = (AUGMENTED if options.augment else RECIPES)[model]
    optimizer = options.optimizer or usual.optimizer
    return usual._replace(
        epochs=usual.epochs if options.epochs is None else options.epochs,
        batch_size=options.batch_size or usual.batch_size,
        optimizer=optimizer,
        lr=options.lr or (usual.lr if optimizer == usual.optimizer else USUAL_LR[optimizer]))


def course_of_lr(steps: int):
    """The learning rate as a share of the highest: it rises for a fifth of the steps, then falls, a cosine, to zero."""
    rise = max(1, steps // 5)

    def share(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))

    return share
