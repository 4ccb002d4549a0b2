"""A second blog, for what is taken from one to the other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def another_blog(engine: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The URL of an empty one."""
    if engine == "sqlite":
        shutil.copyfile(request.getfixturevalue("migrated_file"), folder / "other.db")
        yield f"sqlite:///{folder}/other.db"
    else:
        with request.getfixturevalue("postgres").database(request.getfixturevalue("migrated_template")) as url:
            yield url
