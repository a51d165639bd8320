"""torch._subclasses: tensors without numbers, that torch's compiler traces programs with.  There are none here."""
from .fake_tensor import FakeTensor, FakeTensorMode

__all__ = ["FakeTensor", "FakeTensorMode"]
