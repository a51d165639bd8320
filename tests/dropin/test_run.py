"""`python -m mtorch program.py` and `import mtorch.as_torch`: the program sees what it would see under torch."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def python(*arguments: object, cwd: Path, expect: int | None = 0, given: str | None = None,
           **variables: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "OPENBLAS_NUM_THREADS": "1",
                   **variables}
    done = subprocess.run([sys.executable, *map(str, arguments)], cwd=cwd, env=environment, capture_output=True,
                          input=given, text=True, timeout=60, check=False)
    assert expect is None or done.returncode == expect, done.stdout + done.stderr
    return done


SAME_OBJECTS = """
import sys, mtorch
import torch, torch.nn as nn, torch.nn.functional as F, torch.utils.data, torchvision
from torch import optim
from torch.utils.data import DataLoader
from torch.utils.data.dataset import Subset
from torch.utils.data.sampler import WeightedRandomSampler
from torch.utils.data.distributed import DistributedSampler
from torch.nn.utils.rnn import pad_sequence, PackedSequence
from torch.nn.parameter import Parameter
from torch.nn.modules.utils import _single, _pair, _triple
from torch.nn.modules.module import Module, _addindent
from torch.nn.modules.transformer import _get_clones, _get_activation_fn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.linear import NonDynamicallyQuantizableLinear
from torch.nn.modules.loss import _Loss, CTCLoss
from torch.nn.modules.activation import MultiheadAttention
from torch.nn.parallel import DistributedDataParallel, DataParallel
from torch.optim.optimizer import Optimizer, required
from torch.optim.lr_scheduler import _LRScheduler, StepLR
from torch.autograd import Variable, Function
from torch.autograd.function import InplaceFunction, once_differentiable
from torch.utils.data._utils.collate import default_collate
import torch.utils.model_zoo as model_zoo
from torch.functional import einsum, norm
from functorch import make_functional, vmap
from functorch.experimental import replace_all_batch_norm_modules_
from torch.autograd.functional import jacobian
from torch.autograd.gradcheck import gradcheck
from torch.autograd.profiler import profile
from torch.distributions import Normal
from torch.distributions.distribution import Distribution
from torch.cuda.amp import autocast, GradScaler, grad_scaler
from torch.utils.tensorboard import SummaryWriter
from torch.utils.checkpoint import checkpoint
from torchvision import datasets, transforms
from torchvision.transforms import transforms as inner
from torchvision.transforms.transforms import Compose
from torchvision.utils import make_grid, save_image
import torch.nn.utils.weight_norm
import torch.backends.cudnn as cudnn
import torch.multiprocessing as mp
import torch._C
assert torch.torch is torch
assert torch.functional.F is F and all(getattr(torch.functional, name) is getattr(torch, name)
                                       for name in torch.functional.__all__[1:])
assert torch is mtorch and nn is mtorch.nn and F is mtorch.nn.functional and torchvision is mtorch.vision
assert nn.Linear is torch.nn.modules.linear.Linear is torch.nn.modules.Linear is mtorch.nn.Linear
assert isinstance(nn.BatchNorm2d(1), _BatchNorm)
assert isinstance(nn.MSELoss(), _Loss) and torch.nn.modules.CTCLoss is CTCLoss
assert _pair(3) == (3, 3) and Parameter is nn.Parameter and Module is nn.Module and Optimizer is optim.Optimizer
assert _addindent("a\\nb\\n", 3) == "a\\n   b\\n" and len(_get_clones(nn.Linear(1, 1), 2)) == 2
assert _get_activation_fn("relu") is F.relu and issubclass(InplaceFunction, Function)
assert torch.utils.data._utils.collate.default_collate is default_collate is torch.utils.data.default_collate
assert model_zoo.load_url is torch.hub.load_state_dict_from_url
assert callable(torch.nn.utils.weight_norm)
assert inner.Compose is Compose is transforms.Compose and grad_scaler.GradScaler is GradScaler
assert callable(torch.autograd.gradcheck) and torch.autograd.Variable is Variable
assert issubclass(torch._C._LinAlgError, RuntimeError)
for name, module in sys.modules.items():
    if name.split(".")[0] == "mtorch" and "torch" + name[6:] in sys.modules:
        assert sys.modules["torch" + name[6:]] is module, name
assert torch.__spec__.name == "mtorch" and nn.__spec__.name == "mtorch.nn"
print("same")
"""


def test_every_module_is_one_object(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(SAME_OBJECTS)
    assert python("-m", "mtorch", "program.py", cwd=tmp_path).stdout == "same\n"
    (tmp_path / "inside.py").write_text("import mtorch.as_torch\n" + SAME_OBJECTS)
    assert python("inside.py", cwd=tmp_path).stdout == "same\n"


ABOUT_ITSELF = """
import __main__, inspect, sys
print(sys.argv, sys.path[0], __name__, __file__, __package__, __spec__ and __spec__.name)
print(__main__.__dict__ is globals())
print(sorted(name for name in globals()))
class C: pass
print(C.__module__, inspect.getsourcefile(C))
import helper
"""


def test_file_sees_of_itself_what_it_would_see_alone(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "helper.py").write_text("print('helper', __name__)")
    (folder / "program.py").write_text(ABOUT_ITSELF)
    arguments = ["folder/program.py", "--epochs", "3", "-m", "x"]
    alone, here = python(*arguments, cwd=tmp_path), python("-m", "mtorch", *arguments, cwd=tmp_path)
    assert here.stdout == alone.stdout
    (tmp_path / "link.py").symlink_to(folder / "program.py")
    assert python("-m", "mtorch", "link.py", cwd=tmp_path).stdout == python("link.py", cwd=tmp_path).stdout


def test_module_and_code_and_folder(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    for name in ("__init__", "helper"):
        (tmp_path / "package" / f"{name}.py").write_text("")
    (tmp_path / "package" / "train.py").write_text(
        "import sys, torch\nfrom . import helper\nprint(sys.argv, __name__, __package__, sys.path[0], torch.ones(1))")
    (tmp_path / "package" / "__main__.py").write_text("import sys; print(sys.argv, __name__, sys.path[0])")
    out = python("-m", "mtorch", "-m", "package.train", "--x", cwd=tmp_path).stdout
    assert out == f"{[str(tmp_path / 'package' / 'train.py'), '--x']} __main__ package {tmp_path} tensor([1.])\n"
    code = "import sys; print(sys.argv, __name__, sys.path[0])"
    for arguments in (["-m", "package", "1"], ["-c", code, "1", "2"], ["package", "1"]):
        assert python("-m", "mtorch", *arguments, cwd=tmp_path).stdout == python(*arguments, cwd=tmp_path).stdout
    for given in (code, code + "\n1 / 0"):                   # a program on the standard input, as a shell script writes it
        here, alone = (python(*program, "-", "1", cwd=tmp_path, expect=None, given=given)
                       for program in (["-m", "mtorch"], []))
        assert (here.returncode, here.stdout, here.stderr) == (alone.returncode, alone.stdout, alone.stderr)


@pytest.mark.parametrize("source", [
    "def f():\n    raise ValueError('bad')\nf()",
    "import sys\nsys.exit(3)",
    "import sys\nsys.exit('the reason')",
    "raise SystemExit",
    "x = (",
    "raise KeyboardInterrupt",
    "import sys\nsys.excepthook = lambda *error: print('mine', error[0].__name__)\n1 / 0",
    "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise ValueError('second')",
    "import atexit\natexit.register(print, 'last')\nx: undefined = 1",
    "# coding: latin-1\nprint('\u00e4')",
    "assert __debug__, 'never'\nassert 1 == 2, 'wrong'",
])
def test_program_ends_as_it_would_alone(tmp_path: Path, source: str) -> None:
    (tmp_path / "program.py").write_text(source, encoding="latin-1" if "latin" in source else "utf-8")
    alone = python("program.py", cwd=tmp_path, expect=None)
    here = python("-m", "mtorch", "program.py", cwd=tmp_path, expect=None)
    assert (here.returncode, here.stdout, here.stderr) == (alone.returncode, alone.stdout, alone.stderr)
    assert "KeyboardInterrupt" not in source or here.returncode == -signal.SIGINT


def test_program_that_is_not_there(tmp_path: Path) -> None:
    for arguments in (["none.py"], ["-m", "none"], ["-m", "none.of.these"]):
        alone = python(*arguments, cwd=tmp_path, expect=None)
        here = python("-m", "mtorch", *arguments, cwd=tmp_path, expect=None)
        assert here.returncode == alone.returncode != 0
        assert here.stderr.splitlines()[0].startswith(f"{sys.executable}: ")
        assert arguments[0] != "none.py" or here.stderr == alone.stderr


def test_usage(tmp_path: Path) -> None:
    assert python("-m", "mtorch", "--help", cwd=tmp_path).stdout.startswith("usage: python -m mtorch program.py")
    assert "usage" in python("-m", "mtorch", cwd=tmp_path, expect=2).stderr
    assert "unknown option --x" in python("-m", "mtorch", "--x", cwd=tmp_path, expect=2).stderr
    assert "Argument expected" in python("-m", "mtorch", "-m", cwd=tmp_path, expect=2).stderr
    assert python("-m", "mtorch", "--version", cwd=tmp_path).stdout == "mtorch 0.1.0, as PyTorch 2.13.0\n"


def test_missing_names_are_told(tmp_path: Path) -> None:
    page = "docs/from-pytorch.md"
    program = """
import torch
from torch import nn
for ask in ("torch.Relu", "nn.Conv2D", "nn.functional.leaky_rellu", "torch.optim.AdamWW", "nn.modules.Linnear",
            "torch.cuda.is_availabel", "torch.utils.tensorbord", "torch.autograd.gradd",
            "torch.distributed.init_process_groups"):
    try:
        eval(ask)
    except AttributeError as error:
        print(error)
for module in ("torch.export", "torch.nn.functionals", "torch.a.b", "torchvision.tv_tensors"):
    try:
        __import__(module)
    except ModuleNotFoundError as error:
        print(error)
print(hasattr(torch, "no_such"), hasattr(torch, "__path_x__"))
"""
    (tmp_path / "program.py").write_text(program)
    lines = python("-m", "mtorch", "program.py", cwd=tmp_path).stdout.splitlines()
    told = f"{page} lists what mtorch leaves out of PyTorch."
    assert lines[0] == f"mtorch has no 'Relu'; the nearest name is 'relu'. {told}"
    assert [line.split("'")[3] for line in lines[1:9]] == [
        "Conv2d", "leaky_relu", "AdamW", "Linear", "is_available", "tensorboard", "grad", "init_process_group"]
    assert lines[9].startswith("mtorch has no module 'torch.export'. ")
    assert "the nearest name is torch.nn.functional." in lines[10]
    assert all(page in line for line in lines[:-1])
    assert lines[-1] == "False False"


def test_missing_names_that_python_tells(tmp_path: Path) -> None:
    for source in ("import torch\ntorch.ones(2).expandd(2)", "from torch.nn import Conv2D"):
        (tmp_path / "program.py").write_text(source)
        last = python("-m", "mtorch", "program.py", cwd=tmp_path, expect=1).stderr.splitlines()[-1]
        assert last.startswith("mtorch.")
        assert last.endswith("docs/from-pytorch.md lists what mtorch leaves out of PyTorch.")


def test_real_torch_is_left_alone(tmp_path: Path) -> None:
    """A `torch` that is imported already stays, and is named in the error."""
    (tmp_path / "torch.py").write_text("real = True")
    program = """
import torch
try:
    import mtorch.as_torch
except ImportError as error:
    print(error)
import sys, torch
print(torch.real, sys.modules["torch"] is torch, any("mtorch" in type(finder).__module__ for finder in sys.meta_path))
"""
    (tmp_path / "program.py").write_text(program)
    lines = python("program.py", cwd=tmp_path).stdout.splitlines()
    assert lines[0].startswith("mtorch.as_torch: torch itself is already imported")
    assert lines[1] == "True True False"
    (tmp_path / "only.py").write_text("import mtorch, sys\nprint('torch' in sys.modules)\nimport "
                                      "torch\nprint(torch.real)")
    assert python("only.py", cwd=tmp_path).stdout == "False\nTrue\n"      # mtorch alone changes nothing


def test_what_needs_nothing_stays_unloaded(tmp_path: Path) -> None:
    program = ("import sys, mtorch\nlate = {'difflib', 'cProfile', 'mtorch.cuda', 'mtorch.jit', 'mtorch.settings', "
               "'mtorch.nn.modules', 'mtorch.as_torch'}\nprint(late & set(sys.modules))\n"
               "print(mtorch.cuda.is_available(), 'compile' in dir(mtorch))")
    assert python("-c", program, cwd=tmp_path).stdout == "set()\nFalse True\n"


def test_libraries_look_versions_up(tmp_path: Path) -> None:
    program = """
from importlib.metadata import PackageNotFoundError, distributions, version
import numpy, torch, torchvision
print(version("torch") == torch.__version__, version("torchvision") == torchvision.__version__)
print(version("torch").split("+")[0], version("numpy") == numpy.__version__)
print({"torch", "torchvision", "numpy"} <= {one.metadata["Name"] for one in distributions()})
try:
    version("no-such-thing")
except PackageNotFoundError:
    print("not found")
"""
    (tmp_path / "program.py").write_text(program)
    assert python("-m", "mtorch", "program.py", cwd=tmp_path).stdout.splitlines() == [
        "True True", "2.13.0 True", "True", "not found"]
