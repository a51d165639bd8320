"""Small parameters strung together, so that one call of `update` serves them all (see `walk.py`).

The bundle keeps the state of its members in arrays of its own, one for each entry, and the tensors in
`optimizer.state` become views into them: they hold the members' state as ever and may be read and written.  Before each
step the bundle makes sure that nothing was put in their place; if something was, or a member has no gradient, its
members are updated alone and the bundle is made anew.
"""
from __future__ import annotations

from itertools import accumulate, chain
from operator import attrgetter, is_
from typing import TYPE_CHECKING, Any

import numpy as np

from ..autograd.tape import wrap
from ..autograd.stamps import mark_written, owner
from ..tensor import Tensor

if TYPE_CHECKING:
    from .optimizer import Optimizer

_array_of = attrgetter("array")
_NOTHING: dict[str, Any] = {}      # the state of a parameter that has none


class Bundle:
    """Parameters of one dtype whose values, gradients and states can be laid end to end."""

    def __init__(self, params: list[Tensor]) -> None:
        self.params = params
        sizes, dtype = [p.array.size for p in params], params[0].array.dtype
        self.x, self.g = np.empty(sum(sizes), dtype), np.empty(sum(sizes), dtype)
        self.cuts = [slice(end - size, end) for end, size in zip(accumulate(sizes), sizes, strict=True)]
        self.shapes = [p.array.shape for p in params]
        self.members: list[tuple] = []                 # (parameter, its array, its places in x and in g)
        self.state: dict[str, np.ndarray] = {}         # entry -> the values of all members, end to end
        self.kept: list[dict[str, Any]] = [_NOTHING] * len(params)           # optimizer.state of each member
        self.views: list[np.ndarray] = []              # the arrays of the tensors that those hold
        self.alike = True                              # False once states were found that cannot be strung together
        self._join()

    def run(self, optimizer: Optimizer, options: dict[str, Any], negate: bool) -> bool:
        """Update all members; False, and nothing happened, if they have to go alone this time."""
        if not self._is_whole(optimizer) and not self._string(optimizer):
            return False
        for p, array, x, g in self.members:
            grad = p._grad                             # as p.grad, a property, which takes as long as the copy below
            if grad is None:
                return False
            if p.array is not array:                   # `p.data = ...`: other memory than before
                return self._join() and self.run(optimizer, options, negate)
            x[...] = array
            g[...] = grad.array
        if negate:
            np.negative(self.g, out=self.g)
        before = [*self.state.values()]
        optimizer.update(self.x, self.g, self.state, **options)
        for _, array, x, _ in self.members:
            array[...] = x
        mark_written(*self.arrays)
        if len(self.state) != len(before) or before and not all(map(is_, self.state.values(), before)):
            self._hand_out(optimizer)
        return True

    def _join(self) -> bool:
        """Note the arrays of the parameters; False if the bundle no longer fits them."""
        arrays = [p.array for p in self.params]
        if len({id(owner(a)) for a in arrays}) < len(arrays) or any(
                a.shape != shape or a.dtype != self.x.dtype for a, shape in zip(arrays, self.shapes, strict=True)):
            return False
        self.arrays = arrays
        self.members = [(p, a, self.x[cut].reshape(a.shape), self.g[cut].reshape(a.shape))
                        for p, a, cut in zip(self.params, arrays, self.cuts, strict=True)]
        return True

    def _part(self, optimizer: Optimizer, name: str, i: int) -> np.ndarray:
        """Member i's part of an entry of the state, as a view."""
        values = self.state[name]
        if name in optimizer.numbers:
            return values[i:i + 1].reshape(())
        return values[self.cuts[i]].reshape(self.shapes[i])

    def _is_whole(self, optimizer: Optimizer) -> bool:
        """Does optimizer.state hold, for each member, the views into this bundle, and are their numbers the same?"""
        state = optimizer.state
        if not state:
            return not self.state
        for p, kept in zip(self.params, self.kept, strict=True):
            if state.get(p, _NOTHING) is not kept:
                return False
        held = [*chain.from_iterable(map(dict.values, self.kept))]
        try:
            if len(held) != len(self.views) or not all(map(is_, map(_array_of, held), self.views)):
                return False
        except AttributeError:                         # an entry that is no tensor
            return False
        return all(_is_constant(self.state[name]) for name in optimizer.numbers if name in self.state)

    def _string(self, optimizer: Optimizer) -> bool:
        """Lay the members' states end to end, if they are alike; their tensors become views of that."""
        if not self.alike:
            return False
        self.alike = False
        kept = [optimizer.state.get(p) or {} for p in self.params]
        for state, shape in zip(kept, self.shapes, strict=True):
            if list(state) != list(kept[0]) or not all(self._fits(optimizer, *item, shape) for item in state.items()):
                return False
        strung = {name: np.concatenate([state[name].array.reshape(-1) for state in kept]) for name in kept[0]}
        if not all(_is_constant(strung[name]) for name in optimizer.numbers if name in strung):
            return False
        self.state = strung
        for i, state in enumerate(kept):
            for name, tensor in state.items():
                tensor.array = self._part(optimizer, name, i)
        self._remember(optimizer)
        return True

    def _fits(self, optimizer: Optimizer, name: str, value: Any, shape: tuple[int, ...]) -> bool:
        if not isinstance(value, Tensor) or owner(value.array).base is not None:
            return False                               # memory shared with other processes stays where it is
        if name in optimizer.numbers:
            return value.array.shape == ()
        return value.array.shape == shape and value.array.dtype == self.x.dtype

    def _hand_out(self, optimizer: Optimizer) -> None:
        """The step put entries into the bundle's state: give each member its part of them, as tensors."""
        for name, value in self.state.items():
            if name in optimizer.numbers and value.ndim == 0:
                self.state[name] = np.full(len(self.params), value)
        for i, p in enumerate(self.params):
            optimizer.state[p].update({name: wrap(self._part(optimizer, name, i)) for name in self.state})
        self._remember(optimizer)

    def _remember(self, optimizer: Optimizer) -> None:
        """Note what optimizer.state holds now, to know it again."""
        self.kept = [optimizer.state.get(p, _NOTHING) for p in self.params]
        self.views = [tensor.array for kept in self.kept for tensor in kept.values()]
        self.alike = True


def _is_constant(values: np.ndarray) -> bool:
    numbers = values.tolist()
    return numbers.count(numbers[0]) == len(numbers)
