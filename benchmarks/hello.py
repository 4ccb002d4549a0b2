"""H, the yardstick: the least an ASGI application can do, under Hypercorn configured as `blogapp serve` configures it.

With "swift" as its second argument it is also served with what blogapp changes in Hypercorn (`infra/heads.py`,
`infra/pauses.py`): no Python application can be faster here.
"""

from __future__ import annotations

import sys

from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable, HTTPResponseStartEvent, Scope

from blogapp.infra import heads, pauses, server

BODY = b"Hello, world!\n"
START: HTTPResponseStartEvent = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(BODY))],
}


async def app(scope: Scope, _: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    if scope["type"] == "http":
        await send(START)
        await send({"type": "http.response.body", "body": BODY, "more_body": False})


async def shutdown() -> None:
    """There is nothing to close."""


if __name__ == "__main__":
    if "swift" in sys.argv[2:]:
        heads.remember()
        pauses.note()
    sock = server.listen("127.0.0.1", int(sys.argv[1]))
    server.run(app, sock, server.Ending(lambda: None, shutdown, grace=1))
