"""How well a network reads: in one number, in a table, in pictures."""

from __future__ import annotations

import math
from pathlib import Path

from mnist.networks import Seed

import mtorch
from mtorch.utils.data import DataLoader, TensorDataset


@mtorch.no_grad()
def predict(net, test: TensorDataset):
    """For each test image, what the network says and how sure it is."""
    net.eval()
    outputs = mtorch.cat([net(images) for images, _ in DataLoader(test, batch_size=1000)])
    shares = outputs / outputs.sum(1, keepdim=True) if isinstance(net, Seed) else outputs.softmax(1)
    confidence, said = shares.max(1)
    return said, confidence


def accuracy(net, test: TensorDataset) -> float:
    said, _ = predict(net, test)
    return (said == test.tensors[1]).float().mean().item()


def confusion_table(said, digits) -> str:
    """How often each digit was taken for each, as text."""
    one_hot = mtorch.eye(10)
    counts = (one_hot[digits].T @ one_hot[said]).long().tolist()
    lines = ["written \\ read " + "".join(f"{digit:6d}" for digit in range(10)) + "    right"]
    for digit, row in enumerate(counts):
        right = row[digit] / sum(row) if sum(row) else math.nan
        lines.append(f"{digit:14d} " + "".join(f"{count or '.':>6}" for count in row) + f"{right:9.2%}")
    return "\n".join(lines)


def save_plots(folder: Path, history: list, said, confidence, test: TensorDataset) -> list[Path]:
    """Draw the learning curve, and the digits that were read wrongly with the most confidence; needs matplotlib."""
    from matplotlib.figure import Figure

    curve, wrong = Figure(figsize=(10, 4), layout="constrained"), Figure(figsize=(8, 9), layout="constrained")
    draw_history(curve, history)
    draw_wrong(wrong, said, confidence, test)
    paths = [folder / "learning_curve.png", folder / "most_confidently_wrong.png"]
    for figure, path in zip((curve, wrong), paths, strict=True):
        figure.savefig(path, dpi=100)
    return paths


def draw_history(figure, history: list) -> None:
    """history: (loss, accuracy in training, accuracy on the test images) of each epoch."""
    left, right = figure.subplots(1, 2)
    epochs = range(1, len(history) + 1)
    left.plot(epochs, [loss for loss, _, _ in history], marker=".")
    left.set(title="Loss in training", xlabel="epoch", ylabel="loss", ylim=(0, None))
    right.plot(epochs, [100 * train for _, train, _ in history], marker=".", label="in training")
    right.plot(epochs, [100 * test for _, _, test in history], marker=".", label="on the test images")
    right.set(title="Digits read rightly", xlabel="epoch", ylabel="%")
    right.legend()


def draw_wrong(figure, said, confidence, test: TensorDataset) -> None:
    images, digits = test.tensors
    wrong = (said != digits).nonzero().flatten()
    wrong = wrong[confidence[wrong].argsort(descending=True)[:25]].tolist()
    figure.suptitle("Read wrongly with the most confidence" if wrong else "No digit was read wrongly")
    axes = figure.subplots(5, 5)
    for axis, index in zip(axes.flat, wrong, strict=False):
        axis.imshow(images[index, 0].numpy(), cmap="gray_r")
        axis.set_title(f"{digits[index].item()}, read as {said[index].item()} ({confidence[index].item():.0%})", size=9)
    for axis in axes.flat:
        axis.axis("off")
