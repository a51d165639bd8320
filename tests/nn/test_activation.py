"""Activation layers, beyond what the table of ops and the modules' conformance hold."""
from __future__ import annotations

import pytest

import mtorch


def test_hardtanh_takes_the_former_names_of_its_limits() -> None:
    with pytest.warns(FutureWarning, match="`min_value` is deprecated"):
        layer = mtorch.nn.Hardtanh(min_value=-2.0)
    with pytest.warns(FutureWarning, match="`max_value` is deprecated"):
        assert repr(mtorch.nn.Hardtanh(max_value=3.0)) == "Hardtanh(min_val=-1.0, max_val=3.0)"
    assert layer(mtorch.tensor([-3.0, 3.0])).tolist() == [-2.0, 1.0]
