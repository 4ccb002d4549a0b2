"""What a request turned out to ask for, by the rule of its address: paths themselves are as many as strangers make up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quart import Request

from blogapp.infra import logs

ROUTE = "blogapp.route"
"""In the scope of a request, and of every copy of it: a Route; or the rule itself, where that is known at once."""

UNKNOWN = "(unknown)"
"""Addresses without a rule, and methods that their rule does not take."""
REFUSED = "(refused)"
"""What the edge refused before the address was looked at."""
ASSETS = "/static/<path:filename>"
FILES = "/media/<path:name>"


class Route:
    __slots__ = ("rule",)

    def __init__(self) -> None:
        self.rule = UNKNOWN


def tell(request: Request) -> None:
    """To the edge, and to log lines that say where something was slow."""
    found = request.url_rule
    rule = found.rule if found is not None else UNKNOWN
    logs.doing.set(rule)
    route = request.scope.get(ROUTE)
    if isinstance(route, Route):
        route.rule = rule


def rule_of(scope: Mapping[str, Any]) -> str:
    route = scope.get(ROUTE)
    return route.rule if isinstance(route, Route) else route or UNKNOWN
