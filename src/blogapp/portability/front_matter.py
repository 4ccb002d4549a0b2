"""What stands above the text of a Markdown file: YAML between `---`, TOML between `+++`, JSON in braces, or nothing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from blogapp.portability.front_values import LONGEST_NAME, Unreadable, named, of_json, of_toml, of_yaml

LONGEST = 64 * 1024
"""Bytes. People write some hundred."""

FENCES = {"---": of_yaml, "+++": of_toml}
BRACE = "{"


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


class _Written(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML has no types
    def ignore_aliases(self, _data: Any) -> bool:
        """The same time twice is written twice."""
        return True


def read(text: str) -> Parts:
    """Raises Unreadable."""
    first, _, rest = text.partition("\n")
    if first.rstrip() == BRACE:
        return _in_braces(text)
    values_of = FENCES.get(first.rstrip())
    if values_of is None:
        return Parts({}, text)
    end = re.search(rf"^{re.escape(first.rstrip())}[ \t]*$", rest, re.MULTILINE)
    if end is None:
        raise Unreadable(f"the front matter has no second {first.rstrip()}", 1)
    front = rest[: end.start()]
    _require_size(front)
    return Parts(named(values_of(front)), rest[end.end() + 1 :], front, front.count("\n") + 3)


def _in_braces(text: str) -> Parts:
    """As Hugo has it: an object from the first line on, and nothing behind its last brace."""
    values, end = of_json(text)
    front = text[:end]
    _require_size(front)
    behind, _, body = text[end:].partition("\n")
    if behind.strip():
        raise Unreadable("JSON: the text begins in the line of the last brace", front.count("\n") + 1)
    return Parts(named(values), body, front.partition("\n")[2], front.count("\n") + 2)


def _require_size(front: str) -> None:
    if len(front.encode(errors="surrogateescape")) > LONGEST:
        raise Unreadable(f"the front matter is larger than {LONGEST // 1024} KB", 1)


def written(values: Mapping[str, Any], body: str) -> str:
    """A file that `read` takes apart again. Names without a value are left out."""
    given = {name: value for name, value in values.items() if value not in (None, "", [])}
    front = yaml.dump(given, Dumper=_Written, allow_unicode=True, sort_keys=False, width=10**6)
    return f"---\n{front}---\n\n{body}\n"
