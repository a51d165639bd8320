"""The same training in torch and in mtorch: the same parameters, the same gradients, step by step."""

from __future__ import annotations

from typing import Any

import numpy as np

SHAPES = [(4, 3), (3,), (), (1,), (30, 100), (0, 2)]       # 30 x 100 goes alone, the others together


def values(shape: tuple[int, ...], rng: np.random.RandomState, dtype: str) -> np.ndarray:
    return np.asarray(rng.standard_normal(shape)).astype(dtype)


def gradients(shapes: list, dtype: str, steps: int) -> list[list[np.ndarray]]:
    """From 1 down to 1e-8: small ones show where eps is added."""
    rng = np.random.RandomState(1)
    return [[values(shape, rng, dtype) * np.asarray(10.0 ** rng.choice([0, 0, -1, -3, -8], shape)).astype(dtype)
             for shape in shapes] for _ in range(steps)]


def parameters(package: Any, shapes: list, dtype: str) -> list:
    rng = np.random.RandomState(0)
    return [package.tensor(values(shape, rng, dtype)).requires_grad_() for shape in shapes]


def train(package: Any, optimizer: Any, params: list, dtype: str, steps: int = 8, missing: Any = (),
          first: int = 0) -> list[list[np.ndarray]]:
    """The parameters after each step; (step, parameter) in missing has no gradient."""
    history = []
    for t, grads in enumerate(gradients([tuple(p.shape) for p in params], dtype, first + steps)[first:]):
        for i, (p, g) in enumerate(zip(params, grads, strict=True)):
            p.grad = None if (t, i) in missing else package.tensor(g)
        optimizer.step()
        history.append([p.detach().numpy().copy() for p in params])
    return history


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """The largest difference, relative to the largest number."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    scale = np.abs(a).max(initial=0.0)
    return float(np.abs(a - b).max(initial=0.0) / (scale if scale else 1.0))


def to_torch(value: Any) -> Any:
    """A state dict with torch's tensors in the place of mtorch's."""
    import torch
    return convert(value, lambda t: torch.tensor(t.numpy().copy()))


def from_torch(value: Any) -> Any:
    """A state dict with mtorch's tensors in the place of torch's."""
    import mtorch
    return convert(value, lambda t: mtorch.tensor(t.detach().numpy().copy()))


def convert(value: Any, tensor: Any) -> Any:
    if hasattr(value, "detach"):
        return tensor(value)
    if isinstance(value, dict):
        return {key: convert(v, tensor) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(convert(v, tensor) for v in value)
    return value


def describe(value: Any) -> Any:
    """What a state dict is made of: keys in order, types, shapes, and the values of what is no tensor."""
    if hasattr(value, "detach"):
        return str(value.dtype), tuple(value.shape)
    if isinstance(value, dict):
        return [(key, describe(v)) for key, v in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value), [describe(v) for v in value]
    return value
