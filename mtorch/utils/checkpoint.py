"""torch.utils.checkpoint: parts of a network that are computed again in the backward pass, to save memory.

Here nothing is computed again: outputs and gradients are the same, the time is less, and the memory is that of an
ordinary call.  What the function does besides, it does once: a BatchNorm inside moves its running statistics once a
step, where torch, which calls it again, moves them twice.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def checkpoint(function: Callable, *args: Any, use_reentrant: bool | None = None, context_fn: Any = None,
               determinism_check: str = "default", debug: bool = False, preserve_rng_state: bool = True,
               **kwargs: Any) -> Any:
    """function(*args, **kwargs).  It is called once, so running statistics move once, where torch moves them twice.

    function: what is called
    args, kwargs: what with
    use_reentrant, context_fn, determinism_check, debug, preserve_rng_state: torch's, accepted and without effect

    Raises: what the function raises.

    >>> import mtorch
    >>> x = mtorch.ones(2, requires_grad=True)
    >>> mtorch.utils.checkpoint.checkpoint(lambda x: (x * x).sum(), x, use_reentrant=False).backward()
    >>> x.grad
    tensor([2., 2.])
    """
    return function(*args, **kwargs)


def checkpoint_sequential(functions: Iterable[Callable], segments: int, input: Any, use_reentrant: bool | None = None,
                          **kwargs: Any) -> Any:
    """The input put through one function after the other.

    functions: Modules or functions, or a Sequential
    segments: torch's, how many parts to compute again; without effect
    input: what the first one gets
    use_reentrant, kwargs: torch's, accepted and without effect

    Raises: what the functions raise.
    """
    for function in functions:
        input = function(input)
    return input


def get_device_states(*args: Any) -> tuple[list[int], list[Any]]:
    """The GPUs that the tensors are on, and the states of their generators: none."""
    return [], []


def set_device_states(devices: list[int], states: list[Any], *, device_type: str | None = None) -> None:
    """Nothing to do: there are no GPUs."""
