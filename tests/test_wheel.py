"""The wheel brings its migrations along, and the sdist all that a wheel is made of."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(_built("wheel", REPOSITORY, folder / "dist")) as archive:
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


def test_a_wheel_from_the_sdist_is_the_same(unpacked, tmp_path):
    with tarfile.open(_built("sdist", REPOSITORY, tmp_path / "dist")) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.glob("blogapp-*")
    with zipfile.ZipFile(_built("wheel", source, tmp_path / "dist")) as archive:
        archive.extractall(tmp_path / "site")
    assert _files(tmp_path / "site") == _files(unpacked)
    assert any(path.suffix == ".html" for path in _files(unpacked))
    assert any("static" in path.parts for path in _files(unpacked))


def _built(target: str, source: Path, folder: Path) -> Path:
    build = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    subprocess.run(build, cwd=source, check=True, capture_output=True, timeout=60)
    (archive,) = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return archive


def _files(site: Path) -> dict[Path, bytes]:
    """Without what Python has compiled while it ran from there."""
    found = [path for path in site.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(site): path.read_bytes() for path in found}


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
