"""torch.hub: weights that others publish are fetched; their code is not, a directory's own `hubconf.py` is run."""
from __future__ import annotations

import importlib.util
import os
import runpy
import sys
from typing import Any
from urllib.parse import urlparse

from .vision.weights import HASH_REGEX, download_url_to_file, get_dir, load_state_dict_from_url, set_dir

__all__ = ["HASH_REGEX", "download_url_to_file", "get_dir", "load", "load_state_dict_from_url", "set_dir",
           "urlparse"]


def load(repo_or_dir: str, model: str, *args: Any, source: str = "github", trust_repo: Any = "check", force_reload: bool = False,
         verbose: bool = True, skip_validation: bool = False, **kwargs: Any) -> Any:
    """What the function `model` of the `hubconf.py` in a directory gives for args and kwargs; its code is run.

    repo_or_dir: the directory, from which hubconf.py may import
    source: "local"; "github" is an error, as no code is fetched
    trust_repo, force_reload, verbose, skip_validation: of fetching, without effect

    Raises: NotImplementedError for source="github", ValueError for another than these two and for a `model` that is no str,
    RuntimeError where hubconf.py has no such function, or depends on a package that is not installed.
    """
    if source.lower() not in ("github", "local"):
        raise ValueError(f'Unknown source: "{source}". Allowed values: "github" | "local".')
    if source.lower() == "github":
        raise NotImplementedError(f"hub.load({repo_or_dir!r}, {model!r}): mtorch fetches no code; save the model's "
                                  "state_dict with PyTorch and load it into the same model written in Python")
    if not isinstance(model, str):
        raise ValueError("Invalid input: model should be a string of function name")
    sys.path.insert(0, repo_or_dir)
    try:
        conf = runpy.run_path(os.path.join(repo_or_dir, "hubconf.py"), run_name="hubconf.py")
        if missing := [name for name in conf.get("dependencies") or () if importlib.util.find_spec(name) is None]:
            raise RuntimeError(f"Missing dependencies: {', '.join(missing)}")
        if not callable(conf.get(model)):
            raise RuntimeError(f"Cannot find callable {model} in hubconf")
        return conf[model](*args, **kwargs)
    finally:
        sys.path.remove(repo_or_dir)
