"""Learns one period of a sine from a thousand points, and shows what the initial weights have to do with it.

    python apps/sine_regression.py

trains the network 1-64-64-1 with Adam, its learning rate falling as lr / (1 + decay t). A point counts as right when the
network is within a 250th of the standard deviation of the sines.

    python apps/sine_regression.py --study

repeats a study of a well-known tutorial, scales of the initial weights against learning rates, over several seeds, beside
the tutorial's numbers and with the initial weights of torch.nn.Linear as a third row.

    python apps/sine_regression.py --task spiral --lr 0.05 --decay 0 --l2 5e-5

learns to tell the three arms of a spiral apart instead. Penalties on weights and biases are reported apart from the error.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy comes: the products are too small for two threads

import ending
from tqdm import tqdm

import mtorch
from mtorch import nn, optim

OPTIMIZERS = {
    "adam": lambda net, o: optim.Adam(net, lr=o.lr, eps=1e-7),
    "sgd": lambda net, o: optim.SGD(net, lr=o.lr, momentum=o.momentum),
    "adagrad": lambda net, o: optim.Adagrad(net, lr=o.lr, eps=1e-7),
    "rmsprop": lambda net, o: optim.RMSprop(net, lr=o.lr, alpha=0.9, eps=1e-7),
}
LOSSES = {"mse": nn.MSELoss, "mae": nn.L1Loss}

# The tutorial's study: accuracy for each scale of the initial weights and each (learning rate, decay).
RATES = [(0.001, 0.0), (0.01, 1e-3), (0.05, 1e-3), (0.005, 1e-3)]
THERE = {0.01: [0.620, 0.564, 0.229, 0.981], 0.1: [0.883, 0.949, 0.631, 0.981]}


# ---- the tasks ------------------------------------------------------------------------------------------


@dataclass
class Task:
    """What is to be learnt: x, t, the sizes of a network for it, its error and its accuracy."""

    x: mtorch.Tensor
    t: mtorch.Tensor
    sizes: list[int]
    criterion: nn.Module

    def accuracy(self, y: mtorch.Tensor) -> float:
        if self.t.dtype == mtorch.int64:
            right = y.argmax(dim=1) == self.t
        else:
            right = (y - self.t).abs() < self.t.std(correction=0) / 250
        return right.float().mean().item()


def sine(loss: str = "mse", n: int = 1000) -> Task:
    x = mtorch.arange(n).unsqueeze(1) / n
    return Task(x, mtorch.sin(2 * math.pi * x), [1, 64, 64, 1], LOSSES[loss]())


def spiral(n: int = 100, arms: int = 3) -> Task:
    """Arms that wind around each other, n points each, their angles a little noisy."""
    radius = mtorch.linspace(0, 1, n)
    x, t = [], []
    for arm in range(arms):
        angle = 2.5 * (mtorch.linspace(4 * arm, 4 * (arm + 1), n) + 0.2 * mtorch.randn(n))
        x.append(mtorch.stack([radius * angle.sin(), radius * angle.cos()], dim=1))
        t.append(mtorch.full((n,), arm))
    return Task(mtorch.cat(x), mtorch.cat(t), [2, 64, arms], nn.CrossEntropyLoss())


# ---- the network and its penalties ------------------------------------------------------------------------


def make_net(sizes: list[int], scale: float | None, dropout: float) -> nn.Sequential:
    """Linear layers with relu between them, and the linear activation, which is no activation, at the end.

    scale: initial weights are normal with this standard deviation and biases 0; None leaves them as torch has them.
    """
    layers: list[nn.Module] = []
    for inputs, outputs in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(dropout)]
    layers[-2:] = [nn.Identity()]
    net = nn.Sequential(*(layer for layer in layers if dropout or not isinstance(layer, nn.Dropout)))
    if scale is not None:
        for name, p in net.named_parameters():
            nn.init.zeros_(p) if name.endswith("bias") else nn.init.normal_(p, std=scale)
    return net


def penalty(net: nn.Module, options: argparse.Namespace) -> mtorch.Tensor | float:
    """l1 |w| + l2 w^2, summed over weights, and over biases with factors of their own."""
    total: mtorch.Tensor | float = 0.0
    for name, p in net.named_parameters():
        bias = name.endswith("bias")
        l1, l2 = (options.l1_bias, options.l2_bias) if bias else (options.l1, options.l2)
        if l1:
            total = total + l1 * p.abs().sum()
        if l2:
            total = total + l2 * p.square().sum()
    return total


@dataclass
class Result:
    net: nn.Module
    accuracy: float
    data_loss: float
    penalty: float
    history: list[float]  # the data loss of each epoch


def learn(task: Task, options: argparse.Namespace, desc: str = "learning") -> Result:
    """All points in one batch; an epoch is a step."""
    net = make_net(task.sizes, options.scale, options.dropout)
    optimizer = OPTIMIZERS[options.optimizer](net, options)
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + options.decay * t))
    history = []
    bar = tqdm(range(options.epochs), desc=desc, unit="epoch", disable=None)
    for epoch in bar:
        optimizer.zero_grad()
        data_loss = task.criterion(net(task.x), task.t)
        (data_loss + penalty(net, options)).backward()
        optimizer.step()
        scheduler.step()
        history.append(data_loss.item())
        if not math.isfinite(history[-1]):
            raise SystemExit(f"epoch {epoch}: the error became {history[-1]}, expected a finite number; try a smaller --lr")
        if epoch % 100 == 99:
            bar.set_postfix(error=f"{history[-1]:.2e}", refresh=False)
    net.eval()
    with mtorch.no_grad():
        y = net(task.x)
        return Result(net, task.accuracy(y), task.criterion(y, task.t).item(), float(penalty(net, options)), history)


# ---- the study ----------------------------------------------------------------------------------------------


def study(options: argparse.Namespace) -> dict[float | None, list[list[float]]]:
    """Accuracies for each scale of the initial weights (None for torch's own): a list for each rate, one for each seed."""
    found: dict[float | None, list[list[float]]] = {}
    count, of = itertools.count(1), (len(THERE) + 1) * len(RATES) * options.seeds
    for scale in (*THERE, None):
        found[scale] = []
        for lr, decay in RATES:
            accuracies = []
            for seed in range(options.seed, options.seed + options.seeds):
                mtorch.manual_seed(seed)
                one = argparse.Namespace(**{**vars(options), "scale": scale, "lr": lr, "decay": decay, "optimizer": "adam"})
                desc = f"{next(count)} of {of}: scale {scale or 'torch'}, lr {lr}, seed {seed}"
                accuracies.append(learn(sine(options.loss), one, desc).accuracy)
            found[scale].append(accuracies)
    return found


LESSONS = """\
What it teaches. The weights of a layer decide how large its output is. With 0.01, each of the inner layers shrinks what goes
through it, and with it the gradients on their way back: the network begins as a constant, and learning begins with finding a
way out. Whether a learning rate works is then chance, and one number says little: look at how far the seeds are apart. With
weights scaled to the size of the layer, as torch has them, signals keep their size, and far fewer points depend on luck."""


def show_study(found: dict[float | None, list[list[float]]], epochs: int) -> None:
    print(f"Share of points within std/250 after {epochs:,} epochs: median (lowest - highest) of the seeds\n")
    print(f"{'initial weights':<18}" + "".join(f"{f'lr {lr}, decay {decay:g}':>26}" for lr, decay in RATES))
    for scale, rows in found.items():
        name = "torch's own" if scale is None else f"{scale} normal"
        cells = [f"{statistics.median(row):.3f} ({min(row):.3f} - {max(row):.3f})" for row in rows]
        print(f"{name:<18}" + "".join(f"{cell:>26}" for cell in cells))
        if scale in THERE:
            print(f"{'  the tutorial':<18}" + "".join(f"{value:>26.3f}" for value in THERE[scale]))
    print("\n" + LESSONS)


# ---- pictures -----------------------------------------------------------------------------------------------


def new_figure(width: float, columns: int):
    """A figure and its axes, or None where matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(width, 4), layout="constrained")
    return figure, figure.subplots(1, columns, squeeze=False)[0]


def save(figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
    print(f"Picture: {path}")


def draw_study(folder: Path, found: dict[float | None, list[list[float]]]) -> None:
    new = new_figure(8, 1)
    if new is None:
        return
    figure, (axes,) = new
    for i, (scale, rows) in enumerate(found.items()):
        for j, row in enumerate(rows):
            axes.plot([j + 0.2 * (i - 1)] * len(row), row, "o", color=f"C{i}", alpha=0.6,
                      label=("torch's own" if scale is None else f"normal, {scale}") if j == 0 else None)
            if scale in THERE:
                axes.plot(j + 0.2 * (i - 1), THERE[scale][j], "x", color="black",
                          label="the tutorial" if (i, j) == (0, 0) else None)
    axes.set(xticks=range(len(RATES)), xticklabels=[f"lr {lr}\ndecay {decay:g}" for lr, decay in RATES], ylim=(0, 1.02),
             ylabel="accuracy", title="Initial weights and learning rates, each dot a seed")
    axes.legend()
    save(figure, folder / "sine_study.png")


def draw_result(folder: Path, options: argparse.Namespace, task: Task, result: Result) -> None:
    new = new_figure(9, 2)
    if new is None:
        return
    figure, (left, right) = new
    left.semilogy(result.history)
    left.set(xlabel="epoch", ylabel="error")
    with mtorch.no_grad():
        if options.task == "sine":
            right.plot(task.x[:, 0].numpy(), task.t[:, 0].numpy(), label="sin")
            right.plot(task.x[:, 0].numpy(), result.net(task.x)[:, 0].numpy(), "--", label="the network")
            right.legend()
        else:
            side = mtorch.linspace(-1.2, 1.2, 120)
            x = side.expand(120, 120)
            said = result.net(mtorch.stack([x.flatten(), x.T.flatten()], dim=1)).argmax(dim=1)
            right.contourf(side.numpy(), side.numpy(), said.reshape(120, 120).numpy(), levels=2, cmap="brg", alpha=0.3)
            right.scatter(task.x[:, 0].numpy(), task.x[:, 1].numpy(), c=task.t.numpy(), cmap="brg", s=8)
    save(figure, folder / f"{options.task}.png")


# ---- the program ----------------------------------------------------------------------------------------------


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", choices=["sine", "spiral"], default="sine", help="default: sine")
    parser.add_argument("--study", action="store_true", help="of initial weights and learning rates, instead of one training: "
                        "12 trainings for each seed, of some 8 s each")
    parser.add_argument("--seeds", type=int, default=3, help="of the study; default: 3")
    parser.add_argument("--epochs", type=int, default=10_000, help="default: 10000")
    parser.add_argument("--optimizer", choices=OPTIMIZERS, default="adam", help="default: adam")
    parser.add_argument("--lr", type=float, default=0.005, help="learning rate at the beginning; default: 0.005")
    parser.add_argument("--decay", type=float, default=1e-3, help="it is lr / (1 + DECAY t) at step t; default: 0.001")
    parser.add_argument("--momentum", type=float, default=0.0, help="of sgd; default: 0")
    parser.add_argument("--scale", type=float, help="standard deviation of the initial weights; default: torch's own weights")
    parser.add_argument("--loss", choices=LOSSES, default="mse", help="of the sine; default: mse")
    parser.add_argument("--dropout", type=float, default=0.0, help="share of units left out in training; default: 0")
    for name in ("l1", "l2"):
        parser.add_argument(f"--{name}", type=float, default=0.0,
                            help=f"factor of the {name.upper()} penalty on weights; default: 0")
        parser.add_argument(f"--{name}-bias", type=float, default=0.0, help="the same on biases; default: 0")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; default: 0")
    parser.add_argument("--plot", type=Path, default=Path("plots"), metavar="DIR",
                        help="where pictures go, if matplotlib is installed; default: plots")
    options = parser.parse_args(arguments)
    for name, low, high in (("seeds", 1, math.inf), ("epochs", 1, math.inf), ("lr", 0, math.inf), ("decay", 0, math.inf),
                            ("momentum", 0, 1), ("scale", 0, math.inf), ("dropout", 0, 1), ("l1", 0, math.inf),
                            ("l2", 0, math.inf), ("l1_bias", 0, math.inf), ("l2_bias", 0, math.inf)):
        value = getattr(options, name)
        if value is not None and not low <= value < high:
            parser.error(f"--{name.replace('_', '-')}: {value} came, expected {low} or more, below {high}")
    if options.momentum and options.optimizer != "sgd":
        parser.error(f"--momentum: is sgd's, --optimizer {options.optimizer} has no use for it")
    if options.task == "spiral" and options.loss != "mse":
        parser.error(f"--loss {options.loss}: is for the sine; classes are learnt with cross-entropy")
    for name in ("task", "optimizer", "lr", "decay", "scale"):
        if options.study and getattr(options, name) != parser.get_default(name):
            parser.error(f"--{name}: the study learns the sine with adam, with learning rates and initial weights of its own")
    return options


def main() -> None:
    options = parse_arguments()
    mtorch.manual_seed(options.seed)
    if options.study:
        began = time.perf_counter()
        found = study(options)
        show_study(found, options.epochs)
        print(f"\n{len(found) * len(RATES) * options.seeds} trainings in {time.perf_counter() - began:.0f} s")
        draw_study(options.plot, found)
        return
    task = spiral() if options.task == "spiral" else sine(options.loss)
    result = learn(task, options)
    print(f"{options.task}, {options.optimizer}: accuracy {result.accuracy:.3f}, error {result.data_loss:.2e}, "
          f"penalty {result.penalty:.2e}")
    draw_result(options.plot, options, task, result)


if __name__ == "__main__":
    ending.run(main)
