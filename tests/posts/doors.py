"""The two doors to posts: the form of a browser and the JSON of a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from quart import Quart

from tests.people import Client, Person, bearer, signed_in
from tests.posts.make import CONTENT, TITLE


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    body: str


class Door(Protocol):
    async def open_as(self, app: Quart, person: Person | None) -> None: ...
    async def publish(self, **fields: str) -> Said: ...
    async def edit(self, post: int, **fields: str) -> Said: ...
    async def edit_seen(self, post: int, seen: Any, **fields: str) -> Said: ...
    async def see(self, post: int) -> Any: ...
    async def delete(self, post: int) -> Said: ...


class FormDoor:
    """A redirect means done; texts are escaped."""

    client: Client

    async def open_as(self, app: Quart, person: Person | None) -> None:
        self.client = await signed_in(app, person) if person else app.test_client()

    async def publish(self, **fields: str) -> Said:
        return await self._send("/posts/new", fields)

    async def edit(self, post: int, **fields: str) -> Said:
        return await self._send(f"/posts/{post}/edit", {"title": TITLE, "content": CONTENT} | fields)

    async def edit_seen(self, post: int, seen: Any, **fields: str) -> Said:
        return await self.edit(post, version=seen, **fields)

    async def see(self, post: int) -> Any:
        page = await (await self.client.get(f"/posts/{post}/edit")).get_data(as_text=True)
        return page.partition('name="version" value="')[2].partition('"')[0]

    async def delete(self, post: int) -> Said:
        return await self._send(f"/posts/{post}/delete", {})

    async def _send(self, url: str, fields: dict[str, str]) -> Said:
        response = await self.client.post(url, form=fields)
        body = (await response.get_data(as_text=True)).replace("&#39;", "'")
        return Said({303: 200}.get(response.status_code, response.status_code), body)


class JSONDoor:
    """Created is done, too; a lost update is 412 where the form says 409."""

    client: Client
    headers: dict[str, str]

    async def open_as(self, app: Quart, person: Person | None) -> None:
        self.client, self.headers = app.test_client(), await bearer(app, person) if person else {}

    async def publish(self, **fields: str) -> Said:
        return await self._send("POST", "/api/posts", fields)

    async def edit(self, post: int, **fields: str) -> Said:
        return await self._send("PATCH", f"/api/posts/{post}", fields)

    async def edit_seen(self, post: int, seen: Any, **fields: str) -> Said:
        return await self._send("PATCH", f"/api/posts/{post}", fields, {"If-Match": seen})

    async def see(self, post: int) -> Any:
        return (await self.client.get(f"/api/posts/{post}")).headers["ETag"]

    async def delete(self, post: int) -> Said:
        return await self._send("DELETE", f"/api/posts/{post}", None)

    async def _send(
        self, method: str, url: str, fields: dict[str, str] | None, headers: dict[str, str] | None = None
    ) -> Said:
        response = await self.client.open(url, method=method, json=fields, headers=self.headers | (headers or {}))
        status = {201: 200, 412: 409}.get(response.status_code, response.status_code)
        return Said(status, await response.get_data(as_text=True))


DOORS: dict[str, type[Door]] = {"form": FormDoor, "json": JSONDoor}
