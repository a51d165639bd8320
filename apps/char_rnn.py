"""Reads a text letter by letter, learns to say what comes next, and so to write.

    python apps/char_rnn.py

reads the documentation of this project (or the files after --text) with two layers of LSTM, and prints what it would
write as it goes. The text lies in 32 streams side by side; every step reads the next 64 letters of each, and the state
goes on from window to window. What is measured is the surprise in bits a letter, on text that is learnt from and on
the last tenth, which is not.
"""

from __future__ import annotations

import argparse
import itertools
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

ROOT = Path(__file__).resolve().parents[1]
# What decides the weights; --prompt and the others do because samples draw random numbers.
SETTINGS = ("hidden", "layers", "dropout", "window", "batch", "steps", "lr", "seed",
            "every", "length", "temperature", "prompt")


class CharRNN(nn.Module):
    """Letters as numbers (T, N) and the state before them  ->  a score for each letter to come (T, N, C), and the state."""

    def __init__(self, letters: int, hidden: int, layers: int, dropout: float):
        super().__init__()
        self.embedding = nn.Embedding(letters, hidden)
        self.lstm = nn.LSTM(hidden, hidden, layers, dropout=dropout)
        self.output = nn.Linear(hidden, letters)

    def forward(self, letters, state=None):
        h, state = self.lstm(self.embedding(letters), state)
        return self.output(h), state


def read(paths: list[Path]) -> str:
    """The text of all files, one after the other."""
    if not paths:
        paths = sorted([*ROOT.glob("README.md"), *ROOT.glob("docs/**/*.md")])
        if not paths:
            raise SystemExit(f"there is no documentation in {ROOT}; name a text: --text FILE")
    try:
        return "\n".join(path.read_text(encoding="utf-8") for path in paths)
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"--text: {error}") from error


def streams(numbers, batch: int):
    """The text (M) in `batch` streams side by side, (M // batch, batch): the rest at the end is left out."""
    length = len(numbers) // batch
    return numbers[: length * batch].reshape(batch, length).T


def windows(stream, size: int):
    """What is read, what comes next, and whether the text begins here: again and again from the beginning."""
    while True:
        for start in range(0, len(stream) - 1, size):
            x = stream[start : start + size]
            y = stream[start + 1 : start + 1 + size]
            yield x[: len(y)], y, start == 0


def surprise(scores, y):
    """The mean of -log p(the letter that came), in nats."""
    return nn.functional.cross_entropy(scores.flatten(0, 1), y.flatten())


@mtorch.no_grad()
def bits_per_letter(net: CharRNN, numbers) -> float:
    """On a text read in one go from its beginning."""
    net.eval()
    scores, _ = net(numbers[:-1].unsqueeze(1))
    net.train()
    return surprise(scores, numbers[1:].unsqueeze(1)).item() / math.log(2)


@mtorch.no_grad()
def write(net: CharRNN, alphabet: str, prompt: str, length: int, temperature: float) -> str:
    """Go on after the prompt, letter by letter. Temperature above 1 is more daring, below 1 more careful, 0 greedy."""
    net.eval()
    text = prompt
    given, state = mtorch.tensor([[alphabet.index(letter)] for letter in prompt]), None
    for _ in range(length):
        scores, state = net(given, state)
        last = scores[-1, 0]
        choice = last.argmax() if temperature == 0 else mtorch.multinomial((last / temperature).softmax(0), 1)
        text += alphabet[int(choice.item())]
        given = choice.reshape(1, 1)
    net.train()
    return text


def train(net: CharRNN, numbers, alphabet: str, options: argparse.Namespace) -> None:
    optimizer = optim.Adam(net.parameters(), lr=options.lr)
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, options.steps))
    state, seen = None, []
    checkpoint = None
    if options.checkpoint:
        settings = {name: getattr(options, name) for name in SETTINGS} | {"letters": len(numbers), "alphabet": alphabet}
        checkpoint = Checkpoint(options.checkpoint, model=net, optimizer=optimizer, scheduler=schedule,
                                settings=settings)
        if resumed(checkpoint, options.resume):
            state = checkpoint.extra["state"]
    start = checkpoint.epoch if checkpoint else 0
    steps = checkpoint.epochs(options.steps) if checkpoint else range(options.steps)  # a window is an epoch
    bar = tqdm(steps, unit="step", disable=None, total=options.steps, initial=start)
    texts = itertools.islice(windows(streams(numbers, options.batch), options.window), start, None)
    for step, (x, y, begins) in zip(bar, texts, strict=False):
        state = None if state is None else tuple(s.detach() for s in state)
        if checkpoint and step % options.every == 0:
            checkpoint.save(state=state)
        if begins:
            state = None
        step += 1
        scores, state = net(x, state)
        loss = surprise(scores, y)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()

        seen.append(loss.item() / math.log(2))
        if not math.isfinite(seen[-1]):
            raise SystemExit(f"step {step}: the loss became {seen[-1]}, expected a finite number; try a smaller --lr")
        bar.set_postfix(bits=f"{seen[-1]:.2f}", refresh=False)
        if step % options.every == 0 or step == options.steps:
            bar.clear()
            mean = sum(seen) / len(seen)
            seen.clear()
            print(f"--- after {step} steps, {mean:.2f} bits a letter:")
            print(write(net, alphabet, options.prompt, options.length, options.temperature), flush=True)


def resumed(checkpoint: Checkpoint, asked: bool) -> bool:
    try:
        found = checkpoint.begin(resume=asked)
    except (OSError, ValueError, mtorch.serialization.FileFormatError) as error:
        raise SystemExit(f"--checkpoint {checkpoint.folder}: {error}") from error
    if asked and not found:
        print(f"No checkpoint in {checkpoint.folder}: the training begins anew")
    return found


def parse_arguments() -> argparse.Namespace:
    def at_least(low, kind):
        def parse(text):
            value = kind(text)
            if not low <= value < math.inf:
                raise argparse.ArgumentTypeError(f"{text} came, expected at least {low}")
            return value

        parse.__name__ = kind.__name__  # argparse names it when the text is no number
        return parse

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=Path, nargs="+", default=[], metavar="FILE", help="default: the project's docs")
    parser.add_argument("--hidden", type=at_least(1, int), metavar="N", help="units of a layer; default: 128")
    parser.add_argument("--layers", type=at_least(1, int), metavar="N", help="default: 2")
    parser.add_argument("--dropout", type=at_least(0.0, float), default=0.0, metavar="P",
                        help="between layers; default: 0")
    parser.add_argument("--window", type=at_least(1, int), default=64, metavar="T", help="letters; default: 64")
    parser.add_argument("--batch", type=at_least(1, int), default=32, metavar="N", help="streams; default: 32")
    parser.add_argument("--steps", type=at_least(0, int), default=1000, metavar="N",
                        help="0 to write only; default: 1000")
    parser.add_argument("--lr", type=at_least(1e-12, float), default=4e-3, help="highest learning rate; default: 0.004")
    parser.add_argument("--every", type=at_least(1, int), default=200, metavar="N",
                        help="steps between samples, and between checkpoints; default: 200")
    parser.add_argument("--length", type=at_least(0, int), default=300, metavar="N",
                        help="letters of a sample; default: 300")
    parser.add_argument("--temperature", type=at_least(0.0, float), default=0.7, help="of samples; default: 0.7")
    parser.add_argument("--prompt", default="The ", help="what samples begin with; default: 'The '")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; default: 0")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the network here when it has learnt")
    parser.add_argument("--load", type=Path, metavar="FILE", help="begin with a saved network and its alphabet")
    parser.add_argument("--checkpoint", type=Path, metavar="DIR", help="keep there what a broken-off training needs")
    parser.add_argument("--resume", action="store_true", help="go on where the training in --checkpoint broke off")
    options = parser.parse_args()
    if options.resume and options.checkpoint is None:
        parser.error("argument --resume: needs --checkpoint DIR")
    if options.dropout > 1:
        parser.error(f"argument --dropout: {options.dropout} came, expected at most 1")
    ending.check_can_save(parser, options.save)
    return options


def load(path: Path) -> dict:
    try:
        saved = mtorch.load(path)
    except (OSError, ValueError, mtorch.serialization.FileFormatError) as error:
        raise SystemExit(f"--load {path}: {error}") from error
    if not isinstance(saved, dict) or set(saved) != {"alphabet", "hidden", "layers", "state_dict"}:
        raise SystemExit(f"--load {path}: no network that this program saved")
    return saved


def main() -> None:
    options = parse_arguments()
    mtorch.manual_seed(options.seed)
    text = read(options.text)
    saved = load(options.load) if options.load else None
    alphabet = saved["alphabet"] if saved else "".join(sorted(set(text) | set(options.prompt)))
    for name, value in (("hidden", 128), ("layers", 2)):
        asked, value = getattr(options, name), saved[name] if saved else value
        if saved and asked not in (None, value):
            raise SystemExit(f"--load {options.load}: has {value} {name}, but --{name} is {asked}")
        setattr(options, name, asked or value)
    if not options.prompt or set(options.prompt) - set(alphabet):
        raise SystemExit(f"--prompt {options.prompt!r}: expected one letter or more of {alphabet!r}")
    text = "".join(letter for letter in text if letter in alphabet)
    numbers = mtorch.tensor([alphabet.index(letter) for letter in text])
    cut = len(numbers) * 9 // 10
    learnt_from, held_back = numbers[:cut], numbers[cut:]
    if len(learnt_from) < 2 * options.batch or len(held_back) < 2:
        raise SystemExit(f"--text: has {len(text)} letters, expected at least {20 * (options.batch + 1)} for "
                         f"{options.batch} streams")
    net = CharRNN(len(alphabet), options.hidden, options.layers, options.dropout)
    if saved:
        net.load_state_dict(saved["state_dict"])
    print(f"{len(text):,} letters, {len(alphabet)} different; LSTM of {options.layers} x {options.hidden}, "
          f"{sum(p.numel() for p in net.parameters()):,} weights", flush=True)
    start = time.perf_counter()
    train(net, learnt_from, alphabet, options)
    if options.steps:
        print(f"Learnt in {time.perf_counter() - start:.0f} s")
    else:
        print(write(net, alphabet, options.prompt, options.length, options.temperature))
    print(f"Bits a letter: {bits_per_letter(net, learnt_from[:20_000]):.2f} on text learnt from, "
          f"{bits_per_letter(net, held_back[:20_000]):.2f} on the last tenth; "
          f"{math.log2(len(alphabet)):.2f} would be guessing")
    if options.save:
        mtorch.save({"alphabet": alphabet, "hidden": options.hidden, "layers": options.layers,
                     "state_dict": net.state_dict()}, options.save)
        print(f"Saved: {options.save}")


if __name__ == "__main__":
    ending.run(main)
