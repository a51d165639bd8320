"""The shape of the package: imports point one way, start-up loads NumPy alone, and no file is too long to read.

The imports are read from the source with `ast`, those inside functions too: one put off until a call points there too.
"""

from __future__ import annotations

import ast
import graphlib
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from mtorch.later import LATER

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mtorch"
LONGEST_FILE = 360

# Lowest first. A module belongs to the longest prefix that fits it, and may import its own group and every row below.
ROWS = [
    ["mtorch.missing", "mtorch.version", "mtorch.class_names", "mtorch.caller", "mtorch.brain_float"],
    ["mtorch.later"],
    ["mtorch.dtypes", "mtorch.device", "mtorch.strides"],
    ["mtorch.random", "mtorch.printing", "mtorch.legacy", "mtorch.return_types"],
    ["mtorch.autograd"],
    ["mtorch.distributed"],
    ["mtorch.ops", "mtorch.sharing"],
    ["mtorch.functions"],
    ["mtorch.fft", "mtorch.linalg", "mtorch.special", "mtorch.signal", "mtorch.storage"],
    ["mtorch.methods"],
    ["mtorch.torch_function"],
    ["mtorch.tensor", "mtorch.questions"],
    ["mtorch.sparse"],
    ["mtorch.utils", "mtorch.autograd.functional"],
    ["mtorch.nn.functional"],
    ["mtorch.nn"],
    ["mtorch.optim", "mtorch.serialization", "mtorch.distributions", "mtorch.fx"],
    ["mtorch.vision"],
    ["mtorch._tensor_str", "mtorch._utils", "mtorch.accelerator", "mtorch.amp", "mtorch.aten", "mtorch.cpu",
     "mtorch.distributed.device_mesh", "mtorch.distributed.nn", "mtorch.distributed.optim", "mtorch.distributed.rpc",
     "mtorch.distributed.tensor", "mtorch.foreach", "mtorch.func", "mtorch.functional", "mtorch.futures",
     "mtorch.hub", "mtorch.jit", "mtorch.library", "mtorch.multiprocessing", "mtorch.native", "mtorch.onnx",
     "mtorch.overrides", "mtorch.profiler", "mtorch.quasirandom", "mtorch.settings", "mtorch.symbolic",
     "mtorch.testing", "mtorch.types"],
    ["mtorch.__config__", "mtorch.compiler", "mtorch.functorch"],
    ["mtorch._dynamo", "mtorch._higher_order_ops", "mtorch._inductor", "mtorch._subclasses"],
    ["mtorch.cuda", "mtorch.backends", "mtorch.utils.benchmark", "mtorch.utils.model_zoo", "mtorch._C"],
    ["mtorch.mps", "mtorch.xpu", "mtorch.finder"],
    ["mtorch.as_torch"],
    ["mtorch.__main__", "mtorch.compare", "mtorch.shims"],
    ["mtorch"],
]
ROW = {group: row for row, groups in enumerate(ROWS) for group in groups}


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def group_of(module: str) -> str:
    return next(module.rsplit(".", cut)[0] for cut in range(module.count(".") + 1) if module.rsplit(".", cut)[0] in ROW)


def typing_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def statements(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not typing_only(child):
            yield child
            yield from statements(child)


def imports_of(module: str) -> Iterator[tuple[str, int]]:
    """The modules that a module's source imports, made absolute, with the line of each."""
    path = FILES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in statements(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                name = f"{source}.{alias.name}"
                yield (name if name in FILES else source), node.lineno


def inner_imports_of(module: str) -> list[tuple[str, int]]:
    return [(name, line) for name, line in imports_of(module) if name.split(".")[0] == "mtorch"]


@pytest.mark.parametrize("module", [name for name in FILES if name != "mtorch"])
def test_imports_point_one_way(module: str) -> None:
    group = group_of(module)
    assert group != "mtorch", f"{module} has no place in the order of the package: give it one in ROWS"
    for name, line in inner_imports_of(module):
        where = f"{FILES[module].relative_to(ROOT)}:{line} imports {name}"
        assert name != "mtorch", f"{where}, the whole package: import the module that defines the name"
        assert name in FILES, f"{where}, which does not exist"
        target = group_of(name)
        assert target == group or ROW[target] < ROW[group], f"{where}: {group} stands below {target} or beside it"


def test_no_module_imports_itself_by_a_circle() -> None:
    """A package's __init__ only gathers names, so it is no way from one module to another. And the tape is one machine
    in several files: views and anomalies are parts of recording, which records them."""
    graph = {module: {name for name, _ in inner_imports_of(module)
                      if FILES[name].name != "__init__.py" and group_of(name) != "mtorch.autograd"}
             for module, path in FILES.items() if path.name != "__init__.py"}
    graphlib.TopologicalSorter(graph).prepare()    # raises CycleError, which names the circle


@pytest.mark.parametrize("module", FILES)
def test_file_is_short_enough_to_read(module: str) -> None:
    """Docstrings do not count: what is explained well is not longer to read."""
    text = FILES[module].read_text(encoding="utf-8")
    explained = sum(node.body[0].end_lineno - node.body[0].lineno + 1 for node in ast.walk(ast.parse(text))
                    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False))
    count = len(text.splitlines()) - explained
    assert count <= LONGEST_FILE, f"{FILES[module].relative_to(ROOT)} has {count} lines of code: split it by idea"


@pytest.mark.parametrize("module", FILES)
def test_file_opens_by_saying_why_it_exists(module: str) -> None:
    source = FILES[module].read_text(encoding="utf-8")
    named = FILES[module].relative_to(ROOT)
    assert not source.strip() or ast.get_docstring(ast.parse(source)), f"{named} has no docstring"


def test_importing_loads_numpy_and_the_standard_library_only() -> None:
    program = "import json, sys, mtorch; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name for name in json.loads(answer.stdout) if not name.startswith("_")}
    bare = subprocess.run([sys.executable, "-c", program.replace(", mtorch", ", numpy")],
                          cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded - set(json.loads(bare.stdout)) - sys.stdlib_module_names == {"mtorch"}


@pytest.mark.parametrize("package", ["mtorch", "mtorch.nn", "mtorch.nn.functional"])
def test_all_lists_the_public_names(package: str) -> None:
    """What `import *` gives, and what type checkers take for public."""
    module = importlib.import_module(package)
    public = {name for name, value in vars(module).items() if name[0] != "_" and not isinstance(value, ModuleType)}
    assert public - {"annotations", *LATER[package]} <= set(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)
    assert sorted(set(module.__all__)) == sorted(module.__all__)


def test_star_import_gives_torchs_names_and_hides_no_other_module() -> None:
    torch = pytest.importorskip("torch")
    mtorch = importlib.import_module("mtorch")
    assert {name for name in torch.__all__ if hasattr(mtorch, name)} <= set(mtorch.__all__)
    assert not any(isinstance(getattr(mtorch, name), ModuleType) for name in mtorch.__all__)    # random, signal, types
