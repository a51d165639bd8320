"""Finds `torch`, `torchvision` and `functorch` in mtorch and its parts, once `install()` has been called (see as_torch.py).

`torch.nn` then *is* `mtorch.nn`, one module under two names, and so is every module below.
"""
from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from types import ModuleType
from typing import Any

from . import version
from .missing import PAGE, nearest

_HERE = {"torch": __package__, "torchvision": f"{__package__}.vision", "functorch": f"{__package__}.functorch"}

# modules that are found under another name here
_OTHER_NAMES = {
    "torch.autograd.gradcheck": "autograd.check",
    "torch.autograd.profiler": "profiler",
    "torch.autograd.grad_mode": "autograd.mode",
    "torch.autograd.anomaly_mode": "autograd.anomaly",
    "torch.cuda.amp.grad_scaler": "cuda.amp",
    "torch.cuda.amp.autocast_mode": "cuda.amp",
    "torch.cuda.random": "cuda",
    "torch.nn.parallel.distributed": "nn.parallel",
    "torch.nn.parallel.data_parallel": "nn.parallel",
    "torch.nn.parallel.scatter_gather": "nn.parallel",
    "torch._tensor": "tensor",
    "torch.nn.parallel._functions": "nn.parallel",
    "torch.nn.parallel.parallel_apply": "nn.parallel",
    "torch.nn.parallel.replicate": "nn.parallel",
    "torch.utils._foreach_utils": "optim.copies",
    "torch.utils.data._utils.collate": "utils.data.collate",
    "torch.utils.data._utils.pin_memory": "utils.data.pin_memory",
    "torchvision.transforms.transforms": "vision.transforms",
    "functorch.experimental": "func",
    "torch.fx.immutable_collections": "fx.node",
}


def target(name: str) -> str | None:
    """The module here that a name of PyTorch's stands for; None for a name that is not PyTorch's.

    >>> target("torch.nn.functional"), target("torchvision.transforms"), target("numpy")
    ('mtorch.nn.functional', 'mtorch.vision.transforms', None)
    """
    if name in _OTHER_NAMES:
        return f"{__package__}.{_OTHER_NAMES[name]}"
    first, _, rest = name.partition(".")
    if first not in _HERE:
        return None
    return f"{_HERE[first]}.{rest}" if rest else _HERE[first]


class _Same(Loader):
    """Gives the module that there is, instead of making one."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(spec.loader_state)
        self.own_spec = module.__spec__            # importlib is about to write `spec` over it
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self.own_spec
        _name_loaded()


class _Finder(DistributionFinder):
    """Finds torch and torchvision here."""

    def find_spec(self, fullname: str, path=None, target_module=None) -> ModuleSpec | None:
        ours = target(fullname)
        if ours is None:
            return None
        if ours not in sys.modules and _absent(ours):
            parent, _, name = fullname.rpartition(".")
            near = nearest(name, [one.rpartition(".")[2] for one in sys.modules if one.rpartition(".")[0] == parent])
            raise ModuleNotFoundError(
                f"mtorch has no module {fullname!r}{f'; the nearest name is {parent}.{near}' if near else ''}. "
                f"{PAGE} lists what mtorch leaves out of PyTorch.", name=fullname)
        return ModuleSpec(fullname, _Same(), loader_state=ours, is_package=True)

    def find_distributions(self, context: DistributionFinder.Context | None = None) -> Iterator[Distribution]:
        """`importlib.metadata.version("torch")`: the versions whose names and results these are."""
        for name, its_version in (("torch", version.__version__), ("torchvision", version.torchvision)):
            if context is None or context.name in (None, name):
                yield _Distribution(name, its_version)


class _Distribution(Distribution):
    """What is installed, for libraries that look torch's version up before they import it."""

    def __init__(self, name: str, version: str) -> None:
        self._text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"

    def read_text(self, filename: str) -> str | None:
        """The name and version; there is no other file."""
        return self._text if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Any:
        raise NotImplementedError(f"locate_file({path!r}): mtorch's torch has no files of its own")


def _absent(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is None
    except ModuleNotFoundError:                    # what should be its package is none
        return True


def _name_loaded() -> None:
    """Give every module that is loaded here its name of PyTorch's too.

    Otherwise `import torch.nn.utils.weight_norm` would load the module once more under that name, and importlib would
    then write it over the function `torch.nn.utils.weight_norm`.
    """
    for torch_name, ours in _HERE.items():
        for name, module in list(sys.modules.items()):
            if name == ours or name.startswith(ours + "."):
                sys.modules.setdefault(torch_name + name[len(ours):], module)
    for torch_name, ours in _OTHER_NAMES.items():
        loaded = sys.modules.get(f"{__package__}.{ours}")
        parent, _, name = torch_name.rpartition(".")
        if loaded is not None:
            sys.modules.setdefault(torch_name, loaded)
            if parent in sys.modules and not hasattr(sys.modules[parent], name):
                setattr(sys.modules[parent], name, loaded)             # for `from torchvision.transforms import transforms`


def install() -> None:
    """Have torch and torchvision found here, from now on.

    Raises: ImportError when torch or torchvision itself is imported already; it stays as it is.
    """
    for torch_name, ours in _HERE.items():
        if torch_name in sys.modules and sys.modules[torch_name] is not sys.modules.get(ours):
            raise ImportError(f"mtorch.as_torch: {torch_name} itself is already imported, and modules may have taken "
                              "names from it; import mtorch.as_torch before anything that imports it")
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    package = importlib.import_module(_HERE["torch"])
    package.__name__ = "torch"                                         # libraries ask the module for it
    vars(package)["torch"] = package                                   # some write torch.torch.Tensor
    _name_loaded()

