"""What readers feel while passwords are hashed: a gentle stream of requests at fixed times, and sign-ins beside it.

Latency counts from the moment a request was due, so a server that stalls is charged for all who had to wait.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import uvloop

from benchmarks.cores import BenchmarkError
from benchmarks.data import PASSWORD, email
from benchmarks.servers import HOST, Running

REQUESTS_A_SECOND = 50
PASSWORDS_A_SECOND = 2
ANSWER_TIMEOUT = 10.0
LOGIN = "/auth/login"
REFUSED = {200, 400, 401, 422}
"""What a sign-in form may answer to a wrong password; anything else means that nothing was hashed."""
ACCEPTED = {302, 303}

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Hashing:
    """Milliseconds."""

    p99: float
    quiet_p99: float
    """The same stream of requests without sign-ins."""
    sign_in: float
    """Median of the sign-ins themselves."""


class Client:
    """Keep-alive connections to one server; a request takes an idle one or opens another."""

    def __init__(self, server: Running) -> None:
        self._server = server
        self._idle: list[Connection] = []

    async def get(self, path: str) -> int:
        return await self._ask(f"GET {path} HTTP/1.1\r\nHost: {self._host}\r\n\r\n")

    async def sign_in(self, address: str, password: str) -> int:
        form = urlencode({"email": address, "password": password})
        return await self._ask(
            f"POST {LOGIN} HTTP/1.1\r\nHost: {self._host}\r\nOrigin: http://{self._host}\r\n"
            "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(form)}\r\n\r\n{form}"
        )

    async def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
            await writer.wait_closed()

    @property
    def _host(self) -> str:
        return f"{HOST}:{self._server.port}"

    async def _ask(self, request: str) -> int:
        reader, writer = connection = await self._connection()
        writer.write(request.encode())
        async with asyncio.timeout(ANSWER_TIMEOUT):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            await reader.readexactly(_content_length(head))
        if "\r\nconnection: close" in head:
            writer.close()
        else:
            self._idle.append(connection)
        return int(head.split(maxsplit=2)[1])

    async def _connection(self) -> Connection:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(HOST, self._server.port)


def hashing(server: Running, paths: list[str], seconds: int) -> Hashing:
    """Raises BenchmarkError when a page fails or a sign-in is not answered as one."""
    with _no_pauses_of_our_own():
        try:
            return uvloop.run(_hashing(server, paths, seconds))
        except (OSError, EOFError) as error:
            raise BenchmarkError(f"{server.name} left a request without an answer: {error!r}") from error


async def _hashing(server: Running, paths: list[str], seconds: int) -> Hashing:
    client = Client(server)

    async def read(turn: int) -> None:
        _expect({200}, await client.get(paths[turn % len(paths)]), paths[turn % len(paths)])

    async def fail_to_sign_in(turn: int) -> None:
        _expect(REFUSED, await client.sign_in(email(turn + 1), f"wrong {turn}"), f"{LOGIN} with a wrong password")

    _expect(ACCEPTED, await client.sign_in(email(1), PASSWORD), f"{LOGIN} with the right password")
    quiet = await _stream(read, REQUESTS_A_SECOND, seconds)
    disturbed, sign_ins = await asyncio.gather(
        _stream(read, REQUESTS_A_SECOND, seconds), _stream(fail_to_sign_in, PASSWORDS_A_SECOND, seconds)
    )
    await client.close()
    return Hashing(_p99(disturbed), _p99(quiet), statistics.median(sign_ins))


async def _stream(act: Callable[[int], Awaitable[None]], rate: int, seconds: int) -> list[float]:
    """Acts `rate` times a second whether or not earlier acts have ended; their latencies in milliseconds."""
    began = time.perf_counter()

    async def timed(turn: int) -> float:
        due = began + turn / rate
        await asyncio.sleep(due - time.perf_counter())
        await act(turn)
        return (time.perf_counter() - due) * 1000

    return await asyncio.gather(*(timed(turn) for turn in range(rate * seconds)))


def _expect(statuses: set[int], status: int, what: str) -> None:
    if status not in statuses:
        raise BenchmarkError(f"{what} answered {status} while passwords were being hashed")


def _content_length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name == "content-length":
            return int(value)
    return 0


def _p99(latencies: list[float]) -> float:
    return statistics.quantiles(latencies, n=100, method="inclusive")[98]


@contextmanager
def _no_pauses_of_our_own() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
