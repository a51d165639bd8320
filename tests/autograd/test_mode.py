"""Switches take bools, and decorate functions."""
from __future__ import annotations

import math
import threading
import warnings

import numpy as np
import pytest

import mtorch


@pytest.mark.parametrize("switch", [mtorch.set_grad_enabled, mtorch.autograd.set_detect_anomaly])
@pytest.mark.parametrize("value", [None, "off", 0])
def test_a_switch_takes_a_bool(switch, value) -> None:
    with pytest.raises(TypeError, match=f"argument 'mode' must be bool, not {type(value).__name__}"):
        switch(value)
    assert mtorch.is_grad_enabled()
    assert not mtorch.is_anomaly_enabled()


def test_numpy_s_bool_is_one() -> None:
    with mtorch.set_grad_enabled(np.bool_(False)):
        assert not mtorch.is_grad_enabled()


def test_what_cannot_be_decorated() -> None:
    with pytest.raises(TypeError, match="no_grad takes nothing but a function to decorate, got int"):
        mtorch.no_grad(3)
    with pytest.raises(TypeError, match="no_grad decorates functions, not the class int"):
        mtorch.no_grad()(int)


def test_a_thread_has_no_warnings_of_numpy_either() -> None:
    net, found = mtorch.nn.Sequential(mtorch.nn.Linear(2, 2), mtorch.nn.Softplus()), []

    def predict() -> None:
        with warnings.catch_warnings(action="error"), mtorch.no_grad():
            found.append(mtorch.log(0 * net(mtorch.zeros(1, 2))))
    thread = threading.Thread(target=predict)
    thread.start()
    thread.join()
    assert found[0].tolist() == [[-math.inf, -math.inf]]
