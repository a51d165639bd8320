"""Learns to tell two kinds of points in the plane apart, with softmax and cross-entropy taken apart and put together.

    python apps/softmax_classifier.py

Apart: a linear layer, softmax with its full Jacobian, and cross-entropy, each a Module with forward and backward written
out. Together: mtorch's CrossEntropyLoss, whose gradient is the famous p - t. Both learn the same. Then a mistake that is easily
made in a backward, and how gradcheck finds it.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import ending
import numpy as np
from tqdm import tqdm

import mtorch
from mtorch import nn, optim
from mtorch.autograd import GradcheckError, gradcheck

X = mtorch.tensor([[2, 1], [2, 2], [5, 4], [4, 5], [2, 3], [3, 2], [6, 5], [4, 1], [6, 3], [7, 4]],
                  dtype=mtorch.float64)
T = mtorch.tensor([0, 0, 1, 1, 0, 0, 1, 0, 1, 1])
ASKED = mtorch.tensor([[0, 0], [0, 4], [8, 6], [10, 10]], dtype=mtorch.float64)


# ---- taken apart: each step with its backward ---------------------------------------------------------


class Linear(nn.Module):
    """z = x w + b.   x (N, 2)  ->  z (N, 2), a score for each class"""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.weight = nn.Parameter(0.01 * mtorch.randn(inputs, outputs, dtype=mtorch.float64))
        self.bias = nn.Parameter(mtorch.zeros(outputs, dtype=mtorch.float64))

    def forward(self, x):
        self.x = x
        return x @ self.weight.array + self.bias.array

    def backward(self, g):
        self.weight.grad += self.x.T @ g
        self.bias.grad += g.sum(axis=0)
        return g @ self.weight.array.T


class LinearOfTheListing(Linear):
    """As it stood in the tutorial's last listing: what goes on to the layer before is the gradient of the weights."""

    def backward(self, g):
        super().backward(g)
        return self.x.T @ g


class Softmax(nn.Module):
    """p[i] = e^z[i] / sum of e^z: scores become probabilities.

    Every p depends on every z: dp[i]/dz[j] = p[i] (1 - p[i]) where i = j, and -p[i] p[j] elsewhere. The gradient is g times
    that whole table, the Jacobian, one for each sample.
    """

    def forward(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))  # the same p, and no e^1000
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, g):
        p = self.p
        jacobian = p[:, :, None] * (np.eye(p.shape[1]) - p[:, None, :])
        return np.einsum("ni,nij->nj", g, jacobian)


class CrossEntropy(nn.Module):
    """L = the mean of -log p[t]: how surprised one is by the right class;  dL/dp[t] = -1 / (N p[t])"""

    def forward(self, p, t):
        self.p, self.t, self.rows = p, t, np.arange(len(t))
        return -np.log(p[self.rows, t]).mean()

    def backward(self, g):
        gp = np.zeros_like(self.p)
        gp[self.rows, self.t] = -g / (len(self.t) * self.p[self.rows, self.t])
        return gp, None  # t is no number to be changed a little


# ---- learning ------------------------------------------------------------------------------------------


def learn(net: nn.Module, criterion: nn.Module, epochs: int, lr: float, name: str) -> list[float]:
    """All ten points at a time; returns the loss of each epoch."""
    optimizer, losses = optim.SGD(net, lr=lr), []
    for _ in tqdm(range(epochs), desc=name, unit="epoch", disable=None):
        optimizer.zero_grad()
        loss = criterion(net(X), T)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def both_ways(epochs: int, lr: float) -> tuple[nn.Sequential, nn.Linear, list[float], float]:
    """Apart and fused, from the same weights: the nets, the losses, and the largest difference of losses and weights."""
    apart = nn.Sequential(Linear(2, 2), Softmax())
    fused = nn.Linear(2, 2).double()
    fused.load_state_dict({"weight": apart[0].weight.detach().T, "bias": apart[0].bias.detach()})
    losses = learn(apart, CrossEntropy(), epochs, lr, "apart")
    same = learn(fused, nn.CrossEntropyLoss(), epochs, lr, "fused")
    difference = max(*(abs(a - b) for a, b in zip(losses, same, strict=True)),
                     (apart[0].weight.T - fused.weight).abs().max().item())
    return apart, fused, losses, difference


def gradient_of_scores() -> tuple[float, float]:
    """By how much dL/dz through the Jacobian, and dL/dz of the fused form, differ from (p - t) / N."""
    z = mtorch.randn(10, 2, dtype=mtorch.float64, requires_grad=True)
    p = nn.functional.softmax(z.detach(), dim=1)
    expected = (p - nn.functional.one_hot(T, 2)) / len(T)
    apart, = mtorch.autograd.grad(CrossEntropy()(Softmax()(z), T), z)
    fused, = mtorch.autograd.grad(nn.functional.cross_entropy(z, T), z)
    return (apart - expected).abs().max().item(), (fused - expected).abs().max().item()


# ---- the mistake of the listing ------------------------------------------------------------------------


def what_gradcheck_says(layer: nn.Module, samples: int) -> str:
    x = mtorch.randn(samples, 2, dtype=mtorch.float64, requires_grad=True)
    try:
        gradcheck(lambda x, w, b: layer(x), (x, layer.weight, layer.bias))
    except (GradcheckError, ValueError) as error:
        return str(error)
    return "right"


# ---- the program ---------------------------------------------------------------------------------------


def class_of(net: nn.Module, points: mtorch.Tensor) -> mtorch.Tensor:
    with mtorch.no_grad():
        return net(points).argmax(dim=1)


def square(n: int) -> tuple[mtorch.Tensor, mtorch.Tensor]:
    """n x n points of the plane from 0 to 10, and the numbers along its sides."""
    side = mtorch.linspace(0, 10, n, dtype=mtorch.float64)
    x = side.expand(n, n)
    return mtorch.stack([x.flatten(), x.T.flatten()], dim=1), side


def map_in_text(net: nn.Module, n: int = 21) -> str:
    """The plane, class 1 where there is a dot, the ten points as their class."""
    points, _ = square(n)
    rows = [[" ·"[c] for c in row] for row in class_of(net, points).reshape(n, n).tolist()]
    for (x, y), t in zip(X.tolist(), T.tolist(), strict=True):
        rows[round(y * (n - 1) / 10)][round(x * (n - 1) / 10)] = str(t)
    return "\n".join("  " + " ".join(row) for row in reversed(rows))


def save_picture(folder: Path, net: nn.Module, losses: list[float]) -> bool:
    """The loss, and the probability of class 1 over the plane with the line where it is 1/2; False without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return False
    figure = Figure(figsize=(10, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(losses)
    left.set(title="Loss in training", xlabel="epoch", ylabel="cross-entropy", ylim=(0, None))
    points, side = square(100)
    with mtorch.no_grad():
        p = nn.functional.softmax(net(points), dim=1)[:, 1].reshape(100, 100).numpy()
    shown = right.contourf(side.numpy(), side.numpy(), p, levels=10, cmap="RdBu_r", alpha=0.8)
    right.contour(side.numpy(), side.numpy(), p, levels=[0.5], colors="black")
    right.scatter(X[:, 0].numpy(), X[:, 1].numpy(), c=T.numpy(), cmap="bwr", edgecolors="black")
    right.scatter(ASKED[:, 0].numpy(), ASKED[:, 1].numpy(), marker="x", color="black", clip_on=False)
    right.set(title="Dots were learnt from, crosses are asked for")
    figure.colorbar(shown, label="probability of class 1")
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "softmax_classifier.png", dpi=100)
    print(f"Picture: {folder / 'softmax_classifier.png'}")
    return True


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=500, help="passes over the ten points; default: 500")
    parser.add_argument("--lr", type=float, default=0.1, help="learning rate; default: 0.1")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; default: 0")
    parser.add_argument("--plot", type=Path, default=Path("plots"), metavar="DIR",
                        help="where the picture goes; without matplotlib it is drawn in the terminal; default: plots")
    options = parser.parse_args()
    for name, low in (("epochs", 1), ("lr", 0)):
        if not low <= getattr(options, name) < math.inf:
            parser.error(f"--{name}: {getattr(options, name)} came, expected at least {low}")
    return options


def main() -> None:
    options = parse_arguments()
    mtorch.manual_seed(options.seed)
    apart, fused, losses, difference = both_ways(options.epochs, options.lr)
    right = (class_of(fused, X) == T).sum().item()
    print(f"Cross-entropy {losses[0]:.3f} -> {losses[-1]:.3f}, {right} of {len(T)} points right")
    print(f"Apart and fused, the largest difference of losses and weights: {difference:.1e}")
    jacobian, short = gradient_of_scores()
    print(f"dL/dz against (p - t) / N: {jacobian:.1e} through the Jacobian, {short:.1e} fused")
    with mtorch.no_grad():
        for point, p in zip(ASKED.tolist(), apart(ASKED), strict=True):
            print(f"  [{point[0]:2.0f}, {point[1]:2.0f}] is of class {p.argmax().item()}, probabilities {p[0]:.3f} "
                  f"{p[1]:.3f}")
    print("\nA backward that returns the gradient of the weights where that of the input belongs:")
    print(f"  10 samples: {what_gradcheck_says(LinearOfTheListing(2, 2), 10).splitlines()[0]}")
    print("   2 samples, where both have the same shape:")
    print("    " + "\n    ".join(what_gradcheck_says(LinearOfTheListing(2, 2), 2).splitlines()))
    print(f"  and the right one: {what_gradcheck_says(Linear(2, 2), 10)}\n")
    if not save_picture(options.plot, fused, losses):
        print(map_in_text(fused))


if __name__ == "__main__":
    ending.run(main)
