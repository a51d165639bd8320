"""What the tests of pictures share."""

from __future__ import annotations

import pytest

from mtorch.vision import pillow


@pytest.fixture(params=[True, False], ids=["pillow", "without"])
def has_pillow(request, monkeypatch):
    if request.param:
        pytest.importorskip("PIL")
    else:
        monkeypatch.setattr(pillow, "_image_module", lambda: None)
    return request.param
