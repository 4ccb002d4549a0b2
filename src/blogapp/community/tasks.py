"""The daily letter: first who gets one, then one after the other. Each bears to be done twice."""

from __future__ import annotations

from blogapp.accounts import queries as accounts
from blogapp.community import documents, noticing, queries
from blogapp.infra import outbox, signatures
from blogapp.infra.outbox import Work
from blogapp.infra.resources import Resources
from blogapp.web.letters import compose

LETTER = "digest_letter"


async def digest(resources: Resources, _: Work) -> None:
    """To whom there is something new that no letter has told of. Nobody gets one whose address is not known to be theirs, and
    without SITE_URL nobody knows where the links lead.
    """
    if resources.mail is None or not resources.settings.site_url:
        return
    people = await queries.due(resources.db)
    async with resources.db.transaction() as session:
        for one in people:
            key = f"{LETTER}.{one.user_id}.{one.newest}"
            await outbox.put(session, LETTER, key, user_id=one.user_id, newest=one.newest)


async def write(resources: Resources, work: Work) -> None:
    user_id, newest = work.facts["user_id"], work.facts["newest"]
    account = await accounts.by_id(resources.db, user_id)
    rows = await queries.in_letter(resources.db, user_id, newest)
    if resources.mail is None or account is None or not rows:
        return
    settings, site = resources.settings, resources.settings.site_url
    facts = {
        "username": account.username,
        "site": site,
        "site_name": settings.site_name,
        "notices": [
            {"row": row, "said": documents.said(row), "link": site + documents.notice_url(row)} for row in rows
        ],
        "all": f"{site}/notifications",
        "unsubscribe": f"{site}/letters/daily/{signatures.sign(settings, noticing.DAILY, user_id)}",
    }
    await resources.mail.send(compose("digest", to=account.email, key=work.key, **facts))
    async with resources.db.transaction() as session:
        await noticing.send(session, user_id, newest)
