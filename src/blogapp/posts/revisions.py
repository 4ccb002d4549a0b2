"""Every text that was ever saved: who, when, and what it was; kept for ever, and cheaply.

A revision is compressed with the one before as its dictionary, so that an edit takes a few hundred bytes; each sixteenth
stands alone, so that reading one takes no more than sixteen rows.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts.models import User
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post, Revision

ALONE_EACH = 16
WINDOW = 32_768
"""Bytes of a dictionary that zlib looks at: the last ones."""


@dataclass(frozen=True, slots=True)
class Text:
    number: int
    title: str
    content: str


_revision = columns(Revision)
_user = columns(User)
_of_post = _revision.post_id == bindparam("post_id")
_LIST = (
    select(_revision.number, _revision.title, _revision.saved_at, _user.username.label("editor"))
    .select_from(Revision.__table__.outerjoin(User.__table__, _user.id == _revision.editor_id))
    .where(_of_post)
    .order_by(_revision.number.desc())
    .offset(bindparam("offset"))
    .limit(bindparam("size"))
)
_COUNT = select(func.count()).select_from(Revision.__table__).where(_of_post)
_CHAIN = (
    select(_revision.number, _revision.depth, _revision.title, _revision.packed)
    .where(_of_post, _revision.number <= bindparam("number"))
    .order_by(_revision.number.desc())
    .limit(ALONE_EACH)
)


async def record(session: AsyncSession, post: Post, editor_id: int | None, was: Text | None) -> None:
    """The text that was just saved. `was` is the one before: it is recorded first if it never was, as that of a post
    which was taken over.
    """
    last = await _last(session, post.id)
    if was is not None and not _is_of(last, was) and (last is None or last.number < was.number):
        last = _made(post.id, was, None)
        last.editor_id, last.saved_at = post.user_id, post.created_at
        session.add(last)
    before = (last, was.content) if last and was and _is_of(last, was) else None
    made = _made(post.id, Text(post.version, post.title, post.content), before)
    made.editor_id, made.saved_at = editor_id, post.updated_at
    session.add(made)


async def listed(db: Database, post_id: int, offset: int, size: int) -> tuple[Sequence[AnyRow], int]:
    """Newest first: number, title, saved_at, editor (None for an account that is gone); and how many there are."""
    return await db.page(_LIST, _COUNT, offset, size, post_id=post_id)


async def read(db: Database, post_id: int, number: int) -> Text | None:
    """The text as it was saved with that version, or the newest before it."""
    chain = await db.rows(_CHAIN, post_id=post_id, number=number)
    if not chain:
        return None
    content = b""
    for row in reversed(chain[: chain[0].depth + 1]):
        content = _unpacked(row.packed, content if row.depth else b"")
    return Text(chain[0].number, chain[0].title, content.decode())


async def _last(session: AsyncSession, post_id: int) -> Revision | None:
    query = select(Revision).where(Revision.post_id == post_id).order_by(Revision.number.desc()).limit(1)
    found: Revision | None = await session.scalar(query)
    return found


def _made(post_id: int, text: Text, before: tuple[Revision, str] | None) -> Revision:
    """`before` is the revision before it, and its text, which may be its dictionary."""
    depth = (before[0].depth + 1) % ALONE_EACH if before else 0
    packed = _packed(text.content, before[1] if before and depth else "")
    digest = _digest(text.content)
    return Revision(post_id=post_id, number=text.number, title=text.title, depth=depth, digest=digest, packed=packed)


def _is_of(revision: Revision | None, text: Text) -> bool:
    return revision is not None and revision.digest == _digest(text.content)


def _digest(content: str) -> bytes:
    return sha256(content.encode()).digest()


def _packed(content: str, before: str) -> bytes:
    packer = zlib.compressobj(9, zdict=before.encode()[-WINDOW:])
    return packer.compress(content.encode()) + packer.flush()


def _unpacked(packed: bytes, before: bytes) -> bytes:
    return zlib.decompressobj(zdict=before[-WINDOW:]).decompress(packed)
