"""How step() brings an algorithm to the parameters of a group: large ones in pieces, small ones together.

An elementwise algorithm treats each number on its own, so `update` may as well be given a part of a parameter, or
several strung together, and its formula can be written without a thought of speed:

- a large parameter is cut into pieces that stay in the processor's cache while the formula passes over them; each of
  a dozen passes over the whole would fetch it from memory;
- small parameters are copied into one array, updated at once and copied back (`Bundle`): NumPy takes half a
  microsecond for a call whatever it does, and a small network has more parameters than numbers in them.

Other algorithms (`elementwise = False`) get each parameter whole, in its own shape.
"""
from __future__ import annotations

import inspect
from collections.abc import Callable
from operator import is_
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import brain_float
from ..autograd.complex_numbers import in_parts
from ..autograd.mismatch import mismatch
from ..autograd.tape import wrap
from ..autograd.stamps import mark_written, owner
from ..ops.complex_parts import view_as_complex
from ..tensor import Tensor
from .bundle import Bundle
from .checks import plain

if TYPE_CHECKING:
    from .optimizer import Optimizer

PIECE_BYTES = 1 << 19      # of one of the half dozen arrays a formula passes over; together they stay in the cache
SMALL = 2048               # numbers; copying so many costs no more than the calls that are saved
BUNDLE = 1 << 14           # numbers in one bundle, at most


def option_names(cls: Any) -> tuple[str, ...] | None:
    """The hyperparameters that `update` of this class names; None when it takes any (`**options`)."""
    parameters = list(inspect.signature(cls.update).parameters.values())[4:]       # after self, param, grad, state
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return None
    return tuple(p.name for p in parameters)


class Walk:
    """The parameters of one group, sorted once into those that go together and those that go alone."""

    def __init__(self, optimizer: Optimizer, group: dict[str, Any]) -> None:
        self.params = list(group["params"])
        names = option_names(type(optimizer))
        self.names = [name for name in group if name != "params"] if names is None else names
        self.values: list[Any] = []                    # of the options, as the group had them at the last step,
        self.options: dict[str, Any] = {}              # and as `update` takes them
        self.bundles: list[Bundle] = []
        self.alone: list[Tensor] = []
        open_bundles: dict[Any, list[Tensor]] = {}
        seen: set[int] = set()
        for p in self.params:
            a = p.data.array                   # of one that has no numbers yet, too, see nn/lazy.py
            memory = id(owner(a))
            if not (optimizer.elementwise and 0 < a.size <= SMALL and a.ndim and a.dtype.kind == "f"
                    and not brain_float.is_bfloat16(a.dtype)) or memory in seen:
                self.alone.append(p)
                continue
            seen.add(memory)                   # two parameters over the same memory are updated one after the other
            members = open_bundles.setdefault(a.dtype, [])
            members.append(p)
            if sum(m.array.size for m in members) > BUNDLE - SMALL:
                self.bundles.append(Bundle(open_bundles.pop(a.dtype)))
        for members in open_bundles.values():
            if len(members) > 1:
                self.bundles.append(Bundle(members))
            else:
                self.alone += members

    def fits(self, group: dict[str, Any]) -> bool:
        """Are these still the parameters of the group?"""
        params = group["params"]
        return len(params) == len(self.params) and all(map(is_, params, self.params))

    def _options(self, group: dict[str, Any]) -> dict[str, Any]:
        """The hyperparameters of the group, as plain numbers."""
        values = [group[name] for name in self.names]
        if values != self.values:
            self.options = {name: plain(value) for name, value in zip(self.names, values, strict=True)}
            self.values = values
            for value in values:
                for v in value if type(value) is tuple else (value,):
                    if isinstance(v, (Tensor, np.ndarray, list)):      # may be written into, and be the same tensor still
                        self.values = []
        return self.options

    def run(self, optimizer: Optimizer, group: dict[str, Any]) -> None:
        options = self._options(group)
        negate = group.get("maximize", False)
        for bundle in self.bundles:
            if not bundle.run(optimizer, options, negate):
                for p in bundle.params:
                    run_alone(optimizer, p, options, negate)
        for p in self.alone:
            run_alone(optimizer, p, options, negate)


def run_alone(optimizer: Optimizer, p: Tensor, options: dict[str, Any], negate: bool) -> None:
    """Update one parameter, if it has a gradient."""
    grad = p.grad
    if grad is None:
        return
    x, g = p.array, grad.array
    if g.shape != x.shape:
        raise ValueError(f"{type(optimizer).__name__}: the gradient has shape {g.shape}, its parameter {x.shape}")
    kept = optimizer.state.get(p) or {}
    before = {name: value.array if isinstance(value, Tensor) else value for name, value in kept.items()}
    of_pairs = x.dtype.kind == "c"
    if of_pairs:
        x, g = in_parts(x), in_parts(g)
        before = {name: in_parts(value) if isinstance(value, np.ndarray) else value for name, value in before.items()}
    state = before.copy()
    try:
        if optimizer.elementwise and (x.nbytes > PIECE_BYTES or not x.ndim):
            in_pieces(optimizer.update, x, g, state, optimizer.numbers, options, negate)
        else:
            optimizer.update(x, -g if negate else g, state, **options)
    except ValueError as error:
        raise _misfit(error, type(optimizer).__name__, x, before) from None
    mark_written(x)
    if brain_float.met:
        for value in state.values():
            if isinstance(value, np.ndarray):
                brain_float.rewritten(value)
    for name, value in state.items():
        if value is not before.get(name):
            if of_pairs and isinstance(value, np.ndarray) and name not in optimizer.numbers:
                value = view_as_complex(value)
            optimizer.state[p][name] = wrap(value) if isinstance(value, np.ndarray) else value


def _misfit(error: ValueError, optimizer: str, x: np.ndarray, state: dict[str, Any]) -> Exception:
    """torch's error where the state is that of a parameter of another shape; the error itself where it is about another thing."""
    for name, value in state.items():
        if isinstance(value, np.ndarray):
            try:
                np.broadcast_shapes(value.shape, x.shape)
            except ValueError as unequal:
                return mismatch(unequal, f"{optimizer}: {name} of the state and its parameter")
    return error


def in_pieces(update: Callable, x: np.ndarray, g: np.ndarray, state: dict[str, Any], numbers: tuple[str, ...],
              options: dict[str, Any], negate: bool) -> None:
    """Run an elementwise update over x piece by piece (or over a 0-dim x, of which NumPy's operators make no arrays).

    Every piece starts with the same entries of state: its part of the arrays, and a copy of the numbers (each piece
    counts the step once more).  What the pieces add to their state is put together again at the end.
    """
    flat_x, flat_g = np.ascontiguousarray(x).reshape(-1), g.reshape(-1)
    arrays = {name: value for name, value in state.items() if isinstance(value, np.ndarray) and name not in numbers}
    for name, value in arrays.items():
        if not value.flags.c_contiguous:
            state[name] = value.copy()
    flat_state = {name: state[name].reshape(-1) for name in arrays}
    length = PIECE_BYTES // x.itemsize
    parts = []
    for start in range(0, max(x.size, 1), length):
        cut = slice(start, start + length)
        part = {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in state.items()
                if name not in arrays}
        given = {name: value[cut] for name, value in flat_state.items()}
        part.update(given)
        update(flat_x[cut], -flat_g[cut] if negate else flat_g[cut], part, **options)
        for name, value in given.items():
            if part[name] is not value:                    # an entry was replaced, not written into
                value[...] = part[name]
        parts.append(part)
    for name, value in parts[-1].items():
        if name in arrays:
            continue
        if name in numbers or not isinstance(value, np.ndarray):
            if isinstance(state.get(name), np.ndarray):
                state[name][...] = value
            else:
                state[name] = value
        else:
            state[name] = np.concatenate([part[name] for part in parts]).reshape(x.shape)
    if not x.flags.c_contiguous:
        x[...] = flat_x.reshape(x.shape)
