"""How often one client may do what. Costly acts are counted in the database, API calls in Redis or in memory."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from quart import Request, Response, g

from blogapp.errors import TooManyRequests
from blogapp.infra.resources import Resources
from blogapp.web.addresses import is_of_api
from blogapp.web.context import actor, client_network, network_of, resources

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

MARK = "_rate_limit"


def limited(name: str) -> Callable[[Callable[Arguments, Awaitable[Answer]]], Callable[Arguments, Awaitable[Answer]]]:
    """Count every call of a handler against the setting `limit_<name>`, for the account or else the network."""

    def decorate(handler: Callable[Arguments, Awaitable[Answer]]) -> Callable[Arguments, Awaitable[Answer]]:
        @wraps(handler)
        async def counted(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
            await hit(name, client())
            return await handler(*args, **kwargs)

        setattr(counted, MARK, name)
        return counted

    return decorate


def metered(handler: Callable[Arguments, Awaitable[Answer]]) -> Callable[Arguments, Awaitable[Answer]]:
    """Count every call of a page that costs what a call of the API costs as one of those."""

    @wraps(handler)
    async def counted(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        await _count(resources().meter, "api", client())
        return await handler(*args, **kwargs)

    setattr(counted, MARK, "api")
    return counted


def client() -> str:
    return f"user:{actor().id}" if actor().is_authenticated else f"net:{client_network()}"


async def hit(name: str, key: str) -> None:
    """Count one try in the database. Raises TooManyRequests when it is one too many."""
    await _count(resources().throttle, name, key)


async def clear(name: str, key: str) -> None:
    """Forget the tries of a key, when it has proved itself."""
    await resources().throttle.clear(_item(resources(), name).key_for(name, key))


async def meter_api(request: Request) -> None:
    """Count API calls, wherever it costs least."""
    if is_of_api(request.path):
        await _count(resources().meter, "api", client())


async def meter_stranger(opened: Resources, address: str) -> list[tuple[bytes, bytes]] | None:
    """Count an API call that is answered above Quart: what to tell of the limit, None when it is one too many."""
    if opened.settings.rate_limits == "off":
        return []
    window = await _hit(opened, opened.meter, "api", f"net:{network_of(address)}")
    told = window.told()
    return [(name.lower().encode(), value.encode()) for name, value in told.items()] if window.allowed else None


def tell(response: Response) -> None:
    """Say what is left."""
    window: Window | None = g.get("rate_limit")
    if window is not None:
        response.headers.update(window.told())


@dataclass(frozen=True, slots=True)
class Window:
    """What one client has left of a limit; `reset` is in seconds."""

    name: str
    limit: RateLimitItem
    allowed: bool
    left: int
    reset: int

    def told(self) -> dict[str, str]:
        """Headers by draft-ietf-httpapi-ratelimit-headers (version 7, seconds)."""
        return {
            "RateLimit-Limit": str(self.limit.amount),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.reset),
            "RateLimit-Policy": f"{self.limit.amount};w={self.limit.get_expiry()};name={self.name}",
        }


async def _count(storage: Storage, name: str, key: str) -> None:
    if resources().settings.rate_limits == "off":
        return
    window = g.rate_limit = await _hit(resources(), storage, name, key)
    if not window.allowed:
        raise TooManyRequests(
            f"Too many tries. Please wait {_wait(window.reset)} and try again.", retry_after=window.reset
        )


async def _hit(opened: Resources, storage: Storage, name: str, key: str) -> Window:
    """A fixed window by the storage itself: the limiter of the library would ask it for the count once more."""
    limit = _item(opened, name)
    counter = limit.key_for(name, key)
    count = await storage.incr(counter, limit.get_expiry())
    reset = math.ceil(await storage.get_expiry(counter) - time.time())
    return Window(name, limit, count <= limit.amount, max(0, limit.amount - count), max(1, reset))


def _item(opened: Resources, name: str) -> RateLimitItem:
    return _parsed(getattr(opened.settings, f"limit_{name}"))


@lru_cache
def _parsed(rule: str) -> RateLimitItem:
    return parse(rule)


def _wait(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} second{'s' if seconds != 1 else ''}"
    return f"{math.ceil(seconds / 60)} minutes"
