"""H, the yardstick: the least an ASGI application can do, behind the Hypercorn settings blogapp is served with."""

from __future__ import annotations

import sys

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPResponseStartEvent, Scope

BODY = b"Hello, world!\n"
START: HTTPResponseStartEvent = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(BODY))],
}


async def app(scope: Scope, _: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    if scope["type"] != "http":
        return
    await send(START)
    await send({"type": "http.response.body", "body": BODY, "more_body": False})


def config(port: int) -> Config:
    chosen = Config()
    chosen.bind = [f"127.0.0.1:{port}"]
    chosen.include_date_header = False
    chosen.include_server_header = False
    chosen.keep_alive_max_requests = 1_000_000
    return chosen


if __name__ == "__main__":
    uvloop.run(serve(app, config(int(sys.argv[1]))))
