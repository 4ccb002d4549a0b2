"""`blogapp serve` as people run it: a process of its own, on a port the system picks."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.people import PASSWORD

SECONDS = 30
USUAL = {"RATE_LIMITS": "off", "HASH_MEMORY": "8192", "SECRET_KEY": "0123456789abcdef0123456789abcdef"}


@contextmanager
def serving(folder: Path, *accounts: str, **settings: str) -> Iterator[str]:
    """The origin of a blog with these accounts and everybody's password; `root` is an administrator's."""
    with started(folder, prepared(folder, *accounts, **settings), 0) as origin:
        yield origin


def prepared(folder: Path, *accounts: str, **settings: str) -> dict[str, str]:
    """The environment of a blog whose database is there, with these accounts."""
    environment = os.environ | USUAL | {"DATABASE_URL": f"sqlite:///{folder}/blog.db"} | settings
    _blogapp("db", "upgrade", cwd=folder, env=environment)
    for name in accounts:
        admin = ("--admin",) if name == "root" else ()
        arguments = ("users", "create", name, f"{name}@example.org", "--password-stdin", *admin)
        _blogapp(*arguments, cwd=folder, env=environment, typed=PASSWORD)
    return environment


@contextmanager
def started(folder: Path, environment: dict[str, str], port: int) -> Iterator[str]:
    """The origin of a server that runs until the block ends; port 0 is any that is free."""
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            _command("serve", "--port", str(port)), cwd=folder, env=environment, stderr=log, stdout=log
        )
        try:
            yield _origin(process, folder / "log")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(SECONDS)


def _origin(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(SECONDS * 20):
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text()):
            return found[0]
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"blogapp did not start:\n{log.read_text()}")


def _blogapp(*arguments: str, cwd: Path, env: dict[str, str], typed: str = "") -> None:
    subprocess.run(
        _command(*arguments), cwd=cwd, env=env, input=typed, text=True, check=True, capture_output=True, timeout=SECONDS
    )


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "blogapp", *arguments]
