"""What stands above the text of a Markdown file: YAML between `---`, TOML between `+++`, or nothing.

Values are read as words, lists and tables of words, whatever YAML would make of them: a title may be `1984` or `yes`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

LONGEST = 64 * 1024
"""Bytes. People write some hundred."""

DEEPEST = 20
"""Lists in lists."""

MOST_DOTS = 500
"""In a line of TOML: its parser takes its time for names of many parts."""

LONGEST_NAME = 80

FENCES = {"---": "yaml", "+++": "toml"}
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class Unreadable(Exception):
    """Why a file can't be taken over, and in which of its lines that stands."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class Parts:
    values: Mapping[str, Any]
    """By name in lower case: text, list or table."""
    body: str
    front: str = ""
    body_line: int = 1
    """Where the body begins."""

    def line_of(self, name: str) -> int | None:
        """Where a value stands, if it can be told."""
        pattern = re.compile(rf"\s*[\"']?{re.escape(name)}[\"']?\s*[:=]", re.IGNORECASE)
        lines = enumerate(self.front.split("\n"), 2)
        return next((number for number, line in lines if pattern.match(line)), None)

    def others(self, known: Collection[str]) -> list[str]:
        """Names that are none of these, as they can be shown."""
        empty: tuple[Any, ...] = ("", [], {})
        names = sorted(name for name, value in self.values.items() if name not in known and value not in empty)
        return [
            name if name.isprintable() and len(name) <= LONGEST_NAME else repr(name[:LONGEST_NAME]) for name in names
        ]


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


class _Written(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML has no types
    def ignore_aliases(self, _data: Any) -> bool:
        """The same time twice is written twice."""
        return True


def read(text: str) -> Parts:
    """Raises Unreadable."""
    first, _, rest = text.partition("\n")
    kind = FENCES.get(first.rstrip())
    if kind is None:
        return Parts({}, text)
    end = re.search(rf"^{re.escape(first.rstrip())}[ \t]*$", rest, re.MULTILINE)
    if end is None:
        raise Unreadable(f"the front matter has no second {first.rstrip()}", 1)
    front = rest[: end.start()]
    if len(front.encode(errors="surrogateescape")) > LONGEST:
        raise Unreadable(f"the front matter is larger than {LONGEST // 1024} KB", 1)
    values = _toml(front) if kind == "toml" else _yaml(front)
    try:
        named = {str(name).strip().lower(): _words(value) for name, value in values.items()}
    except ValueError:
        raise Unreadable("a number in the front matter has too many digits") from None
    return Parts(named, rest[end.end() + 1 :], front, front.count("\n") + 3)


def written(values: Mapping[str, Any], body: str) -> str:
    """A file that `read` takes apart again. Names without a value are left out."""
    given = {name: value for name, value in values.items() if value not in (None, "", [])}
    front = yaml.dump(given, Dumper=_Written, allow_unicode=True, sort_keys=False, width=10**6)
    return f"---\n{front}---\n\n{body}\n"


def _yaml(front: str) -> dict[Any, Any]:
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


def _toml(front: str) -> dict[str, Any]:
    if dotted := next((number for number, line in enumerate(front.split("\n"), 2) if line.count(".") > MOST_DOTS), 0):
        raise Unreadable("TOML: this line has too many dots", dotted)
    try:
        return tomllib.loads(front)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        said = str(error)
        at = _AT.search(said)
        line = int(at[1]) + 1 if at and at[1] else None
        raise Unreadable(f"TOML: {_AT.sub('', said)}", line) from None


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
