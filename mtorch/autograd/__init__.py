"""Reverse-mode automatic differentiation: `tape.py` first, then `engine.py`, `replay.py` and `views.py`."""
from ..later import find as _find
from . import tape    # the first: views.py and anomaly.py are parts of it
from . import anomaly, engine, function, mode, replay, views
from . import anomaly as anomaly_mode, mode as grad_mode    # PyTorch's names of these files
from .anomaly import detect_anomaly, is_anomaly_enabled, set_detect_anomaly
from .check import GradcheckError, gradcheck, gradgradcheck
from .engine import backward, grad
from .function import Function
from .mode import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled

__all__ = ["Function", "GradcheckError", "Variable", "backward", "detect_anomaly", "enable_grad", "grad",
           "gradcheck", "gradgradcheck", "inference_mode", "is_anomaly_enabled", "is_grad_enabled", "no_grad",
           "set_detect_anomaly", "set_grad_enabled"]


def __getattr__(name: str):
    return _find(__name__, name)
