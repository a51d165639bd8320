"""What beginners get wrong where PyTorch is silent, said once, at the place where it can be known.

Each check looks at something that is never so in a right program, and costs an attribute or two.
"""
from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from ...autograd.mode import mode
from ...autograd.tape import Node
from ...caller import program_line
from ...ops.elementwise import sigmoid
from ...ops.reduction import softmax

if TYPE_CHECKING:
    from ...tensor import Tensor


def expects_logits(loss: str, x: Tensor) -> None:
    """Warn of a cross-entropy of probabilities: the loss applies softmax (or sigmoid) itself, so they get it twice."""
    node = x._node
    if not isinstance(node, Node) or node.op is not softmax and node.op is not sigmoid:
        return
    name = "softmax" if node.op is softmax else "sigmoid"
    if (name == "softmax") == (loss == "cross_entropy"):
        warnings.warn(f"{loss} applies {name} itself, and its input has gone through {name} already: it will learn "
                      f"slowly and not far. Give it the scores as they come out of the last layer (leave out {name})",
                      UserWarning, stacklevel=program_line())


def expects_log_probabilities(loss: str, x: Tensor) -> None:
    """Warn of a loss of log-probabilities that is given probabilities."""
    node = getattr(x, "_node", None)
    if isinstance(node, Node) and node.op is softmax:
        warnings.warn(f"{loss} expects log-probabilities, and its input comes from softmax: use log_softmax, or "
                      "cross_entropy on the scores", UserWarning, stacklevel=program_line())


def evaluates(what: str) -> None:
    """Warn when what is for training only runs in inference_mode, by which the program says that it is not training.

    (Not in no_grad, which has its uses in training.)
    """
    if mode.inference:
        warnings.warn(f"{what} runs as in training, inside inference_mode(): call eval() on the model before it "
                      "predicts, and train() before it learns on", UserWarning, stacklevel=program_line())


def of_scale(dtype: np.dtype) -> str:
    """A word about pictures that were not made floating point."""
    return " (bytes of a picture: x.float() / 255)" if dtype == np.uint8 else ""
