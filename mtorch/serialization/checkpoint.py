"""Checkpoints: a training that is broken off, at whatever moment and in whatever way, goes on as if it had not been."""
from __future__ import annotations

import contextlib
import itertools
import math
import os
import random
import re
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..autograd.tape import wrap
from ..random import Generator, default_generator
from ..utils.files import replaced
from .errors import FileFormatError
from .pt import load, save

_NAME = re.compile(r"checkpoint-(\d+)-(\d+)\.pt")
_BEST = "best.pt"


class Checkpoint:
    """Saves a training in a folder of its own, and takes it up again bit for bit.

    folder      where the files are: checkpoint-<epochs done>-<batches done>.pt, and best.pt; one training each
    model, optimizer, scheduler   what is trained and how; anything with state_dict and load_state_dict
    loader      the DataLoader of the training, if `batches` is to be used
    keep        how many of the latest checkpoints to keep, > 0
    best        "max" or "min": keep also the one whose score is the greatest, or the least
    every       save after every so many batches, > 0 (default: only when `save` is called)
    settings    what the training was begun with, by name; a checkpoint of other settings is not resumed
    others      further objects by name: with state_dict and load_state_dict, or Generators

    What is saved beside these: the epoch, the place in the order of the loader, and the state of the random numbers of
    mtorch, Python and NumPy (its `np.random.seed` kind).  A file is written under another name and takes its own when it
    is whole and on the disk.  Two things cannot be taken up: the gradients of a step that is not finished (save after
    `optimizer.step()`), and what workers have drawn in the passes before, if they are persistent.

    Raises:
        ValueError: for numbers out of range, `batches` without a loader, and to resume a training of other settings.
        TypeError: for an object that has no state_dict and load_state_dict.
        FileExistsError: when a new training begins in a folder with another one's checkpoints.
        FileFormatError: to resume, where every checkpoint is damaged.

    >>> import mtorch
    >>> from mtorch.serialization import Checkpoint
    >>> net = mtorch.nn.Linear(1, 1)
    >>> optimizer = mtorch.optim.SGD(net.parameters(), lr=0.1)
    >>> loader = mtorch.utils.data.DataLoader([mtorch.ones(1), mtorch.zeros(1)])
    >>> checkpoint = Checkpoint("run", model=net, optimizer=optimizer, loader=loader)
    >>> checkpoint.resume()          # the first time there is nothing to resume
    False
    >>> for epoch in checkpoint.epochs(2):
    ...     for x in checkpoint.batches():
    ...         optimizer.zero_grad()
    ...         net(x).sum().backward()
    ...         optimizer.step()
    ...     path = checkpoint.save()
    >>> path.name
    'checkpoint-000002-000000.pt'
    """

    def __init__(self, folder: str | os.PathLike, *, model: Any, optimizer: Any = None, scheduler: Any = None,
                 loader: Any = None, keep: int = 3, best: str | None = None, every: int | None = None,
                 settings: dict[str, Any] | None = None, **others: Any) -> None:
        if keep < 1 or (every is not None and every < 1):
            raise ValueError(f"Checkpoint: keep={keep} and every={every} came, expected numbers > 0")
        if best not in (None, "max", "min"):
            raise ValueError(f"Checkpoint: best={best!r} came, expected 'max' or 'min'")
        given = {"model": model, "optimizer": optimizer, "scheduler": scheduler, **others}
        self.objects = {name: thing for name, thing in given.items() if thing is not None}
        for name, thing in self.objects.items():
            if not isinstance(thing, Generator) and not hasattr(thing, "load_state_dict"):
                raise TypeError(f"Checkpoint: {name} is a {type(thing).__name__}, which has no load_state_dict")
        self.folder = Path(folder)
        self.loader = loader
        self.settings = settings or {}
        self.keep, self.best, self.every = keep, best, every
        self.epoch = 0                       # epochs done
        self.batch = 0                       # batches done in the epoch after these
        self.best_score: float | None = None
        self.extra: dict[str, Any] = {}      # what the program gave to `save` beside the score
        self._begun = False                  # whether the folder was found empty, or resumed
        self._start: dict[str, Any] | None = None      # the random numbers when this epoch began
        self._resumed: dict[str, Any] | None = None    # and where they were when a pass was broken off

    # ---- the loops --------------------------------------------------------------------------------------------------

    def epochs(self, total: int) -> Iterator[int]:
        """The numbers of the epochs that are still to do, of 0, ..., total - 1."""
        self._begin()
        while self.epoch < total:
            epoch = self.epoch
            yield epoch
            if self.epoch == epoch:          # the program did not walk `batches`, or not to the end
                self._next_epoch()

    def batches(self) -> Iterator[Any]:
        """The batches of this epoch that are still to do."""
        if self.loader is None:
            raise ValueError("Checkpoint: batches() needs the loader: Checkpoint(..., loader=loader)")
        self._begin()
        resumed, self._resumed = self._resumed, None
        if resumed is None:
            self.batch = 0
            self._start = self._random_state()
            walk = iter(self.loader)
        else:
            assert self._start is not None
            self._set_random_state(self._start)
            walk = iter(self.loader)         # draws the same order again
            if hasattr(walk, "skip"):
                walk.skip(self.batch)
            else:
                next(itertools.islice(walk, self.batch, self.batch), None)
            self._set_random_state(resumed)
        for batch in walk:
            self.batch += 1
            yield batch
            if self.every and self.batch % self.every == 0:
                self.save(**self.extra)
        self._next_epoch()

    def _next_epoch(self) -> None:
        self.epoch += 1
        self.batch = 0
        self._start = self._resumed = None

    def _begin(self) -> None:
        if not self._begun and self._files():
            raise FileExistsError(f"Checkpoint: {self.folder} has the checkpoints of another training: resume() takes "
                                  "it up; for a new one give another folder, or empty this one")
        self._begun = True

    # ---- saving -----------------------------------------------------------------------------------------------------

    def save(self, score: float | None = None, **extra: Any) -> Path:
        """Save all, and delete what is no longer to be kept.

        Call it when all that belongs to the batch, or to the epoch, is done.

        score   how good the model is now; needed to keep the best
        extra   values to find in `checkpoint.extra` after `resume`

        Raises:
            FileExistsError: when the folder has checkpoints of another training, which was not resumed.
        """
        self._begin()
        is_best = score is not None and self._is_better(float(score))
        if is_best:
            self.best_score = float(score)       # type: ignore[arg-type]
        self.extra = extra
        content = {
            "format": "mtorch checkpoint 1", "epoch": self.epoch, "batch": self.batch, "score": score,
            "best_score": self.best_score, "is_best": is_best, "extra": extra,
            "settings": self.settings,
            "objects": {name: self._state(thing) for name, thing in self.objects.items()},
            "random": self._random_state(), "start": self._start,
        }
        path = self.folder / f"checkpoint-{self.epoch:06d}-{self.batch:06d}.pt"
        save(content, path)
        if is_best:
            self._keep_as_best(path)
        for old in self._files()[self.keep:]:
            with contextlib.suppress(FileNotFoundError):
                old.unlink()
        return path

    def _is_better(self, score: float) -> bool:
        if self.best is None or math.isnan(score):
            return False
        return self.best_score is None or (score > self.best_score if self.best == "max" else score < self.best_score)

    def _keep_as_best(self, path: Path) -> None:
        with open(path, "rb") as source, replaced(self.folder / _BEST) as copy:
            shutil.copyfileobj(source, copy)

    def _files(self) -> list[Path]:
        """The checkpoints in the folder, the latest first."""
        found = []
        if self.folder.is_dir():
            for path in self.folder.iterdir():
                if match := _NAME.fullmatch(path.name):
                    found.append((int(match[1]), int(match[2]), path))
        return [path for *_, path in sorted(found, reverse=True)]

    @staticmethod
    def _state(thing: Any) -> Any:
        return thing.get_state() if isinstance(thing, Generator) else thing.state_dict()

    # ---- taking up --------------------------------------------------------------------------------------------------

    def resume(self) -> bool:
        """Take up the training where the latest checkpoint left it; False when there is none.

        A file that is damaged is passed over for the one before, with a warning.

        Raises:
            FileFormatError: when there are checkpoints, and every one is damaged.
            ValueError: when the checkpoint has not what this one was made with, or other settings.
        """
        self._remove_halves()
        self._begun = True
        damaged = None
        for path in self._files():
            try:
                content = self._read(path)
            except FileFormatError as error:
                warnings.warn(f"{path} is damaged, trying the checkpoint before it: {error}", stacklevel=2)
                damaged = error
                continue
            self._take(content, path)
            return True
        if damaged is not None:
            raise damaged
        return False

    def begin(self, resume: bool) -> bool:
        """What a program with an option --resume does first: take the training up if `resume`; True if there was one.

        Raises:
            FileExistsError: when the folder has a training already and it is not to be resumed.
            FileFormatError, ValueError: as `resume`.

        >>> import mtorch
        >>> from mtorch.serialization import Checkpoint
        >>> Checkpoint("new", model=mtorch.nn.Linear(1, 1)).begin(resume=False)
        False
        """
        if resume:
            return self.resume()
        self._begin()
        return False

    def load_best(self) -> bool:
        """Give the model the weights with the best score so far; False when there are none.

        >>> import mtorch
        >>> from mtorch.serialization import Checkpoint
        >>> Checkpoint("empty", model=mtorch.nn.Linear(1, 1), best="max").load_best()
        False
        """
        if not (self.folder / _BEST).exists():
            return False
        self.objects["model"].load_state_dict(self._read(self.folder / _BEST)["objects"]["model"])
        return True

    @staticmethod
    def _read(path: Path) -> dict[str, Any]:
        try:
            content = load(path)
        except (EOFError, NotImplementedError) as error:
            raise FileFormatError(str(error)) from error
        if not isinstance(content, dict) or content.get("format") != "mtorch checkpoint 1":
            raise FileFormatError(f"{path} is no checkpoint")
        return content

    def _take(self, content: dict[str, Any], path: Path) -> None:
        before = content.get("settings", {})
        for name in before | self.settings:
            if before.get(name) != self.settings.get(name):
                raise ValueError(f"Checkpoint.resume: {path} is of a training with {name} {before.get(name)}, and this "
                                 f"one has {name} {self.settings.get(name)}")
        if content["objects"].keys() != self.objects.keys():
            raise ValueError(f"Checkpoint.resume: {path} has {', '.join(content['objects'])}, and this checkpoint was "
                             f"made with {', '.join(self.objects)}")
        for name, state in content["objects"].items():
            thing = self.objects[name]
            if isinstance(thing, Generator):
                thing.set_state(state)
            else:
                thing.load_state_dict(state)
        self.epoch, self.batch, self.extra = content["epoch"], content["batch"], content["extra"]
        self.best_score, self._start = content["best_score"], content["start"]
        self._set_random_state(content["random"])
        self._resumed = content["random"] if self.batch else None
        if content["is_best"]:                   # the program may have ended before it was kept
            self._keep_as_best(path)

    def _remove_halves(self) -> None:
        """Delete what a killed program had begun to write."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name.startswith((".checkpoint-", f".{_BEST}")) and path.suffix == ".part":
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()

    # ---- random numbers ---------------------------------------------------------------------------------------------

    def _random_state(self) -> dict[str, Any]:
        _, key, position, has_normal, normal = np.random.get_state(legacy=True)
        state = {"mtorch": default_generator.get_state(), "python": random.getstate(),
                 "numpy": (wrap(np.asarray(key).astype(np.int64)), int(position), int(has_normal), float(normal))}
        generator = getattr(self.loader, "generator", None)
        return state if generator is None else state | {"loader": generator.get_state()}

    def _set_random_state(self, state: dict[str, Any]) -> None:
        default_generator.set_state(state["mtorch"])
        version, words, normal = state["python"]
        random.setstate((version, tuple(words), normal))
        key, position, has_normal, number = state["numpy"]
        np.random.set_state(("MT19937", key.array.astype(np.uint32), position, has_normal, number))
        generator = getattr(self.loader, "generator", None)
        if generator is not None and "loader" in state:
            generator.set_state(state["loader"])
