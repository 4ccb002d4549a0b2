"""What readers feel while passwords are hashed or texts are rendered: a gentle stream of requests at fixed times, and
sign-ins or saves beside it.

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

import uvloop

from benchmarks.client import LOGIN, Client
from benchmarks.cores import BenchmarkError
from benchmarks.data import PASSWORD, email
from benchmarks.servers import Running

REQUESTS_A_SECOND = 50
PASSWORDS_A_SECOND = 2
SAVES_A_SECOND = 2
SAVED_LENGTH = 10_000
"""Characters of a text with headings, lists, links and code."""
REFUSED = {200, 400, 401, 422}
"""What a sign-in form may answer to a wrong password; anything else means that nothing was hashed."""
ACCEPTED = {302, 303}


@dataclass(frozen=True)
class Hashing:
    """Milliseconds."""

    p99: float
    quiet_p99: float
    """The same stream of requests without sign-ins."""
    sign_in: float
    """Median of the sign-ins themselves."""


@dataclass(frozen=True)
class Saving:
    """Milliseconds."""

    p99: float
    """Of other requests."""
    worst: float
    median: float
    """Of the saves themselves."""


def saving(server: Running, paths: list[str], seconds: int) -> Saving:
    """Raises BenchmarkError when a page fails or a save is not answered as one."""
    with _no_pauses_of_our_own():
        try:
            return uvloop.run(_saving(server, paths, seconds))
        except (OSError, EOFError) as error:
            raise BenchmarkError(f"{server.name} left a request without an answer: {error!r}") from error


async def _saving(server: Running, paths: list[str], seconds: int) -> Saving:
    client = Client(server)
    token = await client.token(email(1))

    async def read(turn: int) -> None:
        _expect({200}, (await client.get(paths[turn % len(paths)])).status, paths[turn % len(paths)])

    async def save(turn: int) -> None:
        text = {"title": f"A long piece, number {turn}", "content": _long_text(turn)}
        _expect({201}, (await client.call("POST", "/api/posts", token, text)).status, "POST /api/posts")

    await save(0)
    others, saves = await asyncio.gather(
        _stream(read, REQUESTS_A_SECOND, seconds), _stream(save, SAVES_A_SECOND, seconds)
    )
    await client.close()
    return Saving(_p99(others), max(others), statistics.median(saves))


def _long_text(number: int) -> str:
    part = (
        f"## Part {number}\n\nThe *quick* brown fox **jumps** over [the lazy dog](https://example.org/{number}), "
        "and `nobody` sees it but the moon.[^1]\n\n- one thing\n- another\n\n```python\ndef tide(hours):\n"
        "    return [hour * 2 for hour in hours]  # roughly\n```\n\n| a | b |\n|--|--|\n| 1 | 2 |\n\n"
    )
    return (part * (SAVED_LENGTH // len(part)) + "[^1]: Nor does it care.\n").ljust(SAVED_LENGTH, ".")


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
        _expect({200}, (await client.get(paths[turn % len(paths)])).status, paths[turn % len(paths)])

    async def fail_to_sign_in(turn: int) -> None:
        _expect(
            REFUSED, (await client.sign_in(email(turn + 1), f"wrong {turn}")).status, f"{LOGIN} with a wrong password"
        )

    _expect(ACCEPTED, (await client.sign_in(email(1), PASSWORD)).status, f"{LOGIN} with the right password")
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
        raise BenchmarkError(f"{what} answered {status} beside other requests")


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
