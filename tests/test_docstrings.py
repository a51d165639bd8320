"""Every public function and class says what it is: a docstring with an example, which test_doctests.py runs, the shapes
it takes and gives, each argument, the errors it raises, the source of its idea, and types for all of that.

What is left out is left out by name, each for a reason.
"""

from __future__ import annotations

import doctest
import functools
import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

import mtorch
from mtorch.later import LATER
from mtorch.vision.models import WeightsEnum

MODULES = ["mtorch", "mtorch.autograd", "mtorch.nn", "mtorch.nn.adaptive_softmax",
           "mtorch.nn.functional", "mtorch.nn.init", "mtorch.nn.utils", "mtorch.nn.utils.fusion", "mtorch.nn.utils.rnn",
           "mtorch.utils.benchmark", "mtorch.optim", "mtorch.optim.lr_scheduler", "mtorch.utils.data", "mtorch.utils.graph",
           "mtorch.distributions", "mtorch.vision", "mtorch.vision.datasets", "mtorch.vision.transforms",
           "mtorch.vision.models", "mtorch.vision.ops",
           "mtorch.serialization", "mtorch.func", "mtorch.linalg", "mtorch.special", "mtorch.signal.windows"]

# Old names of initializers, without the underscore: each says that it is deprecated and what to use.
OLD = {f"mtorch.nn.init.{name}" for name in (
    "uniform", "normal", "constant", "eye", "dirac", "xavier_uniform", "xavier_normal", "kaiming_uniform",
    "kaiming_normal", "orthogonal", "sparse")}

WITHOUT_EXAMPLE = {
    *OLD,
    # what the process has been told to trust: an example would change it
    "mtorch.serialization.add_safe_globals", "mtorch.serialization.clear_safe_globals",
    "mtorch.serialization.get_safe_globals",
}


def names() -> Iterator[tuple[str, Any]]:
    """The public functions and classes, each under the first name that it has; what is loaded later is known elsewhere."""
    seen: set[int] = set()
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        for name in getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]:
            value = getattr(module, name)
            value = value.__wrapped__ if hasattr(value, "public_name") else value    # see torch_function.py
            ours = (getattr(value, "__module__", None) or "").startswith("mtorch")
            public = callable(value) and hasattr(value, "__name__") and value.__module__ != "mtorch.autograd.tape"
            public = public and not is_list_of_weights(value) and name not in LATER.get(module_name, ())
            if ours and public and id(value) not in seen:
                seen.add(id(value))
                yield f"{module_name}.{name}", value


def is_list_of_weights(value: Any) -> bool:
    """The names of one model's weights; WeightsEnum says what they all are."""
    return inspect.isclass(value) and value.__base__ is WeightsEnum


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


# Parameters that mean the same everywhere.
COMMON = {"self", "input", "other", "out", "args", "kwargs", "x", "dtype", "device", "layout", "requires_grad", "pin_memory",
          "memory_format", "axis", "keepdims", "size_average", "reduce", "inplace", "key", "value", "fn"}

# Those that take what they get and cannot fail.
CANNOT_FAIL = {
    "mtorch.utils.data.get_worker_info",
    "mtorch.get_rng_state", "mtorch.linalg.LinAlgError", "mtorch.initial_seed", "mtorch.seed",
    "mtorch.is_anomaly_enabled", "mtorch.is_grad_enabled", "mtorch.is_inference_mode_enabled",
    "mtorch.get_default_dtype", "mtorch.get_printoptions",
    "mtorch.layout", "mtorch.memory_format",
    "mtorch.detach", "mtorch.get_device", "mtorch.is_inference", "mtorch.is_signed",
    "mtorch.autograd.GradcheckError", "mtorch.utils.benchmark.TaskSpec",
}

# Whose idea has a source. The other modules hold plain handling of arrays, files and data.
IDEAS = ("mtorch.nn", "mtorch.optim", "mtorch.distributions", "mtorch.special", "mtorch.linalg", "mtorch.signal.windows",
         "mtorch.autograd")

# Where there is no idea to credit: containers, rearrangement, handling.
WITHOUT_SOURCE: set[str] = {
    "mtorch.linalg.LinAlgError",
    "mtorch.optim.Optimizer", *(f"mtorch.optim.lr_scheduler.{name}" for name in (
        "LRScheduler", "StepLR", "ExponentialLR", "LambdaLR", "MultiplicativeLR", "SequentialLR", "ChainedScheduler")),
    *(f"mtorch.nn.functional.{name}" for name in ("normalize", "one_hot", "pad", "tanhshrink", "threshold")),
    *(f"mtorch.nn.{name}" for name in (
        "Tanhshrink", "Threshold", "Identity", "Flatten", "Unflatten", "ModuleDict", "ModuleList", "ParameterDict",
        "ParameterList", "Buffer", "UninitializedBuffer", "UninitializedParameter", "Loss")),
    *(f"mtorch.nn.{mode}Pad{axes}d" for mode in ("Constant", "Zero", "Reflection", "Replication", "Circular")
      for axes in (1, 2, 3)),
    "mtorch.nn.init.constant_", "mtorch.nn.init.eye_", "mtorch.nn.init.normal_", "mtorch.nn.init.ones_",
    "mtorch.nn.init.uniform_", "mtorch.nn.init.zeros_",
    "mtorch.nn.utils.parameters_to_vector", "mtorch.nn.utils.vector_to_parameters",
    "mtorch.nn.utils.rnn.PackedSequence", "mtorch.nn.utils.rnn.invert_permutation",
    "mtorch.nn.utils.rnn.pack_padded_sequence", "mtorch.nn.utils.rnn.pad_packed_sequence",
    "mtorch.nn.utils.rnn.pad_sequence", "mtorch.nn.utils.rnn.unpad_sequence", "mtorch.nn.utils.rnn.pack_sequence",
    "mtorch.nn.utils.rnn.unpack_sequence",
    "mtorch.autograd.GradcheckError", "mtorch.autograd.detect_anomaly", "mtorch.autograd.set_detect_anomaly",
}


def document(value: Any) -> str:
    """The docstring, and those of the names that it refers to by "as for NAME"."""
    text = (value.__dict__.get("__doc__") if inspect.isclass(value) else value.__doc__) or ""
    home = vars(importlib.import_module(value.__module__))
    referred = [home[name] for name in re.findall(r"\bas for `?(\w+)", text) if name in home]
    return "\n".join([text, *(document(other) for other in referred if other is not value)])


def signature(value: Any) -> inspect.Signature | None:
    """None where a class leaves its making to another, or Python knows none."""
    if inspect.isclass(value) and "__init__" not in value.__dict__:
        return None
    try:
        return inspect.signature(value.__init__ if inspect.isclass(value) else value)
    except ValueError:
        return None


SPEAKING = [name for name, value in PUBLIC.items()
            if name not in WITHOUT_EXAMPLE and not is_in_place_form(name) and not is_legacy_type(value)]


@pytest.mark.parametrize("name", PUBLIC)
def test_its_arguments_have_types(name: str) -> None:
    value, found = PUBLIC[name], signature(PUBLIC[name])
    if found is None:
        return
    bare = [p.name for p in found.parameters.values() if p.annotation is p.empty and p.name != "self"]
    assert not bare, f"{name} does not say the types of {', '.join(bare)}"
    assert inspect.isclass(value) or found.return_annotation is not found.empty, f"{name} does not say what it returns"


@pytest.mark.parametrize("name", SPEAKING)
def test_its_arguments_are_explained(name: str) -> None:
    found = signature(PUBLIC[name])
    text = document(PUBLIC[name])
    silent = [p for p in (found.parameters if found else ()) if p not in COMMON and not p.startswith("_")
              and not re.search(rf"\b{re.escape(p)}\b", text)]
    assert not silent, f"{name} does not explain {', '.join(silent)}"


@pytest.mark.parametrize("name", SPEAKING)
def test_it_says_the_shapes(name: str) -> None:
    """A layer does; and a function of tensors."""
    value, found = PUBLIC[name], signature(PUBLIC[name])
    layer = inspect.isclass(value) and issubclass(value, mtorch.nn.Module) and "forward" in dir(value)
    takes = not inspect.isclass(value) and found is not None and any(
        p.name in ("input", "tensor") or (p.name in ("x", "tensors") and "Tensor" in str(p.annotation))
        for p in found.parameters.values())
    if layer or takes:
        assert re.search(r"\bShape:", document(value)), f"{name} does not say what shapes it takes and gives"


@pytest.mark.parametrize("name", [name for name in SPEAKING if name not in CANNOT_FAIL])
def test_it_says_its_errors(name: str) -> None:
    assert re.search(r"\bRaises:", document(PUBLIC[name])), f"{name} does not say what it raises"


@pytest.mark.parametrize("name", [name for name in SPEAKING if name.startswith(IDEAS) and name not in WITHOUT_SOURCE])
def test_it_says_its_source(name: str) -> None:
    value = PUBLIC[name]
    text = document(value) + (importlib.import_module(value.__module__).__doc__ or "")
    assert re.search(r"\bSources?:", text), f"{name} does not say where its idea comes from"


def test_exceptions_exist_and_are_needed() -> None:
    assert set(PUBLIC) >= CANNOT_FAIL | WITHOUT_SOURCE
    assert not [name for name in CANNOT_FAIL if re.search(r"\bRaises:", document(PUBLIC[name]))]
    assert not [name for name in WITHOUT_SOURCE if re.search(r"\bSources?:", document(PUBLIC[name]))]


# ---- the methods and properties of Tensor ------------------------------------------------------

# No functions, so they carry no docstring: the slot of the array, and what is the same of every tensor.
NO_FUNCTIONS = {
    "array", "layout",
    "is_cpu", "is_cuda", "is_mkldnn", "is_mps", "is_mtia", "is_nested", "is_quantized",
    "is_sparse", "is_sparse_csr", "is_vulkan", "is_xla", "is_xpu",
}

TENSOR = {name: inspect.getattr_static(mtorch.Tensor, name) for name in dir(mtorch.Tensor) if not name.startswith("_")}
GENERATED = re.compile(r"In place: `(\w+)`")    # how the docstring of `exp_` and its kin begins, which names the function


def function_of(name: str) -> Any:
    """The function that is the method, or that a property calls."""
    value = TENSOR[name]
    return value.fget if isinstance(value, property) else value


FUNCTIONS = [name for name in TENSOR if inspect.isfunction(function_of(name))]
GENERATED_FORMS = [name for name in FUNCTIONS if GENERATED.match(TENSOR[name].__doc__ or "")]
WRITTEN = [name for name in FUNCTIONS if name not in GENERATED_FORMS]
OF_ITS_OWN = [name for name in WRITTEN if function_of(name).__module__.startswith(("mtorch.tensor", "mtorch.methods."))]


@functools.cache
def examples_run(module_name: str) -> set[str]:
    """The docstrings of a module whose examples test_doctests.py runs."""
    found = doctest.DocTestFinder().find(importlib.import_module(module_name))
    return {test.docstring for test in found if test.examples}


def test_what_is_no_function_is_listed() -> None:
    assert set(TENSOR) - set(FUNCTIONS) == NO_FUNCTIONS


@pytest.mark.parametrize("name", WRITTEN)
def test_a_tensors_attribute_has_an_example_that_runs(name: str) -> None:
    text = TENSOR[name].__doc__ or ""
    assert ">>>" in text, f"Tensor.{name} has no docstring with an example"
    assert text in examples_run(function_of(name).__module__), f"the example of Tensor.{name} is not run"


@pytest.mark.parametrize("name", GENERATED_FORMS)
def test_an_in_place_form_names_a_function_with_an_example(name: str) -> None:
    match = GENERATED.match(TENSOR[name].__doc__)
    assert match is not None
    assert match[1] in WRITTEN, f"Tensor.{name} refers to {match[1]}, which Tensor does not have"


@pytest.mark.parametrize("name", OF_ITS_OWN)
def test_a_tensors_method_explains_its_arguments(name: str) -> None:
    found = inspect.signature(function_of(name))
    bare = [p.name for p in found.parameters.values() if p.annotation is p.empty and p.name != "self"]
    assert not bare, f"Tensor.{name} does not say the types of {', '.join(bare)}"
    assert found.return_annotation is not found.empty, f"Tensor.{name} does not say what it returns"
    silent = [p for p in found.parameters if p not in COMMON and not re.search(rf"\b{p}\b", TENSOR[name].__doc__)]
    assert not silent, f"Tensor.{name} does not explain {', '.join(silent)}"
