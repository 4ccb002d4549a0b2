"""What pages and documents of the community have in common."""

from __future__ import annotations

from typing import Any

from quart import g

from blogapp.comments.markdown import words
from blogapp.community import queries, service
from blogapp.community.models import FOLLOW
from blogapp.community.schemas import NoticeOut
from blogapp.errors import NotFound
from blogapp.posts import tag_queries
from blogapp.posts.documents import NO_POST
from blogapp.tags.service import NO_TAG
from blogapp.text import excerpt
from blogapp.web.addresses import author_url, comment_address, post_address
from blogapp.web.context import actor, db
from blogapp.web.operations import Tag

COMMUNITY = Tag("Community", "What readers follow, keep and like, and what they are told of.")
NO_LIKE = {**NO_POST, 403: service.NOT_PUBLIC}

UNSEEN = "unseen"
"""In `g`: how many notices the asker has not seen."""


async def count_unseen() -> None:
    """For the head of every page, before it is made."""
    if actor().id is not None:
        setattr(g, UNSEEN, await queries.unseen(db(), actor().id or 0))


async def of_reader(post: Any) -> dict[str, bool] | None:
    """What the page of a post shows of who reads it; None for strangers."""
    reader = actor()
    if reader.id is None:
        return None
    found = await queries.standing(db(), reader.id, post.id)
    is_own = post.user_id == reader.id
    return {
        "is_liked": found.is_liked,
        "is_saved": found.is_saved,
        "is_own": is_own,
        "follows": not is_own and await queries.follows_author(db(), reader.id, post.user_id),
    }


async def follows_author(author_id: int) -> bool | None:
    """None for who can't: strangers, and the author."""
    reader = actor()
    if reader.id is None or reader.id == author_id:
        return None
    return await queries.follows_author(db(), reader.id, author_id)


async def follows_tag(tag_id: int) -> bool | None:
    """None for strangers."""
    return await queries.follows_tag(db(), actor().id or 0, tag_id) if actor().is_authenticated else None


def said(row: Any) -> str:
    """How the comment or post begins that a notice is about, without its marks; nothing of a follower."""
    return row.excerpt or "" if row.comment_id is None else excerpt(words(row.html))


def notice_url(row: Any) -> str:
    if row.kind == FOLLOW:
        return author_url(row.author)
    return comment_address(row.comment_id) if row.comment_id else post_address(row.post_id, row.slug)


def shown_notice(row: Any) -> NoticeOut:
    return NoticeOut(
        id=row.id,
        kind=row.kind,
        author=row.author,
        comment_id=row.comment_id,
        post_id=row.post_id,
        post_title=row.title,
        excerpt=said(row) or None,
        url=notice_url(row),
        created_at=row.created_at,
        seen_at=row.seen_at,
    )


async def tag_id_of(slug: str) -> int:
    """Also by an address it had once. Raises NotFound."""
    row = await tag_queries.by_slug(db(), slug)
    if row is None:
        raise NotFound(NO_TAG)
    return int(row.id)
