"""Reads of accounts: columns, not entities. The statements are made once, see `blogapp.posts.queries`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, func, or_, select

from blogapp.accounts.models import Confirmation, FormerName, Link, Session, Token, User
from blogapp.actor import Actor
from blogapp.infra.db import Database, columns, now
from blogapp.infra.reads import AnyRow
from blogapp.mentions import People

_user = columns(User)
_former = columns(FormerName)
_session = columns(Session)
_token = columns(Token)
_link = columns(Link)
_confirmation = columns(Confirmation)
_who = (_user.id, _user.username, _user.is_admin)
_told = (_user.profile_name, _user.profile_bio, _user.profile_links, _user.profile_picture)
_account = (*_who, _user.email, _user.suspended_at, _user.created_at, _user.version, *_told)
_credentials = (*_who, _user.email, _user.password_hash, _user.suspended_at)

_COUNT = select(func.count()).select_from(User.__table__)
_PAGE = select(*_account).order_by(_user.id).offset(bindparam("offset")).limit(bindparam("size"))
_BY_ID = select(*_account).where(_user.id == bindparam("id"))
_BY_USERNAME = select(*_account).where(func.lower(_user.username) == func.lower(bindparam("username")))
CONFIRMED = and_(_confirmation.user_id == _user.id, _confirmation.email == _user.email)
"""The address that an account has was found to be theirs."""
_former_of = FormerName.__table__.join(User.__table__, _user.id == _former.user_id)
_BY_FORMER_NAME = select(*_account).select_from(_former_of).where(_former.name == func.lower(bindparam("username")))
_OF_FORMER_NAMES = (
    select(_former.name, _user.username)
    .select_from(_former_of)
    .where(_former.name.in_(bindparam("names", expanding=True)), _user.suspended_at.is_(None))
)
_OF_NAMES = select(*_who).where(
    func.lower(_user.username).in_(bindparam("names", expanding=True)), _user.suspended_at.is_(None)
)
_CREDENTIALS = select(*_credentials).where(func.lower(_user.email) == func.lower(bindparam("email")))
_CREDENTIALS_OF = select(*_credentials).where(_user.id == bindparam("id"))
_SESSION_ACTOR = (
    select(*_who, _session.last_seen_at)
    .join_from(Session.__table__, User.__table__, _session.user_id == _user.id)
    .where(_session.id == bindparam("digest"), _session.expires_at > bindparam("moment"), _user.suspended_at.is_(None))
)
_VALID_TOKENS = (
    select(*_who, _token.id.label("token_id"), _token.last_used_at)
    .join_from(Token.__table__, User.__table__, _token.user_id == _user.id)
    .where(
        or_(_token.expires_at.is_(None), _token.expires_at > bindparam("moment")),
        _user.suspended_at.is_(None),
    )
)
_LINK = (
    select(*_who, _user.email)
    .join_from(Link.__table__, User.__table__, _link.user_id == _user.id)
    .where(
        _link.id == bindparam("digest"),
        _link.purpose == bindparam("purpose"),
        _link.expires_at > bindparam("moment"),
        _link.email == _user.email,
        _user.suspended_at.is_(None),
    )
)
_CONFIRMED = (
    select(_confirmation.user_id)
    .join_from(Confirmation.__table__, User.__table__, _confirmation.user_id == _user.id)
    .where(_user.id == bindparam("id"), CONFIRMED)
)
_TOKEN_ACTOR = _VALID_TOKENS.where(_token.digest == bindparam("digest"))
_TOKEN_BY_ID = _VALID_TOKENS.where(_token.id == bindparam("id"))
_SESSIONS = (
    select(_session.id, _session.user_agent, _session.address, _session.created_at, _session.last_seen_at)
    .where(_session.user_id == bindparam("user_id"), _session.expires_at > bindparam("moment"))
    .order_by(_session.last_seen_at.desc())
)
_TOKENS = (
    select(_token.id, _token.name, _token.hint, _token.created_at, _token.last_used_at, _token.expires_at)
    .where(_token.user_id == bindparam("user_id"))
    .order_by(_token.id.desc())
)


async def page(db: Database, offset: int, size: int) -> tuple[Sequence[AnyRow], int]:
    """Users by id, and how many there are in all."""
    return await db.page(_PAGE, _COUNT, offset, size)


async def by_id(db: Database, user_id: int) -> AnyRow | None:
    return await db.row(_BY_ID, id=user_id)


async def by_username(db: Database, username: str) -> AnyRow | None:
    """In any case: names differ by more than that. Also by a name that they had before."""
    found = await db.row(_BY_USERNAME, username=username)
    return found if found is not None else await db.row(_BY_FORMER_NAME, username=username)


async def people(db: Database, names: Sequence[str], root: str) -> People:
    """Those of `names`, in lower case, that are accounts which may sign in. `root` is where the blog is mounted."""
    rows = await db.rows(_OF_NAMES, names=names) if names else ()
    found = {row.username.lower(): row.username for row in rows}
    if others := [name for name in names if name not in found]:
        found |= {row.name: row.username for row in await db.rows(_OF_FORMER_NAMES, names=others)}
    return {name: f"{root}/users/{username}" for name, username in found.items()}


async def credentials(db: Database, email: str) -> AnyRow | None:
    """What a password is checked against."""
    return await db.row(_CREDENTIALS, email=email)


async def credentials_of(db: Database, user_id: int) -> AnyRow | None:
    return await db.row(_CREDENTIALS_OF, id=user_id)


async def session_actor(db: Database, digest: str) -> AnyRow | None:
    return await db.row(_SESSION_ACTOR, digest=digest, moment=now())


async def token_actor(db: Database, digest: str) -> AnyRow | None:
    return await db.row(_TOKEN_ACTOR, digest=digest, moment=now())


async def link(db: Database, digest: str, purpose: str) -> AnyRow | None:
    """Whose link it is, while it can still be used."""
    return await db.row(_LINK, digest=digest, purpose=purpose, moment=now())


async def is_confirmed(db: Database, user_id: int) -> bool:
    """Whether the account's address of today was found to be its owner's."""
    return await db.row(_CONFIRMED, id=user_id) is not None


async def is_valid(db: Database, actor: Actor) -> bool:
    """Whether the session or token that `actor` came with has not ended since."""
    if actor.session_id is not None:
        return await session_actor(db, actor.session_id) is not None
    return await db.row(_TOKEN_BY_ID, id=actor.token_id, moment=now()) is not None


async def sessions(db: Database, user_id: int) -> Sequence[AnyRow]:
    return await db.rows(_SESSIONS, user_id=user_id, moment=now())


async def tokens(db: Database, user_id: int) -> Sequence[AnyRow]:
    return await db.rows(_TOKENS, user_id=user_id)
