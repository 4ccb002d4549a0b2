"""One Hypercorn process that stops as promised.

Stock Hypercorn 0.18 waits for ever on an open request under Python 3.12.1 and later, and exits with 0 when the
application could not start; so the time to stop is bounded here, and failures are raised.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
import signal
import socket
import time
from collections.abc import Callable, Coroutine
from email.utils import formatdate
from typing import Any

import structlog
import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import ASGIFramework
from hypercorn.utils import LifespanFailureError

from blogapp.errors import Refused

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
LAST_WORDS = 0.9
"""Seconds for each of the two steps that follow when the time to stop is over."""
COLLECTIONS = (5_000, 20, 50)
"""Thresholds of the three generations of the garbage collector."""

_log = structlog.get_logger("blogapp.server")

Shutdown = Callable[[], Coroutine[Any, Any, None]]


def run(
    app: ASGIFramework, sock: socket.socket, *, drain: Callable[[], None], shutdown: Shutdown, grace: float
) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP, then finish what is in flight within `grace` seconds."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(app, sock, drain, shutdown, grace))


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


async def _serve(
    app: ASGIFramework, sock: socket.socket, drain: Callable[[], None], shutdown: Shutdown, grace: float
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    _tend_memory()
    serving = asyncio.create_task(serve(app, _config(sock), shutdown_trigger=stop.wait))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not stop.is_set():
        await _raise_failure(serving)
    drain()
    _log.info("stopping", grace=grace)
    done, _ = await asyncio.wait({serving}, timeout=grace)
    if not done:
        serving.cancel()
        await asyncio.wait({serving}, timeout=LAST_WORDS)
        await asyncio.wait({asyncio.create_task(shutdown())}, timeout=LAST_WORDS)
    _log.info("stopped", in_time=bool(done))


async def _raise_failure(serving: asyncio.Task[None]) -> None:
    try:
        await serving
    except LifespanFailureError as error:
        raise Refused(f"the application could not start: {error}") from None


class DatedConfig(Config):
    """Hypercorn formats the date for every response; once a second is enough."""

    _dated = (0, b"")

    def response_headers(self, _protocol: str) -> list[tuple[bytes, bytes]]:
        second = int(time.time())
        if self._dated[0] != second:
            self._dated = (second, formatdate(second, usegmt=True).encode())
        return [(b"date", self._dated[1])]


def _config(sock: socket.socket) -> Config:
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
