"""Reads of what readers follow, keep and like, and of what they are told."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, exists, func, literal_column, or_, select, true, union

from blogapp.accounts.models import Confirmation, User
from blogapp.accounts.queries import CONFIRMED
from blogapp.comments.models import SHOWN, Comment
from blogapp.community.models import FOLLOW, DigestMute, FollowedAuthor, FollowedTag, LikedPost, Notice, SavedPost
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import PUBLISHED, UNLISTED, Post, PostAuthor, is_listed, listed
from blogapp.posts.queries import AUTHOR_NAME, BRIEF, WITH_AUTHOR, WRITTEN, Rows, newest_first
from blogapp.tags.models import PostTag, Tag

NEWEST_OF_EACH = 100
"""Posts of each author and under each tag that a feed is made of. Older ones are on their pages."""
MOST_COUNTED = 100
IN_LETTER = 20

_post, _user, _tag = columns(Post), columns(User), columns(Tag)
_author, _topic, _saved, _liked = columns(FollowedAuthor), columns(FollowedTag), columns(SavedPost), columns(LikedPost)
_notice, _comment, _mute = columns(Notice), columns(Comment), columns(DigestMute)
_by, _use = columns(PostAuthor), columns(PostTag)
_me = bindparam("me", type_=Integer)
_post_id = bindparam("post_id", type_=Integer)

_STANDING = select(
    exists().where(_liked.user_id == _me, _liked.post_id == _post_id).label("is_liked"),
    exists().where(_saved.user_id == _me, _saved.post_id == _post_id).label("is_saved"),
)
_FOLLOWS_AUTHOR = select(_author.author_id).where(_author.user_id == _me, _author.author_id == bindparam("author_id"))
_FOLLOWS_TAG = select(_topic.tag_id).where(_topic.user_id == _me, _topic.tag_id == bindparam("tag_id"))
_AUTHORS = (
    select(_user.id, _user.username, AUTHOR_NAME, _author.followed_at)
    .join_from(FollowedAuthor.__table__, User.__table__, _user.id == _author.author_id)
    .where(_author.user_id == _me)
    .order_by(_author.followed_at.desc(), _user.id.desc())
)
_TAGS = (
    select(_tag.id, _tag.name, _tag.slug, _topic.followed_at)
    .join_from(FollowedTag.__table__, Tag.__table__, _tag.id == _topic.tag_id)
    .where(_topic.user_id == _me)
    .order_by(_topic.followed_at.desc(), _tag.id.desc())
)
_is_readable = and_(_post.state.in_((PUBLISHED, UNLISTED)), _post.trashed_at.is_(None))
_KEPT = WITH_AUTHOR.join(SavedPost.__table__, and_(_saved.post_id == _post.id, _saved.user_id == _me))
_COUNT_KEPT = select(func.count()).select_from(_KEPT).where(_is_readable)
_writer = User.__table__.alias("writer")
_NOTICED = (
    Notice.__table__.outerjoin(Comment.__table__, _comment.id == _notice.comment_id)
    .outerjoin(Post.__table__, _post.id == func.coalesce(_comment.post_id, _notice.post_id))
    .outerjoin(_writer, _writer.c.id == _notice.actor_id)
)
_is_said = or_(_notice.comment_id.is_(None), _comment.state == SHOWN)
_is_there = or_(_notice.kind == literal_column(f"'{FOLLOW}'"), and_(_is_said, _is_readable))
"""What is no longer shown is not told of."""
_told = (
    *(_notice[name] for name in ("id", "kind", "comment_id", "created_at", "seen_at")),
    _writer.c.username.label("author"),
    func.coalesce(_writer.c.profile_name, _writer.c.username).label("name"),
    _comment.html,
    _comment.parent_id,
    _post.id.label("post_id"),
    _post.title,
    _post.slug,
    _post.excerpt,
)
_NOTICES = (
    select(*_told)
    .select_from(_NOTICED)
    .where(_notice.user_id == _me, _is_there)
    .order_by(_notice.id.desc())
    .offset(bindparam("offset"))
    .limit(bindparam("size"))
)
_COUNT_NOTICES = select(func.count()).select_from(_NOTICED).where(_notice.user_id == _me, _is_there)
_is_new = _notice.seen_at.is_(None)
_new = select(_notice.id).select_from(_NOTICED).where(_notice.user_id == _me, _is_new, _is_there).limit(MOST_COUNTED)
_UNSEEN = select(func.count()).select_from(_new.subquery())
_MUTED = select(_mute.user_id).where(_mute.user_id == _me)
_is_due = and_(_is_new, _notice.is_sent.is_(literal_column("false")))
_DUE = (
    select(_notice.user_id, func.max(_notice.id).label("newest"))
    .select_from(
        Notice.__table__.join(User.__table__, _user.id == _notice.user_id).join(Confirmation.__table__, CONFIRMED)
    )
    .where(_is_due, _user.suspended_at.is_(None), _user.id.not_in(select(_mute.user_id)))
    .group_by(_notice.user_id)
)
_IN_LETTER = (
    select(*_told)
    .select_from(_NOTICED)
    .where(_notice.user_id == _me, _notice.id <= bindparam("newest"), _is_due, _is_there)
    .order_by(_notice.id.desc())
    .limit(IN_LETTER)
)


async def standing(db: Database, user_id: int, post_id: int) -> AnyRow:
    """Whether they like it (`is_liked`), and whether it is on their reading list (`is_saved`)."""
    return (await db.rows(_STANDING, me=user_id, post_id=post_id))[0]


async def follows_author(db: Database, user_id: int, author_id: int) -> bool:
    return await db.row(_FOLLOWS_AUTHOR, me=user_id, author_id=author_id) is not None


async def follows_tag(db: Database, user_id: int, tag_id: int) -> bool:
    return await db.row(_FOLLOWS_TAG, me=user_id, tag_id=tag_id) is not None


async def authors(db: Database, user_id: int) -> Sequence[AnyRow]:
    """Whom they follow, last followed first."""
    return await db.rows(_AUTHORS, me=user_id)


async def tags(db: Database, user_id: int) -> Sequence[AnyRow]:
    """What they follow, last followed first."""
    return await db.rows(_TAGS, me=user_id)


async def feed(db: Database, user_id: int, offset: int, size: int) -> Rows:
    """By whom they follow and about what they follow, newest first."""
    rows, count = _feed(db.is_sqlite, BRIEF)
    return await db.page(rows, count, offset, size, me=user_id)


async def feed_whole(db: Database, user_id: int, offset: int, size: int) -> Rows:
    rows, count = _feed(db.is_sqlite, WRITTEN)
    return await db.page(rows, count, offset, size, me=user_id)


async def kept(db: Database, user_id: int, offset: int, size: int) -> Rows:
    """Their reading list, last saved first; without what its authors have taken back."""
    return await db.page(_list(BRIEF), _COUNT_KEPT, offset, size, me=user_id)


async def kept_whole(db: Database, user_id: int, offset: int, size: int) -> Rows:
    return await db.page(_list(WRITTEN), _COUNT_KEPT, offset, size, me=user_id)


async def notices(db: Database, user_id: int, offset: int, size: int) -> Rows:
    """Newest first, with `author`, `name`, of a comment its `html`, and of its post, or one that mentions them itself,
    `post_id`, `title`, `slug` and `excerpt`.
    """
    return await db.page(_NOTICES, _COUNT_NOTICES, offset, size, me=user_id)


async def unseen(db: Database, user_id: int) -> int:
    """How many they have not seen; `MOST_COUNTED` stands for more."""
    return int((await db.rows(_UNSEEN, me=user_id))[0][0])


async def is_muted(db: Database, user_id: int) -> bool:
    """Whether they want no daily letter."""
    return await db.row(_MUTED, me=user_id) is not None


async def due(db: Database) -> Sequence[AnyRow]:
    """Accounts (`user_id`) that a daily letter is for, and the `newest` notice that it tells of."""
    return await db.rows(_DUE)


async def in_letter(db: Database, user_id: int, newest: int) -> Sequence[AnyRow]:
    return await db.rows(_IN_LETTER, me=user_id, newest=newest)


@lru_cache
def _list(wanted: tuple[Any, ...]) -> Select[Any]:
    rows = select(*wanted).select_from(_KEPT).where(_is_readable)
    rows = rows.order_by(_saved.saved_at.desc(), _post.id.desc())
    return rows.offset(bindparam("offset")).limit(bindparam("size"))


@lru_cache
def _feed(is_sqlite: bool, wanted: tuple[Any, ...]) -> tuple[Select[Any], Select[Any]]:  # noqa: FBT001  # a cache's key
    """Of each author and tag the newest, found by an index, however many there are."""
    own = Post.__table__.alias("own")
    newest_by = select(own.c.id).where(listed(own.c), own.c.user_id == _author.author_id)
    newest_by = newest_by.order_by(own.c.published_at.desc(), own.c.id.desc())
    newest_about = select(_use.post_id.label("id")).where(_use.tag_id == _topic.tag_id).order_by(_use.post_id.desc())
    along = select(_by.post_id).join_from(
        FollowedAuthor.__table__, PostAuthor.__table__, _by.user_id == _author.author_id
    )
    found = union(
        _each(FollowedAuthor, newest_by, is_sqlite=is_sqlite).where(_author.user_id == _me),
        along.where(_author.user_id == _me, _by.accepted_at.is_not(None)),
        _each(FollowedTag, newest_about, is_sqlite=is_sqlite).where(_topic.user_id == _me),
    ).subquery()
    is_found = _post.id.in_(select(found.c.id))
    count = select(func.count()).select_from(Post.__table__).where(is_listed, is_found)
    return newest_first(wanted, is_listed, is_found), count


def _each(followed: Any, newest: Select[Any], *, is_sqlite: bool) -> Select[Any]:
    """What `newest` finds for each row of `followed`. SQLite has no LATERAL, and PostgreSQL plans the other badly."""
    newest = newest.limit(NEWEST_OF_EACH)
    if not is_sqlite:
        lateral = newest.lateral()
        return select(lateral.c.id).select_from(followed.__table__.join(lateral, true()))
    one = Post.__table__.alias("one")
    joined = one.c.id.in_(newest.correlate(followed.__table__))
    return select(one.c.id).select_from(followed.__table__.join(one, joined))
