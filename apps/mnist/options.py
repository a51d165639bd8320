"""What the user may ask for."""

from __future__ import annotations

import argparse
import math
import os
from pathlib import Path

from mnist.recipes import OPTIMIZERS, RECIPES


def parse_arguments(description: str) -> argparse.Namespace:
    defaults = "; default: what suits the model"
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="has MNIST's four IDX files, plain or .gz")
    parser.add_argument("--drawn", action="store_true", help="use the digits that mtorch draws, do not look for MNIST")
    parser.add_argument("--samples", type=positive(int), metavar="N", help="learn from the first N images only")
    parser.add_argument("--model", choices=RECIPES, help="default: mlp, or what --load has")
    parser.add_argument("--augment", action="store_true", help="distort the images a little, anew in each epoch, of "
                        "which there are more; cnn has twice the channels, and batch norm: some ten minutes of one core")
    parser.add_argument("--epochs", type=int, help="passes over the images, 0 to test only" + defaults)
    parser.add_argument("--batch-size", type=positive(int), metavar="N", help="images a step" + defaults)
    parser.add_argument("--lr", type=positive(float), help="highest learning rate" + defaults)
    parser.add_argument("--optimizer", choices=OPTIMIZERS, help=defaults[2:])
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; default: 0")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the network here when it has learnt")
    parser.add_argument("--load", type=Path, metavar="FILE", help="begin with a saved network")
    parser.add_argument("--checkpoint", type=Path, metavar="DIR", help="keep there what a broken-off training needs")
    parser.add_argument("--checkpoint-every", type=positive(int), default=200, metavar="N",
                        help="batches between checkpoints; there is one after each epoch too; default: 200")
    parser.add_argument("--resume", action="store_true", help="go on where the training in --checkpoint broke off")
    parser.add_argument("--plot", type=Path, metavar="DIR", help="write pictures there (needs matplotlib)")
    parser.add_argument("--quiet", action="store_true", help="say only which data is used and how good the result is")
    options = parser.parse_args()
    complain_early(parser, options)
    return options


def positive(kind):
    """A number of this kind, more than 0."""
    def parse(text):
        value = kind(text)
        if not 0 < value < math.inf:
            raise argparse.ArgumentTypeError(f"{text} came, expected more than 0")
        return value

    parse.__name__ = kind.__name__  # argparse names it when the text is no number
    return parse


def complain_early(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """What would go wrong at the end of the training is said before it begins."""
    if options.data_dir is not None and options.drawn:
        parser.error("--data-dir and --drawn: expected at most one of them")
    if options.epochs is not None and options.epochs < 0:
        parser.error(f"argument --epochs: {options.epochs} came, expected 0 or more")
    if options.resume and options.checkpoint is None:
        parser.error("argument --resume: needs --checkpoint DIR")
    if options.plot is not None:
        try:
            import matplotlib  # noqa: F401
        except ImportError:
            parser.error("argument --plot: needs matplotlib, which is not installed: pip install matplotlib")
    for option, folder in (("--plot", options.plot), ("--save", options.save and options.save.parent)):
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                parser.error(f"argument {option}: {folder} cannot be made a folder: {error.strerror}")
            if not os.access(folder, os.W_OK):
                parser.error(f"argument {option}: {folder} cannot be written to")
    if options.save is not None and options.save.is_dir():
        parser.error(f"argument --save: {options.save} is a folder")
