"""Every public function and class says what it is and shows it: a docstring with an example, which test_doctests.py runs.

What is left out is left out by name, each for a reason.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

MODULES = ["mtorch", "mtorch.autograd", "mtorch.nn", "mtorch.nn.functional", "mtorch.nn.init", "mtorch.nn.utils",
           "mtorch.nn.utils.rnn", "mtorch.optim", "mtorch.optim.lr_scheduler", "mtorch.utils.data", "mtorch.utils.graph",
           "mtorch.distributions", "mtorch.vision", "mtorch.vision.datasets", "mtorch.vision.transforms",
           "mtorch.serialization", "mtorch.linalg", "mtorch.special"]

# Old names of initializers, without the underscore: each says that it is deprecated and what to use.
OLD = {f"mtorch.nn.init.{name}" for name in (
    "uniform", "normal", "constant", "eye", "dirac", "xavier_uniform", "xavier_normal", "kaiming_uniform",
    "kaiming_normal", "orthogonal", "sparse")}

WITHOUT_EXAMPLE = {
    *OLD,
    # what a Tensor answers about itself, here as functions
    "mtorch.adjoint", "mtorch.detach", "mtorch.get_device", "mtorch.is_inference", "mtorch.is_signed",
    # the same operators under a second name
    "mtorch.greater", "mtorch.less",
    # what the process has been told to trust: an example would change it
    "mtorch.serialization.add_safe_globals", "mtorch.serialization.clear_safe_globals",
    "mtorch.serialization.get_safe_globals",
}


def names() -> Iterator[tuple[str, Any]]:
    """The public functions and classes, each under the first name that it has."""
    seen: set[int] = set()
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        for name in getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]:
            value = getattr(module, name)
            ours = (getattr(value, "__module__", None) or "").startswith("mtorch")
            public = callable(value) and hasattr(value, "__name__") and value.__module__ != "mtorch.autograd.tape"
            if ours and public and id(value) not in seen:
                seen.add(id(value))
                yield f"{module_name}.{name}", value


PUBLIC = dict(names())


def is_in_place_form(name: str) -> bool:
    """`exp_` is `exp` with the result written into the tensor, and says so; the example stands at `exp`."""
    return name.endswith("_") and not name.startswith("mtorch.nn.init")


def is_legacy_type(value: Any) -> bool:
    """torch.FloatTensor and its kin."""
    return value.__name__.endswith("Tensor") and value.__name__ != "Tensor" and value.__module__ == "mtorch.legacy"


@pytest.mark.parametrize("name", PUBLIC)
def test_it_has_a_docstring_with_an_example(name: str) -> None:
    value = PUBLIC[name]
    text = (value.__dict__.get("__doc__") if inspect.isclass(value) else value.__doc__) or ""
    if name in WITHOUT_EXAMPLE:
        assert ">>>" not in text, f"{name} has an example now: take it off the list"
        return
    assert text.strip(), f"{name} has no docstring"
    if not is_in_place_form(name) and not is_legacy_type(value):
        assert ">>>" in text, f"{name} has no example"


def test_what_is_left_out_is_there() -> None:
    assert set(PUBLIC) >= WITHOUT_EXAMPLE
