"""Requests as a blog gets them: strangers who read, people signed in, programs, and writers."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.client import Client, Reply
from benchmarks.cores import BenchmarkError
from benchmarks.data import PASSWORD, POSTS, Sample, email
from benchmarks.servers import Running

AT_ONCE = 16
"""Requests in flight."""
PAGES = POSTS // 100
"""Numbers of pages that are asked for; there are more, of any usual size."""
WRITTEN = 3
"""Requests of one act of writing: a post is made, edited and deleted."""
CONTENT = "Written while others read, and gone again soon. " * 30

Act = Callable[[], Awaitable[int]]
"""Makes requests; how many."""


@dataclass(frozen=True)
class Visitors:
    """Somebody signed in by cookie, and a program with a token of the same account."""

    cookie: str
    token: str


class Traffic:
    """The same mixture of the same requests each time."""

    def __init__(self, server: Running, sample: Sample) -> None:
        self._client = Client(server)
        self._sample = sample
        self._chance = random.Random(50_000)
        self._visitors = Visitors("", "")

    async def begin(self) -> None:
        signed_in = await self._client.sign_in(email(1), PASSWORD)
        _expect(303, signed_in, "signing in")
        self._visitors = Visitors(signed_in.cookies, await self._client.token(email(1)))

    async def end(self) -> None:
        await self._client.close()

    async def flow(self, requests: int) -> int:
        """That many requests, or one act more; how many they were. Raises BenchmarkError when one is answered wrongly."""
        made = 0

        async def visit() -> None:
            nonlocal made
            while made < requests:
                requests_made = await self._chosen()()
                made += requests_made

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(visit())
        return made

    async def publish(self, title: str) -> None:
        """A post that stays."""
        made = await self._call("POST", "/api/posts", {"title": title, "content": CONTENT})
        _expect(201, made, "POST /api/posts")

    def _chosen(self) -> Act:
        acts, weights = zip(
            (self._reads_a_kept_page, 60),
            (self._reads_a_numbered_page, 8),
            (self._reads_signed_in, 14),
            (self._calls_with_a_token, 10),
            (self._gets_lost, 4),
            (self._writes, 3),
            strict=True,
        )
        chosen: Act = self._chance.choices(acts, weights)[0]
        return chosen

    async def _reads_a_kept_page(self) -> int:
        pattern = self._chance.choice(
            ("/", "/posts/{id}/{slug}", "/posts/{id}/{slug}", "/api/posts", "/api/posts/{id}")
        )
        return await self._read(self._path(pattern))

    async def _reads_a_numbered_page(self) -> int:
        pattern = self._chance.choice(("/?page={}", "/api/posts?page={}", "/auth/login"))
        return await self._read(pattern.format(self._chance.randint(1, PAGES)))

    async def _reads_signed_in(self) -> int:
        pattern = self._chance.choice(("/", "/posts/{id}/{slug}", "/dashboard"))
        return await self._read(self._path(pattern), {"Cookie": self._visitors.cookie})

    async def _calls_with_a_token(self) -> int:
        pattern = self._chance.choice(("/api/posts", "/api/posts/{id}", "/api/users"))
        return await self._read(self._path(pattern), {"Authorization": f"Bearer {self._visitors.token}"})

    async def _gets_lost(self) -> int:
        path = f"/nothing/{self._chance.randrange(1_000_000)}"
        _expect(404, await self._client.get(path), path)
        return 1

    async def _writes(self) -> int:
        draft = {"title": f"Draft {self._chance.randrange(1_000_000)}", "content": CONTENT}
        made = await self._call("POST", "/api/posts", draft)
        _expect(201, made, "POST /api/posts")
        path = f"/api/posts/{json.loads(made.body)['id']}"
        _expect(200, await self._call("PATCH", path, {"content": f"{CONTENT} Edited."}), f"PATCH {path}")
        _expect(200, await self._call("DELETE", path), f"DELETE {path}")
        return WRITTEN

    async def _read(self, path: str, headers: dict[str, str] | None = None) -> int:
        _expect(200, await self._client.get(path, headers), path)
        return 1

    async def _call(self, method: str, path: str, document: dict[str, str] | None = None) -> Reply:
        return await self._client.call(method, path, self._visitors.token, document)

    def _path(self, pattern: str) -> str:
        post = self._chance.choice(self._sample.posts)
        return pattern.format(id=post.id, slug=post.slug)


def _expect(status: int, reply: Reply, what: str) -> None:
    if reply.status != status:
        raise BenchmarkError(f"{what} answered {reply.status} instead of {status}: {reply.body[:200]!r}")
