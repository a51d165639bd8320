"""Files damaged at random: only the documented errors come.  (`python -m tests.serialization.fuzz` does many more.)"""

from __future__ import annotations

import pytest

from . import fuzz


@pytest.mark.parametrize("seed", [1, 2])
def test_damaged_files_are_loaded_or_refused(seed):
    for outcomes in fuzz.run_all(1000, seed).values():
        assert outcomes["loaded"] + outcomes["FileFormatError"] + outcomes["SafetensorError"] > 900
        assert outcomes["FileFormatError"] + outcomes["SafetensorError"] > 300
