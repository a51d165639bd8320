"""Calling a module: `net(x)` runs `forward`, and everything that goes with it.

Most calls have nothing that goes with it, so `__call__` looks at one flag, tries forward, and remembers the call by
weak references (last_call.py).  The rest is off that path: hooks, arrays instead of Tensors, layers differentiated by
hand, and the path that an error is given on its way out.
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any
from weakref import ref

from ..autograd import anomaly
from ..autograd.mode import WATCHED, mode
from ..class_names import is_users
from ..tensor import Tensor
from .backward_hooks import call_with_hooks
from .by_hand import call_by_hand, means_torch, takes_gradient, with_gradients
from .checks import checked_init
from .hooks import Hooked, hooks_on_every_module
from .last_call import CONSTANT, LastCall, backward, call_on_arrays, on_arrays
from .registry import through_getattr
from .tree import Tree, path_within


class Called(Hooked, Tree):
    """The part of `Module` that is called."""

    _last: LastCall
    _plain = True              # no hooks of its own, and not differentiated by hand
    _by_hand = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = cls.__dict__
        if isinstance(own.get("__init__"), FunctionType) and is_users(cls):
            cls.__init__ = checked_init(own["__init__"])                       # type: ignore[method-assign]
        if "__getattr__" in own and cls.__getattribute__ is object.__getattribute__:
            cls.__getattribute__ = through_getattr                              # type: ignore[method-assign]
        if isinstance(own.get("backward"), FunctionType) and takes_gradient(own["backward"]):
            cls.backward = with_gradients(own["backward"])
            cls._by_hand, cls._plain = True, False

    backward: Callable[..., Any] = backward    # a subclass may define it with any signature, as it does forward

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass defines it."""
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        recording = mode.recording
        if not self._plain or hooks_on_every_module or kwargs or recording is WATCHED:
            return self._call_with_care(args, kwargs)
        for x in args:
            if not isinstance(x, Tensor):
                return self._call_with_care(args, kwargs)
        try:
            output = self.forward(*args)
        except Exception as error:
            note_place(error, self)
            raise
        if recording:
            if len(args) == 1 and isinstance(output, Tensor):        # nearly always: `remember`, without the call
                self._last.call = ref(output), (ref(x) if x._requires_grad else CONSTANT,), False
            else:
                self._last.remember(args, kwargs, output)
        return output

    def _call_impl(self, *args: Any, **kwargs: Any) -> Any:
        """torch's name for what a call runs; the class's own `__call__`, if it has one, comes before it."""
        return Called.__call__(self, *args, **kwargs)

    _wrapped_call_impl = _call_impl

    def _call_with_care(self, args: tuple, kwargs: dict) -> Any:
        watching = mode.recording is WATCHED
        if watching:
            anomaly.entered(_label(self))
            _running.append(self)
        try:
            run = functools.partial(call_by_hand, self) if self._by_hand else self.forward
            if not self._plain or hooks_on_every_module:
                run = functools.partial(_with_hooks, self, run)
            if not self._by_hand and on_arrays(args, kwargs) and not means_torch(getattr(self.forward, "__globals__", {})):
                return call_on_arrays(self, run, args, kwargs)
            output = run(*args, **kwargs)
            if mode.recording and not self._by_hand:
                self._last.remember(args, kwargs, output)
            return output
        except Exception as error:
            note_place(error, self)
            raise
        finally:
            if watching:
                anomaly.left()
                _running.pop()


def _with_hooks(module: Any, run: Any, *args: Any, **kwargs: Any) -> Any:
    return call_with_hooks(module, run, args, kwargs)


_running: list[Any] = []       # modules whose forward is running, while anomalies are looked for


def _label(module: Any) -> str:
    """What a module is called within the one that runs it: the root its class, the others their path."""
    path = path_within(_running[-1], module) if _running else None
    return path or type(module).__name__


# ---- the path in an error ----------------------------------------------------------------------


class Place(str):
    """The note on an error: `in Net.encoder.fc2 (Linear)`, made longer as the error travels outward."""

    inner: Any                 # the module in whose forward it was raised
    outer: Any                 # the outermost so far
    path: str                  # from outer to inner

    @classmethod
    def of(cls, inner: Any, outer: Any, path: str) -> Place:
        name = type(outer).__name__
        place = cls(f"in {name}.{path} ({type(inner).__name__})" if path else f"in {name}")
        place.inner, place.outer, place.path = inner, outer, path
        return place


def note_place(error: Exception, module: Any) -> None:
    """Add to an error where in the tree of modules it was raised."""
    notes = getattr(error, "__notes__", [])
    known = next((i for i, note in enumerate(notes) if isinstance(note, Place)), None)
    if known is None:
        error.add_note(Place.of(module, module, ""))
        return
    place = notes[known]
    if place.outer is not module:
        between = path_within(module, place.outer) or f"<{type(place.outer).__name__}, not registered>"
        notes[known] = Place.of(place.inner, module, f"{between}.{place.path}" if place.path else between)
