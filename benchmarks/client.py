"""Keep-alive connections to one server, for loads that wrk can't make."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from benchmarks.cores import BenchmarkError
from benchmarks.data import PASSWORD
from benchmarks.servers import HOST, Running

ANSWER_TIMEOUT = 10.0
LOGIN = "/auth/login"

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    head: str
    body: bytes

    @property
    def cookies(self) -> str:
        """As the next request sends them."""
        lines = (line.partition(":") for line in self.head.split("\r\n"))
        given = (value.strip() for name, _, value in lines if name.lower() == "set-cookie")
        return "; ".join(value.partition(";")[0] for value in given)


class Client:
    """A request takes an idle connection or opens another."""

    def __init__(self, server: Running) -> None:
        self.host = f"{HOST}:{server.port}"
        self._port = server.port
        self._idle: list[Connection] = []

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        return await self._ask("GET", path, headers or {}, b"")

    async def call(self, method: str, path: str, token: str, document: dict[str, Any] | None = None) -> Reply:
        """Of the API; without a token where it is empty."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if document:
            headers["Content-Type"] = "application/json"
        return await self._ask(method, path, headers, json.dumps(document).encode() if document else b"")

    async def sign_in(self, address: str, password: str) -> Reply:
        headers = {
            "Origin": f"http://{self.host}",
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return await self._ask("POST", LOGIN, headers, urlencode({"email": address, "password": password}).encode())

    async def token(self, address: str) -> str:
        """A new one of the user who has that address. Raises BenchmarkError when there is none."""
        reply = await self.call("POST", "/api/tokens", "", {"email": address, "password": PASSWORD})
        if reply.status != 201:
            raise BenchmarkError(f"POST /api/tokens answered {reply.status}")
        return str(json.loads(reply.body)["token"])

    async def close(self) -> None:
        for _, writer in self._idle:
            writer.close()
            await writer.wait_closed()

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        lines = {"Host": self.host, **headers} | ({"Content-Length": str(len(body))} if body else {})
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        reader, writer = connection = await self._connection()
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        async with asyncio.timeout(ANSWER_TIMEOUT):
            found = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            reply = Reply(int(found.split(maxsplit=2)[1]), found, await reader.readexactly(_content_length(found)))
        if "\r\nconnection: close" in found.lower():
            writer.close()
        else:
            self._idle.append(connection)
        return reply

    async def _connection(self) -> Connection:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(HOST, self._port)


def _content_length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0
