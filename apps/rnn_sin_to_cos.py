"""Learns to say the cosine of a wave whose sine it hears, one number at a time.

    python apps/rnn_sin_to_cos.py

needs no argument and no data. One number does not tell whether the wave rises or falls, so the network has to remember;
its hidden state is carried from window to window, and gradients go back to the beginning of a window and no further
(truncated back-propagation through time). It is tested on what training did not show: phases, frequencies, a length.

    python apps/rnn_sin_to_cos.py --gradients

shows how far back through time the gradients of an rnn, an lstm and a gru reach.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy comes: the products are too small for two threads

import ending
from tqdm import tqdm

import mtorch
from mtorch import nn, optim
from mtorch.serialization import Checkpoint

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
BATCH = 32  # waves at a time
WARM_UP = 25  # steps after which the network is held to know its wave: errors are counted from there
SEEN_PHASES = (0.0, 1.5 * math.pi)  # where waves begin in training; the last quarter is for the test
FREQUENCIES = (0.10, 0.30)  # radians a step, a wave of 63 to 21 steps ...
UNSEEN_FREQUENCIES = (0.18, 0.22)  # ... but for these
SETTINGS = ("cell", "hidden", "layers", "window", "steps", "lr", "clip", "noise", "seed")  # what decides the weights


class SinToCos(nn.Module):
    """x (T, N, 1) and the state before it  ->  y (T, N, 1) and the state after it."""

    def __init__(self, cell: str, hidden: int, layers: int):
        super().__init__()
        self.recurrent = CELLS[cell](1, hidden, layers)
        self.output = nn.Linear(hidden, 1)

    def forward(self, x, state=None):
        h, state = self.recurrent(x, state)
        return self.output(h), state


def parts(state) -> tuple:
    """The tensors of a state: h, or h and c."""
    return state if isinstance(state, tuple) else (state,)


def detached(state):
    """The same numbers without their past: here gradients stop."""
    return tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


def uniform(low: float, high: float, *size: int):
    return low + (high - low) * mtorch.rand(*size)


def seen_frequencies(n: int):
    low, high = FREQUENCIES
    left_out = UNSEEN_FREQUENCIES[1] - UNSEEN_FREQUENCIES[0]
    w = uniform(low, high - left_out, n)
    return mtorch.where(w < UNSEEN_FREQUENCIES[0], w, w + left_out)


class Waves:
    """Endless waves, each with its own phase and frequency, heard window by window."""

    def __init__(self, phase, frequency, noise: float = 0.0):
        self.phase, self.frequency, self.noise = phase, frequency, noise

    def next(self, steps: int):
        """sin and cos of the next steps, each (steps, N, 1)."""
        angle = (self.phase + mtorch.arange(steps).unsqueeze(1) * self.frequency).unsqueeze(-1)
        self.phase = (self.phase + steps * self.frequency) % (2 * math.pi)
        sin, cos = mtorch.sin(angle), mtorch.cos(angle)
        return (sin + self.noise * mtorch.randn(sin.shape) if self.noise else sin), cos

    def begin_anew(self, i: int) -> None:
        """Another wave in the place of number i."""
        self.phase[i], self.frequency[i] = uniform(*SEEN_PHASES, 1)[0], seen_frequencies(1)[0]


def train(net: SinToCos, options: argparse.Namespace) -> list[float]:
    """Train in place; returns the loss of every step."""
    optimizer = optim.Adam(net.parameters(), lr=options.lr)
    share = lambda step: min(1, (step + 1) / 50) * (0.01 + 0.99 * math.cos(math.pi / 2 * step / max(1, options.steps)) ** 2)
    schedule = optim.lr_scheduler.LambdaLR(optimizer, share)
    waves = Waves(uniform(*SEEN_PHASES, BATCH), seen_frequencies(BATCH), options.noise)
    state, losses = None, []
    checkpoint = None
    if options.checkpoint:
        settings = {name: getattr(options, name) for name in SETTINGS}
        checkpoint = Checkpoint(options.checkpoint, model=net, optimizer=optimizer, scheduler=schedule,
                                settings=settings)
        if resumed(checkpoint, options.resume):
            state, losses = checkpoint.extra["state"], checkpoint.extra["losses"]
            waves.phase, waves.frequency = checkpoint.extra["phase"], checkpoint.extra["frequency"]
    steps = checkpoint.epochs(options.steps) if checkpoint else range(options.steps)  # a window is an epoch
    bar = tqdm(steps, desc=options.cell, unit="step", disable=None, total=options.steps, initial=len(losses))
    for step in bar:
        if state is not None:
            state = detached(state)
        if checkpoint and step % options.checkpoint_every == 0:
            checkpoint.save(state=state, losses=losses, phase=waves.phase, frequency=waves.frequency)
        if state is not None:
            i = step % BATCH  # every wave ends once in BATCH windows, so that beginnings are learnt too
            waves.begin_anew(i)
            for s in parts(state):
                s[:, i] = 0.0
        sin, cos = waves.next(options.window)
        y, state = net(sin, state)
        loss = nn.functional.mse_loss(y, cos)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), options.clip)
        optimizer.step()
        schedule.step()

        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            raise SystemExit(f"step {step}: the loss became {losses[-1]}, expected a finite number; try a smaller --lr")
        if step % 50 == 49:
            bar.set_postfix(loss=f"{sum(losses[-50:]) / 50:.2e}", refresh=False)
    return losses


def resumed(checkpoint: Checkpoint, asked: bool) -> bool:
    try:
        found = checkpoint.begin(resume=asked)
    except (OSError, ValueError, mtorch.serialization.FileFormatError) as error:
        raise SystemExit(f"--checkpoint {checkpoint.folder}: {error}") from error
    if asked and not found:
        print(f"No checkpoint in {checkpoint.folder}: the training begins anew")
    return found


@mtorch.no_grad()
def hear(net: SinToCos, waves: Waves, steps: int):
    """sin, cos and what the network says, each (steps, N), its state carried all the way."""
    sin, cos = waves.next(steps)
    y, _ = net(sin)
    return sin.squeeze(-1), cos.squeeze(-1), y.squeeze(-1)


def report(net: SinToCos, noise: float) -> tuple:
    """Print the errors on what training did not show; returns one wave of the first test, to be drawn."""
    unseen_phases = uniform(SEEN_PHASES[1], 2 * math.pi, 16)
    first = hear(net, Waves(unseen_phases, seen_frequencies(16), noise), 400)
    frequencies = hear(net, Waves(uniform(0, 2 * math.pi, 16), uniform(*UNSEEN_FREQUENCIES, 16), noise), 400)
    long = hear(net, Waves(unseen_phases[:4], seen_frequencies(4), noise), 10_000)
    print(f"Mean squared error, from step {WARM_UP} of each wave on:")
    low, high = UNSEEN_FREQUENCIES
    for name, (_, cos, y), start, end in [
        ("unseen phases: waves begin in the last quarter", first, WARM_UP, None),
        (f"unseen frequencies: {low} to {high} radians a step", frequencies, WARM_UP, None),
        ("10,000 steps without a pause, all", long, WARM_UP, None),
        ("    the first 1,000 of them", long, WARM_UP, 1000),
        ("    the last 1,000 of them", long, -1000, None),
    ]:
        print(f"  {name:<52} {((y - cos)[start:end] ** 2).mean().item():.1e}")
    return tuple(series[:, 0].tolist() for series in first)


# ---- gradients back through time ----------------------------------------------------------------


def gradient_sizes(net: SinToCos, steps: int) -> list[float]:
    """|dL/dh[t]| (with c[t], where there is one) for t = steps - 1, steps - 2, ..., 1, of a loss at the last step alone."""
    sin, cos = Waves(uniform(*SEEN_PHASES, BATCH), seen_frequencies(BATCH)).next(steps)
    state, states = None, []
    for x in sin.split(1):  # a window a step, so that every state between two steps is there to be asked for
        y, state = net(x, state)
        states.append(parts(state))
    loss = nn.functional.mse_loss(y[0], cos[-1])
    found = mtorch.autograd.grad(loss, [s for each in states for s in each], allow_unused=True, materialize_grads=True)
    width = len(states[0])
    each = [sum((g**2).sum().item() for g in found[i : i + width]) ** 0.5 for i in range(0, len(found), width)]
    return each[-2::-1]


def show_gradients(net: SinToCos, options: argparse.Namespace) -> dict[str, list[float]]:
    """Sizes for networks as they begin, for an rnn whose recurrent weights are three times as large, for a loaded one."""
    sizes = {"loaded": gradient_sizes(net, 100)} if options.load else {}
    for cell in CELLS:
        mtorch.manual_seed(options.seed)
        net = SinToCos(cell, options.hidden, options.layers)
        sizes[cell] = gradient_sizes(net, 100)
        if cell == "rnn":
            with mtorch.no_grad():
                for name, w in net.named_parameters():
                    if "weight_hh" in name:
                        w *= 3
            sizes["rnn, W_hh x 3"] = gradient_sizes(net, 100)
    back = [1, 2, 5, 10, 20, 50, 99]
    print("Size of dL/dh[t], L being the error at the last step, so many steps before it:")
    print(f"{'':<16}" + "".join(f"{k:>9}" for k in back))
    for name, values in sizes.items():
        print(f"{name:<16}" + "".join(f"{values[k - 1]:>9.1e}" for k in back))
    return sizes


# ---- pictures -------------------------------------------------------------------------------------


def picture_in_text(curves: dict[str, list[float]], height: int = 15, width: int = 78) -> str:
    """Curves drawn with characters; where two meet, the later one shows."""
    low = min(min(values) for values in curves.values())
    high = max(max(values) for values in curves.values())
    field = [[" "] * width for _ in range(height)]
    for mark, values in zip(".o*+", curves.values(), strict=False):
        for column in range(width):
            value = values[column * (len(values) - 1) // (width - 1)]
            field[round((high - value) / ((high - low) or 1) * (height - 1))][column] = mark
    key = "   ".join(f"{mark} {name}" for mark, name in zip(".o*+", curves, strict=False))
    return "\n".join([f"{high:.3g}", *("".join(row) for row in field), f"{low:.3g}", key])


def pyplot():
    """matplotlib's pyplot, or None where it is not installed."""
    try:
        import matplotlib
    except ImportError:
        return None
    matplotlib.use("Agg")  # pictures in files, no window
    from matplotlib import pyplot as plt

    return plt


def show_result(folder: Path, wave: tuple, losses: list[float]) -> None:
    """Prediction against truth, and the error over training: a picture in the folder, or in the terminal."""
    sin, cos, y = (series[:150] for series in wave)
    plt = pyplot()
    if plt is None:
        print(picture_in_text({"cos": cos, "the network": y}))
        return
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
    left.plot(sin, color="0.8", label="sin, heard")
    left.plot(cos, label="cos")
    left.plot(y, "--", label="the network")
    left.set(title="A wave of an unseen phase, from its first step", xlabel="step")
    left.legend(loc="lower right")
    if losses:
        right.semilogy(losses, linewidth=0.7)
    right.set(title="Error in training", xlabel="window", ylabel="mean squared error")
    save_picture(figure, folder / "sin_to_cos.png")


def show_sizes(folder: Path, sizes: dict[str, list[float]]) -> None:
    plt = pyplot()
    if plt is None:
        smallest = min(v for values in sizes.values() for v in values if v)
        print("log10 of the size, the last steps at the left:")
        print(picture_in_text({name: [math.log10(max(v, smallest)) for v in s] for name, s in sizes.items()}))
        return
    figure, axis = plt.subplots(figsize=(8, 5), layout="constrained")
    for name, values in sizes.items():
        axis.semilogy(range(1, len(values) + 1), values, label=name)
    axis.set(title="Gradients back through time", xlabel="steps before the last", ylabel="|dL/dh[t]|")
    axis.legend()
    save_picture(figure, folder / "gradients.png")


def save_picture(figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
    print(f"Picture: {path}")


# ---- the program ------------------------------------------------------------------------------------


def parse_arguments() -> argparse.Namespace:
    def at_least(low, kind, strictly: bool = False):
        def parse(text):
            value = kind(text)
            if not (low < value or (value == low and not strictly)) or value == math.inf:
                raise argparse.ArgumentTypeError(f"{text} came, expected {'more than' if strictly else 'at least'} "
                                                 f"{low}")
            return value

        parse.__name__ = kind.__name__  # argparse names it when the text is no number
        return parse

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cell", choices=CELLS, help="default: lstm, or what --load has")
    parser.add_argument("--hidden", type=at_least(1, int), metavar="N", help="units of a layer; default: 32")
    parser.add_argument("--layers", type=at_least(1, int), metavar="N", help="default: 1")
    parser.add_argument("--window", type=at_least(1, int), default=25, metavar="T",
                        help="steps of a window; default: 25")
    parser.add_argument("--steps", type=at_least(0, int), default=1500, metavar="N",
                        help="windows to learn from, 0 to test only; default: 1500")
    parser.add_argument("--lr", type=at_least(0.0, float, True), default=0.01,
                        help="highest learning rate; default: 0.01")
    parser.add_argument("--clip", type=at_least(0.0, float, True), default=1.0,
                        help="largest gradient norm; default: 1")
    parser.add_argument("--noise", type=at_least(0.0, float), default=0.0, metavar="SD",
                        help="standard deviation of what is added to the sines; default: 0")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; default: 0")
    parser.add_argument("--plot", type=Path, default=Path("plots"), metavar="DIR",
                        help="where pictures go; without matplotlib they are drawn in the terminal; default: plots")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the network here when it has learnt")
    parser.add_argument("--load", type=Path, metavar="FILE", help="begin with a saved network")
    parser.add_argument("--checkpoint", type=Path, metavar="DIR", help="keep there what a broken-off training needs")
    parser.add_argument("--checkpoint-every", type=at_least(1, int), default=100, metavar="N",
                        help="windows between checkpoints; default: 100")
    parser.add_argument("--resume", action="store_true", help="go on where the training in --checkpoint broke off")
    parser.add_argument("--gradients", action="store_true", help="show the sizes of gradients back through time")
    options = parser.parse_args()
    if options.resume and options.checkpoint is None:
        parser.error("argument --resume: needs --checkpoint DIR")
    ending.check_can_save(parser, options.save)
    if options.gradients and options.checkpoint is not None:
        parser.error("argument --checkpoint: --gradients trains nothing that could be kept")
    return options


def make_net(options: argparse.Namespace) -> SinToCos:
    """A new network, or the saved one; options are filled in with what it is."""
    kind = {"cell": "lstm", "hidden": 32, "layers": 1}
    saved = None
    if options.load:
        try:
            saved = mtorch.load(options.load)
        except (OSError, ValueError, mtorch.serialization.FileFormatError) as error:
            raise SystemExit(f"--load {options.load}: {error}") from error
        if not isinstance(saved, dict) or set(saved) != {*kind, "state_dict"}:
            raise SystemExit(f"--load {options.load}: no network that this program saved")
        kind = {name: saved[name] for name in kind}
    for name, value in kind.items():
        asked = getattr(options, name)
        if saved and asked not in (None, value):
            raise SystemExit(f"--load {options.load}: has {name} {value}, but --{name} is {asked}")
        setattr(options, name, asked or value)
    net = SinToCos(options.cell, options.hidden, options.layers)
    if saved:
        net.load_state_dict(saved["state_dict"])
    return net


def main() -> None:
    options = parse_arguments()
    mtorch.manual_seed(options.seed)
    net = make_net(options)
    if options.gradients:
        show_sizes(options.plot, show_gradients(net, options))
        return
    print(f"{options.cell}, {sum(p.numel() for p in net.parameters()):,} weights, learns from {options.steps:,} "
          f"windows of {options.window} steps of {BATCH} waves", flush=True)
    start = time.perf_counter()
    losses = train(net, options)
    if losses:
        print(f"Learnt in {time.perf_counter() - start:.1f} s")
    wave = report(net, options.noise)
    show_result(options.plot, wave, losses)
    if options.save:
        mtorch.save({"cell": options.cell, "hidden": options.hidden, "layers": options.layers,
                     "state_dict": net.state_dict()}, options.save)
        print(f"Saved: {options.save}")


if __name__ == "__main__":
    ending.run(main)
