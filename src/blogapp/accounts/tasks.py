"""What is done for accounts after the request that asked for it: each bears to be done twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from blogapp.accounts import links, queries
from blogapp.accounts.fields import spelt_our_way
from blogapp.accounts.models import CONFIRM, RESET, Link, Session, Token
from blogapp.infra.db import now
from blogapp.infra.outbox import Work
from blogapp.infra.resources import Resources
from blogapp.web.letters import compose

TOKENS_SHOWN = timedelta(days=30)
"""How long the settings page goes on showing a token that has expired."""

_log = structlog.get_logger("blogapp.accounts")


async def welcome(resources: Resources, work: Work) -> None:
    """Greets a new account, with a link that confirms its address."""
    await _send_confirmation(resources, work, "welcome")


async def confirm(resources: Resources, work: Work) -> None:
    """The link that confirms an address, alone."""
    await _send_confirmation(resources, work, "confirm")


async def reset(resources: Resources, work: Work) -> None:
    """A link to a new password, if the address that was typed has an account; else nothing."""
    typed = work.facts["email"]
    found = await queries.credentials(resources.db, typed)
    found = found or await queries.credentials(resources.db, spelt_our_way(typed) or typed)
    if found is None or found.suspended_at is not None:
        _log.info("password reset for nobody", key=work.key)
        return
    await _send(resources, work, found, RESET, "reset")


async def sweep(session: AsyncSession) -> None:
    """Forget what has expired."""
    moment = now()
    await session.execute(delete(Session).where(Session.expires_at <= moment))
    await session.execute(delete(Link).where(Link.expires_at <= moment))
    await session.execute(delete(Token).where(Token.expires_at <= moment - TOKENS_SHOWN))


async def _send_confirmation(resources: Resources, work: Work, template: str) -> None:
    account = await queries.by_id(resources.db, work.facts["user_id"])
    if account is not None:
        await _send(resources, work, account, CONFIRM, template)


async def _send(resources: Resources, work: Work, account: Any, purpose: str, template: str) -> None:
    """The secret is made now, since the outbox must not hold it; a second delivery has a link of its own."""
    if resources.mail is None:
        raise RuntimeError("SMTP_URL is not set")
    async with resources.db.transaction() as session:
        secret = await links.make(session, account.id, account.email, purpose)
    letter = compose(
        template,
        to=account.email,
        key=work.key,
        username=account.username,
        site_name=resources.settings.site_name,
        site=work.facts["site"],
        link=f"{work.facts['site']}/auth/{purpose}/{secret}",
    )
    await resources.mail.send(letter)
