"""torch._inductor: what programs say to the code generator behind `torch.compile`.  There is none here."""
from . import config

__all__ = ["config"]
