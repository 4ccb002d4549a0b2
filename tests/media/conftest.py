"""Ada, at a blog that keeps pictures in a folder of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from quart import Quart

from tests.people import Client, Person, bearer, signed_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def settings(folder: Path) -> dict[str, Any]:
    return {"media_dir": folder, "media_spare": 0}


@pytest.fixture
async def token(app: Quart, ada: Person) -> dict[str, str]:
    """Headers of ada's program."""
    return await bearer(app, ada)


@pytest.fixture
async def browser(app: Quart, ada: Person) -> Client:
    return await signed_in(app, ada)
