"""`testing.assert_close` beside torch's: the same verdict, in the same words."""

from __future__ import annotations

import numpy as np
import pytest

import mtorch

torch = pytest.importorskip("torch")

nan, inf = float("nan"), float("inf")
PAIRS = [
    lambda t: (t([1.0, 2, 3]), t([1.0, 2.5, 3])), lambda t: (t([1.0, 2]), t([1.0, 2, 3])), lambda t: (t([1.0, 2]), t([1, 2])),
    lambda t: (1.0, 1.1), lambda t: ([t(1.0), t(2.0)], [t(1.0), t(3.0)]), lambda t: ({"a": t(1.0)}, {"a": t(2.0)}),
    lambda t: ({"a": 1}, {"b": 1}), lambda t: ([1, 2], [1]), lambda t: (t([1, 2]), t([1, 3])), lambda t: (True, False),
    lambda t: (None, 1), lambda t: (None, None), lambda t: ("a", "a"), lambda t: (t([nan]), t([nan])), lambda t: (t(1.0), t(2.0)),
    lambda t: (t([True, False]), t([True, True])), lambda t: (1, 1.0), lambda t: (t([[1.0, 2], [3, 5]]), t([[1.0, 2], [3, 4]])),
    lambda t: (t([1 + 1j]), t([1 + 2j])), lambda t: (t([0.0]), t([1e-6])), lambda t: (t([0.0, 0.0]), t([1e-4, 0.0])),
    lambda t: (t([1.0]), 1.0), lambda t: (np.ones(1), t([1.0])), lambda t: (np.ones(1), np.full(1, 1.1)),
    lambda t: (t([inf]), t([1.0])), lambda t: (t([inf, -inf]), t([inf, -inf])), lambda t: (t([inf]), t([-inf])),
    lambda t: ({"w": [t([1.0]), (t([1.0, 2.0]),)]}, {"w": [t([1.0]), (t([1.0, 3.0]),)]}), lambda t: (t([]), t([])),
    lambda t: (1 + 1j, 1 + 1.5j), lambda t: (3, 3), lambda t: (3, 4), lambda t: (t(3), t(4)),
    lambda t: (inf, inf), lambda t: (nan, nan),
]
OPTIONS = [{}, {"rtol": 0, "atol": 0}, {"rtol": 0.5, "atol": 0.0}, {"equal_nan": True}, {"check_dtype": False},
           {"msg": "in my words"}, {"msg": lambda text: f"<{text}>"}, {"check_stride": True}]


def verdict(lib, pair, options):
    try:
        return lib.testing.assert_close(*pair(lib.tensor), **options)
    except (AssertionError, TypeError, ValueError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: ",".join(options))
@pytest.mark.parametrize("pair", PAIRS)
def test_the_verdict_is_torchs(pair, options):
    ours, theirs = verdict(mtorch, pair, options), verdict(torch, pair, options)
    if theirs is None or theirs[0] is not AssertionError:
        assert (ours and ours[0]) == (theirs and theirs[0])
    elif "msg" in options and ("The keys of" in theirs[1] or "The length of" in theirs[1]):     # torch leaves msg out there
        assert ours in ((AssertionError, "in my words"), (AssertionError, f"<{theirs[1]}>"))
    else:
        assert ours == theirs


def test_one_tolerance_alone_is_refused():
    for option in ({"rtol": 1e-3}, {"atol": 1e-3}):
        assert verdict(mtorch, lambda t: (t([1.0]), t([2.0])), option) == verdict(torch, lambda t: (t([1.0]), t([2.0])), option)


def test_strides_and_classes_are_compared_on_request():
    x = mtorch.arange(6.0).reshape(2, 3)
    turned = x.T.contiguous().T
    mtorch.testing.assert_close(x, turned)
    with pytest.raises(AssertionError, match=r"stride\(\)' do not match: \(3, 1\) != \(1, 2\)"):
        mtorch.testing.assert_close(x, turned, check_stride=True)
    with pytest.raises(TypeError):
        mtorch.testing.assert_close(x, mtorch.nn.Parameter(x), allow_subclasses=False)
