"""What a thousand listeners cost: memory of the server for each, and the time until all have heard of a new post."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.client import Client
from benchmarks.cores import BenchmarkError
from benchmarks.crowd import Crowd, crowd
from benchmarks.data import email
from benchmarks.processes import processor_seconds, worker_memory
from benchmarks.servers import Running

LISTENERS = 1_000
WARMING = 50
"""Listeners who come, hear one message and go before anything is measured."""
MESSAGES = 9

Publish = Callable[[str], float]
"""Writes a post of that title; the moment before its request was sent, in seconds of `time.perf_counter`."""


@dataclass(frozen=True)
class Sockets:
    memory: float
    """KiB of the worker for each, as proportional set size, after all messages."""
    to_all: float
    """Milliseconds from sending the request that makes a post to the last listener's having it; median of them."""
    slowest: float
    """The same of the slowest message."""
    cost: float
    """Processor milliseconds the server spent on one message, the post itself among them."""


def sockets(server: Running) -> Sockets:
    """The server must let one address have that many sockets. Raises BenchmarkError when a listener hears nothing."""
    with asyncio.Runner() as runner:
        client = Client(server)
        token = runner.run(client.token(email(1)))

        def publish(title: str) -> float:
            began = time.perf_counter()
            reply = runner.run(
                client.call("POST", "/api/posts", token, {"title": title, "content": "Something for all who listen."})
            )
            if reply.status != 201:
                raise BenchmarkError(f"POST /api/posts answered {reply.status}")
            return began

        with crowd(server, WARMING) as few:
            _messages(few, publish, "warming")
        before = worker_memory(server.pid)
        with crowd(server, LISTENERS) as many:
            spent = processor_seconds(server.pid)
            times = _messages(many, publish, "measured")
            spent = processor_seconds(server.pid) - spent
            taken = worker_memory(server.pid) - before
        runner.run(client.close())
    return Sockets(
        memory=taken * 1024 / LISTENERS,
        to_all=statistics.median(times),
        slowest=max(times),
        cost=spent / MESSAGES * 1000,
    )


def _messages(listeners: Crowd, publish: Publish, name: str) -> list[float]:
    """Milliseconds of each."""
    times = []
    for number in range(MESSAGES):
        title = f"{name} {number}"
        began = publish(title)
        times.append((max(listeners.hear(title.encode())) - began) * 1000)
    return times
