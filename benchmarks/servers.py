"""Starting the three servers, each pinned to the server's core, and stopping them again."""

from __future__ import annotations

import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.cores import BenchmarkError, starting_on

ROOT = Path(__file__).parent.parent
SOURCES = (ROOT, ROOT / "src")
HOST = "127.0.0.1"
START_TIMEOUT = 30.0
STOP_TIMEOUT = 15.0
POLL = 0.005
INHERITED = ("PATH", "HOME", "LANG")
"""All of the caller's environment a server sees: a developer's own settings must not change the figures."""


@dataclass(frozen=True)
class Program:
    """A server that can be started; `{port}` in the command is replaced."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Running:
    name: str
    port: int
    pid: int
    started_in: float
    """Seconds from the start of the program to its first page."""

    def url(self, path: str) -> str:
        return f"http://{HOST}:{self.port}{path}"

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=START_TIMEOUT)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def get_all(self, paths: Iterable[str]) -> None:
        """Each once, one after the other on one connection, and what they answer is not looked at."""
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=START_TIMEOUT)) as connection:
            for path in paths:
                connection.request("GET", path)
                connection.getresponse().read()


def hello() -> Program:
    return Program("H", (sys.executable, "-m", "benchmarks.hello", "{port}"))


def swift_hello() -> Program:
    """The same with what blogapp changes in Hypercorn."""
    return Program("H, swift", (*hello().command, "swift"))


def blogapp(database_url: str) -> Program:
    return Program(
        "blogapp",
        (sys.executable, "-m", "blogapp", "serve", "--host", HOST, "--port", "{port}"),
        blogapp_environment(database_url),
    )


def uncached(program: Program) -> Program:
    return with_settings(program, "blogapp, uncached", PAGE_CACHE_BYTES="0")


def with_settings(program: Program, name: str, **settings: str) -> Program:
    """The same under another name, with more settings."""
    return Program(name, program.command, {**program.environment, **settings})


def of_workers(program: Program, count: int, redis_url: str) -> Program:
    environment = {**program.environment, "REDIS_URL": redis_url}
    return Program(f"blogapp, workers {count}", (*program.command, "--workers", str(count)), environment)


def blogapp_environment(database_url: str) -> dict[str, str]:
    return {
        "BLOGAPP_ENV": "production",
        "SECRET_KEY": secrets.token_hex(32),
        "DATABASE_URL": database_url,
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"http://{HOST}",
        "RATE_LIMITS": "off",
        "LOG_LEVEL": "warning",
    }


def flask(database_url: str) -> Program:
    """One worker of four threads: the best of the usual Gunicorn settings for this application."""
    workers = ("--worker-class", "gthread", "--workers", "1", "--threads", "4", "--keep-alive", "5")
    options = (*workers, "--log-level", "warning", "--bind", f"{HOST}:{{port}}")
    return Program(
        "Flask",
        (sys.executable, "-m", "gunicorn", *options, "benchmarks.flask_blog:create_app()"),
        {"DATABASE_URL": database_url, "SECRET_KEY": secrets.token_hex(32)},
    )


@contextmanager
def serve(program: Program, cores: Collection[int], folder: Path) -> Iterator[Running]:
    """Runs the program until the block ends. Raises BenchmarkError when its first page does not come."""
    log = folder / f"{program.name}.log"
    port = _free_port()
    began = time.perf_counter()
    process = _start(program, port, cores, folder, log)
    try:
        _await_first_page(program.name, process, port, log)
        yield Running(program.name, port, process.pid, time.perf_counter() - began)
    finally:
        _stop(process)


def run(
    command: tuple[str, ...], environment: Mapping[str, str], folder: Path, cores: Collection[int] | None = None
) -> None:
    """Runs a program to its end. Raises BenchmarkError with its last line when it fails."""
    with starting_on(cores) if cores else nullcontext():
        done = subprocess.run(
            command, env=_environment(environment), cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise BenchmarkError(f"{' '.join(command[2:])} failed: {_last_line(done.stderr or done.stdout)}")


def _start(program: Program, port: int, cores: Collection[int], folder: Path, log: Path) -> subprocess.Popen[bytes]:
    command = [part.format(port=port) for part in program.command]
    with starting_on(cores), log.open("wb") as output:
        return subprocess.Popen(
            command, env=_environment(program.environment), cwd=folder, stdout=output, stderr=output
        )


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Servers run in a folder without a .env, so this repository is put on their path by name."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, "PYTHONPATH": os.pathsep.join(map(str, SOURCES)), **own}


def _await_first_page(name: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while not _answers(port):
        if process.poll() is not None:
            raise BenchmarkError(f"{name} ended while starting: {_last_line(log.read_text(errors='replace'))}")
        if time.monotonic() > deadline:
            raise BenchmarkError(f"{name} did not answer GET / with 200 within {START_TIMEOUT:.0f} seconds")
        time.sleep(POLL)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=START_TIMEOUT)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"
