"""What a computational graph is, from two apples to a network that reads digits.

    python apps/computational_graph.py

Three parts. A bill of apples and oranges: the price goes forward through multiplications and additions, and the way back
says what the price depends on how much; by hand, and by Tensors, with the graph drawn. Then the two-layer network 784-50-10
and the proof of its gradients: numbers got by trying, against numbers got by going back. Then its training.

The digits are those of apps/mnist_recognition.py: the IDX files in --data-dir, or else MNIST, or else digits that mtorch draws.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import ending
from mnist.data import Data, find_data
from tqdm import tqdm

import mtorch
from mtorch import nn, optim
from mtorch.nn import functional as F
from mtorch.utils import graph

# ---- a bill -------------------------------------------------------------------------------------------


class Multiply(nn.Module):
    """x y. A little more of x is that much more of the product as y is large, and the other way round."""

    def forward(self, x, y):
        self.x, self.y = x, y
        return x * y

    def backward(self, g):
        return g * self.y, g * self.x


class Add(nn.Module):
    """x + y. A little more of either is as much more of the sum."""

    def forward(self, x, y):
        return x + y

    def backward(self, g):
        return g, g


APPLES = {"apple": 100.0, "apples": 2.0, "tax": 1.1}
FRUIT = {"apple": 100.0, "apples": 2.0, "orange": 150.0, "oranges": 3.0, "tax": 1.1}


def apples_by_hand() -> tuple[float, dict[str, float]]:
    """The price of two apples with tax, and by how much it grows with each number it was computed from."""
    of_apples, taxed = Multiply(), Multiply()
    price = taxed(of_apples(APPLES["apple"], APPLES["apples"]), APPLES["tax"])
    g_sum, g_tax = taxed.backward(1.0)
    g_apple, g_apples = of_apples.backward(g_sum)
    return price, {"apple": g_apple, "apples": g_apples, "tax": g_tax}


def fruit_by_hand() -> tuple[float, dict[str, float]]:
    """The same with oranges."""
    of_apples, of_oranges, together, taxed = Multiply(), Multiply(), Add(), Multiply()
    apples = of_apples(FRUIT["apple"], FRUIT["apples"])
    oranges = of_oranges(FRUIT["orange"], FRUIT["oranges"])
    price = taxed(together(apples, oranges), FRUIT["tax"])
    g_sum, g_tax = taxed.backward(1.0)
    g_of_apples, g_of_oranges = together.backward(g_sum)
    g_apple, g_apples = of_apples.backward(g_of_apples)
    g_orange, g_oranges = of_oranges.backward(g_of_oranges)
    return price, {"apple": g_apple, "apples": g_apples, "orange": g_orange, "oranges": g_oranges, "tax": g_tax}


def by_tensors(numbers: dict[str, float]) -> tuple[mtorch.Tensor, dict[str, mtorch.Tensor]]:
    """The same price as a Tensor, and the Tensors it is computed from."""
    t = {name: mtorch.tensor(value, dtype=mtorch.float64, requires_grad=True) for name, value in numbers.items()}
    total = t["apple"] * t["apples"]
    if "orange" in t:
        total = total + t["orange"] * t["oranges"]
    return total * t["tax"], t


def show_bill(folder: Path, name: str, by_hand, numbers: dict[str, float]) -> None:
    price, gradients = by_hand()
    print(f"{name}: the price is {price:.6g}, and going back by hand gives",
          ", ".join(f"{g:.6g} for {name}" for name, g in gradients.items()))
    total, tensors = by_tensors(numbers)
    print(graph.text(total, tensors, values=True))
    try:
        figure = graph.draw(total, tensors, values=True, title="values above, gradients below")
    except ImportError:
        pass  # the text has said it
    else:
        save(figure, folder / f"graph_of_{name.replace(' ', '_')}.png")
    total.backward()
    assert all(math.isclose(gradients[name], tensors[name].grad.item(), rel_tol=1e-12) for name in numbers)
    print()


# ---- the digit network ---------------------------------------------------------------------------------


class TwoLayerNet(nn.Module):
    """Pixels (N, 784) -> scores (N, 10)."""

    def __init__(self, hidden: int = 50):
        super().__init__()
        self.hidden, self.output = nn.Linear(784, hidden), nn.Linear(hidden, 10)
        for layer in (self.hidden, self.output):
            nn.init.normal_(layer.weight, std=0.01)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.output(F.relu(self.hidden(x)))


def gradient_check(net: TwoLayerNet, x, t) -> dict[str, float]:
    """For each parameter, the mean difference between gradients by going back and by trying: (L(w + h) - L(w - h)) / 2h.

    Each of the weights is tried, so this evaluates the network some eighty thousand times. In float64.
    """
    net, x, h = net.double(), x.double(), 1e-6
    net.zero_grad()
    F.cross_entropy(net(x), t).backward()
    differences = {}
    with mtorch.no_grad(), tqdm(total=sum(p.numel() for p in net.parameters()), desc="trying", disable=None) as bar:
        for name, p in net.named_parameters():
            flat, total = p.view(-1), 0.0
            for i, g in enumerate(p.grad.flatten().tolist()):
                before = flat[i].item()
                flat[i] = before + h
                up = F.cross_entropy(net(x), t).item()
                flat[i] = before - h
                down = F.cross_entropy(net(x), t).item()
                flat[i] = before
                total += abs((up - down) / (2 * h) - g)
                bar.update()
            differences[name] = total / p.numel()
    return differences


def rows(data: Data) -> dict[str, tuple]:
    """Pixels (N, 784) and digits (N), to learn from and to test on."""
    return {name: (part.tensors[0].flatten(1), part.tensors[1]) for name, part in (("train", data.train), ("test", data.test))}


@mtorch.no_grad()
def accuracy(net: TwoLayerNet, x, t) -> float:
    return (net(x).argmax(dim=1) == t).float().mean().item()


def train(net: TwoLayerNet, digits: dict[str, tuple], steps: int, batch: int, lr: float) -> dict[str, list[float]]:
    """Stochastic gradient descent on batches drawn at random; returns the accuracy after each epoch, train and test."""
    x, t = digits["train"]
    optimizer = optim.SGD(net, lr=lr)
    epoch = max(len(x) // batch, 1)
    history: dict[str, list[float]] = {"train": [], "test": []}
    bar = tqdm(range(1, steps + 1), desc="learning", unit="step", disable=None)
    for step in bar:
        chosen = mtorch.randint(0, len(x), (batch,))
        optimizer.zero_grad()
        F.cross_entropy(net(x[chosen]), t[chosen]).backward()
        optimizer.step()
        if step % epoch == 0 or step == steps:
            for part in history:
                history[part].append(accuracy(net, *digits[part]))
            bar.set_postfix(test=f"{history['test'][-1]:.4f}", refresh=False)
    return history


# ---- the program ---------------------------------------------------------------------------------------


def save(figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
    print(f"Picture: {path}")


def show_history(folder: Path, history: dict[str, list[float]]) -> None:
    print(f"{'epoch':>7}{'train':>9}{'test':>9}")
    for i, (learnt, tested) in enumerate(zip(history["train"], history["test"], strict=True), start=1):
        print(f"{i:>7}{learnt:>9.4f}{tested:>9.4f}")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    for name, values in history.items():
        axes.plot(range(1, len(values) + 1), values, marker="o", markersize=3, label=name)
    axes.set(xlabel="epoch", ylabel="accuracy", title="784-50-10")
    axes.legend(loc="lower right")
    save(figure, folder / "two_layers.png")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=10_000, help="0 leaves the training out; default: 10000")
    parser.add_argument("--batch", type=int, default=100, help="samples of a step; default: 100")
    parser.add_argument("--lr", type=float, default=0.1, help="learning rate; default: 0.1")
    parser.add_argument("--hidden", type=int, default=50, help="units of the hidden layer; default: 50")
    parser.add_argument("--no-check", action="store_true", help="leave the gradient check out, which takes some seconds")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="has the four IDX files of MNIST")
    parser.add_argument("--drawn", action="store_true", help="digits that mtorch draws, even where MNIST is at hand")
    parser.add_argument("--samples", type=int, metavar="N", help="learn from the first N only; default: all")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; default: 0")
    parser.add_argument("--plot", type=Path, default=Path("plots"), metavar="DIR",
                        help="where pictures go, if matplotlib is installed; default: plots")
    options = parser.parse_args()
    for name, low in (("steps", 0), ("batch", 1), ("lr", 0), ("hidden", 1), ("samples", 1)):
        value = getattr(options, name)
        if value is not None and not low <= value < math.inf:
            parser.error(f"--{name}: {value} came, expected at least {low}")
    return options


def main() -> None:
    options = parse_arguments()
    mtorch.manual_seed(options.seed)
    show_bill(options.plot, "two apples", apples_by_hand, APPLES)
    show_bill(options.plot, "apples and oranges", fruit_by_hand, FRUIT)
    if options.no_check and not options.steps:
        return
    try:
        data = find_data(options)
    except (OSError, ValueError) as error:
        raise SystemExit(f"error: {error}") from error
    print(f"Data: {data.name}")
    digits = rows(data)
    x, t = digits["train"]
    if not options.no_check:
        print("Gradients by going back and by trying, their mean difference:")
        for parameter, difference in gradient_check(TwoLayerNet(options.hidden), x[:3], t[:3]).items():
            print(f"  {parameter:<16}{difference:.1e}")
    if options.steps:
        show_history(options.plot, train(TwoLayerNet(options.hidden), digits, options.steps, options.batch, options.lr))


if __name__ == "__main__":
    ending.run(main)
