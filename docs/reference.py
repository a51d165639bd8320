"""The pages of the reference, made when the site is built: one for each public module, of its public names' docstrings.

A hook of MkDocs (see .mkdocs.yml).  What is public is asked of the package itself, so nothing is listed twice.
"""
from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path
from types import ModuleType

from mkdocs.structure.files import File

sys.path.insert(0, str(Path(__file__).parents[1]))

PAGES = ["mtorch", "mtorch.linalg", "mtorch.special", "mtorch.signal.windows", "mtorch.autograd", "mtorch.nn",
         "mtorch.nn.functional", "mtorch.nn.init", "mtorch.nn.utils", "mtorch.nn.utils.rnn", "mtorch.optim",
         "mtorch.optim.lr_scheduler", "mtorch.utils.data", "mtorch.utils.graph", "mtorch.distributions",
         "mtorch.func", "mtorch.fft", "mtorch.sparse", "mtorch.testing", "mtorch.nn.attention.flex_attention",
         "mtorch.vision.datasets", "mtorch.vision.transforms", "mtorch.vision.models", "mtorch.vision.ops", "mtorch.vision.io",
         "mtorch.vision.utils", "mtorch.hub", "mtorch.serialization", "mtorch.serialization.safetensors"]


def public_names(module: ModuleType) -> list[str]:
    """The names of a module that are meant for users: of functions and classes, defined in the package, loaded with it."""
    from mtorch.later import LATER
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    found = []
    for name in sorted({*names} - {*LATER.get(module.__name__, ())}):
        value = getattr(module, name)
        ours = (inspect.isclass(value) or inspect.isfunction(value)) and value.__module__.startswith("mtorch.")
        if ours and getattr(importlib.import_module(value.__module__), value.__qualname__, None) is value:   # it stands in a file
            found.append(name)
    return sorted(found, key=str.lower)


def pages() -> dict[str, str]:
    """Each page's Markdown; what several modules offer stands on the page of the innermost."""
    shown: set[str] = set()
    written = {}
    for name in sorted(PAGES, key=lambda name: -name.count(".")):
        module = importlib.import_module(name)
        lines = [f"# {name}", "", (inspect.getdoc(module) or "").split("\n\n")[0], ""]
        for public in public_names(module):
            value = getattr(module, public)
            path = f"{value.__module__}.{value.__qualname__}"
            if path not in shown and (name == "mtorch" or public != "Tensor"):
                shown.add(path)
                lines += [f"::: {path}", ""]
        written[name] = "\n".join(lines)
    return written


def on_config(config):
    for section in config.nav:
        if isinstance(section, dict) and "Reference" in section:
            section["Reference"] = [{name: f"reference/{name}.md"} for name in PAGES]
    return config


def on_files(files, config):
    for name, text in pages().items():
        files.append(File.generated(config, f"reference/{name}.md", content=text))
    return files
