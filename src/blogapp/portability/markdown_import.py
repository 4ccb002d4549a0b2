"""`blogapp import markdown`: a folder of texts becomes posts, each in a transaction of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from blogapp.errors import BlogError
from blogapp.infra.progress import Progress
from blogapp.infra.resources import Resources
from blogapp.mentions import named
from blogapp.portability import brought_pictures, entries, file_covers, folder, identity, picture_links, taken_files
from blogapp.portability.brought_pictures import Brought, Shelf
from blogapp.portability.entries import Entry
from blogapp.portability.file_authors import Authors
from blogapp.portability.front_values import Unreadable
from blogapp.portability.outcomes import Kind, Outcome, Report
from blogapp.portability.taken_files import Known, Page, Source
from blogapp.posts.composing import compose, look_up
from blogapp.posts.models import MARKDOWN, State
from blogapp.posts.rendering import render_these

IN_TRASH = "its post is in the trash"
CHANGED = "both the file and its post were changed since: the post stays as it is"


@dataclass(slots=True)
class Run:
    shelf: Shelf
    authors: Authors
    state: State | None
    dry_run: bool
    site: str = ""
    """Which blog the files are of, wherever they lie."""
    seen: dict[str, str] = field(default_factory=dict)
    """Files by origin."""
    unknown: dict[int, frozenset[str]] = field(default_factory=dict)
    """By post, names that it mentions and nobody had."""

    @property
    def resources(self) -> Resources:
        return self.shelf.resources

    @property
    def root(self) -> Path:
        return self.shelf.root


@dataclass(frozen=True, slots=True)
class Ready:
    """All that a file becomes, before the transaction that stores it."""

    entry: Entry
    page: Page
    brought: Brought
    unknown: frozenset[str]


async def take_over(run: Run, progress: Progress) -> Report:
    report = Report(run.dry_run, authors_made=run.authors.made)
    total = sum(1 for _ in folder.files(run.root))
    with progress.count("importing files", total) as advance:
        for path in folder.files(run.root):
            report.add(await _outcome(run, path))
            advance(1)
    made = {name.lower() for name in run.authors.made}
    await render_these(run.resources, [post_id for post_id, names in run.unknown.items() if names & made])
    return report


async def _outcome(run: Run, path: str) -> Outcome:
    name = path.encode(errors="surrogateescape").decode(errors="backslashreplace")
    name = name if name.isprintable() else repr(name)[1:-1]
    try:
        return await _take(run, path, name)
    except Unreadable as error:
        return Outcome(name, "refused", line=error.line, reason=error.reason)
    except BlogError as error:
        return Outcome(name, "refused", reason=error.detail)


async def _take(run: Run, path: str, name: str) -> Outcome:
    """Raises Unreadable, and BlogError for what the blog refuses."""
    content, text = folder.text(run.root, path)
    entry = entries.read(text, path, folder.modified(run.root, path), run.state)
    origin = identity.origin(entry.stable_id, run.site or str(run.root), path)
    source = Source(origin, sha256(content).hexdigest())
    if run.seen.setdefault(origin, name) != name:
        raise Unreadable(f"{run.seen[origin]} has the same id", entry.parts.line_of("id"))
    known = await taken_files.known(run.resources.db, entry, source)
    if known is not None and known.is_untouched:
        return Outcome(name, "unchanged", known.row.id)
    links = list(picture_links.links(entry.content)) if entry.format == MARKDOWN else []
    brought = await brought_pictures.bring(run.shelf, path, [*links, *file_covers.links(entry.cover)])
    try:
        ready = await _ready(run, entry, source, brought)
        kind, post_id, reason = await _decide(run, ready, known)
    finally:
        await brought_pictures.drop(brought)
    if post_id is not None:
        run.unknown[post_id] = ready.unknown
    notes = [*brought.notes, *(_unfit(run, entry) if kind == "made" else [])]
    return Outcome(name, kind, post_id, reason=reason, notes=notes, not_taken=entry.not_taken)


async def _ready(run: Run, entry: Entry, source: Source, brought: Brought) -> Ready:
    cover = file_covers.address(entry.cover, brought)
    draft = entry.draft(picture_links.to_library(entry.content, brought.names), cover)
    known = await look_up(run.resources.db, draft.content)
    known = known._replace(pictures={**known.pictures, **brought.shown()})
    body = await compose(run.resources.rendering, draft.content, draft.format, known)
    is_covered = cover is not None or not entry.cover.target
    is_whole = not brought.notes
    page = Page(draft, body, entry.past, source, entry.series_position, is_covered=is_covered, is_whole=is_whole)
    return Ready(entry, page, brought, frozenset(named(draft.content)) - frozenset(known.people))


async def _decide(run: Run, ready: Ready, known: Known | None) -> tuple[Kind, int | None, str]:
    if known is None:
        several, line = ready.entry.authors, ready.entry.parts.line_of("author")
        author = await run.authors.of(run.resources, several, line)
        others = await run.authors.others(run.resources, several[1:], line)
        return "made", await _make(run, ready, author, others), ""
    row = known.row
    if row.trashed_at is not None:
        return "skipped", row.id, IN_TRASH
    page = taken_files.kept(row, ready.page, is_dated=ready.entry.is_dated)
    if taken_files.is_same(row, page):
        return "unchanged", row.id, ""
    if row.version not in known.versions:
        return "conflict", row.id, CHANGED
    return "updated", await _update(run, replace(ready, page=page), row), ""


async def _make(run: Run, ready: Ready, author_id: int, others: list[int]) -> int | None:
    """The new post's id; None in a dry run."""
    if run.dry_run:
        return None
    await brought_pictures.keep(run.shelf, ready.brought)
    async with run.resources.db.transaction() as session:
        await brought_pictures.record(session, author_id, ready.brought)
        return await taken_files.make(session, author_id, others, ready.page)


async def _update(run: Run, ready: Ready, row: Any) -> int:
    if run.dry_run:
        return int(row.id)
    await brought_pictures.keep(run.shelf, ready.brought)
    async with run.resources.db.transaction() as session:
        await brought_pictures.record(session, row.user_id, ready.brought)
        await taken_files.renew(session, row, ready.page)
    return int(row.id)


def _unfit(run: Run, entry: Entry) -> list[str]:
    strangers = run.authors.strangers(entry.authors[1:])
    return [f"not taken over: authors without an account ({', '.join(strangers)})"] if strangers else []
