"""Writing down by which terms posts are found that came another way than through `service`: from a database that was
taken over, from an import, from the release before. What is as it should be is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import func, or_, select

from blogapp.infra.db import Database, columns
from blogapp.infra.progress import Progress
from blogapp.infra.reads import AnyRow
from blogapp.infra.threads import Threads
from blogapp.posts import appearing
from blogapp.posts.composing import terms_of
from blogapp.posts.models import Post
from blogapp.search import index
from blogapp.search.models import PostTerms

AT_ONCE = 50
"""Posts of one transaction: writers wait no longer than it takes to store these."""

_post, _terms = columns(Post), columns(PostTerms)
_all = Post.__table__.outerjoin(PostTerms.__table__, _terms.post_id == _post.id)
_unknown, _changed = _terms.post_id.is_(None), _terms.version != _post.version

Which = Literal["unknown", "changed", "stale", "all"]
_WANTED: dict[Which, list[Any]] = {
    "unknown": [_unknown],
    "changed": [_changed],
    "stale": [or_(_unknown, _changed)],
    "all": [],
}
"""Whether there are unknown ones is asked of two indexes; which have changed, of every row."""


async def index_again(db: Database, rendering: Threads, progress: Progress, which: Which) -> int:
    """How many posts were read. Also twice at once it comes to the same."""
    wanted = _WANTED[which]
    total = int((await db.rows(select(func.count(_post.id)).select_from(_all).where(*wanted)))[0][0])
    if not total:
        return 0
    done, last = 0, 0
    with progress.count("indexing posts", total) as advance:
        while rows := await db.rows(_some(wanted, last)):
            await _index(db, rendering, rows)
            done += len(rows)
            last = rows[-1].id
            advance(len(rows))
    return done


def _some(wanted: Sequence[Any], last: int) -> Any:
    texts = select(_post.id, _post.version, _post.content, _post.html).select_from(_all)
    return texts.where(*wanted, _post.id > last).order_by(_post.id).limit(AT_ONCE)


async def _index(db: Database, rendering: Threads, rows: Sequence[AnyRow]) -> None:
    """A post that is changed meanwhile is indexed by who changes it."""
    found = {row.id: (row.version, await rendering.run(terms_of, row.content, row.html)) for row in rows}
    async with db.transaction() as session:
        query = select(Post).where(Post.id.in_(found)).order_by(Post.id)
        for post in await session.scalars(query.with_for_update()):
            version, terms = found[post.id]
            if post.version == version:
                await index.write(session, post.id, post.title, terms)
                await appearing.note_place(session, post)
