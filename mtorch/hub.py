"""torch.hub: models that others publish are code and files on the network, neither of which is fetched here."""
from __future__ import annotations

from typing import Any, NoReturn


def load(repo_or_dir: str, model: str, *args: Any, **kwargs: Any) -> NoReturn:
    """Not here: an error."""
    raise NotImplementedError(f"hub.load({repo_or_dir!r}, {model!r}): mtorch fetches no code; save the model's "
                              "state_dict with PyTorch and load it into the same model written in Python")


def load_state_dict_from_url(url: str, *args: Any, **kwargs: Any) -> NoReturn:
    """Not here: an error."""
    raise NotImplementedError(f"hub.load_state_dict_from_url({url!r}): download the file yourself, then torch.load it")
