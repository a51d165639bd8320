"""One name of torch's compiler that libraries import."""
from __future__ import annotations

import contextlib


class TransformGetItemToIndex(contextlib.nullcontext):
    """A `with` block inside which a tensor may be indexed by tensors that vmap maps; here it always may."""
