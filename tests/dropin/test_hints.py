"""What programs say to torch about layouts, precision and kernels: taken, answered as torch does, and without effect."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest

import mtorch

torch = pytest.importorskip("torch")
LIBRARIES = (mtorch, torch)


def test_memory_formats():
    for lib in LIBRARIES:
        last, last_3d = lib.channels_last, lib.channels_last_3d
        assert (str(last), str(last_3d), str(lib.sparse_coo)) == ("torch.channels_last", "torch.channels_last_3d",
                                                                 "torch.sparse_coo")
        net = lib.nn.Conv2d(2, 3, 3).to(memory_format=last)
        x = lib.ones(1, 2, 5, 5).to(memory_format=last).contiguous(memory_format=last)
        assert net(x).shape == (1, 3, 3, 3)
        assert lib.empty(1, 2, 3, 3, memory_format=last).shape == (1, 2, 3, 3)
        assert x.clone(memory_format=last).shape == x.shape
        assert lib.empty_like(x, memory_format=last).shape == x.shape


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (2, 1, 4, 5), (2, 3, 1, 1), (2, 3, 4), (2, 3, 4, 5, 6)])
def test_is_contiguous_answers_honestly(shape):
    answers = []
    for lib in LIBRARIES:
        x = lib.zeros(shape)
        moved = lib.zeros(shape[0], *shape[2:], shape[1]).movedim(-1, 1)
        answers.append([y.is_contiguous(memory_format=f) for y in (x, moved)
                        for f in (lib.channels_last, lib.channels_last_3d, lib.contiguous_format)])
    assert answers[0] == answers[1]


@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning", "ignore:.*autocast:UserWarning")
def test_autocast_is_answered_as_in_torch():
    answers = []
    for lib in LIBRARIES:
        asked = []

        def ask(lib=lib, asked=asked):
            asked.append([lib.is_autocast_enabled(), lib.is_autocast_enabled("cpu"), lib.is_autocast_cpu_enabled(),
                          str(lib.get_autocast_dtype("cpu")), str(lib.get_autocast_dtype("cuda")),
                          str(lib.get_autocast_cpu_dtype())])
        ask()
        with lib.autocast("cpu"):
            ask()
            with lib.autocast("cpu", enabled=False):
                ask()
            with lib.autocast("cpu", dtype=lib.float16):
                ask()
            with lib.autocast("cpu", dtype=lib.float32):
                ask()
            with lib.amp.autocast("cuda", dtype=lib.bfloat16):
                ask()
        lib.autocast("cpu")(ask)()
        ask()
        asked.append(lib.amp.is_autocast_available("cpu"))
        answers.append(asked)
    assert answers[0] == answers[1]


def test_autocast_warns_where_torch_does():
    for lib in LIBRARIES:
        with pytest.warns(UserWarning, match="In CPU autocast, but the target dtype is not supported"):
            lib.autocast("cpu", dtype=lib.float32)
        with pytest.warns(UserWarning, match="CUDA is not available"):
            lib.autocast("cuda")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mtorch.autocast("cuda", enabled=False)


def test_kernels_of_attention():
    import torch.nn.attention
    from mtorch.nn import attention
    outputs = []
    for lib, there in ((mtorch, attention), (torch, torch.nn.attention)):
        q = lib.tensor(np.random.default_rng(0).normal(size=(1, 1, 3, 4)))
        with there.sdpa_kernel(there.SDPBackend.MATH), there.sdpa_kernel([there.SDPBackend.MATH], set_priority=True):
            outputs.append(lib.nn.functional.scaled_dot_product_attention(q, q, q).numpy())
        with pytest.raises(AssertionError, match="got int"), there.sdpa_kernel(3):
            pass
    np.testing.assert_allclose(*outputs)
    theirs = torch.nn.attention.SDPBackend.__members__.values()
    assert [repr(one) for one in attention.SDPBackend] == [repr(one) for one in theirs]


PROGRAM = """
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
from torch.nn.utils.stateless import functional_call
from torch.func import functional_call as other, grad, vmap, hessian
import torch.func

seen = []
handle = register_module_forward_hook(lambda module, args, output: seen.append(type(module).__name__))
net = torch.nn.Linear(2, 1)
net(torch.ones(1, 2))
handle.remove()
class Logged(torch.nn.Linear):
    def __call__(self, *args):
        seen.append("called")
        return self._call_impl(*args)
Logged(2, 1)(torch.ones(1, 2))
print(seen, torch.vmap is vmap, torch.channels_last)
print(functional_call(net, {"bias": torch.ones(1)}, torch.zeros(1, 2)).item())
"""


def test_a_program_that_imports_these(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    answer = subprocess.run([sys.executable, "-m", "mtorch", str(tmp_path / "program.py")], capture_output=True, text=True,
                            check=True)
    assert answer.stdout.splitlines() == ["['Linear', 'called'] True torch.channels_last", "1.0"]


# ---- a few texts ------------------------------------------------------------------------------------------------------

TEXTS = {
    "slogdet": lambda lib: [repr(lib.slogdet(lib.eye(2))), repr(lib.eye(2).slogdet()), repr(lib.linalg.slogdet(lib.eye(2)))],
    "finfo": lambda lib: [repr(lib.finfo(lib.bfloat16)), repr(lib.finfo(lib.float16))],
    "triplets": lambda lib: [repr(lib.nn.TripletMarginWithDistanceLoss()),
                             list(dict(lib.nn.TripletMarginWithDistanceLoss().named_modules()))],
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name):
    assert TEXTS[name](mtorch) == TEXTS[name](torch)


def test_types_are_shown_as_torchs():
    shown, inner = [], []
    for lib in LIBRARIES:
        x = lib.ones(2)
        things = [x, lib.nn.Parameter(x), x.shape, x.dtype, lib.device("cpu"), x.to_sparse(), lib.nn.MSELoss()(x, x)]
        inner.append([type(one) for one in things[:5]])
        shown.append([*(str(type(one)) for one in things), repr(lib.Tensor), f"{lib.nn.Parameter}"])
    assert shown[0] == shown[1]
    assert pickle.loads(pickle.dumps(inner[0])) == copy.deepcopy(inner[0]) == inner[0]

    class Mine(mtorch.Tensor):
        pass
    assert "Mine" in repr(Mine)
    assert mtorch.Tensor.__module__ == "mtorch.tensor"


def test_a_key_that_is_not_in_a_parameter_dict():
    for lib in LIBRARIES:
        with pytest.raises(AttributeError, match="'ParameterDict' object has no attribute 'x'"):
            lib.nn.ParameterDict({"a": lib.ones(1)})["x"]


def test_lbfgs_keeps_the_numbers_of_its_first_loop():
    states = []
    for lib in LIBRARIES:
        p = lib.tensor([1.0, 2.0], dtype=lib.float64, requires_grad=True)
        optimizer = lib.optim.LBFGS([p], max_iter=3, history_size=5)

        def closure(p=p, optimizer=optimizer):
            optimizer.zero_grad()
            loss = (p ** 4).sum()
            loss.backward()
            return loss
        for _ in range(3):
            optimizer.step(closure)
            states.append(copy.deepcopy(optimizer.state_dict()["state"][0]))
        optimizer.load_state_dict(optimizer.state_dict())
    ours, theirs = states[:3], states[3:]
    for a, b in zip(ours, theirs, strict=True):
        assert sorted(a) == sorted(b)
        assert [x is None for x in a["al"]] == [x is None for x in b["al"]]
        numbers = [[float(x) for x in state["al"] if x is not None] for state in (a, b)]
        np.testing.assert_allclose(*numbers, rtol=1e-4)
