"""torch.utils.checkpoint: parts of a network that are computed again in the backward pass, to save memory.

Here nothing is computed again: outputs and gradients are the same, the time is less, and the memory is that of an
ordinary call.  What the function does besides, it does once: a BatchNorm inside moves its running statistics once a
step, where torch, which calls it again, moves them twice.
"""
from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from ..autograd.mode import no_grad
from ..autograd.tape import TensorBase


def noop_context_fn() -> tuple[contextlib.AbstractContextManager, contextlib.AbstractContextManager]:
    """Two contexts that do nothing: torch's default of `context_fn`."""
    return contextlib.nullcontext(), contextlib.nullcontext()


def checkpoint(function: Callable, *args: Any, use_reentrant: bool | None = None, context_fn: Any = noop_context_fn,
               determinism_check: str = "default", debug: bool = False, preserve_rng_state: bool = True,
               **kwargs: Any) -> Any:
    """function(*args, **kwargs).  It is called once, so running statistics move once, where torch moves them twice.

    function: what is called
    args, kwargs: what with
    use_reentrant: of torch's two ways, the older: where no argument is a Tensor that requires grad, there are no gradients,
        not even of the parameters in the function; None for True, with a warning
    context_fn, determinism_check, debug, preserve_rng_state: torch's, accepted and without effect

    Raises: what the function raises; ValueError with use_reentrant for kwargs, context_fn or debug.

    >>> import mtorch
    >>> x = mtorch.ones(2, requires_grad=True)
    >>> mtorch.utils.checkpoint.checkpoint(lambda x: (x * x).sum(), x, use_reentrant=False).backward()
    >>> x.grad
    tensor([2., 2.])
    """
    if use_reentrant is None:
        use_reentrant = _asked_for("torch.utils.checkpoint")
    if not use_reentrant:
        return function(*args, **kwargs)
    if kwargs:
        raise ValueError(f"Unexpected keyword arguments: {','.join(kwargs)} (checkpoint takes them with use_reentrant=False)")
    if context_fn is not noop_context_fn or debug:
        raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
    if any(isinstance(a, TensorBase) and a.requires_grad for a in args):
        return function(*args)
    warnings.warn("None of the inputs have requires_grad=True. Gradients will be None (with use_reentrant=False they will not)",
                  stacklevel=2)
    with no_grad():
        return function(*args)


def checkpoint_sequential(functions: Iterable[Callable], segments: int, input: Any, use_reentrant: bool | None = None,
                          **kwargs: Any) -> Any:
    """The input put through one function after the other.

    functions: Modules or functions, or a Sequential
    segments: how many parts; each but the last is called by `checkpoint`
    input: what the first one gets
    use_reentrant: as for `checkpoint`
    kwargs: preserve_rng_state, accepted and without effect

    Raises: what the functions raise; ValueError for other kwargs.
    """
    if use_reentrant is None:
        use_reentrant = _asked_for("torch.utils.checkpoint.checkpoint_sequential")
    if unknown := set(kwargs) - {"preserve_rng_state"}:
        raise ValueError(f"Unexpected keyword arguments: {','.join(sorted(unknown))}")
    functions = list(functions)
    size, begun = len(functions) // segments, 0
    for begun in range(size, size * segments, size):
        input = checkpoint(_chain, functions[begun - size:begun], input, use_reentrant=use_reentrant)
    return _chain(functions[begun:], input)


def _chain(functions: list[Callable], input: Any) -> Any:
    for function in functions:
        input = function(input)
    return input


def _asked_for(name: str) -> bool:
    """What use_reentrant=None stands for."""
    warnings.warn(f"{name}: the use_reentrant parameter should be passed explicitly. use_reentrant=False "
                  "is recommended, without it it is True.", stacklevel=3)
    return True


@contextlib.contextmanager
def set_checkpoint_early_stop(enable: bool) -> Any:
    """torch's choice of how much is computed again; without effect."""
    yield


def get_device_states(*args: Any) -> tuple[list[int], list[Any]]:
    """The GPUs that the tensors are on, and the states of their generators: none."""
    return [], []


def set_device_states(devices: list[int], states: list[Any], *, device_type: str | None = None) -> None:
    """Nothing to do: there are no GPUs."""
