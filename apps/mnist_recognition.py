"""Learns to read handwritten digits, and shows how well it reads digits that it has never seen.

    python apps/mnist_recognition.py

needs no argument, no network and no data on disk. It learns from IDX files in --data-dir, or else from MNIST in the
user's cache, where it is put by a download; where that fails, from digits that mtorch draws itself.
"""

from __future__ import annotations

import argparse
import sys

from mnist.data import find_data
from mnist.files import load, save
from mnist.options import parse_arguments
from mnist.recipes import as_asked, make_network
from mnist.report import confusion_table, predict, save_plots
from mnist.stopping import CannotGoOn
from mnist.training import train

import mtorch
from mtorch.serialization import FileFormatError
from mtorch.vision import cache_dir


def run(options: argparse.Namespace) -> int:
    say = (lambda *_: None) if options.quiet else print
    try:
        saved = load(options.load, options.model) if options.load else None
        data = find_data(options)
    except (OSError, ValueError, FileFormatError) as error:
        raise CannotGoOn(str(error)) from error
    print(f"Data: {data.name}", flush=True)
    scaling = data.scale(saved.scaling if saved else None)

    mtorch.manual_seed(options.seed)
    model = saved.model if saved else options.model or "mlp"
    recipe = as_asked(model, options)
    made_for_augmented = saved.augment if saved else options.augment
    net = make_network(model, made_for_augmented)
    if saved:
        net.load_state_dict(saved.state_dict)
    say(f"Network: {model}, {sum(parameter.numel() for parameter in net.parameters()):,} parameters")

    settings = {"model": model, "augment": options.augment, "epochs": recipe.epochs, "batch size": recipe.batch_size,
                "lr": recipe.lr, "optimizer": recipe.optimizer, "seed": options.seed, "images": len(data.train), **scaling}
    history, stopped = train(net, data, recipe, options, settings, say)
    if stopped and options.checkpoint:
        print(f"Stopped in epoch {stopped}. What was learnt is in {options.checkpoint}; go on with --resume")
    elif stopped:
        path = options.save or cache_dir() / f"mnist_recognition-{model}.pt"
        save(path, model, made_for_augmented, net, scaling)
        print(f"Stopped in epoch {stopped}. What was learnt is in {path}; go on with --load {path}")
    elif options.save:
        save(options.save, model, made_for_augmented, net, scaling)
        say(f"Saved in {options.save}")

    said, confidence = predict(net, data.test)
    digits = data.test.tensors[1]
    right = (said == digits).sum().item()
    say(f"\n{confusion_table(said, digits)}\n")
    print(f"Test accuracy: {right / len(digits):.2%} ({len(digits) - right:,} of {len(digits):,} wrong)")
    if options.plot:
        for path in save_plots(options.plot, history, said, confidence, data.test):
            say(f"Picture: {path}")
    return 130 if stopped else 0  # 130 is what a shell says of a program that Ctrl-C ended


def main() -> int:
    options = parse_arguments(__doc__)
    try:
        return run(options)
    except KeyboardInterrupt:
        print("Stopped before anything was learnt.", file=sys.stderr)
        return 130
    except (CannotGoOn, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
