"""torch.nn.modules: PyTorch's files of layers under their own names, for programs that import from them.

`torch.nn.modules.batchnorm._BatchNorm` and the like are found here.  The modules below gather names that stand in the
files of `mtorch.nn`, often more than one for one of PyTorch's; every class is the one that `mtorch.nn` has.
"""
from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

from ... import nn
from . import utils
from ...missing import no_attribute

# PyTorch's file: the files here in which its classes stand
_FILES = {
    "activation": ["activation", "softmax", "attention", "copies"], "adaptive": ["adaptive_softmax"],
    "batchnorm": ["batchnorm", "lazy_layers"], "channelshuffle": ["pixelshuffle"],
    "container": ["container", "parameter_container"], "conv": ["conv", "lazy_layers"],
    "distance": ["distance"], "dropout": ["dropout"], "flatten": ["flatten"], "fold": ["fold"],
    "instancenorm": ["batchnorm", "lazy_layers"], "lazy": ["lazy"], "linear": ["linear", "lazy_layers"],
    "loss": ["loss_base", "loss", "margin_loss"], "module": ["module", "state", "hooks", "tree"],
    "normalization": ["normalization"], "padding": ["padding"],
    "pixelshuffle": ["pixelshuffle"], "pooling": ["pooling", "adaptive_pooling"], "rnn": ["rnn", "rnn_cell", "copies"],
    "sparse": ["sparse"], "transformer": ["transformer", "copies"], "upsampling": ["upsampling"],
}
_OTHER_NAMES = {"dropout": {"_DropoutNd": "_Dropout"}, "linear": {"NonDynamicallyQuantizableLinear": "Linear"},
                "conv": {"_ConvTransposeMixin": "_ConvTransposeNd"},
                "module": {"_addindent": "indented", "_EXTRA_STATE_KEY_SUFFIX": "EXTRA_STATE_KEY"},
                "transformer": {"_get_clones": "_copies", "_get_activation_fn": "_activation_of"}}


def _gather(name: str) -> ModuleType:
    """PyTorch's module of this name, made of the names of the files here."""
    gathered = ModuleType(f"{__name__}.{name}", f"torch.nn.modules.{name}: names of mtorch.nn.")
    names = vars(gathered)
    for file in _FILES[name]:
        names.update((key, value) for key, value in vars(import_module(f"{nn.__name__}.{file}")).items()
                     if not key.startswith("__"))
    names.update((theirs, names[ours]) for theirs, ours in _OTHER_NAMES.get(name, {}).items())
    return gathered


for _name in _FILES:
    globals()[_name] = sys.modules[f"{__name__}.{_name}"] = _gather(_name)


def __getattr__(name: str):
    """The classes themselves: `torch.nn.modules.Linear`."""
    if not name.startswith("_") and hasattr(nn, name):
        return getattr(nn, name)
    raise no_attribute(__name__, name, [*globals(), *vars(nn)])
