"""Whether operations are recorded: `no_grad` and its relatives, each thread for itself."""
from __future__ import annotations

import contextlib
import functools
import inspect
import threading
from collections.abc import Callable, Iterator
from typing import Any, Self, TypeVar, overload

import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])
WATCHED = 2                  # recording, with every value looked at for nan and inf: set_detect_anomaly


class _Mode(threading.local):
    recording: bool | int = True   # do operations on tensors that require grad make nodes?  False, True or WATCHED
    inference = False
    keeping = False          # does `grad` keep graphs, for it will be called again for another example of vmap's?
    replaying = False        # are rules being run on Tensors, for gradients of gradients?
    watching = False         # is recording, when it is on, WATCHED?

    def __init__(self) -> None:
        """Runs in each thread that uses it, at the first use.

        PyTorch's arithmetic follows IEEE 754 without a word: log(0) is -inf and 0/0 is nan.  NumPy would warn at each, in
        each thread anew; silencing it at every call would cost more than most calls.  `np.seterr(all="warn")` brings the
        warnings back.
        """
        np.seterr(all="ignore")

    def set_recording(self, on: bool | int) -> None:
        self.recording = (WATCHED if self.watching else True) if on else False


mode = _Mode()


@contextlib.contextmanager
def keeping_graphs(on: bool) -> Iterator[None]:
    """A block in which `grad` keeps the graphs that it walks."""
    before = mode.keeping
    mode.keeping = before or on
    try:
        yield
    finally:
        mode.keeping = before


def is_grad_enabled() -> bool:
    """Whether operations are being recorded in this thread.

    >>> import mtorch
    >>> with mtorch.no_grad():
    ...     mtorch.is_grad_enabled()
    False
    """
    return bool(mode.recording)


def is_inference_mode_enabled() -> bool:
    """Whether `inference_mode` is on in this thread.

    >>> import mtorch
    >>> mtorch.is_inference_mode_enabled()
    False
    """
    return mode.inference


def bool_of(value: Any, function: str) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{function}(): argument 'mode' must be bool, not {type(value).__name__}")
    return bool(value)


class _Switch:
    """A setting that holds inside a `with` block or a decorated function."""

    recording = True

    @overload
    def __new__(cls, function: Function) -> Function: ...    # type: ignore[misc]    # @no_grad, without parentheses

    @overload
    def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...

    def __new__(cls, function: Any = None, *args: Any, **kwargs: Any) -> Any:
        self = super().__new__(cls)
        if callable(function):
            self.__init__()                            # type: ignore[misc]
            return self(function)
        if function is not None and cls.__init__ is _Switch.__init__:
            raise TypeError(f"{cls.__name__} takes nothing but a function to decorate, got {type(function).__name__}")
        return self

    def __init__(self) -> None:
        self._before: list[tuple[bool | int, bool]] = []

    def _enter(self) -> None:
        mode.set_recording(self.recording)

    def __enter__(self) -> Any:
        self._before.append((mode.recording, mode.inference))
        self._enter()
        return self

    def __exit__(self, *exception: Any) -> None:
        mode.recording, mode.inference = self._before.pop()

    def __call__(self, function: Function) -> Function:
        if inspect.isclass(function):
            raise TypeError(f"{type(self).__name__} decorates functions, not the class {function.__name__}; "
                            "decorate its methods")
        if inspect.isgeneratorfunction(function):
            @functools.wraps(function)
            def generate(*args, **kwargs):
                inner = function(*args, **kwargs)
                try:
                    with self.clone():
                        item = next(inner)
                    while True:
                        try:
                            sent = yield item
                        except GeneratorExit:
                            inner.close()
                            raise
                        except BaseException as error:
                            with self.clone():
                                item = inner.throw(error)
                        else:
                            with self.clone():
                                item = inner.send(sent)
                except StopIteration as end:
                    return end.value
            return generate        # type: ignore[return-value]

        @functools.wraps(function)
        def call(*args, **kwargs):
            with self.clone():
                return function(*args, **kwargs)
        return call                # type: ignore[return-value]

    def clone(self) -> Any:
        return type(self)()


class no_grad(_Switch):
    """Nothing computed inside is recorded, so nothing computed inside has a gradient.  Also a decorator.

    Raises: TypeError for decorating a class, whose methods it should decorate.

    >>> import mtorch
    >>> x = mtorch.ones(2, requires_grad=True)
    >>> with mtorch.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    recording = False


class enable_grad(_Switch):
    """Operations are recorded again, inside a `no_grad` block.  Also a decorator; errors as for no_grad.

    >>> import mtorch
    >>> with mtorch.no_grad(), mtorch.enable_grad():
    ...     mtorch.is_grad_enabled()
    True
    """


class set_grad_enabled(_Switch):
    """Turn recording on or off: at once when called, and back at the end when used in a `with` statement or as a decorator.

    mode: whether operations are to be recorded

    Raises: TypeError for a mode that is no bool.

    >>> import mtorch
    >>> with mtorch.set_grad_enabled(False):
    ...     mtorch.is_grad_enabled()
    False
    """

    def __new__(cls, mode: bool) -> set_grad_enabled:
        return object.__new__(cls)

    def __init__(self, mode: bool) -> None:
        super().__init__()
        self.recording = bool_of(mode, "set_grad_enabled")
        self._before.append((_current().recording, _current().inference))
        self._enter()
        self._entered = False

    def __enter__(self) -> Any:
        if self._entered:
            self._before.append((mode.recording, mode.inference))
        self._entered = True
        self._enter()
        return self

    def __call__(self, function: Function) -> Function:
        mode.recording, mode.inference = self._before.pop()      # it was meant as a decorator, not as a switch
        return super().__call__(function)

    def clone(self) -> Any:
        return set_grad_enabled(self.recording)


def _current() -> _Mode:
    return mode


class inference_mode(_Switch):
    """As `no_grad`: nothing computed inside is recorded.  Says besides that the program predicts: dropout then warns.

    mode: False changes nothing

    Raises: TypeError for decorating a class.

    >>> import mtorch
    >>> with mtorch.inference_mode():
    ...     mtorch.is_inference_mode_enabled(), mtorch.is_grad_enabled()
    (True, False)
    """

    def __init__(self, mode: bool = True) -> None:
        super().__init__()
        self.on = mode if isinstance(mode, bool) else True

    def _enter(self) -> None:
        mode.inference = self.on
        if self.on:
            mode.recording = False

    def clone(self) -> Any:
        return inference_mode(self.on)
