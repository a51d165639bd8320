"""`torch.testing.assert_close`: two results are the same, up to what rounding makes of them."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .functions.arguments import Size
from .tensor import Tensor

__all__ = ["assert_close"]

# relative and absolute tolerance, by the type of the numbers; what is not here has to be equal
_TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7),
               "complex64": (1.3e-6, 1e-5), "complex128": (1e-7, 1e-7)}


def assert_close(actual: Any, expected: Any, *, allow_subclasses: bool = True, rtol: float | None = None,
                 atol: float | None = None, equal_nan: bool = False, check_device: bool = True, check_dtype: bool = True,
                 check_layout: bool = True, check_stride: bool = False, msg: str | Callable[[str], str] | None = None) -> None:
    """Raise AssertionError unless |actual - expected| <= atol + rtol |expected|, element by element.

    actual, expected: tensors, arrays, numbers, None, or sequences and mappings of these, alike in shape
    allow_subclasses: False asks for the very same class of tensor
    rtol, atol: >= 0, both or none: by default 1.3e-6 and 1e-5 for float32, 1e-7 for float64, 0 for integers
    equal_nan: nan equals nan
    check_dtype, check_stride: ask for the same dtype, the same strides
    check_device, check_layout: nothing to ask: there is one device, and a sparse tensor is compared as a dense one
    msg: the error's text, or a function that makes it of the text it would have

    Raises: AssertionError that says which elements differ, by how much and where; TypeError for two that cannot be
        compared; ValueError for only one of rtol and atol.

    >>> import mtorch
    >>> mtorch.testing.assert_close(mtorch.tensor([1.0, 2.0]), mtorch.tensor([1.0, 2.000001]))
    >>> mtorch.testing.assert_close({"w": mtorch.tensor([1.0])}, {"w": mtorch.tensor([1.5])})
    Traceback (most recent call last):
        ...
    AssertionError: Tensor-likes are not close!
    ...
    """
    if (rtol is None) != (atol is None):
        raise ValueError("Both 'rtol' and 'atol' must be either specified or omitted, but got no "
                         f"{'rtol' if rtol is None else 'atol'}.")
    tolerances = None if rtol is None or atol is None else (rtol, atol)
    compare = _Comparison(tolerances, equal_nan, check_dtype, check_stride, allow_subclasses)
    found = compare.difference(actual, expected, ())
    if found is not None:
        raise AssertionError(found if msg is None else msg(found) if callable(msg) else msg)


class _Comparison:
    """What makes two values the same; each of its functions returns what is different, or None."""

    def __init__(self, tolerances: tuple[float, float] | None, equal_nan: bool, check_dtype: bool, check_stride: bool,
                 allow_subclasses: bool) -> None:
        self.tolerances, self.equal_nan = tolerances, equal_nan
        self.check_dtype, self.check_stride, self.allow_subclasses = check_dtype, check_stride, allow_subclasses

    def difference(self, a: Any, b: Any, path: tuple[Any, ...]) -> str | None:
        found: str | None
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            return self._of_mappings(a, b, path)
        if _is_sequence(a) and _is_sequence(b):
            if len(a) != len(b):
                found = f"The length of the sequences mismatch: {len(a)} != {len(b)}"
                return found + _place(path)
            parts = (self.difference(x, y, (*path, i)) for i, (x, y) in enumerate(zip(a, b, strict=True)))
            return next((part for part in parts if part is not None), None)
        if a is None or b is None:
            found = None if a is b else f"None mismatch: {a} is not {b}"
        elif isinstance(a, (bool, np.bool_)) and isinstance(b, (bool, np.bool_)):
            found = None if bool(a) is bool(b) else f"Booleans mismatch: {a} is not {b}"
        elif isinstance(a, (int, float, complex, np.number)) and isinstance(b, (int, float, complex, np.number)):
            found = self._of_numbers(a, b)
        elif isinstance(a, (Tensor, np.ndarray)) and isinstance(b, (Tensor, np.ndarray)) and (
                isinstance(a, Tensor) == isinstance(b, Tensor)) and (self.allow_subclasses or type(a) is type(b)):
            found = self._of_tensors(a, b)
        else:
            raise TypeError(f"No comparison pair was able to handle inputs of type {type(a)} and {type(b)}.")
        return None if found is None else found + _place(path)

    def _of_mappings(self, a: Mapping, b: Mapping, path: tuple[Any, ...]) -> str | None:
        missing, extra = [key for key in b if key not in a], [key for key in a if key not in b]
        if missing or extra:
            told = [f"Missing keys in the actual mapping: {sorted(missing)}"] * bool(missing)
            told += [f"Additional keys in the actual mapping: {sorted(extra)}"] * bool(extra)
            return "The keys of the mappings do not match:\n" + "\n".join(told) + _place(path)
        parts = (self.difference(a[key], b[key], (*path, key)) for key in b)
        return next((part for part in parts if part is not None), None)

    def _of_numbers(self, a: Any, b: Any) -> str | None:
        if self.check_dtype and type(a) is not type(b):
            return f"The (d)types do not match: {type(a)} != {type(b)}."
        kinds = {complex: "complex128", float: "float64"}
        rtol, atol = self.tolerances or max(_TOLERANCES.get(kinds.get(type(x), ""), (0.0, 0.0)) for x in (a, b))
        return self._of_scalars(a, b, rtol, atol)

    def _of_scalars(self, a: Any, b: Any, rtol: float, atol: float) -> str | None:
        gap = abs(a - b)
        if a == b or (gap <= atol + rtol * abs(b) and gap < float("inf")) or self.equal_nan and a != a and b != b:
            return None
        exact = rtol == atol == 0
        relative = float("inf") if b == 0 else gap / abs(b)
        return (f"Scalars are not {'equal' if exact else 'close'}!\n\nExpected {b} but got {a}.\n"
                f"Absolute difference: {gap}{_allowed(atol, exact)}\nRelative difference: {relative}{_allowed(rtol, exact)}")

    def _of_tensors(self, actual: Any, expected: Any) -> str | None:
        a, b = (x.array if isinstance(x, Tensor) else x for x in (_dense(actual), _dense(expected)))
        if a.shape != b.shape:
            return f"The values for attribute 'shape' do not match: {Size(a.shape)} != {Size(b.shape)}."
        if self.check_dtype and a.dtype != b.dtype:
            return f"The values for attribute 'dtype' do not match: {actual.dtype} != {expected.dtype}."
        if self.check_stride and a.strides != b.strides:
            steps = (tuple(s // x.itemsize for s in x.strides) for x in (a, b))
            return f"The values for attribute 'stride()' do not match: {next(steps)} != {next(steps)}."
        rtol, atol = self.tolerances or max(_TOLERANCES.get(x.dtype.name, (0.0, 0.0)) for x in (a, b))
        kind = np.result_type(a, b)
        a, b = (x.astype(np.int64 if kind.kind in "iub" else kind, copy=False) for x in (a, b))
        if a.ndim == 0:
            return self._of_scalars(a.item(), b.item(), rtol, atol)
        gap = np.abs(a - b)
        same = (a == b) | (gap <= atol + rtol * np.abs(b)) & np.isfinite(gap)
        if self.equal_nan:
            same |= (a != a) & (b != b)
        if same.all():
            return None
        wrong, exact = int(same.size - np.count_nonzero(same)), rtol == atol == 0
        relative = gap / np.abs(b) if kind.kind in "fc" else (gap / np.abs(b)).astype(np.float32)
        said = [f"Tensor-likes are not {'equal' if exact else 'close'}!", "",
                f"Mismatched elements: {wrong} / {same.size} ({wrong / same.size:.1%})"]
        for which, sizes, allowed in (("absolute", gap, atol), ("relative", relative, rtol)):
            sizes = np.where(same, sizes.dtype.type(0), sizes)
            where = np.unravel_index(sizes.argmax(), sizes.shape)
            said.append(f"Greatest {which} difference: {sizes[where].item()} at index {tuple(map(int, where))}"
                        f"{_allowed(allowed, exact)}")
        return "\n".join(said)


def _is_sequence(x: Any) -> bool:
    return isinstance(x, Sequence) and not isinstance(x, (str, bytes))


def _dense(x: Any) -> Any:
    return x.to_dense() if isinstance(x, Tensor) and x.is_sparse else x


def _allowed(tolerance: float, exact: bool) -> str:
    return "" if exact else f" (up to {tolerance} allowed)"


def _place(path: tuple[Any, ...]) -> str:
    """Where in the sequences and mappings it was found."""
    return f"\n\nThe failure occurred for item {''.join(f'[{key!r}]' for key in path)}" if path else ""
