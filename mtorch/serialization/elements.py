"""The storages of one file as elements: of each kind one array is made, so that tensors over a storage share it."""
from __future__ import annotations

import numpy as np

from .allowed import expect, size_in_file
from .kinds import DECODED, decoded


class Elements:
    """What the two forms of a .pt file have in common while they are read; a `Storage` asks it for its elements."""

    def __init__(self) -> None:
        self.arrays: dict[tuple[int, str], tuple[np.ndarray, np.ndarray]] = {}     # bytes and kind -> both, as elements

    def elements(self, raw: np.ndarray, kind: str) -> np.ndarray:
        """A storage's bytes as elements of a kind; the same array each time."""
        if (id(raw), kind) not in self.arrays:
            expect(raw.size % size_in_file(kind, 1) == 0, f"a storage of {raw.size} bytes holds no whole number of {kind}")
            self.arrays[id(raw), kind] = raw, decoded(self.in_order(raw, kind), kind)
        return self.arrays[id(raw), kind][1]

    def in_order(self, raw: np.ndarray, kind: str) -> np.ndarray:
        """The bytes as a little-endian machine writes them."""
        return raw

    def became(self) -> set[str]:
        """The kinds met that NumPy has not."""
        return {kind for _, kind in self.arrays if kind in DECODED}
