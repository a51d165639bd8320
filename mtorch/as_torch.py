"""`import mtorch.as_torch`: from here on `import torch` and `import torchvision` mean mtorch and mtorch.vision.

    import mtorch.as_torch
    import torch.nn.functional as F          # is mtorch.nn.functional

`python -m mtorch program.py` does the same for a whole program that says nothing of mtorch.  Where torch itself is
imported already it stays as it is, and the import of this module raises ImportError.
"""
from __future__ import annotations

from .finder import install

install()
