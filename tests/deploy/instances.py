"""Instances of blogapp as an operator starts them: `blogapp serve`, told by the environment that it is production."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deploy.nginx import HOST, PATIENCE, free_port, wait_for_port

STOP = 15.0
"""Seconds within which an instance has ended."""


@dataclass(slots=True)
class Instance:
    port: int
    environment: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "blogapp", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log
            )
        wait_for_port(self.port, self.process)

    def stop(self) -> int:
        """Its exit code, once it has finished what was in flight."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(PATIENCE)

    def lines(self) -> list[dict[str, Any]]:
        """What it has logged."""
        return [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]

    @property
    def _log(self) -> Path:
        return self.folder / f"{self.port}.log"


@contextmanager
def instances(count: int, folder: Path, database_url: str, **settings: str) -> Iterator[list[Instance]]:
    """`count` instances on a migrated database that believe nginx on 127.0.0.1."""
    environment = {"PATH": os.environ["PATH"]} | {
        "BLOGAPP_ENV": "production",
        "SECRET_KEY": secrets.token_hex(),
        "DATABASE_URL": database_url,
        "SITE_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "TRUSTED_PROXIES": "127.0.0.1/32",
        **settings,
    }
    with ExitStack() as stack:
        running = [Instance(free_port(), environment, folder) for _ in range(count)]
        for instance in running:
            instance.start()
            stack.callback(instance.kill)
        yield running
