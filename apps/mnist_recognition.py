"""Learns to read handwritten digits, and shows how well it reads digits that it has never seen.

    python apps/mnist_recognition.py

needs no argument, no network and no data on disk. It learns from IDX files in --data-dir, or else from MNIST in the
user's cache, where it is put by a download; where that fails, from digits that mtorch draws itself.
"""

from __future__ import annotations

import argparse
import math
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

import mtorch
from mtorch import nn, optim
from mtorch.nn import functional as F
from mtorch.serialization import Checkpoint
from mtorch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler, TensorDataset
from mtorch.vision import cache_dir, read_split
from mtorch.vision.datasets import MNIST, DrawnDigits


class Linear(nn.Module):
    """One weight for each pixel and digit: what can be read without hidden units."""

    def __init__(self):
        super().__init__()
        self.output = nn.Linear(28 * 28, 10)

    def forward(self, x):
        return self.output(x.flatten(1))


class MLP(nn.Module):
    """Two hidden layers."""

    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(28 * 28, 256)
        self.hidden2 = nn.Linear(256, 128)
        self.dropout = nn.Dropout(0.1)
        self.output = nn.Linear(128, 10)

    def forward(self, x):
        x = self.dropout(F.relu(self.hidden1(x.flatten(1))))
        x = self.dropout(F.relu(self.hidden2(x)))
        return self.output(x)


class CNN(nn.Module):
    """Two convolutions, each followed by a choice of the strongest of four neighbours, and a hidden layer."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, kernel_size=5)
        self.conv2 = nn.Conv2d(16, 32, kernel_size=5)
        self.dropout = nn.Dropout(0.25)
        self.hidden = nn.Linear(32 * 4 * 4, 128)
        self.output = nn.Linear(128, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.hidden(self.dropout(x.flatten(1))))
        return self.output(self.dropout(x))


class Seed(nn.Module):
    """The network of the framework that mtorch grew from, which learnt by squared error and reached 95 %."""

    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(28 * 28, 16)
        self.hidden2 = nn.Linear(16, 16)
        self.output = nn.Linear(16, 10)

    def forward(self, x):
        x = F.relu(self.hidden1(x.flatten(1)))
        return mtorch.sigmoid(self.output(F.relu(self.hidden2(x))))


class SquaredError(nn.Module):
    """The squared distance of the outputs from 1 for the digit and 0 for the others, averaged over the images."""

    def forward(self, outputs, digits):
        return F.mse_loss(outputs, mtorch.eye(10)[digits], reduction="sum") / len(outputs)


class Recipe(NamedTuple):
    """How a network is trained unless the user says otherwise."""

    network: type[nn.Module]
    criterion: type[nn.Module]
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
OPTIMIZERS = {
    "sgd": lambda parameters, lr: optim.SGD(parameters, lr=lr, momentum=0.9),
    "adam": lambda parameters, lr: optim.Adam(parameters, lr=lr),
    "adamw": lambda parameters, lr: optim.AdamW(parameters, lr=lr),
}
USUAL_LR = {"sgd": 0.05, "adam": 1e-3, "adamw": 1e-3}  # for an optimizer that is not the recipe's


def course_of_lr(steps: int):
    """The learning rate as a share of the highest: it rises for a fifth of the steps, then falls, a cosine, to zero."""
    rise = max(1, steps // 5)

    def share(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))

    return share


class Distorted(Dataset):
    """The images of a data set, each time a little different. The index is that of a whole batch."""

    def __init__(self, dataset: TensorDataset):
        self.dataset = dataset

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, indices):
        images, digits = self.dataset[indices]
        # Where each pixel is taken from: turned, sheared, scaled and shifted at random (a matrix near the identity) ...
        matrix = mtorch.eye(2, 3) + mtorch.randn(len(images), 2, 3) * mtorch.tensor([0.1, 0.1, 0.07])
        places = F.affine_grid(matrix, images.shape, align_corners=False)
        # ... and bent, by displacements drawn on a coarse grid, so that neighbouring pixels move alike.
        bends = F.interpolate(mtorch.randn(len(images), 2, 6, 6) * 0.06, size=(28, 28), mode="bicubic",
                              align_corners=False)
        places = places + bends.permute(0, 2, 3, 1)
        return F.grid_sample(images, places, padding_mode="border", align_corners=False), digits


def make_loader(train: TensorDataset, batch_size: int, augment: bool) -> DataLoader:
    if not augment:
        return DataLoader(train, batch_size, shuffle=True)
    batches = BatchSampler(RandomSampler(train), batch_size, drop_last=False)
    # The worker distorts the next batches while this process learns from one. A new one for each epoch, so that a
    # training that is taken up draws the same distortions.
    return DataLoader(Distorted(train), batch_size=None, sampler=batches, num_workers=1)


class Data(NamedTuple):
    """Pixels as float in [0, 1], shape (N, 1, 28, 28), and digits, shape (N,)."""

    train: TensorDataset
    test: TensorDataset
    name: str


def find_data(options: argparse.Namespace) -> Data:
    """The user's files, MNIST, or drawn digits: the first of them that can be had."""
    if options.data_dir is not None:
        folder = options.data_dir / "MNIST" / "raw" if (options.data_dir / "MNIST").is_dir() else options.data_dir
        splits = [tuple(map(mtorch.from_numpy, read_split(folder, split))) for split in ("train", "t10k")]
        return make_data(splits, f"IDX files in {folder}", options.samples)
    why = "as you asked"
    if not options.drawn:
        try:
            sets = [MNIST(train=train, download=True) for train in (True, False)]
            return make_data([(part.data, part.targets) for part in sets], f"MNIST in {sets[0].raw_folder}",
                             options.samples)
        except (OSError, ValueError) as error:
            note(f"no MNIST: {error}")
            why = "there is no MNIST here and it could not be downloaded"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        drawn = [DrawnDigits(train=train) for train in (True, False)]
    for warning in caught:
        note(str(warning.message))
    return make_data([(part.data, part.targets) for part in drawn],
                     f"digits that mtorch draws itself, not MNIST ({why})", options.samples)


def make_data(splits: list, name: str, samples: int | None) -> Data:
    sets = []
    for (images, digits), limit in zip(splits, (samples, None), strict=True):
        if images.shape[1:] != (28, 28):
            raise ValueError(f"{name}: images of {images.shape[1]} x {images.shape[2]} pixels, expected 28 x 28")
        sets.append(TensorDataset(images[:limit].unsqueeze(1).float().div_(255), digits[:limit].long()))
    train, test = sets
    return Data(train, test, f"{name}: {len(train):,} to learn from, {len(test):,} to test on")


class StopRequest:
    """Turns the first Ctrl-C into a request to stop after the current batch; a second one stops at once."""

    def __enter__(self):
        self.made = False
        self.previous = signal.signal(signal.SIGINT, self.make)
        return self

    def make(self, *_):
        self.made = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def __exit__(self, *_):
        signal.signal(signal.SIGINT, self.previous)


class CannotGoOn(Exception):
    """What the user has to know, in words for the user."""


def nothing_done() -> dict[str, float]:
    """What `train_epoch` counts, at the beginning of an epoch."""
    return {"batches": 0, "images": 0, "loss": 0.0, "right": 0}


def train_epoch(name, net, criterion, optimizer, scheduler, batches, done, bar, stop) -> tuple[float, float]:
    """Learn from the batches; `done` counts on. Returns the mean loss and the accuracy of all batches of the epoch."""
    net.train()
    for images, digits in batches:
        outputs = net(images)
        loss = criterion(outputs, digits)
        if not math.isfinite(loss.item()):
            lr = optimizer.param_groups[0]["lr"]
            raise CannotGoOn(f"{name}: the loss became {loss.item()} in batch {done['batches'] + 1}, expected a finite "
                             f"number; the learning rate, {lr:.3g} there, is too high: try a smaller --lr")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
        done["batches"] += 1
        done["images"] += len(digits)
        done["loss"] += loss.item() * len(digits)
        done["right"] += (outputs.argmax(1) == digits).sum().item()
        if done["batches"] % 20 == 0:
            bar.set_postfix(loss=f"{done['loss'] / done['images']:.4f}", refresh=False,
                            accuracy=f"{done['right'] / done['images']:.2%}")
        bar.update()
        if stop.made:
            break
    return done["loss"] / done["images"], done["right"] / done["images"]


def begin_or_resume(checkpoint: Checkpoint, resume: bool, progress: dict) -> dict:
    """Take the training up, if that is asked for and there is one, and return its progress; else save its beginning."""
    try:
        if checkpoint.begin(resume):
            return checkpoint.extra
        if resume:
            note(f"no checkpoint in {checkpoint.folder}: the training begins anew")
        checkpoint.save(**progress)
    except (OSError, ValueError, mtorch.serialization.FileFormatError) as error:
        raise CannotGoOn(f"--checkpoint {checkpoint.folder}: {error}") from error
    return progress


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
    """Draw the learning curve, and the digits that were read wrongly with the most confidence."""
    import matplotlib

    matplotlib.use("Agg")  # pictures in files, no window
    from matplotlib import pyplot as plt

    images, digits = test.tensors
    paths = [folder / "learning_curve.png", folder / "most_confidently_wrong.png"]

    epochs = range(1, len(history) + 1)
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    left.plot(epochs, [loss for loss, _, _ in history], marker=".")
    left.set(title="Loss in training", xlabel="epoch", ylabel="loss", ylim=(0, None))
    right.plot(epochs, [100 * train for _, train, _ in history], marker=".", label="in training")
    right.plot(epochs, [100 * test for _, _, test in history], marker=".", label="on the test images")
    right.set(title="Digits read rightly", xlabel="epoch", ylabel="%")
    right.legend()
    figure.savefig(paths[0], dpi=100)

    wrong = (said != digits).nonzero().flatten()
    wrong = wrong[confidence[wrong].argsort(descending=True)[:25]].tolist()
    figure, axes = plt.subplots(5, 5, figsize=(8, 9), layout="constrained")
    figure.suptitle("Read wrongly with the most confidence" if wrong else "No digit was read wrongly")
    for axis, index in zip(axes.flat, wrong, strict=False):
        axis.imshow(images[index, 0].numpy(), cmap="gray_r")
        axis.set_title(f"{digits[index].item()}, read as {said[index].item()} ({confidence[index].item():.0%})", size=9)
    for axis in axes.flat:
        axis.axis("off")
    figure.savefig(paths[1], dpi=100)
    plt.close("all")
    return paths


def load(path: Path, wanted: str | None) -> tuple[str, dict, dict]:
    """What `save` wrote: the kind of network, its weights, and how its inputs are to be scaled."""
    saved = mtorch.load(path)
    if not isinstance(saved, dict) or set(saved) != {"model", "state_dict", "scaling"} or saved["model"] not in RECIPES:
        raise ValueError(f"{path}: no network that this program saved")
    if wanted not in (None, saved["model"]):
        raise ValueError(f"{path}: has a network of kind {saved['model']}, but --model is {wanted}")
    return saved["model"], saved["state_dict"], saved["scaling"]


def save(path: Path, model: str, net: nn.Module, scaling: dict) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mtorch.save({"model": model, "state_dict": net.state_dict(), "scaling": scaling}, path)
    except OSError as error:
        raise CannotGoOn(f"what was learnt cannot be kept in {path}: {error}") from error


def note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)


def parse_arguments() -> argparse.Namespace:
    def positive(kind):
        def parse(text):
            value = kind(text)
            if not 0 < value < math.inf:
                raise argparse.ArgumentTypeError(f"{text} came, expected more than 0")
            return value

        parse.__name__ = kind.__name__  # argparse names it when the text is no number
        return parse

    defaults = "; default: what suits the model"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="has MNIST's four IDX files, plain or .gz")
    parser.add_argument("--drawn", action="store_true", help="use the digits that mtorch draws, do not look for MNIST")
    parser.add_argument("--samples", type=positive(int), metavar="N", help="learn from the first N images only")
    parser.add_argument("--model", choices=RECIPES, help="default: mlp, or what --load has")
    parser.add_argument("--augment", action="store_true", help="distort the images a little, anew in each epoch")
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
    if options.data_dir is not None and options.drawn:
        parser.error("--data-dir and --drawn: expected at most one of them")
    if options.epochs is not None and options.epochs < 0:
        parser.error(f"argument --epochs: {options.epochs} came, expected 0 or more")
    if options.resume and options.checkpoint is None:
        parser.error("argument --resume: needs --checkpoint DIR")
    if options.plot is not None:
        try:
            import matplotlib  # noqa: F401  rather now than after the training
        except ImportError:
            parser.error("argument --plot: needs matplotlib, which is not installed: pip install matplotlib")
    for option, folder in (("--plot", options.plot), ("--save", options.save and options.save.parent)):
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                parser.error(f"argument {option}: {folder} cannot be made a folder: {error.strerror}")
    return options


def run(options: argparse.Namespace) -> int:
    say = (lambda *_: None) if options.quiet else print
    model, weights, scaling = options.model or "mlp", None, None
    try:
        if options.load:
            model, weights, scaling = load(options.load, options.model)
        data = find_data(options)
    except (OSError, ValueError, mtorch.serialization.FileFormatError) as error:
        raise CannotGoOn(str(error)) from error
    print(f"Data: {data.name}", flush=True)

    train_images, test_images = data.train.tensors[0], data.test.tensors[0]
    scaling = scaling or {"mean": train_images.mean().item(), "std": train_images.std().item()}
    train, test = (TensorDataset((part.tensors[0] - scaling["mean"]) / scaling["std"], part.tensors[1])
                   for part in (data.train, data.test))
    del train_images, test_images

    mtorch.manual_seed(options.seed)
    recipe = RECIPES[model]
    net, criterion = recipe.network(), recipe.criterion()
    if weights is not None:
        net.load_state_dict(weights)
    epochs = recipe.epochs * (3 if options.augment else 1) if options.epochs is None else options.epochs
    chosen = options.optimizer or recipe.optimizer
    lr = options.lr or (recipe.lr if chosen == recipe.optimizer else USUAL_LR[chosen])
    batch_size = options.batch_size or recipe.batch_size
    loader = make_loader(train, batch_size, options.augment)
    optimizer = OPTIMIZERS[chosen](net.parameters(), lr)
    scheduler = optim.lr_scheduler.LambdaLR(optimizer, course_of_lr(epochs * len(loader)))
    say(f"Network: {model}, {sum(parameter.numel() for parameter in net.parameters()):,} parameters")

    progress: dict = {"history": [], "done": nothing_done()}
    checkpoint = None
    if options.checkpoint:
        settings = {"model": model, "augment": options.augment, "epochs": epochs, "batch size": batch_size, "lr": lr,
                    "optimizer": chosen, "seed": options.seed, "images": len(train), **scaling}
        checkpoint = Checkpoint(options.checkpoint, model=net, optimizer=optimizer, scheduler=scheduler, loader=loader,
                                every=options.checkpoint_every, settings=settings)
        progress = checkpoint.extra = begin_or_resume(checkpoint, options.resume, progress)
    history = progress["history"]
    began = time.perf_counter()
    with StopRequest() as stop:
        for epoch in checkpoint.epochs(epochs) if checkpoint else range(epochs):
            name, done = f"epoch {epoch + 1}/{epochs}", progress["done"]
            batches = checkpoint.batches() if checkpoint else loader
            with tqdm(total=len(loader), initial=done["batches"], desc=name, unit="batch", leave=False,
                      disable=options.quiet or None) as bar:
                loss, train_accuracy = train_epoch(name, net, criterion, optimizer, scheduler, batches, done, bar, stop)
            if stop.made and checkpoint:
                checkpoint.save(**progress)
                print(f"Stopped in epoch {epoch + 1}. What was learnt is in {options.checkpoint}; go on with --resume")
                break
            if stop.made:
                path = options.save or cache_dir() / f"mnist_recognition-{model}.pt"
                save(path, model, net, scaling)
                print(f"Stopped in epoch {epoch + 1}. What was learnt is in {path}; go on with --load {path}")
                break
            history.append((loss, train_accuracy, accuracy(net, test)))
            progress["done"] = nothing_done()
            if checkpoint:
                checkpoint.save(**progress)
            say(f"{name}: loss {loss:.4f}, accuracy {train_accuracy:.2%} in training, "
                f"{history[-1][2]:.2%} on the test images; {time.perf_counter() - began:.1f} s")
    if options.save and not stop.made:
        save(options.save, model, net, scaling)
        say(f"Saved in {options.save}")

    said, confidence = predict(net, test)
    digits = data.test.tensors[1]
    right = (said == digits).sum().item()
    say(f"\n{confusion_table(said, digits)}\n")
    print(f"Test accuracy: {right / len(digits):.2%} ({len(digits) - right:,} of {len(digits):,} wrong)")
    if options.plot:
        for path in save_plots(options.plot, history, said, confidence, data.test):
            say(f"Picture: {path}")
    return 130 if stop.made else 0  # what a shell says of a program that Ctrl-C ended


def main() -> int:
    options = parse_arguments()
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
