"""What mtorch leaves out of PyTorch, by name: the list on docs/from-pytorch.md, made from the code.

    python tests/left_out.py              show the list
    python tests/left_out.py --write      put it on the page
    python tests/left_out.py --record     first, with torch installed, take down torch's public names anew

torch's names stand in torch_names.txt beside this file, so that the list can be made where torch is not installed.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import textwrap
from pathlib import Path

HERE = Path(__file__).parent
NAMES = HERE / "torch_names.txt"
PAGE = HERE.parent / "docs" / "from-pytorch.md"
BEGIN, END = "<!-- left out: made by tests/left_out.py -->\n", "<!-- end of left out -->\n"

# The parts of torch that are compared name by name, each with where it is found; `Tensor` and `nn.Module` are classes.
PARTS = {
    "torch": "torch", "torch.Tensor": "torch:Tensor", "torch.nn": "torch.nn", "torch.nn.Module": "torch.nn:Module",
    "torch.nn.functional": "torch.nn.functional", "torch.nn.init": "torch.nn.init", "torch.nn.utils": "torch.nn.utils",
    "torch.nn.utils.rnn": "torch.nn.utils.rnn", "torch.nn.utils.prune": "torch.nn.utils.prune",
    "torch.nn.utils.parametrize": "torch.nn.utils.parametrize",
    "torch.nn.utils.parametrizations": "torch.nn.utils.parametrizations",
    "torch.optim": "torch.optim", "torch.optim.lr_scheduler": "torch.optim.lr_scheduler",
    "torch.optim.swa_utils": "torch.optim.swa_utils",
    "torch.autograd": "torch.autograd", "torch.autograd.functional": "torch.autograd.functional",
    "torch.utils.data": "torch.utils.data", "torch.distributions": "torch.distributions",
    "torch.linalg": "torch.linalg",
    "torch.sparse": "torch.sparse", "torch.special": "torch.special", "torch.fft": "torch.fft",
    "torch.random": "torch.random", "torch.func": "torch.func",
}
# Whole parts of torch that nothing here stands for are named by their modules.
MODULES = ["ao.quantization", "distributed.fsdp", "export", "fft", "func", "futures", "fx", "hub", "jit", "library",
           "masked", "monitor", "nested", "onnx", "overrides", "package", "signal", "special", "sparse", "testing",
           "utils.benchmark", "utils.cpp_extension", "utils.dlpack", "utils.mobile_optimizer", "xpu"]


def found(where: str, root: str):
    """The module or class at `where` ("torch.nn", "torch:Tensor") of torch or of mtorch; None where there is none."""
    module, _, name = where.partition(":")
    try:
        thing = importlib.import_module(root + module.removeprefix("torch"))
    except ImportError:
        return None
    return getattr(thing, name) if name else thing


def public_names(part: str) -> list[str]:
    """What torch documents of a part: functions and classes with a docstring, not torch's inner workings."""
    thing = found(PARTS[part], "torch")
    listed = set(getattr(thing, "__all__", ())) if part not in ("torch", "torch.nn.functional") else set()
    names = []
    for name in sorted(listed or dir(thing)):
        if name.startswith("_") or not hasattr(thing, name):
            continue
        value = getattr(thing, name)
        documented = isinstance(getattr(value, "__doc__", None), str) and value.__doc__.strip()
        wanted = callable(value) or inspect.isclass(thing) and not isinstance(value, (int, str, tuple, dict))
        if documented and wanted and not name.endswith(("Storage", "_for_onnx")) and _belongs(value):
            names.append(name)
    return names


def _belongs(value) -> bool:
    module = getattr(value, "__module__", None)
    return module is None or module.partition(".")[0] in ("torch", "builtins") and not module.startswith(
        ("torch._jit_internal", "torch.overrides", "torch._ops", "torch.types"))


def record() -> None:
    """Take down torch's names."""
    version = importlib.import_module("torch").__version__.partition("+")[0]
    lines = [f"# torch {version}: public names, by tests/left_out.py"]
    for part in PARTS:
        lines += [f"\n[{part}]", *textwrap.wrap(" ".join(public_names(part)), 118, break_on_hyphens=False)]
    NAMES.write_text("\n".join(lines) + "\n", encoding="utf-8")


def recorded() -> dict[str, list[str]]:
    """torch's names, by part."""
    names: dict[str, list[str]] = {}
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            part = line.strip("[]")
            names[part] = []
        elif line and line[0] != "#":
            names[part] += line.split()
    return names


def left_out(part: str, names: list[str]) -> list[str]:
    """Of torch's names, those that mtorch does not have."""
    ours = found(PARTS[part], "mtorch")
    return [name for name in names if not _has(ours, name)] if ours is not None else ["everything"]


def _has(thing, name: str) -> bool:
    try:
        return hasattr(thing, name)
    except NotImplementedError:                    # a name that is here only to say that it is left out
        return False


def listed() -> str:
    """The list, as it stands on the page."""
    lines = []
    whole = [module for module in MODULES if found(f"torch.{module}", "mtorch") is None]
    lines += [*textwrap.wrap("**Whole modules**: " + ", ".join(f"`{module}`" for module in whole) + ".", 120), ""]
    for part, names in recorded().items():
        missing = left_out(part, names)
        if missing and missing != ["everything"]:
            text = f"**{part}** ({len(names) - len(missing)} of {len(names)} here), without "
            text += ", ".join(f"`{n}`" for n in missing)
            lines += [*textwrap.wrap(text + ".", 120, break_on_hyphens=False), ""]
        elif not missing:
            lines += [f"**{part}**: all {len(names)}.", ""]
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    if "--record" in arguments:
        record()
    if not {"--write", "--record"} & set(arguments):
        print(listed())
        return
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(before + BEGIN + listed() + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    main(sys.argv[1:])
