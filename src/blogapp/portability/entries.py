"""What a Markdown file says of its post, whoever wrote it: blogapp, Hugo, Jekyll, Ghost, or somebody by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from pydantic import ValidationError

from blogapp.infra.db import now
from blogapp.portability import file_covers, front_matter, identity, topics
from blogapp.portability.bylines import Author, authors
from blogapp.portability.file_covers import FileCover
from blogapp.portability.front_matter import Parts
from blogapp.portability.front_values import Unreadable
from blogapp.portability.identity import Stamp
from blogapp.portability.moments import moment
from blogapp.posts.appearing import Past
from blogapp.posts.fields import FURTHEST, TOO_FAR
from blogapp.posts.models import DRAFT, MARKDOWN, PLAIN, PUBLISHED, SCHEDULED, UNLISTED, Format, State
from blogapp.posts.schemas import PostDraft
from blogapp.text import SLUG_LENGTH
from blogapp.web.violations import violations

DATE = ("date", "published_at", "date_published", "publishdate", "pubdate")
UPDATED = ("updated", "lastmod", "last_modified_at", "updated_at", "date_updated", "modified")
STATES: dict[str, State] = {
    "draft": DRAFT,
    "pending": DRAFT,
    "published": PUBLISHED,
    "publish": PUBLISHED,
    "scheduled": SCHEDULED,
    "future": SCHEDULED,
    "unlisted": UNLISTED,
    "private": "private",
}
OWN = {"id", "exported", "title", "slug", "format", "state", "status", "draft", "published", "created", "appeared"}
TAKEN = OWN | {*DATE, *UPDATED, "author", "authors", "tags", "series", "series_position"} | file_covers.NAMES
"""Names in the front matter that mean something here."""

LONGEST_LINE = 1000
YES, NO = {"true", "yes", "on", "1"}, {"false", "no", "off", "0"}

_NAMED = re.compile(r"(?:(\d{4}-\d{2}-\d{2})-)?(.*)")
_CLOSING = re.compile(r"(?<= )#+$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One post to be. `content` is as its file has it, links to pictures too."""

    title: str
    slug: str
    content: str
    format: Format
    state: State
    publish_at: datetime | None
    past: Past
    is_dated: bool
    """The file or its name says when it appeared."""
    authors: Sequence[Author]
    tags: Sequence[str]
    series: str
    """Its title, empty for none."""
    series_position: int | None
    cover: FileCover
    stable_id: str
    stamp: Stamp | None
    not_taken: Sequence[str]
    """Names of the front matter that have no place here."""
    parts: Parts

    def draft(self, content: str, cover: str | None) -> PostDraft:
        """By the rules of the form; `cover` is its address in the library. Raises Unreadable."""
        try:
            return PostDraft(
                title=self.title,
                slug=self.slug,
                content=content,
                format=self.format,
                state=self.state,
                publish_at=self.publish_at,
                tags=list(self.tags),
                new_series=self.series or None,
                cover=cover,
                cover_alt=self.cover.alt,
                cover_caption=self.cover.caption,
            )
        except ValidationError as error:
            first = violations(error)[0]
            name = "series" if first.field == "new_series" else first.field.partition(".")[0]
            line = self.parts.body_line if name == "content" else self.parts.line_of(name)
            raise Unreadable(f"{first.field}: {first.message}", line) from None


def read(text: str, path: str, modified: datetime, state: State | None) -> Entry:
    """`state` is for whatever the file says. Raises Unreadable."""
    parts = front_matter.read(text)
    day, words = _name(path)
    title, content = _title(parts, words)
    named = _moment(parts, *DATE) or (moment(day, None) if day else None)
    asked = state or _state(parts, path, is_dated=named is not None)
    date = named or modified
    settled = _settled(asked, date)
    return Entry(
        title,
        _line(parts, "slug") or words[:SLUG_LENGTH],
        content,
        _format(parts),
        settled,
        date if settled == SCHEDULED else None,
        _past(parts, settled, date),
        named is not None,
        authors(parts),
        topics.tags(parts),
        topics.series(parts),
        topics.series_position(parts),
        file_covers.cover(parts),
        _line(parts, "id"),
        identity.stamp(text),
        parts.others(TAKEN),
        parts,
    )


def _name(path: str) -> tuple[str, str]:
    """The day and the words in a file's name; those of its folder for `index.md`."""
    pure = PurePath(path)
    stem = pure.parent.name if pure.stem in {"index", "_index"} and pure.parent.name else pure.stem
    match = _NAMED.fullmatch(stem)
    return (match[1] or "", match[2]) if match else ("", stem)


def _title(parts: Parts, words: str) -> tuple[str, str]:
    """And the text without the heading that it was taken from."""
    if title := _line(parts, "title"):
        return title, parts.body
    first, _, rest = parts.body.lstrip().partition("\n")
    if first.startswith("# "):
        return _CLOSING.sub("", first[2:].rstrip()[:LONGEST_LINE]).strip(), rest
    return " ".join(re.split(r"[-_\s]+", words)).strip().capitalize(), parts.body


def _state(parts: Parts, path: str, *, is_dated: bool) -> State:
    name = "state" if parts.values.get("state") else "status"
    line = _line(parts, name)
    if line and line.lower() not in STATES:
        raise Unreadable(f"there is no state {line[:40]!r}", parts.line_of(name))
    hidden = _flag(parts, "draft") in YES or _flag(parts, "published") in NO
    if hidden or "_drafts" in PurePath(path).parts:
        return DRAFT
    if (found := STATES.get(line.lower(), PUBLISHED)) == SCHEDULED and not is_dated:
        raise Unreadable("it is scheduled, and no date says for when", parts.line_of(name))
    return found


def _settled(asked: State, date: datetime) -> State:
    """What is to appear later is scheduled, and what was to appear has."""
    if date > now():
        return SCHEDULED if asked == PUBLISHED else asked
    return PUBLISHED if asked == SCHEDULED else asked


def _past(parts: Parts, state: State, date: datetime) -> Past:
    current = now()
    created = _moment(parts, "created") or min(date, current)
    updated = _moment(parts, *UPDATED) or created
    appeared = _moment(parts, "appeared") if state == DRAFT else min(date, current)
    return Past(min(created, current), min(updated, current), None if state == SCHEDULED else appeared)


def _format(parts: Parts) -> Format:
    given = _line(parts, "format").lower() or MARKDOWN
    if given not in {MARKDOWN, PLAIN}:
        raise Unreadable(f"there is no format {given[:40]!r}", parts.line_of("format"))
    return given


def _moment(parts: Parts, *names: str) -> datetime | None:
    """The first of these that is there. Raises Unreadable."""
    for name in names:
        if line := _line(parts, name):
            found = moment(line, parts.line_of(name))
            if found > now() + FURTHEST:
                raise Unreadable(f"{name}: {TOO_FAR}", parts.line_of(name))
            return found
    return None


def _flag(parts: Parts, name: str) -> str:
    return _line(parts, name).lower()


def _line(parts: Parts, name: str) -> str:
    value = parts.values.get(name, "")
    if not isinstance(value, str):
        raise Unreadable(f"{name} is no text", parts.line_of(name))
    return value.strip()
