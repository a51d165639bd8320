"""The text of a tensor, as torch prints it, character for character.

Programs are debugged by comparing what they print, and tutorials show it; so a tensor reads the same in both. An array
is cut to what will be shown, all of its elements become texts of one width, and the texts are laid out in brackets.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from types import SimpleNamespace
from typing import Any

import numpy as np

from . import dtypes


_DEFAULT: dict[str, Any] = {
    "precision": 4,               # digits after the point
    "threshold": 1000,            # above this many elements only the edges are shown
    "edgeitems": 3,               # how many elements each edge has
    "linewidth": 80,
    "sci_mode": None,             # None: chosen from the values
}
_PROFILES = {"default": _DEFAULT, "short": {**_DEFAULT, "precision": 2, "edgeitems": 2}, "full": {**_DEFAULT, "threshold": inf}}
_options = SimpleNamespace(**_DEFAULT)


def set_printoptions(precision: int | None = None, threshold: float | None = None, edgeitems: int | None = None,
                     linewidth: int | None = None, profile: str | None = None, sci_mode: bool | None = None) -> None:
    """Change how tensors are printed; an argument that is None leaves its setting as it is.

    - precision: digits after the decimal point (4).
    - threshold: a tensor of more elements is shown by its edges only (1000; `math.inf` for never).
    - edgeitems: how many elements stand at each edge (3).
    - linewidth: characters in a line (80).
    - profile: "default", "short" or "full" (no summaries), all settings at once; the other arguments go over it.
      Another name changes nothing, as in PyTorch: YOLO's files say "long".
    - sci_mode: True for scientific notation, False for none; None lets the values decide. Set anew by each call.

    Raises: TypeError or ValueError for a setting that is no count.

    >>> import mtorch
    >>> mtorch.set_printoptions(precision=2)
    >>> mtorch.tensor([3.14159, 2.71828])
    tensor([3.14, 2.72])
    >>> mtorch.set_printoptions(profile="default")
    >>> mtorch.tensor([3.14159, 2.71828])
    tensor([3.1416, 2.7183])
    """
    settings = _PROFILES.get(profile or "", {}).copy()
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    for name, value in given.items():
        if value is None:
            continue
        if not isinstance(value, int | np.integer) and not (name == "threshold" and isinstance(value, float)):
            raise TypeError(f"set_printoptions: {name} is {value!r} ({type(value).__name__}), expected an int")
        if value < 0:
            raise ValueError(f"set_printoptions: {name} is {value}, expected 0 or more")
        settings[name] = value
    for name, value in {**settings, "sci_mode": sci_mode}.items():
        setattr(_options, name, value)


def get_printoptions() -> dict[str, object]:
    """The settings of `set_printoptions`, by the names of its arguments.

    >>> import mtorch
    >>> mtorch.get_printoptions()["precision"]
    4
    """
    return vars(_options).copy()


@contextmanager
def printoptions(**settings: Any) -> Iterator[None]:
    """`set_printoptions` for the length of a with-block; afterwards the settings are as they were.

    settings: the arguments, by name

    Raises: as for `set_printoptions`, and a TypeError for a name that it does not have.

    >>> import mtorch
    >>> with mtorch.printoptions(precision=1):
    ...     print(mtorch.tensor(3.14159))
    tensor(3.1)
    """
    before = get_printoptions()
    set_printoptions(**settings)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(_options, name, value)


def format_tensor(array: np.ndarray, *, requires_grad: bool = False, grad_fn_name: str | None = None,
                  prefix: str = "tensor") -> str:
    """The text of a tensor that holds array: its values, then whatever of it the values do not tell.

    A tensor that came from an operation shows the operation's name, a leaf whether it requires a gradient.
    """
    opening = prefix + "("
    default = dtypes.get_default_dtype()
    dtype = dtypes.of(array.dtype)
    notes = []
    if array.size == 0:
        shows_shape, implied = array.ndim != 1, {default}
    else:
        shows_shape = _options.edgeitems == 0
        default_complex = dtypes.complex128 if default is dtypes.float64 else dtypes.complex64
        implied = {default, default_complex, dtypes.int64, dtypes.bool}
    if shows_shape:
        notes.append(f"size={array.shape}")
    if dtype not in implied:
        notes.append(f"dtype={dtype}")
    if grad_fn_name is not None:
        notes.append(f"grad_fn=<{grad_fn_name}>")
    elif requires_grad:
        notes.append("requires_grad=True")
    return _with_notes(opening + _values(array, len(opening)), notes, len(opening))


def format_sparse(indices: dict[str, np.ndarray], values: np.ndarray, size: tuple[int, ...], layout: str, *,
                  requires_grad: bool = False, grad_fn_name: str | None = None) -> str:
    """The text of a sparse tensor: where its values stand, what they are, and (of coordinates, on a line of their own) the
    notes."""
    indent = len("tensor(")
    parts = []
    for name, array in (*indices.items(), ("values", values)):
        opening = f"{name}=tensor("
        shape = "" if array.size else f", size={array.shape}"
        parts.append(f"{opening}{_values(array, indent + len(opening))}{shape})")
    dtype, default = dtypes.of(values.dtype), dtypes.get_default_dtype()
    default_complex = dtypes.complex128 if default is dtypes.float64 else dtypes.complex64
    notes = [f"size={tuple(size)}", f"nnz={len(values)}"]
    if dtype not in (default, default_complex, dtypes.int64, dtypes.bool):
        notes.append(f"dtype={dtype}")
    notes.append(f"layout={layout}")
    if grad_fn_name is not None:
        notes.append(f"grad_fn=<{grad_fn_name}>")
    elif requires_grad:
        notes.append("requires_grad=True")
    return _with_notes("tensor(" + (",\n" + " " * indent).join(parts), notes, indent, new_line="indices" in indices)


def _with_notes(text: str, notes: list[str], indent: int, new_line: bool = False) -> str:
    """Append the notes, each on a new line if it would run over the line width; the first in any case if new_line."""
    column = len(text) - text.rfind("\n") + 1    # two more than it has, as torch counts
    for i, note in enumerate(notes):
        if new_line and i == 0 or column + len(note) + 2 > _options.linewidth:
            text += ",\n" + " " * indent + note
            column = indent + len(note)
        else:
            text += ", " + note
            column += len(note) + 2
    return text + ")"


def _values(array: np.ndarray, indent: int) -> str:
    """All values in brackets; of a large array the edges of each axis."""
    if array.size == 0:
        return "[]"
    edge = _options.edgeitems
    summarized = array.size > _options.threshold
    if summarized and array.ndim and not edge:
        return "[...]"
    cut = tuple(summarized and length > 2 * edge for length in array.shape)
    if any(cut):    # taken in one indexing, so that a large array costs no more than a small one
        array = array[np.ix_(*([*range(edge), *range(length - edge, length)] if is_cut else range(length)
                               for length, is_cut in zip(array.shape, cut, strict=True)))]
    texts, width = _texts(array.reshape(-1))
    if array.ndim == 0:
        return texts[0]
    a_line = max(1, (_options.linewidth - indent - array.ndim + 1) // (width + 2))    # how many values fit
    return _brackets(iter(texts), array.shape, cut, indent, a_line)


def _brackets(texts: Iterator[str], shape: tuple[int, ...], cut: tuple[bool, ...], indent: int, a_line: int) -> str:
    """Lay out the next texts as an array of this shape, with an ellipsis in the middle of an axis that was cut."""
    if len(shape) == 1:
        items, dots, newlines = [next(texts) for _ in range(shape[0])], " ...", 1
    else:
        items = [_brackets(texts, shape[1:], cut[1:], indent + 1, a_line) for _ in range(shape[0])]
        dots, newlines, a_line = "...", len(shape) - 1, 1
    if cut[0]:
        items.insert(shape[0] // 2, dots)
    lines = [", ".join(items[start:start + a_line]) for start in range(0, len(items), a_line)]
    return "[" + ("," + "\n" * newlines + " " * (indent + 1)).join(lines) + "]"


def _texts(values: np.ndarray) -> tuple[list[str], int]:
    """Each value as text, and the width of a column of them."""
    if values.dtype.kind == "c":
        (real, real_width), (imag, imag_width) = _texts(values.real), _texts(values.imag)
        texts = [f"{x}{'' if y.lstrip()[0] in '+-' else '+'}{y.lstrip()}j" for x, y in zip(real, imag, strict=True)]
        return texts, real_width + imag_width + 1
    if values.dtype.kind != "f":
        texts = [str(value) for value in values.tolist()]
        width = max(map(len, texts))
    else:
        counted = np.isfinite(values) & (values != 0)    # zeros, infinities and nan fit in as they can
        write = _notation(values[counted])
        texts = [write(value) for value in values.tolist()]
        width = max((len(text) for text, counts in zip(texts, counted.tolist(), strict=True) if counts), default=1)
    return [text.rjust(width) for text in texts], width


def _notation(values: np.ndarray) -> Callable[[float], str]:
    """How to write floats of which these are the finite ones other than zero.

    Scientific if they are very large, very small, or both sorts together; `1.` if all of them are whole; else `1.0000`.
    """
    scientific, whole = False, True
    if values.size:
        magnitudes = np.abs(values)
        low, high = float(magnitudes.min()), float(magnitudes.max())
        scientific = high / low > 1e3 or high > 1e8 or low < 1e-4
        whole = bool((values == np.ceil(values)).all())
        if _options.sci_mode is not None:
            scientific = _options.sci_mode
    precision = _options.precision
    if scientific:
        return lambda value: f"{value:.{precision}e}"
    if whole:
        return lambda value: f"{value:.0f}." if -inf < value < inf else f"{value:.0f}"
    return lambda value: f"{value:.{precision}f}"
