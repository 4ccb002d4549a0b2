"""Finding out who is asking: by password at the two doors, by session or token on every request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from blogapp.accounts import access, passwords, queries
from blogapp.accounts.fields import spelt_our_way
from blogapp.accounts.models import SEEN_EVERY
from blogapp.accounts.secrets import digest
from blogapp.actor import Actor
from blogapp.errors import Invalid, Unauthenticated, Violation
from blogapp.infra import audit
from blogapp.infra.db import now
from blogapp.web.context import client_address, client_network, db, resources
from blogapp.web.limits import clear, hit

WRONG = "Invalid email or password"
SUSPENDED = "This account has been suspended."

_log = structlog.get_logger("blogapp.accounts")


async def by_password(email: str, password: str) -> tuple[Any, str | None]:
    """The account's row and, when its hash is outdated, a new hash.

    Raises Unauthenticated, the same and after the same time for known and unknown addresses, and
    TooManyRequests by account and by network.
    """
    await hit("login_address", client_network())
    address = spelt_our_way(email) or email
    account = await queries.credentials(db(), email) or await queries.credentials(db(), address)
    account_key = f"user:{account.id}" if account else digest(address.lower())
    await hit("login", account_key)
    right, renewed = await _verify(password, account)
    if not right or account is None:
        audit.refused("sign-in refused", account=account.id if account else None, address=client_address())
        raise Unauthenticated(WRONG)
    if account.suspended_at is not None:
        audit.refused("sign-in refused", account=account.id, address=client_address(), reason="suspended")
        raise Unauthenticated(SUSPENDED)
    await clear("login", account_key)
    return account, renewed


async def confirm(actor: Actor, password: str) -> Any:
    """The signed-in account's row after it typed its password again. Raises Invalid naming the field.

    Counted apart from signing in, so that a stranger's tries don't keep the owner from changing the password.
    """
    key = f"confirm:{actor.id}"
    await hit("login", key)
    account = await queries.credentials_of(db(), actor.id or 0)
    right, _ = await _verify(password, account)
    if not right:
        audit.refused("confirmation refused", account=actor.id, address=client_address())
        violation = Violation("current_password", "This is not your password.", "wrong_password")
        raise Invalid("This is not your password.", violation)
    await clear("login", key)
    return account


async def hash_password(password: str) -> str:
    return await resources().hashing.run(passwords.make_hash, resources().settings, password)


async def by_session(secret: str) -> Actor | None:
    """Whose session the cookie's secret is; None when it has ended."""
    found = digest(secret)
    row = await queries.session_actor(db(), found)
    if row is None:
        return None
    if _is_long_ago(row.last_seen_at):
        await _touch(access.touch_session, found)
    return Actor(row.id, row.username, row.is_admin, session_id=found)


async def by_token(secret: str) -> Actor | None:
    row = await queries.token_actor(db(), digest(secret))
    if row is None:
        return None
    if _is_long_ago(row.last_used_at):
        await _touch(access.touch_token, row.token_id)
    return Actor(row.id, row.username, row.is_admin, token_id=row.token_id)


async def _verify(password: str, account: Any) -> tuple[bool, str | None]:
    kept = account.password_hash if account is not None else None
    return await resources().hashing.run(passwords.verify, resources().settings, password, kept)


def _is_long_ago(moment: datetime | None) -> bool:
    return moment is None or now() - moment > SEEN_EVERY


async def _touch(touch: Any, key: object) -> None:
    """Not worth failing a request for: a full disk must not keep people from reading."""
    try:
        async with db().transaction() as session:
            await touch(session, key)
    except (SQLAlchemyError, OSError) as error:
        _log.warning("last use not noted", error=type(error).__name__)
