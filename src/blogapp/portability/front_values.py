"""The values of front matter, in YAML, TOML or JSON.

They are read as words, lists and tables of words, whatever YAML would make of them: a title may be `1984` or `yes`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

import yaml

DEEPEST = 20
"""Lists in lists."""

MOST_DOTS = 500
"""In a line of TOML: its parser takes its time for names of many parts."""

LONGEST_NAME = 80

_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class Unreadable(Exception):
    """Why a file can't be taken over, and in which of its lines that stands."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class _Words(yaml.BaseLoader):  # type: ignore[misc]  # PyYAML has no types
    """Aliases are refused before they are followed: a few lines of them can stand for more than memory holds."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not taken", problem_mark=event.start_mark)
        self._depth += 1
        if self._depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem="it is nested too deeply", problem_mark=self.peek_event().start_mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # as PyYAML has it
        """Of a name that is there twice, nobody can say which one counts."""
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value).strip().lower()
            if name in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"{name[:LONGEST_NAME]!r} is there twice", problem_mark=key.start_mark
                )
            seen.add(name)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def of_yaml(front: str) -> dict[Any, Any]:
    loader: _Words | None = None
    try:
        loader = _Words(front)
        found = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(f"YAML: {error.problem or error.context}", mark.line + 2 if mark else None) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(f"YAML: {' '.join(str(error).split())[:200]}", 2) from None
    finally:
        if loader is not None:
            loader.dispose()
    if found in (None, ""):
        return {}
    if not isinstance(found, dict):
        raise Unreadable("the front matter is no list of names and values", 2)
    return found


def of_toml(front: str) -> dict[str, Any]:
    if dotted := next((number for number, line in enumerate(front.split("\n"), 2) if line.count(".") > MOST_DOTS), 0):
        raise Unreadable("TOML: this line has too many dots", dotted)
    try:
        return tomllib.loads(front)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        said = str(error)
        at = _AT.search(said)
        line = int(at[1]) + 1 if at and at[1] else None
        raise Unreadable(f"TOML: {_AT.sub('', said)}", line) from None


def of_json(text: str) -> tuple[dict[str, Any], int]:
    """Of the object that a text begins with, and where that ends. Raises Unreadable."""
    try:
        found: tuple[dict[str, Any], int] = _JSON.raw_decode(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise Unreadable("the front matter is nested too deeply") from None
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a name that is there twice, nobody can say which one counts."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name.strip().lower() in found:
            raise Unreadable(f"JSON: {name[:LONGEST_NAME]!r} is there twice")
        found[name.strip().lower()] = value
    return found


_JSON = json.JSONDecoder(object_pairs_hook=_once, parse_int=str, parse_float=str, parse_constant=str)


def named(values: Mapping[Any, Any]) -> dict[str, Any]:
    """By name in lower case: text, list or table. Raises Unreadable."""
    try:
        return {str(name).strip().lower(): _words(value) for name, value in values.items()}
    except ValueError:
        raise Unreadable("a number in the front matter has too many digits") from None


def _words(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise Unreadable("the front matter is nested too deeply")
    if isinstance(value, dict):
        return {str(name).strip().lower(): _words(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_words(one, depth + 1) for one in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
