"""Recorded trajectories: where torch's optimizers (2.13, float64) went, held also where torch is not installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import mtorch

# optimizer, options, the parameter after five steps (of L-BFGS: two), row after row
RECORDED: list[tuple[str, dict[str, Any], list[float]]] = [
    ("SGD", {"lr": 0.1}, [0.7503617199790268, -1.6494095045765993, 0.3002526680560919, 2.329569235096073]),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
     [0.1279408890145819, -0.6710073542933934, -0.07283149876802959, 0.6902667973844492]),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5, "maximize": True},
     [1.543433260058214, -2.564573275240493, 1.0372227348425034, 4.35738578718356]),
    ("Adam", {"lr": 0.1}, [0.6366259229545699, -1.574134281294429, 0.2707031697047407, 2.539421454247397]),
    ("Adam", {"lr": 0.1, "amsgrad": True, "weight_decay": 0.1},
     [0.618648671457891, -1.5505702776823123, 0.2549087818416467, 2.5274203945784595]),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.5},
     [0.46165197178089473, -1.1718039698338765, 0.19057120128975844, 1.91182214250856]),
    ("Adamax", {"lr": 0.1}, [0.7278294612720964, -1.6958341362838878, 0.3074785678296287, 2.6392604924810477]),
    ("NAdam", {"lr": 0.1}, [0.7348271494097101, -1.6128188972122115, 0.3250710991694854, 2.629280201186496]),
    ("RAdam", {"lr": 0.1, "betas": (0.9, 0.7)},
     [0.6984131359899907, -1.6810703137867766, 0.27976376688219984, 2.3342901928091404]),
    ("RMSprop", {"lr": 0.1}, [-0.06223382663685001, -0.3020974132595367, -0.3055485249977185, 0.77214249119607]),
    ("RMSprop", {"lr": 0.1, "centered": True, "momentum": 0.5},
     [-0.4196437281587902, 0.9271115720097363, -0.3282846779530175, -0.4754654490445893]),
    ("Rprop", {"lr": 0.1}, [0.5640000000000001, -1.4631999999999998, 0.425, 2.2558399999999996]),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.5},
     [0.8278858082978884, -1.7705711668856678, 0.4016495695358635, 2.8098224663830136]),
    ("Adadelta", {"eps": 0.01}, [0.35705961513999823, -1.092116622667729, 0.01051716740011266, 1.781476550050141]),
    ("ASGD", {"lr": 0.1, "t0": 2, "lambd": 0.1},
     [0.714852776214103, -1.5731207832333707, 0.2847578701398238, 2.219781961765472]),
    ("Adafactor", {"lr": 0.1}, [0.4313038911797073, -1.493403673469209, 0.2427201794694401, 2.2687962637482904]),
    ("Muon", {"lr": 0.1}, [0.5319877516031251, -1.7061919742140625, 0.27298439673906255, 2.549960389313281]),
    ("LBFGS", {"lr": 0.1, "max_iter": 4},
     [0.9817590355397923, -1.3343172670175907, 0.4835656831577445, 2.6105061959274676]),
    ("LBFGS", {"max_iter": 4, "line_search_fn": "strong_wolfe"},
     [0.3672051424380947, 0.35119504252838507, 0.5607686718619476, 0.7722829682961098]),
]


def gradient(w: np.ndarray, t: int) -> np.ndarray:
    return np.sin(1.7 * t + np.arange(4.0)).reshape(2, 2) + 0.5 * w


@pytest.mark.parametrize(("name", "kwargs", "end"), RECORDED)
def test_recorded_trajectory(name: str, kwargs: dict[str, Any], end: list[float]) -> None:
    w = mtorch.tensor([[1.0, -2.0], [0.5, 3.0]], dtype=mtorch.float64, requires_grad=True)
    optimizer = getattr(mtorch.optim, name)([w], **kwargs)

    def closure() -> Any:
        optimizer.zero_grad()
        loss = ((w - 1) ** 4).sum() + (w[0] * w[1]).sum()
        loss.backward()
        return loss

    if name == "LBFGS":
        for _ in range(2):
            optimizer.step(closure)
    else:
        for t in range(5):
            w.grad = mtorch.tensor(gradient(w.detach().numpy(), t))
            optimizer.step()
    # torch ran with float64 as its default, so that its counters are as exact as the rest; ours are float32
    rtol = {"ASGD": 1e-7, "NAdam": 1e-7, "LBFGS": 1e-9}.get(name, 1e-12)
    np.testing.assert_allclose(w.detach().numpy().reshape(-1), end, rtol=rtol)


def test_every_optimizer_is_recorded() -> None:
    algorithms = {name for name in mtorch.optim.__all__ if name[0].isupper()} - {"Optimizer", "SparseAdam"}
    assert algorithms == {name for name, _, _ in RECORDED}
