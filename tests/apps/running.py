"""Programs of apps/ as a test needs them: run as a user runs them, or loaded so that their functions can be called."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]


def load(name: str) -> ModuleType:
    """apps/<name>.py as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "apps" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module                     # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def run(name: str, folder: Path, *arguments: object, code: int = 0) -> tuple[str, str]:
    """Run apps/<name>.py in a folder, warnings being errors; returns what it wrote to stdout and to stderr."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "MPLCONFIGDIR": str(folder),
                   "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, str(ROOT / "apps" / f"{name}.py"), *map(str, arguments)], env=environment,
                          cwd=folder, text=True, capture_output=True, timeout=180, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout, done.stderr


def has_matplotlib() -> bool:
    return importlib.util.find_spec("matplotlib") is not None
