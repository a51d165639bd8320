"""Programs of apps/ as a test needs them: run as a user runs them, or loaded so that their functions can be called."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]


def load(name: str) -> ModuleType:
    """apps/<name>.py as a module, with what it finds beside it when it is run."""
    if str(ROOT / "apps") not in sys.path:
        sys.path.append(str(ROOT / "apps"))
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


def kill_after_checkpoints(name: str, folder: Path, checkpoints: Path, count: int, *arguments: object) -> None:
    """Run apps/<name>.py and kill it with SIGKILL when it has begun `count` checkpoints, beside those there are."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "OPENBLAS_NUM_THREADS": "1"}
    seen = set(os.listdir(checkpoints)) if checkpoints.is_dir() else set()
    most = len(seen) + count
    program = subprocess.Popen([sys.executable, str(ROOT / "apps" / f"{name}.py"), *map(str, arguments)], text=True,
                               env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               start_new_session=True)
    try:
        limit = time.monotonic() + 120
        while len(seen) < most and program.poll() is None and time.monotonic() < limit:
            seen |= set(os.listdir(checkpoints)) if checkpoints.is_dir() else set()
            time.sleep(0.001)
        assert program.poll() is None and len(seen) >= most, program.stderr.read() if program.poll() else seen
    finally:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)       # workers too
        program.communicate()
    assert program.returncode == -signal.SIGKILL


def has_matplotlib() -> bool:
    return importlib.util.find_spec("matplotlib") is not None
