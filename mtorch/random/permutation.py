"""Shuffled ranges: `randperm`.

PyTorch shuffles by swapping element i, from the first to the last but one, with a random element at i or after it
(Fisher and Yates, 1938; Durstenfeld, 1964).  A loop does that in 0.1 us an element and, for long ranges, more; for
these `_swapped` works out for all places at once what the swaps leave there.
"""
from __future__ import annotations

import numpy as np

from .engine import Generator

_LONG = 500                       # from here on the vectorised way is the faster one
_LIMIT = 0xFFFFFFFF // 20         # from here on PyTorch shuffles in another way


def permutation(n: int, generator: Generator) -> np.ndarray:
    """The numbers 0 to n - 1 in random order, int64."""
    if n >= _LIMIT:
        raise NotImplementedError(f"randperm: n = {n} came, but only n < {_LIMIT} is supported")
    if n < 2:
        return np.arange(n)
    steps = np.arange(n - 1, dtype=np.uint32)
    partners = steps + generator.words(n - 1) % (np.uint32(n) - steps)
    if n >= _LONG:
        return _swapped(partners.astype(np.int64))
    order = list(range(n))
    for i, j in enumerate(partners.tolist()):
        order[i], order[j] = order[j], order[i]
    return np.array(order)


def _swapped(partner: np.ndarray) -> np.ndarray:
    """What `for i: swap(order[i], order[partner[i]])` makes of 0, 1, ..., where partner[i] >= i.

    Step i takes the final value of place i out of place partner[i], and puts there what it found at place i.  So what a
    step takes was put there by the previous step with the same partner, or is the place's own number; and what
    step k found at place k was put there by the last step before it whose partner was k.  That second relation makes
    a forest of steps, whose roots find their own number; it is some ten steps deep however long the range.
    """
    count = len(partner)
    steps = np.arange(count)
    last, previous = _last_and_previous(partner)

    source = np.where(last[:-1] == steps, previous, last[:-1])        # swapping a place with itself moves nothing
    found = np.where(source >= 0, source, steps)
    unsettled = np.flatnonzero(source >= 0)
    while unsettled.size:                                             # jump to the root, twice as far each time
        nearer = found[unsettled]
        farther = found[nearer]
        found[unsettled] = farther
        unsettled = unsettled[farther != nearer]

    order = np.empty(count + 1, np.int64)
    order[:count] = np.where(previous >= 0, found[previous], partner)
    order[count] = found[last[count]] if last[count] >= 0 else count
    return order


def _last_and_previous(partner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each place the last step whose partner it is, and for each step the one before it with its partner; or -1."""
    by_place = _sorted_stably(partner)                                # steps with one partner side by side, in order
    places = partner[by_place]
    first = np.ones(len(partner) + 1, bool)                           # whether another partner begins here; or the end
    np.not_equal(places[1:], places[:-1], out=first[1:-1])

    before = np.empty_like(by_place)
    before[1:] = by_place[:-1]
    before[first[:-1]] = -1
    previous = np.empty_like(by_place)
    previous[by_place] = before

    last = np.full(len(partner) + 1, -1)
    ends = np.flatnonzero(first[1:])
    last[places[ends]] = by_place[ends]
    return last, previous


def _sorted_stably(numbers: np.ndarray) -> np.ndarray:
    """argsort of numbers from 0 to 2**32 - 1: NumPy sorts 16 bits by counting, ten times as fast as longer ones."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")      # by the lower half
    if len(numbers) >= 1 << 16:                                       # as a partner is at most the number of steps
        order = order[np.argsort((numbers >> 16).astype(np.uint16)[order], kind="stable")]
    return order
