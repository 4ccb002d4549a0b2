"""The wheel brings its migrations along."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder / "dist")]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True, timeout=60)
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_holds_env_and_every_revision(unpacked):
    ours = {path.name for path in (REPOSITORY / "alembic" / "versions").glob("*.py")}
    assert {path.name for path in (unpacked / "blogapp" / "_alembic" / "versions").glob("*.py")} == ours
    assert (unpacked / "blogapp" / "_alembic" / "env.py").exists()


def test_its_migrations_run_without_the_repository(unpacked, tmp_path):
    program = "from blogapp.infra import migrations; print(migrations.folder())"
    assert _run(unpacked, tmp_path, "-c", program) == f"{unpacked}/blogapp/_alembic\n"
    assert "is at revision" in _run(unpacked, tmp_path, "-m", "blogapp", "db", "upgrade")
    assert "as this program needs it" in _run(unpacked, tmp_path, "-m", "blogapp", "db", "check")


def _run(site: Path, folder: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(site),
        "DATABASE_URL": f"sqlite:///{folder}/blog.db",
        "BLOGAPP_ENV": "testing",
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
