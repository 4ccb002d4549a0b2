"""Reads of who gets letters about comments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Integer, and_, bindparam, exists, select, union_all

from blogapp.accounts.models import Confirmation, User
from blogapp.accounts.queries import CONFIRMED
from blogapp.comments.letters import Audience
from blogapp.comments.models import SHOWN, Comment, CommentFollower, CommentMute
from blogapp.infra.db import Database, columns
from blogapp.infra.reads import AnyRow
from blogapp.posts.models import Post, PostAuthor

_comment, _user, _post, _by = columns(Comment), columns(User), columns(Post), columns(PostAuthor)
_mute, _follower = columns(CommentMute), columns(CommentFollower)
_me, _post_id = bindparam("me", type_=Integer), bindparam("post_id", type_=Integer)
_asks = (_comment.user_id == _me, _comment.post_id == _post_id, _comment.tells, _comment.state == SHOWN)
_LETTERS = select(
    exists().where(_mute.user_id == _me, _mute.post_id == _post_id).label("is_muted"),
    exists().where(_follower.user_id == _me, _follower.post_id == _post_id).label("follows"),
    exists().where(*_asks).label("asked"),
    exists().where(_user.id == _me, CONFIRMED).label("is_confirmed"),
)


class Letters(NamedTuple):
    """Whether somebody gets them, or will once they have confirmed their address."""

    wanted: bool = False
    waits: bool = False


async def letters_to(db: Database, user_id: int, post_id: int, *, is_author: bool) -> Letters:
    found = (await db.rows(_LETTERS, me=user_id, post_id=post_id))[0]
    if found.is_muted:
        return Letters()
    if is_author or found.asked:
        return Letters(wanted=True)
    return Letters(found.follows, found.follows and not found.is_confirmed)


async def hearers(db: Database, row: Any, audience: Audience) -> Sequence[AnyRow]:
    """Accounts that get a letter about this comment, with their addresses. Not its writer, and of those who only follow
    nobody whose address may be somebody else's.
    """
    authors = select(_post.user_id).where(_post.id == row.post_id)
    joined = select(_by.user_id).where(_by.post_id == row.post_id, _by.accepted_at.is_not(None))
    asked = select(_comment.user_id).where(_comment.post_id == row.post_id, _comment.tells, _comment.state == SHOWN)
    follow = (
        select(_follower.user_id)
        .join_from(CommentFollower.__table__, User.__table__, _user.id == _follower.user_id)
        .join(Confirmation.__table__, CONFIRMED)
        .where(_follower.post_id == row.post_id)
    )
    muted = select(_mute.user_id).where(_mute.post_id == row.post_id)
    among = {
        "authors": _user.id.in_(union_all(authors, joined)),
        "everybody": _user.id.in_(union_all(authors, joined, asked, follow)),
        "listeners": and_(_user.id.in_(union_all(asked, follow)), _user.id.not_in(authors), _user.id.not_in(joined)),
    }
    rest = (_user.id != (row.user_id or 0), _user.id.not_in(muted), _user.suspended_at.is_(None))
    query = select(_user.id, _user.username, _user.email).where(among[audience], *rest)
    return await db.rows(query.order_by(_user.id))
