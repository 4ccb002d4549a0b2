"""Addresses are compiled once for all applications of a run: that takes half of the time of a small test otherwise, and
comes to the same each time, as it depends on nothing but the rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


def share() -> None:
    compile_builder = Rule._compile_builder  # werkzeug has no setting for it
    compiled: dict[Any, Callable[..., tuple[str, str]]] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # as werkzeug has it
        key = (tuple(rule._trace), repr(rule.defaults), append_unknown)  # as above
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign]  # as above
