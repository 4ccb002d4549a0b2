"""What is done for posts after the request that asked for it: each bears to be done twice."""

from __future__ import annotations

from blogapp.infra.outbox import Work
from blogapp.infra.resources import Resources
from blogapp.posts import appearing


async def appear(resources: Resources, work: Work) -> None:
    """Publish a scheduled post, if it is still to appear now."""
    async with resources.db.transaction() as session:
        await appearing.appear(session, work.facts["post_id"])
