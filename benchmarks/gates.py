"""What is measured, and the bounds every figure is held to: the gate must hold, the aim is where we want to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["aim", "gate", "MISS"]


@dataclass(frozen=True)
class Bound:
    gate: float
    aim: float
    at_most: bool = False
    """Whether small values are the good ones."""

    def verdict(self, value: float) -> Verdict:
        if self._within(value, self.aim):
            return "aim"
        return "gate" if self._within(value, self.gate) else "MISS"

    def _within(self, value: float, limit: float) -> bool:
        return value <= limit if self.at_most else value >= limit


@dataclass(frozen=True)
class Endpoint:
    """One row of the table. Paths may name a post by `{id}` and `{slug}`."""

    key: str
    path: str
    flask_path: str
    shows: str
    """Text both applications must answer with, a `{title}` perhaps: a fast error page is not a fast page."""
    of_h: Bound
    of_flask: Bound | None = Bound(gate=2, aim=4)
    reads_database: bool = True
    """Whether both applications do; a kept page reads nothing, and Flask does."""
    is_kept: bool = False
    """Asked of a server with its page cache; of one without where not."""

    @property
    def name(self) -> str:
        return f"GET {self.path}{', kept' if self.is_kept else ''}"

    def bounds_on(self, database: str) -> tuple[Bound | None, Bound | None]:
        """Of H and of Flask. What reads is judged on PostgreSQL, and SQLite's figures are for information."""
        is_judged = database == "postgresql" or not self.reads_database
        return (self.of_h if is_judged or self.is_kept else None, self.of_flask if is_judged else None)


def _kept(
    key: str, path: str, flask_path: str, shows: str, of_flask: Bound | None = Bound(gate=10, aim=15)
) -> Endpoint:
    return Endpoint(f"kept-{key}", path, flask_path, shows, Bound(0.80, 1.0), of_flask, is_kept=True)


ENDPOINTS = (
    Endpoint("home", "/", "/", "{newest}", Bound(0.12, 0.20)),
    Endpoint("users", "/api/users", "/api/users", '"total"', Bound(0.18, 0.26)),
    Endpoint("posts", "/api/posts", "/api/posts", "{newest}", Bound(0.18, 0.26)),
    Endpoint("post", "/api/posts/{id}", "/api/posts/{id}", "{title}", Bound(0.20, 0.31)),
    Endpoint("page", "/posts/{id}/{slug}", "/posts/{id}", "{title}", Bound(0.20, 0.31)),
    Endpoint("login", "/auth/login", "/auth/login", 'name="password"', Bound(0.28, 0.40), reads_database=False),
    _kept("home", "/", "/", "{newest}"),
    _kept("posts", "/api/posts", "/api/posts", "{newest}"),
    _kept("feed", "/feed.atom", "/feed.atom", "{newest}"),
    _kept("page", "/posts/{id}/{slug}", "/posts/{id}", "{title}"),
    _kept("post", "/api/posts/{id}", "/api/posts/{id}", "{title}", of_flask=None),
)

KEPT_P99 = Bound(gate=20, aim=12, at_most=True)
"""Milliseconds, p99 of each of the kept pages under full load."""

HASHING = Bound(gate=50, aim=20, at_most=True)
"""Milliseconds, p99 of other requests while two passwords a second are hashed on the server's one core."""

SAVE = Bound(gate=150, aim=75, at_most=True)
"""Milliseconds, median of saving a text of 10,000 characters, rendering included."""

HELD_UP = Bound(gate=20, aim=10, at_most=True)
"""Milliseconds, p99 of other requests while two such texts a second are saved."""

RERENDERED = Bound(gate=10, aim=5, at_most=True)
"""Milliseconds for each post whose HTML is made again."""

START = Bound(gate=2, aim=1, at_most=True)
"""Seconds from starting `blogapp serve` on a migrated database to its first page."""

MEMORY = Bound(gate=120, aim=120, at_most=True)
"""MiB of one worker after the benchmark, as proportional set size."""

SOCKET_MEMORY = Bound(gate=50, aim=30, at_most=True)
"""KiB of a worker for each of a thousand listeners."""

SOCKET_TIME = Bound(gate=100, aim=60, at_most=True)
"""Milliseconds from asking for a new post to its being known to a thousand listeners."""

TWO_WORKERS = Bound(gate=1.6, aim=1.8)
"""Times the kept pages that one worker answers, on the same two cores."""

SEARCHED = {"postgresql": Bound(gate=50, aim=25, at_most=True), "sqlite": Bound(gate=100, aim=50, at_most=True)}
"""Milliseconds until a search among 100,000 posts is answered, p95 of each kind."""

GROWN = Bound(gate=1.5, aim=1.2, at_most=True)
"""Times what the same page costs on a small blog."""

PERFORMANCE = Bound(gate=95, aim=100)
"""What Lighthouse gives a page, of 100."""

FLAWLESS = Bound(gate=100, aim=100)
"""The same for accessibility, best practices and search engines."""

STILL = Bound(gate=0, aim=0, at_most=True)
"""How much of a page moves while it comes, as cumulative layout shift."""

SOAKED = Bound(gate=10, aim=10, at_most=True)
"""Percent by which memory grows over a soak."""

FIGURES = ("hashing", "saving", "sockets", "workers", "rerendering", "start", "memory")
ROWS = (*(endpoint.key for endpoint in ENDPOINTS), *FIGURES)
