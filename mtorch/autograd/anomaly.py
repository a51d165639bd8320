"""Finding the operation that made the first nan or inf, forward or backward."""
from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .mode import bool_of, mode

if TYPE_CHECKING:
    from .mode import _Mode
    from .tape import Node

_places: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()     # node -> (module path, where it was called)
# the modules whose forward is running, outermost first
_modules: list[str] = []


def entered(label: str) -> None:
    """A module's forward begins (told only while anomalies are looked for)."""
    _modules.append(label)


def left() -> None:
    if _modules:
        _modules.pop()


def place_of(node: Node) -> str:
    modules, line = _places.get(node, ("", ""))
    return (f" in module {modules}" if modules else "") + (f", called at {line}" if line else "")


def watch(node: Any, inputs: Iterable, *values: Any) -> None:
    """Remember where this node was made; raise if it made a nan or inf that its inputs did not hold."""
    _places[node] = ".".join(_modules), _calling_line()
    bad = new_troubles([*inputs, *node.kwargs.values()], values)
    if bad:
        raise RuntimeError(f"Function '{node.op.grad_name}' returned {bad} values in its forward{place_of(node)}")


def watch_gradient(node: Node, incoming: Any, slot: int, gradient: Any) -> None:
    """Raise if node made a nan or inf of the gradient it was given, on the way to its input number `slot`."""
    bad = new_troubles(incoming if isinstance(incoming, list) else [incoming], [gradient])
    if bad:
        raise RuntimeError(f"Function '{node.op.grad_name}' returned {bad} values in its {slot}th output"
                           f"{place_of(node)}")


def new_troubles(before: Iterable, after: Iterable) -> str:
    """"nan" or "inf" when `after` holds one and `before` does not."""
    for name, test in (("nan", np.isnan), ("inf", np.isinf)):
        if any(_holds(test, x) for x in after) and not any(_holds(test, x) for x in before):
            return name
    return ""


def _holds(test: Callable, x: Any) -> bool:
    x = getattr(x, "array", x)
    return isinstance(x, (np.ndarray, np.generic, float)) and np.asarray(x).dtype.kind in "fc" and bool(test(x).any())


def _calling_line() -> str:
    """The innermost line of the running program outside this package."""
    package = __name__.split(".")[0]
    import traceback                               # few programs look for anomalies
    for frame, _ in traceback.walk_stack(None):
        if frame.f_globals.get("__name__", "").split(".")[0] != package:
            return f"{frame.f_code.co_filename}:{frame.f_lineno}"
    return ""


class set_detect_anomaly:
    """Make every recorded operation and every gradient raise at its first nan or inf, naming op, module and line.

    For finding mistakes: it makes training several times slower.  Works at once, and as a context manager, which puts back
    what was before.

    mode: whether to look for them
    check_nan: False turns it off as well; torch would still note where each operation was called

    Raises: RuntimeError, later, from the operation or the backward that makes a nan or inf of what was finite; TypeError
        for a mode that is no bool.

    >>> import mtorch
    >>> x = mtorch.tensor([-1.0], requires_grad=True)
    >>> with mtorch.autograd.set_detect_anomaly(True):
    ...     x.log()                                     # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    RuntimeError: Function 'LogBackward0' (log) returned nan values in its forward
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        on = bool_of(mode, "set_detect_anomaly")
        self._before = _mode().watching
        self._set(on and bool(check_nan))

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: Any) -> None:
        self._set(self._before)

    def _set(self, on: bool) -> None:
        mode = _mode()
        mode.watching = on
        mode.set_recording(mode.recording)


class detect_anomaly(set_detect_anomaly):
    """`set_detect_anomaly(True)` as a context manager; check_nan and errors as for set_detect_anomaly.

    >>> import mtorch
    >>> with mtorch.autograd.detect_anomaly():
    ...     mtorch.is_anomaly_enabled()
    True
    """

    def __init__(self, check_nan: bool = True) -> None:
        super().__init__(True, check_nan)


def is_anomaly_enabled() -> bool:
    """Whether nan and inf are being looked for.

    >>> import mtorch
    >>> with mtorch.autograd.detect_anomaly():
    ...     mtorch.is_anomaly_enabled()
    True
    """
    return mode.watching


def _mode() -> _Mode:
    return mode
