"""torch.hub: weights that others publish are fetched; their code is not."""
from __future__ import annotations

from typing import Any, NoReturn
from urllib.parse import urlparse

from .vision.weights import HASH_REGEX, download_url_to_file, get_dir, load_state_dict_from_url, set_dir

__all__ = ["HASH_REGEX", "download_url_to_file", "get_dir", "load", "load_state_dict_from_url", "set_dir",
           "urlparse"]


def load(repo_or_dir: str, model: str, *args: Any, **kwargs: Any) -> NoReturn:
    """Not here: an error."""
    raise NotImplementedError(f"hub.load({repo_or_dir!r}, {model!r}): mtorch fetches no code; save the model's "
                              "state_dict with PyTorch and load it into the same model written in Python")
