"""What belongs to the running application and to the request at hand."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Any, cast
from urllib.parse import parse_qsl

from quart import Request, current_app, g, request

from blogapp.actor import Actor
from blogapp.errors import BadRequest
from blogapp.infra.db import Database
from blogapp.infra.resources import Resources
from blogapp.web.addresses import OEMBED, is_of_api

EXTENSION = "blogapp"
QUERY_FIELDS = 100


def resources() -> Resources:
    return cast(Resources, current_app.extensions[EXTENSION])


def db() -> Database:
    return resources().db


def heard() -> str:
    """The newest message so far: whoever makes a page from here on, and listens from there, misses none."""
    return resources().bus.newest


def request_at_hand() -> Request:
    """Itself and not its proxy, which looks for it at each attribute."""
    return cast(Request, cast(Any, request)._get_current_object())  # noqa: SLF001  # werkzeug documents it for this


def actor() -> Actor:
    return cast(Actor, g.actor)


def wants_problem() -> bool:
    """Errors under /api are problem documents, as they are for the programs that ask for oEmbed; elsewhere they are pages."""
    return is_of_api(request.path) or request.path == OEMBED


def query() -> dict[str, str]:
    """The query string. Raises BadRequest when it is not UTF-8 or gives a name twice."""
    try:
        pairs = parse_qsl(
            request.query_string.decode(), keep_blank_values=True, errors="strict", max_num_fields=QUERY_FIELDS
        )
    except (UnicodeError, ValueError):
        raise BadRequest("The query of this address is not valid.") from None
    given = dict(pairs)
    if len(given) != len(pairs):
        raise BadRequest("The query of this address gives a name twice.")
    return given


def client_address() -> str:
    """The true client: the edge has already looked behind trusted proxies."""
    client = request.scope.get("client")
    return client[0] if client else ""


def client_network() -> str:
    """What one client can hold of: its IPv4 address, or its IPv6 /64."""
    return network_of(client_address())


@lru_cache(1000)
def network_of(client: str) -> str:
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
