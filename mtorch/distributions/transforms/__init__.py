"""Differentiable maps between sets of numbers, vectors and matrices, with their inverses and volumes; base.py first."""
from .base import (
    ComposeTransform,
    IndependentTransform,
    ReshapeTransform,
    Transform,
    identity_transform,
)
from .elementwise import (
    AbsTransform,
    AffineTransform,
    CumulativeDistributionTransform,
    ExpTransform,
    PowerTransform,
    SigmoidTransform,
    SoftplusTransform,
    TanhTransform,
)
from .vector import (
    CatTransform,
    LowerCholeskyTransform,
    SoftmaxTransform,
    StackTransform,
    StickBreakingTransform,
)
