"""Sobol's points are torch's, bit for bit, scrambled ones too."""
from __future__ import annotations

import numpy as np
import pytest

import mtorch

torch = pytest.importorskip("torch")


@pytest.mark.parametrize(("dimension", "scramble", "seed"), [(1, False, None), (3, False, None), (2, True, 7), (5, True, None),
                                                            (40, True, 3)])
def test_points_are_torchs(dimension: int, scramble: bool, seed: int | None) -> None:
    def found(lib) -> list[np.ndarray]:
        lib.manual_seed(1)
        e = lib.quasirandom.SobolEngine(dimension, scramble=scramble, seed=seed)
        out = lib.empty(0)
        points = [e.draw(5), e.draw(), e.draw(3, dtype=lib.float64), e.quasi.clone(), e.shift, e.sobolstate,
                  e.fast_forward(4).draw(2), e.reset().draw_base2(3), e.draw_base2(3),
                  e.reset().fast_forward(3).draw(2, out=out), out, lib.rand(1)]
        assert e.num_generated == 5
        assert repr(e) == repr(torch.quasirandom.SobolEngine(dimension, scramble, seed))
        return [p.numpy() for p in points]
    for ours, theirs in zip(found(mtorch), found(torch), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)


def test_what_cannot_be() -> None:
    for lib in (mtorch, torch):
        for dimension in (0, 21202):
            with pytest.raises(ValueError, match="Supported range of dimensionality"):
                lib.quasirandom.SobolEngine(dimension)
        engine = lib.quasirandom.SobolEngine(2)
        engine.draw(3)
        with pytest.raises(ValueError, match="require n to be a power of 2. 3 points have been"):
            engine.draw_base2(2)
    with pytest.raises(ValueError, match="n must be at least 1"):
        mtorch.quasirandom.SobolEngine(2).draw(0)
    with pytest.raises(ValueError, match="there are 2"):
        mtorch.quasirandom.SobolEngine(2).draw(2 ** 30 + 1)
