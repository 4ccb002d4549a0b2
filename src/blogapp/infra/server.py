"""One Hypercorn process that stops as promised.

Stock Hypercorn 0.18 waits for ever on an open request under Python 3.12.1 and later, and exits with 0 when the
application could not start; so the time to stop is bounded here, and failures are raised.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, cast

import structlog
import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import ASGIFramework
from hypercorn.utils import LifespanFailureError

from blogapp.errors import Refused
from blogapp.infra.lifeline import UP, Lifeline

KEEP_ALIVE = 75
"""Seconds an idle connection is kept; longer than nginx keeps its own to us (60)."""
BACKLOG = 1024
SLOWEST_READER = 60
"""Seconds after which the system gives up a client that takes nothing of what it is sent, whoever still waits for it."""
INCOMPLETE_SIZE = 65536
"""Bytes of a request's head that h11 takes; the edge refuses less, with a proper answer."""
SOCKET_MESSAGE = 65536
M_MMAP_THRESHOLD = -3
LARGE_BLOCK = 1 << 20
"""Bytes; see mallopt(3)."""
FILES = 65536
"""Open files, and so connections: more than live updates and slow clients can have together."""
LAST_WORDS = 0.9
"""Seconds for each of the two steps that follow when the time to stop is over."""
LINGER = 1.0
"""Seconds in which clients of a process that leaves get their next answer, which tells them to connect anew."""
SWITCH = 0.001
"""Seconds that a thread which renders a text keeps the interpreter from the event loop; five times less than usual."""
COLLECTIONS = (5_000, 20, 50)
"""Thresholds of the three generations of the garbage collector."""

_log = structlog.get_logger("blogapp.server")

STOPS = {signal.SIGTERM, signal.SIGINT}


@dataclass(frozen=True, slots=True)
class Ending:
    drain: Callable[[], None]
    """Makes the application say that it must get no new traffic."""
    shutdown: Callable[[], Coroutine[Any, Any, None]]
    grace: float
    """Seconds given to what is in flight."""


def run(app: ASGIFramework, sock: socket.socket, ending: Ending, lifeline: Lifeline | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in flight; SIGINT leaves clients no time to connect anew.

    A worker also ends when its supervisor has another one in its place, or is gone; a server of its own by SIGHUP.
    """
    sys.setswitchinterval(SWITCH)
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(_serve(app, sock, ending, lifeline))


def listen(host: str, port: int) -> socket.socket:
    """A socket that nobody else can have from now on. Raises Refused when the address can't be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SLOWEST_READER * 1000)
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except (OSError, UnicodeError) as error:
        raise Refused(f"can't listen on {host} port {port}: {getattr(error, 'strerror', None) or error}") from None
    return sock


async def _serve(app: ASGIFramework, sock: socket.socket, ending: Ending, lifeline: Lifeline | None) -> None:
    stop = asyncio.Event()
    config = _config(sock)
    patience = min(LINGER, ending.grace / 2)
    _heed(stop, config, STOPS if lifeline else STOPS | {signal.SIGHUP})
    _tend_memory()
    _allow_connections()

    async def stopped() -> None:
        """Hypercorn waits for this once it takes connections."""
        if lifeline is not None:
            lifeline.say(UP)
            await _hold_on(lifeline, stopping)
            if not stop.is_set():
                await _take_leave(config, sock, LINGER)
            stop.set()
        await stop.wait()
        if not config.is_leaving:
            await _take_leave(config, sock, patience)

    stopping = asyncio.create_task(stop.wait())
    serving = asyncio.create_task(serve(app, config, shutdown_trigger=stopped))
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not stop.is_set():
        await _raise_failure(serving)
    ending.drain()
    _log.info("stopping", grace=ending.grace)
    done, _ = await asyncio.wait({serving}, timeout=ending.grace)
    if not done:
        serving.cancel()
        await asyncio.wait({serving}, timeout=LAST_WORDS)
        await asyncio.wait({asyncio.create_task(ending.shutdown())}, timeout=LAST_WORDS)
    _log.info("stopped", in_time=bool(done))


def _heed(stop: asyncio.Event, config: DatedConfig, numbers: set[signal.Signals]) -> None:
    """They may have come already: a supervisor has them held back until now."""

    def heed(number: signal.Signals) -> None:
        config.is_leaving |= number == signal.SIGINT
        stop.set()

    for number in numbers:
        asyncio.get_running_loop().add_signal_handler(number, heed, number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)


async def _hold_on(lifeline: Lifeline, stopping: asyncio.Task[Any]) -> None:
    """Until the worker is to stop, or to leave."""
    leaving = asyncio.create_task(lifeline.told_to_leave())
    await asyncio.wait({leaving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()


async def _take_leave(config: DatedConfig, sock: socket.socket, patience: float) -> None:
    """Take no more connections and answer on those there are, so that no client sends a request into a closing one.

    Ends when there are none left, after `patience` seconds at the latest.
    """
    config.is_leaving = True
    left = await cast("Loop", asyncio.get_running_loop()).listen_no_more(sock)
    await asyncio.wait({left}, timeout=patience)
    left.cancel()


async def _raise_failure(serving: asyncio.Task[None]) -> None:
    try:
        await serving
    except LifespanFailureError as error:
        raise Refused(f"the application could not start: {error}") from None


class DatedConfig(Config):
    """Hypercorn formats the date for every response; once a second is enough."""

    _dated = (0, b"")
    is_leaving = False
    """Clients are told to connect anew after each answer."""

    def response_headers(self, _protocol: str) -> list[tuple[bytes, bytes]]:
        second = int(time.time())
        if self._dated[0] != second:
            self._dated = (second, formatdate(second, usegmt=True).encode())
        date = [(b"date", self._dated[1])]
        return [*date, (b"connection", b"close")] if self.is_leaving else date


class Loop(uvloop.Loop):
    """Knows what it listens on, so that it can stop that before the connections it has end."""

    _servers: tuple[tuple[Any, Callable[[], asyncio.Protocol]], ...] = ()

    async def create_server(self, protocol_factory: Any, *args: Any, **kwargs: Any) -> Any:
        server = await super().create_server(protocol_factory, *args, **kwargs)
        self._servers += ((server, protocol_factory),)
        return server

    async def listen_no_more(self, sock: socket.socket) -> asyncio.Future[Any]:
        """What is done once no connection is left, if that can be told.

        Connections that the system has made already are taken: closing would reset them, with what was sent on them.
        """
        gone = self.create_task(self._gone())
        await asyncio.sleep(0)  # uvloop waits for connections only if it was asked to before it closes
        waiting = _waiting(sock)
        for server, _ in self._servers:
            server.close()
        for connection in waiting:
            await self.connect_accepted_socket(self._servers[0][1], connection)
        return self.create_future() if waiting else gone

    async def _gone(self) -> None:
        for server, _ in self._servers:
            await server.wait_closed()


def _waiting(sock: socket.socket) -> list[socket.socket]:
    found: list[socket.socket] = []
    sock.settimeout(0)
    with suppress(OSError):
        while True:
            found.append(sock.accept()[0])
    return found


def _config(sock: socket.socket) -> DatedConfig:
    config = DatedConfig()
    config.bind = [f"fd://{sock.fileno()}"]
    config.alpn_protocols = ["http/1.1"]
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    config.backlog = BACKLOG
    config.keep_alive_timeout = KEEP_ALIVE
    config.keep_alive_max_requests = 1_000_000
    config.h11_max_incomplete_size = INCOMPLETE_SIZE
    config.websocket_max_message_size = SOCKET_MESSAGE
    config.graceful_timeout = 3600
    return config


def _allow_connections() -> None:
    """Most systems start a program with 1,024 open files and let it have more: fewer than may listen to live updates."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _tend_memory() -> None:
    """What is loaded by now lives as long as the process: later collections need not walk it, and come rarely.

    glibc keeps large blocks that were freed once; the memory of a password's hash is to be given back each time.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)
