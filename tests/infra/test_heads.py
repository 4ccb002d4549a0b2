"""What goes over the wire when lines of answers are remembered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypercorn import protocol
from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.protocol import http_stream

from blogapp.infra import heads
from blogapp.infra.server import listen

BODY = b"Hello, world!"
SAME = [(b"x-frame-options", b"DENY"), (b"X-Spaced", b" around  ")]


async def app(scope: Any, _receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    lines = {
        "/": [(b"Content-Length", b"%d" % len(BODY)), *SAME],
        "/streamed": SAME,
        "/unchanged": SAME,
        "/evil": [(b"content-length", b"0"), (b"x-evil", b"a\r\nset-cookie: b")],
        "/broken": [(b"content-length", b"100"), *SAME],
    }[scope["path"]]
    status = 304 if scope["path"] == "/unchanged" else 200
    await send({"type": "http.response.start", "status": status, "headers": lines})
    if scope["path"] == "/broken":
        raise RuntimeError
    if scope["path"] == "/streamed":
        await send({"type": "http.response.body", "body": BODY, "more_body": True})
    body = b"" if scope["path"] in {"/unchanged", "/evil"} else BODY
    await send({"type": "http.response.body", "body": body, "more_body": False})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(protocol, "H11Protocol", protocol.H11Protocol)
    monkeypatch.setattr(http_stream, "build_and_validate_headers", http_stream.build_and_validate_headers)
    heads.remember()
    stop = asyncio.Event()
    config = Config()
    config.errorlog = None
    with listen("127.0.0.1", 0) as sock:
        config.bind = [f"fd://{sock.fileno()}"]
        serving = asyncio.create_task(serve(app, config, shutdown_trigger=stop.wait))
        yield sock.getsockname()[1]
        stop.set()
        await serving
        sock.detach()


async def _asked(port: int, *targets: str, method: str = "GET") -> bytes:
    """All that comes back on one connection; the last request asks for its end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number, target in enumerate(targets, 1):
        last = "Connection: close\r\n" if number == len(targets) else ""
        writer.write(f"{method} {target} HTTP/1.1\r\nHost: here\r\n{last}\r\n".encode())
    async with asyncio.timeout(10):
        found = await reader.read()
    writer.close()
    return found


async def test_every_answer_of_a_connection_has_all_its_lines(port: int):
    answers = (await _asked(port, "/", "/", "/")).split(BODY)
    assert answers.pop() == b""
    assert len(answers) == 3
    for answer in answers:
        head, _, rest = answer.partition(b"\r\n\r\n")
        status, *lines = head.split(b"\r\n")
        assert (status, rest) == (b"HTTP/1.1 200 ", b"")
        names = sorted(line.partition(b":")[0].lower() for line in lines)
        expected = [b"content-length", b"date", b"server", b"x-frame-options", b"x-spaced"]
        assert [name for name in names if name != b"connection"] == expected
        assert {b"x-frame-options: DENY", b"X-Spaced: around"} <= set(lines)


async def test_a_stream_is_sent_in_chunks(port: int):
    answer = await _asked(port, "/streamed")
    assert b"\r\ntransfer-encoding: chunked\r\n" in answer.lower()
    assert answer.endswith(b"\r\n\r\n" + 2 * (b"d\r\n" + BODY + b"\r\n") + b"0\r\n\r\n")


@pytest.mark.parametrize(("method", "target"), [("HEAD", "/"), ("GET", "/unchanged")])
async def test_an_answer_without_a_body_ends_with_its_head(port: int, method: str, target: str):
    answer = await _asked(port, target, target, method=method)
    assert answer.count(b"HTTP/1.1 ") == answer.count(b"x-frame-options: DENY\r\n") == 2
    assert answer.endswith(b"\r\n\r\n")


async def test_no_line_can_become_two(port: int):
    for _ in range(2):
        assert b"set-cookie" not in await _asked(port, "/evil")


async def test_nothing_is_promised_by_an_answer_that_fails_before_its_body(port: int):
    assert await _asked(port, "/broken") == b""
