"""What is done for posts after the request that asked for it: each bears to be done twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from blogapp.accounts import queries as accounts
from blogapp.infra.outbox import Work
from blogapp.infra.progress import Silent
from blogapp.infra.resources import Resources
from blogapp.posts import appearing, author_queries, indexing, queries
from blogapp.web.addresses import post_url
from blogapp.web.letters import compose

LATE = timedelta(minutes=1)
"""After its time: then the server was away."""


async def appear(resources: Resources, work: Work) -> None:
    """Publish a scheduled post, if it is still to appear now."""
    async with resources.db.transaction() as session:
        await appearing.appear(session, work.facts["post_id"])


async def index(resources: Resources, _: Work) -> None:
    """Let search know what it doesn't know yet: see `indexing`."""
    await indexing.index_again(resources.db, resources.rendering, Silent(), "unknown")


async def index_stale(resources: Resources, _: Work) -> None:
    """The same of what the release before has changed meanwhile."""
    await indexing.index_again(resources.db, resources.rendering, Silent(), "changed")


async def invite(resources: Resources, work: Work) -> None:
    """Tell somebody that they are asked to write along, if they still are. Without a mail server the dashboard does."""
    account = await accounts.by_id(resources.db, work.facts["user_id"])
    if account is None:
        return
    rows = await author_queries.invitations(resources.db, account.id)
    asked = next((row for row in rows if row.post_id == work.facts["post_id"]), None)
    if asked is not None:
        await _write(
            resources, work, account, "invite", by=work.facts["by"], title=asked.title, site=work.facts["site"]
        )


async def appeared(resources: Resources, work: Work) -> None:
    """Tell an author that a scheduled post is there, and when it came late."""
    account = await accounts.by_id(resources.db, work.facts["user_id"])
    post = await queries.by_id(resources.db, work.facts["post_id"])
    if account is None or post is None or post.published_at is None:
        return
    late = datetime.fromisoformat(work.facts["seen_at"]) - post.published_at > LATE
    site = resources.settings.site_url
    facts = {"title": post.title, "link": site + post_url(post), "due": post.published_at, "late": late}
    await _write(resources, work, account, "appeared", site=site, **facts)


async def _write(resources: Resources, work: Work, account: Any, template: str, **facts: Any) -> None:
    """Without a mail server the dashboard tells the same."""
    if resources.mail is None:
        return
    names = {"username": account.username, "site_name": resources.settings.site_name}
    await resources.mail.send(compose(template, to=account.email, key=work.key, **names, **facts))
