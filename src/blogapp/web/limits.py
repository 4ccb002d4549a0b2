"""How often one client may do what. Costly acts are counted in the database, API calls in memory."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from quart import Response, g

from blogapp.errors import TooManyRequests
from blogapp.web.context import actor, client_network, resources, wants_problem

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


def client() -> str:
    return f"user:{actor().id}" if actor().is_authenticated else f"net:{client_network()}"


async def hit(name: str, key: str) -> None:
    """Count one try in the database. Raises TooManyRequests when it is one too many."""
    await _count(resources().throttle, name, key)


async def clear(name: str, key: str) -> None:
    """Forget the tries of a key, when it has proved itself."""
    await resources().throttle.clear(_item(name).key_for(name, key))


async def meter_api() -> None:
    """Count API calls, in memory."""
    if resources().settings.rate_limits == "on" and wants_problem():
        await _count(resources().meter, "api", client())


def tell(response: Response) -> None:
    """Say what is left, by draft-ietf-httpapi-ratelimit-headers (version 7, seconds)."""
    if (state := g.get("rate_limit")) is not None:
        name, item, left, reset = state
        response.headers["RateLimit-Limit"] = str(item.amount)
        response.headers["RateLimit-Remaining"] = str(left)
        response.headers["RateLimit-Reset"] = str(reset)
        response.headers["RateLimit-Policy"] = f"{item.amount};w={item.get_expiry()};name={name}"


async def _count(storage: Storage, name: str, key: str) -> None:
    if resources().settings.rate_limits == "off":
        return
    item = _item(name)
    allowed = await FixedWindowRateLimiter(storage).hit(item, name, key)
    window = await FixedWindowRateLimiter(storage).get_window_stats(item, name, key)
    reset = max(1, math.ceil(window.reset_time - time.time()))
    g.rate_limit = (name, item, window.remaining, reset)
    if not allowed:
        raise TooManyRequests(f"Too many tries. Please wait {_wait(reset)} and try again.", retry_after=reset)


def _item(name: str) -> RateLimitItem:
    return _parsed(getattr(resources().settings, f"limit_{name}"))


@lru_cache
def _parsed(rule: str) -> RateLimitItem:
    return parse(rule)


def _wait(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} second{'s' if seconds != 1 else ''}"
    return f"{math.ceil(seconds / 60)} minutes"
