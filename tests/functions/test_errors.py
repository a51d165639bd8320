"""Bad input is refused with the type of error that torch raises, and in words that say what was wrong."""
from __future__ import annotations

import pytest

import mtorch

# What is called, with T for the library, and what the error says here.
REFUSED = {
    # shapes that do not broadcast
    "T.zeros(2) + T.zeros(3)": r"add: The size of tensor a \(2\) must match the size of tensor b \(3\) at non-singleton "
                               r"dimension 0. The shapes are \[2\], \[3\]",
    "T.zeros(4, 1, 2) * T.zeros(5, 3)": r"mul: The size of tensor a \(2\) .* b \(3\) at non-singleton dimension 2",
    "T.pow(T.zeros(2), T.zeros(3))": "pow: The size of tensor a",
    "T.atan2(T.zeros(2), T.zeros(3))": "atan2: The size of tensor a",
    "T.where(T.tensor([True, True]), T.zeros(3), T.zeros(3))": r"where: The size of tensor a .* \[3\], \[3\], \[2\]",
    "T.lerp(T.zeros(2), T.zeros(3), 0.5)": "lerp: The size of tensor a",
}


@pytest.mark.parametrize("call", REFUSED)
def test_the_error_is_torchs_and_says_what_was_wrong(call: str) -> None:
    torch = pytest.importorskip("torch")
    run = eval(f"lambda T: {call}")
    with pytest.raises(Exception) as theirs:     # noqa: B017, PT011
        run(torch)
    with pytest.raises(theirs.type, match=REFUSED[call]) as ours:
        run(mtorch)
    assert ours.type is theirs.type
