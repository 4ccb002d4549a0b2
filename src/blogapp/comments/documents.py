"""Comments as readers find them: below a post, in their threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from quart import Response

from blogapp import bylines
from blogapp.comments import letter_queries, queries, service, threads
from blogapp.comments.letter_queries import Letters
from blogapp.comments.models import DELETED, SHOWN
from blogapp.comments.schemas import CommentOut, SaidComment
from blogapp.comments.threads import Said
from blogapp.errors import NotFound
from blogapp.posts.editing import readable
from blogapp.posts.models import PUBLISHED, UNLISTED, may_edit
from blogapp.web.addresses import comment_address
from blogapp.web.context import actor, db, resources
from blogapp.web.documents import entity
from blogapp.web.keeping import keep
from blogapp.web.operations import Access, Tag
from blogapp.web.paging import Page, Slice, page_of

COMMENTS = Tag("Comments", "What people say under posts.")
MODERATORS = Access("The authors of the post and administrators.")
WRITER = Access("Who wrote it.")
NO_COMMENT = {404: service.NO_COMMENT}


@dataclass(frozen=True, slots=True)
class Talk:
    """A page of the comments of one post."""

    said: Sequence[Said]
    page: Page[Any]
    is_newest_first: bool
    is_open: bool
    moderates: bool
    answers: int
    """Which part of the replies to its threads is shown."""
    is_cut: bool
    """Whether there are more of them."""
    authors: frozenset[int]
    """Accounts that wrote the post."""


async def talk(post: Any, asked: Slice, *, newest: bool = False, answers: int = 1) -> Talk:
    """Raises NotFound for a page or a part of the replies that is not there. Reads nothing for a stranger where nothing was said."""
    reader, moderates = actor(), may_edit(actor(), post)
    roots: Sequence[Any] = ()
    replies: Sequence[Any] = ()
    total = 0
    if post.comments_count or reader.is_authenticated:
        wanted = queries.Wanted(post.id, reader, moderates, newest, answers)
        roots, replies, total = await queries.page(db(), wanted, asked.offset, asked.size)
    part = replies[: queries.MOST_REPLIES]
    if answers > 1 and not part:
        raise NotFound("There is no such page.")
    begun = roots if answers == 1 else await queries.answered(db(), part)
    said = threads.in_order([*begun, *part], lambda row: is_readable(row, moderates=moderates))
    page, is_cut = page_of(roots, total, asked), len(replies) > len(part)
    return Talk(said, page, newest, is_open(post), moderates, answers, is_cut, _authors(post))


def _authors(post: Any) -> frozenset[int]:
    return bylines.ids(post.coauthors) | {post.user_id}


def is_readable(row: Any, *, moderates: bool) -> bool:
    if row.state == DELETED:
        return False
    return row.state == SHOWN or moderates or (actor().is_authenticated and row.user_id == actor().id)


def is_open(post: Any) -> bool:
    """Whether readers can say more under it."""
    days = resources().settings.comments_close_after_days
    return post.state in {PUBLISHED, UNLISTED} and service.is_open(post, days)


async def letters(post: Any) -> Letters:
    """Whether the reader gets them, about comments of this post; not whether the blog sends any."""
    reader = actor().id
    if reader is None:
        return Letters()
    return await letter_queries.letters_to(db(), reader, post.id, is_author=reader in _authors(post))


async def found(comment_id: int) -> tuple[Any, Any]:
    """A comment and its post. Raises NotFound, also for what the asker may not read."""
    row = await queries.by_id(db(), comment_id)
    if row is None:
        raise NotFound(service.NO_COMMENT)
    post = await readable(row.post_id)
    if not is_readable(row, moderates=may_edit(actor(), post)):
        raise NotFound(service.NO_COMMENT)
    return row, post


def shown(said: Said) -> SaidComment:
    return SaidComment(depth=said.depth, **fields(said.row, is_readable=said.is_readable))


def fields(row: Any, *, is_readable: bool = True) -> dict[str, Any]:
    """What is not for this reader has neither words nor writer."""
    return {
        "id": row.id,
        "post_id": row.post_id,
        "parent_id": row.parent_id,
        "state": row.state if is_readable else DELETED,
        "author": row.author if is_readable else None,
        "author_id": row.user_id if is_readable else None,
        "content": row.content if is_readable else "",
        "html": row.html if is_readable else "",
        "url": comment_address(row.id),
        "created_at": row.created_at,
        "edited_at": row.edited_at if is_readable else None,
    }


async def answered(comment_id: int, status: int = 200) -> Response:
    row, post = await found(comment_id)
    keep(f"post:{post.id}", "authors")
    return entity(CommentOut(**fields(row)), tag(row), status)


def tag(row: Any) -> str:
    """It shows its writer's name."""
    return f"comment-{row.id}-{row.version}-{quote(row.author or '')}"
