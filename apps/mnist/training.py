"""From images to a network that reads them: the training loop."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable

from mnist.data import Data, make_loader
from mnist.recipes import OPTIMIZERS, Recipe, course_of_lr
from mnist.report import accuracy
from mnist.stopping import CannotGoOn, StopRequest, note
from tqdm import tqdm

from mtorch import nn, optim
from mtorch.serialization import Checkpoint, FileFormatError


def train(net: nn.Module, data: Data, recipe: Recipe, options: argparse.Namespace, settings: dict,
          say: Callable) -> tuple[list, int | None]:
    """Let the network learn, and say how well it reads after each epoch.

    settings: what a training that is taken up from a checkpoint must have been begun with.
    Returns the loss and the accuracies of each epoch, and the epoch in which the user stopped it, if at all.
    """
    loader = make_loader(data.train, recipe.batch_size, options.augment)
    criterion = recipe.criterion()
    optimizer = OPTIMIZERS[recipe.optimizer](net.parameters(), recipe.lr)
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, course_of_lr(recipe.epochs * len(loader)))
    # The loss and the accuracies of each epoch that is done, and what is counted in the one that is not.
    progress: dict = {"history": [], "counts": nothing()}
    checkpoint = None
    if options.checkpoint:
        checkpoint = Checkpoint(options.checkpoint, model=net, optimizer=optimizer, scheduler=scheduler, loader=loader,
                                every=options.checkpoint_every, settings=settings)
        progress = checkpoint.extra = begin_or_resume(checkpoint, options.resume, progress)

    began = time.perf_counter()
    with StopRequest() as stop:
        for epoch in checkpoint.epochs(recipe.epochs) if checkpoint else range(recipe.epochs):
            name, counts = f"epoch {epoch + 1}/{recipe.epochs}", progress["counts"]
            net.train()
            with tqdm(total=len(loader), initial=counts["batches"], desc=name, unit="batch", leave=False,
                      disable=options.quiet or None) as bar:
                for images, digits in checkpoint.batches() if checkpoint else loader:
                    outputs = net(images)
                    loss = criterion(outputs, digits)
                    check(loss, name, counts, scheduler)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    scheduler.step()
                    count(counts, loss, outputs, digits)
                    show(bar, counts)
                    if stop.made:
                        break
            if stop.made:
                if checkpoint:
                    checkpoint.save(**progress)
                return progress["history"], epoch + 1
            mean_loss, train_accuracy = means(counts)
            progress["history"].append((mean_loss, train_accuracy, accuracy(net, data.test)))
            progress["counts"] = nothing()
            if checkpoint:
                checkpoint.save(**progress)
            say(f"{name}: loss {mean_loss:.4f}, accuracy {train_accuracy:.2%} in training, "
                f"{progress['history'][-1][2]:.2%} on the test images; {time.perf_counter() - began:.1f} s")
    return progress["history"], None


def check(loss, name: str, counts: dict[str, float], scheduler) -> None:
    """A loss that is no number would make every weight no number."""
    if not math.isfinite(loss.item()):
        raise CannotGoOn(f"{name}: the loss became {loss.item()} in batch {counts['batches'] + 1}, expected a finite "
                         f"number; the learning rate, {scheduler.get_last_lr()[0]:.3g} there, is too high: try a "
                         "smaller --lr")


def begin_or_resume(checkpoint: Checkpoint, resume: bool, progress: dict) -> dict:
    """Take the training up, if that is asked for and there is one, and return its progress; else save its beginning."""
    try:
        if checkpoint.begin(resume):
            return checkpoint.extra
        if resume:
            note(f"no checkpoint in {checkpoint.folder}: the training begins anew")
        checkpoint.save(**progress)
    except (OSError, ValueError, FileFormatError) as error:
        raise CannotGoOn(f"--checkpoint {checkpoint.folder}: {error}") from error
    return progress


# ---- what is counted in an epoch: over its batches so far ------------------------------------------------


def nothing() -> dict[str, float]:
    return {"batches": 0, "images": 0, "loss": 0.0, "right": 0}


def count(counts: dict[str, float], loss, outputs, digits) -> None:
    counts["batches"] += 1
    counts["images"] += len(digits)
    counts["loss"] += loss.item() * len(digits)
    counts["right"] += (outputs.argmax(1) == digits).sum().item()


def means(counts: dict[str, float]) -> tuple[float, float]:
    """The loss and the accuracy of an image."""
    return counts["loss"] / counts["images"], counts["right"] / counts["images"]


def show(bar: tqdm, counts: dict[str, float]) -> None:
    if counts["batches"] % 20 == 0:
        loss, right = means(counts)
        bar.set_postfix(loss=f"{loss:.4f}", accuracy=f"{right:.2%}", refresh=False)
    bar.update()
