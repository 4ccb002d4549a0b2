"""Letters about comments: first who gets one, then one after the other. Each bears to be done twice."""

from __future__ import annotations

from blogapp.accounts import queries as accounts
from blogapp.comments import letter_queries, letters, queries
from blogapp.comments.markdown import words
from blogapp.comments.models import SHOWN, WAITING
from blogapp.infra import outbox
from blogapp.infra.outbox import Work
from blogapp.infra.resources import Resources
from blogapp.text import excerpt
from blogapp.web.letters import compose


async def announce(resources: Resources, work: Work) -> None:
    """Without a mail server the dashboard tells what waits."""
    row = await queries.by_id(resources.db, work.facts["comment_id"])
    audience = work.facts["audience"]
    wanted = {WAITING, SHOWN} if audience == "authors" else {SHOWN}
    if resources.mail is None or row is None or row.state not in wanted:
        return
    people = await letter_queries.hearers(resources.db, row, audience)
    async with resources.db.transaction() as session:
        for person in people:
            key = f"{letters.LETTER}.{row.id}.{audience}.{person.id}"
            await outbox.put(
                session, letters.LETTER, key, comment_id=row.id, user_id=person.id, site=work.facts["site"]
            )


async def write(resources: Resources, work: Work) -> None:
    """Not about what is deleted or hidden by now, nor to who has left."""
    row = await queries.by_id(resources.db, work.facts["comment_id"])
    account = await accounts.by_id(resources.db, work.facts["user_id"])
    if resources.mail is None or row is None or account is None or row.state not in {WAITING, SHOWN}:
        return
    settings, site = resources.settings, work.facts["site"]
    signed = letters.sign(settings, row.post_id, account.id)
    facts = {
        "username": account.username,
        "site": site,
        "site_name": settings.site_name,
        "title": row.title,
        "writer": row.name,
        "said": excerpt(words(row.html)),
        "waits": row.state == WAITING,
        "link": f"{site}/comments/{row.id}",
        "look": f"{site}/dashboard/comments",
        "unsubscribe": f"{site}/letters/{signed}",
    }
    await resources.mail.send(compose("comment", to=account.email, key=work.key, **facts))
